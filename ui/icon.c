// SPDX-License-Identifier: MIT
// DESIGN: the icon's shapes are few, so each is a test for a point: inside of the frame, of an eye,
// left of the face's edge. A pixel is the mean of its SAMPLES x SAMPLES points. All lengths are
// those of assets/icon.svg; a test compares the two.
#include "ui/icon.h"

#include <math.h>
#include <stdbool.h>

#define SIDE    128.0f
#define MIDDLE  64.0f
#define SAMPLES 4

#define GROUND 0xff1a2740
#define LEFT   0xff6cb2ff
#define RIGHT  0xff45d49a

// Edge of the left face from the forehead to the neck: cubic Bezier curves, end to end, in x, y. y
// never decreases, so that every row has one edge.
static const float edge[][2] = {
    {22, 8},                        // top
    {38, 14}, {44, 28},  {43, 42},  // forehead
    {43, 46}, {57, 62},  {57, 67},  // nose
    {57, 71}, {50, 72},  {46, 72},  // below it
    {44, 75}, {50, 77},  {50, 81},  // upper lip
    {50, 84}, {47, 84},  {47, 87},  // lower lip
    {49, 98}, {44, 104}, {30, 104}, // chin, neck
};
#define N_CURVES ((SDL_arraysize(edge) - 1) / 3)

static float bezier(const float (*p)[2], int axis, float t)
{
    float s = 1 - t;
    return s * s * s * p[0][axis] + 3 * s * s * t * p[1][axis] + 3 * s * t * t * p[2][axis] +
           t * t * t * p[3][axis];
}

static float edge_at(float y)
{
    for (size_t i = 0; i < N_CURVES; i++) {
        const float(*curve)[2] = &edge[3 * i];
        float low = 0, high = 1;
        if (y >= curve[3][1])
            continue;
        for (int step = 0; step < 12; step++) {
            float t = (low + high) / 2;
            if (bezier(curve, 1, t) < y)
                low = t;
            else
                high = t;
        }
        return bezier(curve, 0, low);
    }
    return edge[3 * N_CURVES][0];
}

static bool in_frame(float x, float y)
{
    const float margin = 8, radius = 26, inner = MIDDLE - margin - radius;
    float dx = fmaxf(fabsf(x - MIDDLE) - inner, 0), dy = fmaxf(fabsf(y - MIDDLE) - inner, 0);
    return dx * dx + dy * dy < radius * radius;
}

// ARGB; `face`: edge_at(y).
static Uint32 colour_at(float x, float y, float face)
{
    const float eye_x = 33, eye_y = 47, eye_radius = 4.5f;
    float mirrored = fminf(x, SIDE - x), dx = mirrored - eye_x, dy = y - eye_y;
    if (!in_frame(x, y))
        return 0;
    if (mirrored >= face || dx * dx + dy * dy < eye_radius * eye_radius)
        return GROUND;
    return x < MIDDLE ? LEFT : RIGHT;
}

static Uint32 mean(const Uint32 *colours, int n)
{
    Uint32 sum[3] = {0}, opaque = 0;
    for (int i = 0; i < n; i++) {
        opaque += colours[i] != 0;
        for (int c = 0; c < 3; c++)
            sum[c] += colours[i] >> 8 * c & 255;
    }
    if (!opaque)
        return 0;
    Uint32 pixel = 255 * opaque / (Uint32)n << 24;
    for (int c = 0; c < 3; c++)
        pixel |= sum[c] / opaque << 8 * c;
    return pixel;
}

SDL_Surface *ui_icon_draw(int size)
{
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, size, size, 32, SDL_PIXELFORMAT_ARGB8888);
    float unit = SIDE / (float)(size * SAMPLES);
    if (!surface)
        return NULL;
    for (int y = 0; y < size; y++) {
        Uint32 *row = (Uint32 *)((Uint8 *)surface->pixels + (size_t)y * (size_t)surface->pitch);
        float ys[SAMPLES], face[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            ys[i] = unit * ((float)(y * SAMPLES + i) + 0.5f);
            face[i] = edge_at(ys[i]);
        }
        for (int x = 0; x < size; x++) {
            Uint32 colours[SAMPLES * SAMPLES];
            for (int i = 0; i < SAMPLES * SAMPLES; i++)
                colours[i] = colour_at(unit * ((float)(x * SAMPLES + i % SAMPLES) + 0.5f),
                                       ys[i / SAMPLES], face[i / SAMPLES]);
            row[x] = mean(colours, SAMPLES * SAMPLES);
        }
    }
    return surface;
}
