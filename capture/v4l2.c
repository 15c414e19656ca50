// SPDX-License-Identifier: MIT
// DESIGN. Motion JPEG is streamed as it comes and decoded by our own decoder, which tells a frame
// that ends early from a whole one. Every other format is asked of libv4l2 as RGB24: it knows the
// formats, and the cameras' quirks, better than we could.
//
// Frames come through four mapped buffers. When several are ready, all but the newest go straight
// back to the driver: a live picture must not lag behind. A buffer is handed back before acquire
// returns, also when its frame was damaged.
#include "capture/backend.h"
#include "capture/v4l2_choose.h"
#include "capture/v4l2_controls.h"
#include "capture/v4l2_node.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/image/decode.h"

#include <errno.h>
#include <libv4l2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define N_BUFFERS   4
#define MIN_BUFFERS 2

struct device {
    struct cap_camera base;
    char path[512];
    int fd;
    struct v4l2_pix_format format; // as set
    struct v4l2_pix_format wire;   // of the driver, behind libv4l2's conversion
    struct img_jpeg *jpeg;         // for Motion JPEG, else NULL
    struct {
        void *data;
        size_t size;
    } buffers[N_BUFFERS];
    int n_buffers; // mapped
};

static int fail(const struct device *device, struct err *err, const char *what)
{
    return cap_node_fail(err, device->path, what, errno);
}

// -- opening: choose a mode, set it, read it back --

static void consider(struct cap_mode *best, struct cap_mode mode)
{
    if (cap_mode_better(&mode, best))
        *best = mode;
}

static void consider_rates(int fd, struct cap_mode *best, struct cap_mode mode)
{
    struct v4l2_frmivalenum rate = {
        .pixel_format = mode.format, .width = (uint32_t)mode.w, .height = (uint32_t)mode.h};
    for (; cap_node_ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, &rate) == 0; rate.index++) {
        bool discrete = rate.type == V4L2_FRMIVAL_TYPE_DISCRETE;
        mode.interval = discrete ? rate.discrete : rate.stepwise.min;
        consider(best, mode);
        if (!discrete)
            return;
    }
    if (rate.index == 0)
        consider(best, mode);
}

static void consider_sizes(int fd, struct cap_mode *best, uint32_t format)
{
    struct v4l2_frmsizeenum size = {.pixel_format = format};
    struct cap_mode mode = {.format = format, .w = 640, .h = 480};
    for (; cap_node_ioctl(fd, VIDIOC_ENUM_FRAMESIZES, &size) == 0; size.index++) {
        bool discrete = size.type == V4L2_FRMSIZE_TYPE_DISCRETE;
        if (discrete) {
            mode.w = (int)size.discrete.width;
            mode.h = (int)size.discrete.height;
        } else {
            cap_mode_fit(&size.stepwise, &mode.w, &mode.h);
        }
        consider_rates(fd, best, mode);
        if (!discrete)
            return;
    }
    if (size.index == 0) // drivers of old do not list sizes
        consider_rates(fd, best, mode);
}

static struct cap_mode choose_mode(int fd)
{
    struct cap_mode best = {.format = 0, .w = 640, .h = 480};
    struct v4l2_fmtdesc desc = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    for (; cap_node_ioctl(fd, VIDIOC_ENUM_FMT, &desc) == 0; desc.index++) {
        if (!(desc.flags & V4L2_FMT_FLAG_EMULATED))
            consider_sizes(fd, &best, desc.pixelformat);
    }
    return best;
}

static bool is_jpeg(uint32_t format)
{
    return format == V4L2_PIX_FMT_MJPEG || format == V4L2_PIX_FMT_JPEG;
}

static int set_format(struct device *device, const struct cap_mode *mode, uint32_t format,
                      struct err *err)
{
    struct v4l2_format fmt = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    fmt.fmt.pix.width = (uint32_t)mode->w;
    fmt.fmt.pix.height = (uint32_t)mode->h;
    fmt.fmt.pix.pixelformat = format;
    fmt.fmt.pix.field = V4L2_FIELD_ANY;
    if (cap_node_ioctl(device->fd, VIDIOC_S_FMT, &fmt))
        return fail(device, err, "setting the picture format");
    device->format = fmt.fmt.pix;
    return 0;
}

static struct v4l2_pix_format wire_format(const struct device *device)
{
    struct v4l2_format fmt = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    bool ours = is_jpeg(device->format.pixelformat) || ioctl(device->fd, VIDIOC_G_FMT, &fmt);
    return ours ? device->format : fmt.fmt.pix;
}

// libv4l2 heeds the length of a line in some formats, and takes others as if lines followed each
// other closely.
static bool garbles_lines(const struct v4l2_pix_format *wire)
{
    uint32_t packed = cap_format_packed_line(wire->pixelformat, wire->width);
    return packed > 0 && wire->bytesperline > packed;
}

// Sets the mode; what the driver made of it is in device->format.
static int set_mode(struct device *device, const struct cap_mode *mode, struct err *err)
{
    int ret = 0;
    if (is_jpeg(mode->format))
        ret = set_format(device, mode, mode->format, err);
    if (!ret && !is_jpeg(device->format.pixelformat))
        ret = set_format(device, mode, V4L2_PIX_FMT_RGB24, err);
    if (ret)
        return ret;
    device->wire = wire_format(device);
    if (is_jpeg(device->format.pixelformat))
        return img_jpeg_create(&device->jpeg, err);
    if (garbles_lines(&device->wire))
        return err_set(
            err, ERR_CAMERA,
            "%s: its lines are padded (%u bytes for %u pixels), which libv4l2 can't read "
            "in this format; choose another camera",
            device->path, device->wire.bytesperline, device->wire.width);
    if (device->format.pixelformat != V4L2_PIX_FMT_RGB24 || !device->format.width ||
        !device->format.height || !cap_format_reads(device->wire.pixelformat))
        return err_set(err, ERR_CAMERA,
                       "%s: it delivers no picture format that can be read; choose another camera",
                       device->path);
    return 0;
}

static double set_rate(struct device *device, const struct cap_mode *mode)
{
    struct v4l2_streamparm parm = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    const struct v4l2_captureparm *capture = &parm.parm.capture;
    if (cap_node_ioctl(device->fd, VIDIOC_G_PARM, &parm))
        return 0;
    if (capture->capability & V4L2_CAP_TIMEPERFRAME && cap_mode_rate(mode) > 0) {
        parm.parm.capture.timeperframe = mode->interval;
        if (cap_node_ioctl(device->fd, VIDIOC_S_PARM, &parm) ||
            cap_node_ioctl(device->fd, VIDIOC_G_PARM, &parm))
            return 0;
    }
    return cap_mode_rate(&(struct cap_mode){.interval = capture->timeperframe});
}

static int set_up(struct device *device, const struct v4l2_capability *cap, struct err *err)
{
    struct cap_mode mode = choose_mode(device->fd);
    int ret = set_mode(device, &mode, err);
    if (ret)
        return ret;
    struct cap_info *info = &device->base.info;
    snprintf(info->name, sizeof info->name, "%.31s", (const char *)cap->card);
    info->w = (int)device->format.width;
    info->h = (int)device->format.height;
    info->fps = set_rate(device, &mode);
    uint32_t f = device->wire.pixelformat;
    snprintf(info->format, sizeof info->format, "%c%c%c%c", (int)(f & 0x7f), (int)(f >> 8 & 0x7f),
             (int)(f >> 16 & 0x7f), (int)(f >> 24 & 0x7f));
    log_debug("%s: %s, %dx%d %s, %.4g fps", device->path, info->name, info->w, info->h,
              info->format, info->fps);
    return 0;
}

// -- streaming --

static struct v4l2_buffer buffer_request(int index)
{
    return (struct v4l2_buffer){
        .index = (uint32_t)index, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
}

static int request_buffers(int fd, uint32_t *count)
{
    struct v4l2_requestbuffers request = {
        .count = *count, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
    int ret = cap_node_ioctl(fd, VIDIOC_REQBUFS, &request);
    *count = request.count < N_BUFFERS ? request.count : N_BUFFERS;
    return ret;
}

static int map_buffer(struct device *device, int index, struct err *err)
{
    struct v4l2_buffer buf = buffer_request(index);
    if (cap_node_ioctl(device->fd, VIDIOC_QUERYBUF, &buf))
        return fail(device, err, "asking for a buffer");
    void *data =
        v4l2_mmap(NULL, buf.length, PROT_READ | PROT_WRITE, MAP_SHARED, device->fd, buf.m.offset);
    if (data == MAP_FAILED)
        return fail(device, err, "mapping a buffer");
    device->buffers[index].data = data;
    device->buffers[index].size = buf.length;
    device->n_buffers = index + 1;
    return 0;
}

// As ioctl().
static int queue(const struct device *device, int index)
{
    struct v4l2_buffer buf = buffer_request(index);
    return cap_node_ioctl(device->fd, VIDIOC_QBUF, &buf);
}

// With all buffers at the driver's hand.
static int stream_on(const struct device *device, struct err *err)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    for (int i = 0; i < device->n_buffers; i++)
        if (queue(device, i))
            return fail(device, err, "queueing a buffer");
    return cap_node_ioctl(device->fd, VIDIOC_STREAMON, &type)
               ? fail(device, err, "starting the stream")
               : 0;
}

// Takes all buffers back.
static int stream_off(const struct device *device, struct err *err)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return cap_node_ioctl(device->fd, VIDIOC_STREAMOFF, &type)
               ? fail(device, err, "stopping the stream")
               : 0;
}

static int start(struct device *device, struct err *err)
{
    uint32_t count = N_BUFFERS;
    if (request_buffers(device->fd, &count))
        return fail(device, err, "asking for buffers");
    if (count < MIN_BUFFERS)
        return cap_node_fail(err, device->path, "asking for buffers", ENOMEM);
    for (int i = 0; i < (int)count; i++) {
        int ret = map_buffer(device, i, err);
        if (ret)
            return ret;
    }
    return stream_on(device, err);
}

static int device_restart(struct cap_camera *camera, struct err *err)
{
    struct device *device = (struct device *)camera;
    int ret = stream_off(device, err);
    return ret ? ret : stream_on(device, err);
}

static void device_close(struct cap_camera *camera)
{
    struct device *device = (struct device *)camera;
    if (device->fd >= 0) {
        uint32_t none = 0;
        stream_off(device, NULL);
        for (int i = 0; i < device->n_buffers; i++)
            v4l2_munmap(device->buffers[i].data, device->buffers[i].size);
        request_buffers(device->fd, &none);
        v4l2_close(device->fd);
    }
    img_jpeg_destroy(device->jpeg);
    free(device);
}

// -- frames --

// What stopped a stream that ran: the device is gone, or the driver has given the stream up.
static int broken(const struct device *device, const char *what, int cause, struct err *err)
{
    struct v4l2_capability cap;
    log_debug("%s: %s while %s", device->path, strerror(abs(cause)), what);
    bool there = abs(cause) != ENODEV && cap_node_ioctl(device->fd, VIDIOC_QUERYCAP, &cap) == 0;
    return cap_node_fail(err, device->path, what, there ? EIO : ENODEV);
}

static int wait_readable(const struct device *device, int timeout_ms, int wake_fd, struct err *err)
{
    struct pollfd fds[2] = {{.fd = device->fd, .events = POLLIN},
                            {.fd = wake_fd, .events = POLLIN}};
    if (poll(fds, 2, timeout_ms) <= 0 || fds[1].revents)
        return CAP_NONE;
    if (fds[0].revents & POLLIN)
        return CAP_READY;
    return broken(device, "waiting for a picture", EPIPE, err); // POLLERR or POLLHUP
}

static int dequeue(const struct device *device, struct v4l2_buffer *buf, struct err *err)
{
    *buf = buffer_request(0);
    if (cap_node_ioctl(device->fd, VIDIOC_DQBUF, buf)) {
        if (errno == EAGAIN)
            return CAP_NONE;
        if (errno == EIO) // libv4l2 could not convert it and has queued it again
            return CAP_SKIP;
        return broken(device, "taking a picture", errno, err);
    }
    if (buf->index >= (uint32_t)device->n_buffers)
        return broken(device, "taking a picture", ERANGE, err);
    return CAP_READY;
}

static int give_back(const struct device *device, const struct v4l2_buffer *buf, struct err *err)
{
    return queue(device, (int)buf->index) ? broken(device, "giving a buffer back", errno, err) : 0;
}

// The newest buffer that is ready; older ones go back.
static int dequeue_newest(const struct device *device, struct v4l2_buffer *buf, struct err *err)
{
    int ret = dequeue(device, buf, err);
    for (int i = 1; ret == CAP_READY && i < device->n_buffers; i++) {
        struct v4l2_buffer newer;
        int more = dequeue(device, &newer, err);
        if (more != CAP_READY)
            return more < 0 ? more : CAP_READY;
        ret = give_back(device, buf, err);
        *buf = newer;
    }
    return ret;
}

static int64_t capture_time(const struct v4l2_buffer *buf)
{
    if ((buf->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        return clock_now_ns();
    return buf->timestamp.tv_sec * CLOCK_SECOND + buf->timestamp.tv_usec * INT64_C(1000);
}

static int unpack_jpeg(const struct device *device, const struct v4l2_buffer *buf, struct img *out,
                       struct err *err)
{
    struct err cause = {0};
    int ret = img_jpeg_decode(device->jpeg, out, device->buffers[buf->index].data, buf->bytesused,
                              &cause);
    if (ret == ERR_DATA) {
        log_debug("%s: frame %u: %s", device->path, buf->sequence, cause.text);
        return CAP_SKIP;
    }
    return ret ? err_set(err, ret, "%s", cause.text) : CAP_READY;
}

static int unpack_rgb(const struct device *device, const struct v4l2_buffer *buf, struct img *out,
                      struct err *err)
{
    const struct v4l2_pix_format *format = &device->format;
    size_t row = 3 * (size_t)format->width;
    size_t stride = format->bytesperline > row ? format->bytesperline : row;
    if (buf->bytesused < stride * (format->height - 1) + row)
        return CAP_SKIP;
    int ret = img_reserve(out, (int)format->width, (int)format->height, err);
    if (ret)
        return ret;
    const uint8_t *src = device->buffers[buf->index].data;
    for (uint32_t y = 0; y < format->height; y++)
        memcpy(out->px + y * row, src + y * stride, row);
    return CAP_READY;
}

static int unpack(const struct device *device, const struct v4l2_buffer *buf, struct img *out,
                  struct err *err)
{
    if (buf->flags & V4L2_BUF_FLAG_ERROR || buf->bytesused == 0 ||
        buf->bytesused > device->buffers[buf->index].size)
        return CAP_SKIP;
    return device->jpeg ? unpack_jpeg(device, buf, out, err) : unpack_rgb(device, buf, out, err);
}

static int device_acquire(struct cap_camera *camera, int timeout_ms, int wake_fd, struct img *out,
                          int64_t *capture_ns, struct err *err)
{
    struct device *device = (struct device *)camera;
    struct v4l2_buffer buf;
    int ret = wait_readable(device, timeout_ms, wake_fd, err);
    if (ret == CAP_READY)
        ret = dequeue_newest(device, &buf, err);
    if (ret != CAP_READY)
        return ret;
    *capture_ns = capture_time(&buf);
    ret = unpack(device, &buf, out, err);
    int queued = give_back(device, &buf, ret < 0 ? NULL : err);
    return ret < 0 ? ret : queued < 0 ? queued : ret;
}

static void device_controls(const struct cap_camera *camera, struct cap_control list[CAP_CONTROLS])
{
    cap_node_controls(((const struct device *)camera)->fd, list);
}

static int device_set_control(struct cap_camera *camera, enum cap_control_id id, int value,
                              struct err *err)
{
    const struct device *device = (const struct device *)camera;
    return cap_node_set_control(device->fd, device->path, id, value, err);
}

static const struct cap_backend v4l2_backend = {.acquire = device_acquire,
                                                .restart = device_restart,
                                                .controls = device_controls,
                                                .set_control = device_set_control,
                                                .close = device_close};

int cap_v4l2_open(struct cap_camera **out, const char *path, struct err *err)
{
    *out = NULL;
    struct device *device = calloc(1, sizeof *device);
    if (!device)
        return err_memory(err, "camera");
    device->base.backend = &v4l2_backend;
    snprintf(device->path, sizeof device->path, "%s", path);
    struct v4l2_capability cap;
    device->fd = cap_node_open(path, &cap, err);
    int ret = device->fd < 0 ? device->fd : set_up(device, &cap, err);
    if (!ret)
        ret = start(device, err);
    if (ret) {
        device_close(&device->base);
        return ret;
    }
    *out = &device->base;
    return 0;
}
