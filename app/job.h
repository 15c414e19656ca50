// SPDX-License-Identifier: MIT
// A training from folders to a saved model: of other people, then of the user, with what is said of
// it. In the background for the window (app/trainer.h), in the foreground for the command.
#ifndef VISAVIS_APP_JOB_H
#define VISAVIS_APP_JOB_H

#include "core/siamese/train.h"
#include "core/verify/enrol.h"

#include <limits.h>
#include <stdatomic.h>

// One training: from folders to a saved model.
struct app_job {
    const char *data_dir;         // anchor/ positive/ negative/ in it
    const char *const *negatives; // [n_negatives] further folders of other people
    int n_negatives;
    const float *weights; // [n_negatives], of these (core/siamese/weight.h); NULL: 1 for all
    bool people; // no user: data_dir is not looked at, `negatives` are people to tell apart
    const char *const *skip; // [n_skip] with people: names of folders that are passed over
    int n_skip;
    const char *recipe;
    const char *out; // the model file; NULL: DATA/model.safetensors
    int epochs;      // 0: the recipe's
    uint64_t seed;
    int n_threads;
    int cache_mb;        // of pictures kept in memory (2^20 bytes each); 0: all
    bool lower_priority; // leave the processor to others; affects the calling thread
    bool warm;       // recipe visavis: start from the model there is, for a third of the time, and
                     // replace it only by one that does better on what is held out
    int first_steps; // of other people for a first model (see `first`); 0: those of half a minute
    bool resume;     // go on from the checkpoint
    bool resume_if_same; // ... or begin anew where it doesn't belong to these pictures
    atomic_int *part;    // is told what is being learnt, an enum ui_part (ui/view.h); may be NULL
    const atomic_bool *quit; // with `stop`: a model that is there stays; may be NULL
};

struct app_job_result {
    struct siam_model *model;  // a reference; NULL when stopped before there was one
    struct siam_dataset *data; // what it was trained on
    struct siam_progress last; // figures of the last complete epoch
    char out[4096];            // the model's file
    bool enrolled;             // what follows is known
    struct verify_enrolment enrolment;
    int few_people; // other people, where they are too few to learn from them; else 0
    bool stopped;
    bool old_stays;     // warm: the model there was refuses the user less often;
    int refused_before; // of the same enrolment.n_genuine pictures
};

// Called on the thread that runs the job.
struct app_job_calls {
    siam_progress_fn progress;                                  // epochs begin anew after `first`
    void (*loaded)(void *ctx, const struct siam_dataset *data); // pictures were read; may be NULL
    // There is a first model, saved to `out`: where no model is there yet, the recipe has a part of
    // other people that takes long, and no number of epochs is asked for, a short training of both
    // parts comes before the whole one. What it is given is gone after the call. NULL: not wanted.
    void (*first)(void *ctx, const struct app_job_result *result);
    void *ctx;
};

// Runs a job on the calling thread. The result is the caller's (app_job_finish), on failure too.
// Errors: those of siam_dataset_load() and siam_train().
int app_job_run(struct app_job_result *result, const struct app_job *job, const atomic_bool *stop,
                const struct app_job_calls *calls, struct err *err);
void app_job_finish(struct app_job_result *result);

// What the model's threshold does, and what is to be said about it, in lines for people; nothing
// where that isn't known.
void app_log_enrolment(const struct app_job_result *result);

// One line for people about a complete epoch.
void app_log_epoch(const struct siam_progress *progress);

#endif
