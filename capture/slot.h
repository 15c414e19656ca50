// SPDX-License-Identifier: MIT
// The frame slot: one writer hands frames to several readers; the latest wins. A reader sees each
// frame at most once and always the newest; what it was too slow for is dropped for it and counted.
// Frames are shared, reference-counted and read-only, from a fixed set of buffers, whose pixels are
// allocated when they are first written. A reader may hold two frames, so that it can take the next
// before it releases the one it shows; there are buffers for all readers doing so, for the latest
// and for the writer's: it always finds a free one and never waits.
// The lock is held for pointer swaps only; decoding and drawing happen outside it.
#ifndef VISAVIS_CAPTURE_SLOT_H
#define VISAVIS_CAPTURE_SLOT_H

#include "core/image/image.h"

#include <stdbool.h>
#include <stdint.h>

#define CAP_READERS 4

struct cap_frame {
    struct img img;
    int64_t frame;      // number, from 1, without gaps
    int64_t capture_ns; // CLOCK_MONOTONIC, as the writer gave it
    int refs;           // the slot's
};

struct cap_slot;

// Errors: ERR_MEMORY.
int cap_slot_create(struct cap_slot **out, struct err *err);
// No reader may hold a frame any more. NULL is fine.
void cap_slot_destroy(struct cap_slot *slot);

// -- writer --
// A buffer to decode into; the writer's until published or asked for again (then the same one).
// NULL when none is free, which takes a reader that holds more than two: leave the frame out.
struct cap_frame *cap_slot_begin(struct cap_slot *slot);
// Numbers the frame and makes it the latest. Never blocks.
void cap_slot_publish(struct cap_slot *slot, struct cap_frame *frame, int64_t capture_ns);
// Lockstep: waits until every attached reader has taken the latest frame, the slot is closed, or
// timeout_ms is over. Returns whether all have. True when no reader is attached is wrong: then it
// waits.
bool cap_slot_wait_taken(struct cap_slot *slot, int timeout_ms);

// -- readers --
// A reader's number, or -1 when there are CAP_READERS already. It starts with the next frame.
int cap_slot_attach(struct cap_slot *slot);
void cap_slot_detach(struct cap_slot *slot, int reader);
// The latest frame if this reader has not had it, else NULL. Counts as taken at once.
const struct cap_frame *cap_slot_take(struct cap_slot *slot, int reader);
// The same, waiting up to timeout_ms; NULL when nothing came or the slot was closed.
const struct cap_frame *cap_slot_wait(struct cap_slot *slot, int reader, int timeout_ms);
void cap_slot_release(struct cap_slot *slot, const struct cap_frame *frame);
// Frames that this reader never saw since it was attached.
int64_t cap_slot_dropped(struct cap_slot *slot, int reader);

// Wakes all who wait, now and later: they return false or NULL. For shutdown. Any thread.
void cap_slot_close(struct cap_slot *slot);
// Any thread.
bool cap_slot_closed(struct cap_slot *slot);

#endif
