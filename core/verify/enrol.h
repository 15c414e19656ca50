// SPDX-License-Identifier: MIT
// Enrolment: the user's own threshold for a model, how sure it is, and what is wrong with the
// pictures. All of it is measured on pictures held out from the training on the user; strangers in
// them may have been met where other people were learnt of.
#ifndef VISAVIS_CORE_VERIFY_ENROL_H
#define VISAVIS_CORE_VERIFY_ENROL_H

#include "core/siamese/dataset.h"
#include "core/siamese/model.h"

#define VERIFY_FAR_TARGET 0.01
#define VERIFY_SUSPECTS   20

// A picture that hurts, by what the model thinks of it.
struct verify_suspect {
    int picture; // its number in the data set
    float score; // against the user's anchors
};

struct verify_enrolment {
    float threshold;      // verify_far_threshold() of held-out strangers, for the target
    int n_genuine;        // own pictures scored: those held out
    int n_refused;        // of them below the threshold
    int n_impostor;       // held-out pictures of others scored
    int n_accepted;       // of them at the threshold or above
    bool split_in_time;   // the own pictures are of one sitting: n_refused is optimistic
    bool few_strangers;   // they are too few to promise the target (rule of three)
    int n_blank;          // own held-out pictures scored with the face blanked out
    int n_blank_accepted; // of them accepted: it knows the room, not the face
    struct verify_suspect own[VERIFY_SUSPECTS]; // [n_own] own pictures refused, worst first
    int n_own;
    struct verify_suspect others[VERIFY_SUSPECTS]; // [n_others] others accepted, worst first
    int n_others;
    struct siam_scores scores; // all that were scored
};

// Measures a model on the data set that it was trained on. A probe is compared with the anchors
// that were trained on, by the model's own rule (siam_card.needed). Work is spread over `pool`;
// `stop` may be NULL. Errors: ERR_DATA (no anchors or nobody held out), ERR_MEMORY, ERR_IO,
// ERR_STOPPED.
int verify_enrol(struct verify_enrolment *out, const struct siam_model *model,
                 const struct siam_dataset *data, double far_target, struct pool *pool,
                 const atomic_bool *stop, struct err *err);

// Whether it accepts most of the user's held-out pictures with the face blanked out: then it tells
// the place, not the person.
bool verify_knows_room(const struct verify_enrolment *enrolment);

// Puts the threshold and the rates on a card.
void verify_enrolment_to_card(const struct verify_enrolment *enrolment, struct siam_card *card);

// "accepts at most X % of strangers (0 of N, 95 % sure), refuses you Y % (k of n)", and below it
// what is to be said about these figures. The text is the caller's (free); NULL: out of memory.
char *verify_enrolment_text(const struct verify_enrolment *enrolment);

#endif
