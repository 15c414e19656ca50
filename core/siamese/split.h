// SPDX-License-Identifier: MIT
// Internal to core/siamese: which pictures are held out, see siam_dataset_load().
#ifndef VISAVIS_CORE_SIAMESE_SPLIT_H
#define VISAVIS_CORE_SIAMESE_SPLIT_H

#include "core/siamese/dataset.h"

// Sets picture.part and data->split_in_time from the pictures' kinds, groups (0..n_groups-1), names
// and hashes. Each kind has at least 2 pictures, and afterwards at least one on each side.
// Errors: ERR_MEMORY.
// Of the user's own pictures and of the negatives `share` are held out each; what is of the
// negatives does not depend on the others.
int siam_split(struct siam_dataset *data, int n_groups, float share, uint64_t seed,
               struct err *err);

#endif
