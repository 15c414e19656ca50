// SPDX-License-Identifier: MIT
#include "core/verify/folder.h"

#include "core/base/file.h"
#include "core/image/decode.h"

#include <stdlib.h>
#include <string.h>

static int add_path(void *ctx, const char *path, const char *dir)
{
    (void)dir;
    struct verify_folder *folder = ctx;
    if (!img_is_picture_name(path))
        return 0;
    if (folder->n == folder->capacity) {
        int capacity = folder->capacity ? 2 * folder->capacity : 64;
        char **paths = realloc(folder->paths, (size_t)capacity * sizeof *paths);
        if (!paths)
            return ERR_MEMORY;
        folder->paths = paths;
        folder->capacity = capacity;
    }
    char *copy = strdup(path);
    if (!copy)
        return ERR_MEMORY;
    folder->paths[folder->n++] = copy;
    return 0;
}

int verify_folder_read(struct verify_folder *folder, const char *dir, struct err *err)
{
    *folder = (struct verify_folder){0};
    int ret = file_walk(dir, add_path, folder, err);
    if (ret == ERR_MEMORY)
        err_memory(err, dir);
    if (ret)
        verify_folder_finish(folder);
    return ret;
}

void verify_folder_finish(struct verify_folder *folder)
{
    for (int i = 0; i < folder->n; i++)
        free(folder->paths[i]);
    free(folder->paths);
    *folder = (struct verify_folder){0};
}
