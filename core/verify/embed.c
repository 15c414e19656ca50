// SPDX-License-Identifier: MIT
#include "core/verify/embed.h"

#include "core/base/log.h"
#include "core/siamese/input.h"

#include <stdlib.h>
#include <string.h>

// What a worker needs to make a net input of a picture.
struct scratch {
    struct siam_loader *loader;
    uint8_t stored[SIAM_STORED_MAX];
    struct img resized; // of a frame's guide box
};

// One file of a batch.
struct slot {
    const char *path;
    uint8_t *thumb; // where to put its small picture, or NULL
    int code;       // of loading it: 0, or an error
    struct err err;
};

struct verify_embedder {
    struct siam_model *model; // a reference of its own
    struct pool *pool;
    struct nn_work *work;
    int batch;
    size_t input_size;       // floats of a net input
    size_t size;             // floats of an embedding
    float *x;                // [batch, channels, 105, 105]
    struct slot *slots;      // [batch]
    struct scratch *scratch; // [n_workers]
    int n_workers;
};

static int make_loaders(struct verify_embedder *em, struct err *err)
{
    int ret = 0;
    for (int i = 0; i < em->n_workers && !ret; i++)
        ret = siam_loader_create(&em->scratch[i].loader, &em->model->input, err);
    return ret;
}

static int create(struct verify_embedder **out, struct siam_model *model, int batch,
                  enum nn_purpose purpose, struct pool *pool, struct err *err)
{
    const struct nn_config *config = &model->net->config;
    *out = NULL;
    if (config->side != FACE_CHIP_SIDE || (config->channels != 3 && config->channels != 1))
        return err_set(err, ERR_MODEL,
                       "the model wants pictures of %d channels and %d pixels a side, not 3 or 1 "
                       "and %d: use one that was trained on pictures",
                       config->channels, config->side, FACE_CHIP_SIDE);
    struct verify_embedder *em = calloc(1, sizeof *em);
    if (!em)
        return err_memory(err, "embedder");
    em->model = siam_model_ref(model);
    em->pool = pool;
    em->batch = batch;
    em->input_size = siam_input_size(&model->input);
    em->size = (size_t)config->embedding;
    em->n_workers = purpose == NN_LIVE ? 1 : pool_workers(pool);
    em->x = malloc((size_t)batch * em->input_size * sizeof *em->x);
    em->slots = calloc((size_t)batch, sizeof *em->slots);
    em->scratch = calloc((size_t)em->n_workers, sizeof *em->scratch);
    int ret =
        em->x && em->slots && em->scratch ? make_loaders(em, err) : err_memory(err, "embedder");
    if (!ret)
        ret = nn_work_create(&em->work, config, batch, purpose, pool, err);
    if (ret) {
        verify_embedder_destroy(em);
        return ret;
    }
    nn_work_set_net(em->work, model->net);
    *out = em;
    return 0;
}

int verify_embedder_create(struct verify_embedder **out, struct siam_model *model, int batch,
                           struct pool *pool, struct err *err)
{
    return create(out, model, batch, NN_INFER, pool, err);
}

int verify_embedder_create_live(struct verify_embedder **out, struct siam_model *model,
                                struct pool *pool, struct err *err)
{
    return create(out, model, 1, NN_LIVE, pool, err);
}

void verify_embedder_destroy(struct verify_embedder *em)
{
    if (!em)
        return;
    nn_work_destroy(em->work);
    for (int i = 0; em->scratch && i < em->n_workers; i++) {
        siam_loader_destroy(em->scratch[i].loader);
        img_finish(&em->scratch[i].resized);
    }
    free(em->scratch);
    free(em->slots);
    free(em->x);
    siam_model_unref(em->model);
    free(em);
}

static void embed_stored(struct verify_embedder *em, const uint8_t *stored, float *e)
{
    siam_make_input(em->x, &em->model->input, stored);
    nn_forward(em->model->net, em->work, em->x, 1, e, NULL);
}

// The frame's face to s->stored. Returns as verify_embed_frame().
static int cut_face(struct scratch *s, const struct img *frame, struct verify_sight *sight,
                    struct err *err)
{
    struct face_reader *reader = siam_loader_reader(s->loader);
    struct img_rect box = face_guide_box(frame->w, frame->h);
    int ret = sight->look ? face_read_frame(reader, frame, sight->have_last ? &sight->pose : NULL,
                                            &sight->pose, err)
                          : face_read_box(reader, frame, box, &sight->pose, err);
    if (ret == FACE_ABSENT)
        return VERIFY_NO_FACE;
    if (ret < 0)
        return ret;
    sight->found = sight->look;
    face_cut_portrait(reader, &sight->pose, s->stored);
    return 0;
}

static int cut_box(struct verify_embedder *em, const struct img *frame, struct verify_sight *sight,
                   struct err *err)
{
    struct scratch *s = &em->scratch[0];
    struct img_rect box = face_guide_box(frame->w, frame->h);
    sight->pose = face_pose_of(box);
    return face_chip(s->stored, em->model->input.channels, frame, box, &s->resized, err);
}

int verify_embed_frame(struct verify_embedder *em, const struct img *frame,
                       struct verify_sight *sight, float *e, struct err *err)
{
    struct scratch *s = &em->scratch[0];
    sight->found = false;
    int ret = em->model->input.way == SIAM_FACE ? cut_face(s, frame, sight, err)
                                                : cut_box(em, frame, sight, err);
    if (!ret)
        embed_stored(em, s->stored, e);
    return ret;
}

int verify_embed_file(struct verify_embedder *em, const char *path, float *e, struct err *err)
{
    struct scratch *s = &em->scratch[0];
    int ret = siam_load_picture(s->loader, path, s->stored, NULL, err);
    if (!ret)
        embed_stored(em, s->stored, e);
    return ret;
}

int verify_embed_inputs(struct verify_embedder *em, const float *x, int n, float *e,
                        const atomic_bool *stop, struct err *err)
{
    for (int i = 0; i < n; i += em->batch) {
        int m = n - i < em->batch ? n - i : em->batch;
        if (nn_forward(em->model->net, em->work, x + (size_t)i * em->input_size, m,
                       e + (size_t)i * em->size, stop))
            return err_set(err, ERR_STOPPED, "stopped");
    }
    return 0;
}

static void load_slot(void *ctx, int item, int worker)
{
    struct verify_embedder *em = ctx;
    struct scratch *s = &em->scratch[worker];
    struct slot *slot = &em->slots[item];
    slot->code = siam_load_picture(s->loader, slot->path, s->stored, NULL, &slot->err);
    if (!slot->code)
        siam_make_input(em->x + (size_t)item * em->input_size, &em->model->input, s->stored);
    if (!slot->code && slot->thumb)
        siam_make_thumb(slot->thumb, &em->model->input, s->stored);
}

// Moves the inputs of the usable files together. Returns how many, or the error of a file that
// can't be done without.
static int gather_inputs(struct verify_embedder *em, int n, bool *ok, struct err *err)
{
    int n_ok = 0;
    for (int i = 0; i < n; i++) {
        const struct slot *slot = &em->slots[i];
        if (slot->code == ERR_MEMORY || (slot->code && !ok))
            return err_set(err, slot->code, "%s", slot->err.text);
        if (ok)
            ok[i] = slot->code == 0;
        if (slot->code) {
            log_info("%s, skipped", slot->err.text);
            continue;
        }
        if (n_ok < i)
            memcpy(em->x + (size_t)n_ok * em->input_size, em->x + (size_t)i * em->input_size,
                   em->input_size * sizeof *em->x);
        n_ok++;
    }
    return n_ok;
}

// Moves the first n_ok rows of e, the last one first, to the rows of the usable files.
static void scatter_rows(float *e, size_t size, const bool *ok, int n, int n_ok)
{
    int from = n_ok;
    for (int to = n - 1; to >= from && from > 0; to--)
        if (ok[to])
            memcpy(e + (size_t)to * size, e + (size_t)--from * size, size * sizeof *e);
}

static uint8_t *thumb_at(uint8_t *thumbs, int i)
{
    return thumbs ? thumbs + (size_t)i * FACE_THUMB_SIZE : NULL;
}

static int embed_batch(struct verify_embedder *em, char *const *paths, int n, float *e,
                       uint8_t *thumbs, bool *ok, const atomic_bool *stop, struct err *err)
{
    for (int i = 0; i < n; i++)
        em->slots[i] = (struct slot){.path = paths[i], .thumb = thumb_at(thumbs, i)};
    pool_run(em->pool, n, load_slot, em);
    int n_ok = gather_inputs(em, n, ok, err);
    if (n_ok <= 0)
        return n_ok;
    if (nn_forward(em->model->net, em->work, em->x, n_ok, e, stop))
        return err_set(err, ERR_STOPPED, "stopped");
    if (n_ok < n)
        scatter_rows(e, em->size, ok, n, n_ok);
    return n_ok;
}

int verify_embed_files(struct verify_embedder *em, char *const *paths, int n, float *e,
                       uint8_t *thumbs, bool *ok, const atomic_bool *stop, struct err *err)
{
    int n_ok = 0;
    for (int i = 0; i < n; i += em->batch) {
        if (stop && *stop)
            return err_set(err, ERR_STOPPED, "stopped");
        int m = n - i < em->batch ? n - i : em->batch;
        int ret = embed_batch(em, paths + i, m, e + (size_t)i * em->size, thumb_at(thumbs, i),
                              ok ? ok + i : NULL, stop, err);
        if (ret < 0)
            return ret;
        n_ok += ret;
    }
    return n_ok;
}
