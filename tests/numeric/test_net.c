// SPDX-License-Identifier: MIT
#include "core/base/clock.h"
#include "tests/numeric/nets.h"

#include <pthread.h>

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
    struct nn_config bad[] = {small_config, small_config, small_config, small_config, small_config,
                              small_config, small_config, small_config, small_config};
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
        assert_int_equal(nn_work_create(&work, &small_config, 0, NN_INFER, pool, &err), ERR_USAGE);
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

// ---- Passes ------------------------------------------------------------------------------------

static void batch_equals_single_pictures(void **state)
{
    (void)state;
    enum { N = 7 };
    struct nn_net *net = make_net(&tiled_config, 31);
    struct pool *pool = make_pool(2);
    struct nn_work *many = make_work_of(net, N, NN_INFER, pool);
    struct nn_work *one = make_work_of(net, 1, NN_INFER, pool);
    struct nn_work *train = make_work(&tiled_config, N + 3, NN_TRAIN, pool);
    struct rng rng;
    rng_seed(&rng, 32, 0);
    size_t in = input_size(&tiled_config), size = (size_t)tiled_config.embedding;
    float *x = random_floats(&rng, N * in, 0, 1), *e = zero_floats(N * size);
    float *single = zero_floats(size), *trained = zero_floats(N * size);
    assert_int_equal(nn_forward(net, many, x, N, e, NULL), 0);
    assert_int_equal(nn_forward(net, train, x, N, trained, NULL), 0);
    assert_close(N * size, trained, e, 1e-6, "training's embeddings"); // other tiles may be best
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
    assert_int_equal(nn_backward(net, work, n, e, de, &views, NULL), 0);
    free(de);
    nn_work_destroy(work);
    pool_destroy(pool);
}

static void workers_change_no_bit(void **state)
{
    (void)state;
    static const int counts[] = {1, 3, 21}; // pictures
    struct nn_net *net = make_net(&tiled_config, 42);
    size_t n_params = net->layout.n_params, head = net->layout.tensor[NN_TENSORS - 2].offset;
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        int n = counts[k];
        size_t size = (size_t)n * tiled_config.embedding;
        struct rng rng;
        rng_seed(&rng, 43, 0);
        float *x = random_floats(&rng, n * input_size(&tiled_config), 0, 1);
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

// A batch's gradient is the sum of its pictures'.
static void batch_gradient_is_the_sum(void **state)
{
    (void)state;
    enum { N = 21 };
    struct nn_net *net = make_net(&small_config, 44);
    size_t n_params = net->layout.n_params, in = input_size(&small_config),
           size = small_config.embedding;
    struct pool *pool = make_pool(2);
    struct nn_work *work = make_work(&small_config, N, NN_TRAIN, pool);
    struct rng rng;
    rng_seed(&rng, 45, 0);
    float *x = random_floats(&rng, N * in, 0, 1), *de = random_floats(&rng, N * size, -1, 1);
    float *e = zero_floats(N * size), *grad = zero_floats(n_params);
    float *one = zero_floats(n_params), *sum = zero_floats(n_params);
    struct nn_params one_views = nn_params_at(&net->layout, one);
    struct nn_params views = nn_params_at(&net->layout, grad);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(nn_forward(net, work, x + i * in, 1, e, NULL), 0);
        assert_int_equal(nn_backward(net, work, 1, e, de + i * size, &one_views, NULL), 0);
        for (size_t k = 0; k < n_params; k++)
            sum[k] += one[k];
    }
    assert_int_equal(nn_forward(net, work, x, N, e, NULL), 0);
    assert_int_equal(nn_backward(net, work, N, e, de, &views, NULL), 0);
    for (int i = 0; i < NN_TENSORS - 2; i++) {
        const struct nn_tensor *t = &net->layout.tensor[i];
        assert_close(t->size, grad + t->offset, sum + t->offset, 1e-5, t->name);
    }
    float *const all[] = {x, de, e, grad, one, sum};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    nn_work_destroy(work);
    pool_destroy(pool);
    nn_net_destroy(net);
}

// ---- Inference ----------------------------------------------------------------------------------

// One picture's embedding by a work space of the purpose.
static float *embed(const struct nn_net *net, const float *x, enum nn_purpose purpose,
                    int n_workers)
{
    struct pool *pool = make_pool(n_workers);
    struct nn_work *work = make_work_of(net, 1, purpose, pool);
    float *e = zero_floats((size_t)net->config.embedding);
    assert_int_equal(nn_forward(net, work, x, 1, e, NULL), 0);
    nn_work_destroy(work);
    pool_destroy(pool);
    return e;
}

#define LIVE_BOUND 5e-4 // of an embedding in 0..1; weights of 16 bits have 11 digits

// Returns the largest difference.
static double check_live(const struct nn_config *config, uint64_t seed)
{
    struct nn_net *net = make_net(config, seed);
    struct rng rng;
    rng_seed(&rng, seed, 1);
    double worst = 0;
    size_t size = (size_t)config->embedding;
    for (int picture = 0; picture < 3; picture++) {
        float *x = random_floats(&rng, input_size(config), 0, 1);
        float *e = embed(net, x, NN_INFER, 2), *live = embed(net, x, NN_LIVE, 2);
        float *alone = embed(net, x, NN_LIVE, 1);
        assert_memory_equal(live, alone, size * sizeof *live);
        for (size_t k = 0; k < size; k++)
            worst = fmax(worst, isnan(live[k]) ? INFINITY : fabs((double)live[k] - e[k]));
        if (memcmp(e, live, size * sizeof *e) == 0)
            fail_msg("%s, embedding %d: the same bits as float32's", nn_kernels()->name,
                     config->embedding);
        free(x);
        free(e);
        free(live);
        free(alone);
    }
    if (!(worst < LIVE_BOUND))
        fail_msg("embedding %d: differs by %g", config->embedding, worst);
    nn_net_destroy(net);
    return worst;
}

static void live_is_close_to_float32(void **state)
{
    (void)state;
    static const int sizes[] = {1, 7, 127, 128, 129, 300};
    struct nn_config config = tiled_config;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        config.embedding = sizes[i];
        check_live(&config, 60 + i);
    }
    config = nn_config_koch(3);
    print_message("the paper's net: differs by %.1e\n", check_live(&config, 70));
}

#define SCORE_BOUND 0.002 // of a score in 0..1
#ifdef INSTRUMENTED
enum { SCORED = 100 };
#else
enum { SCORED = 300 };
#endif

// The plain C kernels take their time; what they do with 16 bits is the same but for rounding.
static size_t n_scored(void)
{
    return strcmp(nn_kernels()->name, "generic") == 0 ? 100 : SCORED;
}

// Soft spots of light and some noise.
static void draw_picture(struct rng *rng, const struct nn_config *config, float *x)
{
    enum { SPOTS = 4 };
    int side = config->side;
    for (int c = 0; c < config->channels; c++, x += (size_t)side * side) {
        float row[SPOTS][128], col[SPOTS][128]; // a spot is a product of two bells
        assert_in_range(side, 1, 128);
        for (int s = 0; s < SPOTS; s++) {
            float y = rng_uniform(rng, 0, (float)side), z = rng_uniform(rng, 0, (float)side);
            float width = rng_uniform(rng, 5, 40), light = rng_uniform(rng, -0.6F, 0.8F);
            for (int i = 0; i < side; i++) {
                float dy = ((float)i - y) / width, dz = ((float)i - z) / width;
                row[s][i] = light * expf(-dy * dy);
                col[s][i] = expf(-dz * dz);
            }
        }
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++) {
                float sum = 0.35F + rng_uniform(rng, -0.05F, 0.05F);
                for (int s = 0; s < SPOTS; s++)
                    sum += row[s][i] * col[s][j];
                x[i * side + j] = fminf(fmaxf(sum, 0), 1);
            }
    }
}

// Embeddings of the same pictures, one at a time: [n_scored(), embedding].
static float *embed_drawn(const struct nn_net *net, enum nn_purpose purpose)
{
    struct pool *pool = make_pool(2);
    struct nn_work *work = make_work_of(net, 1, purpose, pool);
    size_t size = (size_t)net->config.embedding;
    float *x = zero_floats(input_size(&net->config)), *e = zero_floats(n_scored() * size);
    struct rng rng;
    rng_seed(&rng, 77, 0);
    for (size_t i = 0; i < n_scored(); i++) {
        draw_picture(&rng, &net->config, x);
        assert_int_equal(nn_forward(net, work, x, 1, e + i * size, NULL), 0);
    }
    free(x);
    nn_work_destroy(work);
    pool_destroy(pool);
    return e;
}

// Scales and shifts the head so that the logits against e's first one have mean 0 and deviation 2,
// -6..6 that is.
static void spread_logits(struct nn_net *net, const float *e)
{
    size_t size = (size_t)net->config.embedding;
    double sum = 0, squares = 0, n = (double)n_scored() - 1;
    net->p.head_b[0] = 0;
    for (size_t i = 1; i < n_scored(); i++) {
        double z = nn_head_logit(net, e, e + i * size);
        sum += z;
        squares += z * z;
    }
    double mean = sum / n, scale = 2 / sqrt(squares / n - mean * mean);
    for (size_t k = 0; k < size; k++)
        net->p.head_w[k] *= (float)scale;
    net->p.head_b[0] = (float)(-mean * scale);
}

// The anchor is the first picture, with float32.
static void live_scores_are_close_to_float32(void **state)
{
    (void)state;
    struct nn_config config = nn_config_koch(3);
    struct nn_net *net = make_net(&config, 76);
    size_t size = (size_t)config.embedding;
    float *e = embed_drawn(net, NN_INFER), *live = embed_drawn(net, NN_LIVE);
    spread_logits(net, e);
    double worst = 0, lowest = 1, highest = 0;
    for (size_t i = 1; i < n_scored(); i++) {
        double want = nn_sigmoid(nn_head_logit(net, e, e + i * size));
        double difference = fabs(nn_sigmoid(nn_head_logit(net, e, live + i * size)) - want);
        worst = fmax(worst, isnan(difference) ? INFINITY : difference);
        lowest = fmin(lowest, want);
        highest = fmax(highest, want);
    }
    print_message("%d pictures, scores %.3f..%.3f: differ by at most %.1e\n", (int)n_scored(),
                  lowest, highest, worst);
    assert_true(lowest < 0.05 && highest > 0.95);
    if (!(worst < SCORE_BOUND))
        fail_msg("a score differs by %g", worst);
    free(e);
    free(live);
    nn_net_destroy(net);
}

// Several pictures at once have no use for weights of 16 bits.
static void live_takes_several_pictures(void **state)
{
    (void)state;
    struct nn_net *net = make_net(&small_config, 71);
    struct pool *pool = make_pool(2);
    struct nn_work *live = make_work_of(net, 3, NN_LIVE, pool);
    struct nn_work *infer = make_work_of(net, 3, NN_INFER, pool);
    struct rng rng;
    rng_seed(&rng, 72, 0);
    float *x = random_floats(&rng, 3 * input_size(&small_config), 0, 1), e[2][3 * 11];
    assert_int_equal(nn_forward(net, live, x, 3, e[0], NULL), 0);
    assert_int_equal(nn_forward(net, infer, x, 3, e[1], NULL), 0);
    assert_memory_equal(e[0], e[1], sizeof e[0]);
    assert_int_equal(nn_forward(net, live, x + input_size(&small_config), 1, e[0], NULL), 0);
    for (int k = 0; k < 11; k++)
        assert_true(fabsf(e[0][k] - e[1][11 + k]) < (float)LIVE_BOUND);
    free(x);
    nn_work_destroy(live);
    nn_work_destroy(infer);
    pool_destroy(pool);
    nn_net_destroy(net);
}

// Nothing of the parameters before is left.
static void set_net_takes_new_parameters(void **state)
{
    (void)state;
    static const enum nn_purpose purposes[] = {NN_INFER, NN_LIVE};
    struct nn_net *before = make_net(&small_config, 73), *net = make_net(&small_config, 74);
    struct pool *pool = make_pool(2);
    struct rng rng;
    rng_seed(&rng, 75, 0);
    float *x = random_floats(&rng, input_size(&small_config), 0, 1), e[11], was[11];
    for (int i = 0; i < 2; i++) {
        struct nn_work *work = make_work_of(before, 1, purposes[i], pool);
        assert_int_equal(nn_forward(before, work, x, 1, was, NULL), 0);
        nn_work_set_net(work, net);
        assert_int_equal(nn_forward(net, work, x, 1, e, NULL), 0);
        float *want = embed(net, x, purposes[i], 2);
        assert_memory_equal(e, want, sizeof e);
        assert_true(relative_error(11, e, was) > 1e-3);
        free(want);
        nn_work_destroy(work);
    }
    free(x);
    pool_destroy(pool);
    nn_net_destroy(before);
    nn_net_destroy(net);
}

// ---- Stopping -----------------------------------------------------------------------------------

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
    struct nn_work *infer = make_work_of(net, 1, NN_INFER, pool);
    float *x = zero_floats(N * input_size(&config)), *e = zero_floats(N * 64);
    float *grad = zero_floats(net->layout.n_params);
    struct nn_params views = nn_params_at(&net->layout, grad);
    atomic_bool stop = true;
    assert_int_equal(nn_forward(net, work, x, N, e, &stop), NN_STOPPED);
    assert_int_equal(nn_forward(net, infer, x, 1, e, &stop), NN_STOPPED);
    atomic_store(&stop, false);
    assert_int_equal(nn_forward(net, infer, x, 1, e, &stop), 0);
    assert_int_equal(nn_forward(net, work, x, 1, e, &stop), 0);
    atomic_store(&stop, true);
    assert_int_equal(nn_backward(net, work, 1, e, e, &views, &stop), NN_STOPPED);

    pthread_t thread;
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&thread, NULL, set_soon, &stop), 0);
    assert_int_equal(nn_forward(net, work, x, N, e, &stop), NN_STOPPED); // whole: 0.3 s and more
    pthread_join(thread, NULL);
    free(x);
    free(e);
    free(grad);
    nn_work_destroy(work);
    nn_work_destroy(infer);
    pool_destroy(pool);
    nn_net_destroy(net);
}

int main(void)
{
    nn_blas_init();
    if (simd_is_missing())
        return TEST_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(koch_has_the_papers_shapes),
        cmocka_unit_test(layout_refuses_what_cannot_be),
        cmocka_unit_test(glorot_has_its_bounds_and_variance),
        cmocka_unit_test(batch_equals_single_pictures),
        cmocka_unit_test(workers_change_no_bit),
        cmocka_unit_test(batch_gradient_is_the_sum),
        cmocka_unit_test(live_is_close_to_float32),
        cmocka_unit_test(live_scores_are_close_to_float32),
        cmocka_unit_test(live_takes_several_pictures),
        cmocka_unit_test(set_net_takes_new_parameters),
        cmocka_unit_test(stop_ends_a_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
