// SPDX-License-Identifier: MIT
// The newest pictures of each of the user's classes, small and side by side: what was just taken is
// in sight at once. Folders are read and pictures made on a thread of their own.
#ifndef VISAVIS_APP_NEWEST_H
#define VISAVIS_APP_NEWEST_H

#include "core/base/err.h"
#include "core/siamese/dataset.h"
#include "ui/view.h"

struct app_newest;

// changed: called on that thread when there is something new to show; must return soon. Errors:
// ERR_MEMORY, ERR_DATA (path too long).
int app_newest_create(struct app_newest **out, const char *data_dir, void (*changed)(void *ctx),
                      void *ctx, struct err *err);
// Ends within the time that one picture takes. NULL is fine.
void app_newest_destroy(struct app_newest *newest);

// Pictures of a class came or went. Any thread.
void app_newest_changed(struct app_newest *newest, enum siam_kind kind);

// Waits until all changes so far are in sight, but no longer than most_ns. Any thread.
void app_newest_settle(struct app_newest *newest, int64_t most_ns);

// Main thread alone: the pictures are as they are until the next call.
void app_newest_view(struct app_newest *newest, struct ui_strip strips[SIAM_KINDS]);

#endif
