// SPDX-License-Identifier: MIT
// What can be set on an open V4L2 node. Private to this room. By the thread that owns the camera.
#ifndef VISAVIS_CAPTURE_V4L2_CONTROLS_H
#define VISAVIS_CAPTURE_V4L2_CONTROLS_H

#include "capture/camera.h"

// As cap_controls() and cap_set_control(). `path`: of the node, for the error's text.
void cap_node_controls(int fd, struct cap_control list[CAP_CONTROLS]);
int cap_node_set_control(int fd, const char *path, enum cap_control_id id, int value,
                         struct err *err);

#endif
