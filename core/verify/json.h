// SPDX-License-Identifier: MIT
// Some things that cJSON leaves to its callers.
#ifndef VISAVIS_CORE_VERIFY_JSON_H
#define VISAVIS_CORE_VERIFY_JSON_H

#include <cjson/cJSON.h>
#include <stdint.h>

// A JSON string of any bytes (a file's name): what is not valid UTF-8 becomes U+FFFD, a byte each.
// NULL when out of memory.
cJSON *verify_json_text(const char *bytes);

// Add `item`, or free it where that can't be: out of memory, or there was none for what it belongs
// to.
void verify_json_append(cJSON *array, cJSON *item);
void verify_json_put(cJSON *object, const char *key, cJSON *item);

// Adds a number with 9 significant digits (float32 in full); null where it is not finite, as JSON
// has no such number.
void verify_json_number(cJSON *object, const char *key, double value);

// Add a whole number with all its digits (cJSON's own numbers are doubles, exact up to 2^53).
void verify_json_int(cJSON *object, const char *key, int64_t value);
void verify_json_uint(cJSON *object, const char *key, uint64_t value);

#endif
