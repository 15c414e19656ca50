// SPDX-License-Identifier: MIT
#include "core/nn/layers.h"
#include "tests/numeric/numeric.h"

// The definition, window by window.
static float pool_at(int h, const float *x, int i, int j, uint8_t *from)
{
    float best = 0;
    *from = 4;
    for (int q = 0; q < 4; q++) {
        int row = 2 * i + q / 2, col = 2 * j + q % 2;
        if (row < h && col < h && x[row * h + col] > best) {
            best = x[row * h + col];
            *from = (uint8_t)q;
        }
    }
    return best;
}

static void check_pool(int c, int h, const float *x)
{
    int o = (h + 1) / 2;
    size_t in = (size_t)c * h * h, out = (size_t)c * o * o;
    float *y = malloc(out * sizeof *y), *y_only = malloc(out * sizeof *y);
    float *dx = malloc(in * sizeof *dx), *want = calloc(in, sizeof *want);
    float *dy = malloc(out * sizeof *dy);
    uint8_t *from = malloc(out);
    nn_relu_pool_forward(c, h, x, y, from);
    nn_relu_pool_forward(c, h, x, y_only, NULL);
    assert_memory_equal(y, y_only, out * sizeof *y);
    for (size_t k = 0; k < out; k++) {
        int plane = (int)k / (o * o), i = (int)k / o % o, j = (int)k % o;
        uint8_t at;
        float best = pool_at(h, x + (size_t)plane * h * h, i, j, &at);
        if (y[k] != best || from[k] != at)
            fail_msg("c %d h %d, plane %d row %d column %d: %g from %d, should be %g from %d", c, h,
                     plane, i, j, y[k], from[k], best, at);
        dy[k] = (float)(k + 1);
        if (at < 4)
            want[((size_t)plane * h + 2 * i + at / 2) * h + 2 * j + at % 2] = dy[k];
    }
    nn_relu_pool_backward(c, h, dy, from, dx);
    assert_memory_equal(dx, want, in * sizeof *dx);
    free(y);
    free(y_only);
    free(dx);
    free(want);
    free(dy);
    free(from);
}

static void pool_follows_its_definition(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 1, 0);
    static const int sides[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 42, 96, 127, 128, 129, 131};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        int h = sides[i], c = 1 + (int)i % 3;
        float *x = random_floats(&rng, (size_t)c * h * h, -1, 1);
        check_pool(c, h, x);
        for (int k = 0; k < c * h * h; k++) // many equals and zeros
            x[k] = floorf(x[k] * 3);
        check_pool(c, h, x);
        for (int k = 0; k < c * h * h; k++)
            x[k] = -1 - fabsf(x[k]);
        check_pool(c, h, x);
        free(x);
    }
}

// Bands of an even number of rows, one after the other, make the plane.
static void pool_works_by_bands(void **state)
{
    (void)state;
    enum { H = 9, O = 5 };
    struct rng rng;
    rng_seed(&rng, 2, 0);
    float *x = random_floats(&rng, H * H, -1, 1), y[O * O], part[O * O];
    uint8_t from[O * O], part_from[O * O];
    nn_relu_pool_forward(1, H, x, y, from);
    for (int row = 0; row < H; row += 4)
        nn_relu_pool_plane(H - row < 4 ? H - row : 4, H, x + row * H, part + row / 2 * O,
                           part_from + row / 2 * O);
    assert_memory_equal(y, part, sizeof y);
    assert_memory_equal(from, part_from, sizeof from);
    free(x);
}

// A diverged net must not look sane: NaN passes through, wherever in the window it stands.
static void nan_stays_visible(void **state)
{
    (void)state;
    for (int h = 2; h <= 9; h++)
        for (int at = 0; at < h * h; at++) {
            float x[81], y[25];
            uint8_t from[25];
            for (int i = 0; i < h * h; i++)
                x[i] = i % 3 ? 5 : -5;
            x[at] = NAN;
            nn_relu_pool_forward(1, h, x, y, from);
            int o = (h + 1) / 2, where = at / h / 2 * o + at % h / 2;
            for (int i = 0; i < o * o; i++) {
                assert_true(isnan(y[i]) == (i == where));
                assert_true(from[i] <= 4);
            }
            nn_relu_forward((size_t)h * h, x);
            assert_true(isnan(x[at]));
            nn_sigmoid_forward((size_t)h * h, x);
            assert_true(isnan(x[at]));
        }
}

static void relu_cuts(void **state)
{
    (void)state;
    float y[] = {-1, 0, 2, -0.0F, 1e-30F, -1e30F, 3};
    const float want[] = {0, 0, 2, 0, 1e-30F, 0, 3};
    float d[] = {1, 2, 3, 4, 5, 6, 7};
    const float want_d[] = {0, 0, 3, 0, 5, 0, 7};
    nn_relu_forward(7, y);
    for (int i = 0; i < 7; i++)
        assert_true(y[i] == want[i]);
    nn_relu_backward(7, y, d, d);
    assert_memory_equal(d, want_d, sizeof d);
}

static void sigmoid_saturates_without_nan(void **state)
{
    (void)state;
    float y[] = {0, 100, -100, INFINITY, -INFINITY, 2, -2};
    nn_sigmoid_forward(7, y);
    const float want[] = {0.5F, 1, 0, 1, 0, 0.880797F, 0.119203F};
    for (int i = 0; i < 7; i++)
        assert_true(fabsf(y[i] - want[i]) < 1e-6F);
}

// sum r * layer(x), in double, for finite differences along a random direction.
typedef double (*layer_loss)(int h, const float *x, const float *r);

static double pool_loss(int h, const float *x, const float *r)
{
    float y[256];
    nn_relu_pool_forward(1, h, x, y, NULL);
    return dot((size_t)((h + 1) / 2 * ((h + 1) / 2)), y, r);
}

static double relu_loss(int h, const float *x, const float *r)
{
    float y[256];
    memcpy(y, x, (size_t)(h * h) * sizeof *y);
    nn_relu_forward((size_t)(h * h), y);
    return dot((size_t)(h * h), y, r);
}

static double sigmoid_loss(int h, const float *x, const float *r)
{
    float y[256];
    memcpy(y, x, (size_t)(h * h) * sizeof *y);
    nn_sigmoid_forward((size_t)(h * h), y);
    return dot((size_t)(h * h), y, r);
}

static void check_derivative(layer_loss loss, int h, float *x, const float *r, const float *dx,
                             float step)
{
    for (int i = 0; i < h * h; i++) {
        float at = x[i];
        x[i] = at + step;
        double above = loss(h, x, r);
        x[i] = at - step;
        double below = loss(h, x, r);
        x[i] = at;
        double slope = (above - below) / (2 * step);
        if (fabs(slope - dx[i]) > 2e-3)
            fail_msg("h %d, element %d: difference quotient %g, gradient %g", h, i, slope, dx[i]);
    }
}

// Values in random order, 0.1 apart and none within 0.05 of 0: no step of 0.02 changes a choice.
static void spread(struct rng *rng, int n, float *x)
{
    int order[256];
    for (int i = 0; i < n; i++)
        order[i] = i;
    rng_shuffle(rng, order, (size_t)n);
    for (int i = 0; i < n; i++)
        x[i] = 0.1F * (float)(order[i] - n / 2) + 0.05F;
}

static void backward_is_the_derivative(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 3, 0);
    for (int h = 1; h <= 11; h++) {
        float x[256], y[256], dx[256];
        size_t n = (size_t)(h * h);
        uint8_t from[256];
        float *r = random_floats(&rng, n, -1, 1);
        spread(&rng, h * h, x);
        nn_relu_pool_forward(1, h, x, y, from);
        nn_relu_pool_backward(1, h, r, from, dx);
        check_derivative(pool_loss, h, x, r, dx, 0.02F);

        memcpy(y, x, sizeof y);
        nn_relu_forward(n, y);
        nn_relu_backward(n, y, r, dx);
        check_derivative(relu_loss, h, x, r, dx, 0.02F);

        memcpy(y, x, sizeof y);
        nn_sigmoid_forward(n, y);
        nn_sigmoid_backward(n, y, r, dx);
        check_derivative(sigmoid_loss, h, x, r, dx, 0.02F);
        free(r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_follows_its_definition),
        cmocka_unit_test(pool_works_by_bands),
        cmocka_unit_test(nan_stays_visible),
        cmocka_unit_test(relu_cuts),
        cmocka_unit_test(sigmoid_saturates_without_nan),
        cmocka_unit_test(backward_is_the_derivative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
