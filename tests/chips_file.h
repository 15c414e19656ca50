// SPDX-License-Identifier: MIT
// The file of a store of chips, which has no name, as a test finds it.
#ifndef VISAVIS_TESTS_CHIPS_FILE_H
#define VISAVIS_TESTS_CHIPS_FILE_H

#include "tests/test.h"

#include <dirent.h>
#include <unistd.h>

// Its descriptor in this process, -1 if there is none.
static inline int chips_file(void)
{
    int found = -1;
    DIR *fds = opendir("/proc/self/fd");
    assert_non_null(fds);
    for (const struct dirent *e; (e = readdir(fds)) != NULL;) {
        char target[4096] = "";
        if (readlinkat(dirfd(fds), e->d_name, target, sizeof target - 1) > 0 &&
            strstr(target, "/.visavis-chips."))
            found = atoi(e->d_name);
    }
    closedir(fds);
    return found;
}

#endif
