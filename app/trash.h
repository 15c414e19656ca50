// SPDX-License-Identifier: MIT
// DATA/trash (mode 0700): where what is deleted waits, under the time the session began, one
// numbered folder for each deletion: trash/20260314-150926-535/000001/. One thread at a time.
//
// A session holds a lock (flock) on its folder, so that a folder without one is a crash's. The next
// session takes that over and gives it another name; what has that name already, when a session
// begins, is removed.
#ifndef VISAVIS_APP_TRASH_H
#define VISAVIS_APP_TRASH_H

#include "core/base/err.h"

#include <limits.h>
#include <stdbool.h>

#define APP_TRASH_STEP "%s/%06d" // a deletion's folder in a session's

// A session's folder.
struct app_bin {
    char path[PATH_MAX];
    int lock; // descriptor
};

struct app_trash {
    char path[PATH_MAX];
    struct app_bin *bins; // [n], one's own, if there is one, last
    int n;
    bool has_own;
    bool kept; // what was taken over stays one's own
    int step;  // number of the last folder in one's own
};

// Zero-initialise. Takes over what a crash left, each session's folder once with `adopt`, and
// removes what the one before it left. Errors: ERR_DATA (path too long).
int app_trash_open(struct app_trash *trash, const char *data_dir,
                   void (*adopt)(void *ctx, const char *bin), void *ctx, struct err *err);
// A name for the next deletion's folder in dir; it is made when something is moved there. Errors:
// ERR_DATA (the trash is a link), ERR_IO.
int app_trash_step(struct app_trash *trash, char dir[PATH_MAX], struct err *err);
// Removes for good what is in it; of other sessions that still run nothing.
void app_trash_empty(struct app_trash *trash);
// What was taken over goes back for the next session, unless it was kept; the rest stays as it is.
void app_trash_close(struct app_trash *trash);

// Whether a folder in DATA/trash of this name is a session's.
bool app_trash_is_bin(const char *name);

// Links to other folders are never followed where something is written.
bool app_is_link(const char *path);
int app_refuse_link(const char *path, struct err *err); // returns ERR_DATA

#endif
