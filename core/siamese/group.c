// SPDX-License-Identifier: MIT
// DESIGN. Union-find over the pictures' numbers. What shares a key (burst, person, hash) is brought
// together by sorting. Only pictures that the program saves, some hundreds, are compared each with
// each: the user's own, and negatives with the names of bursts. These may be many in the end (the
// recordings of a year), so each meets only the next NEAR_REACH.
#include "core/siamese/group.h"

#include <stdlib.h>
#include <string.h>

#define NEAR_REACH 4096

// 0: the pictures a and b share the key; else their order.
typedef int (*key_order)(const struct siam_picture *a, const struct siam_picture *b);

struct sets {
    const struct siam_picture *pictures;
    int *parent; // [n]
    int *order;  // [n], scratch
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

// Joins near-duplicates among the n pictures of s->order, each with the next `reach`.
static void join_near(const struct sets *s, int n, int reach)
{
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n && j - i <= reach; j++) {
            int a = s->order[i], b = s->order[j];
            if (__builtin_popcountll(s->pictures[a].hash ^ s->pictures[b].hash) <= SIAM_NEAR_BITS)
                join(s, a, b);
        }
}

static void join_near_own(const struct sets *s, int n_own)
{
    for (int i = 0; i < n_own; i++)
        s->order[i] = i;
    join_near(s, n_own, n_own);
}

static void join_near_bursts(const struct sets *s, int from, int to)
{
    struct siam_burst burst;
    int n = 0;
    for (int i = from; i < to; i++)
        if (siam_burst_parse(siam_base_name(s->pictures[i].path), &burst))
            s->order[n++] = i;
    join_near(s, n, NEAR_REACH);
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

int siam_group_pictures(struct siam_dataset *data, struct err *err)
{
    int n = data->n_pictures, n_own = data->n_kind[SIAM_ANCHOR] + data->n_kind[SIAM_POSITIVE];
    int *memory = malloc(2 * (size_t)n * sizeof *memory);
    if (!memory)
        return err_memory(err, "groups of pictures");
    struct sets s = {data->pictures, memory, memory + n};
    for (int i = 0; i < n; i++)
        s.parent[i] = i;
    join_equal(&s, 0, n_own, by_burst);
    join_near_own(&s, n_own);
    join_equal(&s, n_own, n, by_burst);
    join_equal(&s, n_own, n, by_person);
    join_equal(&s, n_own, n, by_hash);
    join_near_bursts(&s, n_own, n);
    int n_groups = number_groups(&s, data->pictures, n);
    free(memory);
    return n_groups;
}
