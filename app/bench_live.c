// SPDX-License-Identifier: MIT
// DESIGN. The session is the real one, headless, in a data folder of the benchmark's own, which
// links to what it may only read. turn() drives it as a user would: anchors where there are none,
// train, live. Once scores come, and the training takes steps, the clock starts; when the time is
// over the session goes on for a moment, for the last frames to be scored. What happened to the
// frames captured within the time is read from the session's event stream.
#include "app/bench.h"
#include "app/folder_look.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/verbs.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/verify/json.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANCHORS       20 // from the first frames, where there are none
#define WARM_SCORES   5
#define GRACE         CLOCK_SECOND // for the scores of the last frames
#define SILENCE       (10 * CLOCK_SECOND)
#define MAX_EVENTS    ((size_t)1 << 31) // bytes
#define EPOCHS_NO_END 1000000           // a training that lasts as long as the session

enum phase { FIRST, ANCHORING, WARMING, MEASURING, WAITING };

struct live {
    const struct app_options *options;
    cJSON *root;
    enum phase phase;
    bool need_anchors;
    int64_t frames_seen, frame_ns; // frames that had come, and when that was last noted
    int64_t start_ns, end_ns;      // of the measurement; 0: not yet
    int64_t steps_before;
    int epoch;      // complete ones of the training under way, when last looked at
    int64_t epochs; // completed since the measurement began
    bool done;
};

// ---- The data folder ------------------------------------------------------------------------

// FOLDER/name becomes a link to `target`, as seen from here. `missing`: the error where that is not
// there.
static int link_to(const char *folder, const char *name, const char *target, int missing,
                   struct err *err)
{
    char path[PATH_MAX], full[PATH_MAX];
    int ret = file_join(path, sizeof path, folder, name, err);
    if (ret)
        return ret;
    if (!realpath(target, full))
        return err_set(err, missing, "%s: %s", target, strerror(errno));
    if (symlink(full, path))
        return err_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    return 0;
}

// The folder of anchors only where it has some: else the session collects some, which must not be
// there.
static bool is_usable(const char *path, const char *name)
{
    return strcmp(name, "anchor") ? file_exists(path) : app_count_pictures(path, &app_stop) > 0;
}

static int link_data(const char *folder, const struct app_options *o, struct err *err)
{
    static const char *const names[] = {"anchor",       "positive",      "negative",
                                        "folders.json", "left-out.json", "model.safetensors"};
    char path[PATH_MAX];
    int ret = 0;
    if (!file_is_dir(o->data))
        return err_set(err, ERR_DATA, "%s: no such folder", o->data);
    for (int i = 0; i < 5 && !ret; i++) {
        if (i == 4 && o->model)
            break;
        ret = file_join(path, sizeof path, o->data, names[i], err);
        if (!ret && is_usable(path, names[i]))
            ret = link_to(folder, names[i], path, ERR_DATA, err);
    }
    return ret;
}

static int fill_folder(struct live *live, const char *folder, struct err *err)
{
    const struct app_options *o = live->options;
    char model[PATH_MAX], anchors[PATH_MAX];
    int ret = file_join(model, sizeof model, folder, "model.safetensors", err);
    if (!ret)
        ret = file_join(anchors, sizeof anchors, folder, "anchor", err);
    if (!ret && o->data)
        ret = link_data(folder, o, err);
    else if (!ret && !o->no_training)
        ret = app_bench_draw_pictures(folder, o->threads, &app_stop, err);
    if (!ret && o->model)
        ret = link_to(folder, "model.safetensors", o->model, ERR_MODEL, err);
    if (!ret && !file_exists(model))
        ret = app_bench_save_fresh_model(model, o->recipe, o->seed, err);
    live->need_anchors = !file_exists(anchors);
    return ret;
}

// ---- The session ----------------------------------------------------------------------------

static void act(struct app_session *s, enum ui_action_kind kind, char key, int index)
{
    struct ui_action action = {.kind = kind, .key = key, .index = index};
    app_session_do(s, &action);
}

// Whether something failed that ends the benchmark; it has been told.
static bool has_failed(struct live *live, struct app_session *s)
{
    int64_t now = clock_now_ns();
    if (s->n_frames != live->frames_seen || live->frame_ns == 0) {
        live->frames_seen = s->n_frames;
        live->frame_ns = now;
    }
    if (now - live->frame_ns > SILENCE)
        app_session_tell_error(s, ERR_CAMERA, "the camera sends nothing");
    pthread_mutex_lock(&s->lock);
    int code = s->last_error;
    pthread_mutex_unlock(&s->lock);
    if (code)
        s->exit_code = err_exit_code(code);
    return code != 0;
}

// Counts the epochs completed since the last call. It comes before keep_training(), so that no
// training can end and another begin in between.
static void count_epochs(struct live *live, struct app_session *s)
{
    struct ui_view view;
    app_trainer_view(s->trainer, &view);
    live->epochs += view.epoch > live->epoch ? view.epoch - live->epoch : 0;
    live->epoch = view.epoch;
}

// A training that has ended goes on from the beginning.
static void keep_training(struct live *live, struct app_session *s)
{
    if (!live->options->no_training && !app_trainer_busy(s->trainer))
        act(s, UI_TRAIN, 0, 0);
}

static bool is_warm(struct live *live, struct app_session *s)
{
    return app_scorer_count(s->scorer) >= WARM_SCORES &&
           (live->options->no_training || app_trainer_steps(s->trainer) > 0);
}

static void begin_measuring(struct live *live, struct app_session *s)
{
    count_epochs(live, s);
    live->epochs = 0;
    live->steps_before = app_trainer_steps(s->trainer);
    live->start_ns = clock_now_ns();
    live->end_ns = live->start_ns + live->options->seconds * CLOCK_SECOND;
    log_info("measuring for %d s", live->options->seconds);
}

static void end_measuring(struct live *live, struct app_session *s)
{
    app_bench_add_memory(live->root, "rss_mb", "VmRSS");
    app_bench_add_memory(live->root, "rss_peak_mb", "VmHWM");
    verify_json_int(live->root, "steps_done", app_trainer_steps(s->trainer) - live->steps_before);
    verify_json_int(live->root, "epochs_done", live->epochs);
}

static void turn(void *ctx, struct app_session *s)
{
    struct live *live = ctx;
    if (has_failed(live, s)) {
        s->quit = true;
        return;
    }
    switch (live->phase) {
    case FIRST:
        if (live->need_anchors)
            act(s, UI_HOLD, 'a', ANCHORS);
        live->phase = ANCHORING;
        break;
    case ANCHORING:
        if (app_collector_is_holding(s->collector))
            break;
        act(s, UI_LIVE, 0, 0);
        live->phase = WARMING;
        break;
    case WARMING:
        keep_training(live, s);
        if (!is_warm(live, s))
            break;
        begin_measuring(live, s);
        live->phase = MEASURING;
        break;
    case MEASURING:
        count_epochs(live, s);
        keep_training(live, s);
        if (clock_now_ns() < live->end_ns)
            break;
        end_measuring(live, s);
        live->phase = WAITING;
        break;
    case WAITING:
        live->done = s->quit = clock_now_ns() >= live->end_ns + GRACE;
        break;
    }
}

// ---- What came of it ------------------------------------------------------------------------

// What the events of the measured time say.
struct tally {
    int64_t first_frame, last_frame; // numbers; 0: none
    double *ms;                      // [n] of the scores: from capture to score
    size_t n, capacity;
    int anchors;
};

static int64_t number(const cJSON *event, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(event, key);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : 0; // times are exact below 2^53
}

static int count_score(struct tally *t, const cJSON *event, struct err *err)
{
    if (t->n == t->capacity) {
        size_t capacity = t->capacity ? 2 * t->capacity : 1024;
        double *more = realloc(t->ms, capacity * sizeof *more);
        if (!more)
            return err_memory(err, "scores");
        t->ms = more;
        t->capacity = capacity;
    }
    t->ms[t->n++] = (double)(number(event, "score_ns") - number(event, "capture_ns")) * 1e-6;
    t->anchors = (int)number(event, "anchors");
    return 0;
}

static int count_event(struct tally *t, const struct live *live, const cJSON *event,
                       struct err *err)
{
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(event, "event"));
    int64_t capture_ns = number(event, "capture_ns"), frame = number(event, "frame");
    if (!name)
        return 0;
    if (capture_ns < live->start_ns || capture_ns >= live->end_ns)
        return 0;
    // The main thread may have missed some of either end, the scorer alike.
    if (t->first_frame == 0 || frame < t->first_frame)
        t->first_frame = frame;
    if (frame > t->last_frame)
        t->last_frame = frame;
    return strcmp(name, "score") ? 0 : count_score(t, event, err);
}

static int count_events(struct tally *t, const struct live *live, const char *path, struct err *err)
{
    void *text;
    size_t size;
    int ret = file_read(path, MAX_EVENTS, &text, &size, err);
    if (ret)
        return ret;
    for (char *line = text, *end; !ret && (end = strchr(line, '\n')); line = end + 1) {
        cJSON *event = cJSON_ParseWithLength(line, (size_t)(end - line));
        ret = count_event(t, live, event, err);
        cJSON_Delete(event);
    }
    free(text);
    return ret;
}

// Of the frames: one without a score is late.
static double share_within(const struct tally *t, int64_t frames, double ms)
{
    size_t n = 0;
    while (n < t->n && t->ms[n] <= ms)
        n++;
    return frames > 0 ? (double)n / (double)frames : 0;
}

static void add_result(const struct live *live, struct tally *t)
{
    double seconds = live->options->seconds;
    int64_t frames = t->first_frame > 0 ? t->last_frame - t->first_frame + 1 : 0;
    cJSON *root = live->root;
    verify_json_number(root, "seconds", seconds);
    verify_json_number(root, "fps_captured", (double)frames / seconds);
    verify_json_number(root, "fps_scored", (double)t->n / seconds);
    verify_json_int(root, "frames", frames);
    verify_json_int(root, "scored", (int64_t)t->n);
    verify_json_number(root, "anchors", t->anchors);
    app_bench_add_percentiles(root, "latency_ms", t->ms, t->n);
    verify_json_number(root, "within_60_ms", share_within(t, frames, 60));
    verify_json_number(root, "within_33_ms", share_within(t, frames, 33));
    cJSON_AddBoolToObject(root, "training", !live->options->no_training);
}

// Returns the exit code.
static int run(struct live *live, const char *folder, struct err *err)
{
    char events[PATH_MAX];
    struct tally tally = {0};
    int ret = file_join(events, sizeof events, folder, "events", err);
    if (!ret)
        ret = fill_folder(live, folder, err);
    if (ret)
        return app_end(ret == ERR_STOPPED ? 0 : ret, err);
    struct app_options options = *live->options;
    options.data = folder;
    options.events = events;
    options.keys = NULL;
    options.headless = true;
    if (!*options.camera)
        options.camera = "demo";
    if (options.epochs == 0)
        options.epochs = EPOCHS_NO_END;
    verify_json_put(live->root, "camera", verify_json_text(options.camera));
    int code = app_session_drive(&options, turn, live);
    if (code || !live->done)
        return code;
    ret = count_events(&tally, live, events, err);
    if (!ret)
        add_result(live, &tally);
    free(tally.ms);
    return app_end(ret, err);
}

int app_bench_live(cJSON *root, const struct app_options *o)
{
    char folder[PATH_MAX];
    struct err err = {0};
    struct live live = {.options = o, .root = root};
    int ret = app_bench_folder_make(folder, sizeof folder, &err);
    if (ret)
        return app_end(ret, &err);
    int code = run(&live, folder, &err);
    app_bench_folder_remove(folder);
    return code;
}
