// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#define GOAL_ICON 10.0f

static void goal_text(char *out, size_t size, const struct ui_coach *coach, int i)
{
    int count = coach->goal[i].count, least = coach->goal[i].least;
    if (count < least)
        snprintf(out, size, "%s %d of %d", coach->goal[i].name, count, least);
    else
        snprintf(out, size, "%s %d", coach->goal[i].name, count);
}

static void draw_goal(struct ui_canvas *c, struct ui_box row, const char *s, bool reached)
{
    const struct ui_theme *t = c->theme;
    struct ui_box icon = ui_cut_left(&row, GOAL_ICON);
    ui_icon(c, ui_centred(icon, GOAL_ICON, GOAL_ICON), reached ? UI_CHECK : UI_ARROW,
            reached ? t->you : t->accent);
    ui_cut_left(&row, UI_STEP);
    ui_label(c, row, UI_CAPTION, UI_LEFT, reached ? t->dim : t->text, s);
}

float ui_goals_draw(struct ui_canvas *c, struct ui_box box, const struct ui_coach *coach, bool draw)
{
    float x = 0, y = 0, line = ui_line_height(c, UI_CAPTION) + UI_STEP;
    for (int i = 0; i < coach->n; i++) {
        char s[64];
        goal_text(s, sizeof s, coach, i);
        float w = GOAL_ICON + UI_STEP + ceilf(ui_label_width(c, UI_CAPTION, s)) + 1;
        if (x > 0 && x + w > box.w) {
            x = 0;
            y += line;
        }
        if (draw)
            draw_goal(c, (struct ui_box){box.x + x, box.y + y, w, line}, s,
                      coach->goal[i].count >= coach->goal[i].least);
        x += w + 2 * UI_GAP;
    }
    return coach->n > 0 ? y + line + UI_GAP : 0;
}
