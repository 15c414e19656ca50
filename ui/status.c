// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>

#define PAD       10.0f
#define ICON      14.0f
#define MAX_LINES 4

static const struct ui_button help_button = {
    .key = "h", .label = "Help", .zone = {.kind = UI_HELP}};

// What the help button leaves for the texts, without their icon.
static float text_width(struct ui_canvas *c, float w)
{
    return w - ui_button_width(c, &help_button) - 2 * UI_GAP - ICON;
}

float ui_status_height(struct ui_canvas *c, float w, const struct ui_view *view)
{
    float room = text_width(c, w), h = 0;
    if (*view->hint)
        h += ui_paragraph_height(c, UI_STRONG, room, MAX_LINES, view->hint);
    if (*view->message)
        h += ui_paragraph_height(c, UI_BODY, room, MAX_LINES, view->message);
    float least = ui_line_height(c, UI_STRONG) + ui_line_height(c, UI_BODY);
    return ceilf(fmaxf(h, least) + 2 * PAD);
}

static float draw_text(struct ui_canvas *c, struct ui_box box, enum ui_type type,
                       enum ui_shape icon, SDL_Color mark, SDL_Color ink, const char *s)
{
    struct ui_box text = box, icon_box = ui_cut_left(&text, ICON);
    icon_box.h = ui_line_height(c, type);
    ui_cut_left(&text, UI_GAP);
    float h = ui_paragraph(c, text, type, UI_LEFT, ink, s);
    ui_icon(c, ui_centred(icon_box, ICON, ICON), icon, mark);
    return h;
}

void ui_status_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    struct ui_box in = ui_inset(box, 0, PAD);
    struct ui_box side = ui_cut_right(&in, ui_button_width(c, &help_button));
    ui_button(c, ui_centred(side, side.w, UI_BUTTON_H), &help_button);
    ui_cut_right(&in, UI_GAP);
    float hint_h = *view->hint ? ui_line_height(c, UI_STRONG) : 0;
    if (*view->hint && !*view->message)
        ui_cut_top(&in, (in.h - ui_paragraph_height(c, UI_STRONG, text_width(c, box.w), MAX_LINES,
                                                    view->hint)) /
                            2);
    if (*view->hint)
        hint_h = draw_text(c, in, UI_STRONG, UI_ARROW, t->accent, t->text, view->hint);
    ui_cut_top(&in, hint_h);
    if (!*view->message)
        return;
    if (view->message_is_error)
        draw_text(c, in, UI_BODY, UI_ALERT, t->error, t->error, view->message);
    else if (view->message_is_refusal)
        draw_text(c, in, UI_BODY, UI_ALERT, t->dim, t->dim, view->message);
    else
        draw_text(c, in, UI_BODY, UI_CHECK, t->dim, t->dim, view->message);
}
