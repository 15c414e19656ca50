// SPDX-License-Identifier: MIT
// A V4L2 device node: opening, asking what it is, and why it refuses. Private to this room.
#ifndef VISAVIS_CAPTURE_V4L2_NODE_H
#define VISAVIS_CAPTURE_V4L2_NODE_H

#include "core/base/err.h"

#include <linux/videodev2.h>

// Opens a node through libv4l2, not blocking, and makes sure that it captures pictures by
// streaming. `cap` is what it says of itself. Returns the descriptor (v4l2_close), or ERR_CAMERA.
int cap_node_open(const char *path, struct v4l2_capability *cap, struct err *err);

// v4l2_ioctl(), again when a signal interrupts it.
int cap_node_ioctl(int fd, unsigned long request, void *arg);

// Turns `errnum` into one line: what happened to `path` while doing `what` ("starting the stream")
// and what to do about it. Returns ERR_CAMERA.
int cap_node_fail(struct err *err, const char *path, const char *what, int errnum);

#endif
