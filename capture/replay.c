// SPDX-License-Identifier: MIT
// DESIGN. A recording is a source of frames in a fixed order that can be started over: a list of
// picture files, or the frames of one MJPEG file. At opening, the first frame that decodes is kept
// for the first acquire: so a recording without any is refused at once, and its size is known.
//
// Damaged frames are named during the first round only. When a whole round brings nothing, the
// recording is gone (a removed folder, a memory card pulled out) and the camera fails.
#include "capture/backend.h"
#include "capture/mjpeg.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replay {
    struct cap_camera base;
    struct cap_pace pace;
    char path[512];

    char **files; // [n_files], sorted; of a folder
    size_t n_files;
    size_t capacity;
    struct cap_mjpeg *mjpeg; // of a file; NULL for a folder
    struct img_jpeg *jpeg;

    size_t next;   // number of the next frame in this round
    size_t n_good; // frames of this round that decoded
    bool again;    // a later round than the first
    struct img first;
    bool has_first; // `first` is yet to be delivered
};

static int add_file(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct replay *replay = ctx;
    if (!img_is_picture_name(path))
        return 0;
    if (replay->n_files == replay->capacity) {
        size_t capacity = replay->capacity ? 2 * replay->capacity : 256;
        char **larger = reallocarray(replay->files, capacity, sizeof *larger);
        if (!larger)
            return ERR_MEMORY;
        replay->files = larger;
        replay->capacity = capacity;
    }
    replay->files[replay->n_files] = strdup(path);
    return replay->files[replay->n_files++] ? 0 : ERR_MEMORY;
}

static int open_folder(struct replay *replay, struct err *err)
{
    struct err cause = {0};
    int ret = file_walk(replay->path, add_file, replay, &cause);
    if (ret == ERR_MEMORY)
        return err_memory(err, "list of pictures");
    if (ret)
        return err_set(err, ERR_CAMERA, "replay: %s", cause.text);
    if (replay->n_files == 0)
        return err_set(err, ERR_CAMERA,
                       "replay: %s: no picture in this folder (.jpg .jpeg .png .webp)",
                       replay->path);
    return 0;
}

static int open_file(struct replay *replay, struct err *err)
{
    int ret = cap_mjpeg_open(&replay->mjpeg, replay->path, err);
    return ret ? ret : img_jpeg_create(&replay->jpeg, err);
}

// Starts the recording over, if this round brought anything.
static int start_over(struct replay *replay, struct err *err)
{
    if (replay->n_good == 0)
        return err_set(err, ERR_CAMERA, "replay: %s: %s", replay->path,
                       !file_exists(replay->path) ? "is gone; put it back"
                       : replay->mjpeg ? "no JPEG frame in this file; replay plays a folder of "
                                         "pictures or an MJPEG file"
                                       : "none of its pictures can be read");
    replay->next = replay->n_good = 0;
    replay->again = true;
    if (replay->mjpeg)
        cap_mjpeg_rewind(replay->mjpeg);
    return 0;
}

static int decode_next(struct replay *replay, struct img *out, struct err *err)
{
    if (!replay->mjpeg)
        return img_load(out, replay->files[replay->next], 0, err);
    struct err cause = {0};
    const uint8_t *data;
    size_t size;
    int ret = cap_mjpeg_next(replay->mjpeg, &data, &size, err);
    if (ret <= 0)
        return ret ? ret : CAP_NONE;
    ret = img_jpeg_decode(replay->jpeg, out, data, size, &cause);
    return ret ? err_set(err, ret, "%s: frame %zu: %s", replay->path, replay->next + 1, cause.text)
               : CAP_READY;
}

// CAP_READY, CAP_SKIP (damaged), or an error that ends the replay. A round's last frame is followed
// by the first one of the next round as by any other.
static int next_frame(struct replay *replay, struct img *out, struct err *err)
{
    struct err cause = {0};
    bool at_end = !replay->mjpeg && replay->next == replay->n_files;
    int ret = at_end ? CAP_NONE : decode_next(replay, out, &cause);
    while (ret == CAP_NONE) {
        ret = start_over(replay, err);
        if (ret)
            return ret;
        ret = decode_next(replay, out, &cause);
    }
    replay->next++;
    if (ret == ERR_DATA) {
        if (!replay->again && file_exists(replay->path))
            log_info("%s, skipped", cause.text);
        return CAP_SKIP;
    }
    if (ret)
        return err_set(err, ret, "%s", cause.text);
    replay->n_good++;
    return CAP_READY;
}

static int replay_acquire(struct cap_camera *camera, int timeout_ms, int wake_fd, struct img *out,
                          int64_t *capture_ns, struct err *err)
{
    struct replay *replay = (struct replay *)camera;
    int ret = cap_pace_wait(&replay->pace, timeout_ms, wake_fd);
    if (ret != CAP_READY)
        return ret;
    *capture_ns = clock_now_ns();
    if (!replay->has_first)
        return next_frame(replay, out, err);
    struct img swap = *out;
    *out = replay->first;
    replay->first = swap;
    replay->has_first = false;
    return CAP_READY;
}

static void replay_close(struct cap_camera *camera)
{
    struct replay *replay = (struct replay *)camera;
    for (size_t i = 0; i < replay->n_files; i++)
        free(replay->files[i]);
    free(replay->files);
    cap_mjpeg_close(replay->mjpeg);
    img_jpeg_destroy(replay->jpeg);
    img_finish(&replay->first);
    free(replay);
}

static const struct cap_backend replay_backend = {.acquire = replay_acquire, .close = replay_close};

static int find_first(struct replay *replay, struct err *err)
{
    int ret;
    do {
        ret = next_frame(replay, &replay->first, err);
    } while (ret == CAP_SKIP);
    replay->has_first = ret == CAP_READY;
    return ret;
}

int cap_replay_open(struct cap_camera **out, const char *path, double fps, struct err *err)
{
    *out = NULL;
    struct replay *replay = calloc(1, sizeof *replay);
    if (!replay)
        return err_memory(err, "replay");
    replay->base.backend = &replay_backend;
    cap_pace_init(&replay->pace, fps);
    snprintf(replay->path, sizeof replay->path, "%s", path);
    bool folder = file_is_dir(path);
    int ret = folder ? open_folder(replay, err) : open_file(replay, err);
    if (!ret)
        ret = find_first(replay, err);
    if (ret) {
        replay_close(&replay->base);
        return ret;
    }
    struct cap_info *info = &replay->base.info;
    snprintf(info->name, sizeof info->name, "Replay of %.100s", path);
    snprintf(info->format, sizeof info->format, "%s", folder ? "pictures" : "MJPG");
    info->w = replay->first.w;
    info->h = replay->first.h;
    info->fps = fps;
    info->lockstep = fps <= 0;
    *out = &replay->base;
    return 0;
}
