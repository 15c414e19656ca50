// SPDX-License-Identifier: MIT
// A feed on V4L2 drivers made for the tests: their faults, switching to them, controls and pauses.
#include "capture/feed.h"
#include "core/base/clock.h"
#include "tests/unit/webcam.h"

struct told {
    const char *lost_text;  // to be in the detail of CAP_LOST
    int lost_ms;            // from the start until that, at least
    int lost_fd, opened_fd; // eventfds that count
    int64_t began_ns;       // before the camera was opened
};

#ifdef SANITIZED
#define LATE_MS 30000
#else
#define LATE_MS 3000 // on a busy machine
#endif

static void count(void *ctx, enum cap_state state, const char *detail, const struct cap_info *info)
{
    const struct told *told = ctx;
    (void)info;
    if (state == CAP_OPENED)
        eventfd_write(told->opened_fd, 1);
    else if (strstr(detail, told->lost_text))
        eventfd_write(told->lost_fd, 1);
}

static void run_feed(struct told *told, void (*script)(const struct told *told))
{
    struct cap_slot *slot;
    struct cap_feed *feed;
    told->lost_fd = eventfd(0, 0);
    told->opened_fd = eventfd(0, 0);
    told->began_ns = clock_now_ns();
    assert_int_equal(cap_slot_create(&slot, NULL), 0);
    assert_int_equal(cap_feed_start(&feed, "/dev/null", slot, count, told, NULL), 0);
    script(told);
    cap_feed_stop(feed);
    cap_slot_destroy(slot);
    expect_closed(&drivers[0]);
    close(told->lost_fd);
    close(told->opened_fd);
}

static void expect_by_now(const struct told *told, int ms)
{
    assert_in_range((clock_now_ns() - told->began_ns) / 1000000, ms, ms + LATE_MS);
}

static int n_opens(void)
{
    pthread_mutex_lock(&drivers_lock);
    int n = drivers[0].n_opens;
    pthread_mutex_unlock(&drivers_lock);
    return n;
}

// It opens again and fails again, after longer and longer pauses, which nobody is told.
static void expect_lost_once(const struct told *told)
{
    static const int pauses_ms[] = {250, 500, 1000, 2000, 4000, 4000};
    int ms = 0;
    uint64_t n;
    expect_event(told->lost_fd);
    for (int i = 0; i < 6; i++) {
        ms += pauses_ms[i];
        while (n_opens() < i + 2)
            clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 500);
        expect_by_now(told, ms);
    }
    assert_int_equal(fcntl(told->lost_fd, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(read(told->lost_fd, &n, sizeof n), -1);
}

static void an_unplugged_camera_is_lost_once(void **state)
{
    (void)state;
    struct told told = {.lost_text = "gone"};
    drivers[0].dqbuf_errno = ENODEV;
    run_feed(&told, expect_lost_once);
}

static void expect_silence_and_return(const struct told *told)
{
    expect_event(told->opened_fd);
    expect_event(told->lost_fd);
    expect_by_now(told, told->lost_ms);
    expect_event(told->opened_fd);
    assert_int_equal(n_opens(), 1); // the stream began anew, the device stayed open
}

static void run_silent(const char *dir, const struct cap_mode *modes, struct told *told)
{
    size_t size;
    void *data = jpeg_bytes(dir, 100, &size);
    drivers[0].modes = modes;
    drivers[0].first = data;
    drivers[0].first_size = size;
    run_feed(told, expect_silence_and_return);
    free(data);
}

static void a_silent_camera_begins_anew(void **state)
{
    run_silent(*state, webcam, &(struct told){.lost_text = "no picture for 0.5 s", .lost_ms = 500});
}

// Five of its periods are longer than what others are given.
static void a_slow_camera_is_given_longer(void **state)
{
    static const struct cap_mode slow[] = {{MJPG, 640, 480, RATE(5)}, {0}};
    run_silent(*state, slow, &(struct told){.lost_text = "no picture for 1.0 s", .lost_ms = 1000});
}

static void draw_grey(const struct driver *driver, uint8_t *rgb)
{
    memset(rgb, 128, 3 * (size_t)driver->format.width * driver->format.height);
}

static void a_camera_with_damaged_pictures_alone_begins_anew(void **state)
{
    (void)state;
    struct told told = {.lost_text = "only damaged pictures for", .lost_ms = 500};
    drivers[0].modes = yuyv_only;
    drivers[0].draw = draw_grey;
    drivers[0].n_whole = 5;
    run_feed(&told, expect_silence_and_return);
}

struct answers {
    int opened_fd, refused_fd; // eventfds that count
};

static void answer(void *ctx, enum cap_state state, const char *detail, const struct cap_info *info)
{
    const struct answers *answers = ctx;
    (void)info;
    assert_true(state != CAP_LOST);
    if (state == CAP_OPENED)
        eventfd_write(answers->opened_fd, 1);
    else if (strstr(detail, "gone"))
        eventfd_write(answers->refused_fd, 1);
}

static void start_demo(struct answers *answers, struct cap_slot **slot, struct cap_feed **feed)
{
    answers->opened_fd = eventfd(0, 0);
    answers->refused_fd = eventfd(0, 0);
    assert_int_equal(cap_slot_create(slot, NULL), 0);
    assert_int_equal(cap_feed_start(feed, "demo", *slot, answer, answers, NULL), 0);
    expect_event(answers->opened_fd);
}

static void stop_all(struct answers *answers, struct cap_slot *slot, struct cap_feed *feed)
{
    cap_feed_stop(feed);
    cap_slot_destroy(slot);
    expect_closed(&drivers[0]);
    close(answers->opened_fd);
    close(answers->refused_fd);
}

static void a_camera_that_opens_but_brings_nothing_is_refused(void **state)
{
    (void)state;
    struct answers answers;
    struct cap_slot *slot;
    struct cap_feed *feed;
    start_demo(&answers, &slot, &feed);
    drivers[0].dqbuf_errno = ENODEV;
    assert_int_equal(cap_feed_switch(feed, "/dev/null", NULL), 0);
    expect_event(answers.refused_fd);
    expect_event(answers.opened_fd); // the demo again
    stop_all(&answers, slot, feed);
}

static void times_never_go_back(void **state)
{
    struct answers answers;
    struct cap_slot *slot;
    struct cap_feed *feed;
    size_t size;
    void *data = jpeg_bytes(*state, 250, &size);
    drivers[0].first = data;
    drivers[0].first_size = size;
    drivers[0].first_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC; // 5 s after the machine's start
    start_demo(&answers, &slot, &feed);
    assert_int_equal(cap_feed_switch(feed, "/dev/null", NULL), 0);
    int reader = cap_slot_attach(slot);
    const struct cap_frame *frame;
    int64_t last_ns = clock_now_ns() - CLOCK_SECOND, last = 0;
    bool of_driver = false;
    while (!of_driver && (frame = cap_slot_wait(slot, reader, 5000))) {
        assert_true(frame->capture_ns >= last_ns && frame->frame > last);
        last_ns = frame->capture_ns;
        last = frame->frame;
        of_driver = frame->img.px[0] > 240 && frame->img.px[1] < 100;
        cap_slot_release(slot, frame);
    }
    assert_true(of_driver);
    expect_event(answers.opened_fd);
    stop_all(&answers, slot, feed);
    free(data);
}

struct beside {
    int opened_fd, paused_fd, declined_fd; // eventfds that count
    struct cap_info info;                  // of the camera opened last
    struct cap_slot *slot;
    struct cap_feed *feed;
    void *jpeg;
};

static void note(void *ctx, enum cap_state state, const char *detail, const struct cap_info *info)
{
    struct beside *b = ctx;
    assert_true(state != CAP_REFUSED);
    assert_true(state != CAP_DECLINED || strstr(detail, "gain"));
    if (state == CAP_LOST) // it brings one frame a stream, and is slower than that here
        return;
    if (state == CAP_OPENED)
        b->info = *info;
    eventfd_write(state == CAP_OPENED   ? b->opened_fd
                  : state == CAP_PAUSED ? b->paused_fd
                                        : b->declined_fd,
                  1);
}

// A feed on a webcam that has brought its first frame.
static void start_beside(struct beside *b, const char *dir)
{
    *b = (struct beside){eventfd(0, 0), eventfd(0, 0), eventfd(0, 0), .feed = NULL};
    plug_usb_camera(&drivers[0]);
    drivers[0].first = b->jpeg = jpeg_bytes(dir, 100, &drivers[0].first_size);
    assert_int_equal(cap_slot_create(&b->slot, NULL), 0);
    assert_int_equal(cap_feed_start(&b->feed, "/dev/null", b->slot, note, b, NULL), 0);
    wait_event(b->opened_fd);
}

static void stop_beside(struct beside *b)
{
    cap_feed_stop(b->feed);
    cap_slot_destroy(b->slot);
    expect_closed(&drivers[0]);
    close(b->opened_fd), close(b->paused_fd), close(b->declined_fd);
    free(b->jpeg);
}

static void wait_set(const struct fake_control *control, int value)
{
    for (int i = 0; i < 500 && control->value != value; i++)
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 1000);
    assert_int_equal(control->value, value);
}

static void controls_are_set_between_frames(void **state)
{
    struct beside b;
    struct cap_control c[CAP_CONTROLS];
    struct driver *d = &drivers[0];
    start_beside(&b, *state);
    cap_feed_controls(b.feed, c);
    assert_true(c[CAP_GAIN].there && c[CAP_GAIN].value == 64);
    cap_feed_set_control(b.feed, b.info.spec, CAP_GAIN, 70);
    cap_feed_set_control(b.feed, b.info.spec, CAP_GAIN, 75);
    cap_feed_controls(b.feed, c);
    assert_int_equal(c[CAP_GAIN].value, 75); // at once
    cap_feed_set_control(b.feed, b.info.spec, CAP_EXPOSURE_AUTO, 0);
    wait_set(&d->controls[2], 75);
    wait_set(&d->controls[0], V4L2_EXPOSURE_MANUAL);
    cap_feed_set_control(b.feed, "/dev/zero", CAP_GAIN, 80);     // another camera's
    cap_feed_set_control(b.feed, b.info.spec, CAP_GAIN_AUTO, 1); // it has none
    d->controls[2].set_errno = EIO;
    cap_feed_set_control(b.feed, b.info.spec, CAP_GAIN, 90);
    wait_event(b.declined_fd);
    c[CAP_GAIN].value = 90;
    for (int i = 0; i < 500 && c[CAP_GAIN].value != 75; i++) {
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 1000);
        cap_feed_controls(b.feed, c);
    }
    assert_int_equal(c[CAP_GAIN].value, 75); // as read back
    assert_false(c[CAP_EXPOSURE].held);
    assert_int_equal(d->n_opens, 1);
    stop_beside(&b);
}

static void a_pause_closes_the_device(void **state)
{
    struct beside b;
    struct cap_control c[CAP_CONTROLS];
    start_beside(&b, *state);
    cap_feed_pause(b.feed);
    wait_event(b.paused_fd);
    expect_closed(&drivers[0]);
    cap_feed_controls(b.feed, c);
    assert_false(c[CAP_GAIN].there);
    cap_feed_set_control(b.feed, b.info.spec, CAP_GAIN, 75);
    clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 5);
    assert_int_equal(drivers[0].n_opens, 1);
    cap_feed_resume(b.feed);
    wait_event(b.opened_fd);
    assert_int_equal(drivers[0].controls[2].n_set, 0);
    cap_feed_controls(b.feed, c);
    assert_true(c[CAP_GAIN].there);
    cap_feed_pause(b.feed);
    wait_event(b.paused_fd);
    stop_beside(&b); // a stop ends the pause, too
}

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        TEST(an_unplugged_camera_is_lost_once),
        TEST(a_silent_camera_begins_anew),
        TEST(a_slow_camera_is_given_longer),
        TEST(a_camera_with_damaged_pictures_alone_begins_anew),
        TEST(a_camera_that_opens_but_brings_nothing_is_refused),
        TEST(times_never_go_back),
        TEST(controls_are_set_between_frames),
        TEST(a_pause_closes_the_device),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
