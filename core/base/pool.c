// SPDX-License-Identifier: MIT
// DESIGN. One mutex guards the round: its function, its number of items, the next item and how
// many items are unfinished. Workers take items one by one under the lock. Items here take
// from tens of microseconds (a stage of one picture, cut into up to 64 of them) to milliseconds
// (whole pictures, matrix blocks), and the lock is held for some 0.1 us for each, so it is never
// contended enough to matter and there are no atomics to reason about.
#include "core/base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

struct worker {
    struct pool *pool;
    int number;
    pthread_t thread;
};

struct pool {
    int n_workers;
    int n_started; // threads to join
    int niceness;
    struct worker *workers; // [n_workers]; 0 is the caller and has no thread

    pthread_mutex_t lock;
    pthread_cond_t work; // there are items, or quit
    pthread_cond_t done; // the last item of the round is finished
    pool_fn fn;          // protected by lock, as all below
    void *ctx;
    int n_items;
    int next;
    int unfinished;
    bool quit;
};

// Takes and runs items until none is left to take. Called and returns with the lock held.
static void run_items(struct pool *pool, int worker)
{
    while (pool->next < pool->n_items) {
        int item = pool->next++;
        pool_fn fn = pool->fn;
        void *ctx = pool->ctx;
        pthread_mutex_unlock(&pool->lock);
        fn(ctx, item, worker);
        pthread_mutex_lock(&pool->lock);
        if (--pool->unfinished == 0)
            pthread_cond_signal(&pool->done);
    }
}

static void *worker_main(void *arg)
{
    struct worker *self = arg;
    struct pool *pool = self->pool;
    if (pool->niceness > 0)
        pool_lower_priority(pool->niceness);
    pthread_mutex_lock(&pool->lock);
    while (!pool->quit) {
        run_items(pool, self->number);
        if (!pool->quit)
            pthread_cond_wait(&pool->work, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int pool_create(struct pool **out, int n_workers, int niceness, struct err *err)
{
    *out = NULL;
    struct pool *pool = calloc(1, sizeof *pool);
    struct worker *workers = calloc((size_t)n_workers, sizeof *workers);
    if (!pool || !workers) {
        free(pool);
        free(workers);
        return err_memory(err, "worker pool");
    }
    pool->n_workers = n_workers;
    pool->niceness = niceness;
    pool->workers = workers;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    for (int i = 1; i < n_workers; i++) {
        workers[i] = (struct worker){.pool = pool, .number = i};
        if (pthread_create(&workers[i].thread, NULL, worker_main, &workers[i])) {
            pool_destroy(pool);
            return err_set(err, ERR_MEMORY, "cannot start worker thread %d of %d", i, n_workers);
        }
        pool->n_started++;
    }
    *out = pool;
    return 0;
}

void pool_destroy(struct pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->quit = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 1; i <= pool->n_started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

void pool_run(struct pool *pool, int n_items, pool_fn fn, void *ctx)
{
    pthread_mutex_lock(&pool->lock);
    pool->fn = fn;
    pool->ctx = ctx;
    pool->next = 0;
    pool->n_items = n_items;
    pool->unfinished = n_items;
    if (n_items > 1)
        pthread_cond_broadcast(&pool->work);
    run_items(pool, 0);
    while (pool->unfinished > 0)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

int pool_workers(const struct pool *pool)
{
    return pool->n_workers;
}

int pool_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

void pool_lower_priority(int niceness)
{
    // Linux applies it to the calling thread, not to the process, when `who` is a thread's id.
    setpriority(PRIO_PROCESS, (id_t)gettid(), niceness);
}
