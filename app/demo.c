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

#define YOU        "wait frames 16\na 5\nwait frames 16\np 5\n"
#define OTHER(who) "camera demo:" #who "@40\nwait frames 2\nn 3\n"

static const char script[] =
    "say Collect: anchors and positives of you, in light that changes (a and p are held)\n"
    "camera demo:0@40\n" YOU YOU YOU YOU YOU YOU YOU YOU
    "say Then other people (n is held, or a folder is dropped on the window)\n" OTHER(1) OTHER(2)
        OTHER(3) OTHER(4) OTHER(5) OTHER(6) OTHER(7) OTHER(8) OTHER(9) OTHER(10) OTHER(11) OTHER(12)
            OTHER(13) OTHER(14) OTHER(15)
                OTHER(16) "camera demo:0@40\n"
                          "say Train: t, here with few epochs\n"
                          "t\nwait trained\n"
                          "say Live: v. That is you ...\n"
                          "v\nwait score 80\n"
                          "camera demo:17@40\n"
                          "say ... that is somebody who was never seen before ...\n"
                          "wait score 80\n"
                          "camera demo:0@40\n"
                          "say ... and you again. Now with your own face: visavis\n"
                          "wait score 80\n"
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
