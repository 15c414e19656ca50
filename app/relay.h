// SPDX-License-Identifier: MIT
// The progress of a training in two parts, told as one: the first part's epochs count before the
// second's, and the time left is that of both. No thread of its own.
#ifndef VISAVIS_APP_RELAY_H
#define VISAVIS_APP_RELAY_H

#include "core/siamese/train.h"

struct app_relay {
    siam_progress_fn progress; // is told of the whole, with `ctx`
    void *ctx;
    struct siam_progress *last;      // gets what is told at the end of each epoch
    bool begun;                      // something of the part under way was told
    int epochs_before, epochs_after; // of the other part
    int steps_after;                 // alike, about as long each
    double step_seconds;             // of the part under way; 0: not known yet
};

// A part begins: `before` epochs have been trained, `after` come next, with as many steps' time.
void app_relay_part(struct app_relay *relay, int before, int after, int steps_after);

// Of the part under way; a siam_progress_fn, `ctx` is the relay.
void app_relay_progress(void *ctx, const struct siam_progress *part);

#endif
