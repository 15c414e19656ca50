// SPDX-License-Identifier: MIT
// Smooth lines in memory: how much of each pixel a stroke covers. Curves and icons are made of it,
// so that they look the same, anti-aliased, with every renderer of SDL. Any thread; one a raster.
#ifndef VISAVIS_UI_RASTER_H
#define VISAVIS_UI_RASTER_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct ui_point {
    float x, y;
};

struct ui_raster {
    int w, h;        // pixels
    uint8_t *cover;  // [h, w], 0..255, owned
    size_t capacity; // bytes allocated: grows, never shrinks
};

// Makes it w x h (both >= 1) and empty. Zero-initialise before the first time. Errors: ERR_MEMORY;
// it is then 0 x 0.
int ui_raster_reset(struct ui_raster *raster, int w, int h, struct err *err);
void ui_raster_finish(struct ui_raster *raster);

// Sets everything back to uncovered.
void ui_raster_clear(struct ui_raster *raster);

// Strokes the line through points[0..n) (pixels; the centre of the first one is at 0.5, 0.5),
// `width` pixels wide, with round ends and joins. Dashes of `dash` pixels and as long gaps if that
// is > 0. What is outside is cut off; points must be finite.
void ui_raster_stroke(struct ui_raster *raster, const struct ui_point *points, int n, float width,
                      float dash);

// Covers what is between the line and the bottom. x must not decrease.
void ui_raster_fill_below(struct ui_raster *raster, const struct ui_point *points, int n);

#endif
