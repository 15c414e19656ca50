// SPDX-License-Identifier: MIT
// The folders of other people: those of the command line (this run only) and those dropped on the
// window or typed, which are remembered in DATA/folders.json, with their weights. Folders are read
// in place and never written to. A thread of its own counts their pictures, then looks for files
// that can't be used (folder_look.h). Any thread may call: what changes the list waits for a disk,
// what looks at it for a moment at most.
#ifndef VISAVIS_APP_FOLDERS_H
#define VISAVIS_APP_FOLDERS_H

#include "app/events.h"
#include "ui/view.h"

#include <limits.h>

struct app_folders;

// `data_dir` must outlive it. `weights` (NULL: none are given): [n_extra] of those of `extra`, 0
// where none is given. A remembered folder that is gone stays remembered, with 0 pictures; a weight
// that is none (core/siamese/weight.h) is logged and counts as 1. Errors: ERR_DATA (one of `extra`
// is no folder; folders.json is damaged), ERR_MEMORY.
int app_folders_create(struct app_folders **out, const char *data_dir, const char *const *extra,
                       const float *weights, int n_extra, struct app_events *events,
                       struct err *err);
void app_folders_destroy(struct app_folders *folders);

// Adds and remembers. Being there already is fine. Errors: ERR_DATA (no such folder, not a folder,
// too many), ERR_IO (can't remember it; it counts for this run).
int app_folders_add(struct app_folders *folders, const char *path, struct err *err);
// Forgets it, where it is in the list (by its path there); the folder itself stays. Errors: ERR_IO
// (can't remember it; it counts for this run).
int app_folders_remove(struct app_folders *folders, const char *path, struct err *err);
// Takes that back, for the one that was removed last, then for the one before: with its place in the
// list and its weight; where it was added again meanwhile, nothing.
// Errors: ERR_DATA (none was removed, or there is no room for it any more), ERR_IO (can't remember
// it; it counts for this run).
int app_folders_restore(struct app_folders *folders, struct err *err);

// Multiplies the weight of a folder in the list by a power of 2, within what weights can be, and
// remembers it where the folder is remembered. *now is its weight then; 0: it is not in the list.
// Errors: ERR_IO (can't remember it; it counts for this run).
int app_folders_weigh(struct app_folders *folders, const char *path, float factor, float *now,
                      struct err *err);

// The first folder (in `path`) that is not yet checked for the user in a state (from 1) of what it
// is checked by; false: there is none. See folder_check.h.
bool app_folders_next_unchecked(struct app_folders *folders, int state, char path[PATH_MAX]);
// What was found in it: n pictures that look like the user, `example` one of them. True when there
// are some, and not as many as were known before.
bool app_folders_note_own(struct app_folders *folders, const char *path, int state, int n,
                          const char *example);

// Fills in view->folder and n_folders. Returns a number that changes with the list's paths; not 0.
int app_folders_view(struct app_folders *folders, struct ui_view *view);

// Copies of the paths, NULL-terminated, in one block: free() it. NULL: out of memory.
char **app_folders_paths(struct app_folders *folders, int *n);

// The folders as a training takes them.
struct app_negatives {
    char **paths;   // [n]; one block with the weights: free() it
    float *weights; // [n]
    int n;
};

// Copies. Errors: ERR_MEMORY; paths is NULL then.
int app_folders_copy(struct app_folders *folders, struct app_negatives *out, struct err *err);

// Such copies of `negatives`: [n_negatives], `weights` as above, and of the folders that the window
// remembers for a data folder, for commands that read them once. Errors: as app_folders_create().
int app_folders_gather(struct app_negatives *out, const char *data_dir,
                       const char *const *negatives, const float *weights, int n_negatives,
                       struct err *err);

#endif
