// SPDX-License-Identifier: MIT
// The store of chips: whatever its cache holds, what comes out is what was put in; and a disk that
// is full or broken is an error that says what to do.
#include "core/base/pool.h"
#include "core/base/rng.h"
#include "core/siamese/chips.h"
#include "tests/chips_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

#define N    23
#define SIZE 1001

static void fill(uint8_t *chip, int i)
{
    struct rng rng;
    rng_seed(&rng, (uint64_t)i, 5);
    for (int k = 0; k < SIZE; k++)
        chip[k] = (uint8_t)rng_below(&rng, 256);
}

static struct siam_chips *make(void **state, size_t cache_bytes)
{
    struct siam_chips *chips;
    struct err err = {0};
    if (siam_chips_create(&chips, N, SIZE, cache_bytes, *state, &err))
        fail_msg("%s", err.text);
    return chips;
}

static void put_one(void *ctx, int item, int worker)
{
    uint8_t chip[SIZE];
    (void)worker;
    fill(chip, item);
    assert_int_equal(siam_chips_put(ctx, item, chip, NULL), 0);
}

static void get_one(void *ctx, int item, int worker)
{
    uint8_t chip[SIZE + 1], want[SIZE];
    (void)worker;
    chip[SIZE] = 99;
    fill(want, item % N);
    assert_int_equal(siam_chips_get(ctx, item % N, chip, NULL), 0);
    assert_memory_equal(chip, want, SIZE);
    assert_int_equal(chip[SIZE], 99);
}

static int count_names(const char *dir)
{
    int n = 0;
    DIR *entries = opendir(dir);
    assert_non_null(entries);
    while (readdir(entries))
        n++;
    closedir(entries);
    return n - 2; // "." and ".."
}

static void what_is_put_is_got(void **state)
{
    static const struct {
        size_t cache_bytes;
        int on_disk;
    } cases[] = {
        {0, N},        {SIZE - 1, N}, {SIZE, N - 1}, {7 * SIZE + 500, N - 7}, {N * SIZE - 1, 1},
        {N * SIZE, 0}, {SIZE_MAX, 0},
    };
    struct pool *pool;
    assert_int_equal(pool_create(&pool, 3, 0, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct siam_chips *chips = make(state, cases[i].cache_bytes);
        struct stat st;
        assert_int_equal(siam_chips_on_disk(chips), cases[i].on_disk);
        assert_int_equal(chips_file() >= 0, cases[i].on_disk > 0);
        pool_run(pool, N, put_one, chips);
        pool_run(pool, 3 * N, get_one, chips);
        put_one(chips, N - 1, 0); // anew
        get_one(chips, N - 1, 0);
        if (cases[i].on_disk) {
            assert_int_equal(fstat(chips_file(), &st), 0);
            assert_int_equal(st.st_size, cases[i].on_disk * SIZE);
            assert_int_equal(st.st_mode & 0777, 0600);
            assert_int_equal(fcntl(chips_file(), F_GETFD), FD_CLOEXEC);
        }
        assert_int_equal(count_names(*state), 0); // while it is in use
        siam_chips_destroy(chips);
        assert_int_equal(chips_file(), -1);
    }
    pool_destroy(pool);
    siam_chips_destroy(NULL);
}

static void none_at_all(void **state)
{
    struct siam_chips *chips;
    assert_int_equal(siam_chips_create(&chips, 0, SIZE, 0, *state, NULL), 0);
    assert_int_equal(siam_chips_on_disk(chips), 0);
    siam_chips_destroy(chips);
    assert_int_equal(siam_chips_create(&chips, INT_MAX, SIZE_MAX / 2, 0, *state, NULL), ERR_MEMORY);
    assert_null(chips);
}

static void assert_text(const struct err *err, const char *dir, const char *what)
{
    if (!strstr(err->text, dir) || !strstr(err->text, what) || !strstr(err->text, "--cache 1 "))
        fail_msg("expected \"%s\", \"%s\", \"--cache 1\" in: %s", dir, what, err->text);
}

static void no_such_folder(void **state)
{
    struct siam_chips *chips;
    struct err err = {0};
    char dir[600];
    snprintf(dir, sizeof dir, "%s/absent", (const char *)*state);
    assert_int_equal(siam_chips_create(&chips, N, SIZE, 0, dir, &err), ERR_IO);
    assert_null(chips);
    assert_text(&err, dir, "cannot make a file");
    assert_int_equal(siam_chips_create(&chips, N, SIZE, N * SIZE, dir, NULL), 0); // not needed
    siam_chips_destroy(chips);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == RLIM_INFINITY ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// A limit on the size of files stands for the full disk.
static void no_room(void **state)
{
    struct siam_chips *chips;
    struct err err = {0};
    uint8_t chip[SIZE];
    signal(SIGXFSZ, SIG_IGN);
    limit_files(3 * SIZE);
    assert_int_equal(siam_chips_create(&chips, N, SIZE, 0, *state, &err), ERR_IO);
    assert_null(chips);
    assert_text(&err, *state, "cannot make room");
    assert_int_equal(chips_file(), -1);
    assert_int_equal(count_names(*state), 0);
    limit_files(RLIM_INFINITY);

    // Where the file system promised nothing ahead.
    chips = make(state, 0);
    assert_int_equal(ftruncate(chips_file(), 0), 0);
    limit_files(2 * SIZE + 10); // the third is cut, then fails
    for (int i = 0; i < 4; i++) {
        fill(chip, i);
        assert_int_equal(siam_chips_put(chips, i, chip, &err), i < 2 ? 0 : ERR_IO);
    }
    assert_text(&err, *state, "cannot keep");
    limit_files(RLIM_INFINITY);
    siam_chips_destroy(chips);
    signal(SIGXFSZ, SIG_DFL);
}

static void cannot_be_read_back(void **state)
{
    struct err err = {0};
    uint8_t chip[SIZE];
    struct siam_chips *chips = make(state, 4 * SIZE);
    for (int i = 0; i < N; i++)
        put_one(chips, i, 0);
    assert_int_equal(ftruncate(chips_file(), 5 * SIZE + 10), 0);
    for (int i = 0; i < 4 + 5; i++)
        get_one(chips, i, 0);
    assert_int_equal(siam_chips_get(chips, 9, chip, &err), ERR_IO);
    assert_text(&err, *state, "cut short");
    assert_int_equal(siam_chips_get(chips, N - 1, chip, NULL), ERR_IO);
    int file = chips_file(), mem = open("/proc/self/mem", O_RDONLY); // with no page at 0
    assert_true(mem >= 0);
    assert_int_equal(dup2(mem, file), file);
    close(mem);
    assert_int_equal(siam_chips_get(chips, 4, chip, &err), ERR_IO);
    assert_text(&err, *state, strerror(EIO));
    siam_chips_destroy(chips);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_put_is_got),  TEST(none_at_all), TEST(no_such_folder), TEST(no_room),
        TEST(cannot_be_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
