// SPDX-License-Identifier: MIT
// Internal to core/siamese: what a recipe teaches a net - which pictures a step shows, what loss it
// has, and how it is judged. train.c does the rest: weights, Adam, checkpoints, progress, files.
// Steps are numbered from the start of the training, and what a step does follows from the data
// set, the seed and its number alone, so that a training can go on from a checkpoint.
#ifndef VISAVIS_CORE_SIAMESE_LESSON_H
#define VISAVIS_CORE_SIAMESE_LESSON_H

#include "core/siamese/heldout.h"
#include "core/siamese/train.h"

struct siam_lesson {
    const struct siam_lesson_kind *kind;
    int n_steps;         // of an epoch
    int n_pictures;      // of a step, to tell its time
    int n_heldout;       // pictures that are judged on
    int n_heldout_pairs; // and their pairs
    double chance;       // about the loss of a net to which all pictures are alike
};

struct siam_lesson_kind {
    // Makes the net as it is before the first step. 0, NN_STOPPED or an error.
    int (*begin)(struct siam_lesson *lesson, struct nn_net *net, const atomic_bool *stop,
                 struct err *err);
    // The loss of a step (0..) and, if it is finite, its gradient by all parameters, overwriting
    // `grad`. 0, NN_STOPPED or ERR_IO (a picture cannot be read back).
    int (*step)(struct siam_lesson *lesson, const struct nn_net *net, int64_t step, double *loss,
                const struct nn_params *grad, const atomic_bool *stop, struct err *err);
    // How the net does on what is held out. 0, NN_STOPPED, ERR_IO or ERR_MEMORY.
    int (*measure)(struct siam_lesson *lesson, const struct nn_net *net,
                   struct siam_figures *figures, const atomic_bool *stop, struct err *err);
    // Moves the head's bias to where the score 0.5 parts what measure() measured last, and mends
    // the figures, before the net becomes a model. NULL: there is nothing to settle.
    void (*settle)(struct siam_lesson *lesson, struct nn_net *net, struct siam_figures *figures);
    void (*destroy)(struct siam_lesson *lesson);
};

// The lesson of a recipe. Borrows all it is given. On failure *out is NULL.
// Errors: ERR_USAGE, ERR_DATA (nothing is held out, too few people), ERR_MEMORY.
int siam_lesson_koch(struct siam_lesson **out, const struct siam_train_config *config,
                     const struct siam_dataset *data, struct pool *pool, struct err *err);
int siam_lesson_people(struct siam_lesson **out, const struct siam_train_config *config,
                       const struct siam_dataset *data, struct pool *pool, struct err *err);

#endif
