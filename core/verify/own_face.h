// SPDX-License-Identifier: MIT
// The user among other people: pictures in a folder of others that show the user would teach a net
// that the user is a stranger. There are two grounds. Without a model: the same picture as one of
// the user's, or nearly (img_dhash() within SIAM_NEAR_BITS). With one: the score against the
// anchors is higher than hardly any stranger reaches. (The user's own held-out pictures are no
// measure: taken along with the anchors, they score higher than those of another day.) One picture
// alone proves nothing: most of those of a person, whose folder has several, have to reach it, or
// of the pictures that stand alone the best, which have to look like each other as well. A thread
// each, with objects of its own.
#ifndef VISAVIS_CORE_VERIFY_OWN_FACE_H
#define VISAVIS_CORE_VERIFY_OWN_FACE_H

#include "core/verify/embed.h"
#include "core/verify/folder.h"
#include "core/verify/gallery.h"

struct verify_own_face {
    struct verify_folder folder; // the pictures below a folder of others
    bool *own;                   // [folder.n], looks like the user
};

// `own_face` needs verify_own_face_finish() after failures too. Errors: ERR_DATA (no such folder),
// ERR_MEMORY.
int verify_own_face_begin(struct verify_own_face *own_face, const char *dir, struct err *err);
// Fine on a zero-initialised one.
void verify_own_face_finish(struct verify_own_face *own_face);

// How many look like the user; *path: the first of them, own_face's; NULL: there is none.
int verify_own_face_count(const struct verify_own_face *own_face, const char **path);

// hashes: [*n] of the pictures below some folders, those that can be read; the caller's (free). A
// folder need not be there. `stop` may be NULL. Errors: ERR_MEMORY, ERR_STOPPED.
int verify_hashes(uint64_t **hashes, int *n, const char *const *dirs, int n_dirs,
                  const atomic_bool *stop, struct err *err);

// Marks those that are nearly one of the user's: hashes: [n]. Decodes each, JPEGs at a fraction of
// their size. Errors: ERR_MEMORY, ERR_STOPPED.
int verify_own_face_same(struct verify_own_face *own_face, const uint64_t *hashes, int n,
                         const atomic_bool *stop, struct err *err);

// Marks by a model's scores; `least` is verify_own_score(). `dir` is the same folder. Looks
// at VERIFY_OWN_SAMPLE pictures of a person, and VERIFY_OWN_MOST in all, spread evenly; of a person
// all pictures are marked then. Errors: ERR_MEMORY, ERR_STOPPED.
#define VERIFY_OWN_SAMPLE 6
#define VERIFY_OWN_MOST   2400
int verify_own_face_alike(struct verify_own_face *own_face, const char *dir,
                          struct verify_embedder *embedder, const struct verify_gallery *gallery,
                          float least, const atomic_bool *stop, struct err *err);

// The score from which on a picture is the user's: at or above the threshold, and reached by one in
// three hundred of the strangers held out when the model was made at most; -1: those were too few,
// or more reached the highest.
float verify_own_score(const struct siam_card *card);

#endif
