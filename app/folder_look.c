// SPDX-License-Identifier: MIT
#include "app/folder_look.h"

#include "core/base/file.h"
#include "core/image/decode.h"

#include <limits.h>
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

#define MORE_ROOM 24 // of the text for how many more are skipped

struct look {
    struct app_folder_look *out;
    const char *dir;
    char folder[PATH_MAX]; // the one whose files are visited now
    int in_folder;         // pictures of it so far
    int told;              // of those that are skipped
    bool (*goes_on)(void *ctx);
    void *ctx;
};

void app_plain_reason(char *why)
{
    static const char *const ends[] = {" (starts with \"", ": save it as JPEG"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strstr(why, ends[i]))
            *strstr(why, ends[i]) = '\0';
}

// Once one of them had no room, those behind it are but counted.
static void skip(struct look *l, const char *why)
{
    struct app_folder_look *out = l->out;
    char text[PATH_MAX + UI_TEXT];
    size_t n = strlen(out->why);
    snprintf(text, sizeof text, "%s%s", n > 0 ? "; " : "", file_below(why, l->dir));
    app_plain_reason(text);
    bool fits = l->told == out->skipped && n + strlen(text) < sizeof out->why - MORE_ROOM;
    if (fits || out->skipped == 0) {
        snprintf(out->why + n, sizeof out->why - MORE_ROOM - n, "%s", text);
        l->told++;
    }
    out->skipped++;
}

static void count_it(struct look *l, const char *folder)
{
    if (strcmp(folder, l->folder) != 0) {
        snprintf(l->folder, sizeof l->folder, "%s", folder);
        l->in_folder = 0;
    }
    bool below = strcmp(folder, l->dir) != 0;
    l->in_folder++;
    l->out->pictures++;
    l->out->folders += below && l->in_folder == 1;
    l->out->persons += below && l->in_folder == 2;
}

static bool is_usable(const char *path, bool named, struct err *err)
{
    bool there = file_exists(path);
    if (!there)
        err_set(err, ERR_DATA, "%s: the link leads nowhere", path);
    if (!there || img_check_start(path, err))
        return false;
    if (!named)
        err_set(err, ERR_DATA, "%s: its name is not that of a JPEG, PNG or WebP", path);
    return named;
}

static int look_at(void *ctx, const char *path, const char *folder)
{
    struct look *l = ctx;
    struct err err;
    if (!l->goes_on(l->ctx))
        return 1;
    bool named = img_is_picture_name(path);
    if (!named && !img_starts_as_picture(path))
        return 0;
    if (is_usable(path, named, &err))
        count_it(l, folder);
    else
        skip(l, err.text);
    return 0;
}

bool app_folder_look(struct app_folder_look *out, const char *dir, bool (*goes_on)(void *ctx),
                     void *ctx)
{
    struct look l = {.out = out, .dir = dir, .goes_on = goes_on, .ctx = ctx};
    *out = (struct app_folder_look){.pictures = 0};
    int ret = file_is_dir(dir) ? file_walk_all(dir, look_at, &l, NULL) : 0;
    size_t n = strlen(out->why);
    if (out->skipped > l.told)
        snprintf(out->why + n, sizeof out->why - n, "; %d more", out->skipped - l.told);
    return ret != 1;
}
