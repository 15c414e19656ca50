// SPDX-License-Identifier: MIT
// Resampling with a triangle filter that widens when shrinking (antialiased bilinear), separable,
// edges clamped: what tf.image.resize(antialias=True) and PIL's BILINEAR do.
#ifndef VISAVIS_CORE_IMAGE_RESIZE_H
#define VISAVIS_CORE_IMAGE_RESIZE_H

#include "core/image/image.h"

// dst = the part `rect` of src at w x h pixels; rect must lie inside src. dst != src.
// Errors: ERR_DATA (sizes), ERR_MEMORY.
int img_resize(struct img *dst, const struct img *src, struct img_rect rect, int w, int h,
               struct err *err);

#endif
