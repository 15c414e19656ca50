// SPDX-License-Identifier: MIT
#include "core/base/file.h"

#include "core/base/clock.h"
#include "core/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read_start(const char *path, void *to, size_t max, size_t *size, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); // as below
    struct stat st;
    ssize_t n = -1;
    *size = 0;
    if (fd < 0)
        return err_set(err, ERR_DATA, "%s: %s", path, strerror(errno));
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    while (regular && (n = pread(fd, to, max, 0)) < 0 && errno == EINTR) {
    }
    int cause = errno;
    close(fd);
    if (n < 0)
        return err_set(err, ERR_DATA, "%s: %s", path,
                       regular ? strerror(cause) : "not a regular file");
    *size = (size_t)n;
    return 0;
}

int file_read(const char *path, size_t max, void **data, size_t *size, struct err *err)
{
    *data = NULL;
    *size = 0;
    // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return err_set(err, ERR_DATA, "%s: %s", path, strerror(errno));
    int ret = ERR_DATA;
    char *buf = NULL;
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        ret = err_set(err, ERR_DATA, "%s: not a regular file", path);
        goto done;
    }
    if ((size_t)st.st_size > max) {
        ret = err_set(err, ERR_DATA, "%s: too large (%lld bytes, at most %zu)", path,
                      (long long)st.st_size, max);
        goto done;
    }
    buf = malloc((size_t)st.st_size + 1);
    if (!buf) {
        ret = err_memory(err, path);
        goto done;
    }
    size_t got = 0;
    while (got < (size_t)st.st_size) {
        ssize_t n = read(fd, buf + got, (size_t)st.st_size - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            ret = err_set(err, ERR_DATA, "%s: %s", path, strerror(errno));
            goto done;
        }
        if (n == 0)
            break; // shortened while we read: the reader of its content will tell
        got += (size_t)n;
    }
    buf[got] = '\0';
    *data = buf;
    *size = got;
    buf = NULL;
    ret = 0;
done:
    free(buf);
    close(fd);
    return ret;
}

static int fail_write(struct file_writer *w, struct err *err, const char *what)
{
    int code = err_set(err, ERR_IO, "%s: cannot %s: %s%s", w->path, what, strerror(errno),
                       errno == ENOSPC ? "; free some space and try again" : "");
    file_abandon(w);
    return code;
}

// The folder that a path lies in. Returns the rest of the path: the name.
static const char *folder_of(const char *path, char dir[4096])
{
    const char *slash = strrchr(path, '/');
    snprintf(dir, 4096, "%.*s", slash ? (int)(slash + 1 - path) : 1, slash ? path : ".");
    return slash ? slash + 1 : path;
}

// A file without a name, of which nothing is left when the program is killed, where the file system
// has them; else one with the hidden name.
static int open_new(struct file_writer *w)
{
    char dir[4096];
    const char *name = folder_of(w->temp_path, dir);
    bool nameable =
        strlen(name) <= NAME_MAX && access("/proc/self/fd", X_OK) == 0; // see give_name()
    if (nameable)
        w->fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (w->fd < 0) {
        w->fd = mkostemp(w->temp_path, O_CLOEXEC);
        w->has_name = w->fd >= 0;
    }
    if (w->fd >= 0)
        fchmod(w->fd, 0600); // whatever the umask; some file systems have no modes
    return w->fd < 0 ? -1 : 0;
}

int file_begin(struct file_writer *w, const char *path, struct err *err)
{
    w->fd = -1;
    w->has_name = false;
    const char *slash = strrchr(path, '/');
    int dir_len = slash ? (int)(slash + 1 - path) : 0;
    int n = snprintf(w->path, sizeof w->path, "%s", path);
    int t = snprintf(w->temp_path, sizeof w->temp_path, "%.*s.%s.XXXXXX", dir_len, path,
                     path + dir_len);
    if (n >= (int)sizeof w->path || t >= (int)sizeof w->temp_path)
        return err_set(err, ERR_IO, "%s: path too long", path);
    return open_new(w) ? fail_write(w, err, "create") : 0;
}

int file_put(struct file_writer *w, const void *data, size_t size, struct err *err)
{
    const char *p = data;
    while (size > 0) {
        ssize_t n = write(w->fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_write(w, err, "write");
        p += n;
        size -= (size_t)n;
    }
    return 0;
}

void file_start_writing(const struct file_writer *w)
{
    sync_file_range(w->fd, 0, 0, SYNC_FILE_RANGE_WRITE); // where it can't, the commit does it all
}

// Makes a rename survive a power cut. Some file systems can't; then the rename is all there is.
static void sync_folder_of(const char *path)
{
    char dir[4096];
    folder_of(path, dir);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

// Gives a file without one the hidden name.
static int give_name(struct file_writer *w)
{
    char open_path[64], *digits = w->temp_path + strlen(w->temp_path) - 6;
    int ret = 0;
    snprintf(open_path, sizeof open_path, "/proc/self/fd/%d", w->fd);
    for (unsigned i = 0; i < 1000 && !w->has_name; i++) {
        snprintf(digits, 7, "%06x", ((unsigned)clock_now_ns() + i) & 0xffffff);
        ret = linkat(AT_FDCWD, open_path, AT_FDCWD, w->temp_path, AT_SYMLINK_FOLLOW);
        w->has_name = ret == 0;
        if (ret && errno != EEXIST)
            return ret;
    }
    return ret;
}

int file_commit_unsynced(struct file_writer *w, struct err *err)
{
    if (give_name(w))
        return fail_write(w, err, "write");
    int fd = w->fd;
    w->fd = -1;
    if (close(fd))
        return fail_write(w, err, "write");
    if (rename(w->temp_path, w->path))
        return fail_write(w, err, "rename");
    w->has_name = false;
    return 0;
}

int file_commit(struct file_writer *w, struct err *err)
{
    if (fsync(w->fd))
        return fail_write(w, err, "write");
    int ret = file_commit_unsynced(w, err);
    if (!ret)
        sync_folder_of(w->path);
    return ret;
}

void file_abandon(struct file_writer *w)
{
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
    if (w->has_name)
        unlink(w->temp_path);
    w->has_name = false;
}

int file_save(const char *path, const void *data, size_t size, struct err *err)
{
    struct file_writer w;
    int ret = file_begin(&w, path, err);
    if (!ret)
        ret = file_put(&w, data, size, err);
    if (!ret)
        ret = file_commit(&w, err);
    return ret;
}

int file_make_dirs(const char *path, struct err *err)
{
    char part[4096];
    size_t len = strlen(path);
    if (len >= sizeof part)
        return err_set(err, ERR_IO, "%s: path too long", path);
    for (size_t i = 1; i <= len; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) == 0)
            chmod(part, 0700); // the umask may have taken even the owner's rights
        else if (errno != EEXIST)
            return err_set(err, ERR_IO, "%s: cannot make folder: %s", part, strerror(errno));
    }
    if (!file_is_dir(path))
        return err_set(err, ERR_IO, "%s: is there, but is not a folder", path);
    return 0;
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool file_is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int64_t file_changed_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * CLOCK_SECOND + st->st_mtim.tv_nsec;
}

int file_join(char *out, size_t size, const char *dir, const char *name, struct err *err)
{
    size_t len = strlen(dir);
    const char *sep = len > 0 && dir[len - 1] == '/' ? "" : "/";
    if ((size_t)snprintf(out, size, "%s%s%s", dir, sep, name) >= size)
        return err_set(err, ERR_DATA, "%s/%s: path too long", dir, name);
    return 0;
}

const char *file_below(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    return strncmp(path, dir, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

// The folders from the root of the walk down to the present one, to recognise loops.
struct ancestor {
    dev_t dev;
    ino_t ino;
    const struct ancestor *parent;
};

static bool is_own_ancestor(const struct ancestor *a, const struct stat *st)
{
    for (; a; a = a->parent)
        if (a->dev == st->st_dev && a->ino == st->st_ino)
            return true;
    return false;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_hidden(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

struct walk {
    bool dead_links; // are visited, too
    file_visit visit;
    void *ctx;
    struct err *err;
};

static int walk(const struct walk *w, const char *dir, const struct ancestor *parent);

static bool is_link(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

// One pass over a folder's entries: its files, or its sub-folders.
static int walk_entries(const struct walk *w, const char *dir, struct dirent **entries, int n,
                        bool folders, const struct ancestor *self)
{
    int ret = 0;
    for (int i = 0; i < n && ret == 0; i++) {
        char path[4096];
        struct stat st;
        if (file_join(path, sizeof path, dir, entries[i]->d_name, NULL))
            continue;                      // too long
        bool there = stat(path, &st) == 0; // else a dangling link, or gone meanwhile
        if (!folders && (there ? S_ISREG(st.st_mode) : w->dead_links && is_link(path)))
            ret = w->visit(w->ctx, path, dir);
        else if (folders && there && S_ISDIR(st.st_mode) && !is_own_ancestor(self, &st))
            ret = walk(w, path, self);
    }
    return ret;
}

static int walk(const struct walk *w, const char *dir, const struct ancestor *parent)
{
    struct dirent **entries = NULL;
    struct stat st;
    int n = stat(dir, &st) ? -1 : scandir(dir, &entries, not_hidden, by_name);
    if (n < 0 && parent) {
        log_info("%s: %s, passed over", dir, strerror(errno));
        return 0;
    }
    if (n < 0)
        return err_set(w->err, ERR_DATA, "%s: cannot read folder: %s", dir, strerror(errno));
    struct ancestor self = {.dev = st.st_dev, .ino = st.st_ino, .parent = parent};
    int ret = walk_entries(w, dir, entries, n, false, &self);
    if (ret == 0)
        ret = walk_entries(w, dir, entries, n, true, &self);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return ret;
}

int file_walk(const char *dir, file_visit visit, void *ctx, struct err *err)
{
    return walk(&(struct walk){false, visit, ctx, err}, dir, NULL);
}

int file_walk_all(const char *dir, file_visit visit, void *ctx, struct err *err)
{
    return walk(&(struct walk){true, visit, ctx, err}, dir, NULL);
}

int file_user_dir(char *out, size_t size, const char *variable, const char *below_home,
                  struct err *err)
{
    char dir[4096];
    const char *xdg = getenv(variable), *home = getenv("HOME");
    if (xdg && xdg[0] == '/')
        return file_join(out, size, xdg, "visavis", err);
    if (!home || home[0] != '/')
        return err_set(err, ERR_USAGE, "neither %s nor HOME is set", variable);
    int ret = file_join(dir, sizeof dir, home, below_home, err);
    return ret ? ret : file_join(out, size, dir, "visavis", err);
}

int file_default_data_dir(char *out, size_t size, struct err *err)
{
    int ret = file_user_dir(out, size, "XDG_DATA_HOME", ".local/share", err);
    if (ret == ERR_USAGE)
        err_set(err, ret, "neither XDG_DATA_HOME nor HOME is set: say --data DIR");
    return ret;
}
