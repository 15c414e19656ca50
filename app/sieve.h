// SPDX-License-Identifier: MIT
// Which frames of a burst are worth keeping: while a key is held the camera sends far more than
// differ from each other, and whoever moves is blurred in some. Owned by one thread.
#ifndef VISAVIS_APP_SIEVE_H
#define VISAVIS_APP_SIEVE_H

#include "core/base/clock.h"
#include "core/image/image.h"

#include <stdbool.h>

#define APP_SIEVE_SIDE    16
#define APP_SIEVE_MOST_NS CLOCK_SECOND // that pass without a picture

enum app_sieved {
    APP_SIEVE_KEPT,
    APP_SIEVE_ALIKE,   // too like the picture that was kept last
    APP_SIEVE_BLURRED, // out of focus, or moving
};

struct app_sieve {
    uint8_t grey[APP_SIEVE_SIDE * APP_SIEVE_SIDE]; // the picture that was kept last
    struct img_rect part;                          // of its frame; nothing at first
    int64_t kept_ns; // when it was taken; that of the first frame, before
    bool begun;
};

// A burst begins.
void app_sieve_begin(struct app_sieve *sieve);

// Judges a frame that was captured at `capture_ns`: `part` is what would be kept of it, `face`
// where the face is, or should be. At least one frame in APP_SIEVE_MOST_NS is kept, whatever it
// shows. Takes some 0.2 ms.
enum app_sieved app_sieve_judge(struct app_sieve *sieve, const struct img *frame,
                                struct img_rect part, struct img_rect face, int64_t capture_ns);

#endif
