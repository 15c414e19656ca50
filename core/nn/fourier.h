// SPDX-License-Identifier: MIT
// The discrete Fourier transform of small square tiles, as matrix products. A real tile x of side
// t is taken along both axes to the real basis
//
//     line 0: 1     lines 2f - 1 and 2f: cos and sin of 2 pi f j / t     last line, t even: (-1)^j
//
// by R x R^T; sums and differences of these t * t numbers are the bins of the complex transform
//
//     F(f, g) = sum_{i, j} x[i, j] e^{+ 2 pi i (f i + g j) / t}
//
// as e^{i(a + b)} = (cos a cos b - sin a sin b) + i (sin a cos b + cos a sin b), and F(f, -g) with
// the signs turned around. Of the bins F(f, g) and F(-f, -g), conjugates of each other, one is
// kept. Matrices cost t multiplications an element and axis where a fast transform costs about
// log t, but at these sizes they run at the full speed of the processor; they take any t, and
// leave out rows and columns that are zero or not wanted.
//
// Transforms work on NN_LANES tiles at once, see kernels.h. Any thread; all memory is the caller's.
#ifndef VISAVIS_CORE_NN_FOURIER_H
#define VISAVIS_CORE_NN_FOURIER_H

#include "core/nn/kernels.h"

// Bins kept: about t * t / 2.
int nn_fourier_bins(int t);

// matrix: [t, n] = R restricted to the first n <= t positions, for tiles that are zero beyond. With
// `conj` the sines are negated, and the bins become their conjugates.
void nn_fourier_analysis(int t, int n, bool conj, float *matrix);

// matrix: [n, t], which makes the first n positions of x from its real transform; `conj` as above:
// it takes the conjugate of the bins.
void nn_fourier_synthesis(int t, int n, bool conj, float *matrix);

// Where bins lie in memory: bin i's real parts, NN_LANES floats, at at + i * bin, its imaginary
// parts im floats further.
struct nn_bins {
    float *at;
    size_t bin, im;
};

// Floats from row to row of a block of n columns: an odd number of cache lines, so that a column
// does not fall into few of the cache's sets.
static inline size_t nn_fourier_row(int n)
{
    return (size_t)(n | 1) * NN_LANES;
}

// Floats of scratch space for tiles of side t.
size_t nn_fourier_scratch(int t);

// block: [n][n][NN_LANES] with rows nn_fourier_row(n) apart, the part of the tiles that is not
// zero; analysis: [t, n].
void nn_fourier_forward(int t, int n, const float *analysis, const float *block,
                        const struct nn_bins *bins, float *scratch);

// block: alike, the part of the tiles that is wanted; synthesis: [n, t].
void nn_fourier_inverse(int t, int n, const float *synthesis, const struct nn_bins *bins,
                        float *block, float *scratch);

#endif
