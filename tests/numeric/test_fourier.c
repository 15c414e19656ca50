// SPDX-License-Identifier: MIT
// The transform of tiles against the discrete Fourier transform by its definition, in double.
#include "core/nn/fourier.h"
#include "tests/numeric/simd.h"

#define BOUND   2e-6 // float32 sums of t * t terms, as a share of the largest
#define LARGEST 20   // side of a tile

static uint64_t seed; // of the random numbers of the test that runs

static void seed_rng(struct rng *rng, uint64_t value)
{
    seed = value;
    rng_seed(rng, seed, 0);
}

// Bins with gaps, which must stay as they are.
struct spectrum {
    struct nn_bins bins;
    size_t n;
};

static struct spectrum make_spectrum(int t, size_t gap)
{
    size_t im = NN_LANES + gap, bin = 2 * im + gap;
    struct spectrum s = {{NULL, bin, im}, (size_t)nn_fourier_bins(t)};
    s.bins.at = nan_floats(s.n * bin);
    return s;
}

static void assert_gaps(const struct spectrum *s)
{
    for (size_t i = 0; i < s->n * s->bins.bin; i++) {
        size_t at = i % s->bins.bin;
        bool gap = (at >= NN_LANES && at < s->bins.im) || at >= s->bins.im + NN_LANES;
        if (gap != !!isnan(s->bins.at[i]))
            fail_msg("seed %d, %zu bins of %zu: number %zu is %g", (int)seed, s->n, s->bins.bin, i,
                     s->bins.at[i]);
    }
}

static size_t block_size(int n)
{
    return (size_t)(n - 1) * nn_fourier_row(n) + (size_t)n * NN_LANES;
}

// [n][n][NN_LANES], NaN between the rows.
static float *random_block(struct rng *rng, int n)
{
    float *x = nan_floats(block_size(n));
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n * NN_LANES; j++)
            x[i * nn_fourier_row(n) + j] = rng_uniform(rng, -1, 1);
    return x;
}

static void forward(int t, int n, bool conj, const float *block, const struct spectrum *to)
{
    float *analysis = nan_floats((size_t)t * n), *scratch = nan_floats(nn_fourier_scratch(t));
    nn_fourier_analysis(t, n, conj, analysis);
    nn_fourier_forward(t, n, analysis, block, &to->bins, scratch);
    free(analysis);
    free(scratch);
}

static float *inverse(int t, int n, bool conj, const struct spectrum *from)
{
    float *synthesis = nan_floats((size_t)t * n), *scratch = nan_floats(nn_fourier_scratch(t));
    float *block = nan_floats(block_size(n));
    nn_fourier_synthesis(t, n, conj, synthesis);
    nn_fourier_inverse(t, n, synthesis, &from->bins, block, scratch);
    free(synthesis);
    free(scratch);
    return block;
}

// Largest difference of two blocks, the gaps between rows left out; NaN counts.
static void assert_blocks_close(int n, const float *got, const float *want, const char *what)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n * NN_LANES; j++) {
            size_t at = i * nn_fourier_row(n) + j;
            if (!(fabsf(got[at] - want[at]) <= (float)BOUND * (float)n))
                fail_msg("%s, seed %d, row %d column %d: %g, should be %g", what, (int)seed, i,
                         j / NN_LANES, got[at], want[at]);
        }
}

// ---- The definition -----------------------------------------------------------------------------

struct complex_lanes {
    double re[NN_LANES], im[NN_LANES];
};

// F(f, g) = sum over i, j < n of x[i, j] e^{+ 2 pi i (f i + g j) / t}
static struct complex_lanes bin_by_definition(int t, int n, const float *block, int f, int g)
{
    struct complex_lanes sum = {0};
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double angle = 2 * M_PI * ((f * i + g * j) % t) / t, c = cos(angle), s = sin(angle);
            for (int lane = 0; lane < NN_LANES; lane++) {
                double x = block[i * nn_fourier_row(n) + (size_t)j * NN_LANES + lane];
                sum.re[lane] += x * c;
                sum.im[lane] += x * s;
            }
        }
    return sum;
}

// Whether bin i is `want` in all lanes, with its imaginary part times `sign`.
static bool is_bin(const struct spectrum *s, size_t i, const struct complex_lanes *want, int sign,
                   double bound)
{
    const float *at = s->bins.at + i * s->bins.bin;
    for (int lane = 0; lane < NN_LANES; lane++)
        if (!(fabs(at[lane] - want->re[lane]) <= bound) ||
            !(fabs(at[s->bins.im + lane] - sign * want->im[lane]) <= bound))
            return false;
    return true;
}

// Each bin of the definition is there once, it or its conjugate, which is the bin of (-f, -g).
static void assert_bins(int t, int n, const float *block, const struct spectrum *s)
{
    bool *taken = calloc(s->n, sizeof *taken);
    for (int f = 0; f < t; f++)
        for (int g = 0; g < t; g++) {
            int f_back = (t - f) % t, g_back = (t - g) % t;
            if (f_back < f || (f_back == f && g_back < g))
                continue;
            struct complex_lanes want = bin_by_definition(t, n, block, f, g);
            size_t i = 0;
            while (i < s->n && (taken[i] || (!is_bin(s, i, &want, 1, BOUND * t * n) &&
                                             !is_bin(s, i, &want, -1, BOUND * t * n))))
                i++;
            if (i == s->n)
                fail_msg("t %d n %d seed %d: no bin is F(%d, %d) = %g + %g i ...", t, n, (int)seed,
                         f, g, want.re[0], want.im[0]);
            taken[i] = true;
        }
    for (size_t i = 0; i < s->n; i++)
        if (!taken[i])
            fail_msg("t %d n %d seed %d: bin %d is none of the definition's", t, n, (int)seed,
                     (int)i);
    free(taken);
}

static void check_forward(int t, int n, struct rng *rng)
{
    float *block = random_block(rng, n);
    struct spectrum plain = make_spectrum(t, 0), conj = make_spectrum(t, 3);
    forward(t, n, false, block, &plain);
    forward(t, n, true, block, &conj);
    assert_gaps(&plain);
    assert_gaps(&conj);
    assert_bins(t, n, block, &plain);
    for (size_t i = 0; i < plain.n; i++) {
        struct complex_lanes want;
        for (int lane = 0; lane < NN_LANES; lane++) {
            want.re[lane] = plain.bins.at[i * plain.bins.bin + lane];
            want.im[lane] = plain.bins.at[i * plain.bins.bin + plain.bins.im + lane];
        }
        if (!is_bin(&conj, i, &want, -1, BOUND * t))
            fail_msg("t %d n %d seed %d: bin %d is not conjugate", t, n, (int)seed, (int)i);
    }
    free(block);
    free(plain.bins.at);
    free(conj.bins.at);
}

static void forward_is_the_definition(void **state)
{
    (void)state;
    struct rng rng;
    seed_rng(&rng, 1);
    for (int t = 1; t <= LARGEST; t++) {
        const int sizes[] = {1, (t + 1) / 2, t - 1, t};
        for (int i = 0; i < 4; i++)
            if (sizes[i] > 0)
                check_forward(t, sizes[i], &rng);
    }
    check_forward(28, 19, &rng);
    check_forward(33, 33, &rng);
}

// ---- There and back
// ---------------------------------------------------------------------------------

static void inverse_of_forward_is_the_tile(void **state)
{
    (void)state;
    struct rng rng;
    seed_rng(&rng, 2);
    for (int t = 1; t <= LARGEST; t++)
        for (int n = 1; n <= t; n++)
            for (int conj = 0; conj < 2; conj++) {
                char what[60];
                snprintf(what, sizeof what, "t %d n %d conj %d", t, n, conj);
                float *x = random_block(&rng, n);
                struct spectrum s = make_spectrum(t, (size_t)(t % 3));
                forward(t, n, conj, x, &s);
                float *back = inverse(t, n, conj, &s);
                assert_blocks_close(n, back, x, what);
                free(x);
                free(back);
                free(s.bins.at);
            }
}

// c = a . b, lane by lane.
static void multiply(const struct spectrum *a, const struct spectrum *b, const struct spectrum *c)
{
    for (size_t i = 0; i < a->n * a->bins.bin; i += a->bins.bin)
        for (size_t re = i; re < i + NN_LANES; re++) {
            size_t im = re + a->bins.im;
            const float *x = a->bins.at, *y = b->bins.at;
            c->bins.at[re] = x[re] * y[re] - x[im] * y[im];
            c->bins.at[im] = x[re] * y[im] + x[im] * y[re];
        }
}

// sum over u, v < k of w[u, v] x[(i + u) mod t, (j + v) mod t], i, j < t.
static float *correlate(int t, int k, const float *x, const float *w)
{
    float *y = nan_floats(block_size(t));
    for (int i = 0; i < t; i++)
        for (int j = 0; j < t; j++)
            for (int lane = 0; lane < NN_LANES; lane++) {
                double sum = 0;
                for (int u = 0; u < k; u++)
                    for (int v = 0; v < k; v++)
                        sum += (double)w[u * nn_fourier_row(k) + (size_t)v * NN_LANES + lane] *
                               x[(i + u) % t * nn_fourier_row(t) +
                                 (size_t)((j + v) % t) * NN_LANES + lane];
                y[i * nn_fourier_row(t) + (size_t)j * NN_LANES + lane] = (float)sum;
            }
    return y;
}

// With either one's conjugate the product is the correlation's transform, or that one's conjugate.
static void product_is_circular_correlation(void **state)
{
    (void)state;
    struct rng rng;
    seed_rng(&rng, 3);
    for (int t = 1; t <= LARGEST; t++)
        for (int turned = 0; turned < 2; turned++) {
            char what[60];
            int k = 1 + (int)rng_below(&rng, (uint32_t)t);
            snprintf(what, sizeof what, "t %d k %d turned %d", t, k, turned);
            float *x = random_block(&rng, t), *w = random_block(&rng, k);
            struct spectrum a = make_spectrum(t, 0), b = make_spectrum(t, 0);
            struct spectrum c = make_spectrum(t, 0);
            forward(t, t, turned, x, &a);
            forward(t, k, !turned, w, &b);
            multiply(&a, &b, &c);
            float *got = inverse(t, t, turned, &c), *want = correlate(t, k, x, w);
            assert_blocks_close(t, got, want, what);
            float *const all[] = {x, w, got, want, a.bins.at, b.bins.at, c.bins.at};
            for (size_t i = 0; i < sizeof all / sizeof *all; i++)
                free(all[i]);
        }
}

// ---- Speed
// ------------------------------------------------------------------------------------------

struct bench {
    int t, n;
    const float *matrix;
    float *block, *scratch;
    struct nn_bins bins;
};

static void time_forward(void *ctx)
{
    const struct bench *b = ctx;
    for (int i = 0; i < 20; i++)
        nn_fourier_forward(b->t, b->n, b->matrix, b->block, &b->bins, b->scratch);
}

static void time_inverse(void *ctx)
{
    const struct bench *b = ctx;
    for (int i = 0; i < 20; i++)
        nn_fourier_inverse(b->t, b->n, b->matrix, &b->bins, b->block, b->scratch);
}

static int benchmark(void)
{
    static const int sizes[][2] = {{10, 10}, {12, 6}, {16, 10}, {18, 18}, {24, 15}, {28, 28}};
    struct rng rng;
    seed_rng(&rng, 4);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        int t = sizes[i][0], n = sizes[i][1];
        struct spectrum s = make_spectrum(t, 0);
        float *matrix = random_floats(&rng, (size_t)t * n, -1, 1), *block = random_block(&rng, n);
        memset(s.bins.at, 0, s.n * s.bins.bin * sizeof(float));
        struct bench b = {t, n, matrix, block, nan_floats(nn_fourier_scratch(t)), s.bins};
        double there = best_ns(time_forward, &b), back = best_ns(time_inverse, &b);
        double flops = 20 * 2.0 * t * n * (t + n) * NN_LANES;
        printf("%-8s t %2d n %2d: forward %6.2f us %6.1f GFLOP/s, inverse %6.2f us %6.1f GFLOP/s\n",
               nn_kernels()->name, t, n, there / 20e3, flops / there, back / 20e3, flops / back);
        free(matrix);
        free(block);
        free(b.scratch);
        free(s.bins.at);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (simd_is_missing())
        return TEST_SKIPPED;
    if (is_benchmark(argc, argv))
        return benchmark();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_the_definition),
        cmocka_unit_test(inverse_of_forward_is_the_tile),
        cmocka_unit_test(product_is_circular_correlation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
