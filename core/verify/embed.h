// SPDX-License-Identifier: MIT
// Pictures in, embeddings out: the one way from a file or a frame to an embedding.
#ifndef VISAVIS_CORE_VERIFY_EMBED_H
#define VISAVIS_CORE_VERIFY_EMBED_H

#include "core/image/image.h"
#include "core/siamese/model.h"

#define VERIFY_BATCH 8 // pictures at once, where many are to be embedded

// Everything needed to embed pictures under one model, one thread. Allocates nothing a picture
// once pictures of the size have been seen.
struct verify_embedder;

// Keeps a reference to `model`; borrows `pool`, which must not run anything else during a call
// below. `batch` pictures at most at once. On failure *out is NULL.
// Errors: ERR_MODEL (a net whose input is not a chip), ERR_MEMORY.
int verify_embedder_create(struct verify_embedder **out, struct siam_model *model, int batch,
                           struct pool *pool, struct err *err);
// The same for one picture at a time, as fast as can be: with weights of 16 bits where the
// processor has them. A score differs by less than 0.002 from one of the other kind.
int verify_embedder_create_live(struct verify_embedder **out, struct siam_model *model,
                                struct pool *pool, struct err *err);
// NULL is fine.
void verify_embedder_destroy(struct verify_embedder *embedder);

// e: [embedding] of the part `box` of a picture. Errors: ERR_DATA, ERR_MEMORY.
int verify_embed_picture(struct verify_embedder *embedder, const struct img *picture,
                         struct img_rect box, float *e, struct err *err);

// e: [embedding] of one picture file, by the same way as verify_embed_files(), for callers that
// have to tell what is wrong with it. Errors: ERR_DATA, ERR_MEMORY.
int verify_embed_file(struct verify_embedder *embedder, const char *path, float *e,
                      struct err *err);

// e: [n, embedding] of n net inputs x: [n, c, 105, 105] in 0..1, in batches. `stop` may be NULL.
// Errors: ERR_STOPPED.
int verify_embed_inputs(struct verify_embedder *embedder, const float *x, int n, float *e,
                        const atomic_bool *stop, struct err *err);

// e: [n, embedding] of n picture files, whole pictures, made into chips as in training
// (siam_load_chip()); decoding is spread over the pool. A file that can't be used gets ok[i] =
// false, an undefined row in e, and its line in the log. No more than a batch of chips and a
// decoded picture a worker are held at once. `stop` may be NULL. Returns how many are ok, or a
// negative error: ERR_MEMORY, ERR_STOPPED.
int verify_embed_files(struct verify_embedder *embedder, char *const *paths, int n, float *e,
                       bool *ok, const atomic_bool *stop, struct err *err);

#endif
