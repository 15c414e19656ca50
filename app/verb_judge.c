// SPDX-License-Identifier: MIT
// eval, verify, pairs, oneshot, embed: what a model says of pictures.
#include "app/signals.h"
#include "app/verbs.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/face/chip.h"
#include "core/verify/embed.h"
#include "core/verify/json.h"
#include "core/verify/oneshot.h"
#include "core/verify/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RAW ((size_t)4 << 30) // bytes

// What all of these begin with.
struct judge {
    struct pool *pool;
    struct siam_model *model;
};

static int need(const struct app_options *o, const char *value, const char *option, struct err *err)
{
    return value ? 0
                 : err_set(err, ERR_USAGE, "%s is missing: see visavis %s --help", option,
                           app_verb_name(o->verb));
}

static int begin(struct judge *j, const struct app_options *o, struct err *err)
{
    *j = (struct judge){0};
    int ret = need(o, o->model, "--model FILE", err);
    if (!ret)
        ret = siam_model_load(&j->model, o->model, err);
    if (!ret)
        ret = pool_create(&j->pool, o->threads, 0, err);
    return ret;
}

static int end(struct judge *j, int ret, const struct err *err)
{
    siam_model_unref(j->model);
    pool_destroy(j->pool);
    return app_end(ret, err);
}

// Prints and frees. The JSON goes to scripts, the text to people.
static int print_result(char *json, char *text, bool want_json, struct err *err)
{
    int ret = json && text ? 0 : err_memory(err, "result");
    if (!ret && want_json)
        puts(json);
    else if (!ret)
        fprintf(stderr, "%s\n", text);
    free(json);
    free(text);
    return ret;
}

int app_eval(const struct app_options *o)
{
    const char *strangers[2 * APP_LIST_MAX];
    int n = 0;
    struct err err = {0};
    struct judge j = {0};
    struct verify_report report = {0};
    for (int i = 0; i < o->n_strangers; i++)
        strangers[n++] = o->strangers[i];
    for (int i = 0; i < o->n_rest && n < 2 * APP_LIST_MAX; i++)
        strangers[n++] = o->rest[i]; // --strangers A B C
    int ret = need(o, o->anchors, "--anchors DIR", &err);
    if (!ret)
        ret = need(o, o->genuine, "--genuine DIR", &err);
    if (!ret)
        ret = need(o, n > 0 ? strangers[0] : NULL, "--strangers DIR", &err);
    if (!ret)
        ret = begin(&j, o, &err);
    if (!ret)
        ret = verify_eval(&report, j.model, o->anchors, o->genuine, strangers, n, o->threshold,
                          j.pool, &app_stop, &err);
    if (!ret)
        ret = print_result(verify_report_json(&report), verify_report_text(&report), o->json, &err);
    verify_report_finish(&report);
    return end(&j, ret, &err);
}

static void print_similarity(const struct app_options *o, float score, float threshold)
{
    bool match = score >= threshold;
    if (!o->json) {
        fprintf(stderr, "similarity %.4f, threshold %.4f: %s\n", (double)score, (double)threshold,
                match ? "match" : "no match");
        return;
    }
    cJSON *root = cJSON_CreateObject();
    verify_json_number(root, "score", score);
    verify_json_number(root, "threshold", threshold);
    cJSON_AddBoolToObject(root, "match", match);
    app_print_json(root);
}

int app_verify(const struct app_options *o)
{
    struct err err = {0};
    struct judge j = {0};
    struct verify_embedder *embedder = NULL;
    float *e = NULL;
    bool match = false;
    int ret =
        o->n_rest == 2
            ? begin(&j, o, &err)
            : err_set(&err, ERR_USAGE,
                      "verify takes two pictures, not %d: see visavis verify --help", o->n_rest);
    if (!ret)
        ret = verify_embedder_create(&embedder, j.model, 1, j.pool, &err);
    if (!ret) {
        size_t width = (size_t)j.model->net->config.embedding;
        e = malloc(2 * width * sizeof *e);
        ret = e ? verify_embed_file(embedder, o->rest[0], e, &err) : err_memory(&err, "embeddings");
        if (!ret)
            ret = verify_embed_file(embedder, o->rest[1], e + width, &err);
        if (!ret) {
            float score = nn_sigmoid(nn_head_logit(j.model->net, e, e + width));
            float threshold = o->threshold >= 0 ? o->threshold : j.model->card.threshold;
            print_similarity(o, score, threshold);
            match = score >= threshold;
        }
    }
    free(e);
    verify_embedder_destroy(embedder);
    int code = end(&j, ret, &err);
    return code ? code : match ? 0 : 1;
}

int app_pairs(const struct app_options *o)
{
    struct err err = {0};
    struct judge j = {0};
    struct verify_pairs_result result;
    int ret = need(o, o->root, "--root DIR", &err);
    if (!ret && o->n_rest != 1)
        ret = err_set(&err, ERR_USAGE, "pairs takes one list, not %d: see visavis pairs --help",
                      o->n_rest);
    if (!ret)
        ret = begin(&j, o, &err);
    if (!ret)
        ret = verify_pairs(&result, j.model, o->root, o->rest[0], j.pool, &app_stop, &err);
    if (!ret)
        ret = print_result(verify_pairs_json(&result), verify_pairs_text(&result), o->json, &err);
    return end(&j, ret, &err);
}

int app_oneshot(const struct app_options *o)
{
    struct err err = {0};
    struct judge j = {0};
    struct verify_oneshot_result result = {0};
    int ret = o->n_rest == 1
                  ? begin(&j, o, &err)
                  : err_set(&err, ERR_USAGE,
                            "oneshot takes one folder of runs, not %d: see visavis oneshot --help",
                            o->n_rest);
    if (!ret)
        ret = verify_oneshot(&result, j.model, o->rest[0], j.pool, &app_stop, &err);
    if (!ret)
        ret =
            print_result(verify_oneshot_json(&result), verify_oneshot_text(&result), o->json, &err);
    verify_oneshot_finish(&result);
    return end(&j, ret, &err);
}

// Net inputs from a file of float32: *x is the caller's.
static int read_raw(float **x, int *n, const char *path, int channels, struct err *err)
{
    void *data;
    size_t size, one = FACE_CHIP_SIZE(channels) * sizeof(float);
    int ret = file_read(path, MAX_RAW, &data, &size, err);
    if (ret)
        return ret;
    if (size == 0 || size % one) {
        free(data);
        return err_set(err, ERR_DATA, "%s: %zu bytes are no float32 [n,%d,105,105]", path, size,
                       channels);
    }
    *x = data;
    *n = (int)(size / one);
    return 0;
}

int app_embed(const struct app_options *o)
{
    struct err err = {0};
    struct judge j = {0};
    struct verify_embedder *embedder = NULL;
    float *x = NULL, *e = NULL;
    int n = o->n_rest;
    int ret = need(o, o->out, "--out FILE", &err);
    if (!ret && !o->raw == (n == 0))
        ret = err_set(&err, ERR_USAGE, "embed takes pictures or --raw FILE, one of them");
    if (!ret)
        ret = begin(&j, o, &err);
    if (!ret && o->raw)
        ret = read_raw(&x, &n, o->raw, j.model->net->config.channels, &err);
    if (!ret)
        ret = verify_embedder_create(&embedder, j.model, VERIFY_BATCH, j.pool, &err);
    if (!ret) {
        size_t size = (size_t)n * (size_t)j.model->net->config.embedding * sizeof *e;
        e = malloc(size);
        if (!e)
            ret = err_memory(&err, "embeddings");
        else if (x)
            ret = verify_embed_inputs(embedder, x, n, e, &app_stop, &err);
        else
            ret = verify_embed_files(embedder, o->rest, n, e, NULL, NULL, &app_stop, &err);
        if (ret >= 0)
            ret = file_save(o->out, e, size, &err);
    }
    free(x);
    free(e);
    verify_embedder_destroy(embedder);
    return end(&j, ret, &err);
}
