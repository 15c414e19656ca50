// SPDX-License-Identifier: MIT
#include "core/nn/layers.h"

#include <math.h>
#include <stdbool.h>

#define FROM_NONE 4
#define CHUNK     64 // windows at a time

// The largest so far and which one it is; a float, so that both are the same kind of vector.
struct best {
    float value, from;
};

// Keeps the first of the largest. A NaN counts as larger than anything, so that it stays visible.
static inline struct best keep_max(struct best best, float x, float from)
{
    bool keep = x <= best.value, is_nan = best.value != best.value;
    struct best next = {keep ? best.value : x, keep ? best.from : from};
    return (struct best){is_nan ? best.value : next.value, is_nan ? best.from : next.from};
}

static inline struct best window_max(float a, float b, float c, float d)
{
    struct best best = {0, FROM_NONE};
    return keep_max(keep_max(keep_max(keep_max(best, a, 0), b, 1), c, 2), d, 3);
}

// n <= CHUNK windows that lie within the plane.
static void pool_windows(int n, const float *restrict above, const float *restrict below,
                         float *restrict y, uint8_t *restrict from)
{
    float at[CHUNK];
    for (int j = 0; j < n; j++) {
        struct best best =
            window_max(above[2 * j], above[2 * j + 1], below[2 * j], below[2 * j + 1]);
        y[j] = best.value;
        at[j] = best.from;
    }
    for (int j = 0; j < n; j++)
        from[j] = (uint8_t)(int)at[j];
}

// One row of windows. A window that the edge cuts sees what there is twice (`below` == `above`
// for a cut row), which changes neither its maximum nor where that is first found.
static void pool_row(int cols, const float *above, const float *below, float *y, uint8_t *from)
{
    uint8_t unused[CHUNK];
    for (int j = 0; j < cols / 2; j += CHUNK) {
        int n = cols / 2 - j < CHUNK ? cols / 2 - j : CHUNK;
        pool_windows(n, above + 2 * j, below + 2 * j, y + j, from ? from + j : unused);
    }
    if (cols % 2) {
        float a = above[cols - 1], c = below[cols - 1];
        struct best best = window_max(a, a, c, c);
        y[cols / 2] = best.value;
        if (from)
            from[cols / 2] = (uint8_t)best.from;
    }
}

void nn_relu_pool_plane(int rows, int cols, const float *x, float *y, uint8_t *from)
{
    int out_cols = (cols + 1) / 2;
    for (int i = 0; i < rows; i += 2, y += out_cols) {
        const float *above = x + (size_t)i * cols;
        pool_row(cols, above, i + 1 < rows ? above + cols : above, y, from);
        if (from)
            from += out_cols;
    }
}

void nn_relu_pool_forward(int c, int h, const float *x, float *y, uint8_t *from)
{
    size_t o = ((size_t)h + 1) / 2;
    for (int i = 0; i < c; i++, x += (size_t)h * h, y += o * o)
        nn_relu_pool_plane(h, h, x, y, from ? from + i * o * o : NULL);
}

static void unpool_row(int cols, const float *restrict dy, const uint8_t *restrict from, int first,
                       float *restrict dx)
{
    for (int j = 0; j < cols / 2; j++) {
        float d = dy[j];
        int at = from[j];
        dx[2 * j] = at == first ? d : 0;
        dx[2 * j + 1] = at == first + 1 ? d : 0;
    }
    if (cols % 2)
        dx[cols - 1] = from[cols / 2] == first ? dy[cols / 2] : 0;
}

void nn_relu_pool_backward(int c, int h, const float *dy, const uint8_t *from, float *dx)
{
    int o = (h + 1) / 2;
    for (int i = 0; i < c; i++, dy += (size_t)o * o, from += (size_t)o * o)
        for (int row = 0; row < h; row++, dx += h)
            unpool_row(h, dy + row / 2 * o, from + row / 2 * o, row % 2 ? 2 : 0, dx);
}

void nn_relu_forward(size_t n, float *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] = x[i] < 0 ? 0 : x[i];
}

void nn_relu_backward(size_t n, const float *y, const float *dy, float *dx)
{
    for (size_t i = 0; i < n; i++) {
        float d = dy[i];
        dx[i] = y[i] > 0 ? d : 0;
    }
}

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
