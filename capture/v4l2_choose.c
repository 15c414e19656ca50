// SPDX-License-Identifier: MIT
#include "capture/v4l2_choose.h"

#include <stddef.h>

#define WANTED_W    640
#define WANTED_H    480
#define FLUENT_RATE 24
#define USEFUL_RATE 61 // "60" may be 60.0002 as a fraction

enum rank { RANK_MJPEG, RANK_YUYV, RANK_PLANAR, RANK_OTHER, RANK_GREY, RANK_UNREADABLE };

static const struct {
    uint32_t format;
    enum rank rank;
} ranks[] = {
    // clang-format off
    {V4L2_PIX_FMT_MJPEG, RANK_MJPEG},
    {V4L2_PIX_FMT_JPEG, RANK_MJPEG},
    {V4L2_PIX_FMT_YUYV, RANK_YUYV},
    {V4L2_PIX_FMT_UYVY, RANK_YUYV},
    {V4L2_PIX_FMT_NV12, RANK_PLANAR},
    {V4L2_PIX_FMT_YUV420, RANK_PLANAR},
    {V4L2_PIX_FMT_YVU420, RANK_PLANAR},
    {V4L2_PIX_FMT_GREY, RANK_GREY},
    {V4L2_PIX_FMT_Y10, RANK_GREY},
    {V4L2_PIX_FMT_Y10BPACK, RANK_GREY},
    {V4L2_PIX_FMT_Y12, RANK_GREY},
    {V4L2_PIX_FMT_Y16, RANK_GREY},
    {V4L2_PIX_FMT_H264, RANK_UNREADABLE},
    {V4L2_PIX_FMT_HEVC, RANK_UNREADABLE},
    {V4L2_PIX_FMT_MPEG4, RANK_UNREADABLE},
    {V4L2_PIX_FMT_VP8, RANK_UNREADABLE},
    {V4L2_PIX_FMT_HSV24, RANK_UNREADABLE}, // libv4l2 takes its hues for others
    {V4L2_PIX_FMT_HSV32, RANK_UNREADABLE}, // as well
    {V4L2_PIX_FMT_Z16, RANK_UNREADABLE}, // depth
    {0, RANK_UNREADABLE},
    // clang-format on
};

static enum rank rank_of(uint32_t format)
{
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        if (ranks[i].format == format)
            return ranks[i].rank;
    }
    return RANK_OTHER;
}

bool cap_format_reads(uint32_t format)
{
    return rank_of(format) != RANK_UNREADABLE;
}

uint32_t cap_format_packed_line(uint32_t format, uint32_t w)
{
    switch (format) {
    case V4L2_PIX_FMT_BGR24:
        return 3 * w;
    case V4L2_PIX_FMT_NV12:
    case V4L2_PIX_FMT_GREY:
        return w;
    default:
        return 0;
    }
}

bool cap_format_has_colour(uint32_t format)
{
    return rank_of(format) < RANK_GREY;
}

double cap_mode_rate(const struct cap_mode *mode)
{
    const struct v4l2_fract *t = &mode->interval;
    return t->numerator && t->denominator ? (double)t->denominator / t->numerator : 0;
}

static double useful_rate(const struct cap_mode *mode)
{
    double rate = cap_mode_rate(mode);
    return rate > USEFUL_RATE ? 3600 / rate : rate;
}

static bool large_enough(const struct cap_mode *mode)
{
    return mode->w >= WANTED_W && mode->h >= WANTED_H;
}

static bool fluent(const struct cap_mode *mode)
{
    return !(cap_mode_rate(mode) > 0 && useful_rate(mode) < FLUENT_RATE);
}

// Whole numbers of half frames a second: 30 and 29.97 are the same rate.
static int rounded_rate(const struct cap_mode *mode)
{
    return (int)(2 * useful_rate(mode) + 0.5);
}

bool cap_mode_better(const struct cap_mode *a, const struct cap_mode *b)
{
    bool a_reads = cap_format_reads(a->format);
    bool b_reads = cap_format_reads(b->format);
    if (!a_reads || !b_reads)
        return a_reads && !b_reads;
    if (large_enough(a) != large_enough(b))
        return large_enough(a);
    if (fluent(a) != fluent(b))
        return fluent(a);
    int64_t a_area = (int64_t)a->w * a->h, b_area = (int64_t)b->w * b->h;
    if (a_area != b_area)
        return large_enough(a) == (a_area < b_area);
    if (rounded_rate(a) != rounded_rate(b))
        return rounded_rate(a) > rounded_rate(b);
    return rank_of(a->format) < rank_of(b->format);
}

static int fit_side(uint32_t min, uint32_t max, uint32_t step, uint32_t wanted)
{
    if (wanted <= min)
        return (int)min;
    if (wanted >= max)
        return (int)max;
    uint32_t above = (wanted - min) % (step ? step : 1);
    uint32_t side = above ? wanted + step - above : wanted;
    return (int)(side < max ? side : max);
}

void cap_mode_fit(const struct v4l2_frmsize_stepwise *range, int *w, int *h)
{
    *w = fit_side(range->min_width, range->max_width, range->step_width, WANTED_W);
    *h = fit_side(range->min_height, range->max_height, range->step_height, WANTED_H);
}
