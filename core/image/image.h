// SPDX-License-Identifier: MIT
// A picture in memory: 8-bit sRGB, three interleaved channels, rows packed, top row first.
#ifndef VISAVIS_CORE_IMAGE_IMAGE_H
#define VISAVIS_CORE_IMAGE_IMAGE_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define IMG_MAX_SIDE   65500               // pixels; JPEG's own limit
#define IMG_MAX_PIXELS (128 * 1000 * 1000) // of what is held in memory

struct img {
    int w;           // pixels
    int h;           // pixels
    uint8_t *px;     // [h, w, 3], owned; NULL when empty
    size_t capacity; // bytes allocated at px: grows, never shrinks, so that frames reuse it
};

// A part of a picture, in its pixels. May reach beyond the picture where a function says so.
struct img_rect {
    int x, y, w, h;
};

// Makes room for w x h pixels, content undefined, reusing the memory when it is large enough.
// `img` must be zero-initialised or hold a picture. 1 <= w, h <= IMG_MAX_SIDE, w * h <=
// IMG_MAX_PIXELS. Errors: ERR_DATA (size), ERR_MEMORY; `img` then holds what it held.
int img_reserve(struct img *img, int w, int h, struct err *err);

// Frees the pixels and leaves an empty picture. NULL pixels are fine.
void img_finish(struct img *img);

// dst = src. Same errors as img_reserve().
int img_copy(struct img *dst, const struct img *src, struct err *err);

// dst = the part `rect` of src, which must lie inside src (ERR_DATA otherwise). dst != src.
int img_crop(struct img *dst, const struct img *src, struct img_rect rect, struct err *err);

// Cell (col, row) of a grid of cols x rows that divides `rect` evenly. It has at least one pixel,
// so cells share pixels where `rect` has fewer than the grid.
struct img_rect img_cell(struct img_rect rect, int cols, int rows, int col, int row);

// Mean luma (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B) of the part `rect` of a picture, 0..255,
// from every step-th pixel each way, the first one included. `rect` must lie inside the picture and
// not be empty, step >= 1. Any thread.
double img_luma(const struct img *img, struct img_rect rect, int step);

// The difference hash of Krawetz ("Kind of Like That", 2013): luma averaged to 9 x 8 cells, one bit
// for each of the 64 horizontal neighbours, set where the left one is brighter by more than one
// level of 255, so that noise in flat parts sets none. Pictures of one burst differ in few bits
// (Hamming distance), a picture stored twice in none. `img` must not be empty.
uint64_t img_dhash(const struct img *img);

#endif
