// SPDX-License-Identifier: MIT
// The gallery: embeddings of the user's anchors under one model, small pictures of them, and the
// score of a probe against them. The score is the k-th highest of the scores against the single
// anchors, so "score >= threshold" says that at least k anchors match; k is the model card's
// `needed`, and where that says nothing half of the anchors: then the score is their median.
#ifndef VISAVIS_CORE_VERIFY_GALLERY_H
#define VISAVIS_CORE_VERIFY_GALLERY_H

#include "core/siamese/model.h"

struct verify_gallery {
    struct siam_model *model; // a reference of its own
    float *e;                 // [n, embedding]
    uint8_t *thumbs;          // [n, 52, 52, 3], what the net sees of each, see face_chip_thumb()
    char **paths;             // [n], where each came from
    int n;
};

struct verify_score {
    float score;         // see above, 0..1
    int anchors_matched; // whose single score reaches the threshold
    int anchors;         // all
    int nearest;         // number of the anchor with the highest single score; -1: none was scored
    float nearest_score; // that score
    bool match;          // score >= threshold
};

// Embeds every picture of `dir` (any depth) under `model`, whole pictures; unusable ones are logged
// and passed over. Work is spread over `pool`. `stop` may be NULL. On failure *out is NULL; a
// gallery has at least one anchor.
// Errors: ERR_DATA (no folder, or no usable picture in it: "no anchors in DIR: ..."), ERR_MODEL
// (its net takes no chips), ERR_MEMORY, ERR_STOPPED.
int verify_gallery_load(struct verify_gallery **out, struct siam_model *model, const char *dir,
                        struct pool *pool, const atomic_bool *stop, struct err *err);
// NULL is fine.
void verify_gallery_destroy(struct verify_gallery *gallery);

// Scores the embedding e: [embedding]; `scores` is room for gallery->n floats and then holds the
// single scores in the gallery's order. Half of n anchors are ceil(n/2). Costs n L1 distances and
// is bound by memory, of which it reads 16 KB an anchor: some 1.3 ms for 1,000 anchors on a core
// that reads 13 GB/s, 0.5 ms when they are still in its cache. Any thread, with its own `scores`.
struct verify_score verify_gallery_score(const struct verify_gallery *gallery, const float *e,
                                         float threshold, float *scores);

#endif
