// SPDX-License-Identifier: MIT
// Which pairs an epoch shows, in which order. Recipe koch: (anchor, positive, 1) and
// (anchor, negative, 0), as many of each, drawn anew every epoch from all combinations of training
// pictures. Among the pairs of one label every anchor, positive and negative is used as often as
// any other of its kind, give or take one, however many epochs are counted.
#ifndef VISAVIS_CORE_SIAMESE_SAMPLER_H
#define VISAVIS_CORE_SIAMESE_SAMPLER_H

#include "core/nn/net.h"
#include "core/siamese/dataset.h"

// Pairs of pictures by their number in the data set.
struct siam_sampler;

// Borrows `data`, which must outlive it. `pairs_per_class` pairs of each label an epoch at least;
// more where there are more training anchors or positives, so that each is shown. `seed` is that of
// the training. Errors: ERR_MEMORY.
int siam_sampler_create(struct siam_sampler **out, const struct siam_dataset *data,
                        int pairs_per_class, uint64_t seed, struct err *err);
void siam_sampler_destroy(struct siam_sampler *s);

// How many pairs an epoch has; always the same.
int siam_sampler_pairs(const struct siam_sampler *s);

// Draws the pairs of one epoch (0..), shuffled; siam_sampler_pairs() of them. They are the
// sampler's, until the next call. Which pairs depends on the seed and `epoch` alone, their order on
// `rng`, which is advanced: so an epoch can be drawn again, and any epoch without those before it.
const struct nn_pair *siam_sampler_epoch(struct siam_sampler *s, int epoch, struct rng *rng);

// The held-out pairs, always the same: held-out anchors x held-out positives (1) and x held-out
// negatives (0), as many of each, at most `max_pictures` of a kind. Returns how many; the caller
// frees *pairs. 0 with *pairs NULL when out of memory.
int siam_heldout_pairs(const struct siam_dataset *data, int max_pictures, struct nn_pair **pairs);

#endif
