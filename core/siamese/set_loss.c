// SPDX-License-Identifier: MIT
#include "core/siamese/set_loss.h"

#include <math.h>
#include <string.h>

static double sigmoid(double z)
{
    return 1 / (1 + exp(-z));
}

static double pairs_loss(const float *logits, const int *labels, int n, float *dlogits)
{
    int count[2] = {0, 0};
    double sum[2] = {0, 0};
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++)
            count[labels[a] == labels[b]]++;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++) {
            int same = labels[a] == labels[b];
            double z = (double)logits[a * n + b];
            sum[same] += (z > 0 ? z : 0) - z * same + log1p(exp(-fabs(z)));
            dlogits[a * n + b] += (float)((sigmoid(z) - same) / (2.0 * count[same]));
        }
    return (count[0] ? sum[0] / count[0] : 0) / 2 + (count[1] ? sum[1] / count[1] : 0) / 2;
}

// log(sum over the pictures of other labels of exp z), -infinity where there are none.
static double others_together(const float *z, const int *labels, int a, int n)
{
    double most = -HUGE_VAL, sum = 0;
    for (int q = 0; q < n; q++)
        if (labels[q] != labels[a] && (double)z[q] > most)
            most = (double)z[q];
    for (int q = 0; q < n; q++)
        if (labels[q] != labels[a])
            sum += exp((double)z[q] - most);
    return most + log(sum);
}

// The picture a against all others: its share of the loss, times n. Each of its own kind is set
// against the others by the difference of logarithms, which no logit overflows.
static double rank_one(const float *z, const int *labels, int a, int n, float *dz)
{
    double others = others_together(z, labels, a, n), loss = 0, share = 0;
    int n_own = -1; // but for a
    for (int b = 0; b < n; b++)
        n_own += labels[b] == labels[a];
    double weight = 1.0 / ((double)n * n_own);
    for (int p = 0; p < n; p++) {
        if (p == a || labels[p] != labels[a])
            continue;
        double behind = others - (double)z[p], missing = weight * sigmoid(behind);
        loss += ((behind > 0 ? behind : 0) + log1p(exp(-fabs(behind)))) / n_own;
        dz[p] -= (float)missing;
        share += missing;
    }
    for (int q = 0; q < n && n_own > 0; q++)
        if (labels[q] != labels[a])
            dz[q] += (float)(share * exp((double)z[q] - others));
    return loss;
}

struct siam_set_loss siam_set_loss(const float *logits, const int *labels, int n, float *dlogits)
{
    struct siam_set_loss loss = {0};
    memset(dlogits, 0, (size_t)n * (size_t)n * sizeof *dlogits);
    loss.pairs = pairs_loss(logits, labels, n, dlogits);
    for (int a = 0; a < n; a++)
        loss.ranking += rank_one(logits + a * n, labels, a, n, dlogits + a * n) / n;
    return loss;
}
