// SPDX-License-Identifier: MIT
#include "app/looked.h"

#include "app/list_file.h"
#include "core/base/file.h"
#include "core/verify/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

#define LIST "looked"
#define HEX  17 // digits and the zero

uint64_t app_looked_key(uint64_t key, char *const *paths, int n)
{
    for (int i = 0; i < n; i++) {
        struct stat st;
        int64_t is[2] = {-1, -1};
        if (stat(paths[i], &st) == 0) {
            is[0] = st.st_size;
            is[1] = file_changed_ns(&st);
        }
        key = XXH3_64bits_withSeed(paths[i], strlen(paths[i]) + 1, key);
        key = XXH3_64bits_withSeed(is, sizeof is, key);
    }
    return key;
}

static void to_hex(char hex[HEX], uint64_t key)
{
    snprintf(hex, HEX, "%016" PRIx64, key);
}

static bool is_of(const cJSON *item, const char *hex)
{
    const char *key = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "key"));
    return key && strcmp(key, hex) == 0;
}

bool app_looked_recall(const char *data_dir, uint64_t key, int *n, char example[PATH_MAX])
{
    char file[PATH_MAX], hex[HEX];
    cJSON *root;
    const cJSON *list, *item;
    bool found = false;
    if (file_join(file, sizeof file, data_dir, APP_LOOKED_FILE, NULL) ||
        app_list_load(&root, &list, file, LIST, NULL))
        return false;
    to_hex(hex, key);
    cJSON_ArrayForEach(item, list)
    {
        const cJSON *own = cJSON_GetObjectItemCaseSensitive(item, "own");
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "example"));
        if (!is_of(item, hex) || !cJSON_IsNumber(own) || !text)
            continue;
        found = true;
        *n = own->valueint;
        snprintf(example, PATH_MAX, "%s", text);
    }
    cJSON_Delete(root);
    return found;
}

// The newest that were kept before, other than `hex`: one fewer than there may be.
static cJSON *others(const cJSON *list, const char *hex)
{
    cJSON *kept = cJSON_CreateArray();
    int over = cJSON_GetArraySize(list) + 1 - APP_LOOKED_MOST;
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (over-- <= 0 && !is_of(item, hex))
            verify_json_append(kept, cJSON_Duplicate(item, true));
    }
    return kept;
}

int app_looked_keep(const char *data_dir, uint64_t key, int n, const char *example, struct err *err)
{
    char file[PATH_MAX], hex[HEX];
    cJSON *root;
    const cJSON *list;
    int ret = file_join(file, sizeof file, data_dir, APP_LOOKED_FILE, err);
    if (ret)
        return ret;
    app_list_load(&root, &list, file, LIST, NULL); // damaged: as if there were none
    to_hex(hex, key);
    cJSON *all = others(list, hex), *item = cJSON_CreateObject();
    verify_json_put(item, "key", cJSON_CreateString(hex));
    verify_json_int(item, "own", n);
    verify_json_put(item, "example", cJSON_CreateString(example));
    verify_json_append(all, item);
    cJSON_Delete(root);
    return app_list_save(file, LIST, all, err);
}
