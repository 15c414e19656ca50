// SPDX-License-Identifier: MIT
// The event stream: one JSON object a line, for scripts and tests. All times are nanoseconds of
// CLOCK_MONOTONIC. Any thread may report; a writer thread writes, so that a slow reader never holds
// up the session. When it is far behind, frame and score lines are left out, the others never.
// All functions accept NULL for `events`: no stream was asked for.
#ifndef VISAVIS_APP_EVENTS_H
#define VISAVIS_APP_EVENTS_H

#include "app/edits.h"
#include "capture/camera.h"
#include "core/base/err.h"
#include "core/face/quality.h"
#include "core/siamese/train.h"
#include "core/verify/gallery.h"
#include "core/verify/verdict.h"
#include "ui/window.h"

struct app_events;

// A frame that was scored.
struct app_scored {
    int64_t frame, capture_ns;
    int64_t score_ns; // when the score was there
    struct verify_score score;
    float threshold;
    enum verify_verdict verdict; // of this frame and those before it
    const char *nearest;         // path of the nearest anchor, any bytes; NULL: no face, no score
    enum face_reason reason;     // told when the score is no match; FACE_FINE: there is none
};

// `path`: a file to write anew, or "-" for standard output. Errors: ERR_IO, ERR_MEMORY.
int app_events_open(struct app_events **out, const char *path, struct err *err);
// Writes what is waiting (for at most a second if the reader doesn't take it) and ends.
void app_events_close(struct app_events *events);

void app_events_frame(struct app_events *events, int64_t frame, int64_t capture_ns);
// The window was drawn for the first time (frame 0: it has no picture yet), or for the first time
// with a camera's frame; `drawn_ns`: when that was on the screen.
void app_events_drawn(struct app_events *events, int64_t frame, int64_t drawn_ns);
void app_events_saved(struct app_events *events, const char *kind, const char *path, int64_t frame);
// One line for each class that pictures were in: deleted, moved; taken back: undone (a burst),
// restored (out of the trash), moved (back). One line alone: left_out, taken back: readmitted.
void app_events_edited(struct app_events *events, const struct app_edited *done);
void app_events_undone(struct app_events *events, const struct app_edited *undone);
void app_events_score(struct app_events *events, const struct app_scored *scored);
void app_events_epoch(struct app_events *events, const struct siam_progress *progress);
// A first model; the training goes on.
void app_events_first(struct app_events *events, const char *model);
void app_events_trained(struct app_events *events, const char *model, double seconds, bool stopped);
void app_events_camera(struct app_events *events, const char *state, const char *detail);
// The cameras there are, listed anew while the camera's page is open.
void app_events_cameras(struct app_events *events, const struct cap_info *list, int n);
// What can be clicked in the window, asked for by a script.
void app_events_places(struct app_events *events, const struct ui_place *places, int n);
void app_events_folder(struct app_events *events, const char *path, int pictures);
// A folder was listed in the browser, with so many folders in it; `fault`: why not, else "".
void app_events_browsed(struct app_events *events, const char *path, int folders,
                        const char *fault);
// Files in it can't be used; `why` of the first.
void app_events_skipped(struct app_events *events, const char *path, int n, const char *why);
// So many pictures in a folder of other people look like the user; `example` is one of them.
void app_events_own(struct app_events *events, const char *path, int pictures, const char *example);
// A command was started: "accept", "reject" or "leave".
void app_events_hook(struct app_events *events, const char *hook, double score);
void app_events_shot(struct app_events *events, const char *path);
void app_events_error(struct app_events *events, const char *text);

#endif
