// SPDX-License-Identifier: MIT
// The weight of a folder of other people: how often its people, or its pictures, are shown in a
// training, against those of a folder of weight 1. It acts on what is trained on alone: which
// pictures are held out, and what is measured on them, is the same with any weight. Folders that
// all have the same weight make the same training, bit for bit, as without weights.
#ifndef VISAVIS_CORE_SIAMESE_WEIGHT_H
#define VISAVIS_CORE_SIAMESE_WEIGHT_H

#include "core/siamese/dataset.h"

// As powers of 2: 1/4, 1/2, 1, 2 and 4.
#define SIAM_WEIGHT_LEAST (-2)
#define SIAM_WEIGHT_MOST  2

bool siam_weight_is_valid(double weight);
// The power of 2 that a valid weight is.
int8_t siam_weight_log2(float weight);

// What of n weights makes another training, for its fingerprint: 0 where all are alike, else a hash
// of each one's distance from the greatest. The first is at `weight_log2`, the others follow
// `stride` bytes after each other.
uint64_t siam_weights_hash(const int8_t *weight_log2, size_t stride, int n);

#endif
