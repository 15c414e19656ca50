// SPDX-License-Identifier: MIT
// One convolutional layer over a batch of pictures - convolution, bias, relu and, if it has one,
// 2x2 max pooling - in the Fourier domain.
//
// The output is cut into square tiles of side `step`. A tile sees a piece of the input of side
// t = step + k - 1, the next tile's overlapping it. Taken to the Fourier domain by a transform of
// size t, the correlation of a tile with a filter is a product, bin by bin, and the sum over input
// channels makes it a complex matrix product (Mathieu, Henaff, LeCun, "Fast Training of
// Convolutional Networks through FFTs", 2014; tiles: overlap-save). For each bin, with one row for
// each tile of each picture:
//
//     forward            Y [tiles, co] = X [tiles, ci] . conj(W) [ci, co]
//     weight gradient    G [ci, co]    = X^T           . conj(D)          D: dy's transform
//     input gradient     conj(E) [tiles, ci] = conj(D) . conj(W)^T        E: dx's transform
//
// So W and D are only ever made as conjugates, and X serves twice. The products take a fourteenth
// of the plain sum's multiplications for filters of 7x7, a fifth to a seventh for 4x4, the
// transforms some more, see nn_conv_plan(). The convolution's output before pooling never exists as
// a whole.
//
// Deterministic: which numbers are summed in which order depends on the plan, the number of
// pictures and the kernels, never on the number of workers.
#ifndef VISAVIS_CORE_NN_CONV_LAYER_H
#define VISAVIS_CORE_NN_CONV_LAYER_H

#include "core/base/pool.h"
#include "core/nn/conv.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// How the work is cut. Follows from the layer's shape, the number of pictures and the purpose.
struct nn_conv_plan {
    struct nn_conv_shape shape;
    bool pool;    // 2x2 max pooling, stride 2, ceil
    bool train;   // backward passes wanted
    bool dx;      // and the input's gradient with them
    int conv_out; // side of the output before pooling
    int out;      // and after
    int t, step;  // see above
    int tiles;    // along one axis
    int bins;
    int pictures; // at most, in a pass
    int chunk;    // pictures that go through the stages at one time, so that their spectra fit
    int chunks;   // the cache
};

// Chooses the tiles that take the least time by a count of operations and of bytes moved. Given
// are shape, pool, train, dx and pictures; the rest is filled in.
void nn_conv_plan(struct nn_conv_plan *plan);

// The memory that a layer needs, in floats. Filters' spectra and the transforms' matrices stay
// valid between calls; `seen` lives from forward to backward; layers may share the others.
struct nn_conv_memory {
    size_t matrices;
    size_t filters;
    size_t seen;     // X
    size_t made;     // Y, D
    size_t gradient; // G
    size_t d_seen;   // E
    size_t worker;   // scratch space of one worker
};
void nn_conv_memory(const struct nn_conv_plan *plan, struct nn_conv_memory *memory);

// A layer in use: views of memory of these sizes, 64-byte aligned, the caller's.
struct nn_conv_layer {
    struct nn_conv_plan plan;
    float *matrices, *filters, *seen, *made, *gradient, *d_seen;
    float *const *scratch; // [workers]
    struct pool *workers;
    // May be NULL. Once it is set, the functions below return soon and what they write is
    // undefined; it must stay set till then, and callers look at it themselves.
    const atomic_bool *stop;
};

// Fills the matrices; once.
void nn_conv_layer_init(struct nn_conv_layer *layer);

// Takes the filters w: [co, ci, k, k] to the Fourier domain, for the forward passes that follow.
void nn_conv_set_filters(struct nn_conv_layer *layer, const float *w);

// y: [n, co, out, out] of x: [n, ci, h, h] and the bias b: [co]. `from`: [n, co, out, out] notes
// for backward where each value came from: 0..3 = 2 dy + dx inside the pooling window (the first in
// row order among equals; 0 without pooling), 4 = none, as the relu cut it off. NULL: not wanted.
void nn_conv_layer_forward(struct nn_conv_layer *layer, const float *x, int n, const float *b,
                           float *y, uint8_t *from);

// dw, db: overwritten with the gradient by filters and bias, given dy: [n, co, out, out]; dx:
// [n, ci, h, h] overwritten, where the plan has it, otherwise NULL. Must follow
// nn_conv_layer_forward() with the same n and `from`. With dx it spoils the filters' spectra.
void nn_conv_layer_backward(struct nn_conv_layer *layer, int n, const float *w, const float *dy,
                            const uint8_t *from, float *dx, float *dw, float *db);

#endif
