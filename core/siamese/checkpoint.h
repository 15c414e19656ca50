// SPDX-License-Identifier: MIT
// A training that can go on: the weights, Adam's moments and the sampler's state, in the same kind
// of file as a model (tensors adam.m and adam.v more, [n_params] each; metadata more).
#ifndef VISAVIS_CORE_SIAMESE_CHECKPOINT_H
#define VISAVIS_CORE_SIAMESE_CHECKPOINT_H

#include "core/nn/net.h"

#include <stdint.h>

struct siam_checkpoint {
    struct nn_net *net; // borrowed on save, filled in on load (the caller's, right shapes)
    float *adam_m;      // [n_params], alike
    float *adam_v;      // [n_params], alike
    char recipe[16];
    uint64_t seed;
    uint64_t data_hash;   // siam_dataset.hash: which pictures it was trained on
    int epochs;           // asked for
    int epoch;            // complete epochs
    int step_in_epoch;    // steps done of the next one
    int64_t adam_t;       // steps done in all
    struct rng epoch_rng; // the sampler's state at the start of the epoch under way
    double epoch_loss;    // sum of the losses of the steps done in it
    double seconds;       // trained so far
};

// Errors: ERR_IO, ERR_MEMORY.
int siam_checkpoint_save(const struct siam_checkpoint *ck, const char *path, struct err *err);
// Fills in *ck; ck->net, adam_m and adam_v say where to. Errors: ERR_MODEL, ERR_MEMORY.
int siam_checkpoint_load(struct siam_checkpoint *ck, const char *path, struct err *err);

#endif
