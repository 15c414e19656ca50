// SPDX-License-Identifier: MIT
// Recipe koch: pairs of an anchor with a positive and of an anchor with a negative.
#include "core/siamese/lesson.h"
#include "core/siamese/sampler.h"
#include "core/siamese/streams.h"

#include <math.h>
#include <stdlib.h>

struct koch {
    struct siam_lesson lesson; // first: what callers hold
    uint64_t seed;
    struct siam_sampler *sampler;
    struct siam_batch *batch;
    struct siam_heldout *heldout;
};

static int begin(struct siam_lesson *lesson, struct nn_net *net, const atomic_bool *stop,
                 struct err *err)
{
    (void)stop, (void)err;
    const struct koch *k = (const struct koch *)lesson;
    struct rng rng;
    rng_seed(&rng, k->seed, SIAM_STREAM_WEIGHTS);
    nn_net_init_glorot(net, &rng);
    return 0;
}

static int step(struct siam_lesson *lesson, const struct nn_net *net, int64_t number, double *loss,
                const struct nn_params *grad, const atomic_bool *stop, struct err *err)
{
    struct koch *k = (struct koch *)lesson;
    const struct nn_pair *pairs = siam_sampler_step(k->sampler, (int)(number / lesson->n_steps),
                                                    (int)(number % lesson->n_steps));
    return siam_batch_gradient(k->batch, net, pairs, siam_sampler_pairs(k->sampler), loss, grad,
                               stop, err);
}

static int measure(struct siam_lesson *lesson, const struct nn_net *net,
                   struct siam_figures *figures, const atomic_bool *stop, struct err *err)
{
    struct koch *k = (struct koch *)lesson;
    return siam_heldout_measure(k->heldout, net, k->batch, figures, stop, err);
}

static void destroy(struct siam_lesson *lesson)
{
    struct koch *k = (struct koch *)lesson;
    siam_batch_destroy(k->batch);
    siam_sampler_destroy(k->sampler);
    siam_heldout_destroy(k->heldout);
    free(k);
}

static const struct siam_lesson_kind kind = {begin, step, measure, NULL, destroy};

static int prepare(struct koch *k, const struct siam_train_config *c,
                   const struct siam_dataset *data, struct pool *pool, struct err *err)
{
    int ret =
        siam_sampler_create(&k->sampler, data, c->batch_pictures, c->epoch_pictures, c->seed, err);
    if (!ret)
        ret = siam_heldout_create(&k->heldout, data, c->heldout_pictures, c->net.embedding, err);
    if (!ret)
        ret = siam_batch_create(&k->batch, data, &c->net, SIAM_KINDS * c->batch_pictures,
                                siam_sampler_pairs(k->sampler), pool, err);
    return ret;
}

int siam_lesson_koch(struct siam_lesson **out, const struct siam_train_config *config,
                     const struct siam_dataset *data, struct pool *pool, struct err *err)
{
    *out = NULL;
    struct koch *k = calloc(1, sizeof *k);
    if (!k)
        return err_memory(err, "training");
    k->seed = config->seed;
    int ret = prepare(k, config, data, pool, err);
    if (ret) {
        destroy(&k->lesson);
        return ret;
    }
    k->lesson = (struct siam_lesson){
        .kind = &kind,
        .n_steps = siam_sampler_steps(k->sampler),
        .n_pictures = k->batch->max_pictures,
        .n_heldout = k->heldout->n_pictures,
        .n_heldout_pairs = k->heldout->n_pairs,
        .chance = M_LN2,
    };
    *out = &k->lesson;
    return 0;
}
