// SPDX-License-Identifier: MIT
// Internal to core/siamese: pictures of a data set through the net, in batches. All memory is made
// at the start. One thread at a time; the pool does the work.
#ifndef VISAVIS_CORE_SIAMESE_BATCH_H
#define VISAVIS_CORE_SIAMESE_BATCH_H

#include "core/nn/net.h"
#include "core/siamese/dataset.h"

struct siam_batch {
    const struct siam_dataset *data; // borrowed
    struct pool *pool;               // alike
    size_t input_size;               // floats of a picture
    int max_pictures;                // at once
    struct nn_work *work;            // for max_pictures
    int *slot_of;                    // [n_pictures of data], -1 between calls
    int *pictures;                   // [max_pictures], the distinct pictures
    struct nn_pair *pairs;           // [max_pairs], of slots
    uint8_t *stored;                 // a picture for each worker, as it is kept
    float *x;                        // [max_pictures, channels, side, side]
    float *e;                        // [max_pictures, embedding]
    float *de;                       // alike
    float *logits;                   // [max_pairs]
    float *dlogits;                  // alike
};

// Errors: ERR_MEMORY, ERR_USAGE (the net's shapes).
int siam_batch_create(struct siam_batch **out, const struct siam_dataset *data,
                      const struct nn_config *config, int max_pictures, int max_pairs,
                      struct pool *pool, struct err *err);
void siam_batch_destroy(struct siam_batch *b);

// The mean loss of m <= max_pairs pairs (of picture numbers, max_pictures distinct ones at most)
// and, if it is finite, its gradient by all parameters, overwriting `grad`. Each distinct picture
// is embedded once. 0, NN_STOPPED or ERR_IO (a chip cannot be read back).
int siam_batch_gradient(struct siam_batch *b, const struct nn_net *net, const struct nn_pair *pairs,
                        int m, double *loss, const struct nn_params *grad, const atomic_bool *stop,
                        struct err *err);

// How pictures are changed before they are shown: a picture's rng follows from these and its place
// in the batch.
struct siam_change {
    const struct siam_augment *augment;
    const struct face_lights *lights;
    uint64_t seed;
    uint64_t stream;
    const struct siam_scene *scenes; // [n_scenes], of which each picture gets one
    int n_scenes;                    // 0: none are needed
    const int *turns;                // of each picture, quarters; NULL: none is turned
};

// Shows n <= max_pictures pictures, changed, and leaves their inputs in b->x and their embeddings
// in b->e. A picture may stand several times, each time changed in another way.
// 0, NN_STOPPED or ERR_IO.
int siam_batch_show(struct siam_batch *b, const struct nn_net *net, const int *pictures, int n,
                    const struct siam_change *change, const atomic_bool *stop, struct err *err);

// e: [n, embedding] of any number of pictures of the data set, changed (`change`, whose places are
// those in the batches that it takes) or as they are (NULL). 0, NN_STOPPED or ERR_IO.
int siam_batch_embed(struct siam_batch *b, const struct nn_net *net, const int *pictures, int n,
                     const struct siam_change *change, float *e, const atomic_bool *stop,
                     struct err *err);

// Numbers the distinct pictures of some pairs: slots: [m] = the pairs by these numbers, pictures[i]
// = the picture with number i. `slot_of`: one int for each picture of the data set, -1 before and
// after. Returns how many there are.
int siam_distinct_pictures(const struct nn_pair *pairs, int m, int *slot_of, int *pictures,
                           struct nn_pair *slots);

#endif
