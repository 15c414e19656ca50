// SPDX-License-Identifier: MIT
// Saves pictures of the face while a key is held: DATA/anchor, DATA/positive, DATA/negative. That
// is the face that is found in the frame, with as much around it; else what is in the guide box. It
// has a thread and a slot reader of its own, so that a slow disk costs pictures of the burst, never
// the live view. Pictures are as the camera gave them, never mirrored.
//
// A burst's files are KIND-YYYYMMDD-HHMMSS-mmm-bNNN-NNNN.jpg: the local time the burst began, its
// number in this session, the number of the picture in it.
#ifndef VISAVIS_APP_COLLECTOR_H
#define VISAVIS_APP_COLLECTOR_H

#include "app/edits.h"
#include "app/events.h"
#include "capture/slot.h"
#include "core/image/image.h"
#include "core/siamese/dataset.h"

struct app_collector;

struct app_collector_state {
    char holding;        // 'a', 'p', 'n', or 0
    int burst;           // pictures of the burst under way, or of the last one
    int alike;           // frames of it that were left out: too like the picture before
    int blurred;         // alike: blurred
    int64_t saved_ns;    // when the last picture was saved, 0 = never
    struct img_rect box; // what is taken of a frame of the burst under way; empty: not known yet
};

// A burst that is over: pictures saved, frames left out.
struct app_burst {
    enum siam_kind kind;
    int saved, alike, blurred;
    bool failed; // it ended early, which has been told
};

// What the collector has to tell; called on its thread, must return soon.
struct app_collector_calls {
    void (*saved)(void *ctx, enum siam_kind kind); // a picture
    void (*ended)(void *ctx, const struct app_burst *burst);
    void (*failed)(void *ctx, int code, const char *text); // a burst ended early
    void *ctx;
};

struct app_collector_config {
    const char *data_dir; // must outlive the collector, as all below
    struct cap_slot *slot;
    struct app_events *events;
    struct app_edits *edits; // is told of every picture
    bool find_faces;         // else the guide box, always
    struct app_collector_calls calls;
};

// Errors: ERR_IO (folders), ERR_MEMORY.
int app_collector_create(struct app_collector **out, const struct app_collector_config *config,
                         struct err *err);
void app_collector_destroy(struct app_collector *collector);

// Starts a burst: key 'a', 'p' or 'n'; `n_frames` frames, or until app_collector_release() when -1.
// A burst takes one picture at least, however short the press. One that is held leaves out frames
// that are blurred or too like the picture before (sieve.h); a number of frames is taken whole.
// While a burst that was released is still taking its picture the new one waits for it; while
// another is held it is ignored. Returns whether there will be a burst; where the class's folder
// can't be written to the reason has been told.
bool app_collector_hold(struct app_collector *collector, char key, int n_frames);
void app_collector_release(struct app_collector *collector, char key);

void app_collector_state(struct app_collector *collector, struct app_collector_state *state);
// A burst is under way.
bool app_collector_is_holding(struct app_collector *collector);

#endif
