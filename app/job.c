// SPDX-License-Identifier: MIT
#include "app/trainer.h"

#include "core/base/file.h"
#include "core/base/log.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NICENESS 10

// Keeps the last complete epoch's figures on the way to the caller's own function.
struct relay {
    struct app_job_result *result;
    siam_progress_fn progress;
    void *ctx;
    bool begun;
};

static void relay_progress(void *ctx, const struct siam_progress *p)
{
    struct relay *relay = ctx;
    relay->begun = true;
    if (p->epoch_done)
        relay->result->last = *p;
    relay->progress(relay->ctx, p);
}

// The folder of the model, where a training writes anyway; "": the current one.
static void folder_of(char *dir, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    snprintf(dir, size, "%.*s", slash ? (int)(slash + 1 - path) : 0, path);
}

static int load_pictures(struct siam_dataset **out, const struct app_job *job,
                         const struct siam_train_config *config, struct pool *pool,
                         const atomic_bool *stop, struct err *err)
{
    char anchor[PATH_MAX], positive[PATH_MAX], negative[PATH_MAX], model[PATH_MAX];
    int ret = file_join(anchor, sizeof anchor, job->data_dir, "anchor", err);
    if (!ret)
        ret = file_join(positive, sizeof positive, job->data_dir, "positive", err);
    if (!ret)
        ret = file_join(negative, sizeof negative, job->data_dir, "negative", err);
    if (!ret && !file_is_dir(job->data_dir))
        ret = err_set(err, ERR_DATA,
                      "%s: no such folder: --data names the folder with anchor/ "
                      "and positive/",
                      job->data_dir);
    const char **dirs = ret ? NULL : calloc((size_t)job->n_negatives + 1, sizeof *dirs);
    if (!dirs)
        return ret ? ret : err_memory(err, "folders");
    int n = 0;
    folder_of(model, sizeof model, config->out);
    if (file_is_dir(negative) || job->n_negatives == 0)
        dirs[n++] = negative;
    for (int i = 0; i < job->n_negatives; i++)
        dirs[n++] = job->negatives[i];
    struct siam_dataset_config data = {
        .anchor_dir = anchor,
        .positive_dir = positive,
        .negative_dirs = dirs,
        .n_negative_dirs = n,
        .channels = config->net.channels,
        .heldout_share = 0.3f,
        .seed = job->seed,
        .cache_bytes = (size_t)job->cache_mb << 20,
        .cache_dir = model,
    };
    ret = siam_dataset_load(out, &data, pool, stop, err);
    free(dirs);
    return ret;
}

static int configure(struct siam_train_config *config, const struct app_job *job,
                     struct app_job_result *result, char *checkpoint, size_t size, struct err *err)
{
    int ret = siam_train_defaults(config, job->recipe, err);
    if (ret)
        return ret;
    if (job->out)
        snprintf(result->out, sizeof result->out, "%s", job->out);
    else if ((ret = file_join(result->out, sizeof result->out, job->data_dir, "model.safetensors",
                              err)))
        return ret;
    if ((size_t)snprintf(checkpoint, size, "%s.checkpoint", result->out) >= size)
        return err_set(err, ERR_DATA, "%s: path too long", result->out);
    config->out = result->out;
    config->checkpoint = checkpoint;
    config->seed = job->seed;
    config->quit = job->quit;
    config->resume = job->resume || (job->resume_if_same && file_exists(checkpoint));
    if (job->epochs > 0)
        config->epochs = job->epochs;
    return 0;
}

int app_job_run(struct app_job_result *result, const struct app_job *job, const atomic_bool *stop,
                void (*loaded)(void *ctx, const struct siam_dataset *data),
                siam_progress_fn progress, void *ctx, struct err *err)
{
    *result = (struct app_job_result){0};
    struct siam_train_config config;
    struct pool *pool = NULL;
    char checkpoint[PATH_MAX];
    int ret = configure(&config, job, result, checkpoint, sizeof checkpoint, err);
    if (job->lower_priority)
        pool_lower_priority(NICENESS);
    if (!ret)
        ret = pool_create(&pool, job->n_threads, job->lower_priority ? NICENESS : 0, err);
    if (!ret)
        ret = load_pictures(&result->data, job, &config, pool, stop, err);
    if (!ret && loaded)
        loaded(ctx, result->data);
    struct relay relay = {.result = result, .progress = progress, .ctx = ctx};
    if (!ret)
        ret = siam_train(&result->model, &config, result->data, pool, stop, relay_progress, &relay,
                         err);
    if (ret == ERR_MODEL && job->resume_if_same && !relay.begun && file_exists(checkpoint)) {
        log_info("begins anew: %s", err->text);
        config.resume = false;
        ret = siam_train(&result->model, &config, result->data, pool, stop, relay_progress, &relay,
                         err);
    }
    result->stopped = ret == SIAM_STOPPED || ret == ERR_STOPPED;
    pool_destroy(pool);
    return result->stopped ? 0 : ret;
}

void app_job_finish(struct app_job_result *result)
{
    siam_model_unref(result->model);
    siam_dataset_destroy(result->data);
    *result = (struct app_job_result){0};
}

void app_log_epoch(const struct siam_progress *p)
{
    log_info("epoch %d/%d: loss %.4f, held-out loss %.4f, precision %.3f, recall %.3f, %.0f s left",
             p->epoch, p->epochs, p->loss, p->heldout_loss, p->precision, p->recall,
             p->seconds_left > 0 ? p->seconds_left : 0);
}
