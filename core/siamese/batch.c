// SPDX-License-Identifier: MIT
#include "core/siamese/batch.h"

#include <math.h>
#include <stdlib.h>

int siam_batch_create(struct siam_batch **out, const struct siam_dataset *data,
                      const struct nn_config *config, int max_pictures, int max_pairs,
                      struct pool *pool, struct err *err)
{
    struct siam_batch *b = *out = calloc(1, sizeof *b);
    if (!b)
        return err_memory(err, "batch");
    size_t pairs = (size_t)max_pairs, pictures = (size_t)max_pictures;
    size_t embeddings = pictures * (size_t)config->embedding;
    b->data = data;
    b->pool = pool;
    b->input_size = siam_input_size(&data->input);
    b->max_pictures = max_pictures;
    b->slot_of = malloc((size_t)data->n_pictures * sizeof *b->slot_of);
    b->pictures = malloc(pictures * sizeof *b->pictures);
    b->pairs = malloc(pairs * sizeof *b->pairs);
    b->stored = malloc((size_t)pool_workers(pool) * siam_stored_size(&data->input));
    b->x = malloc(pictures * b->input_size * sizeof *b->x);
    b->e = malloc(embeddings * sizeof *b->e);
    b->de = malloc(embeddings * sizeof *b->de);
    b->logits = malloc(pairs * sizeof *b->logits);
    b->dlogits = malloc(pairs * sizeof *b->dlogits);
    int ret = 0;
    if (!b->slot_of || !b->pictures || !b->pairs || !b->stored || !b->x || !b->e || !b->de ||
        !b->logits || !b->dlogits)
        ret = err_memory(err, "batch");
    if (!ret)
        ret = nn_work_create(&b->work, config, b->max_pictures, NN_TRAIN, pool, err);
    if (ret) {
        siam_batch_destroy(b);
        *out = NULL;
        return ret;
    }
    for (int i = 0; i < data->n_pictures; i++)
        b->slot_of[i] = -1;
    return 0;
}

void siam_batch_destroy(struct siam_batch *b)
{
    if (!b)
        return;
    nn_work_destroy(b->work);
    free(b->slot_of);
    free(b->pictures);
    free(b->pairs);
    free(b->stored);
    free(b->x);
    free(b->e);
    free(b->de);
    free(b->logits);
    free(b->dlogits);
    free(b);
}

static int slot(int picture, int *slot_of, int *pictures, int *n)
{
    if (slot_of[picture] < 0) {
        pictures[*n] = picture;
        slot_of[picture] = (*n)++;
    }
    return slot_of[picture];
}

int siam_distinct_pictures(const struct nn_pair *pairs, int m, int *slot_of, int *pictures,
                           struct nn_pair *slots)
{
    int n = 0;
    for (int i = 0; i < m; i++) {
        int a = slot(pairs[i].a, slot_of, pictures, &n);
        int b = slot(pairs[i].b, slot_of, pictures, &n);
        slots[i] = (struct nn_pair){a, b, pairs[i].label};
    }
    for (int i = 0; i < n; i++)
        slot_of[pictures[i]] = -1;
    return n;
}

// Pictures on their way into the net.
struct input {
    struct siam_batch *b;
    const int *pictures;
    const struct siam_change *change; // NULL: as they are
    atomic_int failure;               // the first error, 0: none
    struct err *err;                  // written by who set `failure`
};

static void change_picture(float *x, const struct siam_change *change, int item,
                           const struct siam_input *input, const uint8_t *stored)
{
    struct rng rng, own;
    rng_seed(&rng, change->seed, change->stream);
    rng_seed(&own, rng_next(&rng), (uint64_t)item);
    const struct siam_scene *scene = NULL;
    if (change->n_scenes > 0)
        scene = &change->scenes[rng_below(&own, (uint32_t)change->n_scenes)];
    siam_make_augmented(x, input, stored, change->augment, scene, change->lights,
                        change->turns ? change->turns[item] : 0, &own);
}

static void convert_picture(void *ctx, int item, int worker)
{
    struct input *in = ctx;
    struct siam_batch *b = in->b;
    const struct siam_input *input = &b->data->input;
    int none = 0;
    uint8_t *stored = b->stored + (size_t)worker * siam_stored_size(input);
    struct err err;
    if (atomic_load(&in->failure))
        return;
    int ret =
        siam_chips_get(b->data->chips, b->data->pictures[in->pictures[item]].chip, stored, &err);
    float *x = b->x + (size_t)item * b->input_size;
    if (!ret && in->change)
        change_picture(x, in->change, item, input, stored);
    else if (!ret)
        siam_make_input(x, input, stored);
    else if (atomic_compare_exchange_strong(&in->failure, &none, ret))
        err_set(in->err, ret, "%s", err.text);
}

static int embed(struct siam_batch *b, const struct nn_net *net, const int *pictures, int n,
                 const struct siam_change *change, float *e, const atomic_bool *stop,
                 struct err *err)
{
    struct input in = {.b = b, .pictures = pictures, .change = change, .err = err};
    pool_run(b->pool, n, convert_picture, &in);
    int ret = atomic_load(&in.failure);
    return ret ? ret : nn_forward(net, b->work, b->x, n, e, stop);
}

int siam_batch_gradient(struct siam_batch *b, const struct nn_net *net, const struct nn_pair *pairs,
                        int m, double *loss, const struct nn_params *grad, const atomic_bool *stop,
                        struct err *err)
{
    int n = siam_distinct_pictures(pairs, m, b->slot_of, b->pictures, b->pairs);
    int ret = embed(b, net, b->pictures, n, NULL, b->e, stop, err);
    if (ret)
        return ret;
    nn_head_forward(net, b->e, b->pairs, m, b->logits);
    *loss = nn_bce(b->logits, b->pairs, m, b->dlogits);
    if (!isfinite(*loss))
        return 0;
    nn_head_backward(net, b->e, n, b->pairs, m, b->dlogits, b->de, grad);
    return nn_backward(net, b->work, n, b->e, b->de, grad, stop);
}

int siam_batch_show(struct siam_batch *b, const struct nn_net *net, const int *pictures, int n,
                    const struct siam_change *change, const atomic_bool *stop, struct err *err)
{
    return embed(b, net, pictures, n, change, b->e, stop, err);
}

int siam_batch_embed(struct siam_batch *b, const struct nn_net *net, const int *pictures, int n,
                     const struct siam_change *change, float *e, const atomic_bool *stop,
                     struct err *err)
{
    int ret = 0;
    for (int i = 0; i < n && !ret; i += b->max_pictures) {
        int m = n - i < b->max_pictures ? n - i : b->max_pictures;
        ret = embed(b, net, pictures + i, m, change, e + (size_t)i * (size_t)net->config.embedding,
                    stop, err);
    }
    return ret;
}

#define EMBED_BATCH 32

int siam_dataset_embed(const struct siam_dataset *data, const struct nn_net *net,
                       const int *pictures, int n, float *e, struct pool *pool,
                       const atomic_bool *stop, struct err *err)
{
    struct siam_batch *batch;
    int ret = siam_batch_create(&batch, data, &net->config, EMBED_BATCH, 1, pool, err);
    if (ret)
        return ret;
    ret = siam_batch_embed(batch, net, pictures, n, NULL, e, stop, err);
    siam_batch_destroy(batch);
    return ret == NN_STOPPED ? err_set(err, ERR_STOPPED, "stopped") : ret;
}
