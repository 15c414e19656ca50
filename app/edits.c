// SPDX-License-Identifier: MIT
// DESIGN. Things are done one after the other, with `doing` held, which may take a disk's time: the
// window waits for it never, only for `lock`, held for a moment. What is left out is changed as a
// copy that takes the list's place once it is saved.
//
// A step is a list of files, each with the path it has now and the one it had before, if any;
// taking it back is renaming, in the reverse order of the steps. The trash needs no list: its
// folders say which step it was and where a file belongs.
#include "app/edits.h"

#include "app/folder_look.h"
#include "app/left_out.h"
#include "app/trash.h"
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES 1000 // tried for a file whose own is taken

const char *const app_kind_folders[SIAM_KINDS] = {"anchor", "positive", "negative"};

struct file {
    char *now;    // owned
    char *before; // owned; NULL: it was not there, or is in the trash
};

struct step {
    enum app_edit what;
    struct file *files; // [n]
    int n, room;
};

struct app_edits {
    char data_dir[PATH_MAX]; // true path
    pthread_mutex_t doing;
    struct step *steps; // protected by doing, as the next: [n_steps], the last one on top
    int n_steps, room;
    struct app_trash trash;
    struct app_left_out left_out; // changed with both held: read with either

    pthread_mutex_t lock;
    int counts[SIAM_KINDS]; // protected by lock, as the next
    int n_saved, n_edits;   // pictures, and times something else was changed
    bool burst_due;         // the next picture that is saved is the first of a step
};

// ---- Steps ------------------------------------------------------------------------------------

// Room for one more of `size` bytes in list: [n]. NULL: no memory; the list stays.
static void *make_room(void *list, int n, int *room, size_t size)
{
    if (n < *room)
        return list;
    int more = *room ? 2 * *room : 16;
    void *larger = realloc(list, (size_t)more * size);
    if (larger)
        *room = more;
    return larger;
}

static void step_finish(struct step *step)
{
    for (int i = 0; i < step->n; i++) {
        free(step->files[i].now);
        free(step->files[i].before);
    }
    free(step->files);
    *step = (struct step){0};
}

static int step_add(struct step *step, const char *now, const char *before, struct err *err)
{
    struct file *files = make_room(step->files, step->n, &step->room, sizeof *files);
    if (!files)
        return err_memory(err, now);
    step->files = files;
    struct file file = {strdup(now), before ? strdup(before) : NULL};
    if (!file.now || (before && !file.before)) {
        free(file.now);
        free(file.before);
        return err_memory(err, now);
    }
    files[step->n++] = file;
    return 0;
}

// With doing held, as all that changes something: takes the step over, but for one in which nothing
// was done.
static int push_step(struct app_edits *e, struct step *step, struct err *err)
{
    struct step *steps = make_room(e->steps, e->n_steps, &e->room, sizeof *steps);
    if (steps)
        e->steps = steps;
    if (!steps || step->n == 0) {
        step_finish(step);
        return steps ? 0 : err_memory(err, "undo");
    }
    steps[e->n_steps++] = *step;
    return 0;
}

// ---- Files ------------------------------------------------------------------------------------

// "me.jpg" becomes "me~2.jpg".
static int number_name(char out[PATH_MAX], const char *path, int number)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (!dot || (slash && dot < slash))
        dot = path + strlen(path);
    int n = snprintf(out, PATH_MAX, "%.*s~%d%s", (int)(dot - path), path, number, dot);
    return n < PATH_MAX ? 0 : -1;
}

static int rename_to_new(const char *from, const char *to)
{
    if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
        return 0;
    if (errno != EINVAL && errno != ENOSYS) // file systems that can't do it at once
        return -1;
    struct stat st;
    if (!lstat(to, &st)) {
        errno = EEXIST;
        return -1;
    }
    return rename(from, to);
}

// Never over another file: `to` gets a number where it is taken. Missing folders are made.
static int move_file(const char *from, char to[PATH_MAX], struct err *err)
{
    char dir[PATH_MAX], wanted[PATH_MAX];
    snprintf(wanted, sizeof wanted, "%s", to);
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(to, '/') - to), to);
    int ret = file_make_dirs(dir, err);
    if (ret)
        return ret;
    int failed = rename_to_new(from, to);
    for (int i = 2; failed && errno == EEXIST && i < NAMES; i++)
        failed = number_name(to, wanted, i) || rename_to_new(from, to);
    if (failed)
        return err_set(err, ERR_IO, "%s: cannot be moved to %s: %s", from, dir, strerror(errno));
    return 0;
}

// The class of a picture by its path from the data folder on, or -1.
static int kind_of(const char *rest)
{
    for (int k = 0; k < SIAM_KINDS; k++) {
        size_t n = strlen(app_kind_folders[k]);
        if (strncmp(rest, app_kind_folders[k], n) == 0 && rest[n] == '/')
            return k;
    }
    return -1;
}

// Whether it is in the data folder, truly, and in one of its three classes. true_path: of the
// picture itself, which may be a link.
static int find_picture(const struct app_edits *e, const char *path, char true_path[PATH_MAX],
                        enum siam_kind *kind, struct err *err)
{
    char dir[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t n = strlen(e->data_dir);
    snprintf(dir, sizeof dir, "%.*s", slash ? (int)(slash - path) : 0, path);
    if (!slash || !realpath(dir, real))
        return err_set(err, ERR_DATA, "%s: %s", path, strerror(errno));
    int ret = file_join(true_path, PATH_MAX, real, slash + 1, err);
    bool inside = strncmp(true_path, e->data_dir, n) == 0 && true_path[n] == '/';
    int k = inside ? kind_of(true_path + n + 1) : -1;
    if (!ret && k < 0)
        return err_set(err, ERR_DATA, "%s: not in your data folder: it is never changed", path);
    *kind = (enum siam_kind)k;
    return ret;
}

// ---- What a session left -----------------------------------------------------------------------

static int is_step(const struct dirent *entry)
{
    return strlen(entry->d_name) == 6 && strspn(entry->d_name, "0123456789") == 6;
}

struct adoption {
    struct app_edits *edits;
    struct step step;
    const char *dir; // of the step
};

static int adopt_file(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct adoption *a = ctx;
    char before[PATH_MAX];
    const char *rest = path + strlen(a->dir) + 1;
    if (kind_of(rest) < 0 || file_join(before, sizeof before, a->edits->data_dir, rest, NULL))
        return 0;
    return step_add(&a->step, path, before, NULL);
}

static void adopt_step(struct app_edits *e, const char *bin, const char *name)
{
    char dir[PATH_MAX];
    struct adoption a = {.edits = e, .dir = dir, .step = {.what = APP_DELETED}};
    if (file_join(dir, sizeof dir, bin, name, NULL) == 0)
        file_walk(dir, adopt_file, &a, NULL);
    push_step(e, &a.step, NULL);
}

static void adopt_steps(void *ctx, const char *bin)
{
    struct app_edits *e = ctx;
    struct dirent **names;
    int n = scandir(bin, &names, is_step, alphasort);
    for (int i = 0; i < n; i++) {
        adopt_step(e, bin, names[i]->d_name);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

// ---- Life -------------------------------------------------------------------------------------

void app_edits_empty_trash(struct app_edits *e)
{
    pthread_mutex_lock(&e->doing);
    app_trash_empty(&e->trash);
    pthread_mutex_unlock(&e->doing);
}

int app_edits_create(struct app_edits **out, const char *data_dir, struct err *err)
{
    struct app_edits *e = *out = calloc(1, sizeof *e);
    if (!e)
        return err_memory(err, "edits");
    pthread_mutex_init(&e->doing, NULL);
    pthread_mutex_init(&e->lock, NULL);
    e->burst_due = true;
    int ret = realpath(data_dir, e->data_dir)
                  ? 0
                  : err_set(err, ERR_DATA, "%s: %s", data_dir, strerror(errno));
    if (!ret)
        ret = app_left_out_load(&e->left_out, e->data_dir, err);
    if (!ret)
        ret = app_trash_open(&e->trash, e->data_dir, adopt_steps, e, err);
    if (ret) {
        app_edits_destroy(e);
        *out = NULL;
    }
    return ret;
}

void app_edits_keep(struct app_edits *e)
{
    pthread_mutex_lock(&e->doing);
    e->trash.kept = true;
    pthread_mutex_unlock(&e->doing);
}

void app_edits_destroy(struct app_edits *e)
{
    if (!e)
        return;
    app_trash_close(&e->trash);
    for (int i = 0; i < e->n_steps; i++)
        step_finish(&e->steps[i]);
    free(e->steps);
    app_left_out_finish(&e->left_out);
    pthread_mutex_destroy(&e->lock);
    pthread_mutex_destroy(&e->doing);
    free(e);
}

// ---- Doing ------------------------------------------------------------------------------------

// A picture went from a class to another; -1: the trash.
static void count_edit(struct app_edits *e, int from, int to)
{
    pthread_mutex_lock(&e->lock);
    if (from >= 0)
        e->counts[from]--;
    if (to >= 0)
        e->counts[to]++;
    e->n_edits++;
    pthread_mutex_unlock(&e->lock);
}

static void end_burst(struct app_edits *e)
{
    pthread_mutex_lock(&e->lock);
    e->burst_due = true;
    pthread_mutex_unlock(&e->lock);
}

void app_edits_begin_burst(struct app_edits *e)
{
    end_burst(e);
}

// Whether it is the first one of a burst.
static bool count_saved(struct app_edits *e, enum siam_kind kind)
{
    pthread_mutex_lock(&e->lock);
    bool is_first = e->burst_due;
    e->burst_due = false;
    e->counts[kind]++;
    e->n_saved++;
    pthread_mutex_unlock(&e->lock);
    return is_first;
}

static int add_saved(struct app_edits *e, const char *path, bool is_first, struct err *err)
{
    struct step burst = {.what = APP_SAVED};
    int top = e->n_steps - 1;
    while (top >= 0 && e->steps[top].what != APP_SAVED)
        top--; // pictures may be edited while a burst is taken
    if (!is_first && top >= 0)
        return step_add(&e->steps[top], path, NULL, err);
    int ret = step_add(&burst, path, NULL, err);
    int pushed = push_step(e, &burst, ret ? NULL : err);
    return ret ? ret : pushed;
}

int app_edits_saved(struct app_edits *e, enum siam_kind kind, const char *path, struct err *err)
{
    char full[PATH_MAX];
    enum siam_kind same = kind;
    int ret = find_picture(e, path, full, &same, err);
    pthread_mutex_lock(&e->doing);
    bool is_first = count_saved(e, kind);
    if (!ret)
        ret = add_saved(e, full, is_first, err);
    pthread_mutex_unlock(&e->doing);
    return ret;
}

// Where an edit takes pictures.
struct target {
    int kind;           // a class, or -1: the trash
    char dir[PATH_MAX]; // the class's folder, or a step's in the trash
};

static int find_target(struct target *target, struct app_edits *e, int kind, struct err *err)
{
    target->kind = kind;
    if (kind >= 0) {
        int ret =
            file_join(target->dir, sizeof target->dir, e->data_dir, app_kind_folders[kind], err);
        return !ret && app_is_link(target->dir) ? app_refuse_link(target->dir, err) : ret;
    }
    return app_trash_step(&e->trash, target->dir, err);
}

// In the trash a picture keeps its path from the data folder on, in a class its name alone.
static int edit_one(struct app_edits *e, struct step *step, const char *path,
                    const struct target *target, struct app_edited *done, struct err *err)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum siam_kind kind;
    int ret = find_picture(e, path, from, &kind, err);
    if (ret || (int)kind == target->kind)
        return ret;
    const char *rest = target->kind < 0 ? from + strlen(e->data_dir) : strrchr(from, '/');
    ret = file_join(to, sizeof to, target->dir, rest + 1, err);
    if (!ret)
        ret = move_file(from, to, err);
    if (ret)
        return ret;
    done->n++;
    done->from[kind]++;
    if (target->kind >= 0)
        done->to[target->kind]++;
    count_edit(e, (int)kind, target->kind);
    return step_add(step, to, from, err);
}

static int edit(struct app_edits *e, const char *const *paths, int n, int kind,
                struct app_edited *done, struct err *err)
{
    struct target target;
    struct step step = {.what = kind < 0 ? APP_DELETED : APP_MOVED};
    *done = (struct app_edited){0};
    pthread_mutex_lock(&e->doing);
    int ret = find_target(&target, e, kind, err), fault = 0;
    for (int i = 0; i < n && !ret; i++) {
        int failed = edit_one(e, &step, paths[i], &target, done, fault ? NULL : err);
        fault = fault ? fault : failed;
    }
    done->what = done->n > 0 ? step.what : APP_UNEDITED;
    if (!ret)
        ret = push_step(e, &step, fault ? NULL : err);
    pthread_mutex_unlock(&e->doing);
    return fault ? fault : ret;
}

int app_edits_delete(struct app_edits *e, const char *const *paths, int n, struct app_edited *done,
                     struct err *err)
{
    return edit(e, paths, n, -1, done, err);
}

int app_edits_move(struct app_edits *e, const char *const *paths, int n, enum siam_kind to,
                   struct app_edited *done, struct err *err)
{
    return edit(e, paths, n, (int)to, done, err);
}

// ---- Leaving out ------------------------------------------------------------------------------

typedef int (*left_out_change)(struct app_left_out *list, const char *path, struct err *err);

static int change_left_out(struct app_edits *e, left_out_change change, const char *path,
                           struct err *err)
{
    struct app_left_out changed;
    int ret = app_left_out_copy(&changed, &e->left_out, err);
    if (!ret)
        ret = change(&changed, path, err);
    if (!ret) {
        pthread_mutex_lock(&e->lock);
        struct app_left_out before = e->left_out;
        e->left_out = changed;
        e->n_edits++;
        pthread_mutex_unlock(&e->lock);
        changed = before;
    }
    app_left_out_finish(&changed);
    return ret;
}

static int clear(struct app_left_out *list, const char *path, struct err *err)
{
    (void)path;
    return app_left_out_clear(list, err);
}

static int leave_out(struct app_edits *e, const char *path, struct app_edited *done,
                     struct err *err)
{
    struct step step = {.what = APP_LEFT_OUT};
    int ret = 0;
    pthread_mutex_lock(&e->doing);
    if (!app_left_out_has(&e->left_out, path)) {
        ret = change_left_out(e, app_left_out_add, path, err);
        if (!ret) {
            done->what = APP_LEFT_OUT;
            done->n = 1;
            ret = step_add(&step, path, NULL, err);
            int pushed = push_step(e, &step, ret ? NULL : err);
            ret = ret ? ret : pushed;
        }
    }
    pthread_mutex_unlock(&e->doing);
    return ret;
}

int app_edits_take_out(struct app_edits *e, const char *path, struct app_edited *done,
                       struct err *err)
{
    char full[PATH_MAX];
    enum siam_kind kind;
    *done = (struct app_edited){0};
    if (!file_exists(path))
        return err_set(err, ERR_DATA, "%s: is gone already", path);
    bool own = find_picture(e, path, full, &kind, NULL) == 0;
    return own ? app_edits_delete(e, &path, 1, done, err) : leave_out(e, path, done, err);
}

int app_edits_readmit(struct app_edits *e, struct app_edited *done, struct err *err)
{
    struct step step = {.what = APP_READMITTED};
    int ret = 0;
    *done = (struct app_edited){0};
    pthread_mutex_lock(&e->doing);
    for (int i = 0; i < e->left_out.n && !ret; i++)
        ret = step_add(&step, e->left_out.paths[i], NULL, err);
    if (!ret && step.n > 0)
        ret = change_left_out(e, clear, NULL, err);
    if (ret) {
        step_finish(&step);
    } else if (step.n > 0) {
        done->what = APP_READMITTED;
        done->n = step.n;
        ret = push_step(e, &step, err);
    }
    pthread_mutex_unlock(&e->doing);
    return ret;
}

int app_edits_left_out(struct app_edits *e)
{
    pthread_mutex_lock(&e->lock);
    int n = e->left_out.n;
    pthread_mutex_unlock(&e->lock);
    return n;
}

bool app_edits_takes_part(struct app_edits *e, const char *path)
{
    pthread_mutex_lock(&e->lock);
    bool left_out = app_left_out_has(&e->left_out, path);
    pthread_mutex_unlock(&e->lock);
    return !left_out && file_exists(path);
}

int app_edits_changes(struct app_edits *e)
{
    pthread_mutex_lock(&e->lock);
    int n = e->n_edits;
    pthread_mutex_unlock(&e->lock);
    return n;
}

// ---- Undoing ----------------------------------------------------------------------------------

// The class of a file that lies in the data folder's.
static enum siam_kind kind_at(const struct app_edits *e, const char *path)
{
    return (enum siam_kind)kind_of(path + strlen(e->data_dir) + 1);
}

// A picture of others takes part again, or no more.
static int undo_leaving_out(struct app_edits *e, const char *path, bool again,
                            struct app_edited *undone, struct err *err)
{
    if (app_left_out_has(&e->left_out, path) != again)
        return 0;
    int ret = change_left_out(e, again ? app_left_out_remove : app_left_out_add, path, err);
    undone->n += !ret;
    return ret;
}

// A file that is gone has nothing left to take back.
static int undo_file(struct app_edits *e, enum app_edit what, const struct file *file,
                     struct app_edited *undone, struct err *err)
{
    char place[PATH_MAX];
    struct stat st;
    if (what == APP_LEFT_OUT || what == APP_READMITTED)
        return undo_leaving_out(e, file->now, what == APP_LEFT_OUT, undone, err);
    if (lstat(file->now, &st) && errno == ENOENT)
        return 0;
    if (what == APP_SAVED && unlink(file->now))
        return err_set(err, ERR_IO, "%s: cannot be removed: %s", file->now, strerror(errno));
    if (what != APP_SAVED) {
        snprintf(place, sizeof place, "%s", file->before);
        int ret = move_file(file->now, place, err);
        if (ret)
            return ret;
    }
    undone->n++;
    enum siam_kind from = kind_at(e, what == APP_SAVED ? file->now : file->before);
    undone->from[from]++;
    if (what == APP_MOVED)
        undone->to[kind_at(e, file->now)]++;
    if (what == APP_SAVED)
        count_edit(e, (int)from, -1);
    else
        count_edit(e, what == APP_MOVED ? (int)kind_at(e, file->now) : -1, (int)from);
    return 0;
}

// Takes the step back, and keeps of it what it can't.
static int undo_step(struct app_edits *e, struct step *step, struct app_edited *undone,
                     struct err *err)
{
    int ret = 0, left = 0;
    for (int i = 0; i < step->n; i++) {
        struct file file = step->files[i];
        int failed = undo_file(e, step->what, &file, undone, ret ? NULL : err);
        if (failed) {
            step->files[left++] = file;
            ret = failed;
            continue;
        }
        free(file.now);
        free(file.before);
    }
    step->n = left;
    return ret;
}

int app_edits_undo(struct app_edits *e, struct app_edited *undone, struct err *err)
{
    int ret = 0;
    *undone = (struct app_edited){0};
    pthread_mutex_lock(&e->doing);
    while (e->n_steps > 0 && undone->n == 0 && !ret) {
        struct step *step = &e->steps[e->n_steps - 1];
        ret = undo_step(e, step, undone, err);
        if (undone->n > 0)
            undone->what = step->what;
        if (step->what == APP_SAVED) // what is saved after it is not of the step before
            end_burst(e);
        if (!ret) {
            step_finish(step);
            e->n_steps--;
        }
    }
    pthread_mutex_unlock(&e->doing);
    return ret;
}

// ---- Counting ---------------------------------------------------------------------------------

static int64_t count_changes(struct app_edits *e)
{
    pthread_mutex_lock(&e->lock);
    int64_t n = (int64_t)e->n_edits + e->n_saved;
    pthread_mutex_unlock(&e->lock);
    return n;
}

// Nothing is half done then.
static bool set_counts(struct app_edits *e, const int counts[SIAM_KINDS], int64_t changes)
{
    pthread_mutex_lock(&e->doing);
    bool same = count_changes(e) == changes;
    if (same) {
        pthread_mutex_lock(&e->lock);
        memcpy(e->counts, counts, sizeof e->counts);
        pthread_mutex_unlock(&e->lock);
    }
    pthread_mutex_unlock(&e->doing);
    return same;
}

void app_edits_count(struct app_edits *e, const atomic_bool *stop)
{
    for (bool counted = false; !counted && !*stop;) {
        char dir[PATH_MAX];
        int counts[SIAM_KINDS] = {0};
        int64_t changes = count_changes(e);
        for (int k = 0; k < SIAM_KINDS; k++)
            if (!file_join(dir, sizeof dir, e->data_dir, app_kind_folders[k], NULL))
                counts[k] = app_count_pictures(dir, stop);
        counted = set_counts(e, counts, changes);
    }
}

void app_edits_counts(struct app_edits *e, int counts[SIAM_KINDS])
{
    pthread_mutex_lock(&e->lock);
    memcpy(counts, e->counts, sizeof e->counts);
    pthread_mutex_unlock(&e->lock);
}
