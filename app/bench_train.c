// SPDX-License-Identifier: MIT
#include "app/bench.h"
#include "app/folders.h"
#include "app/signals.h"
#include "app/job.h"
#include "app/verbs.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/verify/json.h"

#include <limits.h>
#include <stdlib.h>

struct timing {
    int64_t begun_ns;
    double load_seconds; // until the pictures were read
    double seconds;      // of all complete epochs
    int64_t steps;
};

static double seconds_since(int64_t ns)
{
    return (double)(clock_now_ns() - ns) / (double)CLOCK_SECOND;
}

static void on_loaded(void *ctx, const struct siam_dataset *data)
{
    struct timing *timing = ctx;
    timing->load_seconds = seconds_since(timing->begun_ns);
    log_info("%d anchors, %d positives, %d pictures of others", data->n_kind[SIAM_ANCHOR],
             data->n_kind[SIAM_POSITIVE], data->n_kind[SIAM_NEGATIVE]);
}

static void on_progress(void *ctx, const struct siam_progress *p)
{
    struct timing *timing = ctx;
    if (!p->epoch_done) {
        timing->steps++;
        return;
    }
    timing->seconds = p->seconds;
    app_log_epoch(p);
}

static void add_result(cJSON *root, const struct app_job_result *r, const struct timing *timing)
{
    const struct siam_card *c = &r->model->card;
    verify_json_number(root, "seconds", timing->seconds);
    verify_json_number(root, "load_seconds", timing->load_seconds);
    verify_json_number(root, "all_seconds", seconds_since(timing->begun_ns));
    verify_json_number(root, "epochs", c->epochs);
    verify_json_int(root, "steps", timing->steps);
    verify_json_number(root, "n_anchor", c->n_anchor);
    verify_json_number(root, "n_positive", c->n_positive);
    verify_json_number(root, "n_negative", c->n_negative);
    cJSON *heldout = cJSON_AddObjectToObject(root, "heldout");
    verify_json_number(heldout, "heldout_loss", c->heldout_loss);
    verify_json_number(heldout, "precision", c->precision);
    verify_json_number(heldout, "recall", c->recall);
    verify_json_number(heldout, "auc", c->auc);
    verify_json_number(heldout, "threshold", c->threshold);
    verify_json_number(heldout, "far", c->far);
    verify_json_number(heldout, "frr", c->frr);
    verify_json_number(heldout, "n_genuine", c->n_genuine);
    verify_json_number(heldout, "n_impostor", c->n_impostor);
    cJSON_AddStringToObject(heldout, "heldout", c->heldout);
}

// Trains from `data_dir`; all that is written goes to `folder`.
static int run(cJSON *root, const char *folder, const char *data_dir, const struct app_options *o,
               struct err *err)
{
    char out[PATH_MAX];
    struct app_negatives negatives;
    int ret = file_join(out, sizeof out, folder, "model.safetensors", err);
    if (!ret)
        ret =
            app_folders_gather(&negatives, data_dir, o->negatives, o->weights, o->n_negatives, err);
    if (ret)
        return ret;
    struct app_job job = {
        .data_dir = data_dir,
        .negatives = (const char *const *)negatives.paths,
        .n_negatives = negatives.n,
        .weights = negatives.weights,
        .recipe = o->recipe,
        .out = out,
        .epochs = o->epochs,
        .seed = o->seed,
        .n_threads = o->threads,
        .cache_mb = o->cache_mb,
        .quit = &app_stop,
    };
    struct app_job_result result;
    struct timing timing = {.begun_ns = clock_now_ns()};
    const struct app_job_calls calls = {on_progress, on_loaded, NULL, &timing};
    ret = app_job_run(&result, &job, &app_stop, &calls, err);
    if (!ret && result.model && !result.stopped)
        add_result(root, &result, &timing);
    app_job_finish(&result);
    free(negatives.paths);
    return ret;
}

int app_bench_train(cJSON *root, const struct app_options *o)
{
    char folder[PATH_MAX];
    struct err err = {0};
    int ret = app_bench_folder_make(folder, sizeof folder, &err);
    if (!ret && !o->data)
        ret = app_bench_draw_pictures(folder, o->threads, &app_stop, &err);
    if (!ret)
        ret = run(root, folder, o->data ? o->data : folder, o, &err);
    app_bench_folder_remove(folder);
    return app_end(ret == ERR_STOPPED ? 0 : ret, &err);
}
