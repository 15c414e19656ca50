// SPDX-License-Identifier: MIT
// A training that can go on: the weights, Adam's moments and how far it got (epoch and step),
// in the same kind of file as a model (tensors adam.m and adam.v more, [n_params] each; metadata
// more).
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
    uint64_t config_hash; // of the settings that the steps follow from: pictures of a batch and
                          // of an epoch, Adam
    char kernels[32];     // nn_kernels()->name where it was trained; "": the file does not say
    char blas_kernel[32]; // nn_blas_kernel(), alike
    int epochs;           // asked for
    int epoch;            // complete epochs
    int step_in_epoch;    // steps done of the next one
    int64_t adam_t;       // steps done in all
    double epoch_loss;    // sum of the losses of its steps so far
    double seconds;       // trained so far
};

// Bytes are written from where they are; nothing in their size is allocated. For `give_up` see
// siam_tensors_write(). Errors: ERR_IO, ERR_MEMORY, ERR_MODEL (a value is not finite), ERR_STOPPED.
int siam_checkpoint_save(const struct siam_checkpoint *ck, const char *path,
                         bool (*give_up)(void *ctx), void *ctx, struct err *err);
// Fills in *ck, every bit as it was; ck->net, adam_m and adam_v say where to, and are undefined on
// failure. Errors, each one line that names the file and the cause: ERR_MODEL (absent, cut short,
// altered, a model, ...), ERR_MEMORY.
int siam_checkpoint_load(struct siam_checkpoint *ck, const char *path, struct err *err);

#endif
