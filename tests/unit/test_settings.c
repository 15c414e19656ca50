// SPDX-License-Identifier: MIT
// The window's settings: found, kept, and neither lost nor overwritten when something is wrong.
#include "app/settings.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "tests/test.h"

#include <limits.h>
#include <unistd.h>

#define LONG (3600 * CLOCK_SECOND)

// The test's folder is the home of configuration from here on.
static const char *file_of(void **state)
{
    static char path[PATH_MAX];
    setenv("XDG_CONFIG_HOME", *state, 1);
    assert_int_equal(app_settings_path(path, sizeof path, NULL), 0);
    return path;
}

static void write_file(const char *path, const char *text)
{
    char dir[PATH_MAX];
    snprintf(dir, sizeof dir, "%s", path);
    *strrchr(dir, '/') = '\0';
    assert_int_equal(file_make_dirs(dir, NULL), 0);
    assert_int_equal(file_save(path, text, strlen(text), NULL), 0);
}

static void expect_file(const char *path, const char *text)
{
    void *data;
    size_t size;
    assert_int_equal(file_read(path, 10000, &data, &size, NULL), 0);
    assert_string_equal(data, text);
    free(data);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 0777;
}

static struct app_settings *open_well(void)
{
    struct app_settings *s;
    struct err err = {0};
    if (app_settings_open(&s, &err))
        fail_msg("%s", err.text);
    return s;
}

static void keep(struct app_settings *s)
{
    assert_int_equal(app_settings_keep(s, 0, NULL), 0);
}

static void where_it_is(void **state)
{
    (void)state;
    char path[PATH_MAX];
    struct err err;
    setenv("HOME", "/home/ada", 1);
    setenv("XDG_CONFIG_HOME", "/etc/ada", 1);
    assert_int_equal(app_settings_path(path, sizeof path, NULL), 0);
    assert_string_equal(path, "/etc/ada/visavis/settings.json");
    setenv("XDG_CONFIG_HOME", "relative", 1);
    assert_int_equal(app_settings_path(path, sizeof path, NULL), 0);
    assert_string_equal(path, "/home/ada/.config/visavis/settings.json");
    unsetenv("HOME");
    assert_int_equal(app_settings_path(path, sizeof path, &err), ERR_USAGE);
    assert_non_null(strstr(err.text, "XDG_CONFIG_HOME"));
}

static void choices_outlast_the_session(void **state)
{
    const char *path = file_of(state);
    struct app_settings *s = open_well();
    assert_true(app_settings_flag(s, APP_MIRROR, true));
    assert_string_equal(app_settings_text(s, APP_THEME, APP_DARK), APP_DARK);
    keep(s);
    assert_false(file_exists(path)); // nothing was chosen
    app_settings_set_flag(s, APP_MIRROR, false);
    app_settings_set_text(s, APP_THEME, APP_LIGHT);
    app_settings_set_text(s, APP_THEME, APP_DARK);
    app_settings_set_text(s, APP_THEME, APP_LIGHT);
    assert_int_equal(app_settings_keep(s, LONG, NULL), 0);
    assert_false(file_exists(path)); // the last change is too young
    keep(s);
    app_settings_close(s);
    assert_int_equal(mode_of(path), 0600);
    char dir[PATH_MAX];
    snprintf(dir, sizeof dir, "%s/visavis", (char *)*state);
    assert_int_equal(mode_of(dir), 0700);

    s = open_well();
    assert_false(app_settings_flag(s, APP_MIRROR, true));
    assert_string_equal(app_settings_text(s, APP_THEME, APP_DARK), APP_LIGHT);
    app_settings_close(s);
}

static float text_size(const struct app_settings *s)
{
    return app_settings_number(s, APP_TEXT_SIZE, 0.5f, 2, 1);
}

static void a_number_outlasts_the_session(void **state)
{
    const char *path = file_of(state);
    struct app_settings *s = open_well();
    assert_true(text_size(s) == 1);
    app_settings_set_number(s, APP_TEXT_SIZE, 1.1f);
    assert_true(text_size(s) == 1.1f);
    keep(s);
    app_settings_close(s);
    expect_file(path, "{\n\t\"text_size\":\t1.1\n}\n");
    s = open_well();
    assert_true(text_size(s) == 1.1f);
    app_settings_close(s);
}

static void odd_numbers_are_passed_over(void **state)
{
    static const char *const odd[] = {"0.49", "2.01",  "-1", "1e999", "\"1.5\"",
                                      "true", "[1.5]", "{}", "null"};
    static const char *const well[] = {"0.5", "2", "1.5"};
    const char *path = file_of(state);
    char text[64];
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        snprintf(text, sizeof text, "{\"text_size\": %s}", odd[i]);
        write_file(path, text);
        struct app_settings *s = open_well();
        assert_true(text_size(s) == 1);
        app_settings_close(s);
    }
    for (size_t i = 0; i < sizeof well / sizeof *well; i++) {
        snprintf(text, sizeof text, "{\"text_size\": %s}", well[i]);
        write_file(path, text);
        struct app_settings *s = open_well();
        assert_true(text_size(s) == strtof(well[i], NULL));
        app_settings_close(s);
    }
}

static void what_is_unknown_stays(void **state)
{
    const char *path = file_of(state);
    write_file(path, "{\"new\": {\"deep\": [1, 2.5, null]}, \"mirror\": 7, \"theme\": \"light\"}");
    struct app_settings *s = open_well();
    assert_true(app_settings_flag(s, APP_MIRROR, true)); // 7 is no flag
    app_settings_set_flag(s, APP_MIRROR, false);
    keep(s);
    app_settings_close(s);
    expect_file(path, "{\n\t\"new\":\t{\n\t\t\"deep\":\t[1, 2.5, null]\n\t},\n"
                      "\t\"mirror\":\tfalse,\n\t\"theme\":\t\"light\"\n}\n");
}

static void a_broken_file_is_set_aside(void **state)
{
    static const char *const broken[] = {"", "{\"mirror\": fal", "[1]", "null", "\"text\""};
    const char *path = file_of(state);
    char aside[PATH_MAX];
    snprintf(aside, sizeof aside, "%s/visavis/settings.json.broken", (char *)*state);
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct app_settings *s;
        struct err err = {0};
        write_file(path, broken[i]);
        assert_int_equal(app_settings_open(&s, &err), ERR_DATA);
        assert_non_null(strstr(err.text, "settings.json.broken"));
        assert_false(file_exists(path));
        expect_file(aside, broken[i]);
        assert_true(app_settings_flag(s, APP_MIRROR, true));
        app_settings_set_flag(s, APP_MIRROR, false);
        keep(s);
        app_settings_close(s);
        expect_file(path, "{\n\t\"mirror\":\tfalse\n}\n");
        expect_file(aside, broken[i]);
    }
}

// What can't be read may be a good file: nothing is written in its place.
static void an_unreadable_file_stays(void **state)
{
    const char *path = file_of(state);
    struct app_settings *s;
    struct err err = {0};
    assert_int_equal(file_make_dirs(path, NULL), 0); // a folder where the file should be
    assert_int_equal(app_settings_open(&s, &err), ERR_DATA);
    assert_non_null(strstr(err.text, path));
    app_settings_set_flag(s, APP_MIRROR, false);
    assert_false(app_settings_flag(s, APP_MIRROR, true)); // for this session
    keep(s);
    app_settings_close(s);
    assert_true(file_is_dir(path));
}

static void a_link_stays_a_link(void **state)
{
    const char *path = file_of(state);
    char target[PATH_MAX];
    snprintf(target, sizeof target, "%s/dotfiles.json", (char *)*state);
    write_file(path, "{}");
    assert_int_equal(rename(path, target), 0);
    assert_int_equal(symlink(target, path), 0);
    struct app_settings *s = open_well();
    app_settings_set_flag(s, APP_MIRROR, true);
    keep(s);
    app_settings_close(s);
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    expect_file(target, "{\n\t\"mirror\":\ttrue\n}\n");
}

static void a_failed_write_is_told_once(void **state)
{
    const char *path = file_of(state);
    char dir[PATH_MAX];
    struct err err = {0};
    struct app_settings *s = open_well();
    snprintf(dir, sizeof dir, "%s/visavis", (char *)*state);
    assert_int_equal(file_save(dir, "", 0, NULL), 0); // a file where the folder should be
    app_settings_set_flag(s, APP_MIRROR, false);
    assert_int_equal(app_settings_keep(s, 0, &err), ERR_IO);
    keep(s); // not again
    assert_int_equal(unlink(dir), 0);
    app_settings_set_flag(s, APP_MIRROR, true);
    keep(s);
    app_settings_close(s);
    expect_file(path, "{\n\t\"mirror\":\ttrue\n}\n");
}

static void each_camera_has_its_own(void **state)
{
    const char *path = file_of(state);
    int value = 7;
    struct app_settings *s = open_well();
    assert_false(app_settings_of_camera(s, "/dev/v4l/a", "gain", &value));
    app_settings_forget_camera(s, "/dev/v4l/a");
    keep(s);
    assert_false(file_exists(path));
    app_settings_set_of_camera(s, "/dev/v4l/a", "gain", -3);
    app_settings_set_of_camera(s, "/dev/v4l/a", "exposure", 156);
    app_settings_set_of_camera(s, "/dev/v4l/b", "gain", 9);
    app_settings_set_text(s, APP_CAMERA, "/dev/v4l/b");
    keep(s);
    app_settings_close(s);
    s = open_well();
    assert_true(app_settings_of_camera(s, "/dev/v4l/a", "gain", &value) && value == -3);
    assert_true(app_settings_of_camera(s, "/dev/v4l/b", "gain", &value) && value == 9);
    assert_string_equal(app_settings_text(s, APP_CAMERA, ""), "/dev/v4l/b");
    app_settings_forget_camera(s, "/dev/v4l/a");
    assert_false(app_settings_of_camera(s, "/dev/v4l/a", "exposure", &value));
    assert_true(app_settings_of_camera(s, "/dev/v4l/b", "gain", &value));
    app_settings_close(s);
}

static void odd_cameras_are_passed_over(void **state)
{
    const char *path = file_of(state);
    int value;
    write_file(path, "{\"cameras\": [1], \"camera\": {}}");
    struct app_settings *s = open_well();
    assert_false(app_settings_of_camera(s, "a", "gain", &value));
    assert_string_equal(app_settings_text(s, APP_CAMERA, "none"), "none");
    app_settings_forget_camera(s, "a");
    app_settings_set_of_camera(s, "a", "gain", 5); // in the place of what was no object
    assert_true(app_settings_of_camera(s, "a", "gain", &value) && value == 5);
    app_settings_close(s);
    write_file(path, "{\"cameras\": {\"a\": {\"gain\": \"5\", \"exposure\": 1e300}, \"b\": 7}}");
    s = open_well();
    assert_false(app_settings_of_camera(s, "a", "gain", &value));
    assert_false(app_settings_of_camera(s, "b", "gain", &value));
    assert_true(app_settings_of_camera(s, "a", "exposure", &value) && value == INT_MAX);
    app_settings_close(s);
}

static void what_is_forgotten_is_gone(void **state)
{
    const char *path = file_of(state);
    struct app_settings *s = open_well();
    app_settings_set_number(s, APP_THRESHOLD, 0.93f);
    app_settings_set_text(s, APP_THRESHOLD_OF, "2026-03-14T15:09:26Z");
    keep(s);
    expect_file(path,
                "{\n\t\"threshold\":\t0.93,\n\t\"threshold_of\":\t\"2026-03-14T15:09:26Z\"\n}\n");
    app_settings_forget(s, APP_THRESHOLD);
    app_settings_forget(s, APP_THRESHOLD_OF);
    app_settings_forget(s, "never there");
    assert_true(app_settings_number(s, APP_THRESHOLD, 0, 1, -1) < 0);
    keep(s);
    expect_file(path, "{\n}\n");
    app_settings_close(s);
}

static void none_are_kept(void **state)
{
    const char *path = file_of(state);
    app_settings_set_flag(NULL, APP_MIRROR, false);
    app_settings_set_text(NULL, APP_THEME, APP_LIGHT);
    app_settings_set_number(NULL, APP_TEXT_SIZE, 1.5f);
    app_settings_set_of_camera(NULL, "a", "gain", 1);
    app_settings_forget_camera(NULL, "a");
    app_settings_forget(NULL, APP_THRESHOLD);
    assert_true(app_settings_flag(NULL, APP_MIRROR, true));
    assert_string_equal(app_settings_text(NULL, APP_THEME, APP_DARK), APP_DARK);
    assert_true(text_size(NULL) == 1);
    keep(NULL);
    app_settings_close(NULL);
    assert_false(file_exists(path));
}

int main(void)
{
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_it_is),
        IN_A_FOLDER(choices_outlast_the_session),
        IN_A_FOLDER(a_number_outlasts_the_session),
        IN_A_FOLDER(odd_numbers_are_passed_over),
        IN_A_FOLDER(what_is_unknown_stays),
        IN_A_FOLDER(a_broken_file_is_set_aside),
        IN_A_FOLDER(an_unreadable_file_stays),
        IN_A_FOLDER(a_link_stays_a_link),
        IN_A_FOLDER(a_failed_write_is_told_once),
        IN_A_FOLDER(each_camera_has_its_own),
        IN_A_FOLDER(odd_cameras_are_passed_over),
        IN_A_FOLDER(what_is_forgotten_is_gone),
        IN_A_FOLDER(none_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
