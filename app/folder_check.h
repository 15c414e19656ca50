// SPDX-License-Identifier: MIT
// Looks for the user among other people (core/verify/own_face.h): in each folder when it is added,
// in all of them when there is another model or other anchors. On a thread of its own at low
// priority, and never during a training, which has the processor then. What it finds stands with
// the folders, is told once, and is remembered for the next session (looked.h).
#ifndef VISAVIS_APP_FOLDER_CHECK_H
#define VISAVIS_APP_FOLDER_CHECK_H

#include "app/events.h"
#include "app/folders.h"
#include "core/siamese/model.h"

struct app_check;

// `data_dir` and `folders` must outlive it. found: called on its thread with a line to tell; must
// return soon. Errors: ERR_MEMORY, ERR_DATA (path too long).
int app_check_create(struct app_check **out, const char *data_dir, struct app_folders *folders,
                     struct app_events *events, void (*found)(void *ctx, const char *line),
                     void *ctx, struct err *err);
// Ends within the time that a batch of pictures takes, a fraction of a second. NULL is fine.
void app_check_destroy(struct app_check *check);

// Any thread may call these; none waits.
// Folders were added.
void app_check_folders(struct app_check *check);
// Pictures of the user came or went.
void app_check_own_changed(struct app_check *check);
// Another model; keeps a reference.
void app_check_set_model(struct app_check *check, struct siam_model *model);
// Stops, and goes on where it was told not to hold.
void app_check_hold(struct app_check *check, bool hold);

#endif
