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

#define NAME_SIZE 8

// As the filter takes it: the letters, and "-BE" where it is big-endian.
static void name_of(uint32_t format, char name[NAME_SIZE])
{
    for (int i = 0; i < 4; i++)
        name[i] = (char)(format >> 8 * i & 0x7f);
    snprintf(name + 4, NAME_SIZE - 4, "%s", format >> 31 ? "-BE" : "");
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

// As the driver has set it, asked by another way than the program's.
static struct v4l2_pix_format driver_format(void)
{
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    int fd = vivid_camera();
    assert_int_equal(ioctl(fd, VIDIOC_G_FMT, &format), 0);
    close(fd);
    return format.fmt.pix;
}

// Returns whether it can be read at all; then its pictures must be right.
static bool reads(uint32_t format)
{
    struct cap_camera *camera;
    struct err err = {0};
    struct img img = {0};
    char name[NAME_SIZE];
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
    assert_int_equal(driver_format().pixelformat, format);
    assert_int_equal(strlen(cap_info(camera)->format), 4);
    assert_memory_equal(cap_info(camera)->format, name, 4);
    if (vivid_wrong_bars(&img) > 0 && !is_grey(&img))
        fail_msg("%s: %d bars of 8 are wrong", name, vivid_wrong_bars(&img));
    cap_close(camera);
    img_finish(&img);
    return true;
}

// All of the driver's that libv4l2 converts.
static const uint32_t musts[] = {
    V4L2_PIX_FMT_YUYV,    V4L2_PIX_FMT_UYVY,    V4L2_PIX_FMT_YVYU,    V4L2_PIX_FMT_YUV420,
    V4L2_PIX_FMT_YVU420,  V4L2_PIX_FMT_NV12,    V4L2_PIX_FMT_NV16,    V4L2_PIX_FMT_NV61,
    V4L2_PIX_FMT_GREY,    V4L2_PIX_FMT_Y16,     V4L2_PIX_FMT_Y16_BE,  V4L2_PIX_FMT_RGB24,
    V4L2_PIX_FMT_BGR24,   V4L2_PIX_FMT_RGB565,  V4L2_PIX_FMT_RGB32,   V4L2_PIX_FMT_BGR32,
    V4L2_PIX_FMT_XRGB32,  V4L2_PIX_FMT_XBGR32,  V4L2_PIX_FMT_ARGB32,  V4L2_PIX_FMT_ABGR32,
    V4L2_PIX_FMT_SBGGR8,  V4L2_PIX_FMT_SGBRG8,  V4L2_PIX_FMT_SGRBG8,  V4L2_PIX_FMT_SRGGB8,
    V4L2_PIX_FMT_SBGGR10, V4L2_PIX_FMT_SGBRG10, V4L2_PIX_FMT_SGRBG10, V4L2_PIX_FMT_SRGGB10,
    V4L2_PIX_FMT_SBGGR16, V4L2_PIX_FMT_SGBRG16, V4L2_PIX_FMT_SGRBG16, V4L2_PIX_FMT_SRGGB16,
};
#define N_MUSTS (sizeof musts / sizeof *musts)

// Marks what is read; what libv4l2 would show in wrong colours must not be.
static int try_format(uint32_t format, bool done[N_MUSTS])
{
    char name[NAME_SIZE];
    bool is_read = reads(format);
    name_of(format, name);
    printf("%s %s\n", name, is_read ? "is read" : "is refused");
    for (size_t i = 0; i < N_MUSTS; i++)
        done[i] |= is_read && musts[i] == format;
    if (format == V4L2_PIX_FMT_HSV24 || format == V4L2_PIX_FMT_HSV32)
        assert_false(is_read); // libv4l2 takes their hues for others
    return is_read;
}

static void every_format_that_can_be_converted_is_read(void **state)
{
    (void)state;
    bool done[N_MUSTS] = {false};
    struct v4l2_fmtdesc desc = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    int fd = vivid_camera(), n = 0, n_read = 0;
    for (; ioctl(fd, VIDIOC_ENUM_FMT, &desc) == 0; desc.index++) {
        n_read += try_format(desc.pixelformat, done);
        n++;
    }
    close(fd);
    printf("%d of the driver's %d formats are read\n", n_read, n);
    for (size_t i = 0; i < N_MUSTS; i++) {
        char name[NAME_SIZE];
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
    struct v4l2_pix_format pix = driver_format();
    *w = (int)pix.width & ~7;
    *h = (int)pix.height;
}

// Bytes of a line of the driver's beyond those that it needs.
static int driver_padding(void)
{
    struct v4l2_format least = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    struct v4l2_pix_format pix = driver_format();
    least.fmt.pix = pix;
    least.fmt.pix.bytesperline = 0;
    int fd = vivid_camera();
    assert_int_equal(ioctl(fd, VIDIOC_TRY_FMT, &least), 0);
    close(fd);
    assert_int_equal(least.fmt.pix.width, pix.width);
    return (int)(pix.bytesperline - least.fmt.pix.bytesperline);
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
    int n_refused = 0;
    vivid_set("Enable Capture Cropping", 0);
    vivid_set("Enable Capture Composing", 0);
    vivid_set("Enable Capture Scaler", 0);
    for (int i = 0; i < 5 * 6 * 3; i++) {
        int size = i / 18, format = i / 3 % 6, pad = i % 3;
        set_signal((uint32_t)sizes[size][0], (uint32_t)sizes[size][1]);
        setenv("FILTER_ONLY", formats[format], 1);
        setenv("FILTER_PAD", pads[pad], 1);
        bool shown = shows_bars_or_says_why(formats[format]);
        assert_int_equal(driver_padding(), atoi(pads[pad]));
        assert_int_equal(shown, pad == 0 || format < 3); // libv4l2 garbles the last three, padded
        n_refused += !shown;
    }
    assert_int_equal(n_refused, 5 * 3 * 2);
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
    char name[NAME_SIZE];
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
