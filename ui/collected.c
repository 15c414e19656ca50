// SPDX-License-Identifier: MIT
// "Your pictures": a grid of small pictures under a heading for each section. Only what is in sight
// is drawn, and only some pictures become textures in one frame, so that it takes as long for ten
// pictures as for ten thousand.
#include "ui/page.h"
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SIDE        72.0f // of a small picture, points
#define SIDE_SMALL  56.0f // where there is little room
#define CELL_GAP    6.0f  // at least
#define HEAD_H      30.0f // of a section's heading
#define EMPTY_H     24.0f // of the line in an empty section
#define WHEEL       48.0f // for a row of the wheel
#define UPLOADS     48    // textures made in a frame at most
#define BAR_W       12.0f // at the right, for what shows where one is
#define CHOSEN_LINE 3.0f
#define BADGE       16.0f

// How a page is divided.
struct grid {
    struct ui_box box; // what is in sight of it
    float coach_h;     // of what comes before the sections
    int columns;
    float side, gap; // of the pictures, between them
};

static int rows_of(const struct grid *g, int n)
{
    return (n + g->columns - 1) / g->columns;
}

static float section_height(const struct grid *g, const struct ui_section *section)
{
    float rows = (float)rows_of(g, section->n) * (g->side + g->gap);
    return HEAD_H + (section->n > 0 ? rows : EMPTY_H) + UI_GAP;
}

static float whole_height(const struct grid *g, const struct ui_album *album)
{
    float h = g->coach_h;
    for (int i = 0; i < album->n_sections; i++)
        h += section_height(g, &album->section[i]);
    return h;
}

static struct grid divide(struct ui_box box)
{
    struct grid g = {.box = box, .side = box.w < 480 ? SIDE_SMALL : SIDE};
    g.columns = SDL_max((int)((box.w + CELL_GAP) / (g.side + CELL_GAP)), 1);
    float rest = box.w - (float)g.columns * g.side;
    g.gap = g.columns > 1 ? fminf(rest / (float)(g.columns - 1), 2 * CELL_GAP) : CELL_GAP;
    return g;
}

// ---- The cursor ---------------------------------------------------------------------------------

// A picture's section and its place there.
struct place {
    int section, first, at; // first: index of the section's first picture
};

static struct place place_of(const struct ui_album *album, int index)
{
    struct place p = {0};
    while (p.section < album->n_sections - 1 && index >= p.first + album->section[p.section].n)
        p.first += album->section[p.section++].n;
    p.at = index - p.first;
    return p;
}

// A row up or down, in the same column or the last one before it, over sections without pictures.
static int step_row(const struct ui_album *album, int columns, int from, int way)
{
    struct place p = place_of(album, from);
    int n = album->section[p.section].n, column = p.at % columns, row = p.at / columns + way;
    if (row >= 0 && row <= (n - 1) / columns)
        return p.first + SDL_min(row * columns + column, n - 1);
    int k = p.section + way;
    while (k >= 0 && k < album->n_sections && album->section[k].n == 0)
        k += way;
    if (k < 0 || k >= album->n_sections)
        return from;
    int m = album->section[k].n, first = way > 0 ? p.first + n : p.first - m;
    row = way > 0 ? 0 : (m - 1) / columns;
    return first + SDL_min(row * columns + column, m - 1);
}

int ui_collected_step(const struct ui_album *album, int columns, int rows, SDL_Keycode key)
{
    int last = album->n - 1, from = SDL_clamp(album->cursor, 0, SDL_max(last, 0));
    int to = from, page = SDL_max(rows - 1, 1);
    if (last < 0 || columns < 1)
        return -1;
    switch (key) {
    case SDLK_LEFT:
        to = from - 1;
        break;
    case SDLK_RIGHT:
        to = from + 1;
        break;
    case SDLK_UP:
    case SDLK_DOWN:
        to = step_row(album, columns, from, key == SDLK_UP ? -1 : 1);
        break;
    case SDLK_PAGEUP:
    case SDLK_PAGEDOWN:
        for (int i = 0; i < page; i++)
            to = step_row(album, columns, to, key == SDLK_PAGEUP ? -1 : 1);
        break;
    case SDLK_HOME:
        to = 0;
        break;
    case SDLK_END:
        to = last;
        break;
    default:
        return -1;
    }
    return album->cursor < 0 ? from : SDL_clamp(to, 0, last);
}

// The height at which its row begins, from the top of the page.
static float height_of(const struct grid *g, const struct ui_album *album, int index)
{
    struct place p = place_of(album, index);
    float y = g->coach_h + HEAD_H + (float)(p.at / g->columns) * (g->side + g->gap);
    for (int i = 0; i < p.section; i++)
        y += section_height(g, &album->section[i]);
    return y;
}

// Scrolls by the wheel, and to the cursor when that has moved.
static void scroll(struct ui_canvas *c, const struct grid *g, const struct ui_album *album,
                   struct ui_collected *page)
{
    page->top += WHEEL * (float)ui_scrolled(c, g->box);
    int64_t cursor =
        album->cursor >= 0 && album->cursor < album->n ? album->thumb[album->cursor].number : 0;
    if (cursor && cursor != page->cursor) {
        float y = height_of(g, album, album->cursor), end = y + g->side + g->gap;
        page->top = fminf(page->top, album->cursor == 0 ? 0 : y - HEAD_H);
        page->top = fmaxf(page->top, end - g->box.h);
    }
    page->cursor = cursor;
    page->top = SDL_clamp(page->top, 0, fmaxf(whole_height(g, album) - g->box.h, 0));
}

// ---- Small pictures -----------------------------------------------------------------------------

static SDL_Texture *make_texture(SDL_Renderer *renderer, const uint8_t *px, int side)
{
    SDL_Texture *texture = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888,
                                             SDL_TEXTUREACCESS_STREAMING, side, side);
    void *pixels;
    int pitch;
    if (!texture || SDL_LockTexture(texture, NULL, &pixels, &pitch) < 0) {
        if (texture)
            SDL_DestroyTexture(texture);
        return NULL;
    }
    for (int y = 0; y < side; y++) {
        uint32_t *to = (uint32_t *)((uint8_t *)pixels + (ptrdiff_t)y * pitch);
        for (int x = 0; x < side; x++, px += 3)
            to[x] = 0xff000000u | (uint32_t)px[0] << 16 | (uint32_t)px[1] << 8 | px[2];
    }
    SDL_UnlockTexture(texture);
    SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_NONE);
    return texture;
}

// NULL: there is none (yet). *uploads: textures that may still be made in this frame.
static SDL_Texture *texture_of(struct ui_canvas *c, const struct ui_album *album,
                               const struct ui_thumb *thumb, struct ui_collected *page,
                               int *uploads)
{
    size_t at = (size_t)thumb->number % UI_THUMBS_KEPT;
    if (page->kept[at].number == thumb->number && page->kept[at].side == album->side)
        return page->kept[at].texture;
    if (!thumb->px || *uploads <= 0)
        return NULL;
    if (page->kept[at].texture)
        SDL_DestroyTexture(page->kept[at].texture);
    page->kept[at].texture = make_texture(c->renderer, thumb->px, album->side);
    page->kept[at].number = page->kept[at].texture ? thumb->number : 0;
    page->kept[at].side = album->side;
    --*uploads;
    return page->kept[at].texture;
}

static void draw_chosen(struct ui_canvas *c, struct ui_box box)
{
    struct ui_box badge = {box.x + box.w - BADGE - 2, box.y + 2, BADGE, BADGE};
    ui_ring_round(c, box, UI_STEP, CHOSEN_LINE, c->theme->accent);
    ui_fill_round(c, badge, BADGE / 2, c->theme->accent);
    ui_icon(c, ui_centred(badge, 10, 10), UI_CHECK, c->theme->on_accent);
}

static void draw_thumb(struct ui_canvas *c, struct ui_box box, const struct ui_album *album,
                       int index, struct ui_collected *page, int *uploads)
{
    const struct ui_thumb *thumb = &album->thumb[index];
    SDL_Texture *texture = texture_of(c, album, thumb, page, uploads);
    SDL_Rect to = ui_pixels(c, box);
    if (texture)
        SDL_RenderCopy(c->renderer, texture, NULL, &to);
    else
        ui_fill(c, box, c->theme->control);
    if (thumb->fault)
        ui_icon(c, ui_centred(box, 22, 22), UI_ALERT, c->theme->warning);
    if (thumb->chosen)
        draw_chosen(c, box);
    if (index == album->cursor)
        ui_ring_round(c, ui_inset(box, -2, -2), UI_STEP + 2, 2, c->theme->text);
}

// ---- Sections -----------------------------------------------------------------------------------

// What a click on a heading chooses: all of its section, as Ctrl A does. first: its first picture.
static void add_heading_zone(struct ui_canvas *c, struct ui_box row, int first)
{
    if (ui_in_sight(c, row))
        ui_zone_add(c, (struct ui_zone){.box = row, .kind = UI_ZONE_SECTION, .index = first});
}

static void draw_heading(struct ui_canvas *c, struct ui_box row, const struct ui_section *section)
{
    const struct ui_theme *t = c->theme;
    bool over = section->n > 0 && ui_inside(row, c->mouse_x, c->mouse_y);
    char count[32];
    snprintf(count, sizeof count, "%d", section->usable);
    float count_w = ui_label_width(c, UI_BODY, count) + UI_GAP;
    float name_w = fminf(ui_label_width(c, UI_STRONG, section->name) + 1, row.w - count_w);
    struct ui_box name = ui_cut_left(&row, name_w);
    if (section->key)
        ui_label(c, name, UI_STRONG, UI_LEFT, over ? t->accent : t->text, section->name);
    else
        ui_label_path(c, name, UI_STRONG, over ? t->accent : t->text, section->name);
    ui_cut_left(&row, UI_GAP);
    ui_label(c, ui_cut_left(&row, count_w), UI_BODY, UI_LEFT, t->dim, count);
    if (section->skipped > 0 && row.w >= 100)
        ui_skipped_draw(c, row, section->skipped, section->why);
}

static void draw_no_pictures(struct ui_canvas *c, struct ui_box row,
                             const struct ui_section *section)
{
    char s[64] = "No pictures in it.";
    if (section->reading)
        snprintf(s, sizeof s, "Reading\xe2\x80\xa6");
    else if (section->key)
        snprintf(s, sizeof s, "None yet: hold %c to take some.", section->key);
    ui_label(c, row, UI_BODY, UI_LEFT, c->theme->dim, s);
}

// What is drawn of the page, from frame to frame of it.
struct drawing {
    const struct grid *grid;
    const struct ui_album *album;
    struct ui_collected *page;
    int uploads;
};

static void note_seen(struct ui_collected *page, int index)
{
    if (page->n_seen == 0)
        page->first_seen = index;
    page->n_seen = index + 1 - page->first_seen;
}

// The pictures of a section, whose first one is number `first`, from height y on.
static void draw_pictures(struct ui_canvas *c, struct drawing *d, float y, int first, int n)
{
    const struct grid *g = d->grid;
    float pitch = g->side + g->gap;
    int above = SDL_max((int)((g->box.y - y) / pitch), 0);
    for (int i = above * g->columns; i < n; i++) {
        struct ui_box box = {g->box.x + (float)(i % g->columns) * (g->side + g->gap),
                             y + (float)(i / g->columns) * pitch, g->side, g->side};
        if (box.y >= g->box.y + g->box.h)
            break;
        note_seen(d->page, first + i);
        draw_thumb(c, box, d->album, first + i, d->page, &d->uploads);
        ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_CHOOSE, .index = first + i});
    }
}

static void draw_sections(struct ui_canvas *c, struct drawing *d)
{
    const struct grid *g = d->grid;
    float y = g->box.y + g->coach_h - d->page->top, end = g->box.y + g->box.h;
    for (int i = 0, first = 0; i < d->album->n_sections && y < end; i++) {
        const struct ui_section *section = &d->album->section[i];
        float h = section_height(g, section);
        struct ui_box row = {g->box.x, y, g->box.w, HEAD_H};
        if (y + h > g->box.y) {
            draw_heading(c, row, section);
            if (section->n > 0)
                add_heading_zone(c, row, first);
            row.y += HEAD_H;
            row.h = EMPTY_H;
            if (section->n == 0)
                draw_no_pictures(c, row, section);
            draw_pictures(c, d, y + HEAD_H, first, section->n);
        }
        first += section->n;
        y += h;
    }
}

// ---- The page -----------------------------------------------------------------------------------

// What can be done with the chosen pictures, from the right.
#define EDITS 4
static const struct ui_button edits[EDITS] = {
    {.key = "Del", .label = "Delete", .zone = {.kind = UI_DELETE}},
    {.key = "Shift N", .label = "Not me", .zone = {.kind = UI_MOVE, .key = 'n'}},
    {.key = "Shift P", .label = "Positive", .zone = {.kind = UI_MOVE, .key = 'p'}},
    {.key = "Shift A", .label = "Anchor", .zone = {.kind = UI_MOVE, .key = 'a'}},
};

// Of so many of them, with their words and gaps.
static float edits_width(struct ui_canvas *c, int first, int n)
{
    float w = 0;
    for (int i = first; i < first + n; i++)
        w += ui_button_width(c, &edits[i]) + UI_GAP;
    return w;
}

static void count_chosen(char *out, size_t size, const struct ui_album *album)
{
    snprintf(out, size, "%d chosen", album->n_chosen);
}

// Rows of buttons: a second one where one has no room for their words, and two have.
static int foot_rows(struct ui_canvas *c, float w, const struct ui_album *album)
{
    char s[32];
    count_chosen(s, sizeof s, album);
    bool one = edits_width(c, 0, EDITS) + ui_label_width(c, UI_STRONG, s) <= w;
    bool two = fmaxf(edits_width(c, 0, EDITS / 2), edits_width(c, EDITS / 2, EDITS / 2)) <= w;
    return album->n_chosen > 0 && !one && two ? 2 : 1;
}

static void draw_edits(struct ui_canvas *c, struct ui_box foot, const struct ui_album *album)
{
    char s[32];
    int rows = foot_rows(c, foot.w, album), n = EDITS / rows;
    struct ui_box row = foot;
    for (int first = 0; first < EDITS; first += n) {
        row = ui_cut_bottom(&foot, UI_BUTTON_H);
        ui_cut_bottom(&foot, UI_STEP);
        float keep = row.w < edits_width(c, first, n) ? row.w : 0; // then none has its word
        for (int i = first; i < first + n; i++)
            ui_button_right(c, &row, &edits[i], keep);
    }
    count_chosen(s, sizeof s, album);
    if (row.w >= ui_label_width(c, UI_STRONG, s))
        ui_label(c, row, UI_STRONG, UI_LEFT, c->theme->text, s);
}

static void draw_foot(struct ui_canvas *c, struct ui_box foot, const struct ui_album *album)
{
    static const char *const how[] = {"Choose with the mouse or the arrow keys, several with Shift "
                                      "or Ctrl, all by a heading or Ctrl A.",
                                      "Choose with the mouse or the arrow keys.", NULL};
    if (album->n_chosen > 0)
        draw_edits(c, foot, album);
    else
        ui_label_fit(c, foot, UI_CAPTION, UI_LEFT, c->theme->dim, how);
}

// The name of the picture under the cursor, or what is wrong with it.
static void draw_name(struct ui_canvas *c, struct ui_box row, const struct ui_album *album)
{
    if (album->cursor < 0 || album->cursor >= album->n)
        return;
    const struct ui_thumb *thumb = &album->thumb[album->cursor];
    if (thumb->fault)
        ui_label(c, row, UI_CAPTION, UI_LEFT, c->theme->warning, thumb->fault);
    else
        ui_label_path(c, row, UI_CAPTION, c->theme->dim, thumb->path);
}

void ui_collected_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                       struct ui_collected *page)
{
    const struct ui_album *album = &view->album;
    struct ui_box head, in = ui_page_card(c, box, UI_PAGE_COLLECTED, "Your pictures", &head);
    int rows = foot_rows(c, in.w, album);
    float foot_h = (float)rows * (UI_BUTTON_H + UI_STEP) - UI_STEP;
    draw_foot(c, ui_cut_bottom(&in, foot_h), album);
    draw_name(c, ui_cut_bottom(&in, ui_line_height(c, UI_CAPTION) + UI_GAP), album);
    struct ui_box bar = ui_cut_right(&in, BAR_W);
    struct grid grid = divide(in);
    grid.coach_h = ui_goals_draw(c, in, &view->coach, false);
    struct drawing drawing = {&grid, album, page, UPLOADS};
    scroll(c, &grid, album, page);
    ui_scroll_thumb(c, &bar, (int)page->top, (int)in.h, (int)whole_height(&grid, album));
    page->n_seen = 0;
    page->side_px = (int)lroundf(grid.side * c->scale);
    c->columns = grid.columns;
    c->rows = (int)(in.h / (grid.side + grid.gap));
    ui_zone_add(c, (struct ui_zone){.box = in, .kind = UI_ZONE_SCROLL});
    ui_clip(c, (struct ui_box){in.x - 2, in.y, in.w + 4, in.h});
    struct ui_box coach = in;
    coach.y -= page->top;
    if (page->top < grid.coach_h)
        ui_goals_draw(c, coach, &view->coach, true);
    draw_sections(c, &drawing);
    ui_unclip(c);
}

void ui_collected_finish(struct ui_collected *page)
{
    for (int i = 0; i < UI_THUMBS_KEPT; i++)
        if (page->kept[i].texture)
            SDL_DestroyTexture(page->kept[i].texture);
    *page = (struct ui_collected){0};
}
