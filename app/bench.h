// SPDX-License-Identifier: MIT
// What `visavis bench` measures, a file each. All run on the main thread, one after another, add
// their figures to `root` and return the program's exit code; on failure they have said why.
// Everything they write goes into a folder of their own, which is gone when they return, after
// SIGINT and SIGTERM too; the user's folders are read only.
#ifndef VISAVIS_APP_BENCH_H
#define VISAVIS_APP_BENCH_H

#include "app/options.h"

#include <cjson/cJSON.h>
#include <stdatomic.h>

// bench_net.c: on random pictures, minimum and median in milliseconds. An embedding of one by
// --model, by the model that --data has, or by random weights; and a training step of 16 pairs = 32
// pictures: forward, backward, Adam.
int app_bench_embed(cJSON *root, const struct app_options *options);
int app_bench_step(cJSON *root, const struct app_options *options);

// bench_train.c: a whole training of the recipe, with --data, --negatives, --epochs and --seed as
// `visavis train` has them, or on drawn pictures.
int app_bench_train(cJSON *root, const struct app_options *options);

// bench_live.c: a headless session that scores every frame, with a training in the background.
int app_bench_live(cJSON *root, const struct app_options *options);

// bench_window.c: a session in a window of --size, with a training, live scores and the page of
// pictures, which holds more than 1,000 and moves: how long the main thread takes from its wait to
// the end of drawing.
int app_bench_window(cJSON *root, const struct app_options *options);

// ---- Tools, bench_folder.c ----------------------------------------------------------------------

// Makes a folder in $TMPDIR, or /tmp, of mode 0700. Errors: ERR_IO.
int app_bench_folder_make(char *path, size_t size, struct err *err);
// Removes it with all that is in it. Links are removed, not followed. "" is fine.
void app_bench_folder_remove(const char *path);

// Draws DIR/anchor and DIR/positive of one person of the demo camera, and DIR/negative of the
// others, 170 pictures each, always the same: bursts as the collector saves them, with time between
// them, and a folder for each other person. Errors: ERR_IO, ERR_MEMORY, ERR_STOPPED.
int app_bench_draw_pictures(const char *dir, int n_threads, const atomic_bool *stop,
                            struct err *err);

// Saves a model whose net is as it is before the first step of a training. The faces of its
// pictures are not aligned: there are none to make the template of. Errors: ERR_USAGE (no such
// recipe), ERR_MEMORY, ERR_IO.
int app_bench_save_fresh_model(const char *path, const char *recipe, uint64_t seed,
                               struct err *err);

// Sorts values: [n], the smallest first.
void app_bench_sort(double *values, size_t n);
// Sorts them and adds KEY: {p50, p95, p99}, the smallest values that such a share does not exceed;
// null where there are none.
void app_bench_add_percentiles(cJSON *root, const char *key, double *values, size_t n);

// Adds one of the memory lines of /proc/self/status ("VmRSS": resident now, "VmHWM": at most so
// far) in MB of 10^6 bytes; null where there is none.
void app_bench_add_memory(cJSON *root, const char *key, const char *line);

#endif
