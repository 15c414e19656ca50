// SPDX-License-Identifier: MIT
// Training of a small net on pictures made here: it learns; and however it is interrupted, stopped
// or killed, it ends with the same weights, bit for bit.
#include "tests/chips_file.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/face/chip.h"
#include "core/nn/blas.h"
#include "core/nn/kernels.h"
#include "core/siamese/checkpoint.h"
#include "core/siamese/heldout.h"
#include "core/siamese/train.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_KIND  9 // pictures of each kind; the last third is held out
#define N_STEPS 4 // of an epoch: 2 x 7 pairs in batches of 4, the last one short

static const struct nn_config small = {
    .side = FACE_CHIP_SIDE,
    .channels = 1,
    .conv = {{10, 3, true}, {7, 4, true}, {4, 5, true}, {4, 6, false}},
    .embedding = 16,
};

// Own pictures show one pattern, negatives each another, all with noise.
static void draw_chip(uint8_t *chip, uint64_t pattern, uint64_t noise)
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
static struct siam_dataset *make_data(size_t cache_bytes, const char *dir)
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

static struct bench make_bench(void **state)
{
    struct bench b = {.data = make_data(SIZE_MAX, NULL)};
    assert_int_equal(siam_train_defaults(&b.config, "koch", NULL), 0);
    b.config.net = small;
    b.config.epochs = 3;
    b.config.batch_pictures = 2;
    b.config.epoch_pictures = 7;
    b.config.rate = 3e-3f;
    b.config.seed = 42;
    snprintf(b.out, sizeof b.out, "%s/m.safetensors", (const char *)*state);
    snprintf(b.checkpoint, sizeof b.checkpoint, "%s/m.checkpoint", (const char *)*state);
    return b;
}

// With the paths, which must not move.
static void use_files(struct bench *b)
{
    b->config.out = b->out;
    b->config.checkpoint = b->checkpoint;
}

static void free_bench(struct bench *b)
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

static void watch_progress(void *ctx, const struct siam_progress *p)
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

static int train(struct siam_model **out, const struct bench *b, int workers, struct watch *w,
                 struct err *err)
{
    struct pool *pool;
    assert_int_equal(pool_create(&pool, workers, 0, NULL), 0);
    struct siam_train_config config = b->config;
    config.quit = &w->quit;
    int ret = siam_train(out, &config, b->data, pool, &w->stop, watch_progress, w, err);
    pool_destroy(pool);
    return ret;
}

static struct siam_model *train_ok(const struct bench *b, int workers)
{
    struct siam_model *model;
    struct watch w = {0};
    struct err err = {0};
    if (train(&model, b, workers, &w, &err))
        fail_msg("%s", err.text);
    return model;
}

static void assert_same_weights(const struct siam_model *a, const struct siam_model *b)
{
    assert_memory_equal(a->net->block, b->net->block, a->net->layout.n_params * sizeof(float));
}

// ---- Learning -------------------------------------------------------------------------------

static void test_learns(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    b.config.epochs = 200;
    b.config.rate = 0.003f;
    struct watch w = {0};
    struct siam_model *model, *loaded;
    assert_int_equal(train(&model, &b, 2, &w, NULL), 0);
    assert_int_equal(w.steps, 200 * N_STEPS);
    assert_int_equal(w.epochs, 200);
    assert_true(w.first_loss > 0.4);
    // Six training pictures of a kind are learnt by heart; how well three others do is luck.
    assert_true(w.last_epoch.loss < 0.2);

    assert_int_equal(siam_model_load_as(&loaded, b.out, &small, NULL), 0);
    assert_same_weights(loaded, model);
    const struct siam_card *c = &loaded->card;
    assert_string_equal(c->recipe, "koch");
    assert_string_equal(c->heldout, "bursts");
    assert_int_equal(strlen(c->created), 20);
    assert_true(c->seed == 42 && c->epochs == 200 && c->seconds > 0);
    assert_true(c->n_anchor == N_KIND && c->n_positive == N_KIND && c->n_negative == N_KIND);
    assert_true(c->n_people == 2 && c->threshold == 0.5f);
    assert_true(c->n_genuine == 9 && c->n_impostor == 9);
    assert_true(c->frr == 1 - w.last_epoch.recall && c->auc == w.last_epoch.auc);
    assert_true(c->heldout_loss == w.last_epoch.heldout_loss);
    double right = 9 * w.last_epoch.recall, wrong = 9 * c->far;
    assert_true(right + wrong == 0 || fabs(c->precision - right / (right + wrong)) < 1e-12);
    assert_false(file_exists(b.checkpoint));
    siam_model_unref(loaded);
    siam_model_unref(model);
    free_bench(&b);
}

static void test_figures(void **state)
{
    (void)state;
    // Genuine: 3, 1, 1, -2. Impostors: 1, -1, -1, 0. Couples in order: 4 + 2 * 3.5 + 0 = 11 of 16.
    static const float logits[] = {-1, 3, 1, 1, -1, 1, 0, -2};
    static const float labels[] = {0, 1, 0, 1, 0, 1, 0, 1};
    struct nn_pair pairs[8];
    int order[8];
    double loss = 0;
    for (int i = 0; i < 8; i++) {
        pairs[i] = (struct nn_pair){0, 1, labels[i]};
        double p = 1 / (1 + exp(-(double)logits[i]));
        loss -= log(labels[i] == 1 ? p : 1 - p) / 8;
    }
    struct siam_figures f;
    siam_figures_of(&f, logits, pairs, 8, order);
    assert_true(f.n_genuine == 4 && f.n_impostor == 4);
    assert_true(f.auc == 11.0 / 16);
    assert_true(f.recall == 0.75 && f.frr == 0.25);
    assert_true(f.far == 0.5 && f.precision == 0.6); // logit 0 is score 0.5: accepted
    assert_true(fabs(f.loss - loss) < 1e-6);
    static const float nobody[] = {-1, -1, -1, -1, -1, -1, -1, -1};
    siam_figures_of(&f, nobody, pairs, 8, order);
    assert_true(f.auc == 0.5 && f.precision == 1 && f.recall == 0 && f.far == 0);
    static const float broken[] = {NAN, 1, 2, NAN, INFINITY, 0, 0, NAN};
    siam_figures_of(&f, broken, pairs, 8, order);
    assert_false(isfinite(f.loss));
}

static void test_workers_and_seed(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *one = train_ok(&b, 1), *three = train_ok(&b, 3);
    assert_same_weights(one, three);
    siam_model_unref(three);
    b.config.seed++;
    struct siam_model *other = train_ok(&b, 1);
    size_t bytes = one->net->layout.n_params * sizeof(float);
    assert_memory_not_equal(one->net->block, other->net->block, bytes);
    siam_model_unref(other);
    siam_model_unref(one);
    free_bench(&b);
}

// ---- Chips on the disk ----------------------------------------------------------------------

static void keep_on_disk(struct bench *b, size_t cache_bytes, const char *dir)
{
    siam_dataset_destroy(b->data);
    b->data = make_data(cache_bytes, dir);
}

static void test_chips_on_disk(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *in_memory = train_ok(&b, 2);
    for (size_t n_cached = 0; n_cached < SIAM_KINDS * N_KIND; n_cached += 7) {
        keep_on_disk(&b, n_cached * FACE_CHIP_SIZE(1), *state);
        assert_int_equal(siam_chips_on_disk(b.data->chips), SIAM_KINDS * N_KIND - (int)n_cached);
        struct siam_model *model = train_ok(&b, 2);
        assert_same_weights(model, in_memory);
        siam_model_unref(model);
    }
    siam_model_unref(in_memory);
    free_bench(&b);
}

// At every step, so also at the first picture of a batch and among the held-out ones.
static void test_chips_lost(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 2);
    use_files(&b);
    for (int cut = 1; cut <= 3 * N_STEPS; cut++) {
        struct siam_model *model;
        struct watch w = {.cut_after = cut};
        struct err err = {0};
        keep_on_disk(&b, 0, *state);
        assert_int_equal(train(&model, &b, 2, &w, &err), ERR_IO);
        assert_null(model);
        assert_non_null(strstr(err.text, "--cache "));
        assert_int_equal(w.steps, cut);
        assert_false(file_exists(b.out));
        keep_on_disk(&b, 0, *state);
        b.config.resume = true; // from what was trained when they were lost
        w = (struct watch){0};
        assert_int_equal(train(&model, &b, 2, &w, &err), 0);
        assert_int_equal(w.steps, 3 * N_STEPS - cut);
        assert_same_weights(model, whole);
        assert_int_equal(unlink(b.out), 0);
        siam_model_unref(model);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// ---- Interruptions --------------------------------------------------------------------------

static const char old_model[] = "what was there before";

static void put_old_model(const struct bench *b)
{
    assert_int_equal(file_save(b->out, old_model, sizeof old_model, NULL), 0);
}

static void assert_old_model_stays(const struct bench *b)
{
    void *bytes;
    size_t size;
    assert_int_equal(file_read(b->out, 1 << 20, &bytes, &size, NULL), 0);
    assert_int_equal(size, sizeof old_model);
    assert_memory_equal(bytes, old_model, size);
    free(bytes);
}

// The card's rates are those of the model's own weights.
static void assert_true_card(const struct bench *b, const struct siam_model *model)
{
    struct siam_heldout *heldout;
    struct siam_batch *batch;
    struct siam_figures f;
    struct pool *pool;
    const struct siam_card *c = &model->card;
    assert_int_equal(pool_create(&pool, 1, 0, NULL), 0);
    assert_int_equal(siam_heldout_create(&heldout, b->data, 51, small.embedding, NULL), 0);
    assert_int_equal(siam_batch_create(&batch, b->data, &small, 6, 8, pool, NULL), 0);
    assert_int_equal(siam_heldout_measure(heldout, model->net, batch, &f, NULL, NULL), 0);
    assert_true(c->n_genuine == 9 && c->n_impostor == 9);
    assert_true(c->heldout_loss == f.loss && c->auc == f.auc);
    assert_true(c->far == f.far && c->frr == f.frr);
    siam_batch_destroy(batch);
    siam_heldout_destroy(heldout);
    pool_destroy(pool);
}

// A model when an epoch is complete, true to its card; before that what was there stays.
static void assert_stopped_model(const struct bench *b, const struct siam_model *model, int steps)
{
    struct siam_model *file;
    if (steps < N_STEPS) {
        assert_null(model);
        assert_old_model_stays(b);
        return;
    }
    assert_non_null(model);
    assert_int_equal(model->card.epochs, steps / N_STEPS);
    assert_true_card(b, model);
    assert_int_equal(siam_model_load_as(&file, b->out, &small, NULL), 0);
    assert_same_weights(file, model);
    assert_true(file->card.heldout_loss == model->card.heldout_loss);
    siam_model_unref(file);
}

// After every number of steps: within an epoch, at its end (the stop then falls into the
// evaluation), and behind the very last step.
static void test_stop_and_resume(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *part, *rest;
    use_files(&b);
    b.config.resume = true;
    for (int k = 1; k <= 3 * N_STEPS; k++) {
        struct watch w = {.stop_after = k}, v = {0};
        put_old_model(&b);
        assert_int_equal(train(&part, &b, 1, &w, NULL), SIAM_STOPPED);
        assert_int_equal(w.steps, k);
        assert_stopped_model(&b, part, k);
        assert_int_equal(train(&rest, &b, k % 2 + 1, &v, NULL), 0);
        assert_int_equal(v.steps, 3 * N_STEPS - k);
        assert_same_weights(rest, whole);
        assert_true(rest->card.heldout_loss == whole->card.heldout_loss);
        assert_int_equal(rest->card.n_genuine, 9);
        assert_false(file_exists(b.checkpoint));
        siam_model_unref(part);
        siam_model_unref(rest);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// At once, wherever it is: the checkpoint has it all, and the good model is not touched.
static void test_quit_and_resume(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    use_files(&b);
    b.config.resume = true;
    static const int quits[] = {1, N_STEPS, N_STEPS + 2, 3 * N_STEPS, 2 * N_STEPS};
    for (int i = 0; i < 5; i++) {
        struct watch w = {.quit_after = quits[i]}, v = {0};
        if (i == 4)
            w = (struct watch){.quit_epoch = 2};
        put_old_model(&b);
        assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
        assert_int_equal(w.steps, quits[i]);
        assert_null(model);
        assert_old_model_stays(&b);
        assert_true(file_exists(b.checkpoint));
        assert_int_equal(train(&model, &b, 1, &v, NULL), 0);
        assert_int_equal(v.steps, 3 * N_STEPS - quits[i]);
        assert_same_weights(model, whole);
        siam_model_unref(model);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// The epochs before a resume count: stopped before its first step, it has a model all the same.
static void test_stop_after_resume(void **state)
{
    struct bench b = make_bench(state);
    struct watch w = {.quit_after = 2 * N_STEPS}, stopped = {.stop = true};
    struct siam_model *model;
    use_files(&b);
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    assert_null(model);
    b.config.resume = true;
    assert_int_equal(train(&model, &b, 1, &stopped, NULL), SIAM_STOPPED);
    assert_int_equal(stopped.steps, 0);
    assert_stopped_model(&b, model, 2 * N_STEPS);
    assert_true(file_exists(b.checkpoint));
    siam_model_unref(model);
    free_bench(&b);
}

// Between the first step and the end the model's name becomes that of a folder.
static void test_model_cannot_be_saved(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    use_files(&b);
    struct watch w = {.block = b.out}, v = {0};
    struct err err = {0};
    assert_int_equal(train(&model, &b, 1, &w, &err), ERR_IO);
    assert_null(model);
    assert_non_null(strstr(err.text, b.out));
    assert_int_equal(rmdir(b.out), 0);
    b.config.resume = true;
    assert_int_equal(train(&model, &b, 1, &v, NULL), 0);
    assert_int_equal(v.steps, 0);
    assert_same_weights(model, whole);
    assert_true_card(&b, model);
    siam_model_unref(model);
    siam_model_unref(whole);
    free_bench(&b);
}

// An epoch that was stopped twice still ends with the loss and the weights of the whole epoch.
static void test_many_stops(void **state)
{
    struct bench b = make_bench(state);
    struct watch w = {0};
    struct siam_model *whole, *part;
    assert_int_equal(train(&whole, &b, 1, &w, NULL), 0);
    use_files(&b);
    b.config.resume = true;
    static const int stops[] = {N_STEPS + 1, 2, N_STEPS, 0};
    static const int epochs[] = {1, 0, 1, 1}; // reported in the session
    struct watch v = {0};
    for (int i = 0; i < 4; i++) {
        struct watch next = {.stop_after = stops[i]};
        memcpy(next.epoch_loss, v.epoch_loss, sizeof v.epoch_loss);
        v = next;
        assert_int_equal(train(&part, &b, 1, &v, NULL), stops[i] ? SIAM_STOPPED : 0);
        assert_int_equal(v.epochs, epochs[i]);
        if (stops[i])
            siam_model_unref(part);
    }
    assert_memory_equal(v.epoch_loss, w.epoch_loss, sizeof v.epoch_loss);
    assert_same_weights(part, whole);
    siam_model_unref(part);
    siam_model_unref(whole);
    free_bench(&b);
}

static void test_stop_before_the_first_step(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    struct watch w = {.stop = true};
    struct siam_model *model;
    put_old_model(&b);
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    assert_null(model);
    assert_false(file_exists(b.checkpoint));
    assert_old_model_stays(&b);
    free_bench(&b);
}

static void *stop_soon(void *ctx)
{
    clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 5);
    atomic_store((atomic_bool *)ctx, true);
    return NULL;
}

static void test_stop_is_quick(void **state)
{
    struct bench b = make_bench(state);
    b.config.epochs = 1000000;
    struct watch w = {0};
    struct siam_model *model;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &w.stop), 0);
    int64_t start_ns = clock_now_ns();
    assert_int_equal(train(&model, &b, 2, &w, NULL), SIAM_STOPPED);
    assert_true(clock_now_ns() - start_ns < 2 * CLOCK_SECOND);
    pthread_join(thread, NULL);
    siam_model_unref(model);
    free_bench(&b);
}

static void test_kill_and_resume(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1);
    use_files(&b);
    b.config.resume = true;
    b.config.checkpoint_epochs = 1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct watch w = {.kill_after = 2 * N_STEPS + 2};
        struct siam_model *model;
        train(&model, &b, 1, &w, NULL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_true(file_exists(b.checkpoint));
    struct watch w = {0};
    struct siam_model *model;
    assert_int_equal(train(&model, &b, 1, &w, NULL), 0);
    assert_int_equal(w.steps, N_STEPS); // from the checkpoint behind epoch 2
    assert_same_weights(model, whole);
    siam_model_unref(model);
    siam_model_unref(whole);
    free_bench(&b);
}

// A finished number of epochs can be raised later, and lowered below what is done.
static void test_other_number_of_epochs(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    use_files(&b);
    b.config.resume = true;
    for (int epochs = 1; epochs <= 5; epochs += 4) {
        struct watch w = {.stop_after = 2 * N_STEPS + 1};
        b.config.epochs = epochs == 1 ? 3 : 2;
        if (epochs == 5)
            w.stop_after = 2 * N_STEPS;
        assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
        siam_model_unref(model);
        b.config.epochs = epochs == 1 ? 1 : 3;
        model = train_ok(&b, 1);
        assert_int_equal(model->card.epochs, epochs == 1 ? 2 : 3);
        if (epochs == 5)
            assert_same_weights(model, whole);
        siam_model_unref(model);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// ---- Refusals -------------------------------------------------------------------------------

static void assert_train_fails(const struct bench *b, int code, const char *text)
{
    struct watch w = {0};
    struct siam_model *model;
    struct err err = {0};
    int ret = train(&model, b, 1, &w, &err);
    if (ret != code || !strstr(err.text, text))
        fail_msg("expected %d \"%s\", got %d \"%s\"", code, text, ret, err.text);
    assert_null(model);
}

static void test_foreign_checkpoints(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    struct watch w = {.stop_after = N_STEPS + 3};
    struct siam_model *model;
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    siam_model_unref(model);
    b.config.resume = true;
    struct bench other = b;
    other.config.seed++;
    assert_train_fails(&other, ERR_MODEL, "of a training with another seed");
    other = b;
    other.config.rate *= 2;
    assert_train_fails(&other, ERR_MODEL, "of a training with other settings");
    other = b;
    other.config.batch_pictures = 3;
    assert_train_fails(&other, ERR_MODEL, "of a training with other settings");
    other = b;
    other.config.net.embedding++;
    assert_train_fails(&other, ERR_MODEL, "has shape");
    b.data->hash++;
    assert_train_fails(&b, ERR_MODEL, "of a training with other pictures");
    b.data->hash--;
    other = b;
    other.config.checkpoint = b.out;
    assert_train_fails(&other, ERR_MODEL, "not a checkpoint");
    assert_int_equal(truncate(b.checkpoint, 5000), 0);
    assert_train_fails(&b, ERR_MODEL, "cut short");
    b.config.resume = false; // not looked at
    siam_model_unref(train_ok(&b, 1));
    b.config.resume = true; // none there: from the beginning
    siam_model_unref(train_ok(&b, 1));
    free_bench(&b);
}

// Trains and gives what was logged.
static void train_logged(const struct bench *b, const char *log, char text[1000])
{
    int kept = dup(STDERR_FILENO), fd = open(log, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    struct siam_model *model;
    struct watch w = {0};
    int ret = train(&model, b, 1, &w, NULL);
    dup2(kept, STDERR_FILENO);
    ssize_t n = pread(fd, text, 999, 0);
    text[n > 0 ? n : 0] = '\0';
    close(kept);
    close(fd);
    assert_int_equal(ret, 0);
    siam_model_unref(model);
}

static void test_resume_from_nothing_is_told(void **state)
{
    struct bench b = make_bench(state);
    char log[600], text[1000];
    use_files(&b);
    snprintf(log, sizeof log, "%s/log", (const char *)*state);
    train_logged(&b, log, text);
    assert_string_equal(text, "");
    b.config.resume = true;
    train_logged(&b, log, text);
    assert_non_null(strstr(text, b.checkpoint));
    assert_non_null(strstr(text, "starts at the beginning\n"));
    assert_true(strchr(text, '\n') == text + strlen(text) - 1); // one line
    free_bench(&b);
}

// Gives the checkpoint, which has this processor's, other names of kernels.
static void rename_kernels(const struct bench *b, const char *kernels, const char *blas_kernel)
{
    struct siam_checkpoint ck = {0};
    assert_int_equal(nn_net_create(&ck.net, &small, NULL), 0);
    size_t n = ck.net->layout.n_params;
    ck.adam_m = calloc(n, sizeof *ck.adam_m);
    ck.adam_v = calloc(n, sizeof *ck.adam_v);
    assert_true(ck.adam_m && ck.adam_v);
    assert_int_equal(siam_checkpoint_load(&ck, b->checkpoint, NULL), 0);
    assert_string_equal(ck.kernels, nn_kernels()->name);
    assert_string_equal(ck.blas_kernel, nn_blas_kernel());
    snprintf(ck.kernels, sizeof ck.kernels, "%s", kernels);
    snprintf(ck.blas_kernel, sizeof ck.blas_kernel, "%s", blas_kernel);
    assert_int_equal(siam_checkpoint_save(&ck, b->checkpoint, NULL), 0);
    nn_net_destroy(ck.net);
    free(ck.adam_m);
    free(ck.adam_v);
}

// A checkpoint of another kind of processor is gone on from, the log says so, and the next
// checkpoint is of this one.
static void test_other_kernels_are_told(void **state)
{
    struct bench b = make_bench(state);
    const char *own = nn_kernels()->name, *own_blas = nn_blas_kernel();
    const char *const names[][2] = {{"cray1", own_blas}, {own, "Cray1"}, {own, own_blas}, {"", ""}};
    char log[600], text[1000], told[100];
    use_files(&b);
    b.config.resume = true;
    snprintf(log, sizeof log, "%s/log", (const char *)*state);
    for (int i = 0; i < 4; i++) {
        for (int part = 0; part < 2; part++) {
            struct watch w = {.quit_after = 3};
            struct siam_model *model;
            assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
            rename_kernels(&b, names[i][0], names[i][1]);
        }
        train_logged(&b, log, text);
        snprintf(told, sizeof told, "other kernels (%s, %s)", names[i][0], names[i][1]);
        if (i < 2)
            assert_non_null(strstr(text, told));
        else
            assert_string_equal(text, "");
    }
    free_bench(&b);
}

static void test_divergence(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    siam_model_unref(train_ok(&b, 1));
    b.config.rate = 1e30f;
    assert_train_fails(&b, ERR_MODEL, "is not a number at epoch 1");
    assert_train_fails(&b, ERR_MODEL, "the last good model stays");
    struct siam_model *kept;
    assert_int_equal(siam_model_load_as(&kept, b.out, &small, NULL), 0);
    assert_int_equal(kept->card.epochs, 3);
    siam_model_unref(kept);
    free_bench(&b);
}

static void test_configs(void **state)
{
    struct bench b = make_bench(state), c = b;
    struct siam_train_config config;
    struct err err = {0};
    assert_int_equal(siam_train_defaults(&config, "kosh", &err), ERR_USAGE);
    assert_non_null(strstr(err.text, "koch"));
    assert_int_equal(siam_train_defaults(&config, "koch", NULL), 0);
    assert_true(config.epochs == 50 && config.batch_pictures == 8);
    assert_true(config.rate == 1e-4f && config.net.embedding == 4096);
    c.config.epochs = 0;
    assert_train_fails(&c, ERR_USAGE, "at least 1");
    static const int bad[][2] = {{0, 7}, {1001, 7}, {INT_MAX, 7}, {2, 0}, {2, 1000001}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        c = b;
        c.config.batch_pictures = bad[i][0];
        c.config.epoch_pictures = bad[i][1];
        assert_train_fails(&c, ERR_USAGE, "1 to 1000 of each kind");
    }
    c = b;
    c.config.net.channels = 3;
    assert_train_fails(&c, ERR_USAGE, "the net takes 3x105x105");
    c = b;
    c.config.out = "/nonexistent/folder/m.safetensors";
    assert_train_fails(&c, ERR_IO, "/nonexistent/folder/m.safetensors");
    c = b;
    c.config.checkpoint = "/nonexistent/folder/c";
    assert_train_fails(&c, ERR_IO, "/nonexistent/folder/c");
    c = b;
    c.config.out = *state;
    assert_train_fails(&c, ERR_IO, "is a folder");
    c = b;
    c.config.checkpoint = *state;
    assert_train_fails(&c, ERR_IO, "is a folder");
    for (int i = 0; i < b.data->n_pictures; i++)
        b.data->pictures[i].part = SIAM_TRAIN;
    assert_train_fails(&b, ERR_DATA, "held out");
    free_bench(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_learns),
        cmocka_unit_test(test_figures),
        TEST(test_workers_and_seed),
        TEST(test_chips_on_disk),
        TEST(test_chips_lost),
        TEST(test_stop_and_resume),
        TEST(test_quit_and_resume),
        TEST(test_stop_after_resume),
        TEST(test_model_cannot_be_saved),
        TEST(test_many_stops),
        TEST(test_stop_before_the_first_step),
        TEST(test_stop_is_quick),
        TEST(test_kill_and_resume),
        TEST(test_other_number_of_epochs),
        TEST(test_foreign_checkpoints),
        TEST(test_resume_from_nothing_is_told),
        TEST(test_other_kernels_are_told),
        TEST(test_divergence),
        TEST(test_configs),
    };
    nn_blas_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
