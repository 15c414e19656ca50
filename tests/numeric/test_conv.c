// SPDX-License-Identifier: MIT
// The convolutional layer against the naive reference, and that one against numbers worked out by
// hand. With --benchmark: the layer's speed on the paper's shapes.
#include "core/base/pool.h"
#include "core/nn/blas.h"
#include "core/nn/conv_layer.h"
#include "core/nn/fourier.h"
#include "tests/numeric/simd.h"

#include <unistd.h>

#define BOUND       1e-5 // of any shape's outputs and gradients, as a share of the largest
#define MAX_WORKERS 3

// ---- The reference ------------------------------------------------------------------------------

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
            fail_msg("seed 6, argument %d: difference %g, slope %g", k, difference, slope);
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

// 3x3, with everything the relu and the edges can do.
static void ref_pools(void **state)
{
    (void)state;
    const float x[] = {1, 3, -1, 3, 2, -0.0F, -4, -5, 7};
    float y[9], dx[9];
    uint8_t from[9];
    nn_relu_pool_ref(3, 3, true, x, y, from);
    const float want[] = {3, 0, 0, 7};
    const uint8_t want_from[] = {1, 4, 4, 0};
    assert_memory_equal(y, want, sizeof want);
    assert_memory_equal(from, want_from, sizeof want_from);
    const float dy[] = {1, 2, 3, 4}, want_dx[] = {0, 1, 0, 0, 0, 0, 0, 0, 4};
    nn_relu_pool_backward_ref(3, 3, true, dy, from, dx);
    assert_memory_equal(dx, want_dx, sizeof want_dx);

    nn_relu_pool_ref(3, 3, false, x, y, from);
    const float want_relu[] = {1, 3, 0, 3, 2, 0, 0, 0, 7};
    const uint8_t want_relu_from[] = {0, 0, 4, 0, 0, 4, 4, 4, 0};
    assert_memory_equal(y, want_relu, sizeof want_relu);
    assert_memory_equal(from, want_relu_from, sizeof want_relu_from);
    nn_relu_pool_backward_ref(3, 3, false, x, from, dx);
    assert_memory_equal(dx, want_relu, sizeof want_relu);
    nn_relu_pool_ref(1, 5, true, x, y, NULL);
    const float want_row[] = {3, 3, 2};
    assert_memory_equal(y, want_row, sizeof want_row);
}

// A diverged net must not look sane: a NaN passes through, wherever in the window it stands.
static void ref_keeps_nan_visible(void **state)
{
    (void)state;
    for (int h = 1; h <= 5; h++)
        for (int at = 0; at < h * h; at++) {
            float x[25], y[9];
            uint8_t from[9];
            for (int i = 0; i < h * h; i++)
                x[i] = i % 3 ? 5 : -5;
            x[at] = NAN;
            nn_relu_pool_ref(h, h, true, x, y, from);
            int o = (h + 1) / 2, where = at / h / 2 * o + at % h / 2;
            for (int i = 0; i < o * o; i++)
                assert_true(isnan(y[i]) == (i == where));
            assert_int_equal(from[where], 2 * (at / h % 2) + at % h % 2);
        }
}

// ---- The layer ----------------------------------------------------------------------------------

struct conv_case {
    struct nn_conv_shape shape;
    bool pool;
    int planned, n;  // pictures
    bool no_train;   // only forward
    bool no_dx;      // the first layer's
    int step, chunk; // 0: as planned
    uint64_t seed;
};

static const char *describe(const struct conv_case *c, const struct nn_conv_plan *p)
{
    static char text[240];
    snprintf(text, sizeof text,
             "%s: ci %d h %d co %d k %d pool %d, %d of %d pictures, train %d dx %d, t %d step %d "
             "chunk %d chunks %d, seed %d",
             nn_kernels()->name, c->shape.ci, c->shape.h, c->shape.co, c->shape.k, c->pool, c->n,
             c->planned, p->train, p->dx, p->t, p->step, p->chunk, p->chunks, (int)c->seed);
    return text;
}

static void plan_case(const struct conv_case *c, struct nn_conv_plan *p)
{
    *p = (struct nn_conv_plan){.shape = c->shape,
                               .pool = c->pool,
                               .train = !c->no_train,
                               .dx = !c->no_train && !c->no_dx,
                               .pictures = c->planned};
    nn_conv_plan(p);
    assert_int_equal(p->conv_out, c->shape.h - c->shape.k + 1);
    assert_int_equal(p->out, c->pool ? (p->conv_out + 1) / 2 : p->conv_out);
    assert_true(p->tiles * p->step >= p->conv_out && p->t == p->step + c->shape.k - 1);
    assert_true(p->chunk * p->chunks >= c->planned);
    if (c->step) {
        p->step = c->step;
        p->t = c->step + c->shape.k - 1;
        p->tiles = (p->conv_out + c->step - 1) / c->step;
        p->bins = nn_fourier_bins(p->t);
    }
    if (c->chunk) {
        p->chunk = c->chunk;
        p->chunks = (c->planned + c->chunk - 1) / c->chunk;
    }
}

// A layer with memory of exactly the size it asks for, all NaN.
struct bench {
    struct nn_conv_layer layer;
    float *scratch[MAX_WORKERS];
};

static void make_bench(struct bench *b, const struct nn_conv_plan *plan, int n_workers)
{
    struct nn_conv_memory m;
    nn_conv_memory(plan, &m);
    *b = (struct bench){.layer = {.plan = *plan,
                                  .matrices = nan_floats(m.matrices),
                                  .filters = nan_floats(m.filters),
                                  .seen = nan_floats(m.seen),
                                  .made = nan_floats(m.made),
                                  .gradient = nan_floats(m.gradient),
                                  .d_seen = nan_floats(m.d_seen)}};
    for (int i = 0; i < n_workers; i++)
        b->scratch[i] = nan_floats(m.worker);
    b->layer.scratch = b->scratch;
    assert_int_equal(pool_create(&b->layer.workers, n_workers, 0, NULL), 0);
    nn_conv_layer_init(&b->layer);
}

static void free_bench(struct bench *b)
{
    struct nn_conv_layer *l = &b->layer;
    float *const all[] = {l->matrices, l->filters, l->seen, l->made, l->gradient, l->d_seen};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    for (int i = 0; i < MAX_WORKERS; i++)
        free(b->scratch[i]);
    pool_destroy(l->workers);
}

// What goes in and what comes out. All outputs are NaN before. x, y, dx, from: of all planned
// pictures.
struct arrays {
    size_t in, out, filters, co; // floats of a picture's x and y; of w; of b
    float *x, *w, *b, *dy;
    float *y, *dx, *dw, *db;
    uint8_t *from;
};

static uint8_t *nan_bytes(size_t n)
{
    uint8_t *x = malloc(n);
    assert_non_null(x);
    memset(x, 0xff, n);
    return x;
}

static struct arrays make_arrays(const struct conv_case *c, const struct nn_conv_plan *p)
{
    struct rng rng;
    rng_seed(&rng, c->seed, 1);
    struct arrays a = {.filters = sizes_of(&c->shape).w, .co = (size_t)c->shape.co};
    a.in = sizes_of(&c->shape).x;
    a.out = a.co * p->out * p->out;
    size_t n = (size_t)c->planned;
    a.x = random_floats(&rng, n * a.in, -1, 1);
    a.w = random_floats(&rng, a.filters, -1, 1);
    a.b = random_floats(&rng, a.co, -1, 1);
    a.dy = random_floats(&rng, n * a.out, -1, 1);
    a.y = nan_floats(n * a.out);
    a.dx = nan_floats(n * a.in);
    a.dw = nan_floats(a.filters);
    a.db = nan_floats(a.co);
    a.from = nan_bytes(n * a.out);
    return a;
}

static void free_arrays(struct arrays *a)
{
    float *const all[] = {a->x, a->w, a->b, a->dy, a->y, a->dx, a->dw, a->db};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free(a->from);
}

static void run_passes(struct nn_conv_layer *l, int n, const struct arrays *a)
{
    nn_conv_set_filters(l, a->w);
    nn_conv_layer_forward(l, a->x, n, a->b, a->y, l->plan.train ? a->from : NULL);
    if (l->plan.train)
        nn_conv_layer_backward(l, n, a->w, a->dy, a->from, l->plan.dx ? a->dx : NULL, a->dw, a->db);
}

// The layer's results for the case. With fewer pictures than planned the layer has had them all
// before, of another kind, so that what is left of them would show.
static struct arrays run_layer(const struct conv_case *c, const struct nn_conv_plan *plan,
                               int n_workers)
{
    struct bench b;
    make_bench(&b, plan, n_workers);
    if (c->n < c->planned) {
        struct conv_case other = *c;
        other.seed++;
        struct arrays before = make_arrays(&other, plan);
        run_passes(&b.layer, c->planned, &before);
        free_arrays(&before);
    }
    struct arrays a = make_arrays(c, plan);
    run_passes(&b.layer, c->n, &a);
    free_bench(&b);
    return a;
}

static void assert_same_bits(const struct conv_case *c, const struct nn_conv_plan *p,
                             const struct arrays *a, const struct arrays *b)
{
    size_t n = (size_t)c->planned; // what is beyond c->n has been left alone by both
    if (memcmp(a->y, b->y, n * a->out * sizeof *a->y) || memcmp(a->from, b->from, n * a->out) ||
        memcmp(a->dx, b->dx, n * a->in * sizeof *a->dx) ||
        memcmp(a->dw, b->dw, a->filters * sizeof *a->dw) ||
        memcmp(a->db, b->db, a->co * sizeof *a->db))
        fail_msg("%s: the number of workers shows", describe(c, p));
}

// Which of a window's values is the largest is the layer's choice where they are equal but for
// rounding: its `from` must point to a value close to the maximum, made: [conv_out, conv_out].
static void check_from(const struct conv_case *c, const struct nn_conv_plan *p, const float *made,
                       const float *y, const uint8_t *from, double bound)
{
    int size = c->pool ? 2 : 1;
    for (int i = 0; i < p->out; i++)
        for (int j = 0; j < p->out; j++, y++, from++) {
            int row = size * i + *from / 2, col = size * j + *from % 2;
            bool inside = *from < size * size && row < p->conv_out && col < p->conv_out;
            double value = inside ? made[row * p->conv_out + col] : 0;
            if ((!inside && *from != 4) || (*from == 4) != (*y == 0) ||
                !(fabs(value - *y) <= bound))
                fail_msg("%s: row %d column %d: %g from %d, that is %g", describe(c, p), i, j, *y,
                         *from, value);
        }
}

// The reference's results. Its backward pass follows the layer's `from`.
struct ref {
    float *y, *dx, *dw, *db;
};

static void run_ref(const struct conv_case *c, const struct nn_conv_plan *p, const struct arrays *a,
                    struct ref *ref)
{
    int full = p->conv_out;
    size_t plane = (size_t)full * full, out = (size_t)p->out * p->out;
    float *made = zero_floats(a->co * plane), *d_made = zero_floats(a->co * plane);
    *ref = (struct ref){zero_floats(c->n * a->out), zero_floats(c->n * a->in),
                        zero_floats(a->filters), zero_floats(a->co)};
    for (size_t i = 0; i < (size_t)c->n; i++) {
        const float *x = a->x + i * a->in;
        nn_conv_forward_ref(&c->shape, x, a->w, a->b, made);
        for (size_t o = 0; o < a->co; o++)
            nn_relu_pool_ref(full, full, c->pool, made + o * plane, ref->y + i * a->out + o * out,
                             NULL);
        if (!p->train)
            continue;
        double largest = 0;
        for (size_t k = 0; k < a->co * plane; k++)
            largest = fmax(largest, fabs(made[k]));
        for (size_t o = 0; o < a->co; o++) {
            size_t at = i * a->out + o * out;
            check_from(c, p, made + o * plane, a->y + at, a->from + at, BOUND * largest);
            nn_relu_pool_backward_ref(full, full, c->pool, a->dy + at, a->from + at,
                                      d_made + o * plane);
        }
        nn_conv_backward_ref(&c->shape, x, a->w, d_made, ref->dx + i * a->in, ref->dw, ref->db);
    }
    free(made);
    free(d_made);
}

static double worst_error; // of all cases so far

static void assert_matches(size_t n, const float *got, const float *want, const char *what,
                           const struct conv_case *c, const struct nn_conv_plan *p)
{
    double error = relative_error(n, got, want);
    worst_error = fmax(worst_error, error);
    if (!(error <= BOUND))
        fail_msg("%s: relative error of %s: %.3g, bound %.3g", describe(c, p), what, error, BOUND);
}

static void assert_all_nan(const struct conv_case *c, const struct nn_conv_plan *p, size_t n,
                           const float *x, const char *what)
{
    for (size_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            fail_msg("%s: %s was written", describe(c, p), what);
}

static void check_case(const struct conv_case *c)
{
    struct nn_conv_plan plan;
    struct ref ref;
    plan_case(c, &plan);
    struct arrays one = run_layer(c, &plan, 1), three = run_layer(c, &plan, 3);
    assert_same_bits(c, &plan, &one, &three);
    size_t n = (size_t)c->n, rest = (size_t)c->planned - n;
    run_ref(c, &plan, &one, &ref);
    assert_matches(n * one.out, one.y, ref.y, "y", c, &plan);
    assert_all_nan(c, &plan, rest * one.out, one.y + n * one.out, "y beyond the pictures");
    if (plan.train) {
        assert_matches(one.filters, one.dw, ref.dw, "dw", c, &plan);
        assert_matches(one.co, one.db, ref.db, "db", c, &plan);
    }
    if (plan.dx) {
        assert_matches(n * one.in, one.dx, ref.dx, "dx", c, &plan);
        assert_all_nan(c, &plan, rest * one.in, one.dx + n * one.in, "dx beyond the pictures");
    }
    float *const all[] = {ref.y, ref.dx, ref.dw, ref.db};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
    free_arrays(&one);
    free_arrays(&three);
}

static void layer_matches_ref_on_edge_shapes(void **state)
{
    (void)state;
    static const struct conv_case cases[] = {
        // h = 1, k = 1, k = h
        {{1, 1, 1, 1}, .planned = 1, .n = 1},
        {{3, 1, 5, 1}, .pool = true, .planned = 3, .n = 3},
        {{5, 7, 3, 1}, .pool = true, .planned = 2, .n = 2},
        {{16, 6, 17, 1}, .planned = 2, .n = 1},
        {{3, 7, 5, 7}, .planned = 4, .n = 4},
        {{1, 5, 1, 5}, .pool = true, .planned = 1, .n = 1},
        {{17, 10, 33, 10}, .planned = 3, .n = 2, .chunk = 1},
        {{2, 2, 2, 2}, .pool = true, .planned = 2, .n = 2},
        // Channels around whole vectors
        {{15, 9, 16, 3}, .pool = true, .planned = 2, .n = 2},
        {{16, 9, 15, 3}, .planned = 2, .n = 2},
        {{17, 8, 17, 4}, .pool = true, .planned = 2, .n = 2},
        {{33, 11, 33, 4}, .pool = true, .planned = 5, .n = 5, .chunk = 2},
        {{33, 9, 1, 3}, .planned = 2, .n = 2},
        {{1, 9, 33, 3}, .planned = 2, .n = 2},
        {{3, 29, 16, 10}, .pool = true, .planned = 7, .n = 6, .chunk = 3, .no_dx = true},
        // Odd outputs, cut tiles, one tile and many
        {{3, 14, 5, 4}, .pool = true, .planned = 3, .n = 3, .step = 2},
        {{3, 14, 5, 4}, .pool = true, .planned = 3, .n = 3, .step = 4},
        {{3, 14, 5, 4}, .pool = true, .planned = 3, .n = 3, .step = 6},
        {{3, 14, 5, 4}, .pool = true, .planned = 3, .n = 3, .step = 10},
        {{3, 14, 5, 4}, .pool = true, .planned = 3, .n = 3, .step = 11},
        {{5, 14, 3, 4}, .planned = 3, .n = 3, .step = 1},
        {{5, 14, 3, 4}, .planned = 3, .n = 3, .step = 3},
        {{5, 14, 3, 4}, .planned = 3, .n = 3, .step = 5},
        {{5, 14, 3, 4}, .planned = 3, .n = 3, .step = 11},
        {{1, 13, 1, 2}, .pool = true, .planned = 1, .n = 1, .step = 8},
        {{17, 12, 15, 3}, .pool = true, .planned = 9, .n = 9, .step = 4, .chunk = 4},
        {{2, 62, 3, 3}, .pool = true, .planned = 1, .n = 1, .step = 60}, // t = 62
        {{2, 41, 17, 7}, .pool = true, .planned = 11, .n = 11, .chunk = 1},
        {{2, 41, 17, 7}, .pool = true, .planned = 11, .n = 1, .chunk = 4},
        {{2, 41, 17, 7}, .pool = true, .planned = 11, .n = 8, .chunk = 4},
        // Forward only
        {{3, 29, 16, 10}, .pool = true, .planned = 1, .n = 1, .no_train = true},
        {{16, 12, 33, 4}, .planned = 5, .n = 5, .no_train = true, .chunk = 2},
        {{33, 12, 16, 4}, .pool = true, .planned = 5, .n = 3, .no_train = true},
        {{1, 105, 4, 10}, .pool = true, .planned = 1, .n = 1, .no_train = true},
    };
    worst_error = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conv_case c = cases[i];
        c.seed = i;
        check_case(&c);
    }
    print_message("relative error: at most %.1e\n", worst_error);
}

static int from_1_to(struct rng *rng, int n)
{
    return 1 + (int)rng_below(rng, (uint32_t)n);
}

static struct conv_case random_case(uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed, 0);
    struct conv_case c = {.shape = {.ci = from_1_to(&rng, 40), .h = from_1_to(&rng, 40)},
                          .pool = rng_below(&rng, 2),
                          .seed = seed};
    c.shape.co = from_1_to(&rng, 40);
    c.shape.k = from_1_to(&rng, c.shape.h < 10 ? c.shape.h : 10);
    c.planned = from_1_to(&rng, 7);
    c.n = rng_below(&rng, 2) ? c.planned : from_1_to(&rng, c.planned);
    c.no_train = rng_below(&rng, 4) == 0;
    c.no_dx = rng_below(&rng, 4) == 0;
    int conv_out = c.shape.h - c.shape.k + 1;
    if (rng_below(&rng, 2)) {
        c.step = from_1_to(&rng, conv_out);
        if (c.pool && c.step % 2 && c.step < conv_out)
            c.step++; // windows do not straddle tiles
    }
    if (rng_below(&rng, 2))
        c.chunk = from_1_to(&rng, c.planned);
    return c;
}

// Sanitizers look at every access of the plain loops that are compared with, coverage counts it.
#ifdef INSTRUMENTED
enum { RANDOM_SHAPES = 20, PAPER_PICTURES = 1 };
#else
enum { RANDOM_SHAPES = 60, PAPER_PICTURES = 2 };
#endif

static void layer_matches_ref_on_random_shapes(void **state)
{
    (void)state;
    worst_error = 0;
    for (uint64_t seed = 100; seed < 100 + RANDOM_SHAPES; seed++) {
        struct conv_case c = random_case(seed);
        check_case(&c);
    }
    print_message("relative error: at most %.1e\n", worst_error);
}

static const struct conv_case paper[] = {
    {{3, 105, 64, 10}, .pool = true, .no_dx = true},
    {{64, 48, 128, 7}, .pool = true},
    {{128, 21, 128, 4}, .pool = true},
    {{128, 9, 256, 4}},
};

static void layer_matches_ref_on_the_papers_net(void **state)
{
    (void)state;
    worst_error = 0;
    for (size_t i = 0; i < sizeof paper / sizeof *paper; i++) {
        struct conv_case c = paper[i];
        c.planned = c.n = PAPER_PICTURES;
        c.seed = 200 + i;
        check_case(&c);
    }
    print_message("relative error: at most %.1e\n", worst_error);
}

// Spread by the transform or not, it is there where the reference has it.
static void layer_keeps_nan_visible(void **state)
{
    (void)state;
    struct conv_case c = {{2, 14, 3, 4}, .pool = true, .planned = 2, .n = 2, .step = 4, .seed = 1};
    struct nn_conv_plan plan;
    struct bench b;
    plan_case(&c, &plan);
    make_bench(&b, &plan, 1);
    for (size_t at = 0; at < 2 * 14 * 14; at += 5) {
        struct arrays a = make_arrays(&c, &plan);
        float made[3 * 11 * 11], want[6 * 6];
        a.x[at] = NAN;
        run_passes(&b.layer, 2, &a);
        nn_conv_forward_ref(&c.shape, a.x, a.w, a.b, made);
        for (int o = 0; o < 3; o++) {
            nn_relu_pool_ref(11, 11, true, made + o * 121, want, NULL);
            for (int i = 0; i < 36; i++)
                assert_true(isnan(a.y[o * 36 + i]) || !isnan(want[i]));
        }
        for (size_t i = a.out; i < 2 * a.out; i++) // the other picture's
            assert_true(isfinite(a.y[i]));
        free_arrays(&a);
    }
    free_bench(&b);
}

// A pass that finds the flag set leaves its outputs as they were.
static void stop_leaves_work_undone(void **state)
{
    (void)state;
    struct conv_case c = {{3, 14, 5, 4}, .pool = true, .planned = 4, .n = 4, .chunk = 2};
    struct nn_conv_plan plan;
    struct bench b;
    atomic_bool stop = true;
    plan_case(&c, &plan);
    make_bench(&b, &plan, 3);
    struct arrays a = make_arrays(&c, &plan);
    b.layer.stop = &stop;
    run_passes(&b.layer, 4, &a);
    assert_all_nan(&c, &plan, 4 * a.out, a.y, "y");
    assert_all_nan(&c, &plan, 4 * a.in, a.dx, "dx");
    assert_all_nan(&c, &plan, a.filters, a.dw, "dw");
    free_arrays(&a);
    free_bench(&b);
}

// ---- Speed --------------------------------------------------------------------------------------

struct timed {
    struct nn_conv_layer *layer;
    const struct conv_case *c;
    const struct arrays *a;
};

static void time_filters(void *ctx)
{
    const struct timed *t = ctx;
    nn_conv_set_filters(t->layer, t->a->w);
}

static void time_forward(void *ctx)
{
    const struct timed *t = ctx;
    nn_conv_layer_forward(t->layer, t->a->x, t->c->n, t->a->b, t->a->y,
                          t->layer->plan.train ? t->a->from : NULL);
}

static void time_backward(void *ctx)
{
    const struct timed *t = ctx;
    nn_conv_layer_backward(t->layer, t->c->n, t->a->w, t->a->dy, t->a->from,
                           t->layer->plan.dx ? t->a->dx : NULL, t->a->dw, t->a->db);
}

static void time_naive(void *ctx)
{
    const struct timed *t = ctx;
    nn_conv_forward_ref(&t->c->shape, t->a->x, t->a->w, t->a->b, t->a->dx);
}

static void print_rate(const char *what, double flops, double ns, double sgemm, double naive)
{
    printf("  %-8s %8.2f ms %7.1f GFLOP/s, %5.2f of sgemm's, %6.1f of the naive one's\n", what,
           ns * 1e-6, flops / ns, flops / ns / sgemm, flops / ns / naive);
}

// Operations are counted as direct convolution has them: 2 for each product.
static void time_case(const struct conv_case *c, double sgemm)
{
    struct nn_conv_plan plan;
    struct bench b;
    plan_case(c, &plan);
    make_bench(&b, &plan, 1);
    struct arrays a = make_arrays(c, &plan);
    struct timed t = {&b.layer, c, &a};
    double one = 2.0 * (double)a.filters * plan.conv_out * plan.conv_out, flops = one * c->n;
    printf("%s\n", describe(c, &plan));
    double filters = best_ns(time_filters, &t), forward = best_ns(time_forward, &t);
    double backward = plan.train ? best_ns(time_backward, &t) : 0;
    free(a.dx);
    a.dx = nan_floats(a.co * plan.conv_out * plan.conv_out);
    double naive = one / best_ns(time_naive, &t);
    printf("  %-8s %8.2f ms\n", "filters", filters * 1e-6);
    print_rate("forward", flops, forward, sgemm, naive);
    if (plan.train)
        print_rate("backward", (plan.dx ? 2 : 1) * flops, backward, sgemm, naive);
    free_arrays(&a);
    free_bench(&b);
}

// Starts the program again where OpenBLAS runs a kernel below the processor, as the program itself
// does (app/main.c), for the ratio to be fair.
static void ensure_blas_kernel(char **argv)
{
    const char *better = nn_blas_better_kernel();
    if (!better || getenv("VISAVIS_BLAS_AS_IS"))
        return;
    setenv("OPENBLAS_CORETYPE", better, 1);
    setenv("VISAVIS_BLAS_AS_IS", "1", 1);
    execv("/proc/self/exe", argv);
}

static int benchmark(char **argv)
{
    ensure_blas_kernel(argv);
    double sgemm = nn_blas_gflops();
    printf("sgemm (%s): %.1f GFLOP/s on one thread; all below is on one\n", nn_blas_kernel(),
           sgemm);
    static const struct {
        int pictures;
        bool train;
    } loads[] = {{1, false}, {1, true}, {32, true}};
    for (size_t i = 0; i < sizeof paper / sizeof *paper; i++)
        for (size_t k = 0; k < sizeof loads / sizeof *loads; k++) {
            struct conv_case c = paper[i];
            c.planned = c.n = loads[k].pictures;
            c.no_train = !loads[k].train;
            time_case(&c, sgemm);
        }
    return 0;
}

int main(int argc, char **argv)
{
    nn_blas_init();
    if (simd_is_missing())
        return TEST_SKIPPED;
    if (is_benchmark(argc, argv))
        return benchmark(argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ref_is_cross_correlation),
        cmocka_unit_test(ref_mixes_channels),
        cmocka_unit_test(ref_pools),
        cmocka_unit_test(ref_keeps_nan_visible),
        cmocka_unit_test(ref_backward_is_the_derivative),
        cmocka_unit_test(layer_matches_ref_on_edge_shapes),
        cmocka_unit_test(layer_matches_ref_on_random_shapes),
        cmocka_unit_test(layer_matches_ref_on_the_papers_net),
        cmocka_unit_test(layer_keeps_nan_visible),
        cmocka_unit_test(stop_leaves_work_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
