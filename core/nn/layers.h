// SPDX-License-Identifier: MIT
// The layers between the convolutions. x_forward / x_backward pairs on plain arrays. Any thread;
// all memory is the caller's.
#ifndef VISAVIS_CORE_NN_LAYERS_H
#define VISAVIS_CORE_NN_LAYERS_H

#include <stddef.h>
#include <stdint.h>

// Relu and 2x2 max pooling with stride 2 in one: y: [c, o, o] from x: [c, h, h], o = ceil(h / 2).
// A window cut by the edge takes the maximum of what is there (PyTorch's ceil_mode). `from`:
// [c, o, o] notes where each maximum came from: 0..3 = 2 dy + dx inside the window (the first in
// row order among equals), 4 = none, as the relu cut it off. `from` may be NULL (inference).
void nn_relu_pool_forward(int c, int h, const float *x, float *y, uint8_t *from);
// The same for `rows` rows of one channel, which start at an even row: x: [rows, cols], y and from:
// [ceil(rows / 2), ceil(cols / 2)].
void nn_relu_pool_plane(int rows, int cols, const float *x, float *y, uint8_t *from);
// dx: [c, h, h] overwritten.
void nn_relu_pool_backward(int c, int h, const float *dy, const uint8_t *from, float *dx);

// y = max(x, 0) in place; dx = dy where y > 0, else 0 (in place on dy is fine: dx == dy).
void nn_relu_forward(size_t n, float *x);
void nn_relu_backward(size_t n, const float *y, const float *dy, float *dx);

// y = 1 / (1 + exp(-x)) in place; dx = dy y (1 - y).
void nn_sigmoid_forward(size_t n, float *x);
void nn_sigmoid_backward(size_t n, const float *y, const float *dy, float *dx);

#endif
