// SPDX-License-Identifier: MIT
// A worker pool for fork-join loops: pool_run() spreads the items 0..n-1 over the workers and
// returns when all are done. The caller works too, as worker 0.
//
// Which worker takes which item depends on timing. So that results don't, an item may write only to
// memory that belongs to the *item*; the worker's number serves to choose scratch space alone. Code
// that keeps to this gives the same bits whatever the number of workers.
#ifndef VISAVIS_CORE_BASE_POOL_H
#define VISAVIS_CORE_BASE_POOL_H

#include "core/base/err.h"

struct pool;

// One item's work. `worker` is in 0..pool_workers()-1 and no two items run at once with the same.
typedef void (*pool_fn)(void *ctx, int item, int worker);

// `n_workers` >= 1 counts the caller. `niceness` 0..19 is given to the pool's own threads (0 leaves
// them as they are). On failure *out is NULL. Errors: ERR_MEMORY (no memory, no thread).
int pool_create(struct pool **out, int n_workers, int niceness, struct err *err);

// Joins the threads. NULL is fine. No pool_run() may be under way.
void pool_destroy(struct pool *pool);

// Blocks until fn(ctx, i, worker) has returned for all i. One caller at a time; items must not call
// pool_run() on the same pool. Everything written by items is visible to the caller afterwards.
void pool_run(struct pool *pool, int n_items, pool_fn fn, void *ctx);

int pool_workers(const struct pool *pool);

// Number of processors this process may run on, at least 1.
int pool_processors(void);

// Lowers the priority of the calling thread alone (Linux: niceness is a thread's own).
void pool_lower_priority(int niceness);

#endif
