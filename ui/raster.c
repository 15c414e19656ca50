// SPDX-License-Identifier: MIT
#include "ui/raster.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int ui_raster_reset(struct ui_raster *raster, int w, int h, struct err *err)
{
    size_t size = (size_t)w * (size_t)h;
    if (size > raster->capacity) {
        ui_raster_finish(raster);
        raster->cover = malloc(size);
        if (!raster->cover)
            return err_memory(err, "drawing");
        raster->capacity = size;
    }
    raster->w = w;
    raster->h = h;
    ui_raster_clear(raster);
    return 0;
}

void ui_raster_finish(struct ui_raster *raster)
{
    free(raster->cover);
    *raster = (struct ui_raster){0};
}

void ui_raster_clear(struct ui_raster *raster)
{
    memset(raster->cover, 0, (size_t)raster->w * (size_t)raster->h);
}

static int clamp_int(float v, int low, int high)
{
    return v <= (float)low ? low : v >= (float)high ? high : (int)v;
}

// Distance from p to the segment a..b.
static float distance(struct ui_point p, struct ui_point a, struct ui_point b)
{
    float dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    float t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
    t = fminf(fmaxf(t, 0), 1);
    dx = p.x - (a.x + t * dx);
    dy = p.y - (a.y + t * dy);
    return sqrtf(dx * dx + dy * dy);
}

// The greater cover counts where strokes meet: joins come out round, and nothing is drawn twice.
static void segment(struct ui_raster *raster, struct ui_point a, struct ui_point b, float half)
{
    float reach = half + 1;
    int x0 = clamp_int(fminf(a.x, b.x) - reach, 0, raster->w);
    int x1 = clamp_int(fmaxf(a.x, b.x) + reach + 1, 0, raster->w);
    int y0 = clamp_int(fminf(a.y, b.y) - reach, 0, raster->h);
    int y1 = clamp_int(fmaxf(a.y, b.y) + reach + 1, 0, raster->h);
    for (int y = y0; y < y1; y++) {
        uint8_t *row = raster->cover + (size_t)y * (size_t)raster->w;
        for (int x = x0; x < x1; x++) {
            struct ui_point centre = {(float)x + 0.5f, (float)y + 0.5f};
            float cover = half + 0.5f - distance(centre, a, b);
            if (cover <= 0)
                continue;
            uint8_t value = (uint8_t)(255 * fminf(cover, 1));
            row[x] = value > row[x] ? value : row[x];
        }
    }
}

static struct ui_point between(struct ui_point a, struct ui_point b, float t)
{
    return (struct ui_point){a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)};
}

// Draws the dashes of a..b; *phase is how far into dash + gap the line has come.
static void dashed(struct ui_raster *raster, struct ui_point a, struct ui_point b, float half,
                   float dash, float *phase)
{
    float length = hypotf(b.x - a.x, b.y - a.y), at = 0;
    while (at < length) {
        bool on = *phase < dash;
        float step = fminf((on ? dash : 2 * dash) - *phase, length - at);
        if (on)
            segment(raster, between(a, b, at / length), between(a, b, (at + step) / length), half);
        at += step;
        *phase += step;
        if (*phase >= 2 * dash - 1e-3f)
            *phase = 0;
        if (step < 1e-3f)
            at += 1e-3f;
    }
}

void ui_raster_stroke(struct ui_raster *raster, const struct ui_point *points, int n, float width,
                      float dash)
{
    float half = width / 2, phase = 0;
    if (n == 1)
        segment(raster, points[0], points[0], half);
    for (int i = 1; i < n; i++) {
        if (dash > 0)
            dashed(raster, points[i - 1], points[i], half, dash, &phase);
        else
            segment(raster, points[i - 1], points[i], half);
    }
}

void ui_raster_fill_below(struct ui_raster *raster, const struct ui_point *points, int n)
{
    int i = 1;
    for (int x = 0; x < raster->w && n >= 2; x++) {
        float centre = (float)x + 0.5f;
        if (centre < points[0].x || centre > points[n - 1].x)
            continue;
        while (i < n - 1 && points[i].x < centre)
            i++;
        float dx = points[i].x - points[i - 1].x;
        float t = dx > 0 ? (centre - points[i - 1].x) / dx : 1;
        float top = between(points[i - 1], points[i], fminf(fmaxf(t, 0), 1)).y;
        for (int y = clamp_int(top, 0, raster->h); y < raster->h; y++) {
            float cover = fminf(fmaxf((float)(y + 1) - top, 0), 1);
            raster->cover[(size_t)y * (size_t)raster->w + (size_t)x] = (uint8_t)(255 * cover);
        }
    }
}
