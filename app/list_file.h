// SPDX-License-Identifier: MIT
// A list that the data folder keeps: a file with one JSON object, {"KEY": [...]}, mode 0600. One
// thread at a time for each file.
#ifndef VISAVIS_APP_LIST_FILE_H
#define VISAVIS_APP_LIST_FILE_H

#include "core/base/err.h"

#include <cjson/cJSON.h>

#define APP_LEFT_OUT_FILE "left-out.json"
#define APP_LEFT_OUT_KEY  "left_out"
#define APP_FOLDERS_FILE  "folders.json"
#define APP_FOLDERS_KEY   "negatives"

// Reads the file's array into *list, which belongs to *root: cJSON_Delete(). NULL both where there
// is no file. Errors: ERR_DATA (damaged), ERR_IO, ERR_MEMORY; then NULL both.
int app_list_load(cJSON **root, const cJSON **list, const char *path, const char *key,
                  struct err *err);

// Writes the file anew. Takes `list` over, NULL (out of memory) too. Errors: ERR_IO, ERR_MEMORY;
// then the file is as it was.
int app_list_save(const char *path, const char *key, cJSON *list, struct err *err);

// Sets the file aside, as NAME.broken, where it is damaged, so that a session can go on with an
// empty list. Errors: ERR_DATA (it was damaged, and has been set aside), ERR_IO (it stays damaged,
// or can't be read), ERR_MEMORY.
int app_list_mend(const char *data_dir, const char *name, const char *key, struct err *err);

#endif
