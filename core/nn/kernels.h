// SPDX-License-Identifier: MIT
// The inner loops that take the time, once for each instruction set: kernels.c is compiled several
// times, and which one runs is chosen at start. The instruction sets differ in rounding only.
//
// Data comes in lanes: NN_LANES independent planes (channels, say) side by side, so that element
// (i, j) of all of them is one vector: block[rows][cols][NN_LANES]. Any thread; all memory is the
// caller's; nothing needs to be aligned, but 64-byte aligned is faster.
#ifndef VISAVIS_CORE_NN_KERNELS_H
#define VISAVIS_CORE_NN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NN_LANES 16

// relu_pool: a value that came from nowhere, as the relu cut it off.
#define NN_FROM_NONE 4

// A complex matrix in two real planes: the real part of element (i, j) is re[i * row + j * col],
// the imaginary part im[i * row + j * col].
struct nn_complex {
    const float *re, *im;
    size_t row, col;
};

struct nn_kernels {
    const char *name; // "avx512", "avx2", "generic"

    // C = M B for a small real matrix M and rows of vectors:
    //     C[i][v] = sum_k M[i][k] B[k][v],  i < m, k < n, v < vectors
    // where M[i][k] = matrix[i * n + k], and B[k][v], C[i][v] are the NN_LANES floats at
    // b + k * b_row + v * b_vector and c + i * c_row + v * c_vector. C overlaps neither.
    void (*lanes_product)(int m, int n, int vectors, const float *matrix, const float *b,
                          size_t b_row, size_t b_vector, float *c, size_t c_row, size_t c_vector);

    // C = A B, or C += A B with `add`, of complex matrices: A [m, k], B [k, n], C [m, n]. B and C
    // have col == 1 and n is a multiple of NN_LANES.
    void (*complex_product)(int m, int n, int k, const struct nn_complex *a,
                            const struct nn_complex *b, float *c_re, float *c_im, size_t c_row,
                            bool add);

    // What a real transform of size t along both axes, g: [t][t][NN_LANES] in fourier.h's order
    // with lines g_line floats apart, says of the complex spectrum; and back. Bin i's real parts
    // are at bins + i * bin, its imaginary parts im floats further.
    void (*to_bins)(int t, const float *g, size_t g_line, float *bins, size_t bin, size_t im);
    void (*from_bins)(int t, const float *bins, size_t bin, size_t im, float *g, size_t g_line);

    // block[i][j][lane] = from[lane][i * from_row + j], i < rows, j < cols; block rows are
    // block_row floats apart. A NULL plane counts as zeros. And back: NULL planes are left out.
    void (*interleave)(int rows, int cols, const float *const from[NN_LANES], size_t from_row,
                       float *block, size_t block_row);
    void (*deinterleave)(int rows, int cols, const float *block, size_t block_row,
                         float *const to[NN_LANES], size_t to_row);

    // Bias, relu and, with `pool`, 2x2 max pooling of rows x cols vectors: y[i][j] at y + i * y_row
    // + j * NN_LANES, ceil(rows / 2) x ceil(cols / 2) of them with pooling, rows x cols without. A
    // window cut by the edge takes the maximum of what is there; a NaN counts as larger than
    // anything. from (may be NULL), alike but bytes: where each came from, 0..3 = 2 di + dj inside
    // the window, the first among equals; NN_FROM_NONE.
    void (*relu_pool)(int rows, int cols, bool pool, const float *block, size_t block_row,
                      const float bias[NN_LANES], float *y, size_t y_row, uint8_t *from);

    // Back through relu_pool: block[i][j] = y[i / 2][j / 2] where that came from here, otherwise 0;
    // rows x cols of them, y and from as there.
    void (*relu_unpool)(int rows, int cols, bool pool, const float *y, size_t y_row,
                        const uint8_t *from, float *block, size_t block_row);

    // y[i] = sum over the n_used entries k of `used`, in that order, of x[k] w[k][i], for weights
    // of 16 bits; i < NN_INT16_COLUMNS, w[k][i] = w[k * NN_INT16_COLUMNS + i].
    void (*int16_product)(int n_used, const int *used, const float *x, const int16_t *w, float *y);
};

#define NN_INT16_COLUMNS 128

// The ones in use: the best that the processor has; VISAVIS_SIMD=avx512|avx2|generic in the
// environment chooses lesser ones.
const struct nn_kernels *nn_kernels(void);

// By name, for tests; NULL: this processor or build doesn't have them.
const struct nn_kernels *nn_kernels_named(const char *name);

#endif
