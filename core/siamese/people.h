// SPDX-License-Identifier: MIT
// What is learnt of other people knows nothing of the user, and so nothing of the user's camera and
// room. It depends on the folders' contents alone and takes long to make, so it is kept under a
// name that follows from these contents, and serves every user with the same folders:
// KEY.safetensors, a model (train.h, recipe visavis, without own pictures), and KEY.faces, the
// faces of all the pictures (siam_dataset_keep()), written first. Folders of unlike weight
// (weight.h) make another model of the same faces, so it has another key.
#ifndef VISAVIS_CORE_SIAMESE_PEOPLE_H
#define VISAVIS_CORE_SIAMESE_PEOPLE_H

#include "core/siamese/dataset.h"

#define SIAM_PEOPLE_KEY     17    // bytes: 16 hex digits and a 0
#define SIAM_PEOPLE_HELDOUT 0.06f // of the pictures; few, as they are there to watch by

struct siam_people_keys {
    char faces[SIAM_PEOPLE_KEY];
    char model[SIAM_PEOPLE_KEY]; // the same where all weights are alike
    int n_persons;               // folders of pictures, and pictures in none, before they are read
};

// The names for the folders of other people in `config`, their weights, `apart` and the seed there,
// and for a number of epochs. They follow from the pictures' bytes (the first 64 KB and the size of
// each), their order, and from which of them share a folder, not from where the folders are. Reads
// all pictures; `stop` may be NULL. Errors: ERR_DATA (no such folder), ERR_MEMORY, ERR_STOPPED.
int siam_people_key(struct siam_people_keys *keys, const struct siam_dataset_config *config,
                    int epochs, const atomic_bool *stop, struct err *err);

#endif
