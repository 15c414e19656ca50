// SPDX-License-Identifier: MIT
// The folders in a folder, to choose one from. Names are bytes, whatever they are. May wait for a
// disk or a network for as long as these take. Any thread.
#ifndef VISAVIS_APP_DIRS_H
#define VISAVIS_APP_DIRS_H

#include "core/base/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What ends a look before its end: *now is no longer what it was when the look was asked for.
struct app_watch {
    const atomic_int *now;
    int then;
};

static inline bool app_overtaken(const struct app_watch *watch)
{
    return atomic_load(watch->now) != watch->then;
}

// The same for looks that also end at a time of CLOCK_MONOTONIC; ctx: the struct. Asked before each
// file.
struct app_patience {
    const struct app_watch *watch;
    int64_t until_ns;
};
bool app_goes_on(void *ctx);

struct app_dir {
    char *name;   // owned; NULL: the folder that is listed itself
    int pictures; // in it, at any depth; -1: not counted
    bool more;    // at least: counting took too long
    bool asked;   // the browser's own: its counting was begun
};

struct app_dirs {
    struct app_dir *dir; // [n], owned
    int n, room;
    int n_links; // of its entries: what they lead to is known only `with_links`
};

// Lists the folders right in `path` as people sort them: by the rules of their language, numbers
// by their value. hidden: those whose names begin with '.', too. with_links: links to folders,
// too; the disk or network that one leads to may not answer. Errors: ERR_DATA (it can't be read,
// why), ERR_MEMORY, ERR_STOPPED (overtaken). On failure *out is empty.
int app_dirs_read(struct app_dirs *out, const char *path, bool hidden, bool with_links,
                  const struct app_watch *watch, struct err *err);
// Fine on a zero-initialised one.
void app_dirs_finish(struct app_dirs *dirs);

// Counts the pictures in `path` (folder_look.h), for half a second at most, into *dir. Where it
// can't be read there is nothing in it. Errors: ERR_STOPPED.
int app_dirs_count(struct app_dir *dir, const char *path, const struct app_watch *watch);

// Turns a path without '/' at its end into that of the folder above; "/" stays.
void app_dirs_parent(char *path);

// Where to look for folders of pictures at first, the first one of these that is there: the folder
// above `beside` ("": none), the user's pictures as $XDG_CONFIG_HOME/user-dirs.dirs names them,
// $HOME, "/".
void app_dirs_start(char *out, size_t size, const char *beside);

#endif
