// SPDX-License-Identifier: MIT
// The strips of the newest pictures follow what comes, goes and changes in the user's folders.
#include "app/newest.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

enum { SIDE = 96 };

static struct app_newest *newest;
static struct ui_strip strips[SIAM_KINDS];
static atomic_int n_changed;

static void on_changed(void *ctx)
{
    (void)ctx;
    n_changed++;
}

// A picture of one shade, changed at `second`.
static void put(const char *dir, const char *name, int shade, int second)
{
    struct img img = {0};
    const char *path = test_path(dir, name);
    struct timespec times[2] = {{1700000000 + second, 0}, {1700000000 + second, 0}};
    assert_int_equal(img_reserve(&img, 40, 30, NULL), 0);
    memset(img.px, shade, 3 * 40 * 30);
    assert_int_equal(img_save_png(&img, path, NULL), 0);
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    img_finish(&img);
}

// Whether a strip shows pictures of these shades, the newest first; waits for it.
static void assert_shows(enum siam_kind kind, const int *shades, int n)
{
    const int64_t until = clock_now_ns() + 20 * CLOCK_SECOND;
    for (;;) {
        app_newest_view(newest, strips);
        const struct ui_strip *s = &strips[kind];
        bool same = s->n == n && (n > 0) == (s->row != NULL);
        for (int i = 0; i < n && same; i++)
            same = s->row->px[3 * (i * SIDE + SIDE / 2)] == shades[i];
        if (same)
            return;
        if (clock_now_ns() > until)
            fail_msg("%d pictures are shown, or others", s->n);
        usleep(5000);
    }
}

static void begin(const char *dir)
{
    n_changed = 0;
    assert_int_equal(app_newest_create(&newest, dir, on_changed, NULL, NULL), 0);
}

static void end(void)
{
    app_newest_destroy(newest);
    newest = NULL;
}

static void pictures_come_and_go(void **state)
{
    const char *dir = *state;
    char anchors[600], others[600];
    snprintf(anchors, sizeof anchors, "%s/anchor", dir);
    snprintf(others, sizeof others, "%s/negative/friend", dir);
    assert_int_equal(file_make_dirs(anchors, NULL), 0);
    assert_int_equal(file_make_dirs(others, NULL), 0);
    put(anchors, "b.png", 20, 2);
    put(anchors, "a.png", 10, 1);
    put(others, "c.png", 30, 3);
    begin(dir);
    assert_shows(SIAM_ANCHOR, (int[]){20, 10}, 2);
    assert_shows(SIAM_POSITIVE, NULL, 0);
    assert_shows(SIAM_NEGATIVE, (int[]){30}, 1);
    int64_t number = strips[SIAM_ANCHOR].number;
    assert_true(n_changed >= 3);

    put(anchors, "0.png", 40, 4); // first by name, but the newest
    assert_int_equal(file_save(test_path(anchors, "x.png"), "broken", 6, NULL), 0);
    assert_int_equal(file_save(test_path(anchors, "notes.txt"), "none", 4, NULL), 0);
    app_newest_changed(newest, SIAM_ANCHOR);
    assert_shows(SIAM_ANCHOR, (int[]){40, 20, 10}, 3);
    assert_true(strips[SIAM_ANCHOR].number > number);

    assert_int_equal(unlink(test_path(anchors, "b.png")), 0);
    app_newest_changed(newest, SIAM_ANCHOR);
    assert_shows(SIAM_ANCHOR, (int[]){40, 10}, 2);
    put(anchors, "a.png", 50, 5); // another picture of the same name
    app_newest_changed(newest, SIAM_ANCHOR);
    assert_shows(SIAM_ANCHOR, (int[]){50, 40}, 2);
    number = strips[SIAM_NEGATIVE].number;
    assert_shows(SIAM_NEGATIVE, (int[]){30}, 1);
    assert_true(strips[SIAM_NEGATIVE].number == number); // nobody told of a change there
    end();
}

// What was told of before is in sight after a wait.
static void it_settles(void **state)
{
    char anchors[600];
    snprintf(anchors, sizeof anchors, "%s/anchor", (const char *)*state);
    assert_int_equal(file_make_dirs(anchors, NULL), 0);
    begin(*state);
    for (int i = 0; i < 5; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.png", i);
        put(anchors, name, 10 * i, i);
        app_newest_changed(newest, SIAM_ANCHOR);
        app_newest_settle(newest, 20 * CLOCK_SECOND);
        app_newest_view(newest, strips);
        assert_int_equal(strips[SIAM_ANCHOR].n, i + 1);
        assert_int_equal(strips[SIAM_ANCHOR].row->px[0], 10 * i);
    }
    end();
}

static void only_the_newest_are_shown(void **state)
{
    const char *dir = *state;
    char positives[600];
    int shades[UI_NEWEST];
    snprintf(positives, sizeof positives, "%s/positive", dir);
    assert_int_equal(file_make_dirs(positives, NULL), 0);
    for (int i = 0; i < 3 * UI_NEWEST; i++) {
        char name[16];
        int second = i * 7 % (3 * UI_NEWEST); // in no order
        snprintf(name, sizeof name, "%02d.png", i);
        put(positives, name, 8 * second, second);
    }
    for (int i = 0; i < UI_NEWEST; i++)
        shades[i] = 8 * (3 * UI_NEWEST - 1 - i);
    begin(dir);
    assert_shows(SIAM_POSITIVE, shades, UI_NEWEST);
    end();
}

// At any moment, at once.
static void it_ends(void **state)
{
    for (int i = 0; i < 20; i++) {
        begin(*state);
        for (int k = 0; k < i; k++)
            app_newest_changed(newest, (enum siam_kind)(k % SIAM_KINDS));
        end();
    }
    app_newest_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_come_and_go, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(it_settles, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(only_the_newest_are_shown, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(it_ends, test_dir_make, test_dir_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
