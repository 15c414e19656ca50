// SPDX-License-Identifier: MIT
#include "core/verify/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Length of the valid UTF-8 sequence at p (RFC 3629: no overlong forms, no surrogates, up to
// U+10FFFF), 0 when there is none.
static size_t utf8_length(const uint8_t *p)
{
    if (p[0] < 0x80)
        return 1;
    size_t n = p[0] >= 0xc2 && p[0] < 0xe0   ? 2
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
               : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                             : 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

cJSON *verify_json_text(const char *bytes)
{
    static const char replacement[] = "\xef\xbf\xbd"; // U+FFFD
    char *text = malloc(3 * strlen(bytes) + 1);
    if (!text)
        return NULL;
    char *out = text;
    while (*bytes) {
        size_t n = utf8_length((const uint8_t *)bytes);
        memcpy(out, n ? bytes : replacement, n ? n : 3);
        out += n ? n : 3;
        bytes += n ? n : 1;
    }
    *out = '\0';
    cJSON *string = cJSON_CreateString(text);
    free(text);
    return string;
}

void verify_json_append(cJSON *array, cJSON *item)
{
    if (!cJSON_AddItemToArray(array, item))
        cJSON_Delete(item);
}

void verify_json_put(cJSON *object, const char *key, cJSON *item)
{
    if (!cJSON_AddItemToObject(object, key, item))
        cJSON_Delete(item);
}

void verify_json_number(cJSON *object, const char *key, double value)
{
    char text[40];
    snprintf(text, sizeof text, "%.9g", value);
    cJSON_AddRawToObject(object, key, isfinite(value) ? text : "null");
}

void verify_json_int(cJSON *object, const char *key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    cJSON_AddRawToObject(object, key, text);
}

void verify_json_uint(cJSON *object, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddRawToObject(object, key, text);
}
