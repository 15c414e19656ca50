// SPDX-License-Identifier: MIT
// A look into a folder of other people, at any depth: how many pictures and folders of them are in
// it, what would be skipped, and small ones of a few of its pictures. Any thread.
#ifndef VISAVIS_APP_GLANCE_H
#define VISAVIS_APP_GLANCE_H

#include "app/dirs.h"
#include "ui/view.h"

struct app_glance {
    struct ui_glance seen; // without `row` and `number`, which are for who shows it to set
    struct img row;        // the small pictures side by side, seen.n of them
    char *path[UI_GLANCE]; // of pictures of as many persons as can be, owned
    int n_paths;
};

// Counts by names, and chooses the pictures. What can't be read is told in seen.fault. Errors:
// ERR_STOPPED (overtaken), ERR_MEMORY. On failure *out is empty.
int app_glance_look(struct app_glance *out, const char *dir, const struct app_watch *watch);

// Makes the small pictures, each `side` pixels wide and high. Those that can't be read count as
// skipped. `dir` is the same folder. Errors: ERR_STOPPED, ERR_MEMORY.
int app_glance_make(struct app_glance *glance, const char *dir, int side,
                    const struct app_watch *watch);

// Looks at the first bytes of each file, for what counts, what is skipped and why; where that takes
// too long, what the names tell stays. Errors: ERR_STOPPED.
int app_glance_check(struct app_glance *glance, const char *dir, const struct app_watch *watch);

// Fine on a zero-initialised one.
void app_glance_finish(struct app_glance *glance);

#endif
