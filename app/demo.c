// SPDX-License-Identifier: MIT
// The whole story by itself, in under a minute: drawn people at the demo camera, in a data folder
// that is gone afterwards. Recipe koch is the one that needs no folder of other people.
#include "app/session.h"
#include "app/verbs.h"
#include "core/base/log.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EPOCHS 4

#define YOU              "wait frames 16\na 5\nwait frames 16\np 5\n"
#define OTHER(who)       "camera demo:" #who "@40\nwait frames 2\nn 3\n"
#define FOUR(a, b, c, d) OTHER(a) OTHER(b) OTHER(c) OTHER(d)
#define OTHERS           FOUR(1, 2, 3, 4) FOUR(5, 6, 7, 8) FOUR(9, 10, 11, 12) FOUR(13, 14, 15, 16)

static const char script[] =
    "say Collect: anchors and positives of you, in light that changes (a and p are held)\n"
    "camera demo:0@40\n" YOU YOU YOU YOU YOU YOU YOU YOU
    "say Then other people (n is held, or a folder is dropped on the window)\n" OTHERS
    "camera demo:0@40\n"
    "t\nsay Train: t, here with few epochs\n"
    "wait trained\n"
    "say Live: v\n"
    "v\nwait score 25\n" // the verdict follows from the frames of the last second
    "say Live: that is you\n"
    "wait score 80\n"
    "say Somebody else comes ...\n"
    "camera demo:17@40\nwait score 30\n"
    "say ... who was never seen before: a stranger\n"
    "wait score 80\n"
    "say You come back ...\n"
    "camera demo:0@40\nwait score 30\n"
    "say ... and are you\n"
    "wait score 60\n"
    "2\nsay Under the hood: 2. What the threshold lets in, and what it refuses of you\n"
    "wait score 120\n"
    "2\nsay Now with your own face: visavis\n"
    "wait score 120\n"
    "q\n";

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

// A file in memory that holds the script, under a path.
static int open_script(char path[64])
{
    int fd = memfd_create("demo", MFD_CLOEXEC);
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    if (fd >= 0 && write(fd, script, sizeof script - 1) == sizeof script - 1)
        return fd;
    log_error("the demo's script: %s", strerror(errno));
    return -1;
}

int app_demo(const struct app_options *options)
{
    const char *tmp = getenv("TMPDIR");
    char dir[4096], keys[64];
    snprintf(dir, sizeof dir, "%s/visavis-demo-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        log_error("%s: %s: set TMPDIR to a folder that can be written to", dir, strerror(errno));
        return err_exit_code(ERR_IO);
    }
    struct app_options o = *options;
    int fd = open_script(keys);
    o.camera = "demo:0@40";
    o.data = dir;
    o.settings = false;
    o.recipe = "koch";
    o.epochs = EPOCHS;
    o.keys = keys;
    int code = fd < 0 ? err_exit_code(ERR_IO) : app_session_run(&o);
    if (fd >= 0)
        close(fd);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return code;
}
