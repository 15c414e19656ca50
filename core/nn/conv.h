// SPDX-License-Identifier: MIT
// A convolutional layer's shape, and what it does to one picture. These naive functions define what
// is right; conv_layer.h has the fast ones. The convolution is a valid cross-correlation, stride 1:
//
//     y[o, i, j] = b[o] + sum_{c, u, v} w[o, c, u, v] x[c, i + u, j + v]
//
// x: [ci, h, h], w: [co, ci, k, k], b: [co], y: [co, h - k + 1, h - k + 1]. Arrays don't overlap.
// Any thread; all memory is the caller's.
#ifndef VISAVIS_CORE_NN_CONV_H
#define VISAVIS_CORE_NN_CONV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nn_conv_shape {
    int ci; // input channels
    int h;  // input side
    int co; // output channels
    int k;  // filter side, 1 <= k <= h
};

int nn_conv_out_side(const struct nn_conv_shape *s);

void nn_conv_forward_ref(const struct nn_conv_shape *s, const float *x, const float *w,
                         const float *b, float *y);
// dx: overwritten; dw, db: added to.
void nn_conv_backward_ref(const struct nn_conv_shape *s, const float *x, const float *w,
                          const float *dy, float *dx, float *dw, float *db);

// Relu and, with `pool`, 2x2 max pooling with stride 2 of one plane x: [rows, cols]; y and from:
// [ceil(rows / 2), ceil(cols / 2)] with pooling, [rows, cols] without. A window cut by the edge
// takes the maximum of what is there (PyTorch's ceil_mode); a NaN counts as larger than anything,
// so that it stays visible. `from` (may be NULL) notes where each value came from: 0..3 = 2 di + dj
// inside the window (the first in row order among equals), 4 = none, as the relu cut it off.
void nn_relu_pool_ref(int rows, int cols, bool pool, const float *x, float *y, uint8_t *from);
// dx: [rows, cols] overwritten.
void nn_relu_pool_backward_ref(int rows, int cols, bool pool, const float *dy, const uint8_t *from,
                               float *dx);

#endif
