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
    int pictures; // files that start like pictures, as their names say
    int folders;  // below `dir` with some of these,
    int persons;  // and of them with several: as trainings take it, each of these is a person
    int skipped;  // other pictures by their names or by their first bytes, and dead links of such
                  // names; what else is there does not count
    char why[UI_TEXT]; // of the first ones, as many as it has room for: "sub/x.jpg: the file is
                       // empty; y.gif: GIF is not read; 3 more"; "" where none is skipped
};

// Looks at each file below `dir`. `goes_on` is asked before each. False where it ended early: then
// *look is what was seen till then.
bool app_folder_look(struct app_folder_look *look, const char *dir, bool (*goes_on)(void *ctx),
                     void *ctx);

// Takes what means nothing to most people out of a reason: the bytes that a file starts with, and
// what to save it as.
void app_plain_reason(char *why);

#endif
