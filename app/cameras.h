// SPDX-License-Identifier: MIT
// The cameras there are, listed by a thread of its own, as that opens each device for a moment:
// while somebody looks, and then whenever one comes or goes (seen within a second).
#ifndef VISAVIS_APP_CAMERAS_H
#define VISAVIS_APP_CAMERAS_H

#include "capture/camera.h"

#include <stdbool.h>

#define APP_CAMERAS_MAX 14

struct app_cameras;

// `changed` is called on the thread after a listing. Errors: ERR_MEMORY.
int app_cameras_create(struct app_cameras **out, void (*changed)(void *ctx), void *ctx,
                       struct err *err);
void app_cameras_destroy(struct app_cameras *cameras);

// Any thread: somebody looks, or no longer.
void app_cameras_watch(struct app_cameras *cameras, bool on);

// The last list, as cap_list() gave it; -1: there was none yet. Any thread.
int app_cameras_list(struct app_cameras *cameras, struct cap_info list[APP_CAMERAS_MAX]);
// Whether that list was checked since somebody began to look. Any thread.
bool app_cameras_fresh(struct app_cameras *cameras);

#endif
