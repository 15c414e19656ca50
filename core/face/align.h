// SPDX-License-Identifier: MIT
// Bringing faces to the same place. A detector's boxes are off by some percent and know no angle,
// so each face is moved, turned and scaled until it is as like as it can be to the mean of many: a
// similarity transform, found by Gauss-Newton (Lucas and Kanade 1981). The mean is made of the
// faces at hand, by turns: align all, average, again (congealing: Learned-Miller, "Data Driven
// Image Models through Continuous Joint Alignment", 2006).
#ifndef VISAVIS_CORE_FACE_ALIGN_H
#define VISAVIS_CORE_FACE_ALIGN_H

#include "core/base/pool.h"
#include "core/face/pose.h"

#include <stdint.h>

#define FACE_TEMPLATE_SIDE 40
#define FACE_TEMPLATE_SIZE (FACE_TEMPLATE_SIDE * FACE_TEMPLATE_SIDE)
// What of it is kept: the left half of each row. A mean face is symmetric.
#define FACE_TEMPLATE_HALF (FACE_TEMPLATE_SIZE / 2)

// How the mean face looks, free of brightness and contrast around each point. In 127ths of its
// largest value.
struct face_template {
    int8_t half[FACE_TEMPLATE_HALF]; // [FACE_TEMPLATE_SIDE, FACE_TEMPLATE_SIDE / 2]
};

// Moves *pose to where the face is most like the template: by at most a sixth of its side along
// each axis, a factor of 1.25, and 20 degrees. Returns how alike they are then, -1..1: some 0.5 for
// a face in good light, 0 for anything. Any thread; takes about 2 ms.
float face_align(struct face_pose *pose, const struct face_luma *luma,
                 const struct face_template *to);

// A face to make a template of: around it, small and borrowed.
#define FACE_PATCH_SIDE 80
struct face_patch {
    uint8_t px[FACE_PATCH_SIDE * FACE_PATCH_SIDE]; // twice as wide as the face
};

// Cuts a patch around the face at `pose`.
void face_cut_patch(struct face_patch *patch, const struct face_luma *luma,
                    const struct face_pose *pose);

// The mean of n >= 1 faces, each at the middle of its patch but for the detector's errors. Work is
// spread over `pool`; the result does not depend on it. Some 10 ms a face. Errors: ERR_MEMORY.
int face_template_make(struct face_template *out, const struct face_patch *patches, int n,
                       struct pool *pool, struct err *err);

#endif
