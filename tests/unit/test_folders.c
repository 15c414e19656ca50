// SPDX-License-Identifier: MIT
// Folders of other people: what is remembered of them, and what is seen in them.
#include "app/folder_look.h"
#include "app/folders.h"
#include "core/base/file.h"
#include "core/image/decode.h"
#include "core/siamese/weight.h"
#include "tests/tiny.h"

#include <unistd.h>

struct room {
    char data[500], file[520], a[520], b[520], c[520];
};

static struct room make_room(void **state)
{
    struct room r;
    snprintf(r.data, sizeof r.data, "%s/data", (const char *)*state);
    snprintf(r.file, sizeof r.file, "%s/folders.json", r.data);
    snprintf(r.a, sizeof r.a, "%s/a", (const char *)*state);
    snprintf(r.b, sizeof r.b, "%s/b, c:2", (const char *)*state);
    snprintf(r.c, sizeof r.c, "%s/c", (const char *)*state);
    const char *const dirs[] = {r.data, r.a, r.b, r.c};
    for (int i = 0; i < 4; i++)
        assert_int_equal(file_make_dirs(dirs[i], NULL), 0);
    return r;
}

static struct app_folders *open_with(const struct room *r, const char *extra, float weight)
{
    struct app_folders *folders;
    struct err err = {0};
    if (app_folders_create(&folders, r->data, &extra, &weight, extra ? 1 : 0, NULL, &err))
        fail_msg("%s", err.text);
    return folders;
}

static void expect(struct app_folders *folders, int n, const char *const *paths,
                   const float *weights)
{
    struct app_negatives got;
    struct ui_view *view = calloc(1, sizeof *view);
    assert_int_equal(app_folders_copy(folders, &got, NULL), 0);
    app_folders_view(folders, view);
    assert_int_equal(got.n, n);
    assert_int_equal(view->n_folders, n);
    for (int i = 0; i < n; i++) {
        assert_string_equal(got.paths[i], paths[i]);
        assert_string_equal(view->folder[i].path, paths[i]);
        assert_true(got.weights[i] == weights[i] && view->folder[i].weight == weights[i]);
    }
    free(got.paths);
    free(view);
}

static int number_of(struct app_folders *folders)
{
    struct ui_view *view = calloc(1, sizeof *view);
    int number = app_folders_view(folders, view);
    free(view);
    return number;
}

static void weigh(struct app_folders *folders, const char *path, float factor, int times)
{
    float now;
    while (times-- > 0) {
        assert_int_equal(app_folders_weigh(folders, path, factor, &now, NULL), 0);
        assert_true(siam_weight_is_valid((double)now));
    }
}

static void weights_are_remembered(void **state)
{
    struct room r = make_room(state);
    const char *const paths[] = {r.a, r.b, r.c};
    struct app_folders *folders = open_with(&r, NULL, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(app_folders_add(folders, paths[i], NULL), 0);
    expect(folders, 3, paths, (float[]){1, 1, 1});
    weigh(folders, r.a, 0.5f, 5);
    weigh(folders, r.b, 2, 1);
    weigh(folders, r.c, 2, 7);
    float none;
    assert_int_equal(app_folders_weigh(folders, "/elsewhere", 2, &none, NULL), 0);
    assert_true(none == 0);
    assert_int_equal(app_folders_remove(folders, "/elsewhere", NULL), 0);
    expect(folders, 3, paths, (float[]){0.25f, 2, 4});
    app_folders_destroy(folders);
    folders = open_with(&r, NULL, 0);
    expect(folders, 3, paths, (float[]){0.25f, 2, 4});
    weigh(folders, r.a, 2, 2);
    assert_int_equal(app_folders_remove(folders, r.b, NULL), 0);
    app_folders_destroy(folders);
    folders = open_with(&r, NULL, 0);
    expect(folders, 2, (const char *[]){r.a, r.c}, (float[]){1, 4});
    app_folders_destroy(folders);
}

// What the command line says holds for this run alone.
static void the_command_line_says_more(void **state)
{
    struct room r = make_room(state);
    struct app_folders *folders = open_with(&r, NULL, 0);
    assert_int_equal(app_folders_add(folders, r.a, NULL), 0);
    weigh(folders, r.a, 2, 1);
    app_folders_destroy(folders);
    const char *const one[] = {r.a}, *const two[] = {r.a, r.b};
    folders = open_with(&r, r.a, 0); // nothing of its weight
    expect(folders, 1, one, (float[]){2});
    app_folders_destroy(folders);
    folders = open_with(&r, r.a, 1);
    expect(folders, 1, one, (float[]){1});
    assert_int_equal(app_folders_add(folders, r.b, NULL), 0); // writes them all
    app_folders_destroy(folders);
    folders = open_with(&r, r.c, 0.5f);
    const char *const three[] = {r.a, r.b, r.c};
    expect(folders, 3, three, (float[]){2, 1, 0.5f});
    weigh(folders, r.c, 2, 2);
    expect(folders, 3, three, (float[]){2, 1, 2});
    app_folders_destroy(folders);
    struct app_negatives gathered;
    const char *const extra[] = {r.b, r.c};
    assert_int_equal(app_folders_gather(&gathered, r.data, extra, (float[]){4, 0}, 2, NULL), 0);
    assert_int_equal(gathered.n, 3);
    assert_true(gathered.weights[0] == 2 && gathered.weights[1] == 4 && gathered.weights[2] == 1);
    free(gathered.paths);
    folders = open_with(&r, NULL, 0);
    expect(folders, 2, two, (float[]){2, 1});
    app_folders_destroy(folders);
}

// As they are written by hand, or were before there were weights.
static void damaged_weights_are_1(void **state)
{
    struct room r = make_room(state);
    static const char *const weights[] = {"3", "\"2\"", "null", "[2]", "1e999", "-1", "0"};
    const char *const paths[] = {r.a, r.b};
    char text[2000];
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        snprintf(
            text, sizeof text,
            "{\"negatives\": [\"%s\", 7, {\"weight\": 2}, {\"path\": \"%s\", \"weight\": %s}]}",
            r.a, r.b, weights[i]);
        assert_int_equal(file_save(r.file, text, strlen(text), NULL), 0);
        struct app_folders *folders = open_with(&r, NULL, 0);
        expect(folders, 2, paths, (float[]){1, 1});
        app_folders_destroy(folders);
    }
    snprintf(text, sizeof text, "{\"negatives\": [\"%s\", {\"path\": \"%s\"}]}", r.a, r.b);
    assert_int_equal(file_save(r.file, text, strlen(text), NULL), 0);
    struct app_folders *folders = open_with(&r, NULL, 0);
    expect(folders, 2, paths, (float[]){1, 1});
    app_folders_destroy(folders);
}

// ---- What is in them --------------------------------------------------------------------------

static void put(const char *dir, const char *name, const char *text)
{
    char path[1100];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_save(path, text, strlen(text), NULL), 0);
}

// `left` calls are answered with yes.
static bool goes_on(void *ctx)
{
    int *left = ctx;
    return (*left)-- > 0;
}

static struct app_folder_look look_at(const char *dir, int left, bool whole)
{
    struct app_folder_look look;
    assert_int_equal(app_folder_look(&look, dir, goes_on, &left), whole);
    return look;
}

static void files_that_cannot_be_used(void **state)
{
    struct room r = make_room(state);
    struct app_folder_look look = look_at(r.a, 100, true);
    assert_true(look.pictures == 0 && look.skipped == 0 && !look.why[0]);
    tiny_picture(r.a, "good.png", 1, 1);
    look = look_at(r.a, 100, true);
    assert_true(look.pictures == 1 && look.skipped == 0 && !look.why[0]);
    put(r.a, "notes.txt", "");
    look = look_at(r.a, 100, true);
    assert_true(look.pictures == 1 && look.skipped == 0 && !look.why[0]); // what is no picture
    char deep[1000], link[1100];
    snprintf(deep, sizeof deep, "%s/someone", r.a);
    assert_int_equal(file_make_dirs(deep, NULL), 0);
    put(deep, "a.jpg", "<html>");
    put(deep, "b.jpeg", "");
    put(deep, "c.webp", "GIF89a");
    put(deep, "list", "");
    tiny_picture(deep, "d.png", 2, 1);
    look = look_at(r.a, 100, true);
    put(deep, "e.gif", "GIF89a");
    put(deep, "f", "\xff\xd8\xff");
    assert_int_equal(symlink("nowhere", strcat(strcpy(link, deep), "/g.jpg")), 0);
    assert_int_equal(symlink("nowhere", strcat(strcpy(link, deep), "/h.txt")), 0);
    put(deep, "h.jpg", "");
    look = look_at(r.a, 100, true);
    assert_true(look.pictures == 2 && look.folders == 1 && look.persons == 0);
    assert_int_equal(look.skipped, 7);
    assert_string_equal(look.why,
                        "someone/a.jpg: not a picture; someone/b.jpeg: the file is empty; "
                        "someone/c.webp: GIF is not read; someone/e.gif: GIF is not read; "
                        "someone/f: its name is not that of a JPEG, PNG or WebP; "
                        "someone/g.jpg: the link leads nowhere; 1 more");
    tiny_picture(deep, "i.png", 3, 1);
    look = look_at(*state, 100, true);
    assert_true(look.pictures == 3 && look.folders == 2 && look.persons == 1);
    char none[1000];
    snprintf(none, sizeof none, "%s/none", r.a);
    assert_true(look_at(none, 100, true).pictures == 0);
}

// The words are those of reading the file; where it can't be opened, too.
static void as_when_it_is_read(void **state)
{
    static const char *const starts[] = {"", "<", "<html>", "GIF89a", "II*", "\x89PNG"};
    for (size_t i = 0; i < sizeof starts / sizeof *starts + 1; i++) {
        char path[1000];
        struct err read, checked;
        struct img img = {0};
        snprintf(path, sizeof path, "%s/x.jpg", (const char *)*state);
        unlink(path);
        if (i < sizeof starts / sizeof *starts)
            put(*state, "x.jpg", starts[i]);
        assert_int_equal(img_load(&img, path, 0, &read), ERR_DATA);
        assert_int_equal(img_check_start(path, &checked), ERR_DATA);
        assert_string_equal(checked.text, read.text);
        img_finish(&img);
    }
    struct err err = {0};
    assert_int_equal(img_check_start(*state, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "not a regular file"));
}

static void a_look_ends_at_once(void **state)
{
    struct room r = make_room(state);
    for (int i = 0; i < 50; i++) {
        char name[20];
        snprintf(name, sizeof name, "%02d.jpg", i);
        put(r.b, name, "x");
    }
    for (int left = 0; left < 50; left += 7)
        assert_int_equal(look_at(r.b, left, false).skipped, left);
    assert_int_equal(look_at(r.b, 50, true).skipped, 50);
}

static bool is_known(struct app_folders *folders, struct ui_view *view, int skipped)
{
    app_folders_view(folders, view);
    return view->n_folders > 0 && view->folder[0].skipped == skipped;
}

static void the_view_has_it(void **state)
{
    struct room r = make_room(state);
    struct ui_view *view = calloc(1, sizeof *view);
    tiny_picture(r.a, "good.png", 1, 1);
    put(r.a, "bad.png", "");
    struct app_folders *folders = open_with(&r, r.a, 0);
    for (int i = 0; i < 2000 && !is_known(folders, view, 1); i++)
        usleep(5000);
    assert_true(is_known(folders, view, 1));
    assert_int_equal(view->folder[0].pictures, 1);
    assert_string_equal(view->folder[0].skipped_why, "bad.png: the file is empty");
    app_folders_destroy(folders);
    free(view);
}

// With its place, its weight and what was counted in it.
static void a_removal_is_taken_back(void **state)
{
    struct room r = make_room(state);
    const char *const paths[] = {r.a, r.b, r.c};
    struct err err = {0};
    struct app_folders *folders = open_with(&r, NULL, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(app_folders_add(folders, paths[i], NULL), 0);
    assert_int_equal(app_folders_restore(folders, &err), ERR_DATA); // nothing was removed
    weigh(folders, r.b, 2, 2);
    int number = number_of(folders);
    assert_int_equal(number_of(folders), number);
    assert_int_equal(app_folders_remove(folders, r.b, NULL), 0);
    assert_int_not_equal(number_of(folders), number);
    expect(folders, 2, (const char *[]){r.a, r.c}, (float[]){1, 1});
    number = number_of(folders);
    assert_int_equal(app_folders_restore(folders, NULL), 0);
    assert_int_not_equal(number_of(folders), number);
    expect(folders, 3, paths, (float[]){1, 4, 1});
    assert_int_equal(app_folders_restore(folders, &err), ERR_DATA); // once
    app_folders_destroy(folders);
    folders = open_with(&r, NULL, 0); // and it is remembered again
    expect(folders, 3, paths, (float[]){1, 4, 1});
    // One after the other; where it was added meanwhile it is there once.
    assert_int_equal(app_folders_remove(folders, r.c, NULL), 0);
    assert_int_equal(app_folders_remove(folders, r.a, NULL), 0);
    assert_int_equal(app_folders_add(folders, r.a, NULL), 0);
    assert_int_equal(app_folders_restore(folders, NULL), 0);
    expect(folders, 2, (const char *[]){r.b, r.a}, (float[]){4, 1});
    assert_int_equal(app_folders_restore(folders, NULL), 0);
    expect(folders, 3, (const char *[]){r.b, r.a, r.c}, (float[]){4, 1, 1});
    for (int i = 0; i < UI_FOLDERS + 3; i++) { // what is too long ago is forgotten
        assert_int_equal(app_folders_remove(folders, r.b, NULL), 0);
        assert_int_equal(app_folders_add(folders, r.b, NULL), 0);
    }
    for (int i = 0; i < UI_FOLDERS; i++)
        assert_int_equal(app_folders_restore(folders, NULL), 0);
    assert_int_equal(app_folders_restore(folders, NULL), ERR_DATA);
    expect(folders, 3, (const char *[]){r.a, r.c, r.b}, (float[]){1, 1, 1});
    app_folders_destroy(folders);
}

#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(weights_are_remembered), IN_DIR(the_command_line_says_more),
        IN_DIR(damaged_weights_are_1),  IN_DIR(files_that_cannot_be_used),
        IN_DIR(as_when_it_is_read),     IN_DIR(a_look_ends_at_once),
        IN_DIR(the_view_has_it),        IN_DIR(a_removal_is_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
