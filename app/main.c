// SPDX-License-Identifier: MIT
#include "app/options.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/verbs.h"
#include "core/base/log.h"
#include "core/nn/blas.h"
#include "core/nn/kernels.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define AS_IS "VISAVIS_BLAS_AS_IS"

// Starts the program again where OpenBLAS runs a kernel that is below the processor, by its own
// choice or by an OPENBLAS_CORETYPE that is meant for other machines: it reads the variable before
// main(), see core/nn/blas.h. Who wants the kernel as it is sets VISAVIS_BLAS_AS_IS, which also
// keeps this from happening twice.
static void ensure_blas_kernel(char **argv)
{
    const char *better = nn_blas_better_kernel();
    if (!better || getenv(AS_IS))
        return;
    if (setenv("OPENBLAS_CORETYPE", better, 1) || setenv("OPENBLAS_NUM_THREADS", "1", 1) ||
        setenv(AS_IS, "1", 1))
        return;
    execv("/proc/self/exe", argv);
    log_info("cannot start again with the BLAS kernel %s: computing will be slow", better);
}

int app_end(int ret, const struct err *err)
{
    if (ret < 0)
        log_error("%s", err->text);
    return app_signals_exit_code() ? app_signals_exit_code() : err_exit_code(ret);
}

void app_print_json(cJSON *root)
{
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    puts(text ? text : "{}");
    free(text);
}

static int run(const struct app_options *o)
{
    switch (o->verb) {
    case APP_TRAIN:
        return app_train(o);
    case APP_EVAL:
        return app_eval(o);
    case APP_VERIFY:
        return app_verify(o);
    case APP_PAIRS:
        return app_pairs(o);
    case APP_ONESHOT:
        return app_oneshot(o);
    case APP_EMBED:
        return app_embed(o);
    case APP_BENCH:
        return app_bench(o);
    case APP_DOCTOR:
        return app_doctor(o);
    case APP_FORGET:
        return app_forget(o);
    default:
        return o->demo ? app_demo(o) : app_session_run(o);
    }
}

// A result that could not be written is no success.
static int check_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    log_error("standard output: %s", strerror(errno));
    return code ? code : err_exit_code(ERR_IO);
}

int main(int argc, char **argv)
{
    struct app_options options;
    struct err err = {0};
    int ret = app_options_parse(&options, argc, argv, &err);
    if (ret)
        return app_end(ret, &err);
    if (options.help) {
        app_options_help(options.verb, stdout);
        return 0;
    }
    ensure_blas_kernel(argv);
    prctl(PR_SET_NAME, "visavis"); // started again by a link, it would be "exe"
    nn_blas_init();
    if (options.version) {
        printf("visavis %s (BLAS kernel %s, %s)\n", VISAVIS_VERSION, nn_blas_kernel(),
               nn_kernels()->name);
        return 0;
    }
    log_set_quiet(options.quiet);
    log_set_verbose(options.verbose);
    app_signals_install();
    return check_output(run(&options));
}
