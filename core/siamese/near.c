// SPDX-License-Identifier: MIT
// DESIGN. Cut into 6 pieces, two hashes that differ in at most 3 bits agree in at least 3 pieces.
// So for each of the 20 choices of 3 pieces the hashes are sorted by these pieces alone, about half
// the bits, and only those that agree there are compared (Manku, Jain, Das Sarma 2007, "Detecting
// near-duplicates for web crawling", section 3). Of equal hashes, of which a burst may have many,
// one alone takes part.
#include "core/siamese/near.h"

#include "core/siamese/dataset.h"

#include <stdlib.h>

#define PIECES 6
_Static_assert(SIAM_NEAR_BITS == 3, "3 of the 6 pieces may differ, 3 agree");

struct entry {
    uint64_t key; // the hash, or the pieces of it that are sorted by
    int number;   // of the hash
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

int siam_near_firsts(const uint64_t *hashes, int n, int *first, struct err *err)
{
    struct entry *entries = malloc(((size_t)n + 1) * sizeof *entries);
    if (!entries)
        return err_memory(err, "hashes of pictures");
    for (int i = 0; i < n; i++)
        entries[i] = (struct entry){hashes[i], i};
    qsort(entries, (size_t)n, sizeof *entries, by_key);
    for (int i = 0, run = 0; i < n; i++) {
        if (entries[i].key != entries[run].key)
            run = i;
        first[entries[i].number] = entries[run].number;
    }
    free(entries);
    return 0;
}

// The bits of piece 0..5: 11, 11, 11, 11, 10 and 10 of them.
static uint64_t piece(int i)
{
    return i < 4 ? UINT64_C(0x7ff) << (11 * i) : UINT64_C(0x3ff) << (44 + 10 * (i - 4));
}

// Compares the entries of one key, each with each.
static void compare_run(const uint64_t *hashes, const struct entry *run, int n, siam_near_fn fn,
                        void *ctx)
{
    for (int i = 0; i < n; i++)
        for (int j = i + 1; j < n; j++) {
            int bits = __builtin_popcountll(hashes[run[i].number] ^ hashes[run[j].number]);
            if (bits <= SIAM_NEAR_BITS)
                fn(ctx, run[i].number, run[j].number, bits);
        }
}

// Compares those that agree in the bits of `mask`.
static void compare_by(uint64_t mask, const uint64_t *hashes, struct entry *entries, int n,
                       siam_near_fn fn, void *ctx)
{
    for (int i = 0; i < n; i++)
        entries[i].key = hashes[entries[i].number] & mask;
    qsort(entries, (size_t)n, sizeof *entries, by_key);
    for (int i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && entries[end].key == entries[i].key;)
            end++;
        compare_run(hashes, entries + i, end - i, fn, ctx);
    }
}

bool siam_near_one(uint64_t hash, const uint64_t *hashes, int n)
{
    int set = __builtin_popcountll(hash);
    if (set <= SIAM_NEAR_BITS)
        return false;
    for (int i = 0; i < n; i++)
        if (__builtin_popcountll(hash ^ hashes[i]) <= SIAM_NEAR_BITS)
            return true;
    return false;
}

int siam_near_pairs(const uint64_t *hashes, const int *first, int n, siam_near_fn fn, void *ctx,
                    struct err *err)
{
    struct entry *entries = malloc(((size_t)n + 1) * sizeof *entries);
    if (!entries)
        return err_memory(err, "hashes of pictures");
    int n_entries = 0;
    for (int i = 0; i < n; i++)
        if (first[i] == i)
            entries[n_entries++].number = i;
    for (int a = 0; a < PIECES; a++)
        for (int b = a + 1; b < PIECES; b++)
            for (int c = b + 1; c < PIECES; c++)
                compare_by(piece(a) | piece(b) | piece(c), hashes, entries, n_entries, fn, ctx);
    free(entries);
    return 0;
}
