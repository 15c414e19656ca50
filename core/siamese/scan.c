// SPDX-License-Identifier: MIT
#include "core/siamese/scan.h"

#include "core/base/file.h"
#include "core/base/rng.h"
#include "core/image/decode.h"
#include "core/siamese/streams.h"
#include "core/siamese/weight.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *plural;
    const char *remedy;
} kinds[SIAM_KINDS] = {
    [SIAM_ANCHOR] = {"anchors", "hold a in the window to record some, or put JPEG, PNG or WebP "
                                "pictures there"},
    [SIAM_POSITIVE] = {"positives", "hold p in the window to record some, or put JPEG, PNG or "
                                    "WebP pictures there"},
    [SIAM_NEGATIVE] = {"negatives", "choose a folder with pictures of other people, with 4 in the "
                                    "window, or name one by --negatives"},
};

const char *siam_kind_plural(enum siam_kind kind)
{
    return kinds[kind].plural;
}

const char *siam_kind_remedy(enum siam_kind kind)
{
    return kinds[kind].remedy;
}

void siam_folders_text(const struct siam_dataset_config *config, enum siam_kind kind, char *out,
                       size_t size)
{
    const char *dir = kind == SIAM_ANCHOR     ? config->anchor_dir
                      : kind == SIAM_POSITIVE ? config->positive_dir
                                              : config->negative_dirs[0];
    int more = kind == SIAM_NEGATIVE ? config->n_negative_dirs - 1 : 0;
    if (more > 0)
        snprintf(out, size, "%s and %d more folder%s", dir, more, more > 1 ? "s" : "");
    else
        snprintf(out, size, "%s", dir);
}

bool siam_is_apart(const struct siam_dataset_config *config, const char *path)
{
    size_t n = config->apart ? strlen(config->apart) : 0;
    return n > 0 && strncmp(path, config->apart, n) == 0 && path[n] == '/' &&
           !strchr(path + n + 1, '/');
}

// ---- The walk -------------------------------------------------------------------------------

struct visitor {
    struct siam_scan *scan;
    const char *dir; // where the walk began
    enum siam_kind kind;
    int8_t weight_log2;
    const struct siam_dataset_config *config;
    const atomic_bool *stop;
    char folder[4096]; // of the file before, "" at first
    bool skipped;      // that folder is to be passed over
    struct err *err;
};

static bool make_room(struct siam_scan *scan)
{
    if (scan->n < scan->capacity)
        return true;
    if (scan->capacity > INT_MAX / 2)
        return false;
    int capacity = scan->capacity ? 2 * scan->capacity : 256;
    void *files = realloc(scan->files, (size_t)capacity * sizeof *scan->files);
    if (!files)
        return false;
    scan->files = files;
    scan->capacity = capacity;
    return true;
}

// Whether one of the names on the way from the walk's start to `folder` is to be skipped.
static bool is_skipped(const struct visitor *v, const char *folder)
{
    const struct siam_dataset_config *c = v->config;
    for (const char *at = folder + strlen(v->dir); *at; at += strcspn(at, "/")) {
        at += strspn(at, "/");
        size_t len = strcspn(at, "/");
        for (int i = 0; i < c->n_skip && len > 0; i++)
            if (strlen(c->skip[i]) == len && memcmp(c->skip[i], at, len) == 0)
                return true;
    }
    return false;
}

// file_walk() shows the files of a folder one after another.
static void enter_folder(struct visitor *v, const char *folder)
{
    if (strcmp(folder, v->folder) == 0)
        return;
    snprintf(v->folder, sizeof v->folder, "%s", folder);
    v->skipped = v->kind == SIAM_NEGATIVE && is_skipped(v, folder);
    v->scan->n_folders += v->kind == SIAM_NEGATIVE && strcmp(folder, v->dir) != 0;
}

static int folder_number(const struct visitor *v)
{
    return v->kind != SIAM_NEGATIVE || strcmp(v->folder, v->dir) == 0 ? -1 : v->scan->n_folders - 1;
}

static int visit(void *ctx, const char *path, const char *folder)
{
    struct visitor *v = ctx;
    struct siam_scan *scan = v->scan;
    if (v->stop && atomic_load(v->stop))
        return err_set(v->err, ERR_STOPPED, "stopped");
    enter_folder(v, folder);
    if (v->skipped || !img_is_picture_name(path))
        return 0;
    if (v->config->without_apart && siam_is_apart(v->config, path))
        return 0;
    char *copy = strdup(path);
    if (!copy || !make_room(scan)) {
        free(copy);
        return err_memory(v->err, v->dir);
    }
    scan->files[scan->n++] = (struct siam_file){copy, v->kind, folder_number(v), v->weight_log2};
    return 0;
}

static int scan_dir(struct siam_scan *scan, const char *dir, enum siam_kind kind, float weight,
                    const struct siam_dataset_config *config, const atomic_bool *stop,
                    struct err *err)
{
    if (!file_is_dir(dir))
        return err_set(err, ERR_DATA, "%s: no such folder: %s", dir, kinds[kind].remedy);
    struct visitor v = {.scan = scan,
                        .dir = dir,
                        .kind = kind,
                        .weight_log2 = siam_weight_log2(weight),
                        .config = config,
                        .stop = stop,
                        .err = err};
    return file_walk(dir, visit, &v, err);
}

// ---- More negatives than wanted -------------------------------------------------------------

static bool same_folder(const struct siam_file *a, const struct siam_file *b)
{
    return a->folder >= 0 && a->folder == b->folder;
}

// Cuts files[0..n) into units that are taken as a whole: a folder, or a single picture. Sets
// starts[0..n_units] to where each begins, and n behind the last; returns n_units.
static int find_units(const struct siam_file *files, int n, int *starts)
{
    int n_units = 0;
    for (int i = 0; i < n; i++)
        if (i == 0 || !same_folder(&files[i - 1], &files[i]))
            starts[n_units++] = i;
    starts[n_units] = n;
    return n_units;
}

// Drops all but a random choice of `max` of the files from `first` on, whole units but for the
// last.
static int choose_negatives(struct siam_scan *scan, int first, int max, uint64_t seed,
                            struct err *err)
{
    struct siam_file *files = scan->files + first;
    int n = scan->n - first;
    int *starts = malloc(((size_t)n + 1) * sizeof *starts);
    int *order = malloc((size_t)n * sizeof *order);
    bool *keep = calloc((size_t)n, sizeof *keep);
    int ret = starts && order && keep ? 0 : err_memory(err, "choice of negatives");
    if (!ret) {
        struct rng rng;
        int n_units = find_units(files, n, starts);
        for (int u = 0; u < n_units; u++)
            order[u] = u;
        rng_seed(&rng, seed, SIAM_STREAM_CHOICE);
        rng_shuffle(&rng, order, (size_t)n_units);
        for (int u = 0, room = max; u < n_units && room > 0; u++)
            for (int i = starts[order[u]]; i < starts[order[u] + 1] && room > 0; i++, room--)
                keep[i] = true;
        scan->n = first;
        for (int i = 0; i < n; i++) {
            if (keep[i])
                scan->files[scan->n++] = files[i];
            else
                free(files[i].path);
        }
    }
    free(keep);
    free(order);
    free(starts);
    return ret;
}

int siam_scan(struct siam_scan *scan, const struct siam_dataset_config *config,
              const atomic_bool *stop, struct err *err)
{
    *scan = (struct siam_scan){0};
    int ret = 0;
    if (config->anchor_dir)
        ret = scan_dir(scan, config->anchor_dir, SIAM_ANCHOR, 1, config, stop, err);
    if (!ret && config->positive_dir)
        ret = scan_dir(scan, config->positive_dir, SIAM_POSITIVE, 1, config, stop, err);
    int n_own = scan->n;
    for (int i = 0; i < config->n_negative_dirs && !ret; i++)
        ret = scan_dir(scan, config->negative_dirs[i], SIAM_NEGATIVE,
                       config->weights ? config->weights[i] : 1, config, stop, err);
    if (!ret && config->max_negatives > 0 && scan->n - n_own > config->max_negatives)
        ret = choose_negatives(scan, n_own, config->max_negatives, config->seed, err);
    return ret;
}

void siam_scan_finish(struct siam_scan *scan)
{
    for (int i = 0; i < scan->n; i++)
        free(scan->files[i].path);
    free(scan->files);
    *scan = (struct siam_scan){0};
}
