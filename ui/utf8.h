// SPDX-License-Identifier: MIT
// Stepping through UTF-8 that may be anything: file names are bytes. A byte that starts nothing
// valid counts as a character of its own. Any thread.
#ifndef VISAVIS_UI_UTF8_H
#define VISAVIS_UI_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UI_UTF8_BAD 0xfffd // what an invalid byte reads as

// The character at `s` (which must not be at its end) in *ch; returns its length, 1..4 bytes.
size_t ui_utf8_next(const char *s, uint32_t *ch);

// Length in bytes of the character that ends at `at` > 0 in `s`.
size_t ui_utf8_previous(const char *s, size_t at);

// The greatest character boundary <= `at` (<= the length of `s`).
size_t ui_utf8_floor(const char *s, size_t at);

#endif
