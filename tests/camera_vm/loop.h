// SPDX-License-Identifier: MIT
// Pictures that go into the driver's output and come back through its camera, whose other input is
// connected to it; and faces to show there.
// Kernel documentation, admin-guide/media/vivid, "Video, VBI and RDS Looping".
//
// write() would do with less, but the kernel loses the length on the way: in a queue that is filled
// by write(), a buffer's bytesused is overwritten with that of the last VIDIOC_QBUF, of which there
// was none (__fill_vb2_buffer() in videobuf2-v4l2.c), and vivid refuses each picture with EINVAL.
// So buffers are mapped and queued.
#ifndef VISAVIS_TESTS_CAMERA_VM_LOOP_H
#define VISAVIS_TESTS_CAMERA_VM_LOOP_H

#include "tests/camera_vm/vivid.h"

#include "core/image/decode.h"

#include <dirent.h>
#include <sys/mman.h>

#define LOOP_W        640
#define LOOP_H        480
#define LOOP_SIZE     (3 * LOOP_W * LOOP_H) // bytes of a picture, RGB24
#define LOOP_BUFFERS  3
#define LOOP_FACES    5
#define LOOP_PICTURES "/pictures" // of a face, where there are some

struct loop {
    int fd;                        // the output
    uint8_t *frames[LOOP_BUFFERS]; // mapped, [480, 640, 3]
    int n_queued;                  // frames that were queued since the stream began
};

static inline struct v4l2_buffer loop_buffer(int index)
{
    return (struct v4l2_buffer){.index = (uint32_t)index,
                                .type = V4L2_BUF_TYPE_VIDEO_OUTPUT,
                                .memory = V4L2_MEMORY_MMAP,
                                .field = V4L2_FIELD_NONE,
                                .bytesused = LOOP_SIZE};
}

// The same signal on the camera's other input and on the output.
static inline void loop_connect(int output)
{
    int camera = vivid_camera(), input = 1;
    struct v4l2_enum_dv_timings timings = {.index = 0};
    assert_int_equal(ioctl(camera, VIDIOC_S_INPUT, &input), 0);
    assert_int_equal(ioctl(camera, VIDIOC_ENUM_DV_TIMINGS, &timings), 0);
    assert_int_equal(timings.timings.bt.width, LOOP_W);
    assert_int_equal(ioctl(camera, VIDIOC_S_DV_TIMINGS, &timings.timings), 0);
    assert_int_equal(ioctl(output, VIDIOC_S_DV_TIMINGS, &timings.timings), 0);
    close(camera);
    vivid_set("Loop Video", 1);
}

static inline void loop_map(struct loop *loop)
{
    struct v4l2_requestbuffers request = {
        .count = LOOP_BUFFERS, .type = V4L2_BUF_TYPE_VIDEO_OUTPUT, .memory = V4L2_MEMORY_MMAP};
    assert_int_equal(ioctl(loop->fd, VIDIOC_REQBUFS, &request), 0);
    assert_int_equal(request.count, LOOP_BUFFERS);
    for (int i = 0; i < LOOP_BUFFERS; i++) {
        struct v4l2_buffer buf = loop_buffer(i);
        assert_int_equal(ioctl(loop->fd, VIDIOC_QUERYBUF, &buf), 0);
        loop->frames[i] = mmap(NULL, LOOP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, loop->fd,
                               (off_t)buf.m.offset);
        assert_true(loop->frames[i] != MAP_FAILED);
    }
}

// What is put into it, frames of 640x480 RGB24, is what the camera takes, if it takes RGB24 too.
// Before the first it shows its own pattern. The camera must not stream yet.
static inline void loop_open(struct loop *loop)
{
    char path[32];
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_OUTPUT};
    memset(loop, 0, sizeof *loop);
    loop->fd = vivid_open(V4L2_CAP_VIDEO_OUTPUT, path);
    loop_connect(loop->fd);
    format.fmt.pix = (struct v4l2_pix_format){.width = LOOP_W,
                                              .height = LOOP_H,
                                              .pixelformat = V4L2_PIX_FMT_RGB24,
                                              .field = V4L2_FIELD_NONE};
    assert_int_equal(ioctl(loop->fd, VIDIOC_S_FMT, &format), 0);
    assert_int_equal(format.fmt.pix.sizeimage, LOOP_SIZE);
    loop_map(loop);
}

static inline void loop_close(struct loop *loop)
{
    for (int i = 0; i < LOOP_BUFFERS; i++)
        munmap(loop->frames[i], LOOP_SIZE);
    close(loop->fd);
}

static inline bool loop_queue(struct loop *loop, const uint8_t *px)
{
    struct v4l2_buffer buf = loop_buffer(loop->n_queued);
    int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    if (loop->n_queued >= LOOP_BUFFERS && ioctl(loop->fd, VIDIOC_DQBUF, &buf))
        return false;
    memcpy(loop->frames[buf.index], px, LOOP_SIZE);
    buf = loop_buffer((int)buf.index);
    if (ioctl(loop->fd, VIDIOC_QBUF, &buf))
        return false;
    return loop->n_queued++ > 0 || ioctl(loop->fd, VIDIOC_STREAMON, &type) == 0;
}

// Waits for a buffer that the driver is done with: it keeps the newest until there is another, and
// copies and lets go under one lock. A stream that was broken off is begun anew.
// False: the output refuses it. One thread at a time, any: it asserts nothing.
static inline bool loop_put(struct loop *loop, const uint8_t *px)
{
    int type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
    if (loop_queue(loop, px))
        return true;
    if (errno != EIO || ioctl(loop->fd, VIDIOC_STREAMOFF, &type))
        return false;
    loop->n_queued = 0;
    return loop_queue(loop, px);
}

// -- faces --

// The middle of a picture, on grey.
static inline void loop_frame_of(struct img *frame, const struct img *picture)
{
    assert_int_equal(img_reserve(frame, LOOP_W, LOOP_H, NULL), 0);
    memset(frame->px, 128, LOOP_SIZE);
    int w = picture->w < LOOP_W ? picture->w : LOOP_W;
    int h = picture->h < LOOP_H ? picture->h : LOOP_H;
    for (int y = 0; y < h; y++)
        memcpy(frame->px + 3 * (((LOOP_H - h) / 2 + y) * LOOP_W + (LOOP_W - w) / 2),
               picture->px + 3 * (((picture->h - h) / 2 + y) * picture->w + (picture->w - w) / 2),
               3 * (size_t)w);
}

// Frames with a face: real ones if there are, else drawn ones. The caller frees them.
static inline void loop_load_faces(struct img faces[LOOP_FACES])
{
    DIR *dir = opendir(LOOP_PICTURES);
    const struct dirent *entry;
    struct img picture = {0};
    int n = 0;
    memset(faces, 0, LOOP_FACES * sizeof *faces);
    while (dir && n < LOOP_FACES && (entry = readdir(dir))) {
        char path[300];
        snprintf(path, sizeof path, LOOP_PICTURES "/%s", entry->d_name);
        if (entry->d_name[0] != '.' && img_load(&picture, path, 0, NULL) == 0)
            loop_frame_of(&faces[n++], &picture);
    }
    if (dir)
        closedir(dir);
    img_finish(&picture);
    printf("%d real faces\n", n);
    for (; n < LOOP_FACES; n++)
        assert_int_equal(cap_demo_draw(&faces[n], 0, n, NULL), 0);
}

#endif
