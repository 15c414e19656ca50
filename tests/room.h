// SPDX-License-Identifier: MIT
// A folder for pictures and a small model to judge them with, and what the judgements' JSON says.
#ifndef VISAVIS_TESTS_ROOM_H
#define VISAVIS_TESTS_ROOM_H

#include "core/base/file.h"
#include "tests/tiny.h"

#include <cjson/cJSON.h>

struct room {
    char dir[600];
    struct siam_model *model;
    struct pool *pool;
    const atomic_bool *stop; // NULL but where a test sets it
};

// A path in the room, as test_path() gives it.
static inline char *path_in(const struct room *r, const char *name)
{
    return test_path(r->dir, name);
}

static inline void put_bytes(const struct room *r, const char *name, const char *bytes, size_t size)
{
    assert_int_equal(file_save(path_in(r, name), bytes, size, NULL), 0);
}

static inline void put_text(const struct room *r, const char *name, const char *text)
{
    put_bytes(r, name, text, strlen(text));
}

// Setup and teardown: *state is an empty room.
static inline int room_make(void **state)
{
    void *dir = NULL;
    struct room *r = calloc(1, sizeof *r);
    assert_int_equal(test_dir_make(&dir), 0);
    snprintf(r->dir, sizeof r->dir, "%s", (char *)dir);
    free(dir);
    struct nn_config config = tiny_config(3);
    r->model = tiny_model(&config, 0.6F);
    assert_int_equal(pool_create(&r->pool, 2, 0, NULL), 0);
    *state = r;
    return 0;
}

static inline int room_drop(void **state)
{
    struct room *r = *state;
    void *dir = strdup(r->dir);
    assert_int_equal(r->model->refs, 1);
    siam_model_unref(r->model);
    pool_destroy(r->pool);
    free(r);
    return test_dir_remove(&dir);
}

// ---- Members of a JSON object ---------------------------------------------------------------

static inline int whole(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valueint;
}

static inline double number(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static inline const char *string(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

#endif
