// SPDX-License-Identifier: MIT
// The folders of other people that are used, on their page: a row each, with what is in it, some
// of its pictures, its weight in trainings and what is wrong with it.
#include "ui/page.h"
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#define PAD      8.0f // of a row
#define STRIP    44.0f
#define ROOMY    320.0f // height of the list, to have the pictures on a line of their own
#define LEAST_W  240.0f // of the texts, where they are beside them
#define WEIGHT_W 40.0f  // of its text
#define COUNT_W  84.0f  // of how many pictures there are

static const char none[] = "No folder of other people is used yet. A training needs some: choose "
                           "one in the list of folders, or drop one on the window. "
                           "Pictures in it at any depth count; a folder with several pictures "
                           "is one person.";

static const char *weight_text(float weight)
{
    static const struct {
        float weight;
        const char *text;
    } texts[] = {{0.25f, "\xc3\x97 1/4"},
                 {0.5f, "\xc3\x97 1/2"},
                 {1, "\xc3\x97 1"},
                 {2, "\xc3\x97 2"},
                 {4, "\xc3\x97 4"}};
    for (size_t i = 0; i < SDL_arraysize(texts); i++)
        if (fabsf(weight - texts[i].weight) < 0.01f)
            return texts[i].text;
    return "\xc3\x97 1";
}

static int skipped_of(const struct ui_view *view, int i)
{
    return SDL_max(view->folder[i].skipped, view->people.used[i].skipped);
}

static bool has_strip(const struct ui_glance *glance)
{
    return !glance->known || glance->strip.n > 0;
}

static int count_notes(const struct ui_view *view, int i)
{
    return (view->folder[i].own > 0) + (skipped_of(view, i) > 0) +
           (*view->people.used[i].fault != 0);
}

// Of the path and the counts, with pictures between them where there is room.
static float upper_height(const struct ui_view *view, int i, float room)
{
    bool between = room >= ROOMY && has_strip(&view->people.used[i]);
    return UI_ROW_H + (between ? STRIP + UI_STEP : 0) + UI_BUTTON_H;
}

static float row_height(struct ui_canvas *c, const struct ui_view *view, int i, float room)
{
    return 2 * PAD + upper_height(view, i, room) +
           (float)count_notes(view, i) * (ui_line_height(c, UI_CAPTION) + 2);
}

static void draw_weight(struct ui_canvas *c, struct ui_box row, float weight, int index)
{
    const struct ui_zone less = {.kind = UI_WEIGHT, .index = index, .amount = 0.5f};
    const struct ui_zone more = {.kind = UI_WEIGHT, .index = index, .amount = 2};
    ui_step_button(c, ui_centred(ui_cut_right(&row, UI_BUTTON_H), UI_BUTTON_H, 22), true, more);
    ui_label(c, ui_cut_right(&row, WEIGHT_W), UI_BODY, UI_CENTRE, c->theme->text,
             weight_text(weight > 0 ? weight : 1));
    ui_step_button(c, ui_centred(ui_cut_right(&row, UI_BUTTON_H), UI_BUTTON_H, 22), false, less);
    ui_cut_right(&row, UI_STEP);
    if (row.w >= ui_label_width(c, UI_CAPTION, "weight"))
        ui_label(c, row, UI_CAPTION, UI_RIGHT, c->theme->dim, "weight");
}

static void draw_counts(struct ui_canvas *c, struct ui_box row, const struct ui_folder *folder,
                        const struct ui_glance *glance)
{
    if (folder->pictures < 0)
        ui_label(c, row, UI_BODY, UI_LEFT, c->theme->text, "counting\xe2\x80\xa6");
    else
        ui_count_draw(c, row, folder->about ? "about " : "", folder->pictures, glance->folders,
                      glance->persons);
}

static void draw_own(struct ui_canvas *c, struct ui_box row, const struct ui_folder *folder)
{
    char full[UI_TEXT + 96], brief[64];
    const char *s = folder->own == 1 ? "s" : "";
    snprintf(full, sizeof full, "%d look%s like you: %s", folder->own, s, folder->own_path);
    snprintf(brief, sizeof brief, "%d look%s like you", folder->own, s);
    const char *texts[] = {full, brief, NULL};
    ui_note_draw(c, row, c->theme->warning, c->theme->warning, texts);
}

static void draw_notes(struct ui_canvas *c, struct ui_box box, const struct ui_view *view, int i)
{
    const struct ui_folder *folder = &view->folder[i];
    const struct ui_glance *glance = &view->people.used[i];
    float line = ui_line_height(c, UI_CAPTION) + 2;
    const char *fault[] = {glance->fault, NULL};
    if (*glance->fault)
        ui_note_draw(c, ui_cut_top(&box, line), c->theme->error, c->theme->error, fault);
    if (folder->own > 0)
        draw_own(c, ui_cut_top(&box, line), folder);
    if (skipped_of(view, i) > 0)
        ui_skipped_draw(c, ui_cut_top(&box, line), skipped_of(view, i),
                        *folder->skipped_why ? folder->skipped_why : glance->why);
}

// The path is what brings the row under the cursor.
static void draw_head(struct ui_canvas *c, struct ui_box row, const struct ui_folder *folder,
                      int index)
{
    const struct ui_theme *t = c->theme;
    struct ui_zone out = {.kind = UI_REMOVE_FOLDER, .index = index};
    struct ui_zone pick = {.kind = UI_PICK_FOLDER, .index = index};
    out.box = ui_cut_right(&row, UI_ROW_H);
    bool over = ui_inside(out.box, c->mouse_x, c->mouse_y);
    ui_icon(c, ui_centred(out.box, 10, 10), UI_CROSS, over ? t->error : t->dim);
    ui_zone_add(c, out);
    ui_cut_right(&row, UI_GAP);
    ui_label_path(c, row, UI_STRONG, t->text, folder->path);
    pick.box = row;
    ui_zone_add(c, pick);
}

static void draw_line(struct ui_canvas *c, struct ui_box line, const struct ui_view *view, int i)
{
    float weight_w = 2 * UI_BUTTON_H + WEIGHT_W + UI_STEP;
    float word_w = ui_label_width(c, UI_CAPTION, "weight") + UI_STEP;
    if (line.w - weight_w - word_w >= COUNT_W)
        weight_w += word_w;
    draw_weight(c, ui_cut_right(&line, weight_w), view->folder[i].weight, i);
    ui_cut_right(&line, UI_GAP);
    draw_counts(c, line, &view->folder[i], &view->people.used[i]);
}

static void draw_row(struct ui_canvas *c, struct ui_box box, const struct ui_view *view, int i,
                     struct ui_picture *picture, float room)
{
    const struct ui_glance *glance = &view->people.used[i];
    ui_panel(c, box, UI_ROUND, c->theme->well, c->theme->edge);
    struct ui_box in = ui_inset(box, PAD, PAD);
    struct ui_box upper = ui_cut_top(&in, upper_height(view, i, room));
    if (room < ROOMY && glance->strip.n > 0) { // the pictures are beside the texts
        float pitch = upper.h + UI_STEP, n = floorf((upper.w - LEAST_W) / pitch);
        struct ui_box strip = ui_cut_left(&upper, pitch * SDL_clamp(n, 0, (float)glance->strip.n));
        ui_strip_draw(c, strip, &glance->strip, picture);
        ui_cut_left(&upper, strip.w > 0 ? UI_STEP : 0);
    }
    draw_head(c, ui_cut_top(&upper, UI_ROW_H), &view->folder[i], i);
    draw_line(c, ui_cut_bottom(&upper, UI_BUTTON_H), view, i);
    ui_cut_bottom(&upper, UI_STEP);
    ui_strip_draw(c, upper, &glance->strip, picture);
    draw_notes(c, in, view, i);
}

// How many rows from `first` on there is room for.
static int rows_in(const float *h, int first, int n, float room)
{
    int rows = 0;
    for (float y = 0; first + rows < n && (y += h[first + rows]) <= room; y += UI_GAP)
        rows++;
    return rows;
}

// The first row in sight, so that the cursor is when it has moved.
static int scroll(const struct ui_people_page *page, const float *h, int n, float room, int by,
                  int cursor)
{
    int last_first = SDL_max(n - 1, 0), first = page->first + by;
    while (last_first > 0 && rows_in(h, last_first - 1, n, room) == n - last_first + 1)
        last_first--;
    first = SDL_clamp(first, 0, last_first);
    if (cursor < 0 || cursor == page->cursor)
        return first;
    first = SDL_min(first, cursor);
    while (first < cursor && first + rows_in(h, first, n, room) <= cursor)
        first++;
    return first;
}

void ui_used_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_people_page *page, bool has_keys)
{
    const float room = box.h;
    int n = view->n_folders, cursor = SDL_min(view->people.cursor, n - 1);
    float h[UI_FOLDERS];
    if (n == 0)
        ui_paragraph(c, box, UI_BODY, UI_LEFT, c->theme->text, none);
    for (int i = 0; i < n; i++)
        h[i] = row_height(c, view, i, room);
    page->first = scroll(page, h, n, room, ui_scrolled(c, box), cursor);
    page->cursor = cursor;
    page->n_used = SDL_max(rows_in(h, page->first, n, room), n > 0);
    ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_ZONE_SCROLL});
    ui_scroll_thumb(c, &box, page->first, page->n_used, n);
    ui_clip(c, ui_inset(box, -2, 0));
    for (int i = page->first; i < page->first + page->n_used; i++) {
        struct ui_box at = ui_cut_top(&box, h[i]);
        ui_cut_top(&box, UI_GAP);
        draw_row(c, at, view, i, &page->used[i], room);
        if (has_keys && i == cursor)
            ui_ring_round(c, at, UI_ROUND, 2, c->theme->text);
    }
    ui_unclip(c);
}
