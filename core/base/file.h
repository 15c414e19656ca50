// SPDX-License-Identifier: MIT
// Files: read whole, written atomically, walked in a fixed order. Any thread.
#ifndef VISAVIS_CORE_BASE_FILE_H
#define VISAVIS_CORE_BASE_FILE_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Reads a whole regular file of at most `max` bytes. *data is the caller's (free), with a NUL
// behind its `*size` bytes. Errors: ERR_DATA (absent, unreadable, not a file, too large),
// ERR_MEMORY. On failure *data is NULL.
int file_read(const char *path, size_t max, void **data, size_t *size, struct err *err);

// The first bytes of a regular file to `to`, `max` at most and *size of them. Errors: ERR_DATA, as
// above.
int file_read_start(const char *path, void *to, size_t max, size_t *size, struct err *err);

// An atomic write: what `path` was before stays until file_commit(), and after it `path` is the
// whole new file, on the disk, mode 0600. A crash in between leaves nothing but, in the instant of
// the commit or where the file system has no files without a name (O_TMPFILE), a hidden
// ".NAME.XXXXXX" beside it. Owned by one thread.
struct file_writer {
    int fd;               // -1: not open
    char path[4096];      // the name to be
    char temp_path[4096]; // the hidden name before it, same folder
    bool has_name;        // the file has the hidden one
};

// Errors: ERR_IO. After a failure of any of these the temporary file is gone and the writer closed.
int file_begin(struct file_writer *w, const char *path, struct err *err);
int file_put(struct file_writer *w, const void *data, size_t size, struct err *err);
int file_commit(struct file_writer *w, struct err *err);

// Lets the disk begin with what was put so far, which is not waited for: a large file's
// file_commit() then waits less.
void file_start_writing(const struct file_writer *w);

// The same without waiting for the disk: the file is whole for every program, at once, but a power
// cut within the next half a minute may leave it cut short.
int file_commit_unsynced(struct file_writer *w, struct err *err);

// Gives the write up. Fine on a writer that is closed or zero-initialised with fd = -1.
void file_abandon(struct file_writer *w);

// The three calls above in one.
int file_save(const char *path, const void *data, size_t size, struct err *err);

// Makes a folder and its missing parents, mode 0700 whatever the umask. Being there is fine.
// Errors: ERR_IO.
int file_make_dirs(const char *path, struct err *err);

bool file_exists(const char *path);
bool file_is_dir(const char *path);

// When the file's content changed last, in nanoseconds since 1970.
struct stat;
int64_t file_changed_ns(const struct stat *st);

// "dir/name" in `out` of `size` bytes. Returns 0, or ERR_DATA if it does not fit.
int file_join(char *out, size_t size, const char *dir, const char *name, struct err *err);

// A path, or a text that begins with one, without the folder that it lies in and is named already;
// unchanged where it does not lie there.
const char *file_below(const char *path, const char *dir);

// Called for each regular file below a folder. `path` starts with the folder given to file_walk();
// `folder` is the folder that holds the file, alike. Returns 0 to go on, else the walk ends and
// returns that value.
typedef int (*file_visit)(void *ctx, const char *path, const char *folder);

// Visits every regular file below `dir`, at any depth, in byte order of their names, files of a
// folder before its sub-folders. Follows symbolic links; a folder that is its own ancestor (a
// loop) is not entered again. Names that start with '.' are passed over. Unreadable sub-folders
// are passed over and logged.
// Errors: ERR_DATA (`dir` is absent, unreadable or no folder), ERR_MEMORY, or the visitor's.
int file_walk(const char *dir, file_visit visit, void *ctx, struct err *err);
// Alike, and visits links that lead nowhere, too.
int file_walk_all(const char *dir, file_visit visit, void *ctx, struct err *err);

// "$VARIABLE/visavis", or "~/BELOW_HOME/visavis" where that is not set, as the XDG base directories
// are found. Errors: ERR_USAGE (neither is set), ERR_DATA (too long).
int file_user_dir(char *out, size_t size, const char *variable, const char *below_home,
                  struct err *err);

// The default data folder: $XDG_DATA_HOME/visavis, or ~/.local/share/visavis. Errors: ERR_USAGE
// (neither variable is set).
int file_default_data_dir(char *out, size_t size, struct err *err);

#endif
