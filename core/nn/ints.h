// SPDX-License-Identifier: MIT
#ifndef VISAVIS_CORE_NN_INTS_H
#define VISAVIS_CORE_NN_INTS_H

static inline int min_int(int a, int b)
{
    return a < b ? a : b;
}

static inline int ceil_div(int a, int b)
{
    return (a + b - 1) / b;
}

#endif
