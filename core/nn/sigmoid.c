// SPDX-License-Identifier: MIT
#include "core/nn/sigmoid.h"

#include <math.h>

void nn_sigmoid_forward(size_t n, float *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = 1 / (1 + expf(-x[i]));
}

void nn_sigmoid_backward(size_t n, const float *y, const float *dy, float *dx)
{
    for (size_t i = 0; i < n; i++)
        dx[i] = dy[i] * y[i] * (1 - y[i]);
}
