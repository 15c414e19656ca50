// SPDX-License-Identifier: MIT
// Adam (Kingma and Ba 2015, algorithm 1), as PyTorch's torch.optim.Adam without weight decay:
//     m = b1 m + (1 - b1) g;   v = b2 v + (1 - b2) g^2
//     p = p - lr / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + eps)
#ifndef VISAVIS_CORE_NN_ADAM_H
#define VISAVIS_CORE_NN_ADAM_H

#include "core/base/pool.h"

#include <stddef.h>
#include <stdint.h>

struct nn_adam {
    float lr;    // learning rate, 1e-4 in the recipes
    float beta1; // 0.9
    float beta2; // 0.999
    float eps;   // 1e-7
};

struct nn_adam nn_adam_default(void);

// One step over n parameters. t: number of this step, from 1. p, m, v are updated; g is read.
// Blocks are spread over `pool` (NULL: the caller alone); the result doesn't depend on it.
void nn_adam_step(const struct nn_adam *adam, int64_t t, size_t n, float *p, const float *g,
                  float *m, float *v, struct pool *pool);

#endif
