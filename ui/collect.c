// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <stdio.h>

#define TILE_H     58.0f
#define TILES      3
#define STRIP_H    46.0f
#define STRIPS_H   (TILES * STRIP_H + (TILES - 1) * UI_STEP)
#define ROOMY      420.0f // below the tiles, for strips and all that the coach counts
#define COACH_ROOM 66.0f  // below the tiles, for the line of what to add next

struct tile {
    const char *key;
    const char *name[3]; // from long to short
    int count;
};

// How the tiles of a row are drawn: alike, as the fullest of them needs it.
struct tile_style {
    float pad;
    enum ui_type number;
    int name;
};

static float number_width(struct ui_canvas *c, enum ui_type type, int count)
{
    char s[16];
    snprintf(s, sizeof s, "%d", count);
    return ui_label_width(c, type, s);
}

static struct tile_style choose_style(struct ui_canvas *c, const struct tile *tiles, float w)
{
    struct tile_style style = {w < 72 ? UI_STEP : 8, UI_NUMBER, 0};
    float room = w - 2 * style.pad;
    for (int i = 0; i < TILES; i++) {
        float cap = ui_keycap_width(c, tiles[i].key);
        if (number_width(c, style.number, tiles[i].count) + cap > room)
            style.number = UI_TITLE;
        while (style.name < 2 && ui_label_width(c, UI_CAPTION, tiles[i].name[style.name]) > room)
            style.name++;
    }
    return style;
}

// A counter that is the button of its key too: pressing it takes pictures as holding the key does.
static void draw_tile(struct ui_canvas *c, struct ui_box box, const struct tile *tile,
                      const struct tile_style *style, bool held)
{
    const struct ui_theme *t = c->theme;
    struct ui_zone zone = {.box = box, .kind = UI_HOLD, .key = tile->key[0]};
    ui_panel(c, box, UI_ROUND, ui_control_colour(c, &zone), t->edge);
    if (held)
        ui_ring_round(c, box, UI_ROUND, 2, t->accent);
    ui_zone_add(c, zone);
    struct ui_box in = ui_inset(box, style->pad, 6);
    struct ui_box name = ui_cut_bottom(&in, ui_line_height(c, UI_CAPTION));
    ui_keycap(c, ui_cut_right(&in, ui_keycap_width(c, tile->key)), tile->key);
    char number[16];
    snprintf(number, sizeof number, "%d", tile->count);
    ui_label(c, in, style->number, UI_LEFT, held ? t->accent : t->text, number);
    ui_label(c, name, UI_CAPTION, UI_LEFT, t->dim, tile->name[style->name]);
}

static void draw_tiles(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    const struct tile tiles[TILES] = {
        {"a", {"Anchors", "Anchor", "Anch."}, view->anchors},
        {"p", {"Positives", "Positive", "Posit."}, view->positives},
        {"n", {"Not me", "Not me", "Not me"}, view->negatives},
    };
    float gap = row.w < 240 ? UI_STEP : UI_GAP, w = (row.w - gap * (TILES - 1)) / TILES;
    struct tile_style style = choose_style(c, tiles, w);
    for (int i = 0; i < TILES; i++) {
        draw_tile(c, ui_cut_left(&row, w), &tiles[i], &style, view->holding == tiles[i].key[0]);
        ui_cut_left(&row, gap);
    }
}

static void draw_folder_head(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    const struct ui_button add = {.key = "4",
                                  .label = row.w < 250 ? "Add" : "Add folder",
                                  .zone = {.kind = UI_PAGE, .index = UI_PAGE_PEOPLE}};
    int pictures = 0;
    bool about = false;
    for (int i = 0; i < view->n_folders; i++) {
        pictures += SDL_max(view->folder[i].pictures, 0);
        about |= view->folder[i].about;
    }
    const char *s = view->n_folders == 1 ? "" : "s";
    char full[64], half[48], brief[32];
    snprintf(full, sizeof full, "%s%d picture%s in %d folder%s", about ? "about " : "", pictures,
             pictures == 1 ? "" : "s", view->n_folders, s);
    snprintf(half, sizeof half, "%d in %d folder%s", pictures, view->n_folders, s);
    snprintf(brief, sizeof brief, "%d in %d", pictures, view->n_folders);
    const char *names[] = {full, half, brief, NULL}, *none[] = {"Other people", "Others", NULL};
    ui_button_right(c, &row, &add, ui_label_width(c, UI_CAPTION, brief));
    ui_label_fit(c, row, UI_CAPTION, UI_LEFT, c->theme->dim, view->n_folders ? names : none);
}

static void draw_folder(struct ui_canvas *c, struct ui_box row, const struct ui_folder *folder,
                        int index)
{
    const struct ui_theme *t = c->theme;
    struct ui_zone zone = {.kind = UI_REMOVE_FOLDER, .index = index};
    zone.box = ui_cut_right(&row, UI_ROW_H);
    bool over = ui_inside(zone.box, c->mouse_x, c->mouse_y);
    ui_icon(c, ui_centred(zone.box, 10, 10), UI_CROSS, over ? t->error : t->dim);
    ui_zone_add(c, zone);
    char count[24] = "counting\xe2\x80\xa6";
    if (folder->pictures >= 0)
        snprintf(count, sizeof count, "%s%d", folder->about ? "about " : "", folder->pictures);
    float w = ui_label_width(c, UI_BODY, count);
    ui_cut_right(&row, UI_STEP);
    ui_label(c, ui_cut_right(&row, w), UI_BODY, UI_RIGHT, t->dim, count);
    ui_cut_right(&row, UI_GAP);
    ui_label_path(c, row, UI_BODY, t->text, folder->path);
}

// The list scrolls when it is longer than the box; a thumb at its right edge shows where it is.
static void draw_folders(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                         int *first_row)
{
    int rows = (int)((box.h + 0.5f) / UI_ROW_H), n = view->n_folders;
    if (rows < 1)
        return;
    int last_first = SDL_max(n - rows, 0);
    box.h = (float)rows * UI_ROW_H;
    *first_row = SDL_clamp(*first_row + ui_scrolled(c, box), 0, last_first);
    ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_ZONE_SCROLL});
    ui_scroll_thumb(c, &box, *first_row, rows, n);
    for (int i = *first_row; i < SDL_min(n, *first_row + rows); i++)
        draw_folder(c, ui_cut_top(&box, UI_ROW_H), &view->folder[i], i);
}

// What was taken last, a line for each class behind its key; a click leads to them all.
static void draw_strips(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                        struct ui_picture *pictures)
{
    static const char *const keys[TILES] = {"a", "p", "n"};
    float cap = ui_keycap_width(c, "p");
    ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_PAGE, .index = UI_PAGE_COLLECTED});
    for (int i = 0; i < TILES; i++) {
        struct ui_box row = ui_cut_top(&box, STRIP_H);
        ui_cut_top(&box, UI_STEP);
        ui_keycap(c, ui_cut_left(&row, cap), keys[i]);
        ui_cut_left(&row, UI_GAP);
        ui_panel(c, row, UI_ROUND, c->theme->well, c->theme->edge);
        ui_strip_draw(c, ui_inset(row, 2, 2), &view->newest[i], &pictures[i]);
    }
}

// The one thing that is worth adding next.
static void draw_coach(struct ui_canvas *c, struct ui_box *in, const struct ui_coach *coach)
{
    const char *texts[] = {coach->next, coach->brief, NULL};
    ui_cut_top(in, 6);
    struct ui_box row = ui_cut_top(in, ui_line_height(c, UI_CAPTION));
    ui_icon(c, ui_centred(ui_cut_left(&row, 12), 12, 12), UI_ARROW, c->theme->accent);
    ui_cut_left(&row, 6);
    ui_label_fit(c, row, UI_CAPTION, UI_LEFT, c->theme->text, texts);
}

void ui_collect_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                     struct ui_picture *newest, int *first_row)
{
    const struct ui_button undo = {.key = "u", .label = "Undo", .zone = {.kind = UI_UNDO}};
    struct ui_box head, in = ui_card(c, box, "1", "Collect", UI_PAGE_COLLECTED, &head);
    ui_button_right(c, &head, &undo, 0);
    draw_tiles(c, ui_cut_top(&in, TILE_H), view);
    bool roomy = in.h >= ROOMY;
    if (roomy) {
        ui_cut_top(&in, UI_GAP);
        draw_strips(c, ui_cut_top(&in, STRIPS_H), view, newest);
        ui_cut_top(&in, UI_STEP);
    }
    if (*view->coach.next && in.h >= COACH_ROOM)
        draw_coach(c, &in, &view->coach);
    if (roomy) {
        ui_cut_top(&in, UI_STEP);
        ui_cut_top(&in, ui_goals_draw(c, in, &view->coach, true));
    }
    ui_cut_top(&in, in.h > 90 ? 10 : 6);
    if (in.h < UI_BUTTON_H - 1)
        return;
    draw_folder_head(c, ui_cut_top(&in, UI_BUTTON_H), view);
    ui_cut_top(&in, UI_STEP);
    if (view->n_folders > 0)
        draw_folders(c, in, view, first_row);
    else
        ui_paragraph(c, in, UI_BODY, UI_LEFT, c->theme->text,
                     "Drop a folder with pictures of other people on the window, or press 4 to "
                     "choose one.");
}
