// SPDX-License-Identifier: MIT
#include "core/verify/folder.h"

#include "core/base/file.h"
#include "core/image/decode.h"

#include <stdlib.h>
#include <string.h>

struct finder {
    struct verify_folder *folder;
    verify_wanted wanted;
    struct err *err;
};

static int make_room(struct verify_folder *folder, struct err *err)
{
    if (folder->n < folder->capacity)
        return 0;
    int capacity = folder->capacity ? 2 * folder->capacity : 64;
    char **paths = realloc(folder->paths, (size_t)capacity * sizeof *paths);
    if (!paths)
        return err_memory(err, "paths");
    folder->paths = paths;
    folder->capacity = capacity;
    return 0;
}

int verify_folder_add(struct verify_folder *folder, const char *path, struct err *err)
{
    int ret = make_room(folder, err);
    if (ret)
        return ret;
    char *copy = strdup(path);
    if (!copy)
        return err_memory(err, path);
    folder->paths[folder->n++] = copy;
    return 0;
}

static int visit(void *ctx, const char *path, const char *dir)
{
    (void)dir;
    const struct finder *f = ctx;
    return f->wanted(path) ? verify_folder_add(f->folder, path, f->err) : 0;
}

int verify_folder_find(struct verify_folder *folder, const char *dir, verify_wanted wanted,
                       struct err *err)
{
    struct finder f = {.folder = folder, .wanted = wanted, .err = err};
    *folder = (struct verify_folder){0};
    int ret = file_walk(dir, visit, &f, err);
    if (ret)
        verify_folder_finish(folder);
    return ret;
}

int verify_folder_read(struct verify_folder *folder, const char *dir, struct err *err)
{
    return verify_folder_find(folder, dir, img_is_picture_name, err);
}

void verify_folder_finish(struct verify_folder *folder)
{
    for (int i = 0; i < folder->n; i++)
        free(folder->paths[i]);
    free(folder->paths);
    *folder = (struct verify_folder){0};
}
