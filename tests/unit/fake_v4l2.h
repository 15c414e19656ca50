// SPDX-License-Identifier: MIT
// V4L2 drivers for tests: the functions of libv4l2 are defined here, so the linker takes these. A
// driver's descriptor is an eventfd that counts the frames that are ready. Tests fill in `drivers`,
// faults and all, whose nodes are /dev/null, /dev/zero, /dev/full and /dev/urandom, or links to
// these.
#ifndef VISAVIS_TESTS_UNIT_FAKE_V4L2_H
#define VISAVIS_TESTS_UNIT_FAKE_V4L2_H

#include "capture/v4l2_choose.h"
#include "tests/test.h"

#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MAX_BUFFERS  4
#define MAX_CONTROLS 8
#define BUFFER_SIZE  (1 << 20)

struct fake_control {
    struct v4l2_queryctrl query; // id 0: there is none
    unsigned menu;               // bit v: has the item v
    atomic_int value;
    atomic_int set_errno; // of S_CTRL, 0 for none
    int n_set;            // S_CTRL calls
};

// As a USB webcam has them: its driver takes manual exposure and "aperture priority" alone.
static const struct fake_control fake_usb_controls[MAX_CONTROLS] = {
    {{.id = V4L2_CID_EXPOSURE_AUTO,
      .type = V4L2_CTRL_TYPE_MENU,
      .maximum = 3,
      .step = 1,
      .default_value = V4L2_EXPOSURE_APERTURE_PRIORITY},
     .menu = 1 << V4L2_EXPOSURE_MANUAL | 1 << V4L2_EXPOSURE_APERTURE_PRIORITY,
     .value = V4L2_EXPOSURE_APERTURE_PRIORITY},
    {{.id = V4L2_CID_EXPOSURE_ABSOLUTE,
      .type = V4L2_CTRL_TYPE_INTEGER,
      .minimum = 3,
      .maximum = 2047,
      .step = 1,
      .default_value = 250},
     .value = 250},
    {{.id = V4L2_CID_GAIN,
      .type = V4L2_CTRL_TYPE_INTEGER,
      .maximum = 255,
      .step = 1,
      .default_value = 64},
     .value = 64},
    {{.id = V4L2_CID_POWER_LINE_FREQUENCY,
      .type = V4L2_CTRL_TYPE_MENU,
      .maximum = 2,
      .step = 1,
      .default_value = 2},
     .menu = 7,
     .value = 1},
};

struct driver {
    const char *card, *bus;
    uint32_t caps;
    const struct cap_mode *modes; // ended by format 0
    // Faults: errno of the call, 0 for none.
    int open_errno, s_fmt_errno, reqbufs_errno, streamon_errno, dqbuf_errno;
    bool ignores_format; // S_FMT gives modes[0], whatever is asked
    uint32_t stride;     // bytesperline of RGB24; 0: packed
    const void *first;   // a frame that comes as soon as it streams; NULL: none
    size_t first_size;   // bytes
    uint32_t first_flags;
    struct fake_control controls[MAX_CONTROLS];
    // Draws a frame of RGB24 into a buffer, 25 times a second; NULL: frames are delivered by hand.
    void (*draw)(const struct driver *driver, uint8_t *rgb);
    int n_whole; // drawn frames of a stream, after which all end in their middle; 0: none does

    int fd, n_open, n_opens; // open now, and ever
    struct v4l2_pix_format format;
    struct v4l2_fract interval;
    bool streaming;
    int n_drawn; // since it streams
    int n_mapped;
    uint8_t *memory[MAX_BUFFERS];
    struct v4l2_buffer ready[MAX_BUFFERS];
    int n_ready;
    bool queued[MAX_BUFFERS];
};

static struct driver drivers[4];
static pthread_mutex_t drivers_lock = PTHREAD_MUTEX_INITIALIZER; // of opening and closing

static struct driver *driver_of(int fd)
{
    for (int i = 0; i < 4; i++) {
        if (drivers[i].n_open && drivers[i].fd == fd)
            return &drivers[i];
    }
    return NULL;
}

// Counts the frames that are ready.
static int make_counter(const struct driver *d)
{
    const struct itimerspec every = {{0, 40000000}, {0, 40000000}};
    if (!d->draw)
        return eventfd(d->dqbuf_errno != 0, EFD_SEMAPHORE | EFD_NONBLOCK);
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    timerfd_settime(fd, 0, &every, NULL);
    return fd;
}

static int fault(int errnum)
{
    errno = errnum;
    return errnum ? -1 : 0;
}

// -- libv4l2 --

FILE *v4l2_log_file;

// The nodes of the tests are links to harmless character devices, which pass for V4L2 nodes.
int stat(const char *path, struct stat *st)
{
    int ret = fstatat(AT_FDCWD, path, st, 0);
    if (ret == 0 && S_ISCHR(st->st_mode))
        st->st_rdev = makedev(81, 0);
    return ret;
}

int v4l2_open(const char *file, int oflag, ...)
{
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/urandom"};
    char *target = realpath(file, NULL);
    assert_true(oflag & O_NONBLOCK);
    for (int i = 0; target && i < 4; i++) {
        if (strcmp(target, devices[i]) != 0)
            continue;
        free(target);
        if (drivers[i].open_errno)
            return fault(drivers[i].open_errno);
        pthread_mutex_lock(&drivers_lock);
        drivers[i].n_opens++;
        if (drivers[i].n_open++ == 0)
            drivers[i].fd = make_counter(&drivers[i]);
        pthread_mutex_unlock(&drivers_lock);
        return drivers[i].fd;
    }
    free(target);
    return fault(ENOTTY);
}

int v4l2_close(int fd)
{
    pthread_mutex_lock(&drivers_lock);
    struct driver *d = driver_of(fd);
    int ret = --d->n_open ? 0 : close(fd);
    pthread_mutex_unlock(&drivers_lock);
    return ret;
}

void *v4l2_mmap(void *start, size_t length, int prot, int flags, int fd, int64_t offset)
{
    (void)start, (void)prot, (void)flags;
    struct driver *d = driver_of(fd);
    assert_int_equal(length, BUFFER_SIZE);
    uint8_t *memory = calloc(1, BUFFER_SIZE);
    if (!memory)
        return MAP_FAILED;
    d->n_mapped++;
    return d->memory[offset / BUFFER_SIZE] = memory;
}

int v4l2_munmap(void *start, size_t length)
{
    assert_int_equal(length, BUFFER_SIZE);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < MAX_BUFFERS; k++) {
            if (drivers[i].memory[k] == start) {
                drivers[i].memory[k] = NULL;
                drivers[i].n_mapped--;
            }
        }
    }
    free(start);
    return 0;
}

static int enum_format(const struct driver *d, struct v4l2_fmtdesc *desc)
{
    uint32_t index = 0;
    for (const struct cap_mode *m = d->modes; m->format; m++) {
        if (m != d->modes && m->format == m[-1].format)
            continue;
        if (index++ == desc->index) {
            desc->pixelformat = m->format;
            return 0;
        }
    }
    if (index != desc->index) // behind the camera's own formats, those that libv4l2 makes
        return fault(EINVAL);
    desc->pixelformat = V4L2_PIX_FMT_RGB24;
    desc->flags = V4L2_FMT_FLAG_EMULATED;
    return 0;
}

static int enum_size(const struct driver *d, struct v4l2_frmsizeenum *size)
{
    uint32_t index = 0;
    for (const struct cap_mode *m = d->modes; m->format; m++) {
        bool again = m != d->modes && m->format == m[-1].format && m->w == m[-1].w;
        if (m->format != size->pixel_format || again || index++ != size->index)
            continue;
        size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
        size->discrete.width = (uint32_t)m->w;
        size->discrete.height = (uint32_t)m->h;
        return 0;
    }
    return fault(EINVAL);
}

static int enum_interval(const struct driver *d, struct v4l2_frmivalenum *rate)
{
    uint32_t index = 0;
    for (const struct cap_mode *m = d->modes; m->format; m++) {
        if (m->format != rate->pixel_format || m->w != (int)rate->width || !m->interval.numerator ||
            index++ != rate->index)
            continue;
        rate->type = V4L2_FRMIVAL_TYPE_DISCRETE;
        rate->discrete = m->interval;
        return 0;
    }
    return fault(EINVAL);
}

static int set_format(struct driver *d, struct v4l2_pix_format *pix)
{
    if (d->s_fmt_errno)
        return fault(d->s_fmt_errno);
    if (d->ignores_format) {
        pix->pixelformat = d->modes->format;
        pix->width = (uint32_t)d->modes->w;
        pix->height = (uint32_t)d->modes->h;
    }
    if (pix->pixelformat == V4L2_PIX_FMT_RGB24)
        pix->bytesperline = d->stride ? d->stride : 3 * pix->width;
    d->format = *pix;
    return 0;
}

static int parameters(struct driver *d, struct v4l2_streamparm *parm, bool set)
{
    if (set)
        d->interval = parm->parm.capture.timeperframe;
    parm->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
    parm->parm.capture.timeperframe = d->interval;
    return 0;
}

static int draw(struct driver *d, struct v4l2_buffer *buf)
{
    uint64_t n;
    uint32_t index = 0;
    if (read(d->fd, &n, sizeof n) != sizeof n)
        return fault(EAGAIN);
    while (!d->queued[index])
        assert_true(++index < MAX_BUFFERS);
    d->queued[index] = false;
    d->draw(d, d->memory[index]);
    uint32_t size = d->format.width * d->format.height * 3;
    bool whole = !d->n_whole || d->n_drawn++ < d->n_whole;
    *buf = (struct v4l2_buffer){.index = index, .bytesused = whole ? size : size / 2};
    return 0;
}

static int dequeue(struct driver *d, struct v4l2_buffer *buf)
{
    uint64_t one;
    if (d->dqbuf_errno)
        return fault(d->dqbuf_errno);
    if (d->draw)
        return draw(d, buf);
    if (d->n_ready == 0)
        return fault(EAGAIN);
    *buf = d->ready[0];
    memmove(d->ready, d->ready + 1, (size_t)--d->n_ready * sizeof *d->ready);
    return read(d->fd, &one, sizeof one) == sizeof one ? 0 : fault(EIO);
}

static int capability(const struct driver *d, struct v4l2_capability *cap)
{
    snprintf((char *)cap->card, sizeof cap->card, "%s", d->card);
    snprintf((char *)cap->bus_info, sizeof cap->bus_info, "%s", d->bus);
    cap->capabilities =
        V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
    cap->device_caps = d->caps;
    return 0;
}

static struct fake_control *control_of(struct driver *d, uint32_t id)
{
    for (int i = 0; i < MAX_CONTROLS; i++)
        if (id && d->controls[i].query.id == id)
            return &d->controls[i];
    return NULL;
}

static int query_control(struct driver *d, struct v4l2_queryctrl *query)
{
    const struct fake_control *c = control_of(d, query->id);
    if (!c)
        return fault(EINVAL);
    *query = c->query;
    return 0;
}

static int query_menu(struct driver *d, const struct v4l2_querymenu *item)
{
    const struct fake_control *c = control_of(d, item->id);
    return fault(c && item->index < 32 && c->menu >> item->index & 1 ? 0 : EINVAL);
}

static int get_control(struct driver *d, struct v4l2_control *control)
{
    const struct fake_control *c = control_of(d, control->id);
    if (!c)
        return fault(EINVAL);
    control->value = c->value;
    return 0;
}

static int set_control(struct driver *d, const struct v4l2_control *control)
{
    struct fake_control *c = control_of(d, control->id);
    if (!c || c->set_errno)
        return fault(c ? c->set_errno : EINVAL);
    if (control->value < c->query.minimum || control->value > c->query.maximum)
        return fault(ERANGE);
    c->value = control->value;
    c->n_set++;
    return 0;
}

// A frame is ready.
static inline void deliver(struct driver *d, const void *data, size_t size, uint32_t flags)
{
    int index = 0;
    while (!d->queued[index])
        assert_true(++index < MAX_BUFFERS);
    d->queued[index] = false;
    memcpy(d->memory[index], data, size);
    d->ready[d->n_ready++] = (struct v4l2_buffer){
        .index = (uint32_t)index, .bytesused = (uint32_t)size, .flags = flags, .timestamp = {5, 7}};
    assert_int_equal(eventfd_write(d->fd, 1), 0);
}

int v4l2_ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    va_start(args, request);
    void *arg = va_arg(args, void *);
    va_end(args);
    struct driver *d = driver_of(fd);
    struct v4l2_buffer *buf = arg;
    switch (request) {
    case VIDIOC_QUERYCAP:
        return d->streaming && d->dqbuf_errno == ENODEV ? fault(ENODEV) : capability(d, arg);
    case VIDIOC_ENUM_FMT:
        return enum_format(d, arg);
    case VIDIOC_ENUM_FRAMESIZES:
        return enum_size(d, arg);
    case VIDIOC_ENUM_FRAMEINTERVALS:
        return enum_interval(d, arg);
    case VIDIOC_S_FMT:
        return set_format(d, &((struct v4l2_format *)arg)->fmt.pix);
    case VIDIOC_G_PARM:
    case VIDIOC_S_PARM:
        return parameters(d, arg, request == VIDIOC_S_PARM);
    case VIDIOC_QUERYCTRL:
        return query_control(d, arg);
    case VIDIOC_QUERYMENU:
        return query_menu(d, arg);
    case VIDIOC_G_CTRL:
        return get_control(d, arg);
    case VIDIOC_S_CTRL:
        return set_control(d, arg);
    case VIDIOC_REQBUFS:
        return fault(((struct v4l2_requestbuffers *)arg)->count ? d->reqbufs_errno : 0);
    case VIDIOC_QUERYBUF:
        buf->length = BUFFER_SIZE;
        buf->m.offset = buf->index * BUFFER_SIZE;
        return 0;
    case VIDIOC_QBUF:
        assert_false(d->queued[buf->index]);
        d->queued[buf->index] = true;
        return 0;
    case VIDIOC_DQBUF:
        return dequeue(d, arg);
    case VIDIOC_STREAMON:
        d->streaming = d->streamon_errno == 0;
        d->n_drawn = 0;
        if (d->first)
            deliver(d, d->first, d->first_size, d->first_flags);
        return fault(d->streamon_errno);
    case VIDIOC_STREAMOFF:
        d->streaming = false;
        d->n_ready = 0;
        memset(d->queued, 0, sizeof d->queued);
        return 0;
    default:
        return fault(ENOTTY);
    }
}

static inline void expect_all_queued(const struct driver *d)
{
    for (int i = 0; i < MAX_BUFFERS; i++)
        assert_true(d->queued[i]);
}

static inline void expect_closed(const struct driver *d)
{
    assert_int_equal(d->n_open, 0);
    assert_int_equal(d->n_mapped, 0);
    assert_false(d->streaming);
}

#endif
