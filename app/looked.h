// SPDX-License-Identifier: MIT
// What looking through folders for the user found (folder_check.h), kept in
// DATA/looked-through.json from session to session, by a number that stands for all it depends on.
// One thread at a time.
#ifndef VISAVIS_APP_LOOKED_H
#define VISAVIS_APP_LOOKED_H

#include "core/base/err.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#define APP_LOOKED_FILE "looked-through.json"

// Continues `key` (from any number) with n files as they are: paths, sizes, times of change.
uint64_t app_looked_key(uint64_t key, char *const *paths, int n);

// What was found then: *n pictures that look like the user, `example` the first of them. False
// where nothing is known; a damaged file knows nothing.
bool app_looked_recall(const char *data_dir, uint64_t key, int *n, char example[PATH_MAX]);

// Keeps the last APP_LOOKED_MOST. Errors: ERR_IO, ERR_MEMORY, ERR_DATA (path too long).
#define APP_LOOKED_MOST 100
int app_looked_keep(const char *data_dir, uint64_t key, int n, const char *example,
                    struct err *err);

#endif
