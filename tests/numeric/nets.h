// SPDX-License-Identifier: MIT
// Nets that the numeric tests share, and how they make them. Everything asserts.
#ifndef VISAVIS_TESTS_NETS_H
#define VISAVIS_TESTS_NETS_H

#include "core/base/pool.h"
#include "core/nn/blas.h"
#include "core/nn/net.h"
#include "tests/numeric/simd.h"

// As the paper's, but small, and with odd sides before each pooling: 25 -> 13, 11 -> 6, 5 -> 3.
static const struct nn_config small_config = {
    .side = 29,
    .channels = 3,
    .conv = {{5, 5, true}, {3, 6, true}, {2, 7, true}, {2, 7, false}},
    .embedding = 11,
};

// Several tiles in its first convolutions, with and without pooling.
static const struct nn_config tiled_config = {
    .side = 75,
    .channels = 3,
    .conv = {{10, 24, true}, {7, 9, false}, {3, 6, true}, {3, 5, true}},
    .embedding = 300,
};

static inline struct pool *make_pool(int n_workers)
{
    struct pool *pool;
    assert_int_equal(pool_create(&pool, n_workers, 0, NULL), 0);
    return pool;
}

static inline size_t input_size(const struct nn_config *config)
{
    return (size_t)config->channels * config->side * config->side;
}

// Random weights, and biases that are not zero.
static inline struct nn_net *make_net(const struct nn_config *config, uint64_t seed)
{
    struct nn_net *net;
    struct err err;
    struct rng rng;
    assert_int_equal(nn_net_create(&net, config, &err), 0);
    rng_seed(&rng, seed, 0);
    nn_net_init_glorot(net, &rng);
    for (int i = 0; i < NN_TENSORS; i++)
        if (net->layout.tensor[i].rank == 1)
            for (size_t k = 0; k < net->layout.tensor[i].size; k++)
                net->block[net->layout.tensor[i].offset + k] = rng_uniform(&rng, -0.1F, 0.1F);
    return net;
}

static inline struct nn_work *make_work(const struct nn_config *config, int n,
                                        enum nn_purpose purpose, struct pool *pool)
{
    struct nn_work *work;
    assert_int_equal(nn_work_create(&work, config, n, purpose, pool, NULL), 0);
    return work;
}

// For inference, ready for the net's passes.
static inline struct nn_work *make_work_of(const struct nn_net *net, int n, enum nn_purpose purpose,
                                           struct pool *pool)
{
    struct nn_work *work = make_work(&net->config, n, purpose, pool);
    nn_work_set_net(work, net);
    return work;
}

#endif
