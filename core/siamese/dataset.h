// SPDX-License-Identifier: MIT
// The pictures of a training: found in the folders, decoded once to chips, kept in memory or, where
// they are many, on the disk (chips.h), grouped, and split into a training and a held-out part
// before anything is shuffled. Time and memory grow as n or n log n with the pictures; memory but
// for the chips is some 200 bytes a picture.
//
// A group is what must not stand on both sides of the split: for the user's own pictures (anchors
// and positives together) a burst, told by the file name (siam_burst_parse()), joined with every
// other burst that holds a near-duplicate (img_dhash() within SIAM_NEAR_BITS); for others a person
// (a sub-folder with several pictures) or a burst, joined with every other that holds a picture of
// the same hash, and bursts also with those that hold a near-duplicate. Whole groups stand on one
// side, with one exception: a split in time, see siam_dataset_load(), cuts through them, and
// `split_in_time` tells.
#ifndef VISAVIS_CORE_SIAMESE_DATASET_H
#define VISAVIS_CORE_SIAMESE_DATASET_H

#include "core/base/pool.h"
#include "core/nn/net.h"
#include "core/siamese/chips.h"
#include "core/siamese/input.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SIAM_NEAR_BITS 3 // Hamming distance of the hashes of near-duplicates

enum siam_kind {
    SIAM_ANCHOR,
    SIAM_POSITIVE,
    SIAM_NEGATIVE,
    SIAM_KINDS,
};

enum siam_part {
    SIAM_TRAIN,
    SIAM_HELDOUT,
    SIAM_UNUSED, // on neither side: too like a held-out picture, see siam_dataset_load()
};

struct siam_picture {
    char *path;
    enum siam_kind kind;
    int group;          // see above; numbers 0.. over all kinds
    int person;         // negatives: number of the sub-folder with several pictures, -1 = none
    int8_t weight_log2; // of its folder (weight.h), SIAM_WEIGHT_LEAST..SIAM_WEIGHT_MOST
    uint64_t hash;      // img_dhash()
    enum siam_part part;
    int chip; // its number in the data set's chips
};

struct siam_skipped {
    char *reason; // names the file: "negative/x.jpg: not a picture (...), skipped"
};

struct siam_dataset_config {
    const char *anchor_dir; // both NULL: there are no pictures of a user
    const char *positive_dir;
    const char *const *negative_dirs; // [n_negative_dirs], read in place, any depth
    int n_negative_dirs;
    const float *weights; // [n_negative_dirs], of each of these, see weight.h; NULL: 1 for all
    const char *const
        *skip; // [n_skip], names of folders in these that are passed over; may be NULL
    int n_skip;
    // Pictures, by their whole paths as file_walk() finds them, that are listed in
    // `skipped` unread: [n_left_out]; may be NULL. A file of `kept` serves with them or without.
    const char *const *left_out;
    int n_left_out;
    // The one of negative_dirs whose own pictures, those that lie in no folder below it, are left
    // out of what is learnt of other people (people.h) and of `kept`, as they come and go; NULL:
    // none.
    const char *apart;
    bool without_apart; // pass over them
    // How pictures are kept. With SIAM_FACE that is not aligned, faces are aligned to their own
    // mean, made first (siam_learn_template()).
    struct siam_input input;
    float heldout_share; // of the own pictures, and of the negatives; above 0, at most 0.5
    uint64_t seed;       // of the split
    // A file of the negatives as they are kept, by siam_dataset_keep(); NULL: none. Where it isn't
    // one of these negatives, they are read as if there were none, and the log says so.
    const char *kept;
    int max_negatives;     // 0 = all; else a random choice of so many, whole persons but for one
    size_t cache_bytes;    // of chips kept in memory at most; 0 = all of them
    const char *cache_dir; // where the file of the others is made; NULL: the current folder
};

struct siam_dataset {
    struct siam_input input;
    struct siam_chips *chips;      // [siam_stored_size()] each
    struct siam_picture *pictures; // [n_pictures], sorted by kind, then as file_walk() finds them
    int n_pictures;
    int n_kind[SIAM_KINDS];
    int n_people;                 // negative persons
    struct siam_skipped *skipped; // [n_skipped]
    int n_skipped;
    bool split_in_time; // the groups were too few or too unequal: a kind was cut in time
    uint64_t hash;      // of all names (without folders), kinds, chips and the split; the cache
                        // has no part in it
};

// Reads the folders. Decoding is spread over `pool`. Broken and unreadable pictures, and files that
// vanish meanwhile, are listed in `skipped` and logged, never fatal; files that don't end like
// pictures are passed over. `stop` (may be NULL) ends it early.
//
// The split: about heldout_share of each kind, whole groups, drawn by `seed`. Where the pictures
// form too few groups for that (a share below half of heldout_share or above one half), the last
// ones of each kind in time are held out, and of those before the cut the ones most like a held-out
// picture (near-duplicates, next to the cut first, at most a tenth of the kind) are used on neither
// side; `split_in_time` then says that held-out figures are optimistic. Each kind that
// there is a folder for must have at least 2 usable pictures, so that both sides have one.
//
// Every folder named must be there; whether it is one that need not exist is the caller's to know.
// Errors: ERR_DATA ("DIR: no such folder: ...", "no anchors in DIR: ...", "no negatives: ...", each
// naming the folder and the remedy, and those of siam_chips_create()), ERR_MEMORY, ERR_STOPPED.
int siam_dataset_load(struct siam_dataset **out, const struct siam_dataset_config *config,
                      struct pool *pool, const atomic_bool *stop, struct err *err);
void siam_dataset_destroy(struct siam_dataset *data);

// Whether the folders are there and each kind has at least 2 files with names like pictures, before
// hours are spent on some of them. Errors: ERR_DATA, as siam_dataset_load(), ERR_MEMORY,
// ERR_STOPPED.
int siam_dataset_check(const struct siam_dataset_config *config, const atomic_bool *stop,
                       struct err *err);

// The numbers of the pictures of some kinds (first..last) and a part to out, which has room for
// all; returns how many.
int siam_select_pictures(const struct siam_dataset *data, enum siam_kind first, enum siam_kind last,
                         enum siam_part part, int *out);

// A number for the person on picture i of the negatives: that of a folder with several pictures
// (0..n_people-1); for others one of their group, a burst or a picture alone.
int siam_person_of(const struct siam_dataset *data, int i);
// How many persons the negatives show.
int siam_count_persons(const struct siam_dataset *data);

// How many negatives are the same picture as one of the user's, or nearly (near.h); *first: the
// number of one of them. Errors: ERR_MEMORY.
int siam_own_among_others(const struct siam_dataset *data, int *first, struct err *err);

// e: [n, embedding] of n of its pictures, by numbers. Work is spread over `pool`; `stop` may be
// NULL. Errors: ERR_MEMORY, ERR_IO (a picture cannot be read back), ERR_STOPPED.
int siam_dataset_embed(const struct siam_dataset *data, const struct nn_net *net,
                       const int *pictures, int n, float *e, struct pool *pool,
                       const atomic_bool *stop, struct err *err);

// Writes the negatives of a data set that has no own pictures to a file, for later ones with the
// same folders and the same input. Errors: ERR_IO.
int siam_dataset_keep(const struct siam_dataset *data, const char *path, struct err *err);

// ---- Names of bursts --------------------------------------------------------------------------

// The pictures that the program saves are called KIND-STAMP-bNNN-NNNN.jpg, where STAMP is the
// clock_stamp() of the burst's start, bNNN the burst's number in the session and NNNN the picture's
// in the burst: "anchor-20260314-150926-535-b003-0007.jpg".
struct siam_burst {
    size_t key_len;   // of the part of the name that the burst shares: up to and with "-bNNN"
    const char *when; // from STAMP on: sorts by time; points into the name. "": no stamp
};

// `name` without folders. False when the name has another form.
bool siam_burst_parse(const char *name, struct siam_burst *burst);

#endif
