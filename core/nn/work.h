// SPDX-License-Identifier: MIT
// The work space of the passes, for work.c, forward.c and backward.c alone.
#ifndef VISAVIS_CORE_NN_WORK_H
#define VISAVIS_CORE_NN_WORK_H

#include "core/nn/conv_layer.h"
#include "core/nn/ints.h"
#include "core/nn/kernels.h"
#include "core/nn/net.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct nn_work {
    struct nn_config config;
    struct nn_layout layout;
    enum nn_purpose purpose;
    const struct nn_net *net; // given to nn_work_set_net()
    int max_pictures;
    struct pool *pool;

    void *arena; // holds all arrays below
    struct nn_conv_layer conv[NN_CONVS];
    float *out[NN_CONVS];    // [max_pictures, channels, out_side, out_side] after relu and pooling
    uint8_t *from[NN_CONVS]; // alike: where each came from; NULL but with NN_TRAIN
    float *d_in[NN_CONVS];   // gradient of a convolution's input; NULL for the first
    float *d_flat;           // [max_pictures, flat] gradient of fc's input
    float *dz;               // [max_pictures, embedding] gradient of fc's output before the sigmoid
    // With NN_LIVE, otherwise NULL. An output's weights are multiples of its scale, the largest one
    // 32767 of them: w[o][k] = fc_scale[o] * fc_int16[o / NN_INT16_COLUMNS][k][o %
    // NN_INT16_COLUMNS].
    int16_t *fc_int16; // [ceil(embedding / NN_INT16_COLUMNS), flat, NN_INT16_COLUMNS]
    float *fc_scale;   // [embedding]
    int *used;         // [flat], of fc's inputs those that are not zero; with fc_int16
    float **scratch;   // [workers]
};

// One pass on its way through the pool. An item that finds `stop` set leaves its work undone.
struct nn_pass {
    const struct nn_net *net;
    struct nn_work *work;
    int n;
    int n_used;              // entries of work->used
    float *e;                // [n, embedding]: forward writes it
    struct nn_params grad;   // backward writes it
    const atomic_bool *stop; // may be NULL
};

// Whether the pass is to end early. Any thread.
bool nn_pass_stopped(const struct nn_pass *pass);

#endif
