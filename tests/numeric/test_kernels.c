// SPDX-License-Identifier: MIT
// The inner loops of each instruction set against the definition in kernels.h: odd sizes, unaligned
// memory, gaps between rows, which must stay as they are. With --benchmark: their speed.
#include "core/nn/conv.h"
#include "tests/numeric/simd.h"

#include <float.h>

#define BOUND 1e-6 // float32 sums of some dozen terms, as a share of the largest result

static uint64_t seed; // of the random numbers of the test that runs

static void seed_rng(struct rng *rng, uint64_t value)
{
    seed = value;
    rng_seed(rng, seed, 0);
}

static const char *const names[] = {"avx512", "avx2", "generic"};

// The tests of an instruction set that is not there are skipped.
static const struct nn_kernels *kernels_of(void **state)
{
    const struct nn_kernels *k = nn_kernels_named(*state);
    if (!k)
        skip();
    return k;
}

// Random floats that begin 4 bytes behind an aligned place and end where the memory ends.
struct odd {
    float *base, *at;
    size_t n;
};

static struct odd odd_floats(struct rng *rng, size_t n)
{
    struct odd x = {.base = random_floats(rng, n + 1, -1, 1), .n = n};
    x.at = x.base + 1;
    return x;
}

static struct odd odd_copy(const struct odd *from)
{
    struct odd x = {.base = copy_floats(from->n + 1, from->base), .n = from->n};
    x.at = x.base + 1;
    return x;
}

// All of it, so that it also shows what should have been left alone.
static void assert_odd_close(const struct odd *got, const struct odd *want, const char *what)
{
    char text[200];
    snprintf(text, sizeof text, "%s, seed %d", what, (int)seed);
    assert_close(got->n, got->at, want->at, BOUND, text);
}

static void free_odd(struct odd *const all[], size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(all[i]->base);
}

#define FREE_ODD(...)                                                                              \
    free_odd((struct odd *const[]){__VA_ARGS__},                                                   \
             sizeof((struct odd *const[]){__VA_ARGS__}) / sizeof(struct odd *))

// ---- Products -----------------------------------------------------------------------------------

// Where the rows and the vectors of a block are.
struct strides {
    size_t row, vector;
};

static size_t block_size(int rows, int vectors, struct strides s)
{
    return (size_t)(rows - 1) * s.row + (size_t)(vectors - 1) * s.vector + NN_LANES;
}

static void check_lanes(const struct nn_kernels *k, int m, int n, int vectors, struct strides b_at,
                        struct strides c_at, struct rng *rng)
{
    char what[120];
    snprintf(what, sizeof what, "%s: m %d n %d vectors %d strides %zu %zu, %zu %zu", k->name, m, n,
             vectors, b_at.row, b_at.vector, c_at.row, c_at.vector);
    struct odd a = odd_floats(rng, (size_t)m * n);
    struct odd b = odd_floats(rng, block_size(n, vectors, b_at));
    struct odd got = odd_floats(rng, block_size(m, vectors, c_at)), want = odd_copy(&got);
    for (int i = 0; i < m; i++)
        for (int v = 0; v < vectors; v++)
            for (int lane = 0; lane < NN_LANES; lane++) {
                double sum = 0;
                for (int j = 0; j < n; j++)
                    sum += (double)a.at[i * n + j] * b.at[j * b_at.row + v * b_at.vector + lane];
                want.at[i * c_at.row + v * c_at.vector + lane] = (float)sum;
            }
    k->lanes_product(m, n, vectors, a.at, b.at, b_at.row, b_at.vector, got.at, c_at.row,
                     c_at.vector);
    assert_odd_close(&got, &want, what);
    FREE_ODD(&a, &b, &got, &want);
}

static void lanes_product_multiplies(void **state)
{
    const struct nn_kernels *k = kernels_of(state);
    struct rng rng;
    seed_rng(&rng, 1);
    for (int m = 1; m <= 14; m++)
        for (int vectors = 1; vectors <= 9; vectors++) {
            int n = 1 + (int)rng_below(&rng, 20);
            struct strides rows_in = {(size_t)vectors * NN_LANES, NN_LANES};
            struct strides gaps = {(size_t)vectors * NN_LANES + 21, NN_LANES};
            check_lanes(k, m, n, vectors, rows_in, rows_in, &rng);
            check_lanes(k, m, n, vectors, gaps, gaps, &rng);
            // As the second axis of a transform: the vectors are the rows of memory.
            struct strides across_b = {NN_LANES, (size_t)n * NN_LANES + 3};
            struct strides across_c = {NN_LANES, (size_t)m * NN_LANES + 16};
            check_lanes(k, m, n, vectors, across_b, across_c, &rng);
        }
}

struct complex_case {
    int m, n, k;
    size_t a_row, a_col, b_row, c_row;
    bool add;
};

// The definition. Complex numbers as pairs of arrays.
static void multiply_naively(const struct complex_case *c, const struct odd a[2],
                             const struct odd b[2], struct odd want[2])
{
    for (int i = 0; i < c->m; i++)
        for (int j = 0; j < c->n; j++) {
            size_t at = i * c->c_row + j;
            double re = c->add ? want[0].at[at] : 0, im = c->add ? want[1].at[at] : 0;
            for (int l = 0; l < c->k; l++) {
                size_t at_a = i * c->a_row + l * c->a_col, at_b = l * c->b_row + j;
                double p = a[0].at[at_a], q = a[1].at[at_a];
                double x = b[0].at[at_b], y = b[1].at[at_b];
                re += p * x - q * y;
                im += p * y + q * x;
            }
            want[0].at[at] = (float)re;
            want[1].at[at] = (float)im;
        }
}

static void check_complex(const struct nn_kernels *k, const struct complex_case *c, struct rng *rng)
{
    char what[120];
    snprintf(what, sizeof what, "%s: m %d n %d k %d, a %zu %zu, b %zu, c %zu, add %d", k->name,
             c->m, c->n, c->k, c->a_row, c->a_col, c->b_row, c->c_row, c->add);
    struct odd a[2], b[2], got[2], want[2];
    for (int i = 0; i < 2; i++) {
        a[i] = odd_floats(rng, (c->m - 1) * c->a_row + (c->k - 1) * c->a_col + 1);
        b[i] = odd_floats(rng, (c->k - 1) * c->b_row + c->n);
        got[i] = odd_floats(rng, (c->m - 1) * c->c_row + c->n);
        want[i] = odd_copy(&got[i]);
    }
    multiply_naively(c, a, b, want);
    for (int i = 0; i < c->m && !c->add; i++) // must not be read
        for (int l = 0; l < 2; l++)
            memset(got[l].at + i * c->c_row, 0xff, (size_t)c->n * sizeof(float));
    k->complex_product(c->m, c->n, c->k, &(struct nn_complex){a[0].at, a[1].at, c->a_row, c->a_col},
                       &(struct nn_complex){b[0].at, b[1].at, c->b_row, 1}, got[0].at, got[1].at,
                       c->c_row, c->add);
    for (int i = 0; i < 2; i++) {
        assert_odd_close(&got[i], &want[i], what);
        FREE_ODD(&a[i], &b[i], &got[i], &want[i]);
    }
}

static void complex_product_multiplies(void **state)
{
    const struct nn_kernels *k = kernels_of(state);
    struct rng rng;
    seed_rng(&rng, 2);
    for (int m = 1; m <= 26; m++)
        for (int n = NN_LANES; n <= 6 * NN_LANES; n += NN_LANES) {
            struct complex_case c = {.m = m, .n = n, .k = 1 + (int)rng_below(&rng, 24)};
            c.a_row = (size_t)c.k;
            c.a_col = 1;
            c.b_row = c.c_row = (size_t)n;
            check_complex(k, &c, &rng);
            c.add = true;
            check_complex(k, &c, &rng);
            c.a_row = 1; // transposed
            c.a_col = (size_t)m + rng_below(&rng, 3);
            c.b_row += 1 + rng_below(&rng, 40);
            c.c_row += 1 + rng_below(&rng, 40);
            check_complex(k, &c, &rng);
            c.add = false;
            check_complex(k, &c, &rng);
        }
    check_complex(k, &(struct complex_case){7, 32, 150, 151, 1, 33, 32, true}, &rng);
}

// ---- Bins
// -----------------------------------------------------------------------------------------

// What they are, test_fourier.c says; here: they are all that the transform has.
static void bins_go_and_come_back(void **state)
{
    const struct nn_kernels *k = kernels_of(state);
    struct rng rng;
    seed_rng(&rng, 3);
    for (int t = 1; t <= 20; t++)
        for (int gap = 0; gap <= 5; gap += 5) {
            int singles = t % 2 ? 1 : 2, pairs = (t - singles) / 2;
            int n_bins = 2 * pairs * pairs + 2 * pairs * singles + singles * singles;
            char what[60];
            snprintf(what, sizeof what, "%s: t %d gap %d", k->name, t, gap);
            size_t line = (size_t)t * NN_LANES + (size_t)gap, im = NN_LANES + (size_t)gap;
            size_t bin = 2 * im + (size_t)gap;
            struct odd g = odd_floats(&rng, (size_t)(t - 1) * line + (size_t)t * NN_LANES);
            struct odd back = odd_copy(&g);
            struct odd bins = odd_floats(&rng, (size_t)(n_bins - 1) * bin + im + NN_LANES);
            struct odd was = odd_copy(&bins);
            k->to_bins(t, g.at, line, bins.at, bin, im);
            for (int i = 0; i < t; i++)
                memset(back.at + i * line, 0xff, (size_t)t * NN_LANES * sizeof(float));
            k->from_bins(t, bins.at, bin, im, back.at, line);
            assert_odd_close(&back, &g, what);
            for (size_t i = 0; i < bins.n; i++)
                if (i % bin >= im + NN_LANES || (i % bin >= NN_LANES && i % bin < im))
                    if (bins.at[i] != was.at[i])
                        fail_msg("%s, seed %d: number %zu, in a gap, was written", what, (int)seed,
                                 i);
            FREE_ODD(&g, &back, &bins, &was);
        }
}

// ---- Planes and lanes
// -------------------------------------------------------------------------------

static void check_interleave(const struct nn_kernels *k, int rows, int cols, uint32_t present,
                             struct rng *rng)
{
    size_t row = (size_t)cols + rng_below(rng, 4);
    size_t block_row = (size_t)cols * NN_LANES + rng_below(rng, 20);
    size_t plane = (size_t)(rows - 1) * row + (size_t)cols;
    size_t size = (size_t)(rows - 1) * block_row + (size_t)cols * NN_LANES;
    struct odd planes[NN_LANES], back[NN_LANES], was[NN_LANES];
    const float *from[NN_LANES] = {0};
    float *to[NN_LANES] = {0};
    for (int lane = 0; lane < NN_LANES; lane++) {
        planes[lane] = odd_floats(rng, plane);
        back[lane] = odd_floats(rng, plane);
        was[lane] = odd_copy(&back[lane]);
        if (present >> lane & 1) {
            from[lane] = planes[lane].at;
            to[lane] = back[lane].at;
        }
    }
    struct odd block = odd_floats(rng, size), want = odd_copy(&block);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            for (int lane = 0; lane < NN_LANES; lane++) {
                size_t at = i * row + j;
                want.at[i * block_row + (size_t)j * NN_LANES + lane] =
                    from[lane] ? from[lane][at] : 0;
                if (to[lane])
                    was[lane].at[at] = planes[lane].at[at];
            }
    k->interleave(rows, cols, from, row, block.at, block_row);
    k->deinterleave(rows, cols, block.at, block_row, to, row);
    if (memcmp(block.at, want.at, size * sizeof *block.at) != 0)
        fail_msg("%s: interleave %d x %d, lanes %#x, rows %zu %zu apart, seed %d", k->name, rows,
                 cols, present, row, block_row, (int)seed);
    for (int lane = 0; lane < NN_LANES; lane++) {
        if (memcmp(back[lane].at, was[lane].at, plane * sizeof *block.at) != 0)
            fail_msg("%s: deinterleave %d x %d, lanes %#x, rows %zu %zu apart, seed %d", k->name,
                     rows, cols, present, row, block_row, (int)seed);
        FREE_ODD(&planes[lane], &back[lane], &was[lane]);
    }
    FREE_ODD(&block, &want);
}

static void lanes_are_planes_side_by_side(void **state)
{
    const struct nn_kernels *k = kernels_of(state);
    struct rng rng;
    seed_rng(&rng, 4);
    static const uint32_t present[] = {0xffff, 0, 1, 0x7fff, 0x8000, 0x00ff};
    for (int rows = 1; rows <= 4; rows++)
        for (int cols = 1; cols <= 37; cols++) {
            for (size_t i = 0; i < sizeof present / sizeof *present; i++)
                check_interleave(k, rows, cols, present[i], &rng);
            check_interleave(k, rows, cols, rng_below(&rng, 0x10000), &rng);
        }
}

// ---- Relu and pooling
// -------------------------------------------------------------------------------

struct pool_case {
    int rows, cols;
    bool pool;
    size_t block_row, y_row;
};

// One lane's plane, with the bias added.
static float *plane_of(const struct pool_case *c, const float *block, float bias, int lane)
{
    float *x = zero_floats((size_t)c->rows * c->cols);
    for (int i = 0; i < c->rows; i++)
        for (int j = 0; j < c->cols; j++)
            x[i * c->cols + j] = block[i * c->block_row + (size_t)j * NN_LANES + lane] + bias;
    return x;
}

static bool same_float(float a, float b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0; // -0 is not 0
}

// The way back, of the values y that came `from` there.
static void check_unpool(const struct nn_kernels *k, const struct pool_case *c, const struct odd *y,
                         const uint8_t *from, struct rng *rng)
{
    int size = c->pool ? 2 : 1, rows = (c->rows + size - 1) / size;
    int cols = (c->cols + size - 1) / size;
    struct odd got = odd_floats(rng, (c->rows - 1) * c->block_row + (size_t)c->cols * NN_LANES);
    struct odd want = odd_copy(&got);
    for (int lane = 0; lane < NN_LANES; lane++) {
        float *dy = zero_floats((size_t)rows * cols);
        float *dx = zero_floats((size_t)c->rows * c->cols);
        uint8_t *at = malloc((size_t)rows * cols);
        for (int i = 0; i < rows * cols; i++) {
            size_t place = i / cols * c->y_row + (size_t)(i % cols) * NN_LANES + lane;
            dy[i] = y->at[place];
            at[i] = from[place];
        }
        nn_relu_pool_backward_ref(c->rows, c->cols, c->pool, dy, at, dx);
        for (int i = 0; i < c->rows * c->cols; i++)
            want.at[i / c->cols * c->block_row + (size_t)(i % c->cols) * NN_LANES + lane] = dx[i];
        free(dy);
        free(dx);
        free(at);
    }
    k->relu_unpool(c->rows, c->cols, c->pool, y->at, c->y_row, from, got.at, c->block_row);
    for (size_t i = 0; i < got.n; i++)
        if (!same_float(got.at[i], want.at[i]))
            fail_msg("%s: seed %d: unpool %d x %d pool %d, lane %d of row %d vector %d: %g, should "
                     "be %g",
                     k->name, (int)seed, c->rows, c->cols, c->pool,
                     (int)(i % c->block_row % NN_LANES), (int)(i / c->block_row),
                     (int)(i % c->block_row / NN_LANES), got.at[i], want.at[i]);
    FREE_ODD(&got, &want);
}

static void check_relu_pool(const struct nn_kernels *k, const struct pool_case *c,
                            const struct odd *block, const float *bias, struct rng *rng)
{
    int size = c->pool ? 2 : 1, rows = (c->rows + size - 1) / size;
    int cols = (c->cols + size - 1) / size;
    size_t n = (size_t)(rows - 1) * c->y_row + (size_t)cols * NN_LANES;
    struct odd y = odd_floats(rng, n), only = odd_copy(&y), want = odd_copy(&y);
    uint8_t *from = malloc(n), *want_from = malloc(n);
    memset(from, 9, n);
    memset(want_from, 9, n);
    for (int lane = 0; lane < NN_LANES; lane++) {
        float *x = plane_of(c, block->at, bias[lane], lane);
        float *y_ref = zero_floats((size_t)rows * cols);
        uint8_t *from_ref = malloc((size_t)rows * cols);
        nn_relu_pool_ref(c->rows, c->cols, c->pool, x, y_ref, from_ref);
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < cols; j++) {
                size_t at = i * c->y_row + (size_t)j * NN_LANES + lane;
                want.at[at] = y_ref[i * cols + j];
                want_from[at] = from_ref[i * cols + j];
            }
        free(x);
        free(y_ref);
        free(from_ref);
    }
    k->relu_pool(c->rows, c->cols, c->pool, block->at, c->block_row, bias, y.at, c->y_row, from);
    k->relu_pool(c->rows, c->cols, c->pool, block->at, c->block_row, bias, only.at, c->y_row, NULL);
    for (size_t i = 0; i < n; i++)
        if (!same_float(y.at[i], want.at[i]) || !same_float(only.at[i], want.at[i]) ||
            from[i] != want_from[i])
            fail_msg("%s: seed %d: %d x %d pool %d, lane %d of row %d vector %d: %g from %d (%g), "
                     "should be "
                     "%g from %d",
                     k->name, (int)seed, c->rows, c->cols, c->pool, (int)(i % c->y_row % NN_LANES),
                     (int)(i / c->y_row), (int)(i % c->y_row / NN_LANES), y.at[i], from[i],
                     only.at[i], want.at[i], want_from[i]);
    check_unpool(k, c, &want, want_from, rng);
    free(from);
    free(want_from);
    FREE_ODD(&y, &only, &want);
}

// Values in all their orders: plain, with many equals, and the odd ones.
static void relu_pool_follows_its_definition(void **state)
{
    static const float odd_values[] = {0, -0.0F, NAN, INFINITY, -INFINITY, 1, 1, -1};
    const struct nn_kernels *k = kernels_of(state);
    struct rng rng;
    seed_rng(&rng, 5);
    for (int rows = 1; rows <= 9; rows++)
        for (int cols = 1; cols <= 9; cols++)
            for (int kind = 0; kind < 3; kind++) {
                struct pool_case c = {rows, cols, .block_row = (size_t)cols * NN_LANES + 7,
                                      .y_row = (size_t)cols * NN_LANES + 3};
                struct odd block = odd_floats(&rng, (size_t)rows * c.block_row);
                float bias[NN_LANES];
                for (int lane = 0; lane < NN_LANES; lane++)
                    bias[lane] = kind ? (float)(lane % 3 - 1) : rng_uniform(&rng, -0.5F, 0.5F);
                for (size_t i = 0; i < block.n && kind == 1; i++)
                    block.at[i] = floorf(block.at[i] * 3);
                for (size_t i = 0; i < block.n && kind == 2; i++)
                    block.at[i] = odd_values[rng_below(&rng, 8)];
                for (int lane = 0; lane < NN_LANES && kind == 2; lane++)
                    bias[lane] = lane % 2 ? -0.0F : 0; // -0 + -0 stays -0
                check_relu_pool(k, &c, &block, bias, &rng);
                c.pool = true;
                check_relu_pool(k, &c, &block, bias, &rng);
                FREE_ODD(&block);
            }
}

// ---- 16 bits ----------------------------------------------------------------------------------

static void check_int16_product(const struct nn_kernels *k, int n, int n_used, struct rng *rng)
{
    char what[60];
    snprintf(what, sizeof what, "%s: %d of %d, seed %d", k->name, n_used, n, (int)seed);
    int *used = malloc((size_t)(n_used + 1) * sizeof *used);
    float *x = random_floats(rng, (size_t)n, -1, 1);
    int16_t *w = malloc((size_t)n * NN_INT16_COLUMNS * sizeof *w);
    memset(w, 0x7f, (size_t)n * NN_INT16_COLUMNS * sizeof *w); // large where it is not used
    for (int i = 0; i < n_used; i++)
        used[i] = (int)((int64_t)n * i / n_used);
    double sum[NN_INT16_COLUMNS] = {0};
    for (int i = 0; i < n_used; i++)
        for (int j = 0; j < NN_INT16_COLUMNS; j++) {
            int16_t *at = &w[(size_t)used[i] * NN_INT16_COLUMNS + j];
            *at = (int16_t)((int)rng_below(rng, 65536) - 32768);
            sum[j] += x[used[i]] * (double)*at;
        }
    float want[NN_INT16_COLUMNS];
    for (int j = 0; j < NN_INT16_COLUMNS; j++)
        want[j] = (float)sum[j];
    struct odd y = odd_floats(rng, NN_INT16_COLUMNS);
    k->int16_product(n_used, used, x, w, y.at);
    assert_close(NN_INT16_COLUMNS, y.at, want, BOUND, what);
    free(used);
    free(x);
    free(w);
    FREE_ODD(&y);
}

static void int16_product_multiplies(void **state)
{
    const struct nn_kernels *k = kernels_of(state);
    static const int used[] = {0, 1, 2, 3, 11, 12, 13, 14, 100, 201};
    struct rng rng;
    seed_rng(&rng, 7);
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) {
        check_int16_product(k, used[i] ? used[i] : 1, used[i], &rng);
        check_int16_product(k, 2 * used[i] + 5, used[i], &rng);
    }
}

static void unknown_names_are_refused(void **state)
{
    (void)state;
    assert_null(nn_kernels_named("avx"));
    assert_null(nn_kernels_named(""));
    assert_non_null(nn_kernels_named("generic"));
    assert_ptr_equal(nn_kernels(), nn_kernels_named(nn_kernels()->name));
}

// ---- Speed
// --------------------------------------------------------------------------------------------

// Sizes as in the paper's net: transforms of 16 x 16, 16 rows by 64 channels by 128.
enum { T = 16, ROWS = 16, IN = 64, OUT = 128, BINS = 130, PLANE = 48, INPUTS = 4608 };

struct bench {
    const struct nn_kernels *k;
    float *a, *b, *c; // 2^21 floats each
    int *used;
    const float *planes[NN_LANES];
    float *to[NN_LANES];
};

static void time_lanes(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->lanes_product(T, T, T, b->a, b->b, T * NN_LANES, NN_LANES, b->c, T * NN_LANES,
                            NN_LANES);
}

static void time_complex(void *ctx)
{
    struct bench *b = ctx;
    struct nn_complex left = {b->a, b->a + ROWS * IN, IN, 1};
    struct nn_complex right = {b->b, b->b + IN * OUT, OUT, 1};
    for (int i = 0; i < 20; i++)
        b->k->complex_product(ROWS, OUT, IN, &left, &right, b->c, b->c + ROWS * OUT, OUT, false);
}

static void time_to_bins(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->to_bins(T, b->a, T * NN_LANES, b->c, 3 * NN_LANES, NN_LANES);
}

static void time_from_bins(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->from_bins(T, b->a, 3 * NN_LANES, NN_LANES, b->c, T * NN_LANES);
}

static void time_interleave(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->interleave(T, T, b->planes, PLANE, b->c, T * NN_LANES);
}

static void time_deinterleave(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->deinterleave(T, T, b->a, T * NN_LANES, b->to, PLANE);
}

static void time_relu_pool(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->relu_pool(T, T, true, b->a, T * NN_LANES, b->b, b->c, T * NN_LANES,
                        (uint8_t *)(b->c + T * T * NN_LANES));
}

static void time_relu_unpool(void *ctx)
{
    struct bench *b = ctx;
    for (int i = 0; i < 100; i++)
        b->k->relu_unpool(T, T, true, b->a, T * NN_LANES, (const uint8_t *)b->b, b->c,
                          T * NN_LANES);
}

static void time_int16_product(void *ctx)
{
    struct bench *b = ctx;
    b->k->int16_product(INPUTS / 2, b->used, b->a, (const int16_t *)b->b, b->c);
}

static void time_all(struct bench *b)
{
    // Work of a call: floating-point operations, or bytes read and written.
    const struct {
        const char *name;
        void (*call)(void *ctx);
        double work;
        const char *unit;
    } timed[] = {
        {"lanes_product", time_lanes, 100 * 2.0 * T * T * T * NN_LANES, "GFLOP/s"},
        {"complex_product", time_complex, 20 * 8.0 * ROWS * IN * OUT, "GFLOP/s"},
        {"to_bins", time_to_bins, 100 * 8.0 * T * T * NN_LANES, "GB/s"},
        {"from_bins", time_from_bins, 100 * 8.0 * T * T * NN_LANES, "GB/s"},
        {"interleave", time_interleave, 100 * 8.0 * T * T * NN_LANES, "GB/s"},
        {"deinterleave", time_deinterleave, 100 * 8.0 * T * T * NN_LANES, "GB/s"},
        {"relu_pool", time_relu_pool, 100 * (4 + 1.25) * T * T * NN_LANES, "GB/s"},
        {"relu_unpool", time_relu_unpool, 100 * (4 + 1.25) * T * T * NN_LANES, "GB/s"},
        {"int16_product", time_int16_product, INPUTS / 2 * 2.0 * NN_INT16_COLUMNS, "GFLOP/s"},
    };
    for (size_t i = 0; i < sizeof timed / sizeof *timed; i++) {
        double ns = best_ns(timed[i].call, b);
        printf("%-8s %-16s %7.1f us %7.1f %s\n", b->k->name, timed[i].name, ns * 1e-3,
               timed[i].work / ns, timed[i].unit);
    }
}

static int benchmark(void)
{
    struct rng rng;
    seed_rng(&rng, 8);
    struct bench b = {.used = malloc(INPUTS / 2 * sizeof *b.used)};
    float **arrays[] = {&b.a, &b.b, &b.c};
    for (int i = 0; i < 3; i++) {
        *arrays[i] = nan_floats(1 << 21);
        memset(*arrays[i], 0, sizeof(float) << 21);
    }
    for (int i = 0; i < 1 << 21; i++)
        b.a[i] = rng_uniform(&rng, -1, 1);
    for (int i = 0; i < INPUTS / 2; i++)
        b.used[i] = 2 * i;
    for (int lane = 0; lane < NN_LANES; lane++) {
        b.planes[lane] = b.b + (size_t)lane * PLANE * PLANE;
        b.to[lane] = b.c + (size_t)lane * PLANE * PLANE;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        b.k = nn_kernels_named(names[i]);
        if (b.k)
            time_all(&b);
    }
    free(b.used);
    free(b.a);
    free(b.b);
    free(b.c);
    return 0;
}

#define OF_EACH(test)                                                                              \
    {#test " avx512", test, NULL, NULL, (void *)(uintptr_t) "avx512"},                             \
        {#test " avx2", test, NULL, NULL, (void *)(uintptr_t) "avx2"},                             \
    {                                                                                              \
#test " generic", test, NULL, NULL, (void *)(uintptr_t) "generic"                          \
    }

int main(int argc, char **argv)
{
    if (is_benchmark(argc, argv))
        return benchmark();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_refused), OF_EACH(lanes_product_multiplies),
        OF_EACH(complex_product_multiplies),         OF_EACH(bins_go_and_come_back),
        OF_EACH(lanes_are_planes_side_by_side),      OF_EACH(relu_pool_follows_its_definition),
        OF_EACH(int16_product_multiplies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
