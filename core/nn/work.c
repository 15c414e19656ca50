// SPDX-License-Identifier: MIT
#include "core/nn/work.h"

#include "core/base/large.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PICTURES (1 << 16)

bool nn_pass_stopped(const struct nn_pass *pass)
{
    return pass->stop && atomic_load_explicit(pass->stop, memory_order_relaxed);
}

// Hands out 64-byte aligned pieces of one block. With base == NULL it only counts.
struct arena {
    char *base;
    size_t used;
};

static void *carve(struct arena *arena, size_t bytes)
{
    size_t at = arena->used;
    arena->used += (bytes + 63) & ~(size_t)63;
    return arena->base && bytes ? arena->base + at : NULL;
}

static float *carve_floats(struct arena *arena, size_t n)
{
    return carve(arena, n * sizeof(float));
}

static void keep_max(size_t *a, size_t b)
{
    if (b > *a)
        *a = b;
}

// What layers may share they share, but for the filters when they stay the same from pass to pass.
static void carve_layers(struct nn_work *work, struct arena *arena)
{
    struct nn_conv_memory m[NN_CONVS], most = {0};
    bool train = work->purpose == NN_TRAIN;
    for (int l = 0; l < NN_CONVS; l++) {
        nn_conv_memory(&work->conv[l].plan, &m[l]);
        keep_max(&most.filters, m[l].filters);
        keep_max(&most.seen, m[l].seen);
        keep_max(&most.made, m[l].made);
        keep_max(&most.gradient, m[l].gradient);
        keep_max(&most.d_seen, m[l].d_seen);
        keep_max(&most.worker, m[l].worker);
    }
    float *filters = train ? carve_floats(arena, most.filters) : NULL;
    float *seen = train ? NULL : carve_floats(arena, most.seen);
    float *made = carve_floats(arena, most.made), *gradient = carve_floats(arena, most.gradient);
    float *d_seen = carve_floats(arena, most.d_seen);
    for (int l = 0; l < NN_CONVS; l++) {
        struct nn_conv_layer *layer = &work->conv[l];
        layer->matrices = carve_floats(arena, m[l].matrices);
        layer->filters = train ? filters : carve_floats(arena, m[l].filters);
        layer->seen = train ? carve_floats(arena, m[l].seen) : seen;
        layer->made = made;
        layer->gradient = gradient;
        layer->d_seen = d_seen;
        layer->scratch = work->scratch;
        layer->workers = work->pool;
    }
    for (int i = 0; i < pool_workers(work->pool); i++)
        work->scratch[i] = carve_floats(arena, most.worker);
}

static void carve_all(struct nn_work *work, struct arena *arena)
{
    size_t n = (size_t)work->max_pictures, flat = (size_t)work->layout.flat;
    bool train = work->purpose == NN_TRAIN;
    for (int l = 0; l < NN_CONVS; l++) {
        size_t side = (size_t)work->layout.out_side[l];
        size_t size = n * side * side * (size_t)work->config.conv[l].channels;
        work->out[l] = carve_floats(arena, size);
        work->from[l] = train ? carve(arena, size) : NULL;
        if (train && l + 1 < NN_CONVS)
            work->d_in[l + 1] = carve_floats(arena, size);
    }
    if (train) {
        work->d_flat = carve_floats(arena, n * flat);
        work->dz = carve_floats(arena, n * (size_t)work->config.embedding);
    }
    if (work->purpose == NN_LIVE) {
        size_t size = (size_t)work->config.embedding;
        size_t blocks = (size_t)ceil_div(work->config.embedding, NN_INT16_COLUMNS);
        work->fc_int16 = carve(arena, blocks * NN_INT16_COLUMNS * flat * sizeof *work->fc_int16);
        work->fc_scale = carve_floats(arena, size);
        work->used = carve(arena, flat * sizeof *work->used);
    }
    carve_layers(work, arena);
}

static int allocate(struct nn_work *work, struct err *err)
{
    work->scratch = calloc((size_t)pool_workers(work->pool), sizeof *work->scratch);
    if (!work->scratch)
        return err_memory(err, "work space of the net");
    struct arena arena = {0};
    carve_all(work, &arena);
    work->arena = large_alloc(arena.used);
    if (!work->arena)
        return err_memory(err, "work space of the net");
    arena = (struct arena){.base = work->arena};
    carve_all(work, &arena);
    for (int l = 0; l < NN_CONVS; l++)
        nn_conv_layer_init(&work->conv[l]);
    return 0;
}

int nn_work_create(struct nn_work **out, const struct nn_config *config, int max_pictures,
                   enum nn_purpose purpose, struct pool *pool, struct err *err)
{
    *out = NULL;
    if (max_pictures < 1 || max_pictures > MAX_PICTURES)
        return err_set(err, ERR_USAGE, "net: a pass takes 1 to %d pictures", MAX_PICTURES);
    struct nn_work *work = calloc(1, sizeof *work);
    if (!work)
        return err_memory(err, "work space of the net");
    work->config = *config;
    work->max_pictures = max_pictures;
    work->purpose = purpose;
    work->pool = pool;
    int ret = nn_layout(&work->layout, config, err);
    if (ret < 0)
        goto error;
    for (int l = 0; l < NN_CONVS; l++) {
        struct nn_conv_plan *plan = &work->conv[l].plan;
        plan->shape = (struct nn_conv_shape){
            .ci = work->layout.in_channels[l],
            .h = work->layout.in_side[l],
            .co = config->conv[l].channels,
            .k = config->conv[l].kernel,
        };
        plan->pool = config->conv[l].pool;
        plan->train = purpose == NN_TRAIN;
        plan->dx = plan->train && l > 0;
        plan->pictures = max_pictures;
        nn_conv_plan(plan);
    }
    ret = allocate(work, err);
    if (ret < 0)
        goto error;
    *out = work;
    return 0;
error:
    nn_work_destroy(work);
    return ret;
}

void nn_work_destroy(struct nn_work *work)
{
    if (!work)
        return;
    free(work->arena);
    free(work->scratch);
    free(work);
}
