// SPDX-License-Identifier: MIT
// Pictures of other people that are left out of trainings, by their paths: their folders are never
// changed. Remembered in DATA/left-out.json (mode 0600). One thread at a time.
#ifndef VISAVIS_APP_LEFT_OUT_H
#define VISAVIS_APP_LEFT_OUT_H

#include "core/base/err.h"

#include <limits.h>
#include <stdbool.h>

struct app_left_out {
    char file[PATH_MAX];
    char **paths; // [n], owned
    int n;
};

// Reads what is remembered for a data folder, if anything. `list` needs app_left_out_finish() after
// failures too. Errors: ERR_DATA (damaged, path too long), ERR_IO, ERR_MEMORY.
int app_left_out_load(struct app_left_out *list, const char *data_dir, struct err *err);
// `to` needs app_left_out_finish() after failures too. Errors: ERR_MEMORY.
int app_left_out_copy(struct app_left_out *to, const struct app_left_out *from, struct err *err);
// Fine on a zero-initialised one.
void app_left_out_finish(struct app_left_out *list);

bool app_left_out_has(const struct app_left_out *list, const char *path);

// Each writes the list anew, and leaves it as it was where that fails: ERR_IO, ERR_MEMORY. A path
// that is in it already, or isn't, is fine.
int app_left_out_add(struct app_left_out *list, const char *path, struct err *err);
int app_left_out_remove(struct app_left_out *list, const char *path, struct err *err);
int app_left_out_clear(struct app_left_out *list, struct err *err);

#endif
