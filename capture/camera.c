// SPDX-License-Identifier: MIT
#include "capture/camera.h"

#include "capture/backend.h"
#include "core/base/log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FPS      1000
#define MAX_CAMERAS  64
#define DEMO_FPS     25
#define DEMO_DEFAULT "demo"

enum kind { KIND_AUTO, KIND_NODE, KIND_REPLAY, KIND_DEMO };

struct spec {
    enum kind kind;
    char path[512]; // node, replay
    int who;        // demo
    double fps;     // replay, demo
};

// Digits, with at most one point among them; strtod() would take "inf", "0x10" and a locale's
// comma.
static bool parse_rate(const char *text, double *rate)
{
    double value = 0, unit = 1;
    bool point = false;
    if (!isdigit((unsigned char)*text))
        return false;
    for (; *text; text++) {
        if (*text == '.' && !point) {
            point = true;
        } else if (isdigit((unsigned char)*text)) {
            value = value * 10 + (*text - '0');
            unit *= point ? 10 : 1;
        } else {
            return false;
        }
    }
    *rate = value / unit;
    return true;
}

// Cuts "@FPS" off `text`, if it ends so.
static int cut_rate(char *text, double *fps, struct err *err)
{
    char *at = strrchr(text, '@');
    if (!at || !parse_rate(at + 1, fps))
        return 0;
    if (*fps > MAX_FPS)
        return err_set(err, ERR_USAGE,
                       "camera \"%s\": at most %d frames a second (a path that ends in @NUMBER is "
                       "meant with @0 behind it)",
                       text, MAX_FPS);
    *at = '\0';
    return 0;
}

static int parse_replay(struct spec *spec, const char *text, struct err *err)
{
    spec->kind = KIND_REPLAY;
    snprintf(spec->path, sizeof spec->path, "%s", text);
    int ret = cut_rate(spec->path, &spec->fps, err);
    if (!ret && !spec->path[0])
        return err_set(err, ERR_USAGE,
                       "camera \"replay:%s\": name a folder of pictures or an MJPEG file: "
                       "replay:PATH[@FPS]",
                       text);
    return ret;
}

static int parse_demo(struct spec *spec, const char *text, struct err *err)
{
    char rest[512];
    snprintf(rest, sizeof rest, "%s", text);
    spec->kind = KIND_DEMO;
    spec->fps = DEMO_FPS;
    int ret = cut_rate(rest, &spec->fps, err);
    if (ret)
        return ret;
    if (!rest[0])
        return 0;
    char *end = rest;
    unsigned long who = rest[0] == ':' && isdigit((unsigned char)rest[1])
                            ? strtoul(rest + 1, &end, 10)
                            : CAP_DEMO_PEOPLE;
    if (*end || who >= CAP_DEMO_PEOPLE)
        return err_set(err, ERR_USAGE,
                       "camera \"demo%s\": write demo[:IDENTITY][@FPS], IDENTITY 0 to %d", text,
                       CAP_DEMO_PEOPLE - 1);
    spec->who = (int)who;
    return 0;
}

static int parse_spec(struct spec *spec, const char *text, struct err *err)
{
    *spec = (struct spec){.kind = KIND_AUTO};
    if (strlen(text) >= sizeof spec->path)
        return err_set(err, ERR_USAGE, "camera \"%.40s...\": too long", text);
    if (!text[0])
        return 0;
    if (strncmp(text, "replay:", 7) == 0)
        return parse_replay(spec, text + 7, err);
    if (strncmp(text, "demo", 4) == 0 && (!text[4] || text[4] == ':' || text[4] == '@'))
        return parse_demo(spec, text + 4, err);
    spec->kind = KIND_NODE;
    size_t n_digits = strspn(text, "0123456789");
    if (!text[n_digits] && n_digits <= 5) {
        snprintf(spec->path, sizeof spec->path, "/dev/video%d", atoi(text));
        return 0;
    }
    if (!strchr(text, '/') || strstr(text, "://"))
        return err_set(err, ERR_USAGE,
                       "camera \"%s\": write /dev/videoN, N, replay:PATH[@FPS] or "
                       "demo[:IDENTITY][@FPS]",
                       text);
    snprintf(spec->path, sizeof spec->path, "%s", text);
    return 0;
}

// The spec by which the camera at `path` is found again whatever number it gets next time.
static void lasting_spec(char *out, size_t size, const char *path)
{
    snprintf(out, size, "%s", path);
    char *node = strncmp(path, "/dev/v4l/", 9) == 0 ? NULL : realpath(path, NULL);
    struct cap_info *list = node ? calloc(MAX_CAMERAS, sizeof *list) : NULL;
    int n = list ? cap_list(list, MAX_CAMERAS) : 0;
    for (int i = 0; i < n; i++) {
        char *listed = realpath(list[i].spec, NULL);
        if (listed && strcmp(listed, node) == 0)
            snprintf(out, size, "%s", list[i].spec);
        free(listed);
    }
    free(list);
    free(node);
}

// Turns "whichever there is" into a camera, or the demo where there is none at all.
static int choose(struct spec *spec, struct err *err)
{
    struct cap_info first;
    struct err why = {0};
    if (cap_v4l2_list("/dev", &first, 1, &why) > 0) {
        spec->kind = KIND_NODE;
        snprintf(spec->path, sizeof spec->path, "%s", first.spec);
        return 0;
    }
    if (why.text[0])
        return err_set(err, ERR_CAMERA, "%s", why.text);
    log_info("no camera found: using the demo camera");
    spec->kind = KIND_DEMO;
    spec->fps = DEMO_FPS;
    return 0;
}

int cap_open(struct cap_camera **out, const char *text, struct err *err)
{
    *out = NULL;
    struct spec spec;
    int ret = parse_spec(&spec, text, err);
    if (ret)
        return ret;
    if (spec.kind == KIND_AUTO) {
        text = DEMO_DEFAULT;
        ret = choose(&spec, err);
    }
    if (ret)
        return ret;
    if (spec.kind == KIND_DEMO)
        ret = cap_demo_open(out, spec.who, spec.fps, err);
    else if (spec.kind == KIND_REPLAY)
        ret = cap_replay_open(out, spec.path, spec.fps, err);
    else
        ret = cap_v4l2_open(out, spec.path, err);
    if (ret)
        return ret;
    struct cap_info *info = &(*out)->info;
    if (spec.kind == KIND_NODE)
        lasting_spec(info->spec, sizeof info->spec, spec.path);
    else
        snprintf(info->spec, sizeof info->spec, "%s", text);
    return 0;
}

void cap_close(struct cap_camera *camera)
{
    if (camera)
        camera->backend->close(camera);
}

const struct cap_info *cap_info(const struct cap_camera *camera)
{
    return &camera->info;
}

int cap_acquire(struct cap_camera *camera, int timeout_ms, int wake_fd, struct img *out,
                int64_t *capture_ns, struct err *err)
{
    int ret = camera->backend->acquire(camera, timeout_ms, wake_fd, out, capture_ns, err);
    if (ret == CAP_READY) {
        camera->info.w = out->w;
        camera->info.h = out->h;
    }
    return ret;
}

int cap_restart(struct cap_camera *camera, struct err *err)
{
    return camera->backend->restart
               ? camera->backend->restart(camera, err)
               : err_set(err, ERR_CAMERA, "%s: has to be opened again", camera->info.name);
}

void cap_controls(const struct cap_camera *camera, struct cap_control list[CAP_CONTROLS])
{
    memset(list, 0, CAP_CONTROLS * sizeof *list);
    if (camera->backend->controls)
        camera->backend->controls(camera, list);
}

int cap_set_control(struct cap_camera *camera, enum cap_control_id id, int value, struct err *err)
{
    return camera->backend->set_control
               ? camera->backend->set_control(camera, id, value, err)
               : err_set(err, ERR_CAMERA, "%s: nothing can be set", camera->info.name);
}

uint64_t cap_list_stamp(void)
{
    return cap_v4l2_stamp("/dev");
}

int cap_list(struct cap_info *list, int max)
{
    return cap_v4l2_list("/dev", list, max, NULL);
}

int cap_spec_check(const char *spec, struct err *err)
{
    struct spec parsed;
    return parse_spec(&parsed, spec, err);
}
