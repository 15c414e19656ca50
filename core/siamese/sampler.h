// SPDX-License-Identifier: MIT
// Which pairs a training step shows. Recipe koch: (anchor, positive, 1) and (anchor, negative, 0).
// A batch has some anchors, as many positives and as many negatives, and all pairs of them that the
// recipe knows: a picture is embedded once, whatever the number of pairs it stands in, and the head
// costs next to nothing. Counted from the first step of the training, however many steps there
// were, every training picture was taken as often as any other of its kind, give or take one;
// negatives of unlike weight (weight.h) as much more often as that says, give or take one. A step
// may hold a picture twice, or more often, and then the same pair several times: where a
// kind's pictures have all been shown and begin anew, and where a kind has fewer than a batch
// takes.
#ifndef VISAVIS_CORE_SIAMESE_SAMPLER_H
#define VISAVIS_CORE_SIAMESE_SAMPLER_H

#include "core/nn/net.h"
#include "core/siamese/dataset.h"

// Pairs of pictures by their number in the data set.
struct siam_sampler;

// Borrows `data`, which must outlive it and have at least one training picture of each kind. A
// batch has batch_pictures (1..1000) of each kind. An epoch has the steps that it takes to show
// epoch_pictures (1..1000000) of a kind, or each training anchor and positive once where there are
// more. `seed` is that of the training. Errors: ERR_MEMORY.
int siam_sampler_create(struct siam_sampler **out, const struct siam_dataset *data,
                        int batch_pictures, int epoch_pictures, uint64_t seed, struct err *err);
void siam_sampler_destroy(struct siam_sampler *s);

// Steps of an epoch, and pairs of a step: 2 * batch_pictures^2.
int siam_sampler_steps(const struct siam_sampler *s);
int siam_sampler_pairs(const struct siam_sampler *s);

// The pairs of a step (0..) of an epoch (0..), which depend on the seed and these numbers alone.
// They are the sampler's, until the next call.
const struct nn_pair *siam_sampler_step(struct siam_sampler *s, int epoch, int step);

// The held-out pairs, always the same: held-out anchors x held-out positives (1) and x held-out
// negatives (0), as many of each, at most `max_pictures` of a kind. Returns how many; the caller
// frees *pairs. 0 with *pairs NULL when out of memory.
int siam_heldout_pairs(const struct siam_dataset *data, int max_pictures, struct nn_pair **pairs);

#endif
