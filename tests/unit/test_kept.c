// SPDX-License-Identifier: MIT
// Pictures kept in a file: what is read is what was written, or a reason why not; the name that
// such a file has; and what a data set makes of it.
#include "core/image/save.h"
#include "core/siamese/chips.h"
#include "core/siamese/dataset.h"
#include "core/siamese/kept.h"
#include "core/siamese/people.h"
#include "tests/tiny.h"

#include "core/base/file.h"

#include <unistd.h>

enum { N = 5, SIZE = 1000, NOTHING = 3 }; // record NOTHING is of a picture that can't be used

static const char *path_in(void **state, const char *name)
{
    static char path[4][1000];
    static int next;
    next = (next + 1) % 4;
    snprintf(path[next], sizeof path[next], "%s/%s", (const char *)*state, name);
    return path[next];
}

static void make_stored(uint8_t *stored, int i)
{
    for (int k = 0; k < SIZE; k++)
        stored[k] = (uint8_t)(i * 31 + k * 7 + k / 256);
}

static void write_file(const char *path)
{
    struct siam_kept_writer w;
    uint8_t stored[SIZE];
    assert_int_equal(siam_kept_begin(&w, path, N, SIZE, NULL), 0);
    for (int i = 0; i < N; i++) {
        make_stored(stored, i);
        assert_int_equal(siam_kept_put(&w, i == NOTHING ? NULL : stored, 1000 + (uint64_t)i, NULL),
                         0);
    }
    assert_int_equal(siam_kept_commit(&w, NULL), 0);
}

static struct siam_kept *open_file(const char *path)
{
    struct siam_kept *kept;
    assert_int_equal(siam_kept_open(&kept, path, N, SIZE, NULL), 0);
    return kept;
}

static void what_was_put_is_got(void **state)
{
    const char *path = path_in(state, "x.faces");
    uint8_t stored[SIZE], want[SIZE];
    uint64_t hash;
    write_file(path);
    struct siam_kept *kept = open_file(path);
    for (int i = N - 1; i >= 0; i--) {
        make_stored(want, i);
        assert_int_equal(siam_kept_get(kept, i, stored, &hash, NULL),
                         i == NOTHING ? SIAM_KEPT_NOTHING : 0);
        assert_true(hash == 1000 + (uint64_t)i);
        if (i != NOTHING)
            assert_memory_equal(stored, want, SIZE);
    }
    siam_kept_close(kept);
    siam_kept_close(NULL);
}

static void an_abandoned_file_is_none(void **state)
{
    const char *path = path_in(state, "x.faces");
    struct siam_kept_writer w;
    assert_int_equal(siam_kept_begin(&w, path, N, SIZE, NULL), 0);
    assert_int_equal(siam_kept_put(&w, NULL, 0, NULL), 0);
    siam_kept_abandon(&w);
    assert_false(file_exists(path));
    assert_int_equal(rmdir(*state), 0); // nothing beside it either
    assert_int_equal(mkdir(*state, 0700), 0);
}

// One bit of any byte behind the file's head: the record says so, and no other does.
static void every_damaged_byte_is_told(void **state)
{
    const char *path = path_in(state, "x.faces");
    void *data;
    size_t size;
    uint8_t stored[SIZE];
    uint64_t hash;
    struct err err;
    write_file(path);
    assert_int_equal(file_read(path, 1 << 20, &data, &size, NULL), 0);
    uint8_t *bytes = data;
    size_t record = (size - 24) / N;
    assert_int_equal(24 + N * record, size);
    for (size_t at = 24; at < size; at += at % record < 60 ? 1 : 97) {
        int of = (int)((at - 24) / record), other = (of + 1) % N;
        bytes[at] ^= (uint8_t)(1 << at % 8);
        assert_int_equal(file_save(path, bytes, size, NULL), 0);
        struct siam_kept *kept = open_file(path);
        err.text[0] = 0;
        assert_int_equal(siam_kept_get(kept, of, stored, &hash, &err), ERR_IO);
        assert_non_null(strstr(err.text, path));
        assert_non_null(strstr(err.text, "remove it"));
        assert_int_equal(siam_kept_get(kept, other, stored, &hash, NULL),
                         other == NOTHING ? SIAM_KEPT_NOTHING : 0);
        siam_kept_close(kept);
        bytes[at] ^= (uint8_t)(1 << at % 8);
    }
    free(data);
}

static void another_file_is_refused(void **state)
{
    const char *path = path_in(state, "x.faces");
    struct siam_kept *kept = (void *)1;
    struct err err = {0};
    struct stat st;
    assert_int_equal(siam_kept_open(&kept, path, N, SIZE, &err), ERR_DATA); // absent
    assert_null(kept);
    write_file(path);
    assert_int_equal(siam_kept_open(&kept, path, N + 1, SIZE, &err), ERR_DATA);
    assert_int_equal(siam_kept_open(&kept, path, N - 1, SIZE, &err), ERR_DATA);
    assert_int_equal(siam_kept_open(&kept, path, N, SIZE + 1, &err), ERR_DATA);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(stat(path, &st), 0);
    for (off_t size = st.st_size - 1; size >= 0; size -= size > 30 ? 1000 : 1) {
        assert_int_equal(truncate(path, size), 0);
        assert_int_equal(siam_kept_open(&kept, path, N, SIZE, NULL), ERR_DATA);
    }
    write_file(path);
    assert_int_equal(truncate(path, st.st_size + 1), 0);
    assert_int_equal(siam_kept_open(&kept, path, N, SIZE, NULL), ERR_DATA);
    assert_null(kept);
}

static void cut_short_while_open(void **state)
{
    const char *path = path_in(state, "x.faces");
    uint8_t stored[SIZE];
    uint64_t hash;
    write_file(path);
    struct siam_kept *kept = open_file(path);
    assert_int_equal(truncate(path, 24 + 24 + SIZE), 0); // one record is left
    assert_int_equal(siam_kept_get(kept, 0, stored, &hash, NULL), 0);
    assert_int_equal(siam_kept_get(kept, 1, stored, &hash, NULL), ERR_IO);
    siam_kept_close(kept);
}

// ---- The key ----------------------------------------------------------------------------------

static void make_tree(void **state, const char *name)
{
    char dir[1000];
    for (int person = 0; person < 4; person++) {
        snprintf(dir, sizeof dir, "%s/%s/p%d", (const char *)*state, name, person);
        assert_int_equal(file_make_dirs(dir, NULL), 0);
        for (int take = 0; take < 3; take++) {
            char file[20];
            snprintf(file, sizeof file, "%d.png", take);
            tiny_picture(dir, file, person, take);
        }
    }
}

static int make_keys(struct siam_people_keys *keys, const char *const *dirs, const float *weights,
                     int n, uint64_t seed, struct err *err)
{
    const struct siam_dataset_config config = {
        .negative_dirs = dirs, .n_negative_dirs = n, .weights = weights, .seed = seed};
    return siam_people_key(keys, &config, 9, NULL, err);
}

static void assert_same_keys(const struct siam_people_keys *a, const struct siam_people_keys *b)
{
    assert_string_equal(a->faces, b->faces);
    assert_string_equal(a->model, b->model);
    assert_int_equal(a->n_persons, b->n_persons);
}

static void key_of(char *key, const char *dir, int epochs, uint64_t seed)
{
    struct siam_people_keys keys;
    const struct siam_dataset_config config = {
        .negative_dirs = &dir, .n_negative_dirs = 1, .seed = seed};
    assert_int_equal(siam_people_key(&keys, &config, epochs, NULL, NULL), 0);
    assert_string_equal(keys.faces, keys.model);
    strcpy(key, keys.model);
    assert_int_equal(strlen(key), SIAM_PEOPLE_KEY - 1);
    assert_int_equal(strspn(key, "0123456789abcdef"), SIAM_PEOPLE_KEY - 1);
}

static void the_key_follows_from_the_contents(void **state)
{
    char key[SIAM_PEOPLE_KEY], other[SIAM_PEOPLE_KEY];
    const char *a = path_in(state, "a"), *b = path_in(state, "else/where");
    make_tree(state, "a");
    make_tree(state, "else/where");
    key_of(key, a, 9, 1);
    key_of(other, b, 9, 1);
    assert_string_equal(key, other);
    key_of(other, a, 9, 2);
    assert_string_not_equal(key, other);
    key_of(other, a, 10, 1);
    assert_string_not_equal(key, other);
    key_of(other, *state, 9, 1); // both
    assert_string_not_equal(key, other);
    char from[1000], to[1000];
    snprintf(from, sizeof from, "%s/p2/2.png", b);
    snprintf(to, sizeof to, "%s/p3/0-.png", b); // the next in order, but with another person
    assert_int_equal(rename(from, to), 0);
    key_of(other, b, 9, 1);
    assert_string_not_equal(key, other);
    assert_int_equal(rename(to, from), 0);
    key_of(other, b, 9, 1);
    assert_string_equal(key, other);
    snprintf(from, sizeof from, "%s/p2", b);
    tiny_picture(from, "2.png", 2, 77);
    key_of(other, b, 9, 1);
    assert_string_not_equal(key, other);
}

// What lies right in a folder that is set apart comes and goes: neither the key nor the file knows.
static void what_is_apart_changes_no_key(void **state)
{
    struct siam_people_keys keys, more;
    char others[1000], file[1000], fresh[1000];
    make_tree(state, "others");
    snprintf(others, sizeof others, "%s", path_in(state, "others"));
    snprintf(file, sizeof file, "%s", path_in(state, "x.faces"));
    const char *dirs[] = {others};
    struct siam_dataset_config config = {.negative_dirs = dirs,
                                         .n_negative_dirs = 1,
                                         .apart = others,
                                         .without_apart = true,
                                         .input = {.channels = 3},
                                         .heldout_share = 0.3f,
                                         .seed = 1};
    struct pool *pool;
    struct siam_dataset *data;
    assert_int_equal(pool_create(&pool, 2, 0, NULL), 0);
    assert_int_equal(siam_people_key(&keys, &config, 9, NULL, NULL), 0);
    assert_int_equal(keys.n_persons, 4);
    for (int i = 0; i < 3; i++) { // before, between and behind the folders
        snprintf(fresh, sizeof fresh, "%s.png", (const char *[]){"a", "p1~", "q"}[i]);
        tiny_picture(others, fresh, 9, i);
    }
    assert_int_equal(siam_people_key(&more, &config, 9, NULL, NULL), 0);
    assert_same_keys(&more, &keys);
    assert_int_equal(siam_dataset_load(&data, &config, pool, NULL, NULL), 0);
    assert_int_equal(data->n_pictures, 12);
    assert_int_equal(siam_dataset_keep(data, file, NULL), 0);
    siam_dataset_destroy(data);
    // What is kept serves where they are read, each picture by its own.
    config.without_apart = false;
    for (int kept = 0; kept < 2; kept++) {
        static uint8_t all[2][15][SIAM_STORED_MAX];
        config.kept = kept ? file : NULL;
        if (kept) // it is not looked at again
            assert_int_equal(file_save(path_in(state, "others/p2/1.png"), "gone", 4, NULL), 0);
        assert_int_equal(siam_dataset_load(&data, &config, pool, NULL, NULL), 0);
        assert_int_equal(data->n_pictures, 15);
        for (int i = 0; i < 15; i++)
            assert_int_equal(siam_chips_get(data->chips, i, all[kept][i], NULL), 0);
        siam_dataset_destroy(data);
        assert_memory_equal(all[0], all[kept], sizeof all[0]);
    }
    pool_destroy(pool);
    config.apart = NULL;
    assert_int_equal(siam_people_key(&more, &config, 9, NULL, NULL), 0);
    assert_string_not_equal(more.model, keys.model);
    assert_int_equal(more.n_persons, 7);
}

// The key is the one that these files had before folders had weights.
static void weights_that_are_alike_change_no_key(void **state)
{
    struct siam_people_keys none, alike, other, scaled;
    char a[1000], b[1000];
    const char *const dirs[] = {a, b};
    snprintf(a, sizeof a, "%s/a", (const char *)*state);
    snprintf(b, sizeof b, "%s/b", (const char *)*state);
    static const float twos[] = {2, 2}, unlike[] = {1, 2}, half[] = {0.5f, 1}, turned[] = {2, 1};
    static const char *const texts[] = {"a/p0/0.png", "a/p0/1.png", "a/1.png", "b/p0/0.png"};
    for (int i = 0; i < 4; i++) {
        char dir[1000];
        snprintf(dir, sizeof dir, "%s", path_in(state, texts[i]));
        *strrchr(dir, '/') = '\0';
        assert_int_equal(file_make_dirs(dir, NULL), 0);
        assert_int_equal(file_save(path_in(state, texts[i]), texts[i], strlen(texts[i]), NULL), 0);
    }
    assert_int_equal(make_keys(&none, dirs, NULL, 2, 1, NULL), 0);
    assert_string_equal(none.model, "1a152a67f30c18f0");
    assert_int_equal(make_keys(&alike, dirs, twos, 2, 1, NULL), 0);
    assert_same_keys(&alike, &none);
    assert_int_equal(make_keys(&other, dirs, unlike, 2, 1, NULL), 0);
    assert_string_equal(other.faces, none.faces);
    assert_string_not_equal(other.model, none.model);
    assert_int_equal(make_keys(&scaled, dirs, half, 2, 1, NULL), 0);
    assert_string_equal(scaled.model, other.model);
    assert_int_equal(make_keys(&scaled, dirs, turned, 2, 1, NULL), 0);
    assert_string_not_equal(scaled.model, other.model);
    const char *const one_dir[] = {path_in(state, "empty"), path_in(state, "empty")};
    assert_int_equal(file_make_dirs(one_dir[0], NULL), 0);
    assert_int_equal(make_keys(&other, one_dir, unlike, 2, 1, NULL), 0);
    assert_string_equal(other.faces, other.model);
}

static void a_key_can_be_refused(void **state)
{
    struct siam_people_keys keys;
    const char *absent = path_in(state, "none"), *a = path_in(state, "a");
    struct err err = {0};
    const atomic_bool stop = true;
    assert_int_equal(make_keys(&keys, &absent, NULL, 1, 1, &err), ERR_DATA);
    assert_non_null(strstr(err.text, absent));
    make_tree(state, "a");
    const struct siam_dataset_config config = {.negative_dirs = &a, .n_negative_dirs = 1};
    assert_int_equal(siam_people_key(&keys, &config, 9, &stop, &err), ERR_STOPPED);
}

// ---- Data sets --------------------------------------------------------------------------------

struct others {
    const char *dir;
    struct siam_dataset_config config;
};

static void set_up(struct others *o, void **state)
{
    make_tree(state, "others");
    o->dir = path_in(state, "others");
    o->config = (struct siam_dataset_config){
        .negative_dirs = &o->dir,
        .n_negative_dirs = 1,
        .input = siam_input_whole(1),
        .heldout_share = 0.3f,
    };
}

static struct siam_dataset *load(const struct others *o)
{
    struct siam_dataset *data;
    struct pool *pool;
    struct err err = {0};
    assert_int_equal(pool_create(&pool, 2, 0, NULL), 0);
    if (siam_dataset_load(&data, &o->config, pool, NULL, &err))
        fail_msg("%s", err.text);
    pool_destroy(pool);
    return data;
}

static void assert_same(const struct siam_dataset *a, const struct siam_dataset *b)
{
    uint8_t x[SIAM_STORED_MAX], y[SIAM_STORED_MAX];
    assert_int_equal(a->n_pictures, b->n_pictures);
    assert_int_equal(a->n_skipped, b->n_skipped);
    for (int i = 0; i < a->n_pictures; i++) {
        assert_string_equal(a->pictures[i].path, b->pictures[i].path);
        assert_true(a->pictures[i].hash == b->pictures[i].hash);
        assert_int_equal(a->pictures[i].part, b->pictures[i].part);
        assert_int_equal(siam_chips_get(a->chips, a->pictures[i].chip, x, NULL), 0);
        assert_int_equal(siam_chips_get(b->chips, b->pictures[i].chip, y, NULL), 0);
        assert_memory_equal(x, y, siam_stored_size(&a->input));
    }
    assert_true(a->hash == b->hash);
}

static void save_text(const char *dir, const char *name, const char *text)
{
    char path[1000];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_save(path, text, strlen(text), NULL), 0);
}

// Which are then not read at all: the picture files may be anything by then.
static void kept_pictures_serve_a_data_set(void **state)
{
    struct others o;
    set_up(&o, state);
    save_text(o.dir, "p1/0-broken.png", "no picture");
    struct siam_dataset *read = load(&o);
    assert_int_equal(read->n_skipped, 1);
    const char *path = path_in(state, "x.faces");
    assert_int_equal(siam_dataset_keep(read, path, NULL), 0);
    save_text(o.dir, "p2/1.png", "not read any more");
    o.config.kept = path;
    struct siam_dataset *kept = load(&o);
    assert_same(read, kept);
    siam_dataset_destroy(kept);
    save_text(o.dir, "p2/4.png", "one more: not these folders' file");
    kept = load(&o);
    assert_int_equal(kept->n_skipped, 3);
    assert_int_equal(kept->n_pictures, read->n_pictures - 1);
    siam_dataset_destroy(kept);
    siam_dataset_destroy(read);
}

// The file is not made again for a picture that is left out, or takes part again.
static void kept_pictures_serve_without_what_is_left_out(void **state)
{
    struct others o;
    set_up(&o, state);
    struct siam_dataset *all = load(&o);
    const char *path = path_in(state, "x.faces"), *const left_out[] = {all->pictures[1].path};
    assert_int_equal(siam_dataset_keep(all, path, NULL), 0);
    o.config.left_out = left_out;
    o.config.n_left_out = 1;
    struct siam_dataset *read = load(&o);
    assert_int_equal(read->n_pictures, all->n_pictures - 1);
    save_text(o.dir, "p2/1.png", "not read any more");
    o.config.kept = path;
    struct siam_dataset *kept = load(&o);
    assert_same(read, kept);
    siam_dataset_destroy(kept);
    o.config.n_left_out = 0;
    kept = load(&o);
    assert_same(all, kept);
    siam_dataset_destroy(kept);
    siam_dataset_destroy(read);
    siam_dataset_destroy(all);
}

static void skipped_folders_are_not_there(void **state)
{
    struct others o;
    const char *const skip[] = {"p1", "no-such"};
    char dir[1000];
    set_up(&o, state);
    snprintf(dir, sizeof dir, "%s/p10/p1/deeper", o.dir);
    assert_int_equal(file_make_dirs(dir, NULL), 0);
    tiny_picture(dir, "x.png", 9, 1);
    snprintf(dir, sizeof dir, "%s/p10", o.dir);
    tiny_picture(dir, "y.png", 9, 2); // "p10" is not "p1"
    o.config.skip = skip;
    o.config.n_skip = 2;
    struct siam_dataset *data = load(&o);
    assert_int_equal(data->n_pictures, 10);
    for (int i = 0; i < data->n_pictures; i++)
        assert_null(strstr(data->pictures[i].path, "/p1/"));
    siam_dataset_destroy(data);
    // The folder that is named is read whatever it is called.
    snprintf(dir, sizeof dir, "%s/p1", o.dir);
    o.dir = dir;
    data = load(&o);
    assert_int_equal(data->n_pictures, 3);
    siam_dataset_destroy(data);
}

// Folders with several pictures are persons; a picture alone is one, too, and two that are the same
// are one together.
static void persons_are_counted(void **state)
{
    struct others o;
    set_up(&o, state);
    tiny_picture(o.dir, "alone.png", 21, 0);
    tiny_picture(o.dir, "other.png", 23, 0);
    tiny_picture(o.dir, "twin.png", 23, 0);
    struct siam_dataset *data = load(&o);
    assert_int_equal(data->n_pictures, 15);
    assert_int_equal(data->n_people, 4);
    assert_int_equal(siam_count_persons(data), 6);
    int n = 0, persons[15];
    for (int i = 0; i < data->n_pictures; i++) {
        int person = siam_person_of(data, i), k = 0;
        while (k < n && persons[k] != person)
            k++;
        if (k == n)
            persons[n++] = person;
        assert_true((person < data->n_people) == (data->pictures[i].person >= 0));
    }
    assert_int_equal(n, 6);
    assert_int_equal(siam_person_of(data, 1), siam_person_of(data, 2));
    assert_int_not_equal(siam_person_of(data, 0), siam_person_of(data, 1));
    siam_dataset_destroy(data);
}

static void folders_are_checked_before_hours_are_spent(void **state)
{
    struct others o;
    struct err err = {0};
    const atomic_bool stop = true;
    set_up(&o, state);
    assert_int_equal(siam_dataset_check(&o.config, NULL, &err), 0);
    assert_int_equal(siam_dataset_check(&o.config, &stop, &err), ERR_STOPPED);
    const char *anchors = path_in(state, "anchor");
    o.config.anchor_dir = o.config.positive_dir = anchors;
    assert_int_equal(siam_dataset_check(&o.config, NULL, &err), ERR_DATA);
    assert_non_null(strstr(err.text, anchors));
    assert_non_null(strstr(err.text, "no such folder"));
    assert_int_equal(file_make_dirs(anchors, NULL), 0);
    assert_int_equal(siam_dataset_check(&o.config, NULL, &err), ERR_DATA);
    assert_non_null(strstr(err.text, anchors));
    save_text(anchors, "1.jpg", ""); // names alone are looked at
    save_text(anchors, "2.txt", "");
    assert_int_equal(siam_dataset_check(&o.config, NULL, &err), ERR_DATA);
    save_text(anchors, "2.png", "");
    assert_int_equal(siam_dataset_check(&o.config, NULL, &err), 0);
    const char *const skip[] = {"p0", "p1", "p2", "p3"};
    o.config.skip = skip;
    o.config.n_skip = 4;
    assert_int_equal(siam_dataset_check(&o.config, NULL, &err), ERR_DATA);
    assert_non_null(strstr(err.text, o.dir));
}

int main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)
    const struct CMUnitTest tests[] = {
        IN_DIR(what_was_put_is_got),
        IN_DIR(an_abandoned_file_is_none),
        IN_DIR(every_damaged_byte_is_told),
        IN_DIR(another_file_is_refused),
        IN_DIR(cut_short_while_open),
        IN_DIR(the_key_follows_from_the_contents),
        IN_DIR(what_is_apart_changes_no_key),
        IN_DIR(weights_that_are_alike_change_no_key),
        IN_DIR(a_key_can_be_refused),
        IN_DIR(kept_pictures_serve_a_data_set),
        IN_DIR(kept_pictures_serve_without_what_is_left_out),
        IN_DIR(skipped_folders_are_not_there),
        IN_DIR(persons_are_counted),
        IN_DIR(folders_are_checked_before_hours_are_spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
