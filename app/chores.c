// SPDX-License-Identifier: MIT
#include "app/chores.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct chore {
    struct chore *next;
    app_chore call;
    struct ui_action action;
    int n;
    const char *paths[]; // [n], and then the texts
};

struct app_chores {
    void *ctx;
    pthread_t thread;
    bool started;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct chore *first, **end; // protected by lock, as all below
    bool busy, quit;
};

static void *chores_main(void *arg)
{
    struct app_chores *c = arg;
    pthread_mutex_lock(&c->lock);
    while (c->first || !c->quit) {
        struct chore *chore = c->first;
        if (!chore) {
            pthread_cond_wait(&c->changed, &c->lock);
            continue;
        }
        c->first = chore->next;
        if (!c->first)
            c->end = &c->first;
        c->busy = true;
        pthread_mutex_unlock(&c->lock);
        chore->call(c->ctx, &chore->action, chore->n > 0 ? chore->paths : NULL, chore->n);
        free(chore);
        pthread_mutex_lock(&c->lock);
        c->busy = false;
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

int app_chores_create(struct app_chores **out, void *ctx, struct err *err)
{
    struct app_chores *c = *out = calloc(1, sizeof *c);
    if (!c)
        return err_memory(err, "thread for files");
    c->ctx = ctx;
    c->end = &c->first;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    c->started = pthread_create(&c->thread, NULL, chores_main, c) == 0;
    if (c->started)
        return 0;
    app_chores_destroy(c);
    *out = NULL;
    return err_memory(err, "thread for files");
}

void app_chores_destroy(struct app_chores *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->quit = true;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
    if (c->started)
        pthread_join(c->thread, NULL);
    pthread_cond_destroy(&c->changed);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct chore *make(app_chore call, const struct ui_action *action, const char *const *paths,
                          int n)
{
    size_t size = sizeof(struct chore) + (size_t)n * sizeof *paths;
    for (int i = 0; i < n; i++)
        size += strlen(paths[i]) + 1;
    struct chore *chore = malloc(size);
    if (!chore)
        return NULL;
    *chore = (struct chore){.call = call, .action = *action, .n = n};
    char *text = (char *)(chore->paths + n);
    for (int i = 0; i < n; i++) {
        size_t length = strlen(paths[i]) + 1;
        chore->paths[i] = memcpy(text, paths[i], length);
        text += length;
    }
    return chore;
}

int app_chores_add(struct app_chores *c, app_chore call, const struct ui_action *action,
                   const char *const *paths, int n, struct err *err)
{
    struct chore *chore = make(call, action, paths, n);
    if (!chore)
        return err_memory(err, "something to do");
    pthread_mutex_lock(&c->lock);
    *c->end = chore;
    c->end = &chore->next;
    pthread_cond_signal(&c->changed);
    pthread_mutex_unlock(&c->lock);
    return 0;
}

bool app_chores_busy(struct app_chores *c)
{
    pthread_mutex_lock(&c->lock);
    bool busy = c->busy || c->first;
    pthread_mutex_unlock(&c->lock);
    return busy;
}
