// SPDX-License-Identifier: MIT
// The V4L2 backend on drivers made for the tests: frames, refusals, controls.
#include "core/base/clock.h"
#include "tests/unit/webcam.h"

static int acquire(struct cap_camera *camera, struct img *img, int64_t *ns)
{
    struct err err = {0};
    int ret = cap_acquire(camera, 20, -1, img, ns, &err);
    if (ret < 0)
        assert_true(err.text[0] != '\0');
    return ret;
}

static void expect_refusal(const char *because)
{
    struct err err = {0};
    struct cap_camera *camera;
    assert_int_equal(cap_open(&camera, "/dev/null", &err), ERR_CAMERA);
    assert_null(camera);
    if (!strstr(err.text, because))
        fail_msg("\"%s\" does not say \"%s\"", err.text, because);
    expect_closed(&drivers[0]);
}

static void jpeg_frames_come_out_whole(void **state)
{
    struct driver *d = &drivers[0];
    struct cap_camera *camera = open_first();
    const struct cap_info *info = cap_info(camera);
    assert_string_equal(info->name, "Webcam");
    assert_string_equal(info->format, "MJPG");
    assert_int_equal(info->w, 640);
    assert_true(info->fps == 30 && !info->lockstep);
    assert_true(d->streaming);
    expect_all_queued(d);
    struct img img = {0};
    int64_t ns = 0;
    size_t size;
    uint8_t *data = jpeg_bytes(*state, 200, &size);
    assert_int_equal(acquire(camera, &img, &ns), CAP_NONE);
    deliver(d, data, size, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    assert_int_equal(ns, 5 * CLOCK_SECOND + 7000);
    assert_int_equal(img.w, 640);
    assert_in_range(img.px[3 * 1000], 190, 210);
    deliver(d, data, size, V4L2_BUF_FLAG_TIMESTAMP_COPY); // of no clock we know
    int64_t before = clock_now_ns();
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    assert_true(ns >= before && ns <= clock_now_ns());
    expect_all_queued(d);
    cap_close(camera);
    expect_closed(d);
    free(data);
    img_finish(&img);
}

static void damaged_frames_are_skipped(void **state)
{
    struct driver *d = &drivers[0];
    struct cap_camera *camera = open_first();
    struct img img = {0};
    int64_t ns;
    size_t size;
    uint8_t *data = jpeg_bytes(*state, 200, &size);
    deliver(d, data, size / 2, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    deliver(d, data, size, V4L2_BUF_FLAG_ERROR);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    deliver(d, data, 0, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    expect_all_queued(d);
    deliver(d, data, size, 0);
    d->dqbuf_errno = EIO; // what libv4l2 says of frames that it can't convert
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    d->dqbuf_errno = 0;
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    d->dqbuf_errno = ENODEV;
    deliver(d, data, size, 0);
    assert_int_equal(acquire(camera, &img, &ns), ERR_CAMERA);
    cap_close(camera);
    free(data);
    img_finish(&img);
}

static void the_newest_of_several_frames_wins(void **state)
{
    struct driver *d = &drivers[0];
    struct cap_camera *camera = open_first();
    struct img img = {0};
    int64_t ns;
    for (int i = 0; i < 4; i++) {
        size_t size;
        uint8_t *data = jpeg_bytes(*state, 50 + 50 * i, &size);
        deliver(d, data, size, 0);
        free(data);
    }
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    assert_in_range(img.px[3000], 195, 205);
    expect_all_queued(d);
    assert_int_equal(acquire(camera, &img, &ns), CAP_NONE);
    cap_close(camera);
    img_finish(&img);
}

static void other_formats_come_as_rgb_rows(void **state)
{
    (void)state;
    struct driver *d = &drivers[0];
    d->modes = yuyv_only;
    d->stride = 640 * 3 + 64;
    struct cap_camera *camera = open_first();
    assert_int_equal(d->format.pixelformat, V4L2_PIX_FMT_RGB24);
    size_t size = (size_t)d->stride * 479 + 640 * 3;
    uint8_t *data = malloc(size);
    for (size_t y = 0; y < 480; y++) {
        size_t row = y * d->stride;
        memset(data + row, (int)(y & 0xff), 640 * 3);
        if (y < 479)
            memset(data + row + 640 * 3, 0xee, 64); // padding that must not show
    }
    struct img img = {0};
    int64_t ns;
    deliver(d, data, size - 1, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    deliver(d, data, size, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    for (int y = 0; y < 480; y++) {
        for (int i = 0; i < 640 * 3; i++)
            assert_int_equal(img.px[y * 640 * 3 + i], y & 0xff);
    }
    cap_close(camera);
    expect_closed(d);
    free(data);
    img_finish(&img);
}

static void what_the_driver_gives_is_read_back(void **state)
{
    (void)state;
    static const struct cap_mode odd[] = {
        {MJPG, 800, 600, RATE(20)}, {YUYV, 640, 480, RATE(30)}, {0}};
    drivers[0].modes = odd;
    drivers[0].ignores_format = true;
    struct cap_camera *camera = open_first();
    assert_int_equal(cap_info(camera)->w, 800);
    assert_int_equal(cap_info(camera)->h, 600);
    assert_string_equal(cap_info(camera)->format, "MJPG");
    cap_close(camera);
}

static void refusals_are_told_and_leave_nothing_open(void **state)
{
    (void)state;
    struct driver *d = &drivers[0];
    d->s_fmt_errno = EBUSY;
    expect_refusal("in use by");
    d->s_fmt_errno = EINVAL;
    expect_refusal("refused while setting the picture format");
    d->s_fmt_errno = 0;
    d->reqbufs_errno = EBUSY;
    expect_refusal("in use by");
    d->reqbufs_errno = 0;
    d->streamon_errno = ENOSPC;
    expect_refusal("USB bandwidth");
    d->open_errno = EACCES;
    expect_refusal("access denied");
    d->open_errno = 0;
    d->modes = h264_only;
    d->ignores_format = true;
    expect_refusal("no picture format that can be read");
}

static void nodes_are_told_by_what_they_can_do(void **state)
{
    (void)state;
    struct driver *d = &drivers[0];
    d->caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
    expect_refusal("metadata node");
    d->caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING;
    expect_refusal("video output");
    d->caps = V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING;
    expect_refusal("video converter");
    d->caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_IO_MC | V4L2_CAP_STREAMING;
    expect_refusal("libcamera");
    d->caps = V4L2_CAP_RADIO;
    expect_refusal("captures no pictures");
    d->caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_READWRITE;
    expect_refusal("can't stream");
}

static void controls_are_read(void **state)
{
    (void)state;
    struct cap_control c[CAP_CONTROLS];
    plug_usb_camera(&drivers[0]);
    struct cap_camera *camera = open_first();
    cap_controls(camera, c);
    assert_true(c[CAP_EXPOSURE_AUTO].there && c[CAP_EXPOSURE_AUTO].value == 1);
    assert_int_equal(c[CAP_EXPOSURE_AUTO].max, 1);
    assert_true(c[CAP_EXPOSURE].there && c[CAP_EXPOSURE].held); // though no flag says so
    assert_int_equal(c[CAP_EXPOSURE].min, 3);
    assert_int_equal(c[CAP_EXPOSURE].max, 2047);
    assert_int_equal(c[CAP_EXPOSURE].preset, 250);
    assert_int_equal(c[CAP_EXPOSURE].value, 312);
    assert_false(c[CAP_GAIN_AUTO].there);
    assert_true(c[CAP_GAIN].there && !c[CAP_GAIN].held);
    assert_int_equal(c[CAP_GAIN].step, 5);
    assert_int_equal(c[CAP_POWER_LINE].value, CAP_POWER_LINE_50_HZ);
    assert_int_equal(c[CAP_POWER_LINE].choices, 7);

    drivers[0].controls[1].query.flags = V4L2_CTRL_FLAG_READ_ONLY;
    drivers[0].controls[2].query.flags = V4L2_CTRL_FLAG_DISABLED;
    drivers[0].controls[3].query.flags = V4L2_CTRL_FLAG_GRABBED;
    drivers[0].controls[0].menu = 1 << V4L2_EXPOSURE_MANUAL; // nothing to choose
    cap_controls(camera, c);
    assert_false(c[CAP_EXPOSURE_AUTO].there || c[CAP_EXPOSURE].there || c[CAP_GAIN].there);
    assert_true(c[CAP_POWER_LINE].there && c[CAP_POWER_LINE].held);
    cap_close(camera);
}

static void controls_are_set(void **state)
{
    (void)state;
    struct err err = {0};
    struct driver *d = &drivers[0];
    plug_usb_camera(d);
    struct cap_camera *camera = open_first();
    assert_int_equal(cap_set_control(camera, CAP_EXPOSURE_AUTO, 0, &err), 0);
    assert_int_equal(d->controls[0].value, V4L2_EXPOSURE_MANUAL);
    assert_int_equal(cap_set_control(camera, CAP_EXPOSURE, 5000, &err), 0);
    assert_int_equal(d->controls[1].value, 2047); // moved into the range
    assert_int_equal(cap_set_control(camera, CAP_EXPOSURE_AUTO, 1, &err), 0);
    assert_int_equal(d->controls[0].value, V4L2_EXPOSURE_APERTURE_PRIORITY);
    assert_int_equal(cap_set_control(camera, CAP_POWER_LINE, CAP_POWER_LINE_60_HZ, &err), 0);
    assert_int_equal(d->controls[3].value, 2);
    assert_int_equal(cap_set_control(camera, CAP_GAIN_AUTO, 1, &err), ERR_CAMERA);
    assert_non_null(strstr(err.text, "no automatic gain"));
    d->controls[2].set_errno = EIO;
    assert_int_equal(cap_set_control(camera, CAP_GAIN, 9, &err), ERR_CAMERA);
    assert_non_null(strstr(err.text, "the gain to 9"));
    cap_close(camera);
}

static void others_have_no_controls(void **state)
{
    (void)state;
    struct cap_control c[CAP_CONTROLS];
    struct cap_camera *camera;
    struct err err = {0};
    assert_int_equal(cap_open(&camera, "demo", &err), 0);
    memset(c, 0xff, sizeof c);
    cap_controls(camera, c);
    for (int id = 0; id < CAP_CONTROLS; id++)
        assert_false(c[id].there);
    assert_int_equal(cap_set_control(camera, CAP_GAIN, 1, &err), ERR_CAMERA);
    cap_close(camera);
}

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        TEST(jpeg_frames_come_out_whole),
        TEST(damaged_frames_are_skipped),
        TEST(the_newest_of_several_frames_wins),
        TEST(other_formats_come_as_rgb_rows),
        TEST(what_the_driver_gives_is_read_back),
        TEST(refusals_are_told_and_leave_nothing_open),
        TEST(nodes_are_told_by_what_they_can_do),
        TEST(controls_are_read),
        TEST(controls_are_set),
        TEST(others_have_no_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
