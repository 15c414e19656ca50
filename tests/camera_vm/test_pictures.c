// SPDX-License-Identifier: MIT
// Pictures of a real driver, in all its formats and sizes, arrive as they were.
#include "tests/camera_vm/vivid.h"

#include <math.h>

static struct cap_camera *open_camera(void)
{
    struct cap_camera *camera;
    struct err err = {0};
    if (cap_open(&camera, VIVID_LINK, &err))
        fail_msg("%s", err.text);
    return camera;
}

static void acquire(struct cap_camera *camera, struct img *img)
{
    struct err err = {0};
    int64_t ns;
    int ret = CAP_NONE;
    for (int i = 0; i < 300 && ret > 0; i++)
        ret = cap_acquire(camera, 100, -1, img, &ns, &err);
    if (ret)
        fail_msg("no picture: %s", err.text);
}

// -- formats --

static void name_of(uint32_t format, char name[5])
{
    for (int i = 0; i < 4; i++)
        name[i] = (char)(format >> 8 * i & 0x7f);
    name[4] = '\0';
}

static bool is_grey(const struct img *img)
{
    int last = 256;
    for (int bar = 0; bar < 8; bar++) { // every bar is darker than the one before
        const uint8_t *px =
            img->px + 3 * ((size_t)(img->h / 2 * img->w) + (size_t)((2 * bar + 1) * img->w / 16));
        if (px[0] != px[1] || px[1] != px[2] || px[0] >= last)
            return false;
        last = px[0];
    }
    return true;
}

// Returns whether it can be read at all; then its pictures must be right.
static bool reads(uint32_t format)
{
    struct cap_camera *camera;
    struct err err = {0};
    struct img img = {0};
    char name[5];
    name_of(format, name);
    setenv("FILTER_ONLY", name, 1);
    int ret = cap_open(&camera, VIVID_LINK, &err);
    unsetenv("FILTER_ONLY");
    if (ret) {
        if (!strstr(err.text, "no picture format that can be read"))
            fail_msg("%s: %s", name, err.text);
        return false;
    }
    acquire(camera, &img);
    assert_string_equal(cap_info(camera)->format, name);
    if (vivid_wrong_bars(&img) > 0 && !is_grey(&img))
        fail_msg("%s: %d bars of 8 are wrong", name, vivid_wrong_bars(&img));
    cap_close(camera);
    img_finish(&img);
    return true;
}

static void every_format_that_can_be_converted_is_read(void **state)
{
    (void)state;
    static const uint32_t musts[] = {
        V4L2_PIX_FMT_YUYV,   V4L2_PIX_FMT_UYVY,   V4L2_PIX_FMT_YVYU,   V4L2_PIX_FMT_NV12,
        V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_YVU420, V4L2_PIX_FMT_GREY,   V4L2_PIX_FMT_RGB24,
        V4L2_PIX_FMT_BGR24,  V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_SBGGR8, V4L2_PIX_FMT_SGRBG8,
        V4L2_PIX_FMT_NV16,   V4L2_PIX_FMT_RGB32,  V4L2_PIX_FMT_BGR32,
    };
    bool done[sizeof musts / sizeof *musts] = {false};
    struct v4l2_fmtdesc desc = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    int fd = vivid_camera(), n = 0, n_read = 0;
    for (; ioctl(fd, VIDIOC_ENUM_FMT, &desc) == 0; desc.index++) {
        char name[5];
        bool is_read = reads(desc.pixelformat);
        name_of(desc.pixelformat, name);
        printf("%s %s\n", name, is_read ? "is read" : "is refused");
        for (size_t i = 0; i < sizeof musts / sizeof *musts; i++)
            done[i] |= is_read && musts[i] == desc.pixelformat;
        n_read += is_read;
        n++;
    }
    close(fd);
    printf("%d of the driver's %d formats are read\n", n_read, n);
    for (size_t i = 0; i < sizeof musts / sizeof *musts; i++) {
        char name[5];
        name_of(musts[i], name);
        if (!done[i])
            fail_msg("%s is not read", name);
    }
}

// -- sizes --

// The other input, which has the one size that its signal has.
static void set_signal(uint32_t w, uint32_t h)
{
    int fd = vivid_camera(), input = 1;
    struct v4l2_enum_dv_timings timings = {.index = 0};
    assert_int_equal(ioctl(fd, VIDIOC_S_INPUT, &input), 0);
    while (ioctl(fd, VIDIOC_ENUM_DV_TIMINGS, &timings) == 0 &&
           (timings.timings.bt.width != w || timings.timings.bt.height != h))
        timings.index++;
    if (ioctl(fd, VIDIOC_S_DV_TIMINGS, &timings.timings))
        fail_msg("%ux%u: %s", w, h, strerror(errno));
    close(fd);
}

// The size that the driver has made of it. libv4l2 cuts widths to whole eights.
static void driver_size(int *w, int *h)
{
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    int fd = vivid_camera();
    assert_int_equal(ioctl(fd, VIDIOC_G_FMT, &format), 0);
    close(fd);
    *w = (int)format.fmt.pix.width & ~7;
    *h = (int)format.fmt.pix.height;
}

// Either right pictures, or it is refused because of its padded lines; never a garbled picture.
// Returns whether there were pictures.
static bool shows_bars_or_says_why(const char *format)
{
    struct img img = {0};
    struct err err = {0};
    struct cap_camera *camera;
    int w, h;
    if (cap_open(&camera, VIVID_LINK, &err)) {
        if (!strstr(err.text, "padded"))
            fail_msg("%s: %s", format, err.text);
        return false;
    }
    acquire(camera, &img);
    driver_size(&w, &h);
    bool right = vivid_wrong_bars(&img) == 0 || (strcmp(format, "GREY") == 0 && is_grey(&img));
    if (img.w != w || img.h != h || cap_info(camera)->w != w || !right)
        fail_msg("%s, %s bytes more a line: %dx%d for %dx%d, %d bars wrong", format,
                 getenv("FILTER_PAD"), img.w, img.h, w, h, vivid_wrong_bars(&img));
    cap_close(camera);
    img_finish(&img);
    return true;
}

static void odd_sizes_and_strides_are_read(void **state)
{
    (void)state;
    static const int sizes[][2] = {{640, 480}, {720, 576}, {848, 480}, {1366, 768}, {1400, 1050}};
    static const char *const formats[] = {"RGB3", "YUYV", "UYVY", "BGR3", "NV12", "GREY"};
    static const char *const pads[] = {"0", "32", "202"};
    vivid_set("Enable Capture Cropping", 0);
    vivid_set("Enable Capture Composing", 0);
    vivid_set("Enable Capture Scaler", 0);
    for (int i = 0; i < 5 * 6 * 3; i++) {
        int size = i / 18, format = i / 3 % 6, pad = i % 3;
        set_signal((uint32_t)sizes[size][0], (uint32_t)sizes[size][1]);
        setenv("FILTER_ONLY", formats[format], 1);
        setenv("FILTER_PAD", pads[pad], 1);
        bool shown = shows_bars_or_says_why(formats[format]);
        assert_true(shown || (pad > 0 && format >= 3));
    }
    unsetenv("FILTER_ONLY");
    unsetenv("FILTER_PAD");
    vivid_set("Enable Capture Cropping", 1);
    vivid_set("Enable Capture Composing", 1);
    vivid_set("Enable Capture Scaler", 1);
    set_signal(640, 480);
    vivid_show_bars();
}

static void what_the_driver_says_is_read_back(void **state)
{
    (void)state;
    struct img img = {0};
    struct cap_camera *camera = open_camera();
    const struct cap_info *info = cap_info(camera);
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    struct v4l2_streamparm parm = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    int fd = vivid_camera();
    assert_int_equal(ioctl(fd, VIDIOC_G_FMT, &format), 0);
    assert_int_equal(ioctl(fd, VIDIOC_G_PARM, &parm), 0);
    close(fd);
    char name[5];
    name_of(format.fmt.pix.pixelformat, name);
    assert_string_equal(info->format, name);
    assert_int_equal(info->w, format.fmt.pix.width);
    assert_int_equal(info->h, format.fmt.pix.height);
    const struct v4l2_fract *t = &parm.parm.capture.timeperframe;
    assert_true(fabs(info->fps - (double)t->denominator / t->numerator) < 1e-6);
    assert_string_equal(info->name, "vivid");
    assert_string_equal(info->spec, VIVID_LINK);
    acquire(camera, &img);
    cap_close(camera);
    img_finish(&img);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_driver_says_is_read_back),
        cmocka_unit_test(every_format_that_can_be_converted_is_read),
        cmocka_unit_test(odd_sizes_and_strides_are_read),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    vivid_show_bars();
    vivid_link();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
