// SPDX-License-Identifier: MIT
// The whole of training against an outside implementation: PyTorch's trace of some Adam steps, made
// by make_trace.py, which describes the file.
#include "core/base/file.h"
#include "core/base/pool.h"
#include "core/nn/adam.h"
#include "core/nn/blas.h"
#include "core/nn/net.h"
#include "tests/numeric/simd.h"

// Float32 sums in another order.
#define EMBEDDING_BOUND 1e-5
#define LOSS_BOUND      1e-5
// Of a tensor's parameters all but one in OUTLIERS are this close, as a share of the largest one.
#define PARAM_BOUND 1e-5
// The others' gradient is zero, but for the rounding error that convolution in the Fourier domain
// spreads over a tile (about 1e-9 here). Adam divides it by itself plus eps = 1e-7 and makes a
// hundredth of a step of it; a whole step would be 1e-2.
#define OUTLIER_BOUND 5e-4
#define OUTLIERS      20

enum { MAX_PAIRS = 16 };

struct reader {
    const char *at, *end;
};

static void take(struct reader *r, void *to, size_t size)
{
    assert_true(size <= (size_t)(r->end - r->at));
    memcpy(to, r->at, size);
    r->at += size;
}

static int take_int(struct reader *r)
{
    int32_t value;
    take(r, &value, sizeof value);
    return value;
}

static float *take_floats(struct reader *r, size_t n)
{
    float *x = zero_floats(n);
    take(r, x, n * sizeof *x);
    return x;
}

struct trace {
    struct nn_config config;
    int n, m, steps;
    struct nn_adam adam;
    float *x;
    struct nn_pair pairs[MAX_PAIRS];
    struct nn_net *net; // with the initial parameters
    float *e, *logits, *losses, *params;
};

static void read_trace(struct reader *r, struct trace *t)
{
    t->config = (struct nn_config){.side = take_int(r)};
    t->config.channels = take_int(r);
    for (int l = 0; l < NN_CONVS; l++) {
        t->config.conv[l].kernel = take_int(r);
        t->config.conv[l].channels = take_int(r);
        t->config.conv[l].pool = take_int(r) != 0;
    }
    t->config.embedding = take_int(r);
    t->n = take_int(r);
    t->m = take_int(r);
    t->steps = take_int(r);
    take(r, &t->adam, sizeof t->adam);
    t->x = take_floats(r, (size_t)t->n * t->config.channels * t->config.side * t->config.side);
    assert_in_range(t->m, 1, MAX_PAIRS);
    for (int i = 0; i < t->m; i++) {
        t->pairs[i].a = take_int(r);
        t->pairs[i].b = take_int(r);
        t->pairs[i].label = (float)take_int(r);
    }
    assert_int_equal(nn_net_create(&t->net, &t->config, NULL), 0);
    take(r, t->net->block, t->net->layout.n_params * sizeof(float));
    t->e = take_floats(r, (size_t)t->n * t->config.embedding);
    t->logits = take_floats(r, (size_t)t->m);
    t->losses = take_floats(r, (size_t)t->steps);
    t->params = take_floats(r, t->net->layout.n_params);
}

static void free_trace(struct trace *t)
{
    free(t->x);
    free(t->e);
    free(t->logits);
    free(t->losses);
    free(t->params);
    nn_net_destroy(t->net);
}

static void assert_parameters(const struct nn_tensor *tensor, const float *block, const float *want)
{
    const float *got = block + tensor->offset;
    size_t n_outliers = 0;
    double largest = 0;
    want += tensor->offset;
    assert_close(tensor->size, got, want, OUTLIER_BOUND, tensor->name);
    for (size_t i = 0; i < tensor->size; i++)
        largest = fmax(largest, fabs(want[i]));
    for (size_t i = 0; i < tensor->size; i++)
        n_outliers += fabs((double)got[i] - want[i]) > PARAM_BOUND * largest;
    if (n_outliers > tensor->size / OUTLIERS)
        fail_msg("%s: %zu of %zu are not within %.0e", tensor->name, n_outliers, tensor->size,
                 PARAM_BOUND);
}

static void follow(const struct trace *t, struct pool *pool)
{
    size_t n_params = t->net->layout.n_params, size = (size_t)t->n * t->config.embedding;
    float *grad = zero_floats(n_params), *m = zero_floats(n_params), *v = zero_floats(n_params);
    float *e = zero_floats(size), *de = zero_floats(size), logits[MAX_PAIRS], dlogits[MAX_PAIRS];
    struct nn_params views = nn_params_at(&t->net->layout, grad);
    struct nn_work *work;
    assert_int_equal(nn_work_create(&work, &t->config, t->n, NN_TRAIN, pool, NULL), 0);
    for (int step = 1; step <= t->steps; step++) {
        assert_int_equal(nn_forward(t->net, work, t->x, t->n, e, NULL), 0);
        nn_head_forward(t->net, e, t->pairs, t->m, logits);
        double loss = nn_bce(logits, t->pairs, t->m, dlogits);
        if (step == 1) {
            assert_close(size, e, t->e, EMBEDDING_BOUND, "embeddings");
            assert_close((size_t)t->m, logits, t->logits, EMBEDDING_BOUND, "logits");
        }
        if (!(fabs(loss - t->losses[step - 1]) <= LOSS_BOUND))
            fail_msg("step %d: loss %.7f, PyTorch's %.7f", step, loss, t->losses[step - 1]);
        nn_head_backward(t->net, e, t->n, t->pairs, t->m, dlogits, de, &views);
        assert_int_equal(nn_backward(t->net, work, t->n, e, de, &views, NULL), 0);
        nn_adam_step(&t->adam, step, n_params, t->net->block, grad, m, v, pool);
    }
    print_message("%d channels: parameters within %.1e after %d steps\n", t->config.channels,
                  relative_error(n_params, t->net->block, t->params), t->steps);
    for (int i = 0; i < NN_TENSORS; i++)
        assert_parameters(&t->net->layout.tensor[i], t->net->block, t->params);
    float *const all[] = {grad, m, v, e, de};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    nn_work_destroy(work);
}

static void training_follows_pytorch(void **state)
{
    (void)state;
    const char *source = getenv("VISAVIS_SOURCE");
    char path[4096];
    void *data;
    size_t size;
    struct err err = {0};
    snprintf(path, sizeof path, "%s/tests/numeric/trace.bin", source ? source : ".");
    if (file_read(path, 1 << 20, &data, &size, &err) != 0)
        fail_msg("%s", err.text);
    struct reader reader = {data, (const char *)data + size};
    struct pool *pool;
    assert_int_equal(pool_create(&pool, 2, 0, NULL), 0);
    int n_nets = take_int(&reader);
    assert_int_equal(n_nets, 2);
    for (int i = 0; i < n_nets; i++) {
        struct trace trace;
        read_trace(&reader, &trace);
        assert_true(trace.steps >= 5);
        follow(&trace, pool);
        free_trace(&trace);
    }
    assert_true(reader.at == reader.end);
    pool_destroy(pool);
    free(data);
}

int main(void)
{
    nn_blas_init();
    if (simd_is_missing())
        return TEST_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_follows_pytorch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
