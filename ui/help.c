// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#define KEYS 4

struct help_key {
    const char *cap;     // NULL: no more keys
    struct ui_zone zone; // what a click on it does
};

struct help_line {
    struct help_key key[KEYS];
    const char *text;  // NULL: the first cap is a heading
    const char *brief; // where that has no room; NULL: as text
};

#define DOES(what)                                                                                 \
    {                                                                                              \
        .kind = (what)                                                                             \
    }
#define DOES_AT(what, at)                                                                          \
    {                                                                                              \
        .kind = (what), .index = (at)                                                              \
    }
#define MOVES(by)                                                                                  \
    {                                                                                              \
        .kind = UI_THRESHOLD, .amount = (by)                                                       \
    }
#define NOTHING                                                                                    \
    {                                                                                              \
        .kind = UI_NONE                                                                            \
    }

// clang-format off
static const struct help_line first_column[] = {
    {{{"Collect", NOTHING}}, NULL, NULL},
    {{{"a", NOTHING}}, "anchor: a picture of you", NULL},
    {{{"p", NOTHING}}, "positive: another one", NULL},
    {{{"n", NOTHING}}, "not me: what is no match", NULL},
    {{{"u", DOES(UI_UNDO)}}, "undo what was done last", NULL},
    {{{"4", DOES_AT(UI_PAGE, UI_PAGE_PEOPLE)}, {"o", DOES(UI_ZONE_TYPE)}},
     "other people; o: type a path", "other people"},
    {{{"Train and verify", NOTHING}}, NULL, NULL},
    {{{"t", DOES(UI_TRAIN)}, {"s", DOES(UI_STOP)}}, "train, stop training", NULL},
    {{{"v", DOES(UI_LIVE)}}, "live score on, off", NULL},
    {{{"w", DOES(UI_WRONG)}}, "that was wrong: keep it", NULL},
    {{{"r", DOES(UI_RETRAIN)}}, "train shortly on that", NULL},
    {{{"+", MOVES(0.01f)}, {"\xe2\x88\x92", MOVES(-0.01f)}, {"0", DOES(UI_RESET_THRESHOLD)}},
     "threshold; 0: the model's", "threshold"},
    {{{"i", DOES(UI_FIGURES)}}, "frames a second, times", NULL},
    {{{"b", DOES(UI_USE_MODEL)}}, "back to the model before", NULL},
    {{{"2", DOES_AT(UI_PAGE, UI_PAGE_HOOD)}}, "under the hood", NULL},
    {{{"Del", NOTHING}, {"Ins", NOTHING}}, "there: take out, take back", "take out, back"},
};

static const struct help_line second_column[] = {
    {{{"Window", NOTHING}}, NULL, NULL},
    {{{"m", DOES(UI_MIRROR)}}, "mirror the view only", NULL},
    {{{"3", DOES_AT(UI_PAGE, UI_PAGE_CAMERA)}}, "cameras, exposure, gain", NULL},
    {{{"c", DOES(UI_CAMERA)}}, "next camera", NULL},
    {{{"space", DOES(UI_PAUSE)}}, "pause: camera off, on", NULL},
    {{{"f", DOES(UI_FULLSCREEN)}}, "full screen", NULL},
    {{{"l", DOES(UI_THEME)}}, "light or dark", NULL},
    {{{"Ctrl", NOTHING}, {"+", DOES_AT(UI_TEXT_SIZE, 1)},
      {"\xe2\x88\x92", DOES_AT(UI_TEXT_SIZE, -1)}, {"0", DOES_AT(UI_TEXT_SIZE, 0)}},
     "size of the text", "text size"},
    {{{"Tab", NOTHING}, {"Enter", NOTHING}}, "any button, by keys", "any button"},
    {{{"h", DOES(UI_HELP)}, {"F1", DOES(UI_HELP)}}, "this help", NULL},
    {{{"Esc", DOES(UI_HELP)}, {"q", DOES(UI_QUIT)}}, "close, quit", NULL},
    {{{"Your pictures", NOTHING}}, NULL, NULL},
    {{{"1", DOES_AT(UI_PAGE, UI_PAGE_COLLECTED)}}, "all of them", NULL},
    {{{"Del", NOTHING}}, "delete the chosen", NULL},
    {{{"Shift", NOTHING}}, "with a, p, n: move them", NULL},
    {{{"Ctrl", NOTHING}, {"A", NOTHING}}, "choose a whole class", "choose a class"},
};
// clang-format on

static const char hold_note[] = "Hold a, p or n for a burst. Drop folders on the window. "
                                "Saved pictures are never mirrored. A click on a line does it.";

#define KEYS_W 62.0f

static void add_zone(struct ui_canvas *c, struct ui_zone zone, struct ui_box box)
{
    zone.box = box;
    if (zone.kind != UI_NONE)
        ui_zone_add(c, zone);
}

// Returns what is right of the caps; as wide in all rows whose caps have room in it.
static struct ui_box draw_caps(struct ui_canvas *c, struct ui_box row, const struct help_line *line)
{
    float x = row.x;
    for (int k = 0; k < KEYS && line->key[k].cap; k++) {
        struct ui_box cap = row;
        cap.w =
            ui_keycap(c, ui_cut_left(&row, ui_keycap_width(c, line->key[k].cap)), line->key[k].cap);
        ui_cut_left(&row, UI_STEP);
        add_zone(c, line->key[k].zone, cap);
    }
    ui_cut_left(&row, fmaxf(KEYS_W - (row.x - x), 0));
    return row;
}

static void draw_row(struct ui_canvas *c, struct ui_box row, const struct help_line *line)
{
    if (!line->text) {
        ui_label(c, row, UI_STRONG, UI_LEFT, c->theme->accent, line->key[0].cap);
        return;
    }
    struct ui_box text = draw_caps(c, row, line);
    const char *s = line->text;
    if (line->brief && ui_label_width(c, UI_CAPTION, s) > text.w)
        s = line->brief;
    bool fits = ui_label_width(c, UI_BODY, s) <= text.w;
    bool over = line->key[0].zone.kind != UI_NONE && ui_inside(text, c->mouse_x, c->mouse_y);
    ui_label(c, text, fits ? UI_BODY : UI_CAPTION, UI_LEFT,
             over ? c->theme->accent : c->theme->text, s);
    add_zone(c, line->key[0].zone, text);
}

static void draw_column(struct ui_canvas *c, struct ui_box box, const struct help_line *line, int n,
                        float row_h)
{
    for (int i = 0; i < n; i++)
        draw_row(c, ui_cut_top(&box, row_h), &line[i]);
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
    struct ui_box text = ui_cut_right(&row, ui_label_width(c, UI_CAPTION, s));
    ui_label(c, text, UI_CAPTION, UI_RIGHT, c->theme->text, s);
}

void ui_help_draw(struct ui_canvas *c, const struct ui_view *view)
{
    const int n_first = SDL_arraysize(first_column), n_second = SDL_arraysize(second_column);
    const struct ui_theme *t = c->theme;
    const struct ui_button light = {
        .key = "l", .label = view->light ? "Dark" : "Light", .zone = {.kind = UI_THEME}};
    const struct ui_button close = {.key = "Esc", .label = "Close", .zone = {.kind = UI_HELP}};
    if (!view->help)
        return;
    ui_fill(c, c->whole, t->scrim);
    ui_zone_add(c, (struct ui_zone){.box = c->whole, .kind = UI_HELP});
    bool small = c->whole.w < 620 || c->whole.h < 440;
    float pad = c->whole.h < 400 ? 8 : small ? 12 : 22, margin = small ? 8 : 16;
    float note_w = fminf(c->whole.w - margin, 640) - 2 * pad;
    const int rows = SDL_max(n_first, n_second);
    float note_h = ui_paragraph_height(c, UI_CAPTION, note_w, 3, hold_note);
    float gap = small ? UI_STEP : UI_GAP,
          room = c->whole.h - margin - 2 * pad - UI_BUTTON_H - 2 * gap;
    if ((room - note_h) / (float)rows < UI_KEYCAP_H) // the keys come first
        note_h = 0;
    float row_h = fminf(26, floorf((room - note_h) / (float)rows));
    float h = 2 * pad + UI_BUTTON_H + 2 * gap + note_h + row_h * (float)rows;
    struct ui_box panel = ui_centred(c->whole, note_w + 2 * pad, h), in = ui_inset(panel, pad, pad);
    ui_panel(c, panel, UI_ROUND_CARD, t->card, t->edge);
    ui_zone_add(c, (struct ui_zone){.box = panel, .kind = UI_ZONE_BLOCK});
    struct ui_box head = ui_cut_top(&in, UI_BUTTON_H);
    ui_button_right(c, &head, &close, 0);
    ui_button_right(c, &head, &light, 190);
    ui_label(c, head, UI_TITLE, UI_LEFT, t->text, "Keys");
    draw_text_size(c, head, view);
    ui_paragraph(c, ui_cut_bottom(&in, note_h), UI_CAPTION, UI_LEFT, t->dim, hold_note);
    ui_cut_top(&in, gap);
    ui_cut_bottom(&in, gap);
    struct ui_box left = ui_cut_left(&in, in.w / 2 - UI_STEP);
    ui_cut_left(&in, UI_GAP);
    draw_column(c, left, first_column, n_first, row_h);
    draw_column(c, in, second_column, n_second, row_h);
}
