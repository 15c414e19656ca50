// SPDX-License-Identifier: MIT
// DESIGN. The session is the real one, in a data folder of the benchmark's own, and turn() drives
// it as a user would: train, live, the page of pictures; then the cursor goes from picture to
// picture, and the page with it. Each frame that the window draws meanwhile is measured by the
// session.
#include "app/bench.h"
#include "app/session.h"
#include "app/signals.h"
#include "app/verbs.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/verify/json.h"

#include <limits.h>
#include <stdlib.h>

#define THUMBS      1000
#define WARM_SCORES 5
#define WARM_NS     (60 * CLOCK_SECOND) // at most
#define STEP_NS     (CLOCK_SECOND / 30) // between two steps of the cursor
#define EPOCHS      1000000             // a training that lasts as long as the session

struct bench {
    const struct app_options *options;
    int64_t begun_ns, end_ns; // of the session, of the measurement; 0: not yet
    int64_t moved_ns;
    int64_t n_drawn; // when last looked at
    double *ms;      // [n] of the frames
    size_t n, room;
    bool done;
};

static void act(struct app_session *s, enum ui_action_kind kind, int index)
{
    struct ui_action action = {.kind = kind, .index = index};
    app_session_do(s, &action);
}

static void note_frame(struct bench *b, struct app_session *s)
{
    if (s->n_drawn == b->n_drawn)
        return;
    b->n_drawn = s->n_drawn;
    if (b->n == b->room) {
        size_t room = b->room ? 2 * b->room : 4096;
        double *more = realloc(b->ms, room * sizeof *more);
        if (!more)
            return;
        b->ms = more;
        b->room = room;
    }
    b->ms[b->n++] = (double)s->busy_ns * 1e-6;
}

static void move_on(struct bench *b, struct app_session *s, int64_t now)
{
    const struct ui_album *album = &s->view.album;
    if (now - b->moved_ns < STEP_NS)
        return;
    b->moved_ns = now;
    act(s, UI_CHOOSE, (album->cursor + 1) % album->n);
}

static bool is_warm(struct app_session *s)
{
    return s->view.album.n >= THUMBS && app_scorer_count(s->scorer) >= WARM_SCORES &&
           app_trainer_steps(s->trainer) > 0;
}

static void turn(void *ctx, struct app_session *s)
{
    struct bench *b = ctx;
    int64_t now = clock_now_ns();
    if (b->begun_ns == 0) {
        b->begun_ns = now;
        act(s, UI_PAGE, UI_PAGE_COLLECTED);
        act(s, UI_LIVE, 0);
        act(s, UI_TRAIN, 0);
    } else if (b->end_ns == 0) {
        if (now - b->begun_ns > WARM_NS)
            s->quit = true;
        if (is_warm(s))
            b->end_ns = now + b->options->seconds * CLOCK_SECOND;
        b->n_drawn = s->n_drawn;
    } else {
        note_frame(b, s);
        move_on(b, s, now);
        s->quit = b->done = now >= b->end_ns;
    }
}

static void add_result(cJSON *root, struct bench *b)
{
    size_t quick = 0;
    verify_json_number(root, "seconds", b->options->seconds);
    verify_json_int(root, "frames", (int64_t)b->n);
    app_bench_add_percentiles(root, "frame_ms", b->ms, b->n);
    while (quick < b->n && b->ms[quick] <= 16)
        quick++;
    verify_json_number(root, "within_16_ms", b->n > 0 ? (double)quick / (double)b->n : 0);
}

// Two lots of pictures, one of them under the name of other people: more than THUMBS.
static int fill_folder(const char *folder, const char *others, const struct app_options *o,
                       struct err *err)
{
    char model[PATH_MAX];
    int ret = file_join(model, sizeof model, folder, "model.safetensors", err);
    if (!ret)
        ret = file_make_dirs(others, err);
    if (!ret)
        ret = app_bench_draw_pictures(folder, o->threads, &app_stop, err);
    if (!ret)
        ret = app_bench_draw_pictures(others, o->threads, &app_stop, err);
    return ret ? ret : app_bench_save_fresh_model(model, o->recipe, o->seed, err);
}

// Returns the exit code.
static int run(struct bench *b, cJSON *root, const char *folder, struct err *err)
{
    char data[PATH_MAX], others[PATH_MAX];
    int ret = file_join(data, sizeof data, folder, "data", err);
    if (!ret)
        ret = file_join(others, sizeof others, folder, "others", err);
    if (!ret)
        ret = file_make_dirs(data, err);
    if (!ret)
        ret = fill_folder(data, others, b->options, err);
    if (ret)
        return app_end(ret == ERR_STOPPED ? 0 : ret, err);
    struct app_options options = *b->options;
    options.data = data;
    options.negatives[0] = others;
    options.n_negatives = 1;
    options.camera = "demo";
    options.epochs = EPOCHS;
    int code = app_session_drive(&options, turn, b);
    if (!code && !b->done && !app_stop)
        return app_end(err_set(err, ERR_DATA, "the session has not come to scores within %d s",
                               (int)(WARM_NS / CLOCK_SECOND)),
                       err);
    if (!code && b->done)
        add_result(root, b);
    return code;
}

int app_bench_window(cJSON *root, const struct app_options *o)
{
    char folder[PATH_MAX];
    struct err err = {0};
    struct bench b = {.options = o};
    int ret = app_bench_folder_make(folder, sizeof folder, &err);
    if (ret)
        return app_end(ret, &err);
    int code = run(&b, root, folder, &err);
    app_bench_folder_remove(folder);
    free(b.ms);
    return code;
}
