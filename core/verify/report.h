// SPDX-License-Identifier: MIT
// Judging a model on folders of pictures that it has not seen, and on lists of pairs.
#ifndef VISAVIS_CORE_VERIFY_REPORT_H
#define VISAVIS_CORE_VERIFY_REPORT_H

#include "core/siamese/model.h"

struct verify_strangers {
    char *dir;
    int n;        // usable pictures
    int accepted; // of them
};

struct verify_report {
    double far, frr, eer, auc, precision, recall;
    float threshold; // the model's, or the one asked for
    int n_genuine;   // usable pictures of the user
    int n_impostor;  // usable pictures of strangers, all folders together
    int genuine_accepted;
    struct verify_strangers *strangers; // [n_strangers]
    int n_strangers;
};

// Scores every picture of `genuine_dir` and of each of the stranger folders (any depth) against
// the gallery of `anchor_dir`. threshold < 0 takes the model's. The report is the caller's
// (verify_report_finish). Errors: ERR_DATA (a folder absent or without a usable picture),
// ERR_MEMORY.
int verify_eval(struct verify_report *report, struct siam_model *model, const char *anchor_dir,
                const char *genuine_dir, const char *const *stranger_dirs, int n_stranger_dirs,
                float threshold, struct pool *pool, struct err *err);
void verify_report_finish(struct verify_report *report);

// One JSON object, or lines for people. The text is the caller's (free); NULL: out of memory.
char *verify_report_json(const struct verify_report *report);
char *verify_report_text(const struct verify_report *report);

struct verify_pairs_result {
    int n, n_same, n_different, n_skipped; // pairs; skipped: a picture could not be used
    double accuracy;                       // at the model's threshold
    double best_accuracy;                  // at the best single threshold
    float best_threshold;
    double eer, auc;
    float threshold;
};

// `list`: lines "path TAB path TAB 0|1", paths below `root`. Each distinct picture is embedded
// once. Errors: ERR_DATA (no such file, a line that isn't like that: names file and line; no
// usable pair), ERR_MEMORY.
int verify_pairs(struct verify_pairs_result *result, struct siam_model *model, const char *root,
                 const char *list, struct pool *pool, struct err *err);
char *verify_pairs_json(const struct verify_pairs_result *result);
char *verify_pairs_text(const struct verify_pairs_result *result);

#endif
