// SPDX-License-Identifier: MIT
// The camera thread: opens a camera, acquires frames and publishes them in a slot. When the camera
// fails it says so once, and opens it again with growing pauses (0.25 s to 4 s) until it is back.
#ifndef VISAVIS_CAPTURE_FEED_H
#define VISAVIS_CAPTURE_FEED_H

#include "capture/camera.h"
#include "capture/slot.h"

enum cap_state {
    CAP_OPENED, // frames will come; detail: name, size, format, rate
    CAP_LOST,   // detail: cause and remedy, one line
};

// Called on the camera thread. `info` belongs to the feed and is valid during the call; NULL when
// lost before it was ever open.
typedef void (*cap_state_fn)(void *ctx, enum cap_state state, const char *detail,
                             const struct cap_info *info);

struct cap_feed;

// Starts the thread and returns its first cap_open() result: on failure no thread is left behind
// and *out is NULL. `slot` must outlive the feed. Errors: as cap_open().
int cap_feed_start(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                   cap_state_fn on_state, void *ctx, struct err *err);

// Stops and joins, also when the thread is blocked in a wait: within about 100 ms. NULL is fine.
void cap_feed_stop(struct cap_feed *feed);

#endif
