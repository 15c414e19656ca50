// SPDX-License-Identifier: MIT
// The files of what is learnt of other people (core/siamese/people.h), named by keys: a model, its
// checkpoint while it is made, and faces. No thread of its own.
#ifndef VISAVIS_APP_PEOPLE_FILES_H
#define VISAVIS_APP_PEOPLE_FILES_H

#include "core/siamese/people.h"

#include <limits.h>

enum app_people_file { APP_PEOPLE_MODEL, APP_PEOPLE_CHECKPOINT, APP_PEOPLE_FACES };

// The folders that keep them: one in the data folder, then the user's cache, which serves all data
// folders. Returns how many there are, 1 or 2.
int app_people_dirs(char dirs[2][PATH_MAX], const char *data_dir);

// Errors: ERR_DATA (path too long).
int app_people_path(char path[PATH_MAX], const char *dir, const char *key,
                    enum app_people_file what, struct err *err);

// It is used now: the last to be removed below.
void app_people_touch(const char *path);

// Makes room in a folder before more is learnt: of the files of other folders than these, those
// that were used last stay, four models with their faces, and one checkpoint. Other files stay.
void app_people_prune(const char *dir, const struct siam_people_keys *keys);

#endif
