// SPDX-License-Identifier: MIT
// The strings in a file's header that say what the file is: a short list of keys and values.
// Numbers are written so that reading gives back the same bits, whatever the locale. Any thread,
// one at a time per list.
#ifndef VISAVIS_CORE_SIAMESE_META_H
#define VISAVIS_CORE_SIAMESE_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIAM_META_MAX   48
#define SIAM_META_VALUE 1700 // bytes; a mean face is the longest

struct siam_meta_item {
    char key[32];
    char value[SIAM_META_VALUE];
};

// Zero-initialise. Keys are distinct.
struct siam_meta {
    struct siam_meta_item item[SIAM_META_MAX];
    int n;
};

// Appends a string; what does not fit (list full, key or value too long) is left out. Our own keys
// and values all fit; a foreign file's need not.
void siam_meta_put(struct siam_meta *meta, const char *key, const char *value);
void siam_meta_put_u64(struct siam_meta *meta, const char *key, uint64_t value);
void siam_meta_put_hex(struct siam_meta *meta, const char *key, uint64_t value); // 16 digits
void siam_meta_put_bytes(struct siam_meta *meta, const char *key, const void *bytes, size_t size);
void siam_meta_put_double(struct siam_meta *meta, const char *key, double value);

// The value, until the list changes; NULL where there is none.
const char *siam_meta_get(const struct siam_meta *meta, const char *key);

// These return false and leave *out where the key is missing, or its value is not wholly such a
// number: a count is in 0..INT_MAX, a double is finite.
bool siam_meta_u64(const struct siam_meta *meta, const char *key, uint64_t *out);
bool siam_meta_hex(const struct siam_meta *meta, const char *key, uint64_t *out);
bool siam_meta_count(const struct siam_meta *meta, const char *key, int *out);
bool siam_meta_double(const struct siam_meta *meta, const char *key, double *out);

// Fills in `size` bytes from twice as many hex digits, alike.
bool siam_meta_bytes(const struct siam_meta *meta, const char *key, void *bytes, size_t size);

// Copies a string of less than `size` bytes, alike.
bool siam_meta_string(const struct siam_meta *meta, const char *key, char *out, size_t size);

#endif
