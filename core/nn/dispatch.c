// SPDX-License-Identifier: MIT
#include "core/nn/kernels.h"

#include "core/base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// kernels.c, compiled for each.
extern const struct nn_kernels nn_kernels_avx512, nn_kernels_avx2, nn_kernels_generic;

#ifdef __x86_64__
// The builtins also see whether the system saves the registers.
static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("fma");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

const struct nn_kernels *nn_kernels_named(const char *name)
{
#ifdef __x86_64__
    if (!strcmp(name, "avx512"))
        return has_avx512() ? &nn_kernels_avx512 : NULL;
    if (!strcmp(name, "avx2"))
        return has_avx2() ? &nn_kernels_avx2 : NULL;
#endif
    return strcmp(name, "generic") ? NULL : &nn_kernels_generic;
}

static const struct nn_kernels *chosen;

static void choose(void)
{
    static const char *const names[] = {"avx512", "avx2", "generic"};
    const char *wish = getenv("VISAVIS_SIMD");
    if (wish && *wish)
        chosen = nn_kernels_named(wish);
    if (wish && *wish && !chosen)
        log_error("VISAVIS_SIMD=%s: not on this processor; use avx512, avx2 or generic", wish);
    for (size_t i = 0; !chosen; i++)
        chosen = nn_kernels_named(names[i]);
}

const struct nn_kernels *nn_kernels(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose);
    return chosen;
}
