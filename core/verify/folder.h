// SPDX-License-Identifier: MIT
// The pictures of a folder, for the files of this room.
#ifndef VISAVIS_CORE_VERIFY_FOLDER_H
#define VISAVIS_CORE_VERIFY_FOLDER_H

#include "core/base/err.h"

struct verify_folder {
    char **paths; // [n], as file_walk() finds them, of files with names like pictures
    int n;
    int capacity;
};

// Any depth; nothing is opened but folders. There may be no picture in it: what that means is the
// caller's to tell, and nothing is held then. On failure the folder is empty. Errors: ERR_DATA (no
// such folder), ERR_MEMORY.
int verify_folder_read(struct verify_folder *folder, const char *dir, struct err *err);
void verify_folder_finish(struct verify_folder *folder);

#endif
