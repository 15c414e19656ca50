// SPDX-License-Identifier: MIT
#include "core/siamese/input.h"

#include "core/face/normalise.h"
#include "core/image/decode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHIP_DECODE (2 * FACE_CHIP_SIDE) // pixels of the shorter side that are enough
#define FACE_DECODE 640                  // alike, to find faces in

struct siam_input siam_input_whole(int channels)
{
    return (struct siam_input){.way = SIAM_WHOLE, .channels = channels};
}

size_t siam_stored_size(const struct siam_input *input)
{
    return input->way == SIAM_FACE ? FACE_PORTRAIT_SIZE : FACE_CHIP_SIZE(input->channels);
}

size_t siam_input_size(const struct siam_input *input)
{
    return FACE_CHIP_SIZE(input->channels);
}

void siam_make_input(float *x, const struct siam_input *input, const uint8_t *stored)
{
    if (input->way == SIAM_FACE)
        face_portrait_input(x, stored);
    else
        face_chip_input(x, stored, input->channels);
}

void siam_make_thumb(uint8_t *thumb, const struct siam_input *input, const uint8_t *stored)
{
    uint8_t chip[FACE_CHIP_SIZE(1)];
    if (input->way == SIAM_FACE) {
        face_portrait_chip(chip, stored);
        face_chip_thumb(thumb, chip, 1);
    } else {
        face_chip_thumb(thumb, stored, input->channels);
    }
}

// ---- Loading ----------------------------------------------------------------------------------

struct siam_loader {
    struct siam_input input;
    struct face_reader *reader; // SIAM_FACE
    struct img picture, scratch;
};

int siam_loader_create(struct siam_loader **out, const struct siam_input *input, struct err *err)
{
    struct siam_loader *l = *out = calloc(1, sizeof *l);
    if (!l)
        return err_memory(err, "pictures");
    l->input = *input;
    int ret = input->way == SIAM_FACE
                  ? face_reader_create(&l->reader, input->aligned ? &input->align : NULL, err)
                  : 0;
    if (ret) {
        siam_loader_destroy(l);
        *out = NULL;
    }
    return ret;
}

void siam_loader_destroy(struct siam_loader *l)
{
    if (!l)
        return;
    face_reader_destroy(l->reader);
    img_finish(&l->picture);
    img_finish(&l->scratch);
    free(l);
}

struct face_reader *siam_loader_reader(struct siam_loader *l)
{
    return l->reader;
}

// The face in l->picture.
static int find_face(struct siam_loader *l, const char *path, struct face_pose *pose,
                     struct err *err)
{
    int ret = face_read_picture(l->reader, &l->picture, pose, err);
    if (ret == FACE_ABSENT)
        return err_set(err, ERR_DATA, "%s: no face found in it", path);
    return ret < 0 ? ret : 0;
}

int siam_load_picture(struct siam_loader *l, const char *path, uint8_t *stored, uint64_t *hash,
                      struct err *err)
{
    bool face = l->input.way == SIAM_FACE;
    struct face_pose pose;
    int ret = img_load(&l->picture, path, face ? FACE_DECODE : CHIP_DECODE, err);
    if (!ret && face) {
        ret = find_face(l, path, &pose, err);
        if (!ret)
            face_cut_portrait(l->reader, &pose, stored);
    } else if (!ret) {
        ret = face_chip(stored, l->input.channels, &l->picture, face_whole(&l->picture),
                        &l->scratch, err);
    }
    if (!ret && hash)
        *hash = img_dhash(&l->picture);
    return ret;
}

// ---- The template -----------------------------------------------------------------------------

struct sampling {
    const char *const *paths;
    int n, n_taken;               // paths, and those that are looked at
    struct siam_loader **loaders; // [workers]
    struct face_patch *patches;   // [n_taken]
    bool *found;                  // [n_taken]
    const atomic_bool *stop;
};

static void sample_face(void *ctx, int item, int worker)
{
    struct sampling *s = ctx;
    struct siam_loader *l = s->loaders[worker];
    struct face_pose pose;
    if (s->stop && atomic_load(s->stop))
        return;
    const char *path = s->paths[(int64_t)item * s->n / s->n_taken];
    s->found[item] = !img_load(&l->picture, path, FACE_DECODE, NULL) &&
                     face_read_picture(l->reader, &l->picture, &pose, NULL) == FACE_FOUND;
    if (s->found[item])
        face_reader_cut_patch(l->reader, &pose, &s->patches[item]);
}

// Moves the patches with a face together; returns how many there are.
static int gather_patches(struct sampling *s)
{
    int n = 0;
    for (int i = 0; i < s->n_taken; i++)
        if (s->found[i])
            memmove(&s->patches[n++], &s->patches[i], sizeof *s->patches);
    return n;
}

static int make_template(struct siam_input *input, struct sampling *s, struct pool *pool,
                         struct err *err)
{
    for (int w = 0; w < pool_workers(pool); w++) {
        int ret = siam_loader_create(&s->loaders[w], input, err);
        if (ret)
            return ret;
    }
    pool_run(pool, s->n_taken, sample_face, s);
    if (s->stop && atomic_load(s->stop))
        return err_set(err, ERR_STOPPED, "stopped");
    int n = gather_patches(s);
    if (n < SIAM_TEMPLATE_FEW)
        return 0;
    input->aligned = true;
    return face_template_make(&input->align, s->patches, n, pool, err);
}

int siam_learn_template(struct siam_input *input, const char *const *paths, int n,
                        struct pool *pool, const atomic_bool *stop, struct err *err)
{
    int n_workers = pool_workers(pool);
    int n_taken = n < SIAM_TEMPLATE_MANY ? n : SIAM_TEMPLATE_MANY;
    struct sampling s = {
        .paths = paths,
        .n = n,
        .n_taken = n_taken,
        .loaders = calloc((size_t)n_workers, sizeof(struct siam_loader *)),
        .patches = malloc(((size_t)n_taken + 1) * sizeof *s.patches),
        .found = calloc((size_t)n_taken + 1, sizeof *s.found),
        .stop = stop,
    };
    input->aligned = false;
    int ret = s.loaders && s.patches && s.found ? make_template(input, &s, pool, err)
                                                : err_memory(err, "mean face");
    for (int w = 0; s.loaders && w < n_workers; w++)
        siam_loader_destroy(s.loaders[w]);
    free(s.loaders);
    free(s.patches);
    free(s.found);
    return ret;
}
