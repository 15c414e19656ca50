// SPDX-License-Identifier: MIT
// The V4L2 backend on drivers made for the tests.
#include "capture/backend.h"
#include "capture/feed.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/save.h"
#include "tests/unit/fake_v4l2.h"

#define MJPG V4L2_PIX_FMT_MJPEG
#define YUYV V4L2_PIX_FMT_YUYV

#define RATE(fps)                                                                                  \
    {                                                                                              \
        1, fps                                                                                     \
    }

static const struct cap_mode webcam[] = {
    {YUYV, 640, 480, RATE(30)},
    {YUYV, 1280, 720, RATE(10)},
    {MJPG, 320, 240, RATE(30)},
    {MJPG, 640, 480, RATE(15)},
    {MJPG, 640, 480, RATE(30)},
    {MJPG, 1280, 720, RATE(30)},
    {0},
};
static const struct cap_mode yuyv_only[] = {{YUYV, 640, 480, RATE(30)}, {0}};
static const struct cap_mode grey_only[] = {{V4L2_PIX_FMT_GREY, 640, 360, RATE(15)}, {0}};
static const struct cap_mode h264_only[] = {{V4L2_PIX_FMT_H264, 1920, 1080, RATE(30)}, {0}};

static int reset(void **state)
{
    memset(drivers, 0, sizeof drivers);
    for (int i = 0; i < 4; i++)
        drivers[i] = (struct driver){.card = "Webcam",
                                     .bus = "usb-1",
                                     .caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING,
                                     .modes = webcam};
    return test_dir_make(state);
}

static struct cap_camera *open_first(void)
{
    struct err err = {0};
    struct cap_camera *camera;
    if (cap_open(&camera, "/dev/null", &err))
        fail_msg("%s", err.text);
    return camera;
}

static int acquire(struct cap_camera *camera, struct img *img, int64_t *ns)
{
    struct err err = {0};
    int ret = cap_acquire(camera, 20, -1, img, ns, &err);
    if (ret < 0)
        assert_true(err.text[0] != '\0');
    return ret;
}

static void expect_refusal(const char *because)
{
    struct err err = {0};
    struct cap_camera *camera;
    assert_int_equal(cap_open(&camera, "/dev/null", &err), ERR_CAMERA);
    assert_null(camera);
    if (!strstr(err.text, because))
        fail_msg("\"%s\" does not say \"%s\"", err.text, because);
    expect_closed(&drivers[0]);
}

static void *jpeg_bytes(const char *dir, int red, size_t *size)
{
    char path[600];
    void *data;
    struct img img = {0};
    snprintf(path, sizeof path, "%s/f.jpg", dir);
    assert_int_equal(img_reserve(&img, 640, 480, NULL), 0);
    for (int i = 0; i < 640 * 480 * 3; i++)
        img.px[i] = (uint8_t)(i % 3 ? 90 : red);
    assert_int_equal(img_save_jpeg(&img, path, 90, NULL), 0);
    assert_int_equal(file_read(path, BUFFER_SIZE, &data, size, NULL), 0);
    img_finish(&img);
    return data;
}

// -- choosing --

static struct cap_mode best_of(const struct cap_mode *modes)
{
    struct cap_mode best = {0};
    for (const struct cap_mode *m = modes; m->format; m++) {
        if (cap_mode_better(m, &best))
            best = *m;
    }
    return best;
}

static void expect_choice(const struct cap_mode *modes, uint32_t format, int w, int fps)
{
    struct cap_mode best = best_of(modes);
    assert_int_equal(best.format, format);
    assert_int_equal(best.w, w);
    assert_int_equal((int)(cap_mode_rate(&best) + .5), fps);
}

static void modes_are_chosen_by_size_rate_and_format(void **state)
{
    (void)state;
    const struct cap_mode slow_yuyv[] = {
        {YUYV, 640, 480, RATE(5)}, {MJPG, 1280, 720, RATE(30)}, {0}};
    const struct cap_mode small[] = {{YUYV, 320, 240, RATE(30)}, {YUYV, 352, 288, RATE(30)}, {0}};
    const struct cap_mode wide[] = {
        {YUYV, 1920, 400, RATE(30)}, {YUYV, 640, 480, RATE(30)}, {YUYV, 800, 600, RATE(30)}, {0}};
    const struct cap_mode fast[] = {
        {MJPG, 640, 480, RATE(120)}, {MJPG, 640, 480, RATE(60)}, {MJPG, 640, 480, RATE(30)}, {0}};
    const struct cap_mode ntsc[] = {
        {YUYV, 640, 480, RATE(30)}, {MJPG, 640, 480, {1001, 30000}}, {0}};
    const struct cap_mode grey[] = {
        {V4L2_PIX_FMT_GREY, 640, 480, RATE(30)}, {V4L2_PIX_FMT_NV12, 640, 480, RATE(30)}, {0}};
    const struct cap_mode all_slow[] = {
        {YUYV, 640, 480, RATE(7)}, {YUYV, 1280, 960, RATE(15)}, {0}};
    const struct cap_mode unknown[] = {{YUYV, 640, 480, {0, 0}}, {YUYV, 1280, 720, RATE(30)}, {0}};
    expect_choice(webcam, MJPG, 640, 30);
    expect_choice(slow_yuyv, MJPG, 1280, 30);
    expect_choice(small, YUYV, 352, 30);
    expect_choice(wide, YUYV, 640, 30);
    expect_choice(fast, MJPG, 640, 60);
    expect_choice(ntsc, MJPG, 640, 30);
    expect_choice(grey, V4L2_PIX_FMT_NV12, 640, 30);
    expect_choice(all_slow, YUYV, 640, 7);
    expect_choice(unknown, YUYV, 640, 0);
    assert_int_equal(best_of(h264_only).format, 0);
}

static void sizes_are_fitted_into_ranges(void **state)
{
    (void)state;
    static const struct {
        struct v4l2_frmsize_stepwise range;
        int w, h;
    } cases[] = {
        {{48, 4096, 16, 32, 4096, 16}, 640, 480},
        {{100, 4096, 100, 100, 4096, 100}, 700, 500},
        {{16, 320, 16, 16, 240, 16}, 320, 240},
        {{1280, 1920, 8, 720, 1080, 8}, 1280, 720},
        {{1, 10000, 1, 1, 10000, 1}, 640, 480},
        {{0, 650, 300, 0, 490, 300}, 650, 490}, // a step over the end
        {{48, 4096, 0, 32, 4096, 0}, 640, 480}, // a driver without a step
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int w, h;
        cap_mode_fit(&cases[i].range, &w, &h);
        assert_int_equal(w, cases[i].w);
        assert_int_equal(h, cases[i].h);
    }
}

// -- streaming --

static void jpeg_frames_come_out_whole(void **state)
{
    struct driver *d = &drivers[0];
    struct cap_camera *camera = open_first();
    const struct cap_info *info = cap_info(camera);
    assert_string_equal(info->name, "Webcam");
    assert_string_equal(info->format, "MJPG");
    assert_int_equal(info->w, 640);
    assert_true(info->fps == 30 && !info->lockstep);
    assert_true(d->streaming);
    expect_all_queued(d);
    struct img img = {0};
    int64_t ns = 0;
    size_t size;
    uint8_t *data = jpeg_bytes(*state, 200, &size);
    assert_int_equal(acquire(camera, &img, &ns), CAP_NONE);
    deliver(d, data, size, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    assert_int_equal(ns, 5 * CLOCK_SECOND + 7000);
    assert_int_equal(img.w, 640);
    assert_in_range(img.px[3 * 1000], 190, 210);
    deliver(d, data, size, V4L2_BUF_FLAG_TIMESTAMP_COPY); // of no clock we know
    int64_t before = clock_now_ns();
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    assert_true(ns >= before && ns <= clock_now_ns());
    expect_all_queued(d);
    cap_close(camera);
    expect_closed(d);
    free(data);
    img_finish(&img);
}

static void damaged_frames_are_skipped(void **state)
{
    struct driver *d = &drivers[0];
    struct cap_camera *camera = open_first();
    struct img img = {0};
    int64_t ns;
    size_t size;
    uint8_t *data = jpeg_bytes(*state, 200, &size);
    deliver(d, data, size / 2, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    deliver(d, data, size, V4L2_BUF_FLAG_ERROR);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    deliver(d, data, 0, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    expect_all_queued(d);
    deliver(d, data, size, 0);
    d->dqbuf_errno = EIO; // what libv4l2 says of frames that it can't convert
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    d->dqbuf_errno = 0;
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    d->dqbuf_errno = ENODEV;
    deliver(d, data, size, 0);
    assert_int_equal(acquire(camera, &img, &ns), ERR_CAMERA);
    cap_close(camera);
    free(data);
    img_finish(&img);
}

static void the_newest_of_several_frames_wins(void **state)
{
    struct driver *d = &drivers[0];
    struct cap_camera *camera = open_first();
    struct img img = {0};
    int64_t ns;
    for (int i = 0; i < 4; i++) {
        size_t size;
        uint8_t *data = jpeg_bytes(*state, 50 + 50 * i, &size);
        deliver(d, data, size, 0);
        free(data);
    }
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    assert_in_range(img.px[3000], 195, 205);
    expect_all_queued(d);
    assert_int_equal(acquire(camera, &img, &ns), CAP_NONE);
    cap_close(camera);
    img_finish(&img);
}

static void other_formats_come_as_rgb_rows(void **state)
{
    (void)state;
    struct driver *d = &drivers[0];
    d->modes = yuyv_only;
    d->stride = 640 * 3 + 64;
    struct cap_camera *camera = open_first();
    assert_int_equal(d->format.pixelformat, V4L2_PIX_FMT_RGB24);
    size_t size = (size_t)d->stride * 479 + 640 * 3;
    uint8_t *data = malloc(size);
    for (size_t y = 0; y < 480; y++) {
        size_t row = y * d->stride;
        memset(data + row, (int)(y & 0xff), 640 * 3);
        if (y < 479)
            memset(data + row + 640 * 3, 0xee, 64); // padding that must not show
    }
    struct img img = {0};
    int64_t ns;
    deliver(d, data, size - 1, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_SKIP);
    deliver(d, data, size, 0);
    assert_int_equal(acquire(camera, &img, &ns), CAP_READY);
    for (int y = 0; y < 480; y++) {
        for (int i = 0; i < 640 * 3; i++)
            assert_int_equal(img.px[y * 640 * 3 + i], y & 0xff);
    }
    cap_close(camera);
    expect_closed(d);
    free(data);
    img_finish(&img);
}

static void what_the_driver_gives_is_read_back(void **state)
{
    (void)state;
    static const struct cap_mode odd[] = {
        {MJPG, 800, 600, RATE(20)}, {YUYV, 640, 480, RATE(30)}, {0}};
    drivers[0].modes = odd;
    drivers[0].ignores_format = true;
    struct cap_camera *camera = open_first();
    assert_int_equal(cap_info(camera)->w, 800);
    assert_int_equal(cap_info(camera)->h, 600);
    assert_string_equal(cap_info(camera)->format, "MJPG");
    cap_close(camera);
}

static void refusals_are_told_and_leave_nothing_open(void **state)
{
    (void)state;
    struct driver *d = &drivers[0];
    d->s_fmt_errno = EBUSY;
    expect_refusal("in use by");
    d->s_fmt_errno = EINVAL;
    expect_refusal("refused while setting the picture format");
    d->s_fmt_errno = 0;
    d->reqbufs_errno = EBUSY;
    expect_refusal("in use by");
    d->reqbufs_errno = 0;
    d->streamon_errno = ENOSPC;
    expect_refusal("USB bandwidth");
    d->open_errno = EACCES;
    expect_refusal("access denied");
    d->open_errno = 0;
    d->modes = h264_only;
    d->ignores_format = true;
    expect_refusal("no picture format that can be read");
}

static void nodes_are_told_by_what_they_can_do(void **state)
{
    (void)state;
    struct driver *d = &drivers[0];
    d->caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
    expect_refusal("metadata node");
    d->caps = V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_STREAMING;
    expect_refusal("video output");
    d->caps = V4L2_CAP_VIDEO_M2M | V4L2_CAP_STREAMING;
    expect_refusal("video converter");
    d->caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_IO_MC | V4L2_CAP_STREAMING;
    expect_refusal("libcamera");
    d->caps = V4L2_CAP_RADIO;
    expect_refusal("captures no pictures");
    d->caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_READWRITE;
    expect_refusal("can't stream");
}

// -- the feed on it --

struct told {
    const char *lost_text;  // to be in the detail of CAP_LOST
    int lost_ms;            // from the start until that, at least
    int lost_fd, opened_fd; // eventfds that count
    int64_t began_ns;       // before the camera was opened
};

#define LATE_MS 3000 // on a busy machine

static void count(void *ctx, enum cap_state state, const char *detail, const struct cap_info *info)
{
    const struct told *told = ctx;
    (void)info;
    if (state == CAP_OPENED)
        eventfd_write(told->opened_fd, 1);
    else if (strstr(detail, told->lost_text))
        eventfd_write(told->lost_fd, 1);
}

static void expect_event(int fd)
{
    uint64_t n;
    assert_int_equal(read(fd, &n, sizeof n), sizeof n);
    assert_int_equal(n, 1);
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

// -- switching to it --

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

// -- controls --

static void plug_usb_camera(struct driver *d)
{
    memcpy(d->controls, fake_usb_controls, sizeof d->controls);
    d->controls[1].value = 312;
    d->controls[2].query.step = 5;
}

static void controls_are_read(void **state)
{
    (void)state;
    struct cap_control c[CAP_CONTROLS];
    plug_usb_camera(&drivers[0]);
    struct cap_camera *camera = open_first();
    cap_controls(camera, c);
    assert_true(c[CAP_EXPOSURE_AUTO].there && c[CAP_EXPOSURE_AUTO].value == 1);
    assert_int_equal(c[CAP_EXPOSURE_AUTO].max, 1);
    assert_true(c[CAP_EXPOSURE].there && c[CAP_EXPOSURE].held); // though no flag says so
    assert_int_equal(c[CAP_EXPOSURE].min, 3);
    assert_int_equal(c[CAP_EXPOSURE].max, 2047);
    assert_int_equal(c[CAP_EXPOSURE].preset, 250);
    assert_int_equal(c[CAP_EXPOSURE].value, 312);
    assert_false(c[CAP_GAIN_AUTO].there);
    assert_true(c[CAP_GAIN].there && !c[CAP_GAIN].held);
    assert_int_equal(c[CAP_GAIN].step, 5);
    assert_int_equal(c[CAP_POWER_LINE].value, CAP_POWER_LINE_50_HZ);
    assert_int_equal(c[CAP_POWER_LINE].choices, 7);

    drivers[0].controls[1].query.flags = V4L2_CTRL_FLAG_READ_ONLY;
    drivers[0].controls[2].query.flags = V4L2_CTRL_FLAG_DISABLED;
    drivers[0].controls[3].query.flags = V4L2_CTRL_FLAG_GRABBED;
    drivers[0].controls[0].menu = 1 << V4L2_EXPOSURE_MANUAL; // nothing to choose
    cap_controls(camera, c);
    assert_false(c[CAP_EXPOSURE_AUTO].there || c[CAP_EXPOSURE].there || c[CAP_GAIN].there);
    assert_true(c[CAP_POWER_LINE].there && c[CAP_POWER_LINE].held);
    cap_close(camera);
}

static void controls_are_set(void **state)
{
    (void)state;
    struct err err = {0};
    struct driver *d = &drivers[0];
    plug_usb_camera(d);
    struct cap_camera *camera = open_first();
    assert_int_equal(cap_set_control(camera, CAP_EXPOSURE_AUTO, 0, &err), 0);
    assert_int_equal(d->controls[0].value, V4L2_EXPOSURE_MANUAL);
    assert_int_equal(cap_set_control(camera, CAP_EXPOSURE, 5000, &err), 0);
    assert_int_equal(d->controls[1].value, 2047); // moved into the range
    assert_int_equal(cap_set_control(camera, CAP_EXPOSURE_AUTO, 1, &err), 0);
    assert_int_equal(d->controls[0].value, V4L2_EXPOSURE_APERTURE_PRIORITY);
    assert_int_equal(cap_set_control(camera, CAP_POWER_LINE, CAP_POWER_LINE_60_HZ, &err), 0);
    assert_int_equal(d->controls[3].value, 2);
    assert_int_equal(cap_set_control(camera, CAP_GAIN_AUTO, 1, &err), ERR_CAMERA);
    assert_non_null(strstr(err.text, "no automatic gain"));
    d->controls[2].set_errno = EIO;
    assert_int_equal(cap_set_control(camera, CAP_GAIN, 9, &err), ERR_CAMERA);
    assert_non_null(strstr(err.text, "the gain to 9"));
    cap_close(camera);
}

static void others_have_no_controls(void **state)
{
    (void)state;
    struct cap_control c[CAP_CONTROLS];
    struct cap_camera *camera;
    struct err err = {0};
    assert_int_equal(cap_open(&camera, "demo", &err), 0);
    memset(c, 0xff, sizeof c);
    cap_controls(camera, c);
    for (int id = 0; id < CAP_CONTROLS; id++)
        assert_false(c[id].there);
    assert_int_equal(cap_set_control(camera, CAP_GAIN, 1, &err), ERR_CAMERA);
    cap_close(camera);
}

// -- controls and pauses by the feed --

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

static void wait_event(int fd)
{
    uint64_t n;
    assert_int_equal(read(fd, &n, sizeof n), sizeof n);
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

// -- the list --

static void link_node(const char *dir, const char *name, const char *target)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(symlink(target, path), 0);
}

static void make_dev(const char *dir)
{
    char path[600];
    link_node(dir, "video0", "/dev/null");
    link_node(dir, "video2", "/dev/zero");
    link_node(dir, "video10", "/dev/full");
    link_node(dir, "video11", "/dev/urandom");
    link_node(dir, "video", "/dev/urandom");
    link_node(dir, "video1x", "/dev/urandom");
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/v4l/%s", dir, i ? "by-id" : "by-path");
        assert_int_equal(file_make_dirs(path, NULL), 0);
    }
    link_node(dir, "v4l/by-path/p0", "../../video0");
    link_node(dir, "v4l/by-path/p2", "../../video2");
    link_node(dir, "v4l/by-path/p10", "../../video10");
}

static void expect_spec(const struct cap_info *info, const char *dir, const char *name)
{
    char want[700];
    snprintf(want, sizeof want, "%s/%s", dir, name);
    assert_string_equal(info->spec, want);
}

static void cameras_are_listed_by_lasting_names(void **state)
{
    const char *dir = *state;
    struct cap_info list[8];
    make_dev(dir);
    drivers[0].modes = grey_only; // infrared: last
    drivers[0].bus = "usb-0";
    drivers[0].card = "IR";
    drivers[1].bus = "usb-2";
    drivers[1].card = "Alone";
    drivers[2].caps = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING;
    drivers[3].bus = "usb-3";
    drivers[3].card = "Nameless";
    link_node(dir, "v4l/by-id/ir", "../../video0");
    link_node(dir, "v4l/by-id/alone", "../../video2");
    assert_int_equal(cap_v4l2_list(dir, list, 8, NULL), 3);
    assert_string_equal(list[0].name, "Alone");
    expect_spec(&list[0], dir, "v4l/by-id/alone");
    expect_spec(&list[1], dir, "video11");
    expect_spec(&list[2], dir, "v4l/by-id/ir");
    assert_int_equal(cap_v4l2_list(dir, list, 2, NULL), 2);
    for (int i = 0; i < 4; i++)
        expect_closed(&drivers[i]);
}

// The link of twins leads to one of them, after the next start perhaps to the other.
static void cameras_that_share_an_id_are_listed_by_path(void **state)
{
    const char *dir = *state;
    struct cap_info list[8];
    make_dev(dir);
    drivers[0].bus = "usb-0"; // the same model in two sockets
    drivers[1].bus = "usb-2";
    drivers[2].card = "Lid", drivers[2].bus = "usb-3"; // colour and infrared in one housing
    drivers[3].card = "Lid IR", drivers[3].bus = "usb-3", drivers[3].modes = grey_only;
    link_node(dir, "v4l/by-id/webcam", "../../video2");
    link_node(dir, "v4l/by-id/lid", "../../video11");
    link_node(dir, "v4l/by-path/p11", "../../video11");
    assert_int_equal(cap_v4l2_list(dir, list, 8, NULL), 4);
    expect_spec(&list[0], dir, "v4l/by-path/p0");
    expect_spec(&list[1], dir, "v4l/by-path/p2");
    expect_spec(&list[2], dir, "v4l/by-path/p10");
    expect_spec(&list[3], dir, "v4l/by-path/p11");
}

static void the_list_has_a_stamp(void **state)
{
    const char *dir = *state;
    char path[700];
    assert_true(cap_v4l2_stamp("/nowhere") == cap_v4l2_stamp("/nowhere"));
    uint64_t none = cap_v4l2_stamp(dir);
    make_dev(dir);
    uint64_t some = cap_v4l2_stamp(dir);
    assert_true(some != none && some == cap_v4l2_stamp(dir));
    link_node(dir, "video12", "/dev/null");
    uint64_t plugged = cap_v4l2_stamp(dir);
    link_node(dir, "v4l/by-id/new", "../../video12");
    assert_true(plugged != some && cap_v4l2_stamp(dir) != plugged);
    snprintf(path, sizeof path, "%s/video0", dir);
    uint64_t before = cap_v4l2_stamp(dir);
    assert_int_equal(unlink(path), 0);
    assert_true(cap_v4l2_stamp(dir) != before);
    for (int i = 0; i < 4; i++)
        assert_int_equal(drivers[i].n_opens, 0);
}

static void a_forbidden_camera_says_why_there_is_none(void **state)
{
    const char *dir = *state;
    struct cap_info list[8];
    struct err why = {0};
    make_dev(dir);
    for (int i = 0; i < 4; i++)
        drivers[i].open_errno = EACCES;
    assert_int_equal(cap_v4l2_list(dir, list, 8, &why), 0);
    assert_non_null(strstr(why.text, "access denied"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, reset, test_dir_remove)

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_are_chosen_by_size_rate_and_format),
        cmocka_unit_test(sizes_are_fitted_into_ranges),
        TEST(jpeg_frames_come_out_whole),
        TEST(damaged_frames_are_skipped),
        TEST(the_newest_of_several_frames_wins),
        TEST(other_formats_come_as_rgb_rows),
        TEST(what_the_driver_gives_is_read_back),
        TEST(refusals_are_told_and_leave_nothing_open),
        TEST(nodes_are_told_by_what_they_can_do),
        TEST(an_unplugged_camera_is_lost_once),
        TEST(a_silent_camera_begins_anew),
        TEST(a_slow_camera_is_given_longer),
        TEST(a_camera_with_damaged_pictures_alone_begins_anew),
        TEST(a_camera_that_opens_but_brings_nothing_is_refused),
        TEST(times_never_go_back),
        TEST(controls_are_read),
        TEST(controls_are_set),
        TEST(others_have_no_controls),
        TEST(controls_are_set_between_frames),
        TEST(a_pause_closes_the_device),
        TEST(the_list_has_a_stamp),
        TEST(cameras_are_listed_by_lasting_names),
        TEST(cameras_that_share_an_id_are_listed_by_path),
        TEST(a_forbidden_camera_says_why_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
