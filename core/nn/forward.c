// SPDX-License-Identifier: MIT
// DESIGN. The convolutional layers follow each other, each over the whole batch (conv_layer.c);
// then fc, in blocks of its outputs. A batch is a matrix product for OpenBLAS. One picture is bound
// by the memory that fc's weights come from: half of its inputs are zero, for the relu made them
// so, and with NN_LIVE the weights lie input by input in 16 bits, so that those of the zeros are
// never read.
#include "core/nn/layers.h"
#include "core/nn/work.h"

#include <cblas.h>
#include <string.h>

#define FC_ROWS 256 // outputs of fc an item

// Some outputs of fc for all pictures: e = sigmoid(x w^T + b).
static void fc_item(void *ctx, int item, int worker)
{
    (void)worker;
    struct nn_pass *pass = ctx;
    if (nn_pass_stopped(pass))
        return;
    const struct nn_params *p = &pass->net->p;
    int size = pass->work->config.embedding, flat = pass->work->layout.flat;
    int first = item * FC_ROWS, rows = min_int(FC_ROWS, size - first);
    const float *x = pass->work->out[NN_CONVS - 1], *w = p->fc_w + (size_t)first * flat;
    float *e = pass->e + first;
    for (int i = 0; i < pass->n; i++)
        memcpy(e + (size_t)i * size, p->fc_b + first, (size_t)rows * sizeof *e);
    if (pass->n == 1)
        cblas_sgemv(CblasRowMajor, CblasNoTrans, rows, flat, 1, w, flat, x, 1, 1, e, 1);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, pass->n, rows, flat, 1, x, flat, w,
                    flat, 1, e, size);
    for (int i = 0; i < pass->n; i++)
        nn_sigmoid_forward((size_t)rows, e + (size_t)i * size);
}

static const uint16_t *half_block(const struct nn_work *work, int block)
{
    return work->fc_half + (size_t)block * (size_t)work->layout.flat * NN_HALF_COLUMNS;
}

// The same for one picture and a block of outputs, with weights of 16 bits.
static void fc_half_item(void *ctx, int item, int worker)
{
    (void)worker;
    struct nn_pass *pass = ctx;
    struct nn_work *work = pass->work;
    float y[NN_HALF_COLUMNS];
    int first = item * NN_HALF_COLUMNS;
    int rows = min_int(NN_HALF_COLUMNS, work->config.embedding - first);
    nn_kernels()->half_product(pass->n_used, work->used, work->out[NN_CONVS - 1],
                               half_block(work, item), y);
    for (int i = 0; i < rows; i++)
        pass->e[first + i] = y[i] + pass->net->p.fc_b[first + i];
    nn_sigmoid_forward((size_t)rows, pass->e + first);
}

static int list_used(const struct nn_work *work)
{
    const float *x = work->out[NN_CONVS - 1];
    int n = 0;
    for (int k = 0; k < work->layout.flat; k++) {
        work->used[n] = k;
        n += x[k] != 0;
    }
    return n;
}

int nn_forward(const struct nn_net *net, struct nn_work *work, const float *x, int n, float *e,
               const atomic_bool *stop)
{
    struct nn_pass pass = {.net = net, .work = work, .n = n, .e = e, .stop = stop};
    for (int l = 0; l < NN_CONVS; l++) {
        struct nn_conv_layer *layer = &work->conv[l];
        layer->stop = stop;
        if (work->purpose == NN_TRAIN)
            nn_conv_set_filters(layer, net->p.conv_w[l]);
        nn_conv_layer_forward(layer, x, n, net->p.conv_b[l], work->out[l], work->from[l]);
        x = work->out[l];
    }
    int size = work->config.embedding;
    if (work->fc_half && n == 1) {
        pass.n_used = list_used(work);
        pool_run(work->pool, ceil_div(size, NN_HALF_COLUMNS), fc_half_item, &pass);
    } else {
        pool_run(work->pool, ceil_div(size, FC_ROWS), fc_item, &pass);
    }
    return nn_pass_stopped(&pass) ? NN_STOPPED : 0;
}

#define TURN 16 // inputs of fc that are turned around at once: a cache line of each row

// fc's weights of a block of outputs, [NN_HALF_COLUMNS, flat], to [flat, NN_HALF_COLUMNS].
static void set_half_item(void *ctx, int item, int worker)
{
    (void)worker;
    const struct nn_pass *pass = ctx;
    const struct nn_work *work = pass->work;
    int flat = work->layout.flat, first = item * NN_HALF_COLUMNS;
    int rows = min_int(NN_HALF_COLUMNS, work->config.embedding - first);
    const float *w = pass->net->p.fc_w + (size_t)first * flat;
    uint16_t *to = work->fc_half + (size_t)item * flat * NN_HALF_COLUMNS;
    float turned[TURN][NN_HALF_COLUMNS] = {0};
    for (int k = 0; k < flat; k += TURN) {
        int n = min_int(TURN, flat - k);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < n; j++)
                turned[j][i] = w[(size_t)i * flat + k + j];
        nn_kernels()->to_half((size_t)n * NN_HALF_COLUMNS, turned[0],
                              to + (size_t)k * NN_HALF_COLUMNS);
    }
}

void nn_work_set_net(struct nn_work *work, const struct nn_net *net)
{
    struct nn_pass pass = {.net = net, .work = work};
    if (work->purpose == NN_TRAIN)
        return;
    for (int l = 0; l < NN_CONVS; l++) {
        work->conv[l].stop = NULL;
        nn_conv_set_filters(&work->conv[l], net->p.conv_w[l]);
    }
    if (work->fc_half)
        pool_run(work->pool, ceil_div(work->config.embedding, NN_HALF_COLUMNS), set_half_item,
                 &pass);
}
