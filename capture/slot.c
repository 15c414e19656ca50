// SPDX-License-Identifier: MIT
// DESIGN. A frame is free (refs 0), the writer's (refs 1, `writing`), the latest (one reference is
// the slot's) or held by readers. With R readers that hold two each, at most 2 R + 1 buffers are
// neither free nor the writer's: 2 R + 2 of them always leave one to write into. The first free one
// is taken, so those that are never needed never get pixels.
//
// References are counted under the lock, and a buffer is chosen for writing under the lock once
// its count is 0: so everything a reader read of it happened before the writer's first byte, and no
// pixel needs an atomic. A frame's number and time are set before it becomes the latest.
//
// Whoever waits, waits on one of two conditions: `fresh` (readers) and `taken` (the writer in
// lockstep). Closing signals both for good.
#include "capture/slot.h"

#include "core/base/clock.h"

#include <pthread.h>
#include <stdlib.h>

#define N_FRAMES (2 * CAP_READERS + 2)

struct reader {
    bool attached;
    int64_t seen;    // number of the last frame taken, or of the latest when it attached
    int64_t dropped; // frames passed over by taking a later one
};

struct cap_slot {
    pthread_mutex_t lock;
    pthread_cond_t fresh;              // a frame was published, or the slot closed
    pthread_cond_t taken;              // a reader took or went, or the slot closed
    struct cap_frame frames[N_FRAMES]; // .refs protected by lock, as all below
    struct cap_frame *writing;         // NULL: none begun
    struct cap_frame *latest;          // NULL: none published yet
    int64_t n_published;
    struct reader readers[CAP_READERS];
    bool closed;
};

int cap_slot_create(struct cap_slot **out, struct err *err)
{
    struct cap_slot *slot = calloc(1, sizeof *slot);
    *out = slot;
    if (!slot)
        return err_memory(err, "frame slot");
    pthread_cond_init(&slot->fresh, NULL);
    pthread_cond_init(&slot->taken, NULL);
    pthread_mutex_init(&slot->lock, NULL);
    return 0;
}

void cap_slot_destroy(struct cap_slot *slot)
{
    if (!slot)
        return;
    for (int i = 0; i < N_FRAMES; i++)
        img_finish(&slot->frames[i].img);
    pthread_mutex_destroy(&slot->lock);
    pthread_cond_destroy(&slot->taken);
    pthread_cond_destroy(&slot->fresh);
    free(slot);
}

static int64_t deadline(int timeout_ms)
{
    return clock_now_ns() + timeout_ms * (CLOCK_SECOND / 1000);
}

// -- writer --

struct cap_frame *cap_slot_begin(struct cap_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    for (int i = 0; i < N_FRAMES && !slot->writing; i++) {
        if (slot->frames[i].refs == 0) {
            slot->writing = &slot->frames[i];
            slot->writing->refs = 1;
        }
    }
    struct cap_frame *frame = slot->writing;
    pthread_mutex_unlock(&slot->lock);
    return frame;
}

void cap_slot_publish(struct cap_slot *slot, struct cap_frame *frame, int64_t capture_ns)
{
    pthread_mutex_lock(&slot->lock);
    frame->frame = ++slot->n_published;
    frame->capture_ns = capture_ns;
    if (slot->latest)
        slot->latest->refs--;
    slot->latest = frame; // the writer's reference becomes the slot's
    slot->writing = NULL;
    pthread_cond_broadcast(&slot->fresh);
    pthread_mutex_unlock(&slot->lock);
}

// With the lock held.
static bool all_have_taken(const struct cap_slot *slot)
{
    int n_attached = 0;
    for (int i = 0; i < CAP_READERS; i++) {
        n_attached += slot->readers[i].attached;
        if (slot->readers[i].attached && slot->readers[i].seen < slot->n_published)
            return false;
    }
    return n_attached > 0;
}

bool cap_slot_wait_taken(struct cap_slot *slot, int timeout_ms)
{
    int64_t end_ns = deadline(timeout_ms);
    pthread_mutex_lock(&slot->lock);
    bool in_time = true;
    while (!slot->closed && in_time && !all_have_taken(slot))
        in_time = clock_wait(&slot->taken, &slot->lock, end_ns);
    bool taken = !slot->closed && all_have_taken(slot);
    pthread_mutex_unlock(&slot->lock);
    return taken;
}

// -- readers --

int cap_slot_attach(struct cap_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    int reader = 0;
    while (reader < CAP_READERS && slot->readers[reader].attached)
        reader++;
    if (reader < CAP_READERS) {
        slot->readers[reader] = (struct reader){.attached = true, .seen = slot->n_published};
        pthread_cond_signal(&slot->taken);
    }
    pthread_mutex_unlock(&slot->lock);
    return reader < CAP_READERS ? reader : -1;
}

void cap_slot_detach(struct cap_slot *slot, int reader)
{
    pthread_mutex_lock(&slot->lock);
    slot->readers[reader].attached = false;
    pthread_cond_signal(&slot->taken);
    pthread_mutex_unlock(&slot->lock);
}

// With the lock held.
static struct cap_frame *take(struct cap_slot *slot, struct reader *reader)
{
    if (reader->seen == slot->n_published)
        return NULL;
    reader->dropped += slot->n_published - reader->seen - 1;
    reader->seen = slot->n_published;
    slot->latest->refs++;
    pthread_cond_signal(&slot->taken);
    return slot->latest;
}

const struct cap_frame *cap_slot_take(struct cap_slot *slot, int reader)
{
    pthread_mutex_lock(&slot->lock);
    struct cap_frame *frame = take(slot, &slot->readers[reader]);
    pthread_mutex_unlock(&slot->lock);
    return frame;
}

const struct cap_frame *cap_slot_wait(struct cap_slot *slot, int reader, int timeout_ms)
{
    struct reader *r = &slot->readers[reader];
    int64_t end_ns = deadline(timeout_ms);
    pthread_mutex_lock(&slot->lock);
    bool in_time = true;
    while (!slot->closed && in_time && r->seen == slot->n_published)
        in_time = clock_wait(&slot->fresh, &slot->lock, end_ns);
    struct cap_frame *frame = slot->closed ? NULL : take(slot, r);
    pthread_mutex_unlock(&slot->lock);
    return frame;
}

void cap_slot_release(struct cap_slot *slot, const struct cap_frame *frame)
{
    pthread_mutex_lock(&slot->lock);
    slot->frames[frame - slot->frames].refs--;
    pthread_mutex_unlock(&slot->lock);
}

int64_t cap_slot_dropped(struct cap_slot *slot, int reader)
{
    const struct reader *r = &slot->readers[reader];
    pthread_mutex_lock(&slot->lock);
    int64_t waiting = slot->n_published - r->seen;
    int64_t dropped = r->dropped + (waiting > 1 ? waiting - 1 : 0);
    pthread_mutex_unlock(&slot->lock);
    return dropped;
}

void cap_slot_close(struct cap_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    slot->closed = true;
    pthread_cond_broadcast(&slot->fresh);
    pthread_cond_broadcast(&slot->taken);
    pthread_mutex_unlock(&slot->lock);
}

bool cap_slot_closed(struct cap_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    bool closed = slot->closed;
    pthread_mutex_unlock(&slot->lock);
    return closed;
}
