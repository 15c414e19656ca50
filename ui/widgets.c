// SPDX-License-Identifier: MIT
#include "ui/widgets.h"

#include <math.h>

#define ON_H     2.0f // of the line below what is on
#define ON_INSET 8.0f

#define KNOB     16.0f // of switches and sliders
#define SWITCH_W 38.0f

// Room for a text in pixels; at least 1, as 0 means any.
static int room_px(const struct ui_canvas *c, float w)
{
    return SDL_max((int)ceilf(w * c->scale), 1);
}

static float draw_line(struct ui_canvas *c, struct ui_box box, enum ui_align align,
                       SDL_Color colour, struct ui_line line)
{
    SDL_Rect r = ui_pixels(c, box);
    if (!line.texture)
        return 0;
    int x = align == UI_LEFT    ? r.x
            : align == UI_RIGHT ? r.x + r.w - line.w
                                : r.x + (r.w - line.w) / 2;
    SDL_Rect to = {x, r.y + (r.h - line.h) / 2, line.w, line.h};
    SDL_SetTextureColorMod(line.texture, colour.r, colour.g, colour.b);
    SDL_SetTextureAlphaMod(line.texture, colour.a);
    SDL_RenderCopy(c->renderer, line.texture, NULL, &to);
    return (float)line.w / c->scale;
}

float ui_label(struct ui_canvas *c, struct ui_box box, enum ui_type type, enum ui_align align,
               SDL_Color colour, const char *s)
{
    return draw_line(c, box, align, colour,
                     ui_text_line(c->text, type, s, room_px(c, box.w), UI_ELIDE_END));
}

float ui_label_path(struct ui_canvas *c, struct ui_box box, enum ui_type type, SDL_Color colour,
                    const char *s)
{
    return draw_line(c, box, UI_LEFT, colour,
                     ui_text_line(c->text, type, s, room_px(c, box.w), UI_ELIDE_START));
}

float ui_label_fit(struct ui_canvas *c, struct ui_box box, enum ui_type type, enum ui_align align,
                   SDL_Color colour, const char *const *alternatives)
{
    while (alternatives[1] && ui_label_width(c, type, alternatives[0]) > box.w)
        alternatives++;
    return ui_label(c, box, type, align, colour, alternatives[0]);
}

float ui_label_width(struct ui_canvas *c, enum ui_type type, const char *s)
{
    return (float)ui_text_line(c->text, type, s, 0, UI_ELIDE_END).w / c->scale;
}

float ui_line_height(struct ui_canvas *c, enum ui_type type)
{
    return (float)ui_text_line(c->text, type, "", 0, UI_ELIDE_END).h / c->scale;
}

static int lines_in(struct ui_canvas *c, enum ui_type type, float h)
{
    return (int)((h + 0.5f) / ui_line_height(c, type));
}

float ui_paragraph(struct ui_canvas *c, struct ui_box box, enum ui_type type, enum ui_align align,
                   SDL_Color colour, const char *s)
{
    int max_lines = lines_in(c, type, box.h);
    if (max_lines < 1)
        return 0;
    struct ui_line block = ui_text_block(c->text, type, s, room_px(c, box.w), max_lines);
    box.h = (float)block.h / c->scale;
    draw_line(c, box, align, colour, block);
    return box.h;
}

float ui_paragraph_height(struct ui_canvas *c, enum ui_type type, float w, int max_lines,
                          const char *s)
{
    return (float)ui_text_block(c->text, type, s, room_px(c, w), max_lines).h / c->scale;
}

void ui_panel(struct ui_canvas *c, struct ui_box box, float radius, SDL_Color fill, SDL_Color edge)
{
    float line = fmaxf(1, roundf(c->scale)) / c->scale;
    ui_fill_round(c, box, radius, edge);
    ui_fill_round(c, ui_inset(box, line, line), radius - line, fill);
}

float ui_keycap_width(struct ui_canvas *c, const char *key)
{
    return fmaxf(UI_KEYCAP_H, ui_label_width(c, UI_CAPTION, key) + 10);
}

float ui_keycap(struct ui_canvas *c, struct ui_box box, const char *key)
{
    float w = ui_keycap_width(c, key);
    struct ui_box cap = {box.x, box.y + (box.h - UI_KEYCAP_H) / 2, w, UI_KEYCAP_H};
    ui_panel(c, cap, UI_STEP, c->theme->well, c->theme->edge);
    ui_label(c, cap, UI_CAPTION, UI_CENTRE, c->theme->text, key);
    return w;
}

SDL_Color ui_control_colour(const struct ui_canvas *c, const struct ui_zone *zone)
{
    bool over = ui_inside(zone->box, c->mouse_x, c->mouse_y);
    if (c->pressed.kind != UI_NONE && ui_zone_same(&c->pressed, zone))
        return over ? c->theme->down : c->theme->control;
    return over && c->pressed.kind == UI_NONE ? c->theme->hover : c->theme->control;
}

float ui_button_width(struct ui_canvas *c, const struct ui_button *b)
{
    float w = 0;
    if (b->key)
        w += UI_STEP + ui_keycap_width(c, b->key) + (b->label ? 0 : UI_STEP);
    if (b->label)
        w += ui_label_width(c, UI_STRONG, b->label) + (b->key ? 18 : 24);
    return ceilf(w);
}

void ui_button(struct ui_canvas *c, struct ui_box box, const struct ui_button *b)
{
    struct ui_zone zone = b->zone;
    zone.box = box;
    SDL_Color fill = ui_control_colour(c, &zone), ink = c->theme->text;
    if (b->primary) {
        fill = ui_inside(box, c->mouse_x, c->mouse_y) ? ui_fade(c->theme->accent, 0.85f)
                                                      : c->theme->accent;
        ink = c->theme->on_accent;
    }
    ui_panel(c, box, UI_ROUND, fill, b->primary ? fill : c->theme->edge);
    ui_zone_add(c, zone);
    if (b->on)
        ui_fill_round(
            c,
            (struct ui_box){box.x + ON_INSET, box.y + box.h - ON_H - 1, box.w - 2 * ON_INSET, ON_H},
            ON_H / 2, c->theme->accent);
    struct ui_box rest = box;
    bool label_fits = b->label && box.w + 0.5f >= ui_button_width(c, b);
    if (b->key) {
        float w = ui_keycap_width(c, b->key);
        ui_cut_left(&rest, label_fits ? UI_STEP : (box.w - w) / 2);
        ui_cut_left(&rest, ui_keycap(c, rest, b->key));
    }
    if (b->label && (label_fits || !b->key))
        ui_label(c, rest, UI_STRONG, UI_CENTRE, ink, b->label);
}

void ui_button_right(struct ui_canvas *c, struct ui_box *row, const struct ui_button *b, float keep)
{
    struct ui_button shown = *b;
    if (b->key && row->w - ui_button_width(c, &shown) < keep)
        shown.label = NULL;
    struct ui_box box = ui_cut_right(row, ui_button_width(c, &shown));
    ui_button(c, ui_centred(box, box.w, fminf(UI_BUTTON_H, box.h)), &shown);
    ui_cut_right(row, UI_GAP);
}

void ui_switch(struct ui_canvas *c, struct ui_box box, bool on, struct ui_zone zone)
{
    const struct ui_theme *t = c->theme;
    struct ui_box track = ui_centred(ui_cut_left(&box, SWITCH_W), SWITCH_W, KNOB + 4);
    struct ui_box in = ui_inset(track, 2, 2), knob = on ? ui_cut_right(&in, KNOB) : in;
    knob.w = KNOB;
    ui_cut_left(&box, UI_GAP);
    const char *word = on ? "on" : "off";
    zone.box = track;
    zone.box.w += UI_GAP + ui_label_width(c, UI_BODY, word);
    bool over = ui_inside(zone.box, c->mouse_x, c->mouse_y);
    ui_panel(c, track, track.h / 2, on ? t->accent : t->well, over ? t->text : t->edge);
    ui_fill_round(c, knob, KNOB / 2, on ? t->on_accent : t->dim);
    ui_label(c, box, UI_BODY, UI_LEFT, t->text, word);
    ui_zone_add(c, zone);
}

void ui_step_button(struct ui_canvas *c, struct ui_box box, bool up, struct ui_zone zone)
{
    zone.box = box;
    ui_panel(c, box, UI_ROUND, ui_control_colour(c, &zone), c->theme->edge);
    ui_icon(c, ui_centred(box, 12, 12), up ? UI_PLUS : UI_MINUS, c->theme->text);
    ui_zone_add(c, zone);
}

void ui_choice(struct ui_canvas *c, struct ui_box box, const char *label, bool chosen,
               struct ui_zone zone)
{
    const struct ui_theme *t = c->theme;
    enum ui_type type = chosen ? UI_STRONG : UI_BODY;
    zone.box = box;
    ui_panel(c, box, UI_ROUND, chosen ? t->accent : ui_control_colour(c, &zone),
             chosen ? t->accent : t->edge);
    ui_zone_add(c, zone);
    float w = ui_label_width(c, type, label);
    if (chosen && box.w >= w + 10 + 3 * UI_STEP) {
        float left = (box.w - w - 10 - UI_STEP) / 2;
        ui_cut_left(&box, left);
        ui_icon(c, ui_centred(ui_cut_left(&box, 10), 10, 10), UI_CHECK, t->on_accent);
        ui_cut_left(&box, UI_STEP);
        ui_cut_right(&box, left);
    }
    ui_label(c, box, type, UI_CENTRE, chosen ? t->on_accent : t->text, label);
}

void ui_slider(struct ui_canvas *c, struct ui_box box, float place, struct ui_zone zone)
{
    zone.box = box;
    bool held = c->pressed.kind != UI_NONE && ui_zone_same(&c->pressed, &zone);
    bool over = held || (c->pressed.kind == UI_NONE && ui_inside(box, c->mouse_x, c->mouse_y));
    struct ui_box knob = ui_centred(box, KNOB, KNOB);
    knob.x = box.x - KNOB / 2 + SDL_clamp(box.w * place, KNOB / 2, box.w - KNOB / 2);
    ui_bar(c, ui_centred(box, box.w, 6), (knob.x + KNOB / 2 - box.x) / fmaxf(box.w, 1),
           c->theme->accent);
    ui_panel(c, knob, KNOB / 2, over ? c->theme->accent : c->theme->text, c->theme->card);
    ui_zone_add(c, zone);
}

struct ui_box ui_pill(struct ui_canvas *c, float x, float y, enum ui_align align, enum ui_type type,
                      SDL_Color fill, SDL_Color ink, int icon, const char *s, float max_w)
{
    float line = ui_line_height(c, type), icon_w = icon >= 0 ? roundf(line * 0.72f) : 0;
    float extra = 2 * roundf(line * 0.62f) + (icon >= 0 ? icon_w + 5 : 0);
    float w = fminf(ceilf(ui_label_width(c, type, s)) + extra, max_w);
    float h = roundf(line * 1.5f);
    float left = align == UI_LEFT ? x : align == UI_RIGHT ? x - w : x - w / 2;
    struct ui_box box = {left, y - h / 2, w, h}, rest = ui_inset(box, roundf(line * 0.62f), 0);
    ui_fill_round(c, box, h / 2, fill);
    if (icon >= 0) {
        ui_icon(c, ui_centred(ui_cut_left(&rest, icon_w), icon_w, icon_w), (enum ui_shape)icon,
                ink);
        ui_cut_left(&rest, 5);
    }
    ui_label(c, rest, type, UI_LEFT, ink, s);
    return box;
}

void ui_bar(struct ui_canvas *c, struct ui_box box, float part, SDL_Color colour)
{
    ui_fill_round(c, box, box.h / 2, c->theme->well);
    struct ui_box filled = box;
    filled.w *= isfinite(part) ? SDL_clamp(part, 0.0f, 1.0f) : 0;
    if (ui_pixels(c, filled).w < 1)
        return;
    ui_clip(c, filled);
    ui_fill_round(c, box, box.h / 2, colour);
    ui_unclip(c);
}

void ui_scroll_thumb(struct ui_canvas *c, struct ui_box *box, int first, int rows, int n)
{
    if (rows >= n)
        return;
    struct ui_box track = ui_inset(ui_cut_right(box, 4), 0, 2), thumb = track;
    thumb.h = fmaxf(track.h * (float)rows / (float)n, 12);
    thumb.y += (track.h - thumb.h) * (float)first / (float)(n - rows);
    ui_fill_round(c, track, 2, c->theme->well);
    ui_fill_round(c, thumb, 2, c->theme->dim);
    ui_cut_right(box, UI_STEP);
}

// The title of a card that opens a page, with the key that does.
static void draw_opener(struct ui_canvas *c, struct ui_box *head, const char *key,
                        const char *title, enum ui_page page)
{
    float cap_w = ui_keycap_width(c, key), w = ceilf(ui_label_width(c, UI_TITLE, title));
    struct ui_zone zone = {.kind = UI_PAGE, .index = (int)page};
    zone.box = (struct ui_box){head->x, head->y, fminf(cap_w + UI_GAP + w, head->w), head->h};
    bool over = ui_inside(zone.box, c->mouse_x, c->mouse_y);
    ui_keycap(c, ui_cut_left(head, cap_w), key);
    ui_cut_left(head, UI_GAP);
    ui_label(c, ui_cut_left(head, w), UI_TITLE, UI_LEFT, over ? c->theme->accent : c->theme->text,
             title);
    ui_zone_add(c, zone);
}

struct ui_box ui_card(struct ui_canvas *c, struct ui_box box, const char *key, const char *title,
                      enum ui_page page, struct ui_box *head)
{
    ui_panel(c, box, UI_ROUND_CARD, c->theme->card, c->theme->edge);
    bool small = box.h < 160 || box.w < 220;
    struct ui_box inside = ui_inset(box, small ? 10 : 14, small ? 8 : 12);
    *head = ui_cut_top(&inside, UI_BUTTON_H);
    ui_cut_top(&inside, small ? UI_STEP : UI_GAP);
    if (key) {
        draw_opener(c, head, key, title, page);
    } else {
        float w = ceilf(ui_label_width(c, UI_TITLE, title));
        ui_label(c, ui_cut_left(head, w), UI_TITLE, UI_LEFT, c->theme->text, title);
    }
    ui_cut_left(head, UI_GAP);
    return inside;
}
