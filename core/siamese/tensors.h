// SPDX-License-Identifier: MIT
// Internal to core/siamese: what reading and writing of safetensors files share.
#ifndef VISAVIS_CORE_SIAMESE_TENSORS_H
#define VISAVIS_CORE_SIAMESE_TENSORS_H

#include "core/siamese/safetensors.h"

#include <stdbool.h>
#include <stdint.h>

// Values travel in pieces that fit the processor's cache.
#define SIAM_PIECE_BYTES  ((size_t)256 * 1024)
#define SIAM_CHECKSUM_LEN 16

size_t siam_min_size(size_t a, size_t b);

bool siam_all_finite(const float *values, size_t n);

// A checksum as text: SIAM_CHECKSUM_LEN hex digits.
void siam_checksum_text(char text[SIAM_CHECKSUM_LEN + 1], uint64_t sum);

// The digits of the header's own checksum in its text, NULL where there are none.
char *siam_checksum_digits(char *text, size_t len);

#endif
