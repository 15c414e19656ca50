// SPDX-License-Identifier: MIT
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/siamese/tensors.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define START_PIECES 32 // after so many the disk begins

static size_t n_values(const struct siam_tensor *t)
{
    size_t n = 1;
    for (int i = 0; i < t->rank; i++)
        n *= (size_t)t->shape[i];
    return n;
}

// The checksum of all values in *sum. Errors: ERR_MODEL, ERR_MEMORY.
static int hash_tensors(const char *path, const struct siam_tensor *tensors, int n, uint64_t *sum,
                        bool (*give_up)(void *ctx), void *ctx, struct err *err)
{
    XXH3_state_t *hash = XXH3_createState();
    if (!hash)
        return err_memory(err, path);
    XXH3_64bits_reset(hash);
    int ret = 0;
    for (int i = 0; i < n && !ret; i++) {
        size_t size = n_values(&tensors[i]);
        for (size_t at = 0, m; at < size && !ret; at += m) {
            m = siam_min_size(size - at, SIAM_PIECE_BYTES / sizeof(float));
            const float *part = tensors[i].values + at;
            if (give_up && give_up(ctx))
                ret = err_set(err, ERR_STOPPED, "%s: given up", path);
            else if (!siam_all_finite(part, m))
                ret = err_set(err, ERR_MODEL, "%s: not written: %s has values that are not finite",
                              path, tensors[i].name);
            else
                XXH3_64bits_update(hash, part, m * sizeof(float));
        }
    }
    *sum = XXH3_64bits_digest(hash);
    XXH3_freeState(hash);
    return ret;
}

static bool add_metadata(cJSON *root, const struct siam_meta *meta, uint64_t data_sum)
{
    char text[SIAM_CHECKSUM_LEN + 1];
    siam_checksum_text(text, data_sum);
    cJSON *strings = cJSON_AddObjectToObject(root, "__metadata__");
    bool ok = strings && cJSON_AddStringToObject(strings, "format", SIAM_FORMAT);
    for (int i = 0; i < meta->n && ok; i++)
        ok = cJSON_AddStringToObject(strings, meta->item[i].key, meta->item[i].value) != NULL;
    return ok && cJSON_AddStringToObject(strings, "data_checksum", text) &&
           cJSON_AddStringToObject(strings, "header_checksum", "0000000000000000");
}

static bool add_number(cJSON *array, double number)
{
    return cJSON_AddItemToArray(array, cJSON_CreateNumber(number));
}

static bool add_tensor(cJSON *root, const struct siam_tensor *t, size_t *place)
{
    cJSON *entry = cJSON_AddObjectToObject(root, t->name);
    if (!entry || !cJSON_AddStringToObject(entry, "dtype", "F32"))
        return false;
    cJSON *shape = cJSON_AddArrayToObject(entry, "shape");
    cJSON *offsets = cJSON_AddArrayToObject(entry, "data_offsets");
    bool ok = shape && offsets;
    for (int i = 0; i < t->rank && ok; i++)
        ok = add_number(shape, t->shape[i]);
    size_t begin = *place;
    *place += n_values(t) * sizeof(float);
    return ok && add_number(offsets, (double)begin) && add_number(offsets, (double)*place);
}

// The header's JSON text, the caller's (free); NULL when out of memory.
static char *header_json(const struct siam_meta *meta, const struct siam_tensor *tensors, int n,
                         uint64_t data_sum)
{
    size_t place = 0;
    cJSON *root = cJSON_CreateObject();
    bool ok = root && add_metadata(root, meta, data_sum);
    for (int i = 0; i < n && ok; i++)
        ok = add_tensor(root, &tensors[i], &place);
    char *text = ok ? cJSON_PrintUnformatted(root) : NULL;
    cJSON_Delete(root);
    return text;
}

static int put_header(struct file_writer *w, const char *json, struct err *err)
{
    size_t len = strlen(json);
    uint64_t padded = (len + 7) / 8 * 8;
    char *text = malloc(padded + 1);
    if (!text) {
        file_abandon(w);
        return err_memory(err, w->path);
    }
    memcpy(text, json, len);
    memset(text + len, ' ', padded - len);
    char sum[SIAM_CHECKSUM_LEN + 1];
    siam_checksum_text(sum, XXH3_64bits(text, padded));
    memcpy(siam_checksum_digits(text, padded), sum, SIAM_CHECKSUM_LEN);
    int ret = file_put(w, &padded, sizeof padded, err);
    if (!ret)
        ret = file_put(w, text, padded, err);
    free(text);
    return ret;
}

static int put_tensor(struct file_writer *w, const struct siam_tensor *tensor,
                      bool (*give_up)(void *ctx), void *ctx, struct err *err)
{
    const char *bytes = (const char *)tensor->values;
    size_t left = n_values(tensor) * sizeof(float);
    int ret = 0;
    while (left > 0 && !ret) {
        size_t size = siam_min_size(left, SIAM_PIECE_BYTES);
        if (give_up && give_up(ctx)) {
            file_abandon(w);
            return err_set(err, ERR_STOPPED, "%s: given up", w->path);
        }
        ret = file_put(w, bytes, size, err);
        bytes += size;
        left -= size;
        if (!ret && !give_up && left / SIAM_PIECE_BYTES % START_PIECES == 0)
            file_start_writing(w);
    }
    return ret;
}

int siam_tensors_write(const char *path, const struct siam_meta *meta,
                       const struct siam_tensor *tensors, int n_tensors, bool (*give_up)(void *ctx),
                       void *ctx, struct err *err)
{
    uint64_t sum = 0;
    int ret = hash_tensors(path, tensors, n_tensors, &sum, give_up, ctx, err);
    if (ret)
        return ret;
    char *json = header_json(meta, tensors, n_tensors, sum);
    if (!json)
        return err_memory(err, path);
    struct file_writer w;
    ret = file_begin(&w, path, err);
    if (!ret)
        ret = put_header(&w, json, err);
    for (int i = 0; i < n_tensors && !ret; i++)
        ret = put_tensor(&w, &tensors[i], give_up, ctx, err);
    if (!ret)
        ret = give_up ? file_commit_unsynced(&w, err) : file_commit(&w, err);
    free(json);
    return ret;
}
