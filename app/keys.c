// SPDX-License-Identifier: MIT
#include "app/keys.h"

#include "app/session.h"
#include "core/base/clock.h"
#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SILENCE (10 * CLOCK_SECOND)

enum waiting {
    FOR_NOTHING,
    FOR_BURST,
    FOR_TRAINING,
    FOR_MODEL,
    FOR_SCORES,
    FOR_FRAMES,
    FOR_STEPS,
    FOR_CAMERA,
};

struct app_keys {
    int fd; // -1: no script
    bool ended;
    char text[8192]; // what has been read and not played: text[begin .. end)
    size_t begin, end;
    int line;

    enum waiting waiting;
    int64_t until;                 // scores, frames, steps, cameras
    int n_trained;                 // trainings that had ended when the last one began
    int n_live_ends;               // alike, when live began
    int64_t frames_seen, frame_ns; // frames that had come, and when that was last noted
};

int app_keys_open(struct app_keys **out, const char *path, struct err *err)
{
    struct app_keys *k = *out = calloc(1, sizeof *k);
    if (!k)
        return err_memory(err, "keys");
    k->waiting = FOR_CAMERA;
    k->until = 1;
    k->fd = !path ? -1 : strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    if (path && k->fd < 0)
        return err_set(err, ERR_USAGE, "--keys %s: %s", path, strerror(errno));
    return 0;
}

void app_keys_close(struct app_keys *k)
{
    if (!k)
        return;
    if (k->fd > STDIN_FILENO)
        close(k->fd);
    free(k);
}

// The next whole line, without its newline, or NULL while there is none. The last line needs no
// newline.
static char *next_line(struct app_keys *k)
{
    for (;;) {
        char *line = k->text + k->begin;
        char *newline = memchr(line, '\n', k->end - k->begin);
        if (newline || (k->ended && k->end > k->begin)) {
            k->begin = newline ? (size_t)(newline + 1 - k->text) : k->end;
            *(newline ? newline : k->text + k->end) = '\0';
            return line;
        }
        memmove(k->text, line, k->end - k->begin);
        k->end -= k->begin;
        k->begin = 0;
        struct pollfd p = {.fd = k->fd, .events = POLLIN};
        if (k->ended || poll(&p, 1, 0) <= 0)
            return NULL;
        ssize_t n = read(k->fd, k->text + k->end, sizeof k->text - 1 - k->end);
        if (n > 0)
            k->end += (size_t)n;
        else
            k->ended = true; // the end, an error, or a line longer than the buffer
    }
}

static int trainings(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    int n = s->n_trained;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static int live_ends(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    int n = s->n_live_ends;
    pthread_mutex_unlock(&s->lock);
    return n;
}

static int cameras(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    int n = s->n_cameras;
    pthread_mutex_unlock(&s->lock);
    return n;
}

// Whether frames have stopped coming, for long. Tells it once a wait.
static bool camera_is_silent(struct app_keys *k, struct app_session *s)
{
    int64_t now = clock_now_ns();
    if (s->n_frames != k->frames_seen) {
        k->frames_seen = s->n_frames;
        k->frame_ns = now;
    }
    if (now - k->frame_ns < SILENCE)
        return false;
    app_session_tell_error(s, ERR_CAMERA, "the script waits no longer: the camera sends nothing");
    return true;
}

// The exit code of the first failure stays.
static void note_failure(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    int code = s->last_error;
    s->last_error = 0;
    pthread_mutex_unlock(&s->lock);
    if (code && !s->exit_code)
        s->exit_code = err_exit_code(code);
}

static bool must_wait(struct app_keys *k, struct app_session *s)
{
    switch (k->waiting) {
    case FOR_NOTHING:
        return false;
    case FOR_BURST:
        return app_collector_is_holding(s->collector);
    case FOR_TRAINING:
        return app_trainer_busy(s->trainer) || trainings(s) == k->n_trained;
    case FOR_MODEL:
        return app_trainer_busy(s->trainer) && !app_scorer_has_model(s->scorer);
    case FOR_SCORES:
        return app_scorer_count(s->scorer) < k->until && live_ends(s) == k->n_live_ends &&
               !camera_is_silent(k, s);
    case FOR_FRAMES:
        return s->n_frames < k->until && !camera_is_silent(k, s);
    case FOR_STEPS:
        return app_trainer_steps(s->trainer) < k->until && app_trainer_busy(s->trainer);
    case FOR_CAMERA:
        return cameras(s) < k->until;
    }
    return false;
}

static void refuse(struct app_keys *k, struct app_session *s, const char *line)
{
    char text[ERR_TEXT_MAX];
    snprintf(text, sizeof text, "keys, line %d: \"%s\" is no key: see visavis --help", k->line,
             line);
    app_session_tell_error(s, ERR_USAGE, text);
}

// "WORD N" with N >= 1 and nothing behind it.
static bool is_count(const char *text, const char *word, int *n)
{
    char *end;
    size_t len = strlen(word);
    if (strncmp(text, word, len) != 0)
        return false;
    long count = strtol(text + len, &end, 10);
    *n = (int)count;
    return end > text + len && !*end && count >= 1 && count <= 1000000;
}

static void play_wait(struct app_keys *k, struct app_session *s, const char *line, const char *what)
{
    int n;
    k->frame_ns = clock_now_ns();
    if (!strcmp(what, "trained")) {
        if (trainings(s) == k->n_trained && !app_trainer_busy(s->trainer))
            app_session_tell_error(s, ERR_USAGE, "wait trained: no training was begun");
        else
            k->waiting = FOR_TRAINING;
    } else if (!strcmp(what, "model")) {
        k->waiting = FOR_MODEL;
    } else if (is_count(what, "score ", &n)) {
        k->waiting = FOR_SCORES;
        k->until = app_scorer_count(s->scorer) + n;
        if (!app_scorer_is_live(s->scorer) && live_ends(s) == k->n_live_ends)
            app_session_tell_error(s, ERR_USAGE, "wait score: not live: v comes first");
        if (!app_scorer_is_live(s->scorer))
            k->waiting = FOR_NOTHING;
    } else if (is_count(what, "step ", &n)) {
        k->waiting = FOR_STEPS;
        k->until = app_trainer_steps(s->trainer) + n;
    } else if (is_count(what, "frames ", &n)) {
        k->waiting = FOR_FRAMES;
        k->until = s->n_frames + n;
    } else {
        refuse(k, s, line);
    }
}

static void play_hold(struct app_keys *k, struct app_session *s, const char *line)
{
    int n = 1;
    if (line[1] && !is_count(line + 1, " ", &n)) {
        refuse(k, s, line);
        return;
    }
    struct ui_action action = {.kind = UI_HOLD, .key = line[0], .index = n};
    app_session_do(s, &action);
    k->waiting = FOR_BURST;
}

// As a key, but its answer is waited for, as that of another camera is.
static void play_pause(struct app_keys *k, struct app_session *s)
{
    struct ui_action action = {.kind = UI_PAUSE};
    k->until = cameras(s) + 1;
    k->waiting = FOR_CAMERA;
    app_session_do(s, &action);
}

static void play_path(struct app_keys *k, struct app_session *s, const char *line)
{
    struct err err = {0};
    int ret = 0;
    if (!strncmp(line, "drop ", 5)) {
        struct ui_action action = {.kind = UI_FOLDER};
        if ((size_t)snprintf(action.path, sizeof action.path, "%s", line + 5) < sizeof action.path)
            app_session_do(s, &action);
        else
            refuse(k, s, line);
    } else if (!strncmp(line, "browse /", 8)) {
        app_people_browse(s, line + 7);
    } else if (!strncmp(line, "say ", 4)) {
        app_session_tell(s, line + 4);
    } else if (!strncmp(line, "shot ", 5)) {
        ret = app_screen_shot(s, line + 5, &err);
    } else if (!strncmp(line, "camera ", 7)) {
        k->until = cameras(s) + 1;
        ret = app_session_switch_camera(s, line + 7, &err);
        k->waiting = ret ? FOR_NOTHING : FOR_CAMERA;
    } else {
        refuse(k, s, line);
    }
    if (ret)
        app_session_tell_error(s, ret, err.text);
}

#define PLACES 512

// What can be clicked, for scripts that drive a real mouse.
static void tell_places(struct app_session *s)
{
    struct ui_place places[PLACES];
    if (!s->window) {
        app_session_tell_error(s, ERR_USAGE, "places: there is no window");
        return;
    }
    app_screen_fill(s);
    ui_window_draw(s->window, &s->view);
    app_events_places(s->events, places, ui_window_places(s->window, &s->view, places, PLACES));
}

static bool play_key(struct app_session *s, char key)
{
    static const struct {
        char key;
        enum ui_action_kind kind;
        float amount;
        int index;
    } table[] = {
        {'u', UI_UNDO, 0, 0},
        {'t', UI_TRAIN, 0, 0},
        {'s', UI_STOP, 0, 0},
        {'v', UI_LIVE, 0, 0},
        {'m', UI_MIRROR, 0, 0},
        {'c', UI_CAMERA, 0, 0},
        {'f', UI_FULLSCREEN, 0, 0},
        {'h', UI_HELP, 0, 0},
        {'w', UI_WRONG, 0, 0},
        {'r', UI_RETRAIN, 0, 0},
        {'l', UI_THEME, 0, 0},
        {'i', UI_FIGURES, 0, 0},
        {'b', UI_USE_MODEL, 0, 0},
        {'q', UI_QUIT, 0, 0},
        {'+', UI_THRESHOLD, 0.01f, 0},
        {'-', UI_THRESHOLD, -0.01f, 0},
        {'0', UI_RESET_THRESHOLD, 0, 0},
        {'1', UI_PAGE, 0, UI_PAGE_COLLECTED},
        {'2', UI_PAGE, 0, UI_PAGE_HOOD},
        {'3', UI_PAGE, 0, UI_PAGE_CAMERA},
        {'4', UI_PAGE, 0, UI_PAGE_PEOPLE},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].key != key)
            continue;
        struct ui_action action = {
            .kind = table[i].kind, .amount = table[i].amount, .index = table[i].index};
        app_session_do(s, &action);
        return true;
    }
    return false;
}

static bool play_ctrl(struct app_session *s, const char *key)
{
    static const char keys[] = "-0+";
    const char *at = *key && !key[1] ? strchr(keys, *key) : NULL;
    if (!at)
        return false;
    struct ui_action action = {.kind = UI_TEXT_SIZE, .index = (int)(at - keys) - 1};
    app_session_do(s, &action);
    return true;
}

static void play_line(struct app_keys *k, struct app_session *s, char *line)
{
    size_t len = strlen(line);
    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\r' || line[len - 1] == '\t'))
        line[--len] = '\0';
    if (len == 0 || line[0] == '#')
        return;
    if (line[0] == 't' && len == 1)
        k->n_trained = trainings(s);
    if (line[0] == 'v' && len == 1)
        k->n_live_ends = live_ends(s);
    bool is_hold = strchr("apn", line[0]) && (len == 1 || line[1] == ' ');
    if (is_hold)
        play_hold(k, s, line);
    else if (!strncmp(line, "wait ", 5))
        play_wait(k, s, line, line + 5);
    else if (!strcmp(line, "places"))
        tell_places(s);
    else if (!strcmp(line, "space"))
        play_pause(k, s);
    else if (!strncmp(line, "ctrl ", 5) && play_ctrl(s, line + 5))
        return;
    else if (len > 1)
        play_path(k, s, line);
    else if (!play_key(s, line[0]))
        refuse(k, s, line);
}

enum app_keys_state app_keys_play(struct app_keys *k, struct app_session *s)
{
    if (k->fd < 0)
        return APP_KEYS_NONE;
    for (;;) {
        if (must_wait(k, s) || app_chores_busy(s->chores))
            return APP_KEYS_PLAYING;
        k->waiting = FOR_NOTHING;
        note_failure(s);
        char *line = s->quit ? NULL : next_line(k);
        if (!line)
            return k->ended ? APP_KEYS_OVER : APP_KEYS_PLAYING;
        k->line++;
        log_debug("key: %s", line);
        play_line(k, s, line);
    }
}
