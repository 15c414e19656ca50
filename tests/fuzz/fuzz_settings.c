// SPDX-License-Identifier: MIT
// What the window remembers: its folders in the data folder, its settings.
#include "app/folders.h"
#include "app/settings.h"
#include "core/base/file.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <math.h>

static char dir[] = "/tmp/visavis-fuzz-XXXXXX", folders_path[64], settings_path[64];

static void remove_dir(void)
{
    char path[80];
    unlink(folders_path);
    unlink(settings_path);
    snprintf(path, sizeof path, "%s.broken", settings_path);
    unlink(path);
    snprintf(path, sizeof path, "%s/visavis", dir);
    rmdir(path);
    rmdir(dir);
}

static void make_dir(void)
{
    FUZZ_CHECK(mkdtemp(dir) && atexit(remove_dir) == 0);
    snprintf(folders_path, sizeof folders_path, "%s/folders.json", dir);
    FUZZ_CHECK(symlink(fuzz_file("", 0), folders_path) == 0);
    FUZZ_CHECK(setenv("XDG_CONFIG_HOME", dir, 1) == 0);
    snprintf(settings_path, sizeof settings_path, "%s/visavis", dir);
    FUZZ_CHECK(file_make_dirs(settings_path, NULL) == 0);
    FUZZ_CHECK(app_settings_path(settings_path, sizeof settings_path, NULL) == 0);
}

static void read_folders(void)
{
    struct app_folders *folders;
    struct err err = {0};
    int ret = app_folders_create(&folders, dir, NULL, NULL, 0, NULL, &err);
    fuzz_check_result(ret, &err);
    if (!ret) {
        int n;
        char **paths = app_folders_paths(folders, &n);
        FUZZ_CHECK(paths && n >= 0 && paths[n] == NULL);
        free(paths);
    }
    app_folders_destroy(folders);
}

static void write_settings(const uint8_t *data, size_t size)
{
    int fd = open(settings_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FUZZ_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

// What was read, with changes, is read again.
static void read_settings(void)
{
    struct app_settings *s;
    struct err err = {0};
    fuzz_check_result(app_settings_open(&s, &err), &err);
    FUZZ_CHECK(s && app_settings_text(s, APP_THEME, APP_DARK));
    app_settings_set_flag(s, APP_MIRROR, !app_settings_flag(s, APP_MIRROR, true));
    bool mirror = app_settings_flag(s, APP_MIRROR, true);
    float size = app_settings_number(s, APP_TEXT_SIZE, 0.8f, 2, 1);
    FUZZ_CHECK(size >= 0.8f && size <= 2);
    app_settings_set_number(s, APP_TEXT_SIZE, size);
    int gain;
    app_settings_of_camera(s, "/dev/v4l/by-id/a", "gain", &gain);
    app_settings_set_of_camera(s, "/dev/v4l/by-id/a", "gain", 5);
    FUZZ_CHECK(app_settings_of_camera(s, "/dev/v4l/by-id/a", "gain", &gain) && gain == 5);
    FUZZ_CHECK(app_settings_keep(s, 0, NULL) == 0);
    app_settings_close(s);
    FUZZ_CHECK(app_settings_open(&s, &err) == 0);
    FUZZ_CHECK(app_settings_flag(s, APP_MIRROR, !mirror) == mirror);
    float kept = app_settings_number(s, APP_TEXT_SIZE, 0.7f, 3, 0);
    FUZZ_CHECK(fabsf(kept - size) < 1e-5f);
    app_settings_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!folders_path[0])
        make_dir();
    fuzz_file(data, size);
    read_folders();
    write_settings(data, size);
    read_settings();
    return 0;
}
