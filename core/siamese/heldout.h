// SPDX-License-Identifier: MIT
// Internal to core/siamese: how a net does on the held-out pairs of a data set.
#ifndef VISAVIS_CORE_SIAMESE_HELDOUT_H
#define VISAVIS_CORE_SIAMESE_HELDOUT_H

#include "core/siamese/batch.h"
#include "core/siamese/scores.h"

// A pair is accepted when its score is at least SIAM_THRESHOLD. Rates in 0..1.
#define SIAM_THRESHOLD 0.5f

struct siam_figures {
    double loss;      // mean binary cross-entropy
    double precision; // genuine among the accepted; 1 when nothing was accepted
    double recall;    // accepted among the genuine
    double auc;       // chance that a genuine score is above an impostor's, ties count half
    double far;       // accepted among the impostors
    double frr;       // refused among the genuine
    int n_genuine;    // pairs
    int n_impostor;   // pairs
    struct siam_scores scores; // of genuine pairs (own) and impostor ones (others)
};

// Figures of m pairs with logits: [m], of which both labels have some. `order`: room for m ints,
// which then are the pairs' numbers by rising logit.
// Where a logit is not finite, the loss is not, and the AUC is 0.
void siam_figures_of(struct siam_figures *f, const float *logits, const struct nn_pair *pairs,
                     int m, int *order);

struct siam_heldout {
    struct nn_pair *pairs; // [n_pairs], of slots
    int n_pairs;
    int *pictures; // [n_pictures], picture of each slot
    int n_pictures;
    float *e;      // [n_pictures, embedding]
    float *logits; // [n_pairs]
    int *order;    // [n_pairs]
};

// The pairs of siam_heldout_pairs(). Errors: ERR_MEMORY, ERR_DATA (nothing is held out).
int siam_heldout_create(struct siam_heldout **out, const struct siam_dataset *data,
                        int max_pictures, int embedding, struct err *err);
void siam_heldout_destroy(struct siam_heldout *h);

// 0, NN_STOPPED or ERR_IO (a chip cannot be read back).
int siam_heldout_measure(struct siam_heldout *h, const struct nn_net *net, struct siam_batch *batch,
                         struct siam_figures *figures, const atomic_bool *stop, struct err *err);

#endif
