// SPDX-License-Identifier: MIT
#include "core/siamese/meta.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void siam_meta_put(struct siam_meta *meta, const char *key, const char *value)
{
    struct siam_meta_item *item = &meta->item[meta->n];
    if (meta->n == SIAM_META_MAX || strlen(key) >= sizeof item->key ||
        strlen(value) >= sizeof item->value)
        return;
    strcpy(item->key, key);
    strcpy(item->value, value);
    meta->n++;
}

void siam_meta_put_u64(struct siam_meta *meta, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    siam_meta_put(meta, key, text);
}

void siam_meta_put_hex(struct siam_meta *meta, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%016" PRIx64, value);
    siam_meta_put(meta, key, text);
}

void siam_meta_put_bytes(struct siam_meta *meta, const char *key, const void *bytes, size_t size)
{
    char text[SIAM_META_VALUE];
    const uint8_t *from = bytes;
    if (2 * size >= sizeof text)
        return;
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", from[i]);
    siam_meta_put(meta, key, text);
}

// The "C" locale: a number has a point in it, whatever the user's language is.
static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

void siam_meta_put_double(struct siam_meta *meta, const char *key, double value)
{
    char text[32] = "";
    locale_t c = c_locale();
    locale_t before = uselocale(c);
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    uselocale(before);
    freelocale(c);
    siam_meta_put(meta, key, text);
}

const char *siam_meta_get(const struct siam_meta *meta, const char *key)
{
    for (int i = 0; i < meta->n; i++)
        if (strcmp(meta->item[i].key, key) == 0)
            return meta->item[i].value;
    return NULL;
}

static bool parse_u64(const char *text, int base, uint64_t *out)
{
    if (!text || !isxdigit((unsigned char)text[0])) // strtoull takes signs and blanks
        return false;
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, base);
    if (errno || *end)
        return false;
    *out = value;
    return true;
}

bool siam_meta_u64(const struct siam_meta *meta, const char *key, uint64_t *out)
{
    return parse_u64(siam_meta_get(meta, key), 10, out);
}

bool siam_meta_hex(const struct siam_meta *meta, const char *key, uint64_t *out)
{
    return parse_u64(siam_meta_get(meta, key), 16, out);
}

bool siam_meta_count(const struct siam_meta *meta, const char *key, int *out)
{
    uint64_t value;
    if (!siam_meta_u64(meta, key, &value) || value > INT_MAX)
        return false;
    *out = (int)value;
    return true;
}

bool siam_meta_double(const struct siam_meta *meta, const char *key, double *out)
{
    const char *text = siam_meta_get(meta, key);
    if (!text || !text[0])
        return false;
    char *end;
    locale_t c = c_locale();
    double value = strtod_l(text, &end, c);
    freelocale(c);
    if (*end || !isfinite(value))
        return false;
    *out = value;
    return true;
}

bool siam_meta_bytes(const struct siam_meta *meta, const char *key, void *bytes, size_t size)
{
    const char *text = siam_meta_get(meta, key);
    uint8_t *to = bytes;
    if (!text || strlen(text) != 2 * size || strspn(text, "0123456789abcdef") != 2 * size)
        return false;
    for (size_t i = 0; i < size; i++) {
        const char digits[3] = {text[2 * i], text[2 * i + 1], 0};
        to[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return true;
}

bool siam_meta_string(const struct siam_meta *meta, const char *key, char *out, size_t size)
{
    const char *text = siam_meta_get(meta, key);
    if (!text || strlen(text) >= size)
        return false;
    strcpy(out, text);
    return true;
}
