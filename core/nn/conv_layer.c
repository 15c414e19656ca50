// SPDX-License-Identifier: MIT
// DESIGN. By the example of the paper's second layer, 64 channels of 48x48 to 128 of 42x42 by
// filters of 7x7, for a step of 32 pictures:
//
// 1. The plan cuts the output into 2x2 tiles of side 22. Each sees 28x28 of the input, so t = 28;
//    what lies beyond the edge is zero. A real tile of 28x28 has a spectrum of 394 bins, and these
//    are small complex matrices: X [128 tiles, 64], conj(W) [64, 128], Y [128 tiles, 128].
// 2. set_filters() takes the filters to conj(W): 26 MB from 1.6, the price of the method. It is
// paid
//    once a step, or once a model; the more pictures share it, the larger tiles pay, and the plan
//    weighs that. One picture alone is cut into 3x3 tiles with t = 20 and 13 MB.
// 3. see(): a tile of NN_LANES channels is fetched from its planes, transformed, and its bins are
//    written to X, each to its matrix.
// 4. multiply(): Y = X conj(W), one bin after the other, 8 * 394 * 4 * 64 * 128 = 103 million
//    operations a picture where the plain sum takes 1,416.
// 5. make(): the bins of a tile are fetched from Y and transformed back, only the 22x22 values that
//    are wanted. These go through bias, relu and pooling while they are in the cache.
//
// Backward runs the same way: unmake() takes the output's gradient back through pooling and relu
// and transforms it to conj(D), in Y's place. Two products follow, with X for the filters' gradient
// and with conj(W) transposed (in W's place) for the input's. unsee() brings that back and adds up
// where tiles overlap, take_gradient() makes 7x7 filters of the other.
//
// A spectrum array holds, bin after bin, a complex matrix with a row for each tile (or for each
// input channel of the filters) and a column for each channel. Its elements are numbered row by
// row; NN_LANES that follow each other are a group, and groups are what transforms work on: each
// lane fetches its own plane, wherever that is. So one picture of 3 channels fills the vectors as
// well as 32 of 64. Between bins lies an odd number of cache lines, so that a group's bins, written
// one by one, spread over the cache's sets.
//
// Where the input has few channels the filters' spectra are small and the tiles' are what does not
// fit the caches. Then the pictures go through the stages in chunks: for the first layer, one at a
// time. A stage's work goes to the pool in pieces, each some groups or some bins, which write to
// memory of their own.
#include "core/nn/conv_layer.h"

#include "core/nn/fourier.h"
#include "core/nn/ints.h"

#include <limits.h>
#include <string.h>

#define PIECES 16 // a stage is cut into so many for each worker, that they finish together

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

// ---- Spectrum arrays --------------------------------------------------------------------------

struct spectra {
    float *data;
    int rows, width; // of the matrices
    size_t im, bin;  // floats from real to imaginary part, from bin to bin
};

static struct spectra spectra_at(float *data, int rows, int width)
{
    size_t plane = round_up((size_t)rows * (size_t)width, NN_LANES);
    return (struct spectra){data, rows, width, plane, 2 * plane + NN_LANES};
}

static size_t spectra_size(const struct nn_conv_plan *plan, int rows, int width)
{
    return spectra_at(NULL, rows, width).bin * (size_t)plan->bins;
}

static int spectra_groups(const struct spectra *s)
{
    return (int)(s->im / NN_LANES);
}

static struct nn_bins bins_of(const struct spectra *s, int group)
{
    return (struct nn_bins){s->data + (size_t)group * NN_LANES, s->bin, s->im};
}

// The matrix of a bin; and transposed.
static struct nn_complex matrix_of(const struct spectra *s, int bin)
{
    const float *re = s->data + (size_t)bin * s->bin;
    return (struct nn_complex){re, re + s->im, (size_t)s->width, 1};
}

static struct nn_complex transposed(struct nn_complex m)
{
    return (struct nn_complex){m.re, m.im, m.col, m.row};
}

// The arrays of a layer. Widths of right-hand sides and results are whole vectors.
static int padded(int channels)
{
    return (int)round_up((size_t)channels, NN_LANES);
}

static int seen_width(const struct nn_conv_plan *p)
{
    return p->shape.ci; // a left-hand side only
}

static int chunk_rows(const struct nn_conv_plan *p)
{
    return p->chunk * p->tiles * p->tiles;
}

static struct spectra seen(const struct nn_conv_layer *l, int chunk)
{
    const struct nn_conv_plan *p = &l->plan;
    size_t size = spectra_size(p, chunk_rows(p), seen_width(p));
    return spectra_at(l->seen + (p->train ? (size_t)chunk * size : 0), chunk_rows(p),
                      seen_width(p));
}

static struct spectra made(const struct nn_conv_layer *l)
{
    return spectra_at(l->made, chunk_rows(&l->plan), padded(l->plan.shape.co));
}

static struct spectra filters(const struct nn_conv_layer *l)
{
    return spectra_at(l->filters, l->plan.shape.ci, padded(l->plan.shape.co));
}

static struct spectra filters_transposed(const struct nn_conv_layer *l)
{
    return spectra_at(l->filters, l->plan.shape.co, padded(l->plan.shape.ci));
}

static struct spectra gradient(const struct nn_conv_layer *l)
{
    return spectra_at(l->gradient, l->plan.shape.ci, padded(l->plan.shape.co));
}

static struct spectra d_seen(const struct nn_conv_layer *l)
{
    return spectra_at(l->d_seen, chunk_rows(&l->plan), padded(l->plan.shape.ci));
}

// ---- Memory -----------------------------------------------------------------------------------

// The transforms' matrices, behind each other.
struct matrices {
    float *seen;     // [t, t]
    float *made;     // [step, t]
    float *filter;   // [t, k]
    float *d_made;   // [t, step]
    float *d_seen;   // [t, t]
    float *d_filter; // [k, t]
};

static struct matrices matrices_at(const struct nn_conv_plan *p, float *at)
{
    size_t t = (size_t)p->t, step = (size_t)p->step, k = (size_t)p->shape.k;
    struct matrices m = {.seen = at};
    m.made = m.seen + t * t;
    m.filter = m.made + step * t;
    m.d_made = m.filter + t * k;
    m.d_seen = m.d_made + t * step;
    m.d_filter = m.d_seen + t * t;
    return m;
}

// A worker's scratch space.
struct scratch {
    float *transform; // nn_fourier_scratch()
    float *block;     // of a transform, [t][t][NN_LANES]
    float *pooled;    // [step][step][NN_LANES]
    uint8_t *from;    // alike
};

static struct scratch scratch_at(const struct nn_conv_plan *p, float *at)
{
    size_t t = (size_t)p->t, step = (size_t)p->step;
    struct scratch s = {.transform = at};
    s.block = s.transform + nn_fourier_scratch(p->t);
    s.pooled = s.block + t * nn_fourier_row(p->t);
    s.from = (uint8_t *)(s.pooled + step * nn_fourier_row(p->step));
    return s;
}

void nn_conv_memory(const struct nn_conv_plan *p, struct nn_conv_memory *m)
{
    const struct nn_conv_shape *s = &p->shape;
    size_t t = (size_t)p->t, step = (size_t)p->step, k = (size_t)s->k;
    int rows = chunk_rows(p);
    *m = (struct nn_conv_memory){
        .matrices = 2 * t * (t + step + k),
        .filters = spectra_size(p, s->ci, padded(s->co)),
        .seen = spectra_size(p, rows, seen_width(p)) * (size_t)(p->train ? p->chunks : 1),
        .made = spectra_size(p, rows, padded(s->co)),
        .worker = nn_fourier_scratch(p->t) + t * nn_fourier_row(p->t) +
                  step * nn_fourier_row(p->step) * 5 / 4, // floats and as many bytes
    };
    if (!p->train)
        return;
    m->gradient = spectra_size(p, s->ci, padded(s->co));
    if (!p->dx)
        return;
    size_t turned = spectra_size(p, s->co, padded(s->ci));
    m->filters = turned > m->filters ? turned : m->filters;
    m->d_seen = spectra_size(p, rows, padded(s->ci));
}

void nn_conv_layer_init(struct nn_conv_layer *l)
{
    const struct nn_conv_plan *p = &l->plan;
    struct matrices m = matrices_at(p, l->matrices);
    nn_fourier_analysis(p->t, p->t, false, m.seen);
    nn_fourier_synthesis(p->t, p->step, false, m.made);
    nn_fourier_analysis(p->t, p->shape.k, true, m.filter);
    nn_fourier_analysis(p->t, p->step, true, m.d_made);
    nn_fourier_synthesis(p->t, p->t, true, m.d_seen);
    nn_fourier_synthesis(p->t, p->shape.k, false, m.d_filter);
}

// ---- The plan ---------------------------------------------------------------------------------

// What a byte from beyond the caches costs, in operations of a core at work.
#define OPS_PER_BYTE 8.0
// Bytes of a chunk's spectra: what the caches hold, or several times the filters' spectra, which
// each chunk reads again.
#define CHUNK_BYTES      ((size_t)6 << 20)
#define CHUNK_TO_FILTERS 8

static void set_tiles(struct nn_conv_plan *p, int step)
{
    p->step = step;
    p->t = step + p->shape.k - 1;
    p->tiles = ceil_div(p->conv_out, step);
    p->bins = nn_fourier_bins(p->t);
}

// Of the forward pass over one picture; the backward pass is alike.
static double cost(const struct nn_conv_plan *p)
{
    const struct nn_conv_shape *s = &p->shape;
    double t = p->t, step = p->step, tiles = (double)p->tiles * p->tiles;
    double ci = s->ci, co = padded(s->co), bins = p->bins;
    double product = 8 * bins * tiles * ci * co;
    double see = 2 * tiles * ci * t * t * 2 * t;
    double make = 2 * tiles * co * step * t * (t + step);
    double filters = (p->train ? 2 : 1) * ci * co / p->pictures;
    double bytes = 8 * bins * (filters + 2 * tiles * (ci + co));
    return product + see + make + OPS_PER_BYTE * bytes;
}

static void set_chunks(struct nn_conv_plan *p)
{
    size_t ci = (size_t)padded(p->shape.ci), co = (size_t)padded(p->shape.co);
    size_t picture = (size_t)(p->tiles * p->tiles) * (ci > co ? ci : co);
    size_t by_cache = CHUNK_BYTES / (2 * sizeof(float) * (size_t)p->bins * picture);
    size_t by_filters = CHUNK_TO_FILTERS * (size_t)p->shape.ci * co / picture;
    size_t fit = by_cache > by_filters ? by_cache : by_filters;
    fit = fit < INT_MAX / picture ? fit : INT_MAX / picture; // elements are numbered by int
    p->chunk = fit < 1 ? 1 : fit < (size_t)p->pictures ? (int)fit : p->pictures;
    p->chunk = ceil_div(p->pictures, ceil_div(p->pictures, p->chunk)); // spread evenly
    p->chunks = ceil_div(p->pictures, p->chunk);
}

void nn_conv_plan(struct nn_conv_plan *plan)
{
    struct nn_conv_plan p = *plan;
    p.conv_out = nn_conv_out_side(&p.shape);
    p.out = p.pool ? ceil_div(p.conv_out, 2) : p.conv_out;
    double best = -1;
    for (int step = 1; step <= p.conv_out; step++) {
        if (p.pool && step % 2 && step < p.conv_out)
            continue; // pooling windows must not straddle tiles
        set_tiles(&p, step);
        if (best >= 0 && cost(&p) >= best)
            continue;
        best = cost(&p);
        *plan = p;
    }
    set_chunks(plan);
}

// ---- Stages -----------------------------------------------------------------------------------

// A stage of a pass on its way through the pool: do_one(job, i) for each i < n, in pieces. Each
// stage has its own struct, which begins with this.
struct job {
    const struct nn_conv_layer *layer;
    void (*do_one)(const struct job *job, int i, const struct scratch *scratch);
    int n, pieces;
};

static void run_piece(void *ctx, int item, int worker)
{
    const struct job *job = ctx;
    struct scratch scratch = scratch_at(&job->layer->plan, job->layer->scratch[worker]);
    const atomic_bool *stop = job->layer->stop;
    int end = (int)((int64_t)job->n * (item + 1) / job->pieces);
    for (int i = (int)((int64_t)job->n * item / job->pieces); i < end; i++) {
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return;
        job->do_one(job, i, &scratch);
    }
}

static void run(struct job *job)
{
    job->pieces = min_int(job->n, PIECES * pool_workers(job->layer->workers));
    pool_run(job->layer->workers, job->pieces, run_piece, job);
}

// ---- Products ---------------------------------------------------------------------------------

// result [m, n] = or += left [m, k] right [k, n], for all bins.
struct product {
    struct job job;
    struct spectra left, right, result;
    bool turned; // left's transpose is meant
    bool add;
    int m, k;
};

static void multiply_bin(const struct job *job, int bin, const struct scratch *scratch)
{
    (void)scratch;
    const struct product *p = (const struct product *)job;
    struct nn_complex a = matrix_of(&p->left, bin), b = matrix_of(&p->right, bin);
    if (p->turned)
        a = transposed(a);
    float *c = p->result.data + (size_t)bin * p->result.bin;
    nn_kernels()->complex_product(p->m, p->result.width, p->k, &a, &b, c, c + p->result.im,
                                  (size_t)p->result.width, p->add);
}

static void multiply(const struct nn_conv_layer *l, struct product *p)
{
    p->job = (struct job){.layer = l, .do_one = multiply_bin, .n = l->plan.bins};
    run(&p->job);
}

// ---- Filters ----------------------------------------------------------------------------------

struct filter_job {
    struct job job;
    struct spectra spectra;
    bool turned;    // a row for each output channel, not for each input channel
    const float *w; // [co, ci, k, k], read
    float *dw;      // alike, written
};

// The number of the filter that a lane of a group holds, -1: padding.
static int filter_of(const struct filter_job *f, int group, int lane)
{
    const struct nn_conv_shape *s = &f->job.layer->plan.shape;
    int element = group * NN_LANES + lane;
    int row = element / f->spectra.width, column = element % f->spectra.width;
    int o = f->turned ? row : column, c = f->turned ? column : row;
    return o < s->co && c < s->ci ? o * s->ci + c : -1;
}

static void transform_filters(const struct job *job, int group, const struct scratch *scratch)
{
    const struct filter_job *f = (const struct filter_job *)job;
    const struct nn_conv_plan *p = &job->layer->plan;
    int k = p->shape.k;
    const float *planes[NN_LANES];
    for (int lane = 0; lane < NN_LANES; lane++) {
        int filter = filter_of(f, group, lane);
        planes[lane] = filter >= 0 ? f->w + (size_t)filter * k * k : NULL;
    }
    nn_kernels()->interleave(k, k, planes, (size_t)k, scratch->block, nn_fourier_row(k));
    struct nn_bins bins = bins_of(&f->spectra, group);
    nn_fourier_forward(p->t, k, matrices_at(p, job->layer->matrices).filter, scratch->block, &bins,
                       scratch->transform);
}

static void restore_filters(const struct job *job, int group, const struct scratch *scratch)
{
    const struct filter_job *f = (const struct filter_job *)job;
    const struct nn_conv_plan *p = &job->layer->plan;
    int k = p->shape.k;
    struct nn_bins bins = bins_of(&f->spectra, group);
    nn_fourier_inverse(p->t, k, matrices_at(p, job->layer->matrices).d_filter, &bins,
                       scratch->block, scratch->transform);
    float *planes[NN_LANES];
    for (int lane = 0; lane < NN_LANES; lane++) {
        int filter = filter_of(f, group, lane);
        planes[lane] = filter >= 0 ? f->dw + (size_t)filter * k * k : NULL;
    }
    nn_kernels()->deinterleave(k, k, scratch->block, nn_fourier_row(k), planes, (size_t)k);
}

static void set_filters(const struct nn_conv_layer *l, const float *w, bool turned)
{
    struct filter_job f = {.job = {.layer = l, .do_one = transform_filters}};
    f.spectra = turned ? filters_transposed(l) : filters(l);
    f.turned = turned;
    f.w = w;
    f.job.n = spectra_groups(&f.spectra);
    run(&f.job);
}

void nn_conv_set_filters(struct nn_conv_layer *l, const float *w)
{
    set_filters(l, w, false);
}

static void take_gradient(const struct nn_conv_layer *l, float *dw)
{
    struct filter_job f = {.job = {.layer = l, .do_one = restore_filters}, .dw = dw};
    f.spectra = gradient(l);
    f.job.n = spectra_groups(&f.spectra);
    run(&f.job);
}

// ---- Tiles of the input -----------------------------------------------------------------------

// Where a tile is: its picture in the chunk and its row and column of tiles.
struct tile {
    int picture, i, j;
};

static struct tile tile_of(const struct nn_conv_plan *p, int row)
{
    int in_picture = row % (p->tiles * p->tiles);
    return (struct tile){row / (p->tiles * p->tiles), in_picture / p->tiles, in_picture % p->tiles};
}

// What a tile sees of the picture along an axis: the last ones are cut by its edge.
static int seen_extent(const struct nn_conv_plan *p, int tile)
{
    return min_int(p->t, p->shape.h - tile * p->step);
}

struct see_job {
    struct job job;
    struct spectra spectra;
    const float *x; // [pictures of the chunk, ci, h, h]
    int n_tiles;    // of the chunk
};

// The planes of a group's lanes, from where their tiles begin, and how much there is of each.
struct seen_group {
    const float *planes[NN_LANES];
    int rows[NN_LANES], cols[NN_LANES];
    bool alike; // all lanes have the same extent
};

static struct seen_group seen_group_of(const struct see_job *s, int group)
{
    const struct nn_conv_plan *p = &s->job.layer->plan;
    struct seen_group g = {.alike = true};
    size_t plane = (size_t)p->shape.h * p->shape.h;
    for (int lane = 0; lane < NN_LANES; lane++) {
        int element = group * NN_LANES + lane, row = element / s->spectra.width;
        if (row >= s->n_tiles)
            break;
        struct tile tile = tile_of(p, row);
        int channel = tile.picture * p->shape.ci + element % s->spectra.width;
        g.planes[lane] = s->x + (size_t)channel * plane +
                         ((size_t)tile.i * p->shape.h + tile.j) * (size_t)p->step;
        g.rows[lane] = seen_extent(p, tile.i);
        g.cols[lane] = seen_extent(p, tile.j);
        g.alike = g.alike && g.rows[lane] == g.rows[0] && g.cols[lane] == g.cols[0];
    }
    return g;
}

// One lane after the other: for groups of tiles that are not cut alike.
static void see_lanes(const struct nn_conv_plan *p, const struct seen_group *g, float *block)
{
    size_t row = nn_fourier_row(p->t);
    for (int lane = 0; lane < NN_LANES; lane++)
        for (int i = 0; i < g->rows[lane]; i++)
            for (int j = 0; j < g->cols[lane]; j++)
                block[i * row + (size_t)j * NN_LANES + lane] =
                    g->planes[lane][(size_t)i * p->shape.h + j];
}

static void see_tiles(const struct job *job, int group, const struct scratch *scratch)
{
    const struct see_job *s = (const struct see_job *)job;
    const struct nn_conv_plan *p = &job->layer->plan;
    struct seen_group g = seen_group_of(s, group);
    size_t row = nn_fourier_row(p->t);
    if (!g.alike || g.rows[0] < p->t || g.cols[0] < p->t)
        memset(scratch->block, 0, (size_t)p->t * row * sizeof *scratch->block);
    if (g.alike)
        nn_kernels()->interleave(g.rows[0], g.cols[0], g.planes, (size_t)p->shape.h, scratch->block,
                                 row);
    else
        see_lanes(p, &g, scratch->block);
    struct nn_bins bins = bins_of(&s->spectra, group);
    nn_fourier_forward(p->t, p->t, matrices_at(p, job->layer->matrices).seen, scratch->block, &bins,
                       scratch->transform);
}

struct unsee_job {
    struct job job;
    struct spectra spectra;
    float *dx; // [pictures of the chunk, ci, h, h]
};

// All tiles of NN_LANES channels of one picture: where they see the same, they add up.
static void unsee_tiles(const struct job *job, int i, const struct scratch *scratch)
{
    const struct unsee_job *u = (const struct unsee_job *)job;
    const struct nn_conv_plan *p = &job->layer->plan;
    int blocks = u->spectra.width / NN_LANES, n_tiles = p->tiles * p->tiles;
    int picture = i / blocks, channel = i % blocks * NN_LANES, h = p->shape.h;
    int lanes = min_int(NN_LANES, p->shape.ci - channel);
    size_t plane = (size_t)h * h, block_row = nn_fourier_row(p->t);
    float *dx = u->dx + ((size_t)picture * p->shape.ci + channel) * plane;
    memset(dx, 0, (size_t)lanes * plane * sizeof *dx);
    for (int row = picture * n_tiles; row < (picture + 1) * n_tiles; row++) {
        struct tile tile = tile_of(p, row);
        struct nn_bins bins = bins_of(&u->spectra, row * blocks + i % blocks);
        nn_fourier_inverse(p->t, p->t, matrices_at(p, job->layer->matrices).d_seen, &bins,
                           scratch->block, scratch->transform);
        float *at = dx + ((size_t)tile.i * h + tile.j) * (size_t)p->step;
        int rows = seen_extent(p, tile.i), cols = seen_extent(p, tile.j);
        for (int lane = 0; lane < lanes; lane++)
            for (int y = 0; y < rows; y++)
                for (int x = 0; x < cols; x++)
                    at[lane * plane + (size_t)y * h + x] +=
                        scratch->block[y * block_row + (size_t)x * NN_LANES + lane];
    }
}

// ---- Tiles of the output ----------------------------------------------------------------------

struct make_job {
    struct job job;
    struct spectra spectra;
    const float *b; // [co]
    float *y;       // [pictures of the chunk, co, out, out]
    uint8_t *from;  // alike, NULL: not wanted
};

// Back: y's gradient and where y came from are read.
struct unmake_job {
    struct job job;
    struct spectra spectra;
    const float *dy;
    const uint8_t *from;
};

// The lanes of a group are channels channel .. channel + lanes - 1 of one tile.
struct made_group {
    int channel, lanes;
    int rows, cols;         // of the tile: the last ones are cut by the edge
    int out_rows, out_cols; // after pooling
    size_t at;              // of the first channel's values after pooling, in the chunk's planes
};

static struct made_group made_group_of(const struct nn_conv_plan *p, const struct spectra *spectra,
                                       int group)
{
    int element = group * NN_LANES, size = p->pool ? 2 : 1;
    struct tile tile = tile_of(p, element / spectra->width);
    struct made_group g = {.channel = element % spectra->width};
    g.lanes = min_int(NN_LANES, p->shape.co - g.channel);
    g.rows = min_int(p->step, p->conv_out - tile.i * p->step);
    g.cols = min_int(p->step, p->conv_out - tile.j * p->step);
    g.out_rows = ceil_div(g.rows, size);
    g.out_cols = ceil_div(g.cols, size);
    size_t channel = (size_t)tile.picture * p->shape.co + g.channel, out = (size_t)p->out;
    g.at = channel * out * out + (tile.i * out + tile.j) * (size_t)(p->step / size);
    return g;
}

static void make_tiles(const struct job *job, int group, const struct scratch *scratch)
{
    const struct make_job *m = (const struct make_job *)job;
    const struct nn_conv_plan *p = &job->layer->plan;
    const struct nn_kernels *kernels = nn_kernels();
    struct made_group g = made_group_of(p, &m->spectra, group);
    struct nn_bins bins = bins_of(&m->spectra, group);
    size_t row = nn_fourier_row(p->step), plane = (size_t)p->out * p->out;
    float bias[NN_LANES] = {0}, *planes[NN_LANES] = {0};
    for (int lane = 0; lane < g.lanes; lane++) {
        bias[lane] = m->b[g.channel + lane];
        planes[lane] = m->y + g.at + lane * plane;
    }
    nn_fourier_inverse(p->t, p->step, matrices_at(p, job->layer->matrices).made, &bins,
                       scratch->block, scratch->transform);
    kernels->relu_pool(g.rows, g.cols, p->pool, scratch->block, row, bias, scratch->pooled, row,
                       m->from ? scratch->from : NULL);
    kernels->deinterleave(g.out_rows, g.out_cols, scratch->pooled, row, planes, (size_t)p->out);
    for (int lane = 0; m->from && lane < g.lanes; lane++)
        for (int i = 0; i < g.out_rows; i++)
            for (int j = 0; j < g.out_cols; j++)
                m->from[g.at + lane * plane + (size_t)i * p->out + j] =
                    scratch->from[i * row + (size_t)j * NN_LANES + lane];
}

static void unmake_tiles(const struct job *job, int group, const struct scratch *scratch)
{
    const struct unmake_job *u = (const struct unmake_job *)job;
    const struct nn_conv_plan *p = &job->layer->plan;
    const struct nn_kernels *kernels = nn_kernels();
    struct made_group g = made_group_of(p, &u->spectra, group);
    size_t row = nn_fourier_row(p->step), plane = (size_t)p->out * p->out;
    const float *planes[NN_LANES] = {0};
    memset(scratch->from, NN_FROM_NONE, g.out_rows * row); // of lanes without a channel
    for (int lane = 0; lane < g.lanes; lane++) {
        planes[lane] = u->dy + g.at + lane * plane;
        for (int i = 0; i < g.out_rows; i++)
            for (int j = 0; j < g.out_cols; j++)
                scratch->from[i * row + (size_t)j * NN_LANES + lane] =
                    u->from[g.at + lane * plane + (size_t)i * p->out + j];
    }
    kernels->interleave(g.out_rows, g.out_cols, planes, (size_t)p->out, scratch->pooled, row);
    if (g.rows < p->step || g.cols < p->step)
        memset(scratch->block, 0, (size_t)p->step * row * sizeof *scratch->block);
    kernels->relu_unpool(g.rows, g.cols, p->pool, scratch->pooled, row, scratch->from,
                         scratch->block, row);
    struct nn_bins bins = bins_of(&u->spectra, group);
    nn_fourier_forward(p->t, p->step, matrices_at(p, job->layer->matrices).d_made, scratch->block,
                       &bins, scratch->transform);
}

// ---- Passes -----------------------------------------------------------------------------------

// A chunk of pictures on its way through the stages.
struct chunk {
    int number, pictures, n_tiles;
    size_t x_at, y_at; // of its planes in the batch's input and output
};

static struct chunk chunk_of(const struct nn_conv_plan *p, int number, int n)
{
    struct chunk c = {.number = number};
    size_t first = (size_t)number * p->chunk;
    c.pictures = min_int(p->chunk, n - number * p->chunk);
    c.n_tiles = c.pictures * p->tiles * p->tiles;
    c.x_at = first * p->shape.ci * p->shape.h * p->shape.h;
    c.y_at = first * p->shape.co * p->out * p->out;
    return c;
}

static void see(const struct nn_conv_layer *l, const struct chunk *c, const float *x)
{
    struct see_job s = {.job = {.layer = l, .do_one = see_tiles}};
    s.spectra = seen(l, c->number);
    s.x = x + c->x_at;
    s.n_tiles = c->n_tiles;
    s.job.n = ceil_div(c->n_tiles * s.spectra.width, NN_LANES);
    run(&s.job);
}

static void make(const struct nn_conv_layer *l, const struct chunk *c, const float *b, float *y,
                 uint8_t *from)
{
    struct make_job m = {.job = {.layer = l, .do_one = make_tiles}, .spectra = made(l), .b = b};
    m.y = y + c->y_at;
    m.from = from ? from + c->y_at : NULL;
    m.job.n = c->n_tiles * m.spectra.width / NN_LANES;
    run(&m.job);
}

static void unmake(const struct nn_conv_layer *l, const struct chunk *c, const float *dy,
                   const uint8_t *from)
{
    struct unmake_job u = {.job = {.layer = l, .do_one = unmake_tiles}, .spectra = made(l)};
    u.dy = dy + c->y_at;
    u.from = from + c->y_at;
    u.job.n = c->n_tiles * u.spectra.width / NN_LANES;
    run(&u.job);
}

static void unsee(const struct nn_conv_layer *l, const struct chunk *c, float *dx)
{
    struct unsee_job u = {.job = {.layer = l, .do_one = unsee_tiles}, .spectra = d_seen(l)};
    u.dx = dx + c->x_at;
    u.job.n = c->pictures * u.spectra.width / NN_LANES;
    run(&u.job);
}

void nn_conv_layer_forward(struct nn_conv_layer *l, const float *x, int n, const float *b, float *y,
                           uint8_t *from)
{
    for (int number = 0; number * l->plan.chunk < n; number++) {
        struct chunk c = chunk_of(&l->plan, number, n);
        see(l, &c, x);
        multiply(l, &(struct product){.left = seen(l, number),
                                      .right = filters(l),
                                      .result = made(l),
                                      .m = c.n_tiles,
                                      .k = l->plan.shape.ci});
        make(l, &c, b, y, from);
    }
}

// The sum of dy over all positions and tiles: the real part of D's first bin.
static void add_bias_gradient(const struct nn_conv_layer *l, int n_tiles, float *db)
{
    struct spectra d = made(l);
    for (int row = 0; row < n_tiles; row++)
        for (int o = 0; o < l->plan.shape.co; o++)
            db[o] += d.data[(size_t)row * d.width + o];
}

void nn_conv_layer_backward(struct nn_conv_layer *l, int n, const float *w, const float *dy,
                            const uint8_t *from, float *dx, float *dw, float *db)
{
    const struct nn_conv_shape *s = &l->plan.shape;
    memset(db, 0, (size_t)s->co * sizeof *db);
    if (dx)
        set_filters(l, w, true);
    for (int number = 0; number * l->plan.chunk < n; number++) {
        struct chunk c = chunk_of(&l->plan, number, n);
        unmake(l, &c, dy, from);
        add_bias_gradient(l, c.n_tiles, db);
        multiply(l, &(struct product){.left = seen(l, number),
                                      .turned = true,
                                      .right = made(l),
                                      .result = gradient(l),
                                      .add = number > 0,
                                      .m = s->ci,
                                      .k = c.n_tiles});
        if (!dx)
            continue;
        multiply(l, &(struct product){.left = made(l),
                                      .right = filters_transposed(l),
                                      .result = d_seen(l),
                                      .m = c.n_tiles,
                                      .k = s->co});
        unsee(l, &c, dx);
    }
    take_gradient(l, dw);
}
