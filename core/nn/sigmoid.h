// SPDX-License-Identifier: MIT
// fc's activation, on plain arrays. Any thread; all memory is the caller's.
#ifndef VISAVIS_CORE_NN_SIGMOID_H
#define VISAVIS_CORE_NN_SIGMOID_H

#include <stddef.h>

// y = 1 / (1 + exp(-x)) in place; dx = dy y (1 - y).
void nn_sigmoid_forward(size_t n, float *x);
void nn_sigmoid_backward(size_t n, const float *y, const float *dy, float *dx);

#endif
