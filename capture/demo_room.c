// SPDX-License-Identifier: MIT
#include "capture/demo_draw.h"

#include <math.h>
#include <string.h>

#define N_GRAIN 65536

float cap_demo_room[DEMO_H][DEMO_W][3];
float cap_demo_wave[256];
static int8_t grain[N_GRAIN + 3 * DEMO_W];
static uint8_t encoded[4097]; // linear 0..1 to sRGB

static float linear(float srgb)
{
    return srgb <= .04045f ? srgb / 12.92f : powf((srgb + .055f) / 1.055f, 2.4f);
}

void cap_demo_colour(float out[3], uint32_t srgb)
{
    for (int i = 0; i < 3; i++)
        out[i] = linear((float)(srgb >> (16 - 8 * i) & 255) / 255);
}

static void box(int x0, int y0, int x1, int y1, uint32_t srgb)
{
    float c[3];
    cap_demo_colour(c, srgb);
    for (int y = y0 < 0 ? 0 : y0; y < y1 && y < DEMO_H; y++) {
        for (int x = x0 < 0 ? 0 : x0; x < x1 && x < DEMO_W; x++)
            memcpy(cap_demo_room[y][x], c, sizeof c);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void furnish(void)
{
    static const uint32_t books[] = {0x7d3b32, 0x2f4858, 0xc9a25b, 0x5c6b4a,
                                     0x8c8577, 0x3d3350, 0xb8b0a0};
    uint32_t state = 7;
    for (int y = 0; y < DEMO_H; y++) {
        uint32_t grey = (uint32_t)(186 - y / 12);
        box(0, y, DEMO_W, y + 1, grey << 16 | (grey - 8) << 8 | (grey - 22));
    }
    box(28, 36, 184, 262, 0xe9e4da); // window
    for (int y = 46; y < 252; y++)
        box(38, y, 174, y + 1, 0xdbe9f2u - (uint32_t)(y / 8) * 0x030201u);
    box(102, 46, 110, 252, 0xe4dfd4);
    box(38, 150, 174, 157, 0xe4dfd4);
    box(20, 262, 192, 274, 0xd8d2c6);
    box(474, 40, 640, 352, 0x6b4c35); // shelf
    for (int y = 48; y < 340; y += 100) {
        box(482, y, 640, y + 92, 0x4a3424);
        for (int x = 486; x < 640;) {
            int w = 9 + (int)(next_random(&state) % 13), h = 52 + (int)(next_random(&state) % 30);
            box(x, y + 92 - h, x + w, y + 92, books[next_random(&state) % 7]);
            x += w + 1 + (next_random(&state) % 9 == 0 ? 24 : 0);
        }
    }
    box(0, 388, 250, 480, 0x59656b); // sofa
    box(0, 372, 236, 396, 0x66747a);
    box(470, 352, 640, 480, 0x8a7a66);
}

// One pass of a box of 2 r + 1 pixels over n pixels that are `step` floats apart.
static void blur_line(float *line, int n, int step, int r)
{
    float copy[DEMO_W][3];
    for (int i = 0; i < n; i++)
        memcpy(copy[i], line + i * step, sizeof copy[i]);
    for (int i = 0; i < n; i++) {
        float sum[3] = {0};
        for (int k = i - r; k <= i + r; k++) {
            for (int c = 0; c < 3; c++)
                sum[c] += copy[k < 0 ? 0 : k >= n ? n - 1 : k][c];
        }
        for (int c = 0; c < 3; c++)
            line[i * step + c] = sum[c] / (float)(2 * r + 1);
    }
}

void cap_demo_prepare(void)
{
    uint32_t state = 1;
    furnish();
    for (int pass = 0; pass < 3; pass++) {
        for (int y = 0; y < DEMO_H; y++)
            blur_line(cap_demo_room[y][0], DEMO_W, 3, 2);
        for (int x = 0; x < DEMO_W; x++)
            blur_line(cap_demo_room[0][x], DEMO_H, 3 * DEMO_W, 2);
    }
    for (size_t i = 0; i < sizeof grain; i++)
        grain[i] = (int8_t)((int)(next_random(&state) % 5 + next_random(&state) % 5) - 4);
    for (int i = 0; i < 256; i++)
        cap_demo_wave[i] = (float)(next_random(&state) % 2001) / 1000 - 1;
    for (int i = 0; i <= 4096; i++) {
        float v = (float)i / 4096;
        v = v <= .0031308f ? 12.92f * v : 1.055f * powf(v, 1 / 2.4f) - .055f;
        encoded[i] = (uint8_t)(255 * v + .5f);
    }
}

void cap_demo_develop(const struct demo_scene *s, float line[DEMO_W][3], uint32_t seed,
                      uint8_t *out)
{
    const int8_t *row = grain + next_random(&seed) % N_GRAIN;
    for (int x = 0; x < DEMO_W; x++) {
        float side = 4096 * (1 + s->slope * ((float)x - DEMO_CENTRE_X) / DEMO_CENTRE_X);
        for (int i = 0; i < 3; i++) {
            float v = line[x][i] * s->gain[i] * side + .5f;
            int code = encoded[v < 4096 ? (int)v : 4096] + row[3 * x + i];
            out[3 * x + i] = (uint8_t)(code < 0 ? 0 : code > 255 ? 255 : code);
        }
    }
}
