// SPDX-License-Identifier: MIT
// DESIGN. The thread makes a class's strip anew as a whole, from small pictures of the strip before
// where it has them, and leaves it as `fresh`; the main thread, which alone may change what the
// view points to, takes it over. While pictures are taken there is a rest between two readings.
#include "app/newest.h"

#include "app/edits.h"
#include "app/small.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/pool.h"
#include "core/image/decode.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SIDE     96 // of a picture, pixels: twice what it has on the screen
#define NICENESS 5
#define REST_NS  (CLOCK_SECOND / 5) // between two readings of a folder

struct strip {
    struct img row; // the pictures side by side, the newest first
    int n;
};

struct file {
    char path[PATH_MAX];
    int64_t changed_ns;
};

// A class of pictures.
struct lane {
    char dir[PATH_MAX];
    struct file file[UI_NEWEST]; // the thread's: those in `made`
    struct strip made;           // alike
    int64_t rests_until_ns;      // alike
    bool stale;                  // protected by the lock, as are the next two
    struct strip fresh;
    bool is_fresh;
    struct strip shown; // the main thread's, as is its number
    int64_t number;
};

struct app_newest {
    struct lane lane[SIAM_KINDS];
    void (*changed)(void *ctx);
    void *ctx;
    pthread_t thread;
    bool started;
    struct app_small maker; // the thread's
    pthread_mutex_t lock;
    pthread_cond_t wish, done;
    bool looking; // protected by lock
    atomic_bool quit;
};

// ---- Finding them -----------------------------------------------------------------------------

struct search {
    const atomic_bool *quit;
    struct file file[UI_NEWEST]; // [n], the newest first
    int n;
};

static int visit(void *ctx, const char *path, const char *folder)
{
    struct search *search = ctx;
    struct stat st;
    (void)folder;
    if (*search->quit)
        return ERR_STOPPED;
    if (!img_is_picture_name(path) || strlen(path) >= PATH_MAX || stat(path, &st))
        return 0;
    int64_t ns = file_changed_ns(&st);
    int at = search->n;
    while (at > 0 && ns >= search->file[at - 1].changed_ns)
        at--; // names go up, so of those of one time the last is the newest
    if (at == UI_NEWEST)
        return 0;
    search->n += search->n < UI_NEWEST;
    memmove(search->file + at + 1, search->file + at,
            (size_t)(search->n - 1 - at) * sizeof *search->file);
    memcpy(search->file[at].path, path, strlen(path) + 1);
    search->file[at].changed_ns = ns;
    return 0;
}

// ---- Making them ------------------------------------------------------------------------------

// The picture of a file, from those made before or anew; false: it can't be read.
static bool put(struct app_newest *newest, const struct lane *lane, const struct file *file,
                struct strip *strip)
{
    for (int i = 0; i < lane->made.n; i++)
        if (lane->file[i].changed_ns == file->changed_ns &&
            strcmp(lane->file[i].path, file->path) == 0) {
            app_small_put(&strip->row, strip->n, lane->made.row.px + (size_t)3 * SIDE * (size_t)i,
                          lane->made.row.w);
            return true;
        }
    if (app_small_make(&newest->maker, file->path, SIDE, NULL))
        return false;
    app_small_put(&strip->row, strip->n, newest->maker.small.px, SIDE);
    return true;
}

// Pictures that can't be read are passed over, also in `found`: the page of pictures tells what is
// wrong with them.
static int make(struct app_newest *newest, const struct lane *lane, struct search *found,
                struct strip *strip, struct err *err)
{
    int ret = img_reserve(&strip->row, UI_NEWEST * SIDE, SIDE, err);
    if (ret)
        return ret;
    memset(strip->row.px, 0, (size_t)3 * UI_NEWEST * SIDE * SIDE);
    for (int i = 0; i < found->n && !newest->quit; i++)
        if (put(newest, lane, &found->file[i], strip))
            found->file[strip->n++] = found->file[i];
    return newest->quit ? ERR_STOPPED : 0;
}

static void swap(struct strip *a, struct strip *b)
{
    struct strip kept = *a;
    *a = *b;
    *b = kept;
}

static void look(struct app_newest *newest, struct lane *lane)
{
    struct search found = {.quit = &newest->quit};
    struct strip strip = {.n = 0}, copy = {.n = 0};
    struct err err = {0};
    int ret = file_is_dir(lane->dir) ? file_walk(lane->dir, visit, &found, &err) : 0;
    if (!ret)
        ret = make(newest, lane, &found, &strip, &err);
    if (!ret)
        ret = img_copy(&copy.row, &strip.row, &err);
    copy.n = strip.n;
    if (ret && ret != ERR_STOPPED)
        log_info("%s", err.text);
    if (!ret) {
        swap(&lane->made, &strip);
        memcpy(lane->file, found.file, (size_t)copy.n * sizeof *found.file);
        pthread_mutex_lock(&newest->lock);
        swap(&lane->fresh, &copy);
        lane->is_fresh = true;
        pthread_mutex_unlock(&newest->lock);
        newest->changed(newest->ctx);
    }
    img_finish(&strip.row);
    img_finish(&copy.row);
}

// ---- The thread -------------------------------------------------------------------------------

// The one to look at now; NULL: none, or none before *until_ns. With the lock held.
static struct lane *due_lane(struct app_newest *newest, int64_t *until_ns)
{
    int64_t now = clock_now_ns();
    *until_ns = INT64_MAX;
    for (int k = 0; k < SIAM_KINDS; k++) {
        struct lane *lane = &newest->lane[k];
        if (lane->stale && lane->rests_until_ns <= now)
            return lane;
        if (lane->stale && lane->rests_until_ns < *until_ns)
            *until_ns = lane->rests_until_ns;
    }
    return NULL;
}

static void wait_until(struct app_newest *newest, int64_t until_ns)
{
    if (until_ns == INT64_MAX)
        pthread_cond_wait(&newest->wish, &newest->lock);
    else
        clock_wait(&newest->wish, &newest->lock, until_ns);
}

static void *newest_main(void *arg)
{
    struct app_newest *newest = arg;
    int64_t until_ns;
    pool_lower_priority(NICENESS);
    pthread_mutex_lock(&newest->lock);
    while (!newest->quit) {
        struct lane *lane = due_lane(newest, &until_ns);
        if (!lane) {
            wait_until(newest, until_ns);
            continue;
        }
        lane->stale = false;
        newest->looking = true;
        pthread_mutex_unlock(&newest->lock);
        look(newest, lane);
        pthread_mutex_lock(&newest->lock);
        newest->looking = false;
        lane->rests_until_ns = clock_now_ns() + REST_NS;
        pthread_cond_broadcast(&newest->done);
    }
    pthread_mutex_unlock(&newest->lock);
    return NULL;
}

// ---- Life -------------------------------------------------------------------------------------

int app_newest_create(struct app_newest **out, const char *data_dir, void (*changed)(void *ctx),
                      void *ctx, struct err *err)
{
    struct app_newest *newest = *out = calloc(1, sizeof *newest);
    if (!newest)
        return err_memory(err, "newest pictures");
    newest->changed = changed;
    newest->ctx = ctx;
    pthread_mutex_init(&newest->lock, NULL);
    pthread_cond_init(&newest->wish, NULL);
    pthread_cond_init(&newest->done, NULL);
    int ret = 0;
    for (int k = 0; k < SIAM_KINDS && !ret; k++) {
        struct lane *lane = &newest->lane[k];
        lane->stale = true;
        ret = file_join(lane->dir, sizeof lane->dir, data_dir, app_kind_folders[k], err);
    }
    if (!ret && pthread_create(&newest->thread, NULL, newest_main, newest))
        ret = err_memory(err, "thread of the newest pictures");
    newest->started = !ret;
    if (ret) {
        app_newest_destroy(newest);
        *out = NULL;
    }
    return ret;
}

void app_newest_destroy(struct app_newest *newest)
{
    if (!newest)
        return;
    pthread_mutex_lock(&newest->lock);
    newest->quit = true;
    pthread_cond_signal(&newest->wish);
    pthread_mutex_unlock(&newest->lock);
    if (newest->started)
        pthread_join(newest->thread, NULL);
    for (int k = 0; k < SIAM_KINDS; k++) {
        img_finish(&newest->lane[k].made.row);
        img_finish(&newest->lane[k].fresh.row);
        img_finish(&newest->lane[k].shown.row);
    }
    app_small_finish(&newest->maker);
    pthread_cond_destroy(&newest->wish);
    pthread_cond_destroy(&newest->done);
    pthread_mutex_destroy(&newest->lock);
    free(newest);
}

void app_newest_changed(struct app_newest *newest, enum siam_kind kind)
{
    pthread_mutex_lock(&newest->lock);
    newest->lane[kind].stale = true;
    pthread_cond_signal(&newest->wish);
    pthread_mutex_unlock(&newest->lock);
}

static bool is_settled(const struct app_newest *newest)
{
    for (int k = 0; k < SIAM_KINDS; k++)
        if (newest->lane[k].stale)
            return false;
    return !newest->looking;
}

void app_newest_settle(struct app_newest *newest, int64_t most_ns)
{
    const int64_t until_ns = clock_now_ns() + most_ns;
    pthread_mutex_lock(&newest->lock);
    while (!is_settled(newest) && clock_wait(&newest->done, &newest->lock, until_ns)) {
    }
    pthread_mutex_unlock(&newest->lock);
}

void app_newest_view(struct app_newest *newest, struct ui_strip strips[SIAM_KINDS])
{
    pthread_mutex_lock(&newest->lock);
    for (int k = 0; k < SIAM_KINDS; k++) {
        struct lane *lane = &newest->lane[k];
        if (lane->is_fresh) {
            swap(&lane->shown, &lane->fresh);
            lane->number++;
            lane->is_fresh = false;
        }
        strips[k] = (struct ui_strip){lane->shown.n > 0 ? &lane->shown.row : NULL, lane->shown.n,
                                      lane->number};
    }
    pthread_mutex_unlock(&newest->lock);
}
