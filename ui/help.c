// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

struct help_line {
    const char *keys[2]; // second: another one for the same
    const char *text;    // NULL: `keys[0]` is a heading
};

static const struct help_line first_column[] = {
    {{"Collect"}, NULL},
    {{"a"}, "anchor: a picture of you"},
    {{"p"}, "positive: another one"},
    {{"n"}, "not me: what is no match"},
    {{"u"}, "undo what was done last"},
    {{"o", "/"}, "folder of other people"},
    {{"Train and verify"}, NULL},
    {{"t", "s"}, "train, stop training"},
    {{"b"}, "back to the model before"},
    {{"2", "Del"}, "take out what hurts most"},
    {{"v"}, "live score on, off"},
    {{"w"}, "that was wrong: keep it"},
    {{"r"}, "train shortly on that"},
    {{"i"}, "frames a second, times"},
    {{"+", "\xe2\x88\x92"}, "threshold, also arrows"},
};

// clang-format off
static const struct help_line second_column[] = {
    {{"Window"}, NULL},
    {{"1"}, "your pictures"},
    {{"2"}, "under the hood"},
    {{"3"}, "cameras, exposure, gain"},
    {{"m"}, "mirror the view only"},
    {{"c"}, "next camera"},
    {{"space"}, "pause: camera off, on"},
    {{"f"}, "full screen"},
    {{"l"}, "light or dark"},
    {{"Ctrl", "+"}, "larger text, \xe2\x88\x92 smaller"},
    {{"h", "F1"}, "this help"},
    {{"Esc", "q"}, "close, or quit"},
    {{"Your pictures"}, NULL},
    {{"Del"}, "delete the chosen"},
    {{"Shift"}, "with a, p, n: move them"},
};
// clang-format on

static const char hold_note[] = "Hold a, p or n for a burst. Drop folders on the window. "
                                "Saved pictures are never mirrored.";

#define KEYS_W 62.0f

static void draw_column(struct ui_canvas *c, struct ui_box box, const struct help_line *line, int n,
                        float row_h)
{
    for (int i = 0; i < n; i++) {
        struct ui_box row = ui_cut_top(&box, row_h);
        if (!line[i].text) {
            ui_label(c, row, UI_STRONG, UI_LEFT, c->theme->accent, line[i].keys[0]);
            continue;
        }
        struct ui_box keys = ui_cut_left(&row, KEYS_W);
        for (int k = 0; k < 2 && line[i].keys[k]; k++)
            ui_cut_left(&keys, ui_keycap(c, keys, line[i].keys[k]) + UI_STEP);
        bool fits = ui_label_width(c, UI_BODY, line[i].text) <= row.w;
        ui_label(c, row, fits ? UI_BODY : UI_CAPTION, UI_LEFT, c->theme->text, line[i].text);
    }
}

// The size of the text with its buttons, at the right end of the row.
static void draw_text_size(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    const struct ui_zone larger = {.kind = UI_TEXT_SIZE, .index = 1};
    const struct ui_zone smaller = {.kind = UI_TEXT_SIZE, .index = -1};
    char s[32];
    double size = view->text_size > 0 ? (double)view->text_size : 1;
    snprintf(s, sizeof s, "Text %.0f %%", 100 * size);
    ui_cut_right(&row, UI_STEP);
    ui_step_button(c, ui_centred(ui_cut_right(&row, UI_BUTTON_H), UI_BUTTON_H, 22), true, larger);
    ui_cut_right(&row, UI_STEP);
    ui_step_button(c, ui_centred(ui_cut_right(&row, UI_BUTTON_H), UI_BUTTON_H, 22), false, smaller);
    ui_cut_right(&row, UI_GAP);
    ui_label(c, row, UI_CAPTION, UI_RIGHT, c->theme->text, s);
}

void ui_help_draw(struct ui_canvas *c, const struct ui_view *view)
{
    const int n_first = SDL_arraysize(first_column), n_second = SDL_arraysize(second_column);
    const struct ui_theme *t = c->theme;
    const struct ui_button close = {.key = "Esc", .label = "Close", .zone = {.kind = UI_HELP}};
    if (!view->help)
        return;
    ui_fill(c, c->whole, t->scrim);
    ui_zone_add(c, (struct ui_zone){.box = c->whole, .kind = UI_HELP});
    bool small = c->whole.w < 620 || c->whole.h < 440;
    float pad = small ? 12 : 22, note_w = fminf(c->whole.w - 16, 640) - 2 * pad;
    const int rows = SDL_max(n_first, n_second);
    float note_h = ui_paragraph_height(c, UI_CAPTION, note_w, 3, hold_note);
    float room = c->whole.h - 16 - 2 * pad - UI_BUTTON_H - 2 * UI_GAP;
    if ((room - note_h) / (float)rows < UI_KEYCAP_H) // the keys come first
        note_h = 0;
    float row_h = fminf(26, floorf((room - note_h) / (float)rows));
    float h = 2 * pad + UI_BUTTON_H + 2 * UI_GAP + note_h + row_h * (float)rows;
    struct ui_box panel = ui_centred(c->whole, note_w + 2 * pad, h), in = ui_inset(panel, pad, pad);
    ui_panel(c, panel, UI_ROUND_CARD, t->card, t->edge);
    ui_zone_add(c, (struct ui_zone){.box = panel, .kind = UI_ZONE_BLOCK});
    struct ui_box head = ui_cut_top(&in, UI_BUTTON_H);
    ui_button_right(c, &head, &close, 0);
    ui_label(c, head, UI_TITLE, UI_LEFT, t->text, "Keys");
    draw_text_size(c, head, view);
    ui_paragraph(c, ui_cut_bottom(&in, note_h), UI_CAPTION, UI_LEFT, t->dim, hold_note);
    ui_cut_top(&in, UI_GAP);
    ui_cut_bottom(&in, UI_GAP);
    struct ui_box left = ui_cut_left(&in, in.w / 2);
    draw_column(c, left, first_column, n_first, row_h);
    draw_column(c, in, second_column, n_second, row_h);
}
