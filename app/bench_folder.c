// SPDX-License-Identifier: MIT
#include "app/bench.h"
#include "capture/camera.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/pool.h"
#include "core/face/chip.h"
#include "core/image/save.h"
#include "core/siamese/train.h"
#include "core/verify/json.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PICTURES     170 // of a kind, as the recipe's
#define BURST        17  // pictures of a burst
#define JPEG_QUALITY 95

int app_bench_folder_make(char *path, size_t size, struct err *err)
{
    const char *parent = getenv("TMPDIR");
    int ret =
        file_join(path, size, parent && *parent ? parent : "/tmp", "visavis-bench-XXXXXX", err);
    if (!ret && !mkdtemp(path))
        ret = err_set(err, ERR_IO, "%s: %s: TMPDIR names another place", path, strerror(errno));
    if (ret)
        *path = '\0';
    return ret;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    if (remove(path))
        log_info("%s: cannot be removed: %s", path, strerror(errno));
    return 0;
}

void app_bench_folder_remove(const char *path)
{
    if (*path)
        nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void app_bench_add_memory(cJSON *root, const char *key, const char *line)
{
    double mb = NAN;
    char text[256];
    size_t len = strlen(line);
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(text, sizeof text, f))
        if (!strncmp(text, line, len) && text[len] == ':')
            mb = strtod(text + len + 1, NULL) * 1024e-6;
    if (f)
        fclose(f);
    verify_json_number(root, key, mb);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void app_bench_sort(double *values, size_t n)
{
    if (n > 0)
        qsort(values, n, sizeof *values, ascending);
}

static double percentile(const double *sorted, size_t n, double p)
{
    size_t rank = (size_t)ceil(p * (double)n);
    return n > 0 ? sorted[rank > 0 ? rank - 1 : 0] : NAN;
}

void app_bench_add_percentiles(cJSON *root, const char *key, double *values, size_t n)
{
    cJSON *at = cJSON_AddObjectToObject(root, key);
    app_bench_sort(values, n);
    verify_json_number(at, "p50", percentile(values, n, .5));
    verify_json_number(at, "p95", percentile(values, n, .95));
    verify_json_number(at, "p99", percentile(values, n, .99));
}

// ---- Drawn pictures -------------------------------------------------------------------------

struct drawing {
    const char *dir;
    const atomic_bool *stop;
    int *result;      // [3 * PICTURES]
    struct err *errs; // alike
};

// Where picture i of the own ones (0 anchors, 1 positives) goes, and the time that it shows.
static double place_own(char *name, size_t size, int kind, int i)
{
    static const char *const names[] = {"anchor", "positive"};
    int burst = i / BURST, at = i % BURST;
    snprintf(name, size, "%s/%s-20260101-%02d%02d00-000-b%03d-%04d.jpg", names[kind], names[kind],
             9 + burst, 30 * kind, 2 * burst + kind + 1, at + 1);
    return 43.7 * (2 * burst + kind) + 0.4 * at;
}

static double place_other(char *name, size_t size, int i, int *who)
{
    int others = CAP_DEMO_PEOPLE - 1, at = i / others;
    *who = 1 + i % others;
    snprintf(name, size, "negative/person-%02d/%04d.jpg", *who, at + 1);
    return 11.3 * at + 1.9 * *who;
}

static int draw_picture(const char *path, int who, double t_s, struct err *err)
{
    struct img frame = {0}, crop = {0};
    int ret = cap_demo_draw(&frame, who, t_s, err);
    if (!ret)
        ret = img_crop(&crop, &frame, face_guide_box(frame.w, frame.h), err);
    if (!ret)
        ret = img_save_jpeg(&crop, path, JPEG_QUALITY, err);
    img_finish(&crop);
    img_finish(&frame);
    return ret;
}

static void draw_item(void *ctx, int item, int worker)
{
    struct drawing *d = ctx;
    (void)worker;
    if (*d->stop)
        return;
    char name[64], path[PATH_MAX];
    int kind = item / PICTURES, i = item % PICTURES, who = 0;
    double t_s =
        kind < 2 ? place_own(name, sizeof name, kind, i) : place_other(name, sizeof name, i, &who);
    int ret = file_join(path, sizeof path, d->dir, name, &d->errs[item]);
    d->result[item] = ret ? ret : draw_picture(path, who, t_s, &d->errs[item]);
}

static int make_folders(const char *dir, struct err *err)
{
    char name[64], path[PATH_MAX];
    for (int i = 0; i < 2 + CAP_DEMO_PEOPLE - 1; i++) {
        if (i < 2)
            snprintf(name, sizeof name, "%s", i ? "positive" : "anchor");
        else
            snprintf(name, sizeof name, "negative/person-%02d", i - 1);
        int ret = file_join(path, sizeof path, dir, name, err);
        if (!ret)
            ret = file_make_dirs(path, err);
        if (ret)
            return ret;
    }
    return 0;
}

int app_bench_draw_pictures(const char *dir, int n_threads, const atomic_bool *stop,
                            struct err *err)
{
    int n = 3 * PICTURES;
    struct pool *pool = NULL;
    struct drawing d = {.dir = dir,
                        .stop = stop,
                        .result = calloc((size_t)n, sizeof *d.result),
                        .errs = calloc((size_t)n, sizeof *d.errs)};
    int ret = d.result && d.errs ? make_folders(dir, err) : err_memory(err, "drawn pictures");
    if (!ret)
        ret = pool_create(&pool, n_threads, 0, err);
    if (!ret)
        pool_run(pool, n, draw_item, &d);
    for (int i = 0; i < n && !ret; i++)
        if ((ret = d.result[i]))
            *err = d.errs[i];
    if (!ret && *stop)
        ret = err_set(err, ERR_STOPPED, "stopped");
    pool_destroy(pool);
    free(d.result);
    free(d.errs);
    return ret;
}

// ---- A model --------------------------------------------------------------------------------

int app_bench_save_fresh_model(const char *path, const char *recipe, uint64_t seed, struct err *err)
{
    struct siam_train_config config;
    struct siam_card card = {.program = VISAVIS_VERSION, .threshold = 0.5f};
    struct nn_net *net;
    struct siam_model *model;
    struct rng rng;
    int ret = siam_train_defaults(&config, recipe, err);
    if (!ret)
        ret = nn_net_create(&net, &config.net, err);
    if (ret)
        return ret;
    rng_seed(&rng, seed, 0);
    nn_net_init_glorot(net, &rng);
    clock_utc(card.created);
    snprintf(card.recipe, sizeof card.recipe, "%s", recipe);
    struct siam_input input = {.way = config.way, .channels = config.net.channels};
    ret = siam_model_create(&model, net, &input, &card, err);
    if (!ret) {
        ret = siam_model_save(model, path, err);
        siam_model_unref(model);
    }
    return ret;
}
