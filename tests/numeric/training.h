// SPDX-License-Identifier: MIT
// A small training that tests can stop, kill and compare: a net of a few thousand weights on
// patterns drawn here, and a progress function that interrupts it.
#ifndef VISAVIS_TESTS_NUMERIC_TRAINING_H
#define VISAVIS_TESTS_NUMERIC_TRAINING_H

#include "tests/chips_file.h"

#include "core/base/file.h"
#include "core/face/chip.h"
#include "core/siamese/train.h"

#include <math.h>
#include <signal.h>
#include <sys/stat.h>

#define N_KIND  9 // pictures of each kind; the last third is held out
#define N_STEPS 4 // of an epoch: 2 x 7 pairs in batches of 4, the last one short

static const struct nn_config small = {
    .side = FACE_CHIP_SIDE,
    .channels = 1,
    .conv = {{10, 3, true}, {7, 4, true}, {4, 5, true}, {4, 6, false}},
    .embedding = 16,
};

// Own pictures show one pattern, negatives each another, all with noise.
static inline void draw_chip(uint8_t *chip, uint64_t pattern, uint64_t noise)
{
    struct rng cells, grain;
    uint8_t level[49];
    rng_seed(&cells, pattern, 1);
    rng_seed(&grain, noise, 2);
    for (int i = 0; i < 49; i++)
        level[i] = (uint8_t)(20 + rng_below(&cells, 190));
    for (int y = 0; y < FACE_CHIP_SIDE; y++)
        for (int x = 0; x < FACE_CHIP_SIDE; x++)
            *chip++ = (uint8_t)(level[y / 15 * 7 + x / 15] + rng_below(&grain, 30));
}

// `cache_bytes` of the chips in memory, the others in a file in `dir`.
static inline struct siam_dataset *make_data(size_t cache_bytes, const char *dir)
{
    uint8_t chip[FACE_CHIP_SIZE(1)];
    struct siam_dataset *data = calloc(1, sizeof *data);
    assert_non_null(data);
    data->input = siam_input_whole(1);
    data->n_pictures = SIAM_KINDS * N_KIND;
    data->n_people = 2;
    data->hash = 0xfeedfacecafebeef;
    data->pictures = calloc((size_t)data->n_pictures, sizeof *data->pictures);
    assert_non_null(data->pictures);
    assert_int_equal(
        siam_chips_create(&data->chips, data->n_pictures, sizeof chip, cache_bytes, dir, NULL), 0);
    for (int i = 0; i < data->n_pictures; i++) {
        struct siam_picture *p = &data->pictures[i];
        p->kind = i / N_KIND;
        p->part = i % N_KIND >= 2 * N_KIND / 3 ? SIAM_HELDOUT : SIAM_TRAIN;
        p->chip = i;
        draw_chip(chip, p->kind == SIAM_NEGATIVE ? 100 + (uint64_t)i : 1, (uint64_t)i);
        assert_int_equal(siam_chips_put(data->chips, i, chip, NULL), 0);
        data->n_kind[p->kind]++;
    }
    return data;
}

// What all tests stand on; files are in a folder of the test's own.
struct bench {
    struct siam_dataset *data;
    struct siam_train_config config;
    char out[600];
    char checkpoint[600];
};

static inline struct bench make_bench(void **state)
{
    struct bench b = {.data = make_data(SIZE_MAX, NULL)};
    assert_int_equal(siam_train_defaults(&b.config, "koch", NULL), 0);
    b.config.net = small;
    b.config.epochs = 3;
    b.config.batch_pictures = 2;
    b.config.epoch_pictures = 7;
    b.config.rate = 3e-3f;
    b.config.seed = 42;
    b.config.stop_seconds = 60; // however busy the machine is
    snprintf(b.out, sizeof b.out, "%s/m.safetensors", (const char *)*state);
    snprintf(b.checkpoint, sizeof b.checkpoint, "%s/m.checkpoint", (const char *)*state);
    return b;
}

// With the paths, which must not move.
static inline void use_files(struct bench *b)
{
    b->config.out = b->out;
    b->config.checkpoint = b->checkpoint;
}

static inline void free_bench(struct bench *b)
{
    siam_dataset_destroy(b->data);
}

// What the progress function saw, and when it is to stop or die.
struct watch {
    atomic_bool stop;
    atomic_bool quit;
    int stop_after; // steps; 0: never
    int quit_after;
    int quit_epoch; // quits when so many are complete and measured; 0: never
    int kill_after;
    int cut_after;     // steps; then the file of the chips is empty; 0: never
    const char *block; // a folder is made there at the first step
    int steps;
    int epochs;
    struct siam_progress last_epoch;
    double first_loss; // of a step
    double epoch_loss[256];
};

static inline void watch_progress(void *ctx, const struct siam_progress *p)
{
    struct watch *w = ctx;
    assert_true(p->seconds >= 0 && p->seconds_left >= 0 && isfinite(p->seconds_left));
    assert_int_equal(p->steps, N_STEPS);
    assert_int_equal(p->n_heldout_pairs, 18);
    if (p->epoch_done) {
        assert_int_equal(p->step, 0);
        w->last_epoch = *p;
        w->epoch_loss[p->epoch - 1] = p->loss;
        w->epochs++;
        if (p->epoch == w->quit_epoch) {
            atomic_store(&w->quit, true);
            atomic_store(&w->stop, true);
        }
        return;
    }
    assert_in_range(p->step, 1, N_STEPS);
    if (w->steps++ == 0)
        w->first_loss = p->loss;
    if (w->steps == 1 && w->block)
        assert_int_equal(mkdir(w->block, 0700), 0);
    if (w->kill_after && w->steps == w->kill_after)
        raise(SIGKILL);
    if (w->cut_after && w->steps == w->cut_after)
        assert_int_equal(ftruncate(chips_file(), 0), 0);
    if (w->quit_after && w->steps == w->quit_after)
        atomic_store(&w->quit, true);
    if ((w->stop_after && w->steps == w->stop_after) || atomic_load(&w->quit))
        atomic_store(&w->stop, true);
}

static inline int train(struct siam_model **out, const struct bench *b, int workers,
                        struct watch *w, struct err *err)
{
    struct pool *pool;
    assert_int_equal(pool_create(&pool, workers, 0, NULL), 0);
    struct siam_train_config config = b->config;
    config.quit = &w->quit;
    int ret = siam_train(out, &config, b->data, pool, &w->stop, watch_progress, w, err);
    pool_destroy(pool);
    return ret;
}

static inline struct siam_model *train_ok(const struct bench *b, int workers)
{
    struct siam_model *model;
    struct watch w = {0};
    struct err err = {0};
    if (train(&model, b, workers, &w, &err))
        fail_msg("%s", err.text);
    return model;
}

static inline void assert_same_weights(const struct siam_model *a, const struct siam_model *b)
{
    assert_memory_equal(a->net->block, b->net->block, a->net->layout.n_params * sizeof(float));
}

static inline void assert_train_fails(const struct bench *b, int code, const char *text)
{
    struct watch w = {0};
    struct siam_model *model;
    struct err err = {0};
    int ret = train(&model, b, 1, &w, &err);
    if (ret != code || !strstr(err.text, text))
        fail_msg("expected %d \"%s\", got %d \"%s\"", code, text, ret, err.text);
    assert_null(model);
}

#endif
