// SPDX-License-Identifier: MIT
#include "core/siamese/scores.h"

#include <math.h>

// The lower end of a bin, as a threshold is compared with scores.
static float edge(int bin)
{
    return (float)bin / SIAM_SCORE_BINS;
}

void siam_scores_add(uint16_t bins[SIAM_SCORE_BINS], float score)
{
    int bin = score > 0 ? (int)(fminf(score, 1) * SIAM_SCORE_BINS) : 0;
    bin = bin >= SIAM_SCORE_BINS ? SIAM_SCORE_BINS - 1 : bin;
    if (bin > 0 && score < edge(bin)) // rounded up
        bin--;
    else if (bin + 1 < SIAM_SCORE_BINS && score >= edge(bin + 1))
        bin++;
    bins[bin] += bins[bin] < UINT16_MAX;
}

static int bin_of(float threshold)
{
    return (int)lroundf(fminf(fmaxf(threshold, 0), 1) * SIAM_SCORE_BINS);
}

float siam_scores_snap(float t)
{
    return edge(bin_of(t));
}

struct siam_errors siam_scores_errors(const struct siam_scores *scores, float threshold)
{
    struct siam_errors e = {0, 0, 0, 0};
    int from = bin_of(threshold);
    for (int i = 0; i < SIAM_SCORE_BINS; i++) {
        e.n_own += scores->own[i];
        e.n_others += scores->others[i];
        e.n_refused += i < from ? scores->own[i] : 0;
        e.n_accepted += i < from ? 0 : scores->others[i];
    }
    return e;
}
