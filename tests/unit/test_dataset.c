// SPDX-License-Identifier: MIT
// The data set of a training: what is found, what is refused by name, and above all that nothing
// stands on both sides of the split.
#include "tests/chips_file.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/rng.h"
#include "core/image/save.h"
#include "core/siamese/dataset.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

// ---- Pictures made by the test --------------------------------------------------------------

// A picture of 9 x 8 cells of random brightness: another seed differs in many bits of its hash;
// another `shade` looks the same and has the same hash, but other pixels. With ALMOST in the seed
// one cell is another: a near-duplicate.
#define ALMOST (UINT64_C(1) << 40)

static void draw(struct img *img, uint64_t seed, int shade)
{
    struct rng rng;
    uint8_t cells[8][9];
    rng_seed(&rng, seed & ~ALMOST, 99);
    for (int i = 0; i < 72; i++)
        cells[i / 9][i % 9] = (uint8_t)(20 + rng_below(&rng, 21) * 10);
    if (seed & ALMOST)
        cells[3][4] = cells[3][4] < 120 ? 225 : 15;
    assert_int_equal(img_reserve(img, 72, 64, NULL), 0);
    for (int y = 0; y < 64; y++)
        for (int x = 0; x < 72; x++)
            memset(img->px + 3 * (y * 72 + x), cells[y / 8][x / 8] + shade, 3);
}

__attribute__((format(printf, 4, 5))) static void put_picture(const char *dir, uint64_t seed,
                                                              int shade, const char *name, ...)
{
    char file[256], path[1024], folder[1024];
    va_list args;
    va_start(args, name);
    vsnprintf(file, sizeof file, name, args);
    va_end(args);
    snprintf(path, sizeof path, "%s/%s", dir, file);
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    assert_int_equal(file_make_dirs(folder, NULL), 0);
    struct img img = {0};
    draw(&img, seed, shade);
    assert_int_equal(img_save_png(&img, path, NULL), 0); // told by content, not by name
    img_finish(&img);
}

static void put_text(const char *dir, const char *name, const char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_save(path, text, strlen(text), NULL), 0);
}

struct folders {
    char anchor[600];
    char positive[600];
    char negative[600];
};

static struct folders make_folders(void **state)
{
    struct folders f;
    snprintf(f.anchor, sizeof f.anchor, "%s/anchor", (const char *)*state);
    snprintf(f.positive, sizeof f.positive, "%s/positive", (const char *)*state);
    snprintf(f.negative, sizeof f.negative, "%s/negative", (const char *)*state);
    assert_int_equal(file_make_dirs(f.anchor, NULL), 0);
    assert_int_equal(file_make_dirs(f.positive, NULL), 0);
    assert_int_equal(file_make_dirs(f.negative, NULL), 0);
    return f;
}

struct setting {
    uint64_t seed;
    int channels;
    int max_negatives;
    float heldout_share; // 0: 30 %
    int workers;
    size_t cache_bytes;
    const char *cache_dir;
    const char *left_out; // a picture's path
    const atomic_bool *stop;
};

static int load(struct siam_dataset **data, const struct folders *f, struct setting s,
                struct err *err)
{
    const char *negatives[] = {f->negative};
    const struct siam_dataset_config config = {
        .anchor_dir = f->anchor,
        .positive_dir = f->positive,
        .negative_dirs = negatives,
        .n_negative_dirs = 1,
        .input = siam_input_whole(s.channels ? s.channels : 3),
        .heldout_share = s.heldout_share > 0 ? s.heldout_share : 0.3f,
        .seed = s.seed,
        .max_negatives = s.max_negatives,
        .cache_bytes = s.cache_bytes,
        .cache_dir = s.cache_dir,
        .left_out = &s.left_out,
        .n_left_out = s.left_out != NULL,
    };
    struct pool *pool;
    assert_int_equal(pool_create(&pool, s.workers ? s.workers : 2, 0, NULL), 0);
    int ret = siam_dataset_load(data, &config, pool, s.stop, err);
    pool_destroy(pool);
    return ret;
}

static struct siam_dataset *load_ok(const struct folders *f, struct setting s)
{
    struct siam_dataset *data;
    struct err err = {0};
    if (load(&data, f, s, &err))
        fail_msg("%s", err.text);
    return data;
}

static int count(const struct siam_dataset *data, enum siam_kind kind, enum siam_part part)
{
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++)
        n += data->pictures[i].kind == kind && data->pictures[i].part == part;
    return n;
}

static const struct siam_picture *find(const struct siam_dataset *data, const char *end)
{
    for (int i = 0; i < data->n_pictures; i++) {
        const char *path = data->pictures[i].path;
        if (strlen(path) > strlen(end) && !strcmp(path + strlen(path) - strlen(end), end))
            return &data->pictures[i];
    }
    fail_msg("%s is not in the data set", end);
    return NULL;
}

// Every kind on both sides, groups whole unless cut in time.
static void assert_sound(const struct siam_dataset *data)
{
    int sum = 0;
    for (int k = 0; k < SIAM_KINDS; k++) {
        assert_true(count(data, k, SIAM_TRAIN) >= 1);
        assert_true(count(data, k, SIAM_HELDOUT) >= 1);
        sum += data->n_kind[k];
    }
    assert_int_equal(sum, data->n_pictures);
    for (int i = 0; i < data->n_pictures; i++) {
        const struct siam_picture *p = &data->pictures[i];
        assert_true(i == 0 || data->pictures[i - 1].kind <= p->kind);
        for (int j = 0; j < i && !data->split_in_time; j++)
            if (data->pictures[j].group == p->group)
                assert_int_equal(data->pictures[j].part, p->part);
    }
}

// A few different pictures of each kind, none in a burst.
static void put_singles(const struct folders *f, int n)
{
    for (int i = 0; i < n; i++) {
        put_picture(f->anchor, 1000 + (uint64_t)i, 0, "a%02d.jpg", i);
        put_picture(f->positive, 2000 + (uint64_t)i, 0, "p%02d.png", i);
        put_picture(f->negative, 3000 + (uint64_t)i, 0, "n%02d.webp", i);
    }
}

// ---- Loading --------------------------------------------------------------------------------

static void test_pictures(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 10);
    put_picture(f.anchor, 1, 0, "deep/er/UPPER.JPEG");
    put_text(f.anchor, "notes.txt", "not even tried");
    put_text(f.anchor, ".hidden.jpg", "nor this");
    for (int channels = 1; channels <= 3; channels += 2) {
        struct siam_dataset *data = load_ok(&f, (struct setting){.channels = channels});
        assert_sound(data);
        assert_int_equal(data->n_kind[SIAM_ANCHOR], 11);
        assert_int_equal(data->n_kind[SIAM_POSITIVE], 10);
        assert_int_equal(data->n_kind[SIAM_NEGATIVE], 10);
        assert_int_equal(data->n_skipped, 0);
        assert_int_equal(data->n_people, 0);
        assert_false(data->split_in_time);
        assert_non_null(strstr(data->pictures[0].path, "anchor/a00.jpg"));
        assert_non_null(strstr(data->pictures[10].path, "anchor/deep/er/UPPER.JPEG"));
        struct siam_loader *loader;
        assert_int_equal(siam_loader_create(&loader, &data->input, NULL), 0);
        uint8_t chip[FACE_CHIP_SIZE(3)], stored[FACE_CHIP_SIZE(3)];
        uint64_t hash;
        for (int i = 0; i < data->n_pictures; i++) {
            const struct siam_picture *p = &data->pictures[i];
            assert_int_equal(siam_load_picture(loader, p->path, chip, &hash, NULL), 0);
            assert_int_equal(siam_chips_get(data->chips, p->chip, stored, NULL), 0);
            assert_memory_equal(stored, chip, FACE_CHIP_SIZE(channels));
            assert_true(p->hash == hash);
        }
        siam_loader_destroy(loader);
        siam_dataset_destroy(data);
    }
}

static void test_broken_pictures_are_named(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 4);
    put_text(f.anchor, "page.jpg", "<html>404</html>");
    put_text(f.positive, "empty.png", "");
    char path[1024];
    void *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/n00.webp", f.negative);
    assert_int_equal(file_read(path, 1 << 20, &bytes, &size, NULL), 0);
    snprintf(path, sizeof path, "%s/cut.png", f.negative);
    assert_int_equal(file_save(path, bytes, size / 2, NULL), 0);
    free(bytes);
    struct siam_dataset *data = load_ok(&f, (struct setting){0});
    assert_sound(data);
    assert_int_equal(data->n_pictures, 12);
    assert_int_equal(data->n_skipped, 3);
    static const char *const names[] = {
        "anchor/page.jpg: ", "positive/empty.png: ", "negative/cut.png: "};
    for (int i = 0; i < 3; i++) {
        const char *reason = data->skipped[i].reason;
        assert_non_null(strstr(reason, names[i]));
        assert_string_equal(reason + strlen(reason) - 9, ", skipped");
    }
    siam_dataset_destroy(data);
}

static void test_left_out(void **state)
{
    struct folders f = make_folders(state);
    char path[1000], mine[1000];
    put_singles(&f, 8);
    put_picture(f.negative, 900, 0, "lfw/P/n01.webp"); // the name alone is not what counts
    snprintf(path, sizeof path, "%s/n01.webp", f.negative);
    snprintf(mine, sizeof mine, "%s/a01.jpg", f.anchor);
    struct siam_dataset *all = load_ok(&f, (struct setting){.seed = 1});
    struct siam_dataset *less = load_ok(&f, (struct setting){.seed = 1, .left_out = path});
    assert_sound(less);
    assert_int_equal(less->n_pictures, all->n_pictures - 1);
    assert_int_equal(less->n_kind[SIAM_NEGATIVE], all->n_kind[SIAM_NEGATIVE] - 1);
    for (int i = 0; i < less->n_pictures; i++)
        assert_string_not_equal(less->pictures[i].path, path);
    assert_non_null(find(less, "P/n01.webp"));
    assert_int_equal(less->n_skipped, 1);
    assert_non_null(strstr(less->skipped[0].reason, path));
    assert_true(all->hash != less->hash); // no checkpoint of the one goes on with the other
    assert_true(file_exists(path));
    siam_dataset_destroy(less);
    less = load_ok(&f, (struct setting){.seed = 1, .left_out = mine}); // one behind a link
    assert_int_equal(less->n_kind[SIAM_ANCHOR], all->n_kind[SIAM_ANCHOR] - 1);
    siam_dataset_destroy(less);
    siam_dataset_destroy(all);
}

static void assert_fails(const struct folders *f, const char *dir, const char *cause,
                         const char *remedy)
{
    struct siam_dataset *data;
    struct err err = {0};
    assert_int_equal(load(&data, f, (struct setting){0}, &err), ERR_DATA);
    assert_null(data);
    if (!strstr(err.text, dir) || !strstr(err.text, cause) || !strstr(err.text, remedy))
        fail_msg("expected \"%s\", \"%s\", \"%s\" in: %s", dir, cause, remedy, err.text);
}

static void test_missing_pictures(void **state)
{
    struct folders f = make_folders(state), g = f;
    assert_fails(&f, f.anchor, "no anchors in ", "hold a in the window");
    put_picture(f.anchor, 1, 0, "1.png");
    assert_fails(&f, f.anchor, "1 of 1 pictures usable, 2 needed", "hold a in the window");
    put_text(f.anchor, "2.png", "broken");
    assert_fails(&f, f.anchor, "1 of 2 pictures usable", "hold a in the window");
    put_picture(f.anchor, 2, 0, "3.png");
    assert_fails(&f, f.positive, "no positives in ", "hold p in the window");
    put_picture(f.positive, 3, 0, "1.png");
    put_picture(f.positive, 4, 0, "2.png");
    assert_fails(&f, f.negative, "no negatives in ", "--negatives");
    strcat(g.negative, "-absent");
    assert_fails(&g, g.negative, "no such folder", "--negatives");
    g = f;
    strcat(g.anchor, "/1.png");
    assert_fails(&g, g.anchor, "no such folder", "hold a");
    put_picture(f.negative, 5, 0, "1.png");
    put_picture(f.negative, 6, 0, "2.png");
    struct siam_dataset *data = load_ok(&f, (struct setting){0});
    assert_sound(data);
    siam_dataset_destroy(data);

    struct err err = {0};
    struct pool *pool;
    assert_int_equal(pool_create(&pool, 1, 0, NULL), 0);
    const struct siam_dataset_config none = {.anchor_dir = f.anchor,
                                             .positive_dir = f.positive,
                                             .input = siam_input_whole(3),
                                             .heldout_share = 0.3f};
    assert_int_equal(siam_dataset_load(&data, &none, pool, NULL, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "no negatives: choose a folder"));
    pool_destroy(pool);
}

static void test_stop(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 3);
    atomic_bool stop = true;
    struct siam_dataset *data;
    struct err err = {0};
    assert_int_equal(load(&data, &f, (struct setting){.stop = &stop}, &err), ERR_STOPPED);
    assert_null(data);
}

static void assert_same_data(const struct siam_dataset *a, const struct siam_dataset *b)
{
    uint8_t of_a[FACE_CHIP_SIZE(3)], of_b[FACE_CHIP_SIZE(3)];
    assert_true(a->hash == b->hash);
    assert_int_equal(a->n_pictures, b->n_pictures);
    assert_int_equal(a->n_skipped, b->n_skipped);
    for (int i = 0; i < a->n_pictures; i++) {
        const struct siam_picture *p = &a->pictures[i], *q = &b->pictures[i];
        assert_string_equal(p->path, q->path);
        assert_true(p->hash == q->hash && p->part == q->part && p->group == q->group);
        assert_int_equal(siam_chips_get(a->chips, p->chip, of_a, NULL), 0);
        assert_int_equal(siam_chips_get(b->chips, q->chip, of_b, NULL), 0);
        assert_memory_equal(of_a, of_b, FACE_CHIP_SIZE(3));
    }
}

static void test_cache_changes_nothing(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 8);
    put_text(f.anchor, "a03.jpg", "broken: leaves a gap");
    put_text(f.negative, "n07.webp", "and one at the end");
    struct siam_dataset *whole = load_ok(&f, (struct setting){0});
    assert_int_equal(siam_chips_on_disk(whole->chips), 0);
    static const size_t sizes[] = {1, 3 * FACE_CHIP_SIZE(3), 20 * FACE_CHIP_SIZE(3) + 77};
    for (int i = 0; i < 3; i++) {
        struct setting s = {.cache_bytes = sizes[i], .cache_dir = *state, .workers = 1 + i};
        struct siam_dataset *data = load_ok(&f, s);
        assert_int_equal(siam_chips_on_disk(data->chips), 24 - (int)(sizes[i] / FACE_CHIP_SIZE(3)));
        assert_same_data(data, whole);
        siam_dataset_destroy(data);
        assert_int_equal(chips_file(), -1);
    }
    siam_dataset_destroy(whole);
}

static void test_no_room_for_the_file(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 8);
    struct siam_dataset *data;
    struct err err = {0};
    struct setting s = {.cache_bytes = 1, .cache_dir = "/proc"};
    assert_int_equal(load(&data, &f, s, &err), ERR_IO);
    assert_null(data);
    assert_non_null(strstr(err.text, "/proc: cannot make a file"));
    assert_non_null(strstr(err.text, "--cache 1 "));
    // A file that can't grow, with several workers that all find out: one error.
    s = (struct setting){.cache_bytes = 1, .cache_dir = *state, .workers = 3};
    struct rlimit limit, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = limit;
    small.rlim_cur = 3 * FACE_CHIP_SIZE(3);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(load(&data, &f, s, &err), ERR_IO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_null(data);
    assert_non_null(strstr(err.text, "--cache 1 "));
    assert_int_equal(chips_file(), -1);
}

static void test_links(void **state)
{
    struct folders f = make_folders(state);
    char other[700], to[800], from[800];
    snprintf(other, sizeof other, "%s/elsewhere", (const char *)*state);
    put_singles(&f, 2);
    put_picture(other, 1, 0, "one.png");
    put_picture(other, 2, 0, "two.png");
    snprintf(to, sizeof to, "%s/people", f.negative);
    assert_int_equal(symlink(other, to), 0); // a folder
    snprintf(to, sizeof to, "%s/loop", other);
    assert_int_equal(symlink(other, to), 0); // its own ancestor
    snprintf(from, sizeof from, "%s/one.png", other);
    snprintf(to, sizeof to, "%s/link.png", f.anchor);
    assert_int_equal(symlink(from, to), 0); // a file
    snprintf(to, sizeof to, "%s/dangling.png", f.anchor);
    assert_int_equal(symlink("/nowhere/at/all.png", to), 0);
    struct siam_dataset *data = load_ok(&f, (struct setting){0});
    assert_int_equal(data->n_kind[SIAM_ANCHOR], 3);
    assert_int_equal(data->n_kind[SIAM_NEGATIVE], 4);
    assert_int_equal(find(data, "people/one.png")->person, 0);
    assert_int_equal(find(data, "people/two.png")->person, 0);
    siam_dataset_destroy(data);
}

static void test_more_negatives_than_wanted(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 3);
    for (int person = 0; person < 8; person++)
        for (int i = 0; i < 5; i++)
            put_picture(f.negative, (uint64_t)(100 * person + i), 0, "%c/%d.png", 'A' + person, i);
    struct setting s = {.max_negatives = 17};
    struct siam_dataset *data = load_ok(&f, s), *again = load_ok(&f, s);
    assert_sound(data);
    assert_int_equal(data->n_kind[SIAM_NEGATIVE], 17);
    assert_int_equal(data->n_kind[SIAM_ANCHOR], 3);
    int sizes[8] = {0}, cut = 0;
    for (int i = 0; i < data->n_pictures; i++)
        if (data->pictures[i].person >= 0)
            sizes[data->pictures[i].person]++;
    for (int p = 0; p < data->n_people; p++)
        cut += sizes[p] != 5;
    assert_true(cut <= 1);
    assert_true(data->hash == again->hash);
    siam_dataset_destroy(again);
    s.seed = 1;
    again = load_ok(&f, s);
    assert_true(data->hash != again->hash);
    siam_dataset_destroy(again);
    siam_dataset_destroy(data);
}

// ---- Groups and the split -------------------------------------------------------------------

static void test_burst_names(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *key; // NULL: not such a name
        const char *when;
    } cases[] = {
        {"anchor-20260314-150926-535-b003-0007.jpg", "anchor-20260314-150926-535-b003",
         "20260314-150926-535-b003-0007.jpg"},
        {"20260314-150926-535-b003-7", "20260314-150926-535-b003", "20260314-150926-535-b003-7"},
        {"me-b1-2.png", "me-b1", ""},
        {"x-2026031-150926-535-b003-0007.jpg", "x-2026031-150926-535-b003", ""},
        {"-b1-2", "-b1", ""},
        {"anchor-20260314-150926-535-b003.jpg", NULL, NULL},
        {"anchor-20260314-150926-535-b-0007.jpg", NULL, NULL},
        {"anchor-b003-.jpg", NULL, NULL},
        {"Aaron_Pena_0001.jpg", NULL, NULL},
        {"b1-2.jpg", NULL, NULL},
        {"0007.jpg", NULL, NULL},
        {".jpg", NULL, NULL},
        {"", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct siam_burst burst;
        assert_int_equal(siam_burst_parse(cases[i].name, &burst), cases[i].key != NULL);
        if (!cases[i].key)
            continue;
        assert_int_equal(burst.key_len, strlen(cases[i].key));
        assert_string_equal(burst.when, cases[i].when);
    }
}

static void put_bursts(const char *dir, const char *kind, int n_bursts, int n_each, uint64_t seed)
{
    for (int b = 0; b < n_bursts; b++)
        for (int i = 0; i < n_each; i++)
            put_picture(dir, seed + (uint64_t)(100 * b + i), 0,
                        "%s-20260314-1509%02d-535-b%03d-%04d.jpg", kind, b, b, i);
}

// Pictures of a burst may look as different as they like: they stay together.
static void test_bursts_stay_together(void **state)
{
    struct folders f = make_folders(state);
    put_bursts(f.anchor, "anchor", 7, 4, 10000);
    put_bursts(f.positive, "positive", 6, 3, 20000);
    put_bursts(f.negative, "negative", 8, 2, 30000);
    bool seen[2] = {false, false};
    for (uint64_t seed = 0; seed < 8; seed++) {
        struct siam_dataset *data = load_ok(&f, (struct setting){.seed = seed});
        assert_sound(data);
        assert_false(data->split_in_time);
        assert_int_equal(data->pictures[data->n_pictures - 1].group, 7 + 6 + 8 - 1);
        for (int k = 0; k < SIAM_KINDS; k++) {
            assert_int_equal(count(data, k, SIAM_UNUSED), 0);
            assert_in_range(100 * count(data, k, SIAM_HELDOUT) / data->n_kind[k], 15, 45);
        }
        seen[data->pictures[0].part == SIAM_HELDOUT] = true;
        siam_dataset_destroy(data);
    }
    assert_true(seen[0] && seen[1]); // the seed matters
}

// An anchor burst and a positive burst that hold a near-duplicate go to the same side, and so does
// what hangs on to them by another one; the same for single pictures.
static void test_near_duplicates_join(void **state)
{
    struct folders f = make_folders(state);
    put_bursts(f.anchor, "anchor", 6, 3, 10000);
    put_bursts(f.positive, "positive", 6, 3, 20000);
    put_picture(f.positive, 10001, 2, "positive-20260314-150900-535-b000-0099.jpg"); // a burst 0
    put_picture(f.positive, 20100, 3, "single.png");                                 // p burst 1
    put_picture(f.anchor, 20201, 1, "anchor-20260314-150900-535-b000-0098.jpg");     // p burst 2
    for (int i = 0; i < 9; i++)
        put_picture(f.negative, (uint64_t)(i / 3), 0, "%d.png", i); // stored three times each
    for (uint64_t seed = 0; seed < 12; seed++) {
        struct siam_dataset *data = load_ok(&f, (struct setting){.seed = seed});
        assert_sound(data);
        assert_false(data->split_in_time);
        int a0 = find(data, "anchor-20260314-150900-535-b000-0000.jpg")->group;
        assert_int_equal(find(data, "positive-20260314-150900-535-b000-0000.jpg")->group, a0);
        assert_int_equal(find(data, "positive-20260314-150902-535-b002-0002.jpg")->group, a0);
        assert_int_equal(find(data, "single.png")->group,
                         find(data, "positive-20260314-150901-535-b001-0000.jpg")->group);
        for (int i = 0; i < data->n_pictures; i++)
            for (int j = 0; j < i; j++)
                if (__builtin_popcountll(data->pictures[i].hash ^ data->pictures[j].hash) <=
                    SIAM_NEAR_BITS)
                    assert_int_equal(data->pictures[i].part, data->pictures[j].part);
        siam_dataset_destroy(data);
    }
}

// The bursts of strangers that the program saves, too; pictures of other names only when equal.
static void test_near_negatives_join(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 6);
    put_bursts(f.negative, "negative", 8, 3, 30000);
    put_picture(f.negative, 30001 | ALMOST, 0, "negative-20260314-150905-535-b005-0099.jpg");
    put_picture(f.negative, 30201 | ALMOST, 0, "Other_Name_0001.jpg");
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct siam_dataset *data = load_ok(&f, (struct setting){.seed = seed});
        const struct siam_picture *near = find(data, "b005-0099.jpg"),
                                  *of = find(data, "b000-0001.jpg");
        const struct siam_picture *named = find(data, "Other_Name_0001.jpg");
        assert_sound(data);
        assert_false(data->split_in_time);
        assert_true(near->hash != of->hash);
        assert_int_equal(near->group, of->group);
        assert_int_equal(find(data, "b005-0002.jpg")->part, find(data, "b000-0000.jpg")->part);
        assert_true(find(data, "b001-0000.jpg")->group != of->group);
        assert_true(named->group != find(data, "b002-0001.jpg")->group);
        siam_dataset_destroy(data);
    }
}

static void test_people_stay_together(void **state)
{
    struct folders f = make_folders(state);
    put_singles(&f, 6);
    for (int person = 0; person < 10; person++)
        for (int i = 0; i < 2 + person % 3; i++)
            put_picture(f.negative, (uint64_t)(100 * person + i), 0, "lfw/P%d/%d.jpg", person, i);
    put_picture(f.negative, 5000, 0, "lfw/Alone/1.jpg");
    put_picture(f.negative, 5001, 0, "lfw/Half/1.jpg");
    put_text(f.negative, "lfw/Half/2.jpg", "broken");
    put_picture(f.negative, 100 * 4, 0, "lfw/P7/copy.jpg"); // of P4: both people become one group
    for (uint64_t seed = 0; seed < 6; seed++) {
        struct siam_dataset *data = load_ok(&f, (struct setting){.seed = seed});
        assert_sound(data);
        assert_int_equal(data->n_people, 10);
        assert_int_equal(find(data, "Alone/1.jpg")->person, -1);
        assert_int_equal(find(data, "Half/1.jpg")->person, -1);
        assert_int_equal(find(data, "n00.webp")->person, -1);
        assert_int_equal(find(data, "P0/0.jpg")->person, 0);
        assert_int_equal(find(data, "P9/1.jpg")->person, 9);
        assert_int_equal(find(data, "a00.jpg")->person, -1);
        assert_int_equal(find(data, "P4/1.jpg")->group, find(data, "P7/0.jpg")->group);
        for (int i = 0; i < data->n_pictures; i++)
            for (int j = 0; j < i; j++)
                if (data->pictures[i].person >= 0 &&
                    data->pictures[i].person == data->pictures[j].person)
                    assert_int_equal(data->pictures[i].part, data->pictures[j].part);
        siam_dataset_destroy(data);
    }
}

// What tells persons apart can't be measured on one: two are held out, of few persons, too.
static void test_two_people_are_held_out(void **state)
{
    struct folders f = make_folders(state);
    for (int i = 0; i < 10; i++) {
        put_picture(f.anchor, 5000 + (uint64_t)i, 0, "a%d.jpg", i);
        put_picture(f.positive, 6000 + (uint64_t)i, 0, "p%d.jpg", i);
    }
    for (int n = 1; n <= 20; n++) {
        for (int i = 0; i < 5; i++)
            put_picture(f.negative, (uint64_t)(100 * n + i), 0, "friends/P%02d/%d.jpg", n, i);
        bool held[20] = {false};
        int n_held = 0;
        if (n < 4)
            continue;
        struct siam_dataset *data =
            load_ok(&f, (struct setting){.seed = (uint64_t)n, .heldout_share = 0.06f});
        assert_sound(data);
        assert_false(data->split_in_time);
        for (int i = 0; i < data->n_pictures; i++)
            if (data->pictures[i].person >= 0 && data->pictures[i].part == SIAM_HELDOUT)
                held[data->pictures[i].person] = true;
        for (int i = 0; i < n; i++)
            n_held += held[i];
        assert_int_equal(n_held, 2);
        siam_dataset_destroy(data);
    }
}

// One burst a kind, all alike: the last 30 % in time are held out, whatever the files' order, and a
// tenth before the cut is left unused.
static void test_one_burst_is_cut_in_time(void **state)
{
    struct folders f = make_folders(state);
    for (int i = 0; i < 20; i++) {
        // The earlier half has names that sort later.
        put_picture(f.anchor, 1, i, "%c-20260314-15%02d00-000-b001-0001.jpg", i < 10 ? 'z' : 'a',
                    i);
        put_picture(f.positive, 1, 20 + i, "positive-20260314-160000-000-b001-%04d.jpg", i);
    }
    for (int i = 0; i < 10; i++)
        put_picture(f.negative, 3000 + (uint64_t)i, 0, "%d.png", i);
    struct siam_dataset *data = load_ok(&f, (struct setting){0});
    assert_sound(data);
    assert_true(data->split_in_time);
    for (int i = 0; i < 20; i++) {
        char name[64];
        enum siam_part part = i >= 14 ? SIAM_HELDOUT : i >= 12 ? SIAM_UNUSED : SIAM_TRAIN;
        snprintf(name, sizeof name, "-15%02d00-000-b001-0001.jpg", i);
        assert_int_equal(find(data, name)->part, part);
        snprintf(name, sizeof name, "-160000-000-b001-%04d.jpg", i);
        assert_int_equal(find(data, name)->part, part);
    }
    assert_int_equal(count(data, SIAM_NEGATIVE, SIAM_UNUSED), 0);
    siam_dataset_destroy(data);
}

// Two pictures of each kind, and whole kinds that are one picture: still one on each side.
static void test_smallest(void **state)
{
    struct folders f = make_folders(state);
    for (int i = 0; i < 2; i++) {
        put_picture(f.anchor, 1, 0, "%d.png", i);
        put_picture(f.positive, 1, 0, "%d.png", i);
        put_picture(f.negative, 2, 0, "person/%d.png", i);
    }
    struct siam_dataset *data = load_ok(&f, (struct setting){0});
    assert_sound(data);
    assert_true(data->split_in_time);
    siam_dataset_destroy(data);
}

static void test_determinism(void **state)
{
    struct folders f = make_folders(state), moved = f;
    put_singles(&f, 12);
    struct siam_dataset *data = load_ok(&f, (struct setting){.seed = 3, .workers = 1});
    struct siam_dataset *again = load_ok(&f, (struct setting){.seed = 3, .workers = 3});
    assert_true(data->hash == again->hash);
    for (int i = 0; i < data->n_pictures; i++) {
        assert_string_equal(data->pictures[i].path, again->pictures[i].path);
        assert_int_equal(data->pictures[i].part, again->pictures[i].part);
    }
    siam_dataset_destroy(again);
    again = load_ok(&f, (struct setting){.seed = 4});
    assert_true(data->hash != again->hash); // another split
    siam_dataset_destroy(again);
    strcat(moved.anchor, "-moved");
    assert_int_equal(rename(f.anchor, moved.anchor), 0);
    again = load_ok(&moved, (struct setting){.seed = 3});
    assert_true(data->hash == again->hash);
    siam_dataset_destroy(again);
    put_picture(moved.anchor, 1000, 1, "a00.jpg"); // a pixel's shade
    again = load_ok(&moved, (struct setting){.seed = 3});
    assert_true(data->hash != again->hash);
    siam_dataset_destroy(again);
    siam_dataset_destroy(data);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_pictures),
        TEST(test_broken_pictures_are_named),
        TEST(test_left_out),
        TEST(test_missing_pictures),
        TEST(test_stop),
        TEST(test_cache_changes_nothing),
        TEST(test_no_room_for_the_file),
        TEST(test_links),
        TEST(test_more_negatives_than_wanted),
        cmocka_unit_test(test_burst_names),
        TEST(test_bursts_stay_together),
        TEST(test_near_duplicates_join),
        TEST(test_near_negatives_join),
        TEST(test_people_stay_together),
        TEST(test_two_people_are_held_out),
        TEST(test_one_burst_is_cut_in_time),
        TEST(test_smallest),
        TEST(test_determinism),
    };
    log_set_quiet(true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
