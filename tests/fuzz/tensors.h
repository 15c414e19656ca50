// SPDX-License-Identifier: MIT
// Model files for the fuzz targets: a net of a few hundred weights, and checksums made right,
// behind which the reader has to stand for itself.
#ifndef VISAVIS_TESTS_FUZZ_TENSORS_H
#define VISAVIS_TESTS_FUZZ_TENSORS_H

#include "core/nn/net.h"
#include "core/siamese/tensors.h"
#include "tests/fuzz/fuzz.h"

#include <xxhash.h>

static const struct nn_config fuzz_net = {
    .side = 105,
    .channels = 1,
    .conv = {{10, 1, true}, {7, 1, true}, {4, 1, true}, {4, 1, false}},
    .embedding = 2,
};

static inline void fuzz_put_sum(char *digits, uint64_t sum)
{
    char text[SIAM_CHECKSUM_LEN + 1];
    siam_checksum_text(text, sum);
    memcpy(digits, text, SIAM_CHECKSUM_LEN);
}

// Sets both checksums of a file in place, where it has a header with places for them.
static inline void fuzz_repair(uint8_t *data, size_t size)
{
    static const char key[] = "\"data_checksum\":\"";
    uint64_t len;
    if (size < sizeof len)
        return;
    memcpy(&len, data, sizeof len);
    if (len > size - sizeof len)
        return;
    char *text = (char *)data + sizeof len;
    size_t at = sizeof len + (size_t)len;
    char *sum = memmem(text, (size_t)len, key, sizeof key - 1);
    if (sum && (size_t)(text + len - sum) >= sizeof key - 1 + SIAM_CHECKSUM_LEN)
        fuzz_put_sum(sum + sizeof key - 1, XXH3_64bits(data + at, size - at));
    char *digits = siam_checksum_digits(text, (size_t)len);
    if (!digits)
        return;
    memset(digits, '0', SIAM_CHECKSUM_LEN);
    fuzz_put_sum(digits, XXH3_64bits(text, (size_t)len));
}

// Calls `read` with the file as it is, and repaired.
static inline void fuzz_both(const uint8_t *data, size_t size, void (*read)(const char *path))
{
    read(fuzz_file(data, size));
    uint8_t *copy = malloc(size ? size : 1);
    FUZZ_CHECK(copy != NULL);
    memcpy(copy, data, size);
    fuzz_repair(copy, size);
    read(fuzz_file(copy, size));
    free(copy);
}

#endif
