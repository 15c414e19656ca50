// SPDX-License-Identifier: MIT
// What takes a disk's time is done by a thread of its own, so that the window never waits for it:
// one thing after the other, in the order in which they were asked for.
#ifndef VISAVIS_APP_CHORES_H
#define VISAVIS_APP_CHORES_H

#include "ui/view.h"

struct app_chores;

// Called on the thread; paths: [n], or NULL where none were given.
typedef void (*app_chore)(void *ctx, const struct ui_action *action, const char *const *paths,
                          int n);

// `ctx` is that of each chore. Errors: ERR_MEMORY.
int app_chores_create(struct app_chores **out, void *ctx, struct err *err);
// Does first what was asked for. NULL is fine.
void app_chores_destroy(struct app_chores *chores);

// Returns at once; action and paths are copied. Any thread. Errors: ERR_MEMORY.
int app_chores_add(struct app_chores *chores, app_chore chore, const struct ui_action *action,
                   const char *const *paths, int n, struct err *err);

// Whether something is still to be done, or being done. Any thread.
bool app_chores_busy(struct app_chores *chores);

#endif
