// SPDX-License-Identifier: MIT
// Errors: a negative code that says whose fault it was, and one line that says what to do.
//
// Functions that can fail return int: 0, or one of the codes below. Expected non-results ("no
// frame yet") have positive codes of their own, stated where they are returned. The text is made
// where the cause is known, names the thing and the remedy, and is meant for the user as it is:
//     anchor/x.jpg: not a picture (starts with "<htm"), skipped
#ifndef VISAVIS_CORE_BASE_ERR_H
#define VISAVIS_CORE_BASE_ERR_H

#define ERR_TEXT_MAX 512

#ifdef __cplusplus
extern "C" {
#endif

enum err_code {
    ERR_USAGE = -2,   // the command line, a setting or a spec is wrong
    ERR_CAMERA = -3,  // no camera, or it does not do what it should
    ERR_DATA = -4,    // pictures or folders: missing, empty, unreadable, broken
    ERR_MODEL = -5,   // the model or checkpoint file: missing, cut short, altered, wrong shapes
    ERR_MEMORY = -6,  // out of memory
    ERR_IO = -7,      // a file could not be written (disk full, read-only, ...)
    ERR_STOPPED = -8, // the caller asked to stop; nothing is wrong
};

// One line, NUL-terminated, without a newline at its end. Zero-initialise: {0}.
struct err {
    char text[ERR_TEXT_MAX];
};

// Sets the text (cut at ERR_TEXT_MAX - 1 bytes, control characters replaced by '?': it stays one
// line whatever a file is called) and returns `code`. `err` may be NULL.
int err_set(struct err *err, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

// "out of memory (what)"; returns ERR_MEMORY. `err` may be NULL.
int err_memory(struct err *err, const char *what);

// The program's exit code for an error code: 0 ok, 2 usage, 3 camera, 4 data, 5 model. Memory and
// I/O errors count as data (4).
int err_exit_code(int code);

#ifdef __cplusplus
}
#endif

#endif
