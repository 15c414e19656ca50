// SPDX-License-Identifier: MIT
// Pictures as they are kept (input.h), in a file, so that finding the faces of thousands of
// pictures is done once. The file holds a record for each picture file that a walk through the
// folders finds, in its order; it belongs to these files alone, which its name has to see to
// (people.h).
#ifndef VISAVIS_CORE_SIAMESE_KEPT_H
#define VISAVIS_CORE_SIAMESE_KEPT_H

#include "core/base/file.h"
#include "core/siamese/input.h"

// Writing: records in their order, then siam_kept_commit(). Errors: ERR_IO.
struct siam_kept_writer {
    struct file_writer file;
    size_t stored_size;
};

int siam_kept_begin(struct siam_kept_writer *w, const char *path, int n, size_t stored_size,
                    struct err *err);
// stored: [stored_size], NULL: the picture can't be used.
int siam_kept_put(struct siam_kept_writer *w, const uint8_t *stored, uint64_t hash,
                  struct err *err);
int siam_kept_commit(struct siam_kept_writer *w, struct err *err);
void siam_kept_abandon(struct siam_kept_writer *w);

struct siam_kept;

// Opens a file of n records of this size. Errors: ERR_DATA (absent, another number or size),
// ERR_MEMORY. On failure *out is NULL.
int siam_kept_open(struct siam_kept **out, const char *path, int n, size_t stored_size,
                   struct err *err);
// NULL is fine.
void siam_kept_close(struct siam_kept *kept);

// Positive result: the picture can't be used.
#define SIAM_KEPT_NOTHING 1

// stored: [stored_size] and the hash of record i. Any thread. Returns 0, SIAM_KEPT_NOTHING, or
// ERR_IO (cut short, altered: names the file and the remedy).
int siam_kept_get(const struct siam_kept *kept, int i, uint8_t *stored, uint64_t *hash,
                  struct err *err);

#endif
