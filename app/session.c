// SPDX-License-Identifier: MIT
// DESIGN. The main thread owns the window and every object's life; the other threads report
// through the functions at the top, which touch only what the lock protects and wake the window.
// Everything is made in app_session_run() and unmade in reverse order, half-made or not.
#include "app/session.h"

#include "app/keys.h"
#include "app/list_file.h"
#include "app/signals.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/face/chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_DRAW_NS (CLOCK_SECOND / 10)
#define POLL_MS      8
#define HEADLESS_MS  20
#define SETTLED_NS   CLOCK_SECOND // without a change, before settings are written

// ---- What other threads report --------------------------------------------------------------

void app_session_wake(struct app_session *s)
{
    if (s->ready && s->window)
        ui_window_wake(s->window);
}

static void tell(struct app_session *s, const char *text, bool refused, int error)
{
    pthread_mutex_lock(&s->lock);
    snprintf(s->message, sizeof s->message, "%s", text);
    s->message_is_error = error != 0;
    s->message_is_refusal = refused;
    s->message_ns = clock_now_ns();
    if (error)
        s->last_error = error;
    pthread_mutex_unlock(&s->lock);
    app_session_wake(s);
}

void app_session_tell(struct app_session *s, const char *text)
{
    log_info("%s", text);
    tell(s, text, false, 0);
}

void app_session_refuse(struct app_session *s, const char *text)
{
    log_info("%s", text);
    tell(s, text, true, 0);
}

void app_session_tell_error(struct app_session *s, int code, const char *text)
{
    log_error("%s", text);
    app_events_error(s->events, text);
    tell(s, text, false, code);
}

static void on_camera(void *ctx, enum cap_state state, const char *detail,
                      const struct cap_info *info)
{
    struct app_session *s = ctx;
    bool refused = state == CAP_REFUSED || state == CAP_DECLINED;
    app_events_camera(s->events, cap_state_name(state), detail);
    if (refused)
        app_session_tell_error(s, ERR_CAMERA, detail);
    else
        log_info("camera %s: %s", cap_state_name(state), detail);
    pthread_mutex_lock(&s->lock);
    if (!refused) {
        snprintf(s->camera, sizeof s->camera, "%s", detail);
        s->camera_lost = state == CAP_LOST;
        s->camera_paused = state == CAP_PAUSED;
    }
    if (state == CAP_OPENED) {
        snprintf(s->camera_spec, sizeof s->camera_spec, "%s", info->spec);
        snprintf(s->camera_name, sizeof s->camera_name, "%s", info->name);
        s->camera_opened = true;
    }
    s->camera_refused |= state == CAP_REFUSED;
    s->n_cameras += state != CAP_DECLINED;
    pthread_mutex_unlock(&s->lock);
    app_session_wake(s);
}

// What a burst left out, in words; "" where that is nothing.
static void left_out_text(char *out, size_t size, const struct app_burst *b)
{
    char alike[64] = "", blurred[64] = "";
    *out = '\0';
    if (b->alike > 0)
        snprintf(alike, sizeof alike, "%d too like the picture before", b->alike);
    if (b->blurred > 0)
        snprintf(blurred, sizeof blurred, "%d blurred", b->blurred);
    if (*alike || *blurred)
        snprintf(out, size, "%d picture%s; left out: %s%s%s%s", b->saved, b->saved == 1 ? "" : "s",
                 alike, *alike && *blurred ? ", " : "", blurred,
                 b->alike > 3 * b->saved ? ": move your head a little" : "");
}

static void on_burst(void *ctx, const struct app_burst *burst)
{
    struct app_session *s = ctx;
    char text[UI_TEXT];
    left_out_text(text, sizeof text, burst);
    if (*text && !burst->failed)
        app_session_tell(s, text);
    if (s->coach)
        app_coach_look(s->coach);
    if (burst->kind == SIAM_ANCHOR)
        app_scorer_anchors_changed(s->scorer);
    if (burst->kind != SIAM_NEGATIVE)
        app_check_own_changed(s->check);
}

static void on_saved(void *ctx, enum siam_kind kind)
{
    struct app_session *s = ctx;
    app_album_changed(s->album, kind);
    app_newest_changed(s->newest, kind);
}

static void on_collect_failed(void *ctx, int code, const char *text)
{
    app_session_tell_error(ctx, code, text);
}

static void on_live_failed(void *ctx, int code, const char *text)
{
    struct app_session *s = ctx;
    app_session_tell_error(s, code, text);
    pthread_mutex_lock(&s->lock);
    s->n_live_ends++;
    pthread_mutex_unlock(&s->lock);
}

static void on_wake(void *ctx)
{
    app_session_wake(ctx);
}

static void on_cameras(void *ctx)
{
    struct app_session *s = ctx;
    struct cap_info list[APP_CAMERAS_MAX];
    app_events_cameras(s->events, list, app_cameras_list(s->cameras, list));
    app_session_wake(s);
}

static void on_own_found(void *ctx, const char *line)
{
    app_session_tell(ctx, line);
}

static void training_ended(struct app_session *s)
{
    app_check_hold(s->check, false);
    pthread_mutex_lock(&s->lock);
    s->n_trained++;
    pthread_mutex_unlock(&s->lock);
}

static void on_first(void *ctx, struct siam_model *model, const char *line)
{
    struct app_session *s = ctx;
    app_present_set(s, model);
    app_session_tell(s, line);
}

static void on_trained(void *ctx, struct siam_model *model, const char *line)
{
    struct app_session *s = ctx;
    char text[UI_TEXT];
    bool moved = app_present_has_own_threshold(s);
    if (model)
        app_present_set(s, model);
    if (model && moved)
        snprintf(text, sizeof text, "%s; the threshold is the new model's, %.3f", line,
                 (double)model->card.threshold);
    app_session_tell(s, model && moved ? text : line);
    training_ended(s);
}

static void on_train_failed(void *ctx, int code, const char *text)
{
    app_session_tell_error(ctx, code, text);
    training_ended(ctx);
}

// ---- Settings -------------------------------------------------------------------------------

// What is wrong with them is told, and no reason not to start.
static int open_settings(struct app_session *s, struct err *err)
{
    struct err trouble = {0};
    int ret = s->options->settings ? app_settings_open(&s->settings, &trouble) : 0;
    if (ret && !s->settings)
        return err_set(err, ret, "%s", trouble.text);
    if (ret)
        app_session_tell_error(s, ret, trouble.text);
    s->last_error = 0; // no script has failed by that
    // As in a mirror, where people expect themselves.
    s->mirror = app_settings_flag(s->settings, APP_MIRROR, true);
    s->text_size = app_settings_number(s->settings, APP_TEXT_SIZE, UI_TEXT_LEAST, UI_TEXT_MOST, 1);
    s->light = strcmp(app_settings_text(s->settings, APP_THEME, APP_DARK), APP_LIGHT) == 0;
    s->own_threshold.value = app_settings_number(s->settings, APP_THRESHOLD, 0, 1, -1);
    if (s->own_threshold.value >= 0)
        snprintf(s->own_threshold.model, sizeof s->own_threshold.model, "%s",
                 app_settings_text(s->settings, APP_THRESHOLD_OF, ""));
    return 0;
}

static void keep_settings(struct app_session *s, int64_t quiet_ns)
{
    struct err err = {0};
    int ret = app_settings_keep(s->settings, quiet_ns, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
}

// A damaged list is no reason not to start, and must not hinder trainings for good.
static void mend_lists(struct app_session *s)
{
    static const char *const lists[][2] = {{APP_FOLDERS_FILE, APP_FOLDERS_KEY},
                                           {APP_LEFT_OUT_FILE, APP_LEFT_OUT_KEY}};
    for (int i = 0; i < 2; i++) {
        struct err err = {0};
        int ret = app_list_mend(s->data_dir, lists[i][0], lists[i][1], &err);
        if (ret == ERR_DATA)
            app_session_tell_error(s, ret, err.text);
    }
    s->last_error = 0; // no script has failed by that
}

// ---- Hooks ----------------------------------------------------------------------------------

static void on_hook_failed(void *ctx, const char *text)
{
    app_session_tell_error(ctx, ERR_IO, text);
}

static void init_hooks(struct app_session *s)
{
    const struct app_options *o = s->options;
    struct app_hooks_config config = {.command = {[APP_ON_ACCEPT] = o->on_accept,
                                                  [APP_ON_REJECT] = o->on_reject,
                                                  [APP_ON_LEAVE] = o->on_leave},
                                      .pause_ns = o->hook_pause * CLOCK_SECOND,
                                      .events = s->events,
                                      .failed = on_hook_failed,
                                      .ctx = s};
    app_hooks_init(&s->hooks, &config);
}

static void turn_hooks(struct app_session *s)
{
    const struct app_options *o = s->options;
    int64_t n = app_scorer_count(s->scorer);
    app_hooks_reap(&s->hooks);
    if (n == s->n_hooked || !(o->on_accept || o->on_reject || o->on_leave))
        return;
    s->n_hooked = n;
    app_scorer_view(s->scorer, &s->view);
    struct app_hooks_seen seen = {clock_now_ns(), s->view.verdict, s->view.score,
                                  s->view.threshold};
    app_hooks_seen(&s->hooks, &seen);
}

// ---- The main thread's loop -----------------------------------------------------------------

// What is due once a turn, with a window or without.
static void look_after(struct app_session *s)
{
    app_camera_turn(s);
    turn_hooks(s);
    keep_settings(s, SETTLED_NS);
}

// Takes over a new frame, if there is one, in place of the one held.
static bool take_frame(struct app_session *s, int timeout_ms)
{
    const struct cap_frame *frame = timeout_ms > 0 ? cap_slot_wait(s->slot, s->reader, timeout_ms)
                                                   : cap_slot_take(s->slot, s->reader);
    if (!frame)
        return false;
    if (s->frame)
        cap_slot_release(s->slot, s->frame);
    s->frame = frame;
    s->recent[s->n_frames % 32].number = frame->frame;
    s->recent[s->n_frames++ % 32].capture_ns = frame->capture_ns;
    app_events_frame(s->events, frame->frame, frame->capture_ns);
    return true;
}

// Tells when the window is drawn for the first time, and for the first time with a frame.
static void tell_drawn(struct app_session *s, int *n_told)
{
    int n = s->frame ? 2 : 1;
    if (n > *n_told)
        app_events_drawn(s->events, s->frame ? s->frame->frame : 0, clock_now_ns());
    *n_told = n > *n_told ? n : *n_told;
}

static void run_window(struct app_session *s, struct app_keys *keys, app_session_turn turn,
                       void *ctx)
{
    int64_t drawn_ns = 0;
    int n_told = 0;
    bool changed = true;
    while (!s->quit && !app_stop) {
        int64_t awake_ns = clock_now_ns();
        if (turn)
            turn(ctx, s);
        changed |= take_frame(s, 0);
        look_after(s);
        if (changed || clock_now_ns() - drawn_ns >= IDLE_DRAW_NS) {
            app_screen_fill(s);
            ui_window_draw(s->window, &s->view);
            drawn_ns = clock_now_ns();
            s->busy_ns = drawn_ns - awake_ns;
            s->n_drawn++;
            tell_drawn(s, &n_told);
            if (s->figures && ui_window_drawn_ns(s->window) > 0)
                app_tempo_add(&s->drawn, drawn_ns, ui_window_drawn_ns(s->window));
        }
        changed = false;
        struct ui_action action;
        for (int ms = POLL_MS; ui_window_poll(s->window, &s->view, ms, &action); ms = 0) {
            app_session_do(s, &action);
            changed = true;
        }
        app_keys_play(keys, s);
    }
}

static void run_headless(struct app_session *s, struct app_keys *keys, app_session_turn turn,
                         void *ctx)
{
    while (!s->quit && !app_stop) {
        take_frame(s, HEADLESS_MS);
        look_after(s);
        if (turn)
            turn(ctx, s);
        if (app_keys_play(keys, s) == APP_KEYS_OVER)
            s->quit = true; // nobody is left to press a key
    }
}

// A model of recipe koch is shown the guide box in live mode, so its pictures are that, too.
static bool keeps_faces(const struct app_options *o)
{
    return !o->no_face_finder && strcmp(o->recipe, "koch") != 0;
}

static int start_threads(struct app_session *s, struct err *err)
{
    const struct app_options *o = s->options;
    struct app_trainer_calls train = {on_first, on_trained, on_train_failed, on_wake, s};
    int ret = file_join(s->anchor_dir, sizeof s->anchor_dir, s->data_dir, "anchor", err);
    struct app_scorer_config scorer = {.anchor_dir = s->anchor_dir,
                                       .slot = s->slot,
                                       .events = s->events,
                                       .n_threads = o->threads,
                                       .find_faces = !o->no_face_finder,
                                       .threshold = o->threshold,
                                       .failed = on_live_failed,
                                       .scored = on_wake,
                                       .ctx = s};
    struct app_collector_config collector = {.data_dir = s->data_dir,
                                             .slot = s->slot,
                                             .events = s->events,
                                             .find_faces = keeps_faces(o),
                                             .calls = {on_saved, on_burst, on_collect_failed, s}};
    if (!ret)
        ret = app_folders_create(&s->folders, s->data_dir, o->negatives, o->weights, o->n_negatives,
                                 s->events, err);
    if (!ret)
        ret = app_scorer_create(&s->scorer, &scorer, err);
    if (!ret)
        ret = app_check_create(&s->check, s->data_dir, s->folders, s->events, on_own_found, s, err);
    if (!ret)
        ret = app_edits_create(&s->edits, s->data_dir, err);
    collector.edits = s->edits;
    if (!ret)
        ret = app_album_create(&s->album, s->data_dir, on_wake, s, err);
    if (!ret)
        ret = app_browser_create(&s->browser, s->events, on_wake, s, err);
    if (!ret && s->window)
        ret = app_coach_create(&s->coach, s->data_dir, on_wake, s, err);
    if (!ret)
        ret = app_newest_create(&s->newest, s->data_dir, on_wake, s, err);
    if (!ret)
        ret = app_chores_create(&s->chores, s, err);
    if (!ret)
        ret = app_collector_create(&s->collector, &collector, err);
    if (!ret)
        ret = app_trainer_create(&s->trainer, s->events, &train, err);
    if (!ret)
        ret = app_cameras_create(&s->cameras, on_cameras, s, err);
    return ret;
}

static int start(struct app_session *s, struct err *err)
{
    const struct app_options *o = s->options;
    int ret = app_options_data_dir(o, s->data_dir, sizeof s->data_dir, err);
    if (!ret)
        ret = cap_spec_check(o->camera, err);
    if (!ret)
        ret = file_make_dirs(s->data_dir, err);
    if (!ret && o->events)
        ret = app_events_open(&s->events, o->events, err);
    if (!ret)
        ret = open_settings(s, err);
    if (!ret)
        mend_lists(s);
    init_hooks(s);
    if (!ret)
        ret = cap_slot_create(&s->slot, err);
    if (!ret && !o->headless)
        ret = ui_window_create(&s->window, o->width, o->height, o->scale, err);
    s->ready = true;
    if (!ret)
        ret = start_threads(s, err);
    if (!ret) {
        s->reader = cap_slot_attach(s->slot);
        app_present_load(s);
        ret = app_camera_start(s, on_camera, err);
        if (!ret)
            app_edits_keep(s->edits);
    }
    return ret;
}

static void finish(struct app_session *s)
{
    keep_settings(s, 0);
    if (s->slot)
        cap_slot_close(s->slot);
    cap_feed_stop(s->feed);
    app_cameras_destroy(s->cameras);
    if (s->have_loader)
        pthread_join(s->loader, NULL);
    app_collector_destroy(s->collector);
    if (s->scorer)
        app_scorer_set_live(s->scorer, false); // the trainer may take a second to save
    app_trainer_destroy(s->trainer);
    app_check_destroy(s->check);
    app_scorer_destroy(s->scorer); // the last: all others report to it
    app_folders_destroy(s->folders);
    app_coach_destroy(s->coach);
    app_newest_destroy(s->newest);
    app_album_destroy(s->album);
    app_browser_destroy(s->browser);
    app_edits_destroy(s->edits);
    if (s->frame)
        cap_slot_release(s->slot, s->frame);
    cap_slot_destroy(s->slot);
    ui_window_destroy(s->window);
    app_settings_close(s->settings);
    app_events_close(s->events);
    pthread_mutex_destroy(&s->lock);
}

static int run(const struct app_options *options, app_session_turn turn, void *ctx)
{
    struct err err = {0};
    struct app_keys *keys = NULL;
    struct app_session *s = calloc(1, sizeof *s);
    if (!s)
        return err_exit_code(ERR_MEMORY);
    s->options = options;
    s->reader = -1;
    pthread_mutex_init(&s->lock, NULL);
    int ret = app_keys_open(&keys, options->keys, &err);
    if (!ret)
        ret = start(s, &err);
    if (ret) {
        log_error("%s", err.text);
        app_events_error(s->events, err.text);
    } else if (s->window) {
        run_window(s, keys, turn, ctx);
    } else {
        run_headless(s, keys, turn, ctx);
    }
    int code = ret ? err_exit_code(ret) : s->exit_code;
    app_chores_destroy(s->chores);
    if (!ret)
        app_edits_empty_trash(s->edits);
    finish(s);
    app_keys_close(keys);
    free(s);
    return app_signals_exit_code() ? app_signals_exit_code() : code;
}

int app_session_run(const struct app_options *options)
{
    return run(options, NULL, NULL);
}

int app_session_drive(const struct app_options *options, app_session_turn turn, void *ctx)
{
    return run(options, turn, ctx);
}
