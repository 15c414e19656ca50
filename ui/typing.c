// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>

#define FAULT_LINES 2

// The text with its caret, moved to the left as far as the caret needs to be seen.
static void draw_line(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    ui_panel(c, box, UI_ROUND, t->well, t->accent);
    struct ui_box in = ui_inset(box, 10, 3);
    char before[sizeof view->typed];
    size_t caret = (size_t)SDL_clamp(view->caret, 0, (int)sizeof before - 1);
    SDL_strlcpy(before, view->typed, caret + 1);
    float caret_x = *before ? ui_label_width(c, UI_BODY, before) : 0;
    float shift = fmaxf(caret_x - (in.w - 2), 0);
    ui_clip(c, in);
    struct ui_box text = in;
    text.x -= shift;
    text.w = ui_label_width(c, UI_BODY, view->typed) + 2;
    if (view->typed_all)
        ui_fill(c, ui_inset(text, 0, 2), ui_fade(t->accent, 0.4f));
    if (*view->typed)
        ui_label(c, text, UI_BODY, UI_LEFT, t->text, view->typed);
    else
        ui_label(c, in, UI_BODY, UI_LEFT, ui_fade(t->dim, 0.7f), " /home/me/Pictures/other people");
    struct ui_box line = {in.x + caret_x - shift, in.y, 1.5f, in.h};
    if (!view->typed_all)
        ui_fill(c, ui_inset(line, 0, 2), t->accent);
    ui_unclip(c);
}

static void draw_foot(struct ui_canvas *c, struct ui_box foot, const struct ui_view *view)
{
    static const struct ui_button add = {
        .key = "Enter", .label = "Add", .zone = {.kind = UI_ZONE_ACCEPT}};
    static const struct ui_button cancel = {
        .key = "Esc", .label = "Cancel", .zone = {.kind = UI_ZONE_CANCEL}};
    static const char *const how[] = {"Pictures in it at any depth count. Ctrl+V pastes.",
                                      "Ctrl+V pastes.", "", NULL};
    static const char *const waits[] = {"Looking at that folder\xe2\x80\xa6", "", NULL};
    ui_button_right(c, &foot, &add, 0);
    ui_button_right(c, &foot, &cancel, 0);
    ui_label_fit(c, foot, UI_CAPTION, UI_LEFT, c->theme->dim, view->typing_waits ? waits : how);
}

// What is wrong with the path, below it.
static float fault_height(struct ui_canvas *c, float w, const char *fault)
{
    return *fault ? ui_paragraph_height(c, UI_BODY, w - 20, FAULT_LINES, fault) + UI_GAP : 0;
}

static void draw_fault(struct ui_canvas *c, struct ui_box box, const char *fault)
{
    struct ui_box mark = ui_cut_left(&box, 20);
    ui_icon(c, ui_centred(ui_cut_top(&mark, ui_line_height(c, UI_BODY)), 14, 14), UI_ALERT,
            c->theme->error);
    ui_paragraph(c, box, UI_BODY, UI_LEFT, c->theme->error, fault);
}

void ui_typing_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    static const char *const title[] = {"Folder with pictures of other people",
                                        "Folder of other people", NULL};
    if (!view->typing)
        return;
    float pad = box.h < 300 ? 10 : 16, line_h = 30;
    float fault_h = fault_height(c, box.w - 2 * pad, view->typing_fault);
    float h = 2 * pad + 2 * UI_BUTTON_H + line_h + 2 * UI_GAP - UI_STEP + fault_h;
    struct ui_box panel = ui_cut_bottom(&box, h);
    ui_panel(c, panel, UI_ROUND_CARD, t->card, t->edge);
    ui_zone_add(c, (struct ui_zone){.box = panel, .kind = UI_ZONE_BLOCK});
    struct ui_box in = ui_inset(panel, pad, pad);
    ui_label_fit(c, ui_cut_top(&in, UI_BUTTON_H - UI_STEP), UI_TITLE, UI_LEFT, t->text, title);
    ui_cut_top(&in, UI_GAP);
    draw_line(c, ui_cut_top(&in, line_h), view);
    ui_cut_top(&in, UI_GAP);
    if (fault_h > 0)
        draw_fault(c, ui_cut_top(&in, fault_h), view->typing_fault);
    draw_foot(c, ui_cut_top(&in, UI_BUTTON_H), view);
}
