// SPDX-License-Identifier: MIT
#include "core/nn/blas.h"
#include "core/nn/conv.h"
#include "tests/numeric/numeric.h"

#define BOUND 1e-4

struct sizes {
    size_t x, w, y;
};

static struct sizes sizes_of(const struct nn_conv_shape *s)
{
    size_t out = (size_t)nn_conv_out_side(s);
    return (struct sizes){
        .x = (size_t)s->ci * s->h * s->h,
        .w = (size_t)s->co * s->ci * s->k * s->k,
        .y = (size_t)s->co * out * out,
    };
}

// One channel, 3x3 by 2x2, worked out by hand.
static void ref_is_cross_correlation(void **state)
{
    (void)state;
    const struct nn_conv_shape s = {.ci = 1, .h = 3, .co = 1, .k = 2};
    const float x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, w[] = {1, 0, 0, -2}, b[] = {0.5F};
    float y[4];
    nn_conv_forward_ref(&s, x, w, b, y);
    const float want[] = {1 - 10 + 0.5F, 2 - 12 + 0.5F, 4 - 16 + 0.5F, 5 - 18 + 0.5F};
    assert_memory_equal(y, want, sizeof y);

    const float dy[] = {1, 2, 3, 4};
    float dx[9], dw[4] = {100, 0, 0, 0}, db[1] = {-1};
    memset(dx, 0xff, sizeof dx);
    nn_conv_backward_ref(&s, x, w, dy, dx, dw, db);
    const float want_dx[] = {1, 2, 0, 3, 4 - 2, -4, 0, -6, -8};
    const float want_dw[] = {100 + 1 + 4 + 12 + 20, 2 + 6 + 15 + 24, 4 + 10 + 21 + 32,
                             5 + 12 + 24 + 36};
    assert_memory_equal(dx, want_dx, sizeof dx);
    assert_memory_equal(dw, want_dw, sizeof dw);
    assert_true(db[0] == 9);
}

// Two channels in, two out, 1x1 filters: a matrix product per place.
static void ref_mixes_channels(void **state)
{
    (void)state;
    const struct nn_conv_shape s = {.ci = 2, .h = 2, .co = 2, .k = 1};
    const float x[] = {1, 2, 3, 4, 10, 20, 30, 40}, w[] = {1, 2, -1, 0.5F}, b[] = {0, 100};
    float y[8];
    nn_conv_forward_ref(&s, x, w, b, y);
    const float want[] = {21, 42, 63, 84, 104, 108, 112, 116};
    assert_memory_equal(y, want, sizeof y);
}

// Forward and backward of both, from the same random arrays.
static void compare(const struct nn_conv_shape *s, uint64_t seed)
{
    char what[120];
    struct rng rng;
    rng_seed(&rng, seed, 1);
    struct sizes n = sizes_of(s);
    size_t co = (size_t)s->co;
    float *x = random_floats(&rng, n.x, -1, 1), *w = random_floats(&rng, n.w, -1, 1);
    float *b = random_floats(&rng, co, -1, 1), *dy = random_floats(&rng, n.y, -1, 1);
    float *y = random_floats(&rng, n.y, -1, 1), *y_ref = zero_floats(n.y);
    float *dx = random_floats(&rng, n.x, -1, 1), *dx_ref = zero_floats(n.x);
    float *dw = random_floats(&rng, n.w, -1, 1), *dw_ref = copy_floats(n.w, dw);
    float *dw_only = copy_floats(n.w, dw), *db_only = zero_floats(co);
    float *db = zero_floats(co), *db_ref = zero_floats(co);
    float *scratch = random_floats(&rng, nn_conv_gemm_scratch(s), -1, 1);

    nn_conv_forward_ref(s, x, w, b, y_ref);
    nn_conv_forward_gemm(s, x, w, b, y, scratch);
    nn_conv_backward_ref(s, x, w, dy, dx_ref, dw_ref, db_ref);
    nn_conv_backward_gemm(s, x, w, dy, dx, dw, db, scratch);
    nn_conv_backward_gemm(s, x, w, dy, NULL, dw_only, db_only, scratch);

    snprintf(what, sizeof what, "ci %d h %d co %d k %d seed %d", s->ci, s->h, s->co, s->k,
             (int)seed);
    print_message("%s: y %.1e dx %.1e dw %.1e db %.1e\n", what, relative_error(n.y, y, y_ref),
                  relative_error(n.x, dx, dx_ref), relative_error(n.w, dw, dw_ref),
                  relative_error(co, db, db_ref));
    assert_close(n.y, y, y_ref, BOUND, what);
    assert_close(n.x, dx, dx_ref, BOUND, what);
    assert_close(n.w, dw, dw_ref, BOUND, what);
    assert_close(co, db, db_ref, BOUND, what);
    assert_memory_equal(dw, dw_only, n.w * sizeof *dw);
    assert_memory_equal(db, db_only, co * sizeof *db);
    float *const all[] = {x,  w,      b,  dy,     y,       y_ref,   dx,     dx_ref,
                          dw, dw_ref, db, db_ref, dw_only, db_only, scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static void gemm_matches_ref(void **state)
{
    (void)state;
    static const struct nn_conv_shape shapes[] = {
        {1, 1, 1, 1},   {1, 5, 1, 5},   {3, 7, 5, 7},   {5, 7, 3, 1},    {1, 29, 3, 10},
        {3, 25, 7, 10}, {2, 9, 17, 8},  {5, 11, 33, 4}, {1, 130, 2, 1},  {3, 6, 1, 5},
        {4, 4, 64, 3},  {20, 41, 3, 7}, {24, 36, 5, 7}, {200, 19, 2, 4}, {1, 105, 1, 10},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        compare(&shapes[i], i);
}

static void gemm_matches_ref_on_random_shapes(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 11, 0);
    for (uint64_t seed = 100; seed < 140; seed++) {
        struct nn_conv_shape s = {.ci = 1 + (int)rng_below(&rng, 9),
                                  .h = 1 + (int)rng_below(&rng, 21),
                                  .co = 1 + (int)rng_below(&rng, 19)};
        s.k = 1 + (int)rng_below(&rng, (uint32_t)(s.h < 10 ? s.h : 10));
        compare(&s, seed);
    }
}

// The bands put together are the whole, and there are several where the column matrix is large.
static void bands_make_the_whole(void **state)
{
    (void)state;
    const struct nn_conv_shape s = {.ci = 24, .h = 43, .co = 3, .k = 7};
    int out = nn_conv_out_side(&s), band = nn_conv_band_rows(&s);
    assert_true(band >= 2 && band % 2 == 0 && band < out);
    struct rng rng;
    rng_seed(&rng, 5, 0);
    struct sizes n = sizes_of(&s);
    float *x = random_floats(&rng, n.x, -1, 1), *w = random_floats(&rng, n.w, -1, 1);
    float *b = random_floats(&rng, 3, -1, 1), *y = zero_floats(n.y), *part = zero_floats(n.y);
    float *scratch = zero_floats(nn_conv_gemm_scratch(&s));
    nn_conv_forward_gemm(&s, x, w, b, y, scratch);
    for (int row = 0; row < out; row += band) {
        int n_rows = out - row < band ? out - row : band;
        size_t size = (size_t)n_rows * out;
        nn_conv_forward_band_gemm(&s, x, w, b, row, n_rows, part, size, scratch);
        for (int o = 0; o < s.co; o++)
            assert_close(size, part + o * size, y + ((size_t)o * out + row) * out, 1e-6, "band");
    }
    float *const all[] = {x, w, b, y, part, scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

// The convolution is linear in each of x, w and b, so that a finite difference may have any step.
static void ref_backward_is_the_derivative(void **state)
{
    (void)state;
    const struct nn_conv_shape s = {.ci = 3, .h = 9, .co = 4, .k = 4};
    struct sizes n = sizes_of(&s);
    struct rng rng;
    rng_seed(&rng, 6, 0);
    float *in[] = {random_floats(&rng, n.x, -1, 1), random_floats(&rng, n.w, -1, 1),
                   random_floats(&rng, 4, -1, 1)};
    const size_t size[] = {n.x, n.w, 4};
    float *dy = random_floats(&rng, n.y, -1, 1), *y = zero_floats(n.y), *moved = zero_floats(n.y);
    float *grad[] = {zero_floats(n.x), zero_floats(n.w), zero_floats(4)};
    nn_conv_forward_ref(&s, in[0], in[1], in[2], y);
    nn_conv_backward_ref(&s, in[0], in[1], dy, grad[0], grad[1], grad[2]);
    for (int k = 0; k < 3; k++) {
        float *step = random_floats(&rng, size[k], -1, 1);
        for (size_t i = 0; i < size[k]; i++)
            in[k][i] += step[i];
        nn_conv_forward_ref(&s, in[0], in[1], in[2], moved);
        double difference = dot(n.y, dy, moved) - dot(n.y, dy, y);
        double slope = dot(size[k], grad[k], step);
        if (fabs(difference - slope) > 1e-4 * fmax(1, fabs(slope)))
            fail_msg("argument %d: difference %g, slope %g", k, difference, slope);
        for (size_t i = 0; i < size[k]; i++)
            in[k][i] -= step[i];
        free(step);
    }
    for (int k = 0; k < 3; k++) {
        free(in[k]);
        free(grad[k]);
    }
    free(dy);
    free(y);
    free(moved);
}

int main(void)
{
    nn_blas_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ref_is_cross_correlation),          cmocka_unit_test(ref_mixes_channels),
        cmocka_unit_test(ref_backward_is_the_derivative),    cmocka_unit_test(gemm_matches_ref),
        cmocka_unit_test(gemm_matches_ref_on_random_shapes), cmocka_unit_test(bands_make_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
