// SPDX-License-Identifier: MIT
// The pictures that hurt, on the page "Under the hood": those of the user and those of others, side
// by side where there is room, and below them the one that is chosen, with what to do about it.
#include "ui/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE       44.0f // of a picture
#define NOTE_LINES 4

// Numbers of the pictures as in UI_TAKE_OUT; NULL: there is none.
static const struct ui_suspect *suspect_at(const struct ui_view *view, int index)
{
    if (index < 0)
        return NULL;
    const struct ui_worst *worst = index < UI_WORST ? &view->worst_own : &view->worst_others;
    int i = index % UI_WORST;
    return index < 2 * UI_WORST && i < worst->n ? &worst->suspect[i] : NULL;
}

static const struct ui_suspect *chosen(const struct ui_view *view)
{
    return suspect_at(view, view->cursor - 1);
}

// Also where they could not be made small, and are only counted.
static bool has_pictures(const struct ui_view *view)
{
    return view->worst_own.all + view->worst_others.all > 0;
}

bool ui_worst_key(const struct ui_view *view, SDL_Keycode key, int *cursor,
                  struct ui_action *action)
{
    int step = key == SDLK_LEFT ? -1 : key == SDLK_RIGHT ? 1 : 0, last = 2 * UI_WORST;
    int from = *cursor > 0 ? *cursor : step < 0 ? last + 1 : 0;
    const struct ui_suspect *suspect = suspect_at(view, *cursor - 1);
    *action = (struct ui_action){.kind = UI_NONE};
    if (!view->have_model || (!step && key != SDLK_DELETE && key != SDLK_INSERT))
        return false;
    for (int at = from + step; step && at >= 1 && at <= last; at += step)
        if (suspect_at(view, at - 1)) {
            *cursor = at;
            break;
        }
    if (key == SDLK_DELETE && suspect && !suspect->out)
        *action = (struct ui_action){.kind = UI_TAKE_OUT, .index = *cursor - 1};
    if (key == SDLK_INSERT && view->n_left_out > 0)
        action->kind = UI_READMIT;
    return true;
}

// "folder/file" of a path.
static const char *short_name(const char *path)
{
    const char *at = path + strlen(path);
    for (int slashes = 0; at > path; at--)
        if (at[-1] == '/' && ++slashes == 2)
            break;
    return at;
}

// The line below the pictures: the chosen one, or what can be done.
struct line {
    const char *text; // NULL: there is nothing to tell
    char count[96];
    SDL_Color ink;
    struct ui_button button;
};

static void tell_chosen(struct line *line, const struct ui_suspect *suspect, int index)
{
    line->text = suspect->out ? "The next training is without it: t trains anew, u takes that back"
                              : short_name(suspect->path);
    if (!suspect->out)
        line->button = (struct ui_button){.key = "Del",
                                          .label = index < UI_WORST ? "Delete" : "Leave out",
                                          .zone = {.kind = UI_TAKE_OUT, .index = index}};
}

static void tell_left_out(struct line *line, int n)
{
    snprintf(line->count, sizeof line->count, "%d picture%s of others %s left out of trainings", n,
             n == 1 ? "" : "s", n == 1 ? "is" : "are");
    line->text = line->count;
    line->button =
        (struct ui_button){.key = "Ins", .label = "Take all back", .zone = {.kind = UI_READMIT}};
}

static void tell(struct line *line, const struct ui_canvas *c, const struct ui_view *view)
{
    const struct ui_suspect *suspect = chosen(view);
    *line = (struct line){.ink = c->theme->text};
    if (suspect) {
        tell_chosen(line, suspect, view->cursor - 1);
    } else if (view->n_left_out > 0) {
        tell_left_out(line, view->n_left_out);
    } else if (has_pictures(view)) {
        line->ink = c->theme->dim;
        line->text = "Choose one with \xe2\x86\x90 and \xe2\x86\x92 or the mouse; Del takes it out "
                     "of the next training";
    }
}

// Where there are no pictures to show.
static const char *why_none(const struct ui_view *view)
{
    if (view->worst_number > 0)
        return "None of the held-out pictures was on the wrong side when the training ended.";
    return strcmp(view->card.recipe, "koch") == 0
               ? "Recipe koch does not tell which held-out pictures are on the wrong side."
               : "Held-out pictures on the wrong side are listed here after a training in this "
                 "session.";
}

// ---- Where what is ------------------------------------------------------------------------------

struct places {
    bool beside;      // the two groups, else one is below the other
    float w;          // of a group
    int columns;      // pictures side by side in it
    float cell_h;     // of a picture with its score
    float caption_h;  // above each group
    float group_h[2]; // with it
    float line_y, h;  // of the line below, of all
};

// At most `most` columns for n pictures, with as many in the last row as there can be.
static int even_columns(int n, int most)
{
    int rows = (n + most - 1) / most;
    return rows > 0 ? (n + rows - 1) / rows : 1;
}

static struct places divide(struct ui_canvas *c, const struct ui_view *view, float w)
{
    const int n[2] = {view->worst_own.n, view->worst_others.n};
    struct places p = {.w = (w - UI_GAP) / 2, .caption_h = ui_line_height(c, UI_CAPTION)};
    struct line line;
    p.beside = p.w >= SIDE * (float)SDL_max(n[0], n[1]);
    p.w = p.beside ? p.w : w;
    p.columns = even_columns(SDL_max(n[0], n[1]), SDL_max((int)(p.w / SIDE), 1));
    p.cell_h = SIDE + p.caption_h;
    for (int i = 0; i < 2; i++)
        p.group_h[i] = p.caption_h + (float)((n[i] + p.columns - 1) / p.columns) * p.cell_h;
    float h = p.beside ? fmaxf(p.group_h[0], p.group_h[1]) : p.group_h[0] + UI_GAP + p.group_h[1];
    if (!has_pictures(view))
        h = ui_paragraph_height(c, UI_BODY, w, NOTE_LINES, why_none(view));
    p.line_y = h + UI_STEP;
    tell(&line, c, view);
    p.h = line.text ? p.line_y + ui_offer_height(c, w, line.text, &line.button) : h;
    return p;
}

// Where a group begins.
static float group_y(const struct places *p, int group)
{
    return group > 0 && !p->beside ? p->group_h[0] + UI_GAP : 0;
}

float ui_worst_height(struct ui_canvas *c, const struct ui_view *view, float w)
{
    return divide(c, view, w).h;
}

struct ui_box ui_worst_sight(struct ui_canvas *c, const struct ui_view *view, float w)
{
    struct places p = divide(c, view, w);
    int index = view->cursor - 1, row = index % UI_WORST / p.columns;
    if (!chosen(view))
        return (struct ui_box){0};
    float y = group_y(&p, index / UI_WORST) + p.caption_h + (float)row * p.cell_h;
    return (struct ui_box){0, y, w, p.h - y};
}

// ---- Drawing ------------------------------------------------------------------------------------

// One picture with its score below it.
static void draw_suspect(struct ui_canvas *c, struct ui_box box, const struct ui_worst *worst,
                         int i, int index, const struct ui_view *view, SDL_Texture *texture)
{
    const struct ui_theme *t = c->theme;
    const struct ui_suspect *suspect = &worst->suspect[i];
    struct ui_zone zone = {.box = box, .kind = UI_ZONE_WORST, .index = index};
    struct ui_box picture = ui_inset(ui_cut_top(&box, box.w), 2, 2);
    SDL_Rect to = ui_pixels(c, picture);
    SDL_Rect from = {worst->row->w / worst->n * i, 0, worst->row->w / worst->n, worst->row->h};
    char score[16];
    SDL_RenderCopy(c->renderer, texture, &from, &to);
    if (suspect->out) {
        ui_fill(c, picture, ui_fade(t->card, 0.7f));
        ui_icon(c, ui_centred(picture, 20, 20), UI_CROSS, t->text);
    }
    if (view->cursor - 1 == index)
        ui_ring_round(c, ui_inset(picture, -2, -2), 4, 2, t->accent);
    snprintf(score, sizeof score, "%.2f", (double)suspect->score);
    ui_label(c, box, UI_CAPTION, UI_CENTRE, suspect->out ? t->dim : t->text, score);
    ui_zone_add(c, zone);
}

// first: number of the group's first picture.
static void draw_group(struct ui_canvas *c, struct ui_box box, const struct places *p,
                       const char *caption, const struct ui_worst *worst, int first,
                       const struct ui_view *view, struct ui_picture *picture)
{
    ui_label(c, ui_cut_top(&box, p->caption_h), UI_CAPTION, UI_LEFT, c->theme->dim, caption);
    if (worst->n == 0 || !worst->row ||
        !ui_picture_upload(picture, c->renderer, worst->row, view->worst_number, false,
                           worst->row->w))
        return;
    for (int i = 0; i < worst->n; i++) {
        struct ui_box cell = {box.x + (float)(i % p->columns) * SIDE,
                              box.y + (float)(i / p->columns) * p->cell_h, SIDE, p->cell_h};
        draw_suspect(c, cell, worst, i, first + i, view, picture->texture);
    }
}

static void draw_groups(struct ui_canvas *c, struct ui_box box, const struct places *p,
                        const struct ui_view *view, struct ui_picture *pictures)
{
    const struct ui_worst *own = &view->worst_own, *others = &view->worst_others;
    char caption[64];
    box.w = p->w;
    snprintf(caption, sizeof caption, "%d of you taken for others", own->all);
    draw_group(c, box, p, caption, own, 0, view, pictures);
    box.x += p->beside ? p->w + UI_GAP : 0;
    box.y += group_y(p, 1);
    snprintf(caption, sizeof caption, "%d of others taken for you", others->all);
    draw_group(c, box, p, caption, others, UI_WORST, view, pictures + 1);
}

void ui_worst_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                   struct ui_picture *pictures)
{
    struct places p = divide(c, view, box.w);
    struct line line;
    if (has_pictures(view))
        draw_groups(c, box, &p, view, pictures);
    else
        ui_paragraph(c, box, UI_BODY, UI_LEFT, c->theme->dim, why_none(view));
    tell(&line, c, view);
    ui_cut_top(&box, p.line_y);
    if (line.text)
        ui_offer_draw(c, box, line.text, line.ink, &line.button);
}
