// SPDX-License-Identifier: MIT
#include "core/siamese/dataset.h"

#include "core/base/log.h"
#include "core/siamese/group.h"
#include "core/siamese/kept.h"
#include "core/siamese/near.h"
#include "core/siamese/scan.h"
#include "core/siamese/split.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

// ---- Decoding -------------------------------------------------------------------------------

// A worker's own.
struct desk {
    struct siam_loader *loader;
    uint8_t stored[SIAM_STORED_MAX];
};

struct decoding {
    struct siam_dataset *data;
    struct desk *desks;     // [workers]
    char **reasons;         // [n_pictures], owned: why a picture can't be used, NULL: it can
    struct siam_kept *kept; // the negatives' file, NULL: none
    int *kept_at;           // [n_pictures], the place of each in it; -1: none
    const struct siam_dataset_config *config;
    const atomic_bool *stop;
    atomic_int failure; // the first error that ends it, 0: none
    struct err *err;    // written by who set `failure`
};

static bool is_stopped(const atomic_bool *stop)
{
    return stop && atomic_load(stop);
}

static void give_up(struct decoding *d, int code, const struct err *err)
{
    int none = 0;
    if (atomic_compare_exchange_strong(&d->failure, &none, code))
        err_set(d->err, code, "%s", err->text);
}

static bool is_left_out(const struct siam_dataset_config *config, const struct siam_picture *p)
{
    for (int i = 0; i < config->n_left_out; i++)
        if (strcmp(config->left_out[i], p->path) == 0)
            return true;
    return false;
}

static int load_picture(const struct decoding *d, struct desk *desk, struct siam_picture *p,
                        struct err *err)
{
    if (is_left_out(d->config, p))
        return err_set(err, ERR_DATA, "%s: was left out", p->path);
    if (!d->kept || d->kept_at[p->chip] < 0)
        return siam_load_picture(desk->loader, p->path, desk->stored, &p->hash, err);
    int ret = siam_kept_get(d->kept, d->kept_at[p->chip], desk->stored, &p->hash, err);
    return ret == SIAM_KEPT_NOTHING
               ? err_set(err, ERR_DATA, "%s: could not be used when it was read first", p->path)
               : ret;
}

static void decode_picture(void *ctx, int item, int worker)
{
    struct decoding *d = ctx;
    struct desk *desk = &d->desks[worker];
    struct siam_picture *p = &d->data->pictures[item];
    struct err err;
    if (is_stopped(d->stop) || atomic_load(&d->failure))
        return;
    int ret = load_picture(d, desk, p, &err);
    if (ret == ERR_DATA) {
        ret = 0;
        if (asprintf(&d->reasons[item], "%s, skipped", err.text) < 0)
            ret = err_memory(&err, p->path);
    } else if (!ret) {
        ret = siam_chips_put(d->data->chips, p->chip, desk->stored, &err);
    }
    if (ret)
        give_up(d, ret, &err);
}

static int run_decoding(struct decoding *d, struct pool *pool)
{
    int ret = 0;
    for (int w = 0; w < pool_workers(pool) && !ret; w++)
        ret = siam_loader_create(&d->desks[w].loader, &d->data->input, d->err);
    if (!ret)
        pool_run(pool, d->data->n_pictures, decode_picture, d);
    for (int w = 0; w < pool_workers(pool); w++)
        siam_loader_destroy(d->desks[w].loader);
    return ret;
}

// Moves the reasons to data->skipped and closes the gaps between the pictures left.
static void drop_broken(struct siam_dataset *data, char **reasons)
{
    int n = data->n_pictures;
    data->n_pictures = 0;
    for (int i = 0; i < n; i++) {
        struct siam_picture *p = &data->pictures[i];
        if (!reasons[i]) {
            data->n_kind[p->kind]++;
            data->pictures[data->n_pictures++] = *p;
            continue;
        }
        log_info("%s", reasons[i]);
        data->skipped[data->n_skipped++].reason = reasons[i];
        reasons[i] = NULL;
        free(p->path);
    }
}

// NULL: there is none, or it is of others.
static struct siam_kept *open_kept(const struct siam_dataset *data,
                                   const struct siam_dataset_config *config, int *kept_at)
{
    struct siam_kept *kept;
    struct err err;
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++) {
        const struct siam_picture *p = &data->pictures[i];
        kept_at[i] = p->kind == SIAM_NEGATIVE && !siam_is_apart(config, p->path) ? n++ : -1;
    }
    if (!config->kept ||
        !siam_kept_open(&kept, config->kept, n, siam_stored_size(&data->input), &err))
        return config->kept ? kept : NULL;
    log_info("%s: the pictures are read again", err.text);
    return NULL;
}

static int decode_pictures(struct siam_dataset *data, const struct siam_dataset_config *config,
                           struct pool *pool, const atomic_bool *stop, struct err *err)
{
    int n = data->n_pictures;
    struct decoding d = {
        .data = data,
        .desks = calloc((size_t)pool_workers(pool), sizeof *d.desks),
        .reasons = calloc((size_t)n + 1, sizeof *d.reasons),
        .kept_at = malloc(((size_t)n + 1) * sizeof *d.kept_at),
        .config = config,
        .stop = stop,
        .err = err,
    };
    int ret = d.desks && d.reasons && d.kept_at ? 0 : err_memory(err, "pictures");
    if (!ret) {
        d.kept = open_kept(data, config, d.kept_at);
        ret = run_decoding(&d, pool);
    }
    if (!ret)
        ret = atomic_load(&d.failure);
    if (!ret && is_stopped(stop))
        ret = err_set(err, ERR_STOPPED, "stopped");
    if (!ret)
        drop_broken(data, d.reasons);
    for (int i = 0; i < n && d.reasons; i++)
        free(d.reasons[i]);
    free(d.reasons);
    free(d.desks);
    free(d.kept_at);
    siam_kept_close(d.kept);
    return ret;
}

// ---- The data set ---------------------------------------------------------------------------

// Takes the paths over from `scan`.
static int take_files(struct siam_dataset *data, struct siam_scan *scan,
                      const struct siam_dataset_config *config, struct err *err)
{
    size_t n = (size_t)scan->n, cache_bytes = config->cache_bytes ? config->cache_bytes : SIZE_MAX;
    data->pictures = calloc(n + 1, sizeof *data->pictures);
    data->skipped = calloc(n + 1, sizeof *data->skipped);
    if (!data->pictures || !data->skipped)
        return err_memory(err, "pictures");
    int ret = siam_chips_create(&data->chips, scan->n, siam_stored_size(&data->input), cache_bytes,
                                config->cache_dir, err);
    if (ret)
        return ret;
    for (int i = 0; i < scan->n; i++) {
        data->pictures[i] = (struct siam_picture){
            .path = scan->files[i].path,
            .kind = scan->files[i].kind,
            .person = scan->files[i].folder,
            .weight_log2 = scan->files[i].weight_log2,
            .chip = i,
        };
    }
    data->n_pictures = scan->n;
    scan->n = 0;
    return 0;
}

// picture.person holds folder numbers and gets those of the folders with several usable pictures.
static int number_people(struct siam_dataset *data, int n_folders, struct err *err)
{
    int *sizes = calloc((size_t)n_folders + 1, sizeof *sizes);
    if (!sizes)
        return err_memory(err, "folders");
    for (int i = 0; i < data->n_pictures; i++)
        if (data->pictures[i].person >= 0)
            sizes[data->pictures[i].person]++;
    for (int f = 0; f < n_folders; f++)
        sizes[f] = sizes[f] >= 2 ? data->n_people++ : -1;
    for (int i = 0; i < data->n_pictures; i++)
        if (data->pictures[i].person >= 0)
            data->pictures[i].person = sizes[data->pictures[i].person];
    free(sizes);
    return 0;
}

// Each kind must have 2 usable pictures; `n_found` says how many files there were.
static int check_counts(const struct siam_dataset *data, const struct siam_dataset_config *config,
                        const int *n_found, struct err *err)
{
    for (enum siam_kind k = SIAM_ANCHOR; k < SIAM_KINDS; k++) {
        const char *plural = siam_kind_plural(k), *remedy = siam_kind_remedy(k);
        char dir[300];
        if (data->n_kind[k] >= 2 || (k != SIAM_NEGATIVE && !config->anchor_dir))
            continue;
        if (k == SIAM_NEGATIVE && config->n_negative_dirs == 0)
            return err_set(err, ERR_DATA, "no negatives: %s", remedy);
        siam_folders_text(config, k, dir, sizeof dir);
        if (n_found[k] == 0)
            return err_set(err, ERR_DATA, "no %s in %s: %s", plural, dir, remedy);
        return err_set(err, ERR_DATA,
                       "too few %s in %s: %d of %d pictures usable, 2 needed (one to train on, "
                       "one to hold out): %s",
                       plural, dir, data->n_kind[k], n_found[k], remedy);
    }
    return 0;
}

int siam_dataset_check(const struct siam_dataset_config *config, const atomic_bool *stop,
                       struct err *err)
{
    struct siam_dataset names = {.n_pictures = 0};
    struct siam_scan scan = {0};
    int ret = siam_scan(&scan, config, stop, err);
    for (int i = 0; i < scan.n; i++)
        names.n_kind[scan.files[i].kind]++;
    if (!ret)
        ret = check_counts(&names, config, names.n_kind, err);
    siam_scan_finish(&scan);
    return ret;
}

// Of what a training depends on; folders may move, so only base names count.
static int hash_dataset(struct siam_dataset *data, const atomic_bool *stop, struct err *err)
{
    uint8_t stored[SIAM_STORED_MAX];
    const uint8_t way[] = {(uint8_t)data->input.way, (uint8_t)data->input.channels};
    int ret = 0;
    XXH3_state_t *hash = XXH3_createState();
    if (!hash)
        return err_memory(err, "data set");
    XXH3_64bits_reset(hash);
    XXH3_64bits_update(hash, way, sizeof way);
    for (int i = 0; i < data->n_pictures; i++) {
        const struct siam_picture *p = &data->pictures[i];
        ret = is_stopped(stop) ? err_set(err, ERR_STOPPED, "stopped")
                               : siam_chips_get(data->chips, p->chip, stored, err);
        if (ret)
            break;
        const char *name = siam_base_name(p->path);
        const uint8_t tags[] = {(uint8_t)p->kind, (uint8_t)p->part};
        XXH3_64bits_update(hash, name, strlen(name) + 1);
        XXH3_64bits_update(hash, tags, sizeof tags);
        XXH3_64bits_update(hash, stored, siam_stored_size(&data->input));
    }
    data->hash = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    return ret;
}

// From the pictures of others, who are many.
static int learn_template(struct siam_dataset *data, const struct siam_scan *scan,
                          struct pool *pool, const atomic_bool *stop, struct err *err)
{
    const char **paths = malloc(((size_t)scan->n + 1) * sizeof *paths);
    int n = 0;
    if (!paths)
        return err_memory(err, "pictures");
    for (int i = 0; i < scan->n; i++)
        if (scan->files[i].kind == SIAM_NEGATIVE)
            paths[n++] = scan->files[i].path;
    int ret = siam_learn_template(&data->input, paths, n, pool, stop, err);
    free(paths);
    return ret;
}

static int load(struct siam_dataset *data, const struct siam_dataset_config *config,
                struct siam_scan *scan, struct pool *pool, const atomic_bool *stop, struct err *err)
{
    int n_found[SIAM_KINDS] = {0};
    int ret = siam_scan(scan, config, stop, err);
    for (int i = 0; i < scan->n; i++)
        n_found[scan->files[i].kind]++;
    if (!ret && data->input.way == SIAM_FACE && !data->input.aligned)
        ret = learn_template(data, scan, pool, stop, err);
    if (!ret)
        ret = take_files(data, scan, config, err);
    if (!ret)
        ret = decode_pictures(data, config, pool, stop, err);
    if (!ret)
        ret = check_counts(data, config, n_found, err);
    if (!ret)
        ret = number_people(data, scan->n_folders, err);
    int n_groups = ret ? ret : siam_group_pictures(data, err);
    ret = n_groups < 0 ? n_groups
                       : siam_split(data, n_groups, config->heldout_share, config->seed, err);
    return ret ? ret : hash_dataset(data, stop, err);
}

int siam_dataset_load(struct siam_dataset **out, const struct siam_dataset_config *config,
                      struct pool *pool, const atomic_bool *stop, struct err *err)
{
    *out = NULL;
    struct siam_dataset *data = calloc(1, sizeof *data);
    if (!data)
        return err_memory(err, "data set");
    data->input = config->input;
    struct siam_scan scan = {0};
    int ret = load(data, config, &scan, pool, stop, err);
    siam_scan_finish(&scan);
    if (ret)
        siam_dataset_destroy(data);
    else
        *out = data;
    return ret;
}

int siam_select_pictures(const struct siam_dataset *data, enum siam_kind first, enum siam_kind last,
                         enum siam_part part, int *out)
{
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++) {
        const struct siam_picture *p = &data->pictures[i];
        if (p->kind >= first && p->kind <= last && p->part == part)
            out[n++] = i;
    }
    return n;
}

int siam_person_of(const struct siam_dataset *data, int i)
{
    const struct siam_picture *p = &data->pictures[i];
    return p->person >= 0 ? p->person : data->n_people + p->group;
}

int siam_count_persons(const struct siam_dataset *data)
{
    int n = data->n_people, last = -1; // groups are numbered in the order of their first pictures
    for (int i = 0; i < data->n_pictures; i++) {
        const struct siam_picture *p = &data->pictures[i];
        if (p->kind == SIAM_NEGATIVE && p->person < 0 && p->group > last) {
            last = p->group;
            n++;
        }
    }
    return n;
}

int siam_own_among_others(const struct siam_dataset *data, int *first, struct err *err)
{
    uint64_t *own = malloc(((size_t)data->n_pictures + 1) * sizeof *own);
    int n_own = 0, n = 0;
    if (!own)
        return err_memory(err, "pictures");
    for (int i = data->n_pictures; i-- > 0;)
        if (data->pictures[i].kind != SIAM_NEGATIVE)
            own[n_own++] = data->pictures[i].hash;
    for (int i = data->n_pictures; i-- > 0;)
        if (data->pictures[i].kind == SIAM_NEGATIVE &&
            siam_near_one(data->pictures[i].hash, own, n_own)) {
            *first = i;
            n++;
        }
    free(own);
    return n;
}

void siam_dataset_destroy(struct siam_dataset *data)
{
    if (!data)
        return;
    for (int i = 0; i < data->n_pictures && data->pictures; i++)
        free(data->pictures[i].path);
    for (int i = 0; i < data->n_skipped; i++)
        free(data->skipped[i].reason);
    free(data->pictures);
    free(data->skipped);
    siam_chips_destroy(data->chips);
    free(data);
}

int siam_dataset_keep(const struct siam_dataset *data, const char *path, struct err *err)
{
    struct siam_kept_writer w;
    uint8_t stored[SIAM_STORED_MAX];
    int n = data->n_pictures + data->n_skipped, next = 0;
    int ret = siam_kept_begin(&w, path, n, siam_stored_size(&data->input), err);
    for (int i = 0; i < n && !ret; i++) {
        const struct siam_picture *p = &data->pictures[next];
        bool usable = next < data->n_pictures && p->chip == i;
        if (usable)
            ret = siam_chips_get(data->chips, i, stored, err);
        if (!ret)
            ret = siam_kept_put(&w, usable ? stored : NULL, usable ? p->hash : 0, err);
        next += usable;
    }
    if (!ret)
        return siam_kept_commit(&w, err);
    siam_kept_abandon(&w);
    return ret;
}
