// SPDX-License-Identifier: MIT
// DESIGN. Hard links: the second name costs nothing, and when a new model is renamed over the first
// one, the old file lives on under the second. Names are the times the models were made, so they
// sort by age. A model that has both names is the present one.
#include "app/models.h"

#include "core/base/file.h"
#include "core/base/log.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".safetensors"

static int paths_of(char present[PATH_MAX], char dir[PATH_MAX], const char *data_dir,
                    struct err *err)
{
    int ret = file_join(present, PATH_MAX, data_dir, "model" ENDING, err);
    return ret ? ret : file_join(dir, PATH_MAX, data_dir, "models", err);
}

bool app_models_is_name(const char *name)
{
    const char form[] = "dddd-dd-ddTddddddZ" ENDING;
    for (size_t i = 0; i < sizeof form; i++)
        if (form[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != form[i])
            return false;
    return true;
}

// "2026-03-14T15:09:26Z" without what some file systems do not have in names. False: no such time.
static bool name_of(char name[64], const char *created)
{
    size_t n = 0;
    for (; *created && n < 40; created++)
        if (*created != ':')
            name[n++] = *created;
    snprintf(name + n, 64 - n, "%s", ENDING);
    return app_models_is_name(name);
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int is_model(const struct dirent *entry)
{
    return app_models_is_name(entry->d_name);
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*b)->d_name, (*a)->d_name);
}

static void free_names(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static void remove_oldest(const char *dir, const char *present)
{
    struct dirent **names;
    char path[PATH_MAX];
    int n = scandir(dir, &names, is_model, newest_first), kept = 0;
    if (n < 0)
        return;
    for (int i = 0; i < n; i++) {
        if (file_join(path, sizeof path, dir, names[i]->d_name, NULL))
            continue;
        if (!same_file(path, present) && ++kept > APP_MODELS_KEPT)
            unlink(path);
    }
    free_names(names, n);
}

int app_models_keep(const char *data_dir, struct err *err)
{
    char present[PATH_MAX], dir[PATH_MAX], path[PATH_MAX], name[64];
    struct siam_card card;
    int ret = paths_of(present, dir, data_dir, err);
    if (ret || !file_exists(present))
        return ret;
    ret = siam_model_read_card(&card, present, err);
    if (!ret && !name_of(name, card.created))
        ret = err_set(err, ERR_DATA, "%s: does not say when it was made", present);
    if (!ret)
        ret = file_make_dirs(dir, err);
    if (!ret)
        ret = file_join(path, sizeof path, dir, name, err);
    if (!ret && link(present, path) && errno != EEXIST)
        ret = err_set(err, ERR_IO, "%s: cannot be kept: %s", path, strerror(errno));
    if (!ret)
        remove_oldest(dir, present);
    return ret;
}

int app_models_list(struct app_model models[APP_MODELS_KEPT], const char *data_dir)
{
    char present[PATH_MAX], dir[PATH_MAX], path[PATH_MAX];
    struct dirent **names;
    int n =
        paths_of(present, dir, data_dir, NULL) ? -1 : scandir(dir, &names, is_model, newest_first);
    int found = 0;
    if (n < 0)
        return 0;
    for (int i = 0; i < n && found < APP_MODELS_KEPT; i++) {
        struct app_model *m = &models[found];
        struct err err;
        snprintf(m->name, sizeof m->name, "%s", names[i]->d_name);
        if (file_join(path, sizeof path, dir, m->name, NULL) || same_file(path, present))
            continue;
        if (siam_model_read_card(&m->card, path, &err) == 0)
            found++;
        else
            log_info("%s", err.text);
    }
    free_names(names, n);
    return found;
}

int app_models_use(const char *data_dir, const char *name, struct err *err)
{
    char present[PATH_MAX], dir[PATH_MAX], path[PATH_MAX], fresh[PATH_MAX];
    int ret = app_models_keep(data_dir, err);
    if (!ret)
        ret = paths_of(present, dir, data_dir, err);
    if (!ret)
        ret = file_join(path, sizeof path, dir, name, err);
    if (!ret)
        ret = file_join(fresh, sizeof fresh, data_dir, ".model" ENDING ".000000", err);
    if (ret)
        return ret;
    unlink(fresh);
    if (link(path, fresh) || rename(fresh, present))
        return err_set(err, ERR_IO, "%s: cannot be made the model: %s", path, strerror(errno));
    return 0;
}
