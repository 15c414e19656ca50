// SPDX-License-Identifier: MIT
// Messages for people, on standard error: "visavis: text". Any thread; one write and one line each,
// whatever names are in it. Paths and counts may be logged, picture content never.
#ifndef VISAVIS_CORE_BASE_LOG_H
#define VISAVIS_CORE_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>

// Errors: always shown.
void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// Progress and results: shown unless log_set_quiet(true).
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// Details, with the time since start: shown after log_set_verbose(true).
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// What could break a line, or move a terminal's cursor, becomes '?': the control characters of
// text: [n], which names of files may have.
void log_tame(char *text, size_t n);

// Before other threads start.
void log_set_quiet(bool quiet);
void log_set_verbose(bool verbose);

#endif
