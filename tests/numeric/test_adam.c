// SPDX-License-Identifier: MIT
#include "core/base/pool.h"
#include "core/nn/adam.h"
#include "tests/numeric/numeric.h"

static void defaults_are_the_recipes(void **state)
{
    (void)state;
    struct nn_adam adam = nn_adam_default();
    assert_true(adam.lr == 1e-4F && adam.beta1 == 0.9F && adam.beta2 == 0.999F &&
                adam.eps == 1e-7F);
}

// The first step's size is lr whatever the gradient's; a zero gradient moves nothing.
static void first_step_is_the_rate(void **state)
{
    (void)state;
    const struct nn_adam adam = {.lr = 0.01F, .beta1 = 0.9F, .beta2 = 0.999F, .eps = 1e-7F};
    float p[] = {1, 1, 1, 1}, m[4] = {0}, v[4] = {0};
    const float g[] = {3, -0.5F, 0, 1e3F}, want[] = {0.99F, 1.01F, 1, 0.99F};
    nn_adam_step(&adam, 1, 4, p, g, m, v, NULL);
    for (int i = 0; i < 4; i++)
        assert_true(fabsf(p[i] - want[i]) < 1e-6F);
    assert_true(p[2] == 1);
}

// The header's formulas in double.
static void matches_the_formulas(void **state)
{
    (void)state;
    enum { N = 1000, STEPS = 60 };
    const struct nn_adam adam = {.lr = 0.02F, .beta1 = 0.8F, .beta2 = 0.95F, .eps = 1e-3F};
    struct rng rng;
    rng_seed(&rng, 4, 0);
    float *p = random_floats(&rng, N, -1, 1), *m = zero_floats(N), *v = zero_floats(N);
    static double pd[N], md[N], vd[N];
    static float want[N];
    for (int i = 0; i < N; i++)
        pd[i] = p[i];
    for (int t = 1; t <= STEPS; t++) {
        float *g = random_floats(&rng, N, -1, 1);
        nn_adam_step(&adam, t, N, p, g, m, v, NULL);
        for (int i = 0; i < N; i++) {
            md[i] = adam.beta1 * md[i] + (1.0 - adam.beta1) * g[i];
            vd[i] = adam.beta2 * vd[i] + (1.0 - adam.beta2) * g[i] * g[i];
            pd[i] -= adam.lr / (1 - pow(adam.beta1, t)) * md[i] /
                     (sqrt(vd[i] / (1 - pow(adam.beta2, t))) + adam.eps);
            want[i] = (float)pd[i];
        }
        free(g);
        assert_close(N, p, want, 1e-5, "parameters");
    }
    free(p);
    free(m);
    free(v);
}

// Sizes around the blocks that workers take.
static void pool_changes_no_bit(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 65535, 65536, 65537, 200003};
    struct pool *pool;
    assert_int_equal(pool_create(&pool, 3, 0, NULL), 0);
    struct nn_adam adam = nn_adam_default();
    struct rng rng;
    rng_seed(&rng, 5, 0);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        size_t n = sizes[k], bytes = n * sizeof(float);
        float *p = random_floats(&rng, n, -1, 1), *g = random_floats(&rng, n, -1, 1);
        float *m = random_floats(&rng, n, -1, 1), *v = random_floats(&rng, n, 0, 1);
        float *p2 = copy_floats(n, p), *m2 = copy_floats(n, m), *v2 = copy_floats(n, v);
        nn_adam_step(&adam, 7, n, p, g, m, v, NULL);
        nn_adam_step(&adam, 7, n, p2, g, m2, v2, pool);
        assert_memory_equal(p, p2, bytes);
        assert_memory_equal(m, m2, bytes);
        assert_memory_equal(v, v2, bytes);
        float *const all[] = {p, g, m, v, p2, m2, v2};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            free(all[i]);
    }
    pool_destroy(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_the_recipes),
        cmocka_unit_test(first_step_is_the_rate),
        cmocka_unit_test(matches_the_formulas),
        cmocka_unit_test(pool_changes_no_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
