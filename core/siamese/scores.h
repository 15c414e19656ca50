// SPDX-License-Identifier: MIT
// How the scores of held-out pictures lie: counts, fine enough to draw them and to read off both
// error rates at any threshold that is a multiple of 1/SIAM_SCORE_BINS. Any thread, one at a time.
#ifndef VISAVIS_CORE_SIAMESE_SCORES_H
#define VISAVIS_CORE_SIAMESE_SCORES_H

#include <stdint.h>

#define SIAM_SCORE_BINS 400

// own, others: [i] scores in i/BINS .. (i+1)/BINS, the upper end exclusive but for 1; all 0: not
// known. A count stays at 65535 when it gets there.
struct siam_scores {
    uint16_t own[SIAM_SCORE_BINS];
    uint16_t others[SIAM_SCORE_BINS];
};

// Counts a score, 0..1.
void siam_scores_add(uint16_t bins[SIAM_SCORE_BINS], float score);

// The multiple of 1/BINS that is nearest to t, within 0..1.
float siam_scores_snap(float t);

struct siam_errors {
    int n_own, n_refused;     // of the user's, and of them below the threshold
    int n_others, n_accepted; // of others, and of them at it or above
};

// At siam_scores_snap(threshold).
struct siam_errors siam_scores_errors(const struct siam_scores *scores, float threshold);

#endif
