// SPDX-License-Identifier: MIT
// DESIGN. Things of one weight are a class: each of them is in one of every `every` rounds. How
// many of a class are in which round of a period is always the same, spread evenly, so a place's
// round needs no state; who they are is drawn anew for each period.
#include "core/siamese/rounds.h"

#include "core/base/rng.h"
#include "core/siamese/streams.h"

#include <stdlib.h>

#define CLASSES 5 // every round, every second, fourth, eighth, sixteenth

struct siam_rounds {
    uint64_t seed;
    int n;
    int period;                 // rounds: 1, 2, 4, 8 or 16
    int size[SIAM_ROUNDS_MOST]; // [period], things in each round of a period
    int64_t total;              // and in all of them
    int count[CLASSES];         // things of each class
    uint8_t *class_of;          // [n]
    uint8_t *first;             // [n], of a class's rounds the one that the thing is in
    int *order;                 // [n], scratch
    int64_t drawn;              // the period that `first` is of; -1: none yet
};

// Which of the `every` rounds of a class number k of its m things is in.
static int spread(int k, int every, int m)
{
    return (int)((int64_t)k * every / m);
}

static int classify(struct siam_rounds *r, const int8_t *weight_log2)
{
    int most = INT8_MIN, last = 0;
    for (int i = 0; i < r->n; i++)
        most = weight_log2[i] > most ? weight_log2[i] : most;
    for (int i = 0; i < r->n; i++) {
        int c = most - weight_log2[i];
        r->class_of[i] = (uint8_t)c;
        r->count[c]++;
        last = c > last ? c : last;
    }
    return 1 << last;
}

static void count_sizes(struct siam_rounds *r)
{
    for (int c = 0; c < CLASSES; c++)
        for (int k = 0; k < r->count[c]; k++)
            for (int i = spread(k, 1 << c, r->count[c]); i < r->period; i += 1 << c) {
                r->size[i]++;
                r->total++;
            }
}

int siam_rounds_create(struct siam_rounds **out, const int8_t *weight_log2, int n, uint64_t seed,
                       struct err *err)
{
    struct siam_rounds *r = *out = calloc(1, sizeof *r);
    if (!r)
        return err_memory(err, "rounds");
    r->seed = seed;
    r->n = n;
    r->drawn = -1;
    r->class_of = calloc((size_t)n + 1, sizeof *r->class_of);
    r->first = calloc((size_t)n + 1, sizeof *r->first);
    r->order = malloc(((size_t)n + 1) * sizeof *r->order);
    if (!r->class_of || !r->first || !r->order) {
        siam_rounds_destroy(r);
        *out = NULL;
        return err_memory(err, "rounds");
    }
    r->period = classify(r, weight_log2);
    count_sizes(r);
    return 0;
}

void siam_rounds_destroy(struct siam_rounds *r)
{
    if (!r)
        return;
    free(r->class_of);
    free(r->first);
    free(r->order);
    free(r);
}

int64_t siam_rounds_find(const struct siam_rounds *r, int64_t place, int *at)
{
    int64_t period = place / r->total, rest = place % r->total;
    int i = 0;
    for (; rest >= r->size[i]; i++)
        rest -= r->size[i];
    *at = (int)rest;
    return period * r->period + i;
}

static void draw_period(struct siam_rounds *r, int64_t period)
{
    int seen[CLASSES] = {0};
    struct rng rng;
    if (period == r->drawn || r->period == 1)
        return;
    rng_seed(&rng, r->seed, SIAM_STREAM_ROUNDS + (uint64_t)period);
    for (int i = 0; i < r->n; i++)
        r->order[i] = i;
    rng_shuffle(&rng, r->order, (size_t)r->n);
    for (int i = 0; i < r->n; i++) {
        int c = r->class_of[r->order[i]];
        r->first[r->order[i]] = (uint8_t)spread(seen[c]++, 1 << c, r->count[c]);
    }
    r->drawn = period;
}

int siam_rounds_members(struct siam_rounds *r, int64_t round, int *out)
{
    int n = 0, at = (int)(round % r->period);
    draw_period(r, round / r->period);
    for (int i = 0; i < r->n; i++)
        if (at % (1 << r->class_of[i]) == r->first[i])
            out[n++] = i;
    return n;
}
