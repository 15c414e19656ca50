// SPDX-License-Identifier: MIT
// Internal to core/siamese: which pictures are held out, see siam_dataset_load().
#ifndef VISAVIS_CORE_SIAMESE_SPLIT_H
#define VISAVIS_CORE_SIAMESE_SPLIT_H

#include "core/siamese/dataset.h"

// Sets picture.part and data->split_in_time from the pictures' kinds, groups (0..n_groups-1), names
// and hashes. Each kind has at least 2 pictures, and afterwards at least one on each side.
// Errors: ERR_MEMORY.
// own_share of the user's own pictures are held out, others_share of the negatives; what is of the
// negatives does not depend on the others.
int siam_split(struct siam_dataset *data, int n_groups, float own_share, float others_share,
               uint64_t seed, struct err *err);

#endif
