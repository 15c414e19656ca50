// SPDX-License-Identifier: MIT
// Internal to core/siamese: things that are shown in turn, pictures or people, each as often as the
// weight of its folder says. They come in rounds. What has the greatest weight is in every round,
// what has half of it in every second one, and so on, so that none comes twice in a round; in a
// period, so many rounds as take all of them in, each comes exactly as often as its weight says.
// Where all weigh the same there is nothing of that: each is in every round.
#ifndef VISAVIS_CORE_SIAMESE_ROUNDS_H
#define VISAVIS_CORE_SIAMESE_ROUNDS_H

#include "core/base/err.h"

#include <stdint.h>

#define SIAM_ROUNDS_MOST 16 // of a period: weights of 1/4 beside weights of 4

struct siam_rounds;

// weight_log2: [n] of the things 0..n-1, -2..2 (struct siam_picture). Which of those that are not
// in every round are in which follows from `seed`. On failure *out is NULL. Errors: ERR_MEMORY.
int siam_rounds_create(struct siam_rounds **out, const int8_t *weight_log2, int n, uint64_t seed,
                       struct err *err);
// NULL is fine.
void siam_rounds_destroy(struct siam_rounds *rounds);

// The round (0..) that holds a place (0..) of all rounds one after another; *at (0..): which of the
// round's places it is.
int64_t siam_rounds_find(const struct siam_rounds *rounds, int64_t place, int *at);

// The things in a round, rising, to out, which has room for all; returns how many there are, which
// may be none.
int siam_rounds_members(struct siam_rounds *rounds, int64_t round, int *out);

#endif
