// SPDX-License-Identifier: MIT
#include "capture/feed.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#define MS   (CLOCK_SECOND / 1000)
#define SOON (20 * CLOCK_SECOND) // what is not woken sleeps for 100 s, or for good

// What the feed tells, from its thread.
struct told {
    pthread_mutex_t lock;
    int n_opened, n_lost, n_refused, n_paused; // protected by lock, as all below
    struct cap_info info;                      // of the last
    char detail[512];                          // of the last
    char cause[512];                           // of the last refusal
    char story[16];                            // O, L, R, P: the first states, in their order
};

static void remember(void *ctx, enum cap_state state, const char *detail,
                     const struct cap_info *info)
{
    struct told *told = ctx;
    pthread_mutex_lock(&told->lock);
    told->n_opened += state == CAP_OPENED;
    told->n_lost += state == CAP_LOST;
    told->n_refused += state == CAP_REFUSED;
    told->n_paused += state == CAP_PAUSED;
    int n = told->n_opened + told->n_lost + told->n_refused + told->n_paused;
    if (n < (int)sizeof told->story)
        told->story[n - 1] = "OLRP"[state];
    if (state == CAP_REFUSED)
        snprintf(told->cause, sizeof told->cause, "%s", detail);
    told->info = *info;
    snprintf(told->detail, sizeof told->detail, "%s", detail);
    pthread_mutex_unlock(&told->lock);
}

static struct told told_so_far(struct told *told)
{
    pthread_mutex_lock(&told->lock);
    struct told copy;
    memcpy(&copy, told, sizeof copy);
    pthread_mutex_unlock(&told->lock);
    return copy;
}

struct setup {
    struct cap_slot *slot;
    struct cap_feed *feed;
    struct told told;
    int reader;
};

static void save_picture(const char *dir, const char *name)
{
    char path[700];
    struct img img = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(img_reserve(&img, 32, 24, NULL), 0);
    memset(img.px, 99, 32 * 24 * 3);
    assert_int_equal(img_save_jpeg(&img, path, 90, NULL), 0);
    img_finish(&img);
}

static void start(struct setup *s, const char *spec)
{
    struct err err = {0};
    memset(s, 0, sizeof *s);
    pthread_mutex_init(&s->told.lock, NULL);
    assert_int_equal(cap_slot_create(&s->slot, &err), 0);
    s->reader = cap_slot_attach(s->slot);
    if (cap_feed_start(&s->feed, spec, s->slot, remember, &s->told, &err))
        fail_msg("%s: %s", spec, err.text);
}

// Plays three small pictures, which cost nothing, below the test's folder.
static void start_replay(struct setup *s, void **state, const char *rate)
{
    char spec[700];
    for (int i = 0; i < 3; i++)
        save_picture(*state, (const char *[]){"1.jpg", "2.jpg", "3.jpg"}[i]);
    snprintf(spec, sizeof spec, "replay:%s%s", (char *)*state, rate);
    start(s, spec);
}

// Stops and says how long that took.
static int64_t stop(struct setup *s)
{
    int64_t begin = clock_now_ns();
    cap_feed_stop(s->feed);
    int64_t took = clock_now_ns() - begin;
    cap_slot_destroy(s->slot);
    pthread_mutex_destroy(&s->told.lock);
    return took;
}

static int64_t next_frame(struct setup *s, int timeout_ms)
{
    const struct cap_frame *frame = cap_slot_wait(s->slot, s->reader, timeout_ms);
    if (!frame)
        return 0;
    int64_t number = frame->frame;
    assert_true(frame->capture_ns > 0 && frame->capture_ns <= clock_now_ns());
    cap_slot_release(s->slot, frame);
    return number;
}

// Reads until the state was told n times; returns how often it was.
static int wait_for(struct setup *s, enum cap_state state, int n)
{
    int have = 0;
    for (int i = 0; i < 1000 && have < n; i++) {
        next_frame(s, 10);
        struct told told = told_so_far(&s->told);
        have = state == CAP_OPENED   ? told.n_opened
               : state == CAP_LOST   ? told.n_lost
               : state == CAP_PAUSED ? told.n_paused
                                     : told.n_refused;
    }
    return have;
}

static void frames_come_and_the_camera_is_told(void **state)
{
    (void)state;
    struct setup s;
    start(&s, "demo:2@50");
    int64_t last = 0;
    for (int i = 0; i < 5; i++) {
        int64_t number = next_frame(&s, 5000);
        assert_true(number > last);
        last = number;
    }
    struct told told = told_so_far(&s.told);
    assert_int_equal(told.n_opened, 1);
    assert_int_equal(told.n_lost, 0);
    assert_string_equal(told.info.spec, "demo:2@50");
    assert_int_equal(told.info.w, 640);
    assert_string_equal(told.detail, "Demo camera, person 2, 640x480 drawn, 50 fps");
    stop(&s);
}

static void the_first_failure_is_the_result(void **state)
{
    (void)state;
    struct cap_slot *slot;
    struct cap_feed *feed = (struct cap_feed *)&slot;
    struct err err = {0};
    assert_int_equal(cap_slot_create(&slot, NULL), 0);
    assert_int_equal(cap_feed_start(&feed, "/dev/video98765", slot, NULL, NULL, &err), ERR_CAMERA);
    assert_null(feed);
    assert_non_null(strstr(err.text, "no such camera"));
    feed = (struct cap_feed *)&slot;
    assert_int_equal(cap_feed_start(&feed, "no spec", slot, NULL, NULL, &err), ERR_USAGE);
    assert_null(feed);
    cap_feed_stop(NULL);
    cap_slot_destroy(slot);
}

// The folder of a recording is not there when the feed starts, and comes.
static void a_camera_that_comes_later_is_waited_for(void **state)
{
    struct setup s = {0};
    char dir[600], away[600], spec[700];
    snprintf(dir, sizeof dir, "%s/camera", (char *)*state);
    snprintf(away, sizeof away, "%s/away", (char *)*state);
    snprintf(spec, sizeof spec, "replay:%s", dir);
    assert_int_equal(file_make_dirs(away, NULL), 0);
    save_picture(away, "1.jpg");
    pthread_mutex_init(&s.told.lock, NULL);
    assert_int_equal(cap_slot_create(&s.slot, NULL), 0);
    s.reader = cap_slot_attach(s.slot);
    struct err err = {0};
    assert_int_equal(cap_feed_start_anyway(&s.feed, "no spec", s.slot, remember, &s.told, &err),
                     ERR_USAGE);
    assert_null(s.feed);
    assert_int_equal(cap_feed_start_anyway(&s.feed, spec, s.slot, remember, &s.told, &err), 0);
    assert_int_equal(wait_for(&s, CAP_LOST, 1), 1);
    assert_non_null(strstr(told_so_far(&s.told).detail, dir));
    // A switch that comes to nothing goes back to waiting for it.
    assert_int_equal(cap_feed_switch(s.feed, "/dev/video98765", NULL), 0);
    assert_int_equal(wait_for(&s, CAP_REFUSED, 1), 1);
    assert_int_equal(rename(away, dir), 0);
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    assert_string_equal(told_so_far(&s.told).info.spec, spec);
    assert_true(next_frame(&s, 5000) > 0);
    assert_true(stop(&s) < SOON);
}

static void a_camera_that_never_comes_is_given_up_at_once(void **state)
{
    (void)state;
    struct setup s = {0};
    pthread_mutex_init(&s.told.lock, NULL);
    assert_int_equal(cap_slot_create(&s.slot, NULL), 0);
    s.reader = cap_slot_attach(s.slot);
    assert_int_equal(
        cap_feed_start_anyway(&s.feed, "/dev/video98765", s.slot, remember, &s.told, NULL), 0);
    assert_int_equal(wait_for(&s, CAP_LOST, 1), 1);
    cap_feed_pause(s.feed);
    assert_int_equal(wait_for(&s, CAP_PAUSED, 1), 1);
    assert_true(stop(&s) < SOON);
}

static void a_sleeping_camera_stops_at_once(void **state)
{
    struct setup s;
    start_replay(&s, state, "@0.01"); // one frame, then nothing for 100 s
    assert_int_equal(next_frame(&s, 5000), 1);
    clock_sleep_until(clock_now_ns() + 30 * MS);
    assert_true(stop(&s) < SOON);
}

static void lockstep_waits_for_a_slow_reader(void **state)
{
    struct setup s;
    start_replay(&s, state, "");
    for (int i = 1; i <= 12; i++) {
        assert_int_equal(next_frame(&s, 5000), i);
        clock_sleep_until(clock_now_ns() + 25 * MS); // longer than one slice of waiting
    }
    assert_int_equal(cap_slot_dropped(s.slot, s.reader), 0);
    assert_true(stop(&s) < SOON);
}

static void lockstep_without_a_reader_waits_and_stops(void **state)
{
    struct setup s;
    start_replay(&s, state, "");
    assert_int_equal(next_frame(&s, 5000), 1);
    cap_slot_detach(s.slot, s.reader);
    clock_sleep_until(clock_now_ns() + 100 * MS);
    s.reader = cap_slot_attach(s.slot); // the next frame is at most the second after that one
    assert_in_range(next_frame(&s, 5000), 2, 3);
    assert_true(stop(&s) < SOON);
}

static void a_closed_slot_ends_the_feed(void **state)
{
    struct setup s;
    start_replay(&s, state, "");
    next_frame(&s, 5000);
    cap_slot_close(s.slot);
    assert_true(stop(&s) < SOON);
}

static void a_lost_camera_is_told_once_and_comes_back(void **state)
{
    char dir[600], away[700], spec[700];
    struct setup s;
    snprintf(dir, sizeof dir, "%s/recording", (const char *)*state);
    snprintf(away, sizeof away, "%s.away", dir);
    snprintf(spec, sizeof spec, "replay:%s@200", dir);
    assert_int_equal(file_make_dirs(dir, NULL), 0);
    save_picture(dir, "1.jpg");
    save_picture(dir, "2.jpg");
    start(&s, spec);
    assert_true(next_frame(&s, 5000) > 0);
    assert_int_equal(rename(dir, away), 0);
    assert_int_equal(wait_for(&s, CAP_LOST, 1), 1);
    assert_non_null(strstr(told_so_far(&s.told).detail, "gone"));
    clock_sleep_until(clock_now_ns() + 600 * MS); // two more tries, in silence
    assert_int_equal(told_so_far(&s.told).n_lost, 1);
    assert_int_equal(told_so_far(&s.told).n_opened, 1);
    while (next_frame(&s, 1) > 0)
        ;
    assert_int_equal(rename(away, dir), 0);
    assert_true(next_frame(&s, 5000) > 0);
    struct told told = told_so_far(&s.told);
    assert_int_equal(told.n_opened, 2);
    assert_int_equal(told.n_lost, 1);
    assert_string_equal(told.info.spec, spec);
    assert_true(stop(&s) < SOON);
}

static void a_lost_camera_can_be_given_up(void **state)
{
    char dir[600], spec[700], command[700];
    struct setup s;
    snprintf(dir, sizeof dir, "%s/recording", (const char *)*state);
    snprintf(spec, sizeof spec, "replay:%s@100", dir);
    snprintf(command, sizeof command, "rm -r '%s'", dir);
    assert_int_equal(file_make_dirs(dir, NULL), 0);
    save_picture(dir, "1.jpg");
    start(&s, spec);
    assert_true(next_frame(&s, 5000) > 0);
    assert_int_equal(system(command), 0);
    assert_int_equal(wait_for(&s, CAP_LOST, 1), 1);
    clock_sleep_until(clock_now_ns() + 300 * MS); // now it sleeps between two tries
    assert_true(stop(&s) < SOON);
}

// -- switching --

static void switch_to(struct setup *s, const char *spec)
{
    struct err err = {0};
    if (cap_feed_switch(s->feed, spec, &err))
        fail_msg("%s: %s", spec, err.text);
}

// A reader beside the test's own: whole pictures, rising numbers, times that never go back.
struct watcher {
    struct cap_slot *slot;
    int reader;
    int64_t n_frames, n_bad;
    pthread_t thread;
};

static void *watch(void *arg)
{
    struct watcher *w = arg;
    const struct cap_frame *shown = NULL;
    while (!cap_slot_closed(w->slot)) {
        const struct cap_frame *frame = cap_slot_wait(w->slot, w->reader, 20);
        if (!frame)
            continue;
        if (shown) {
            w->n_bad += frame->frame <= shown->frame || frame->capture_ns < shown->capture_ns;
            cap_slot_release(w->slot, shown);
        }
        w->n_bad += !(frame->img.w == 640 && frame->img.h == 480) &&
                    !(frame->img.w == 32 && frame->img.h == 24 && abs(frame->img.px[5] - 99) < 3);
        w->n_frames++;
        shown = frame;
    }
    if (shown)
        cap_slot_release(w->slot, shown);
    return NULL;
}

static void start_watchers(struct setup *s, struct watcher *watchers, int n)
{
    for (int i = 0; i < n; i++) {
        watchers[i] = (struct watcher){.slot = s->slot, .reader = cap_slot_attach(s->slot)};
        assert_int_equal(pthread_create(&watchers[i].thread, NULL, watch, &watchers[i]), 0);
    }
}

static void join_watchers(struct setup *s, struct watcher *watchers, int n)
{
    cap_slot_close(s->slot);
    for (int i = 0; i < n; i++) {
        pthread_join(watchers[i].thread, NULL);
        assert_int_equal(watchers[i].n_bad, 0);
        assert_true(watchers[i].n_frames > 0);
    }
}

static void cameras_are_switched_while_readers_read(void **state)
{
    struct setup s;
    struct watcher watchers[3];
    char lockstep[700], paced[700];
    start_replay(&s, state, "@100");
    snprintf(lockstep, sizeof lockstep, "replay:%s", (char *)*state);
    snprintf(paced, sizeof paced, "replay:%s@100", (char *)*state);
    start_watchers(&s, watchers, 3);
    const char *specs[] = {"demo:3", lockstep, "demo", paced, "demo:0", "demo:5@0", lockstep};
    int64_t last = next_frame(&s, 5000);
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    for (int i = 0; i < 7; i++) {
        switch_to(&s, specs[i]);
        assert_int_equal(wait_for(&s, CAP_OPENED, i + 2), i + 2);
        assert_string_equal(told_so_far(&s.told).info.spec, specs[i]);
        int64_t number = next_frame(&s, 5000);
        assert_true(number > last);
        last = number;
    }
    assert_string_equal(told_so_far(&s.told).story, "OOOOOOOO");
    join_watchers(&s, watchers, 3);
    assert_true(stop(&s) < SOON);
}

static void a_wrong_spec_changes_nothing(void **state)
{
    struct setup s;
    struct err err = {0};
    start_replay(&s, state, "@100");
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    assert_int_equal(cap_feed_switch(s.feed, "demo:99", &err), ERR_USAGE);
    assert_non_null(strstr(err.text, "IDENTITY"));
    for (int i = 0; i < 5; i++)
        assert_true(next_frame(&s, 5000) > 0);
    assert_string_equal(told_so_far(&s.told).story, "O");
    stop(&s);
}

static void a_refused_switch_goes_back(void **state)
{
    struct setup s;
    start_replay(&s, state, "@100");
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    char old[512];
    snprintf(old, sizeof old, "%s", told_so_far(&s.told).info.spec);
    switch_to(&s, "/dev/video98765");
    assert_int_equal(wait_for(&s, CAP_OPENED, 2), 2);
    struct told told = told_so_far(&s.told);
    assert_string_equal(told.story, "ORO");
    assert_non_null(strstr(told.cause, "/dev/video98765: no such camera"));
    assert_string_equal(told.info.spec, old);
    assert_true(next_frame(&s, 5000) > 0);
    switch_to(&s, "demo:1"); // and another one is answered as usual
    assert_int_equal(wait_for(&s, CAP_OPENED, 3), 3);
    assert_string_equal(told_so_far(&s.told).info.spec, "demo:1");
    stop(&s);
}

// A recording of one picture below the test's folder, and a feed that has lost it.
static void start_lost(struct setup *s, void **state, char dir[600], char away[700])
{
    char spec[700];
    snprintf(dir, 600, "%s/recording", (const char *)*state);
    snprintf(away, 700, "%s.away", dir);
    snprintf(spec, sizeof spec, "replay:%s@100", dir);
    assert_int_equal(file_make_dirs(dir, NULL), 0);
    save_picture(dir, "1.jpg");
    start(s, spec);
    assert_int_equal(wait_for(s, CAP_OPENED, 1), 1);
    assert_int_equal(rename(dir, away), 0);
    assert_int_equal(wait_for(s, CAP_LOST, 1), 1);
}

// It does not sleep through the pause between two tries. On a busy machine a switch can take as
// long, but not each time.
static void a_lost_camera_gives_way_to_another(void **state)
{
    int64_t least = INT64_MAX;
    for (int i = 0; i < 20 && least >= 600 * MS; i++) {
        char dir[600], away[700];
        struct setup s;
        start_lost(&s, state, dir, away);
        clock_sleep_until(clock_now_ns() + 900 * MS); // within a pause of 1 s
        int64_t begin = clock_now_ns();
        switch_to(&s, "demo:7@100");
        assert_int_equal(wait_for(&s, CAP_OPENED, 2), 2);
        int64_t took = clock_now_ns() - begin;
        least = took < least ? took : least;
        assert_string_equal(told_so_far(&s.told).info.spec, "demo:7@100");
        assert_string_equal(told_so_far(&s.told).story, "OLO");
        stop(&s);
        assert_int_equal(rename(away, dir), 0);
    }
    assert_true(least < 600 * MS);
}

static void a_refused_switch_goes_back_to_a_lost_camera(void **state)
{
    char dir[600], away[700];
    struct setup s;
    start_lost(&s, state, dir, away);
    switch_to(&s, "/dev/video98765");
    assert_int_equal(wait_for(&s, CAP_LOST, 2), 2);
    assert_string_equal(told_so_far(&s.told).story, "OLRL");
    clock_sleep_until(clock_now_ns() + 600 * MS); // tries again, in silence
    assert_string_equal(told_so_far(&s.told).story, "OLRL");
    assert_int_equal(rename(away, dir), 0);
    assert_int_equal(wait_for(&s, CAP_OPENED, 2), 2);
    assert_string_equal(told_so_far(&s.told).story, "OLRLO");
    assert_true(stop(&s) < SOON);
}

static void of_quick_switches_the_last_wins(void **state)
{
    enum { N = 40 };
    struct setup s;
    char spec[32];
    start_replay(&s, state, "");
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    int64_t begin = clock_now_ns();
    for (int i = 0; i < N; i++) {
        snprintf(spec, sizeof spec, i % 3 ? "demo:%d" : "/dev/video9876%d", i % 10);
        switch_to(&s, spec);
    }
    assert_true(clock_now_ns() - begin < SOON);
    switch_to(&s, "demo:23");
    for (int i = 0; i < 500 && strcmp(told_so_far(&s.told).info.spec, "demo:23") != 0; i++)
        next_frame(&s, 10);
    clock_sleep_until(clock_now_ns() + 100 * MS); // no answer comes late
    struct told told = told_so_far(&s.told);
    assert_string_equal(told.info.spec, "demo:23");
    assert_true(told.n_opened + told.n_refused <= 1 + N + 1);
    assert_int_equal(told.n_lost, 0);
    stop(&s);
}

// -- pauses --

static void a_pause_brings_no_frames_until_it_is_over(void **state)
{
    struct setup s;
    start_replay(&s, state, "@100");
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    int64_t last = next_frame(&s, 5000);
    cap_feed_pause(s.feed);
    assert_int_equal(wait_for(&s, CAP_PAUSED, 1), 1);
    while (next_frame(&s, 0)) // what was in the slot before
        last++;
    assert_int_equal(next_frame(&s, 300), 0);
    cap_feed_pause(s.feed); // again: nothing new
    assert_int_equal(next_frame(&s, 150), 0);
    cap_feed_resume(s.feed);
    assert_int_equal(wait_for(&s, CAP_OPENED, 2), 2);
    assert_true(next_frame(&s, 5000) > last);
    assert_string_equal(told_so_far(&s.told).story, "OPO");
    stop(&s);
}

static void a_pause_is_ended_by_a_switch(void **state)
{
    struct setup s;
    start_replay(&s, state, "@100");
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    cap_feed_pause(s.feed);
    assert_int_equal(wait_for(&s, CAP_PAUSED, 1), 1);
    switch_to(&s, "demo:3");
    assert_int_equal(wait_for(&s, CAP_OPENED, 2), 2);
    assert_string_equal(told_so_far(&s.told).info.spec, "demo:3");
    assert_string_equal(told_so_far(&s.told).story, "OPO");
    stop(&s);
}

static void a_lost_camera_can_be_paused(void **state)
{
    char dir[600], away[700];
    struct setup s;
    start_lost(&s, state, dir, away);
    cap_feed_pause(s.feed);
    assert_int_equal(wait_for(&s, CAP_PAUSED, 1), 1);
    cap_feed_resume(s.feed);
    assert_int_equal(wait_for(&s, CAP_LOST, 2), 2);
    assert_int_equal(rename(away, dir), 0);
    assert_int_equal(wait_for(&s, CAP_OPENED, 2), 2);
    assert_string_equal(told_so_far(&s.told).story, "OLPLO");
    stop(&s);
}

static void a_pause_ends_with_the_feed(void **state)
{
    struct setup s;
    start_replay(&s, state, "@100");
    cap_feed_pause(s.feed);
    assert_int_equal(wait_for(&s, CAP_PAUSED, 1), 1);
    assert_true(stop(&s) < SOON);
    start(&s, "demo:1@0");
    cap_feed_pause(s.feed);
    assert_int_equal(wait_for(&s, CAP_PAUSED, 1), 1);
    cap_slot_close(s.slot);
    clock_sleep_until(clock_now_ns() + 200 * MS); // it ends by itself
    assert_true(stop(&s) < SOON);
}

static void quick_pauses_end_as_the_last_call_says(void **state)
{
    struct setup s;
    start_replay(&s, state, "");
    assert_int_equal(wait_for(&s, CAP_OPENED, 1), 1);
    for (int i = 0; i < 200; i++) {
        cap_feed_pause(s.feed);
        next_frame(&s, i % 3);
        cap_feed_resume(s.feed);
        next_frame(&s, i % 5);
    }
    int64_t last = 0;
    for (int i = 0; i < 20; i++)
        last = next_frame(&s, 5000);
    assert_true(last > 0);
    struct told told = told_so_far(&s.told);
    assert_true(told.n_opened - told.n_paused <= 1 && told.n_lost + told.n_refused == 0);
    stop(&s);
}

static void a_stop_during_a_switch_wins(void **state)
{
    for (int i = 0; i < 10; i++) {
        struct setup s;
        start_replay(&s, state, i % 2 ? "" : "@100");
        next_frame(&s, 5000);
        switch_to(&s, i % 3 == 0 ? "/dev/video98765" : i % 3 == 1 ? "demo:4" : "demo@0.01");
        clock_sleep_until(clock_now_ns() + i * MS);
        assert_true(stop(&s) < SOON);
    }
}

struct chain {
    struct cap_feed *_Atomic feed;
    struct told told;
};

// Asks for the next camera from within the answer.
static void switch_on(void *ctx, enum cap_state state, const char *detail,
                      const struct cap_info *info)
{
    struct chain *chain = ctx;
    remember(&chain->told, state, detail, info);
    struct cap_feed *feed = chain->feed;
    if (feed && told_so_far(&chain->told).n_opened < 4)
        cap_feed_switch(feed, state == CAP_REFUSED ? "demo:2@200" : "/dev/video98765", NULL);
}

static void the_answer_may_ask_for_the_next(void **state)
{
    (void)state;
    struct cap_slot *slot;
    struct cap_feed *feed;
    struct chain chain = {.told = {.lock = PTHREAD_MUTEX_INITIALIZER}};
    assert_int_equal(cap_slot_create(&slot, NULL), 0);
    assert_int_equal(cap_feed_start(&feed, "demo@200", slot, switch_on, &chain, NULL), 0);
    chain.feed = feed;
    cap_feed_switch(feed, "demo:1@200", NULL);
    for (int i = 0; i < 500 && told_so_far(&chain.told).n_opened < 4; i++)
        usleep(10000);
    assert_true(told_so_far(&chain.told).n_opened >= 4);
    cap_feed_stop(feed);
    cap_slot_destroy(slot);
}

static void a_reader_that_hoards_stalls_the_frames_only(void **state)
{
    struct setup s;
    const struct cap_frame *held[2 * CAP_READERS + 2];
    int n = 0;
    start_replay(&s, state, "@500");
    const struct cap_frame *frame;
    while ((frame = cap_slot_wait(s.slot, s.reader, n < 10 ? 5000 : 150)))
        held[n++] = frame;
    assert_int_equal(n, 2 * CAP_READERS + 2);
    switch_to(&s, "demo@200"); // even then
    clock_sleep_until(clock_now_ns() + 50 * MS);
    assert_int_equal(told_so_far(&s.told).n_opened, 1);
    while (n > 0)
        cap_slot_release(s.slot, held[--n]);
    assert_true(next_frame(&s, 5000) >= 2 * CAP_READERS + 3);
    assert_string_equal(told_so_far(&s.told).info.spec, "demo@200");
    stop(&s);
}

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_and_the_camera_is_told),
        cmocka_unit_test(the_first_failure_is_the_result),
        cmocka_unit_test_setup_teardown(a_camera_that_comes_later_is_waited_for, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test(a_camera_that_never_comes_is_given_up_at_once),
        cmocka_unit_test_setup_teardown(a_sleeping_camera_stops_at_once, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(lockstep_waits_for_a_slow_reader, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(lockstep_without_a_reader_waits_and_stops, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_closed_slot_ends_the_feed, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_lost_camera_is_told_once_and_comes_back, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_lost_camera_can_be_given_up, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(cameras_are_switched_while_readers_read, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_wrong_spec_changes_nothing, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_refused_switch_goes_back, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(a_lost_camera_gives_way_to_another, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_refused_switch_goes_back_to_a_lost_camera, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(of_quick_switches_the_last_wins, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_pause_brings_no_frames_until_it_is_over, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_pause_is_ended_by_a_switch, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_lost_camera_can_be_paused, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_pause_ends_with_the_feed, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(quick_pauses_end_as_the_last_call_says, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_stop_during_a_switch_wins, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_reader_that_hoards_stalls_the_frames_only, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test(the_answer_may_ask_for_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
