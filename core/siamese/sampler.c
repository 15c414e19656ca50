// SPDX-License-Identifier: MIT
// DESIGN. Each of four sequences (anchors of genuine pairs, positives, anchors of impostor pairs,
// negatives) runs through all pictures of its kind again and again, each time (cycle) in another
// order, and epochs take from it one after another, across the ends of cycles. The order of cycle c
// comes from an rng of its own, seeded by the training's seed, the sequence and c. So nothing needs
// to be carried from epoch to epoch: an epoch's place in a sequence is its number times its length.
#include "core/siamese/sampler.h"

#include "core/siamese/streams.h"

#include <stdlib.h>

enum sequence_name {
    GENUINE_ANCHORS,
    POSITIVES,
    IMPOSTOR_ANCHORS,
    NEGATIVES,
    N_SEQUENCES,
};

struct sequence {
    const int *pictures; // [n], of one kind
    int n;
    int *order;    // [n], of the cycle
    int64_t cycle; // that `order` is of; -1: none yet
    uint64_t stream;
};

struct siam_sampler {
    uint64_t seed;
    int pairs_per_class;
    int *pictures;         // [n_pictures], training pictures, sorted by kind
    int *orders;           // of the sequences
    struct nn_pair *pairs; // [2 * pairs_per_class]
    struct sequence sequences[N_SEQUENCES];
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

static void lay_sequences(struct siam_sampler *s, const int *n_kind)
{
    static const enum siam_kind kinds[] = {SIAM_ANCHOR, SIAM_POSITIVE, SIAM_ANCHOR, SIAM_NEGATIVE};
    const int *first[SIAM_KINDS] = {s->pictures, s->pictures + n_kind[SIAM_ANCHOR],
                                    s->pictures + n_kind[SIAM_ANCHOR] + n_kind[SIAM_POSITIVE]};
    int *order = s->orders;
    for (int i = 0; i < N_SEQUENCES; i++) {
        enum siam_kind k = kinds[i];
        s->sequences[i] =
            (struct sequence){first[k], n_kind[k], order, -1, SIAM_STREAM_CYCLES + (uint64_t)i};
        order += n_kind[k];
    }
}

int siam_sampler_create(struct siam_sampler **out, const struct siam_dataset *data,
                        int pairs_per_class, uint64_t seed, struct err *err)
{
    int n_kind[SIAM_KINDS];
    for (enum siam_kind k = SIAM_ANCHOR; k < SIAM_KINDS; k++)
        n_kind[k] = count_training(data, k);
    struct siam_sampler *s = *out = calloc(1, sizeof *s);
    if (!s)
        return err_memory(err, "sampler");
    size_t n = (size_t)data->n_pictures;
    s->seed = seed;
    s->pairs_per_class =
        max_int(pairs_per_class, max_int(n_kind[SIAM_ANCHOR], n_kind[SIAM_POSITIVE]));
    s->pictures = malloc(n * sizeof *s->pictures);
    s->orders = malloc(2 * n * sizeof *s->orders);
    s->pairs = malloc(2 * (size_t)s->pairs_per_class * sizeof *s->pairs);
    if (!s->pictures || !s->orders || !s->pairs) {
        siam_sampler_destroy(s);
        *out = NULL;
        return err_memory(err, "sampler");
    }
    int n_training = 0;
    for (int i = 0; i < data->n_pictures; i++)
        if (data->pictures[i].part == SIAM_TRAIN)
            s->pictures[n_training++] = i;
    lay_sequences(s, n_kind);
    return 0;
}

void siam_sampler_destroy(struct siam_sampler *s)
{
    if (!s)
        return;
    free(s->pictures);
    free(s->orders);
    free(s->pairs);
    free(s);
}

int siam_sampler_pairs(const struct siam_sampler *s)
{
    return 2 * s->pairs_per_class;
}

static int picture_at(struct sequence *q, uint64_t seed, int64_t place)
{
    int64_t cycle = place / q->n;
    if (cycle != q->cycle) {
        struct rng rng;
        rng_seed(&rng, seed, q->stream + (uint64_t)cycle * N_SEQUENCES);
        for (int i = 0; i < q->n; i++)
            q->order[i] = q->pictures[i];
        rng_shuffle(&rng, q->order, (size_t)q->n);
        q->cycle = cycle;
    }
    return q->order[place % q->n];
}

static void shuffle_pairs(struct nn_pair *pairs, int n, struct rng *rng)
{
    for (int i = n; i > 1; i--) {
        uint32_t j = rng_below(rng, (uint32_t)i);
        struct nn_pair t = pairs[i - 1];
        pairs[i - 1] = pairs[j];
        pairs[j] = t;
    }
}

const struct nn_pair *siam_sampler_epoch(struct siam_sampler *s, int epoch, struct rng *rng)
{
    struct sequence *q = s->sequences;
    struct nn_pair *pair = s->pairs;
    for (int i = 0; i < s->pairs_per_class; i++) {
        int64_t place = (int64_t)epoch * s->pairs_per_class + i;
        int anchor = picture_at(&q[GENUINE_ANCHORS], s->seed, place);
        *pair++ = (struct nn_pair){anchor, picture_at(&q[POSITIVES], s->seed, place), 1};
        anchor = picture_at(&q[IMPOSTOR_ANCHORS], s->seed, place);
        *pair++ = (struct nn_pair){anchor, picture_at(&q[NEGATIVES], s->seed, place), 0};
    }
    shuffle_pairs(s->pairs, 2 * s->pairs_per_class, rng);
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

static struct nn_pair *cross(struct nn_pair *to, const int *a, int n_a, const int *b, int n_b,
                             float label)
{
    for (int i = 0; i < n_a; i++)
        for (int j = 0; j < n_b; j++)
            *to++ = (struct nn_pair){a[i], b[j], label};
    return to;
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
