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

// Positive result: there is no face in the frame; e is undefined.
#define VERIFY_NO_FACE 1

// Where to look in a frame, and where something was seen.
struct verify_sight {
    bool look;             // for a face; else, and where the net is shown whole pictures, the guide
                           // box (face_guide_box()) is taken
    bool have_last;        // pose is where the face was in the frame before
    struct face_pose pose; // in, see above; out: what was embedded
    bool found;            // out: a face was looked for, and the pose is where it is
};

// e: [embedding] of the face in a camera's frame. Returns 0, VERIFY_NO_FACE, or an error: ERR_DATA,
// ERR_MEMORY.
int verify_embed_frame(struct verify_embedder *embedder, const struct img *frame,
                       struct verify_sight *sight, float *e, struct err *err);

// e: [embedding] of one picture file, by the same way as verify_embed_files(), for callers that
// have to tell what is wrong with it. Errors: ERR_DATA, ERR_MEMORY.
int verify_embed_file(struct verify_embedder *embedder, const char *path, float *e,
                      struct err *err);

// e: [n, embedding] of n net inputs x: [n, c, 105, 105] in 0..1, in batches. `stop` may be NULL.
// Errors: ERR_STOPPED.
int verify_embed_inputs(struct verify_embedder *embedder, const float *x, int n, float *e,
                        const atomic_bool *stop, struct err *err);

// e: [n, embedding] of n picture files, made into net inputs as in training
// (siam_load_picture()); decoding is spread over the pool. thumbs: [n, FACE_THUMB_SIZE], small
// pictures of what the net is shown, or NULL where nobody wants them. A file that can't be used
// gets ok[i] = false, undefined rows in e and thumbs, and its line in the log; without `ok` (NULL)
// it is an error. No more than a batch of inputs and a decoded picture a worker are held at once.
// `stop` may be NULL. Returns how many are ok, or a negative error: ERR_DATA (such a file),
// ERR_MEMORY, ERR_STOPPED.
int verify_embed_files(struct verify_embedder *embedder, char *const *paths, int n, float *e,
                       uint8_t *thumbs, bool *ok, const atomic_bool *stop, struct err *err);

#endif
