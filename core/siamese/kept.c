// SPDX-License-Identifier: MIT
#include "core/siamese/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

static const char magic[8] = "visavisK";

struct head {
    char magic[8];
    uint64_t n, stored_size;
};

// Before the bytes of a picture.
struct record {
    uint64_t usable; // 0 or 1
    uint64_t hash;
    uint64_t check; // XXH3-64 of the bytes, seeded with the two above
};

static uint64_t check_of(const struct record *r, const uint8_t *stored, size_t size)
{
    return XXH3_64bits_withSeed(stored, size, r->hash ^ r->usable);
}

// ---- Writing ----------------------------------------------------------------------------------

int siam_kept_begin(struct siam_kept_writer *w, const char *path, int n, size_t stored_size,
                    struct err *err)
{
    struct head head = {.n = (uint64_t)n, .stored_size = stored_size};
    memcpy(head.magic, magic, sizeof magic);
    w->stored_size = stored_size;
    int ret = file_begin(&w->file, path, err);
    return ret ? ret : file_put(&w->file, &head, sizeof head, err);
}

int siam_kept_put(struct siam_kept_writer *w, const uint8_t *stored, uint64_t hash, struct err *err)
{
    static const uint8_t nothing[SIAM_STORED_MAX];
    struct record record = {.usable = stored != NULL, .hash = hash};
    const uint8_t *bytes = stored ? stored : nothing;
    record.check = check_of(&record, bytes, w->stored_size);
    int ret = file_put(&w->file, &record, sizeof record, err);
    return ret ? ret : file_put(&w->file, bytes, w->stored_size, err);
}

int siam_kept_commit(struct siam_kept_writer *w, struct err *err)
{
    return file_commit(&w->file, err);
}

void siam_kept_abandon(struct siam_kept_writer *w)
{
    file_abandon(&w->file);
}

// ---- Reading ----------------------------------------------------------------------------------

struct siam_kept {
    int fd;
    size_t stored_size;
    char path[4096];
};

int siam_kept_open(struct siam_kept **out, const char *path, int n, size_t stored_size,
                   struct err *err)
{
    struct head head;
    struct stat st;
    *out = NULL;
    struct siam_kept *kept = malloc(sizeof *kept);
    if (!kept)
        return err_memory(err, path);
    kept->stored_size = stored_size;
    snprintf(kept->path, sizeof kept->path, "%s", path);
    kept->fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = sizeof head + (size_t)n * (sizeof(struct record) + stored_size);
    if (kept->fd < 0 || pread(kept->fd, &head, sizeof head, 0) != sizeof head ||
        memcmp(head.magic, magic, sizeof magic) != 0 || head.n != (uint64_t)n ||
        head.stored_size != stored_size || fstat(kept->fd, &st) != 0 ||
        (size_t)st.st_size != size) {
        siam_kept_close(kept);
        return err_set(err, ERR_DATA, "%s: not the pictures of these folders", path);
    }
    *out = kept;
    return 0;
}

void siam_kept_close(struct siam_kept *kept)
{
    if (!kept)
        return;
    if (kept->fd >= 0)
        close(kept->fd);
    free(kept);
}

static bool read_all(int fd, void *to, size_t size, size_t at)
{
    for (size_t got = 0; got < size;) {
        ssize_t n = pread(fd, (char *)to + got, size - got, (off_t)(at + got));
        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        if (n > 0)
            got += (size_t)n;
    }
    return true;
}

int siam_kept_get(const struct siam_kept *kept, int i, uint8_t *stored, uint64_t *hash,
                  struct err *err)
{
    struct record record;
    size_t at = sizeof(struct head) + (size_t)i * (sizeof record + kept->stored_size);
    if (!read_all(kept->fd, &record, sizeof record, at) ||
        !read_all(kept->fd, stored, kept->stored_size, at + sizeof record) ||
        record.check != check_of(&record, stored, kept->stored_size))
        return err_set(err, ERR_IO, "%s: damaged: remove it, and it will be made again",
                       kept->path);
    *hash = record.hash;
    return record.usable ? 0 : SIAM_KEPT_NOTHING;
}
