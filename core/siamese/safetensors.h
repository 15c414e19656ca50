// SPDX-License-Identifier: MIT
// Files of named tensors in the format "safetensors" (huggingface/safetensors): 8 bytes header
// length, little-endian; a JSON header {"name": {"dtype", "shape", "data_offsets"}, ...,
// "__metadata__": {strings}}, padded with spaces so that the data starts 8-byte aligned; the data.
// Model and checkpoint files stand on this. The caller's memory is read into and written from
// directly, whatever its size.
//
// Ours carry two checksums in the metadata, XXH3-64 in 16 hex digits: "data_checksum" of the data
// part, and "header_checksum" of the whole header text with its own 16 digits taken as zeros. A
// file that carries either is checked for both, and for "format"; any altered byte is found.
// Others (a plain state dict) are read without. Any thread, a file belongs to one.
#ifndef VISAVIS_CORE_SIAMESE_SAFETENSORS_H
#define VISAVIS_CORE_SIAMESE_SAFETENSORS_H

#include "core/base/err.h"
#include "core/siamese/meta.h"

#include <stddef.h>

#define SIAM_FORMAT          "1"       // of our files; another one is refused
#define SIAM_TENSORS_MAX     64        // in a file
#define SIAM_HEADER_MAX      (1 << 20) // bytes; the format's reference allows 100 MB, for our 2 kB
#define SIAM_TENSOR_DIMS     4
#define SIAM_TENSOR_NAME_MAX 64

enum siam_dtype {
    SIAM_F32,
    SIAM_F16,
    SIAM_BF16,
};

struct siam_tensor {
    char name[SIAM_TENSOR_NAME_MAX];
    int rank; // 0..SIAM_TENSOR_DIMS
    int shape[SIAM_TENSOR_DIMS];
    float *values; // [product of the shape], the caller's: written from, or read into
    // Of a file that is being read:
    enum siam_dtype dtype;
    size_t size;  // values
    size_t begin; // where its bytes are in the data part
    size_t end;
};

// Writes the tensors in the order given, as F32, atomically and with mode 0600 (core/base/file.h).
// `meta` gets "format" and both checksums added in the file. Errors: ERR_IO, ERR_MEMORY, ERR_MODEL
// (a value is not finite: no file that could not be read again). What was at `path` stays then.
// With `give_up`, which is asked all along, it does not wait for the disk (file_commit_unsynced()),
// and returns ERR_STOPPED when that says so.
int siam_tensors_write(const char *path, const struct siam_meta *meta,
                       const struct siam_tensor *tensors, int n_tensors, bool (*give_up)(void *ctx),
                       void *ctx, struct err *err);

struct siam_tensor_file {
    int fd;
    const char *path;   // the caller's
    const char *remedy; // the caller's: ends every error text, "train again"
    struct siam_meta meta;
    bool ours;                                    // with checksums
    struct siam_tensor tensors[SIAM_TENSORS_MAX]; // as they lie in the file
    int n_tensors;
    size_t data_at;   // bytes from the start of the file
    size_t data_size; // bytes
};

// Opens a file and checks all but the values: the header, its checksum, and that the tensors cover
// the rest of the file exactly, without gap and overlap. Nothing in the size of the data is
// allocated. Errors: ERR_MODEL, ERR_MEMORY; the file is closed then.
int siam_tensors_open(struct siam_tensor_file *file, const char *path, const char *remedy,
                      struct err *err);

const struct siam_tensor *siam_tensors_find(const struct siam_tensor_file *file, const char *name);

// Reads all values to where `wanted` says, converted to float32. The file must hold the tensors
// wanted, of the same shapes, in whatever order, and no others. Errors: ERR_MODEL (names, shapes,
// checksum, cut short meanwhile, a value is not finite); the wanted memory is undefined then.
int siam_tensors_read(struct siam_tensor_file *file, const struct siam_tensor *wanted, int n_wanted,
                      struct err *err);

// Fine on a file that is closed.
void siam_tensors_close(struct siam_tensor_file *file);

// Sets "PATH: cause: remedy"; returns ERR_MODEL.
int siam_tensors_refuse(const struct siam_tensor_file *file, struct err *err, const char *cause,
                        ...) __attribute__((format(printf, 3, 4)));

#endif
