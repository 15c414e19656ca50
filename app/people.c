// SPDX-License-Identifier: MIT
// The session's part of the page of other people. Main thread.
#include "app/session.h"

#include <stdio.h>
#include <stdlib.h>

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
        app_session_tell(s, "choose a folder in the list first");
}

void app_people_do(struct app_session *s, const struct ui_action *action)
{
    switch (action->kind) {
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
