// SPDX-License-Identifier: MIT
// What the numeric tests share: random arrays and comparison by the largest relative error.
#ifndef VISAVIS_TESTS_NUMERIC_H
#define VISAVIS_TESTS_NUMERIC_H

#include "core/base/rng.h"
#include "tests/test.h"

#include <math.h>

// n floats, uniform in [lo, hi); the caller's.
static inline float *random_floats(struct rng *rng, size_t n, float lo, float hi)
{
    float *x = malloc((n ? n : 1) * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        x[i] = rng_uniform(rng, lo, hi);
    return x;
}

static inline float *zero_floats(size_t n)
{
    float *x = calloc(n ? n : 1, sizeof *x);
    assert_non_null(x);
    return x;
}

static inline float *copy_floats(size_t n, const float *from)
{
    float *x = zero_floats(n);
    memcpy(x, from, n * sizeof *x);
    return x;
}

// The largest difference, as a share of the largest expected value. NaN anywhere gives infinity.
static inline double relative_error(size_t n, const float *got, const float *want)
{
    double worst = 0, scale = 1e-30;
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)got[i] - want[i]);
        if (!(d <= worst))
            worst = isnan(d) ? INFINITY : d;
        scale = fmax(scale, fabs(want[i]));
    }
    return worst / scale;
}

// Fails with `what`, the worst error and the bound.
static inline void assert_close(size_t n, const float *got, const float *want, double bound,
                                const char *what)
{
    double error = relative_error(n, got, want);
    if (!(error <= bound))
        fail_msg("%s: relative error %.3g, bound %.3g", what, error, bound);
}

static inline double dot(size_t n, const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)a[i] * b[i];
    return sum;
}

#endif
