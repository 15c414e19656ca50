// SPDX-License-Identifier: MIT
// The pictures that hurt, on the page "Under the hood": a row of the user's and one of others, side
// by side, and below them the one that is chosen, with what to do about it.
#include "ui/page.h"

#include <stdio.h>
#include <string.h>

#define SIDE 44.0f // of a picture

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

static bool has_pictures(const struct ui_view *view)
{
    return view->have_model && view->worst_own.n + view->worst_others.n > 0;
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

float ui_worst_height(struct ui_canvas *c, const struct ui_view *view)
{
    if (has_pictures(view))
        return 2 * ui_line_height(c, UI_CAPTION) + SIDE + UI_STEP + UI_BUTTON_H;
    return view->n_left_out > 0 ? UI_BUTTON_H : 0;
}

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

// As many as fit, with the chosen one among them. first: number of the row's first picture.
static void draw_row(struct ui_canvas *c, struct ui_box box, const char *whose, const char *taken,
                     const struct ui_worst *worst, int first, const struct ui_view *view,
                     struct ui_picture *picture)
{
    char full[64], brief[48];
    snprintf(full, sizeof full, "%d of %s taken for %s", worst->all, whose, taken);
    snprintf(brief, sizeof brief, "%d of %s", worst->all, whose);
    const char *texts[] = {full, brief, NULL};
    ui_label_fit(c, ui_cut_top(&box, ui_line_height(c, UI_CAPTION)), UI_CAPTION, UI_LEFT,
                 c->theme->dim, texts);
    int fit = SDL_min(worst->n, (int)(box.w / SIDE));
    if (fit <= 0 || !worst->row ||
        !ui_picture_upload(picture, c->renderer, worst->row, view->worst_number, false,
                           worst->row->w))
        return;
    int at = view->cursor - 1 - first;
    int hidden = at >= fit && at < worst->n ? at - fit + 1 : 0;
    for (int i = hidden; i < hidden + fit; i++)
        draw_suspect(c, ui_cut_left(&box, SIDE), worst, i, first + i, view, picture->texture);
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

static void draw_chosen(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    const struct ui_suspect *suspect = chosen(view);
    int index = view->cursor - 1;
    const struct ui_button take_out = {.key = "Del",
                                       .label = index < UI_WORST ? "Delete" : "Leave out",
                                       .zone = {.kind = UI_TAKE_OUT, .index = index}};
    static const char *const out[] = {"The next training is without it: t trains anew, u takes "
                                      "that back",
                                      "Out: t trains anew, u takes it back", "Out: t trains anew",
                                      NULL};
    if (suspect->out)
        ui_label_fit(c, row, UI_BODY, UI_LEFT, c->theme->text, out);
    else {
        ui_button_right(c, &row, &take_out, 120);
        ui_label_path(c, row, UI_BODY, c->theme->text, short_name(suspect->path));
    }
}

// Nothing is chosen: what can be done.
static void draw_rest(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    static const char *const how[] = {
        "Choose one with \xe2\x86\x90 and \xe2\x86\x92 or the mouse; Del takes it out of the next "
        "training",
        "\xe2\x86\x90 and \xe2\x86\x92 choose one, Del takes it out", "Choose one with a click",
        NULL};
    const struct ui_button readmit = {
        .key = "Ins", .label = "Take all back", .zone = {.kind = UI_READMIT}};
    char full[96], brief[48];
    int n = view->n_left_out;
    snprintf(full, sizeof full, "%d picture%s of others %s left out of trainings", n,
             n == 1 ? "" : "s", n == 1 ? "is" : "are");
    snprintf(brief, sizeof brief, "%d left out", n);
    const char *count[] = {full, brief, NULL};
    if (n > 0)
        ui_button_right(c, &row, &readmit, 80);
    ui_label_fit(c, row, UI_BODY, UI_LEFT, n > 0 ? c->theme->text : c->theme->dim,
                 n > 0 ? count : how);
}

void ui_worst_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                   struct ui_picture *pictures)
{
    struct ui_box line = ui_cut_bottom(&box, UI_BUTTON_H);
    if (has_pictures(view)) {
        struct ui_box left = ui_cut_left(&box, (box.w - UI_GAP) / 2);
        ui_cut_left(&box, UI_GAP);
        draw_row(c, left, "you", "others", &view->worst_own, 0, view, pictures);
        draw_row(c, box, "others", "you", &view->worst_others, UI_WORST, view, pictures + 1);
    }
    if (chosen(view))
        draw_chosen(c, line, view);
    else
        draw_rest(c, line, view);
}
