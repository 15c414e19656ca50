// SPDX-License-Identifier: MIT
// DESIGN. Each kind's sequence runs through all its training pictures (of negatives, those that
// their weights put in, rounds.h) again and again, each time (cycle) in another order, and steps
// take from it one after another, across the ends of cycles.
// The order of cycle c comes from an rng of its own, seeded by the training's seed, the kind and c.
// So nothing needs to be carried from step to step: a step's place in a sequence is its number,
// counted from the start of the training, times what it takes.
#include "core/siamese/sampler.h"

#include "core/siamese/rounds.h"
#include "core/siamese/streams.h"

#include <stdlib.h>

struct sequence {
    const int *pictures;        // [n], of one kind
    struct siam_rounds *rounds; // which of them are in which cycle
    int *order;                 // [n], of the cycle
    int64_t cycle;              // that `order` is of; -1: none yet
    uint64_t stream;
};

struct siam_sampler {
    uint64_t seed;
    int batch_pictures;
    int steps;
    int *pictures;         // [n_pictures], training pictures, sorted by kind
    int *orders;           // of the sequences
    int *taken;            // [SIAM_KINDS, batch_pictures], by a step
    struct nn_pair *pairs; // [2 * batch_pictures^2]
    struct sequence sequences[SIAM_KINDS];
};

static int count_training(const struct siam_dataset *data, enum siam_kind kind)
{
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++)
        n += data->pictures[i].kind == kind && data->pictures[i].part == SIAM_TRAIN;
    return n;
}

static int max_int(int a, int b)
{
    return a > b ? a : b;
}

static int lay_sequence(struct siam_sampler *s, enum siam_kind kind, int at, int n,
                        const int8_t *weights, struct err *err)
{
    struct sequence *q = &s->sequences[kind];
    *q = (struct sequence){s->pictures + at, NULL, s->orders + at, -1,
                           SIAM_STREAM_CYCLES + (uint64_t)kind};
    return siam_rounds_create(&q->rounds, weights + at, n, s->seed, err);
}

static int lay_sequences(struct siam_sampler *s, const struct siam_dataset *data, const int *n_kind,
                         struct err *err)
{
    int8_t *weights = malloc((size_t)data->n_pictures + 1);
    int n = 0, ret = weights ? 0 : err_memory(err, "sampler");
    for (int i = 0; i < data->n_pictures && !ret; i++)
        if (data->pictures[i].part == SIAM_TRAIN) {
            weights[n] = data->pictures[i].weight_log2;
            s->pictures[n++] = i;
        }
    for (int k = SIAM_ANCHOR, at = 0; k < SIAM_KINDS && !ret; at += n_kind[k++])
        ret = lay_sequence(s, (enum siam_kind)k, at, n_kind[k], weights, err);
    free(weights);
    return ret;
}

int siam_sampler_create(struct siam_sampler **out, const struct siam_dataset *data,
                        int batch_pictures, int epoch_pictures, uint64_t seed, struct err *err)
{
    int n_kind[SIAM_KINDS];
    for (enum siam_kind k = SIAM_ANCHOR; k < SIAM_KINDS; k++)
        n_kind[k] = count_training(data, k);
    struct siam_sampler *s = *out = calloc(1, sizeof *s);
    if (!s)
        return err_memory(err, "sampler");
    size_t n = (size_t)data->n_pictures, batch = (size_t)batch_pictures;
    int most = max_int(epoch_pictures, max_int(n_kind[SIAM_ANCHOR], n_kind[SIAM_POSITIVE]));
    s->seed = seed;
    s->batch_pictures = batch_pictures;
    s->steps = (most + batch_pictures - 1) / batch_pictures;
    s->pictures = malloc(n * sizeof *s->pictures);
    s->orders = malloc(n * sizeof *s->orders);
    s->taken = malloc(SIAM_KINDS * batch * sizeof *s->taken);
    s->pairs = malloc(2 * batch * batch * sizeof *s->pairs);
    int ret = s->pictures && s->orders && s->taken && s->pairs ? lay_sequences(s, data, n_kind, err)
                                                               : err_memory(err, "sampler");
    if (ret) {
        siam_sampler_destroy(s);
        *out = NULL;
    }
    return ret;
}

void siam_sampler_destroy(struct siam_sampler *s)
{
    if (!s)
        return;
    for (int k = 0; k < SIAM_KINDS; k++)
        siam_rounds_destroy(s->sequences[k].rounds);
    free(s->pictures);
    free(s->orders);
    free(s->taken);
    free(s->pairs);
    free(s);
}

int siam_sampler_steps(const struct siam_sampler *s)
{
    return s->steps;
}

int siam_sampler_pairs(const struct siam_sampler *s)
{
    return 2 * s->batch_pictures * s->batch_pictures;
}

static int picture_at(struct sequence *q, uint64_t seed, int64_t place)
{
    int at;
    int64_t cycle = siam_rounds_find(q->rounds, place, &at);
    if (cycle != q->cycle) {
        struct rng rng;
        int n = siam_rounds_members(q->rounds, cycle, q->order);
        rng_seed(&rng, seed, q->stream + (uint64_t)cycle * SIAM_KINDS);
        for (int i = 0; i < n; i++)
            q->order[i] = q->pictures[q->order[i]];
        rng_shuffle(&rng, q->order, (size_t)n);
        q->cycle = cycle;
    }
    return q->order[at];
}

static struct nn_pair *cross(struct nn_pair *to, const int *a, int n_a, const int *b, int n_b,
                             float label)
{
    for (int i = 0; i < n_a; i++)
        for (int j = 0; j < n_b; j++)
            *to++ = (struct nn_pair){a[i], b[j], label};
    return to;
}

const struct nn_pair *siam_sampler_step(struct siam_sampler *s, int epoch, int step)
{
    int n = s->batch_pictures;
    int *taken[SIAM_KINDS] = {s->taken, s->taken + n, s->taken + 2 * n};
    for (enum siam_kind k = SIAM_ANCHOR; k < SIAM_KINDS; k++)
        for (int i = 0; i < n; i++)
            taken[k][i] =
                picture_at(&s->sequences[k], s->seed, ((int64_t)epoch * s->steps + step) * n + i);
    struct nn_pair *rest = cross(s->pairs, taken[SIAM_ANCHOR], n, taken[SIAM_POSITIVE], n, 1);
    cross(rest, taken[SIAM_ANCHOR], n, taken[SIAM_NEGATIVE], n, 0);
    return s->pairs;
}

// ---- Held-out pairs -------------------------------------------------------------------------

// At most `max` held-out pictures of a kind, spread evenly over those there are; returns how many.
static int choose_heldout(const struct siam_dataset *data, enum siam_kind kind, int max, int *out)
{
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++)
        if (data->pictures[i].kind == kind && data->pictures[i].part == SIAM_HELDOUT)
            out[n++] = i;
    int chosen = n < max ? n : max;
    for (int i = 0; i < chosen; i++)
        out[i] = out[(int64_t)i * n / chosen];
    return chosen;
}

int siam_heldout_pairs(const struct siam_dataset *data, int max_pictures, struct nn_pair **pairs)
{
    size_t n = (size_t)data->n_pictures;
    int *pictures = malloc(SIAM_KINDS * n * sizeof *pictures);
    *pairs = NULL;
    if (!pictures)
        return 0;
    int *anchors = pictures, *positives = pictures + n, *negatives = pictures + 2 * n;
    int n_anchors = choose_heldout(data, SIAM_ANCHOR, max_pictures, anchors);
    int n_positives = choose_heldout(data, SIAM_POSITIVE, max_pictures, positives);
    int n_negatives = choose_heldout(data, SIAM_NEGATIVE, n_positives, negatives);
    if (n_negatives < n_positives)
        n_positives = choose_heldout(data, SIAM_POSITIVE, n_negatives, positives);
    *pairs = malloc(2 * (size_t)n_anchors * (size_t)n_positives * sizeof **pairs);
    if (*pairs) {
        struct nn_pair *rest = cross(*pairs, anchors, n_anchors, positives, n_positives, 1);
        cross(rest, anchors, n_anchors, negatives, n_positives, 0);
    }
    free(pictures);
    return *pairs ? 2 * n_anchors * n_positives : 0;
}
