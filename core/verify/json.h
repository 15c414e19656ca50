// SPDX-License-Identifier: MIT
// Two things that cJSON leaves to its callers.
#ifndef VISAVIS_CORE_VERIFY_JSON_H
#define VISAVIS_CORE_VERIFY_JSON_H

#include <cjson/cJSON.h>

// A JSON string of any bytes (a file's name): what is not valid UTF-8 becomes U+FFFD, a byte each.
// NULL when out of memory.
cJSON *verify_json_text(const char *bytes);

// Adds a number with 7 significant digits (float32 in full); null where it is not finite, as JSON
// has no such number.
void verify_json_number(cJSON *object, const char *key, double value);

#endif
