// SPDX-License-Identifier: MIT
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/pool.h"
#include "core/base/rng.h"
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

static void err_text_is_one_line(void **state)
{
    (void)state;
    struct err err;
    assert_int_equal(err_set(&err, ERR_DATA, "a\nb\tc%s", "\x7f"), ERR_DATA);
    assert_string_equal(err.text, "a?b?c?");
    char longer[2000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    err_set(&err, ERR_DATA, "%s", longer);
    assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
    assert_int_equal(err_set(NULL, ERR_USAGE, "x"), ERR_USAGE);
}

static void err_codes_map_to_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(err_exit_code(0), 0);
    assert_int_equal(err_exit_code(ERR_USAGE), 2);
    assert_int_equal(err_exit_code(ERR_CAMERA), 3);
    assert_int_equal(err_exit_code(ERR_DATA), 4);
    assert_int_equal(err_exit_code(ERR_MODEL), 5);
    assert_int_equal(err_exit_code(ERR_IO), 4);
    assert_int_equal(err_exit_code(ERR_MEMORY), 4);
}

// xoshiro256++ of the state {1, 2, 3, 4}: the reference implementation's first outputs.
static void rng_is_xoshiro256pp(void **state)
{
    (void)state;
    struct rng rng = {{1, 2, 3, 4}};
    assert_true(rng_next(&rng) == 41943041);
    assert_true(rng_next(&rng) == 58720359);
    assert_true(rng_next(&rng) == 3588806011781223);
    assert_true(rng_next(&rng) == 3591011842654386);
}

static void rng_streams_and_ranges(void **state)
{
    (void)state;
    struct rng a, b, c;
    rng_seed(&a, 7, 1);
    rng_seed(&b, 7, 1);
    rng_seed(&c, 7, 2);
    assert_true(rng_next(&a) == rng_next(&b));
    assert_true(rng_next(&a) != rng_next(&c));
    int count[5] = {0};
    for (int i = 0; i < 50000; i++) {
        float f = rng_float(&a);
        assert_true(f >= 0 && f < 1);
        count[rng_below(&a, 5)]++;
    }
    for (int i = 0; i < 5; i++) // 6 standard deviations of a fair draw
        assert_in_range(count[i], 10000 - 540, 10000 + 540);
    int items[100], seen[100] = {0};
    for (int i = 0; i < 100; i++)
        items[i] = i;
    rng_shuffle(&a, items, 100);
    int in_place = 0;
    for (int i = 0; i < 100; i++) {
        seen[items[i]]++;
        in_place += items[i] == i;
    }
    for (int i = 0; i < 100; i++)
        assert_int_equal(seen[i], 1);
    assert_true(in_place < 20);
}

struct sums {
    int64_t square[1000];
    int busy[8];
    bool shared; // two items ran at once with one worker number
};

static void square_item(void *ctx, int item, int worker)
{
    struct sums *s = ctx;
    if (s->busy[worker]++)
        s->shared = true;
    s->square[item] += (int64_t)item * item;
    s->busy[worker]--;
}

static void pool_runs_every_item_once(void **state)
{
    (void)state;
    for (int workers = 1; workers <= 8; workers += 3) {
        struct pool *pool;
        assert_int_equal(pool_create(&pool, workers, 1, NULL), 0);
        assert_int_equal(pool_workers(pool), workers);
        static struct sums s;
        memset(&s, 0, sizeof s);
        for (int round = 0; round < 200; round++)
            pool_run(pool, round % 2 ? 1000 : 1, square_item, &s);
        pool_run(pool, 0, square_item, &s);
        assert_false(s.shared);
        for (int i = 1; i < 1000; i++)
            assert_true(s.square[i] == INT64_C(100) * i * i);
        pool_destroy(pool);
    }
    pool_destroy(NULL);
}

// Hidden ones too.
static int count_entries(const char *path)
{
    int n = -2; // "." and ".."
    DIR *dir = opendir(path);
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void files_are_atomic_and_private(void **state)
{
    const char *dir = *state;
    char path[4200], deep[4200];
    struct err err = {0};
    snprintf(deep, sizeof deep, "%s/a/b/c", dir);
    mode_t old = umask(0377);
    assert_int_equal(file_make_dirs(deep, &err), 0);
    umask(0);
    assert_int_equal(file_make_dirs(deep, &err), 0);
    snprintf(path, sizeof path, "%s/x.bin", deep);
    assert_int_equal(file_save(path, "one", 3, &err), 0);
    umask(old);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);

    struct file_writer w;
    assert_int_equal(file_begin(&w, path, &err), 0);
    assert_int_equal(file_put(&w, "two two", 7, &err), 0);
    void *data;
    size_t size;
    assert_int_equal(file_read(path, 100, &data, &size, &err), 0);
    assert_int_equal(size, 3);
    assert_memory_equal(data, "one", 4);
    free(data);
    assert_int_equal(count_entries(deep), w.has_name ? 2 : 1);
    file_abandon(&w);
    assert_int_equal(count_entries(deep), 1);

    assert_int_equal(file_save(path, "two two", 7, &err), 0);
    assert_int_equal(file_read(path, 7, &data, &size, &err), 0);
    assert_string_equal(data, "two two");
    free(data);
    assert_int_equal(file_read(path, 6, &data, &size, &err), ERR_DATA);
    assert_null(data);
    assert_non_null(strstr(err.text, "too large"));
    assert_int_equal(file_read(deep, 100, &data, &size, &err), ERR_DATA);
    assert_int_equal(file_save("/nonexistent/x", "", 0, &err), ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/x"));
    snprintf(path, sizeof path, "%s/x.bin/y", deep);
    assert_int_equal(file_make_dirs(path, &err), ERR_IO);
}

static int note_visit(void *ctx, const char *path, const char *folder)
{
    char *list = ctx;
    assert_int_equal(strncmp(path, folder, strlen(folder)), 0);
    strcat(strcat(list, path + strlen(folder) + 1), " ");
    return strstr(path, "last") ? 7 : 0;
}

static void walk_is_sorted_and_survives_loops(void **state)
{
    const char *dir = *state;
    char path[4200], list[1000] = "";
    static const char *const files[] = {"b.jpg",     "a.jpg",   "sub/d.jpg",
                                        "sub/c.jpg", ".hidden", "sub/deep/e.jpg"};
    struct err err = {0};
    snprintf(path, sizeof path, "%s/walk/sub/deep", dir);
    assert_int_equal(file_make_dirs(path, &err), 0);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/walk/%s", dir, files[i]);
        assert_int_equal(file_save(path, "", 0, &err), 0);
    }
    snprintf(path, sizeof path, "%s/walk/sub/deep/up", dir);
    assert_int_equal(symlink("../..", path), 0);
    snprintf(path, sizeof path, "%s/walk/dangling", dir);
    assert_int_equal(symlink("nowhere", path), 0);
    snprintf(path, sizeof path, "%s/walk", dir);
    assert_int_equal(file_walk(path, note_visit, list, &err), 0);
    assert_string_equal(list, "a.jpg b.jpg c.jpg d.jpg e.jpg ");
    list[0] = '\0';
    assert_int_equal(file_walk_all(path, note_visit, list, &err), 0);
    assert_string_equal(list, "a.jpg b.jpg dangling c.jpg d.jpg e.jpg ");

    snprintf(path, sizeof path, "%s/walk/b-last", dir);
    assert_int_equal(file_save(path, "", 0, &err), 0);
    list[0] = '\0';
    snprintf(path, sizeof path, "%s/walk", dir);
    assert_int_equal(file_walk(path, note_visit, list, &err), 7);
    assert_string_equal(list, "a.jpg b-last ");
    snprintf(path, sizeof path, "%s/none", dir);
    assert_int_equal(file_walk(path, note_visit, list, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "none"));
}

static void clock_goes_forward(void **state)
{
    (void)state;
    int64_t t = clock_now_ns();
    clock_sleep_until(t + 2000000);
    assert_true(clock_now_ns() - t >= 2000000);
    char stamp[20], utc[21];
    clock_stamp(stamp);
    clock_utc(utc);
    assert_int_equal(strlen(stamp), 19);
    assert_int_equal(strlen(utc), 20);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool woken;
};

static void *wake(void *arg)
{
    struct waiting *w = arg;
    pthread_mutex_lock(&w->lock);
    w->woken = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

static void a_wait_ends_in_time(void **state)
{
    (void)state;
    struct waiting w = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    pthread_t thread;
    pthread_mutex_lock(&w.lock);
    int64_t t = clock_now_ns();
    while (clock_wait(&w.cond, &w.lock, t + 2000000)) {
    }
    assert_true(clock_now_ns() - t >= 2000000);
    assert_false(clock_wait(&w.cond, &w.lock, t)); // past
    assert_int_equal(pthread_create(&thread, NULL, wake, &w), 0);
    while (!w.woken)
        assert_true(clock_wait(&w.cond, &w.lock, t + 20 * CLOCK_SECOND));
    pthread_mutex_unlock(&w.lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_text_is_one_line),
        cmocka_unit_test(err_codes_map_to_exit_codes),
        cmocka_unit_test(rng_is_xoshiro256pp),
        cmocka_unit_test(rng_streams_and_ranges),
        cmocka_unit_test(pool_runs_every_item_once),
        cmocka_unit_test_setup_teardown(files_are_atomic_and_private, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(walk_is_sorted_and_survives_loops, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test(clock_goes_forward),
        cmocka_unit_test(a_wait_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
