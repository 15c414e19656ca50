// SPDX-License-Identifier: MIT
// "Other people": the folders that are used and a browser for more, side by side, or one of them
// where there is little room.
#include "ui/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BOTH_W   660.0f // of the page, to have both side by side
#define BOTH_GAP 18.0f
#define FOOT_MIN 230.0f // height, to have a line at the foot
#define TAB_W    92.0f
#define TITLE_W  400.0f // of the card, to have its title beside them

// ---- Keys -------------------------------------------------------------------------------------

// The place of `n` that a key of direction leads to from `at`; -1: another key.
static int step(SDL_Keycode key, int at, int rows, int n)
{
    int leap = SDL_max(rows - 1, 1), to = at;
    switch (key) {
    case SDLK_UP:
        to = at - 1;
        break;
    case SDLK_DOWN:
        to = at + 1;
        break;
    case SDLK_PAGEUP:
        to = at - leap;
        break;
    case SDLK_PAGEDOWN:
        to = at + leap;
        break;
    case SDLK_HOME:
        to = 0;
        break;
    case SDLK_END:
        to = n - 1;
        break;
    default:
        return -1;
    }
    return SDL_clamp(to, 0, SDL_max(n - 1, 0));
}

static struct ui_action browser_key(const struct ui_people *people, SDL_Keycode key, int n_folders)
{
    switch (key) {
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
    case SDLK_RIGHT:
        return (struct ui_action){.kind = people->row_cursor < 0 ? UI_NONE : UI_OPEN_DIR,
                                  .index = people->row_cursor};
    case SDLK_BACKSPACE:
    case SDLK_LEFT:
        return (struct ui_action){.kind = UI_OPEN_DIR, .index = -1};
    case SDLK_SPACE:
        return (struct ui_action){.kind = UI_USE_DIR};
    case SDLK_PERIOD:
        return (struct ui_action){.kind = UI_SHOW_HIDDEN};
    case SDLK_x:
        return (struct ui_action){.kind = n_folders > 0 ? UI_PICK_FOLDER : UI_NONE,
                                  .index = SDL_max(people->cursor, 0)};
    default:
        return (struct ui_action){.kind = UI_ACTIONS};
    }
}

static struct ui_action used_key(const struct ui_people *people, SDL_Keycode key)
{
    int at = people->cursor;
    switch (key) {
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
        return (struct ui_action){.kind = UI_WEIGHT, .index = at, .amount = 0.5f};
    case SDLK_PLUS:
    case SDLK_EQUALS: // the '+' of a US keyboard
    case SDLK_KP_PLUS:
        return (struct ui_action){.kind = UI_WEIGHT, .index = at, .amount = 2};
    case SDLK_DELETE:
        return (struct ui_action){.kind = UI_REMOVE_FOLDER, .index = at};
    case SDLK_RIGHT:
    case SDLK_x:
        return (struct ui_action){.kind = UI_PICK_DIR, .index = SDL_max(people->row_cursor, 0)};
    default:
        return (struct ui_action){.kind = UI_ACTIONS};
    }
}

bool ui_people_key(const struct ui_view *view, SDL_Keycode key, bool repeat, int rows,
                   struct ui_action *action)
{
    const struct ui_people *people = &view->people;
    bool browsing = people->browsing || view->n_folders == 0;
    int to = browsing ? step(key, people->row_cursor, rows, people->n_rows)
                      : step(key, people->cursor, rows, view->n_folders);
    if (to >= 0)
        *action = (struct ui_action){.kind = browsing ? UI_PICK_DIR : UI_PICK_FOLDER, .index = to};
    else
        *action = browsing ? browser_key(people, key, view->n_folders) : used_key(people, key);
    bool known = action->kind != UI_ACTIONS;
    if (!known || (repeat && to < 0))
        action->kind = UI_NONE;
    return known;
}

// ---- Drawing ----------------------------------------------------------------------------------

static void plural(char *out, size_t size, int n, const char *what)
{
    snprintf(out, size, "%d %s%s", n, what, n == 1 ? "" : "s");
}

void ui_count_draw(struct ui_canvas *c, struct ui_box row, const char *how, int pictures,
                   int folders, int persons)
{
    char some[48], people[48], full[160], half[128], brief[64];
    plural(some, sizeof some, pictures, "picture");
    plural(people, sizeof people, folders, folders == persons ? "person" : "folder");
    snprintf(brief, sizeof brief, "%s%s", how, some);
    snprintf(half, sizeof half, "%s, %s", brief, people);
    snprintf(full, sizeof full, "%s, %d with several pictures", half, persons);
    const char *texts[] = {full, half, brief, NULL};
    int first = folders == 0 ? 2 : persons == 0 || persons == folders ? 1 : 0;
    ui_label_fit(c, row, UI_BODY, UI_LEFT, c->theme->text, texts + first);
}

void ui_note_draw(struct ui_canvas *c, struct ui_box row, SDL_Color mark, SDL_Color ink,
                  const char *const *texts)
{
    ui_icon(c, ui_centred(ui_cut_left(&row, 14), 12, 12), UI_ALERT, mark);
    ui_cut_left(&row, UI_STEP);
    ui_label_fit(c, row, UI_CAPTION, UI_LEFT, ink, texts);
}

// All reasons in one line, or the first one with how many more, or none.
static void draw_skipped_line(struct ui_canvas *c, struct ui_box row, const char *full, int skipped,
                              const char *why)
{
    char first[UI_TEXT + 64], brief[48];
    const char *end = strstr(why, "; ");
    snprintf(first, sizeof first, "%d skipped: %.*s; %d more", skipped, end ? (int)(end - why) : 0,
             why, skipped - 1);
    snprintf(brief, sizeof brief, "%d skipped", skipped);
    const char *texts[] = {full, end ? first : full, row.w < 160 || !*why ? brief : NULL, NULL};
    ui_note_draw(c, row, c->theme->warning, c->theme->dim, texts);
}

void ui_skipped_draw(struct ui_canvas *c, struct ui_box box, int skipped, const char *why)
{
    char full[UI_TEXT + 64];
    float line = ui_line_height(c, UI_CAPTION);
    snprintf(full, sizeof full, "%d skipped: %s", skipped, why);
    if (box.h < 2 * line || ui_label_width(c, UI_CAPTION, full) <= box.w - 14 - UI_STEP) {
        box.h = fminf(box.h, 2 * line - 1);
        draw_skipped_line(c, box, full, skipped, why);
        return;
    }
    struct ui_box mark = ui_cut_left(&box, 14);
    ui_icon(c, ui_centred(ui_cut_top(&mark, line), 12, 12), UI_ALERT, c->theme->warning);
    ui_cut_left(&box, UI_STEP);
    ui_paragraph(c, box, UI_CAPTION, UI_LEFT, c->theme->dim, full);
}

// Which of the two lists is shown, where there is no room for both.
static void draw_tabs(struct ui_canvas *c, struct ui_box row, const struct ui_view *view,
                      bool browsing)
{
    const struct ui_people *people = &view->people;
    const struct ui_zone used = {.kind = UI_PICK_FOLDER, .index = SDL_max(people->cursor, 0)};
    const struct ui_zone more = {.kind = UI_PICK_DIR, .index = SDL_max(people->row_cursor, 0)};
    char s[32];
    float w = fminf(TAB_W, (row.w - UI_STEP) / 2);
    if (w < TAB_W - UI_GAP)
        snprintf(s, sizeof s, "Used");
    else
        snprintf(s, sizeof s, "In use %d", view->n_folders);
    ui_choice(c, ui_cut_left(&row, w), s, !browsing, used);
    ui_cut_left(&row, UI_STEP);
    ui_choice(c, ui_cut_left(&row, w), "Find", browsing, more);
}

// With as many words as leave `keep` of the row.
static void draw_type(struct ui_canvas *c, struct ui_box *row, float keep)
{
    struct ui_button type = {.key = "o", .label = "Type a path", .zone = {.kind = UI_ZONE_TYPE}};
    if (row->w - ui_button_width(c, &type) - UI_GAP < keep)
        type.label = "Path";
    ui_button_right(c, row, &type, keep + UI_GAP);
}

static void draw_foot(struct ui_canvas *c, struct ui_box row, bool browsing, bool both)
{
    static const char *const browse[] = {
        "Arrow keys and Enter go through folders, Space uses one, . shows hidden ones, x changes "
        "sides",
        "Enter opens, \xe2\x86\x90 goes up, Space uses, . shows hidden ones, x: in use",
        "Enter opens, Space uses, x: in use, o: a path", NULL};
    static const char *const use[] = {
        "Up and down choose one, + and \xe2\x88\x92 change its weight, Del takes it out, x changes "
        "sides",
        "+ and \xe2\x88\x92 change the weight, Del takes out, x finds more",
        "+ \xe2\x88\x92 weight, Del takes out, x finds, o: a path", NULL};
    ui_label_fit(c, row, UI_CAPTION, UI_LEFT, c->theme->dim,
                 (browsing ? browse : use) + (both ? 0 : 1));
}

void ui_people_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                    struct ui_people_page *page)
{
    const char *title = box.w < TITLE_W ? "" : "Other people";
    struct ui_box head, in = ui_page_card(c, box, UI_PAGE_PEOPLE, title, &head);
    bool both = in.w >= BOTH_W, browsing = view->people.browsing || view->n_folders == 0;
    if (in.h >= FOOT_MIN) {
        draw_foot(c, ui_cut_bottom(&in, ui_line_height(c, UI_CAPTION)), browsing, both);
        ui_cut_bottom(&in, 6);
    }
    draw_type(c, &head, both ? 0 : 2 * TAB_W + UI_STEP);
    if (!both)
        draw_tabs(c, head, view, browsing);
    if (both) {
        struct ui_box left = ui_cut_left(&in, (in.w - BOTH_GAP) / 2);
        ui_cut_left(&in, BOTH_GAP);
        ui_used_draw(c, left, view, page, !browsing);
        ui_browse_draw(c, in, view, page, browsing);
    } else if (browsing) {
        ui_browse_draw(c, in, view, page, true);
    } else {
        ui_used_draw(c, in, view, page, true);
    }
    c->columns = 1;
    c->rows = browsing ? page->n_rows : page->n_used;
}

void ui_people_finish(struct ui_people_page *page)
{
    for (int i = 0; i < UI_FOLDERS; i++)
        ui_picture_finish(&page->used[i]);
    ui_picture_finish(&page->glance);
    *page = (struct ui_people_page){0};
}
