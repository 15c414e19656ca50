// SPDX-License-Identifier: MIT
// DESIGN. The figures that need no given threshold come from one walk over all scores in ascending
// order (struct sweep): each step lets the threshold pass one distinct score, so that ties move
// together and every operating point of the ROC curve is visited once.
#include "core/verify/metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TAIL       0.1 // of impostors, the best, that a threshold for a FAR is taken from
#define TAIL_LEAST 10  // of them

static double ratio(int part, int whole, double of_none)
{
    return whole > 0 ? (double)part / whole : of_none;
}

static int count_accepted(const float *scores, int n, float threshold)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        count += scores[i] >= threshold;
    return count;
}

struct verify_rates verify_rates_at(const float *genuine, int n_genuine, const float *impostor,
                                    int n_impostor, float threshold)
{
    int ga = count_accepted(genuine, n_genuine, threshold);
    int ia = count_accepted(impostor, n_impostor, threshold);
    return (struct verify_rates){
        .far = ratio(ia, n_impostor, 0),
        .frr = ratio(n_genuine - ga, n_genuine, 0),
        .precision = ratio(ga, ga + ia, 1),
        .recall = ratio(ga, n_genuine, 0),
        .accuracy = ratio(ga + n_impostor - ia, n_genuine + n_impostor, 0),
        .genuine_accepted = ga,
        .impostor_accepted = ia,
    };
}

struct sample {
    float score;
    bool genuine;
};

// One operating point: the samples below `threshold` are refused.
struct sweep {
    struct sample *samples; // [n], ascending, owned
    int n;
    int n_genuine, n_impostor;
    int next; // the first sample that is accepted
    int genuine_refused, impostor_refused;
    float threshold;
};

static int by_score(const void *a, const void *b)
{
    float x = ((const struct sample *)a)->score, y = ((const struct sample *)b)->score;
    return (x > y) - (x < y);
}

// Starts where everything is accepted. At least one score. False: out of memory.
static bool sweep_init(struct sweep *s, const float *genuine, int n_genuine, const float *impostor,
                       int n_impostor)
{
    *s = (struct sweep){
        .n = n_genuine + n_impostor, .n_genuine = n_genuine, .n_impostor = n_impostor};
    s->samples = malloc((size_t)s->n * sizeof *s->samples);
    if (!s->samples)
        return false;
    for (int i = 0; i < n_genuine; i++)
        s->samples[i] = (struct sample){genuine[i], true};
    for (int i = 0; i < n_impostor; i++)
        s->samples[n_genuine + i] = (struct sample){impostor[i], false};
    qsort(s->samples, (size_t)s->n, sizeof *s->samples, by_score);
    s->threshold = s->samples[0].score;
    return true;
}

static void sweep_finish(struct sweep *s)
{
    free(s->samples);
}

// Above lo, at most hi, halfway where the numbers allow.
static float between(float lo, float hi)
{
    float mid = lo + (hi - lo) / 2;
    return mid > lo ? mid : hi;
}

// Refuses one distinct score more. False where nothing was accepted any more.
static bool sweep_next(struct sweep *s)
{
    if (s->next == s->n)
        return false;
    float passed = s->samples[s->next].score;
    for (; s->next < s->n && s->samples[s->next].score == passed; s->next++) {
        s->genuine_refused += s->samples[s->next].genuine;
        s->impostor_refused += !s->samples[s->next].genuine;
    }
    s->threshold =
        s->next < s->n ? between(passed, s->samples[s->next].score) : nextafterf(passed, INFINITY);
    return true;
}

double verify_auc(const float *genuine, int n_genuine, const float *impostor, int n_impostor)
{
    struct sweep s;
    if (n_genuine == 0 || n_impostor == 0)
        return 0.5;
    if (!sweep_init(&s, genuine, n_genuine, impostor, n_impostor))
        return -1;
    double twice_u = 0; // whole numbers, exact up to 2^53
    int genuine_before = 0, impostor_before = 0;
    while (sweep_next(&s)) {
        twice_u += (double)(s.genuine_refused - genuine_before) *
                   ((double)impostor_before + s.impostor_refused);
        genuine_before = s.genuine_refused;
        impostor_before = s.impostor_refused;
    }
    sweep_finish(&s);
    return twice_u / (2.0 * n_genuine * n_impostor);
}

struct point {
    double far, frr;
    float threshold;
};

static struct point point_of(const struct sweep *s)
{
    return (struct point){.far = (double)(s->n_impostor - s->impostor_refused) / s->n_impostor,
                          .frr = (double)s->genuine_refused / s->n_genuine,
                          .threshold = s->threshold};
}

double verify_eer(const float *genuine, int n_genuine, const float *impostor, int n_impostor,
                  float *threshold)
{
    struct sweep s;
    if (threshold)
        *threshold = 0.5F;
    if (n_genuine == 0 || n_impostor == 0)
        return 0.5;
    if (!sweep_init(&s, genuine, n_genuine, impostor, n_impostor))
        return -1;
    // far - frr falls strictly from 1 to -1.
    struct point before, p = point_of(&s);
    do {
        before = p;
        sweep_next(&s);
        p = point_of(&s);
    } while (p.far > p.frr);
    sweep_finish(&s);
    double gap = before.far - before.frr;
    double t = gap / (gap + p.frr - p.far);
    if (threshold)
        *threshold = before.threshold + (float)t * (p.threshold - before.threshold);
    return before.far + t * (p.far - before.far);
}

double verify_best_accuracy(const float *genuine, int n_genuine, const float *impostor,
                            int n_impostor, float *threshold)
{
    struct sweep s;
    int best = -1;
    float best_threshold = 0.5F;
    if (n_genuine + n_impostor > 0) {
        if (!sweep_init(&s, genuine, n_genuine, impostor, n_impostor))
            return -1;
        do {
            int right = s.impostor_refused + n_genuine - s.genuine_refused;
            if (right >= best) {
                best = right;
                best_threshold = s.threshold;
            }
        } while (sweep_next(&s));
        sweep_finish(&s);
    }
    if (threshold)
        *threshold = best_threshold;
    return ratio(best, n_genuine + n_impostor, 0);
}

static int falling(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

// The ends of the scale are those of float.
static double logit(float score)
{
    double s = fmin(fmax((double)score, 1e-30), 1 - 1e-7);
    return log(s / (1 - s));
}

// sorted: [n], falling, as below.
static float counted_threshold(const float *sorted, int n, double target)
{
    int may = (int)floor(target * n); // be accepted
    float threshold =
        may > 0 ? (sorted[may - 1] + sorted[may]) / 2 : fminf(sorted[0] + (1 - sorted[0]) / 10, 1);
    while (threshold <= sorted[may] && threshold < 1) // ties
        threshold = nextafterf(threshold, 1);
    return threshold;
}

static float fitted_threshold(const float *sorted, int n, double target)
{
    int peaks = (int)(TAIL * n);
    double from = logit(sorted[peaks]), excess = 0;
    for (int i = 0; i < peaks; i++)
        excess += logit(sorted[i]) - from;
    double above = log(peaks / (n * target)) * excess / peaks;
    return (float)(1 / (1 + exp(-(from + above))));
}

float verify_far_threshold(const float *impostor, int n, double target)
{
    float *sorted = malloc((size_t)n * sizeof *sorted);
    if (!sorted)
        return -1;
    memcpy(sorted, impostor, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, falling);
    bool many = TAIL * n >= TAIL_LEAST && target < TAIL;
    float threshold =
        many ? fitted_threshold(sorted, n, target) : counted_threshold(sorted, n, target);
    free(sorted);
    return threshold;
}

// P(X <= k) for X binomial(n, p) with k < n p: summed downwards from its largest term.
static double lower_tail(int k, int n, double p)
{
    int sign; // lgamma() would write a global
    double log_choose =
        lgamma_r(n + 1.0, &sign) - lgamma_r(k + 1.0, &sign) - lgamma_r(n - k + 1.0, &sign);
    double term = exp(log_choose + k * log(p) + (n - k) * log1p(-p));
    double sum = term;
    for (int i = k; i > 0 && term > 1e-17 * sum; i--) {
        term *= i * (1 - p) / ((n - i + 1) * p);
        sum += term;
    }
    return sum;
}

double verify_upper_bound(int errors, int n)
{
    if (errors >= n)
        return 1;
    if (errors == 0)
        return -expm1(log(0.05) / n);
    // At p = errors / n the tail is about a half; at 1 it is 0.
    double lo = (double)errors / n, hi = 1;
    while (hi - lo > 1e-12) {
        double p = (lo + hi) / 2;
        if (lower_tail(errors, n, p) > 0.025)
            lo = p;
        else
            hi = p;
    }
    return (lo + hi) / 2;
}

double verify_lower_bound(int right, int n)
{
    return 1 - verify_upper_bound(n - right, n);
}
