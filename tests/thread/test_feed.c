// SPDX-License-Identifier: MIT
#include "capture/feed.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <pthread.h>
#include <unistd.h>

#define MS (CLOCK_SECOND / 1000)

// What the feed tells, from its thread.
struct told {
    pthread_mutex_t lock;
    int n_opened, n_lost; // protected by lock, as all below
    struct cap_info info; // of the last
    char detail[512];
};

static void remember(void *ctx, enum cap_state state, const char *detail,
                     const struct cap_info *info)
{
    struct told *told = ctx;
    pthread_mutex_lock(&told->lock);
    told->n_opened += state == CAP_OPENED;
    told->n_lost += state == CAP_LOST;
    told->info = *info;
    snprintf(told->detail, sizeof told->detail, "%s", detail);
    pthread_mutex_unlock(&told->lock);
}

static struct told told_so_far(struct told *told)
{
    pthread_mutex_lock(&told->lock);
    struct told copy = {.n_opened = told->n_opened, .n_lost = told->n_lost, .info = told->info};
    memcpy(copy.detail, told->detail, sizeof copy.detail);
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

static void a_sleeping_camera_stops_at_once(void **state)
{
    struct setup s;
    start_replay(&s, state, "@0.01"); // one frame, then nothing for 100 s
    assert_int_equal(next_frame(&s, 5000), 1);
    clock_sleep_until(clock_now_ns() + 30 * MS);
    assert_true(stop(&s) < 200 * MS);
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
    assert_true(stop(&s) < 200 * MS);
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
    assert_true(stop(&s) < 200 * MS);
}

static void a_closed_slot_ends_the_feed(void **state)
{
    struct setup s;
    start_replay(&s, state, "");
    next_frame(&s, 5000);
    cap_slot_close(s.slot);
    assert_true(stop(&s) < 200 * MS);
}

static int wait_for_lost(struct setup *s, int n)
{
    for (int i = 0; i < 500 && told_so_far(&s->told).n_lost < n; i++) {
        next_frame(s, 10);
        usleep(1000);
    }
    return told_so_far(&s->told).n_lost;
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
    assert_int_equal(wait_for_lost(&s, 1), 1);
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
    assert_true(stop(&s) < 200 * MS);
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
    assert_int_equal(wait_for_lost(&s, 1), 1);
    clock_sleep_until(clock_now_ns() + 300 * MS); // now it sleeps between two tries
    assert_true(stop(&s) < 200 * MS);
}

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_and_the_camera_is_told),
        cmocka_unit_test(the_first_failure_is_the_result),
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
