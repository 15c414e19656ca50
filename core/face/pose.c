// SPDX-License-Identifier: MIT
#include "core/face/pose.h"

#include <math.h>

static int clamp(int v, int lo, int hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

// v within 0 and hi. (fminf() and fmaxf(), which know numbers that are none, are calls.)
static inline float within(float v, float hi)
{
    v = v > 0 ? v : 0;
    return v < hi ? v : hi;
}

// (x, y): of pixel centres, (0, 0) is that of the upper left one.
static inline float pixel_at(const struct face_luma *luma, float x, float y)
{
    x = within(x, (float)(luma->w - 1));
    y = within(y, (float)(luma->h - 1));
    int x0 = (int)x, y0 = (int)y;
    int x1 = x0 + (x0 < luma->w - 1), y1 = y0 + (y0 < luma->h - 1);
    float fx = x - (float)x0, fy = y - (float)y0;
    const uint8_t *upper = luma->px + (int64_t)y0 * luma->w;
    const uint8_t *lower = luma->px + (int64_t)y1 * luma->w;
    float above = (float)upper[x0] + fx * (float)(upper[x1] - upper[x0]);
    float below = (float)lower[x0] + fx * (float)(lower[x1] - lower[x0]);
    return above + fy * (below - above);
}

struct face_pose face_pose_of(struct img_rect rect)
{
    return (struct face_pose){(float)rect.x + (float)rect.w / 2, (float)rect.y + (float)rect.h / 2,
                              (float)(rect.w < rect.h ? rect.w : rect.h), 0};
}

struct img_rect face_pose_box(const struct face_pose *pose)
{
    int side = (int)lrintf(pose->side);
    return (struct img_rect){(int)lrintf(pose->x - pose->side / 2),
                             (int)lrintf(pose->y - pose->side / 2), side, side};
}

struct img_rect face_pose_surroundings(const struct face_pose *pose, int w, int h)
{
    int side = clamp((int)lrintf(2 * pose->side), 1, w < h ? w : h);
    int x = (int)lrintf(pose->x - 0.5f * (float)side),
        y = (int)lrintf(pose->y - 0.5f * (float)side);
    return (struct img_rect){clamp(x, 0, w - side), clamp(y, 0, h - side), side, side};
}

// Samples a pixel along each axis, where it takes `step` pixels of the picture.
static int samples(float step)
{
    return clamp((int)ceilf(step - 0.25f), 1, 8);
}

// Samples along steps (ax, ay) to the right and (bx, by) downwards from the middle (x, y).
struct grid {
    float x, y;
    float ax, ay, bx, by;
};

static void sample_grid(float *out, int n, const struct face_luma *luma, const struct grid *g,
                        int m)
{
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            float sum = 0;
            for (int k = 0; k < m * m; k++) {
                float a = (float)j + ((float)(k % m) + 0.5f) / (float)m - 0.5f * (float)n;
                float b = (float)i + ((float)(k / m) + 0.5f) / (float)m - 0.5f * (float)n;
                sum += pixel_at(luma, g->x + a * g->ax + b * g->bx - 0.5f,
                                g->y + a * g->ay + b * g->by - 0.5f);
            }
            out[i * n + j] = sum / (float)(m * m);
        }
    }
}

void face_sample_view(float *out, int n, const struct face_luma *luma, const struct face_view *view)
{
    const struct face_pose *p = &view->pose;
    float step = p->side / (float)n, c = cosf(p->angle) * step, s = sinf(p->angle) * step;
    float wide = view->stretch, high = 1 / view->stretch;
    const struct grid grid = {
        p->x, p->y, wide * c, wide * s, high * (view->shear * c - s), high * (view->shear * s + c),
    };
    sample_grid(out, n, luma, &grid, samples(step));
}

void face_sample(float *out, int n, const struct face_luma *luma, const struct face_pose *pose,
                 float zoom)
{
    struct face_view view = {.pose = *pose, .stretch = 1};
    view.pose.side *= zoom;
    face_sample_view(out, n, luma, &view);
}

void face_scale(uint8_t *out, int w, int h, const struct face_luma *luma, float x, float y,
                float step)
{
    int m = samples(step);
    for (int i = 0; i < h; i++) {
        for (int j = 0; j < w; j++) {
            float sum = 0;
            for (int k = 0; k < m * m; k++)
                sum += pixel_at(luma,
                                x + ((float)j + ((float)(k % m) + 0.5f) / (float)m) * step - 0.5f,
                                y + ((float)i + ((float)(k / m) + 0.5f) / (float)m) * step - 0.5f);
            out[(int64_t)i * w + j] = (uint8_t)(sum / (float)(m * m) + 0.5f);
        }
    }
}
