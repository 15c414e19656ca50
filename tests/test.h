// SPDX-License-Identifier: MIT
// What the tests share: cmocka's includes in the order it needs, a private folder for a test, and
// the optional folder of real pictures.
#ifndef VISAVIS_TESTS_TEST_H
#define VISAVIS_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

// Setup and teardown: *state is the path of a fresh folder, removed afterwards.
static inline int test_dir_make(void **state)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = malloc(512);
    if (!dir)
        return -1;
    snprintf(dir, 512, "%s/visavis-test-XXXXXX", tmp ? tmp : "/tmp");
    *state = dir;
    return mkdtemp(dir) ? 0 : -1;
}

static inline int test_dir_remove(void **state)
{
    char command[600];
    snprintf(command, sizeof command, "chmod -R u+rwx '%s'; rm -rf '%s'", (char *)*state,
             (char *)*state);
    int ret = system(command);
    free(*state);
    return ret;
}

// dir/name, good until the eighth call from here. Of one thread at a time.
static inline char *test_path(const char *dir, const char *name)
{
    static char path[8][1000];
    static int next;
    next = (next + 1) % 8;
    snprintf(path[next], sizeof path[next], "%s/%s", dir, name);
    return path[next];
}

// A path below the optional data folder (../shared beside the source tree), or NULL where it is
// missing: the test then skips with its reason.
static inline const char *test_shared(const char *name)
{
    static char path[4096];
    const char *source = getenv("VISAVIS_SOURCE");
    struct stat st;
    snprintf(path, sizeof path, "%s/../shared/%s", source ? source : ".", name);
    if (stat(path, &st) == 0)
        return path;
    printf("skipped: %s is not there\n", path);
    return NULL;
}

#endif
