// SPDX-License-Identifier: MIT
// DESIGN. What is compared is the same part of both frames, that of the picture which was kept: the
// place where a face is found jitters by some pixels while nothing moves. How much difference is
// enough was chosen on a recorded speaker, of whom 46 of 200 frames at 25 a second are kept, and on
// the demo camera: 23 of 250.
#include "app/sieve.h"

#include "core/face/quality.h"

#include <stdlib.h>

#define SIDE    APP_SIEVE_SIDE
#define SAMPLES 4 // pixels of a cell that are looked at, each way
#define LEAST   5 // mean difference of two pictures that are not alike, levels of 255

void app_sieve_begin(struct app_sieve *sieve)
{
    *sieve = (struct app_sieve){0};
}

static void shrink(uint8_t grey[SIDE * SIDE], const struct img *frame, struct img_rect part)
{
    int step = (part.w < part.h ? part.w : part.h) / (SIDE * SAMPLES);
    for (int i = 0; i < SIDE * SIDE; i++) {
        struct img_rect cell = img_cell(part, SIDE, SIDE, i % SIDE, i / SIDE);
        grey[i] = (uint8_t)(img_luma(frame, cell, step > 0 ? step : 1) + 0.5);
    }
}

static bool is_alike(const struct app_sieve *sieve, const struct img *frame)
{
    uint8_t grey[SIDE * SIDE];
    struct img_rect part = sieve->part;
    int sum = 0;
    if (part.w == 0 || part.x + part.w > frame->w || part.y + part.h > frame->h)
        return false; // there is none yet, or the camera has changed
    shrink(grey, frame, part);
    for (int i = 0; i < SIDE * SIDE; i++)
        sum += abs(grey[i] - sieve->grey[i]);
    return sum < LEAST * SIDE * SIDE;
}

static enum app_sieved judge(const struct app_sieve *sieve, const struct img *frame,
                             struct img_rect face)
{
    struct face_quality quality;
    if (is_alike(sieve, frame))
        return APP_SIEVE_ALIKE;
    face_quality(&quality, frame, face);
    return quality.reason == FACE_BLURRED ? APP_SIEVE_BLURRED : APP_SIEVE_KEPT;
}

enum app_sieved app_sieve_judge(struct app_sieve *sieve, const struct img *frame,
                                struct img_rect part, struct img_rect face, int64_t capture_ns)
{
    if (!sieve->begun)
        sieve->kept_ns = capture_ns;
    sieve->begun = true;
    enum app_sieved verdict = judge(sieve, frame, face);
    if (verdict != APP_SIEVE_KEPT && capture_ns - sieve->kept_ns < APP_SIEVE_MOST_NS)
        return verdict;
    shrink(sieve->grey, frame, part);
    sieve->part = part;
    sieve->kept_ns = capture_ns;
    return APP_SIEVE_KEPT;
}
