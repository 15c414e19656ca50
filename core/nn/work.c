// SPDX-License-Identifier: MIT
#include "core/nn/work.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PICTURES (1 << 16)

bool nn_pass_stopped(struct nn_pass *pass)
{
    if (!pass->stop || !atomic_load_explicit(pass->stop, memory_order_relaxed))
        return false;
    atomic_store_explicit(&pass->stopped, true, memory_order_relaxed);
    return true;
}

size_t nn_work_out_size(const struct nn_work *work, int l)
{
    size_t side = (size_t)work->layout.out_side[l];
    return side * side * (size_t)work->config.conv[l].channels;
}

const float *nn_pass_input(const struct nn_pass *pass, int l, int picture)
{
    const struct nn_work *work = pass->work;
    if (l > 0)
        return work->out[l - 1] + (size_t)picture * nn_work_out_size(work, l - 1);
    size_t side = (size_t)work->config.side;
    return pass->x + (size_t)picture * side * side * (size_t)work->config.channels;
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
    return arena->base ? arena->base + at : NULL;
}

static float *carve_floats(struct arena *arena, size_t n)
{
    return carve(arena, n * sizeof(float));
}

static size_t max_size(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void carve_scratch(struct nn_work *work, bool train, struct arena *arena)
{
    size_t columns = 0, band = 0, out = 0;
    for (int l = 0; l < NN_CONVS; l++) {
        const struct nn_conv_shape *s = &work->shape[l];
        size_t side = (size_t)nn_conv_out_side(s);
        size_t rows = train ? side : (size_t)nn_conv_band_rows(s);
        columns = max_size(columns, nn_conv_gemm_scratch(s));
        band = max_size(band, (rows + rows % 2) * side * (size_t)s->co);
        out = max_size(out, nn_work_out_size(work, l));
    }
    for (int i = 0; i < work->n_workers; i++) {
        struct nn_scratch *s = &work->scratch[i];
        s->columns = carve_floats(arena, columns);
        s->band = carve_floats(arena, band);
        s->d_in[0] = train ? carve_floats(arena, out) : NULL;
        s->d_in[1] = train ? carve_floats(arena, out) : NULL;
    }
}

static void carve_all(struct nn_work *work, bool train, struct arena *arena)
{
    size_t n = (size_t)work->max_pictures;
    for (int l = 0; l < NN_CONVS; l++) {
        size_t size = n * nn_work_out_size(work, l);
        work->out[l] = carve_floats(arena, size);
        work->from[l] = train && work->config.conv[l].pool ? carve(arena, size) : NULL;
    }
    if (train) {
        work->d_flat = carve_floats(arena, n * (size_t)work->layout.flat);
        work->dz = carve_floats(arena, n * (size_t)work->config.embedding);
        work->group_grad = carve_floats(arena, (size_t)work->n_groups * work->conv_params);
    }
    carve_scratch(work, train, arena);
}

static int allocate(struct nn_work *work, bool train, struct err *err)
{
    work->scratch = calloc((size_t)work->n_workers, sizeof *work->scratch);
    if (!work->scratch)
        return err_memory(err, "work space of the net");
    struct arena arena = {0};
    carve_all(work, train, &arena);
    work->arena = aligned_alloc(64, arena.used);
    if (!work->arena)
        return err_memory(err, "work space of the net");
    arena = (struct arena){.base = work->arena};
    carve_all(work, train, &arena);
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
    work->pool = pool;
    work->n_workers = pool_workers(pool);
    if (purpose == NN_TRAIN)
        work->n_groups = max_pictures < NN_MAX_GROUPS ? max_pictures : NN_MAX_GROUPS;
    int ret = nn_layout(&work->layout, config, err);
    if (ret < 0)
        goto error;
    for (int l = 0; l < NN_CONVS; l++)
        work->shape[l] = (struct nn_conv_shape){
            .ci = work->layout.in_channels[l],
            .h = work->layout.in_side[l],
            .co = config->conv[l].channels,
            .k = config->conv[l].kernel,
        };
    work->conv_params = work->layout.tensor[2 * NN_CONVS].offset; // fc follows the convolutions
    ret = allocate(work, purpose == NN_TRAIN, err);
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
