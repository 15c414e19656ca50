// SPDX-License-Identifier: MIT
#include "core/siamese/weight.h"

#include <math.h>
#include <xxhash.h>

bool siam_weight_is_valid(double weight)
{
    for (int i = SIAM_WEIGHT_LEAST; i <= SIAM_WEIGHT_MOST; i++)
        if (weight == ldexp(1, i))
            return true;
    return false;
}

int8_t siam_weight_log2(float weight)
{
    return (int8_t)ilogbf(weight);
}

uint64_t siam_weights_hash(const int8_t *weight_log2, size_t stride, int n)
{
    uint64_t hash = 0;
    int8_t most = SIAM_WEIGHT_LEAST, least = SIAM_WEIGHT_MOST;
    for (int i = 0; i < n; i++) {
        int8_t weight = weight_log2[(size_t)i * stride];
        most = weight > most ? weight : most;
        least = weight < least ? weight : least;
    }
    for (int i = 0; i < n && least < most; i++) {
        int8_t behind = (int8_t)(most - weight_log2[(size_t)i * stride]);
        hash = XXH3_64bits_withSeed(&behind, sizeof behind, hash);
    }
    return hash;
}
