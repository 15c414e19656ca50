// SPDX-License-Identifier: MIT
// The session's pictures: what is done to them, on the thread for files, and what follows from
// that. Main thread, where nothing else is said.
#include "app/session.h"

#include <stdio.h>
#include <stdlib.h>

// ---- On the thread for files -----------------------------------------------------------------

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
        if (e->from[k] > 0 || e->to[k] > 0) {
            app_album_changed(s->album, (enum siam_kind)k);
            app_newest_changed(s->newest, (enum siam_kind)k);
        }
    if (s->coach && e->n > 0)
        app_coach_look(s->coach);
    if (e->from[SIAM_ANCHOR] > 0 || e->to[SIAM_ANCHOR] > 0)
        app_scorer_anchors_changed(s->scorer);
    for (int k = SIAM_ANCHOR; k <= SIAM_POSITIVE; k++)
        if (e->from[k] > 0 || e->to[k] > 0)
            app_check_own_changed(s->check);
}

// key: 'a', 'p', 'n': moves the pictures there; 0: deletes them.
static void edit(struct app_session *s, char key, const char *const *paths, int n)
{
    struct app_edited done;
    struct err err = {0};
    enum siam_kind to = key == 'a' ? SIAM_ANCHOR : key == 'p' ? SIAM_POSITIVE : SIAM_NEGATIVE;
    int ret = key ? app_edits_move(s->edits, paths, n, to, &done, &err)
                  : app_edits_delete(s->edits, paths, n, &done, &err);
    if (done.n > 0)
        tell_edit(s, key ? "moved" : "deleted", &done);
    else if (!ret)
        app_session_refuse(s, "they are there already");
    if (ret)
        app_session_tell_error(s, ret, err.text);
    app_events_edited(s->events, &done);
    edited(s, &done);
}

static void take_out(struct app_session *s, const char *path)
{
    struct app_edited done;
    struct err err = {0};
    int ret = app_edits_take_out(s->edits, path, &done, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
    else if (done.n > 0)
        app_session_tell(s, done.what == APP_DELETED
                                ? "deleted: the next training is without it (t trains anew)"
                                : "left out: the next training is without it (t trains anew)");
    app_events_edited(s->events, &done);
    edited(s, &done);
}

static void readmit(struct app_session *s)
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

static void undo(struct app_session *s)
{
    static const char *const verbs[] = {[APP_SAVED] = "removed the last",
                                        [APP_DELETED] = "took back out of the trash",
                                        [APP_MOVED] = "took back the move of",
                                        [APP_LEFT_OUT] = "left out no more:",
                                        [APP_READMITTED] = "left out again:"};
    struct app_edited undone;
    struct err err = {0};
    int ret = app_edits_undo(s->edits, &undone, &err);
    if (undone.n > 0)
        tell_edit(s, verbs[undone.what], &undone);
    else if (!ret)
        app_session_refuse(s, "nothing of this session to undo");
    if (ret)
        app_session_tell_error(s, ret, err.text);
    app_events_undone(s->events, &undone);
    edited(s, &undone);
}

static void edit_files(void *ctx, const struct ui_action *action, const char *const *paths, int n)
{
    struct app_session *s = ctx;
    if (action->kind == UI_UNDO)
        undo(s);
    else if (action->kind == UI_READMIT)
        readmit(s);
    else if (action->kind == UI_TAKE_OUT)
        take_out(s, paths[0]);
    else
        edit(s, action->kind == UI_MOVE ? action->key : 0, paths, n);
}

// ---- On the main thread -----------------------------------------------------------------------

static void do_to_files(struct app_session *s, const struct ui_action *action,
                        const char *const *paths, int n)
{
    struct err err = {0};
    int ret = app_chores_add(s->chores, edit_files, action, paths, n, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
}

static void edit_chosen(struct app_session *s, const struct ui_action *action)
{
    int n;
    const char **paths = app_album_chosen(s->album, &n);
    if (paths)
        do_to_files(s, action, paths, n);
    else
        app_session_refuse(s, "choose pictures first: 1 shows them");
    free(paths);
}

// A picture that hurts, as UI_TAKE_OUT numbers them.
static void take_out_worst(struct app_session *s, const struct ui_action *action)
{
    int index = action->index;
    const struct ui_worst *worst = index < UI_WORST ? &s->view.worst_own : &s->view.worst_others;
    if (index >= 0 && index < 2 * UI_WORST && index % UI_WORST < worst->n)
        do_to_files(s, action, &worst->suspect[index % UI_WORST].path, 1);
}

void app_pictures_do(struct app_session *s, const struct ui_action *action)
{
    if (action->kind == UI_DELETE || action->kind == UI_MOVE)
        edit_chosen(s, action);
    else if (action->kind == UI_TAKE_OUT)
        take_out_worst(s, action);
    else if (action->kind == UI_UNDO && app_collector_is_holding(s->collector))
        app_session_refuse(s, "let go of the key first, then undo");
    else
        do_to_files(s, action, NULL, 0);
}
