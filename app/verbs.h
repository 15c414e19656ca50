// SPDX-License-Identifier: MIT
// The commands. Each runs on the main thread, prints its result (JSON or the thing asked for on
// standard output, text for people on standard error) and returns the program's exit code.
#ifndef VISAVIS_APP_VERBS_H
#define VISAVIS_APP_VERBS_H

#include "app/options.h"

#include <cjson/cJSON.h>

int app_train(const struct app_options *options); // verb_train.c
int app_eval(const struct app_options *options);  // verb_judge.c, as the next four
int app_verify(const struct app_options *options);
int app_pairs(const struct app_options *options);
int app_oneshot(const struct app_options *options);
int app_embed(const struct app_options *options);
int app_bench(const struct app_options *options);  // verb_bench.c
int app_doctor(const struct app_options *options); // verb_doctor.c
int app_forget(const struct app_options *options); // verb_forget.c
int app_demo(const struct app_options *options);   // demo.c: a session that plays itself

// Logs the error and gives its exit code; 0 gives 0. A signal's code comes first.
int app_end(int ret, const struct err *err);

// Prints a result for scripts as one line on standard output, and frees it.
void app_print_json(cJSON *root);

#endif
