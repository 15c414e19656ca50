// SPDX-License-Identifier: MIT
// Which pairs an epoch shows, in which order. Recipe koch: (anchor, positive, 1) and
// (anchor, negative, 0), as many of each, drawn anew every epoch from all combinations of training
// pictures: every anchor, positive and negative is used as often as any other of its kind, give or
// take one, over the epochs. Everything follows from the rng state at the start of an epoch.
#ifndef VISAVIS_CORE_SIAMESE_SAMPLER_H
#define VISAVIS_CORE_SIAMESE_SAMPLER_H

#include "core/nn/net.h"
#include "core/siamese/dataset.h"

// Pairs of pictures by their number in the data set.
struct siam_sampler;

// `pairs_per_class` pairs of each label an epoch at least; more where there are more training
// anchors or positives, so that each is shown. Errors: ERR_MEMORY.
int siam_sampler_create(struct siam_sampler **out, const struct siam_dataset *data,
                        int pairs_per_class, struct err *err);
void siam_sampler_destroy(struct siam_sampler *s);

// Draws the pairs of one epoch, shuffled; returns how many. *pairs is the sampler's, until the next
// call. Depends on `rng` and `epoch` alone, and advances rng.
int siam_sampler_epoch(struct siam_sampler *s, int epoch, struct rng *rng,
                       const struct nn_pair **pairs);

// The held-out pairs, always the same: held-out anchors x held-out positives (1) and x held-out
// negatives (0), as many of each, at most `max_pictures` of a kind. Returns how many; the caller
// frees *pairs. 0 with *pairs NULL when out of memory.
int siam_heldout_pairs(const struct siam_dataset *data, int max_pictures, struct nn_pair **pairs);

#endif
