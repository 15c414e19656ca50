// SPDX-License-Identifier: MIT
#include "app/bench.h"
#include "app/verbs.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/face/chip.h"
#include "core/nn/adam.h"
#include "core/nn/kernels.h"
#include "core/nn/net.h"
#include "core/siamese/model.h"
#include "core/verify/json.h"

#include <limits.h>
#include <stdlib.h>

#define PAIRS      16
#define PICTURES   (2 * PAIRS)
#define STEP_RUNS  9
#define EMBED_RUNS 41
#define WARM_UP    2

struct bench {
    struct pool *pool;
    struct siam_model *model; // NULL: a net of its own, of random weights
    struct nn_net *net;       // the model's, if there is one
    struct nn_work *work;
    float *x; // [n, channels, 105, 105]
    float *e; // [n, embedding]
    int n;    // pictures

    // For training steps alone:
    float *de;           // [n, embedding]
    float *grad, *m, *v; // [n_params]
    struct nn_params dp; // views of grad
    struct nn_pair pairs[PAIRS];
    int64_t t; // steps done
};

static void finish(struct bench *b)
{
    free(b->x);
    free(b->e);
    free(b->de);
    free(b->grad);
    free(b->m);
    free(b->v);
    nn_work_destroy(b->work);
    if (!b->model)
        nn_net_destroy(b->net);
    siam_model_unref(b->model);
    pool_destroy(b->pool);
}

// --model, or the model of --data where it has one.
static int load_model(struct bench *b, const struct app_options *o, struct err *err)
{
    char path[PATH_MAX];
    const char *name = o->model;
    int ret = 0;
    if (!name && o->data) {
        if (!file_is_dir(o->data))
            return err_set(err, ERR_DATA, "%s: no such folder", o->data);
        ret = file_join(path, sizeof path, o->data, "model.safetensors", err);
        name = !ret && file_exists(path) ? path : NULL;
    }
    if (name)
        ret = siam_model_load(&b->model, name, err);
    if (b->model)
        b->net = b->model->net;
    return ret;
}

static int make_net(struct bench *b, struct rng *rng, struct err *err)
{
    struct nn_config config = nn_config_koch(3);
    int ret = nn_net_create(&b->net, &config, err);
    if (!ret)
        nn_net_init_glorot(b->net, rng);
    return ret;
}

static int start(struct bench *b, int n, bool train, const struct app_options *o, struct err *err)
{
    struct rng rng;
    *b = (struct bench){.n = n};
    rng_seed(&rng, 1, 0);
    int ret = pool_create(&b->pool, o->threads, 0, err);
    if (!ret && !train)
        ret = load_model(b, o, err);
    if (!ret && !b->net)
        ret = make_net(b, &rng, err);
    if (!ret)
        ret =
            nn_work_create(&b->work, &b->net->config, n, train ? NN_TRAIN : NN_LIVE, b->pool, err);
    if (ret)
        return ret;
    size_t n_x = (size_t)n * FACE_CHIP_SIZE(b->net->config.channels);
    b->x = malloc(n_x * sizeof *b->x);
    b->e = malloc((size_t)n * (size_t)b->net->config.embedding * sizeof *b->e);
    if (!b->x || !b->e)
        return err_memory(err, "benchmark");
    nn_work_set_net(b->work, b->net);
    for (size_t i = 0; i < n_x; i++)
        b->x[i] = rng_float(&rng);
    return 0;
}

// What a training step takes more.
static int start_training(struct bench *b, struct err *err)
{
    size_t n_params = b->net->layout.n_params;
    b->de = malloc((size_t)b->n * (size_t)b->net->config.embedding * sizeof *b->de);
    b->grad = calloc(n_params, sizeof *b->grad);
    b->m = calloc(n_params, sizeof *b->m);
    b->v = calloc(n_params, sizeof *b->v);
    if (!b->de || !b->grad || !b->m || !b->v)
        return err_memory(err, "benchmark");
    b->dp = nn_params_at(&b->net->layout, b->grad);
    for (int i = 0; i < PAIRS; i++)
        b->pairs[i] = (struct nn_pair){2 * i, 2 * i + 1, (float)(i % 2)};
    return 0;
}

static void embed_once(struct bench *b)
{
    nn_forward(b->net, b->work, b->x, b->n, b->e, NULL);
}

static void step_once(struct bench *b)
{
    struct nn_adam adam = nn_adam_default();
    float logits[PAIRS], dlogits[PAIRS];
    nn_forward(b->net, b->work, b->x, b->n, b->e, NULL);
    nn_head_forward(b->net, b->e, b->pairs, PAIRS, logits);
    nn_bce(logits, b->pairs, PAIRS, dlogits);
    nn_head_backward(b->net, b->e, b->n, b->pairs, PAIRS, dlogits, b->de, &b->dp);
    nn_backward(b->net, b->work, b->n, b->e, b->de, &b->dp, NULL);
    nn_adam_step(&adam, ++b->t, b->net->layout.n_params, b->net->block, b->grad, b->m, b->v,
                 b->pool);
}

// {"min": ..., "median": ...} in milliseconds.
static cJSON *measure(struct bench *b, void (*once)(struct bench *), int runs)
{
    double ms[EMBED_RUNS];
    for (int i = -WARM_UP; i < runs; i++) {
        int64_t t = clock_now_ns();
        once(b);
        if (i >= 0)
            ms[i] = (double)(clock_now_ns() - t) * 1e-6;
    }
    app_bench_sort(ms, (size_t)runs);
    cJSON *result = cJSON_CreateObject();
    verify_json_number(result, "min", ms[0]);
    verify_json_number(result, "median", ms[runs / 2]);
    return result;
}

static int bench(cJSON *root, bool train, const struct app_options *o)
{
    struct bench b;
    struct err err = {0};
    int n = train ? PICTURES : 1;
    int ret = start(&b, n, train, o, &err);
    if (!ret && train)
        ret = start_training(&b, &err);
    if (!ret && train) {
        verify_json_put(root, "step_ms", measure(&b, step_once, STEP_RUNS));
        verify_json_number(root, "images", n);
    } else if (!ret) {
        verify_json_put(root, "embed_ms", measure(&b, embed_once, EMBED_RUNS));
        verify_json_number(root, "fc_bits", 16);
    }
    finish(&b);
    return app_end(ret, &err);
}

int app_bench_embed(cJSON *root, const struct app_options *options)
{
    return bench(root, false, options);
}

int app_bench_step(cJSON *root, const struct app_options *options)
{
    return bench(root, true, options);
}
