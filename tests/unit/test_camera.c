// SPDX-License-Identifier: MIT
#include "capture/backend.h"
#include "capture/camera.h"
#include "capture/v4l2_node.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "tests/test.h"

#include <errno.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

static void specs_are_checked_without_opening(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",           "0",          "17",          "/dev/video0",    "/dev/v4l/by-id/usb-x",
        "./node",     "demo",       "demo:0",      "demo:23",        "demo@60",
        "demo:3@10",  "demo@29.97", "demo@0",      "replay:x",       "replay:/a b/c@d",
        "replay:x@5", "replay:@x",  "replay:x@1e", "replay:x@1.2.3", "replay:a@b@12",
        "replay:x@-5"};
    static const char *const bad[] = {"video0",
                                      "demo:",
                                      "demo:24",
                                      "demo:-1",
                                      "demo:x",
                                      "demo:1x",
                                      "demo:@5",
                                      "demo@",
                                      "demo@x",
                                      "demos",
                                      "replay",
                                      "replay:",
                                      "replay:@5",
                                      "replay:x@1001",
                                      "demo@99999",
                                      "123456",
                                      "http://host/video",
                                      "webcam"};
    struct err err;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        err.text[0] = '\0';
        if (cap_spec_check(good[i], &err))
            fail_msg("\"%s\": %s", good[i], err.text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err.text[0] = '\0';
        if (cap_spec_check(bad[i], &err) != ERR_USAGE)
            fail_msg("\"%s\" passes", bad[i]);
        assert_true(err.text[0] != '\0');
    }
    char longest[600];
    memset(longest, '/', sizeof longest);
    longest[599] = '\0';
    assert_int_equal(cap_spec_check(longest, &err), ERR_USAGE);
    longest[511] = '\0';
    assert_int_equal(cap_spec_check(longest, &err), 0);
}

static void a_bad_spec_opens_nothing(void **state)
{
    (void)state;
    struct err err = {0};
    struct cap_camera *camera = (struct cap_camera *)&err;
    assert_int_equal(cap_open(&camera, "demo:99", &err), ERR_USAGE);
    assert_null(camera);
    cap_close(NULL);
}

static void expect_refusal(const char *path, const char *because)
{
    struct err err = {0};
    struct cap_camera *camera;
    assert_int_equal(cap_open(&camera, path, &err), ERR_CAMERA);
    assert_null(camera);
    if (!strstr(err.text, because) || strncmp(err.text, path, strlen(path)) != 0)
        fail_msg("%s: \"%s\" does not say \"%s\"", path, err.text, because);
}

static void what_is_no_camera_says_so(void **state)
{
    const char *dir = *state;
    char path[700];
    expect_refusal("/dev/video98765", "no such camera");
    expect_refusal("/dev/v4l/by-id/usb-Absent-video-index0", "no such camera");
    expect_refusal("/dev/null", "not a camera");
    expect_refusal("/dev/zero", "not a camera");
    expect_refusal(dir, "a folder, not a camera");
    snprintf(path, sizeof path, "%s/file", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    expect_refusal(path, "a file, not a camera; to play it, write replay:");
    snprintf(path, sizeof path, "%s/pipe", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refusal(path, "not a camera");
    snprintf(path, sizeof path, "%s/file/video0", dir);
    expect_refusal(path, "Not a directory");
}

static void causes_name_a_remedy(void **state)
{
    (void)state;
    static const struct {
        int errnum;
        const char *says;
    } causes[] = {
        {ENOENT, "plug it in"},
        {EACCES, "group \"video\""},
        {EPERM, "log in again"},
        {EBUSY, "close it there"},
        {ENOSPC, "USB bandwidth"},
        {ENODEV, "gone"},
        {ENOTTY, "not a camera"},
        {EINVAL, "virtual camera"},
        {-EINVAL, "starting it"},
        {EIO, "failed while starting it"},
        {E2BIG, "Argument list too long while starting it"},
    };
    for (size_t i = 0; i < sizeof causes / sizeof *causes; i++) {
        struct err err = {0};
        assert_int_equal(cap_node_fail(&err, "/dev/video0", "starting it", causes[i].errnum),
                         ERR_CAMERA);
        if (!strstr(err.text, causes[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, causes[i].says);
    }
}

static void the_group_that_is_let_in_is_named(void **state)
{
    char path[600];
    struct err err = {0};
    snprintf(path, sizeof path, "%s/node", (const char *)*state);
    assert_int_equal(file_save(path, "", 0, NULL), 0);
    cap_node_fail(&err, path, "opening", EACCES); // mode 0600
    assert_non_null(strstr(err.text, "no group of users is let in"));
    assert_int_equal(chmod(path, 0660), 0);
    const struct group *group = getgrgid(getegid());
    cap_node_fail(&err, path, "opening", EACCES);
    assert_non_null(strstr(err.text, getegid() ? group->gr_name : "no group of users is let in"));
}

// Another process that has the device open is named.
static void a_busy_camera_names_its_user(void **state)
{
    const char *dir = *state;
    char path[600], command[1400], pid[32] = "";
    snprintf(path, sizeof path, "%s/device", dir);
    snprintf(command, sizeof command, "sleep 30 3>'%s' >&- 2>&- & echo $!", path);
    FILE *shell = popen(command, "r");
    assert_non_null(shell);
    assert_non_null(fgets(pid, sizeof pid, shell));
    pid[strcspn(pid, "\n")] = '\0';
    struct err err = {0};
    char want[64];
    snprintf(want, sizeof want, "(pid %s)", pid);
    for (int i = 0; i < 100 && !strstr(err.text, "sleep (pid"); i++) { // until it is started
        cap_node_fail(&err, path, "opening", EBUSY);
        usleep(20000);
    }
    snprintf(command, sizeof command, "kill %s", pid);
    assert_int_equal(system(command), 0);
    pclose(shell);
    assert_non_null(strstr(err.text, want));
    assert_non_null(strstr(err.text, "in use by sleep (pid "));
}

static void without_a_camera_the_demo_serves(void **state)
{
    (void)state;
    struct cap_info list[4];
    if (cap_list(list, 4) > 0) {
        printf("skipped: this machine has a camera (%s)\n", list[0].name);
        skip();
    }
    struct cap_camera *camera;
    struct err err = {0};
    assert_int_equal(cap_open(&camera, "", &err), 0);
    assert_string_equal(cap_info(camera)->spec, "demo");
    assert_true(cap_info(camera)->fps == 25);
    cap_close(camera);
}

static void nodes_that_are_no_cameras_are_not_listed(void **state)
{
    const char *dir = *state;
    char path[600];
    struct cap_info list[4];
    struct err why = {0};
    assert_int_equal(cap_v4l2_list(dir, list, 4, &why), 0);
    assert_string_equal(why.text, "");
    assert_int_equal(cap_v4l2_list("/nonexistent", list, 4, &why), 0);
    snprintf(path, sizeof path, "%s/video0", dir);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(cap_v4l2_list(dir, list, 4, &why), 0);
    assert_non_null(strstr(why.text, "not a camera"));
}

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specs_are_checked_without_opening),
        cmocka_unit_test(a_bad_spec_opens_nothing),
        cmocka_unit_test_setup_teardown(what_is_no_camera_says_so, test_dir_make, test_dir_remove),
        cmocka_unit_test(causes_name_a_remedy),
        cmocka_unit_test_setup_teardown(the_group_that_is_let_in_is_named, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_busy_camera_names_its_user, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test(without_a_camera_the_demo_serves),
        cmocka_unit_test_setup_teardown(nodes_that_are_no_cameras_are_not_listed, test_dir_make,
                                        test_dir_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
