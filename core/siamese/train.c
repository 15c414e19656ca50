// SPDX-License-Identifier: MIT
// DESIGN. The state of a training is a struct siam_checkpoint, and nothing else is carried from
// step to step: batches follow from the seed and the numbers of epoch and step, so a training that
// goes on from a checkpoint takes the same steps. Only a complete step changes the state (forward
// and backward write to scratch and gradient alone), so it can be stopped at any point and the
// state is that after the last step.
#include "core/siamese/train.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/large.h"
#include "core/base/log.h"
#include "core/nn/blas.h"
#include "core/nn/kernels.h"
#include "core/siamese/checkpoint.h"
#include "core/siamese/lesson.h"
#include "core/siamese/pace.h"
#include "core/siamese/weight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define CHECKPOINT_AGE     (60 * CLOCK_SECOND)
#define MAX_BATCH_PICTURES 1000 // so many squared, twice, are the pairs of a step
#define MAX_EPOCH_PICTURES 1000000
#define WARM_STEPS         200
#define HEAD_RATE          0.1f
#define DIVERGED           4  // times chance, over an epoch
#define JUDGE_SHARE        16 // judging takes at most one part in so many of the time

static const struct recipe {
    const char *name;
    enum siam_way way;
    int (*lesson)(struct siam_lesson **out, const struct siam_train_config *config,
                  const struct siam_dataset *data, struct pool *pool, struct err *err);
    struct siam_train_config config; // but for name, net and adam's constants
} recipes[] = {
    {"visavis",
     SIAM_FACE,
     siam_lesson_people,
     {.epochs = 50,
      .batch_pictures = 16,
      .epoch_steps = 100,
      .rate = 4e-4f,
      .anneal = true,
      .net.channels = 3}},
    {"omniglot",
     SIAM_WHOLE,
     siam_lesson_people,
     {.epochs = 45,
      .batch_pictures = 20,
      .epoch_steps = 200,
      .rate = 3e-4f,
      .anneal = true,
      .net.channels = 1}},
    {"koch",
     SIAM_WHOLE,
     siam_lesson_koch,
     {.epochs = 50,
      .batch_pictures = 8,
      .epoch_pictures = 119,
      .heldout_pictures = 51,
      .rate = 1e-4f,
      .net.channels = 3}},
};
#define N_RECIPES (sizeof recipes / sizeof *recipes)

static const struct recipe *find_recipe(const char *name, struct err *err)
{
    for (size_t i = 0; i < N_RECIPES; i++)
        if (strcmp(recipes[i].name, name) == 0)
            return &recipes[i];
    err_set(err, ERR_USAGE, "no such recipe: %s (there are: visavis, koch, omniglot)", name);
    return NULL;
}

int siam_train_defaults(struct siam_train_config *config, const char *name, struct err *err)
{
    const struct recipe *recipe = find_recipe(name, err);
    if (!recipe)
        return ERR_USAGE;
    *config = recipe->config;
    config->recipe = recipe->name;
    config->way = recipe->way;
    config->adam = nn_adam_default();
    config->net = nn_config_koch(recipe->config.net.channels);
    config->checkpoint_epochs = 10;
    config->stop_seconds = 0.4;
    return 0;
}

int siam_train_user_defaults(struct siam_train_config *config, const char *recipe, struct err *err)
{
    int ret = siam_train_defaults(config, recipe, err);
    if (!ret && strcmp(recipe, "visavis") != 0)
        return err_set(err, ERR_USAGE, "recipe %s has one part alone", recipe);
    config->epochs = 10;
    config->epoch_steps = 30;
    config->rate = 4e-4f;
    return ret;
}

struct trainer {
    const struct siam_train_config *config;
    const struct siam_dataset *data;
    struct pool *pool;
    const atomic_bool *stop;
    siam_progress_fn progress;
    void *ctx;

    struct siam_checkpoint ck; // owns net, adam_m and adam_v
    float *grad_block;         // [n_params]
    struct nn_params grad;     // views of it
    struct siam_lesson *lesson;
    struct siam_figures figures;
    int64_t figures_t; // adam_t of the weights they belong to; -1: none yet

    struct siam_model *kept; // of the last epoch that was judged; NULL: none yet
    int64_t kept_t;          // adam_t of its weights
    int64_t kept_ns;         // when that was
    int64_t judge_ns;        // how long it took

    int64_t started_ns;
    double seconds_before; // trained in earlier sessions
    int64_t saved_ns;      // last checkpoint, or the start
    int64_t save_t;        // adam_t of the one there is, or that failed to be written; -1: none yet
    int64_t save_ns;       // how long that took
    int64_t deadline_ns;   // of the files, after a stop
    struct siam_pace pace;
};

// ---- Set-up ---------------------------------------------------------------------------------

// That a file can be made where `path` is to be, found out before hours of work.
static int check_writable(const char *path, struct err *err)
{
    struct file_writer w;
    if (!path)
        return 0;
    if (file_is_dir(path))
        return err_set(err, ERR_IO, "%s: is a folder: name a file, in it say", path);
    int ret = file_begin(&w, path, err);
    if (!ret)
        file_abandon(&w);
    return ret;
}

static int check_config(const struct siam_train_config *c, const struct siam_dataset *data,
                        struct err *err)
{
    const struct recipe *recipe = find_recipe(c->recipe, err);
    if (!recipe)
        return ERR_USAGE;
    bool pairs = recipe->lesson == siam_lesson_koch;
    if (c->epochs < 1 || c->checkpoint_epochs < 1 || (pairs && c->heldout_pictures < 1) ||
        (!pairs && c->epoch_steps < 1))
        return err_set(err, ERR_USAGE,
                       "epochs, their steps, those between checkpoints, and held-out pictures must "
                       "be at least 1");
    if (c->batch_pictures < 1 || c->batch_pictures > MAX_BATCH_PICTURES ||
        (pairs && (c->epoch_pictures < 1 || c->epoch_pictures > MAX_EPOCH_PICTURES)))
        return err_set(err, ERR_USAGE,
                       "pictures of a batch must be 1 to %d of each kind, pictures of an epoch 1 "
                       "to %d",
                       MAX_BATCH_PICTURES, MAX_EPOCH_PICTURES);
    if (c->net.side != FACE_CHIP_SIDE || c->net.channels != data->input.channels)
        return err_set(err, ERR_USAGE, "the net takes %dx%dx%d, the pictures are %dx%dx%d",
                       c->net.channels, c->net.side, c->net.side, data->input.channels,
                       FACE_CHIP_SIDE, FACE_CHIP_SIDE);
    int ret = check_writable(c->out, err);
    return ret ? ret : check_writable(c->checkpoint, err);
}

static uint64_t hash_config(const struct siam_train_config *c, const struct siam_dataset *data)
{
    const int32_t counts[] = {c->batch_pictures, c->epoch_pictures, c->epoch_steps};
    const float rates[] = {c->rate, c->adam.beta1, c->adam.beta2, c->adam.eps};
    uint64_t begin = 0; // which weights it starts from
    if (c->start)
        begin = XXH3_64bits(c->start->net->p.conv_w[0],
                            c->start->net->layout.tensor[0].size * sizeof(float));
    const struct siam_picture *others =
        data->pictures + data->n_pictures - data->n_kind[SIAM_NEGATIVE];
    begin ^= siam_weights_hash(&others->weight_log2, sizeof *others, data->n_kind[SIAM_NEGATIVE]);
    return begin ^ XXH3_64bits_withSeed(rates, sizeof rates, XXH3_64bits(counts, sizeof counts));
}

// The state before the first step, but for the net.
static void begin_state(struct trainer *t)
{
    const struct siam_train_config *c = t->config;
    struct siam_checkpoint *ck = &t->ck;
    snprintf(ck->recipe, sizeof ck->recipe, "%s", c->recipe);
    ck->seed = c->seed;
    ck->data_hash = t->data->hash;
    ck->config_hash = hash_config(c, t->data);
    snprintf(ck->kernels, sizeof ck->kernels, "%s", nn_kernels()->name);
    snprintf(ck->blas_kernel, sizeof ck->blas_kernel, "%s", nn_blas_kernel());
}

// The kernels of `ck`, which was loaded, become those of `begun`; the log says where they change.
static void take_kernels(struct siam_checkpoint *ck, const struct siam_checkpoint *begun,
                         const char *path)
{
    if (ck->kernels[0] &&
        (strcmp(ck->kernels, begun->kernels) || strcmp(ck->blas_kernel, begun->blas_kernel)))
        log_info("%s: was begun with other kernels (%s, %s): goes on, the weights will differ in "
                 "their last digits",
                 path, ck->kernels, ck->blas_kernel);
    memcpy(ck->kernels, begun->kernels, sizeof ck->kernels);
    memcpy(ck->blas_kernel, begun->blas_kernel, sizeof ck->blas_kernel);
}

// The state from the checkpoint, in place of that of begin_state().
static int resume_state(struct trainer *t, struct err *err)
{
    const char *path = t->config->checkpoint;
    const struct siam_checkpoint begun = t->ck;
    struct siam_checkpoint *ck = &t->ck;
    int ret = siam_checkpoint_load(ck, path, err);
    if (ret)
        return ret;
    const char *other = strcmp(ck->recipe, begun.recipe) != 0     ? "another recipe"
                        : ck->seed != begun.seed                  ? "another seed"
                        : ck->data_hash != begun.data_hash        ? "other pictures"
                        : ck->config_hash != begun.config_hash    ? "other settings"
                        : ck->step_in_epoch >= t->lesson->n_steps ? "other steps"
                                                                  : NULL;
    if (other)
        return err_set(err, ERR_MODEL,
                       "%s: of a training with %s: train without --resume to start anew", path,
                       other);
    take_kernels(ck, &begun, path);
    t->seconds_before = ck->seconds;
    t->save_t = ck->adam_t;
    return 0;
}

static bool has_checkpoint(const struct siam_train_config *c)
{
    if (!c->checkpoint || file_exists(c->checkpoint))
        return c->checkpoint != NULL;
    log_info("%s: not there: training starts at the beginning", c->checkpoint);
    return false;
}

static int make_state(struct trainer *t, struct err *err)
{
    struct siam_checkpoint *ck = &t->ck;
    int ret = nn_net_create(&ck->net, &t->config->net, err);
    if (ret)
        return ret;
    size_t n = ck->net->layout.n_params;
    ck->adam_m = large_zeroed(n * sizeof *ck->adam_m);
    ck->adam_v = large_zeroed(n * sizeof *ck->adam_v);
    t->grad_block = large_zeroed(n * sizeof *t->grad_block);
    if (!ck->adam_m || !ck->adam_v || !t->grad_block)
        return err_memory(err, "training");
    t->grad = nn_params_at(&ck->net->layout, t->grad_block);
    begin_state(t);
    if (t->config->resume && has_checkpoint(t->config))
        ret = resume_state(t, err);
    else if (t->config->start)
        memcpy(ck->net->block, t->config->start->net->block, n * sizeof *ck->net->block);
    else
        ret = t->lesson->kind->begin(t->lesson, ck->net, t->stop, err);
    ck->epochs = t->config->epochs;
    return ret == NN_STOPPED ? SIAM_STOPPED : ret;
}

static int prepare(struct trainer *t, struct err *err)
{
    const struct siam_train_config *c = t->config;
    int ret = check_config(c, t->data, err);
    if (!ret)
        ret = find_recipe(c->recipe, err)->lesson(&t->lesson, c, t->data, t->pool, err);
    if (ret)
        return ret;
    t->pace.steps = t->lesson->n_steps;
    // Forward only is about a third of a step for as many pictures.
    t->pace.heldout_steps = t->lesson->n_heldout / (3.0 * t->lesson->n_pictures);
    return make_state(t, err);
}

static void finish(struct trainer *t)
{
    if (t->lesson)
        t->lesson->kind->destroy(t->lesson);
    nn_net_destroy(t->ck.net);
    siam_model_unref(t->kept);
    free(t->ck.adam_m);
    free(t->ck.adam_v);
    free(t->grad_block);
}

// ---- Time and progress ----------------------------------------------------------------------

static double seconds_since(int64_t ns)
{
    return (double)(clock_now_ns() - ns) / (double)CLOCK_SECOND;
}

static struct siam_progress progress_of(struct trainer *t)
{
    t->ck.seconds = t->seconds_before + seconds_since(t->started_ns);
    return (struct siam_progress){
        .epoch = t->ck.epoch,
        .epochs = t->ck.epochs,
        .step = t->ck.step_in_epoch,
        .steps = t->lesson->n_steps,
        .n_heldout_pairs = t->lesson->n_heldout_pairs,
        .seconds = t->ck.seconds,
        .seconds_left = siam_pace_left(&t->pace, t->ck.epochs - t->ck.epoch, t->ck.step_in_epoch),
    };
}

static void report_step(struct trainer *t)
{
    struct siam_progress p = progress_of(t);
    p.loss = t->ck.epoch_loss / t->ck.step_in_epoch;
    if (t->progress)
        t->progress(t->ctx, &p);
}

// ---- Steps and epochs -----------------------------------------------------------------------

static bool is_set(const atomic_bool *flag)
{
    return flag && atomic_load(flag);
}

static int diverged(const struct trainer *t, const char *what, struct err *err)
{
    return err_set(err, ERR_MODEL,
                   "training failed: %s is not a number at epoch %d, step %d: the last good model "
                   "stays; try another seed or other pictures",
                   what, t->ck.epoch + 1, t->ck.step_in_epoch + 1);
}

// The steps of this epoch alone make its mean loss several times that of guessing. Trainings that
// learn stay near or below that of guessing, from the first epoch on.
static bool is_hopeless(const struct trainer *t)
{
    return t->ck.epoch_loss > DIVERGED * t->lesson->chance * t->lesson->n_steps;
}

static int grows(const struct trainer *t, struct err *err)
{
    return err_set(err, ERR_MODEL,
                   "training failed: the loss grows, to %.3g at epoch %d, step %d, where guessing "
                   "has %.3g: the last good model stays; try another seed or other pictures",
                   t->ck.epoch_loss / t->ck.step_in_epoch, t->ck.epoch + 1, t->ck.step_in_epoch,
                   t->lesson->chance);
}

// The learning rate of a step: constant, or rising at first and falling along half a cosine to the
// end (Loshchilov and Hutter, "SGDR", 2017, eq. 5).
static float rate_at(const struct trainer *t, int64_t number)
{
    const struct siam_train_config *c = t->config;
    double all = (double)t->ck.epochs * t->lesson->n_steps, done = (double)number / all;
    if (!c->anneal)
        return c->rate;
    double warm = fmin(1, (double)(number + 1) / fmin(WARM_STEPS, all / 10 + 1));
    return c->rate * (float)(warm * (0.5 + 0.5 * cos(M_PI * fmin(done, 1))));
}

static void move_range(struct trainer *t, float rate, size_t from, size_t to)
{
    struct nn_adam adam = t->config->adam;
    adam.lr = rate;
    nn_adam_step(&adam, t->ck.adam_t, to - from, t->ck.net->block + from, t->grad_block + from,
                 t->ck.adam_m + from, t->ck.adam_v + from, t->pool);
}

// The head's weights are small where it begins as a distance (nn_net_fit()), and move in smaller
// steps then.
static void move_weights(struct trainer *t, int64_t number)
{
    const struct nn_layout *layout = &t->ck.net->layout;
    float rate = rate_at(t, number);
    size_t head = layout->tensor[NN_TENSORS - 2].offset;
    move_range(t, rate, 0, head);
    move_range(t, t->config->anneal ? HEAD_RATE * rate : rate, head, layout->n_params);
}

static int train_step(struct trainer *t, struct err *err)
{
    struct siam_checkpoint *ck = &t->ck;
    int64_t start_ns = clock_now_ns();
    int64_t number = (int64_t)ck->epoch * t->lesson->n_steps + ck->step_in_epoch;
    double loss;
    int ret = t->lesson->kind->step(t->lesson, ck->net, number, &loss, &t->grad, t->stop, err);
    if (ret)
        return ret == NN_STOPPED ? SIAM_STOPPED : ret;
    if (!isfinite(loss))
        return diverged(t, "the loss", err);
    ck->adam_t++;
    move_weights(t, number);
    ck->step_in_epoch++;
    ck->epoch_loss += loss;
    siam_pace_step(&t->pace, seconds_since(start_ns));
    report_step(t);
    return is_hopeless(t) ? grows(t, err) : 0;
}

// Relu and pooling can hide a weight that is no number from the loss.
static bool weights_finite(const struct nn_net *net)
{
    for (size_t i = 0; i < net->layout.n_params; i++)
        if (!isfinite(net->block[i]))
            return false;
    return true;
}

// Unless it is known already how the weights as they stand do.
static int measure(struct trainer *t, const atomic_bool *stop, struct err *err)
{
    if (t->figures_t == t->ck.adam_t)
        return 0;
    if (!weights_finite(t->ck.net))
        return diverged(t, "a weight", err);
    int ret = t->lesson->kind->measure(t->lesson, t->ck.net, &t->figures, stop, err);
    if (ret)
        return ret == NN_STOPPED ? SIAM_STOPPED : ret;
    if (!isfinite(t->figures.loss))
        return diverged(t, "the held-out loss", err);
    t->figures_t = t->ck.adam_t;
    return 0;
}

static bool stop_is_set(void *ctx)
{
    return is_set(((const struct trainer *)ctx)->stop);
}

static bool time_is_up(void *ctx)
{
    return clock_now_ns() > ((const struct trainer *)ctx)->deadline_ns;
}

static int save_checkpoint(struct trainer *t, bool (*give_up)(void *ctx), struct err *err)
{
    if (!t->config->checkpoint)
        return 0;
    int64_t start_ns = clock_now_ns();
    t->ck.seconds = t->seconds_before + seconds_since(t->started_ns);
    int ret = siam_checkpoint_save(&t->ck, t->config->checkpoint, give_up, t, err);
    t->saved_ns = clock_now_ns();
    if (ret != ERR_STOPPED) {
        t->save_t = t->ck.adam_t;
        t->save_ns = t->saved_ns - start_ns;
    }
    return ret;
}

static bool checkpoint_is_due(const struct trainer *t)
{
    return t->ck.epoch < t->ck.epochs &&
           (t->save_t < 0 || t->ck.epoch % t->config->checkpoint_epochs == 0 ||
            clock_now_ns() - t->saved_ns > CHECKPOINT_AGE);
}

// ---- The model ------------------------------------------------------------------------------

static struct siam_card card_of(const struct trainer *t)
{
    const struct siam_dataset *data = t->data;
    const struct siam_figures *f = &t->figures;
    struct siam_card card = {
        .program = VISAVIS_VERSION,
        .seed = t->ck.seed,
        .epochs = t->ck.epoch,
        .seconds = t->seconds_before + seconds_since(t->started_ns),
        .n_anchor = data->n_kind[SIAM_ANCHOR],
        .n_positive = data->n_kind[SIAM_POSITIVE],
        .n_negative = data->n_kind[SIAM_NEGATIVE],
        .n_people = data->n_people,
        .n_skipped = data->n_skipped,
        .threshold = SIAM_THRESHOLD,
        .far = f->far,
        .frr = f->frr,
        .n_genuine = f->n_genuine,
        .n_impostor = f->n_impostor,
        .heldout_loss = f->loss,
        .precision = f->precision,
        .recall = f->recall,
        .auc = f->auc,
        .scores = f->scores,
    };
    clock_utc(card.created);
    snprintf(card.recipe, sizeof card.recipe, "%s", t->ck.recipe);
    snprintf(card.heldout, sizeof card.heldout, "%s", data->split_in_time ? "time" : "bursts");
    return card;
}

// A stop would want a model, and the end does. What is not judged is but copied.
static bool keep_is_due(const struct trainer *t)
{
    if (t->ck.epoch >= t->ck.epochs || t->config->all_or_nothing)
        return t->ck.epoch >= t->ck.epochs;
    if (!t->kept || !t->config->judge)
        return true;
    return clock_now_ns() - t->kept_ns >= JUDGE_SHARE * t->judge_ns;
}

// Room for a model beside the net that is trained.
static int make_kept(struct trainer *t, struct err *err)
{
    struct siam_card card = {.epochs = 0};
    struct nn_net *net;
    int ret = nn_net_create(&net, &t->config->net, err);
    return ret ? ret : siam_model_create(&t->kept, net, &t->data->input, &card, err);
}

// Judges the net, which has been measured, and keeps a copy; what was kept before stays till then.
// (A lesson that settles the net has no judge.)
static int keep(struct trainer *t, struct err *err)
{
    const struct siam_train_config *c = t->config;
    int64_t start_ns = clock_now_ns();
    struct siam_model now = {.net = t->ck.net, .input = t->data->input, .card = card_of(t)};
    int ret = c->judge ? c->judge(c->judge_ctx, &now, t->stop, err) : 0;
    if (!ret && !t->kept)
        ret = make_kept(t, err);
    if (ret)
        return ret;
    struct nn_net *net = t->kept->net;
    memcpy(net->block, t->ck.net->block, net->layout.n_params * sizeof *net->block);
    if (t->lesson->kind->settle) {
        t->lesson->kind->settle(t->lesson, net, &t->figures);
        now.card = card_of(t);
    }
    t->kept->card = now.card;
    t->kept_t = t->ck.adam_t;
    t->kept_ns = clock_now_ns();
    t->judge_ns = t->kept_ns - start_ns;
    return 0;
}

// ---- Epochs ---------------------------------------------------------------------------------

// What is about to follow the epoch that is complete, as far as it was seen before.
static double aside_seconds(const struct trainer *t)
{
    int64_t ns = keep_is_due(t) ? t->judge_ns : 0;
    if (checkpoint_is_due(t))
        ns += t->save_ns;
    else if (t->ck.epoch >= t->ck.epochs && t->config->out)
        ns += t->save_ns / 3; // a model is a checkpoint without the two moments
    return (double)ns / (double)CLOCK_SECOND;
}

static void report_epoch(struct trainer *t, double loss)
{
    struct siam_progress p = progress_of(t);
    p.epoch_done = true;
    p.seconds_left += aside_seconds(t);
    p.loss = loss;
    p.heldout_loss = t->figures.loss;
    p.precision = t->figures.precision;
    p.recall = t->figures.recall;
    p.auc = t->figures.auc;
    if (t->progress)
        t->progress(t->ctx, &p);
}

static int train_steps(struct trainer *t, struct err *err)
{
    while (t->ck.step_in_epoch < t->lesson->n_steps) {
        int ret = is_set(t->stop) ? SIAM_STOPPED : train_step(t, err);
        if (ret)
            return ret;
    }
    return 0;
}

// What is not done at each epoch.
static int keep_and_save(struct trainer *t, struct err *err)
{
    int ret = keep_is_due(t) ? keep(t, err) : 0;
    if (!ret && checkpoint_is_due(t))
        ret = save_checkpoint(t, stop_is_set, err);
    return ret == ERR_STOPPED ? SIAM_STOPPED : ret;
}

// What is left of the epoch under way.
static int train_epoch(struct trainer *t, struct err *err)
{
    struct siam_checkpoint *ck = &t->ck;
    int64_t start_ns = clock_now_ns();
    bool resumed = ck->step_in_epoch > 0;
    int ret = train_steps(t, err);
    if (ret)
        return ret;
    double steps_s = seconds_since(start_ns), loss = ck->epoch_loss / t->lesson->n_steps;
    ck->epoch++;
    ck->step_in_epoch = 0;
    ck->epoch_loss = 0;
    ret = measure(t, t->stop, err);
    if (ret)
        return ret;
    if (!resumed)
        siam_pace_epoch(&t->pace, steps_s, seconds_since(start_ns) - steps_s);
    report_epoch(t, loss);
    start_ns = clock_now_ns();
    ret = keep_and_save(t, err);
    if (!resumed)
        siam_pace_aside(&t->pace, seconds_since(start_ns));
    return ret;
}

static int train_epochs(struct trainer *t, struct err *err)
{
    t->started_ns = t->saved_ns = clock_now_ns();
    while (t->ck.epoch < t->ck.epochs) {
        int ret = train_epoch(t, err);
        if (ret)
            return ret;
    }
    if (t->kept && t->kept_t == t->ck.adam_t)
        return 0;
    // Resumed where the last epoch was complete, but not judged.
    int ret = measure(t, t->stop, err);
    if (!ret)
        ret = keep(t, err);
    return ret == ERR_STOPPED ? SIAM_STOPPED : ret;
}

// ---- The end --------------------------------------------------------------------------------

// What was trained so far, where the training can't go on; once: neither what is there already, nor
// what could not be written.
static void keep_in_checkpoint(struct trainer *t)
{
    bool is_new = t->ck.adam_t > 0 && t->ck.adam_t != t->save_t;
    if (t->config->checkpoint && is_new && !save_checkpoint(t, NULL, NULL))
        log_info("%s: holds what was trained: --resume goes on from it", t->config->checkpoint);
}

// Hands over the model that was kept. When it cannot be saved, what was trained is kept in a
// checkpoint, if that can.
static int publish(struct trainer *t, struct siam_model **out, struct err *err)
{
    int ret = t->config->out ? siam_model_save(t->kept, t->config->out, err) : 0;
    if (ret) {
        keep_in_checkpoint(t);
        return ret;
    }
    *out = t->kept;
    t->kept = NULL;
    return 0;
}

static int complete(struct trainer *t, struct siam_model **out, struct err *err)
{
    int ret = publish(t, out, err);
    if (!ret && t->config->checkpoint)
        unlink(t->config->checkpoint);
    return ret;
}

// Writes what is new since the last checkpoint, if there seems to be time. Else a resumed training
// does it again, to the same end.
static int save_in_time(struct trainer *t, struct err *err)
{
    const char *path = t->config->checkpoint;
    if (!path || t->ck.adam_t == t->save_t)
        return 0;
    bool in_time = clock_now_ns() + t->save_ns < t->deadline_ns;
    int ret = in_time ? save_checkpoint(t, time_is_up, err) : ERR_STOPPED;
    if (ret == ERR_STOPPED)
        log_info(file_exists(path)
                     ? "%s: no time to write it anew: the last steps will be done again"
                     : "%s: no time to write it: what was trained will be done again",
                 path);
    return ret;
}

static int leave_early(struct trainer *t, struct siam_model **out, struct err *err)
{
    const struct siam_train_config *c = t->config;
    t->deadline_ns = clock_now_ns() + (int64_t)(c->stop_seconds * CLOCK_SECOND);
    if (t->ck.adam_t == 0)
        return SIAM_STOPPED;
    bool has_other = is_set(c->quit) && c->out && file_exists(c->out);
    int ret = t->kept && !has_other ? publish(t, out, err) : 0;
    if (!ret)
        ret = save_in_time(t, err);
    if (ret == 0 || ret == ERR_STOPPED)
        return SIAM_STOPPED;
    siam_model_unref(*out);
    *out = NULL;
    return ret;
}

int siam_train(struct siam_model **out, const struct siam_train_config *config,
               const struct siam_dataset *data, struct pool *pool, const atomic_bool *stop,
               siam_progress_fn progress, void *ctx, struct err *err)
{
    *out = NULL;
    struct trainer t = {
        .config = config,
        .data = data,
        .pool = pool,
        .stop = stop,
        .progress = progress,
        .ctx = ctx,
        .figures_t = -1,
        .save_t = -1,
    };
    int ret = prepare(&t, err);
    if (!ret) {
        ret = train_epochs(&t, err);
        if (ret == ERR_IO) // the pictures cannot be read back
            keep_in_checkpoint(&t);
    }
    if (ret == 0)
        ret = complete(&t, out, err);
    else if (ret == SIAM_STOPPED)
        ret = leave_early(&t, out, err);
    finish(&t);
    return ret;
}
