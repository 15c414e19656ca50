// SPDX-License-Identifier: MIT
// The camera thread: opens a camera, acquires frames and publishes them in a slot. When the camera
// fails, or is silent for 5 frame periods (at least 0.5 s; 5 s for the first frame), it says so
// once. The stream is begun anew on the open device; if no frame follows within 2 s, or it fails
// again within 5 s, the camera is closed and opened again, with growing pauses (0.25 s to 4 s),
// until frames come again. A pause closes the device, so that its light goes out, until it is over.
// Damaged frames are passed over. The thread also ends, and the camera is
// closed, when the slot is closed. Over all cameras of a feed, frame numbers count on and
// capture_ns never goes back.
#ifndef VISAVIS_CAPTURE_FEED_H
#define VISAVIS_CAPTURE_FEED_H

#include "capture/camera.h"
#include "capture/slot.h"

enum cap_state {
    CAP_OPENED,  // the first frame is here, not yet in the slot; detail: name, size, format, rate
    CAP_LOST,    // detail: cause and remedy, one line
    CAP_REFUSED, // a switch came to nothing; detail: why, one line. The camera from before is next:
                 // CAP_OPENED or CAP_LOST follows, unless another switch comes
    CAP_PAUSED,  // the device is closed; detail: its name
    CAP_DECLINED, // a control could not be set; detail: why, one line. The frames go on
};

// In a word: "opened", "lost", ...
const char *cap_state_name(enum cap_state state);

// Called on the camera thread; CAP_LOST never twice running. `info` belongs to the feed and is
// valid during the call: that of the camera, with CAP_REFUSED that of the one from before; its
// .spec: see struct cap_info. May call cap_feed_switch(), but not cap_feed_stop().
typedef void (*cap_state_fn)(void *ctx, enum cap_state state, const char *detail,
                             const struct cap_info *info);

struct cap_feed;

// Starts the thread and returns its first cap_open() result: on failure no thread is left behind
// and *out is NULL. `slot` must outlive the feed. Errors: as cap_open().
int cap_feed_start(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                   cap_state_fn on_state, void *ctx, struct err *err);
// The same, but where the camera does not open that is told as CAP_LOST, and the thread goes on
// trying. Errors: ERR_USAGE (a spec that isn't one), ERR_MEMORY.
int cap_feed_start_anyway(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                          cap_state_fn on_state, void *ctx, struct err *err);

// Asks for another camera and returns at once. The thread closes the one it has (or stops waiting
// for it to come back), opens `spec` and answers: CAP_OPENED, or CAP_REFUSED when it does not open
// or brings no first frame; then it goes back to the camera that was last told as opened.
// A switch ends a pause.
// Every switch gets exactly one answer, in the order of the calls, unless a later call, a pause or
// the stop comes before it: then none, or after the pause. An answer that is just being told can
// still arrive after a later call, which then gets its own. Any thread, but not after
// cap_feed_stop() was called. Errors: ERR_USAGE (a spec that isn't one; nothing happens, and no
// answer comes).
int cap_feed_switch(struct cap_feed *feed, const char *spec, struct err *err);

// Asks to close the camera, or to open it again, and returns at once. The answer to a pause is
// CAP_PAUSED, unless it is over before; after it CAP_OPENED or CAP_LOST follows. Any thread, as
// cap_feed_switch(); so may the next two.
void cap_feed_pause(struct cap_feed *feed);
void cap_feed_resume(struct cap_feed *feed);

// Fills in list[]: what can be set on the camera in use, as read when its first frame came and
// after each setting. None is there while no frames come from it: before CAP_OPENED, in a pause,
// while a switch is under way.
void cap_feed_controls(struct cap_feed *feed, struct cap_control list[CAP_CONTROLS]);

// Asks to set a control of the camera `spec`, as CAP_OPENED gave it, and returns at once. Nothing
// happens where that camera is no longer in use, has no such control, or holds it; of several,
// those that hold others come first. Where its driver refuses, CAP_DECLINED follows.
void cap_feed_set_control(struct cap_feed *feed, const char *spec, enum cap_control_id id,
                          int value);

// Stops and joins, also when the thread is blocked in a wait: within about 100 ms, and what the
// driver takes to open and close a camera. NULL is fine.
void cap_feed_stop(struct cap_feed *feed);

#endif
