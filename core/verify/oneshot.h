// SPDX-License-Identifier: MIT
// One-shot classification as by Lake, Salakhutdinov, Gross and Tenenbaum, "One shot learning of
// simple visual concepts" (2011), on folders laid out as the "all_runs" of the Omniglot data set.
#ifndef VISAVIS_CORE_VERIFY_ONESHOT_H
#define VISAVIS_CORE_VERIFY_ONESHOT_H

#include "core/siamese/model.h"

#include <stdatomic.h>

struct verify_oneshot_result {
    int runs;
    double *per_run;        // [runs] accuracy of each, in byte order of their folders
    int n;                  // tests of all runs
    int right;              // of them
    double accuracy;        // right / n
    double low, high;       // its 95 % Clopper-Pearson interval: verify_lower_bound(), upper
    int ways_min, ways_max; // training pictures of a run; the same but where runs differ
    double chance;          // expected accuracy of one who guesses: the mean of 1 / ways over tests
};

// Every folder below `dir`, any depth, that holds a file class_labels.txt is a run; `dir` itself
// may be one. Each line of the file is "TEST blank TRAINING", a test picture and the training
// picture of the same class, as paths from the folder that holds the run:
//     run01/test/item01.png run01/training/class17.png
// Lines may end with blanks or CR LF; empty ones, and a byte order mark, are passed over. All
// pictures of the folder that the training pictures lie in are the run's classes, whether or not a
// test asks for them. A test is right when the training picture of its class has a higher logit
// with it than any other; where others reach as much it is wrong.
//
// Each picture of a run is embedded once, and all of a run are kept until its tests are counted. A
// picture that can't be used ends it: an accuracy over fewer tests would be another. The result is
// the caller's (verify_oneshot_finish), and empty on failure. Blocks; nothing else may run on
// `pool`; `stop` (may be NULL) ends it within a fraction of a second. Errors: ERR_DATA (no such
// folder, no run in it; a line that isn't like that: names file and line; a picture missing or
// broken: names it; fewer than two classes), ERR_MODEL (its net takes no chips), ERR_MEMORY,
// ERR_STOPPED.
int verify_oneshot(struct verify_oneshot_result *result, struct siam_model *model, const char *dir,
                   struct pool *pool, const atomic_bool *stop, struct err *err);
void verify_oneshot_finish(struct verify_oneshot_result *result);

// As those of report.h, beside which they are made. JSON keys: accuracy, accuracy_low,
// accuracy_high, n, right, ways (a number, or [least, most] where the runs differ), runs, chance,
// per_run: [accuracy].
char *verify_oneshot_json(const struct verify_oneshot_result *result);
char *verify_oneshot_text(const struct verify_oneshot_result *result);

#endif
