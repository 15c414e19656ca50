// SPDX-License-Identifier: MIT
// The verdict: what the frames of the last moment say together. A single frame errs easily (a
// blink, a blur, a turn of the head), and so would a word that followed it.
#ifndef VISAVIS_CORE_VERIFY_VERDICT_H
#define VISAVIS_CORE_VERIFY_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

enum verify_verdict {
    VERIFY_UNDECIDED, // nothing has been scored
    VERIFY_NOBODY,    // there is no face
    VERIFY_UNSURE,    // the frames disagree, or are too few yet
    VERIFY_YOU,
    VERIFY_STRANGER,
};

#define VERIFY_MOMENT_NS    800000000  // frames count together, ...
#define VERIFY_FRAMES_LEAST 3          // ... and so many at least, ...
#define VERIFY_STALE_NS     3000000000 // ... unless they are older

// A frame that was looked at.
struct verify_seen {
    int64_t at_ns; // when it was scored, CLOCK_MONOTONIC; 0: no frame
    float score;   // 0..1; without meaning where there is no face
    bool face;
};

// The verdict at the time of the last frame of a ring: [n], of which `last` is the newest. "you"
// where three quarters of the frames with a face reach the threshold, "stranger" where three
// quarters don't, nobody where less than half of the frames have a face.
enum verify_verdict verify_verdict(const struct verify_seen *ring, int n, int last,
                                   float threshold);

// In a word or two: "you", "stranger", "not sure", "no face"; undecided: "".
const char *verify_verdict_name(enum verify_verdict verdict);

#endif
