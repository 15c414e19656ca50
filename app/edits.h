// SPDX-License-Identifier: MIT
// What is done to the user's own pictures (DATA/anchor, DATA/positive, DATA/negative), in order, so
// that the last of it can be taken back: bursts that were saved, pictures that were deleted or
// moved to another class. Counts them, too. Any thread: what is done waits for what is done
// already, what only looks for a moment at most.
//
// What is deleted waits in DATA/trash (app/trash.h), in a folder for each deletion, and in that
// under the path it had: trash/20260314-150926-535/000001/anchor/X. The trash is emptied by
// app_edits_empty_trash(), when a session ends in order. One that a crash leaves is the next
// session's, which can take back what is in it, and no later one's.
//
// Pictures of other people are never touched; some are left out of trainings (app/left_out.h).
// Pictures that lie behind a link that leads out of the data folder are other people's: never
// touched.
#ifndef VISAVIS_APP_EDITS_H
#define VISAVIS_APP_EDITS_H

#include "core/base/err.h"
#include "core/siamese/dataset.h"

#include <stdatomic.h>
#include <stdbool.h>

extern const char *const app_kind_folders[SIAM_KINDS]; // "anchor", "positive", "negative"

struct app_edits;

enum app_edit {
    APP_UNEDITED, // nothing was done
    APP_SAVED,
    APP_DELETED,
    APP_MOVED,
    APP_LEFT_OUT,   // pictures of other people, of trainings
    APP_READMITTED, // they take part again
};

// What was done, or taken back.
struct app_edited {
    enum app_edit what;
    int n;                // pictures
    int from[SIAM_KINDS]; // of them, by the class they were in; APP_SAVED: are in
    int to[SIAM_KINDS];   // APP_MOVED: by the class that they are in now
};

// `data_dir` must outlive it. Takes over what a crash left in the trash, and removes what the one
// before it left. Errors: ERR_DATA (path too long, left-out.json is damaged), ERR_IO, ERR_MEMORY.
int app_edits_create(struct app_edits **out, const char *data_dir, struct err *err);
// Leaves the trash as it is; but what was taken over goes back where app_edits_keep() was not
// called. NULL is fine.
void app_edits_destroy(struct app_edits *edits);

// The session has begun: what was taken over is its own, and no later one's.
void app_edits_keep(struct app_edits *edits);

// Removes for good what was deleted; of other sessions that still run nothing.
void app_edits_empty_trash(struct app_edits *edits);

// A burst begins; then each of its pictures, when it has been saved. Errors: ERR_MEMORY.
void app_edits_begin_burst(struct app_edits *edits);
int app_edits_saved(struct app_edits *edits, enum siam_kind kind, const char *path,
                    struct err *err);

// Deletes paths: [n], or moves them to another class, as one step; those that are there already
// stay out of it. What can't be done is left as it is: *done says what was, the return value why
// not the rest: ERR_DATA (not one of the user's own pictures), ERR_IO, ERR_MEMORY.
int app_edits_delete(struct app_edits *edits, const char *const *paths, int n,
                     struct app_edited *done, struct err *err);
int app_edits_move(struct app_edits *edits, const char *const *paths, int n, enum siam_kind to,
                   struct app_edited *done, struct err *err);

// Takes a picture out of the trainings to come: one of the user's own is deleted, another is left
// out. Errors: ERR_DATA (it is gone), ERR_IO, ERR_MEMORY.
int app_edits_take_out(struct app_edits *edits, const char *path, struct app_edited *done,
                       struct err *err);
// Lets all that were left out, in earlier sessions too, take part again. Errors: ERR_IO,
// ERR_MEMORY.
int app_edits_readmit(struct app_edits *edits, struct app_edited *done, struct err *err);
// How many are left out, and whether a picture is there and takes part in trainings.
int app_edits_left_out(struct app_edits *edits);
bool app_edits_takes_part(struct app_edits *edits, const char *path);
// How often something was changed, saved pictures aside, so that what follows from it is looked up
// then alone.
int app_edits_changes(struct app_edits *edits);

// Takes back the last step that there is anything left of: pictures that were saved are removed,
// the others get their place again, or take part again or no more. *undone is that step;
// APP_UNEDITED: there is none. What can't be taken back can be tried again. Errors: ERR_IO.
int app_edits_undo(struct app_edits *edits, struct app_edited *undone, struct err *err);

// Counts the pictures that there are; anew where some are edited meanwhile. `stop` ends it early.
void app_edits_count(struct app_edits *edits, const atomic_bool *stop);
void app_edits_counts(struct app_edits *edits, int counts[SIAM_KINDS]);

#endif
