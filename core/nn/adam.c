// SPDX-License-Identifier: MIT
#include "core/nn/adam.h"

#include <math.h>

#define BLOCK ((size_t)64 << 10) // parameters an item

struct nn_adam nn_adam_default(void)
{
    return (struct nn_adam){.lr = 1e-4F, .beta1 = 0.9F, .beta2 = 0.999F, .eps = 1e-7F};
}

struct step {
    float beta1, beta2, eps;
    float rate;  // lr / (1 - beta1^t)
    float scale; // 1 / sqrt(1 - beta2^t)
    size_t n;
    float *p, *m, *v;
    const float *g;
};

static void step_range(const struct step *s, size_t n, float *restrict p, const float *restrict g,
                       float *restrict m, float *restrict v)
{
    float b1 = s->beta1, b2 = s->beta2, eps = s->eps, rate = s->rate, scale = s->scale;
    for (size_t i = 0; i < n; i++) {
        m[i] = b1 * m[i] + (1 - b1) * g[i];
        v[i] = b2 * v[i] + (1 - b2) * g[i] * g[i];
        p[i] -= rate * m[i] / (sqrtf(v[i]) * scale + eps);
    }
}

static void step_item(void *ctx, int item, int worker)
{
    (void)worker;
    const struct step *s = ctx;
    size_t at = (size_t)item * BLOCK, n = s->n - at < BLOCK ? s->n - at : BLOCK;
    step_range(s, n, s->p + at, s->g + at, s->m + at, s->v + at);
}

void nn_adam_step(const struct nn_adam *adam, int64_t t, size_t n, float *p, const float *g,
                  float *m, float *v, struct pool *pool)
{
    struct step s = {
        .beta1 = adam->beta1,
        .beta2 = adam->beta2,
        .eps = adam->eps,
        .rate = (float)(adam->lr / (1 - pow(adam->beta1, (double)t))),
        .scale = (float)(1 / sqrt(1 - pow(adam->beta2, (double)t))),
        .n = n,
        .p = p,
        .m = m,
        .v = v,
        .g = g,
    };
    int n_items = (int)((n + BLOCK - 1) / BLOCK);
    if (pool)
        pool_run(pool, n_items, step_item, &s);
    else
        step_range(&s, n, p, g, m, v);
}
