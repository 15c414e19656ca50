// SPDX-License-Identifier: MIT
#include "app/list_file.h"

#include "core/base/file.h"
#include "core/verify/json.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_JSON (16 << 20)

int app_list_load(cJSON **root, const cJSON **list, const char *path, const char *key,
                  struct err *err)
{
    void *text;
    size_t size;
    *root = NULL;
    *list = NULL;
    if (!file_exists(path))
        return 0;
    int ret = file_read(path, MAX_JSON, &text, &size, err);
    if (ret)
        return ret;
    *root = cJSON_ParseWithLength(text, size);
    free(text);
    *list = cJSON_GetObjectItemCaseSensitive(*root, key);
    if (cJSON_IsArray(*list))
        return 0;
    cJSON_Delete(*root);
    *root = NULL;
    *list = NULL;
    return err_set(err, ERR_DATA, "%s: damaged: remove it, and choose again in the window", path);
}

int app_list_save(const char *path, const char *key, cJSON *list, struct err *err)
{
    cJSON *root = cJSON_CreateObject();
    verify_json_put(root, key, list);
    char *text = list ? cJSON_Print(root) : NULL;
    cJSON_Delete(root);
    int ret = text ? file_save(path, text, strlen(text), err) : err_memory(err, path);
    free(text);
    return ret;
}

static int set_aside(const char *path, const char *name, struct err *err)
{
    char broken[PATH_MAX + 8];
    snprintf(broken, sizeof broken, "%s.broken", path);
    if (rename(path, broken))
        return err_set(err, ERR_IO, "%s: damaged, and can't be set aside (%s)", path,
                       strerror(errno));
    return err_set(err, ERR_DATA, "%s: damaged: set aside as %s.broken, going on without it", path,
                   name);
}

int app_list_mend(const char *data_dir, const char *name, const char *key, struct err *err)
{
    char path[PATH_MAX];
    cJSON *root;
    const cJSON *list;
    int ret = file_join(path, sizeof path, data_dir, name, err);
    if (ret)
        return ret;
    ret = app_list_load(&root, &list, path, key, err);
    cJSON_Delete(root);
    return ret == ERR_DATA ? set_aside(path, name, err) : ret;
}
