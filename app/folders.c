// SPDX-License-Identifier: MIT
// DESIGN. The list is changed by one after the other, with `doing` held, which takes a disk's time;
// `lock` is held for a moment, so that who looks at the list doesn't wait.
#include "app/folders.h"

#include "app/folder_look.h"
#include "app/list_file.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/siamese/weight.h"
#include "core/verify/json.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct folder {
    char *path;
    int pictures; // -1: not counted yet
    bool looked;  // what follows is known
    int skipped;
    char why[UI_TEXT];
    int checked; // for the user, in this state; 0: not yet
    int own;
    char own_path[UI_TEXT];
    bool remembered;
    float weight;
    float kept_weight; // as it is remembered: the command line may name another
};

struct app_folders {
    const char *data_dir;
    struct app_events *events;
    pthread_t counter;
    pthread_mutex_t doing; // taken before lock
    pthread_mutex_t lock;
    pthread_cond_t changed;
    // Changed with both held: read with either. But what is found out of a folder is the lock's.
    struct folder list[UI_FOLDERS];
    int n;
    int number; // another one with each change of which there are
    // Removed ones, the last on top, each with its place in the list then.
    struct {
        struct folder folder;
        int from;
    } removed[UI_FOLDERS];
    int n_removed;
    atomic_bool quit;
};

static int find(const struct app_folders *f, const char *path)
{
    for (int i = 0; i < f->n; i++)
        if (!strcmp(f->list[i].path, path))
            return i;
    return -1;
}

// The first that is not yet counted, else not yet looked through; -1: none is left.
static int first_unknown(const struct app_folders *f)
{
    for (int i = 0; i < f->n; i++)
        if (f->list[i].pictures < 0)
            return i;
    for (int i = 0; i < f->n; i++)
        if (!f->list[i].looked)
            return i;
    return -1;
}

// A folder on the way through the counter.
struct visit {
    struct app_folders *folders;
    const char *path;
};

// It may have been removed meanwhile.
static bool goes_on(void *ctx)
{
    const struct visit *v = ctx;
    struct app_folders *f = v->folders;
    pthread_mutex_lock(&f->lock);
    bool wanted = !f->quit && find(f, v->path) >= 0;
    pthread_mutex_unlock(&f->lock);
    return wanted;
}

static void count(struct app_folders *f, const char *path)
{
    int pictures = app_count_pictures(path, &f->quit);
    app_events_folder(f->events, path, pictures);
    pthread_mutex_lock(&f->lock);
    int i = find(f, path);
    if (i >= 0)
        f->list[i].pictures = pictures;
    pthread_mutex_unlock(&f->lock);
}

static void look_through(struct app_folders *f, const char *path)
{
    struct app_folder_look look;
    struct visit visit = {f, path};
    if (!app_folder_look(&look, path, goes_on, &visit))
        return;
    if (look.skipped > 0) {
        log_info("%s: %d file%s can't be used: %s", path, look.skipped,
                 look.skipped == 1 ? "" : "s", look.why);
        app_events_skipped(f->events, path, look.skipped, look.why);
    }
    pthread_mutex_lock(&f->lock);
    int i = find(f, path);
    if (i >= 0) {
        f->list[i].pictures = look.pictures;
        f->list[i].skipped = look.skipped;
        memcpy(f->list[i].why, look.why, sizeof look.why);
        f->list[i].looked = true;
    }
    pthread_mutex_unlock(&f->lock);
}

// One folder at a time, outside the lock.
static void *counter_main(void *arg)
{
    struct app_folders *f = arg;
    pthread_mutex_lock(&f->lock);
    while (!f->quit) {
        int i = first_unknown(f);
        char *path = i < 0 ? NULL : strdup(f->list[i].path);
        if (!path) {
            pthread_cond_wait(&f->changed, &f->lock);
            continue;
        }
        bool counted = f->list[i].pictures >= 0;
        pthread_mutex_unlock(&f->lock);
        if (counted)
            look_through(f, path);
        else
            count(f, path);
        free(path);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

static int append(struct app_folders *f, const char *path, bool remembered, struct err *err)
{
    if (find(f, path) >= 0)
        return 0;
    if (f->n == UI_FOLDERS)
        return err_set(err, ERR_DATA, "%s: there are %d folders already: put several under one",
                       path, UI_FOLDERS);
    char *copy = strdup(path);
    if (!copy)
        return err_memory(err, path);
    pthread_mutex_lock(&f->lock);
    f->list[f->n++] = (struct folder){
        .path = copy, .pictures = -1, .remembered = remembered, .weight = 1, .kept_weight = 1};
    f->number++;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    return 0;
}

static int append_existing(struct app_folders *f, const char *path, bool remembered,
                           struct err *err)
{
    char full[PATH_MAX];
    if (!realpath(path, full))
        return err_set(err, ERR_DATA, "%s: no such folder: name one with pictures of other people",
                       path);
    if (!file_is_dir(full))
        return err_set(err, ERR_DATA, "%s: not a folder; drop the folder that holds it", path);
    return append(f, full, remembered, err);
}

// `weight` of the command line, 0: none is given.
static int append_extra(struct app_folders *f, const char *path, float weight, struct err *err)
{
    char full[PATH_MAX];
    int ret = append_existing(f, path, false, err);
    if (!ret && weight > 0 && realpath(path, full))
        f->list[find(f, full)].weight = weight;
    return ret;
}

// "PATH", or {"path": "PATH", "weight": 2}; what is neither is passed over.
static int append_item(struct app_folders *f, const char *file, const cJSON *item, struct err *err)
{
    const cJSON *path =
        cJSON_IsString(item) ? item : cJSON_GetObjectItemCaseSensitive(item, "path");
    const cJSON *weight = cJSON_GetObjectItemCaseSensitive(item, "weight");
    if (!cJSON_IsString(path))
        return 0;
    int ret = append(f, path->valuestring, true, err);
    int i = ret ? -1 : find(f, path->valuestring);
    if (i >= 0 && cJSON_IsNumber(weight) && siam_weight_is_valid(weight->valuedouble))
        f->list[i].weight = f->list[i].kept_weight = (float)weight->valuedouble;
    else if (i >= 0 && weight)
        log_error("%s: the weight of %s is damaged (0.25, 0.5, 1, 2 or 4): going on with 1", file,
                  path->valuestring);
    return ret;
}

static int load(struct app_folders *f, struct err *err)
{
    char path[PATH_MAX];
    cJSON *root = NULL;
    const cJSON *list = NULL, *item;
    int ret = file_join(path, sizeof path, f->data_dir, APP_FOLDERS_FILE, err);
    if (!ret)
        ret = app_list_load(&root, &list, path, APP_FOLDERS_KEY, err);
    cJSON_ArrayForEach(item, list)
    {
        if (!ret)
            ret = append_item(f, path, item, err);
    }
    cJSON_Delete(root);
    return ret;
}

static cJSON *make_item(const struct folder *folder)
{
    cJSON *path = cJSON_CreateString(folder->path);
    if (folder->kept_weight == 1)
        return path;
    cJSON *item = cJSON_CreateObject();
    verify_json_put(item, "path", path);
    cJSON_AddNumberToObject(item, "weight", (double)folder->kept_weight);
    return item;
}

static int save(struct app_folders *f, struct err *err)
{
    char path[PATH_MAX];
    int ret = file_join(path, sizeof path, f->data_dir, APP_FOLDERS_FILE, err);
    if (ret)
        return ret;
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < f->n; i++)
        if (f->list[i].remembered)
            verify_json_append(list, make_item(&f->list[i]));
    return app_list_save(path, APP_FOLDERS_KEY, list, err);
}

// Without the counter.
static int make(struct app_folders **out, const char *data_dir, const char *const *extra,
                const float *weights, int n_extra, struct err *err)
{
    struct app_folders *f = *out = calloc(1, sizeof *f);
    if (!f)
        return err_memory(err, "folders");
    f->data_dir = data_dir;
    f->number = 1;
    f->quit = true;
    pthread_mutex_init(&f->doing, NULL);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    int ret = load(f, err);
    for (int i = 0; i < n_extra && !ret; i++)
        ret = append_extra(f, extra[i], weights ? weights[i] : 0, err);
    if (ret) {
        app_folders_destroy(f);
        *out = NULL;
    }
    return ret;
}

int app_folders_create(struct app_folders **out, const char *data_dir, const char *const *extra,
                       const float *weights, int n_extra, struct app_events *events,
                       struct err *err)
{
    int ret = make(out, data_dir, extra, weights, n_extra, err);
    if (ret)
        return ret;
    struct app_folders *f = *out;
    f->events = events;
    f->quit = false;
    if (!pthread_create(&f->counter, NULL, counter_main, f))
        return 0;
    f->quit = true;
    app_folders_destroy(f);
    *out = NULL;
    return err_memory(err, "counting thread");
}

void app_folders_destroy(struct app_folders *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    bool started = !f->quit;
    f->quit = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    if (started)
        pthread_join(f->counter, NULL);
    for (int i = 0; i < f->n; i++)
        free(f->list[i].path);
    for (int i = 0; i < f->n_removed; i++)
        free(f->removed[i].folder.path);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    pthread_mutex_destroy(&f->doing);
    free(f);
}

int app_folders_add(struct app_folders *f, const char *path, struct err *err)
{
    pthread_mutex_lock(&f->doing);
    int before = f->n;
    int ret = append_existing(f, path, true, err);
    if (!ret && f->n > before)
        ret = save(f, err);
    pthread_mutex_unlock(&f->doing);
    return ret;
}

// The first one can't be taken back any more.
static void make_room_for_removed(struct app_folders *f)
{
    if (f->n_removed < UI_FOLDERS)
        return;
    free(f->removed[0].folder.path);
    memmove(&f->removed[0], &f->removed[1], (size_t)--f->n_removed * sizeof f->removed[0]);
}

int app_folders_remove(struct app_folders *f, const char *path, struct err *err)
{
    int ret = 0;
    pthread_mutex_lock(&f->doing);
    int i = find(f, path);
    if (i >= 0) {
        make_room_for_removed(f);
        pthread_mutex_lock(&f->lock);
        f->removed[f->n_removed].folder = f->list[i];
        f->removed[f->n_removed++].from = i;
        memmove(&f->list[i], &f->list[i + 1], (size_t)(--f->n - i) * sizeof f->list[0]);
        f->number++;
        pthread_mutex_unlock(&f->lock);
        ret = save(f, err);
    }
    pthread_mutex_unlock(&f->doing);
    return ret;
}

static void put_back(struct app_folders *f)
{
    pthread_mutex_lock(&f->lock);
    int from = f->removed[--f->n_removed].from, at = from < f->n ? from : f->n;
    memmove(&f->list[at + 1], &f->list[at], (size_t)(f->n++ - at) * sizeof f->list[0]);
    f->list[at] = f->removed[f->n_removed].folder;
    f->number++;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

int app_folders_restore(struct app_folders *f, struct err *err)
{
    int ret = 0;
    pthread_mutex_lock(&f->doing);
    const char *path = f->n_removed > 0 ? f->removed[f->n_removed - 1].folder.path : NULL;
    if (!path) {
        ret = err_set(err, ERR_DATA, "no folder was removed");
    } else if (find(f, path) >= 0) { // was added again since
        free(f->removed[--f->n_removed].folder.path);
    } else if (f->n == UI_FOLDERS) {
        ret = err_set(err, ERR_DATA, "%s: there are %d folders already", path, UI_FOLDERS);
    } else {
        put_back(f);
        ret = save(f, err);
    }
    pthread_mutex_unlock(&f->doing);
    return ret;
}

int app_folders_weigh(struct app_folders *f, const char *path, float factor, float *now,
                      struct err *err)
{
    int ret = 0;
    *now = 0;
    pthread_mutex_lock(&f->doing);
    int i = find(f, path);
    struct folder *folder = i >= 0 ? &f->list[i] : NULL;
    if (folder && siam_weight_is_valid((double)(folder->weight * factor))) {
        pthread_mutex_lock(&f->lock);
        folder->kept_weight = folder->weight *= factor;
        pthread_mutex_unlock(&f->lock);
        ret = folder->remembered ? save(f, err) : 0;
    }
    if (folder)
        *now = folder->weight;
    pthread_mutex_unlock(&f->doing);
    return ret;
}

bool app_folders_next_unchecked(struct app_folders *f, int state, char path[PATH_MAX])
{
    int found = -1;
    pthread_mutex_lock(&f->lock);
    for (int i = 0; i < f->n && found < 0; i++)
        if (f->list[i].checked != state)
            found = i;
    if (found >= 0)
        snprintf(path, PATH_MAX, "%s", f->list[found].path);
    pthread_mutex_unlock(&f->lock);
    return found >= 0;
}

bool app_folders_note_own(struct app_folders *f, const char *path, int state, int n,
                          const char *example)
{
    pthread_mutex_lock(&f->lock);
    int i = find(f, path);
    bool is_new = i >= 0 && n > 0 && f->list[i].own != n;
    if (i >= 0) {
        f->list[i].checked = state;
        f->list[i].own = n;
        snprintf(f->list[i].own_path, UI_TEXT, "%s", example);
    }
    pthread_mutex_unlock(&f->lock);
    return is_new;
}

int app_folders_view(struct app_folders *f, struct ui_view *view)
{
    pthread_mutex_lock(&f->lock);
    int number = f->number;
    view->n_folders = f->n;
    for (int i = 0; i < f->n; i++) {
        snprintf(view->folder[i].path, UI_TEXT, "%s", f->list[i].path);
        view->folder[i].pictures = f->list[i].pictures;
        view->folder[i].about = !f->list[i].looked;
        view->folder[i].weight = f->list[i].weight;
        view->folder[i].skipped = f->list[i].skipped;
        memcpy(view->folder[i].skipped_why, f->list[i].why, UI_TEXT);
        view->folder[i].own = f->list[i].own;
        memcpy(view->folder[i].own_path, f->list[i].own_path, UI_TEXT);
    }
    pthread_mutex_unlock(&f->lock);
    return number;
}

// With the lock held. NULL: out of memory.
static char **copy(const struct app_folders *f, float **weights)
{
    size_t n = (size_t)f->n, size = (n + 1) * sizeof(char *) + n * sizeof(float);
    for (int i = 0; i < f->n; i++)
        size += strlen(f->list[i].path) + 1;
    char **paths = malloc(size);
    if (!paths)
        return NULL;
    *weights = (float *)(void *)(paths + n + 1);
    char *text = (char *)(*weights + n);
    for (int i = 0; i < f->n; i++) {
        (*weights)[i] = f->list[i].weight;
        paths[i] = strcpy(text, f->list[i].path);
        text += strlen(text) + 1;
    }
    paths[n] = NULL;
    return paths;
}

char **app_folders_paths(struct app_folders *f, int *n)
{
    float *weights;
    pthread_mutex_lock(&f->lock);
    *n = f->n;
    char **paths = copy(f, &weights);
    pthread_mutex_unlock(&f->lock);
    return paths;
}

int app_folders_copy(struct app_folders *f, struct app_negatives *out, struct err *err)
{
    pthread_mutex_lock(&f->lock);
    out->n = f->n;
    out->paths = copy(f, &out->weights);
    pthread_mutex_unlock(&f->lock);
    return out->paths ? 0 : err_memory(err, "folders");
}

int app_folders_gather(struct app_negatives *out, const char *data_dir,
                       const char *const *negatives, const float *weights, int n_negatives,
                       struct err *err)
{
    struct app_folders *folders;
    out->paths = NULL;
    int ret = make(&folders, data_dir, negatives, weights, n_negatives, err);
    if (ret)
        return ret;
    ret = app_folders_copy(folders, out, err);
    app_folders_destroy(folders);
    return ret;
}
