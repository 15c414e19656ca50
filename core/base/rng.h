// SPDX-License-Identifier: MIT
// Random numbers: xoshiro256++ (Blackman and Vigna, "Scrambled Linear Pseudorandom Number
// Generators", 2021), seeded by splitmix64. The same seed and stream give the same
// sequence everywhere. A struct rng belongs to one thread.
#ifndef VISAVIS_CORE_BASE_RNG_H
#define VISAVIS_CORE_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t s[4];
};

// `stream` gives independent sequences from one seed (weights, split, sampler, ...).
void rng_seed(struct rng *rng, uint64_t seed, uint64_t stream);

uint64_t rng_next(struct rng *rng);

// Uniform in 0..n-1, without modulo bias. n >= 1.
uint32_t rng_below(struct rng *rng, uint32_t n);

// Uniform in [0, 1), 24 bits.
float rng_float(struct rng *rng);

// Uniform in [lo, hi).
float rng_uniform(struct rng *rng, float lo, float hi);

// Fisher-Yates shuffle of n ints.
void rng_shuffle(struct rng *rng, int *items, size_t n);

#endif
