// SPDX-License-Identifier: MIT
// The network of Koch, Zemel, Salakhutdinov, "Siamese Neural Networks for One-shot Image
// Recognition" (2015): its shapes, its parameters, its forward and backward pass, and the head
// that turns two embeddings into a score.
//
//     x [n, c, 105, 105] in 0..1
//     conv1 10x10x64  relu  maxpool 2x2 (ceil)   -> [n, 64, 48, 48]
//     conv2  7x7x128  relu  maxpool 2x2 (ceil)   -> [n, 128, 21, 21]
//     conv3  4x4x128  relu  maxpool 2x2 (ceil)   -> [n, 128, 9, 9]
//     conv4  4x4x256  relu                       -> [n, 256, 6, 6]  flattened c, h, w -> 9216
//     fc 9216x4096 sigmoid                       -> embedding e [n, 4096]
//     logit(a, b) = sum_k head_k |e_a,k - e_b,k| + bias;  score = sigmoid(logit), near 1 = same
//
// Convolutions are valid cross-correlations (as PyTorch's and Keras's), stride 1. All arrays are
// float32, row-major, in PyTorch's order: pictures [n, c, h, w], filters [out, in, kh, kw],
// fc weight [out, in]. The gradient of w is called dw.
//
// A net is const while it infers, so any number of threads may share one, each with a work space
// of its own.
#ifndef VISAVIS_CORE_NN_NET_H
#define VISAVIS_CORE_NN_NET_H

#include "core/base/err.h"
#include "core/base/pool.h"
#include "core/base/rng.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define NN_CONVS   4
#define NN_TENSORS (2 * NN_CONVS + 4) // weight and bias of each convolution, fc and head

struct nn_conv_spec {
    int kernel;   // side of the square filter
    int channels; // output channels
    bool pool;    // 2x2 max pooling, stride 2, ceil, after the relu
};

// What a net looks like. Tests use smaller ones of the same build.
struct nn_config {
    int side;     // of the square input, pixels
    int channels; // of the input: 3, or 1 for Omniglot
    struct nn_conv_spec conv[NN_CONVS];
    int embedding; // outputs of fc
};

// The paper's net for 1 or 3 input channels.
struct nn_config nn_config_koch(int channels);

// One parameter tensor: where it lies in the block of all parameters.
struct nn_tensor {
    char name[32]; // as in the model file: "embedding.conv1.weight", ..., "head.bias"
    int rank;      // 1, 2 or 4
    int shape[4];  // the first `rank` count
    size_t offset; // in floats, from the start of the block
    size_t size;   // in floats
};

// What follows from a config. Layers are 0..NN_CONVS-1.
struct nn_layout {
    int in_side[NN_CONVS]; // input of convolution l: [in_channels, in_side, in_side]
    int in_channels[NN_CONVS];
    int conv_side[NN_CONVS]; // its output before pooling
    int out_side[NN_CONVS];  // after pooling; conv_side where there is none
    int flat;                // inputs of fc
    size_t n_params;
    struct nn_tensor tensor[NN_TENSORS]; // conv1.weight, conv1.bias, ... fc.*, head.*
};

// Errors: ERR_USAGE (a kernel larger than its input, a size below 1, or beyond 2^31 floats).
int nn_layout(struct nn_layout *layout, const struct nn_config *config, struct err *err);

// Pointers into a block of n_params floats, be it parameters, gradients or moments.
struct nn_params {
    float *conv_w[NN_CONVS]; // [channels, in_channels, kernel, kernel]
    float *conv_b[NN_CONVS]; // [channels]
    float *fc_w;             // [embedding, flat]
    float *fc_b;             // [embedding]
    float *head_w;           // [1, embedding]
    float *head_b;           // [1]
};

struct nn_params nn_params_at(const struct nn_layout *layout, float *block);

struct nn_net {
    struct nn_config config;
    struct nn_layout layout;
    float *block;       // [n_params], 64-byte aligned, owned
    struct nn_params p; // views of block
};

// All parameters zero. On failure *out is NULL. Errors: ERR_USAGE, ERR_MEMORY.
int nn_net_create(struct nn_net **out, const struct nn_config *config, struct err *err);
void nn_net_destroy(struct nn_net *net);

// Weights uniform in +-sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio 2010, eq. 16; Keras's
// glorot_uniform), biases zero.
void nn_net_init_glorot(struct nn_net *net, struct rng *rng);

// Weights of the convolutions as by He et al. ("Delving Deep into Rectifiers", 2015, eq. 10), so
// that relus keep the variance, and conv1's biases such that an input of 0.5 throughout gives 0. fc
// and the head as by glorot; what suits them depends on the pictures, see nn_net_fit().
void nn_net_init_he(struct nn_net *net, struct rng *rng);

// ---- Passes ---------------------------------------------------------------------------------

// Positive result of a pass that the stop flag ended early; its outputs are then undefined.
#define NN_STOPPED 1

enum nn_purpose {
    NN_INFER, // forward only
    // The same, for one picture at a time: fc's weights with 16 bits, as multiples of a 32767th of
    // each output's largest, for half the memory traffic. Several pictures at once are taken as by
    // NN_INFER.
    NN_LIVE,
    NN_TRAIN, // keeps what backward needs
};

// Scratch memory for passes of up to `max_pictures` pictures at once. All of it is allocated here;
// passes allocate nothing. Owned by one thread at a time; `pool` (not owned, must outlive it) does
// the work and may be shared between work spaces that are not used at the same time.
struct nn_work;
int nn_work_create(struct nn_work **out, const struct nn_config *config, int max_pictures,
                   enum nn_purpose purpose, struct pool *pool, struct err *err);
void nn_work_destroy(struct nn_work *work);

// Makes what forward passes take from the parameters alone (the filters' spectra, weights of 16
// bits). Call it before the first nn_forward() and whenever the parameters have changed. With
// NN_TRAIN it is not needed: there nn_forward() does it.
void nn_work_set_net(struct nn_work *work, const struct nn_net *net);

// e: [n, embedding] = embeddings of x: [n, c, side, side]. 1 <= n <= max_pictures. `stop` (may be
// NULL) is looked at every millisecond or so and, once set, must stay set until the pass has
// returned. Returns 0 or NN_STOPPED.
int nn_forward(const struct nn_net *net, struct nn_work *work, const float *x, int n, float *e,
               const atomic_bool *stop);

// grad: gradients of all parameters but the head, given de: [n, embedding], the loss's gradient by
// the embeddings. Must follow nn_forward() with the same net, x, n and e, which must still be
// there, on a work space made with NN_TRAIN. Overwrites grad's convolution and fc tensors, leaves
// the head's alone. The result depends on the batch, the work space's max_pictures, the kernels and
// the BLAS, but not on the number of workers, bit for bit. Returns 0 or NN_STOPPED (grad is then
// undefined).
int nn_backward(const struct nn_net *net, struct nn_work *work, int n, const float *e,
                const float *de, const struct nn_params *grad, const atomic_bool *stop);

// Fits fc and the head of a net at its start to n >= 2 pictures, whose inputs x: [n, c, side, side]
// are given: fc's outputs before the sigmoid get mean 0 and, over all of them, a deviation of
// `spread`, and the head becomes a distance: all its weights the same, below zero, and its bias
// such that logits of pairs of these pictures have mean 0 and deviation 1 (Mishkin and Matas, "All
// You Need Is a Good Init", 2016, do the same layer by layer). e: room for [n, embedding].
void nn_net_fit(struct nn_net *net, struct nn_work *work, const float *x, int n, float spread,
                float *e);

// ---- The head: pairs of embeddings ------------------------------------------------------------

struct nn_pair {
    int a, b;    // which embeddings
    float label; // 1 = same person, 0 = different
};

float nn_sigmoid(float logit);

// The logit of one pair of embeddings, each [embedding].
float nn_head_logit(const struct nn_net *net, const float *ea, const float *eb);

// logits: [m] of pairs: [m] over e: [n, embedding].
void nn_head_forward(const struct nn_net *net, const float *e, const struct nn_pair *pairs, int m,
                     float *logits);

// Mean binary cross-entropy, computed from the logits: max(z, 0) - z y + log(1 + exp(-|z|)), so
// that it neither overflows nor saturates. dlogits: [m] = its gradient, (sigmoid(z) - y) / m; may
// be NULL.
double nn_bce(const float *logits, const struct nn_pair *pairs, int m, float *dlogits);

// Overwrites de: [n, embedding] and grad's head tensors. The derivative of |d| at 0 is taken as 0.
void nn_head_backward(const struct nn_net *net, const float *e, int n, const struct nn_pair *pairs,
                      int m, const float *dlogits, float *de, const struct nn_params *grad);

// The head on all pairs of n embeddings e: [n, embedding] at once. logits: [n, n], symmetric, the
// diagonal 0. Work is spread over `pool`; the result does not depend on it.
void nn_head_all_forward(const struct nn_net *net, const float *e, int n, float *logits,
                         struct pool *pool);

// Overwrites de: [n, embedding] and grad's head tensors, given dlogits: [n, n], the gradient by
// each entry of the logits (the two of a pair add up, the diagonal is passed over).
void nn_head_all_backward(const struct nn_net *net, const float *e, int n, const float *dlogits,
                          float *de, const struct nn_params *grad, struct pool *pool);

#endif
