// SPDX-License-Identifier: MIT
// Which of a camera's modes to use. Pure functions of the lists that drivers give.
#ifndef VISAVIS_CAPTURE_V4L2_CHOOSE_H
#define VISAVIS_CAPTURE_V4L2_CHOOSE_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdint.h>

struct cap_mode {
    uint32_t format;            // V4L2_PIX_FMT_*; 0: no mode
    int w, h;                   // pixels
    struct v4l2_fract interval; // seconds a frame; denominator 0: unknown
};

// Whether mode a is to be preferred to b; false when they are equally good. In this order:
//   1. a mode at all, of a format that can be read;
//   2. at least 640x480;
//   3. fluent: 24 frames a second or more, or unknown;
//   4. the smaller one of two that are large enough, else the larger one;
//   5. the higher rate; above 60 it costs more than it shows, and 120 counts as 30;
//   6. MJPG (least USB bandwidth), YUYV, planar YUV, other formats, grey.
bool cap_mode_better(const struct cap_mode *a, const struct cap_mode *b);

// Frames a second, 0 when unknown.
double cap_mode_rate(const struct cap_mode *mode);

// The smallest size of at least 640x480 in a range, or the largest there is.
void cap_mode_fit(const struct v4l2_frmsize_stepwise *range, int *w, int *h);

// False for formats that neither we nor libv4l2 can make pictures of.
bool cap_format_reads(uint32_t format);

// Bytes of a line of `w` pixels without padding, for formats that libv4l2 (1.22) reads as if there
// were none whatever the driver says; 0 for others.
uint32_t cap_format_packed_line(uint32_t format, uint32_t w);

// Whether frames of this format have colour. False for formats that can't be read.
bool cap_format_has_colour(uint32_t format);

#endif
