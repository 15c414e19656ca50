// SPDX-License-Identifier: MIT
// Controls and pauses on a real driver: it has a gain that it holds while that is automatic, and
// neither exposure nor power line frequency.
#include "tests/camera_vm/vivid.h"

#include "capture/feed.h"
#include "core/base/clock.h"

#include <stdatomic.h>

#define PATIENCE_MS 60000 // the machine is emulated

// As the driver has it, asked by another way than the program's.
static int read_gain(void)
{
    struct v4l2_control control = {.id = V4L2_CID_GAIN};
    int fd = vivid_camera();
    assert_int_equal(ioctl(fd, VIDIOC_G_CTRL, &control), 0);
    close(fd);
    return control.value;
}

static void pause_ms(int ms)
{
    clock_sleep_until(clock_now_ns() + ms * (CLOCK_SECOND / 1000));
}

static void controls_are_the_drivers(void **state)
{
    (void)state;
    struct err err = {0};
    struct cap_camera *camera;
    struct cap_control c[CAP_CONTROLS];
    if (cap_open(&camera, VIVID_LINK, &err))
        fail_msg("%s", err.text);
    assert_int_equal(cap_set_control(camera, CAP_GAIN_AUTO, 1, &err), 0);
    cap_controls(camera, c);
    assert_true(c[CAP_GAIN_AUTO].there && c[CAP_GAIN_AUTO].value == 1);
    assert_true(c[CAP_GAIN].there && c[CAP_GAIN].held);
    assert_int_equal(c[CAP_GAIN].max, 255);
    assert_false(c[CAP_EXPOSURE_AUTO].there || c[CAP_EXPOSURE].there || c[CAP_POWER_LINE].there);
    assert_int_equal(cap_set_control(camera, CAP_GAIN_AUTO, 0, &err), 0);
    assert_int_equal(cap_set_control(camera, CAP_GAIN, 37, &err), 0);
    assert_int_equal(read_gain(), 37);
    cap_controls(camera, c);
    assert_true(c[CAP_GAIN].value == 37 && !c[CAP_GAIN].held && c[CAP_GAIN_AUTO].value == 0);
    assert_int_equal(cap_set_control(camera, CAP_GAIN, 999, &err), 0);
    assert_int_equal(read_gain(), 255);
    cap_close(camera);
}

struct told {
    atomic_int n_opened, n_paused, n_other;
};

static void note(void *ctx, enum cap_state state, const char *detail, const struct cap_info *info)
{
    (void)detail, (void)info;
    struct told *told = ctx;
    atomic_fetch_add(state == CAP_OPENED   ? &told->n_opened
                     : state == CAP_PAUSED ? &told->n_paused
                                           : &told->n_other,
                     1);
}

static void expect_told(atomic_int *n, int times)
{
    for (int i = 0; i < PATIENCE_MS / 10 && *n < times; i++)
        pause_ms(10);
    assert_int_equal(*n, times);
}

static void expect_picture(struct cap_slot *slot, int reader)
{
    const struct cap_frame *frame = cap_slot_wait(slot, reader, PATIENCE_MS);
    assert_non_null(frame);
    assert_int_equal(vivid_wrong_bars(&frame->img), 0);
    cap_slot_release(slot, frame);
}

// Who streams is alone: another one can do so in a pause only.
static bool somebody_else_can_stream(void)
{
    struct err err = {0};
    struct cap_camera *other;
    int ret = cap_open(&other, VIVID_LINK, &err);
    assert_true(ret == 0 || strstr(err.text, "in use"));
    cap_close(other);
    return ret == 0;
}

static void a_pause_gives_the_device_away(void **state)
{
    (void)state;
    struct told told = {0};
    struct cap_slot *slot;
    struct cap_feed *feed;
    assert_int_equal(cap_slot_create(&slot, NULL), 0);
    int reader = cap_slot_attach(slot);
    assert_int_equal(cap_feed_start(&feed, VIVID_LINK, slot, note, &told, NULL), 0);
    expect_told(&told.n_opened, 1);
    expect_picture(slot, reader);
    assert_false(somebody_else_can_stream());
    cap_feed_set_control(feed, VIVID_LINK, CAP_GAIN, 41); // between two frames
    for (int i = 0; i < PATIENCE_MS / 10 && read_gain() != 41; i++)
        pause_ms(10);
    assert_int_equal(read_gain(), 41);
    cap_feed_pause(feed);
    expect_told(&told.n_paused, 1);
    assert_true(somebody_else_can_stream());
    cap_feed_resume(feed);
    expect_told(&told.n_opened, 2);
    expect_picture(slot, reader);
    assert_int_equal(told.n_other, 0);
    cap_feed_stop(feed);
    cap_slot_destroy(slot);
}

static void unplugging_changes_the_stamp(void **state)
{
    (void)state;
    uint64_t plugged = cap_list_stamp();
    assert_true(cap_list_stamp() == plugged);
    vivid_unplug();
    uint64_t unplugged = cap_list_stamp();
    assert_true(unplugged != plugged);
    vivid_plug();
    assert_true(cap_list_stamp() != unplugged);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(controls_are_the_drivers),
        cmocka_unit_test(a_pause_gives_the_device_away),
        cmocka_unit_test(unplugging_changes_the_stamp),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    vivid_show_bars();
    vivid_link();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
