// SPDX-License-Identifier: MIT
// Judging a model on folders of pictures that it has not seen, and on lists of pairs.
#ifndef VISAVIS_CORE_VERIFY_REPORT_H
#define VISAVIS_CORE_VERIFY_REPORT_H

#include "core/siamese/model.h"

#include <stdatomic.h>

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
// (verify_report_finish), and empty on failure. Blocks; nothing else may run on `pool`; `stop` (may
// be NULL) ends it within a fraction of a second. Errors: ERR_DATA (a folder absent or without a
// usable picture), ERR_MODEL (its net takes no chips), ERR_MEMORY, ERR_STOPPED.
int verify_eval(struct verify_report *report, struct siam_model *model, const char *anchor_dir,
                const char *genuine_dir, const char *const *stranger_dirs, int n_stranger_dirs,
                float threshold, struct pool *pool, const atomic_bool *stop, struct err *err);
void verify_report_finish(struct verify_report *report);

// One JSON object, keys: far, frr, eer, auc, threshold, precision, recall, n_genuine, n_impostor,
// genuine_accepted, strangers: [{dir, n, accepted}]. Or lines for people, each rate with its counts
// and what it may be at most (verify_upper_bound()). No newline at the end. The text is the
// caller's (free); NULL: out of memory.
char *verify_report_json(const struct verify_report *report);
char *verify_report_text(const struct verify_report *report);

struct verify_pairs_result {
    int n;                // pairs scored: n_same + n_different
    int n_same;           // of the same person
    int n_different;      // of two
    int n_skipped;        // pairs besides, a picture of which could not be used
    double accuracy;      // at the model's threshold
    double best_accuracy; // at the best single threshold
    float best_threshold;
    double eer, auc;
    float threshold; // the model's
};

// `list`: a text file of lines "path TAB path TAB 0|1" (1: same person), paths below `root`. Lines
// may end with CR LF; empty ones, and a byte order mark, are passed over. Each distinct picture is
// embedded once, and its embedding is kept until all are scored. Blocks; nothing else may run on
// `pool`; `stop` (may be NULL) ends it within a fraction of a second. Errors: ERR_DATA (no such
// file, a line that isn't like that: names file and line; no usable pair), ERR_MODEL (its net takes
// no chips), ERR_MEMORY, ERR_STOPPED.
int verify_pairs(struct verify_pairs_result *result, struct siam_model *model, const char *root,
                 const char *list, struct pool *pool, const atomic_bool *stop, struct err *err);

// As above. JSON keys: accuracy, eer, auc, threshold, best_accuracy, best_threshold, n, n_same,
// n_different, skipped.
char *verify_pairs_json(const struct verify_pairs_result *result);
char *verify_pairs_text(const struct verify_pairs_result *result);

#endif
