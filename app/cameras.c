// SPDX-License-Identifier: MIT
#include "app/cameras.h"

#include "core/base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct app_cameras {
    void (*changed)(void *ctx);
    void *ctx;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool started;
    bool watch, quit; // protected by lock, as all below
    bool fresh;       // what is listed was looked at since somebody began to look
    struct cap_info list[APP_CAMERAS_MAX];
    int n; // -1: not listed yet
};

// With the lock held.
static void list_anew(struct app_cameras *c)
{
    struct cap_info list[APP_CAMERAS_MAX];
    pthread_mutex_unlock(&c->lock);
    int n = cap_list(list, APP_CAMERAS_MAX);
    pthread_mutex_lock(&c->lock);
    memcpy(c->list, list, sizeof c->list);
    c->n = n;
    pthread_mutex_unlock(&c->lock);
    c->changed(c->ctx);
    pthread_mutex_lock(&c->lock);
}

// With the lock held: a second, or less when somebody begins or ceases to look.
static void wait_a_second(struct app_cameras *c)
{
    clock_wait(&c->wake, &c->lock, clock_now_ns() + CLOCK_SECOND);
}

static void *list_main(void *arg)
{
    struct app_cameras *c = arg;
    uint64_t stamp = 0;
    pthread_mutex_lock(&c->lock);
    while (!c->quit) {
        if (!c->watch) {
            pthread_cond_wait(&c->wake, &c->lock);
            continue;
        }
        uint64_t now = cap_list_stamp(); // of what is listed or of what came before: never after
        if (c->n < 0 || now != stamp)
            list_anew(c);
        stamp = now;
        c->fresh = c->watch;
        if (c->watch && !c->quit)
            wait_a_second(c);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

int app_cameras_create(struct app_cameras **out, void (*changed)(void *ctx), void *ctx,
                       struct err *err)
{
    struct app_cameras *c = *out = calloc(1, sizeof *c);
    if (!c)
        return err_memory(err, "list of cameras");
    c->changed = changed;
    c->ctx = ctx;
    c->n = -1;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wake, NULL);
    c->started = pthread_create(&c->thread, NULL, list_main, c) == 0;
    if (c->started)
        return 0;
    app_cameras_destroy(c);
    *out = NULL;
    return err_memory(err, "thread that lists cameras");
}

static void order(struct app_cameras *c, bool watch, bool quit)
{
    pthread_mutex_lock(&c->lock);
    bool news = c->watch != watch || quit;
    c->fresh = c->fresh && watch;
    c->watch = watch;
    c->quit = quit;
    if (news)
        pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

void app_cameras_destroy(struct app_cameras *c)
{
    if (!c)
        return;
    order(c, false, true);
    if (c->started)
        pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void app_cameras_watch(struct app_cameras *c, bool on)
{
    order(c, on, false);
}

int app_cameras_list(struct app_cameras *c, struct cap_info list[APP_CAMERAS_MAX])
{
    pthread_mutex_lock(&c->lock);
    memcpy(list, c->list, sizeof c->list);
    int n = c->n;
    pthread_mutex_unlock(&c->lock);
    return n;
}

bool app_cameras_fresh(struct app_cameras *c)
{
    pthread_mutex_lock(&c->lock);
    bool fresh = c->fresh;
    pthread_mutex_unlock(&c->lock);
    return fresh;
}
