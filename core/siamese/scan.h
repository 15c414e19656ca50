// SPDX-License-Identifier: MIT
// Internal to core/siamese: the files of a data set, found but not yet opened.
#ifndef VISAVIS_CORE_SIAMESE_SCAN_H
#define VISAVIS_CORE_SIAMESE_SCAN_H

#include "core/siamese/dataset.h"

struct siam_file {
    char *path; // owned
    enum siam_kind kind;
    int folder;         // negatives: number of the sub-folder that holds it; -1: no sub-folder
    int8_t weight_log2; // see struct siam_picture
};

struct siam_scan {
    struct siam_file *files; // [n], sorted by kind, then as file_walk() finds them
    int n;
    int capacity;
    int n_folders;
};

// Walks the folders of `config`, and draws max_negatives of the negatives where there are more.
// `scan` needs siam_scan_finish() after failures too. Errors: ERR_DATA, ERR_MEMORY, ERR_STOPPED.
int siam_scan(struct siam_scan *scan, const struct siam_dataset_config *config,
              const atomic_bool *stop, struct err *err);
void siam_scan_finish(struct siam_scan *scan);

// Whether it is a picture that lies right in config->apart.
bool siam_is_apart(const struct siam_dataset_config *config, const char *path);

// "DIR" or "DIR and 2 more folders", what to call the folders of a kind.
void siam_folders_text(const struct siam_dataset_config *config, enum siam_kind kind, char *out,
                       size_t size);

// "anchors", and what to do when there are none.
const char *siam_kind_plural(enum siam_kind kind);
const char *siam_kind_remedy(enum siam_kind kind);

#endif
