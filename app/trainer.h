// SPDX-License-Identifier: MIT
// Training in the background, for the window.
#ifndef VISAVIS_APP_TRAINER_H
#define VISAVIS_APP_TRAINER_H

#include "app/events.h"
#include "app/job.h"
#include "ui/view.h"

// Trains in a thread of its own at low priority, one job at a time.
struct app_trainer;

struct app_trainer_calls {
    void (*first)(void *ctx, struct siam_model *model, const char *line);   // borrowed; it goes on
    void (*trained)(void *ctx, struct siam_model *model, const char *line); // borrowed
    void (*failed)(void *ctx, int code, const char *text);
    void (*progressed)(void *ctx); // something to draw
    void *ctx;
};

// Calls come on the trainer's thread, while it still counts as busy. Errors: ERR_MEMORY.
int app_trainer_create(struct app_trainer **out, struct app_events *events,
                       const struct app_trainer_calls *calls, struct err *err);
// Ends a training under way and waits for it: its checkpoint is left, and the model that there was,
// else what it has got.
void app_trainer_destroy(struct app_trainer *trainer);

// Copies what it needs of `job`. Errors: ERR_USAGE (a training is under way), ERR_MEMORY.
int app_trainer_start(struct app_trainer *trainer, const struct app_job *job, struct err *err);
// Asks it to stop; `trained` comes when it has.
void app_trainer_stop(struct app_trainer *trainer);
bool app_trainer_busy(struct app_trainer *trainer);
// Training steps done since the trainer was made.
int64_t app_trainer_steps(struct app_trainer *trainer);
// Fills in the view's train part, but for have_model and model_line. One thread alone: the view's
// rows and paths of the worst pictures stay as they are until the next call; which of them are out
// of trainings is not known here.
void app_trainer_view(struct app_trainer *trainer, struct ui_view *view);

#endif
