// SPDX-License-Identifier: MIT
// What the window remembers in the data folder.
#include "app/folders.h"
#include "core/base/file.h"
#include "tests/fuzz/fuzz.h"

static char dir[] = "/tmp/visavis-fuzz-XXXXXX", path[64];

static void remove_dir(void)
{
    unlink(path);
    rmdir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct app_folders *folders;
    struct err err = {0};
    if (!path[0]) {
        FUZZ_CHECK(mkdtemp(dir) && atexit(remove_dir) == 0);
        snprintf(path, sizeof path, "%s/folders.json", dir);
        FUZZ_CHECK(symlink(fuzz_file("", 0), path) == 0);
    }
    fuzz_file(data, size);
    int ret = app_folders_create(&folders, dir, NULL, 0, NULL, &err);
    fuzz_check_result(ret, &err);
    if (!ret) {
        int n;
        char **paths = app_folders_paths(folders, &n);
        FUZZ_CHECK(paths && n >= 0 && paths[n] == NULL);
        free(paths);
    }
    app_folders_destroy(folders);
    return 0;
}
