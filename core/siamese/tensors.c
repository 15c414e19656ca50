// SPDX-License-Identifier: MIT
#include "core/siamese/tensors.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECKSUM_KEY "\"header_checksum\":\""

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the format's numbers are little-endian");

size_t siam_min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool siam_all_finite(const float *values, size_t n)
{
    uint32_t bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], 4);
        bad |= (bits & UINT32_C(0x7f800000)) == UINT32_C(0x7f800000);
    }
    return !bad;
}

void siam_checksum_text(char text[SIAM_CHECKSUM_LEN + 1], uint64_t sum)
{
    snprintf(text, SIAM_CHECKSUM_LEN + 1, "%016" PRIx64, sum);
}

char *siam_checksum_digits(char *text, size_t len)
{
    char *key = memmem(text, len, CHECKSUM_KEY, strlen(CHECKSUM_KEY));
    if (!key)
        return NULL;
    char *digits = key + strlen(CHECKSUM_KEY);
    return (size_t)(text + len - digits) >= SIAM_CHECKSUM_LEN ? digits : NULL;
}
