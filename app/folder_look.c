// SPDX-License-Identifier: MIT
#include "app/folder_look.h"

#include "core/base/file.h"
#include "core/image/decode.h"

#include <stdio.h>
#include <string.h>

struct count {
    int n;
    const atomic_bool *stop;
};

static int count_picture(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct count *count = ctx;
    count->n += img_is_picture_name(path);
    return count->stop && *count->stop;
}

int app_count_pictures(const char *dir, const atomic_bool *stop)
{
    struct count count = {.stop = stop};
    if (file_is_dir(dir))
        file_walk(dir, count_picture, &count, NULL);
    return count.n;
}

struct look {
    struct app_folder_look *out;
    const char *dir;
    int broken, others;
    char first[UI_TEXT]; // what is wrong with the first broken one
    bool (*goes_on)(void *ctx);
    void *ctx;
};

static void note_broken(struct look *l, const char *why)
{
    if (l->broken++ == 0)
        snprintf(l->first, sizeof l->first, "%s", file_below(why, l->dir));
}

static int look_at(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct look *l = ctx;
    struct err err;
    if (!l->goes_on(l->ctx))
        return 1;
    if (!img_is_picture_name(path))
        l->others++;
    else if (img_check_start(path, &err))
        note_broken(l, err.text);
    else
        l->out->pictures++;
    return 0;
}

bool app_folder_look(struct app_folder_look *out, const char *dir, bool (*goes_on)(void *ctx),
                     void *ctx)
{
    struct look l = {.out = out, .dir = dir, .goes_on = goes_on, .ctx = ctx};
    *out = (struct app_folder_look){.pictures = 0};
    int ret = file_is_dir(dir) ? file_walk(dir, look_at, &l, NULL) : 0;
    out->skipped = l.broken + l.others;
    int n = snprintf(out->why, sizeof out->why, "%s", l.first);
    if (l.others > 0 && n < UI_TEXT)
        snprintf(out->why + n, sizeof out->why - (size_t)n, "%s%d other file%s",
                 l.broken > 0 ? "; " : "", l.others, l.others == 1 ? "" : "s");
    return ret != 1;
}
