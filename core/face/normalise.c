// SPDX-License-Identifier: MIT
#include "core/face/normalise.h"

#include <math.h>
#include <string.h>

#define SIDE  FACE_CHIP_SIDE
#define PLANE FACE_CHIP_SIZE(1)

// The scales, each a plane of the result. Radii in pixels.
static const struct scale {
    int smooth; // taken off as noise first; 0: nothing is
    int mean;
    int contrast;
    float floor; // contrast that is taken as noise
    float gain;
} scales[3] = {
    {1, 3, 10, 0.04f, 0.35f},
    {0, 7, 14, 0.05f, 0.40f},
    {0, 20, 26, 0.05f, 0.40f},
};

static int at_most(int v, int most)
{
    return v < most ? v : most;
}

static int at_least(int v, int least)
{
    return v > least ? v : least;
}

// Running means over 2 r + 1 values along the rows; the outermost value goes on beyond the edge.
static void mean_rows(float *out, const float *in, int r)
{
    float share = 1 / (float)(2 * r + 1);
    for (int y = 0; y < SIDE; y++, in += SIDE, out += SIDE) {
        float sum = 0;
        for (int k = -r; k <= r; k++)
            sum += in[at_least(k, 0)];
        for (int x = 0; x < SIDE; x++) {
            out[x] = sum * share;
            sum += in[at_most(x + r + 1, SIDE - 1)] - in[at_least(x - r, 0)];
        }
    }
}

static void mean_columns(float *out, const float *in, int r)
{
    float sum[SIDE] = {0}, share = 1 / (float)(2 * r + 1);
    for (int k = -r; k <= r; k++)
        for (int x = 0; x < SIDE; x++)
            sum[x] += in[at_least(k, 0) * SIDE + x];
    for (int y = 0; y < SIDE; y++) {
        const float *next = in + at_most(y + r + 1, SIDE - 1) * SIDE;
        const float *last = in + at_least(y - r, 0) * SIDE;
        for (int x = 0; x < SIDE; x++) {
            out[y * SIDE + x] = sum[x] * share;
            sum[x] += next[x] - last[x];
        }
    }
}

// Twice a square's mean, which is nearly a Gaussian's.
static void blur(float *out, const float *in, int r)
{
    float rows[PLANE];
    mean_rows(rows, in, r);
    mean_columns(out, rows, r);
    mean_rows(rows, out, r);
    mean_columns(out, rows, r);
}

// 1 on the face, 0 outside.
static float oval(size_t i)
{
    const float middle = (SIDE - 1) / 2.0f;
    float x = ((float)(i % SIDE) - middle) / (0.86f * middle);
    float y = ((float)(i / SIDE) - middle) / (1.02f * middle);
    float r = x * x + y * y;
    return r < 0.85f ? 1 : r < 1 ? (1 - r) / 0.15f : 0;
}

static void normalise(float *x, const float *level, const struct scale *s)
{
    float detail[PLANE], mean[PLANE], square[PLANE];
    memcpy(detail, level, sizeof detail);
    if (s->smooth)
        blur(detail, level, s->smooth);
    blur(mean, detail, s->mean);
    for (size_t i = 0; i < PLANE; i++) {
        detail[i] -= mean[i];
        square[i] = detail[i] * detail[i];
    }
    blur(mean, square, s->contrast);
    for (size_t i = 0; i < PLANE; i++) {
        float v = s->gain * detail[i] / (sqrtf(fmaxf(mean[i], 0)) + s->floor);
        x[i] = 0.5f + 0.5f * oval(i) * fminf(fmaxf(v, -1), 1);
    }
}

void face_normalise(float *x, const float *px)
{
    float level[PLANE];
    for (size_t i = 0; i < PLANE; i++)
        level[i] = logf(px[i] + 8);
    for (int k = 0; k < 3; k++)
        normalise(x + (size_t)k * PLANE, level, &scales[k]);
}
