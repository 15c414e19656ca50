// SPDX-License-Identifier: MIT
// DESIGN. One thread a training, joined when the next one starts or the trainer goes. What the
// window draws is copied under the lock; the training itself never waits for anybody.
#include "app/trainer.h"

#include "app/small.h"
#include "core/base/clock.h"
#include "core/base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Pictures that hurt, see ui_worst.
struct worst {
    struct img row;
    int n, all;
    char *path[UI_WORST]; // [n], owned
    float score[UI_WORST];
};

struct app_trainer {
    struct app_events *events;
    struct app_trainer_calls calls;
    atomic_bool stop, quit;
    atomic_int part; // enum ui_part, of the training under way

    struct app_job job; // the running training's, strings owned
    int64_t started_ns; // it
    char *strings;      // what job's pointers point into
    pthread_t thread;
    bool have_thread; // to be joined; the owner's thread only

    pthread_mutex_t lock;
    bool busy; // protected by lock, as all below
    bool preparing;
    bool optimistic;
    struct siam_progress progress;
    double heldout_precision, heldout_recall; // of the last complete epoch
    int64_t n_steps;                          // since the trainer was made
    int first_epoch;                          // of the curves
    int n_curve;
    float loss[UI_EPOCHS], heldout_loss[UI_EPOCHS];
    struct worst worst[2]; // of the user, of others
    bool worst_is_new;     // not yet in `shown`
    int n_warnings;        // of the training that ended last
    char warning[UI_WARNINGS][UI_TEXT];

    struct worst shown[2]; // what the view has; its thread only, as is the number of changes
    int64_t shown_number;
};

static void on_loaded(void *ctx, const struct siam_dataset *data)
{
    struct app_trainer *t = ctx;
    pthread_mutex_lock(&t->lock);
    t->preparing = false;
    t->optimistic = data->split_in_time;
    pthread_mutex_unlock(&t->lock);
    t->calls.progressed(t->calls.ctx);
}

// With the lock held: nothing is known of the model that is being learnt.
static void restart_curves(struct app_trainer *t)
{
    t->n_curve = 0;
    t->progress = (struct siam_progress){.seconds_left = -1};
}

static void on_progress(void *ctx, const struct siam_progress *p)
{
    struct app_trainer *t = ctx;
    pthread_mutex_lock(&t->lock);
    if (p->epoch < t->progress.epoch) // a first model could not be made
        restart_curves(t);
    t->progress = *p;
    t->n_steps += !p->epoch_done;
    if (p->epoch_done) {
        if (t->n_curve == 0)
            t->first_epoch = p->epoch;
        t->heldout_precision = p->precision;
        t->heldout_recall = p->recall;
        if (t->n_curve < UI_EPOCHS) {
            t->loss[t->n_curve] = (float)p->loss;
            t->heldout_loss[t->n_curve++] = (float)p->heldout_loss;
        }
    }
    pthread_mutex_unlock(&t->lock);
    if (p->epoch_done) {
        app_events_epoch(t->events, p);
        app_log_epoch(p);
    }
    t->calls.progressed(t->calls.ctx);
}

// Small pictures of the worst in a row.
static int make_worst(struct worst *worst, const struct siam_dataset *data,
                      const struct verify_suspect *suspects, int n, struct err *err)
{
    uint8_t stored[SIAM_STORED_MAX], thumb[FACE_THUMB_SIZE];
    int shown = n < UI_WORST ? n : UI_WORST;
    int ret =
        img_reserve(&worst->row, FACE_THUMB_SIDE * (shown > 0 ? shown : 1), FACE_THUMB_SIDE, err);
    for (int i = 0; i < shown && !ret; i++) {
        ret = siam_chips_get(data->chips, data->pictures[suspects[i].picture].chip, stored, err);
        if (ret)
            break;
        siam_make_thumb(thumb, &data->input, stored);
        app_small_put(&worst->row, i, thumb, FACE_THUMB_SIDE);
        worst->score[i] = suspects[i].score;
        worst->path[i] = strdup(data->pictures[suspects[i].picture].path);
        if (!worst->path[i])
            ret = err_memory(err, "pictures");
    }
    worst->n = ret ? 0 : shown;
    worst->all = n;
    return ret;
}

static void swap_worst(struct worst a[2], struct worst b[2])
{
    for (int i = 0; i < 2; i++) {
        struct worst kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

static void finish_worst(struct worst worst[2])
{
    for (int i = 0; i < 2; i++) {
        img_finish(&worst[i].row);
        for (int k = 0; k < UI_WORST; k++)
            free(worst[i].path[k]);
    }
}

static void note_worst(struct app_trainer *t, const struct app_job_result *result)
{
    const struct verify_enrolment *en = &result->enrolment;
    struct worst fresh[2] = {{.n = 0}, {.n = 0}};
    struct err err;
    if (make_worst(&fresh[0], result->data, en->own, en->n_own, &err) ||
        make_worst(&fresh[1], result->data, en->others, en->n_others, &err))
        log_info("%s", err.text);
    pthread_mutex_lock(&t->lock);
    swap_worst(t->worst, fresh);
    t->worst_is_new = true;
    pthread_mutex_unlock(&t->lock);
    finish_worst(fresh);
}

__attribute__((format(printf, 2, 3))) static void warn(struct app_trainer *t, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    pthread_mutex_lock(&t->lock);
    if (t->n_warnings < UI_WARNINGS)
        vsnprintf(t->warning[t->n_warnings++], UI_TEXT, fmt, args);
    pthread_mutex_unlock(&t->lock);
    va_end(args);
}

// What the window has to say about it: what the log does, in fewer words.
static void note_warnings(struct app_trainer *t, const struct app_job_result *result)
{
    if (result->few_people > 0)
        warn(t,
             "Only %d other people: too few to learn what tells faces apart. Add a folder of many.",
             result->few_people);
    if (!result->enrolled)
        return;
    if (verify_knows_room(&result->enrolment))
        warn(t, "It knows your room, not you: take pictures of others here (n), and of you "
                "elsewhere.");
    if (result->enrolment.few_strangers)
        warn(t, "Too few strangers to promise 1 %%: add folders of other people.");
}

static void on_first(void *ctx, const struct app_job_result *result)
{
    struct app_trainer *t = ctx;
    char line[UI_TEXT];
    snprintf(line, sizeof line,
             "the first model, after %.0f s: v shows the score; a better one is being learnt",
             (double)(clock_now_ns() - t->started_ns) / (double)CLOCK_SECOND);
    app_events_first(t->events, result->out);
    app_log_enrolment(result);
    note_worst(t, result);
    pthread_mutex_lock(&t->lock);
    restart_curves(t);
    pthread_mutex_unlock(&t->lock);
    t->calls.first(t->calls.ctx, result->model, line);
}

// What there is to tell at the end.
static void end_text(struct app_trainer *t, const struct app_job_result *result, char out[UI_TEXT])
{
    int epochs = result->model ? result->model->card.epochs : 0;
    double seconds = result->model ? result->model->card.seconds : 0;
    if (result->old_stays)
        snprintf(
            out, UI_TEXT,
            "the old model stays: of %d held-out pictures of you it refuses %d, the new one %d",
            result->enrolment.n_genuine, result->refused_before, result->enrolment.n_refused);
    else if (result->model)
        snprintf(out, UI_TEXT, "%s after %d epoch%s, %.0f s",
                 result->stopped ? "stopped" : "trained", epochs, epochs == 1 ? "" : "s", seconds);
    else if (t->part == UI_PART_SHORT)
        snprintf(out, UI_TEXT, "stopped: the model stays as it was");
    else if (t->part == UI_PART_FIRST)
        snprintf(out, UI_TEXT, "stopped: no model yet; t begins anew");
    else if (t->part == UI_PART_OTHERS)
        snprintf(out, UI_TEXT, "stopped while learning other people: no new model; t goes on");
    else
        snprintf(out, UI_TEXT, "stopped before an epoch was complete; t goes on");
}

// The curves are those of the model there is, or none.
static void set_idle(struct app_trainer *t, bool is_new)
{
    pthread_mutex_lock(&t->lock);
    if (!is_new)
        restart_curves(t);
    t->busy = t->preparing = false;
    pthread_mutex_unlock(&t->lock);
}

static void *trainer_main(void *arg)
{
    struct app_trainer *t = arg;
    struct app_job_result result;
    struct err err = {0};
    const struct app_job_calls calls = {on_progress, on_loaded, on_first, t};
    int ret = app_job_run(&result, &t->job, &t->stop, &calls, &err);
    if (ret) {
        t->calls.failed(t->calls.ctx, ret, err.text);
    } else {
        double seconds = result.model ? result.model->card.seconds : 0;
        app_events_trained(t->events, result.model ? result.out : "", seconds, result.stopped);
        char line[UI_TEXT];
        end_text(t, &result, line);
        app_log_enrolment(&result);
        note_warnings(t, &result);
        if (result.enrolled)
            note_worst(t, &result);
        t->calls.trained(t->calls.ctx, result.model, line);
    }
    bool is_new = result.model != NULL;
    app_job_finish(&result);
    set_idle(t, is_new);
    return NULL;
}

int app_trainer_create(struct app_trainer **out, struct app_events *events,
                       const struct app_trainer_calls *calls, struct err *err)
{
    struct app_trainer *t = *out = calloc(1, sizeof *t);
    if (!t)
        return err_memory(err, "trainer");
    t->events = events;
    t->calls = *calls;
    pthread_mutex_init(&t->lock, NULL);
    return 0;
}

static void join(struct app_trainer *t)
{
    if (t->have_thread)
        pthread_join(t->thread, NULL);
    t->have_thread = false;
    free(t->strings);
    t->strings = NULL;
}

void app_trainer_destroy(struct app_trainer *t)
{
    if (!t)
        return;
    t->quit = true;
    t->stop = true;
    join(t);
    finish_worst(t->worst);
    finish_worst(t->shown);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static char *append_string(char **at, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*at, text, size);
    *at += size;
    return copy;
}

// t->job = *job with strings of its own, all in one block.
static int copy_job(struct app_trainer *t, const struct app_job *job, struct err *err)
{
    size_t n = (size_t)job->n_negatives;
    size_t size = n * (sizeof(char *) + sizeof(float)) + strlen(job->data_dir) +
                  strlen(job->recipe) + (job->out ? strlen(job->out) : 0) + 3;
    for (int i = 0; i < job->n_negatives; i++)
        size += strlen(job->negatives[i]) + 1;
    t->strings = malloc(size);
    if (!t->strings)
        return err_memory(err, "training");
    const char **list = (const char **)(void *)t->strings;
    float *weights = (float *)(void *)(list + n);
    char *at = (char *)(weights + n);
    t->job = *job;
    t->job.weights =
        job->weights && n > 0 ? memcpy(weights, job->weights, n * sizeof *weights) : NULL;
    t->job.data_dir = append_string(&at, job->data_dir);
    t->job.recipe = append_string(&at, job->recipe);
    t->job.out = job->out ? append_string(&at, job->out) : NULL;
    for (int i = 0; i < job->n_negatives; i++)
        list[i] = append_string(&at, job->negatives[i]);
    t->job.negatives = list;
    t->job.quit = &t->quit;
    t->job.part = &t->part;
    return 0;
}

int app_trainer_start(struct app_trainer *t, const struct app_job *job, struct err *err)
{
    if (app_trainer_busy(t))
        return err_set(err, ERR_USAGE, "training already: s stops it");
    join(t);
    int ret = copy_job(t, job, err);
    if (ret)
        return ret;
    t->stop = false;
    t->part = job->warm ? UI_PART_SHORT : UI_PART_WHOLE;
    t->started_ns = clock_now_ns();
    pthread_mutex_lock(&t->lock);
    t->n_warnings = 0;
    restart_curves(t);
    t->busy = t->preparing = true;
    pthread_mutex_unlock(&t->lock);
    if (pthread_create(&t->thread, NULL, trainer_main, t)) {
        set_idle(t, false);
        return err_memory(err, "trainer thread");
    }
    t->have_thread = true;
    return 0;
}

void app_trainer_stop(struct app_trainer *t)
{
    t->stop = true;
}

bool app_trainer_busy(struct app_trainer *t)
{
    pthread_mutex_lock(&t->lock);
    bool busy = t->busy;
    pthread_mutex_unlock(&t->lock);
    return busy;
}

int64_t app_trainer_steps(struct app_trainer *t)
{
    pthread_mutex_lock(&t->lock);
    int64_t n = t->n_steps;
    pthread_mutex_unlock(&t->lock);
    return n;
}

static struct ui_worst show(const struct worst *worst)
{
    struct ui_worst to = {worst->n > 0 ? &worst->row : NULL, worst->n, worst->all, {{0}}};
    for (int i = 0; i < worst->n; i++)
        to.suspect[i] = (struct ui_suspect){worst->path[i], worst->score[i], false};
    return to;
}

// With the lock held.
static void fill_worst(struct app_trainer *t, struct ui_view *view)
{
    if (t->worst_is_new) {
        swap_worst(t->shown, t->worst);
        t->worst_is_new = false;
        t->shown_number++;
    }
    view->worst_own = show(&t->shown[0]);
    view->worst_others = show(&t->shown[1]);
    view->worst_number = t->shown_number;
}

void app_trainer_view(struct app_trainer *t, struct ui_view *view)
{
    pthread_mutex_lock(&t->lock);
    const struct siam_progress *p = &t->progress;
    view->training = t->busy;
    view->stopping = t->busy && t->stop;
    view->preparing = t->preparing;
    view->part = (enum ui_part)t->part;
    view->n_warnings = t->n_warnings;
    memcpy(view->warning, t->warning, sizeof view->warning);
    view->epoch = p->epoch;
    view->epochs = p->epochs;
    view->epoch_part = p->steps > 0 && !p->epoch_done ? (float)p->step / (float)p->steps : 0;
    view->first_epoch = t->first_epoch;
    view->n_curve = t->n_curve;
    memcpy(view->loss, t->loss, (size_t)t->n_curve * sizeof *t->loss);
    memcpy(view->heldout_loss, t->heldout_loss, (size_t)t->n_curve * sizeof *t->heldout_loss);
    view->precision = t->heldout_precision;
    view->recall = t->heldout_recall;
    view->n_heldout_pairs = t->n_curve > 0 ? p->n_heldout_pairs : 0;
    view->heldout_optimistic = t->optimistic;
    view->seconds_left = p->seconds_left;
    fill_worst(t, view);
    pthread_mutex_unlock(&t->lock);
}
