// SPDX-License-Identifier: MIT
// DESIGN. One thread owns the camera from opening to closing. The only thing shared with it is an
// eventfd: stopping makes it readable, for good. Every wait of the thread watches it, in the camera
// (cap_acquire's wake_fd) as well as between two tries to open; lockstep waits are short slices
// with a look at it in between. So there is no flag to race with and no way to miss the stop.
//
// The starter waits on a semaphore until the thread has tried to open the camera. Everything else
// in struct cap_feed is the thread's from then on, and the starter's again after the join.
#include "capture/feed.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAIT_MS          100 // one wait for a frame; the stop wakes it earlier
#define LOCKSTEP_MS      20
#define FIRST_PAUSE_MS   250
#define LONGEST_PAUSE_MS 4000
#define FIRST_FRAME_NS   (5 * CLOCK_SECOND)
#define SILENCE_NS       (2 * CLOCK_SECOND)
#define SILENCE_FRAMES   5

struct cap_feed {
    struct cap_slot *slot;
    cap_state_fn on_state; // may be NULL
    void *ctx;
    int stop_fd; // eventfd; readable: stop
    pthread_t thread;

    sem_t tried;     // the first opening is over
    int open_result; // ... and came to this
    struct err open_err;

    struct cap_info info; // the camera's, kept for when it is gone; .spec opens it again
    bool streaming;       // CAP_OPENED was the last state told
    bool told_lost;       // CAP_LOST was
    int pause_ms;         // before the next try to open
};

static bool stopping(const struct cap_feed *feed, int within_ms)
{
    struct pollfd stop = {.fd = feed->stop_fd, .events = POLLIN};
    return poll(&stop, 1, within_ms) > 0 || cap_slot_closed(feed->slot);
}

static void tell(struct cap_feed *feed, enum cap_state state, const char *detail)
{
    log_debug("camera %s: %s", state == CAP_OPENED ? "opened" : "lost", detail);
    feed->streaming = state == CAP_OPENED;
    feed->told_lost = state == CAP_LOST;
    if (feed->on_state)
        feed->on_state(feed->ctx, state, detail, &feed->info);
}

static void tell_opened(struct cap_feed *feed, const struct cap_camera *camera)
{
    feed->info = *cap_info(camera);
    feed->pause_ms = FIRST_PAUSE_MS;
    const struct cap_info *info = &feed->info;
    char rate[32] = "";
    if (info->fps > 0)
        snprintf(rate, sizeof rate, ", %.4g fps", info->fps);
    char detail[256];
    snprintf(detail, sizeof detail, "%s, %dx%d %s%s", info->name, info->w, info->h, info->format,
             rate);
    tell(feed, CAP_OPENED, detail);
}

static void publish(struct cap_feed *feed, struct cap_frame *frame, int64_t capture_ns)
{
    bool lockstep = feed->info.lockstep;
    cap_slot_publish(feed->slot, frame, capture_ns);
    while (lockstep && !cap_slot_wait_taken(feed->slot, LOCKSTEP_MS) && !stopping(feed, 0))
        ;
}

static int64_t patience_ns(const struct cap_feed *feed)
{
    if (!feed->streaming)
        return FIRST_FRAME_NS;
    double period = feed->info.fps > 0 ? (double)CLOCK_SECOND / feed->info.fps : 0;
    int64_t limit = (int64_t)(SILENCE_FRAMES * period);
    return limit > SILENCE_NS ? limit : SILENCE_NS;
}

// Publishes frames until the stop (0) or until the camera is lost (an error).
static int stream(struct cap_feed *feed, struct cap_camera *camera, struct err *err)
{
    int64_t last_ns = clock_now_ns();
    while (!stopping(feed, 0)) {
        struct cap_frame *frame = cap_slot_begin(feed->slot);
        int64_t capture_ns = 0;
        int ret = cap_acquire(camera, WAIT_MS, feed->stop_fd, &frame->img, &capture_ns, err);
        if (ret < 0)
            return ret;
        if (ret == CAP_READY) {
            if (!feed->streaming)
                tell_opened(feed, camera);
            publish(feed, frame, capture_ns);
            last_ns = clock_now_ns();
        } else if (clock_now_ns() - last_ns > patience_ns(feed)) {
            return err_set(err, ERR_CAMERA,
                           "%s: no picture for %.1f s; opening it again (if that does not help, "
                           "unplug it and plug it in)",
                           feed->info.name, (double)patience_ns(feed) / CLOCK_SECOND);
        }
    }
    return 0;
}

// Tries until the camera opens again; NULL when stopped.
static struct cap_camera *reopen(struct cap_feed *feed)
{
    struct cap_camera *camera = NULL;
    while (!camera && !stopping(feed, feed->pause_ms)) {
        struct err err = {0};
        feed->pause_ms =
            2 * feed->pause_ms < LONGEST_PAUSE_MS ? 2 * feed->pause_ms : LONGEST_PAUSE_MS;
        if (cap_open(&camera, feed->info.spec, &err))
            log_debug("%s", err.text);
    }
    return camera;
}

static void *feed_main(void *arg)
{
    struct cap_feed *feed = arg;
    struct cap_camera *camera;
    int result = cap_open(&camera, feed->info.spec, &feed->open_err);
    if (!result)
        feed->info = *cap_info(camera);
    feed->open_result = result;
    sem_post(&feed->tried);
    while (camera) {
        struct err err = {0};
        int ret = stream(feed, camera, &err);
        cap_close(camera);
        feed->streaming = false;
        if (!ret)
            break;
        if (!feed->told_lost)
            tell(feed, CAP_LOST, err.text);
        camera = reopen(feed);
    }
    return NULL;
}

static void destroy(struct cap_feed *feed)
{
    sem_destroy(&feed->tried);
    if (feed->stop_fd >= 0)
        close(feed->stop_fd);
    free(feed);
}

int cap_feed_start(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                   cap_state_fn on_state, void *ctx, struct err *err)
{
    *out = NULL;
    int ret = cap_spec_check(spec, err);
    if (ret)
        return ret;
    struct cap_feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return err_memory(err, "camera thread");
    feed->slot = slot;
    feed->on_state = on_state;
    feed->ctx = ctx;
    feed->pause_ms = FIRST_PAUSE_MS;
    snprintf(feed->info.spec, sizeof feed->info.spec, "%s", spec);
    sem_init(&feed->tried, 0, 0);
    feed->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (feed->stop_fd < 0 || pthread_create(&feed->thread, NULL, feed_main, feed)) {
        destroy(feed);
        return err_set(err, ERR_MEMORY, "cannot start the camera thread");
    }
    while (sem_wait(&feed->tried)) // interrupted by a signal
        ;
    ret = feed->open_result;
    if (ret) {
        if (err)
            *err = feed->open_err;
        pthread_join(feed->thread, NULL);
        destroy(feed);
        return ret;
    }
    *out = feed;
    return 0;
}

void cap_feed_stop(struct cap_feed *feed)
{
    if (!feed)
        return;
    eventfd_write(feed->stop_fd, 1);
    pthread_join(feed->thread, NULL);
    destroy(feed);
}
