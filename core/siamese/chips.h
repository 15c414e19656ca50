// SPDX-License-Identifier: MIT
// The chips of a data set: as many as a cache holds stay in memory, the others in a file that has
// no name, so that memory stays flat however many pictures there are. Where a chip stands depends
// on its number and the size of the cache alone, and what is read is what was written: the cache
// changes no result.
//
// The file is on the disk that the caller names (temporary folders are often memory themselves),
// mode 0600, and gone when the store is destroyed or the program ends, however it ends.
#ifndef VISAVIS_CORE_SIAMESE_CHIPS_H
#define VISAVIS_CORE_SIAMESE_CHIPS_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct siam_chips;

// Room for n >= 0 chips of chip_size bytes, numbered from 0. The first ones stay in memory,
// cache_bytes of them at most (memory is taken as they are put); where there are more, the file is
// made in `dir` (NULL or "": the current folder), with its room on the disk where the file system
// can promise that. On failure *out is NULL.
// Errors: ERR_MEMORY, ERR_IO (the file cannot be made, or the disk is full: names `dir` and the
// cache that would do), ERR_DATA (the path of `dir` is too long).
int siam_chips_create(struct siam_chips **out, int n, size_t chip_size, size_t cache_bytes,
                      const char *dir, struct err *err);
// NULL is fine.
void siam_chips_destroy(struct siam_chips *chips);

// Writes, and reads, chip i: [chip_size] bytes of the caller's. May block for the disk. Any thread,
// several at once on different chips, or reading the same. Reading one that was never put gives
// bytes without meaning, or an error. Errors: ERR_IO, as above.
int siam_chips_put(struct siam_chips *chips, int i, const uint8_t *chip, struct err *err);
int siam_chips_get(const struct siam_chips *chips, int i, uint8_t *chip, struct err *err);

// How many of them stand in the file.
int siam_chips_on_disk(const struct siam_chips *chips);

#endif
