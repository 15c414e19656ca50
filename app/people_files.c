// SPDX-License-Identifier: MIT
#include "app/people_files.h"

#include "core/base/file.h"
#include "core/base/log.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *ending;
    int kept; // of other folders
} files[] = {
    [APP_PEOPLE_MODEL] = {"safetensors", 4},
    [APP_PEOPLE_CHECKPOINT] = {"checkpoint", 1},
    [APP_PEOPLE_FACES] = {"faces", 4},
};

int app_people_dirs(char dirs[2][PATH_MAX], const char *data_dir)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n = !file_join(dirs[0], PATH_MAX, data_dir, "people", NULL);
    if (xdg && xdg[0] == '/')
        n += !file_join(dirs[n], PATH_MAX, xdg, "visavis/people", NULL);
    else if (home && home[0] == '/')
        n += !file_join(dirs[n], PATH_MAX, home, ".cache/visavis/people", NULL);
    return n;
}

int app_people_path(char path[PATH_MAX], const char *dir, const char *key,
                    enum app_people_file what, struct err *err)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", key, files[what].ending);
    return file_join(path, PATH_MAX, dir, name, err);
}

void app_people_touch(const char *path)
{
    utimensat(AT_FDCWD, path, NULL, 0); // where that can't be, it is removed earlier, no more
}

// ---- Making room --------------------------------------------------------------------------------

// Whether a name is a key and this ending.
static bool is_named(const char *name, const char *ending)
{
    size_t n = SIAM_PEOPLE_KEY - 1;
    return strspn(name, "0123456789abcdef") == n && name[n] == '.' && !strcmp(name + n + 1, ending);
}

// The one that was used longest ago, and how many there are but for those of `keys`.
static int find_oldest(char oldest[PATH_MAX], const char *dir, const char *ending,
                       const struct siam_people_keys *keys)
{
    DIR *folder = opendir(dir);
    struct stat st;
    int64_t since = INT64_MAX;
    int n = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char path[PATH_MAX];
        const char *name = entry->d_name;
        size_t len = SIAM_PEOPLE_KEY - 1;
        if (!is_named(name, ending) || !strncmp(name, keys->model, len) ||
            !strncmp(name, keys->faces, len) || file_join(path, sizeof path, dir, name, NULL) ||
            stat(path, &st))
            continue;
        n++;
        if (file_changed_ns(&st) < since) {
            since = file_changed_ns(&st);
            snprintf(oldest, PATH_MAX, "%s", path);
        }
    }
    if (folder)
        closedir(folder);
    return n;
}

void app_people_prune(const char *dir, const struct siam_people_keys *keys)
{
    char oldest[PATH_MAX];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        while (find_oldest(oldest, dir, files[i].ending, keys) > files[i].kept) {
            if (unlink(oldest))
                break;
            log_info("%s: not used for long: removed", oldest);
        }
}
