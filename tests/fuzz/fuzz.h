// SPDX-License-Identifier: MIT
// What the fuzz targets share. A target is libFuzzer's function, LLVMFuzzerTestOneInput(): it feeds
// the bytes to what reads such files in the program, and aborts where that breaks its word. Built
// with -Dfuzz=true (clang) they are libFuzzer's; else runner.c plays the seeds and changed ones.
#ifndef VISAVIS_TESTS_FUZZ_FUZZ_H
#define VISAVIS_TESTS_FUZZ_FUZZ_H

#include "core/base/err.h"
#include "core/base/log.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(what)                                                                           \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #what);                     \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

// What failed says so in one line; what worked says nothing.
static inline void fuzz_check_result(int ret, const struct err *err)
{
    FUZZ_CHECK(ret <= 0);
    FUZZ_CHECK((ret == 0) == (err->text[0] == '\0'));
    FUZZ_CHECK(strchr(err->text, '\n') == NULL);
}

// A file in memory that holds the bytes, the same one each time. Its path stays.
static inline const char *fuzz_file(const void *data, size_t size)
{
    static char path[64];
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        log_set_quiet(true);
    }
    FUZZ_CHECK(fd >= 0 && ftruncate(fd, 0) == 0);
    FUZZ_CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}

#endif
