// SPDX-License-Identifier: MIT
// The pictures of a page: listed with the newest first, small ones made of what is in sight, what
// is chosen kept while pictures come and go.
#include "app/album.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <unistd.h>

#define SIDE 24

static void nothing(void *ctx)
{
    (void)ctx;
}

// A picture of one grey.
static void put(const char *dir, const char *name, uint8_t grey)
{
    struct img img = {0};
    char folder[1000];
    snprintf(folder, sizeof folder, "%s/%.*s", dir, (int)strcspn(name, "/"), name);
    assert_int_equal(file_make_dirs(folder, NULL), 0);
    assert_int_equal(img_reserve(&img, 60, 80, NULL), 0);
    memset(img.px, grey, (size_t)3 * 60 * 80);
    assert_int_equal(img_save_png(&img, test_path(dir, name), NULL), 0);
    img_finish(&img);
}

static void put_anchors(const char *dir, int first, int last)
{
    for (int i = first; i <= last; i++) {
        char name[100];
        snprintf(name, sizeof name, "anchor/anchor-20260314-150926-535-b001-%04d.png", i);
        put(dir, name, (uint8_t)(10 * i));
    }
}

static bool is_made(const struct ui_album *view)
{
    for (int i = view->first_seen; i < view->first_seen + view->n_seen && i < view->n; i++)
        if (!view->thumb[i].px && !view->thumb[i].fault)
            return false;
    for (int i = 0; i < view->n_sections; i++)
        if (view->section[i].reading)
            return false;
    return view->n_sections > 0;
}

// Fills in the view until there are n pictures, and small ones of what is in sight.
static void wait_for(struct app_album *album, struct ui_album *view, int n)
{
    int64_t until = clock_now_ns() + 30 * CLOCK_SECOND;
    do {
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 200);
        app_album_view(album, view);
    } while ((view->n != n || !is_made(view)) && clock_now_ns() < until);
    assert_int_equal(view->n, n);
    assert_true(is_made(view));
}

static struct app_album *start(const char *dir, struct ui_album *view)
{
    struct app_album *album;
    *view = (struct ui_album){.side_px = SIDE, .n_seen = 6};
    assert_int_equal(app_album_create(&album, dir, nothing, NULL, NULL), 0);
    app_album_open(album, true);
    return album;
}

// Chosen ones as a text: "-xx-".
static const char *chosen(struct app_album *album, struct ui_album *view)
{
    static char text[100];
    app_album_view(album, view);
    for (int i = 0; i < view->n; i++)
        text[i] = view->thumb[i].chosen ? 'x' : '-';
    text[view->n] = '\0';
    return text;
}

static void the_newest_come_first(void **state)
{
    const char *dir = *state;
    static struct ui_album view;
    put_anchors(dir, 1, 8);
    put(dir, "positive/positive-20250101-000000-000-b001-0001.png", 7);
    put(dir, "positive/positive-20260101-000000-000-b001-0001.png", 9);
    assert_int_equal(file_save(test_path(dir, "positive/notes.txt"), "mine", 4, NULL), 0);
    struct app_album *album = start(dir, &view);
    wait_for(album, &view, 10);
    assert_int_equal(view.side, SIDE);
    assert_int_equal(view.section[0].n, 8);
    assert_int_equal(view.section[1].n, 2);
    assert_int_equal(view.section[2].n, 0);
    assert_int_equal(view.section[1].usable, 2);
    assert_int_equal(view.section[1].skipped, 0);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(view.thumb[i].px[0], 10 * (8 - i));
        assert_int_equal(view.thumb[i].px[3 * SIDE * SIDE - 1], 10 * (8 - i));
    }
    assert_non_null(strstr(view.thumb[8].path, "positive-2026"));
    app_album_destroy(album);
}

static void others_follow_and_broken_ones_are_told(void **state)
{
    const char *dir = *state;
    static struct ui_album view;
    put(dir, "one/a.png", 1);
    put(dir, "two/b.png", 2);
    assert_int_equal(file_save(test_path(dir, "two/broken.jpg"), "<html>", 6, NULL), 0);
    const char *dirs[] = {test_path(dir, "one"), test_path(dir, "two")};
    struct app_album *album = start(dir, &view);
    app_album_set_folders(album, dirs, 2);
    wait_for(album, &view, 3);
    assert_int_equal(view.n_sections, 5);
    assert_string_equal(view.section[3].name, dirs[0]);
    assert_int_equal(view.section[3].key, 0);
    assert_int_equal(view.section[4].n, 2);
    assert_int_equal(view.section[4].usable, 1);
    assert_int_equal(view.section[4].skipped, 1);
    assert_string_equal(view.section[4].why, "broken.jpg: not a picture");
    // The other way round, and one of them alone.
    const char *turned[] = {dirs[1], dirs[0]};
    app_album_set_folders(album, turned, 2);
    wait_for(album, &view, 3);
    assert_string_equal(view.section[3].name, dirs[1]);
    assert_int_equal(view.section[3].n, 2);
    app_album_set_folders(album, turned, 1);
    wait_for(album, &view, 2);
    assert_int_equal(view.n_sections, 4);
    app_album_destroy(album);
}

static void choosing_as_in_a_file_manager(void **state)
{
    const char *dir = *state;
    static struct ui_album view;
    put_anchors(dir, 1, 5);
    put(dir, "negative/x.png", 1);
    struct app_album *album = start(dir, &view);
    wait_for(album, &view, 6);
    int n;
    assert_null(app_album_chosen(album, &n));
    app_album_choose(album, 1, UI_CHOOSE_ONE);
    assert_string_equal(chosen(album, &view), "-x----");
    app_album_choose(album, 3, UI_CHOOSE_TO);
    assert_string_equal(chosen(album, &view), "-xxx--");
    assert_int_equal(view.cursor, 3);
    app_album_choose(album, 0, UI_CHOOSE_TO); // from where it began
    assert_string_equal(chosen(album, &view), "xx----");
    app_album_choose(album, 5, UI_CHOOSE_ALSO);
    app_album_choose(album, 0, UI_CHOOSE_ALSO);
    assert_string_equal(chosen(album, &view), "-x---x");
    assert_int_equal(view.n_chosen, 2);
    const char **paths = app_album_chosen(album, &n);
    assert_int_equal(n, 2);
    assert_non_null(strstr(paths[0], "b001-0004.png"));
    assert_non_null(strstr(paths[1], "negative/x.png"));
    free(paths);
    app_album_choose(album, 4, UI_CHOOSE_SECTION);
    assert_string_equal(chosen(album, &view), "xxxxx-");
    app_album_choose(album, 5, UI_CHOOSE_SECTION);
    assert_string_equal(chosen(album, &view), "-----x");
    app_album_choose(album, 77, UI_CHOOSE_ONE);
    assert_string_equal(chosen(album, &view), "-----x");
    app_album_destroy(album);
}

static void what_is_chosen_stays_so_while_others_come_and_go(void **state)
{
    const char *dir = *state;
    static struct ui_album view;
    put_anchors(dir, 3, 6);
    struct app_album *album = start(dir, &view);
    wait_for(album, &view, 4);
    app_album_choose(album, 1, UI_CHOOSE_ONE); // number 5
    app_album_view(album, &view);
    const uint8_t *px = view.thumb[1].px;
    int64_t number = view.thumb[1].number;
    put_anchors(dir, 7, 8);
    assert_int_equal(unlink(test_path(dir, "anchor/anchor-20260314-150926-535-b001-0006.png")), 0);
    app_album_changed(album, SIAM_ANCHOR);
    wait_for(album, &view, 5);
    assert_string_equal(chosen(album, &view), "--x--");
    assert_int_equal(view.cursor, 2);
    assert_int_equal(view.thumb[2].number, number);
    assert_ptr_equal(view.thumb[2].px, px); // it was not made anew
    // Where it is gone itself, the cursor is on the next one.
    assert_int_equal(unlink(test_path(dir, "anchor/anchor-20260314-150926-535-b001-0005.png")), 0);
    app_album_changed(album, SIAM_ANCHOR);
    wait_for(album, &view, 4);
    assert_string_equal(chosen(album, &view), "----");
    assert_int_equal(view.cursor, 2);
    // Another picture under the same name is another one.
    number = view.thumb[0].number;
    put(dir, "anchor/anchor-20260314-150926-535-b001-0008.png", 255);
    app_album_changed(album, SIAM_ANCHOR);
    for (int i = 0; i < 500 && view.thumb[0].number == number; i++)
        wait_for(album, &view, 4);
    assert_int_equal(view.thumb[0].px[0], 255);
    app_album_destroy(album);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_newest_come_first),
        TEST(others_follow_and_broken_ones_are_told),
        TEST(choosing_as_in_a_file_manager),
        TEST(what_is_chosen_stays_so_while_others_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
