// SPDX-License-Identifier: MIT
#include "core/base/clock.h"
#include "core/base/pool.h"
#include "core/nn/net.h"
#include "tests/numeric/numeric.h"

#include <pthread.h>

// As the paper's, but small, and with odd sides before each pooling: 25 -> 13, 11 -> 6, 5 -> 3.
static const struct nn_config small = {
    .side = 29,
    .channels = 3,
    .conv = {{5, 5, true}, {3, 6, true}, {2, 7, true}, {2, 7, false}},
    .embedding = 11,
};

// Several bands in two of its convolutions.
static const struct nn_config middling = {
    .side = 75,
    .channels = 3,
    .conv = {{10, 24, true}, {7, 9, true}, {3, 6, true}, {3, 5, true}},
    .embedding = 300,
};

static struct pool *make_pool(int n_workers)
{
    struct pool *pool;
    assert_int_equal(pool_create(&pool, n_workers, 0, NULL), 0);
    return pool;
}

static size_t input_size(const struct nn_config *config)
{
    return (size_t)config->channels * config->side * config->side;
}

// Random weights, and biases that are not zero.
static struct nn_net *make_net(const struct nn_config *config, uint64_t seed)
{
    struct nn_net *net;
    struct err err;
    struct rng rng;
    assert_int_equal(nn_net_create(&net, config, &err), 0);
    rng_seed(&rng, seed, 0);
    nn_net_init_glorot(net, &rng);
    for (int i = 0; i < NN_TENSORS; i++)
        if (net->layout.tensor[i].rank == 1)
            for (size_t k = 0; k < net->layout.tensor[i].size; k++)
                net->block[net->layout.tensor[i].offset + k] = rng_uniform(&rng, -0.1F, 0.1F);
    return net;
}

static struct nn_work *make_work(const struct nn_config *config, int n, enum nn_purpose purpose,
                                 struct pool *pool)
{
    struct nn_work *work;
    assert_int_equal(nn_work_create(&work, config, n, purpose, pool, NULL), 0);
    return work;
}

// ---- Layout and initial weights -----------------------------------------------------------------

static void koch_has_the_papers_shapes(void **state)
{
    (void)state;
    struct nn_layout layout;
    struct nn_config config = nn_config_koch(3);
    assert_int_equal(nn_layout(&layout, &config, NULL), 0);
    assert_int_equal(layout.n_params, 38964545);
    assert_int_equal(layout.flat, 9216);
    static const int conv_side[] = {96, 42, 18, 6}, out_side[] = {48, 21, 9, 6};
    assert_memory_equal(layout.conv_side, conv_side, sizeof conv_side);
    assert_memory_equal(layout.out_side, out_side, sizeof out_side);
    static const struct {
        const char *name;
        int rank, shape[4];
    } want[NN_TENSORS] = {
        {"embedding.conv1.weight", 4, {64, 3, 10, 10}},
        {"embedding.conv1.bias", 1, {64}},
        {"embedding.conv2.weight", 4, {128, 64, 7, 7}},
        {"embedding.conv2.bias", 1, {128}},
        {"embedding.conv3.weight", 4, {128, 128, 4, 4}},
        {"embedding.conv3.bias", 1, {128}},
        {"embedding.conv4.weight", 4, {256, 128, 4, 4}},
        {"embedding.conv4.bias", 1, {256}},
        {"embedding.fc.weight", 2, {4096, 9216}},
        {"embedding.fc.bias", 1, {4096}},
        {"head.weight", 2, {1, 4096}},
        {"head.bias", 1, {1}},
    };
    size_t offset = 0;
    for (int i = 0; i < NN_TENSORS; i++) {
        const struct nn_tensor *t = &layout.tensor[i];
        size_t size = 1;
        for (int k = 0; k < t->rank; k++)
            size *= (size_t)t->shape[k];
        assert_string_equal(t->name, want[i].name);
        assert_int_equal(t->rank, want[i].rank);
        assert_memory_equal(t->shape, want[i].shape, sizeof t->shape);
        assert_int_equal(t->size, size);
        assert_int_equal(t->offset, offset);
        offset += size;
    }
    config = nn_config_koch(1);
    assert_int_equal(nn_layout(&layout, &config, NULL), 0);
    assert_int_equal(layout.n_params, 38964545 - 64 * 2 * 100);
}

static void layout_refuses_what_cannot_be(void **state)
{
    (void)state;
    struct nn_config bad[] = {small, small, small, small, small, small, small, small, small};
    bad[0].side = 4;           // smaller than the first kernel
    bad[1].conv[3].kernel = 4; // larger than what the poolings leave
    bad[2].channels = 0;
    bad[3].embedding = -1;
    bad[4].conv[2].kernel = 0;
    bad[5].conv[1].channels = 0;
    bad[6].embedding = INT32_MAX;      // parameters beyond 2^31
    bad[7].side = 1 << 17;             // an input beyond 2^31
    bad[8].conv[0].channels = 1 << 24; // an output beyond 2^31
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct nn_layout layout;
        struct nn_net *net;
        struct nn_work *work;
        struct err err = {0};
        struct pool *pool = make_pool(1);
        assert_int_equal(nn_layout(&layout, &bad[i], &err), ERR_USAGE);
        assert_true(strncmp(err.text, "net: ", 5) == 0);
        assert_int_equal(nn_net_create(&net, &bad[i], &err), ERR_USAGE);
        assert_null(net);
        assert_int_equal(nn_work_create(&work, &bad[i], 1, NN_INFER, pool, &err), ERR_USAGE);
        assert_null(work);
        assert_int_equal(nn_work_create(&work, &small, 0, NN_INFER, pool, &err), ERR_USAGE);
        pool_destroy(pool);
    }
    nn_net_destroy(NULL);
    nn_work_destroy(NULL);
}

// The bound is kept and nearly reached, mean and variance are those of the uniform distribution.
static void check_uniform(const struct nn_tensor *t, const float *w, double limit)
{
    double sum = 0, squares = 0, largest = 0, n = (double)t->size;
    for (size_t i = 0; i < t->size; i++) {
        sum += w[i];
        squares += (double)w[i] * w[i];
        largest = fmax(largest, fabs(w[i]));
    }
    double variance = limit * limit / 3, deviation = sqrt(variance / n);
    if (largest > limit * 1.000001 || largest < limit * (1 - 20 / n))
        fail_msg("%s: largest %g, limit %g", t->name, largest, limit);
    if (fabs(sum / n) > 5 * deviation)
        fail_msg("%s: mean %g, deviation %g", t->name, sum / n, deviation);
    if (fabs(squares / n / variance - 1) > 5 * 0.8944 / sqrt(n)) // of x^2: sqrt(4 / 5)
        fail_msg("%s: variance %g, should be %g", t->name, squares / n, variance);
}

static void glorot_has_its_bounds_and_variance(void **state)
{
    (void)state;
    struct nn_config config = nn_config_koch(3);
    config.embedding = 512; // otherwise the paper's; less to draw
    struct nn_net *net;
    struct rng rng;
    assert_int_equal(nn_net_create(&net, &config, NULL), 0);
    assert_int_equal((uintptr_t)net->block % 64, 0);
    rng_seed(&rng, 9, 0);
    nn_net_init_glorot(net, &rng);
    static const double fans[] = {(3 + 64) * 100,   (64 + 128) * 49, (128 + 128) * 16,
                                  (128 + 256) * 16, 9216 + 512,      512 + 1};
    for (int i = 0; i < NN_TENSORS; i++) {
        const struct nn_tensor *t = &net->layout.tensor[i];
        if (i % 2 == 0)
            check_uniform(t, net->block + t->offset, sqrt(6 / fans[i / 2]));
        else
            for (size_t k = 0; k < t->size; k++)
                assert_true(net->block[t->offset + k] == 0);
    }
    nn_net_destroy(net);
}

// ---- Against a net in double, written from the definition ---------------------------------------

// y[o, i, j] of a convolution, then relu and pooling, on one picture. Returns the new side.
static int double_conv(const struct nn_conv_spec *spec, int ci, int h, const double *x,
                       const double *w, const double *b, double *y)
{
    int k = spec->kernel, side = h - k + 1, step = spec->pool ? 2 : 1;
    int out = (side + step - 1) / step;
    memset(y, 0, (size_t)spec->channels * out * out * sizeof *y);
    for (int o = 0; o < spec->channels; o++)
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++) {
                double sum = b[o];
                for (int c = 0; c < ci; c++)
                    for (int u = 0; u < k; u++)
                        for (int v = 0; v < k; v++)
                            sum +=
                                w[((o * ci + c) * k + u) * k + v] * x[(c * h + i + u) * h + j + v];
                double *to = &y[(o * out + i / step) * out + j / step];
                *to = fmax(*to, sum);
            }
    return out;
}

static void double_embed(const struct nn_config *config, const struct nn_layout *layout,
                         const double *p, const float *picture, double *e)
{
    static double a[20000], b[20000];
    double *x = a, *y = b;
    int side = config->side, channels = config->channels;
    for (size_t i = 0; i < input_size(config); i++)
        x[i] = picture[i];
    const struct nn_tensor *t = layout->tensor;
    for (int l = 0; l < NN_CONVS; l++, t += 2) {
        side =
            double_conv(&config->conv[l], channels, side, x, p + t[0].offset, p + t[1].offset, y);
        channels = config->conv[l].channels;
        double *swap = x;
        x = y;
        y = swap;
    }
    for (int k = 0; k < config->embedding; k++) {
        double sum = p[t[1].offset + (size_t)k];
        for (int i = 0; i < layout->flat; i++)
            sum += p[t[0].offset + (size_t)k * layout->flat + i] * x[i];
        e[k] = 1 / (1 + exp(-sum));
    }
}

struct problem {
    struct nn_config config;
    struct nn_layout layout;
    const float *x;
    int n;
    const struct nn_pair *pairs;
    int m;
};

static double double_loss(const struct problem *problem, const double *p)
{
    static double e[16][64];
    int size = problem->config.embedding;
    for (int i = 0; i < problem->n; i++)
        double_embed(&problem->config, &problem->layout, p,
                     problem->x + i * input_size(&problem->config), e[i]);
    const double *w = p + problem->layout.tensor[NN_TENSORS - 2].offset, bias = w[size];
    double loss = 0;
    for (int i = 0; i < problem->m; i++) {
        const struct nn_pair *pair = &problem->pairs[i];
        double z = bias;
        for (int k = 0; k < size; k++)
            z += w[k] * fabs(e[pair->a][k] - e[pair->b][k]);
        double score = 1 / (1 + exp(-z));
        loss -= pair->label > 0.5F ? log(score) : log(1 - score);
    }
    return loss / problem->m;
}

// Loss and gradient of the whole thing by the program. grad: [n_params].
static double program_loss(const struct problem *problem, const struct nn_net *net, float *grad)
{
    struct pool *pool = make_pool(2);
    struct nn_work *work = make_work(&problem->config, problem->n, NN_TRAIN, pool);
    size_t size = (size_t)problem->n * problem->config.embedding;
    float *e = zero_floats(size), *de = zero_floats(size);
    float logits[16], dlogits[16];
    struct nn_params views = nn_params_at(&problem->layout, grad);
    assert_int_equal(nn_forward(net, work, problem->x, problem->n, e, NULL), 0);
    nn_head_forward(net, e, problem->pairs, problem->m, logits);
    double loss = nn_bce(logits, problem->pairs, problem->m, dlogits);
    memset(grad, 0xff, problem->layout.n_params * sizeof *grad); // all of it must be overwritten
    nn_head_backward(net, e, problem->n, problem->pairs, problem->m, dlogits, de, &views);
    assert_int_equal(nn_backward(net, work, problem->x, problem->n, e, de, &views, NULL), 0);
    free(e);
    free(de);
    nn_work_destroy(work);
    pool_destroy(pool);
    return loss;
}

// Difference quotients of some parameters of each tensor, in double, against the gradient. Where
// all of a tensor's gradient is small, it is the rest of larger terms, with their rounding error.
static void check_tensor(const struct problem *problem, const struct nn_tensor *t, double *p,
                         const float *grad, struct rng *rng)
{
    double scale = 1e-3;
    bool any = false;
    for (size_t i = 0; i < t->size; i++) {
        scale = fmax(scale, fabs(grad[t->offset + i]));
        any |= grad[t->offset + i] != 0;
    }
    assert_true(any);
    for (int i = 0; i < 12; i++) {
        size_t at = t->offset + rng_below(rng, (uint32_t)t->size);
        double was = p[at], step = 1e-6;
        p[at] = was + step;
        double above = double_loss(problem, p);
        p[at] = was - step;
        double below = double_loss(problem, p);
        p[at] = was;
        double slope = (above - below) / (2 * step);
        if (!(fabs(slope - grad[at]) <= 1e-4 * scale))
            fail_msg("%s, element %d: difference quotient %g, gradient %g", t->name,
                     (int)(at - t->offset), slope, grad[at]);
    }
}

static void check_gradient(const struct nn_config *config, uint64_t seed)
{
    static const struct nn_pair pairs[] = {{0, 1, 1}, {0, 2, 0}, {1, 2, 0}, {3, 3, 1}, {4, 0, 1}};
    struct problem problem = {.config = *config, .n = 5, .pairs = pairs, .m = 5};
    struct nn_net *net = make_net(config, seed);
    struct rng rng;
    rng_seed(&rng, seed, 1);
    float *x = random_floats(&rng, 5 * input_size(config), 0, 1);
    for (size_t i = 0; i < 5 * input_size(config); i++) // unlike each other, as noise alone is not
        x[i] *= (float)(i / input_size(config)) - 1.5F;
    for (size_t i = 0; i < net->layout.tensor[2 * NN_CONVS].size; i++)
        net->p.fc_w[i] *= 5; // embeddings all over 0..1
    problem.layout = net->layout;
    problem.x = x;
    float *grad = zero_floats(net->layout.n_params);
    double *p = malloc(net->layout.n_params * sizeof *p);
    for (size_t i = 0; i < net->layout.n_params; i++)
        p[i] = net->block[i];
    assert_true(fabs(program_loss(&problem, net, grad) - double_loss(&problem, p)) < 1e-6);
    for (int i = 0; i < NN_TENSORS; i++)
        check_tensor(&problem, &net->layout.tensor[i], p, grad, &rng);
    free(x);
    free(grad);
    free(p);
    nn_net_destroy(net);
}

static void backward_is_the_derivative(void **state)
{
    (void)state;
    struct nn_config config = small;
    check_gradient(&config, 21);
    config.channels = 1;
    config.side = 30; // even before the first pooling
    check_gradient(&config, 22);
    config.conv[3].kernel = 1; // 3x3 before the last pooling
    config.conv[3].pool = true;
    config.conv[1].pool = false;
    config.conv[1].kernel = 8;
    check_gradient(&config, 23);
}

// ---- Passes
// --------------------------------------------------------------------------------------

static void batch_equals_single_pictures(void **state)
{
    (void)state;
    enum { N = 7 };
    struct nn_net *net = make_net(&middling, 31);
    struct pool *pool = make_pool(2);
    struct nn_work *many = make_work(&middling, N, NN_INFER, pool);
    struct nn_work *one = make_work(&middling, 1, NN_INFER, pool);
    struct nn_work *train = make_work(&middling, N + 3, NN_TRAIN, pool);
    struct rng rng;
    rng_seed(&rng, 32, 0);
    size_t in = input_size(&middling), size = (size_t)middling.embedding;
    float *x = random_floats(&rng, N * in, 0, 1), *e = zero_floats(N * size);
    float *single = zero_floats(size), *trained = zero_floats(N * size);
    assert_int_equal(nn_forward(net, many, x, N, e, NULL), 0);
    assert_int_equal(nn_forward(net, train, x, N, trained, NULL), 0);
    assert_memory_equal(e, trained, N * size * sizeof *e);
    for (int i = 0; i < N; i++) {
        assert_int_equal(nn_forward(net, one, x + i * in, 1, single, NULL), 0);
        for (size_t k = 0; k < size; k++)
            assert_true(fabsf(single[k] - e[i * size + k]) < 1e-5F);
    }
    assert_true(relative_error(size, e, e + size) > 1e-3); // the pictures do differ
    free(x);
    free(e);
    free(single);
    free(trained);
    nn_work_destroy(many);
    nn_work_destroy(one);
    nn_work_destroy(train);
    pool_destroy(pool);
    nn_net_destroy(net);
}

// Embeddings and gradients of n pictures with so many workers.
static void run_passes(const struct nn_net *net, const float *x, int n, int n_workers, float *e,
                       float *grad)
{
    struct pool *pool = make_pool(n_workers);
    struct nn_work *work = make_work(&net->config, n, NN_TRAIN, pool);
    struct rng rng;
    rng_seed(&rng, 41, 0);
    float *de = random_floats(&rng, (size_t)n * net->config.embedding, -1, 1);
    struct nn_params views = nn_params_at(&net->layout, grad);
    assert_int_equal(nn_forward(net, work, x, n, e, NULL), 0);
    assert_int_equal(nn_backward(net, work, x, n, e, de, &views, NULL), 0);
    free(de);
    nn_work_destroy(work);
    pool_destroy(pool);
}

static void workers_change_no_bit(void **state)
{
    (void)state;
    static const int counts[] = {1, 3, 21}; // pictures; 21: groups of one and of two
    struct nn_net *net = make_net(&middling, 42);
    size_t n_params = net->layout.n_params, head = net->layout.tensor[NN_TENSORS - 2].offset;
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        int n = counts[k];
        size_t size = (size_t)n * middling.embedding;
        struct rng rng;
        rng_seed(&rng, 43, 0);
        float *x = random_floats(&rng, n * input_size(&middling), 0, 1);
        float *e[3], *grad[3];
        static const int workers[] = {1, 2, 5};
        for (int i = 0; i < 3; i++) {
            e[i] = zero_floats(size);
            grad[i] = zero_floats(n_params);
            run_passes(net, x, n, workers[i], e[i], grad[i]);
            assert_memory_equal(e[0], e[i], size * sizeof *e[0]);
            assert_memory_equal(grad[0], grad[i], n_params * sizeof *grad[0]);
        }
        for (size_t i = head; i < n_params; i++) // the head's are left alone
            assert_true(grad[0][i] == 0);
        for (int i = 0; i < 3; i++) {
            free(e[i]);
            free(grad[i]);
        }
        free(x);
    }
    nn_net_destroy(net);
}

static void *set_soon(void *flag)
{
    clock_sleep_until(clock_now_ns() + 10 * CLOCK_SECOND / 1000);
    atomic_store((atomic_bool *)flag, true);
    return NULL;
}

static void stop_ends_a_pass(void **state)
{
    (void)state;
    enum { N = 48 };
    struct nn_config config = nn_config_koch(3);
    config.embedding = 64; // fc matters little here
    struct nn_net *net = make_net(&config, 51);
    struct pool *pool = make_pool(2);
    struct nn_work *work = make_work(&config, N, NN_TRAIN, pool);
    float *x = zero_floats(N * input_size(&config)), *e = zero_floats(N * 64);
    float *grad = zero_floats(net->layout.n_params);
    struct nn_params views = nn_params_at(&net->layout, grad);
    atomic_bool stop = true;
    assert_int_equal(nn_forward(net, work, x, N, e, &stop), NN_STOPPED);
    atomic_store(&stop, false);
    assert_int_equal(nn_forward(net, work, x, 1, e, &stop), 0);
    atomic_store(&stop, true);
    assert_int_equal(nn_backward(net, work, x, 1, e, e, &views, &stop), NN_STOPPED);

    pthread_t thread;
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&thread, NULL, set_soon, &stop), 0);
    int64_t start = clock_now_ns();
    assert_int_equal(nn_forward(net, work, x, N, e, &stop), NN_STOPPED); // whole: 0.3 s and more
    assert_true(clock_now_ns() - start < CLOCK_SECOND);
    pthread_join(thread, NULL);
    free(x);
    free(e);
    free(grad);
    nn_work_destroy(work);
    pool_destroy(pool);
    nn_net_destroy(net);
}

// ---- The head
// ------------------------------------------------------------------------------------

static void head_is_its_formula(void **state)
{
    (void)state;
    struct nn_config config = small;
    config.embedding = 35; // not a multiple of any vector
    struct nn_net *net = make_net(&config, 61);
    struct rng rng;
    rng_seed(&rng, 62, 0);
    float *e = random_floats(&rng, 3 * 35, 0, 1), logits[3];
    const struct nn_pair pairs[] = {{0, 1, 1}, {2, 0, 0}, {1, 1, 1}};
    nn_head_forward(net, e, pairs, 3, logits);
    for (int i = 0; i < 3; i++) {
        double z = net->p.head_b[0];
        for (int k = 0; k < 35; k++)
            z += net->p.head_w[k] * fabs((double)e[pairs[i].a * 35 + k] - e[pairs[i].b * 35 + k]);
        assert_true(fabs(logits[i] - z) < 1e-5);
    }
    assert_true(logits[2] == net->p.head_b[0]);
    assert_true(nn_head_logit(net, e, e + 35) == nn_head_logit(net, e + 35, e));
    free(e);
    nn_net_destroy(net);
}

// Where two embeddings agree in a component, its derivative is 0, and so is a picture's with
// itself.
static void head_backward_is_zero_at_zero(void **state)
{
    (void)state;
    struct nn_net *net = make_net(&small, 63);
    enum { E = 11 };
    float e[3 * E], de[3 * E];
    for (int k = 0; k < 3 * E; k++)
        e[k] = 0.5F;
    e[0] = 0.75F;
    const struct nn_pair pairs[] = {{0, 1, 1}, {2, 2, 0}};
    const float dlogits[] = {2, 3};
    float *grad = zero_floats(net->layout.n_params);
    struct nn_params views = nn_params_at(&net->layout, grad);
    memset(de, 0xff, sizeof de);
    nn_head_backward(net, e, 3, pairs, 2, dlogits, de, &views);
    assert_true(de[0] == 2 * net->p.head_w[0] && de[E] == -de[0]);
    assert_true(views.head_w[0] == 0.5F && views.head_b[0] == 5);
    for (int k = 1; k < E; k++)
        assert_true(de[k] == 0 && de[E + k] == 0 && views.head_w[k] == 0);
    for (int k = 0; k < E; k++)
        assert_true(de[2 * E + k] == 0);
    free(grad);
    nn_net_destroy(net);
}

static void bce_neither_overflows_nor_saturates(void **state)
{
    (void)state;
    const float logits[] = {0, 200, -200, 200, -200, 2, 20};
    const struct nn_pair pairs[] = {{0, 1, 1}, {0, 1, 1}, {0, 1, 0}, {0, 1, 0},
                                    {0, 1, 1}, {0, 1, 0}, {0, 1, 1}};
    const double want[] = {log(2), 0, 0, 200, 200, 2.1269280110429727, 2.0611536181902037e-9};
    const double slope[] = {-0.5, 0, 0, 1, -1, 0.8807970779778823, -2.0611536181902037e-9};
    for (int i = 0; i < 7; i++) {
        float d;
        double loss = nn_bce(&logits[i], &pairs[i], 1, &d);
        assert_true(fabs(loss - want[i]) <= 1e-6 * want[i] + 1e-30);
        assert_true(fabs(d - slope[i]) <= 1e-6 * fabs(slope[i]) + 1e-30);
    }
    float d[7];
    double sum = 0;
    for (int i = 0; i < 7; i++)
        sum += want[i];
    assert_true(fabs(nn_bce(logits, pairs, 7, d) - sum / 7) < 1e-6);
    assert_true(fabs(d[3] - 1.0 / 7) < 1e-7);
    assert_true(nn_bce(logits, pairs, 7, NULL) == nn_bce(logits, pairs, 7, d));
    assert_true(isnan(nn_bce(&(float){NAN}, pairs, 1, NULL)));
    assert_true(nn_sigmoid(0) == 0.5F && nn_sigmoid(200) == 1 && nn_sigmoid(-200) < 1e-30F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(koch_has_the_papers_shapes),
        cmocka_unit_test(layout_refuses_what_cannot_be),
        cmocka_unit_test(glorot_has_its_bounds_and_variance),
        cmocka_unit_test(backward_is_the_derivative),
        cmocka_unit_test(batch_equals_single_pictures),
        cmocka_unit_test(workers_change_no_bit),
        cmocka_unit_test(stop_ends_a_pass),
        cmocka_unit_test(head_is_its_formula),
        cmocka_unit_test(head_backward_is_zero_at_zero),
        cmocka_unit_test(bce_neither_overflows_nor_saturates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
