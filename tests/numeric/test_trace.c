// SPDX-License-Identifier: MIT
// The whole of training against an outside implementation: PyTorch's trace of some Adam steps, made
// by make_trace.py, which describes the file.
#include "core/base/file.h"
#include "core/base/pool.h"
#include "core/nn/adam.h"
#include "core/nn/blas.h"
#include "core/nn/conv.h"
#include "core/nn/net.h"
#include "tests/numeric/simd.h"

// Float32 sums in another order.
#define EMBEDDING_BOUND 1e-5
#define LOSS_BOUND      1e-5
// The first step's gradients from those of the naive reference, as a share of the tensor's largest;
// the later ones', where losses are small and more cancels out.
#define GRADIENT_BOUND 1e-5
#define LATER_BOUND    2e-5
// The parameters at the end, as a share of the tensor's largest; and to that comes what errors of
// NOISE, a share of the tensor's largest gradient, can do: Adam divides a gradient by its own usual
// size plus eps, so that where it is nothing or next to it, the rounding error that convolution in
// the Fourier domain spreads over a tile makes visible steps. But never more than MOST.
#define NOISE       1e-6
#define PARAM_BOUND 1e-5
#define MOST        5e-4

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

// ---- The gradient by definition
// ------------------------------------------------------------------

// One picture's way through the convolutional layers.
struct way {
    float *x[NN_CONVS + 1]; // layer l's input; the last one is fc's
    uint8_t *from[NN_CONVS];
};

static struct nn_conv_shape shape_of(const struct nn_net *net, int l)
{
    return (struct nn_conv_shape){.ci = net->layout.in_channels[l],
                                  .h = net->layout.in_side[l],
                                  .co = net->config.conv[l].channels,
                                  .k = net->config.conv[l].kernel};
}

static struct way ref_forward(const struct nn_net *net, const float *x)
{
    struct way way;
    const struct nn_layout *y = &net->layout;
    way.x[0] = copy_floats((size_t)net->config.channels * net->config.side * net->config.side, x);
    for (int l = 0; l < NN_CONVS; l++) {
        struct nn_conv_shape s = shape_of(net, l);
        int side = y->conv_side[l];
        size_t plane = (size_t)side * side, out = (size_t)y->out_side[l] * y->out_side[l];
        float *made = zero_floats(s.co * plane);
        way.x[l + 1] = zero_floats(s.co * out);
        way.from[l] = malloc(s.co * out);
        nn_conv_forward_ref(&s, way.x[l], net->p.conv_w[l], net->p.conv_b[l], made);
        for (size_t o = 0; o < (size_t)s.co; o++)
            nn_relu_pool_ref(side, side, net->config.conv[l].pool, made + o * plane,
                             way.x[l + 1] + o * out, way.from[l] + o * out);
        free(made);
    }
    return way;
}

// Adds fc's gradients to grad; returns that of fc's input.
static float *ref_fc_backward(const struct nn_net *net, const float *x, const float *e,
                              const float *de, const struct nn_params *grad)
{
    size_t flat = (size_t)net->layout.flat;
    float *dx = zero_floats(flat);
    for (size_t i = 0; i < (size_t)net->config.embedding; i++) {
        float dz = de[i] * e[i] * (1 - e[i]);
        grad->fc_b[i] += dz;
        for (size_t k = 0; k < flat; k++) {
            grad->fc_w[i * flat + k] += dz * x[k];
            dx[k] += dz * net->p.fc_w[i * flat + k];
        }
    }
    return dx;
}

// Adds one picture's gradients to all of grad but the head's.
static void ref_add_picture(const struct nn_net *net, const float *x, const float *e,
                            const float *de, const struct nn_params *grad)
{
    struct way way = ref_forward(net, x);
    float *dy = ref_fc_backward(net, way.x[NN_CONVS], e, de, grad);
    for (int l = NN_CONVS - 1; l >= 0; l--) {
        struct nn_conv_shape s = shape_of(net, l);
        int side = net->layout.conv_side[l];
        size_t plane = (size_t)side * side;
        size_t out = (size_t)net->layout.out_side[l] * net->layout.out_side[l];
        float *made = zero_floats(s.co * plane), *dx = zero_floats((size_t)s.ci * s.h * s.h);
        for (size_t o = 0; o < (size_t)s.co; o++)
            nn_relu_pool_backward_ref(side, side, net->config.conv[l].pool, dy + o * out,
                                      way.from[l] + o * out, made + o * plane);
        nn_conv_backward_ref(&s, way.x[l], net->p.conv_w[l], made, dx, grad->conv_w[l],
                             grad->conv_b[l]);
        free(made);
        free(dy);
        free(way.x[l + 1]);
        free(way.from[l]);
        dy = dx;
    }
    free(way.x[0]);
    free(dy);
}

// ---- Following ----------------------------------------------------------------------------------

static double largest_of(size_t n, const float *x)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(x[i]));
    return largest;
}

// Compares a step's gradient, but the head's, to the reference's. Returns the worst error.
static double check_gradient(const struct trace *t, const float *grad, const float *e,
                             const float *de, int step)
{
    const struct nn_layout *layout = &t->net->layout;
    size_t in = (size_t)t->config.channels * t->config.side * t->config.side;
    size_t size = (size_t)t->config.embedding;
    float *want = zero_floats(layout->n_params);
    struct nn_params views = nn_params_at(layout, want);
    double worst = 0;
    for (size_t i = 0; i < (size_t)t->n; i++)
        ref_add_picture(t->net, t->x + i * in, e + i * size, de + i * size, &views);
    for (int i = 0; i < NN_TENSORS - 2; i++) {
        const struct nn_tensor *tensor = &layout->tensor[i];
        const float *g = grad + tensor->offset, *w = want + tensor->offset;
        char what[80];
        snprintf(what, sizeof what, "step %d: gradient of %s", step, tensor->name);
        assert_close(tensor->size, g, w, step == 1 ? GRADIENT_BOUND : LATER_BOUND, what);
        worst = fmax(worst, relative_error(tensor->size, g, w));
    }
    free(want);
    return worst;
}

// Adds to `slack` what errors of NOISE can do to each parameter in this step, after which
// v is Adam's second moment: they are in the numerator and in the denominator.
static void add_slack(const struct trace *t, const float *grad, const float *v, int step,
                      double *slack)
{
    double scale = 1 / sqrt(1 - pow(t->adam.beta2, step));
    for (int i = 0; i < NN_TENSORS; i++) {
        const struct nn_tensor *tensor = &t->net->layout.tensor[i];
        double noise = 2 * NOISE * largest_of(tensor->size, grad + tensor->offset);
        for (size_t k = tensor->offset; k < tensor->offset + tensor->size; k++)
            slack[k] += t->adam.lr * fmin(1, noise / (sqrt(v[k]) * scale + t->adam.eps));
    }
}

// Returns how many have slack beyond PARAM_BOUND.
static size_t assert_parameters(const struct nn_tensor *tensor, const float *block,
                                const float *want, const double *slack)
{
    size_t n_slack = 0;
    double largest = largest_of(tensor->size, want + tensor->offset);
    for (size_t i = tensor->offset; i < tensor->offset + tensor->size; i++) {
        double share = slack[i] / largest, bound = fmin(PARAM_BOUND + share, MOST);
        double error = fabs((double)block[i] - want[i]) / largest;
        n_slack += share > PARAM_BOUND;
        if (!(error <= bound))
            fail_msg("%s, number %zu: relative error %.3g, bound %.3g", tensor->name,
                     i - tensor->offset, error, bound);
    }
    return n_slack;
}

static void follow(const struct trace *t, struct pool *pool)
{
    size_t n_params = t->net->layout.n_params, size = (size_t)t->n * t->config.embedding;
    float *grad = zero_floats(n_params), *m = zero_floats(n_params), *v = zero_floats(n_params);
    float *e = zero_floats(size), *de = zero_floats(size), logits[MAX_PAIRS], dlogits[MAX_PAIRS];
    double *slack = calloc(n_params, sizeof *slack), worst = 0;
    assert_non_null(slack);
    struct nn_params views = nn_params_at(&t->net->layout, grad);
    struct nn_work *work;
    size_t n_slack = 0;
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
        worst = fmax(worst, check_gradient(t, grad, e, de, step));
        nn_adam_step(&t->adam, step, n_params, t->net->block, grad, m, v, pool);
        add_slack(t, grad, v, step, slack);
    }
    for (int i = 0; i < NN_TENSORS; i++)
        n_slack += assert_parameters(&t->net->layout.tensor[i], t->net->block, t->params, slack);
    print_message("%d channels: gradients within %.1e, parameters within %.1e after %d steps; %zu "
                  "of %zu have more than %.0e\n",
                  t->config.channels, worst, relative_error(n_params, t->net->block, t->params),
                  t->steps, n_slack, n_params, 2 * PARAM_BOUND);
    free(slack);
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
