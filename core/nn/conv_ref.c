// SPDX-License-Identifier: MIT
#include "core/nn/conv.h"

#include <string.h>

int nn_conv_out_side(const struct nn_conv_shape *s)
{
    return s->h - s->k + 1;
}

// The sum of w[o, c, u, v] x[c, i + u, j + v] for one output.
static float correlate(const struct nn_conv_shape *s, const float *x, const float *w, int i, int j)
{
    float sum = 0;
    for (int c = 0; c < s->ci; c++)
        for (int u = 0; u < s->k; u++)
            for (int v = 0; v < s->k; v++)
                sum += w[(c * s->k + u) * s->k + v] * x[(c * s->h + i + u) * s->h + j + v];
    return sum;
}

void nn_conv_forward_ref(const struct nn_conv_shape *s, const float *x, const float *w,
                         const float *b, float *y)
{
    int out = nn_conv_out_side(s), filter = s->ci * s->k * s->k;
    for (int o = 0; o < s->co; o++)
        for (int i = 0; i < out; i++)
            for (int j = 0; j < out; j++)
                *y++ = b[o] + correlate(s, x, w + (size_t)o * filter, i, j);
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
                scatter(s, x, w + (size_t)o * filter, *dy, i, j, dx, dw + (size_t)o * filter);
                db[o] += *dy;
            }
}
