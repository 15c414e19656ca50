// SPDX-License-Identifier: MIT
// DESIGN. Compiled once for each instruction set, with NN_KERNELS naming it. Vectors are the
// compiler's own (vector_size), as wide as the registers are; products keep a block of results in
// registers, small enough that none is spilled: 32 registers with AVX-512, 16 otherwise.
#include "core/nn/kernels.h"

#include <string.h>

#if defined(__AVX512F__)
#define WIDTH        16 // floats in a vector
#define LANES_BLOCK  4  // lanes_product: vectors a block
#define COMPLEX_ROWS 6  // complex_product: rows a block
#elif defined(__AVX2__)
#define WIDTH        8
#define LANES_BLOCK  2
#define COMPLEX_ROWS 2
#else
#define WIDTH        4
#define LANES_BLOCK  2
#define COMPLEX_ROWS 2
#endif
#define LANES_ROWS    6 // lanes_product: rows a block
#define COMPLEX_BLOCK 2 // complex_product: vectors a block

#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(4 * WIDTH)));

INLINE vec load(const float *p)
{
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vec v)
{
    memcpy(p, &v, sizeof v);
}

INLINE vec splat(float x)
{
    return x - (vec){0};
}

// ---- Real matrix times vectors --------------------------------------------------------------

// A block of `rows` x `vectors` results; both are constants where this is inlined.
INLINE void lanes_block(int rows, int vectors, int n, const float *matrix, const float *b,
                        size_t b_row, size_t b_vector, float *c, size_t c_row, size_t c_vector)
{
    vec sum[LANES_ROWS][LANES_BLOCK] = {0};
    for (int k = 0; k < n; k++, b += b_row) {
        vec x[LANES_BLOCK];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++)
            x[v] = load(b + (size_t)v * b_vector);
#pragma GCC unroll 6
        for (int i = 0; i < rows; i++) {
            vec a = splat(matrix[i * n + k]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                sum[i][v] += a * x[v];
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++)
            store(c + (size_t)i * c_row + (size_t)v * c_vector, sum[i][v]);
}

INLINE void lanes_rows(int vectors, int m, int n, const float *matrix, const float *b, size_t b_row,
                       size_t b_vector, float *c, size_t c_row, size_t c_vector)
{
    for (; m >= LANES_ROWS; m -= LANES_ROWS, matrix += LANES_ROWS * n, c += LANES_ROWS * c_row)
        lanes_block(LANES_ROWS, vectors, n, matrix, b, b_row, b_vector, c, c_row, c_vector);
    switch (m) {
    case 5:
        lanes_block(5, vectors, n, matrix, b, b_row, b_vector, c, c_row, c_vector);
        break;
    case 4:
        lanes_block(4, vectors, n, matrix, b, b_row, b_vector, c, c_row, c_vector);
        break;
    case 3:
        lanes_block(3, vectors, n, matrix, b, b_row, b_vector, c, c_row, c_vector);
        break;
    case 2:
        lanes_block(2, vectors, n, matrix, b, b_row, b_vector, c, c_row, c_vector);
        break;
    case 1:
        lanes_block(1, vectors, n, matrix, b, b_row, b_vector, c, c_row, c_vector);
        break;
    }
}

static void lanes_product(int m, int n, int vectors, const float *matrix, const float *b,
                          size_t b_row, size_t b_vector, float *c, size_t c_row, size_t c_vector)
{
    for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
        const float *from = b + lane;
        float *to = c + lane;
        int left = vectors;
        for (; left >= LANES_BLOCK; left -= LANES_BLOCK) {
            lanes_rows(LANES_BLOCK, m, n, matrix, from, b_row, b_vector, to, c_row, c_vector);
            from += LANES_BLOCK * b_vector;
            to += LANES_BLOCK * c_vector;
        }
        for (; left > 0; left--, from += b_vector, to += c_vector)
            lanes_rows(1, m, n, matrix, from, b_row, b_vector, to, c_row, c_vector);
    }
}

// ---- Complex product ------------------------------------------------------------------------

// A block of `rows` x `vectors` results from row 0 of a and column 0 of b on.
INLINE void complex_block(int rows, int vectors, int k, const struct nn_complex *a,
                          const struct nn_complex *b, float *c_re, float *c_im, size_t c_row,
                          bool add)
{
    vec re[COMPLEX_ROWS][COMPLEX_BLOCK] = {0}, im[COMPLEX_ROWS][COMPLEX_BLOCK] = {0};
    const float *a_re = a->re, *a_im = a->im, *b_re = b->re, *b_im = b->im;
    size_t a_row = a->row, a_col = a->col, b_row = b->row;
    for (int j = 0; j < k; j++, a_re += a_col, a_im += a_col, b_re += b_row, b_im += b_row) {
        vec x[COMPLEX_BLOCK], y[COMPLEX_BLOCK];
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) {
            x[v] = load(b_re + v * WIDTH);
            y[v] = load(b_im + v * WIDTH);
        }
#pragma GCC unroll 6
        for (int i = 0; i < rows; i++) {
            vec p = splat(a_re[i * a_row]), q = splat(a_im[i * a_row]);
#pragma GCC unroll 2
            for (int v = 0; v < vectors; v++) {
                re[i][v] += p * x[v];
                im[i][v] += p * y[v];
                re[i][v] -= q * y[v];
                im[i][v] += q * x[v];
            }
        }
    }
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++)
#pragma GCC unroll 2
        for (int v = 0; v < vectors; v++) {
            float *to_re = c_re + i * c_row + v * WIDTH, *to_im = c_im + i * c_row + v * WIDTH;
            store(to_re, add ? load(to_re) + re[i][v] : re[i][v]);
            store(to_im, add ? load(to_im) + im[i][v] : im[i][v]);
        }
}

INLINE void complex_rows(int vectors, int rows, int k, const struct nn_complex *a,
                         const struct nn_complex *b, float *c_re, float *c_im, size_t c_row,
                         bool add)
{
    switch (rows) {
#if COMPLEX_ROWS > 2
    case 6:
        complex_block(6, vectors, k, a, b, c_re, c_im, c_row, add);
        break;
    case 5:
        complex_block(5, vectors, k, a, b, c_re, c_im, c_row, add);
        break;
    case 4:
        complex_block(4, vectors, k, a, b, c_re, c_im, c_row, add);
        break;
    case 3:
        complex_block(3, vectors, k, a, b, c_re, c_im, c_row, add);
        break;
#endif
    case 2:
        complex_block(2, vectors, k, a, b, c_re, c_im, c_row, add);
        break;
    case 1:
        complex_block(1, vectors, k, a, b, c_re, c_im, c_row, add);
        break;
    }
}

static void complex_product(int m, int n, int k, const struct nn_complex *a,
                            const struct nn_complex *b, float *c_re, float *c_im, size_t c_row,
                            bool add)
{
    // Blocks of nearly the same number of rows: 9 = 5 + 4, not 6 + 3. The columns of B that belong
    // to a block stay in the cache while all rows pass.
    int blocks = (m + COMPLEX_ROWS - 1) / COMPLEX_ROWS;
    int vectors = n / WIDTH;
    for (int v = 0; v < vectors; v += COMPLEX_BLOCK) {
        struct nn_complex columns = *b;
        columns.re += v * WIDTH;
        columns.im += v * WIDTH;
        for (int i = 0; i < blocks; i++) {
            int first = (int)((int64_t)m * i / blocks);
            int rows = (int)((int64_t)m * (i + 1) / blocks) - first;
            struct nn_complex part = *a;
            part.re += first * a->row;
            part.im += first * a->row;
            size_t at = first * c_row + (size_t)v * WIDTH;
            if (v + COMPLEX_BLOCK <= vectors)
                complex_rows(COMPLEX_BLOCK, rows, k, &part, &columns, c_re + at, c_im + at, c_row,
                             add);
            else
                complex_rows(1, rows, k, &part, &columns, c_re + at, c_im + at, c_row, add);
        }
    }
}

// ---- Real transforms and complex bins ---------------------------------------------------------

// Lines of a real transform: 0 is constant, 2 f - 1 and 2 f the cosine and sine of frequency f
// (a pair), and with an even size the last one the cosine of half the size. So lines before `pairs`
// end are: single, pairs, maybe single.
INLINE bool is_pair(int t, int line)
{
    return line > 0 && line + 1 < t;
}

INLINE void two_bins(const float *c, const float *s, float *bins, size_t bin, size_t im)
{
    for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
        vec cc = load(c + lane), cs = load(c + NN_LANES + lane);
        vec sc = load(s + lane), ss = load(s + NN_LANES + lane);
        store(bins + lane, cc - ss);
        store(bins + im + lane, sc + cs);
        store(bins + bin + lane, cc + ss);
        store(bins + bin + im + lane, sc - cs);
    }
}

INLINE void one_bin(const float *c, const float *s, float *bins, size_t im)
{
    for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
        store(bins + lane, load(c + lane));
        store(bins + im + lane, s ? load(s + lane) : (vec){0});
    }
}

static void to_bins(int t, const float *g, size_t line, float *bins, size_t bin, size_t im)
{
    for (int p = 0; p < t; p += is_pair(t, p) ? 2 : 1) {
        const float *c = g + p * line, *s = is_pair(t, p) ? c + line : NULL;
        for (int q = 0; q < t;) {
            bool pair = is_pair(t, q);
            const float *at = c + q * NN_LANES;
            if (pair && s) {
                two_bins(at, s + q * NN_LANES, bins, bin, im);
                bins += bin;
            } else {
                one_bin(at, pair ? at + NN_LANES : s ? s + q * NN_LANES : NULL, bins, im);
            }
            bins += bin;
            q += pair ? 2 : 1;
        }
    }
}

INLINE void from_two_bins(const float *bins, size_t bin, size_t im, float *c, float *s)
{
    for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
        vec a = load(bins + lane), b = load(bins + im + lane);
        vec e = load(bins + bin + lane), f = load(bins + bin + im + lane);
        store(c + lane, 0.5f * (a + e));
        store(c + NN_LANES + lane, 0.5f * (b - f));
        store(s + lane, 0.5f * (b + f));
        store(s + NN_LANES + lane, 0.5f * (e - a));
    }
}

INLINE void from_one_bin(const float *bins, size_t im, float *c, float *s)
{
    for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
        store(c + lane, load(bins + lane));
        if (s)
            store(s + lane, load(bins + im + lane));
    }
}

static void from_bins(int t, const float *bins, size_t bin, size_t im, float *g, size_t line)
{
    for (int p = 0; p < t; p += is_pair(t, p) ? 2 : 1) {
        float *c = g + p * line, *s = is_pair(t, p) ? c + line : NULL;
        for (int q = 0; q < t;) {
            bool pair = is_pair(t, q);
            float *at = c + q * NN_LANES;
            if (pair && s) {
                from_two_bins(bins, bin, im, at, s + q * NN_LANES);
                bins += bin;
            } else {
                from_one_bin(bins, im, at, pair ? at + NN_LANES : s ? s + q * NN_LANES : NULL);
            }
            bins += bin;
            q += pair ? 2 : 1;
        }
    }
}

// ---- Planes and lanes -------------------------------------------------------------------------

static void interleave(int rows, int cols, const float *const from[NN_LANES], size_t from_row,
                       float *block, size_t block_row)
{
    for (int i = 0; i < rows; i++, block += block_row)
        for (int j = 0; j < cols; j++) {
            float *to = block + (size_t)j * NN_LANES;
#pragma GCC unroll 16
            for (int lane = 0; lane < NN_LANES; lane++)
                to[lane] = from[lane] ? from[lane][(size_t)i * from_row + j] : 0;
        }
}

static void deinterleave(int rows, int cols, const float *block, size_t block_row,
                         float *const to[NN_LANES], size_t to_row)
{
    for (int i = 0; i < rows; i++, block += block_row)
        for (int lane = 0; lane < NN_LANES; lane++)
            for (int j = 0; to[lane] && j < cols; j++)
                to[lane][(size_t)i * to_row + j] = block[(size_t)j * NN_LANES + lane];
}

// ---- Relu and pooling -------------------------------------------------------------------------

typedef int32_t ints __attribute__((vector_size(4 * WIDTH)));
typedef uint8_t bytes __attribute__((vector_size(WIDTH)));

INLINE ints choose(ints mask, ints a, ints b)
{
    return (mask & a) | (~mask & b);
}

// The largest so far and where it is.
struct best {
    vec value;
    ints from;
};

INLINE void keep_max(struct best *best, vec x, int from)
{
    ints keep = (x <= best->value) | (best->value != best->value);
    best->value = (vec)choose(keep, (ints)best->value, (ints)x);
    best->from = choose(keep, best->from, from - (ints){0});
}

static void relu_pool(int rows, int cols, bool pool, const float *block, size_t block_row,
                      const float bias[NN_LANES], float *y, size_t y_row, uint8_t *from)
{
    int size = pool ? 2 : 1;
    for (int i = 0; i < rows; i += size, block += size * block_row, y += y_row)
        for (int j = 0; j < cols; j += size)
            for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
                const float *at = block + (size_t)j * NN_LANES + lane;
                bool right = pool && j + 1 < cols, below = pool && i + 1 < rows;
                vec b = load(bias + lane);
                struct best best = {(vec){0}, NN_FROM_NONE - (ints){0}};
                keep_max(&best, load(at) + b, 0);
                if (right)
                    keep_max(&best, load(at + NN_LANES) + b, 1);
                if (below)
                    keep_max(&best, load(at + block_row) + b, 2);
                if (right && below)
                    keep_max(&best, load(at + block_row + NN_LANES) + b, 3);
                store(y + (size_t)(j / size) * NN_LANES + lane, best.value);
                if (from) {
                    bytes narrow = __builtin_convertvector(best.from, bytes);
                    memcpy(from + ((size_t)(i / size) * y_row + (size_t)(j / size) * NN_LANES) +
                               lane,
                           &narrow, sizeof narrow);
                }
            }
}

INLINE void put_where(float *to, ints from, int place, vec y)
{
    store(to, (vec)((from == place) & (ints)y));
}

static void relu_unpool(int rows, int cols, bool pool, const float *y, size_t y_row,
                        const uint8_t *from, float *block, size_t block_row)
{
    int size = pool ? 2 : 1;
    for (int i = 0; i < rows; i += size, block += size * block_row, y += y_row, from += y_row)
        for (int j = 0; j < cols; j += size)
            for (int lane = 0; lane < NN_LANES; lane += WIDTH) {
                size_t at = (size_t)(j / size) * NN_LANES + lane;
                float *to = block + (size_t)j * NN_LANES + lane;
                bytes narrow;
                memcpy(&narrow, from + at, sizeof narrow);
                ints place = __builtin_convertvector(narrow, ints);
                vec value = load(y + at);
                bool right = pool && j + 1 < cols, below = pool && i + 1 < rows;
                put_where(to, place, 0, value);
                if (right)
                    put_where(to + NN_LANES, place, 1, value);
                if (below)
                    put_where(to + block_row, place, 2, value);
                if (right && below)
                    put_where(to + block_row + NN_LANES, place, 3, value);
            }
}

// ---- 16 bits ------------------------------------------------------------------------------------

typedef int16_t shorts __attribute__((vector_size(2 * WIDTH)));

#define INT16_VECTORS 8  // of results at once
#define AHEAD         12 // entries that the memory is asked for before they are needed

INLINE vec load_int16(const int16_t *p)
{
    shorts v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(__builtin_convertvector(v, ints), vec);
}

static void int16_product(int n_used, const int *used, const float *x, const int16_t *w, float *y)
{
    for (int column = 0; column < NN_INT16_COLUMNS; column += INT16_VECTORS * WIDTH) {
        vec sum[INT16_VECTORS] = {0};
        for (int i = 0; i < n_used; i++) {
            const int16_t *row = w + (size_t)used[i] * NN_INT16_COLUMNS + column;
            if (i + AHEAD < n_used) {
                const char *next =
                    (const char *)(w + (size_t)used[i + AHEAD] * NN_INT16_COLUMNS + column);
                for (int line = 0; line < INT16_VECTORS * WIDTH * 2; line += 64)
                    __builtin_prefetch(next + line);
            }
            vec a = splat(x[used[i]]);
#pragma GCC unroll 8
            for (int v = 0; v < INT16_VECTORS; v++)
                sum[v] += a * load_int16(row + v * WIDTH);
        }
        for (int v = 0; v < INT16_VECTORS; v++)
            store(y + column + v * WIDTH, sum[v]);
    }
}

#define NAME_(isa) nn_kernels_##isa
#define NAME(isa)  NAME_(isa)
#define TEXT_(isa) #isa
#define TEXT(isa)  TEXT_(isa)

extern const struct nn_kernels NAME(NN_KERNELS);
const struct nn_kernels NAME(NN_KERNELS) = {
    .name = TEXT(NN_KERNELS),
    .lanes_product = lanes_product,
    .complex_product = complex_product,
    .to_bins = to_bins,
    .from_bins = from_bins,
    .interleave = interleave,
    .deinterleave = deinterleave,
    .relu_pool = relu_pool,
    .relu_unpool = relu_unpool,
    .int16_product = int16_product,
};
