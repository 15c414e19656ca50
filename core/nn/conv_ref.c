// SPDX-License-Identifier: MIT
#include "core/nn/conv.h"

#include "core/nn/kernels.h"

#include <math.h>
#include <string.h>

int nn_conv_out_side(const struct nn_conv_shape *s)
{
    return s->h - s->k + 1;
}

// Adds w times the part of the plane x: [h, h] that starts at (u, v) to y: [out, out].
static void add_shifted(int h, int out, const float *restrict x, float w, int u, int v,
                        float *restrict y)
{
    for (int i = 0; i < out; i++)
        for (int j = 0; j < out; j++)
            y[i * out + j] += w * x[(i + u) * h + j + v];
}

void nn_conv_forward_ref(const struct nn_conv_shape *s, const float *x, const float *w,
                         const float *b, float *y)
{
    int out = nn_conv_out_side(s);
    for (int o = 0; o < s->co; o++, y += (size_t)out * out) {
        for (int i = 0; i < out * out; i++)
            y[i] = b[o];
        for (int c = 0; c < s->ci; c++)
            for (int u = 0; u < s->k; u++)
                for (int v = 0; v < s->k; v++)
                    add_shifted(s->h, out, x + (size_t)c * s->h * s->h, *w++, u, v, y);
    }
}

// Spreads one output's gradient `dy` at (i, j) over what it was made of.
static void scatter(const struct nn_conv_shape *s, const float *x, const float *w, float dy, int i,
                    int j, float *dx, float *dw)
{
    for (int c = 0; c < s->ci; c++)
        for (int u = 0; u < s->k; u++)
            for (int v = 0; v < s->k; v++) {
                int at_w = (c * s->k + u) * s->k + v;
                int at_x = (c * s->h + i + u) * s->h + j + v;
                dw[at_w] += dy * x[at_x];
                dx[at_x] += dy * w[at_w];
            }
}

void nn_conv_backward_ref(const struct nn_conv_shape *s, const float *x, const float *w,
                          const float *dy, float *dx, float *dw, float *db)
{
    int out = nn_conv_out_side(s), filter = s->ci * s->k * s->k;
    memset(dx, 0, (size_t)s->ci * s->h * s->h * sizeof *dx);
    for (int o = 0; o < s->co; o++)
        for (int i = 0; i < out; i++)
            for (int j = 0; j < out; j++, dy++) {
                if (*dy == 0) // most of them, after pooling
                    continue;
                scatter(s, x, w + (size_t)o * filter, *dy, i, j, dx, dw + (size_t)o * filter);
                db[o] += *dy;
            }
}

// The window of x that starts at (i, j), of side `size` where the edge does not cut it.
static float window_max(int rows, int cols, int size, const float *x, int i, int j, uint8_t *from)
{
    float best = 0;
    *from = NN_FROM_NONE;
    for (int di = 0; di < size && i + di < rows; di++)
        for (int dj = 0; dj < size && j + dj < cols; dj++) {
            float value = x[(size_t)(i + di) * cols + j + dj];
            if (isnan(best) || value <= best)
                continue;
            best = value;
            *from = (uint8_t)(2 * di + dj);
        }
    return best;
}

void nn_relu_pool_ref(int rows, int cols, bool pool, const float *x, float *y, uint8_t *from)
{
    int size = pool ? 2 : 1;
    for (int i = 0; i < rows; i += size)
        for (int j = 0; j < cols; j += size) {
            uint8_t at;
            *y++ = window_max(rows, cols, size, x, i, j, &at);
            if (from)
                *from++ = at;
        }
}

void nn_relu_pool_backward_ref(int rows, int cols, bool pool, const float *dy, const uint8_t *from,
                               float *dx)
{
    int size = pool ? 2 : 1;
    memset(dx, 0, (size_t)rows * cols * sizeof *dx);
    for (int i = 0; i < rows; i += size)
        for (int j = 0; j < cols; j += size, dy++, from++)
            if (*from != NN_FROM_NONE)
                dx[(size_t)(i + *from / 2) * cols + j + *from % 2] = *dy;
}
