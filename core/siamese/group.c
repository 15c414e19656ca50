// SPDX-License-Identifier: MIT
// DESIGN. Union-find over the pictures' numbers. What shares a key (burst, person, hash) is brought
// together by sorting, near-duplicates by near.h: among the user's own pictures, and among
// negatives with the names of bursts, which are those that the program saves.
#include "core/siamese/group.h"

#include "core/siamese/near.h"

#include <stdlib.h>
#include <string.h>

// 0: the pictures a and b share the key; else their order.
typedef int (*key_order)(const struct siam_picture *a, const struct siam_picture *b);

struct sets {
    const struct siam_picture *pictures;
    int *parent;      // [n]
    int *order;       // [n], scratch
    int *first;       // [n], scratch
    uint64_t *hashes; // [n], scratch
};

static int root_of(const struct sets *s, int i)
{
    while (s->parent[i] != i)
        i = s->parent[i] = s->parent[s->parent[i]];
    return i;
}

// The lower number becomes the root: a group's root is its first picture.
static void join(const struct sets *s, int i, int j)
{
    i = root_of(s, i);
    j = root_of(s, j);
    s->parent[i > j ? i : j] = i < j ? i : j;
}

const char *siam_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int by_number(const struct siam_picture *a, const struct siam_picture *b)
{
    return (a > b) - (a < b);
}

static int by_burst(const struct siam_picture *a, const struct siam_picture *b)
{
    const char *an = siam_base_name(a->path), *bn = siam_base_name(b->path);
    struct siam_burst ab, bb;
    bool a_is = siam_burst_parse(an, &ab), b_is = siam_burst_parse(bn, &bb);
    if (!a_is || !b_is)
        return a_is != b_is ? a_is - b_is : by_number(a, b);
    if (ab.key_len != bb.key_len)
        return ab.key_len < bb.key_len ? -1 : 1;
    return strncmp(an, bn, ab.key_len);
}

static int by_person(const struct siam_picture *a, const struct siam_picture *b)
{
    if (a->person < 0 && b->person < 0)
        return by_number(a, b);
    return (a->person > b->person) - (a->person < b->person);
}

static int by_hash(const struct siam_picture *a, const struct siam_picture *b)
{
    return (a->hash > b->hash) - (a->hash < b->hash);
}

struct sorting {
    const struct siam_picture *pictures;
    key_order order;
};

static int compare(const void *a, const void *b, void *ctx)
{
    const struct sorting *s = ctx;
    return s->order(&s->pictures[*(const int *)a], &s->pictures[*(const int *)b]);
}

static void join_equal(const struct sets *s, int from, int to, key_order order)
{
    struct sorting sorting = {s->pictures, order};
    int n = to - from;
    for (int i = 0; i < n; i++)
        s->order[i] = from + i;
    qsort_r(s->order, (size_t)n, sizeof *s->order, compare, &sorting);
    for (int i = 1; i < n; i++)
        if (compare(&s->order[i - 1], &s->order[i], &sorting) == 0)
            join(s, s->order[i - 1], s->order[i]);
}

// What siam_near_pairs() finds among the pictures of sets->order.
static void join_pair(void *ctx, int a, int b, int bits)
{
    const struct sets *s = ctx;
    (void)bits;
    join(s, s->order[a], s->order[b]);
}

// Joins equal pictures and near-duplicates among the n pictures of s->order.
static int join_near(struct sets *s, int n, struct err *err)
{
    for (int i = 0; i < n; i++)
        s->hashes[i] = s->pictures[s->order[i]].hash;
    int ret = siam_near_firsts(s->hashes, n, s->first, err);
    for (int i = 0; i < n && !ret; i++)
        join(s, s->order[s->first[i]], s->order[i]);
    return ret ? ret : siam_near_pairs(s->hashes, s->first, n, join_pair, s, err);
}

static int join_near_own(struct sets *s, int n_own, struct err *err)
{
    for (int i = 0; i < n_own; i++)
        s->order[i] = i;
    return join_near(s, n_own, err);
}

static int join_near_bursts(struct sets *s, int from, int to, struct err *err)
{
    struct siam_burst burst;
    int n = 0;
    for (int i = from; i < to; i++)
        if (siam_burst_parse(siam_base_name(s->pictures[i].path), &burst))
            s->order[n++] = i;
    return join_near(s, n, err);
}

static int number_groups(const struct sets *s, struct siam_picture *pictures, int n)
{
    int n_groups = 0;
    for (int i = 0; i < n; i++) {
        int root = root_of(s, i);
        pictures[i].group = root == i ? n_groups++ : pictures[root].group;
    }
    return n_groups;
}

static int join_all(struct sets *s, int n_own, int n, struct err *err)
{
    for (int i = 0; i < n; i++)
        s->parent[i] = i;
    join_equal(s, 0, n_own, by_burst);
    int ret = join_near_own(s, n_own, err);
    if (ret)
        return ret;
    join_equal(s, n_own, n, by_burst);
    join_equal(s, n_own, n, by_person);
    join_equal(s, n_own, n, by_hash);
    return join_near_bursts(s, n_own, n, err);
}

int siam_group_pictures(struct siam_dataset *data, struct err *err)
{
    int n = data->n_pictures, n_own = data->n_kind[SIAM_ANCHOR] + data->n_kind[SIAM_POSITIVE];
    size_t size = (size_t)n;
    struct sets s = {
        .pictures = data->pictures,
        .parent = malloc(size * sizeof *s.parent),
        .order = malloc(size * sizeof *s.order),
        .first = malloc(size * sizeof *s.first),
        .hashes = malloc(size * sizeof *s.hashes),
    };
    int ret = s.parent && s.order && s.first && s.hashes ? join_all(&s, n_own, n, err)
                                                         : err_memory(err, "groups of pictures");
    int n_groups = ret ? ret : number_groups(&s, data->pictures, n);
    free(s.parent);
    free(s.order);
    free(s.first);
    free(s.hashes);
    return n_groups;
}
