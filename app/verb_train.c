// SPDX-License-Identifier: MIT
#include "app/folders.h"
#include "app/signals.h"
#include "app/job.h"
#include "app/verbs.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/verify/json.h"
#include "core/verify/lines.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_SKIP ((size_t)1 << 20) // bytes

static void warn_of_own(const struct siam_dataset *data)
{
    struct err err;
    int first, n = siam_own_among_others(data, &first, &err);
    if (n < 0)
        log_error("%s", err.text);
    else if (n > 0)
        log_error("%d picture%s of others look%s like yours, e.g. %s: they teach the net that you "
                  "are a stranger; remove them",
                  n, n == 1 ? "" : "s", n == 1 ? "s" : "", data->pictures[first].path);
}

static void on_loaded(void *ctx, const struct siam_dataset *data)
{
    (void)ctx;
    warn_of_own(data);
    log_info("%d anchors, %d positives, %d pictures of others (%d people with several), %d skipped",
             data->n_kind[SIAM_ANCHOR], data->n_kind[SIAM_POSITIVE], data->n_kind[SIAM_NEGATIVE],
             data->n_people, data->n_skipped);
    if (data->split_in_time)
        log_info("your pictures are one burst: held-out figures are optimistic; collect in several "
                 "sittings for true ones");
}

static void on_progress(void *ctx, const struct siam_progress *p)
{
    cJSON *history = ctx;
    if (!p->epoch_done)
        return;
    app_log_epoch(p);
    cJSON *epoch = cJSON_CreateObject();
    verify_json_number(epoch, "epoch", p->epoch);
    verify_json_number(epoch, "loss", p->loss);
    verify_json_number(epoch, "heldout_loss", p->heldout_loss);
    verify_json_number(epoch, "precision", p->precision);
    verify_json_number(epoch, "recall", p->recall);
    verify_json_number(epoch, "auc", p->auc);
    verify_json_append(history, epoch);
}

static void add_skipped(cJSON *root, const struct siam_dataset *data)
{
    cJSON *list = cJSON_AddArrayToObject(root, "skipped");
    for (int i = 0; i < data->n_skipped; i++)
        verify_json_append(list, verify_json_text(data->skipped[i].reason));
}

static void add_card(cJSON *root, const struct siam_card *c)
{
    cJSON_AddStringToObject(root, "recipe", c->recipe);
    cJSON_AddStringToObject(root, "created", c->created);
    verify_json_uint(root, "seed", c->seed);
    verify_json_number(root, "epochs", c->epochs);
    verify_json_number(root, "seconds", c->seconds);
    verify_json_number(root, "n_anchor", c->n_anchor);
    verify_json_number(root, "n_positive", c->n_positive);
    verify_json_number(root, "n_negative", c->n_negative);
    verify_json_number(root, "n_people", c->n_people);
    verify_json_number(root, "threshold", c->threshold);
    verify_json_number(root, "far", c->far);
    verify_json_number(root, "frr", c->frr);
    verify_json_number(root, "n_genuine", c->n_genuine);
    verify_json_number(root, "n_impostor", c->n_impostor);
    cJSON_AddStringToObject(root, "heldout", c->heldout);
}

static void add_suspects(cJSON *root, const char *key, const struct siam_dataset *data,
                         const struct verify_suspect *suspects, int n)
{
    cJSON *list = cJSON_AddArrayToObject(root, key);
    for (int i = 0; i < n; i++) {
        cJSON *suspect = cJSON_CreateObject();
        const char *path = data->pictures[suspects[i].picture].path;
        verify_json_put(suspect, "path", verify_json_text(path));
        verify_json_number(suspect, "score", suspects[i].score);
        verify_json_append(list, suspect);
    }
}

// What the threshold was chosen on, and the pictures that hurt.
static void add_enrolment(cJSON *root, const struct app_job_result *r)
{
    const struct verify_enrolment *e = &r->enrolment;
    if (!r->enrolled)
        return;
    verify_json_int(root, "strangers_accepted", e->n_accepted);
    verify_json_int(root, "genuine_refused", e->n_refused);
    cJSON_AddBoolToObject(root, "few_strangers", e->few_strangers);
    verify_json_int(root, "blank", e->n_blank);
    verify_json_int(root, "blank_accepted", e->n_blank_accepted);
    add_suspects(root, "like_strangers", r->data, e->own, e->n_own);
    add_suspects(root, "like_you", r->data, e->others, e->n_others);
}

// Takes over `history`.
static void print_json(const struct app_job_result *r, cJSON *history)
{
    cJSON *root = cJSON_CreateObject();
    verify_json_put(root, "model", verify_json_text(r->out));
    cJSON_AddBoolToObject(root, "stopped", r->stopped);
    add_card(root, &r->model->card);
    verify_json_number(root, "loss", r->last.loss);
    verify_json_number(root, "heldout_loss", r->model->card.heldout_loss);
    verify_json_number(root, "precision", r->model->card.precision);
    verify_json_number(root, "recall", r->model->card.recall);
    verify_json_number(root, "auc", r->model->card.auc);
    add_enrolment(root, r);
    verify_json_put(root, "history", history);
    add_skipped(root, r->data);
    app_print_json(root);
}

// ---- What to train on -------------------------------------------------------------------------

// Whose pictures: what a job's lists point into.
struct source {
    char data_dir[PATH_MAX];
    struct app_negatives negatives;       // of the data folder
    const char *people[2 * APP_LIST_MAX]; // of the command line
    struct verify_lines lines;            // of the file of names to skip
    const char **skip;                    // [n_skip], those lines
};

static void source_finish(struct source *source)
{
    free(source->negatives.paths);
    verify_lines_finish(&source->lines);
    free(source->skip);
}

static int read_skip(struct source *source, struct app_job *job, const char *path, struct err *err)
{
    int ret = verify_lines_read(&source->lines, path, MAX_SKIP, err);
    if (ret)
        return ret;
    source->skip = calloc((size_t)source->lines.n_most + 1, sizeof *source->skip);
    if (!source->skip)
        return err_memory(err, path);
    for (char *line; (line = verify_lines_next(&source->lines));)
        source->skip[job->n_skip++] = line;
    job->skip = source->skip;
    return 0;
}

static int take_people(struct source *source, struct app_job *job, const struct app_options *o,
                       struct err *err)
{
    job->people = true;
    for (int i = 0; i < o->n_people; i++)
        source->people[job->n_negatives++] = o->people[i];
    for (int i = 0; i < o->n_rest && job->n_negatives < 2 * APP_LIST_MAX; i++)
        source->people[job->n_negatives++] = o->rest[i]; // --people A B C
    job->negatives = source->people;
    return o->skip ? read_skip(source, job, o->skip, err) : 0;
}

static int take_folders(struct source *source, struct app_job *job, const struct app_options *o,
                        struct err *err)
{
    if (o->n_rest > 0)
        return err_set(err, ERR_USAGE, "%s is one word too many: see visavis train --help",
                       o->rest[0]);
    if (o->skip)
        return err_set(err, ERR_USAGE, "--skip goes with --people");
    int ret = app_options_data_dir(o, source->data_dir, sizeof source->data_dir, err);
    if (!ret)
        ret = app_folders_gather(&source->negatives, source->data_dir, o->negatives, o->weights,
                                 o->n_negatives, err);
    job->data_dir = source->data_dir;
    job->negatives = (const char *const *)source->negatives.paths;
    job->n_negatives = source->negatives.n;
    job->weights = source->negatives.weights;
    return ret;
}

int app_train(const struct app_options *o)
{
    struct err err = {0};
    struct source source = {.negatives = {.n = 0}};
    struct app_job_result result = {0};
    cJSON *history = cJSON_CreateArray();
    struct app_job job = {
        .recipe = o->recipe,
        .out = o->out,
        .epochs = o->epochs,
        .seed = o->seed,
        .n_threads = o->threads,
        .cache_mb = o->cache_mb,
        .resume = o->resume,
    };
    const struct app_job_calls calls = {on_progress, on_loaded, NULL, history};
    int ret = o->n_people > 0 ? take_people(&source, &job, o, &err)
                              : take_folders(&source, &job, o, &err);
    if (!ret)
        ret = app_job_run(&result, &job, &app_stop, &calls, &err);
    if (!ret && result.stopped)
        log_info("stopped: --resume goes on%s", result.model ? "" : "; no model yet");
    if (!ret && result.model) {
        log_info("%s: trained for %d epochs", result.out, result.model->card.epochs);
        app_log_enrolment(&result);
        if (o->json) {
            print_json(&result, history);
            history = NULL;
        }
    }
    cJSON_Delete(history);
    app_job_finish(&result);
    source_finish(&source);
    return app_end(ret, &err);
}
