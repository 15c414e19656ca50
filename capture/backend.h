// SPDX-License-Identifier: MIT
// What a camera backend implements, and what the backends share. Private to this room.
#ifndef VISAVIS_CAPTURE_BACKEND_H
#define VISAVIS_CAPTURE_BACKEND_H

#include "capture/camera.h"

struct cap_backend {
    // As cap_acquire(). Sets everything but info.w and info.h, which follow from `out`.
    int (*acquire)(struct cap_camera *camera, int timeout_ms, int wake_fd, struct img *out,
                   int64_t *capture_ns, struct err *err);
    // As cap_restart(); NULL where there is no stream to begin anew.
    int (*restart)(struct cap_camera *camera, struct err *err);
    // As cap_controls(), on a list of absent ones, and cap_set_control(); both NULL where there are
    // no controls.
    void (*controls)(const struct cap_camera *camera, struct cap_control list[CAP_CONTROLS]);
    int (*set_control)(struct cap_camera *camera, enum cap_control_id id, int value,
                       struct err *err);
    // Frees the camera, half-open ones too.
    void (*close)(struct cap_camera *camera);
};

// The first member of every backend's own struct.
struct cap_camera {
    const struct cap_backend *backend;
    struct cap_info info;
};

// These fill in info but for its spec. On failure *out is NULL. Errors as cap_open().
int cap_v4l2_open(struct cap_camera **out, const char *path, struct err *err);
int cap_replay_open(struct cap_camera **out, const char *path, double fps, struct err *err);
int cap_demo_open(struct cap_camera **out, int who, double fps, struct err *err);

// As cap_list(), for the nodes and links below `dev` ("/dev"). When a node could not be asked,
// `why` (zero-initialised, may be NULL) says why that is.
int cap_v4l2_list(const char *dev, struct cap_info *list, int max, struct err *why);

// As cap_list_stamp(), alike.
uint64_t cap_v4l2_stamp(const char *dev);

// Frame times at a steady rate, by absolute deadlines.
struct cap_pace {
    int64_t period_ns; // 0: no pace, frames are due at once
    int64_t due_ns;    // when the next frame is due; 0: none was yet
};

// fps >= 0; 0 is no pace.
void cap_pace_init(struct cap_pace *pace, double fps);

// Sleeps until the next frame is due. Returns CAP_READY then, or CAP_NONE when timeout_ms is over
// or `wake_fd` (may be -1) became readable before. Periods that were missed are not made up for.
int cap_pace_wait(struct cap_pace *pace, int timeout_ms, int wake_fd);

#endif
