// SPDX-License-Identifier: MIT
// DESIGN. The parsed file is the settings: what is read and set is its tree, so what is not known
// here is written back as it came.
#include "app/settings.h"

#include "core/base/clock.h"
#include "core/base/file.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_JSON (1 << 20)
#define CAMERAS  "cameras"

struct app_settings {
    char path[PATH_MAX]; // empty: nothing is remembered
    cJSON *root;         // an object
    int64_t changed_ns;  // when it was changed last; 0: as in the file
};

int app_settings_path(char *out, size_t size, struct err *err)
{
    char dir[PATH_MAX];
    int ret = file_user_dir(dir, sizeof dir, "XDG_CONFIG_HOME", ".config", err);
    return ret ? ret : file_join(out, size, dir, "settings.json", err);
}

static int set_aside(struct app_settings *s, struct err *err)
{
    char broken[PATH_MAX + 8];
    snprintf(broken, sizeof broken, "%s.broken", s->path);
    int failed = rename(s->path, broken) ? errno : 0;
    int ret = failed ? err_set(err, ERR_DATA,
                               "%s: not a JSON object, and it can't be set aside (%s): going on "
                               "without settings",
                               s->path, strerror(failed))
                     : err_set(err, ERR_DATA,
                               "%s: not a JSON object: set aside as settings.json.broken, going on "
                               "without settings",
                               s->path);
    if (failed)
        s->path[0] = '\0';
    return ret;
}

// Leaves s->root NULL where there is nothing to read.
static int load(struct app_settings *s, struct err *err)
{
    void *text;
    size_t size;
    int ret = app_settings_path(s->path, sizeof s->path, err);
    if (!ret && !file_exists(s->path))
        return 0;
    if (!ret)
        ret = file_read(s->path, MAX_JSON, &text, &size, err);
    if (ret) {
        s->path[0] = '\0';
        return ret;
    }
    s->root = cJSON_ParseWithLength(text, size);
    free(text);
    if (cJSON_IsObject(s->root))
        return 0;
    cJSON_Delete(s->root);
    s->root = NULL;
    return set_aside(s, err);
}

int app_settings_open(struct app_settings **out, struct err *err)
{
    struct app_settings *s = *out = calloc(1, sizeof *s);
    if (!s)
        return err_memory(err, "settings");
    int ret = load(s, err);
    if (!s->root)
        s->root = cJSON_CreateObject();
    if (s->root)
        return ret;
    app_settings_close(s);
    *out = NULL;
    return err_memory(err, "settings");
}

void app_settings_close(struct app_settings *s)
{
    if (!s)
        return;
    cJSON_Delete(s->root);
    free(s);
}

// A file that is a link, as some keep theirs, stays one.
static int save(const struct app_settings *s, struct err *err)
{
    char dir[PATH_MAX], target[PATH_MAX];
    struct file_writer w = {.fd = -1};
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(s->path, '/') - s->path), s->path);
    int ret = file_make_dirs(dir, err);
    char *text = ret ? NULL : cJSON_Print(s->root);
    if (!ret && !text)
        ret = err_memory(err, "settings");
    if (!ret)
        ret = file_begin(&w, realpath(s->path, target) ? target : s->path, err);
    if (!ret)
        ret = file_put(&w, text, strlen(text), err);
    if (!ret)
        ret = file_put(&w, "\n", 1, err);
    if (!ret)
        ret = file_commit_unsynced(&w, err); // the window waits for no disk
    free(text);
    return ret;
}

int app_settings_keep(struct app_settings *s, int64_t quiet_ns, struct err *err)
{
    if (!s || !s->path[0] || !s->changed_ns || clock_now_ns() - s->changed_ns < quiet_ns)
        return 0;
    s->changed_ns = 0;
    return save(s, err);
}

static const cJSON *find(const struct app_settings *s, const char *key)
{
    return s ? cJSON_GetObjectItemCaseSensitive(s->root, key) : NULL;
}

bool app_settings_flag(const struct app_settings *s, const char *key, bool fallback)
{
    const cJSON *item = find(s, key);
    return cJSON_IsBool(item) ? cJSON_IsTrue(item) : fallback;
}

const char *app_settings_text(const struct app_settings *s, const char *key, const char *fallback)
{
    const cJSON *item = find(s, key);
    return cJSON_IsString(item) ? item->valuestring : fallback;
}

float app_settings_number(const struct app_settings *s, const char *key, float least, float most,
                          float fallback)
{
    const cJSON *item = find(s, key);
    bool usable = cJSON_IsNumber(item) && item->valuedouble >= (double)least &&
                  item->valuedouble <= (double)most;
    return usable ? (float)item->valuedouble : fallback;
}

// Takes `item` over.
static void set(struct app_settings *s, cJSON *object, const char *key, cJSON *item)
{
    bool there = cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
    bool done = item && (there ? cJSON_ReplaceItemInObjectCaseSensitive(object, key, item)
                               : cJSON_AddItemToObject(object, key, item));
    if (!done)
        cJSON_Delete(item);
    else
        s->changed_ns = clock_now_ns();
}

void app_settings_set_flag(struct app_settings *s, const char *key, bool on)
{
    if (s)
        set(s, s->root, key, cJSON_CreateBool(on));
}

void app_settings_set_text(struct app_settings *s, const char *key, const char *text)
{
    if (s)
        set(s, s->root, key, cJSON_CreateString(text));
}

void app_settings_set_number(struct app_settings *s, const char *key, float number)
{
    char text[32];
    snprintf(text, sizeof text, "%.6g", (double)number); // 1.1, not the double next to 1.1f
    if (s)
        set(s, s->root, key, cJSON_CreateNumber(strtod(text, NULL)));
}

void app_settings_forget(struct app_settings *s, const char *key)
{
    if (!find(s, key))
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(s->root, key);
    s->changed_ns = clock_now_ns();
}

static const cJSON *find_camera(const struct app_settings *s, const char *spec)
{
    return cJSON_GetObjectItemCaseSensitive(find(s, CAMERAS), spec);
}

bool app_settings_of_camera(const struct app_settings *s, const char *spec, const char *key,
                            int *value)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(find_camera(s, spec), key);
    if (!cJSON_IsNumber(item))
        return false;
    *value = item->valueint;
    return true;
}

// The object `key` of `parent`, made where there is none.
static cJSON *object_in(struct app_settings *s, cJSON *parent, const char *key)
{
    if (!cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(parent, key)))
        set(s, parent, key, cJSON_CreateObject());
    return cJSON_GetObjectItemCaseSensitive(parent, key);
}

void app_settings_set_of_camera(struct app_settings *s, const char *spec, const char *key,
                                int value)
{
    if (s)
        set(s, object_in(s, object_in(s, s->root, CAMERAS), spec), key, cJSON_CreateNumber(value));
}

void app_settings_forget_camera(struct app_settings *s, const char *spec)
{
    if (!find_camera(s, spec))
        return;
    cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetObjectItemCaseSensitive(s->root, CAMERAS),
                                            spec);
    s->changed_ns = clock_now_ns();
}
