// SPDX-License-Identifier: MIT
// DESIGN. One thread owns the cameras from opening to closing. What others want of it are orders:
// to stop, to switch to another camera, to pause or to go on, to set a control; a later one
// replaces an earlier one of its kind that was not yet taken up. An eventfd is readable exactly
// while there is an order; it is written and read under the lock that protects the orders
// themselves. Every wait of the thread watches it, in the camera (cap_acquire's wake_fd) as well as
// between two tries to open; lockstep waits are short slices with a look at it in between. So there
// is no flag to race with and no way to miss an order. The stop is an order for good; it is never
// taken back.
//
// Controls are set between two frames; the other orders end the streaming. The list of the controls
// as they stand is a copy under the lock, empty whenever the camera they belong to is not, or may
// soon be not, the one in use: so none is ever set on another camera.
//
// The thread streams from a camera until that fails or an order comes. One that has failed begins
// its stream anew; if that brings no frame, or fails again soon, it is closed, and the next opened:
// `spec`. That is the camera told last, or the one of a switch (`asked`) until its first frame or
// its failure has answered the switch.
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
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define WAIT_MS          100 // one wait for a frame or a buffer; an order wakes it earlier
#define LOCKSTEP_MS      20
#define FIRST_PAUSE_MS   250
#define LONGEST_PAUSE_MS 4000
#define FIRST_FRAME_NS   (5 * CLOCK_SECOND)
#define SILENCE_NS       (CLOCK_SECOND / 2)
#define SILENCE_FRAMES   5
#define RESTART_NS       (2 * CLOCK_SECOND) // for the first frame of a stream that began anew
#define RESTART_AGAIN_NS (5 * CLOCK_SECOND) // what fails again before that is closed

struct cap_feed {
    struct cap_slot *slot;
    cap_state_fn on_state; // may be NULL
    void *ctx;
    pthread_t thread;

    pthread_mutex_t lock;
    int order_fd; // eventfd; readable: there is an order
    bool stop;    // protected by lock, as all up to the next blank line
    bool change;  // to `wanted`
    char wanted[CAP_SPEC_MAX];
    bool pause, paused;                       // what is wanted, what is so
    bool set[CAP_CONTROLS];                   // controls that are to be set ...
    int to[CAP_CONTROLS];                     // ... to these values
    struct cap_control control[CAP_CONTROLS]; // of the camera `controlled`; all absent: of none
    char controlled[CAP_SPEC_MAX];

    bool anyway;     // the first camera need not open at once
    sem_t tried;     // the first opening is over
    int open_result; // ... and came to this
    struct err open_err;

    char spec[CAP_SPEC_MAX]; // the camera that is open, or is to be opened
    bool asked;              // by a switch that has no answer yet
    struct cap_info info;    // of the camera told last; .spec opens it again
    bool streaming;          // the open camera has brought a frame, since it began anew
    bool restarted;          // it has begun anew
    int64_t gap_ns;          // between its frames, of late; 0: not known yet
    bool told_lost;          // CAP_LOST was the last state told
    int pause_ms;            // before the next try to open
    int64_t capture_ns;      // of the last frame
};

static bool ordered(const struct cap_feed *feed, int within_ms)
{
    struct pollfd order = {.fd = feed->order_fd, .events = POLLIN};
    return poll(&order, 1, within_ms) > 0 || cap_slot_closed(feed->slot);
}

// With the lock held: whether something but controls is wanted.
static bool has_larger_order(const struct cap_feed *feed)
{
    return feed->stop || feed->change || feed->pause != feed->paused;
}

// With the lock held, after each change of an order.
static void show_orders(struct cap_feed *feed)
{
    eventfd_t n;
    bool some = has_larger_order(feed);
    for (int id = 0; id < CAP_CONTROLS; id++)
        some = some || feed->set[id];
    eventfd_read(feed->order_fd, &n);
    if (some)
        eventfd_write(feed->order_fd, 1);
}

// With the lock held: the camera in use is no longer what controls are for.
static void drop_controls(struct cap_feed *feed)
{
    memset(feed->control, 0, sizeof feed->control);
    memset(feed->set, 0, sizeof feed->set);
}

const char *cap_state_name(enum cap_state state)
{
    static const char *const names[] = {
        [CAP_OPENED] = "opened", [CAP_LOST] = "lost",         [CAP_REFUSED] = "refused",
        [CAP_PAUSED] = "paused", [CAP_DECLINED] = "declined",
    };
    return names[state];
}

static void tell(struct cap_feed *feed, enum cap_state state, const char *detail)
{
    log_debug("camera %s: %s", cap_state_name(state), detail);
    if (state != CAP_DECLINED)
        feed->told_lost = state == CAP_LOST;
    if (feed->on_state)
        feed->on_state(feed->ctx, state, detail, &feed->info);
}

// Returns false when the feed is to end.
static bool take_orders(struct cap_feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    bool go_on = !feed->stop && !cap_slot_closed(feed->slot);
    bool pausing = go_on && feed->pause && !feed->paused;
    if (go_on && feed->change) {
        memcpy(feed->spec, feed->wanted, sizeof feed->spec);
        feed->change = false;
        feed->asked = true;
    }
    feed->paused = feed->pause;
    drop_controls(feed);
    show_orders(feed);
    pthread_mutex_unlock(&feed->lock);
    if (pausing) {
        feed->pause_ms = 0;
        tell(feed, CAP_PAUSED, feed->info.name);
    }
    return go_on;
}

static void read_controls(struct cap_feed *feed, const struct cap_camera *camera)
{
    struct cap_control list[CAP_CONTROLS];
    cap_controls(camera, list);
    pthread_mutex_lock(&feed->lock);
    if (!has_larger_order(feed)) {
        memcpy(feed->control, list, sizeof feed->control);
        memcpy(feed->controlled, feed->info.spec, sizeof feed->controlled);
    }
    pthread_mutex_unlock(&feed->lock);
}

// One before may have made the camera hold this one.
static void set_control(struct cap_feed *feed, struct cap_camera *camera, enum cap_control_id id,
                        int value)
{
    struct cap_control list[CAP_CONTROLS];
    struct err err = {0};
    cap_controls(camera, list);
    if (!list[id].held && cap_set_control(camera, id, value, &err))
        tell(feed, CAP_DECLINED, err.text);
}

// Takes up an order if it is about controls alone.
static bool set_controls(struct cap_feed *feed, struct cap_camera *camera)
{
    bool set[CAP_CONTROLS];
    int to[CAP_CONTROLS];
    pthread_mutex_lock(&feed->lock);
    bool alone = !has_larger_order(feed) && !cap_slot_closed(feed->slot);
    memcpy(set, feed->set, sizeof set);
    memcpy(to, feed->to, sizeof to);
    memset(feed->set, 0, sizeof feed->set);
    show_orders(feed);
    pthread_mutex_unlock(&feed->lock);
    if (!alone)
        return false;
    for (int id = 0; id < CAP_CONTROLS; id++)
        if (set[id])
            set_control(feed, camera, (enum cap_control_id)id, to[id]);
    read_controls(feed, camera);
    return true;
}

// What is open from now on is what will be opened again.
static void adopt(struct cap_feed *feed, const struct cap_camera *camera)
{
    feed->info = *cap_info(camera);
    memcpy(feed->spec, feed->info.spec, sizeof feed->spec);
}

static void tell_opened(struct cap_feed *feed, const struct cap_camera *camera)
{
    adopt(feed, camera);
    feed->streaming = true;
    feed->asked = false;
    feed->pause_ms = 0;
    const struct cap_info *info = &feed->info;
    char rate[32] = "";
    if (info->fps > 0)
        snprintf(rate, sizeof rate, ", %.4g fps", info->fps);
    char detail[256];
    snprintf(detail, sizeof detail, "%s, %dx%d %s%s", info->name, info->w, info->h, info->format,
             rate);
    read_controls(feed, camera);
    tell(feed, CAP_OPENED, detail);
}

// The camera at feed->spec has failed or did not open.
static void tell_failure(struct cap_feed *feed, const char *cause)
{
    if (feed->asked) {
        feed->asked = false;
        memcpy(feed->spec, feed->info.spec, sizeof feed->spec);
        feed->pause_ms = 0;
        if (!ordered(feed, 0))
            tell(feed, CAP_REFUSED, cause);
        return;
    }
    int longer_ms = feed->pause_ms ? 2 * feed->pause_ms : FIRST_PAUSE_MS;
    feed->pause_ms = longer_ms < LONGEST_PAUSE_MS ? longer_ms : LONGEST_PAUSE_MS;
    if (feed->told_lost)
        log_debug("%s", cause);
    else
        tell(feed, CAP_LOST, cause);
}

// Drivers' clocks err, and two cameras' may differ: no frame is before the last, nor to come.
static int64_t sane_time(struct cap_feed *feed, int64_t capture_ns)
{
    int64_t now = clock_now_ns();
    if (capture_ns > now)
        capture_ns = now;
    if (capture_ns > feed->capture_ns)
        feed->capture_ns = capture_ns;
    return feed->capture_ns;
}

static void publish(struct cap_feed *feed, struct cap_frame *frame, int64_t capture_ns)
{
    bool lockstep = feed->info.lockstep;
    cap_slot_publish(feed->slot, frame, sane_time(feed, capture_ns));
    while (lockstep && !cap_slot_wait_taken(feed->slot, LOCKSTEP_MS) && !ordered(feed, 0))
        ;
}

// Five frame periods: of the rate that was agreed on, or of what comes, which is less in the dark.
static int64_t patience_ns(const struct cap_feed *feed)
{
    if (!feed->streaming)
        return feed->restarted ? RESTART_NS : FIRST_FRAME_NS;
    double period = feed->info.fps > 0 ? (double)CLOCK_SECOND / feed->info.fps : 0;
    int64_t limit = SILENCE_FRAMES * (feed->gap_ns > period ? feed->gap_ns : (int64_t)period);
    return limit > SILENCE_NS ? limit : SILENCE_NS;
}

// Waits for a frame and publishes it. Returns as cap_acquire(), CAP_NONE too when readers hold all
// buffers.
static int pass_on(struct cap_feed *feed, struct cap_camera *camera, struct err *err)
{
    struct cap_frame *frame = cap_slot_begin(feed->slot);
    if (!frame) {
        log_debug("no free buffer: a reader holds more than two frames");
        ordered(feed, WAIT_MS);
        return CAP_NONE;
    }
    int64_t capture_ns = 0;
    int ret = cap_acquire(camera, WAIT_MS, feed->order_fd, &frame->img, &capture_ns, err);
    if (ret != CAP_READY)
        return ret;
    if (!feed->streaming)
        tell_opened(feed, camera);
    publish(feed, frame, capture_ns);
    return CAP_READY;
}

static void note_gap(struct cap_feed *feed, int64_t gap_ns)
{
    feed->gap_ns = feed->gap_ns ? feed->gap_ns + (gap_ns - feed->gap_ns) / 4 : gap_ns;
}

// Publishes frames until there is an order (0) or the camera is lost (an error).
static int stream(struct cap_feed *feed, struct cap_camera *camera, struct err *err)
{
    int64_t last_ns = clock_now_ns();
    int n_damaged = 0;
    while (!ordered(feed, 0) || set_controls(feed, camera)) {
        bool first = !feed->streaming;
        int ret = pass_on(feed, camera, err);
        if (ret < 0)
            return ret;
        int64_t gap_ns = clock_now_ns() - last_ns;
        n_damaged += ret == CAP_SKIP;
        if (ret == CAP_READY) {
            if (!first)
                note_gap(feed, gap_ns);
            last_ns += gap_ns;
            n_damaged = 0;
        } else if (gap_ns > patience_ns(feed)) {
            return err_set(err, ERR_CAMERA,
                           "%s: %s for %.1f s; if that goes on, unplug it and plug it in again",
                           cap_info(camera)->name,
                           n_damaged > 1 ? "only damaged pictures" : "no picture",
                           (double)patience_ns(feed) / CLOCK_SECOND);
        }
    }
    return 0;
}

// Streams, and once more where that can cure it, until there is an order or the camera is to be
// closed.
static void use(struct cap_feed *feed, struct cap_camera *camera)
{
    feed->streaming = feed->restarted = false;
    feed->gap_ns = 0;
    for (;;) {
        struct err err = {0};
        int64_t began_ns = clock_now_ns();
        if (!stream(feed, camera, &err))
            return;
        bool worked =
            feed->streaming && (!feed->restarted || clock_now_ns() - began_ns > RESTART_AGAIN_NS);
        tell_failure(feed, err.text);
        feed->streaming = false;
        if (!worked || ordered(feed, 0))
            return;
        if (cap_restart(camera, &err)) {
            log_debug("%s", err.text);
            return;
        }
        log_debug("%s: begins its stream anew", cap_info(camera)->name);
        feed->restarted = true;
    }
}

// Tries until a camera opens; NULL when the feed is to end.
static struct cap_camera *open_next(struct cap_feed *feed)
{
    struct cap_camera *camera = NULL;
    while (!camera) {
        if (ordered(feed, feed->paused ? WAIT_MS : feed->pause_ms) && !take_orders(feed))
            return NULL;
        if (feed->paused)
            continue;
        struct err err = {0};
        if (cap_open(&camera, feed->spec, &err))
            tell_failure(feed, err.text);
    }
    return camera;
}

// The camera they belong to is closed.
static void lose_controls(struct cap_feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    drop_controls(feed);
    show_orders(feed);
    pthread_mutex_unlock(&feed->lock);
}

static void *feed_main(void *arg)
{
    struct cap_feed *feed = arg;
    struct cap_camera *camera;
    feed->open_result = cap_open(&camera, feed->spec, &feed->open_err);
    if (camera)
        adopt(feed, camera);
    sem_post(&feed->tried);
    if (!camera && feed->anyway) {
        tell_failure(feed, feed->open_err.text);
        camera = open_next(feed);
    }
    while (camera) {
        use(feed, camera);
        cap_close(camera);
        lose_controls(feed);
        camera = open_next(feed);
    }
    return NULL;
}

static void destroy(struct cap_feed *feed)
{
    sem_destroy(&feed->tried);
    pthread_mutex_destroy(&feed->lock);
    if (feed->order_fd >= 0)
        close(feed->order_fd);
    free(feed);
}

static int start(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                 cap_state_fn on_state, void *ctx, bool anyway, struct err *err)
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
    feed->anyway = anyway;
    snprintf(feed->spec, sizeof feed->spec, "%s", spec);
    // Until it has told who it is.
    snprintf(feed->info.spec, sizeof feed->info.spec, "%s", spec);
    snprintf(feed->info.name, sizeof feed->info.name, "%s", *spec ? spec : "Camera");
    sem_init(&feed->tried, 0, 0);
    pthread_mutex_init(&feed->lock, NULL);
    feed->order_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (feed->order_fd < 0 || pthread_create(&feed->thread, NULL, feed_main, feed)) {
        destroy(feed);
        return err_set(err, ERR_MEMORY, "cannot start the camera thread");
    }
    while (sem_wait(&feed->tried)) // interrupted by a signal
        ;
    ret = feed->open_result;
    if (ret && !anyway) {
        if (err)
            *err = feed->open_err;
        pthread_join(feed->thread, NULL);
        destroy(feed);
        return ret;
    }
    *out = feed;
    return 0;
}

int cap_feed_start(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                   cap_state_fn on_state, void *ctx, struct err *err)
{
    return start(out, spec, slot, on_state, ctx, false, err);
}

int cap_feed_start_anyway(struct cap_feed **out, const char *spec, struct cap_slot *slot,
                          cap_state_fn on_state, void *ctx, struct err *err)
{
    return start(out, spec, slot, on_state, ctx, true, err);
}

int cap_feed_switch(struct cap_feed *feed, const char *spec, struct err *err)
{
    int ret = cap_spec_check(spec, err);
    if (ret)
        return ret;
    pthread_mutex_lock(&feed->lock);
    snprintf(feed->wanted, sizeof feed->wanted, "%s", spec);
    feed->change = true;
    feed->pause = false;
    drop_controls(feed);
    show_orders(feed);
    pthread_mutex_unlock(&feed->lock);
    return 0;
}

static void order_pause(struct cap_feed *feed, bool pause)
{
    pthread_mutex_lock(&feed->lock);
    feed->pause = pause;
    show_orders(feed);
    pthread_mutex_unlock(&feed->lock);
}

void cap_feed_pause(struct cap_feed *feed)
{
    order_pause(feed, true);
}

void cap_feed_resume(struct cap_feed *feed)
{
    order_pause(feed, false);
}

void cap_feed_controls(struct cap_feed *feed, struct cap_control list[CAP_CONTROLS])
{
    pthread_mutex_lock(&feed->lock);
    if (has_larger_order(feed))
        memset(list, 0, sizeof feed->control);
    else
        memcpy(list, feed->control, sizeof feed->control);
    pthread_mutex_unlock(&feed->lock);
}

void cap_feed_set_control(struct cap_feed *feed, const char *spec, enum cap_control_id id,
                          int value)
{
    pthread_mutex_lock(&feed->lock);
    struct cap_control *control = &feed->control[id];
    if (control->there && !has_larger_order(feed) && strcmp(feed->controlled, spec) == 0) {
        feed->set[id] = true;
        feed->to[id] = value;
        control->value = value; // until it is read back
        show_orders(feed);
    }
    pthread_mutex_unlock(&feed->lock);
}

void cap_feed_stop(struct cap_feed *feed)
{
    if (!feed)
        return;
    pthread_mutex_lock(&feed->lock);
    feed->stop = true;
    show_orders(feed);
    pthread_mutex_unlock(&feed->lock);
    pthread_join(feed->thread, NULL);
    destroy(feed);
}
