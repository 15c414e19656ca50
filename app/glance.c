// SPDX-License-Identifier: MIT
#include "app/glance.h"

#include "app/folder_look.h"
#include "app/small.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/image/decode.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG_ENOUGH 1
#define LONGEST     (5 * CLOCK_SECOND) // that a look takes

struct walk {
    struct app_glance *glance;
    const char *dir;
    const struct app_watch *watch;
    int64_t until_ns;
    char folder[PATH_MAX]; // the one whose files are visited now
    int in_folder;         // pictures of it so far
    char *more[UI_GLANCE]; // pictures that are not the first of their folder, owned
    int n_more;
};

static void skip(struct ui_glance *seen, const char *dir, const char *why)
{
    if (seen->skipped++ == 0)
        snprintf(seen->why, sizeof seen->why, "%s", file_below(why, dir));
    app_plain_reason(seen->why);
}

static int keep(char **list, int *n, const char *path)
{
    if (*n == UI_GLANCE)
        return 0;
    list[*n] = strdup(path);
    return list[(*n)++] ? 0 : ERR_MEMORY;
}

static int visit(void *ctx, const char *path, const char *folder)
{
    struct walk *w = ctx;
    struct ui_glance *seen = &w->glance->seen;
    if (app_overtaken(w->watch))
        return ERR_STOPPED;
    if (clock_now_ns() > w->until_ns)
        return LONG_ENOUGH;
    if (!img_is_picture_name(path))
        return 0;
    if (strcmp(folder, w->folder) != 0) {
        snprintf(w->folder, sizeof w->folder, "%s", folder);
        w->in_folder = 0;
    }
    seen->pictures++;
    // As trainings take it: several pictures in a folder below the given one show one person.
    bool below = strcmp(folder, w->dir) != 0;
    w->in_folder++;
    seen->folders += below && w->in_folder == 1;
    seen->persons += below && w->in_folder == 2;
    return w->in_folder == 1 ? keep(w->glance->path, &w->glance->n_paths, path)
                             : keep(w->more, &w->n_more, path);
}

int app_glance_look(struct app_glance *out, const char *dir, const struct app_watch *watch)
{
    struct walk w = {
        .glance = out, .dir = dir, .watch = watch, .until_ns = clock_now_ns() + LONGEST};
    struct err err = {0};
    *out = (struct app_glance){0};
    int ret = file_walk(dir, visit, &w, &err);
    for (int i = 0; i < w.n_more; i++) {
        if (out->n_paths < UI_GLANCE)
            out->path[out->n_paths++] = w.more[i];
        else
            free(w.more[i]);
    }
    if (ret == ERR_DATA)
        snprintf(out->seen.fault, sizeof out->seen.fault, "%s", err.text);
    out->seen.more = ret == LONG_ENOUGH;
    out->seen.about = true;
    if (ret == ERR_DATA || ret == LONG_ENOUGH)
        ret = 0;
    out->seen.known = true;
    if (ret)
        app_glance_finish(out);
    return ret;
}

// ---- Small pictures -----------------------------------------------------------------------------

// Makes number `at` of the row.
static int make(struct app_small *m, struct img *row, const char *path, int at, struct err *err)
{
    int side = row->h;
    int ret = app_small_make(m, path, side, err);
    if (!ret)
        app_small_put(row, at, m->small.px, side);
    return ret;
}

int app_glance_make(struct app_glance *g, const char *dir, int side, const struct app_watch *watch)
{
    struct app_small maker = {0};
    struct err err = {0};
    int ret = g->n_paths > 0 ? img_reserve(&g->row, g->n_paths * side, side, NULL) : 0;
    if (!ret && g->n_paths > 0)
        memset(g->row.px, 0, (size_t)g->row.w * (size_t)side * 3);
    for (int i = 0; i < g->n_paths && !ret; i++) {
        int fault = make(&maker, &g->row, g->path[i], g->seen.strip.n, &err);
        if (fault == ERR_DATA)
            skip(&g->seen, dir, err.text);
        else if (fault)
            ret = fault;
        else
            g->seen.strip.n++;
        if (app_overtaken(watch))
            ret = ERR_STOPPED;
    }
    app_small_finish(&maker);
    return ret;
}

// ---- First bytes --------------------------------------------------------------------------------

int app_glance_check(struct app_glance *g, const char *dir, const struct app_watch *watch)
{
    struct app_patience patience = {watch, clock_now_ns() + LONGEST};
    struct app_folder_look look;
    if (!g->seen.more && app_folder_look(&look, dir, app_goes_on, &patience)) {
        g->seen.about = false;
        g->seen.pictures = look.pictures;
        g->seen.folders = look.folders;
        g->seen.persons = look.persons;
        g->seen.skipped = look.skipped;
        snprintf(g->seen.why, sizeof g->seen.why, "%s", look.why);
    }
    return app_overtaken(watch) ? ERR_STOPPED : 0;
}

void app_glance_finish(struct app_glance *g)
{
    for (int i = 0; i < g->n_paths; i++)
        free(g->path[i]);
    img_finish(&g->row);
    *g = (struct app_glance){0};
}
