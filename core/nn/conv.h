// SPDX-License-Identifier: MIT
// One convolution over one picture: valid cross-correlation, stride 1. The naive reference (_ref)
// defines what is right; the fast path (_gemm) lowers it to matrix products by im2col (Chellapilla
// et al. 2006) and OpenBLAS sgemm.
//
//     y[o, i, j] = b[o] + sum_{c, u, v} w[o, c, u, v] x[c, i + u, j + v]
//
// x: [ci, h, h], w: [co, ci, k, k], b: [co], y: [co, h - k + 1, h - k + 1]. Arrays don't overlap.
// Any thread; all memory is the caller's.
#ifndef VISAVIS_CORE_NN_CONV_H
#define VISAVIS_CORE_NN_CONV_H

#include <stddef.h>

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

// Floats of scratch space that the _gemm functions need.
size_t nn_conv_gemm_scratch(const struct nn_conv_shape *s);

// The _gemm functions work on bands of so many output rows (the last one may have fewer): an even
// number of at least 2 that depends on the shape alone.
int nn_conv_band_rows(const struct nn_conv_shape *s);

// One band of the output, for callers that spread the bands over threads or go on with each while
// it is in the cache: rows row .. row + n_rows - 1, n_rows <= nn_conv_band_rows(). Channel o of the
// band, [n_rows, h - k + 1], goes to y + o * y_stride.
void nn_conv_forward_band_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                               const float *b, int row, int n_rows, float *y, size_t y_stride,
                               float *scratch);

void nn_conv_forward_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                          const float *b, float *y, float *scratch);
// dx: overwritten, may be NULL (the first layer needs none); dw, db: added to.
void nn_conv_backward_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                           const float *dy, float *dx, float *dw, float *db, float *scratch);

#endif
