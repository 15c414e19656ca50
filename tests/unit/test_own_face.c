// SPDX-License-Identifier: MIT
// The user among other people: found by the same pictures and by a model's scores, and strangers
// alone are no reason to warn.
#include "app/folder_check.h"
#include "app/looked.h"
#include "core/siamese/near.h"
#include "core/verify/own_face.h"
#include "tests/room.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ME = 3, OTHER = 8 };

// n pictures of a person in a folder of the room, from a take on.
static void put_pictures(const struct room *r, const char *dir, int person, int first, int n)
{
    assert_int_equal(file_make_dirs(path_in(r, dir), NULL), 0);
    for (int i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "%02d.png", first + i);
        tiny_picture(path_in(r, dir), name, person, first + i);
    }
}

// ---- The same pictures ------------------------------------------------------------------------

static void near_hashes(void **state)
{
    (void)state;
    const uint64_t own[] = {0x00ff00ff00ff00ffu, 0x123456789abcdef0u};
    assert_true(siam_near_one(own[1], own, 2));
    assert_true(siam_near_one(own[1] ^ 7, own, 2));
    assert_false(siam_near_one(own[1] ^ 15, own, 2));
    assert_false(siam_near_one(own[1], own, 1));
    const uint64_t dark[] = {0};
    assert_false(siam_near_one(0, dark, 1));
    assert_false(siam_near_one(7, dark, 1));
    assert_false(siam_near_one(7, dark, 0));
}

static int count_same(const struct room *r, const char *dir, const char **path)
{
    const char *const own[] = {path_in(r, "anchor"), path_in(r, "positive"), path_in(r, "none")};
    static struct verify_own_face found;
    uint64_t *hashes;
    int n;
    verify_own_face_finish(&found);
    assert_int_equal(verify_hashes(&hashes, &n, own, 3, NULL, NULL), 0);
    assert_int_equal(verify_own_face_begin(&found, path_in(r, dir), NULL), 0);
    assert_int_equal(verify_own_face_same(&found, hashes, n, NULL, NULL), 0);
    free(hashes);
    n = verify_own_face_count(&found, path);
    if (!path || !*path)
        verify_own_face_finish(&found);
    return n;
}

static void the_same_pictures(void **state)
{
    struct room *r = *state;
    const char *path;
    put_pictures(r, "anchor", ME, 0, 4);
    put_pictures(r, "positive", ME + 1, 4, 4);
    put_pictures(r, "others/a", OTHER, 0, 3);
    put_pictures(r, "others/b", OTHER + 5, 0, 3);
    put_text(r, "others/a/broken.jpg", "<html>");
    put_text(r, "anchor/broken.jpg", "");
    assert_int_equal(count_same(r, "others", &path), 0);
    assert_null(path);
    put_pictures(r, "others/b/deep", ME + 1, 7, 1); // one that is there, in another folder
    assert_int_equal(count_same(r, "others", &path), 1);
    assert_string_equal(path, path_in(r, "others/b/deep/07.png"));
    put_pictures(r, "others", ME, 2, 2);
    assert_int_equal(count_same(r, "others", &path), 3);
    assert_int_equal(count_same(r, "positive", &path), 4);
    assert_int_equal(unlink(path_in(r, "others/b/deep/07.png")), 0);
    assert_int_equal(unlink(path_in(r, "others/02.png")), 0);
    assert_int_equal(unlink(path_in(r, "others/03.png")), 0);
    assert_int_equal(count_same(r, "others", &path), 0);
}

// Real ones: the pictures of people at the same camera, in front of the same wall, are not the
// user's; of the user's own among them all are found.
static void real_pictures(void **state)
{
    struct room *r = *state;
    const char *shared = test_shared("data/gtdb");
    char all[PATH_MAX], link[PATH_MAX + 40];
    if (!shared || !realpath(shared, all))
        skip();
    snprintf(link, sizeof link, "%s/s02", all);
    assert_int_equal(symlink(link, path_in(r, "anchor")), 0);
    for (int i = 3; i <= 6; i++) {
        char name[40];
        snprintf(name, sizeof name, "others/s%02d", i);
        assert_int_equal(file_make_dirs(path_in(r, "others"), NULL), 0);
        snprintf(link, sizeof link, "%s/s%02d", all, i);
        assert_int_equal(symlink(link, path_in(r, name)), 0);
    }
    const char *path;
    assert_int_equal(count_same(r, "others", &path), 0);
    snprintf(link, sizeof link, "%s/s02/01.png", all);
    assert_int_equal(symlink(link, path_in(r, "others/x.png")), 0);
    assert_int_equal(count_same(r, "others", &path), 1);
    assert_string_equal(path, path_in(r, "others/x.png"));
}

// ---- The same face ----------------------------------------------------------------------------

static void own_scores(void **state)
{
    (void)state;
    struct siam_card card = {.threshold = 0.5f};
    assert_true(verify_own_score(&card) == -1);
    for (int i = 0; i < 99; i++)
        siam_scores_add(card.scores.others, 0.1f);
    assert_true(verify_own_score(&card) == -1); // too few
    siam_scores_add(card.scores.others, 0.1f);
    assert_true(verify_own_score(&card) == 0.5f); // the threshold at least
    siam_scores_add(card.scores.others, 0.8f);
    assert_true(fabsf(verify_own_score(&card) - 0.8f) < 0.006f); // one of a hundred is too many
    for (int i = 0; i < 199; i++)
        siam_scores_add(card.scores.others, 0.7f);
    assert_true(fabsf(verify_own_score(&card) - 0.7f) < 0.006f); // of three hundred it is not
    siam_scores_add(card.scores.others, 1);
    siam_scores_add(card.scores.others, 1);
    assert_true(verify_own_score(&card) == -1);
}

struct judge {
    struct verify_gallery *gallery;
    struct verify_embedder *embedder;
};

static struct judge make_judge(const struct room *r)
{
    struct judge j;
    assert_int_equal(
        verify_gallery_load(&j.gallery, r->model, path_in(r, "anchor"), r->pool, NULL, NULL), 0);
    assert_int_equal(verify_embedder_create(&j.embedder, r->model, VERIFY_BATCH, r->pool, NULL), 0);
    return j;
}

static void drop_judge(struct judge *j)
{
    verify_gallery_destroy(j->gallery);
    verify_embedder_destroy(j->embedder);
}

// The score of a picture against the anchors.
static float score_of(const struct room *r, const struct judge *j, const char *name)
{
    float *e = malloc((size_t)r->model->net->config.embedding * sizeof *e), scores[64];
    assert_int_equal(verify_embed_file(j->embedder, path_in(r, name), e, NULL), 0);
    float score = verify_gallery_score(j->gallery, e, 0, scores).score;
    free(e);
    return score;
}

static int count_alike(const struct room *r, const struct judge *j, float least,
                       const char *example)
{
    struct verify_own_face found;
    const char *path;
    const char *dir = path_in(r, "others");
    assert_int_equal(verify_own_face_begin(&found, dir, NULL), 0);
    assert_int_equal(verify_own_face_alike(&found, dir, j->embedder, j->gallery, least, NULL, NULL),
                     0);
    int n = verify_own_face_count(&found, &path);
    if (n > 0)
        assert_string_equal(path, path_in(r, example));
    verify_own_face_finish(&found);
    return n;
}

static void the_same_face(void **state)
{
    struct room *r = *state;
    put_pictures(r, "anchor", ME, 0, 4);
    struct judge j = make_judge(r);
    put_pictures(r, "others/p1", OTHER, 0, 5);
    put_pictures(r, "others/p2", OTHER + 1, 0, 1);
    put_pictures(r, "others/p3", OTHER + 2, 0, 9);
    put_pictures(r, "others", OTHER + 4, 20, 4);
    put_text(r, "others/p1/broken.jpg", "");
    put_pictures(r, "me", ME, 50, 9);
    const float least = 0.7f; // what this net gives the user 0.78 and more, others 0.6 and less
    assert_true(score_of(r, &j, "me/50.png") > least);
    assert_true(score_of(r, &j, "others/p1/00.png") < least);
    assert_true(score_of(r, &j, "others/20.png") < least);
    assert_int_equal(count_alike(r, &j, least, ""), 0);
    // One picture of the user among a person's, or two alone, prove nothing.
    put_pictures(r, "others/p1", ME, 70, 1);
    put_pictures(r, "others", ME, 80, 2);
    assert_int_equal(count_alike(r, &j, least, ""), 0);
    put_pictures(r, "others", ME, 82, 1);
    assert_int_equal(count_alike(r, &j, least, "others/80.png"), 3);
    put_pictures(r, "others/p4", ME, 60, 9); // a person: all of them
    assert_int_equal(count_alike(r, &j, least, "others/80.png"), 12);
    for (int i = 80; i < 83; i++) {
        char name[40];
        snprintf(name, sizeof name, "others/%d.png", i);
        assert_int_equal(unlink(path_in(r, name)), 0);
    }
    assert_int_equal(count_alike(r, &j, least, "others/p4/60.png"), 9);
    drop_judge(&j);
}

static void a_search_stops(void **state)
{
    struct room *r = *state;
    const atomic_bool stop = true;
    const char *const own[] = {path_in(r, "anchor")};
    struct verify_own_face found;
    uint64_t *hashes, one = 1;
    int n;
    put_pictures(r, "anchor", ME, 0, 2);
    put_pictures(r, "others", OTHER, 0, 2);
    struct judge j = make_judge(r);
    const char *dir = path_in(r, "others");
    assert_int_equal(verify_hashes(&hashes, &n, own, 1, &stop, NULL), ERR_STOPPED);
    assert_null(hashes);
    assert_int_equal(verify_own_face_begin(&found, dir, NULL), 0);
    assert_int_equal(verify_own_face_same(&found, &one, 1, &stop, NULL), ERR_STOPPED);
    assert_int_equal(verify_own_face_alike(&found, dir, j.embedder, j.gallery, 0.5f, &stop, NULL),
                     ERR_STOPPED);
    verify_own_face_finish(&found);
    drop_judge(&j);
}

// ---- The thread -------------------------------------------------------------------------------

struct told {
    atomic_int n;
    char line[4096];
};

static void on_found(void *ctx, const char *line)
{
    struct told *told = ctx;
    snprintf(told->line, sizeof told->line, "%s", line);
    told->n++;
}

static int own_in_view(struct app_folders *folders)
{
    struct ui_view *view = calloc(1, sizeof *view);
    assert_non_null(view);
    app_folders_view(folders, view);
    int own = view->n_folders > 0 ? view->folder[0].own : 0;
    free(view);
    return own;
}

static void wait_told(const struct told *told, int n)
{
    for (int i = 0; i < 6000 && told->n < n; i++)
        usleep(5000);
    assert_int_equal(told->n, n);
}

// Found when the folder is there, not while a training holds it, and again when the user's pictures
// change; told once.
static void folders_are_checked(void **state)
{
    struct room *r = *state;
    struct told told = {.n = 0};
    struct app_folders *folders;
    struct app_check *check;
    put_pictures(r, "anchor", ME, 0, 3);
    put_pictures(r, "others/p1", ME + 1, 0, 3);
    put_pictures(r, "others/p2", ME, 1, 2);
    assert_int_equal(app_folders_create(&folders, r->dir, NULL, NULL, 0, NULL, NULL), 0);
    assert_int_equal(app_check_create(&check, r->dir, folders, NULL, on_found, &told, NULL), 0);
    app_check_hold(check, true);
    assert_int_equal(app_folders_add(folders, path_in(r, "others"), NULL), 0);
    app_check_folders(check);
    usleep(300000);
    assert_int_equal(told.n, 0);
    app_check_hold(check, false);
    wait_told(&told, 1);
    assert_int_equal(own_in_view(folders), 2);
    assert_non_null(strstr(told.line, "others: 2 pictures look like you, e.g. "));
    assert_non_null(strstr(told.line, "others/p2/01.png"));
    put_pictures(r, "positive", ME + 1, 0, 3);
    app_check_own_changed(check);
    wait_told(&told, 2);
    assert_int_equal(own_in_view(folders), 5);
    app_check_set_model(check, r->model); // of whole pictures: it has no say; found before
    app_check_destroy(check);
    assert_int_equal(told.n, 2);
    app_check_destroy(NULL);
    app_folders_destroy(folders);
}

// A picture's content is gone, but neither its size nor its time of change says so.
static void spoil(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, st.st_size), 0);
    assert_int_equal(futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim}), 0);
    close(fd);
}

// Looks through the folder that is remembered. Returns how many pictures look like the user.
static int check_again(const struct room *r, struct told *told)
{
    struct app_folders *folders;
    struct app_check *check;
    char path[PATH_MAX];
    *told = (struct told){.n = 0};
    assert_int_equal(app_folders_create(&folders, r->dir, NULL, NULL, 0, NULL, NULL), 0);
    assert_int_equal(app_check_create(&check, r->dir, folders, NULL, on_found, told, NULL), 0);
    for (int i = 0; i < 6000 && app_folders_next_unchecked(folders, 1, path); i++)
        usleep(5000);
    assert_false(app_folders_next_unchecked(folders, 1, path));
    app_check_destroy(check);
    int own = own_in_view(folders);
    app_folders_destroy(folders);
    return own;
}

static void what_was_found_is_remembered(void **state)
{
    struct room *r = *state;
    struct told told;
    struct app_folders *folders;
    put_pictures(r, "anchor", ME, 0, 3);
    put_pictures(r, "others", ME, 1, 2);
    assert_int_equal(app_folders_create(&folders, r->dir, NULL, NULL, 0, NULL, NULL), 0);
    assert_int_equal(app_folders_add(folders, path_in(r, "others"), NULL), 0);
    app_folders_destroy(folders);
    assert_int_equal(check_again(r, &told), 2);
    spoil(path_in(r, "others/01.png"));
    assert_int_equal(check_again(r, &told), 2); // it was not read
    assert_int_equal(told.n, 1);
    assert_non_null(strstr(told.line, "others/01.png"));
    assert_int_equal(utimensat(AT_FDCWD, path_in(r, "others/01.png"), NULL, 0), 0);
    assert_int_equal(check_again(r, &told), 1);
    spoil(path_in(r, "others/02.png"));
    assert_int_equal(check_again(r, &told), 1);
    put_pictures(r, "anchor", ME, 5, 1); // others of the user
    assert_int_equal(check_again(r, &told), 0);
    put_pictures(r, "others", ME, 1, 1);
    put_text(r, APP_LOOKED_FILE, "{\"looked\": 7");
    assert_int_equal(check_again(r, &told), 1);
}

static void so_many_are_remembered(void **state)
{
    struct room *r = *state;
    struct stat st;
    char example[PATH_MAX];
    int n;
    assert_false(app_looked_recall(r->dir, 1, &n, example));
    for (int i = 0; i < APP_LOOKED_MOST + 10; i++)
        assert_int_equal(app_looked_keep(r->dir, (uint64_t)i << 56, i, "me.jpg", NULL), 0);
    assert_int_equal(app_looked_keep(r->dir, 20ULL << 56, 1000, "", NULL), 0);
    for (int i = 0; i < APP_LOOKED_MOST + 10; i++)
        assert_true(app_looked_recall(r->dir, (uint64_t)i << 56, &n, example) == (i > 10) &&
                    (i <= 10 || n == (i == 20 ? 1000 : i)));
    assert_string_equal(example, "me.jpg");
    assert_int_equal(stat(path_in(r, APP_LOOKED_FILE), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(app_looked_keep("/nowhere", 1, 1, "", NULL), ERR_IO);
}

#define IN_ROOM(f) cmocka_unit_test_setup_teardown(f, room_make, room_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_hashes),   IN_ROOM(the_same_pictures),
        IN_ROOM(real_pictures),          cmocka_unit_test(own_scores),
        IN_ROOM(the_same_face),          IN_ROOM(a_search_stops),
        IN_ROOM(folders_are_checked),    IN_ROOM(what_was_found_is_remembered),
        IN_ROOM(so_many_are_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
