// SPDX-License-Identifier: MIT
// Resampling with a triangle filter that widens when shrinking (antialiased bilinear), separable:
// what tf.image.resize(antialias=True) and PIL's BILINEAR do. At the edges the filter is cut and
// weighs what is left; each result is the exact one, rounded (half a level, plus float's error).
#ifndef VISAVIS_CORE_IMAGE_RESIZE_H
#define VISAVIS_CORE_IMAGE_RESIZE_H

#include "core/image/image.h"

// dst = the part `rect` of src at w x h pixels; rect must lie inside src. dst != src. Nothing
// outside rect is looked at: the same as cropping first. The working rows lie behind dst's pixels
// (they count in its capacity), so a dst that is kept makes resizing free of allocation. Any
// thread. Errors: ERR_DATA (sizes), ERR_MEMORY.
int img_resize(struct img *dst, const struct img *src, struct img_rect rect, int w, int h,
               struct err *err);

#endif
