// SPDX-License-Identifier: MIT
#include "app/left_out.h"

#include "app/list_file.h"
#include "core/base/file.h"
#include "core/verify/json.h"

#include <stdlib.h>
#include <string.h>

static int find(const struct app_left_out *list, const char *path)
{
    for (int i = 0; i < list->n; i++)
        if (strcmp(list->paths[i], path) == 0)
            return i;
    return -1;
}

static int append(struct app_left_out *list, const char *path, struct err *err)
{
    char **paths = realloc(list->paths, ((size_t)list->n + 1) * sizeof *paths);
    if (!paths)
        return err_memory(err, path);
    list->paths = paths;
    paths[list->n] = strdup(path);
    return paths[list->n] ? (list->n++, 0) : err_memory(err, path);
}

int app_left_out_load(struct app_left_out *list, const char *data_dir, struct err *err)
{
    cJSON *root = NULL;
    const cJSON *paths = NULL, *item;
    *list = (struct app_left_out){.n = 0};
    int ret = file_join(list->file, sizeof list->file, data_dir, APP_LEFT_OUT_FILE, err);
    if (!ret)
        ret = app_list_load(&root, &paths, list->file, APP_LEFT_OUT_KEY, err);
    cJSON_ArrayForEach(item, paths)
    {
        if (!ret && cJSON_IsString(item))
            ret = append(list, item->valuestring, err);
    }
    cJSON_Delete(root);
    return ret;
}

int app_left_out_copy(struct app_left_out *to, const struct app_left_out *from, struct err *err)
{
    *to = (struct app_left_out){.n = 0};
    memcpy(to->file, from->file, sizeof to->file);
    int ret = 0;
    for (int i = 0; i < from->n && !ret; i++)
        ret = append(to, from->paths[i], err);
    return ret;
}

void app_left_out_finish(struct app_left_out *list)
{
    for (int i = 0; i < list->n; i++)
        free(list->paths[i]);
    free(list->paths);
    list->paths = NULL;
    list->n = 0;
}

static int save(const struct app_left_out *list, struct err *err)
{
    cJSON *paths = cJSON_CreateArray();
    for (int i = 0; i < list->n; i++)
        verify_json_append(paths, cJSON_CreateString(list->paths[i]));
    return app_list_save(list->file, APP_LEFT_OUT_KEY, paths, err);
}

bool app_left_out_has(const struct app_left_out *list, const char *path)
{
    return find(list, path) >= 0;
}

int app_left_out_add(struct app_left_out *list, const char *path, struct err *err)
{
    if (app_left_out_has(list, path))
        return 0;
    int ret = append(list, path, err);
    if (ret)
        return ret;
    ret = save(list, err);
    if (ret)
        free(list->paths[--list->n]);
    return ret;
}

int app_left_out_remove(struct app_left_out *list, const char *path, struct err *err)
{
    int i = find(list, path);
    if (i < 0)
        return 0;
    char *removed = list->paths[i];
    list->paths[i] = list->paths[--list->n];
    int ret = save(list, err);
    if (ret) {
        list->paths[list->n++] = list->paths[i];
        list->paths[i] = removed;
        return ret;
    }
    free(removed);
    return 0;
}

int app_left_out_clear(struct app_left_out *list, struct err *err)
{
    int n = list->n;
    list->n = 0;
    int ret = n > 0 ? save(list, err) : 0;
    list->n = n;
    if (!ret)
        app_left_out_finish(list);
    return ret;
}
