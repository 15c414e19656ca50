// SPDX-License-Identifier: MIT
// Which mode of a V4L2 camera is taken, and which cameras there are.
#include "tests/unit/webcam.h"

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

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_are_chosen_by_size_rate_and_format),
        cmocka_unit_test(sizes_are_fitted_into_ranges),
        TEST(the_list_has_a_stamp),
        TEST(cameras_are_listed_by_lasting_names),
        TEST(cameras_that_share_an_id_are_listed_by_path),
        TEST(a_forbidden_camera_says_why_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
