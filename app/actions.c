// SPDX-License-Identifier: MIT
// What a user asks for, by the window or by a script of keys: a function for each kind of action,
// and the tables of them. Main thread.
#include "app/session.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASKED_NS (5 * CLOCK_SECOND) // that a question waits for its answer

// ---- Pictures -------------------------------------------------------------------------------

static void hold(struct app_session *s, const struct ui_action *action)
{
    app_collector_hold(s->collector, action->key, action->index > 0 ? action->index : -1);
}

static void release(struct app_session *s, const struct ui_action *action)
{
    app_collector_release(s->collector, action->key);
}

static void choose(struct app_session *s, const struct ui_action *action)
{
    app_album_choose(s->album, action->index, action->choice);
    s->view.album.cursor = action->index; // the next key may come before the next frame
}

// ---- Training and models ---------------------------------------------------------------------

// warm: a short training from the model there is.
static void start_training(struct app_session *s, bool warm)
{
    struct err err = {0};
    struct app_negatives negatives;
    int ret = app_folders_copy(s->folders, &negatives, &err);
    struct app_job job = {
        .data_dir = s->data_dir,
        .negatives = (const char *const *)negatives.paths,
        .n_negatives = negatives.n,
        .weights = negatives.weights,
        .recipe = s->options->recipe,
        .epochs = s->options->epochs,
        .seed = s->options->seed,
        .n_threads = s->options->threads,
        .cache_mb = s->options->cache_mb,
        .lower_priority = true,
        .resume_if_same = true,
        .warm = warm,
    };
    app_check_hold(s->check, true);
    if (!ret)
        ret = app_trainer_start(s->trainer, &job, &err);
    if (ret)
        app_check_hold(s->check, app_trainer_busy(s->trainer));
    free(negatives.paths);
    if (ret) {
        app_session_tell_error(s, ret, err.text);
        return;
    }
    s->n_wrong = 0;
    app_session_tell(s, "training: reading the pictures");
}

static void train(struct app_session *s)
{
    start_training(s, false);
}

static void stop(struct app_session *s)
{
    app_trainer_stop(s->trainer);
}

static bool has_model(struct app_session *s)
{
    app_scorer_view(s->scorer, &s->view);
    return s->view.have_model;
}

static bool retrains(struct app_session *s)
{
    return strcmp(s->options->recipe, "visavis") == 0 && has_model(s);
}

static void retrain(struct app_session *s)
{
    if (!retrains(s))
        app_session_refuse(s, "there is no model of recipe visavis to start from: t trains one");
    else
        start_training(s, true);
}

static void use_model(struct app_session *s, const struct ui_action *action)
{
    int index = action->index;
    struct err err = {0};
    s->n_earlier = app_models_list(s->earlier, s->data_dir);
    if (app_trainer_busy(s->trainer)) {
        app_session_refuse(s, "training: stop it first, with s");
    } else if (index < 0 || index >= s->n_earlier) {
        app_session_refuse(s, "there is no earlier model");
    } else if (app_models_use(s->data_dir, s->earlier[index].name, &err)) {
        app_session_tell_error(s, ERR_IO, err.text);
    } else {
        app_session_tell(s, "back to the model before: b again undoes that");
        app_present_load(s);
    }
}

// ---- Live ------------------------------------------------------------------------------------

// What is kept now is learnt by the training under way, where that has not yet read what is the
// user's.
static const char *who_learns(struct app_session *s)
{
    if (!app_trainer_busy(s->trainer))
        return retrains(s) ? "r trains on it for half a minute" : "t trains anew with it";
    if (s->view.part == UI_PART_OTHERS)
        return "the model that is being learnt will learn from it";
    return retrains(s) ? "r trains on it after this training" : "t trains anew after this training";
}

// The frame is kept as the opposite of what was said of it.
static void tell_wrong(struct app_session *s)
{
    enum verify_verdict verdict = has_model(s) ? s->view.verdict : VERIFY_UNDECIDED;
    if (!s->view.live || s->pause || verdict == VERIFY_UNDECIDED || verdict == VERIFY_NOBODY) {
        app_session_refuse(s, "w tells that a live verdict is wrong: there is none");
        return;
    }
    bool was_you = verdict == VERIFY_YOU;
    char text[UI_TEXT];
    snprintf(text, sizeof text, "kept as %s: %s", was_you ? "\"not me\"" : "a positive of you",
             who_learns(s));
    if (!app_collector_hold(s->collector, was_you ? 'n' : 'p', 1))
        return;
    s->n_wrong++;
    s->n_wrong_last++;
    app_session_tell(s, text);
}

static void live_on_off(struct app_session *s)
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

static bool has_threshold(struct app_session *s)
{
    if (has_model(s))
        return true;
    app_session_refuse(s, "the threshold comes with a model, and there is none yet");
    return false;
}

static void nudge_threshold(struct app_session *s, const struct ui_action *action)
{
    if (!has_threshold(s))
        return;
    app_scorer_nudge_threshold(s->scorer, action->amount);
    app_present_keep_threshold(s);
}

static void set_threshold(struct app_session *s, const struct ui_action *action)
{
    if (!has_threshold(s))
        return;
    app_scorer_set_threshold(s->scorer, action->amount);
    app_present_keep_threshold(s);
}

static void reset_threshold(struct app_session *s)
{
    if (!has_threshold(s))
        return;
    pthread_mutex_lock(&s->lock);
    float own = s->card.threshold;
    pthread_mutex_unlock(&s->lock);
    app_scorer_set_threshold(s->scorer, own);
    app_present_keep_threshold(s);
}

// ---- Folders and pages -----------------------------------------------------------------------

static void open_page(struct app_session *s, const struct ui_action *action)
{
    enum ui_page page = (enum ui_page)action->index;
    s->view.page = s->page = s->page == page ? UI_PAGE_PICTURE : page;
    app_people_tell(s);
    app_album_open(s->album, s->page == UI_PAGE_COLLECTED);
    app_people_open(s, s->page == UI_PAGE_PEOPLE);
}

void app_session_note_undo(struct app_session *s, bool of_folder)
{
    if (s->n_undo == UNDO_MAX)
        memmove(s->undo_folder, s->undo_folder + 1, (size_t)--s->n_undo * sizeof *s->undo_folder);
    s->undo_folder[s->n_undo++] = of_folder;
}

// The last thing is taken back: a folder's removal, or what was done to pictures, in this session
// or one that ended badly.
static void undo(struct app_session *s, const struct ui_action *action)
{
    bool of_folder = s->n_undo > 0 && s->undo_folder[s->n_undo - 1];
    if (!app_collector_is_holding(s->collector))
        s->n_undo -= s->n_undo > 0;
    else
        of_folder = false; // refused there
    if (of_folder)
        app_people_do(s, action);
    else
        app_pictures_do(s, action);
    if (!of_folder && s->n_wrong_last > 0) {
        s->n_wrong_last--;
        s->n_wrong -= s->n_wrong > 0;
    }
}

// Whether it brings something newer to take back.
static bool can_be_undone(enum ui_action_kind kind)
{
    return kind == UI_HOLD || kind == UI_WRONG || kind == UI_DELETE || kind == UI_MOVE ||
           kind == UI_TAKE_OUT || kind == UI_READMIT;
}

// ---- The window ------------------------------------------------------------------------------

static void mirror(struct app_session *s)
{
    s->view.mirror = s->mirror = !s->mirror;
    app_settings_set_flag(s->settings, APP_MIRROR, s->mirror);
}

// The view is told at once, as it is of the help and of pages: Esc may come before the next frame.
static void fullscreen(struct app_session *s)
{
    s->view.fullscreen = s->fullscreen = !s->fullscreen;
    if (s->window)
        ui_window_set_fullscreen(s->window, s->fullscreen);
}

static void change_theme(struct app_session *s)
{
    s->light = !s->light;
    app_settings_set_text(s->settings, APP_THEME, s->light ? APP_LIGHT : APP_DARK);
}

static void show_figures(struct app_session *s)
{
    s->figures = !s->figures;
    s->figures_ns = s->drawn.n = 0;
}

static void change_text_size(struct app_session *s, const struct ui_action *action)
{
    app_screen_text_size(s, action->index);
}

static void show_help(struct app_session *s)
{
    s->view.help = s->help = !s->help;
}

static void dismiss(struct app_session *s)
{
    s->greeted = true;
}

// Esc, which people press to leave other things, asks first where there is something to lose.
static void quit(struct app_session *s, const struct ui_action *action)
{
    bool by_escape = action->index > 0;
    int64_t now = clock_now_ns();
    bool asked = s->asked_ns && now - s->asked_ns < ASKED_NS;
    s->asked_ns = now;
    if (by_escape && !asked && app_trainer_busy(s->trainer))
        app_session_refuse(s,
                           "a training is under way: Esc once more quits, t goes on another time");
    else
        s->quit = true;
}

// ---- By kind ---------------------------------------------------------------------------------

void app_session_do(struct app_session *s, const struct ui_action *action)
{
    static void (*const plain[UI_ACTIONS])(struct app_session *) = {
        [UI_TRAIN] = train,        [UI_STOP] = stop,
        [UI_WRONG] = tell_wrong,   [UI_RETRAIN] = retrain,
        [UI_LIVE] = live_on_off,   [UI_RESET_THRESHOLD] = reset_threshold,
        [UI_MIRROR] = mirror,      [UI_FULLSCREEN] = fullscreen,
        [UI_HELP] = show_help,     [UI_DISMISS] = dismiss,
        [UI_THEME] = change_theme, [UI_FIGURES] = show_figures,
    };
    static void (*const detailed[UI_ACTIONS])(struct app_session *, const struct ui_action *) = {
        [UI_HOLD] = hold,
        [UI_RELEASE] = release,
        [UI_CAMERA] = app_camera_do,
        [UI_CHOOSE_CAMERA] = app_camera_do,
        [UI_PAUSE] = app_camera_do,
        [UI_SET_CONTROL] = app_camera_do,
        [UI_RESET_CONTROLS] = app_camera_do,
        [UI_THRESHOLD] = nudge_threshold,
        [UI_SET_THRESHOLD] = set_threshold,
        [UI_USE_MODEL] = use_model,
        [UI_CHOOSE] = choose,
        [UI_DELETE] = app_pictures_do,
        [UI_MOVE] = app_pictures_do,
        [UI_TAKE_OUT] = app_pictures_do,
        [UI_READMIT] = app_pictures_do,
        [UI_UNDO] = undo,
        [UI_PAGE] = open_page,
        [UI_TEXT_SIZE] = change_text_size,
        [UI_FOLDER] = app_people_do,
        [UI_REMOVE_FOLDER] = app_people_do,
        [UI_WEIGHT] = app_people_do,
        [UI_PICK_FOLDER] = app_people_do,
        [UI_PICK_DIR] = app_people_do,
        [UI_OPEN_DIR] = app_people_do,
        [UI_USE_DIR] = app_people_do,
        [UI_SHOW_HIDDEN] = app_people_do,
        [UI_QUIT] = quit,
    };
    if (can_be_undone(action->kind))
        app_session_note_undo(s, false);
    if (can_be_undone(action->kind) && action->kind != UI_WRONG)
        s->n_wrong_last = 0;
    if (plain[action->kind])
        plain[action->kind](s);
    else if (detailed[action->kind])
        detailed[action->kind](s, action);
}
