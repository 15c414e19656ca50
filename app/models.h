// SPDX-License-Identifier: MIT
// The models that came before DATA/model.safetensors, in DATA/models: a training that replaces a
// model leaves the old one there, to compare with and to go back to. One thread at a time.
#ifndef VISAVIS_APP_MODELS_H
#define VISAVIS_APP_MODELS_H

#include "core/siamese/model.h"

#include <limits.h>
#include <stdbool.h>

#define APP_MODELS_KEPT 3 // of 155 MB each

struct app_model {
    char name[64]; // of its file: "2026-03-14T150926Z.safetensors"
    struct siam_card card;
};

// Gives the present model a second name in DATA/models, where the training that replaces it will
// leave it, and removes the oldest beyond APP_MODELS_KEPT. Nothing to do where there is none, or it
// has that name. Errors: ERR_IO, ERR_DATA, ERR_MODEL: then what would be lost is told, and the
// caller may go on.
int app_models_keep(const char *data_dir, struct err *err);

// Those that are not the present one, the newest first, at most APP_MODELS_KEPT; what cannot be
// read is left out. Returns how many.
int app_models_list(struct app_model models[APP_MODELS_KEPT], const char *data_dir);

// Whether a file of this name may be one of them.
bool app_models_is_name(const char *name);

// Makes it the present one, which is kept in its place. Errors: ERR_IO, ERR_DATA.
int app_models_use(const char *data_dir, const char *name, struct err *err);

#endif
