// SPDX-License-Identifier: MIT
// DESIGN. The convolutional layers follow each other, each over the whole batch (conv_layer.c);
// then fc, in blocks of its outputs. A batch is a matrix product for OpenBLAS. One picture is bound
// by the memory that fc's weights come from: half of its inputs are zero, for the relu made them
// so, and with NN_LIVE the weights lie input by input in 16 bits, so that those of the zeros are
// never read.
#include "core/nn/sigmoid.h"
#include "core/nn/work.h"

#include <assert.h>
#include <cblas.h>
#include <math.h>
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

static int16_t *int16_block(const struct nn_work *work, int block)
{
    return work->fc_int16 + (size_t)block * (size_t)work->layout.flat * NN_INT16_COLUMNS;
}

// The same for one picture and a block of outputs, with weights of 16 bits.
static void fc_int16_item(void *ctx, int item, int worker)
{
    (void)worker;
    struct nn_pass *pass = ctx;
    if (nn_pass_stopped(pass))
        return;
    struct nn_work *work = pass->work;
    float y[NN_INT16_COLUMNS];
    int first = item * NN_INT16_COLUMNS;
    int rows = min_int(NN_INT16_COLUMNS, work->config.embedding - first);
    nn_kernels()->int16_product(pass->n_used, work->used, work->out[NN_CONVS - 1],
                                int16_block(work, item), y);
    for (int i = 0; i < rows; i++)
        pass->e[first + i] = y[i] * work->fc_scale[first + i] + pass->net->p.fc_b[first + i];
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
    assert(work->purpose == NN_TRAIN || work->net == net);
    for (int l = 0; l < NN_CONVS; l++) {
        struct nn_conv_layer *layer = &work->conv[l];
        layer->stop = stop;
        if (work->purpose == NN_TRAIN)
            nn_conv_set_filters(layer, net->p.conv_w[l]);
        nn_conv_layer_forward(layer, x, n, net->p.conv_b[l], work->out[l], work->from[l]);
        x = work->out[l];
    }
    int size = work->config.embedding;
    if (work->fc_int16 && n == 1) {
        pass.n_used = list_used(work);
        pool_run(work->pool, ceil_div(size, NN_INT16_COLUMNS), fc_int16_item, &pass);
    } else {
        pool_run(work->pool, ceil_div(size, FC_ROWS), fc_item, &pass);
    }
    return nn_pass_stopped(&pass) ? NN_STOPPED : 0;
}

#define TURN 32 // inputs of fc that are turned around at once: a cache line of the result

static float largest(size_t n, const float *x)
{
    float most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, fabsf(x[i]));
    return most;
}

// fc's weights of a block of outputs, [NN_INT16_COLUMNS, flat], to [flat, NN_INT16_COLUMNS].
static void set_int16_item(void *ctx, int item, int worker)
{
    (void)worker;
    const struct nn_pass *pass = ctx;
    const struct nn_work *work = pass->work;
    int flat = work->layout.flat, first = item * NN_INT16_COLUMNS;
    int rows = min_int(NN_INT16_COLUMNS, work->config.embedding - first);
    const float *w = pass->net->p.fc_w + (size_t)first * flat;
    int16_t *to = int16_block(work, item);
    float per_unit[NN_INT16_COLUMNS];
    for (int i = 0; i < rows; i++) {
        float most = largest((size_t)flat, w + (size_t)i * flat);
        work->fc_scale[first + i] = most / INT16_MAX;
        per_unit[i] = most > 0 ? INT16_MAX / most : 0;
    }
    memset(to, 0, (size_t)flat * NN_INT16_COLUMNS * sizeof *to); // of columns without an output
    for (int k = 0; k < flat; k += TURN)
        for (int i = 0; i < rows; i++)
            for (int j = k; j < min_int(k + TURN, flat); j++)
                to[(size_t)j * NN_INT16_COLUMNS + i] =
                    (int16_t)lrintf(w[(size_t)i * flat + j] * per_unit[i]);
}

void nn_work_set_net(struct nn_work *work, const struct nn_net *net)
{
    struct nn_pass pass = {.net = net, .work = work};
    work->net = net;
    if (work->purpose == NN_TRAIN)
        return;
    for (int l = 0; l < NN_CONVS; l++) {
        work->conv[l].stop = NULL;
        nn_conv_set_filters(&work->conv[l], net->p.conv_w[l]);
    }
    if (work->fc_int16)
        pool_run(work->pool, ceil_div(work->config.embedding, NN_INT16_COLUMNS), set_int16_item,
                 &pass);
}
