// SPDX-License-Identifier: MIT
// OpenBLAS: set up for one thread a call, and guarded against a trap. On a processor newer than
// itself OpenBLAS falls back to a kernel of 2004 that is five times slower. It reads
// OPENBLAS_CORETYPE when it is loaded, before main(), so nothing done here can change the kernel:
// the caller sets the variable and starts the program again.
#ifndef VISAVIS_CORE_NN_BLAS_H
#define VISAVIS_CORE_NN_BLAS_H

#include <stdbool.h>

// One thread a call: parallelism is ours, over pictures. Call it first of all.
void nn_blas_init(void);

// The kernel in use, e.g. "SkylakeX". Static.
const char *nn_blas_kernel(void);

// The value OPENBLAS_CORETYPE should have on this processor, or NULL where the kernel in use is as
// good as the processor allows. Looks at the processor's instruction sets (AVX-512, AVX2), not at
// its name.
const char *nn_blas_better_kernel(void);

// Speed of one sgemm call of 512 x 512 x 512 on one thread, in GFLOP/s, best of several; about
// 50 ms.
double nn_blas_gflops(void);

#endif
