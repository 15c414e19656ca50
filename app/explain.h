// SPDX-License-Identifier: MIT
// What the live view says of a score beyond its value: why it may be low, and which anchor is the
// nearest. Both change with every frame while people need time to read: what is shown stays for
// half a second at least. Plain data, no thread of its own.
#ifndef VISAVIS_APP_EXPLAIN_H
#define VISAVIS_APP_EXPLAIN_H

#include "core/face/chip.h"
#include "core/face/quality.h"
#include "core/verify/gallery.h"

#define APP_EXPLAIN_NS 500000000

struct app_explain {
    enum face_reason reason; // of the latest frames that didn't match
    int64_t reason_ns;       // when it was last measured
    int anchor;              // its number in the gallery; -1: none yet
    int64_t anchor_ns;       // since when it is shown
    float anchor_score;      // of the latest frame against this anchor
    int64_t thumb_number;    // changes with the small picture; never 0 when there is an anchor
    uint8_t thumb[FACE_THUMB_SIZE];
};

// Nothing to show: at first (zero-initialise before), and whenever the gallery changes.
void app_explain_reset(struct app_explain *explain);

// A frame was scored at `now_ns` (CLOCK_MONOTONIC) with the single scores `scores`: [gallery->n].
void app_explain_score(struct app_explain *explain, int64_t now_ns,
                       const struct verify_gallery *gallery, const struct verify_score *score,
                       const float *scores);

// It didn't match; `reason` is what was found at fault, FACE_FINE: nothing.
void app_explain_reason(struct app_explain *explain, int64_t now_ns, enum face_reason reason);

#endif
