// SPDX-License-Identifier: MIT
#include "core/nn/blas.h"

#include "core/base/clock.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void nn_blas_init(void)
{
    openblas_set_num_threads(1);
}

const char *nn_blas_kernel(void)
{
    return openblas_get_corename();
}

#if defined(__x86_64__) || defined(__i386__)

enum level {
    LEVEL_SSE2,
    LEVEL_AVX2,
    LEVEL_AVX512,
};

// What the processor and the system offer; OpenBLAS's AVX-512 kernels need these subsets.
static enum level processor_level(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        return LEVEL_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return LEVEL_AVX2;
    return LEVEL_SSE2;
}

// Of OpenBLAS's kernels; those not listed are older than AVX2.
static enum level kernel_level(const char *kernel)
{
    static const struct {
        const char *name;
        enum level level;
    } known[] = {
        {"SkylakeX", LEVEL_AVX512}, {"Cooperlake", LEVEL_AVX512}, {"Sapphirerapids", LEVEL_AVX512},
        {"Haswell", LEVEL_AVX2},    {"Zen", LEVEL_AVX2},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcasecmp(kernel, known[i].name) == 0)
            return known[i].level;
    return LEVEL_SSE2;
}

const char *nn_blas_better_kernel(void)
{
    static const char *const best[] = {NULL, "HASWELL", "SKYLAKEX"};
    enum level level = processor_level();
    return level > kernel_level(nn_blas_kernel()) ? best[level] : NULL;
}

#else

const char *nn_blas_better_kernel(void)
{
    return NULL;
}

#endif

double nn_blas_gflops(void)
{
    enum { SIDE = 512, TIMED = 8 };
    const size_t size = (size_t)SIDE * SIDE;
    float *a = aligned_alloc(64, 3 * size * sizeof *a);
    if (!a)
        return 0;
    for (size_t i = 0; i < 3 * size; i++)
        a[i] = 1;
    int64_t best = INT64_MAX;
    for (int i = 0; i < TIMED; i++) {
        int64_t start = clock_now_ns();
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, a, SIDE,
                    a + size, SIDE, 0, a + 2 * size, SIDE);
        int64_t took = clock_now_ns() - start;
        best = took < best ? took : best;
    }
    free(a);
    return 2.0 * SIDE * SIDE * SIDE / (double)(best > 0 ? best : 1);
}
