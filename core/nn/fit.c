// SPDX-License-Identifier: MIT
#include "core/nn/net.h"

#include <math.h>
#include <stdlib.h>

// Scales fc's weights, whose biases are zero, and sets the biases.
static void fit_fc(struct nn_net *net, const float *e, int n, float spread)
{
    size_t size = (size_t)net->config.embedding, flat = (size_t)net->layout.flat;
    double variance = 0;
    for (size_t k = 0; k < size; k++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < (size_t)n; i++) {
            double y = (double)e[i * size + k], z = log(y / (1 - y));
            sum += z;
            squares += z * z;
        }
        net->p.fc_b[k] = (float)(-sum / n);
        variance += (squares - sum * sum / n) / n;
    }
    float factor = spread / (float)sqrt(variance / (double)size + 1e-12);
    for (size_t i = 0; i < size * flat; i++)
        net->p.fc_w[i] *= factor;
    for (size_t k = 0; k < size; k++)
        net->p.fc_b[k] *= factor;
}

static void set_head(struct nn_net *net, float weight, float bias)
{
    for (int k = 0; k < net->config.embedding; k++)
        net->p.head_w[k] = weight;
    net->p.head_b[0] = bias;
}

static void fit_head(struct nn_net *net, const float *e, int n)
{
    int pairs = n * (n - 1) / 2;
    double sum = 0, squares = 0;
    size_t size = (size_t)net->config.embedding;
    set_head(net, -1, 0);
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++) {
            double z = (double)nn_head_logit(net, e + (size_t)a * size, e + (size_t)b * size);
            sum += z;
            squares += z * z;
        }
    double mean = sum / pairs, deviation = sqrt(squares / pairs - mean * mean) + 1e-6;
    set_head(net, (float)(-1 / deviation), (float)(-mean / deviation));
}

void nn_net_fit(struct nn_net *net, struct nn_work *work, const float *x, int n, float spread,
                float *e)
{
    nn_work_set_net(work, net);
    nn_forward(net, work, x, n, e, NULL);
    fit_fc(net, e, n, spread);
    nn_work_set_net(work, net);
    nn_forward(net, work, x, n, e, NULL);
    fit_head(net, e, n);
}
