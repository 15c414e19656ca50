// SPDX-License-Identifier: MIT
// What pictures show is counted, told as the next thing to do, and looked at once: a picture that
// is known is not read again, wherever it is moved to.
#include "app/coach.h"
#include "capture/camera.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <fcntl.h>
#include <unistd.h>

static void nothing(void *ctx)
{
    (void)ctx;
}

static struct app_coach *start(const char *dir)
{
    struct app_coach *coach;
    assert_int_equal(app_coach_create(&coach, dir, nothing, NULL, NULL), 0);
    return coach;
}

// The counts when n pictures have been looked at, and no more wait.
static struct app_coach_counts wait_for(struct app_coach *coach, int n)
{
    struct app_coach_counts counts;
    int64_t until = clock_now_ns() + 60 * CLOCK_SECOND;
    do {
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 100);
        app_coach_counts(coach, &counts);
    } while ((counts.pictures != n || counts.waiting > 0) && clock_now_ns() < until);
    assert_int_equal(counts.pictures, n);
    return counts;
}

static struct app_coach_counts look_once(const char *dir, int n)
{
    struct app_coach *coach = start(dir);
    struct app_coach_counts counts = wait_for(coach, n);
    app_coach_destroy(coach);
    return counts;
}

enum light { AS_IT_IS, MIRRORED, DARK, ONE_SIDED };

static void relight(struct img *img, enum light light)
{
    for (int y = 0; y < img->h; y++)
        for (int x = 0; x < img->w; x++) {
            uint8_t *px = img->px + 3 * (y * img->w + x),
                    *other = img->px + 3 * (y * img->w + img->w - 1 - x);
            for (int c = 0; c < 3; c++) {
                if (light == MIRRORED && 2 * x < img->w) {
                    uint8_t swap = px[c];
                    px[c] = other[c];
                    other[c] = swap;
                }
                if (light == DARK)
                    px[c] = px[c] / 3;
                if (light == ONE_SIDED && 2 * x < img->w)
                    px[c] = (uint8_t)(px[c] * 2 / 5);
            }
        }
}

// A picture of the demo person as it is after `s` seconds.
static void put(const char *dir, const char *name, double s, enum light light)
{
    struct img whole = {0}, part = {0};
    char folder[1000];
    snprintf(folder, sizeof folder, "%s/%.*s", dir, (int)strcspn(name, "/"), name);
    assert_int_equal(file_make_dirs(folder, NULL), 0);
    assert_int_equal(cap_demo_draw(&whole, 0, s, NULL), 0);
    assert_int_equal(img_crop(&part, &whole, (struct img_rect){140, 60, 360, 360}, NULL), 0);
    relight(&part, light);
    assert_int_equal(img_save_jpeg(&part, test_path(dir, name), 95, NULL), 0);
    img_finish(&whole);
    img_finish(&part);
}

// As many seconds of the demo as there are pictures: the head turns to both sides.
static void put_many(const char *dir, const char *kind, int n, enum light light)
{
    for (int i = 0; i < n; i++) {
        char name[100];
        snprintf(name, sizeof name, "%s/%s-20260314-150926-535-b001-%04d.jpg", kind, kind, i + 1);
        put(dir, name, i * 0.7, light);
    }
}

static void turned_heads_are_told_apart(void **state)
{
    const char *dir = *state;
    put_many(dir, "anchor", 12, AS_IT_IS);
    struct app_coach_counts as_it_is = look_once(dir, 12);
    put_many(dir, "positive", 12, MIRRORED);
    struct app_coach_counts both = look_once(dir, 24);
    assert_int_equal(as_it_is.n[APP_STRAIGHT] + as_it_is.n[APP_LEFT] + as_it_is.n[APP_RIGHT], 12);
    assert_true(as_it_is.n[APP_LEFT] + as_it_is.n[APP_RIGHT] >= 3);
    // With the mirrored ones either side has as many as both had, but for a doubtful one or two.
    int turned = as_it_is.n[APP_LEFT] + as_it_is.n[APP_RIGHT];
    assert_in_range(both.n[APP_LEFT] - turned + 2, 0, 4);
    assert_in_range(both.n[APP_RIGHT] - turned + 2, 0, 4);
}

static void light_is_told(void **state)
{
    const char *dir = *state;
    put_many(dir, "anchor", 4, DARK);
    struct app_coach_counts counts = look_once(dir, 4);
    assert_int_equal(counts.n[APP_DIM], 4);
    assert_int_equal(counts.n[APP_SIDE_LIGHT], 0);
    put_many(dir, "anchor", 4, ONE_SIDED);
    counts = look_once(dir, 4);
    assert_int_equal(counts.n[APP_SIDE_LIGHT], 4);
}

static void times_come_from_names(void **state)
{
    const char *dir = *state;
    static const char *const names[] = {
        "anchor/anchor-20260314-090000-000-b001-0001.jpg",
        "anchor/anchor-20260314-092000-000-b002-0001.jpg",   // the same sitting
        "positive/anchor-20260314-094900-000-b003-0001.jpg", // moved there
        "anchor/anchor-20260314-173000-000-b001-0001.jpg",
        "positive/positive-20260314-190000-000-b001-0001.jpg",
        "positive/positive-20260315-055900-000-b001-0001.jpg",
    };
    for (size_t i = 0; i < 6; i++)
        put(dir, names[i], 0, AS_IT_IS);
    put(dir, "negative/negative-20260316-090000-000-b001-0001.jpg", 0, AS_IT_IS);
    struct app_coach_counts counts = look_once(dir, 6);
    assert_int_equal(counts.sittings, 4);
    assert_int_equal(counts.n[APP_DAY], 4);
    assert_int_equal(counts.n[APP_EVENING], 2);
}

// The file keeps its size and time, but is no picture any more.
static void spoil(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    int fd = open(path, O_WRONLY);
    for (off_t i = 0; i < st.st_size; i++)
        assert_int_equal(write(fd, "x", 1), 1);
    const struct timespec times[2] = {st.st_mtim, st.st_mtim};
    assert_int_equal(futimens(fd, times), 0);
    close(fd);
}

static void what_was_seen_is_remembered(void **state)
{
    const char *dir = *state;
    const char *name = "anchor/anchor-20260314-150926-535-b001-0001.jpg";
    put_many(dir, "anchor", 3, AS_IT_IS);
    struct app_coach_counts first = look_once(dir, 3);
    struct stat st;
    assert_int_equal(stat(test_path(dir, "coach.json"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    spoil(test_path(dir, name));
    struct app_coach_counts again = look_once(dir, 3);
    assert_memory_equal(&first, &again, sizeof first);
    // Moved to another class it is the same one.
    assert_int_equal(file_make_dirs(test_path(dir, "positive"), NULL), 0);
    assert_int_equal(
        rename(test_path(dir, name), test_path(dir, "positive/anchor-20260314-150926-535-"
                                                    "b001-0001.jpg")),
        0);
    again = look_once(dir, 3);
    assert_memory_equal(&first, &again, sizeof first);
    // Without what was remembered it is seen to be none.
    assert_int_equal(file_save(test_path(dir, "coach.json"), "{\"pictures\":{\"a\":[1]", 20, NULL),
                     0);
    again = look_once(dir, 3);
    assert_int_equal(again.n[APP_DAY] + again.n[APP_EVENING], 2);
}

// Reading the memory of a process from its beginning fails, as reading a broken disk does.
static void what_could_not_be_read_is_not_remembered(void **state)
{
    const char *dir = *state;
    char name[] = "anchor/anchor-20260314-150926-535-b001-0009.jpg", byte;
    int fd = open("/proc/self/mem", O_RDONLY);
    if (fd < 0 || read(fd, &byte, 1) >= 0)
        skip();
    close(fd);
    put_many(dir, "anchor", 2, AS_IT_IS);
    assert_int_equal(symlink("/proc/self/mem", test_path(dir, name)), 0);
    look_once(dir, 2);
    void *text;
    size_t size;
    assert_int_equal(file_read(test_path(dir, "coach.json"), 10000, &text, &size, NULL), 0);
    assert_non_null(memmem(text, size, "b001-0001", 9));
    assert_null(memmem(text, size, "b001-0009", 9));
    free(text);
    struct app_coach *coach = start(dir);
    wait_for(coach, 2);
    assert_int_equal(unlink(test_path(dir, name)), 0);
    put(dir, name, 2, AS_IT_IS);
    app_coach_look(coach);
    wait_for(coach, 3);
    app_coach_destroy(coach);
}

static void pictures_come_and_go_meanwhile(void **state)
{
    const char *dir = *state;
    put_many(dir, "anchor", 2, AS_IT_IS);
    struct app_coach *coach = start(dir);
    wait_for(coach, 2);
    put_many(dir, "positive", 3, AS_IT_IS);
    app_coach_look(coach);
    wait_for(coach, 5);
    assert_int_equal(unlink(test_path(dir, "anchor/anchor-20260314-150926-535-b001-0001.jpg")), 0);
    app_coach_look(coach);
    wait_for(coach, 4);
    app_coach_destroy(coach);
}

static const char *next(struct app_coach_counts counts)
{
    static struct ui_coach view;
    app_coach_view(&counts, &view);
    return view.next;
}

static void the_first_thing_missing_is_suggested(void **state)
{
    (void)state;
    struct app_coach_counts counts = {0};
    assert_string_equal(next(counts), "");
    counts = (struct app_coach_counts){.pictures = 4, .sittings = 1, .n = {[APP_STRAIGHT] = 4}};
    assert_string_equal(next(counts), "Next: look straight into the camera (4 of 10)");
    counts.n[APP_STRAIGHT] = 10;
    assert_non_null(strstr(next(counts), "to the left (0 of 5)"));
    counts.n[APP_LEFT] = 5;
    assert_non_null(strstr(next(counts), "to the right (0 of 5)"));
    counts.n[APP_RIGHT] = 9;
    counts.n[APP_SIDE_LIGHT] = 2;
    counts.n[APP_DIM] = 2;
    assert_non_null(strstr(next(counts), "light from one side (4 of 5)"));
    counts.n[APP_DIM] = 3;
    assert_non_null(strstr(next(counts), "come back later"));
    counts.sittings = 2;
    assert_non_null(strstr(next(counts), "by daylight"));
    counts.n[APP_DAY] = 30;
    assert_non_null(strstr(next(counts), "in the evening"));
    counts.n[APP_EVENING] = 5;
    assert_non_null(strstr(next(counts), "glasses"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(turned_heads_are_told_apart),
        TEST(light_is_told),
        TEST(times_come_from_names),
        TEST(what_was_seen_is_remembered),
        TEST(what_could_not_be_read_is_not_remembered),
        TEST(pictures_come_and_go_meanwhile),
        cmocka_unit_test(the_first_thing_missing_is_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
