// SPDX-License-Identifier: MIT
// DESIGN. The own pictures (anchors and positives share groups) and the negatives are split each
// for itself. The groups are shuffled and gone through twice: a group is held out when that brings
// the held-out shares of its kinds closer to the one wanted, the first time only if it does not
// take them beyond, so that a large group is not taken where small ones do. Few or unequal groups
// can make that fail; then time decides, and since neighbours in time are alike, some before the
// cut go unused.
#include "core/siamese/split.h"

#include "core/base/rng.h"
#include "core/siamese/group.h"
#include "core/siamese/near.h"
#include "core/siamese/streams.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_PERSONS 2 // held out: what tells persons apart is measured on two

// Of each kind so many.
struct counts {
    int of[SIAM_KINDS];
};

// Kinds that share groups, and their pictures and groups, which stand together.
struct set {
    struct siam_picture *pictures; // [n]
    int n;
    int first_group;
    int n_groups;
    enum siam_kind first_kind;
    enum siam_kind last_kind;
    struct counts all;
    float share; // to hold out
    int least;   // groups to hold out, where there are twice as many
};

// Scratch memory.
struct scratch {
    struct counts *groups; // [n_groups of all sets]
    bool *is_held;         // [n_groups of all sets]
    int *order;            // [n_pictures], enough for groups too
    int *nearness;         // [n_pictures]
    int *first;            // [n_pictures]
    uint64_t *hashes;      // [n_pictures]
};

// ---- By groups ------------------------------------------------------------------------------

// How far the held-out shares are from the one wanted, summed over the kinds.
static double distance(const struct set *set, const struct counts *held)
{
    double sum = 0;
    for (enum siam_kind k = set->first_kind; k <= set->last_kind; k++)
        sum += fabs((double)held->of[k] / set->all.of[k] - (double)set->share);
    return sum;
}

static bool is_fair(const struct set *set, const struct counts *held)
{
    for (enum siam_kind k = set->first_kind; k <= set->last_kind; k++) {
        double share = (double)held->of[k] / set->all.of[k];
        if (share < (double)set->share / 2 || share > 0.5)
            return false;
    }
    return true;
}

static bool is_beyond(const struct set *set, const struct counts *held)
{
    for (enum siam_kind k = set->first_kind; k <= set->last_kind; k++)
        if ((float)held->of[k] > set->share * (float)set->all.of[k] + 0.5f)
            return true;
    return false;
}

// Goes through the first n groups in scratch->order; returns how many are left there.
static int draw_groups(const struct set *set, struct counts *held, bool may_go_beyond, int n,
                       const struct scratch *scratch)
{
    int left = 0, *order = scratch->order;
    for (int i = 0; i < n; i++) {
        struct counts with = *held;
        for (int k = 0; k < SIAM_KINDS; k++)
            with.of[k] += scratch->groups[order[i]].of[k];
        if (distance(set, &with) < distance(set, held) &&
            (may_go_beyond || !is_beyond(set, &with))) {
            *held = with;
            scratch->is_held[order[i]] = true;
        } else {
            order[left++] = order[i];
        }
    }
    return left;
}

static int total(const struct counts *counts)
{
    int n = 0;
    for (int k = 0; k < SIAM_KINDS; k++)
        n += counts->of[k];
    return n;
}

// Holds out the smallest of the first `left` groups in scratch->order, those that are not held out,
// until there are so many as there are to be at least.
static void hold_out_least(const struct set *set, struct counts *held, int left,
                           const struct scratch *scratch)
{
    int *order = scratch->order;
    while (set->n_groups - left < set->least && 2 * set->least <= set->n_groups) {
        int at = 0;
        for (int i = 1; i < left; i++)
            if (total(&scratch->groups[order[i]]) < total(&scratch->groups[order[at]]))
                at = i;
        scratch->is_held[order[at]] = true;
        for (int k = 0; k < SIAM_KINDS; k++)
            held->of[k] += scratch->groups[order[at]].of[k];
        order[at] = order[--left];
    }
}

// False when the shares came out too far from the one wanted.
static bool split_by_groups(const struct set *set, struct rng *rng, const struct scratch *scratch)
{
    struct counts held = {{0}};
    int *order = scratch->order;
    for (int i = 0; i < set->n_groups; i++)
        order[i] = set->first_group + i;
    rng_shuffle(rng, order, (size_t)set->n_groups);
    int left = draw_groups(set, &held, false, set->n_groups, scratch);
    left = draw_groups(set, &held, true, left, scratch);
    hold_out_least(set, &held, left, scratch);
    for (int i = 0; i < set->n; i++)
        set->pictures[i].part =
            scratch->is_held[set->pictures[i].group] ? SIAM_HELDOUT : SIAM_TRAIN;
    return is_fair(set, &held);
}

// ---- In time --------------------------------------------------------------------------------

struct sorting {
    const struct siam_picture *pictures;
    const int *nearness;
};

// Pictures without a stamp come first, in the order of the files.
static int compare_time(const struct siam_picture *a, const struct siam_picture *b)
{
    struct siam_burst ab = {0, ""}, bb = {0, ""};
    siam_burst_parse(siam_base_name(a->path), &ab);
    siam_burst_parse(siam_base_name(b->path), &bb);
    int order = strcmp(ab.when, bb.when);
    return order ? order : (a > b) - (a < b);
}

static int by_time(const void *a, const void *b, void *ctx)
{
    const struct sorting *s = ctx;
    return compare_time(&s->pictures[*(const int *)a], &s->pictures[*(const int *)b]);
}

static int by_nearness(const void *a, const void *b, void *ctx)
{
    const struct sorting *s = ctx;
    int order = s->nearness[*(const int *)a] - s->nearness[*(const int *)b];
    return order ? order : by_time(b, a, ctx);
}

// The numbers of the set's pictures of one kind and part; returns how many.
static int select_pictures(const struct set *set, enum siam_kind kind, enum siam_part part,
                           int *order)
{
    int n = 0;
    for (int i = 0; i < set->n; i++)
        if (set->pictures[i].kind == kind && set->pictures[i].part == part)
            order[n++] = i;
    return n;
}

static void hold_out_last(const struct set *set, enum siam_kind kind, int *order)
{
    struct sorting sorting = {.pictures = set->pictures};
    int n = select_pictures(set, kind, SIAM_TRAIN, order);
    int n_held = (int)lroundf((float)n * set->share);
    n_held = n_held < 1 ? 1 : n_held > n - 1 ? n - 1 : n_held;
    qsort_r(order, (size_t)n, sizeof *order, by_time, &sorting);
    for (int i = n - n_held; i < n; i++)
        set->pictures[order[i]].part = SIAM_HELDOUT;
}

#define FAR 64 // bits: whatever is beyond SIAM_NEAR_BITS

// `ctx`: the nearness of the first picture of each hash, 0 where one of that hash is held out.
static void bring_near(void *ctx, int a, int b, int bits)
{
    int *nearness = ctx;
    if (nearness[a] == 0 && bits < nearness[b])
        nearness[b] = bits;
    if (nearness[b] == 0 && bits < nearness[a])
        nearness[a] = bits;
}

// scratch->nearness: for each picture the bits in which its hash differs from that of the held-out
// picture most like it, FAR when more than SIAM_NEAR_BITS.
static int measure_nearness(const struct set *set, const struct scratch *scratch, struct err *err)
{
    int *nearness = scratch->nearness, *first = scratch->first;
    for (int i = 0; i < set->n; i++) {
        scratch->hashes[i] = set->pictures[i].hash;
        nearness[i] = FAR;
    }
    int ret = siam_near_firsts(scratch->hashes, set->n, first, err);
    if (ret)
        return ret;
    for (int i = 0; i < set->n; i++)
        if (set->pictures[i].part == SIAM_HELDOUT)
            nearness[first[i]] = 0;
    ret = siam_near_pairs(scratch->hashes, first, set->n, bring_near, nearness, err);
    for (int i = 0; i < set->n; i++)
        nearness[i] = nearness[first[i]];
    return ret;
}

// Leaves out the training pictures most like a held-out one: at most a tenth of the kind.
static void leave_out_nearest(const struct set *set, enum siam_kind kind,
                              const struct scratch *scratch)
{
    struct sorting sorting = {set->pictures, scratch->nearness};
    int *order = scratch->order;
    int n = select_pictures(set, kind, SIAM_TRAIN, order);
    qsort_r(order, (size_t)n, sizeof *order, by_nearness, &sorting);
    int n_out = set->all.of[kind] / 10;
    for (int i = 0; i < n_out && i < n - 1 && scratch->nearness[order[i]] <= SIAM_NEAR_BITS; i++)
        set->pictures[order[i]].part = SIAM_UNUSED;
}

static int split_in_time(const struct set *set, const struct scratch *scratch, struct err *err)
{
    for (int i = 0; i < set->n; i++)
        set->pictures[i].part = SIAM_TRAIN;
    for (enum siam_kind k = set->first_kind; k <= set->last_kind; k++)
        hold_out_last(set, k, scratch->order);
    int ret = measure_nearness(set, scratch, err);
    for (enum siam_kind k = set->first_kind; k <= set->last_kind && !ret; k++)
        leave_out_nearest(set, k, scratch);
    return ret;
}

// ---- Both sets ------------------------------------------------------------------------------

static int split_all(struct siam_dataset *data, int n_groups, float share, uint64_t seed,
                     const struct scratch *scratch, struct err *err)
{
    // Groups are numbered in the order of the pictures, and the own ones stand first.
    int n_own = data->n_kind[SIAM_ANCHOR] + data->n_kind[SIAM_POSITIVE];
    int own_groups = n_own < data->n_pictures ? data->pictures[n_own].group : n_groups;
    struct counts all;
    memcpy(all.of, data->n_kind, sizeof all.of);
    const struct set sets[] = {
        {data->pictures, n_own, 0, own_groups, SIAM_ANCHOR, SIAM_POSITIVE, all, share,
         1},
        {data->pictures + n_own, data->n_pictures - n_own, own_groups, n_groups - own_groups,
         SIAM_NEGATIVE, SIAM_NEGATIVE, all, share, LEAST_PERSONS},
    };
    for (int i = 0; i < data->n_pictures; i++)
        scratch->groups[data->pictures[i].group].of[data->pictures[i].kind]++;
    data->split_in_time = false;
    int ret = 0;
    for (int i = 0; i < 2 && !ret; i++) {
        struct rng rng;
        rng_seed(&rng, seed, SIAM_STREAM_SPLIT + (uint64_t)i);
        if (sets[i].n == 0 || split_by_groups(&sets[i], &rng, scratch))
            continue;
        ret = split_in_time(&sets[i], scratch, err);
        data->split_in_time = true;
    }
    return ret;
}

int siam_split(struct siam_dataset *data, int n_groups, float share, uint64_t seed, struct err *err)
{
    size_t n = (size_t)data->n_pictures;
    struct scratch scratch = {
        .groups = calloc((size_t)n_groups, sizeof *scratch.groups),
        .order = malloc(n * sizeof *scratch.order),
        .is_held = calloc((size_t)n_groups, sizeof *scratch.is_held),
        .nearness = malloc(n * sizeof *scratch.nearness),
        .first = malloc(n * sizeof *scratch.first),
        .hashes = malloc(n * sizeof *scratch.hashes),
    };
    int ret = 0;
    if (scratch.groups && scratch.is_held && scratch.order && scratch.nearness && scratch.first &&
        scratch.hashes) {
        ret = split_all(data, n_groups, share, seed, &scratch, err);
    } else {
        ret = err_memory(err, "split of the pictures");
    }
    free(scratch.hashes);
    free(scratch.first);
    free(scratch.nearness);
    free(scratch.order);
    free(scratch.is_held);
    free(scratch.groups);
    return ret;
}
