// SPDX-License-Identifier: MIT
#include "core/base/large.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

void *large_alloc(size_t bytes)
{
    size_t page = bytes < HUGE_PAGE ? 64 : HUGE_PAGE;
    if (bytes > SIZE_MAX - page)
        return NULL;
    void *p = aligned_alloc(page, (bytes + page - 1) / page * page);
    if (p && page == HUGE_PAGE)
        madvise(p, bytes, MADV_HUGEPAGE); // a wish: what comes of it is the system's to decide
    return p;
}

// Large ones of calloc() are fresh from the system, which makes each page as it is first touched.
void *large_zeroed(size_t bytes)
{
    char *p = calloc(1, bytes);
    size_t skip = -(uintptr_t)p % HUGE_PAGE;
    if (p && bytes >= skip + HUGE_PAGE)
        madvise(p + skip, (bytes - skip) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    return p;
}
