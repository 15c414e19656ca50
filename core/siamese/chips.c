// SPDX-License-Identifier: MIT
#include "core/siamese/chips.h"

#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct siam_chips {
    size_t chip_size; // bytes
    int n;
    int n_cached;
    uint8_t *cache; // [n_cached, chip_size]
    int fd;         // of the others, [n - n_cached, chip_size]; -1: there are none
    char dir[400];  // for the errors
};

// `cause` is an errno; 0: the file ended too soon.
static int fail(const struct siam_chips *c, const char *what, int cause, struct err *err)
{
    size_t mb = 1 + (size_t)c->n * c->chip_size / (1 << 20);
    bool is_full = cause == ENOSPC || cause == EDQUOT;
    return err_set(err, ERR_IO, "%s: cannot %s: %s: %s--cache %zu keeps them in memory", c->dir,
                   what, cause ? strerror(cause) : "cut short",
                   is_full ? "free some space there, or " : "", mb);
}

// Sets c->fd to a new file in c->dir that has no name any more.
static int make_file(struct siam_chips *c, struct err *err)
{
    char path[sizeof c->dir + 32];
    off_t size = (off_t)((size_t)(c->n - c->n_cached) * c->chip_size);
    int ret = file_join(path, sizeof path, c->dir, ".visavis-chips.XXXXXX", err);
    if (ret)
        return ret;
    c->fd = mkostemp(path, O_CLOEXEC);
    if (c->fd < 0 || unlink(path))
        return fail(c, "make a file for the pictures", errno, err);
    // Not every file system can take room ahead; then a full disk shows when it is written to.
    while (fallocate(c->fd, 0, 0, size)) {
        if (errno == EOPNOTSUPP || errno == ENOSYS)
            break;
        if (errno != EINTR)
            return fail(c, "make room for the pictures", errno, err);
    }
    return 0;
}

int siam_chips_create(struct siam_chips **out, int n, size_t chip_size, size_t cache_bytes,
                      const char *dir, struct err *err)
{
    *out = NULL;
    size_t bytes;
    struct siam_chips *c = calloc(1, sizeof *c);
    if (!c || __builtin_mul_overflow((size_t)n, chip_size, &bytes)) {
        free(c);
        return err_memory(err, "pictures");
    }
    *c = (struct siam_chips){.chip_size = chip_size, .n = n, .n_cached = n, .fd = -1};
    if (bytes > cache_bytes)
        c->n_cached = (int)(cache_bytes / chip_size);
    int ret = 0;
    if ((size_t)snprintf(c->dir, sizeof c->dir, "%s", dir && *dir ? dir : ".") >= sizeof c->dir)
        ret = err_set(err, ERR_DATA, "%s: path too long", dir);
    c->cache = malloc((size_t)c->n_cached * chip_size + 1);
    if (!ret && !c->cache)
        ret = err_memory(err, "pictures");
    if (!ret && c->n_cached < n)
        ret = make_file(c, err);
    if (ret)
        siam_chips_destroy(c);
    else
        *out = c;
    return ret;
}

void siam_chips_destroy(struct siam_chips *c)
{
    if (!c)
        return;
    if (c->fd >= 0)
        close(c->fd);
    free(c->cache);
    free(c);
}

static off_t place_in_file(const struct siam_chips *c, int i)
{
    return (off_t)((size_t)(i - c->n_cached) * c->chip_size);
}

int siam_chips_put(struct siam_chips *c, int i, const uint8_t *chip, struct err *err)
{
    if (i < c->n_cached) {
        memcpy(c->cache + (size_t)i * c->chip_size, chip, c->chip_size);
        return 0;
    }
    off_t at = place_in_file(c, i);
    for (size_t done = 0; done < c->chip_size;) {
        ssize_t n = pwrite(c->fd, chip + done, c->chip_size - done, at + (off_t)done);
        if (n == 0 || (n < 0 && errno != EINTR))
            return fail(c, "keep the pictures", n ? errno : 0, err);
        if (n > 0)
            done += (size_t)n;
    }
    return 0;
}

int siam_chips_get(const struct siam_chips *c, int i, uint8_t *chip, struct err *err)
{
    if (i < c->n_cached) {
        memcpy(chip, c->cache + (size_t)i * c->chip_size, c->chip_size);
        return 0;
    }
    off_t at = place_in_file(c, i);
    for (size_t done = 0; done < c->chip_size;) {
        ssize_t n = pread(c->fd, chip + done, c->chip_size - done, at + (off_t)done);
        if (n == 0 || (n < 0 && errno != EINTR))
            return fail(c, "read the pictures back", n ? errno : 0, err);
        if (n > 0)
            done += (size_t)n;
    }
    return 0;
}

int siam_chips_on_disk(const struct siam_chips *c)
{
    return c->n - c->n_cached;
}
