// SPDX-License-Identifier: MIT
// DESIGN. What is forgotten is what the program itself has made, told by its place and its whole
// name, and the pictures in anchor/ and positive/, whoever put them there: they are of the user.
// Below the data folder links to pictures are removed, and no link is followed. Folders go when
// nothing else is in them. So a data folder that is the wrong one loses nothing but what is just
// like ours.
#include "app/edits.h"
#include "app/list_file.h"
#include "app/looked.h"
#include "app/models.h"
#include "app/people_files.h"
#include "app/settings.h"
#include "app/signals.h"
#include "app/trash.h"
#include "app/verbs.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/decode.h"
#include "core/siamese/dataset.h"
#include "core/siamese/people.h"
#include "core/verify/json.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum sort {
    OF_YOU,
    NOT_YOU,
    DELETED,
    MODEL,
    CHECKPOINT,
    OTHER,
    FOLDER, // the last: removed behind what is in it, if that is all
    SORTS,
};

static const char *const sort_names[SORTS] = {
    [OF_YOU] = "pictures of you",        [NOT_YOU] = "pictures of others that were taken here",
    [DELETED] = "pictures in the trash", [MODEL] = "models",
    [CHECKPOINT] = "checkpoints",        [OTHER] = "other files",
};

struct item {
    char *path;
    enum sort sort;
    int64_t bytes;
};

struct list {
    struct item *items;
    int n, room;
    int n_sort[SORTS];
    int64_t bytes;
};

static int add(struct list *list, const char *path, enum sort sort, int64_t bytes, struct err *err)
{
    if (list->n == list->room) {
        int room = list->room ? 2 * list->room : 64;
        struct item *more = realloc(list->items, (size_t)room * sizeof *more);
        if (!more)
            return err_memory(err, path);
        list->items = more;
        list->room = room;
    }
    char *copy = strdup(path);
    if (!copy)
        return err_memory(err, path);
    list->items[list->n++] = (struct item){copy, sort, bytes};
    list->n_sort[sort]++;
    list->bytes += bytes;
    return 0;
}

static void list_finish(struct list *list)
{
    for (int i = 0; i < list->n; i++)
        free(list->items[i].path);
    free(list->items);
}

// ---- What there is ----------------------------------------------------------------------------

// ".NAME.XXXXXX" of a file that was being written (core/base/file.h): NAME in `out`.
static bool is_unfinished(const char *name, char out[NAME_MAX + 1])
{
    size_t n = strlen(name);
    if (name[0] != '.' || n < 9 || n > NAME_MAX || name[n - 7] != '.')
        return false;
    for (size_t i = n - 6; i < n; i++)
        if (!isalnum((unsigned char)name[i]))
            return false;
    snprintf(out, NAME_MAX + 1, "%.*s", (int)(n - 8), name + 1);
    return true;
}

// Each tells whether a file of this name is to go, and as what.
typedef bool (*choice)(const char *name, enum sort *sort);

static bool of_you(const char *name, enum sort *sort)
{
    *sort = OF_YOU;
    return img_is_picture_name(name);
}

// Among other pictures, which the user may have put there, those that were taken here, as what
// ever: the window moves pictures from class to class.
static bool not_you(const char *name, enum sort *sort)
{
    struct siam_burst burst;
    *sort = NOT_YOU;
    for (int k = 0; k < SIAM_KINDS; k++) {
        size_t n = strlen(app_kind_folders[k]);
        if (strncmp(name, app_kind_folders[k], n) == 0 && name[n] == '-')
            return siam_burst_parse(name, &burst) && burst.when[0];
    }
    return false;
}

static bool deleted(const char *name, enum sort *sort)
{
    *sort = DELETED;
    return img_is_picture_name(name);
}

static bool of_data_folder(const char *name, enum sort *sort)
{
    static const struct {
        const char *name;
        enum sort sort;
    } ours[] = {{"model.safetensors", MODEL}, {"model.safetensors.checkpoint", CHECKPOINT},
                {APP_FOLDERS_FILE, OTHER},    {APP_FOLDERS_FILE ".broken", OTHER},
                {APP_LEFT_OUT_FILE, OTHER},   {APP_LEFT_OUT_FILE ".broken", OTHER},
                {APP_LOOKED_FILE, OTHER},     {"coach.json", OTHER}};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        *sort = ours[i].sort;
        if (strcmp(name, ours[i].name) == 0)
            return true;
    }
    return false;
}

// KEY.safetensors and so on, see core/siamese/people.h.
static bool of_people(const char *name, enum sort *sort)
{
    size_t n = strspn(name, "0123456789abcdef");
    *sort = strcmp(name + n, ".safetensors") == 0  ? MODEL
            : strcmp(name + n, ".checkpoint") == 0 ? CHECKPOINT
                                                   : OTHER;
    return n == SIAM_PEOPLE_KEY - 1 && (*sort != OTHER || strcmp(name + n, ".faces") == 0);
}

static bool of_settings(const char *name, enum sort *sort)
{
    *sort = OTHER;
    return strcmp(name, "settings.json") == 0 || strcmp(name, "settings.json.broken") == 0;
}

static bool of_models(const char *name, enum sort *sort)
{
    *sort = MODEL;
    return app_models_is_name(name);
}

static int fail(const char *path, struct err *err)
{
    return err_set(err, ERR_DATA, "%s: %s", path, strerror(errno));
}

static int look_into(struct list *list, const char *dir, choice chosen, bool deep, struct err *err);

static int look_at(struct list *list, const char *path, const char *name, choice chosen, bool deep,
                   struct err *err)
{
    struct stat st;
    enum sort sort;
    char whole[NAME_MAX + 1];
    if (lstat(path, &st))
        return errno == ENOENT ? 0 : fail(path, err);
    if (S_ISDIR(st.st_mode))
        return deep ? look_into(list, path, chosen, deep, err) : 0;
    if (chosen(name, &sort) || (is_unfinished(name, whole) && chosen(whole, &sort)))
        return add(list, path, sort, S_ISREG(st.st_mode) ? st.st_size : 0, err);
    return 0;
}

// The folder itself comes behind what is in it.
static int look_into(struct list *list, const char *dir, choice chosen, bool deep, struct err *err)
{
    struct stat st;
    if (lstat(dir, &st))
        return errno == ENOENT ? 0 : fail(dir, err);
    if (S_ISLNK(st.st_mode))
        log_info("%s: a link: what it leads to stays", dir);
    DIR *entries = S_ISDIR(st.st_mode) ? opendir(dir) : NULL;
    if (!entries)
        return S_ISDIR(st.st_mode) ? fail(dir, err) : 0;
    const struct dirent *entry;
    int ret = 0;
    while (!ret && (errno = 0, entry = readdir(entries))) {
        char path[PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        ret = file_join(path, sizeof path, dir, entry->d_name, err);
        if (!ret)
            ret = look_at(list, path, entry->d_name, chosen, deep, err);
    }
    if (!ret && errno)
        ret = fail(dir, err);
    closedir(entries);
    return ret ? ret : add(list, dir, FOLDER, 0, err);
}

// False where there is no place for one.
static bool settings_dir(char out[PATH_MAX])
{
    bool found = app_settings_path(out, PATH_MAX, NULL) == 0;
    if (found)
        *strrchr(out, '/') = '\0';
    return found;
}

static int is_bin(const struct dirent *entry)
{
    return app_trash_is_bin(entry->d_name);
}

// In the trash: what sessions have put there, and nothing else.
static int look_into_trash(struct list *list, const char *data_dir, struct err *err)
{
    char trash[PATH_MAX], path[PATH_MAX];
    struct stat st;
    struct dirent **names;
    int ret = file_join(trash, sizeof trash, data_dir, "trash", err);
    if (ret || lstat(trash, &st) || !S_ISDIR(st.st_mode))
        return ret;
    int n = scandir(trash, &names, is_bin, alphasort);
    if (n < 0)
        return fail(trash, err);
    for (int i = 0; i < n; i++) {
        if (!ret)
            ret = file_join(path, sizeof path, trash, names[i]->d_name, err);
        if (!ret)
            ret = look_into(list, path, deleted, true, err);
        free(names[i]);
    }
    free(names);
    return ret ? ret : add(list, trash, FOLDER, 0, err);
}

static int look(struct list *list, const char *data_dir, struct err *err)
{
    static const struct {
        const char *name;
        choice chosen;
        bool deep;
    } parts[] = {{"anchor", of_you, true},
                 {"positive", of_you, true},
                 {"negative", not_you, false},
                 {"models", of_models, false}};
    char people[2][PATH_MAX], path[PATH_MAX];
    int n = app_people_dirs(people, data_dir), ret = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !ret; i++) {
        ret = file_join(path, sizeof path, data_dir, parts[i].name, err);
        if (!ret)
            ret = look_into(list, path, parts[i].chosen, parts[i].deep, err);
    }
    if (!ret)
        ret = look_into_trash(list, data_dir, err);
    for (int i = 0; i < n && !ret; i++)
        ret = look_into(list, people[i], of_people, false, err);
    if (!ret && settings_dir(path))
        ret = look_into(list, path, of_settings, false, err);
    return ret ? ret : look_into(list, data_dir, of_data_folder, false, err);
}

// ---- Asking and doing ---------------------------------------------------------------------------

static void print_plan(const struct list *list, const char *data_dir)
{
    char people[2][PATH_MAX], settings[PATH_MAX];
    fprintf(stderr, "In %s\n", data_dir);
    if (settings_dir(settings))
        fprintf(stderr, "and %s (the window's settings)\n", settings);
    if (app_people_dirs(people, data_dir) > 1)
        fprintf(stderr, "and %s (what was learnt of other people, for all data folders):\n",
                people[1]);
    for (int s = 0; s < FOLDER; s++)
        if (list->n_sort[s])
            fprintf(stderr, "%8d %s\n", list->n_sort[s], sort_names[s]);
    fprintf(stderr, "%8.1f MB. Your folders of other people stay as they are.\n",
            (double)list->bytes / 1e6);
}

static int ask(struct err *err)
{
    char answer[16] = "";
    if (!isatty(STDIN_FILENO))
        return err_set(err, ERR_USAGE, "forget asks first, and there is nobody to ask: say --yes");
    fprintf(stderr, "Remove them for good? [y/N] ");
    if (!fgets(answer, sizeof answer, stdin) || strcasecmp(answer, "y\n") != 0)
        return err_set(err, ERR_STOPPED, "nothing was removed");
    return 0;
}

// What can't be removed is told, and the rest goes all the same.
static int remove_all(const struct list *list, cJSON *removed, struct err *err)
{
    int ret = 0;
    for (int i = 0; i < list->n; i++) {
        const struct item *item = &list->items[i];
        int failed = item->sort == FOLDER ? rmdir(item->path) : unlink(item->path);
        if (!failed) {
            verify_json_append(removed, verify_json_text(item->path));
        } else if (item->sort != FOLDER && errno != ENOENT) {
            log_error("%s: cannot remove: %s", item->path, strerror(errno));
            ret = err_set(err, ERR_IO, "not everything could be removed");
        }
    }
    return ret;
}

static void print_removed(const struct list *list, cJSON *removed, bool json)
{
    if (json) {
        cJSON *root = cJSON_CreateObject();
        verify_json_put(root, "removed", removed);
        verify_json_int(root, "bytes", list->bytes);
        app_print_json(root);
        return;
    }
    const cJSON *path;
    cJSON_ArrayForEach(path, removed)
    {
        log_tame(path->valuestring, strlen(path->valuestring));
        puts(path->valuestring);
    }
    log_info("%d removed", cJSON_GetArraySize(removed));
    cJSON_Delete(removed);
}

// The folder's true name: it may be reached by a link itself.
static int find_data_dir(char out[PATH_MAX], const struct app_options *o, struct err *err)
{
    char given[PATH_MAX];
    int ret = app_options_data_dir(o, given, sizeof given, err);
    if (ret)
        return ret;
    if (!realpath(given, out))
        snprintf(out, PATH_MAX, "%s", given); // not there: the cache may be
    return 0;
}

static int forget(const struct app_options *o, struct list *list, struct err *err)
{
    char data_dir[PATH_MAX];
    int ret = find_data_dir(data_dir, o, err);
    if (!ret)
        ret = look(list, data_dir, err);
    if (!ret && list->n == list->n_sort[FOLDER])
        return err_set(err, ERR_STOPPED, "%s: nothing to forget", data_dir);
    if (!ret && !o->yes) {
        print_plan(list, data_dir);
        ret = ask(err);
    }
    if (ret)
        return ret;
    cJSON *removed = cJSON_CreateArray();
    ret = remove_all(list, removed, err);
    print_removed(list, removed, o->json);
    return ret;
}

int app_forget(const struct app_options *o)
{
    struct list list = {.n = 0};
    struct err err = {0};
    int ret = forget(o, &list, &err);
    bool declined = ret == ERR_STOPPED && list.n > list.n_sort[FOLDER];
    list_finish(&list);
    if (ret != ERR_STOPPED)
        return app_end(ret, &err);
    log_info("%s", err.text);
    return app_signals_exit_code() ? app_signals_exit_code() : declined;
}
