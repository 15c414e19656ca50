// SPDX-License-Identifier: MIT
#include "app/trash.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRASH "trash"
#define TAKEN ".old" // behind the name of what was taken over

bool app_is_link(const char *path)
{
    struct stat st;
    return !lstat(path, &st) && S_ISLNK(st.st_mode);
}

int app_refuse_link(const char *path, struct err *err)
{
    return err_set(err, ERR_DATA, "%s: a link to another folder, which is never written to", path);
}

// ---- Names ------------------------------------------------------------------------------------

static bool is_taken(const char *name)
{
    size_t n = strlen(name), tail = strlen(TAKEN);
    return n > tail && strcmp(name + n - tail, TAKEN) == 0;
}

bool app_trash_is_bin(const char *name)
{
    static const char form[] = "dddddddd-dddddd-ddd"; // clock_stamp()
    size_t n = sizeof form - 1;
    for (size_t i = 0; i < n; i++)
        if (form[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != form[i])
            return false;
    return name[n] == '\0' || strcmp(name + n, TAKEN) == 0;
}

static int any_bin(const struct dirent *entry)
{
    return app_trash_is_bin(entry->d_name);
}

// ---- Folders ----------------------------------------------------------------------------------

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)at;
    if (type == FTW_DP ? rmdir(path) : unlink(path))
        log_error("%s: cannot be removed: %s", path, strerror(errno));
    return 0;
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

// Locks a folder and keeps it. False: another session's, or no folder, or no memory.
static bool keep_bin(struct app_trash *t, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct app_bin *bins = realloc(t->bins, (size_t)(t->n + 1) * sizeof *bins);
    if (bins)
        t->bins = bins;
    if (!bins || flock(fd, LOCK_EX | LOCK_NB)) {
        close(fd);
        return false;
    }
    struct app_bin *bin = &bins[t->n++];
    bin->lock = fd;
    snprintf(bin->path, sizeof bin->path, "%s", path);
    return true;
}

static void drop_bin(struct app_trash *t)
{
    close(t->bins[--t->n].lock);
}

// What a session left that is no more. Whether it is ours now.
static bool take_over(struct app_trash *t, const char *name)
{
    char path[PATH_MAX], taken[PATH_MAX];
    if (file_join(path, sizeof path, t->path, name, NULL) || !keep_bin(t, path))
        return false;
    struct app_bin *bin = &t->bins[t->n - 1];
    bool fits = snprintf(taken, sizeof taken, "%s" TAKEN, path) < (int)sizeof taken;
    if (!is_taken(name) && fits && rename(path, taken) == 0) {
        snprintf(bin->path, sizeof bin->path, "%s", taken);
        return true;
    }
    if (is_taken(name))
        remove_tree(path);
    else
        log_error("%s: cannot be taken over: %s", path, strerror(errno));
    drop_bin(t);
    return false;
}

// What was taken over gets the name back that the next session looks for.
static void give_back(const struct app_bin *bin)
{
    char path[PATH_MAX];
    size_t n = strlen(bin->path);
    if (!is_taken(bin->path))
        return;
    snprintf(path, sizeof path, "%.*s", (int)(n - strlen(TAKEN)), bin->path);
    if (rename(bin->path, path))
        log_error("%s: cannot be given back: %s", bin->path, strerror(errno));
}

// This session's own, made when it is needed first.
static int need_own(struct app_trash *t, struct err *err)
{
    if (t->has_own)
        return 0;
    char path[PATH_MAX], stamp[20];
    clock_stamp(stamp);
    if (app_is_link(t->path))
        return app_refuse_link(t->path, err);
    int ret = file_join(path, sizeof path, t->path, stamp, err);
    if (!ret)
        ret = file_make_dirs(path, err);
    if (ret)
        return ret;
    if (!keep_bin(t, path))
        return err_set(err, ERR_IO, "%s: cannot be locked: try again", path);
    t->has_own = true;
    return 0;
}

// ---- The trash --------------------------------------------------------------------------------

int app_trash_open(struct app_trash *t, const char *data_dir,
                   void (*adopt)(void *ctx, const char *bin), void *ctx, struct err *err)
{
    struct dirent **names;
    int ret = file_join(t->path, sizeof t->path, data_dir, TRASH, err);
    int n = ret || app_is_link(t->path) ? -1 : scandir(t->path, &names, any_bin, alphasort);
    for (int i = 0; i < n; i++) {
        if (take_over(t, names[i]->d_name))
            adopt(ctx, t->bins[t->n - 1].path);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return ret;
}

int app_trash_step(struct app_trash *t, char dir[PATH_MAX], struct err *err)
{
    int ret = need_own(t, err);
    if (!ret)
        snprintf(dir, PATH_MAX, APP_TRASH_STEP, t->bins[t->n - 1].path, ++t->step);
    return ret;
}

void app_trash_empty(struct app_trash *t)
{
    while (t->n > 0) {
        remove_tree(t->bins[t->n - 1].path);
        drop_bin(t);
    }
    t->has_own = false;
    rmdir(t->path); // where another session has something in it, it stays
}

void app_trash_close(struct app_trash *t)
{
    for (int i = 0; i < t->n && !t->kept; i++)
        give_back(&t->bins[i]);
    while (t->n > 0)
        drop_bin(t);
    free(t->bins);
    *t = (struct app_trash){.n = 0};
}
