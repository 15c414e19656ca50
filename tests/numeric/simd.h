// SPDX-License-Identifier: MIT
// What the tests of core/nn's fast paths share. The instruction set is chosen once for a process,
// so those of them that can't name it run once for each, with VISAVIS_SIMD in the environment.
#ifndef VISAVIS_TESTS_SIMD_H
#define VISAVIS_TESTS_SIMD_H

#include "core/base/clock.h"
#include "core/nn/kernels.h"
#include "tests/numeric/numeric.h"

#define TEST_SKIPPED 77 // meson's exit code

// Whether VISAVIS_SIMD names one that is not there; says so.
static inline bool simd_is_missing(void)
{
    const char *wish = getenv("VISAVIS_SIMD");
    if (!wish || !*wish || nn_kernels_named(wish))
        return false;
    printf("skipped: %s is not on this processor\n", wish);
    return true;
}

static inline bool is_benchmark(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--benchmark") == 0;
}

// n floats, 64-byte aligned, all NaN; NULL for none. The caller's.
static inline float *nan_floats(size_t n)
{
    void *x = NULL;
    if (n) {
        assert_int_equal(posix_memalign(&x, 64, n * sizeof(float)), 0);
        memset(x, 0xff, n * sizeof(float));
    }
    return x;
}

// The best time of a few calls, in nanoseconds: as many as fit a quarter of a second, at least 3.
static inline double best_ns(void (*call)(void *ctx), void *ctx)
{
    int64_t best = INT64_MAX, begun = clock_now_ns();
    for (int i = 0; i < 3 || clock_now_ns() - begun < CLOCK_SECOND / 4; i++) {
        int64_t start = clock_now_ns();
        call(ctx);
        int64_t took = clock_now_ns() - start;
        best = took < best ? took : best;
    }
    return (double)(best > 0 ? best : 1);
}

#endif
