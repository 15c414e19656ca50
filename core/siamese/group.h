// SPDX-License-Identifier: MIT
// Internal to core/siamese: which pictures belong together, see dataset.h.
#ifndef VISAVIS_CORE_SIAMESE_GROUP_H
#define VISAVIS_CORE_SIAMESE_GROUP_H

#include "core/siamese/dataset.h"

// Numbers the groups (picture.group) from the pictures' paths, hashes and persons: 0.. in order of
// first appearance. Own pictures and negatives never share one. Returns how many groups there are,
// or ERR_MEMORY.
int siam_group_pictures(struct siam_dataset *data, struct err *err);

// The part of a path behind the last '/'.
const char *siam_base_name(const char *path);

#endif
