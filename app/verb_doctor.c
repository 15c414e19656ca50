// SPDX-License-Identifier: MIT
// A report of what the program finds on this machine, to read or to paste into a bug report. It is
// made as lines of (section, what, value) and printed as text or as JSON.
#include "app/folder_look.h"
#include "app/settings.h"
#include "app/verbs.h"
#include "capture/camera.h"
#include "core/base/file.h"
#include "core/base/pool.h"
#include "core/nn/blas.h"
#include "core/nn/kernels.h"
#include "core/siamese/model.h"
#include "core/verify/json.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

struct report {
    cJSON *root, *section;
};

static void begin_section(struct report *r, const char *name)
{
    r->section = cJSON_AddObjectToObject(r->root, name);
}

__attribute__((format(printf, 3, 4))) static void line(struct report *r, const char *what,
                                                       const char *fmt, ...)
{
    char text[PATH_MAX + 256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    verify_json_put(r->section, what, verify_json_text(text));
}

static void processor_name(char *out, size_t size)
{
    char text[256];
    FILE *f = fopen("/proc/cpuinfo", "re");
    snprintf(out, size, "unknown");
    while (f && fgets(text, sizeof text, f)) {
        char *colon = strchr(text, ':');
        if (strncmp(text, "model name", 10) || !colon)
            continue;
        colon[strcspn(colon, "\n")] = '\0';
        snprintf(out, size, "%s", colon + 2);
        break;
    }
    if (f)
        fclose(f);
}

static void report_machine(struct report *r, const struct app_options *o)
{
    char name[256];
    struct utsname uts;
    processor_name(name, sizeof name);
    begin_section(r, "machine");
    line(r, "visavis", "%s", VISAVIS_VERSION);
    if (uname(&uts) == 0)
        line(r, "system", "%s %s %s", uts.sysname, uts.release, uts.machine);
    line(r, "processor", "%s, %d to run on, %s", name, pool_processors(), nn_kernels()->name);
    line(r, "threads", "%d", o->threads);
    const char *session = getenv("WAYLAND_DISPLAY") ? "Wayland" : getenv("DISPLAY") ? "X11" : NULL;
    line(r, "display", "%s", session ? session : "none: --headless works without one");
}

static void report_blas(struct report *r)
{
    const char *better = nn_blas_better_kernel();
    begin_section(r, "blas");
    line(r, "library", "OpenBLAS, one thread a call");
    line(r, "kernel", "%s", nn_blas_kernel());
    if (better)
        line(r, "advice", "%s would be faster: unset VISAVIS_BLAS_AS_IS", better);
    line(r, "speed", "%.0f GFLOP/s a core (sgemm 512x512x512)", nn_blas_gflops());
}

// One that is not let in is told what a session would tell: which group is.
static void report_device(struct report *r, const char *node)
{
    struct stat st;
    struct cap_camera *camera = NULL;
    struct err err = {0};
    char what[PATH_MAX + 8];
    snprintf(what, sizeof what, "node %s", node);
    if (stat(node, &st))
        line(r, what, "%s", strerror(errno));
    else if (access(node, R_OK | W_OK) && cap_open(&camera, node, &err))
        line(r, what, "mode %o: %s", st.st_mode & 0777, err.text);
    else
        line(r, what, "mode %o, readable and writable", st.st_mode & 0777);
    cap_close(camera);
}

static void report_cameras(struct report *r)
{
    struct cap_info list[16];
    int n = cap_list(list, 16);
    begin_section(r, "camera");
    line(r, "found", n > 0 ? "%d" : "%d: the demo camera serves", n);
    for (int i = 0; i < n; i++) {
        char what[32];
        snprintf(what, sizeof what, "camera %d", i + 1);
        line(r, what, "%s, --camera %s", list[i].name, list[i].spec);
    }
    glob_t nodes;
    if (glob("/dev/video*", 0, NULL, &nodes) == 0) {
        for (size_t i = 0; i < nodes.gl_pathc; i++)
            report_device(r, nodes.gl_pathv[i]);
        globfree(&nodes);
    }
    line(r, "cross-check", "mpv av://v4l2:/dev/video0 --profile=low-latency --untimed, or qv4l2");
}

static void report_folder(struct report *r, const char *data_dir, const char *name)
{
    char path[PATH_MAX];
    struct stat st;
    if (file_join(path, sizeof path, data_dir, name, NULL))
        return;
    if (stat(path, &st))
        line(r, name, "not there yet");
    else
        line(r, name, "%d pictures, mode %o%s", app_count_pictures(path, NULL), st.st_mode & 0777,
             access(path, W_OK) ? ", not writable" : "");
}

static void report_model(struct report *r, const char *data_dir)
{
    char path[PATH_MAX];
    struct err err = {0};
    struct siam_model *model;
    if (file_join(path, sizeof path, data_dir, "model.safetensors", NULL))
        return;
    if (!file_exists(path)) {
        line(r, "model", "none yet");
    } else if (siam_model_load(&model, path, &err)) {
        line(r, "model", "%s", err.text);
    } else {
        const struct siam_card *c = &model->card;
        line(r, "model", "%s, recipe %s, %d epochs, threshold %.3f, FAR %.3f of %d, FRR %.3f of %d",
             c->created, c->recipe, c->epochs, (double)c->threshold, c->far, c->n_impostor, c->frr,
             c->n_genuine);
        siam_model_unref(model);
    }
}

static void report_data(struct report *r, const char *data_dir)
{
    struct statvfs fs;
    begin_section(r, "data");
    line(r, "folder", "%s%s", data_dir, file_is_dir(data_dir) ? "" : " (not there yet)");
    report_folder(r, data_dir, "anchor");
    report_folder(r, data_dir, "positive");
    report_folder(r, data_dir, "negative");
    report_model(r, data_dir);
    if (statvfs(data_dir, &fs) == 0)
        line(r, "free", "%.1f GB", (double)fs.f_bavail * (double)fs.f_frsize * 1e-9);
}

static void report_settings(struct report *r)
{
    char path[PATH_MAX];
    struct err err = {0};
    begin_section(r, "settings");
    if (app_settings_path(path, sizeof path, &err)) {
        line(r, "file", "%s", err.text);
        return;
    }
    line(r, "file", "%s%s", path,
         !file_exists(path)   ? " (not there yet)"
         : access(path, R_OK) ? ", not readable"
         : access(path, W_OK) ? ", not writable"
                              : "");
}

static void print_text(const struct report *r)
{
    const cJSON *section, *item;
    cJSON_ArrayForEach(section, r->root)
    {
        printf("%s\n", section->string);
        cJSON_ArrayForEach(item, section) printf("  %-18s %s\n", item->string, item->valuestring);
    }
}

int app_doctor(const struct app_options *o)
{
    char data_dir[PATH_MAX];
    struct err err = {0};
    int ret = app_options_data_dir(o, data_dir, sizeof data_dir, &err);
    if (ret)
        return app_end(ret, &err);
    struct report r = {.root = cJSON_CreateObject()};
    report_machine(&r, o);
    report_blas(&r);
    report_cameras(&r);
    report_data(&r, data_dir);
    report_settings(&r);
    if (o->json) {
        app_print_json(r.root);
        return 0;
    }
    print_text(&r);
    cJSON_Delete(r.root);
    return 0;
}
