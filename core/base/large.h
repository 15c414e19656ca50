// SPDX-License-Identifier: MIT
// Memory for large arrays: in huge pages where the system has them, so that a stride of some thousand
// bytes does not cost an address translation each time, nor every 4 KiB a page fault the first time.
#ifndef VISAVIS_CORE_BASE_LARGE_H
#define VISAVIS_CORE_BASE_LARGE_H

#include <stddef.h>

// At least 64-byte aligned, contents undefined; freed by free(). NULL when out of memory.
void *large_alloc(size_t bytes);

// Aligned as calloc()'s are, all zeros; freed by free(). NULL when out of memory.
void *large_zeroed(size_t bytes);

#endif
