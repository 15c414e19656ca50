// SPDX-License-Identifier: MIT
// DESIGN. Reporters append a finished line to a list under the lock; the writer thread takes the
// whole list and writes it outside the lock. A reader that went away (EPIPE) ends the stream, not
// the session.
#include "app/events.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/verify/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_WAITING 4096 // lines; beyond it the frequent ones are left out

struct line {
    struct line *next;
    char *text; // ends in a newline
};

struct app_events {
    int fd;
    bool own_fd;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct line *first, **last; // protected by lock, as all below
    int n_waiting;
    bool closing;
    int64_t deadline_ns; // when closing: give up then
};

static bool past_deadline(struct app_events *ev)
{
    pthread_mutex_lock(&ev->lock);
    bool past = ev->closing && clock_now_ns() > ev->deadline_ns;
    pthread_mutex_unlock(&ev->lock);
    return past;
}

// Returns whether the stream can go on.
static bool write_line(struct app_events *ev, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        struct pollfd p = {.fd = ev->fd, .events = POLLOUT};
        if (poll(&p, 1, 100) <= 0) {
            if (past_deadline(ev))
                return false;
            continue;
        }
        // A pipe that polls writable takes PIPE_BUF bytes at least without blocking.
        ssize_t n = write(ev->fd, text, left < 512 ? left : 512);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            log_error("event stream ended: %s", strerror(errno));
            return false;
        }
        if (n > 0) {
            text += n;
            left -= (size_t)n;
        }
    }
    return true;
}

static void *writer_main(void *arg)
{
    struct app_events *ev = arg;
    bool alive = true;
    pthread_mutex_lock(&ev->lock);
    for (;;) {
        while (!ev->first && !ev->closing)
            pthread_cond_wait(&ev->more, &ev->lock);
        struct line *line = ev->first;
        if (!line)
            break;
        ev->first = NULL;
        ev->last = &ev->first;
        ev->n_waiting = 0;
        pthread_mutex_unlock(&ev->lock);
        while (line) {
            struct line *next = line->next;
            alive = alive && write_line(ev, line->text);
            free(line->text);
            free(line);
            line = next;
        }
        pthread_mutex_lock(&ev->lock);
    }
    pthread_mutex_unlock(&ev->lock);
    return NULL;
}

int app_events_open(struct app_events **out, const char *path, struct err *err)
{
    *out = NULL;
    struct app_events *ev = calloc(1, sizeof *ev);
    if (!ev)
        return err_memory(err, "event stream");
    ev->own_fd = strcmp(path, "-") != 0;
    ev->fd =
        ev->own_fd ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : STDOUT_FILENO;
    if (ev->fd < 0) {
        int ret = err_set(err, ERR_IO, "--events %s: %s", path, strerror(errno));
        free(ev);
        return ret;
    }
    ev->last = &ev->first;
    pthread_mutex_init(&ev->lock, NULL);
    pthread_cond_init(&ev->more, NULL);
    if (pthread_create(&ev->thread, NULL, writer_main, ev)) {
        if (ev->own_fd)
            close(ev->fd);
        free(ev);
        return err_memory(err, "event stream thread");
    }
    *out = ev;
    return 0;
}

void app_events_close(struct app_events *ev)
{
    if (!ev)
        return;
    pthread_mutex_lock(&ev->lock);
    ev->closing = true;
    ev->deadline_ns = clock_now_ns() + CLOCK_SECOND;
    pthread_cond_signal(&ev->more);
    pthread_mutex_unlock(&ev->lock);
    pthread_join(ev->thread, NULL);
    pthread_cond_destroy(&ev->more);
    pthread_mutex_destroy(&ev->lock);
    if (ev->own_fd)
        close(ev->fd);
    free(ev);
}

// Takes over `event`. Lines are lost without memory, as there is nobody to tell.
static void put(struct app_events *ev, cJSON *event, bool frequent)
{
    char *json = cJSON_PrintUnformatted(event);
    cJSON_Delete(event);
    size_t len = json ? strlen(json) : 0;
    struct line *line = malloc(sizeof *line);
    char *text = json ? realloc(json, len + 2) : NULL;
    if (!line || !text) {
        free(line);
        free(text ? text : json);
        return;
    }
    memcpy(text + len, "\n", 2);
    *line = (struct line){.text = text};
    pthread_mutex_lock(&ev->lock);
    bool take = !frequent || ev->n_waiting < MAX_WAITING;
    if (take) {
        *ev->last = line;
        ev->last = &line->next;
        ev->n_waiting++;
        pthread_cond_signal(&ev->more);
    }
    pthread_mutex_unlock(&ev->lock);
    if (!take) {
        free(text);
        free(line);
    }
}

static cJSON *event_named(const char *name)
{
    cJSON *event = cJSON_CreateObject();
    cJSON_AddStringToObject(event, "event", name);
    return event;
}

static void add_text(cJSON *event, const char *key, const char *text)
{
    verify_json_put(event, key, verify_json_text(text));
}

void app_events_frame(struct app_events *ev, int64_t frame, int64_t capture_ns)
{
    if (!ev)
        return;
    cJSON *event = event_named("frame");
    verify_json_int(event, "frame", frame);
    verify_json_int(event, "capture_ns", capture_ns);
    put(ev, event, true);
}

void app_events_drawn(struct app_events *ev, int64_t frame, int64_t drawn_ns)
{
    if (!ev)
        return;
    cJSON *event = event_named("drawn");
    verify_json_int(event, "frame", frame);
    verify_json_int(event, "drawn_ns", drawn_ns);
    put(ev, event, false);
}

void app_events_saved(struct app_events *ev, const char *kind, const char *path, int64_t frame)
{
    if (!ev)
        return;
    cJSON *event = event_named("saved");
    add_text(event, "kind", kind);
    add_text(event, "path", path);
    verify_json_int(event, "frame", frame);
    put(ev, event, false);
}

static void put_edit(struct app_events *ev, const char *name, const char *kind, const char *to,
                     int count)
{
    cJSON *event = event_named(name);
    if (kind)
        add_text(event, "kind", kind);
    if (to)
        add_text(event, "to", to);
    verify_json_int(event, "count", count);
    put(ev, event, false);
}

// back: pictures were moved from `to` to `from`.
static void put_moves(struct app_events *ev, const struct app_edited *e, bool back)
{
    int to = 0;
    while (to < SIAM_KINDS - 1 && e->to[to] == 0)
        to++;
    for (int k = 0; k < SIAM_KINDS; k++)
        if (e->from[k] > 0)
            put_edit(ev, "moved", app_kind_folders[back ? to : k], app_kind_folders[back ? k : to],
                     e->from[k]);
}

static void put_edits(struct app_events *ev, const char *name, const struct app_edited *e)
{
    for (int k = 0; k < SIAM_KINDS; k++)
        if (e->from[k] > 0)
            put_edit(ev, name, app_kind_folders[k], NULL, e->from[k]);
}

void app_events_edited(struct app_events *ev, const struct app_edited *done)
{
    if (ev && done->what == APP_MOVED)
        put_moves(ev, done, false);
    else if (ev && done->what == APP_READMITTED)
        put_edit(ev, "readmitted", NULL, NULL, done->n);
    else if (ev && done->what == APP_LEFT_OUT)
        put_edit(ev, "left_out", NULL, NULL, done->n);
    else if (ev)
        put_edits(ev, "deleted", done);
}

void app_events_undone(struct app_events *ev, const struct app_edited *undone)
{
    if (ev && undone->what == APP_MOVED)
        put_moves(ev, undone, true);
    else if (ev && undone->what == APP_READMITTED)
        put_edit(ev, "left_out", NULL, NULL, undone->n);
    else if (ev && undone->what == APP_LEFT_OUT)
        put_edit(ev, "readmitted", NULL, NULL, undone->n);
    else if (ev)
        put_edits(ev, undone->what == APP_SAVED ? "undone" : "restored", undone);
}

void app_events_score(struct app_events *ev, const struct app_scored *scored)
{
    const struct verify_score *score = &scored->score;
    if (!ev)
        return;
    cJSON *event = event_named("score");
    verify_json_int(event, "frame", scored->frame);
    verify_json_int(event, "capture_ns", scored->capture_ns);
    verify_json_int(event, "score_ns", scored->score_ns);
    verify_json_number(event, "score", score->score);
    cJSON_AddBoolToObject(event, "match", score->match);
    verify_json_int(event, "anchors_matched", score->anchors_matched);
    verify_json_int(event, "anchors", score->anchors);
    verify_json_number(event, "threshold", scored->threshold);
    add_text(event, "verdict", verify_verdict_name(scored->verdict));
    if (scored->nearest) {
        add_text(event, "nearest", scored->nearest);
        verify_json_number(event, "nearest_score", score->nearest_score);
    }
    if (!score->match && scored->reason != FACE_FINE)
        add_text(event, "reason", face_reason_name(scored->reason));
    put(ev, event, true);
}

void app_events_epoch(struct app_events *ev, const struct siam_progress *p)
{
    if (!ev)
        return;
    cJSON *event = event_named("epoch");
    verify_json_int(event, "epoch", p->epoch);
    verify_json_int(event, "epochs", p->epochs);
    verify_json_number(event, "loss", p->loss);
    verify_json_number(event, "heldout_loss", p->heldout_loss);
    verify_json_number(event, "precision", p->precision);
    verify_json_number(event, "recall", p->recall);
    verify_json_number(event, "auc", p->auc);
    verify_json_int(event, "heldout_pairs", p->n_heldout_pairs);
    verify_json_number(event, "seconds_left", p->seconds_left);
    put(ev, event, false);
}

void app_events_first(struct app_events *ev, const char *model)
{
    if (!ev)
        return;
    cJSON *event = event_named("first");
    add_text(event, "model", model);
    put(ev, event, false);
}

void app_events_trained(struct app_events *ev, const char *model, double seconds, bool stopped)
{
    if (!ev)
        return;
    cJSON *event = event_named("trained");
    add_text(event, "model", model);
    verify_json_number(event, "seconds", seconds);
    cJSON_AddBoolToObject(event, "stopped", stopped);
    put(ev, event, false);
}

void app_events_camera(struct app_events *ev, const char *state, const char *detail)
{
    if (!ev)
        return;
    cJSON *event = event_named("camera");
    add_text(event, "state", state);
    add_text(event, "detail", detail);
    put(ev, event, false);
}

void app_events_cameras(struct app_events *ev, const struct cap_info *list, int n)
{
    if (!ev)
        return;
    cJSON *event = event_named("cameras"), *cameras = cJSON_AddArrayToObject(event, "cameras");
    for (int i = 0; i < n; i++) {
        cJSON *camera = cJSON_CreateObject();
        add_text(camera, "name", list[i].name);
        add_text(camera, "spec", list[i].spec);
        verify_json_append(cameras, camera);
    }
    put(ev, event, false);
}

static cJSON *place_object(const struct ui_place *p)
{
    const char key[] = {p->key, '\0'};
    cJSON *place = cJSON_CreateObject();
    cJSON_AddStringToObject(place, "does", p->does);
    if (p->key)
        cJSON_AddStringToObject(place, "key", key);
    verify_json_int(place, "index", p->index);
    verify_json_number(place, "amount", (double)p->amount);
    verify_json_number(place, "x", (double)p->x);
    verify_json_number(place, "y", (double)p->y);
    verify_json_number(place, "w", (double)p->w);
    verify_json_number(place, "h", (double)p->h);
    return place;
}

void app_events_places(struct app_events *ev, const struct ui_place *places, int n)
{
    if (!ev)
        return;
    cJSON *event = event_named("places"), *list = cJSON_AddArrayToObject(event, "places");
    for (int i = 0; i < n; i++)
        verify_json_append(list, place_object(&places[i]));
    put(ev, event, false);
}

void app_events_folder(struct app_events *ev, const char *path, int pictures)
{
    if (!ev)
        return;
    cJSON *event = event_named("folder");
    add_text(event, "path", path);
    verify_json_int(event, "pictures", pictures);
    put(ev, event, false);
}

void app_events_browsed(struct app_events *ev, const char *path, int folders, const char *fault)
{
    if (!ev)
        return;
    cJSON *event = event_named("browsed");
    add_text(event, "path", path);
    verify_json_int(event, "folders", folders);
    if (*fault)
        add_text(event, "fault", fault);
    put(ev, event, false);
}

void app_events_skipped(struct app_events *ev, const char *path, int n, const char *why)
{
    if (!ev)
        return;
    cJSON *event = event_named("skipped");
    add_text(event, "path", path);
    verify_json_int(event, "files", n);
    add_text(event, "why", why);
    put(ev, event, false);
}

void app_events_own(struct app_events *ev, const char *path, int pictures, const char *example)
{
    if (!ev)
        return;
    cJSON *event = event_named("own");
    add_text(event, "path", path);
    verify_json_int(event, "pictures", pictures);
    add_text(event, "example", example);
    put(ev, event, false);
}

void app_events_hook(struct app_events *ev, const char *hook, double score)
{
    if (!ev)
        return;
    cJSON *event = event_named("hook");
    add_text(event, "hook", hook);
    verify_json_number(event, "score", score);
    put(ev, event, false);
}

void app_events_shot(struct app_events *ev, const char *path)
{
    if (!ev)
        return;
    cJSON *event = event_named("shot");
    add_text(event, "path", path);
    put(ev, event, false);
}

void app_events_error(struct app_events *ev, const char *text)
{
    if (!ev)
        return;
    cJSON *event = event_named("error");
    add_text(event, "text", text);
    put(ev, event, false);
}
