// SPDX-License-Identifier: MIT
// DESIGN. A layer's work is cut into items (picture, band of output rows), which run in any order
// on the pool; the layers follow each other. So one picture keeps all workers busy as well as a
// batch does. An item makes its band, and takes it through relu and pooling while it is in the
// cache: the convolution's output before pooling, the largest array of the net, never exists as a
// whole. The cut depends on shapes alone, so results don't depend on the number of workers.
#include "core/nn/layers.h"
#include "core/nn/work.h"

#include <cblas.h>
#include <string.h>

#define FC_ROWS 256 // outputs of fc an item

static void relu_rows(size_t n, const float *x, float *y)
{
    memcpy(y, x, n * sizeof *y);
    nn_relu_forward(n, y);
}

// Takes a band, [co, n_rows, conv_side], through relu and pooling to its place in the output.
static void finish_band(struct nn_work *work, int l, int picture, int row, int n_rows,
                        const float *band)
{
    size_t in = (size_t)n_rows * (size_t)work->layout.conv_side[l];
    size_t side = (size_t)work->layout.out_side[l], plane = side * side;
    bool pool = work->config.conv[l].pool;
    size_t at = (size_t)picture * nn_work_out_size(work, l) + (size_t)(pool ? row / 2 : row) * side;
    for (int o = 0; o < work->shape[l].co; o++, band += in, at += plane)
        if (pool)
            nn_relu_pool_plane(n_rows, work->layout.conv_side[l], band, work->out[l] + at,
                               work->from[l] ? work->from[l] + at : NULL);
        else
            relu_rows(in, band, work->out[l] + at);
}

static void conv_item(void *ctx, int item, int worker)
{
    struct nn_pass *pass = ctx;
    if (nn_pass_stopped(pass))
        return;
    struct nn_work *work = pass->work;
    struct nn_scratch *scratch = &work->scratch[worker];
    int l = pass->layer;
    const struct nn_conv_shape *s = &work->shape[l];
    int out = nn_conv_out_side(s), band = nn_conv_band_rows(s), n_bands = ceil_div(out, band);
    int picture = item / n_bands, row = item % n_bands * band;
    int n_rows = min_int(band, out - row);
    nn_conv_forward_band_gemm(s, nn_pass_input(pass, l, picture), pass->net->p.conv_w[l],
                              pass->net->p.conv_b[l], row, n_rows, scratch->band,
                              (size_t)n_rows * (size_t)out, scratch->columns);
    finish_band(work, l, picture, row, n_rows, scratch->band);
}

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

int nn_forward(const struct nn_net *net, struct nn_work *work, const float *x, int n, float *e,
               const atomic_bool *stop)
{
    struct nn_pass pass = {.net = net, .work = work, .x = x, .n = n, .e = e, .stop = stop};
    for (int l = 0; l < NN_CONVS; l++) {
        const struct nn_conv_shape *s = &work->shape[l];
        pass.layer = l;
        pool_run(work->pool, n * ceil_div(nn_conv_out_side(s), nn_conv_band_rows(s)), conv_item,
                 &pass);
    }
    pool_run(work->pool, ceil_div(work->config.embedding, FC_ROWS), fc_item, &pass);
    return atomic_load(&pass.stopped) ? NN_STOPPED : 0;
}
