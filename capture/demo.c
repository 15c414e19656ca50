// SPDX-License-Identifier: MIT
#include "capture/backend.h"
#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define LOCKSTEP_FPS 25 // frames a second of the drawn person's own time

struct demo {
    struct cap_camera base;
    struct cap_pace pace;
    int who;
    double fps; // of its own time
    int64_t n_frames;
};

static int demo_acquire(struct cap_camera *camera, int timeout_ms, int wake_fd, struct img *out,
                        int64_t *capture_ns, struct err *err)
{
    struct demo *demo = (struct demo *)camera;
    int ret = cap_pace_wait(&demo->pace, timeout_ms, wake_fd);
    if (ret != CAP_READY)
        return ret;
    *capture_ns = clock_now_ns();
    ret = cap_demo_draw(out, demo->who, (double)demo->n_frames / demo->fps, err);
    if (ret)
        return ret;
    demo->n_frames++;
    return CAP_READY;
}

static void demo_close(struct cap_camera *camera)
{
    free(camera);
}

static const struct cap_backend demo_backend = {.acquire = demo_acquire, .close = demo_close};

int cap_demo_open(struct cap_camera **out, int who, double fps, struct err *err)
{
    *out = NULL;
    struct demo *demo = calloc(1, sizeof *demo);
    if (!demo)
        return err_memory(err, "demo camera");
    demo->base.backend = &demo_backend;
    demo->who = who;
    demo->fps = fps > 0 ? fps : LOCKSTEP_FPS;
    cap_pace_init(&demo->pace, fps);
    struct cap_info *info = &demo->base.info;
    snprintf(info->name, sizeof info->name, "Demo camera, person %d", who);
    snprintf(info->format, sizeof info->format, "drawn");
    info->w = 640;
    info->h = 480;
    info->fps = fps;
    info->lockstep = fps <= 0;
    *out = &demo->base;
    return 0;
}
