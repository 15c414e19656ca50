// SPDX-License-Identifier: MIT
// The pictures of a training: found in the folders, decoded once to chips, kept in memory, grouped,
// and split into a training and a held-out part before anything is shuffled.
//
// A group is what must not stand on both sides of the split: for the user's own pictures (anchors
// and positives together) a burst, told by the file name, joined with every other burst that holds
// a near-duplicate (img_dhash() within SIAM_NEAR_BITS); for others a person (a sub-folder with
// several pictures), or a single picture with its duplicates.
#ifndef VISAVIS_CORE_SIAMESE_DATASET_H
#define VISAVIS_CORE_SIAMESE_DATASET_H

#include "core/base/pool.h"

#include <stdatomic.h>
#include <stdint.h>

#define SIAM_NEAR_BITS 3 // Hamming distance of the hashes of near-duplicates

enum siam_kind {
    SIAM_ANCHOR,
    SIAM_POSITIVE,
    SIAM_NEGATIVE,
    SIAM_KINDS,
};

struct siam_picture {
    char *path;
    enum siam_kind kind;
    int group;     // see above; numbers 0.. over all kinds
    int person;    // negatives: number of the sub-folder with several pictures, -1 = none
    uint64_t hash; // img_dhash()
    bool heldout;
    uint8_t *chip; // [channels, 105, 105]
};

struct siam_skipped {
    char *reason; // names the file: "negative/x.jpg: not a picture (...), skipped"
};

struct siam_dataset_config {
    const char *anchor_dir;
    const char *positive_dir;
    const char *const *negative_dirs; // [n_negative_dirs], read in place, any depth
    int n_negative_dirs;
    int channels;        // 3 or 1
    float heldout_share; // 0.3
    uint64_t seed;       // of the split
    int max_negatives;   // 0 = all; else a random choice of so many, whole persons
};

struct siam_dataset {
    int channels;
    struct siam_picture *pictures; // [n_pictures], sorted by kind, then as file_walk() finds them
    int n_pictures;
    int n_kind[SIAM_KINDS];
    int n_people;                 // negative persons
    struct siam_skipped *skipped; // [n_skipped]
    int n_skipped;
    bool split_in_time; // the own pictures are all one burst: it was cut in time
    uint64_t hash;      // of all names, kinds, chips and the split
};

// Reads the folders. Decoding is spread over `pool`. Broken and unreadable pictures are listed in
// `skipped` and logged, never fatal; files that don't end like pictures are passed over. `stop`
// (may be NULL) ends it early.
// The split: about heldout_share of each kind, whole groups, drawn by `seed`. Where the user's
// pictures form too few groups for that, their last ones in time are held out and the near-
// duplicates next to the cut are used on neither side as far as that leaves enough; `split_in_time`
// then says that held-out figures are optimistic. Each kind must have at least 2 usable pictures,
// so that both sides have one. Errors: ERR_DATA ("no such folder", "no anchors in DIR: ...", "no
// negatives: ...", each naming the folder and the remedy), ERR_MEMORY, ERR_STOPPED.
int siam_dataset_load(struct siam_dataset **out, const struct siam_dataset_config *config,
                      struct pool *pool, const atomic_bool *stop, struct err *err);
void siam_dataset_destroy(struct siam_dataset *data);

#endif
