// SPDX-License-Identifier: MIT
// The pictures of a folder, or other files of it, for the files of this room.
#ifndef VISAVIS_CORE_VERIFY_FOLDER_H
#define VISAVIS_CORE_VERIFY_FOLDER_H

#include "core/base/err.h"

#include <stdbool.h>

struct verify_folder {
    char **paths; // [n], as file_walk() finds them
    int n;
    int capacity;
};

// Whether a file of this path is one to find.
typedef bool (*verify_wanted)(const char *path);

// Any depth; nothing is opened but folders. There may be no such file in it: what that means is the
// caller's to tell, and nothing is held then. On failure the folder is empty. Errors: ERR_DATA (no
// such folder), ERR_MEMORY.
int verify_folder_find(struct verify_folder *folder, const char *dir, verify_wanted wanted,
                       struct err *err);
// The files with names like pictures.
int verify_folder_read(struct verify_folder *folder, const char *dir, struct err *err);

// Appends a copy of `path`, wherever it lies. Errors: ERR_MEMORY; the folder is as before then.
int verify_folder_add(struct verify_folder *folder, const char *path, struct err *err);
void verify_folder_finish(struct verify_folder *folder);

#endif
