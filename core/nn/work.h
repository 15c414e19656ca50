// SPDX-License-Identifier: MIT
// The work space of the passes, for forward.c and backward.c alone.
#ifndef VISAVIS_CORE_NN_WORK_H
#define VISAVIS_CORE_NN_WORK_H

#include "core/nn/conv.h"
#include "core/nn/net.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

// Weight gradients are summed over groups of pictures, each group's apart, then over the groups.
// How many there are follows from the number of pictures, so that the sums do not depend on the
// number of workers; it bounds how many workers the convolutions' backward pass can use.
#define NN_MAX_GROUPS 16

// One worker's own; sized for the largest layer.
struct nn_scratch {
    float *columns; // for the _gemm functions
    float *band;    // forward: a band of a convolution's output before relu and pooling;
                    // backward: the gradient of that output, all rows
    float *d_in[2]; // gradient of a layer's input; layers take turns
};

struct nn_work {
    struct nn_config config;
    struct nn_layout layout;
    struct nn_conv_shape shape[NN_CONVS];
    int max_pictures;
    int n_groups; // 0 with NN_INFER
    int n_workers;
    struct pool *pool;

    void *arena;             // holds all arrays below
    float *out[NN_CONVS];    // [max_pictures, channels, out_side, out_side] after relu and pooling
    uint8_t *from[NN_CONVS]; // alike: the pooling's choices; NULL without pooling or with NN_INFER
    float *d_flat;           // [max_pictures, flat] gradient of fc's input
    float *dz;               // [max_pictures, embedding] gradient of fc's output before the sigmoid
    float *group_grad;       // [n_groups, conv_params]
    size_t conv_params;      // floats of all convolutions' tensors
    struct nn_scratch *scratch; // [n_workers]
};

// One pass on its way through the pool. An item that finds `stop` set leaves its work undone and
// sets `stopped`.
struct nn_pass {
    const struct nn_net *net;
    struct nn_work *work;
    const float *x; // [n, channels, side, side]
    int n;
    float *e;                // [n, embedding]: forward writes it
    struct nn_params grad;   // backward writes it
    int layer;               // of the convolution under way
    const atomic_bool *stop; // may be NULL
    atomic_bool stopped;
};

// Whether the pass is to end early; called between pieces of some milliseconds. Any thread.
bool nn_pass_stopped(struct nn_pass *pass);

// The input of convolution l for one picture: [in_channels, in_side, in_side].
const float *nn_pass_input(const struct nn_pass *pass, int l, int picture);

static inline int min_int(int a, int b)
{
    return a < b ? a : b;
}

static inline int ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

// Floats of convolution l's output for one picture after pooling.
size_t nn_work_out_size(const struct nn_work *work, int l);

#endif
