// SPDX-License-Identifier: MIT
// DESIGN. fc comes first, for the whole batch: its weight gradient in blocks of rows, its input's
// gradient in blocks of columns, no two items writing to the same place. Then the convolutions, in
// items of some pictures each (a group): an item takes each of its pictures down all four layers
// and adds the weight gradients to the group's own buffer. At last the buffers are summed in the
// order of the groups. Groups follow from the number of pictures alone, so the sums have the same
// bits whatever the number of workers.
#include "core/nn/layers.h"
#include "core/nn/work.h"

#include <cblas.h>
#include <string.h>

#define FC_ROWS    256                // of fc's weight gradient an item
#define FC_COLUMNS 512                // of fc's input gradient an item
#define SUM_FLOATS ((size_t)64 << 10) // of the sum over groups an item

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

// dy: [co, conv_side, conv_side], the gradient of convolution l's output before relu and pooling,
// from d_out, that after them.
static void unpool(const struct nn_work *work, int l, int picture, const float *d_out, float *dy)
{
    size_t size = nn_work_out_size(work, l), at = (size_t)picture * size;
    if (work->from[l])
        nn_relu_pool_backward(work->shape[l].co, work->layout.conv_side[l], d_out,
                              work->from[l] + at, dy);
    else
        nn_relu_backward(size, work->out[l] + at, d_out, dy);
}

// One picture down the convolutions; adds to the group's gradients.
static void backward_picture(struct nn_pass *pass, int picture, struct nn_scratch *scratch,
                             const struct nn_params *grad)
{
    const struct nn_work *work = pass->work;
    const float *d_out = work->d_flat + (size_t)picture * (size_t)work->layout.flat;
    for (int l = NN_CONVS - 1; l >= 0; l--) {
        if (nn_pass_stopped(pass))
            return;
        float *d_in = l > 0 ? scratch->d_in[l % 2] : NULL;
        unpool(work, l, picture, d_out, scratch->band);
        nn_conv_backward_gemm(&work->shape[l], nn_pass_input(pass, l, picture),
                              pass->net->p.conv_w[l], scratch->band, d_in, grad->conv_w[l],
                              grad->conv_b[l], scratch->columns);
        d_out = d_in;
    }
}

static int group_count(int n)
{
    return min_int(n, NN_MAX_GROUPS);
}

static void group_item(void *ctx, int item, int worker)
{
    struct nn_pass *pass = ctx;
    struct nn_work *work = pass->work;
    float *block = work->group_grad + (size_t)item * work->conv_params;
    struct nn_params grad = {0};
    for (int l = 0; l < NN_CONVS; l++) {
        grad.conv_w[l] = block + work->layout.tensor[2 * l].offset;
        grad.conv_b[l] = block + work->layout.tensor[2 * l + 1].offset;
    }
    memset(block, 0, work->conv_params * sizeof *block);
    int n_groups = group_count(pass->n);
    int end = (int)((int64_t)pass->n * (item + 1) / n_groups);
    for (int i = (int)((int64_t)pass->n * item / n_groups); i < end; i++)
        backward_picture(pass, i, &work->scratch[worker], &grad);
}

// The convolutions' tensors lie behind each other from conv_w[0] on, as in a group's buffer.
static void sum_item(void *ctx, int item, int worker)
{
    (void)worker;
    struct nn_pass *pass = ctx;
    size_t size = pass->work->conv_params, at = (size_t)item * SUM_FLOATS;
    size_t n = size - at < SUM_FLOATS ? size - at : SUM_FLOATS;
    const float *from = pass->work->group_grad + at;
    float *to = pass->grad.conv_w[0] + at;
    memcpy(to, from, n * sizeof *to);
    for (int g = 1; g < group_count(pass->n); g++)
        for (size_t i = 0; i < n; i++)
            to[i] += from[(size_t)g * size + i];
}

int nn_backward(const struct nn_net *net, struct nn_work *work, const float *x, int n,
                const float *e, const float *de, const struct nn_params *grad,
                const atomic_bool *stop)
{
    struct nn_pass pass = {.net = net, .work = work, .x = x, .n = n, .grad = *grad, .stop = stop};
    nn_sigmoid_backward((size_t)n * (size_t)work->config.embedding, e, de, work->dz);
    pool_run(work->pool, ceil_div(work->config.embedding, FC_ROWS), fc_weights_item, &pass);
    pool_run(work->pool, ceil_div(work->layout.flat, FC_COLUMNS), fc_input_item, &pass);
    pool_run(work->pool, group_count(n), group_item, &pass);
    pool_run(work->pool, (int)((work->conv_params + SUM_FLOATS - 1) / SUM_FLOATS), sum_item, &pass);
    return atomic_load(&pass.stopped) ? NN_STOPPED : 0;
}
