// SPDX-License-Identifier: MIT
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
