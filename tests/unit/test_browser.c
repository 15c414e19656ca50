// SPDX-License-Identifier: MIT
// The browser for folders of other people: lists as people sort them, what is in a folder, names
// that are any bytes, folders that can't be read or do not answer, and wishes that overtake others.
#include "app/browser.h"
#include "app/glance.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <unistd.h>

#define MANY 20000

static struct ui_people view;

// ---- A disk that does not answer ----------------------------------------------------------------

static atomic_bool is_dead;
static atomic_int n_waiting;

static void wait_where_dead(const char *path)
{
    const char *slash = strrchr(path, '/');
    atomic_fetch_add(&n_waiting, 1);
    while (atomic_load(&is_dead) && slash && strcmp(slash, "/dead") == 0)
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 200);
    atomic_fetch_sub(&n_waiting, 1);
}

// In the place of the C library's: a folder named "dead" is as one of a network that is away.
DIR *opendir(const char *path)
{
    static DIR *(*real)(const char *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "opendir");
    wait_where_dead(path);
    return real(path);
}

typedef int (*filter)(const struct dirent *);
typedef int (*order)(const struct dirent **, const struct dirent **);

int scandir(const char *path, struct dirent ***list, filter wanted, order before)
{
    static int (*real)(const char *, struct dirent ***, filter, order);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "scandir");
    wait_where_dead(path);
    return real(path, list, wanted, before);
}

// ---- A folder of folders ------------------------------------------------------------------------

static void nothing(void *ctx)
{
    (void)ctx;
}

static void put_folder(const char *dir, const char *name)
{
    assert_int_equal(file_make_dirs(test_path(dir, name), NULL), 0);
}

static void put_text(const char *dir, const char *name)
{
    assert_int_equal(file_save(test_path(dir, name), "text", 4, NULL), 0);
}

// A picture of one grey.
static void put(const char *dir, const char *name, uint8_t grey)
{
    struct img img = {0};
    assert_int_equal(img_reserve(&img, 60, 80, NULL), 0);
    memset(img.px, grey, (size_t)3 * 60 * 80);
    assert_int_equal(img_save_png(&img, test_path(dir, name), NULL), 0);
    img_finish(&img);
}

static struct app_browser *start(const char *dir)
{
    struct app_browser *b;
    view = (struct ui_people){.n_seen = 40};
    assert_int_equal(app_browser_create(&b, NULL, nothing, NULL, NULL), 0);
    app_browser_open(b, true, test_path(dir, "x"));
    return b;
}

static bool is_listed(void)
{
    return !view.reading;
}

static bool is_counted(void)
{
    for (int i = 0; i < view.n_rows && i < view.n_seen; i++)
        if (view.row[i].pictures < 0 && strcmp(view.row[i].name, "..") != 0)
            return false;
    return is_listed();
}

static bool is_seen(void)
{
    return is_listed() && view.glance.known && view.glance.strip.n > 0;
}

static bool wait_for(struct app_browser *b, bool (*is_so)(void))
{
    int64_t until = clock_now_ns() + 30 * CLOCK_SECOND;
    do {
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 500);
        app_browser_view(b, &view);
    } while (!is_so() && clock_now_ns() < until);
    return is_so();
}

// The names of the rows: "./../one/two".
static const char *rows(void)
{
    static char text[1000];
    text[0] = '\0';
    for (int i = 0; i < view.n_rows; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "/" : "",
                 view.row[i].name);
    return text;
}

static int row_of(const char *name)
{
    for (int i = 0; i < view.n_rows; i++)
        if (strcmp(view.row[i].name, name) == 0)
            return i;
    fail_msg("no row is named %s", name);
    return -1;
}

// ---- Lists --------------------------------------------------------------------------------------

static void sorted_as_people_do(void **state)
{
    const char *dir = *state;
    static const char *const names[] = {"s10", "s9", "s1", "s010b", "2 b", "10", "b", "a", ".c"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_folder(dir, names[i]);
    put_text(dir, "a file");
    put(dir, "one.png", 1);
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.dir, dir);
    assert_string_equal(rows(), "./../2 b/10/a/b/s1/s9/s10/s010b");
    assert_int_equal(view.row_cursor, 2); // on the first folder
    app_browser_pick(b, true, row_of("s9"));
    app_browser_show_hidden(b);
    assert_true(wait_for(b, is_listed));
    assert_true(view.hidden);
    assert_string_equal(rows(), "./../2 b/10/.c/a/b/s1/s9/s10/s010b");
    assert_int_equal(view.row_cursor, row_of("s9"));
    app_browser_destroy(b);
}

static void links_lead_on(void **state)
{
    const char *dir = *state;
    put_folder(dir, "b/below");
    put_text(dir, "file");
    assert_int_equal(symlink("b", test_path(dir, "a link")), 0);
    assert_int_equal(symlink("file", test_path(dir, "c link")), 0);
    assert_int_equal(symlink("nowhere", test_path(dir, "d link")), 0);
    struct app_browser *b = start(dir);
    for (int i = 0; i < 1000 && view.n_rows < 4; i++)
        assert_true(wait_for(b, is_listed));
    assert_string_equal(rows(), "./../a link/b");
    app_browser_enter(b, row_of("a link"));
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.dir, test_path(dir, "a link"));
    assert_string_equal(rows(), "./../below");
    app_browser_enter(b, -1);
    for (int i = 0; i < 1000 && view.n_rows < 4; i++)
        assert_true(wait_for(b, is_listed));
    assert_string_equal(view.dir, dir);
    app_browser_destroy(b);
}

static void up_and_down(void **state)
{
    const char *dir = *state;
    char chosen[UI_PATH];
    put_folder(dir, "one");
    put_folder(dir, "two/three");
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_listed));
    app_browser_enter(b, row_of("two"));
    assert_int_equal(view.n_rows, 4); // as drawn last, until
    app_browser_view(b, &view);
    assert_true(view.reading || strcmp(view.dir, test_path(dir, "two")) == 0);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(rows(), "./../three");
    app_browser_enter(b, row_of("three"));
    assert_true(wait_for(b, is_listed));
    assert_string_equal(rows(), "./..");
    assert_int_equal(view.row_cursor, 0);
    assert_true(app_browser_chosen(b, chosen)); // the folder itself
    assert_string_equal(chosen, test_path(dir, "two/three"));
    app_browser_enter(b, 0); // it is there already
    app_browser_view(b, &view);
    assert_string_equal(view.dir, test_path(dir, "two/three"));
    // Up by its row and by its key; the cursor is on where one came from.
    app_browser_enter(b, row_of(".."));
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.row[view.row_cursor].name, "three");
    app_browser_enter(b, -1);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.row[view.row_cursor].name, "two");
    app_browser_pick(b, true, row_of(".."));
    assert_false(app_browser_chosen(b, chosen));
    // Up twice before the list is there.
    app_browser_go(b, test_path(dir, "two/three"));
    app_browser_enter(b, -1);
    app_browser_enter(b, -1);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.dir, dir);
    assert_string_equal(view.row[view.row_cursor].name, "two");
    app_browser_go(b, "/");
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.row[0].name, ".");
    assert_string_not_equal(view.row[1].name, "..");
    app_browser_enter(b, -1);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.dir, "/");
    app_browser_destroy(b);
}

static void what_is_in_sight_is_counted(void **state)
{
    const char *dir = *state;
    put_folder(dir, "a/sub");
    put(dir, "a/1.png", 1);
    put(dir, "a/2.PNG", 2);
    put_text(dir, "a/3.txt");
    put_folder(dir, "b");
    put_folder(dir, "c/far/below"); // at any depth, and only what can be used
    put(dir, "c/far/below/1.jpg", 1);
    put_text(dir, "c/2.jpg");
    assert_int_equal(symlink("nowhere", test_path(dir, "c/3.jpg")), 0);
    struct app_browser *b = start(dir);
    view.first_seen = 2;
    view.n_seen = 2;
    for (int i = 0; i < 1000 && (view.n_rows < 5 || view.row[3].pictures < 0); i++)
        wait_for(b, is_listed);
    assert_int_equal(view.row[2].pictures, 2);
    assert_int_equal(view.row[3].pictures, 0);
    assert_int_equal(view.row[4].pictures, -1);
    view.first_seen = 0;
    view.n_seen = 5;
    assert_true(wait_for(b, is_counted));
    assert_int_equal(view.row[4].pictures, 1);
    assert_false(view.row[4].more);
    assert_int_equal(view.row[0].pictures, 3); // the folder itself
    app_browser_destroy(b);
}

static void many_folders(void **state)
{
    const char *dir = *state;
    for (int i = 0; i < MANY; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/p%d", dir, i);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_counted));
    assert_int_equal(view.n_rows, MANY + 2);
    assert_string_equal(view.row[2 + 9].name, "p9");
    assert_string_equal(view.row[2 + 10].name, "p10");
    assert_string_equal(view.row[MANY + 1].name, "p19999");
    assert_int_equal(view.row[MANY + 1].pictures, -1); // nobody has looked there
    app_browser_pick(b, true, INT32_MAX);
    app_browser_view(b, &view);
    assert_int_equal(view.row_cursor, MANY + 1);
    app_browser_destroy(b);
}

static void odd_names(void **state)
{
    const char *dir = *state;
    static const char *const names[] = {"\xff\xfe", "new\nline", "quote\"'\\", "-rf *", "\xe5\x86"};
    char name[100], chosen[UI_PATH];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        put_folder(dir, names[i]);
        snprintf(name, sizeof name, "%s/\n\xfe.png", names[i]);
        put(dir, name, (uint8_t)(i + 1));
    }
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_counted));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        app_browser_pick(b, true, row_of(names[i]));
        assert_int_equal(view.row[row_of(names[i])].pictures, 1);
        assert_true(app_browser_chosen(b, chosen));
        assert_string_equal(chosen, test_path(dir, names[i]));
        view.glance.known = false;
        assert_true(wait_for(b, is_seen));
        assert_int_equal(view.glance.strip.row->px[0], i + 1);
        app_browser_enter(b, row_of(names[i]));
        assert_true(wait_for(b, is_listed));
        assert_string_equal(view.dir, chosen);
        app_browser_enter(b, -1);
        assert_true(wait_for(b, is_counted));
        assert_string_equal(view.row[view.row_cursor].name, names[i]);
    }
    app_browser_destroy(b);
}

// ---- What can't be read -------------------------------------------------------------------------

static void what_cannot_be_read_says_why(void **state)
{
    const char *dir = *state;
    char chosen[UI_PATH];
    put_text(dir, "file");
    put_folder(dir, "closed");
    struct app_browser *b = start(dir);
    app_browser_go(b, test_path(dir, "file"));
    assert_true(wait_for(b, is_listed));
    assert_non_null(strstr(view.fault, strerror(ENOTDIR)));
    assert_string_equal(rows(), ".."); // the way out
    assert_false(app_browser_chosen(b, chosen));
    app_browser_go(b, test_path(dir, "gone"));
    assert_true(wait_for(b, is_listed));
    assert_non_null(strstr(view.fault, "gone: cannot be read: No such file"));
    app_browser_enter(b, 0);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(view.dir, dir);
    assert_string_equal(view.fault, "");
    app_browser_destroy(b);
}

// As nobody in particular, where the test is run as root, who may read everything.
static void permission_denied(void **state)
{
    const char *dir = *state;
    put_folder(dir, "closed");
    put_folder(dir, "open");
    assert_int_equal(chmod(test_path(dir, "closed"), 0), 0);
    assert_int_equal(chmod(dir, 0755), 0);
    bool root = geteuid() == 0;
    if (root)
        assert_int_equal(seteuid(65534), 0);
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_counted));
    assert_int_equal(view.row[row_of("closed")].pictures, 0);
    app_browser_pick(b, true, row_of("closed"));
    view.glance.known = false;
    for (int i = 0; i < 1000 && !view.glance.known; i++)
        wait_for(b, is_listed);
    assert_non_null(strstr(view.glance.fault, strerror(EACCES)));
    app_browser_enter(b, row_of("closed"));
    assert_true(wait_for(b, is_listed));
    assert_non_null(strstr(view.fault, strerror(EACCES)));
    app_browser_enter(b, -1);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(rows(), "./../closed/open");
    app_browser_destroy(b);
    if (root)
        assert_int_equal(seteuid(0), 0);
}

static bool is_slow(void)
{
    return view.slow;
}

static bool well_is_seen(void)
{
    return is_seen() && view.row[row_of("well")].pictures == 1;
}

static void what_does_not_answer_holds_up_nothing(void **state)
{
    const char *dir = *state;
    put_folder(dir, "dead/below");
    put_folder(dir, "well");
    put(dir, "well/1.png", 1);
    struct app_browser *b = start(test_path(dir, "well"));
    assert_true(wait_for(b, is_listed));
    atomic_store(&is_dead, true);
    app_browser_go(b, test_path(dir, "dead"));
    assert_true(wait_for(b, is_slow));
    app_browser_enter(b, -1);
    assert_true(wait_for(b, is_listed));
    assert_string_equal(rows(), "./../dead/well");
    assert_string_equal(view.row[view.row_cursor].name, "dead");
    // Now what is in it is to be counted; the other one is seen and counted all the same.
    app_browser_pick(b, true, row_of("well"));
    view.glance.known = false;
    assert_true(wait_for(b, well_is_seen));
    assert_int_equal(view.row[row_of("dead")].pictures, -1);
    assert_true(atomic_load(&n_waiting) > 0);
    int64_t begin = clock_now_ns();
    app_browser_destroy(b);
    assert_true(clock_now_ns() - begin < 20 * CLOCK_SECOND);
    atomic_store(&is_dead, false);
    while (atomic_load(&n_waiting) > 0)
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 500);
}

// ---- Looks --------------------------------------------------------------------------------------

static void looks_count_and_show(void **state)
{
    const char *dir = *state;
    atomic_int now = 3;
    struct app_watch watch = {&now, 3};
    struct app_glance g;
    static const char *const people[] = {"one", "two", "three/inner"};
    for (int i = 0; i < 3; i++) {
        char name[100];
        put_folder(dir, people[i]);
        snprintf(name, sizeof name, "%s/1.png", people[i]);
        put(dir, name, (uint8_t)(10 * i + 1));
        snprintf(name, sizeof name, "%s/2.png", people[i]);
        put(dir, name, (uint8_t)(10 * i + 2));
    }
    put_folder(dir, "alone");
    put(dir, "alone/1.png", 77);
    put(dir, "a.png", 99);
    put_text(dir, "b.txt");
    put_text(dir, "c.txt");
    put_text(dir, "one/3.jpg"); // only said to be one
    put_text(dir, "alone/2.jpg");
    assert_int_equal(app_glance_look(&g, dir, &watch), 0);
    assert_true(g.seen.known && g.seen.about);
    assert_int_equal(g.seen.pictures, 10);
    assert_int_equal(g.seen.folders, 4);
    assert_int_equal(g.seen.persons, 4);
    assert_int_equal(g.seen.skipped, 0);
    assert_int_equal(app_glance_make(&g, dir, 20, &watch), 0);
    assert_int_equal(g.seen.skipped + g.seen.strip.n, UI_GLANCE);
    assert_int_equal(g.row.h, 20);
    assert_int_equal(g.row.w, 20 * UI_GLANCE);
    static const uint8_t greys[] = {99, 77, 1, 21, 11}; // one of each folder first
    for (int i = 0; i < 5; i++) {
        assert_int_equal(g.row.px[(size_t)3 * 20 * (size_t)i], greys[i]);
        assert_int_equal(g.row.px[3 * (20 * UI_GLANCE * 19 + 20 * (size_t)i + 19)], greys[i]);
    }
    assert_int_equal(app_glance_check(&g, dir, &watch), 0);
    assert_false(g.seen.about);
    assert_int_equal(g.seen.pictures, 8);
    assert_int_equal(g.seen.folders, 4);
    assert_int_equal(g.seen.persons, 3);
    assert_int_equal(g.seen.skipped, 2);
    assert_string_equal(g.seen.why, "alone/2.jpg: not a picture; one/3.jpg: not a picture");
    app_glance_finish(&g);
    assert_int_equal(app_glance_look(&g, test_path(dir, "gone"), &watch), 0);
    assert_non_null(strstr(g.seen.fault, "gone: cannot read folder"));
    app_glance_finish(&g);
    now = 4;
    assert_int_equal(app_glance_look(&g, dir, &watch), ERR_STOPPED);
    assert_int_equal(g.n_paths, 0);
}

static void broken_pictures_are_told(void **state)
{
    const char *dir = *state;
    atomic_int now = 0;
    struct app_watch watch = {&now, 0};
    struct app_glance g;
    put_text(dir, "a.jpg");
    put(dir, "b.png", 5);
    assert_int_equal(app_glance_look(&g, dir, &watch), 0);
    assert_int_equal(g.seen.skipped, 0);
    assert_int_equal(app_glance_make(&g, dir, 20, &watch), 0);
    assert_int_equal(g.seen.skipped, 1);
    assert_int_equal(g.seen.strip.n, 1);
    assert_string_equal(g.seen.why, "a.jpg: not a picture");
    assert_int_equal(g.row.px[0], 5);
    app_glance_finish(&g);
}

static bool used_are_seen(void)
{
    return view.used[0].strip.n > 0 && view.used[1].strip.n > 0;
}

static void folders_in_use_are_looked_into(void **state)
{
    const char *dir = *state;
    put_folder(dir, "one");
    put_folder(dir, "two");
    put(dir, "one/1.png", 10);
    put(dir, "two/1.png", 20);
    struct app_browser *b = start(dir);
    app_browser_view(b, &view);
    assert_true(view.browsing); // there is nothing else
    assert_int_equal(view.cursor, -1);
    const char *dirs[] = {test_path(dir, "one"), test_path(dir, "two")};
    app_browser_set_folders(b, dirs, 2);
    assert_true(wait_for(b, used_are_seen));
    assert_int_equal(view.used[0].strip.row->px[0], 10);
    assert_int_equal(view.used[1].strip.row->px[0], 20);
    assert_true(view.used[0].strip.number != view.used[1].strip.number);
    app_browser_pick(b, false, 5);
    app_browser_view(b, &view);
    assert_false(view.browsing);
    assert_int_equal(view.cursor, 1);
    // The first one goes: the other keeps what was seen of it, and the number by which it is drawn.
    int64_t first = view.used[0].strip.number, second = view.used[1].strip.number;
    app_browser_set_folders(b, dirs + 1, 1);
    app_browser_view(b, &view);
    assert_int_equal(view.used[0].strip.row->px[0], 20);
    assert_int_equal(view.used[0].strip.number, second);
    assert_int_equal(view.cursor, 0);
    // It is taken back, and looked into anew.
    app_browser_set_folders(b, dirs, 2);
    assert_true(wait_for(b, used_are_seen));
    assert_int_equal(view.used[0].strip.row->px[0], 10);
    assert_true(view.used[0].strip.number != first && view.used[0].strip.number != second);
    assert_int_equal(view.used[1].strip.number, second);
    app_browser_set_folders(b, dirs, 0);
    app_browser_view(b, &view);
    assert_true(view.browsing);
    app_browser_destroy(b);
}

static bool is_exact(void)
{
    return is_seen() && !view.glance.about;
}

// What the row says, what is told of the folder under the cursor, and what a folder in use counts.
static void counts_agree(void **state)
{
    const char *dir = *state;
    static const char gif[] = "GIF89a";
    put_folder(dir, "mixed");
    for (int i = 0; i < 12; i++) {
        char name[100];
        snprintf(name, sizeof name, "mixed/%02d.png", i);
        put(dir, name, (uint8_t)(i + 1));
    }
    put_text(dir, "mixed/broken.jpg");
    put_text(dir, "mixed/notes.txt");
    assert_int_equal(file_save(test_path(dir, "mixed/a.gif"), gif, sizeof gif, NULL), 0);
    assert_int_equal(symlink("nowhere", test_path(dir, "mixed/gone.jpg")), 0);
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_counted));
    assert_int_equal(view.row[row_of("mixed")].pictures, 12);
    app_browser_pick(b, true, row_of("mixed"));
    assert_true(wait_for(b, is_exact));
    assert_int_equal(view.row[row_of("mixed")].pictures, 12);
    assert_int_equal(view.glance.pictures, 12);
    assert_int_equal(view.glance.skipped, 3);
    assert_string_equal(view.glance.why, "a.gif: GIF is not read; broken.jpg: not a picture; "
                                         "gone.jpg: the link leads nowhere");
    app_browser_destroy(b);
}

// ---- One wish after another ---------------------------------------------------------------------

static bool small_is_seen(void)
{
    return is_seen() && view.glance.pictures == 1;
}

static void the_last_wish_counts(void **state)
{
    const char *dir = *state;
    char name[100];
    put_folder(dir, "big");
    put_folder(dir, "small/below");
    put(dir, "small/1.png", 7);
    put(dir, "big/0.png", 9);
    for (int i = 1; i < 5000; i++) {
        snprintf(name, sizeof name, "big/%d.png", i);
        assert_int_equal(link(test_path(dir, "big/0.png"), test_path(dir, name)), 0);
    }
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_listed));
    for (int i = 0; i < 20; i++) {
        app_browser_pick(b, true, row_of("big"));
        app_browser_pick(b, true, row_of("small"));
        assert_true(wait_for(b, small_is_seen));
        assert_int_equal(view.glance.strip.row->px[0], 7);
    }
    for (int i = 0; i < 50; i++) {
        app_browser_go(b, test_path(dir, "big"));
        app_browser_view(b, &view);
        app_browser_go(b, test_path(dir, "small"));
        assert_true(wait_for(b, is_listed));
        assert_string_equal(view.dir, test_path(dir, "small"));
        assert_string_equal(rows(), "./../below");
    }
    app_browser_destroy(b);
}

static void closed_and_opened_again(void **state)
{
    const char *dir = *state;
    put_folder(dir, "one");
    put_folder(dir, "two");
    struct app_browser *b = start(dir);
    assert_true(wait_for(b, is_listed));
    app_browser_pick(b, true, row_of("two"));
    const char *used[] = {test_path(dir, "one")};
    app_browser_set_folders(b, used, 1);
    app_browser_pick(b, false, 0);
    app_browser_view(b, &view);
    assert_false(view.browsing);
    app_browser_open(b, false, "");
    put_folder(dir, "three");
    app_browser_open(b, true, "/elsewhere/x");
    assert_true(wait_for(b, is_listed));
    assert_string_equal(rows(), "./../one/three/two");
    assert_true(view.browsing); // it is opened to find more
    assert_string_equal(view.row[view.row_cursor].name, "two");
    app_browser_destroy(b);
}

// ---- Where it begins ----------------------------------------------------------------------------

static const char *begins(const char *beside)
{
    static char out[4096];
    app_dirs_start(out, sizeof out, beside);
    return out;
}

static void begins_where_pictures_are(void **state)
{
    const char *dir = *state;
    char *home = strdup(getenv("HOME") ? getenv("HOME") : "");
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", dir, 1);
    assert_string_equal(begins(""), dir);
    put_folder(dir, ".config");
    put_folder(dir, "Bilder");
    static const char config[] = "# XDG_PICTURES_DIR=\"$HOME/no\"\nXDG_MUSIC_DIR=\"$HOME/Musik\"\n"
                                 "XDG_PICTURES_DIR=\"$HOME/Bilder/\"\n";
    assert_int_equal(
        file_save(test_path(dir, ".config/user-dirs.dirs"), config, sizeof config - 1, NULL), 0);
    assert_string_equal(begins(""), test_path(dir, "Bilder"));
    assert_string_equal(begins("/gone/away"), test_path(dir, "Bilder"));
    put_folder(dir, "people/faces");
    assert_string_equal(begins(test_path(dir, "people/faces")), test_path(dir, "people"));
    assert_int_equal(rmdir(test_path(dir, "Bilder")), 0);
    assert_string_equal(begins(""), dir);
    setenv("HOME", "nowhere", 1);
    assert_string_equal(begins(""), "/");
    assert_string_equal(begins("/etc"), "/");
    setenv("HOME", home, 1);
    free(home);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sorted_as_people_do),
        TEST(links_lead_on),
        TEST(up_and_down),
        TEST(what_is_in_sight_is_counted),
        TEST(many_folders),
        TEST(odd_names),
        TEST(what_cannot_be_read_says_why),
        TEST(permission_denied),
        TEST(what_does_not_answer_holds_up_nothing),
        TEST(looks_count_and_show),
        TEST(broken_pictures_are_told),
        TEST(folders_in_use_are_looked_into),
        TEST(counts_agree),
        TEST(the_last_wish_counts),
        TEST(closed_and_opened_again),
        TEST(begins_where_pictures_are),
    };
    setenv("LC_ALL", "C", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
