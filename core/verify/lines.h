// SPDX-License-Identifier: MIT
// A list in a text file, line by line, for the files of this room. Lines may end with CR LF; empty
// ones, and a byte order mark at the start, are passed over.
#ifndef VISAVIS_CORE_VERIFY_LINES_H
#define VISAVIS_CORE_VERIFY_LINES_H

#include "core/base/err.h"

#include <stddef.h>

struct verify_lines {
    const char *name; // of the file, borrowed
    char *text;       // owned; the lines lie in it
    char *rest;       // what follows the present line; NULL: nothing
    int number;       // of the present line, 1 is the file's first
    int n_most;       // lines at most, empty ones counted
};

// Reads a file of at most `max` bytes, of which `name` must stay. On failure nothing is held.
// Errors: ERR_DATA (absent, too large, holds zero bytes), ERR_MEMORY.
int verify_lines_read(struct verify_lines *lines, const char *name, size_t max, struct err *err);
void verify_lines_finish(struct verify_lines *lines);

// The next line that isn't empty, or NULL. The caller may cut it up; it stays where it is until
// verify_lines_finish().
char *verify_lines_next(struct verify_lines *lines);

// "FILE:LINE: what; form" about the present line. Returns ERR_DATA.
int verify_lines_refuse(const struct verify_lines *lines, const char *what, const char *form,
                        struct err *err);

#endif
