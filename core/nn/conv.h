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

void nn_conv_forward_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                          const float *b, float *y, float *scratch);
// dx: overwritten, may be NULL (the first layer needs none); dw, db: added to.
void nn_conv_backward_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                           const float *dy, float *dx, float *dw, float *db, float *scratch);

#endif
