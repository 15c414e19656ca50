// SPDX-License-Identifier: MIT
#include "core/nn/sigmoid.h"
#include "tests/numeric/numeric.h"

static void sigmoid_saturates_without_nan(void **state)
{
    (void)state;
    float y[] = {0, 100, -100, INFINITY, -INFINITY, 2, -2};
    nn_sigmoid_forward(7, y);
    const float want[] = {0.5F, 1, 0, 1, 0, 0.880797F, 0.119203F};
    for (int i = 0; i < 7; i++)
        assert_true(fabsf(y[i] - want[i]) < 1e-6F);
}

// A diverged net must not look sane.
static void nan_stays_visible(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 40; n++)
        for (size_t at = 0; at < n; at++) {
            float x[40] = {0}, dx[40];
            x[at] = NAN;
            nn_sigmoid_forward(n, x);
            for (size_t i = 0; i < n; i++)
                assert_true(isnan(x[i]) == (i == at));
            nn_sigmoid_backward(n, x, x, dx);
            for (size_t i = 0; i < n; i++)
                assert_true(isnan(dx[i]) == (i == at));
        }
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void backward_is_the_derivative(void **state)
{
    (void)state;
    enum { N = 121 };
    struct rng rng;
    rng_seed(&rng, 3, 0);
    float *x = random_floats(&rng, N, -6, 6), *dy = random_floats(&rng, N, -1, 1);
    float *y = copy_floats(N, x), *dx = zero_floats(N);
    nn_sigmoid_forward(N, y);
    nn_sigmoid_backward(N, y, dy, dx);
    for (int i = 0; i < N; i++) {
        double slope = (sigmoid(x[i] + 1e-5) - sigmoid(x[i] - 1e-5)) / 2e-5;
        if (!(fabs(slope * dy[i] - dx[i]) < 1e-6))
            fail_msg("at %g: difference quotient %g, gradient %g", x[i], slope * dy[i], dx[i]);
    }
    float *const all[] = {x, dy, y, dx};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sigmoid_saturates_without_nan),
        cmocka_unit_test(nan_stays_visible),
        cmocka_unit_test(backward_is_the_derivative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
