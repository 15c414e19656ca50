// SPDX-License-Identifier: MIT
// Near-duplicates among many hashes, found without comparing each with each. Exact: the same ones
// as by brute force.
#ifndef VISAVIS_CORE_SIAMESE_NEAR_H
#define VISAVIS_CORE_SIAMESE_NEAR_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

// first: [n], for each of the hashes: [n] the lowest number of one that equals it. n log n.
// Errors: ERR_MEMORY.
int siam_near_firsts(const uint64_t *hashes, int n, int *first, struct err *err);

typedef void (*siam_near_fn)(void *ctx, int a, int b, int bits);

// Calls fn(ctx, a, b, bits) for every two of the first ones (first[a] == a, see above) whose hashes
// differ in `bits` of 1..SIAM_NEAR_BITS bits; in no order, and maybe several times. Time grows as
// n log n, and with the number of pairs that have half their bits in common (three of six pieces,
// near.c): these are compared, be they alike or not.
// Errors: ERR_MEMORY.
int siam_near_pairs(const uint64_t *hashes, const int *first, int n, siam_near_fn fn, void *ctx,
                    struct err *err);

// Whether a hash is that of a near-duplicate of one of some others: [n], each of which it is
// compared with. That of a picture that shows next to nothing, a dark or an empty one, is near
// none.
bool siam_near_one(uint64_t hash, const uint64_t *hashes, int n);

#endif
