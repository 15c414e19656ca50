// SPDX-License-Identifier: MIT
// DESIGN. hold() and release() set wishes under the lock; the thread turns a wish into a burst: it
// attaches to the slot, saves a crop of each frame it gets, and detaches. One more wish may wait
// for the burst to end: who rolls from one key to the next loses nothing. Finding faces, cropping,
// encoding and fsync happen outside the lock.
#include "app/collector.h"

#include "app/sieve.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/face/chip.h"
#include "core/face/portrait.h"
#include "core/image/save.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JPEG_QUALITY  95
#define FRAME_WAIT_MS 100
#define NO_FRAME_MS   3000 // a burst that nobody holds gives up on a camera that sends nothing

static const char keys[SIAM_KINDS] = {'a', 'p', 'n'};

struct wish {
    bool wanted;
    bool released; // it may end
    enum siam_kind kind;
    int frames_left; // -1: until released
};

struct app_collector {
    char dir[SIAM_KINDS][PATH_MAX];
    struct cap_slot *slot;
    struct app_events *events;
    struct app_edits *edits;
    bool find_faces;
    struct app_collector_calls calls;
    pthread_t thread;
    bool started;
    atomic_bool quit;

    // The thread's own.
    char prefix[PATH_MAX]; // the burst's files are PREFIX-NNNN.jpg, from 1 on
    int burst_number;
    struct img crop;
    struct face_reader *finder; // made with the first burst
    bool have_face;             // found in the burst's frame before, at
    struct face_pose face;
    struct app_sieve sieve;
    bool failed; // the burst

    pthread_mutex_t lock;
    pthread_cond_t wish;
    struct wish now, next; // protected by lock, as all below: the burst under way, the one after
    struct app_collector_state state;
};

static int kind_of(char key)
{
    for (int k = 0; k < SIAM_KINDS; k++)
        if (keys[k] == key)
            return k;
    return -1;
}

static void fail(struct app_collector *c, int code, const char *text)
{
    c->failed = true;
    c->calls.failed(c->calls.ctx, code, text);
}

static void begin_burst(struct app_collector *c, enum siam_kind kind)
{
    char stamp[20];
    clock_stamp(stamp);
    snprintf(c->prefix, sizeof c->prefix, "%s/%s-%s-b%03d", c->dir[kind], app_kind_folders[kind],
             stamp, ++c->burst_number);
    app_edits_begin_burst(c->edits);
}

// *box: what to keep of the frame.
static int choose_box(struct app_collector *c, const struct img *frame, struct img_rect *box,
                      struct err *err)
{
    *box = face_guide_box(frame->w, frame->h);
    if (!c->find_faces)
        return 0;
    if (!c->finder) {
        int ret = face_reader_create(&c->finder, NULL, err);
        if (ret)
            return ret;
    }
    int found = face_read_frame(c->finder, frame, c->have_face ? &c->face : NULL, &c->face, err);
    c->have_face = found == FACE_FOUND;
    if (c->have_face)
        *box = face_pose_surroundings(&c->face, frame->w, frame->h);
    return found < 0 ? found : 0;
}

// What a frame of the burst is to become.
struct shot {
    enum siam_kind kind;
    int number; // of the picture in the burst
    bool sieve; // it may be left out
};

// *sieved: whether the frame was saved, or why not; *box: what of it.
static int save_frame(struct app_collector *c, const struct cap_frame *frame,
                      const struct shot *shot, enum app_sieved *sieved, struct img_rect *box,
                      struct err *err)
{
    char path[PATH_MAX];
    *sieved = APP_SIEVE_KEPT;
    int ret = choose_box(c, &frame->img, box, err);
    if (!ret && shot->sieve)
        *sieved = app_sieve_judge(&c->sieve, &frame->img, *box,
                                  c->have_face ? face_pose_box(&c->face) : *box, frame->capture_ns);
    if (ret || *sieved != APP_SIEVE_KEPT)
        return ret;
    snprintf(path, sizeof path, "%s-%04d.jpg", c->prefix, shot->number);
    ret = img_crop(&c->crop, &frame->img, *box, err);
    if (!ret)
        ret = img_save_jpeg(&c->crop, path, JPEG_QUALITY, err);
    if (!ret)
        ret = app_edits_saved(c->edits, shot->kind, path, err);
    if (!ret)
        app_events_saved(c->events, app_kind_folders[shot->kind], path, frame->frame);
    return ret;
}

// With the lock held.
static void count_frame(struct app_collector *c, enum app_sieved sieved)
{
    c->state.burst += sieved == APP_SIEVE_KEPT;
    c->state.alike += sieved == APP_SIEVE_ALIKE;
    c->state.blurred += sieved == APP_SIEVE_BLURRED;
    if (sieved == APP_SIEVE_KEPT)
        c->state.saved_ns = clock_now_ns();
}

// Takes one frame of the present burst. Returns whether the burst can go on.
static bool take_frame(struct app_collector *c, const struct cap_frame *frame)
{
    struct err err = {0};
    enum app_sieved sieved;
    struct img_rect box;
    pthread_mutex_lock(&c->lock);
    int n = c->state.burst;
    struct shot shot = {c->now.kind, n + 1, c->now.frames_left < 0};
    bool over = c->now.released && n > 0;
    pthread_mutex_unlock(&c->lock);
    if (over)
        return false;

    int ret = save_frame(c, frame, &shot, &sieved, &box, &err);
    if (ret)
        fail(c, ret, err.text);
    else if (sieved == APP_SIEVE_KEPT)
        c->calls.saved(c->calls.ctx, shot.kind);

    pthread_mutex_lock(&c->lock);
    if (!ret) {
        count_frame(c, sieved);
        c->state.box = box;
    }
    if (c->now.frames_left > 0)
        c->now.frames_left--;
    bool held = !c->now.released || c->state.burst == 0;
    bool more = !ret && !c->quit && c->now.frames_left != 0 && held;
    pthread_mutex_unlock(&c->lock);
    return more;
}

// Whether a burst that has got no frame for `idle_ms` should go on waiting.
static bool keep_waiting(struct app_collector *c, int idle_ms)
{
    pthread_mutex_lock(&c->lock);
    bool given_up = idle_ms >= NO_FRAME_MS && (c->now.released || c->now.frames_left > 0);
    pthread_mutex_unlock(&c->lock);
    if (given_up)
        fail(c, ERR_CAMERA, "no picture was saved: the camera sends none");
    return !given_up && !c->quit;
}

static void run_burst(struct app_collector *c)
{
    int reader = cap_slot_attach(c->slot);
    bool more = reader >= 0;
    c->have_face = false;
    app_sieve_begin(&c->sieve);
    for (int idle_ms = 0; more;) {
        const struct cap_frame *frame = cap_slot_wait(c->slot, reader, FRAME_WAIT_MS);
        if (!frame) {
            idle_ms += FRAME_WAIT_MS;
            more = keep_waiting(c, idle_ms);
            continue;
        }
        idle_ms = 0;
        more = take_frame(c, frame);
        cap_slot_release(c->slot, frame);
    }
    if (reader >= 0)
        cap_slot_detach(c->slot, reader);
}

static void tell_end(struct app_collector *c, enum siam_kind kind)
{
    pthread_mutex_lock(&c->lock);
    struct app_burst burst = {kind, c->state.burst, c->state.alike, c->state.blurred, c->failed};
    pthread_mutex_unlock(&c->lock);
    c->calls.ended(c->calls.ctx, &burst);
}

static void *collector_main(void *arg)
{
    struct app_collector *c = arg;
    app_edits_count(c->edits, &c->quit);
    pthread_mutex_lock(&c->lock);
    while (!c->quit) {
        if (!c->now.wanted) {
            pthread_cond_wait(&c->wish, &c->lock);
            continue;
        }
        enum siam_kind kind = c->now.kind;
        c->state.burst = c->state.alike = c->state.blurred = 0;
        c->state.box = (struct img_rect){0};
        pthread_mutex_unlock(&c->lock);
        c->failed = false;
        begin_burst(c, kind);
        run_burst(c);
        tell_end(c, kind);
        pthread_mutex_lock(&c->lock);
        c->now = c->next;
        c->next = (struct wish){0};
        c->state.holding = c->now.wanted ? keys[c->now.kind] : 0;
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static int make_folders(struct app_collector *c, const char *data_dir, struct err *err)
{
    for (int k = 0; k < SIAM_KINDS; k++) {
        int ret = file_join(c->dir[k], sizeof c->dir[k], data_dir, app_kind_folders[k], err);
        if (!ret)
            ret = file_make_dirs(c->dir[k], err);
        if (ret)
            return ret;
    }
    return 0;
}

int app_collector_create(struct app_collector **out, const struct app_collector_config *config,
                         struct err *err)
{
    *out = NULL;
    struct app_collector *c = calloc(1, sizeof *c);
    if (!c)
        return err_memory(err, "collector");
    c->slot = config->slot;
    c->events = config->events;
    c->edits = config->edits;
    c->find_faces = config->find_faces;
    c->calls = config->calls;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wish, NULL);
    int ret = make_folders(c, config->data_dir, err);
    if (!ret && pthread_create(&c->thread, NULL, collector_main, c))
        ret = err_memory(err, "collector thread");
    if (ret) {
        app_collector_destroy(c);
        return ret;
    }
    c->started = true;
    *out = c;
    return 0;
}

void app_collector_destroy(struct app_collector *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->quit = true;
    pthread_cond_signal(&c->wish);
    pthread_mutex_unlock(&c->lock);
    if (c->started)
        pthread_join(c->thread, NULL);
    face_reader_destroy(c->finder);
    img_finish(&c->crop);
    pthread_cond_destroy(&c->wish);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

// "Not me" pictures must not land in somebody's collection that negative/ is a link to.
static bool is_foreign(const char *dir)
{
    char target[8];
    return readlink(dir, target, sizeof target) >= 0;
}

bool app_collector_hold(struct app_collector *c, char key, int n_frames)
{
    int kind = kind_of(key);
    if (kind < 0)
        return false;
    if (is_foreign(c->dir[kind])) {
        char text[ERR_TEXT_MAX];
        snprintf(text, sizeof text, "%s is a link to another folder, which is never written to",
                 c->dir[kind]);
        c->calls.failed(c->calls.ctx, ERR_DATA, text);
        return false;
    }
    pthread_mutex_lock(&c->lock);
    struct wish wish = {.wanted = true, .kind = (enum siam_kind)kind, .frames_left = n_frames};
    bool taken = !c->now.wanted || c->now.released;
    if (!c->now.wanted) {
        c->now = wish;
        c->state.holding = key;
        pthread_cond_signal(&c->wish);
    } else if (c->now.released) {
        c->next = wish;
    }
    pthread_mutex_unlock(&c->lock);
    return taken;
}

void app_collector_release(struct app_collector *c, char key)
{
    pthread_mutex_lock(&c->lock);
    if (c->next.wanted && keys[c->next.kind] == key)
        c->next.released = true;
    else if (c->now.wanted && keys[c->now.kind] == key)
        c->now.released = true;
    pthread_mutex_unlock(&c->lock);
}

void app_collector_state(struct app_collector *c, struct app_collector_state *state)
{
    pthread_mutex_lock(&c->lock);
    *state = c->state;
    pthread_mutex_unlock(&c->lock);
}

bool app_collector_is_holding(struct app_collector *c)
{
    struct app_collector_state state;
    app_collector_state(c, &state);
    return state.holding != 0;
}
