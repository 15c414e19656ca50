// SPDX-License-Identifier: MIT
// What is learnt of other people is kept by its names; of what was not used for long some goes.
#include "app/people_files.h"
#include "core/base/file.h"
#include "tests/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char key_form[] = "00000000000000%02d";

// A file that was used at a minute.
static void put(const char *dir, int key, enum app_people_file what, int minute)
{
    char name[SIAM_PEOPLE_KEY + 8], path[PATH_MAX];
    struct timespec times[2] = {{1700000000 + 60 * minute, 0}, {1700000000 + 60 * minute, 0}};
    snprintf(name, sizeof name, key_form, key);
    assert_int_equal(app_people_path(path, dir, name, what, NULL), 0);
    assert_int_equal(file_save(path, "x", 1, NULL), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool is_there(const char *dir, int key, enum app_people_file what)
{
    char name[SIAM_PEOPLE_KEY + 8], path[PATH_MAX];
    snprintf(name, sizeof name, key_form, key);
    assert_int_equal(app_people_path(path, dir, name, what, NULL), 0);
    return file_exists(path);
}

static void what_was_used_last_stays(void **state)
{
    const char *dir = *state;
    struct siam_people_keys keys;
    snprintf(keys.model, sizeof keys.model, key_form, 50);
    snprintf(keys.faces, sizeof keys.faces, key_form, 51);
    for (int key = 1; key <= 6; key++) {
        put(dir, key, APP_PEOPLE_MODEL, 100 - key);
        put(dir, key, APP_PEOPLE_FACES, 100 - key);
        put(dir, key, APP_PEOPLE_CHECKPOINT, key);
    }
    put(dir, 50, APP_PEOPLE_MODEL, 0); // these are asked for
    put(dir, 50, APP_PEOPLE_CHECKPOINT, 0);
    put(dir, 51, APP_PEOPLE_FACES, 0);
    assert_int_equal(file_save(test_path(dir, "mine.checkpoint"), "x", 1, NULL), 0);
    assert_int_equal(file_save(test_path(dir, "0123.faces"), "x", 1, NULL), 0);
    app_people_prune(dir, &keys);
    for (int key = 1; key <= 6; key++) {
        assert_int_equal(is_there(dir, key, APP_PEOPLE_MODEL), key <= 4);
        assert_int_equal(is_there(dir, key, APP_PEOPLE_FACES), key <= 4);
        assert_int_equal(is_there(dir, key, APP_PEOPLE_CHECKPOINT), key == 6);
    }
    assert_true(is_there(dir, 50, APP_PEOPLE_MODEL));
    assert_true(is_there(dir, 50, APP_PEOPLE_CHECKPOINT));
    assert_true(is_there(dir, 51, APP_PEOPLE_FACES));
    assert_true(file_exists(test_path(dir, "mine.checkpoint")));
    assert_true(file_exists(test_path(dir, "0123.faces")));

    char path[PATH_MAX];
    assert_int_equal(app_people_path(path, dir, "0000000000000004", APP_PEOPLE_MODEL, NULL), 0);
    app_people_touch(path);
    put(dir, 7, APP_PEOPLE_MODEL, 200);
    app_people_prune(dir, &keys);
    assert_true(is_there(dir, 4, APP_PEOPLE_MODEL));
    assert_false(is_there(dir, 3, APP_PEOPLE_MODEL));
    app_people_prune(test_path(dir, "none"), &keys); // nothing to do
}

static void the_cache_is_the_second_folder(void **state)
{
    (void)state;
    char dirs[2][PATH_MAX];
    assert_int_equal(setenv("XDG_CACHE_HOME", "/c", 1), 0);
    assert_int_equal(app_people_dirs(dirs, "/d"), 2);
    assert_string_equal(dirs[0], "/d/people");
    assert_string_equal(dirs[1], "/c/visavis/people");
    assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0); // counts as not set
    assert_int_equal(setenv("HOME", "/h", 1), 0);
    assert_int_equal(app_people_dirs(dirs, "/d"), 2);
    assert_string_equal(dirs[1], "/h/.cache/visavis/people");
    assert_int_equal(unsetenv("HOME"), 0);
    assert_int_equal(app_people_dirs(dirs, "/d"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_used_last_stays, test_dir_make, test_dir_remove),
        cmocka_unit_test(the_cache_is_the_second_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
