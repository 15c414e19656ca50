// SPDX-License-Identifier: MIT
#include "core/nn/ints.h"
#include "core/nn/net.h"

#include <math.h>
#include <string.h>

#define LANES 16 // partial sums, so that the compiler can use vectors

float nn_sigmoid(float logit)
{
    return 1 / (1 + expf(-logit));
}

float nn_head_logit(const struct nn_net *net, const float *ea, const float *eb)
{
    const float *w = net->p.head_w;
    int n = net->config.embedding, k = 0;
    float lane[LANES] = {0};
    for (; k + LANES <= n; k += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += w[k + j] * fabsf(ea[k + j] - eb[k + j]);
    float sum = net->p.head_b[0];
    for (; k < n; k++)
        sum += w[k] * fabsf(ea[k] - eb[k]);
    for (int j = 0; j < LANES; j++)
        sum += lane[j];
    return sum;
}

void nn_head_forward(const struct nn_net *net, const float *e, const struct nn_pair *pairs, int m,
                     float *logits)
{
    size_t n = (size_t)net->config.embedding;
    for (int i = 0; i < m; i++)
        logits[i] = nn_head_logit(net, e + pairs[i].a * n, e + pairs[i].b * n);
}

double nn_bce(const float *logits, const struct nn_pair *pairs, int m, float *dlogits)
{
    double sum = 0;
    for (int i = 0; i < m; i++) {
        double z = logits[i], y = pairs[i].label;
        sum += (z > 0 ? z : 0) - z * y + log1p(exp(-fabs(z)));
        if (dlogits)
            dlogits[i] = (float)((1 / (1 + exp(-z)) - y) / m);
    }
    return sum / m;
}

// Adds one pair's share to the gradients of its embeddings and of the head's weights.
static void add_pair(int n, const float *w, const float *ea, const float *eb, float dlogit,
                     float *dea, float *deb, float *dw)
{
    for (int k = 0; k < n; k++) {
        float d = ea[k] - eb[k];
        float sign = (float)((d > 0) - (d < 0));
        float de = dlogit * w[k] * sign;
        dea[k] += de;
        deb[k] -= de;
        dw[k] += dlogit * fabsf(d);
    }
}

void nn_head_backward(const struct nn_net *net, const float *e, int n, const struct nn_pair *pairs,
                      int m, const float *dlogits, float *de, const struct nn_params *grad)
{
    size_t size = (size_t)net->config.embedding;
    memset(de, 0, n * size * sizeof *de);
    memset(grad->head_w, 0, size * sizeof *de);
    grad->head_b[0] = 0;
    for (int i = 0; i < m; i++) {
        size_t a = pairs[i].a * size, b = pairs[i].b * size;
        add_pair((int)size, net->p.head_w, e + a, e + b, dlogits[i], de + a, de + b, grad->head_w);
        grad->head_b[0] += dlogits[i];
    }
}

// ---- All pairs --------------------------------------------------------------------------------

#define COLUMNS 256 // of the embeddings an item

struct all {
    const struct nn_net *net;
    const float *e;
    int n;
    float *logits;
    const float *dlogits;
    float *de;
    float *dw;
};

// One row of the logits, up to the diagonal, and its mirror image.
static void forward_row(void *ctx, int item, int worker)
{
    (void)worker;
    const struct all *all = ctx;
    size_t size = (size_t)all->net->config.embedding, n = (size_t)all->n, a = (size_t)item;
    for (size_t b = 0; b < a; b++)
        all->logits[a * n + b] = all->logits[b * n + a] =
            nn_head_logit(all->net, all->e + a * size, all->e + b * size);
    all->logits[a * n + a] = 0;
}

void nn_head_all_forward(const struct nn_net *net, const float *e, int n, float *logits,
                         struct pool *pool)
{
    struct all all = {.net = net, .e = e, .n = n, .logits = logits};
    pool_run(pool, n, forward_row, &all);
}

// All pairs' shares to some columns of the gradients.
static void backward_columns(void *ctx, int item, int worker)
{
    (void)worker;
    const struct all *all = ctx;
    size_t size = (size_t)all->net->config.embedding, n = (size_t)all->n;
    size_t first = (size_t)item * COLUMNS;
    int columns = min_int(COLUMNS, all->net->config.embedding - (int)first);
    const float *w = all->net->p.head_w + first, *e = all->e + first;
    float *de = all->de + first, *dw = all->dw + first;
    for (size_t a = 0; a < n; a++)
        memset(de + a * size, 0, (size_t)columns * sizeof *de);
    memset(dw, 0, (size_t)columns * sizeof *dw);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < a; b++)
            add_pair(columns, w, e + a * size, e + b * size,
                     all->dlogits[a * n + b] + all->dlogits[b * n + a], de + a * size,
                     de + b * size, dw);
}

void nn_head_all_backward(const struct nn_net *net, const float *e, int n, const float *dlogits,
                          float *de, const struct nn_params *grad, struct pool *pool)
{
    struct all all = {.net = net, .e = e, .n = n, .dlogits = dlogits, .de = de, .dw = grad->head_w};
    pool_run(pool, ceil_div(net->config.embedding, COLUMNS), backward_columns, &all);
    grad->head_b[0] = 0;
    for (int i = 0; i < n * n; i++)
        if (i % (n + 1) != 0)
            grad->head_b[0] += dlogits[i];
}
