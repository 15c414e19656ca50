// SPDX-License-Identifier: MIT
// A plugin for libv4l2, for tests on a driver that can do everything: makes it a camera that can do
// one thing alone. What it lets through stands in the environment when a device is opened:
//   FILTER_ONLY=YUYV   no other pixel format, whatever is asked for; "-BE" behind it: big-endian
//   FILTER_PAD=64      so many bytes more in each line than the driver needs
//   FILTER_SHORT=1     every frame ends in its middle
#include <errno.h>
#include <libv4l-plugin.h>
#include <linux/videodev2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct filter {
    uint32_t only; // a pixel format; 0: all
    uint32_t pad;  // bytes
    int cut;       // frames end in their middle
};

static int pass(int fd, unsigned long request, void *arg)
{
    return (int)syscall(SYS_ioctl, fd, request, arg);
}

static uint32_t format_of(const char *name)
{
    uint32_t big_endian = strcmp(name + 4, "-BE") == 0 ? 1U << 31 : 0;
    return v4l2_fourcc(name[0], name[1], name[2], name[3]) | big_endian;
}

static void *filter_init(int fd)
{
    (void)fd;
    const char *only = getenv("FILTER_ONLY"), *pad = getenv("FILTER_PAD");
    if (!only && !pad && !getenv("FILTER_SHORT"))
        return NULL;
    struct filter *f = calloc(1, sizeof *f);
    if (f && only)
        f->only = format_of(only);
    if (f && pad)
        f->pad = (uint32_t)atoi(pad);
    if (f)
        f->cut = getenv("FILTER_SHORT") != NULL;
    return f;
}

static void filter_close(void *ctx)
{
    free(ctx);
}

// The one format, if the driver has it.
static int enum_format(const struct filter *f, int fd, struct v4l2_fmtdesc *desc)
{
    struct v4l2_fmtdesc own = *desc;
    if (desc->index > 0) {
        errno = EINVAL;
        return -1;
    }
    for (own.index = 0; pass(fd, VIDIOC_ENUM_FMT, &own) == 0; own.index++) {
        if (own.pixelformat == f->only) {
            own.index = 0;
            *desc = own;
            return 0;
        }
    }
    return -1;
}

static int set_format(const struct filter *f, int fd, unsigned long request,
                      struct v4l2_format *format)
{
    if (f->only)
        format->fmt.pix.pixelformat = f->only;
    format->fmt.pix.bytesperline = 0;
    struct v4l2_format least = *format;
    if (f->pad && pass(fd, VIDIOC_TRY_FMT, &least) == 0)
        format->fmt.pix.bytesperline = least.fmt.pix.bytesperline + f->pad;
    return pass(fd, request, format);
}

static int filter_ioctl(void *ctx, int fd, unsigned long request, void *arg)
{
    const struct filter *f = ctx;
    struct v4l2_buffer *buf = arg;
    switch (request) {
    case VIDIOC_ENUM_FMT:
        return f->only ? enum_format(f, fd, arg) : pass(fd, request, arg);
    case VIDIOC_TRY_FMT:
    case VIDIOC_S_FMT:
        return set_format(f, fd, request, arg);
    case VIDIOC_DQBUF:
        if (pass(fd, request, arg))
            return -1;
        if (f->cut)
            buf->bytesused /= 2;
        return 0;
    default:
        return pass(fd, request, arg);
    }
}

__attribute__((visibility("default"))) extern const struct libv4l_dev_ops libv4l2_plugin;
const struct libv4l_dev_ops libv4l2_plugin = {
    .init = filter_init, .close = filter_close, .ioctl = filter_ioctl};
