// SPDX-License-Identifier: MIT
// The camera thread: opens a camera, acquires frames and publishes them in a slot. When the camera
// fails, or is silent for 5 frame periods (at least 2 s; 5 s for the first frame), it says so once,
// and opens it again with growing pauses (0.25 s to 4 s) until frames come again. Damaged frames
// are passed over. The thread also ends, and the camera is closed, when the slot is closed.
#ifndef VISAVIS_CAPTURE_FEED_H
#define VISAVIS_CAPTURE_FEED_H

#include "capture/camera.h"
#include "capture/slot.h"

enum cap_state {
    CAP_OPENED, // the first frame is here, not yet in the slot; detail: name, size, format, rate
    CAP_LOST,   // detail: cause and remedy, one line
};

// Called on the camera thread; never twice running with the same state. `info` belongs to the feed
// and is valid during the call. Must not call cap_feed_stop().
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
