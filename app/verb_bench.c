// SPDX-License-Identifier: MIT
#include "app/bench.h"
#include "app/verbs.h"
#include "core/nn/blas.h"
#include "core/nn/kernels.h"
#include "core/verify/json.h"

#include <string.h>

// Those that are quick are what `visavis bench` runs without a word.
// clang-format off
static const struct {
    const char *name;
    int (*run)(cJSON *root, const struct app_options *options);
    bool quick;
} benches[] = {
    {"embed", app_bench_embed, true},
    {"step", app_bench_step, true},
    {"train", app_bench_train, false},
    {"live", app_bench_live, false},
    {"window", app_bench_window, false},
};
// clang-format on
#define N_BENCHES (sizeof benches / sizeof *benches)

static bool is_wanted(size_t i, const struct app_options *o)
{
    return o->n_rest > 0 ? !strcmp(o->rest[0], benches[i].name) : benches[i].quick;
}

int app_bench(const struct app_options *o)
{
    int n_run = 0, code = 0;
    cJSON *root = cJSON_CreateObject();
    for (size_t i = 0; i < N_BENCHES && code == 0; i++) {
        if (!is_wanted(i, o))
            continue;
        code = benches[i].run(root, o);
        n_run++;
    }
    if (n_run == 0) {
        struct err err;
        code =
            app_end(err_set(&err, ERR_USAGE,
                            "bench takes embed, step, train, live, window; nothing: the first two"),
                    &err);
    }
    if (!cJSON_HasObjectItem(root, "rss_mb"))
        app_bench_add_memory(root, "rss_mb", "VmHWM");
    verify_json_number(root, "threads", o->threads);
    cJSON_AddStringToObject(root, "blas_kernel", nn_blas_kernel());
    cJSON_AddStringToObject(root, "simd", nn_kernels()->name);
    if (code)
        cJSON_Delete(root);
    else
        app_print_json(root);
    return code;
}
