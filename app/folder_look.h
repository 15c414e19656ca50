// SPDX-License-Identifier: MIT
// What is in a folder of pictures, by names and by the files' first bytes: no file is read whole,
// so that a folder of 100,000 takes seconds. Any thread.
#ifndef VISAVIS_APP_FOLDER_LOOK_H
#define VISAVIS_APP_FOLDER_LOOK_H

#include "ui/view.h"

#include <stdatomic.h>

// How many files below `dir` have names like pictures; 0 where there is no such folder. `stop` (may
// be NULL) ends it early.
int app_count_pictures(const char *dir, const atomic_bool *stop);

struct app_folder_look {
    int pictures;      // files that start like pictures, as their names say
    int skipped;       // other files: broken ones, and those that are none by their names
    char why[UI_TEXT]; // "sub/x.jpg: the file is empty; 3 other files"; "" where none is skipped
};

// Looks at each file below `dir`. `goes_on` is asked before each. False where it ended early: then
// *look is what was seen till then.
bool app_folder_look(struct app_folder_look *look, const char *dir, bool (*goes_on)(void *ctx),
                     void *ctx);

#endif
