// SPDX-License-Identifier: MIT
// What a net is shown of a picture, and how the picture is kept for that. A model says which way is
// its own, and everything that embeds goes that one way (siam_loader): training and verifying see
// the same.
#ifndef VISAVIS_CORE_SIAMESE_INPUT_H
#define VISAVIS_CORE_SIAMESE_INPUT_H

#include "core/base/rng.h"
#include "core/face/portrait.h"
#include "core/face/relight.h"

#include <stdatomic.h>
#include <stdint.h>

enum siam_way {
    SIAM_WHOLE, // the whole picture, in color or luma; kept as a chip [channels, 105, 105]
    SIAM_FACE,  // the face in it, aligned, free of light; kept as a portrait [144, 144]
};

struct siam_input {
    enum siam_way way;
    int channels; // of the net's input: 1 or 3; with SIAM_FACE 3
    bool aligned; // with SIAM_FACE: faces are aligned to the template
    struct face_template align;
};

struct siam_input siam_input_whole(int channels);

#define SIAM_STORED_MAX FACE_CHIP_SIZE(3) // bytes

// Bytes of a picture as it is kept, and floats of it as net input.
size_t siam_stored_size(const struct siam_input *input);
size_t siam_input_size(const struct siam_input *input);

// x: [channels, 105, 105] in 0..1 of a picture as it is kept.
void siam_make_input(float *x, const struct siam_input *input, const uint8_t *stored);

// thumb: [52, 52, 3], a small picture of a picture as it is kept, see FACE_THUMB_SIDE.
void siam_make_thumb(uint8_t *thumb, const struct siam_input *input, const uint8_t *stored);

// ---- Augmentation -----------------------------------------------------------------------------

// How much pictures are changed, each time anew. Deviations are of normal distributions.
struct siam_augment {
    float angle;     // radians, deviation
    float scale;     // of the size's logarithm, deviation
    float stretch;   // of one axis' logarithm against the other, deviation
    float shear;     // deviation
    float shift;     // pixels of the net's input, deviation
    bool mirror;     // half of them
    float relight;   // share that gets another light (relight.h)
    float slope;     // of the others: light that rises to one side, logarithm, deviation
    float gamma;     // logarithm, deviation
    float gain;      // alike
    float soft;      // share of cameras that blur
    float noise;     // levels at most, deviation
    float crop;      // share of cameras whose pictures are cut close
    float occlusion; // share with a patch before the face
    float glasses;   // share with glasses drawn on
};

struct siam_augment siam_augment_faces(void);    // for SIAM_FACE
struct siam_augment siam_augment_drawings(void); // for SIAM_WHOLE with one channel: ink on paper

// What pictures have in common that were taken by one camera in one room. Pictures of different
// people get the same few scenes, and those of one person different ones, so that a scene tells
// nothing of who it is.
struct siam_scene {
    int lamp;       // of face_relight(); -1: the light stays
    float ambient;  // alike
    float slope[2]; // rise of the light to the right and downwards, logarithm
    float gamma, gain;
    int soft;    // times that it is blurred
    float noise; // levels, deviation
    int crop[4]; // pixels left, right, above and below that the edge goes on over
};

struct siam_scene siam_draw_scene(const struct siam_augment *augment, struct rng *rng);

// The same as siam_make_input(), of the picture moved and covered at random and taken in a scene.
// SIAM_FACE, or SIAM_WHOLE with one channel, where `scene` and `lights` may be NULL. Before all
// that it is turned by so many quarters. Any thread,
// with an rng of its own.
void siam_make_augmented(float *x, const struct siam_input *input, const uint8_t *stored,
                         const struct siam_augment *augment, const struct siam_scene *scene,
                         const struct face_lights *lights, int turns, struct rng *rng);

// ---- Loading ----------------------------------------------------------------------------------

// From picture files to pictures as they are kept. Scratch memory, reused from file to file; one
// thread at a time.
struct siam_loader;

// `input` is copied. On failure *out is NULL. Errors: ERR_MEMORY.
int siam_loader_create(struct siam_loader **out, const struct siam_input *input, struct err *err);
// NULL is fine.
void siam_loader_destroy(struct siam_loader *loader);

// stored: [siam_stored_size()] of the picture at `path`; *hash (may be NULL): its img_dhash().
// JPEGs may be decoded at a fraction of their size, which leaves enough for the purpose. Errors:
// ERR_DATA (not a picture, or with SIAM_FACE one without a face), ERR_MEMORY.
int siam_load_picture(struct siam_loader *loader, const char *path, uint8_t *stored, uint64_t *hash,
                      struct err *err);

// The face reader of a loader with SIAM_FACE, for frames; NULL without.
struct face_reader *siam_loader_reader(struct siam_loader *loader);

// Makes the template that faces are aligned to from the faces in some pictures, at most so many,
// spread evenly over the paths. Sets input->aligned, false where fewer than SIAM_TEMPLATE_FEW have
// a face. `stop` may be NULL. Errors: ERR_MEMORY, ERR_STOPPED.
#define SIAM_TEMPLATE_MANY 500
#define SIAM_TEMPLATE_FEW  20
int siam_learn_template(struct siam_input *input, const char *const *paths, int n,
                        struct pool *pool, const atomic_bool *stop, struct err *err);

#endif
