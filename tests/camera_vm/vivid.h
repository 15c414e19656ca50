// SPDX-License-Identifier: MIT
// The kernel's virtual camera as the tests take it in hand: its nodes and controls.
// Kernel documentation, admin-guide/media/vivid.
#ifndef VISAVIS_TESTS_CAMERA_VM_VIVID_H
#define VISAVIS_TESTS_CAMERA_VM_VIVID_H

#include "tests/test.h"

#include "capture/camera.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define VIVID_LINK "/dev/v4l/by-path/platform-vivid.0-video-index0"

// Opens the newest node with this capability (a device that is gone keeps its name while it is
// open) and gives its path.
static inline int vivid_open(uint32_t capability, char path[32])
{
    for (int i = 63; i >= 0; i--) {
        struct v4l2_capability cap;
        snprintf(path, 32, "/dev/video%d", i);
        int fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd >= 0 && ioctl(fd, VIDIOC_QUERYCAP, &cap) == 0 && cap.device_caps & capability)
            return fd;
        if (fd >= 0)
            close(fd);
    }
    fail_msg("vivid has no node with capability %#x", capability);
    return -1;
}

static inline int vivid_camera(void)
{
    char path[32];
    return vivid_open(V4L2_CAP_VIDEO_CAPTURE, path);
}

// What udev does: a name that stays.
static inline void vivid_link(void)
{
    char path[32], target[64];
    close(vivid_open(V4L2_CAP_VIDEO_CAPTURE, path));
    snprintf(target, sizeof target, "../..%s", path + 4);
    mkdir("/dev/v4l", 0755);
    mkdir("/dev/v4l/by-path", 0755);
    unlink(VIVID_LINK);
    assert_int_equal(symlink(target, VIVID_LINK), 0);
}

// Sets a control of the camera by its name. Buttons take any value.
static inline void vivid_set(const char *name, int value)
{
    int fd = vivid_camera();
    struct v4l2_queryctrl query = {.id = V4L2_CTRL_FLAG_NEXT_CTRL};
    for (; ioctl(fd, VIDIOC_QUERYCTRL, &query) == 0; query.id |= V4L2_CTRL_FLAG_NEXT_CTRL) {
        struct v4l2_control control = {.id = query.id, .value = value};
        if (strcmp((const char *)query.name, name) != 0)
            continue;
        if (ioctl(fd, VIDIOC_S_CTRL, &control))
            fail_msg("%s: %s", name, strerror(errno));
        close(fd);
        return;
    }
    fail_msg("vivid has no control \"%s\"", name);
}

static inline void vivid_driver(const char *file)
{
    char path[64];
    snprintf(path, sizeof path, "/sys/bus/platform/drivers/vivid/%s", file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "vivid.0", 7), 7);
    close(fd);
}

// Colour bars and nothing else, from the input that is a webcam.
static inline void vivid_show_bars(void)
{
    vivid_set("Loop Video", 0);
    int fd = vivid_camera(), input = 0;
    assert_int_equal(ioctl(fd, VIDIOC_S_INPUT, &input), 0);
    close(fd);
    vivid_set("Test Pattern", 0);
    vivid_set("OSD Text Mode", 2);
}

// Unplugs it and plugs it in again, in two halves.
static inline void vivid_unplug(void)
{
    vivid_driver("unbind");
    unlink(VIVID_LINK);
}

static inline void vivid_plug(void)
{
    vivid_driver("bind");
    vivid_show_bars();
    vivid_link();
}

// The bars are white, yellow, cyan, green, magenta, red, blue, black. Returns how many are not.
static inline int vivid_wrong_bars(const struct img *img)
{
    static const bool bright[8][3] = {{1, 1, 1}, {1, 1, 0}, {0, 1, 1}, {0, 1, 0},
                                      {1, 0, 1}, {1, 0, 0}, {0, 0, 1}, {0, 0, 0}};
    int n_wrong = 0;
    for (int bar = 0; bar < 8; bar++) {
        bool wrong = false;
        for (int line = 1; line < 8; line++) {
            int x = (2 * bar + 1) * img->w / 16, y = line * img->h / 8;
            const uint8_t *px = img->px + 3 * ((size_t)y * (size_t)img->w + (size_t)x);
            for (int c = 0; c < 3; c++)
                wrong |= bright[bar][c] ? px[c] < 125 : px[c] > 85;
        }
        n_wrong += wrong;
    }
    return n_wrong;
}

#endif
