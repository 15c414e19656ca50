// SPDX-License-Identifier: MIT
// DESIGN. The main thread owns the window and every object's life; the other threads report
// through the functions at the top, which touch only what the lock protects and wake the window.
// Everything is made in app_session_run() and unmade in reverse order, half-made or not.
#include "app/session.h"

#include "app/keys.h"
#include "app/signals.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/face/chip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define IDLE_DRAW_NS (CLOCK_SECOND / 10)
#define POLL_MS      8
#define HEADLESS_MS  20
#define SETTLED_NS   CLOCK_SECOND // without a change, before settings are written

// ---- What other threads report --------------------------------------------------------------

static void wake(struct app_session *s)
{
    if (s->ready && s->window)
        ui_window_wake(s->window);
}

static void tell(struct app_session *s, const char *text, int error)
{
    pthread_mutex_lock(&s->lock);
    snprintf(s->message, sizeof s->message, "%s", text);
    s->message_is_error = error != 0;
    s->message_ns = clock_now_ns();
    if (error)
        s->last_error = error;
    pthread_mutex_unlock(&s->lock);
    wake(s);
}

void app_session_tell(struct app_session *s, const char *text)
{
    log_info("%s", text);
    tell(s, text, 0);
}

void app_session_tell_error(struct app_session *s, int code, const char *text)
{
    log_error("%s", text);
    app_events_error(s->events, text);
    tell(s, text, code);
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
    s->n_cameras += state != CAP_DECLINED;
    pthread_mutex_unlock(&s->lock);
    wake(s);
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
}

static void on_saved(void *ctx, enum siam_kind kind)
{
    app_album_changed(((struct app_session *)ctx)->album, kind);
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
    wake(ctx);
}

static void on_cameras(void *ctx)
{
    struct app_session *s = ctx;
    struct cap_info list[APP_CAMERAS_MAX];
    app_events_cameras(s->events, list, app_cameras_list(s->cameras, list));
    wake(s);
}

void app_local_time(const char *utc, char *out, size_t size)
{
    struct tm tm = {0};
    snprintf(out, size, "%s", utc);
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (!end || *end)
        return;
    time_t t = timegm(&tm);
    if (localtime_r(&t, &tm))
        strftime(out, size, "%d %b, %H:%M", &tm);
}

static void set_model(struct app_session *s, struct siam_model *model)
{
    const struct siam_card *c = &model->card;
    char when[32];
    app_local_time(c->created, when, sizeof when);
    app_scorer_set_model(s->scorer, model);
    pthread_mutex_lock(&s->lock);
    s->card = *c;
    s->models_changed = true;
    snprintf(s->model_line, sizeof s->model_line,
             "Trained %s: %d epoch%s, %d + %d of you, %d of others", when, c->epochs,
             c->epochs == 1 ? "" : "s", c->n_anchor, c->n_positive, c->n_negative);
    pthread_mutex_unlock(&s->lock);
}

static void training_ended(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    s->n_trained++;
    pthread_mutex_unlock(&s->lock);
}

static void on_trained(void *ctx, struct siam_model *model, const char *line)
{
    struct app_session *s = ctx;
    if (model)
        set_model(s, model);
    app_session_tell(s, line);
    training_ended(s);
}

static void on_train_failed(void *ctx, int code, const char *text)
{
    app_session_tell_error(ctx, code, text);
    training_ended(ctx);
}

static void *load_model(void *arg)
{
    struct app_session *s = arg;
    char path[PATH_MAX];
    struct err err = {0};
    struct siam_model *model;
    int ret = file_join(path, sizeof path, s->data_dir, "model.safetensors", &err);
    if (!ret)
        ret = siam_model_load(&model, path, &err);
    if (ret) {
        app_scorer_expect_model(s->scorer, false);
        app_session_tell_error(s, ret, err.text);
        return NULL;
    }
    set_model(s, model);
    siam_model_unref(model);
    wake(s);
    return NULL;
}

// Loads the model that there is.
static void start_loader(struct app_session *s)
{
    char path[PATH_MAX];
    if (file_join(path, sizeof path, s->data_dir, "model.safetensors", NULL) || !file_exists(path))
        return;
    if (s->have_loader)
        pthread_join(s->loader, NULL);
    app_scorer_expect_model(s->scorer, true);
    s->have_loader = pthread_create(&s->loader, NULL, load_model, s) == 0;
    if (!s->have_loader)
        app_scorer_expect_model(s->scorer, false);
}

// ---- Actions --------------------------------------------------------------------------------

// The class that all of the pictures are of, if they are; else -1.
static int only_kind(const int counts[SIAM_KINDS], int n)
{
    for (int k = 0; k < SIAM_KINDS; k++)
        if (n > 0 && counts[k] == n)
            return k;
    return -1;
}

// What was done to how many pictures of which class: "moved 3 anchor pictures to "not me"".
static void tell_edit(struct app_session *s, const char *verb, const struct app_edited *e)
{
    static const char *const names[SIAM_KINDS] = {"anchor ", "positive ", "\"not me\" "};
    static const char *const targets[SIAM_KINDS] = {" to anchors", " to positives",
                                                    " to \"not me\""};
    char text[UI_TEXT];
    int from = only_kind(e->from, e->n), to = only_kind(e->to, e->n);
    snprintf(text, sizeof text, "%s %d %spicture%s%s", verb, e->n, from < 0 ? "" : names[from],
             e->n == 1 ? "" : "s", to < 0 ? "" : targets[to]);
    app_session_tell(s, text);
}

// What follows from pictures having come or gone.
static void edited(struct app_session *s, const struct app_edited *e)
{
    for (int k = 0; k < SIAM_KINDS; k++)
        if (e->from[k] > 0 || e->to[k] > 0)
            app_album_changed(s->album, (enum siam_kind)k);
    if (s->coach && e->n > 0)
        app_coach_look(s->coach);
    if (e->from[SIAM_ANCHOR] > 0 || e->to[SIAM_ANCHOR] > 0)
        app_scorer_anchors_changed(s->scorer);
}

// key: 'a', 'p', 'n': moves the chosen pictures there; 0: deletes them.
static void do_edit(struct app_session *s, char key)
{
    int n;
    struct app_edited done;
    struct err err = {0};
    const char **paths = app_album_chosen(s->album, &n);
    if (!paths) {
        app_session_tell(s, "choose pictures first: 1 shows them");
        return;
    }
    enum siam_kind to = key == 'a' ? SIAM_ANCHOR : key == 'p' ? SIAM_POSITIVE : SIAM_NEGATIVE;
    int ret = key ? app_edits_move(s->edits, paths, n, to, &done, &err)
                  : app_edits_delete(s->edits, paths, n, &done, &err);
    free(paths);
    if (done.n > 0)
        tell_edit(s, key ? "moved" : "deleted", &done);
    else if (!ret)
        app_session_tell(s, "they are there already");
    if (ret)
        app_session_tell_error(s, ret, err.text);
    app_events_edited(s->events, &done);
    edited(s, &done);
}

// A picture that hurts, as UI_TAKE_OUT numbers them.
static void do_take_out(struct app_session *s, int index)
{
    const struct ui_worst *worst = index < UI_WORST ? &s->view.worst_own : &s->view.worst_others;
    int i = index % UI_WORST;
    struct app_edited done;
    struct err err = {0};
    if (index < 0 || index >= 2 * UI_WORST || i >= worst->n)
        return;
    int ret = app_edits_take_out(s->edits, worst->suspect[i].path, &done, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
    else if (done.n > 0)
        app_session_tell(s, done.what == APP_DELETED
                                ? "deleted: the next training is without it (t trains anew)"
                                : "left out: the next training is without it (t trains anew)");
    app_events_edited(s->events, &done);
    edited(s, &done);
}

static void do_readmit(struct app_session *s)
{
    char text[UI_TEXT];
    struct app_edited done;
    struct err err = {0};
    int ret = app_edits_readmit(s->edits, &done, &err);
    snprintf(text, sizeof text, "%d picture%s of others take%s part in trainings again", done.n,
             done.n == 1 ? "" : "s", done.n == 1 ? "s" : "");
    if (ret)
        app_session_tell_error(s, ret, err.text);
    else
        app_session_tell(s, done.n > 0 ? text : "no picture is left out");
    app_events_edited(s->events, &done);
}

static void do_undo(struct app_session *s)
{
    static const char *const verbs[] = {[APP_SAVED] = "removed the last",
                                        [APP_DELETED] = "took back out of the trash",
                                        [APP_MOVED] = "took back the move of",
                                        [APP_LEFT_OUT] = "left out no more:",
                                        [APP_READMITTED] = "left out again:"};
    struct app_edited undone;
    struct err err = {0};
    if (app_collector_is_holding(s->collector)) {
        app_session_tell(s, "let go of the key first, then undo");
        return;
    }
    int ret = app_edits_undo(s->edits, &undone, &err);
    if (undone.n > 0)
        tell_edit(s, verbs[undone.what], &undone);
    else if (!ret)
        app_session_tell(s, "nothing of this session to undo");
    if (ret)
        app_session_tell_error(s, ret, err.text);
    app_events_undone(s->events, &undone);
    edited(s, &undone);
}

// warm: a short training from the model there is.
static void do_train(struct app_session *s, bool warm)
{
    struct err err = {0};
    int n;
    char **negatives = app_folders_paths(s->folders, &n);
    struct app_job job = {
        .data_dir = s->data_dir,
        .negatives = (const char *const *)negatives,
        .n_negatives = n,
        .recipe = s->options->recipe,
        .epochs = s->options->epochs,
        .seed = s->options->seed,
        .n_threads = s->options->threads,
        .cache_mb = s->options->cache_mb,
        .lower_priority = true,
        .resume_if_same = true,
        .warm = warm,
    };
    int ret = negatives ? app_trainer_start(s->trainer, &job, &err) : err_memory(&err, "folders");
    free(negatives);
    if (ret)
        app_session_tell_error(s, ret, err.text);
    else
        app_session_tell(s, "training: reading the pictures");
}

static bool has_model(struct app_session *s)
{
    app_scorer_view(s->scorer, &s->view);
    return s->view.have_model;
}

static void do_retrain(struct app_session *s)
{
    if (strcmp(s->options->recipe, "visavis") != 0 || !has_model(s))
        app_session_tell(s, "there is no model of recipe visavis to start from: t trains one");
    else
        do_train(s, true);
}

// The frame is kept as the opposite of what was said of it.
static void do_wrong(struct app_session *s)
{
    enum verify_verdict verdict = has_model(s) ? s->view.verdict : VERIFY_UNDECIDED;
    if (!s->view.live || s->pause || verdict == VERIFY_UNDECIDED || verdict == VERIFY_NOBODY) {
        app_session_tell(s, "w tells that a live verdict is wrong: there is none");
        return;
    }
    bool was_you = verdict == VERIFY_YOU;
    const char *kept = was_you ? "kept as \"not me\": r trains on it for half a minute"
                               : "kept as a positive of you: r trains on it for half a minute";
    if (app_collector_hold(s->collector, was_you ? 'n' : 'p', 1))
        app_session_tell(s, kept);
}

// The page of the pictures shows the same folders as the list.
static void tell_folders(struct app_session *s)
{
    int n;
    char **paths = app_folders_paths(s->folders, &n);
    if (paths)
        app_album_set_folders(s->album, (const char *const *)paths, n);
    free(paths);
}

static void do_page(struct app_session *s, enum ui_page page)
{
    s->page = s->page == page ? UI_PAGE_PICTURE : page;
    if (s->page == UI_PAGE_COLLECTED)
        tell_folders(s);
    app_album_open(s->album, s->page == UI_PAGE_COLLECTED);
}

static void do_folder(struct app_session *s, const char *path)
{
    char text[UI_TEXT];
    struct err err = {0};
    int ret = app_folders_add(s->folders, path, &err);
    if (ret) {
        app_session_tell_error(s, ret, err.text);
        return;
    }
    snprintf(text, sizeof text, "other people from %s", path);
    app_session_tell(s, text);
    tell_folders(s);
}

static void use_model(struct app_session *s, int index)
{
    struct err err = {0};
    s->n_earlier = app_models_list(s->earlier, s->data_dir);
    if (app_trainer_busy(s->trainer)) {
        app_session_tell(s, "training: stop it first, with s");
    } else if (index < 0 || index >= s->n_earlier) {
        app_session_tell(s, "there is no earlier model");
    } else if (app_models_use(s->data_dir, s->earlier[index].name, &err)) {
        app_session_tell_error(s, ERR_IO, err.text);
    } else {
        app_session_tell(s, "back to the model before: b again undoes that");
        start_loader(s);
    }
}

static void do_live(struct app_session *s)
{
    bool live = !app_scorer_is_live(s->scorer);
    app_scorer_set_live(s->scorer, live);
    if (live)
        return;
    char text[UI_TEXT];
    int n, matched;
    app_scorer_tally(s->scorer, &n, &matched);
    snprintf(text, sizeof text, "live ended: \"you\" in %d of %d frames", matched, n);
    app_session_tell(s, text);
}

static void do_remove_folder(struct app_session *s, int index)
{
    struct err err = {0};
    int ret = app_folders_remove(s->folders, index, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
    tell_folders(s);
}

void app_session_do(struct app_session *s, const struct ui_action *action)
{
    switch (action->kind) {
    case UI_NONE:
        break;
    case UI_HOLD:
        app_collector_hold(s->collector, action->key, action->index > 0 ? action->index : -1);
        break;
    case UI_RELEASE:
        app_collector_release(s->collector, action->key);
        break;
    case UI_UNDO:
        do_undo(s);
        break;
    case UI_TRAIN:
        do_train(s, false);
        break;
    case UI_STOP:
        app_trainer_stop(s->trainer);
        break;
    case UI_WRONG:
        do_wrong(s);
        break;
    case UI_RETRAIN:
        do_retrain(s);
        break;
    case UI_LIVE:
        do_live(s);
        break;
    case UI_MIRROR:
        s->view.mirror = s->mirror = !s->mirror;
        app_settings_set_flag(s->settings, APP_MIRROR, s->mirror);
        break;
    case UI_CAMERA:
    case UI_CHOOSE_CAMERA:
    case UI_PAUSE:
    case UI_SET_CONTROL:
    case UI_RESET_CONTROLS:
        app_camera_do(s, action);
        break;
    case UI_FULLSCREEN:
        s->fullscreen = !s->fullscreen;
        if (s->window)
            ui_window_set_fullscreen(s->window, s->fullscreen);
        break;
    case UI_THRESHOLD:
        app_scorer_nudge_threshold(s->scorer, action->amount);
        break;
    case UI_USE_MODEL:
        use_model(s, action->index);
        break;
    case UI_SET_THRESHOLD:
        app_scorer_set_threshold(s->scorer, action->amount);
        break;
    case UI_HELP:
        s->help = !s->help;
        break;
    case UI_CHOOSE:
        app_album_choose(s->album, action->index, action->choice);
        s->view.album.cursor = action->index; // the next key may come before the next frame
        break;
    case UI_DELETE:
        do_edit(s, 0);
        break;
    case UI_MOVE:
        do_edit(s, action->key);
        break;
    case UI_TAKE_OUT:
        do_take_out(s, action->index);
        break;
    case UI_READMIT:
        do_readmit(s);
        break;
    case UI_DISMISS:
        s->greeted = true;
        break;
    case UI_PAGE:
        do_page(s, (enum ui_page)action->index);
        break;
    case UI_THEME:
        s->light = !s->light;
        app_settings_set_text(s->settings, APP_THEME, s->light ? APP_LIGHT : APP_DARK);
        break;
    case UI_FIGURES:
        s->figures = !s->figures;
        s->figures_ns = s->drawn.n = 0;
        break;
    case UI_TEXT_SIZE:
        app_screen_text_size(s, action->index);
        break;
    case UI_FOLDER:
        do_folder(s, action->path);
        break;
    case UI_REMOVE_FOLDER:
        do_remove_folder(s, action->index);
        break;
    case UI_QUIT:
        s->quit = true;
        break;
    }
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
    return 0;
}

static void keep_settings(struct app_session *s, int64_t quiet_ns)
{
    struct err err = {0};
    int ret = app_settings_keep(s->settings, quiet_ns, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
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
    struct app_trainer_calls train = {on_trained, on_train_failed, on_wake, s};
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
        ret = app_folders_create(&s->folders, s->data_dir, o->negatives, o->n_negatives, s->events,
                                 err);
    if (!ret)
        ret = app_scorer_create(&s->scorer, &scorer, err);
    if (!ret)
        ret = app_edits_create(&s->edits, s->data_dir, err);
    collector.edits = s->edits;
    if (!ret)
        ret = app_album_create(&s->album, s->data_dir, on_wake, s, err);
    if (!ret && s->window)
        ret = app_coach_create(&s->coach, s->data_dir, on_wake, s, err);
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
        start_loader(s);
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
    app_scorer_destroy(s->scorer); // the last: all others report to it
    app_folders_destroy(s->folders);
    app_coach_destroy(s->coach);
    app_album_destroy(s->album);
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
