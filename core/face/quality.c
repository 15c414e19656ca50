// SPDX-License-Identifier: MIT
// DESIGN. The middle of the box is averaged to a small grid whose cells are as large as the chip's
// pixels, and everything is measured on that: what the net doesn't see doesn't count.
#include "core/face/quality.h"

#include "core/face/chip.h"

#include <math.h>
#include <stdbool.h>

#define COLS    (FACE_CHIP_SIDE * 2 / 5) // of the grid, at most
#define ROWS    (FACE_CHIP_SIDE * 3 / 5)
#define SAMPLES 3 // pixels of a cell that are looked at, each way

// Levels of 255.
#define BLACK 16
#define WHITE 250

// Where a reason begins. On 1,530 photographs and webcam pictures of well lit faces, whole (LFW, a
// webcam user, a speaker), they give one reason; of the same at a quarter of their light, or
// blurred by 2 pixels of the chip, all but 5 are told. In Extended Yale B they begin with light
// from 35 degrees aside.
#define MOST_OUTSIDE    0.1f
#define LEAST_SIZE      0.67f
#define LEAST_LUMA      0.17f
#define MOST_CRUSHED    0.6f
#define MOST_LUMA       0.8f
#define MOST_CLIPPED    0.3f
#define LEAST_EVENNESS  0.4f
#define LEAST_CONTRAST  0.015f // to tell the sharpness by
#define LEAST_SHARPNESS 0.03f

struct grid {
    int cols, rows;
    float luma[ROWS * COLS]; // [rows, cols], levels of 255
};

static int lesser(int a, int b)
{
    return a < b ? a : b;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

// How far a side reaches beyond 0 or the limit, in its own lengths.
static float beyond(int begin, int size, int limit)
{
    int over = greater(begin + size - limit, -begin);
    return (float)greater(over, 0) / (float)size;
}

static void measure_place(struct face_quality *q, const struct img *frame, struct img_rect box)
{
    q->outside = fmaxf(beyond(box.x, box.w, frame->w), beyond(box.y, box.h, frame->h));
    q->size = (float)lesser(box.w, box.h) / FACE_CHIP_SIDE;
}

// The middle `share` fifths of a side, at least a pixel, cut off at the frame. False: nothing is
// left.
static bool middle(int *begin, int *size, int share, int limit)
{
    int length = greater(*size * share / 5, 1), from = *begin + (*size - length) / 2;
    int to = lesser(from + length, limit);
    *begin = greater(from, 0);
    *size = to - *begin;
    return *size > 0;
}

static int ratio_up(int a, int b)
{
    return (a + b - 1) / b;
}

static bool sample(struct grid *g, const struct img *frame, struct img_rect box)
{
    if (!middle(&box.x, &box.w, 2, frame->w) || !middle(&box.y, &box.h, 3, frame->h))
        return false;
    g->cols = lesser(COLS, box.w);
    g->rows = lesser(ROWS, box.h);
    int step = greater(ratio_up(box.w, g->cols * SAMPLES), ratio_up(box.h, g->rows * SAMPLES));
    for (int row = 0; row < g->rows; row++)
        for (int col = 0; col < g->cols; col++)
            g->luma[row * g->cols + col] =
                (float)img_luma(frame, img_cell(box, g->cols, g->rows, col, row), step);
    return true;
}

static void measure_light(struct face_quality *q, const struct grid *g)
{
    double half[2] = {0}, sum = 0, squares = 0;
    int n = g->rows * g->cols, black = 0, white = 0;
    for (int i = 0; i < n; i++) {
        double y = g->luma[i];
        int col = i % g->cols;
        half[0] += 2 * col + 1 < g->cols ? y : 0;
        half[1] += 2 * col + 1 > g->cols ? y : 0;
        sum += y;
        squares += y * y;
        black += y < BLACK;
        white += y >= WHITE;
    }
    double mean = sum / n;
    q->luma = (float)(mean / 255);
    q->contrast = (float)(sqrt(fmax(squares / n - mean * mean, 0)) / 255);
    q->crushed = (float)black / (float)n;
    q->clipped = (float)white / (float)n;
    q->evenness = (float)((fmin(half[0], half[1]) + n) / (fmax(half[0], half[1]) + n));
}

// The variance of the Laplacian, levels squared; 0 where the grid is too small for one.
static double fine_detail(const struct grid *g)
{
    double sum = 0, squares = 0;
    int n = greater(g->cols - 2, 0) * greater(g->rows - 2, 0);
    for (int row = 1; row + 1 < g->rows; row++)
        for (int col = 1; col + 1 < g->cols; col++) {
            const float *y = g->luma + row * g->cols + col;
            double l = 4 * y[0] - y[-1] - y[1] - y[-g->cols] - y[g->cols];
            sum += l;
            squares += l * l;
        }
    return n > 0 ? squares / n - (sum / n) * (sum / n) : 0;
}

static void measure_sharpness(struct face_quality *q, const struct grid *g)
{
    double spread = 255 * (double)q->contrast;
    q->sharpness = spread > 0 ? (float)(fine_detail(g) / (spread * spread)) : 0;
}

static enum face_reason gravest(const struct face_quality *q)
{
    if (q->outside > MOST_OUTSIDE)
        return FACE_CUT_OFF;
    if (q->size < LEAST_SIZE)
        return FACE_SMALL;
    if (q->luma < LEAST_LUMA || q->crushed > MOST_CRUSHED)
        return FACE_DARK;
    if (q->luma > MOST_LUMA || q->clipped > MOST_CLIPPED)
        return FACE_BRIGHT;
    if (q->evenness < LEAST_EVENNESS)
        return FACE_ONE_SIDED;
    if (q->contrast >= LEAST_CONTRAST && q->sharpness < LEAST_SHARPNESS)
        return FACE_BLURRED;
    return FACE_FINE;
}

void face_quality(struct face_quality *out, const struct img *frame, struct img_rect box)
{
    struct grid grid;
    *out = (struct face_quality){.reason = FACE_NONE};
    if (box.w <= 0 || box.h <= 0)
        return;
    measure_place(out, frame, box);
    if (sample(&grid, frame, box)) {
        measure_light(out, &grid);
        measure_sharpness(out, &grid);
    }
    out->reason = gravest(out);
}

static const struct {
    const char *name, *text;
} words[FACE_REASONS] = {
    [FACE_FINE] = {"", ""},
    [FACE_NONE] = {"no face", "no face: look into the camera"},
    [FACE_CUT_OFF] = {"face cut off", "face cut off: move to the middle"},
    [FACE_SMALL] = {"face too small", "face too small: come closer"},
    [FACE_DARK] = {"too dark", "too dark: turn on a light in front of you"},
    [FACE_BRIGHT] = {"too bright", "too bright: dim the light, or move away from it"},
    [FACE_ONE_SIDED] = {"lit from one side", "lit from one side: turn towards the light"},
    [FACE_BLURRED] = {"blurred", "blurred: hold still, or wipe the lens"},
};

const char *face_reason_name(enum face_reason reason)
{
    return words[reason].name;
}

const char *face_reason_text(enum face_reason reason)
{
    return words[reason].text;
}
