// SPDX-License-Identifier: MIT
// Error rates of a set of scores. Genuine scores are of the same person, impostor scores of others;
// a score at or above the threshold is accepted. Terms as in ISO/IEC 19795-1.
#ifndef VISAVIS_CORE_VERIFY_METRICS_H
#define VISAVIS_CORE_VERIFY_METRICS_H

#include "core/base/err.h"

struct verify_rates {
    double far;       // impostors accepted / impostors
    double frr;       // genuine refused / genuine
    double precision; // genuine accepted / accepted; 1 when nothing was accepted
    double recall;    // genuine accepted / genuine = 1 - frr
    double accuracy;  // right answers / answers
    int genuine_accepted, impostor_accepted;
};

// n_genuine, n_impostor >= 0; a rate over none is 0.
struct verify_rates verify_rates_at(const float *genuine, int n_genuine, const float *impostor,
                                    int n_impostor, float threshold);

// The functions below sort a copy of the scores, O(n log n), and return -1 when out of memory. A
// threshold that they find lies halfway between the two neighbouring scores that it parts, at the
// lowest score where everything is accepted, and just above the highest where nothing is. Scores
// must not be NaN.

// Area under the ROC curve: the probability that a genuine score is above an impostor score, ties
// counted half (Mann-Whitney U / (n m)). 0.5 when either is empty.
double verify_auc(const float *genuine, int n_genuine, const float *impostor, int n_impostor);

// Equal error rate: where FAR and FRR cross, linearly interpolated between the two thresholds
// around the crossing. *threshold (may be NULL) is there. Both 0.5 when either is empty.
double verify_eer(const float *genuine, int n_genuine, const float *impostor, int n_impostor,
                  float *threshold);

// The best accuracy any single threshold reaches; *threshold (may be NULL) is the highest that
// does. 0, and 0.5, when both are empty.
double verify_best_accuracy(const float *genuine, int n_genuine, const float *impostor,
                            int n_impostor, float *threshold);

// The threshold that lets in a share `target` (above 0, below 1) of impostors, as far as n >= 1 of
// them tell, 0..1; -1 when out of memory. With a hundred or more, where the target is below a
// tenth, the logits of the best tenth are taken to fall off exponentially above that tenth's lower
// end (peaks over a threshold: Pickands, "Statistical Inference Using Extreme Order Statistics",
// 1975, with a shape of 0), which rests on many scores where a count rests on one or two. Else it
// is the lowest that lets in no more than the target; where all are to be refused it lies above the
// best by a tenth of what is left up to 1. Scores are in 0..1.
float verify_far_threshold(const float *impostor, int n, double target);

// Upper end of the two-sided 95 % Clopper-Pearson interval for `errors` in n trials, 0 <= errors <=
// n: the p with P(X <= errors) = 0.025, X binomial(n, p). For 0 errors the one-sided "rule of
// three" value 1 - 0.05^(1/n). 1 when n = 0. Within 1e-9.
double verify_upper_bound(int errors, int n);

// Lower end of the same interval for `right` of n, 0 <= right <= n: the p with P(X >= right) =
// 0.025. Where all are right the one-sided 0.05^(1/n). 0 when right = 0 or n = 0. Within 1e-9.
double verify_lower_bound(int right, int n);

#endif
