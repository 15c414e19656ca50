// SPDX-License-Identifier: MIT
// DESIGN. fc comes first, for the whole batch: its weight gradient in blocks of rows, its input's
// gradient in blocks of columns, no two items writing to the same place. Then the convolutional
// layers, the last one first (conv_layer.c).
#include "core/nn/sigmoid.h"
#include "core/nn/work.h"

#include <cblas.h>
#include <string.h>

#define FC_ROWS    256 // of fc's weight gradient an item
#define FC_COLUMNS 512 // of fc's input gradient an item

// dw = dz^T x and db = sum of dz over pictures, for some rows (outputs).
static void fc_weights_item(void *ctx, int item, int worker)
{
    (void)worker;
    struct nn_pass *pass = ctx;
    if (nn_pass_stopped(pass))
        return;
    struct nn_work *work = pass->work;
    int size = work->config.embedding, flat = work->layout.flat;
    int first = item * FC_ROWS, rows = min_int(FC_ROWS, size - first);
    const float *dz = work->dz + first;
    float *db = pass->grad.fc_b + first;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, rows, flat, pass->n, 1, dz, size,
                work->out[NN_CONVS - 1], flat, 0, pass->grad.fc_w + (size_t)first * flat, flat);
    memset(db, 0, (size_t)rows * sizeof *db);
    for (int i = 0; i < pass->n; i++, dz += size)
        for (int k = 0; k < rows; k++)
            db[k] += dz[k];
}

// d_flat = dz w, for some columns (inputs).
static void fc_input_item(void *ctx, int item, int worker)
{
    (void)worker;
    struct nn_pass *pass = ctx;
    if (nn_pass_stopped(pass))
        return;
    struct nn_work *work = pass->work;
    int size = work->config.embedding, flat = work->layout.flat;
    int first = item * FC_COLUMNS, columns = min_int(FC_COLUMNS, flat - first);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, pass->n, columns, size, 1, work->dz,
                size, pass->net->p.fc_w + first, flat, 0, work->d_flat + first, flat);
}

int nn_backward(const struct nn_net *net, struct nn_work *work, int n, const float *e,
                const float *de, const struct nn_params *grad, const atomic_bool *stop)
{
    struct nn_pass pass = {.net = net, .work = work, .n = n, .grad = *grad, .stop = stop};
    nn_sigmoid_backward((size_t)n * (size_t)work->config.embedding, e, de, work->dz);
    pool_run(work->pool, ceil_div(work->config.embedding, FC_ROWS), fc_weights_item, &pass);
    pool_run(work->pool, ceil_div(work->layout.flat, FC_COLUMNS), fc_input_item, &pass);
    const float *d_out = work->d_flat;
    for (int l = NN_CONVS - 1; l >= 0; l--) {
        work->conv[l].stop = stop;
        nn_conv_layer_backward(&work->conv[l], n, net->p.conv_w[l], d_out, work->from[l],
                               work->d_in[l], grad->conv_w[l], grad->conv_b[l]);
        d_out = work->d_in[l];
    }
    return nn_pass_stopped(&pass) ? NN_STOPPED : 0;
}
