// SPDX-License-Identifier: MIT
// The greeting of the very first start: three lines that say what to do, one for each card.
#include "ui/panels.h"

#include <math.h>
#include <string.h>

#define LINES   3
#define WORDING 3     // of each, from long to short
#define MARK    12.0f // before a line
#define MARGIN  10.0f // between the card and the picture's edges

// Keys stand in brackets.
static const char *const lines[WORDING][LINES] = {
    {"Welcome! Hold [a], then [p]: pictures of you. [4] adds a folder of other people.",
     "Press [t] to train: a first model is there in some minutes, a better one later.",
     "Press [v] to see live whether it is you. Everything stays on this machine."},
    {"Hold [a], then [p]: you. [4]: other people.", "[t] trains, for some minutes at first.",
     "[v] is live. All stays on this machine."},
    {"[a], [p]: you, [4]: others", "[t] trains: minutes", "[v] live. All stays here."},
};

// The next piece of a line, without the brackets of a key; moves *s behind it.
static bool next_piece(const char **s, char *piece, size_t size)
{
    bool key = **s == '[';
    size_t n = strcspn(*s + key, key ? "]" : "[");
    SDL_strlcpy(piece, *s + key, SDL_min(n + 1, size));
    *s += key ? n + 2 : n;
    return key;
}

static float line_width(struct ui_canvas *c, enum ui_type type, const char *s)
{
    char piece[96];
    float w = 0;
    while (*s)
        w += next_piece(&s, piece, sizeof piece) ? ui_keycap_width(c, piece)
                                                 : ui_label_width(c, type, piece);
    return w;
}

static void draw_line(struct ui_canvas *c, struct ui_box row, enum ui_type type, const char *s)
{
    char piece[96];
    while (*s)
        if (next_piece(&s, piece, sizeof piece))
            ui_cut_left(&row, ui_keycap(c, row, piece));
        else
            ui_cut_left(&row, ui_label(c, row, type, UI_LEFT, c->theme->text, piece));
}

static float widest(struct ui_canvas *c, enum ui_type type, const char *const *line)
{
    float w = 0;
    for (int i = 0; i < LINES; i++)
        w = fmaxf(w, line_width(c, type, line[i]));
    return ceilf(w) + 1;
}

static void draw_lines(struct ui_canvas *c, struct ui_box in, enum ui_type type,
                       const char *const *line)
{
    float h = in.h / LINES;
    for (int i = 0; i < LINES; i++) {
        struct ui_box row = ui_cut_top(&in, h), mark = ui_cut_left(&row, MARK);
        ui_icon(c, ui_centred(mark, MARK, MARK), UI_ARROW, c->theme->accent);
        ui_cut_left(&row, UI_GAP);
        draw_line(c, row, type, line[i]);
    }
}

void ui_greeting_draw(struct ui_canvas *c, struct ui_box picture, float free_h)
{
    struct ui_button close = {.key = "Esc", .label = "Close", .zone = {.kind = UI_DISMISS}};
    bool small = picture.w < 480;
    float pad = small ? UI_GAP : 14, margin = small ? 6 : MARGIN;
    close.label = small ? NULL : close.label;
    float close_w = ui_button_width(c, &close), extra = 2 * pad + MARK + UI_GAP + UI_GAP + close_w;
    float room = picture.w - 2 * margin - extra;
    int way = 0;
    while (way < WORDING - 1 && widest(c, UI_BODY, lines[way]) > room)
        way++;
    enum ui_type type = widest(c, UI_BODY, lines[way]) > room ? UI_CAPTION : UI_BODY;
    bool roomy = free_h >= LINES * UI_BUTTON_H + 2 * pad + 2 * margin;
    float w = fminf(widest(c, type, lines[way]), room) + extra;
    float h = LINES * (roomy ? UI_BUTTON_H : UI_ROW_H) + (roomy ? 2 * pad : UI_GAP);
    struct ui_box card = {picture.x + (picture.w - w) / 2,
                          picture.y + picture.h - margin - fminf(h, picture.h - 2 * margin), w,
                          fminf(h, picture.h - 2 * margin)};
    ui_panel(c, card, UI_ROUND_CARD, c->theme->card, c->theme->edge);
    struct ui_box in = ui_inset(card, pad, roomy ? pad : UI_STEP);
    struct ui_box side = ui_cut_right(&in, close_w);
    ui_button(c, ui_cut_top(&side, UI_BUTTON_H), &close);
    draw_lines(c, in, type, lines[way]);
}
