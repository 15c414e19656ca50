// SPDX-License-Identifier: MIT
// A finished model: a net, the threshold that goes with it, and its card (what it was trained on
// and how well it did). Immutable once made and reference-counted, so that the trainer can publish
// a new one while scorers still use the old.
//
// The file is one safetensors file (8-byte little-endian header length, JSON header, data) that
// PyTorch loads as a state dict; `__metadata__` holds the card as strings and two XXH3-64
// checksums, of the data part and of the header. It is written atomically with mode 0600.
#ifndef VISAVIS_CORE_SIAMESE_MODEL_H
#define VISAVIS_CORE_SIAMESE_MODEL_H

#include "core/nn/net.h"
#include "core/siamese/input.h"
#include "core/siamese/safetensors.h"
#include "core/siamese/scores.h"

#include <stdint.h>

// Counts are of pictures, rates in 0..1. A model of a training that was stopped between two
// evaluations has n_genuine = n_impostor = 0: its rates are not known.
struct siam_card {
    char program[32]; // version of visavis that trained it
    char recipe[16];  // "koch"
    char created[24]; // UTC, "2026-03-14T15:09:26Z"
    uint64_t seed;
    int epochs;     // trained
    bool first;     // trained briefly, for the time until the whole training is done
    double seconds; // that took, all sessions of a resumed training together
    int n_anchor, n_positive, n_negative; // pictures the data set had, held-out ones included
    int n_people;                         // folders of one person among the negatives
    int n_skipped;                        // pictures that could not be used
    float threshold;                      // a score at or above it is a match
    int needed;     // the score against some anchors is the needed-th best of the single ones, so
                    // that so many must match; 0: half of them
    double far;     // false accept rate on held-out pairs at the threshold
    double frr;     // false reject rate, alike
    int n_genuine;  // pairs that frr was measured on
    int n_impostor; // pairs that far was measured on
    double heldout_loss, precision, recall, auc; // on the same pairs
    char heldout[16]; // how they were kept apart: "bursts", or "time" (one burst, cut in time)
    struct siam_scores scores; // of the same pairs, or of the held-out pictures against the anchors
};

struct siam_model {
    atomic_int refs;         // use siam_model_ref()/_unref()
    struct nn_net *net;      // const while the model lives
    struct siam_input input; // what the net is shown of a picture
    struct siam_card card;
};

// Takes over `net` (also on failure), with one reference; copies `input` (NULL: whole pictures) and
// `card`. Errors: ERR_MEMORY.
int siam_model_create(struct siam_model **out, struct nn_net *net, const struct siam_input *input,
                      const struct siam_card *card, struct err *err);
struct siam_model *siam_model_ref(struct siam_model *model);
// Frees with the last reference. NULL is fine. Any thread.
void siam_model_unref(struct siam_model *model);

// Errors: ERR_IO, ERR_MEMORY, ERR_MODEL (a parameter is not finite); what was at `path` stays then.
int siam_model_save(const struct siam_model *model, const char *path, struct err *err);

// Reads a file of the paper's shapes with 1 or 3 channels; the tensors may be F32, F16 or BF16 and
// stand in any order. Every length is checked against the bytes there are. A file without our
// metadata (a plain state dict from PyTorch) is read too: it is shown whole pictures, and its card
// is empty but for threshold 0.5. Errors, each one line that names the file and the cause:
// ERR_MODEL (absent, cut short, altered, another format version, wrong names or shapes, not
// finite), ERR_MEMORY. On failure *out is NULL.
int siam_model_load(struct siam_model **out, const char *path, struct err *err);

// The same for a net of the shapes in `config`.
int siam_model_load_as(struct siam_model **out, const char *path, const struct nn_config *config,
                       struct err *err);

// The card alone, by the file's header: that the rest is whole is not looked at. Errors: as above.
int siam_model_read_card(struct siam_card *card, const char *path, struct err *err);

// The net's tensors as they stand in a file, with places in net->block.
void siam_net_tensors(const struct nn_net *net, struct siam_tensor tensors[NN_TENSORS]);

#endif
