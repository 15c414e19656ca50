// SPDX-License-Identifier: MIT
// The browser for folders of other people, on their page: where it is, what folders are there, and
// a look into the one under the cursor with the button that uses it.
#include "ui/page.h"
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ROW_H     24.0f
#define OPEN_W    26.0f // of what opens a row, at its right
#define LOOK_PAD  8.0f
#define STRIP     48.0f
#define STRIP_LOW 34.0f
#define TALL      480.0f // height, to say more of what is skipped,
#define ROOMY     360.0f // to have larger pictures,
#define LOW       190.0f // and to have some at all

static const char *name_of(const struct ui_dir *row)
{
    return strcmp(row->name, ".") == 0    ? "This folder"
           : strcmp(row->name, "..") == 0 ? "Folder above"
                                          : row->name;
}

static bool is_special(const struct ui_dir *row)
{
    return strcmp(row->name, ".") == 0 || strcmp(row->name, "..") == 0;
}

static bool opens(const struct ui_dir *row)
{
    return strcmp(row->name, ".") != 0;
}

static const struct ui_dir *chosen(const struct ui_people *people)
{
    bool any = people->row_cursor >= 0 && people->row_cursor < people->n_rows;
    return any ? &people->row[people->row_cursor] : NULL;
}

// Keys are named where they are for this list.
static void draw_path(struct ui_canvas *c, struct ui_box row, const struct ui_people *people,
                      bool has_keys)
{
    const char *shown = row.w < 380 ? "Hidden" : "Show hidden";
    const struct ui_button up = {.key = has_keys ? "\xe2\x86\x90" : NULL,
                                 .label = "Up",
                                 .zone = {.kind = UI_OPEN_DIR, .index = -1}};
    const struct ui_button hidden = {.key = has_keys ? "." : NULL,
                                     .label = people->hidden ? "Hide hidden" : shown,
                                     .zone = {.kind = UI_SHOW_HIDDEN}};
    ui_button(c, ui_cut_left(&row, ui_button_width(c, &up)), &up);
    ui_cut_left(&row, UI_GAP);
    ui_button_right(c, &row, &hidden, 180);
    ui_label_path(c, row, UI_BODY, c->theme->text, people->dir);
}

// What opens it by a single click.
static void draw_opener(struct ui_canvas *c, struct ui_box box, int index)
{
    struct ui_zone zone = {.box = box, .kind = UI_OPEN_DIR, .index = index};
    bool over = ui_inside(box, c->mouse_x, c->mouse_y);
    ui_icon(c, ui_centred(box, 10, 10), UI_ARROW, over ? c->theme->accent : c->theme->dim);
    ui_zone_add(c, zone);
}

static void draw_row(struct ui_canvas *c, struct ui_box box, const struct ui_people *people, int i,
                     bool has_keys)
{
    const struct ui_theme *t = c->theme;
    const struct ui_dir *row = &people->row[i];
    struct ui_zone pick = {.kind = UI_PICK_DIR, .index = i};
    bool here = i == people->row_cursor;
    struct ui_box whole = box, opener = ui_cut_right(&box, OPEN_W);
    pick.box = box;
    if (here || ui_inside(whole, c->mouse_x, c->mouse_y))
        ui_fill_round(c, whole, UI_STEP, here ? t->down : t->hover);
    if (opens(row))
        draw_opener(c, opener, i);
    ui_zone_add(c, pick);
    struct ui_box in = ui_inset(box, UI_GAP, 0);
    char count[32] = "";
    if (row->pictures > 0)
        snprintf(count, sizeof count, "%d%s", row->pictures, row->more ? "+" : "");
    float count_w = *count ? ui_label_width(c, UI_BODY, count) + UI_GAP : 0;
    ui_label(c, ui_cut_right(&in, count_w), UI_BODY, UI_RIGHT, t->dim, count);
    if (row->used)
        ui_icon(c, ui_centred(ui_cut_right(&in, 16), 10, 10), UI_CHECK, t->you);
    ui_label(c, in, UI_BODY, UI_LEFT, is_special(row) ? t->dim : t->text, name_of(row));
    if (here && has_keys)
        ui_ring_round(c, whole, UI_STEP, 2, t->text);
}

// The first row in sight, so that the cursor is when it has moved or the list is another one.
static int scroll(struct ui_people_page *page, const struct ui_people *people, int rows, int by)
{
    int first = page->first_row + by, cursor = people->row_cursor;
    bool moved = cursor != page->row_cursor || people->n_rows != page->all_rows ||
                 strcmp(people->dir, page->dir) != 0;
    page->row_cursor = cursor;
    page->all_rows = people->n_rows;
    SDL_strlcpy(page->dir, people->dir, sizeof page->dir);
    if (moved && cursor >= 0)
        first = SDL_clamp(first, cursor - rows + 1, cursor);
    return SDL_clamp(first, 0, SDL_max(people->n_rows - rows, 0));
}

static void draw_nothing(struct ui_canvas *c, struct ui_box box, const struct ui_people *people)
{
    const struct ui_theme *t = c->theme;
    if (*people->fault)
        ui_paragraph(c, box, UI_BODY, UI_LEFT, t->error, people->fault);
    else if (people->slow)
        ui_paragraph(c, box, UI_BODY, UI_LEFT, t->warning,
                     "The disk or network has not answered yet. Going elsewhere does not wait for "
                     "it.");
    else if (people->reading)
        ui_paragraph(c, box, UI_BODY, UI_LEFT, t->dim, "Reading\xe2\x80\xa6");
    else if (people->n_rows <= 2)
        ui_paragraph(c, box, UI_BODY, UI_LEFT, t->dim, "No folders in it.");
}

static void draw_list(struct ui_canvas *c, struct ui_box box, const struct ui_people *people,
                      struct ui_people_page *page, bool has_keys)
{
    ui_panel(c, box, UI_ROUND, c->theme->well, has_keys ? c->theme->dim : c->theme->edge);
    box = ui_inset(box, 3, 3);
    int rows = SDL_max((int)(box.h / ROW_H), 1), n = people->n_rows;
    page->first_row = scroll(page, people, rows, ui_scrolled(c, box));
    page->n_rows = rows;
    ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_ZONE_SCROLL});
    ui_scroll_thumb(c, &box, page->first_row, rows, n);
    for (int i = page->first_row; i < SDL_min(n, page->first_row + rows); i++)
        draw_row(c, ui_cut_top(&box, ROW_H), people, i, has_keys);
    draw_nothing(c, ui_inset(box, UI_GAP, UI_STEP), people);
}

static void draw_counts(struct ui_canvas *c, struct ui_box line, const struct ui_glance *glance)
{
    const struct ui_theme *t = c->theme;
    const char *fault[] = {glance->fault, NULL};
    if (!glance->known)
        ui_label(c, line, UI_BODY, UI_LEFT, t->dim, "counting\xe2\x80\xa6");
    else if (*glance->fault)
        ui_note_draw(c, line, t->error, t->error, fault);
    else
        ui_count_draw(c, line,
                      glance->more    ? "at least "
                      : glance->about ? "about "
                                      : "",
                      glance->pictures, glance->folders, glance->persons);
}

static float strip_height(float room)
{
    return room >= ROOMY ? STRIP : room >= LOW ? STRIP_LOW : UI_BUTTON_H;
}

// Of what is skipped and why.
static float lines(float room)
{
    return room >= TALL ? 3 : room >= ROOMY ? 2 : room >= LOW ? 1 : 0;
}

static float look_height(struct ui_canvas *c, float room)
{
    return strip_height(room) + UI_STEP + ui_line_height(c, UI_BODY) +
           lines(room) * ui_line_height(c, UI_CAPTION) + 1;
}

static void draw_used(struct ui_canvas *c, struct ui_box *row)
{
    static const char text[] = "It is used";
    struct ui_box side = ui_cut_right(row, ui_label_width(c, UI_STRONG, text) + 18);
    ui_icon(c, ui_centred(ui_cut_left(&side, 14), 12, 12), UI_CHECK, c->theme->you);
    ui_label(c, side, UI_STRONG, UI_RIGHT, c->theme->text, text);
    ui_cut_right(row, UI_GAP);
}

// Some pictures and the button, and below them what is known of the folder under the cursor.
static void draw_look(struct ui_canvas *c, struct ui_box box, const struct ui_people *people,
                      struct ui_people_page *page, bool has_keys, float room)
{
    const struct ui_dir *row = chosen(people);
    const struct ui_glance *glance = &people->glance;
    const struct ui_button use = {.key = has_keys ? "space" : NULL,
                                  .label = "Use this folder",
                                  .primary = true,
                                  .zone = {.kind = UI_USE_DIR}};
    if (!row || *people->fault || strcmp(row->name, "..") == 0)
        return;
    struct ui_box upper = ui_cut_top(&box, strip_height(room));
    if (row->used)
        draw_used(c, &upper);
    else
        ui_button_right(c, &upper, &use, 0);
    ui_strip_draw(c, upper, &glance->strip, &page->glance);
    ui_cut_top(&box, UI_STEP);
    draw_counts(c, ui_cut_top(&box, ui_line_height(c, UI_BODY)), glance);
    if (glance->skipped > 0 && box.h > 1)
        ui_skipped_draw(c, box, glance->skipped, glance->why);
}

void ui_browse_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                    struct ui_people_page *page, bool has_keys)
{
    const float room = box.h;
    draw_path(c, ui_cut_top(&box, UI_BUTTON_H), &view->people, has_keys);
    ui_cut_top(&box, UI_STEP);
    struct ui_box look = ui_cut_bottom(&box, look_height(c, room));
    ui_cut_bottom(&box, room >= LOW ? UI_GAP : UI_STEP);
    draw_list(c, box, &view->people, page, has_keys);
    draw_look(c, look, &view->people, page, has_keys, room);
}
