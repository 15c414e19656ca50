// SPDX-License-Identifier: MIT
#include "app/folders.h"
#include "app/signals.h"
#include "app/trainer.h"
#include "app/verbs.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/verify/json.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static void on_loaded(void *ctx, const struct siam_dataset *data)
{
    (void)ctx;
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
    cJSON_AddItemToArray(history, epoch);
}

static void add_skipped(cJSON *root, const struct siam_dataset *data)
{
    cJSON *list = cJSON_AddArrayToObject(root, "skipped");
    for (int i = 0; i < data->n_skipped; i++)
        cJSON_AddItemToArray(list, verify_json_text(data->skipped[i].reason));
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

// Takes over `history`.
static void print_json(const struct app_job_result *r, cJSON *history)
{
    cJSON *root = cJSON_CreateObject();
    cJSON_AddItemToObject(root, "model", verify_json_text(r->out));
    cJSON_AddBoolToObject(root, "stopped", r->stopped);
    add_card(root, &r->model->card);
    verify_json_number(root, "loss", r->last.loss);
    verify_json_number(root, "heldout_loss", r->last.heldout_loss);
    verify_json_number(root, "precision", r->last.precision);
    verify_json_number(root, "recall", r->last.recall);
    verify_json_number(root, "auc", r->last.auc);
    cJSON_AddItemToObject(root, "history", history);
    add_skipped(root, r->data);
    app_print_json(root);
}

int app_train(const struct app_options *o)
{
    char data_dir[PATH_MAX];
    struct err err = {0};
    struct app_job_result result = {0};
    char **negatives = NULL;
    int n = 0, ret = 0;
    cJSON *history = cJSON_CreateArray();
    if (o->data)
        snprintf(data_dir, sizeof data_dir, "%s", o->data);
    else
        ret = file_default_data_dir(data_dir, sizeof data_dir, &err);
    if (!ret)
        ret = app_folders_gather(&negatives, &n, data_dir, o->negatives, o->n_negatives, &err);
    struct app_job job = {
        .data_dir = data_dir,
        .negatives = (const char *const *)negatives,
        .n_negatives = n,
        .recipe = o->recipe,
        .out = o->out,
        .epochs = o->epochs,
        .seed = o->seed,
        .n_threads = o->threads,
        .cache_mb = o->cache_mb,
        .resume = o->resume,
    };
    if (!ret)
        ret = app_job_run(&result, &job, &app_stop, on_loaded, on_progress, history, &err);
    if (!ret && result.stopped)
        log_info("stopped: --resume goes on%s", result.model ? "" : "; no epoch was complete");
    if (!ret && result.model) {
        log_info("%s: trained for %d epochs", result.out, result.model->card.epochs);
        if (o->json) {
            print_json(&result, history);
            history = NULL;
        }
    }
    cJSON_Delete(history);
    app_job_finish(&result);
    free(negatives);
    return app_end(ret, &err);
}
