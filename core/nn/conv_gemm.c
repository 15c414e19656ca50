// SPDX-License-Identifier: MIT
// DESIGN. The column matrix of a whole picture is large (22 MB for the paper's second convolution)
// and would be written to memory and read back. So it is made for a band of output rows at a time,
// few enough that it stays in the cache, and enough that sgemm's own packing of the filters pays.
// Bands have an even number of rows: pooling windows don't straddle them.
#include "core/nn/conv.h"

#include <cblas.h>
#include <string.h>

// Of a band's column matrix: 2 MB, about what a core's caches hold. Beyond so many columns sgemm
// gets no faster.
#define BAND_FLOATS  ((size_t)512 << 10)
#define BAND_COLUMNS 768

#define LANES 16 // partial sums, so that the compiler can use vectors

static int min_int(int a, int b)
{
    return a < b ? a : b;
}

static size_t filter_size(const struct nn_conv_shape *s)
{
    return (size_t)s->ci * s->k * s->k;
}

int nn_conv_band_rows(const struct nn_conv_shape *s)
{
    size_t out = (size_t)nn_conv_out_side(s);
    size_t columns = BAND_FLOATS / filter_size(s);
    if (columns > BAND_COLUMNS)
        columns = BAND_COLUMNS;
    size_t most = columns / out; // rows a band can have
    size_t bands = most ? (out + most - 1) / most : out;
    size_t rows = (out + bands - 1) / bands; // spread evenly
    return (int)(rows + rows % 2);
}

size_t nn_conv_gemm_scratch(const struct nn_conv_shape *s)
{
    return filter_size(s) * nn_conv_band_rows(s) * nn_conv_out_side(s);
}

// col: [ci * k * k, n_rows * out] = what each of the band's outputs sees.
static void im2col(const struct nn_conv_shape *s, const float *x, int row, int n_rows, float *col)
{
    size_t out = (size_t)nn_conv_out_side(s);
    for (int c = 0; c < s->ci; c++)
        for (int u = 0; u < s->k; u++)
            for (int v = 0; v < s->k; v++) {
                const float *from = x + ((size_t)c * s->h + row + u) * s->h + v;
                for (int i = 0; i < n_rows; i++, col += out, from += s->h)
                    memcpy(col, from, out * sizeof *col);
            }
}

// The adjoint: adds each column element to the input it came from.
static void col2im(const struct nn_conv_shape *s, const float *col, int row, int n_rows, float *dx)
{
    int out = nn_conv_out_side(s);
    for (int c = 0; c < s->ci; c++)
        for (int u = 0; u < s->k; u++)
            for (int v = 0; v < s->k; v++) {
                float *to = dx + ((size_t)c * s->h + row + u) * s->h + v;
                for (int i = 0; i < n_rows; i++, col += out, to += s->h)
                    for (int j = 0; j < out; j++)
                        to[j] += col[j];
            }
}

void nn_conv_forward_band_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                               const float *b, int row, int n_rows, float *y, size_t y_stride,
                               float *scratch)
{
    int columns = n_rows * nn_conv_out_side(s), filter = (int)filter_size(s);
    im2col(s, x, row, n_rows, scratch);
    for (int o = 0; o < s->co; o++)
        for (int j = 0; j < columns; j++)
            y[o * y_stride + j] = b[o];
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, s->co, columns, filter, 1, w, filter,
                scratch, columns, 1, y, (int)y_stride);
}

void nn_conv_forward_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                          const float *b, float *y, float *scratch)
{
    int out = nn_conv_out_side(s), band = nn_conv_band_rows(s);
    for (int row = 0; row < out; row += band)
        nn_conv_forward_band_gemm(s, x, w, b, row, min_int(band, out - row), y + (size_t)row * out,
                                  (size_t)out * out, scratch);
}

static float sum(size_t n, const float *x)
{
    float lane[LANES] = {0}, total = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            lane[j] += x[i + j];
    for (; i < n; i++)
        total += x[i];
    for (int j = 0; j < LANES; j++)
        total += lane[j];
    return total;
}

// dw += dy x^T and dx += w^T dy over a band; dx may be NULL.
static void backward_band(const struct nn_conv_shape *s, const float *x, const float *w,
                          const float *dy, int row, int n_rows, float *dx, float *dw,
                          float *scratch)
{
    int out = nn_conv_out_side(s), filter = (int)filter_size(s), columns = n_rows * out;
    dy += (size_t)row * out;
    im2col(s, x, row, n_rows, scratch);
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, s->co, filter, columns, 1, dy, out * out,
                scratch, columns, 1, dw, filter);
    if (!dx)
        return;
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, filter, columns, s->co, 1, w, filter, dy,
                out * out, 0, scratch, columns);
    col2im(s, scratch, row, n_rows, dx);
}

void nn_conv_backward_gemm(const struct nn_conv_shape *s, const float *x, const float *w,
                           const float *dy, float *dx, float *dw, float *db, float *scratch)
{
    int out = nn_conv_out_side(s), band = nn_conv_band_rows(s);
    if (dx)
        memset(dx, 0, (size_t)s->ci * s->h * s->h * sizeof *dx);
    for (int row = 0; row < out; row += band)
        backward_band(s, x, w, dy, row, min_int(band, out - row), dx, dw, scratch);
    for (int o = 0; o < s->co; o++)
        db[o] += sum((size_t)out * out, dy + (size_t)o * out * out);
}
