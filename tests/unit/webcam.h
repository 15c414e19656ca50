// SPDX-License-Identifier: MIT
// What tests of the V4L2 backend share: four webcams at first, and pictures for them to bring.
#ifndef VISAVIS_TESTS_UNIT_WEBCAM_H
#define VISAVIS_TESTS_UNIT_WEBCAM_H

#include "capture/backend.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/save.h"
#include "tests/unit/fake_v4l2.h"

#define MJPG V4L2_PIX_FMT_MJPEG
#define YUYV V4L2_PIX_FMT_YUYV

#define RATE(fps)                                                                                  \
    {                                                                                              \
        1, fps                                                                                     \
    }

static const struct cap_mode webcam[] = {
    {YUYV, 640, 480, RATE(30)},
    {YUYV, 1280, 720, RATE(10)},
    {MJPG, 320, 240, RATE(30)},
    {MJPG, 640, 480, RATE(15)},
    {MJPG, 640, 480, RATE(30)},
    {MJPG, 1280, 720, RATE(30)},
    {0},
};
static const struct cap_mode yuyv_only[] = {{YUYV, 640, 480, RATE(30)}, {0}};
static const struct cap_mode grey_only[] = {{V4L2_PIX_FMT_GREY, 640, 360, RATE(15)}, {0}};
static const struct cap_mode h264_only[] = {{V4L2_PIX_FMT_H264, 1920, 1080, RATE(30)}, {0}};

static inline int reset(void **state)
{
    memset(drivers, 0, sizeof drivers);
    for (int i = 0; i < 4; i++)
        drivers[i] = (struct driver){.card = "Webcam",
                                     .bus = "usb-1",
                                     .caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING,
                                     .modes = webcam};
    return test_dir_make(state);
}

static inline struct cap_camera *open_first(void)
{
    struct err err = {0};
    struct cap_camera *camera;
    if (cap_open(&camera, "/dev/null", &err))
        fail_msg("%s", err.text);
    return camera;
}

static inline void *jpeg_bytes(const char *dir, int red, size_t *size)
{
    char path[600];
    void *data;
    struct img img = {0};
    snprintf(path, sizeof path, "%s/f.jpg", dir);
    assert_int_equal(img_reserve(&img, 640, 480, NULL), 0);
    for (int i = 0; i < 640 * 480 * 3; i++)
        img.px[i] = (uint8_t)(i % 3 ? 90 : red);
    assert_int_equal(img_save_jpeg(&img, path, 90, NULL), 0);
    assert_int_equal(file_read(path, BUFFER_SIZE, &data, size, NULL), 0);
    img_finish(&img);
    return data;
}

static inline void plug_usb_camera(struct driver *d)
{
    memcpy(d->controls, fake_usb_controls, sizeof d->controls);
    d->controls[1].value = 312;
    d->controls[2].query.step = 5;
}

// How often an eventfd was written to since it was read last, once at least.
static inline uint64_t wait_event(int fd)
{
    uint64_t n;
    assert_int_equal(read(fd, &n, sizeof n), sizeof n);
    return n;
}

static inline void expect_event(int fd)
{
    assert_int_equal(wait_event(fd), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, test_dir_remove)

#endif
