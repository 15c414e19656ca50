// SPDX-License-Identifier: MIT
#include "core/nn/fourier.h"

#include <math.h>

int nn_fourier_bins(int t)
{
    int singles = t % 2 ? 1 : 2, pairs = (t - singles) / 2;
    return 2 * pairs * pairs + 2 * pairs * singles + singles * singles;
}

// The basis: line `line` at position j.
static double basis(int t, int line, int j, bool conj)
{
    int frequency = (line + 1) / 2;
    double angle = 2 * M_PI * (double)(frequency * j % t) / t;
    if (line % 2 || line == 0)
        return cos(angle);
    return conj ? -sin(angle) : sin(angle);
}

void nn_fourier_analysis(int t, int n, bool conj, float *matrix)
{
    for (int line = 0; line < t; line++)
        for (int j = 0; j < n; j++)
            matrix[line * n + j] = (float)basis(t, line, j, conj);
}

// Frequencies other than 0 and t / 2 stand for their negative as well: twice.
void nn_fourier_synthesis(int t, int n, bool conj, float *matrix)
{
    for (int j = 0; j < n; j++)
        for (int line = 0; line < t; line++) {
            bool single = line == 0 || (t % 2 == 0 && line == t - 1);
            matrix[j * t + line] = (float)(basis(t, line, j, conj) * (single ? 1 : 2) / t);
        }
}

size_t nn_fourier_scratch(int t)
{
    return 2 * (size_t)t * nn_fourier_row(t);
}

void nn_fourier_forward(int t, int n, const float *analysis, const float *block,
                        const struct nn_bins *bins, float *scratch)
{
    const struct nn_kernels *k = nn_kernels();
    size_t row = nn_fourier_row(n), line = nn_fourier_row(t);
    float *half = scratch, *whole = scratch + (size_t)t * line;
    k->lanes_product(t, n, n, analysis, block, row, NN_LANES, half, row, NN_LANES);
    k->lanes_product(t, n, t, analysis, half, NN_LANES, row, whole, NN_LANES, line);
    k->to_bins(t, whole, line, bins->at, bins->bin, bins->im);
}

void nn_fourier_inverse(int t, int n, const float *synthesis, const struct nn_bins *bins,
                        float *block, float *scratch)
{
    const struct nn_kernels *k = nn_kernels();
    size_t row = nn_fourier_row(n), line = nn_fourier_row(t);
    float *half = scratch, *whole = scratch + (size_t)t * line;
    k->from_bins(t, bins->at, bins->bin, bins->im, whole, line);
    k->lanes_product(n, t, t, synthesis, whole, NN_LANES, line, half, NN_LANES, row);
    k->lanes_product(n, t, n, synthesis, half, row, NN_LANES, block, row, NN_LANES);
}
