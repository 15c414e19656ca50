// SPDX-License-Identifier: MIT
// The live score: a thread that takes the latest frame, finds the face in it (or takes what is in
// the guide box), embeds it and compares it with the gallery of anchors. Where that is no match, it
// also looks for a reason in the light, the sharpness and the place of the face. It starts on a new
// model or changed anchors by embedding the anchors anew, once; then a frame costs one embedding
// and an L1 distance for each anchor.
#ifndef VISAVIS_APP_SCORER_H
#define VISAVIS_APP_SCORER_H

#include "app/events.h"
#include "capture/slot.h"
#include "ui/view.h"

struct app_scorer;

struct app_scorer_config {
    const char *anchor_dir; // must outlive the scorer, as all below
    struct cap_slot *slot;
    struct app_events *events;
    int n_threads;
    bool find_faces; // else, and with a model that is shown whole pictures: the guide box
    float threshold; // -1: the one that comes with the model
    void (*failed)(void *ctx, int code, const char *text); // live ended: no model, no anchors, ...
    void (*scored)(void *ctx);                             // a new score is there
    void *ctx;
};

// Errors: ERR_MEMORY.
int app_scorer_create(struct app_scorer **out, const struct app_scorer_config *config,
                      struct err *err);
void app_scorer_destroy(struct app_scorer *scorer);

// Any thread may call these; none waits for the scorer's work.
// A new model, from the next frame on; keeps a reference. `threshold` goes with it, unless config
// names one.
void app_scorer_set_model(struct app_scorer *scorer, struct siam_model *model, float threshold);
// A model is being loaded: going live waits for it instead of failing.
void app_scorer_expect_model(struct app_scorer *scorer, bool expected);
void app_scorer_set_live(struct app_scorer *scorer, bool live);
void app_scorer_anchors_changed(struct app_scorer *scorer);
// Moves the threshold by `amount`, within 0..1.
void app_scorer_nudge_threshold(struct app_scorer *scorer, float amount);
// To a value, cut to 0..1.
void app_scorer_set_threshold(struct app_scorer *scorer, float threshold);

bool app_scorer_has_model(struct app_scorer *scorer);
bool app_scorer_is_live(struct app_scorer *scorer);
// Scores since the scorer was made.
int64_t app_scorer_count(struct app_scorer *scorer);
// Frames scored, and of them matched, since live began.
void app_scorer_tally(struct app_scorer *scorer, int *n, int *matched);
// Fills in scored, p50_ms and p95_ms: of the last hundred scores since live began.
void app_scorer_figures(struct app_scorer *scorer, struct ui_figures *figures);
// Fills in the view's live part and have_model. Main thread only: the view's picture of the nearest
// anchor is the scorer's, and as it is until the next call.
void app_scorer_view(struct app_scorer *scorer, struct ui_view *view);

#endif
