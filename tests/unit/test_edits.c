// SPDX-License-Identifier: MIT
// What is done to pictures can be taken back in the reverse order, across a crash too; what cannot
// be done leaves everything as it was.
#include "app/edits.h"
#include "app/trash.h"
#include "core/base/file.h"
#include "tests/test.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_there(const char *dir, const char *name)
{
    return file_exists(test_path(dir, name));
}

static void put(const char *dir, const char *name)
{
    const char *path = test_path(dir, name);
    char folder[1000];
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    assert_int_equal(file_make_dirs(folder, NULL), 0);
    assert_int_equal(file_save(path, name, strlen(name), NULL), 0);
}

// The file is the one that was put under `name` first.
static bool holds(const char *dir, const char *path, const char *name)
{
    void *text;
    size_t size;
    if (file_read(test_path(dir, path), 1000, &text, &size, NULL))
        return false;
    bool same = strcmp(text, name) == 0;
    free(text);
    return same;
}

static struct app_edits *start(const char *dir)
{
    static const atomic_bool never;
    struct app_edits *e;
    assert_int_equal(app_edits_create(&e, dir, NULL), 0);
    app_edits_keep(e);
    app_edits_count(e, &never);
    return e;
}

static void end(struct app_edits *e)
{
    app_edits_empty_trash(e);
    app_edits_destroy(e);
}

// "3 1 0": anchors, positives, not me.
static const char *counts(struct app_edits *e)
{
    static char text[64];
    int n[SIAM_KINDS];
    app_edits_counts(e, n);
    snprintf(text, sizeof text, "%d %d %d", n[0], n[1], n[2]);
    return text;
}

static void delete_one(struct app_edits *e, const char *dir, const char *name)
{
    struct app_edited done;
    const char *path = test_path(dir, name);
    assert_int_equal(app_edits_delete(e, &path, 1, &done, NULL), 0);
    assert_int_equal(done.what, APP_DELETED);
    assert_false(is_there(dir, name));
}

static enum app_edit undo(struct app_edits *e, int n)
{
    struct app_edited undone;
    assert_int_equal(app_edits_undo(e, &undone, NULL), 0);
    assert_int_equal(undone.n, n);
    return undone.what;
}

static void save_burst(struct app_edits *e, const char *dir, int n)
{
    static int number;
    app_edits_begin_burst(e);
    for (int i = 0; i < n; i++) {
        char name[64];
        snprintf(name, sizeof name, "anchor/burst-%d.jpg", number++);
        put(dir, name);
        assert_int_equal(app_edits_saved(e, SIAM_ANCHOR, test_path(dir, name), NULL), 0);
    }
}

// Of the trash's folders; -1: there is none.
static int mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -1 : (int)(st.st_mode & 0777);
}

static void the_last_is_undone_first(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/a.jpg");
    put(dir, "anchor/deep/b.jpg");
    put(dir, "positive/c.jpg");
    put(dir, "negative/d.jpg");
    struct app_edits *e = start(dir);
    assert_string_equal(counts(e), "2 1 1");
    save_burst(e, dir, 3);
    assert_string_equal(counts(e), "5 1 1");
    const char *two[] = {test_path(dir, "anchor/deep/b.jpg"), test_path(dir, "negative/d.jpg")};
    struct app_edited done;
    assert_int_equal(app_edits_delete(e, two, 2, &done, NULL), 0);
    assert_int_equal(done.n, 2);
    assert_int_equal(done.from[SIAM_ANCHOR], 1);
    assert_int_equal(done.from[SIAM_NEGATIVE], 1);
    assert_string_equal(counts(e), "4 1 0");
    const char *moved[] = {test_path(dir, "anchor/a.jpg"), test_path(dir, "positive/c.jpg")};
    assert_int_equal(app_edits_move(e, moved, 2, SIAM_POSITIVE, &done, NULL), 0);
    assert_int_equal(done.n, 1); // the other one is there already
    assert_int_equal(done.to[SIAM_POSITIVE], 1);
    assert_true(holds(dir, "positive/a.jpg", "anchor/a.jpg"));
    save_burst(e, dir, 2);

    assert_int_equal(undo(e, 2), APP_SAVED);
    assert_int_equal(undo(e, 1), APP_MOVED);
    assert_true(is_there(dir, "anchor/a.jpg"));
    assert_int_equal(undo(e, 2), APP_DELETED);
    assert_true(holds(dir, "anchor/deep/b.jpg", "anchor/deep/b.jpg"));
    assert_true(is_there(dir, "negative/d.jpg"));
    assert_string_equal(counts(e), "5 1 1");
    assert_int_equal(undo(e, 3), APP_SAVED);
    assert_string_equal(counts(e), "2 1 1");
    assert_int_equal(undo(e, 0), APP_UNEDITED);
    end(e);
}

static void nothing_is_written_over(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/me.jpg");
    put(dir, "positive/me.jpg");
    struct app_edits *e = start(dir);
    struct app_edited done;
    const char *path = test_path(dir, "anchor/me.jpg");
    assert_int_equal(app_edits_move(e, &path, 1, SIAM_POSITIVE, &done, NULL), 0);
    assert_true(holds(dir, "positive/me.jpg", "positive/me.jpg"));
    assert_true(holds(dir, "positive/me~2.jpg", "anchor/me.jpg"));
    assert_int_equal(undo(e, 1), APP_MOVED);
    delete_one(e, dir, "anchor/me.jpg");
    put(dir, "anchor/me.jpg"); // by somebody else, meanwhile
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(is_there(dir, "anchor/me.jpg") && is_there(dir, "anchor/me~2.jpg"));
    end(e);
}

static void what_is_gone_is_passed_over(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/a.jpg");
    struct app_edits *e = start(dir);
    delete_one(e, dir, "anchor/a.jpg");
    save_burst(e, dir, 1);
    char command[1100];
    snprintf(command, sizeof command, "rm %s/anchor/burst-*", dir);
    assert_int_equal(system(command), 0);
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(is_there(dir, "anchor/a.jpg"));
    end(e);
}

static void the_trash_is_private_and_emptied(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/a.jpg");
    put(dir, "trash/of the user/b.jpg");
    struct app_edits *e = start(dir);
    delete_one(e, dir, "anchor/a.jpg");
    DIR *trash = opendir(test_path(dir, "trash"));
    int bins = 0;
    for (const struct dirent *d; (d = readdir(trash));)
        if (app_trash_is_bin(d->d_name)) {
            char place[300];
            snprintf(place, sizeof place, "trash/%s/000001/anchor", d->d_name);
            assert_int_equal(mode_of(test_path(dir, place)), 0700);
            bins++;
        }
    closedir(trash);
    assert_int_equal(bins, 1);
    end(e);
    assert_true(is_there(dir, "trash/of the user/b.jpg"));
    assert_int_equal(remove(test_path(dir, "trash/of the user/b.jpg")), 0);
    assert_int_equal(remove(test_path(dir, "trash/of the user")), 0);
    end(start(dir));
    assert_false(is_there(dir, "trash"));
}

// Deletes a picture and dies.
static void crash(const char *dir, const char *name)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct app_edits *e = start(dir);
        if (name)
            delete_one(e, dir, name);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_crash_loses_nothing_that_can_be_taken_back(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/deep/a.jpg");
    put(dir, "positive/b.jpg");
    crash(dir, "anchor/deep/a.jpg");
    struct app_edits *e = start(dir);
    assert_string_equal(counts(e), "0 1 0");
    delete_one(e, dir, "positive/b.jpg");
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(is_there(dir, "positive/b.jpg"));
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(holds(dir, "anchor/deep/a.jpg", "anchor/deep/a.jpg"));
    assert_string_equal(counts(e), "1 1 0");
    end(e);
    assert_false(is_there(dir, "trash"));
}

static void a_start_that_fails_is_no_session(void **state)
{
    const char *dir = *state;
    struct app_edits *e;
    put(dir, "anchor/a.jpg");
    crash(dir, "anchor/a.jpg");
    for (int i = 0; i < 3; i++) {
        assert_int_equal(app_edits_create(&e, dir, NULL), 0);
        app_edits_destroy(e); // the camera didn't open, say
    }
    e = start(dir);
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(holds(dir, "anchor/a.jpg", "anchor/a.jpg"));
    end(e);
}

static void the_session_after_next_empties_it(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/a.jpg");
    put(dir, "anchor/b.jpg");
    crash(dir, "anchor/a.jpg");
    crash(dir, "anchor/b.jpg");
    struct app_edits *e = start(dir);
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(is_there(dir, "anchor/b.jpg"));
    assert_int_equal(undo(e, 0), APP_UNEDITED);
    end(e);
}

static void sessions_leave_each_other_alone(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/a.jpg");
    struct app_edits *e = start(dir);
    delete_one(e, dir, "anchor/a.jpg");
    crash(dir, NULL);
    struct app_edits *other = start(dir);
    assert_int_equal(undo(other, 0), APP_UNEDITED);
    end(other);
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(is_there(dir, "anchor/a.jpg"));
    end(e);
}

static void other_folders_are_never_changed(void **state)
{
    const char *dir = *state;
    char data[600];
    snprintf(data, sizeof data, "%s/data", dir);
    put(dir, "others/x.jpg");
    put(data, "anchor/a.jpg");
    put(data, "model.png");
    assert_int_equal(symlink(test_path(dir, "others"), test_path(data, "negative")), 0);
    assert_int_equal(symlink(test_path(dir, "others"), test_path(data, "anchor/friends")), 0);
    struct app_edits *e = start(data);
    struct app_edited done;
    const char *foreign[] = {test_path(dir, "others/x.jpg"), test_path(data, "negative/x.jpg"),
                             test_path(data, "anchor/friends/x.jpg"), test_path(data, "model.png"),
                             test_path(data, "anchor/../../others/x.jpg")};
    for (int i = 0; i < 5; i++) {
        struct err err = {0};
        assert_int_equal(app_edits_delete(e, &foreign[i], 1, &done, &err), ERR_DATA);
        assert_non_null(strstr(err.text, "never changed"));
        assert_int_equal(done.what, APP_UNEDITED);
        assert_int_equal(app_edits_move(e, &foreign[i], 1, SIAM_POSITIVE, &done, NULL), ERR_DATA);
    }
    const char *mine = test_path(data, "anchor/a.jpg");
    assert_int_equal(app_edits_move(e, &mine, 1, SIAM_NEGATIVE, &done, NULL), ERR_DATA);
    assert_true(is_there(data, "anchor/a.jpg") && is_there(dir, "others/x.jpg"));
    // The rest of a selection is done all the same.
    const char *both[] = {foreign[0], mine};
    assert_int_equal(app_edits_delete(e, both, 2, &done, NULL), ERR_DATA);
    assert_int_equal(done.n, 1);
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_int_equal(undo(e, 0), APP_UNEDITED);
    end(e);
}

// The undo of a burst that is done only once the next one has begun, or is on its way.
static void a_late_undo_leaves_earlier_bursts(void **state)
{
    const char *dir = *state;
    struct app_edits *e = start(dir);
    save_burst(e, dir, 2);
    save_burst(e, dir, 1);
    app_edits_begin_burst(e);
    assert_int_equal(undo(e, 1), APP_SAVED);
    put(dir, "anchor/third.jpg");
    assert_int_equal(app_edits_saved(e, SIAM_ANCHOR, test_path(dir, "anchor/third.jpg"), NULL), 0);
    assert_int_equal(undo(e, 1), APP_SAVED); // the third, though it goes on
    put(dir, "anchor/fourth.jpg");
    assert_int_equal(app_edits_saved(e, SIAM_ANCHOR, test_path(dir, "anchor/fourth.jpg"), NULL), 0);
    assert_int_equal(undo(e, 1), APP_SAVED);
    assert_int_equal(undo(e, 2), APP_SAVED);
    assert_int_equal(undo(e, 0), APP_UNEDITED);
    app_edits_destroy(e);
}

static void others_are_left_out_and_readmitted(void **state)
{
    const char *dir = *state;
    char data[600];
    snprintf(data, sizeof data, "%s/data", dir);
    put(dir, "others/x.jpg");
    put(dir, "others/y\xff\"\\.jpg");
    put(data, "anchor/a.jpg");
    put(data, "negative/n.jpg");
    const char *x = test_path(dir, "others/x.jpg"), *y = test_path(dir, "others/y\xff\"\\.jpg");
    struct app_edits *e = start(data);
    struct app_edited done;
    int changes = app_edits_changes(e);
    assert_true(app_edits_takes_part(e, x));
    assert_int_equal(app_edits_take_out(e, x, &done, NULL), 0);
    assert_int_equal(done.what, APP_LEFT_OUT);
    assert_int_equal(done.n, 1);
    assert_true(app_edits_changes(e) > changes);
    assert_false(app_edits_takes_part(e, x));
    assert_true(is_there(dir, "others/x.jpg"));
    assert_int_equal(mode_of(test_path(data, "left-out.json")), 0600);
    assert_int_equal(app_edits_take_out(e, x, &done, NULL), 0); // once is enough
    assert_int_equal(done.what, APP_UNEDITED);
    assert_int_equal(app_edits_left_out(e), 1);
    // The user's own are deleted, "not me" among them.
    assert_int_equal(app_edits_take_out(e, test_path(data, "negative/n.jpg"), &done, NULL), 0);
    assert_int_equal(done.what, APP_DELETED);
    assert_false(is_there(data, "negative/n.jpg"));
    assert_int_equal(app_edits_take_out(e, y, &done, NULL), 0);
    assert_int_equal(app_edits_left_out(e), 2);
    assert_int_equal(app_edits_take_out(e, test_path(dir, "others/z.jpg"), &done, NULL), ERR_DATA);
    // All in order.
    assert_int_equal(undo(e, 1), APP_LEFT_OUT);
    assert_true(app_edits_takes_part(e, y));
    assert_int_equal(undo(e, 1), APP_DELETED);
    assert_true(is_there(data, "negative/n.jpg"));
    assert_int_equal(app_edits_left_out(e), 1);
    assert_int_equal(app_edits_take_out(e, y, &done, NULL), 0);
    end(e);
    // It holds beyond the session.
    e = start(data);
    assert_int_equal(app_edits_left_out(e), 2);
    assert_false(app_edits_takes_part(e, x) || app_edits_takes_part(e, y));
    assert_int_equal(app_edits_readmit(e, &done, NULL), 0);
    assert_int_equal(done.what, APP_READMITTED);
    assert_int_equal(done.n, 2);
    assert_int_equal(undo(e, 2), APP_READMITTED);
    assert_false(app_edits_takes_part(e, x) || app_edits_takes_part(e, y));
    assert_int_equal(app_edits_readmit(e, &done, NULL), 0);
    assert_int_equal(app_edits_readmit(e, &done, NULL), 0); // again: nothing is done
    assert_int_equal(done.what, APP_UNEDITED);
    end(e);
    e = start(data);
    assert_true(app_edits_takes_part(e, x) && app_edits_takes_part(e, y));
    assert_int_equal(app_edits_left_out(e), 0);
    end(e);
}

// The disk as it is where fsync() takes its time: until it is let go.
static atomic_bool disk_is_slow, disk_is_busy;

int fsync(int fd)
{
    (void)fd;
    for (disk_is_busy = true; disk_is_slow;)
        usleep(1000);
    return 0;
}

struct slow_edit {
    struct app_edits *edits;
    const char *path;
};

static void *take_out_slowly(void *arg)
{
    struct slow_edit *slow = arg;
    struct app_edited done;
    assert_int_equal(app_edits_take_out(slow->edits, slow->path, &done, NULL), 0);
    assert_int_equal(done.what, APP_LEFT_OUT);
    return NULL;
}

static void who_looks_does_not_wait_for_the_disk(void **state)
{
    const char *dir = *state;
    char data[600];
    snprintf(data, sizeof data, "%s/data", dir);
    put(dir, "others/x.jpg");
    put(data, "anchor/a.jpg");
    struct app_edits *e = start(data);
    struct slow_edit slow = {e, test_path(dir, "others/x.jpg")};
    pthread_t thread;
    disk_is_busy = false;
    disk_is_slow = true;
    assert_int_equal(pthread_create(&thread, NULL, take_out_slowly, &slow), 0);
    while (!disk_is_busy)
        usleep(1000);
    app_edits_begin_burst(e);
    assert_string_equal(counts(e), "1 0 0"); // else this never ends
    assert_int_equal(app_edits_left_out(e), 0);
    assert_true(app_edits_takes_part(e, slow.path));
    disk_is_slow = false;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(app_edits_left_out(e), 1);
    assert_false(app_edits_takes_part(e, slow.path));
    assert_int_equal(undo(e, 1), APP_LEFT_OUT);
    assert_int_equal(app_edits_left_out(e), 0);
    end(e);
}

static void a_damaged_list_is_told(void **state)
{
    const char *dir = *state;
    struct app_edits *e;
    struct err err = {0};
    put(dir, "left-out.json"); // holds its name
    assert_int_equal(app_edits_create(&e, dir, &err), ERR_DATA);
    assert_null(e);
    assert_non_null(strstr(err.text, "left-out.json: damaged: remove it"));
}

// As somebody who may not write there: root may.
static void try_read_only(const char *dir)
{
    struct err err = {0};
    struct app_edited done;
    if (geteuid() == 0 && setuid(65534))
        _exit(77);
    struct app_edits *e = start(dir);
    const char *path = test_path(dir, "anchor/a.jpg");
    bool fine = app_edits_delete(e, &path, 1, &done, &err) == ERR_IO && done.n == 0 &&
                strstr(err.text, "Permission denied") && !strcmp(counts(e), "1 0 0") &&
                app_edits_move(e, &path, 1, SIAM_POSITIVE, &done, &err) == ERR_IO &&
                is_there(dir, "anchor/a.jpg") && app_edits_undo(e, &done, &err) == 0 && done.n == 0;
    _exit(fine ? 0 : 1);
}

static void a_read_only_folder_stays_as_it_is(void **state)
{
    const char *dir = *state;
    put(dir, "anchor/a.jpg");
    chmod(dir, 0555);
    chmod(test_path(dir, "anchor"), 0555);
    pid_t pid = fork();
    if (pid == 0)
        try_read_only(dir);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    chmod(dir, 0700);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
}

// With room for two more folders where a deletion needs four: 77 where no disk can be made: root
// may.
static void try_full_disk(const char *dir)
{
    struct err err = {0};
    struct app_edited done;
    if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
        mount("none", dir, "tmpfs", 0, "size=1m,nr_inodes=5"))
        _exit(77);
    put(dir, "anchor/a.jpg");
    struct app_edits *e = start(dir);
    const char *path = test_path(dir, "anchor/a.jpg");
    bool fine = app_edits_delete(e, &path, 1, &done, &err) == ERR_IO && done.n == 0 &&
                strstr(err.text, "No space left") && is_there(dir, "anchor/a.jpg") &&
                !strcmp(counts(e), "1 0 0") && app_edits_undo(e, &done, &err) == 0 && done.n == 0;
    // With room again it goes on.
    assert_int_equal(mount("none", dir, "tmpfs", MS_REMOUNT, "size=1m,nr_inodes=20"), 0);
    delete_one(e, dir, "anchor/a.jpg");
    assert_int_equal(undo(e, 1), APP_DELETED);
    _exit(fine && is_there(dir, "anchor/a.jpg") ? 0 : 1);
}

static void on_a_full_disk_pictures_stay(void **state)
{
    pid_t pid = fork();
    if (pid == 0)
        try_full_disk(*state);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_last_is_undone_first),
        TEST(nothing_is_written_over),
        TEST(what_is_gone_is_passed_over),
        TEST(the_trash_is_private_and_emptied),
        TEST(a_crash_loses_nothing_that_can_be_taken_back),
        TEST(a_start_that_fails_is_no_session),
        TEST(the_session_after_next_empties_it),
        TEST(sessions_leave_each_other_alone),
        TEST(other_folders_are_never_changed),
        TEST(a_late_undo_leaves_earlier_bursts),
        TEST(others_are_left_out_and_readmitted),
        TEST(who_looks_does_not_wait_for_the_disk),
        TEST(a_damaged_list_is_told),
        TEST(a_read_only_folder_stays_as_it_is),
        TEST(on_a_full_disk_pictures_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
