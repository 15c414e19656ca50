// SPDX-License-Identifier: MIT
// DESIGN. What is known of a folder belongs to a state of the user's pictures and the model, which
// is numbered; the thread looks at the first folder that isn't known of the present state. Whatever
// makes that moot (another state, a training, the end) sets `stop`, which a look obeys; then it is
// done again from its beginning. What another session found by the same pictures and the same model
// is remembered; only where it isn't are pictures read and the model put to use.
#include "app/folder_check.h"

#include "app/edits.h"
#include "app/looked.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/pool.h"
#include "core/verify/own_face.h"

#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define NICENESS 10
#define METHOD   2                  // the way of looking; another one forgets what was found before
#define QUIET_NS (2 * CLOCK_SECOND) // without a change of the user's pictures

struct app_check {
    struct app_folders *folders;
    struct app_events *events;
    void (*found)(void *ctx, const char *line);
    void *ctx;
    const char *data_dir;
    char dirs[2][PATH_MAX]; // anchor/, positive/
    pthread_t thread;
    bool started;
    atomic_bool stop;

    // The thread's own: what stands for the state `keyed`.
    int keyed;
    uint64_t key;
    // The same, what a look in the state `made` is done with.
    int made;
    struct pool *pool;
    uint64_t *hashes; // [n_hashes], of the user's pictures
    int n_hashes;
    struct verify_embedder *embedder; // NULL: there is no model that can tell
    struct verify_gallery *gallery;
    float least;

    pthread_mutex_t lock;
    pthread_cond_t wish;
    bool quit, hold; // protected by lock, as all below
    bool wanted;     // there may be something to look at
    int state;       // from 1
    int64_t due_ns;  // not before
    struct siam_model *model;
};

static void drop_state(struct app_check *c)
{
    verify_embedder_destroy(c->embedder);
    verify_gallery_destroy(c->gallery);
    free(c->hashes);
    c->embedder = NULL;
    c->gallery = NULL;
    c->hashes = NULL;
    c->n_hashes = 0;
    c->made = 0;
}

// By a model that looks at faces. That there are no anchors is no failure.
static int make_judge(struct app_check *c, struct siam_model *model, struct err *err)
{
    c->least = model && model->input.way == SIAM_FACE ? verify_own_score(&model->card) : -1;
    if (c->least < 0)
        return 0;
    int ret = verify_gallery_load(&c->gallery, model, c->dirs[0], c->pool, &c->stop, err);
    if (ret == ERR_DATA)
        return 0;
    return ret ? ret : verify_embedder_create(&c->embedder, model, VERIFY_BATCH, c->pool, err);
}

// What a look in this state is done with, if it isn't there yet.
static int make_state(struct app_check *c, struct siam_model *model, int state, struct err *err)
{
    const char *const dirs[] = {c->dirs[0], c->dirs[1]};
    if (c->made == state)
        return 0;
    drop_state(c);
    int ret = c->pool ? 0 : pool_create(&c->pool, 1, 0, err);
    if (!ret)
        ret = verify_hashes(&c->hashes, &c->n_hashes, dirs, 2, &c->stop, err);
    if (!ret)
        ret = make_judge(c, model, err);
    c->made = ret ? 0 : state;
    return ret;
}

// c->key stands for the user's pictures and the model, see looked.h.
static int make_key(struct app_check *c, const struct siam_model *model, int state, struct err *err)
{
    uint64_t key = METHOD;
    if (c->keyed == state)
        return 0;
    for (int k = 0; k < 2; k++) {
        struct verify_folder folder = {.n = 0};
        int ret = file_is_dir(c->dirs[k]) ? verify_folder_read(&folder, c->dirs[k], err) : 0;
        if (ret)
            return ret;
        key = app_looked_key(key, folder.paths, folder.n);
        verify_folder_finish(&folder);
    }
    if (model) {
        char text[100];
        const struct siam_card *card = &model->card;
        snprintf(text, sizeof text, "%s %" PRIu64 " %a %a", card->created, card->seed,
                 card->seconds, (double)card->threshold);
        key = XXH3_64bits_withSeed(text, strlen(text), key);
    }
    c->key = key;
    c->keyed = state;
    return 0;
}

static void tell(struct app_check *c, const char *path, int n, const char *example)
{
    char line[2 * PATH_MAX + 200];
    const char *s = n == 1 ? "" : "s", *them = n == 1 ? "it" : "them";
    snprintf(
        line, sizeof line,
        "%s: %d picture%s look%s like you, e.g. %s: if you are in %s, remove %s or the folder, as "
        "%s would teach the net that you are a stranger",
        path, n, s, n == 1 ? "s" : "", example, them, them, n == 1 ? "it" : "they");
    app_events_own(c->events, path, n, example);
    c->found(c->ctx, line);
}

// Reads the pictures.
static int look_into(struct app_check *c, struct verify_own_face *own, const char *path,
                     struct siam_model *model, int state, struct err *err)
{
    int ret = make_state(c, model, state, err);
    if (!ret)
        ret = verify_own_face_same(own, c->hashes, c->n_hashes, &c->stop, err);
    if (!ret && c->embedder && own->folder.n > 0)
        ret = verify_own_face_alike(own, path, c->embedder, c->gallery, c->least, &c->stop, err);
    return ret;
}

// What was found before, or by looking now, which is kept.
static int find(struct app_check *c, struct verify_own_face *own, const char *path,
                struct siam_model *model, int state, int *n, char example[PATH_MAX],
                struct err *err)
{
    struct err not_kept;
    const char *first;
    uint64_t key = app_looked_key(c->key, own->folder.paths, own->folder.n);
    if (app_looked_recall(c->data_dir, key, n, example))
        return 0;
    int ret = look_into(c, own, path, model, state, err);
    if (ret)
        return ret;
    *n = verify_own_face_count(own, &first);
    snprintf(example, PATH_MAX, "%s", first ? first : "");
    if (app_looked_keep(c->data_dir, key, *n, example, &not_kept))
        log_info("%s: it will be looked through again: %s", path, not_kept.text);
    return 0;
}

static int look(struct app_check *c, const char *path, struct siam_model *model, int state,
                struct err *err)
{
    struct verify_own_face own = {.own = NULL};
    char example[PATH_MAX];
    int n, ret = file_is_dir(path) ? verify_own_face_begin(&own, path, err) : 0;
    if (!ret)
        ret = find(c, &own, path, model, state, &n, example, err);
    if (!ret && app_folders_note_own(c->folders, path, state, n, example))
        tell(c, path, n, example);
    verify_own_face_finish(&own);
    return ret;
}

// All folders that are not yet known of a state.
static void look_around(struct app_check *c, struct siam_model *model, int state)
{
    char path[PATH_MAX];
    while (!c->stop && app_folders_next_unchecked(c->folders, state, path)) {
        struct err err = {0};
        int ret = make_key(c, model, state, &err);
        if (!ret)
            ret = look(c, path, model, state, &err);
        if (ret && ret != ERR_STOPPED) {
            log_error("%s: can't be looked through for you: %s", path, err.text);
            app_folders_note_own(c->folders, path, state, 0, "");
        }
    }
}

// With the lock held.
static void wait_for_wish(struct app_check *c)
{
    if (c->wanted && !c->hold)
        clock_wait(&c->wish, &c->lock, c->due_ns);
    else
        pthread_cond_wait(&c->wish, &c->lock);
}

static void *check_main(void *arg)
{
    struct app_check *c = arg;
    pool_lower_priority(NICENESS);
    pthread_mutex_lock(&c->lock);
    while (!c->quit) {
        if (c->hold || !c->wanted || clock_now_ns() < c->due_ns) {
            wait_for_wish(c);
            continue;
        }
        struct siam_model *model = c->model ? siam_model_ref(c->model) : NULL;
        int state = c->state;
        c->wanted = false;
        c->stop = false;
        pthread_mutex_unlock(&c->lock);
        look_around(c, model, state);
        siam_model_unref(model);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    drop_state(c);
    pool_destroy(c->pool);
    return NULL;
}

int app_check_create(struct app_check **out, const char *data_dir, struct app_folders *folders,
                     struct app_events *events, void (*found)(void *ctx, const char *line),
                     void *ctx, struct err *err)
{
    struct app_check *c = *out = calloc(1, sizeof *c);
    if (!c)
        return err_memory(err, "look through folders");
    c->data_dir = data_dir;
    c->folders = folders;
    c->events = events;
    c->found = found;
    c->ctx = ctx;
    c->state = 1;
    c->wanted = true;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wish, NULL);
    int ret = 0;
    for (int k = 0; k < 2 && !ret; k++)
        ret = file_join(c->dirs[k], PATH_MAX, data_dir, app_kind_folders[k], err);
    if (!ret && pthread_create(&c->thread, NULL, check_main, c))
        ret = err_memory(err, "look through folders");
    c->started = !ret;
    if (ret) {
        app_check_destroy(c);
        *out = NULL;
    }
    return ret;
}

void app_check_destroy(struct app_check *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->quit = true;
    c->stop = true;
    pthread_cond_signal(&c->wish);
    pthread_mutex_unlock(&c->lock);
    if (c->started)
        pthread_join(c->thread, NULL);
    siam_model_unref(c->model);
    pthread_cond_destroy(&c->wish);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void app_check_folders(struct app_check *c)
{
    pthread_mutex_lock(&c->lock);
    c->wanted = true;
    pthread_cond_signal(&c->wish);
    pthread_mutex_unlock(&c->lock);
}

// With the lock held.
static void enter_state(struct app_check *c, int64_t due_ns)
{
    c->state++;
    c->wanted = true;
    c->due_ns = due_ns;
    c->stop = true;
    pthread_cond_signal(&c->wish);
}

void app_check_own_changed(struct app_check *c)
{
    pthread_mutex_lock(&c->lock);
    enter_state(c, clock_now_ns() + QUIET_NS);
    pthread_mutex_unlock(&c->lock);
}

void app_check_set_model(struct app_check *c, struct siam_model *model)
{
    siam_model_ref(model);
    pthread_mutex_lock(&c->lock);
    struct siam_model *old = c->model;
    c->model = model;
    enter_state(c, clock_now_ns());
    pthread_mutex_unlock(&c->lock);
    siam_model_unref(old);
}

void app_check_hold(struct app_check *c, bool hold)
{
    pthread_mutex_lock(&c->lock);
    c->hold = hold;
    if (hold)
        c->stop = true;
    else
        c->wanted = true;
    pthread_cond_signal(&c->wish);
    pthread_mutex_unlock(&c->lock);
}
