// SPDX-License-Identifier: MIT
// The session's part of other people: the folders that are used, and the page that shows them. Main
// thread, but for what is done to the list, which is a chore.
#include "app/session.h"

#include "core/siamese/weight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- A chore ----------------------------------------------------------------------------------

static int add(struct app_session *s, const char *path, char text[UI_PATH + 64], struct err *err)
{
    int ret = app_folders_add(s->folders, path, err);
    snprintf(text, UI_PATH + 64, "other people from %s", path);
    if (!ret)
        app_check_folders(s->check);
    return ret;
}

static int restore(struct app_session *s, char text[UI_PATH + 64], struct err *err)
{
    snprintf(text, UI_PATH + 64, "the folder is used again");
    return app_folders_restore(s->folders, err);
}

static int forget(struct app_session *s, const char *path, char text[UI_PATH + 64], struct err *err)
{
    snprintf(text, UI_PATH + 64, "not used any more: %s (u takes that back)", path);
    return app_folders_remove(s->folders, path, err);
}

static int weigh(struct app_session *s, const struct ui_action *action, char text[UI_PATH + 64],
                 struct err *err)
{
    static const char *const often[] = {"a quarter as often as", "half as often as", "as often as",
                                        "twice as often as", "four times as often as"};
    float now;
    int ret = app_folders_weigh(s->folders, action->path, action->amount, &now, err);
    *text = '\0';
    if (now > 0)
        snprintf(text, UI_PATH + 64, "%s: the next training shows its people %s others",
                 action->path, often[siam_weight_log2(now) - SIAM_WEIGHT_LEAST]);
    return ret;
}

// The window tells it beside the path that it names first.
static void answer(struct app_session *s, const struct ui_action *action, const char *fault)
{
    size_t n = strlen(action->path);
    bool named = strncmp(fault, action->path, n) == 0 && strncmp(fault + n, ": ", 2) == 0;
    if (action->kind != UI_FOLDER || action->index == 0)
        return;
    pthread_mutex_lock(&s->lock);
    s->typed = action->index;
    snprintf(s->typed_fault, sizeof s->typed_fault, "%s", fault + (named ? n + 2 : 0));
    pthread_mutex_unlock(&s->lock);
}

static void edit_folders(void *ctx, const struct ui_action *action, const char *const *paths, int n)
{
    (void)paths, (void)n;
    struct app_session *s = ctx;
    char text[UI_PATH + 64];
    struct err err = {0};
    int ret = action->kind == UI_FOLDER          ? add(s, action->path, text, &err)
              : action->kind == UI_REMOVE_FOLDER ? forget(s, action->path, text, &err)
              : action->kind == UI_WEIGHT        ? weigh(s, action, text, &err)
                                                 : restore(s, text, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
    else if (*text)
        app_session_tell(s, text);
    answer(s, action, ret ? err.text : "");
    app_session_wake(s);
}

// ---- On the main thread -----------------------------------------------------------------------

static void do_to_folders(struct app_session *s, const struct ui_action *action)
{
    struct err err = {0};
    int ret = app_chores_add(s->chores, edit_folders, action, NULL, 0, &err);
    if (ret) {
        app_session_tell_error(s, ret, err.text);
        answer(s, action, err.text);
    }
    if (action->kind == UI_REMOVE_FOLDER)
        app_session_note_undo(s, true);
}

// By its path: when its turn comes, its place in the list may be another's.
static void do_to_folder(struct app_session *s, const struct ui_action *action)
{
    struct ui_action named = *action;
    int n;
    char **paths = app_folders_paths(s->folders, &n);
    if (paths && action->index >= 0 && action->index < n) {
        snprintf(named.path, sizeof named.path, "%s", paths[action->index]);
        do_to_folders(s, &named);
    }
    free(paths);
}

void app_people_tell(struct app_session *s)
{
    int n;
    char **paths = app_folders_paths(s->folders, &n);
    if (paths) {
        app_album_set_folders(s->album, (const char *const *)paths, n);
        app_browser_set_folders(s->browser, (const char *const *)paths, n);
    }
    free(paths);
}

void app_people_answer(struct app_session *s)
{
    char fault[UI_TEXT];
    pthread_mutex_lock(&s->lock);
    int number = s->typed;
    s->typed = 0;
    memcpy(fault, s->typed_fault, sizeof fault);
    pthread_mutex_unlock(&s->lock);
    if (number > 0)
        ui_window_answer(s->window, number, fault);
}

void app_people_open(struct app_session *s, bool open)
{
    int n;
    char **paths = app_folders_paths(s->folders, &n);
    if (paths)
        app_browser_open(s->browser, open, n > 0 ? paths[n - 1] : "");
    free(paths);
}

static void use_chosen(struct app_session *s)
{
    struct ui_action add = {.kind = UI_FOLDER};
    if (app_browser_chosen(s->browser, add.path))
        app_session_do(s, &add);
    else
        app_session_refuse(s, "choose a folder in the list first");
}

void app_people_do(struct app_session *s, const struct ui_action *action)
{
    switch (action->kind) {
    case UI_FOLDER:
    case UI_UNDO:
        do_to_folders(s, action);
        return;
    case UI_REMOVE_FOLDER:
    case UI_WEIGHT:
        do_to_folder(s, action);
        return;
    case UI_PICK_FOLDER:
    case UI_PICK_DIR:
        app_browser_pick(s->browser, action->kind == UI_PICK_DIR, action->index);
        break;
    case UI_OPEN_DIR:
        app_browser_enter(s->browser, action->index);
        break;
    case UI_SHOW_HIDDEN:
        app_browser_show_hidden(s->browser);
        break;
    case UI_USE_DIR:
        use_chosen(s);
        break;
    default:
        break;
    }
    app_browser_view(s->browser, &s->view.people); // the next key may come before the next frame
}

void app_people_browse(struct app_session *s, const char *dir)
{
    const struct ui_action open = {.kind = UI_PAGE, .index = UI_PAGE_PEOPLE};
    if (s->page != UI_PAGE_PEOPLE)
        app_session_do(s, &open);
    app_browser_go(s->browser, dir);
}
