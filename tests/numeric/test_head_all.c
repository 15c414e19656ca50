// SPDX-License-Identifier: MIT
// The head on all pairs at once, against the head on each, and how a net at its start is fitted to
// pictures.
#include "tests/numeric/nets.h"

enum { N = 9, E = 600, PAIRS = N * (N - 1) / 2 }; // E: two whole pieces of columns and one cut

struct case_of {
    struct nn_net *net;
    float *e;       // [N, E]
    float *dlogits; // [N, N], the two of a pair differ, 1e9 on the diagonal
};

static struct case_of make_case(uint64_t seed)
{
    struct nn_config config = small_config;
    struct rng rng;
    config.embedding = E;
    rng_seed(&rng, seed, 0);
    struct case_of c = {make_net(&config, seed), random_floats(&rng, (size_t)N * E, 0, 1),
                        random_floats(&rng, (size_t)N * N, -1, 1)};
    for (int i = 0; i < N; i++)
        c.dlogits[i * N + i] = 1e9F;
    for (int k = 0; k < E; k += 7) // components that agree
        c.e[k] = c.e[E + k];
    return c;
}

static void drop_case(struct case_of *c)
{
    nn_net_destroy(c->net);
    free(c->e);
    free(c->dlogits);
}

static void list_pairs(struct nn_pair *pairs)
{
    for (int a = 0, i = 0; a < N; a++)
        for (int b = 0; b < a; b++)
            pairs[i++] = (struct nn_pair){a, b, 0};
}

static void forward_is_that_of_each_pair(void **state)
{
    (void)state;
    struct case_of c = make_case(71);
    struct pool *pool = make_pool(2);
    struct nn_pair pairs[PAIRS];
    float all[N * N], each[PAIRS];
    memset(all, 0xff, sizeof all);
    list_pairs(pairs);
    nn_head_all_forward(c.net, c.e, N, all, pool);
    nn_head_forward(c.net, c.e, pairs, PAIRS, each);
    for (int i = 0; i < PAIRS; i++) {
        assert_true(all[pairs[i].a * N + pairs[i].b] == each[i]);
        assert_true(all[pairs[i].b * N + pairs[i].a] == each[i]);
    }
    for (int i = 0; i < N; i++)
        assert_true(all[i * N + i] == 0);
    pool_destroy(pool);
    drop_case(&c);
}

static void backward_is_that_of_each_pair(void **state)
{
    (void)state;
    struct case_of c = make_case(72);
    struct pool *pool = make_pool(2);
    size_t n_params = c.net->layout.n_params;
    float *grad = zero_floats(n_params), *want = zero_floats(n_params);
    float *de = zero_floats((size_t)N * E), *want_de = zero_floats((size_t)N * E);
    struct nn_params views = nn_params_at(&c.net->layout, grad);
    struct nn_params want_views = nn_params_at(&c.net->layout, want);
    struct nn_pair pairs[PAIRS];
    float each[PAIRS];
    list_pairs(pairs);
    for (int i = 0; i < PAIRS; i++)
        each[i] = c.dlogits[pairs[i].a * N + pairs[i].b] + c.dlogits[pairs[i].b * N + pairs[i].a];
    memset(de, 0xff, (size_t)N * E * sizeof *de);
    memset(views.head_w, 0xff, E * sizeof *de);
    nn_head_all_backward(c.net, c.e, N, c.dlogits, de, &views, pool);
    nn_head_backward(c.net, c.e, N, pairs, PAIRS, each, want_de, &want_views);
    assert_close((size_t)N * E, de, want_de, 1e-6, "embeddings");
    assert_close(E, views.head_w, want_views.head_w, 1e-6, "weights");
    assert_close(1, views.head_b, want_views.head_b, 1e-5, "bias");
    for (size_t i = 0; i < (size_t)(views.head_w - grad); i++)
        assert_true(grad[i] == 0); // the rest of the net's is not its own
    free(grad);
    free(want);
    free(de);
    free(want_de);
    pool_destroy(pool);
    drop_case(&c);
}

static void workers_change_no_bit(void **state)
{
    (void)state;
    struct case_of c = make_case(73);
    float logits[2][N * N], *de[2], *grad[2];
    size_t n_params = c.net->layout.n_params;
    for (int i = 0; i < 2; i++) {
        struct pool *pool = make_pool(i ? 3 : 1);
        de[i] = zero_floats((size_t)N * E);
        grad[i] = zero_floats(n_params);
        struct nn_params views = nn_params_at(&c.net->layout, grad[i]);
        nn_head_all_forward(c.net, c.e, N, logits[i], pool);
        nn_head_all_backward(c.net, c.e, N, c.dlogits, de[i], &views, pool);
        pool_destroy(pool);
    }
    assert_memory_equal(logits[0], logits[1], sizeof logits[0]);
    assert_memory_equal(de[0], de[1], (size_t)N * E * sizeof *de[0]);
    assert_memory_equal(grad[0], grad[1], n_params * sizeof *grad[0]);
    for (int i = 0; i < 2; i++) {
        free(de[i]);
        free(grad[i]);
    }
    drop_case(&c);
}

// ---- A net at its start -----------------------------------------------------------------------

struct moments {
    double mean, deviation;
};

static struct moments moments_of(const double *x, int n)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++)
        sum += x[i];
    for (int i = 0; i < n; i++)
        squares += (x[i] - sum / n) * (x[i] - sum / n);
    return (struct moments){sum / n, sqrt(squares / n)};
}

// Weights of variance 2 / fan_in, and an input of 0.5 gives nothing.
static void he_weights_keep_the_variance(void **state)
{
    (void)state;
    struct nn_net *net;
    struct rng rng;
    assert_int_equal(nn_net_create(&net, &tiled_config, NULL), 0);
    rng_seed(&rng, 74, 0);
    nn_net_init_he(net, &rng);
    const int fan_in[NN_CONVS] = {3 * 100, 24 * 49, 9 * 9, 6 * 9};
    for (int l = 0; l < NN_CONVS; l++) {
        const struct nn_tensor *w = &net->layout.tensor[2 * l], *b = &net->layout.tensor[2 * l + 1];
        double sum = 0;
        for (size_t k = 0; k < w->size; k++)
            sum += (double)net->p.conv_w[l][k] * (double)net->p.conv_w[l][k];
        double variance = sum / (double)w->size * fan_in[l] / 2;
        assert_true(fabs(variance - 1) < 6 / sqrt((double)w->size));
        size_t per_output = w->size / b->size;
        for (size_t k = 0; k < b->size; k++) {
            double at_half = (double)net->p.conv_b[l][k];
            for (size_t i = 0; i < per_output && l == 0; i++)
                at_half += 0.5 * (double)net->p.conv_w[l][k * per_output + i];
            assert_true(fabs(at_half) < 1e-5);
        }
    }
    nn_net_destroy(net);
}

static void check_fit(const struct nn_config *config, int n, float spread, uint64_t seed)
{
    struct nn_net *net;
    struct rng rng;
    struct pool *pool = make_pool(1);
    int size = config->embedding, n_pairs = 0;
    assert_int_equal(nn_net_create(&net, config, NULL), 0);
    rng_seed(&rng, seed, 0);
    nn_net_init_he(net, &rng);
    struct nn_work *work = make_work(config, n, NN_INFER, pool);
    float *x = random_floats(&rng, (size_t)n * input_size(config), 0, 1);
    float *e = zero_floats((size_t)n * (size_t)size);
    nn_net_fit(net, work, x, n, spread, e);
    nn_work_set_net(work, net);
    assert_int_equal(nn_forward(net, work, x, n, e, NULL), 0);

    double *z = malloc((size_t)(n * size) * sizeof *z),
           *logits = malloc((size_t)(n * n) * sizeof *z);
    assert_true(z && logits);
    for (int k = 0; k < size; k++) {
        for (int i = 0; i < n; i++) {
            double y = (double)e[i * size + k];
            z[k * n + i] = log(y / (1 - y));
        }
        assert_true(fabs(moments_of(z + k * n, n).mean) < 1e-3 * (double)spread);
        assert_true(net->p.head_w[k] == net->p.head_w[0] && net->p.head_w[k] < 0);
    }
    struct moments outputs = moments_of(z, n * size);
    assert_true(fabs(outputs.deviation / (double)spread - 1) < 1e-3);
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++)
            logits[n_pairs++] = (double)nn_head_logit(net, e + a * size, e + b * size);
    struct moments pairs = moments_of(logits, n_pairs);
    if (!(fabs(pairs.mean) < 1e-3 && fabs(pairs.deviation - 1) < 1e-2))
        fail_msg("logits: mean %g, deviation %g", pairs.mean, pairs.deviation);
    free(z);
    free(logits);
    free(x);
    free(e);
    nn_work_destroy(work);
    nn_net_destroy(net);
    pool_destroy(pool);
}

static void fitted_to_its_pictures(void **state)
{
    (void)state;
    check_fit(&small_config, 20, 1.5F, 75);
    check_fit(&small_config, 7, 0.5F, 76);
    check_fit(&tiled_config, 12, 1, 77);
}

int main(void)
{
    nn_blas_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_that_of_each_pair),
        cmocka_unit_test(backward_is_that_of_each_pair),
        cmocka_unit_test(workers_change_no_bit),
        cmocka_unit_test(he_weights_keep_the_variance),
        cmocka_unit_test(fitted_to_its_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
