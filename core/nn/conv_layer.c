// SPDX-License-Identifier: MIT
// DESIGN. A spectrum array holds, bin after bin, a complex matrix with a row for each tile (or for
// each input channel of the filters) and a column for each channel. Its elements are numbered row
// by row; NN_LANES that follow each other are a group, and groups are what transforms work on: each
// lane fetches its own plane, wherever that is. So one picture of 3 channels fills the vectors as
// well as 32 of 64. Between bins lies an odd number of cache lines, so that a group's bins, written
// one by one, spread over the cache's sets.
//
// Work goes to the pool in pieces, each some groups or some bins, which write to memory of their
// own. The stages of a chunk of pictures follow each other.
#include "core/nn/conv_layer.h"

#include "core/nn/fourier.h"

#include <string.h>

#define PIECES    64 // a stage is cut into at most so many
#define FROM_NONE 4

static size_t round_up(size_t n, size_t to)
{
    return (n + to - 1) / to * to;
}

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static int ceil_div(int a, int b)
{
    return (a + b - 1) / b;
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
                  2 * step * nn_fourier_row(p->step),
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

// ---- Pieces of work ---------------------------------------------------------------------------

// One pass on its way through the pool.
struct pass {
    const struct nn_conv_layer *layer;
    void (*work)(const struct pass *pass, int i, const struct scratch *scratch);
    int n, pieces; // i < n, in so many pieces

    struct spectra to;  // what transforms write or read
    const float *x, *w; // planes of the chunk; filters
    bool turned;        // filters: transposed
    int n_tiles;        // rows of the chunk in use
    const float *b;     // bias
    float *y;           // planes that are written
    uint8_t *from;      // planes, written forward, read backward
    const float *dy;    // planes
    float *dx, *dw;     // planes, filters
    struct spectra left, right;
    struct spectra result;
    bool left_turned, add;
    int m, n_columns, k; // of the product
};

static void run_piece(void *ctx, int item, int worker)
{
    const struct pass *pass = ctx;
    struct scratch scratch = scratch_at(&pass->layer->plan, pass->layer->scratch[worker]);
    const atomic_bool *stop = pass->layer->stop;
    int end = (int)((int64_t)pass->n * (item + 1) / pass->pieces);
    for (int i = (int)((int64_t)pass->n * item / pass->pieces); i < end; i++) {
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return;
        pass->work(pass, i, &scratch);
    }
}

static void run(struct pass *pass, int n,
                void (*work)(const struct pass *, int, const struct scratch *))
{
    pass->work = work;
    pass->n = n;
    pass->pieces = min_int(n, PIECES);
    pool_run(pass->layer->workers, pass->pieces, run_piece, pass);
}

static void multiply_bin(const struct pass *pass, int bin, const struct scratch *scratch)
{
    (void)scratch;
    struct nn_complex a = matrix_of(&pass->left, bin), b = matrix_of(&pass->right, bin);
    if (pass->left_turned)
        a = transposed(a);
    float *c = pass->result.data + (size_t)bin * pass->result.bin;
    nn_kernels()->complex_product(pass->m, pass->n_columns, pass->k, &a, &b, c, c + pass->result.im,
                                  (size_t)pass->result.width, pass->add);
}

// ---- Filters ----------------------------------------------------------------------------------

// The number of the filter that a lane of a group holds, -1: padding.
static int filter_of(const struct pass *pass, int group, int lane)
{
    const struct nn_conv_shape *s = &pass->layer->plan.shape;
    int element = group * NN_LANES + lane;
    int row = element / pass->to.width, column = element % pass->to.width;
    int o = pass->turned ? row : column, c = pass->turned ? column : row;
    return o < s->co && c < s->ci ? o * s->ci + c : -1;
}

static void transform_filters(const struct pass *pass, int group, const struct scratch *scratch)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    int k = p->shape.k;
    const float *planes[NN_LANES];
    for (int lane = 0; lane < NN_LANES; lane++) {
        int filter = filter_of(pass, group, lane);
        planes[lane] = filter >= 0 ? pass->w + (size_t)filter * k * k : NULL;
    }
    nn_kernels()->interleave(k, k, planes, (size_t)k, scratch->block, nn_fourier_row(k));
    struct nn_bins bins = bins_of(&pass->to, group);
    nn_fourier_forward(p->t, k, matrices_at(p, pass->layer->matrices).filter, scratch->block, &bins,
                       scratch->transform);
}

static void make_filters(const struct pass *pass, int group, const struct scratch *scratch)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    int k = p->shape.k;
    struct nn_bins bins = bins_of(&pass->to, group);
    nn_fourier_inverse(p->t, k, matrices_at(p, pass->layer->matrices).d_filter, &bins,
                       scratch->block, scratch->transform);
    float *planes[NN_LANES];
    for (int lane = 0; lane < NN_LANES; lane++) {
        int filter = filter_of(pass, group, lane);
        planes[lane] = filter >= 0 ? pass->dw + (size_t)filter * k * k : NULL;
    }
    nn_kernels()->deinterleave(k, k, scratch->block, nn_fourier_row(k), planes, (size_t)k);
}

static void set_filters(struct nn_conv_layer *l, const float *w, bool turned)
{
    struct pass pass = {.layer = l, .w = w, .turned = turned};
    pass.to = turned ? filters_transposed(l) : filters(l);
    run(&pass, spectra_groups(&pass.to), transform_filters);
}

void nn_conv_set_filters(struct nn_conv_layer *l, const float *w)
{
    set_filters(l, w, false);
}

// ---- Tiles ------------------------------------------------------------------------------------

// Where a tile is: its picture in the chunk and its row and column of tiles.
struct tile {
    int picture, i, j;
};

static struct tile tile_of(const struct nn_conv_plan *p, int row)
{
    int in_picture = row % (p->tiles * p->tiles);
    return (struct tile){row / (p->tiles * p->tiles), in_picture / p->tiles, in_picture % p->tiles};
}

// What a tile's input and output have of the picture's: the last ones are cut by its edge.
static int seen_extent(const struct nn_conv_plan *p, int tile)
{
    return min_int(p->t, p->shape.h - tile * p->step);
}

static int made_extent(const struct nn_conv_plan *p, int tile)
{
    return min_int(p->step, p->conv_out - tile * p->step);
}

// One lane after the other: for groups of tiles that are not cut alike.
static void see_lane(const struct nn_conv_plan *p, int rows, int cols, const float *plane,
                     float *block)
{
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < cols; j++)
            block[(size_t)i * nn_fourier_row(p->t) + (size_t)j * NN_LANES] =
                plane[(size_t)i * p->shape.h + j];
}

static void transform_seen(const struct pass *pass, int group, const struct scratch *scratch)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    size_t plane = (size_t)p->shape.h * p->shape.h;
    const float *planes[NN_LANES] = {0};
    int rows[NN_LANES] = {0}, cols[NN_LANES] = {0};
    bool alike = true;
    for (int lane = 0; lane < NN_LANES; lane++) {
        int element = group * NN_LANES + lane, row = element / pass->to.width;
        if (row >= pass->n_tiles)
            break;
        struct tile tile = tile_of(p, row);
        planes[lane] = pass->x +
                       ((size_t)tile.picture * p->shape.ci + element % pass->to.width) * plane +
                       (size_t)(tile.i * p->shape.h + tile.j) * p->step;
        rows[lane] = seen_extent(p, tile.i);
        cols[lane] = seen_extent(p, tile.j);
        alike = alike && rows[lane] == rows[0] && cols[lane] == cols[0];
    }
    size_t row = nn_fourier_row(p->t);
    if (!alike || rows[0] < p->t || cols[0] < p->t)
        memset(scratch->block, 0, (size_t)p->t * row * sizeof *scratch->block);
    if (alike)
        nn_kernels()->interleave(rows[0], cols[0], planes, (size_t)p->shape.h, scratch->block, row);
    for (int lane = 0; !alike && lane < NN_LANES; lane++)
        see_lane(p, rows[lane], cols[lane], planes[lane], scratch->block + lane);
    struct nn_bins bins = bins_of(&pass->to, group);
    nn_fourier_forward(p->t, p->t, matrices_at(p, pass->layer->matrices).seen, scratch->block,
                       &bins, scratch->transform);
}

// The lanes of a group of outputs are channels channel .. channel + lanes - 1 of one tile.
struct made_group {
    struct tile tile;
    int channel, lanes;
    int rows, cols; // the tile's extent
    size_t at;      // of the first channel's values, after pooling, in the chunk's planes
    int out_rows, out_cols;
};

static struct made_group made_group_of(const struct pass *pass, int group)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    int element = group * NN_LANES, size = p->pool ? 2 : 1;
    struct made_group g = {.tile = tile_of(p, element / pass->to.width),
                           .channel = element % pass->to.width};
    g.lanes = min_int(NN_LANES, p->shape.co - g.channel);
    g.rows = made_extent(p, g.tile.i);
    g.cols = made_extent(p, g.tile.j);
    g.out_rows = ceil_div(g.rows, size);
    g.out_cols = ceil_div(g.cols, size);
    size_t first = (size_t)(g.tile.i * p->out + g.tile.j) * (size_t)(p->step / size);
    g.at = ((size_t)g.tile.picture * p->shape.co + g.channel) * p->out * p->out + first;
    return g;
}

static void make_tiles(const struct pass *pass, int group, const struct scratch *scratch)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    const struct nn_kernels *kernels = nn_kernels();
    struct made_group g = made_group_of(pass, group);
    struct nn_bins bins = bins_of(&pass->to, group);
    size_t row = nn_fourier_row(p->step), plane = (size_t)p->out * p->out;
    float bias[NN_LANES] = {0}, *planes[NN_LANES] = {0};
    for (int lane = 0; lane < g.lanes; lane++) {
        bias[lane] = pass->b[g.channel + lane];
        planes[lane] = pass->y + g.at + lane * plane;
    }
    nn_fourier_inverse(p->t, p->step, matrices_at(p, pass->layer->matrices).made, &bins,
                       scratch->block, scratch->transform);
    kernels->relu_pool(g.rows, g.cols, p->pool, scratch->block, row, bias, scratch->pooled, row,
                       pass->from ? scratch->from : NULL);
    kernels->deinterleave(g.out_rows, g.out_cols, scratch->pooled, row, planes, (size_t)p->out);
    for (int lane = 0; pass->from && lane < g.lanes; lane++)
        for (int i = 0; i < g.out_rows; i++)
            for (int j = 0; j < g.out_cols; j++)
                pass->from[g.at + lane * plane + (size_t)i * p->out + j] =
                    scratch->from[i * row + (size_t)j * NN_LANES + lane];
}

static void transform_d_made(const struct pass *pass, int group, const struct scratch *scratch)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    const struct nn_kernels *kernels = nn_kernels();
    struct made_group g = made_group_of(pass, group);
    size_t row = nn_fourier_row(p->step), plane = (size_t)p->out * p->out;
    const float *planes[NN_LANES] = {0};
    for (int lane = 0; lane < g.lanes; lane++) {
        planes[lane] = pass->dy + g.at + lane * plane;
        for (int i = 0; i < g.out_rows; i++)
            for (int j = 0; j < g.out_cols; j++)
                scratch->from[i * row + (size_t)j * NN_LANES + lane] =
                    pass->from[g.at + lane * plane + (size_t)i * p->out + j];
    }
    kernels->interleave(g.out_rows, g.out_cols, planes, (size_t)p->out, scratch->pooled, row);
    if (g.rows < p->step || g.cols < p->step)
        memset(scratch->block, 0, (size_t)p->step * row * sizeof *scratch->block);
    kernels->relu_unpool(g.rows, g.cols, p->pool, scratch->pooled, row, scratch->from,
                         scratch->block, row);
    struct nn_bins bins = bins_of(&pass->to, group);
    nn_fourier_forward(p->t, p->step, matrices_at(p, pass->layer->matrices).d_made, scratch->block,
                       &bins, scratch->transform);
}

// All tiles of NN_LANES channels of one picture: what they see of each other adds up.
static void make_d_seen(const struct pass *pass, int i, const struct scratch *scratch)
{
    const struct nn_conv_plan *p = &pass->layer->plan;
    int blocks = pass->to.width / NN_LANES, n_tiles = p->tiles * p->tiles;
    int picture = i / blocks, channel = i % blocks * NN_LANES, h = p->shape.h;
    int lanes = min_int(NN_LANES, p->shape.ci - channel);
    size_t plane = (size_t)h * h, block_row = nn_fourier_row(p->t);
    float *dx = pass->dx + ((size_t)picture * p->shape.ci + channel) * plane;
    memset(dx, 0, (size_t)lanes * plane * sizeof *dx);
    for (int row = picture * n_tiles; row < (picture + 1) * n_tiles; row++) {
        struct tile tile = tile_of(p, row);
        struct nn_bins bins = bins_of(&pass->to, row * blocks + i % blocks);
        nn_fourier_inverse(p->t, p->t, matrices_at(p, pass->layer->matrices).d_seen, &bins,
                           scratch->block, scratch->transform);
        float *at = dx + (size_t)(tile.i * h + tile.j) * p->step;
        int rows = seen_extent(p, tile.i), cols = seen_extent(p, tile.j);
        for (int lane = 0; lane < lanes; lane++)
            for (int y = 0; y < rows; y++)
                for (int x = 0; x < cols; x++)
                    at[lane * plane + (size_t)y * h + x] +=
                        scratch->block[y * block_row + (size_t)x * NN_LANES + lane];
    }
}

// ---- Passes -----------------------------------------------------------------------------------

static void see_chunk(struct nn_conv_layer *l, int chunk, const float *x, int n_tiles)
{
    struct pass pass = {.layer = l, .x = x, .n_tiles = n_tiles, .to = seen(l, chunk)};
    run(&pass, ceil_div(n_tiles * pass.to.width, NN_LANES), transform_seen);
}

static void multiply_forward(struct nn_conv_layer *l, int chunk, int n_tiles)
{
    struct pass pass = {.layer = l, .left = seen(l, chunk), .right = filters(l), .result = made(l)};
    pass.m = n_tiles;
    pass.k = l->plan.shape.ci;
    pass.n_columns = pass.result.width;
    run(&pass, l->plan.bins, multiply_bin);
}

static void make_chunk(struct nn_conv_layer *l, const float *b, float *y, uint8_t *from,
                       int n_tiles)
{
    struct pass pass = {.layer = l, .b = b, .y = y, .from = from, .to = made(l)};
    run(&pass, n_tiles * pass.to.width / NN_LANES, make_tiles);
}

// Pictures of a chunk when a pass has n.
static int chunk_pictures(const struct nn_conv_plan *p, int chunk, int n)
{
    return min_int(p->chunk, n - chunk * p->chunk);
}

void nn_conv_layer_forward(struct nn_conv_layer *l, const float *x, int n, const float *b, float *y,
                           uint8_t *from)
{
    const struct nn_conv_plan *p = &l->plan;
    size_t in = (size_t)p->shape.ci * p->shape.h * p->shape.h;
    size_t out = (size_t)p->shape.co * p->out * p->out;
    for (int chunk = 0; chunk * p->chunk < n; chunk++) {
        size_t first = (size_t)chunk * p->chunk;
        int n_tiles = chunk_pictures(p, chunk, n) * p->tiles * p->tiles;
        see_chunk(l, chunk, x + first * in, n_tiles);
        multiply_forward(l, chunk, n_tiles);
        make_chunk(l, b, y + first * out, from ? from + first * out : NULL, n_tiles);
    }
}

// D and, from it, the chunk's share of G.
static void backward_filters(struct nn_conv_layer *l, int chunk, const float *dy,
                             const uint8_t *from, int n_tiles)
{
    struct pass pass = {.layer = l, .dy = dy, .from = (uint8_t *)(uintptr_t)from, .to = made(l)};
    run(&pass, n_tiles * pass.to.width / NN_LANES, transform_d_made);
    struct pass product = {.layer = l,
                           .left = seen(l, chunk),
                           .right = made(l),
                           .result = gradient(l),
                           .left_turned = true,
                           .add = chunk > 0};
    product.m = l->plan.shape.ci;
    product.k = n_tiles;
    product.n_columns = product.result.width;
    run(&product, l->plan.bins, multiply_bin);
}

// E and, from it, the chunk's dx.
static void backward_input(struct nn_conv_layer *l, float *dx, int pictures)
{
    int n_tiles = pictures * l->plan.tiles * l->plan.tiles;
    struct pass product = {
        .layer = l, .left = made(l), .right = filters_transposed(l), .result = d_seen(l)};
    product.m = n_tiles;
    product.k = l->plan.shape.co;
    product.n_columns = product.result.width;
    run(&product, l->plan.bins, multiply_bin);
    struct pass pass = {.layer = l, .dx = dx, .to = d_seen(l)};
    run(&pass, pictures * pass.to.width / NN_LANES, make_d_seen);
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
    const struct nn_conv_plan *p = &l->plan;
    size_t in = (size_t)p->shape.ci * p->shape.h * p->shape.h;
    size_t out = (size_t)p->shape.co * p->out * p->out;
    memset(db, 0, (size_t)p->shape.co * sizeof *db);
    if (dx)
        set_filters(l, w, true);
    for (int chunk = 0; chunk * p->chunk < n; chunk++) {
        size_t first = (size_t)chunk * p->chunk;
        int pictures = chunk_pictures(p, chunk, n), n_tiles = pictures * p->tiles * p->tiles;
        backward_filters(l, chunk, dy + first * out, from + first * out, n_tiles);
        add_bias_gradient(l, n_tiles, db);
        if (dx)
            backward_input(l, dx + first * in, pictures);
    }
    struct pass pass = {.layer = l, .dw = dw, .to = gradient(l)};
    run(&pass, spectra_groups(&pass.to), make_filters);
}
