// SPDX-License-Identifier: MIT
// Training. Recipe "koch": the original's pairs, binary cross-entropy, Adam, 50 epochs, on pictures
// decoded once, with 30 % held out before anything is shuffled. A batch is 8 anchors, 8 positives
// and 8 negatives and all 128 pairs of them, where the original has 16 pairs of 32 pictures.
#ifndef VISAVIS_CORE_SIAMESE_TRAIN_H
#define VISAVIS_CORE_SIAMESE_TRAIN_H

#include "core/nn/adam.h"
#include "core/siamese/dataset.h"
#include "core/siamese/model.h"

#include <stdatomic.h>

struct siam_train_config {
    const char *recipe; // "visavis", "koch", "omniglot"
    enum siam_way way;  // what the recipe shows of a picture
    int epochs;
    int batch_pictures;   // koch: 8 of each kind; others: people of a step; 1..1000
    int epoch_pictures;   // koch: of each kind at least: 119, 70 % of the original's 170
    int heldout_pictures; // koch: 51 of a kind at most: the other 30 %
    int epoch_steps;      // others: steps of an epoch
    uint64_t seed;
    float rate;            // learning rate
    bool anneal;           // it rises at first and falls to 0 in the end; else it is constant
    struct nn_adam adam;   // its rate is not used
    struct nn_config net;  // nn_config_koch(channels); tests use smaller ones
    int checkpoint_epochs; // a checkpoint after so many epochs: 10
    double stop_seconds;   // that the files may take after a stop, see SIAM_STOPPED: 0.4
    const struct siam_model *start; // whose weights the training starts from; NULL: fresh ones
    const char *out;                // the model file; NULL keeps the model in memory alone
    const char *checkpoint;         // the checkpoint file; NULL for none. Removed when all is done
    bool resume;                    // continue from the checkpoint when it is there
    bool all_or_nothing;            // a stop has no model, see SIAM_STOPPED
    const atomic_bool *quit;        // nor has it when this is set and there is one; may be NULL
    // Completes the card of a model whose net has just been measured: it is what a stop hands over,
    // or the end. Called on the training thread, with `stop`, after the first epoch, the last one
    // and others between them, as far as it takes little of the time. 0, ERR_STOPPED or an error,
    // which ends the training. NULL: the card is complete without.
    int (*judge)(void *ctx, struct siam_model *model, const atomic_bool *stop, struct err *err);
    void *judge_ctx;
};

// The same for the part of a recipe that follows what was learnt of other people (config->start): a
// user's own pictures beside theirs. Errors: ERR_USAGE (no such recipe, or none of two parts).
int siam_train_user_defaults(struct siam_train_config *config, const char *recipe, struct err *err);

// The recipe's values. Errors: ERR_USAGE (no such recipe: the text lists those there are).
int siam_train_defaults(struct siam_train_config *config, const char *recipe, struct err *err);

// Steps of an epoch of recipe visavis or omniglot without a user, where there are enough people to
// fill a step.
int siam_people_steps(const struct siam_train_config *config, const struct siam_dataset *data);

struct siam_progress {
    int epoch, epochs;   // complete, and in all
    int step, steps;     // done in the epoch under way (0 when epoch_done), and those it has
    bool epoch_done;     // the figures below are those of the epoch that has just ended
    double loss;         // mean over the epoch's (so far) pairs
    double heldout_loss; // this and the next line: 0 unless epoch_done
    double precision, recall, auc; // on the held-out pairs; precision and recall at score 0.5
    int n_heldout_pairs;
    double seconds;      // trained so far
    double seconds_left; // estimate (core/siamese/pace.h); -1 before the first step
};

// Called on the training thread after each step and each epoch; must return soon.
typedef void (*siam_progress_fn)(void *ctx, const struct siam_progress *progress);

// Positive result: `stop` ended the training early. The checkpoint holds all that was done (none is
// written before the first step) where it could be written in config->stop_seconds, else it stays
// as it was: a resumed training has the steps since then to do again. The net as it was when it was
// last measured (and judged) in this run, after an epoch, is saved to config->out and returned in
// *out: a model like any other, whose card tells its own rates. Where there is none yet, with
// config->all_or_nothing, and where *config->quit is set and config->out is there, there is the
// checkpoint alone: *out is NULL, and what was at config->out stays.
#define SIAM_STOPPED 1

// Blocks until done or stopped; `stop` (may be NULL) ends the training within a fraction of a
// second: nothing is computed after it, but the files are written, the checkpoint unsynced
// (core/base/file.h). `progress` may be NULL. The same data, seed and config give
// the same weights, bit for bit, on the same kind of processor (which decides on the kernels of
// nn_kernels() and OpenBLAS), also across a stop, a kill and any number of workers.
//
// A checkpoint is written after the first epoch, every checkpoint_epochs epochs, at the end of an
// epoch when the last one is more than a minute old, and on a stop. With config->resume and one
// there, the training goes on from it; config->epochs may have been changed meanwhile, and where
// the kernels have, the log says so. One that belongs to other pictures, another recipe, seed or
// batch is refused. Without one there, training starts at the beginning, and the log says so. When
// the model cannot be saved in the end, or a picture cannot be read back from the disk (dataset.h),
// a checkpoint is.
//
// Errors: ERR_USAGE (config), ERR_DATA, ERR_MODEL (checkpoint refused; loss or weights not finite,
// or an epoch's mean loss several times that of guessing), ERR_IO (model or checkpoint cannot be
// written, or is a folder: tried before the first step; or a picture cannot be read back),
// ERR_MEMORY. What was at config->out stays then, and *out is NULL.
int siam_train(struct siam_model **out, const struct siam_train_config *config,
               const struct siam_dataset *data, struct pool *pool, const atomic_bool *stop,
               siam_progress_fn progress, void *ctx, struct err *err);

#endif
