// SPDX-License-Identifier: MIT
// The pages that stand where the picture is, when they are open: each has a card of its own in the
// stage's place, is drawn into a box of any size, and leaves out or scrolls what does not fit. Main
// thread.
#ifndef VISAVIS_UI_PAGE_H
#define VISAVIS_UI_PAGE_H

#include "ui/picture.h"
#include "ui/plot.h"
#include "ui/widgets.h"

// The card with its title and a button that closes it; returns what is inside, and in *head the
// rest of the title's row.
struct ui_box ui_page_card(struct ui_canvas *c, struct ui_box box, enum ui_page page,
                           const char *title, struct ui_box *head);

// A page of height h where there is `box` for it: scrolls it by keys and the wheel, notes that it
// can be, and shows where it is at the right, which takes UI_SCROLL_W. *top: points that are
// scrolled out of sight, kept between frames. Returns where the whole page is; clip to `box`.
#define UI_SCROLL_W 12.0f
struct ui_box ui_page_scroll(struct ui_canvas *c, struct ui_box box, float h, float *top);

// A text of as many lines as it needs, with the button that it is about at its right; no button
// where its zone does nothing. The height it takes in a box of width w, and it.
float ui_offer_height(struct ui_canvas *c, float w, const char *text,
                      const struct ui_button *button);
void ui_offer_draw(struct ui_canvas *c, struct ui_box box, const char *text, SDL_Color ink,
                   const struct ui_button *button);

// "Your pictures". Small pictures are kept as textures, each at a place that follows from its
// number. Zero-initialise.
#define UI_THUMBS_KEPT 1024
struct ui_collected {
    struct {
        int64_t number;
        int side; // pixels
        SDL_Texture *texture;
    } kept[UI_THUMBS_KEPT];
    float top;              // points that are scrolled out of sight
    int64_t cursor;         // number of the picture that was last brought into sight
    int first_seen, n_seen; // pictures
    int side_px;
};
void ui_collected_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                       struct ui_collected *page);
void ui_collected_finish(struct ui_collected *page);

// The picture that a key of direction (SDLK_LEFT, SDLK_HOME, SDLK_PAGEDOWN and so on) leads to from
// the cursor, on a page of so many columns and rows. -1: another key, or nothing is there.
int ui_collected_step(const struct ui_album *album, int columns, int rows, SDL_Keycode key);

// The pictures that hurt, on the page "Under the hood": the height they need in a box of width w;
// what of it is to be in sight for the one under the cursor, from the top, empty where there is
// none. pictures: [2], of the user and of others.
float ui_worst_height(struct ui_canvas *c, const struct ui_view *view, float w);
struct ui_box ui_worst_sight(struct ui_canvas *c, const struct ui_view *view, float w);
void ui_worst_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                   struct ui_picture *pictures);

// A key on that page. Left and right move *cursor (0: none yet, else 1 + a picture's number as in
// UI_TAKE_OUT); Del takes the picture out, Ins all left out back. False where the page has no use
// for the key; else *action is what is to be done, UI_NONE where that is nothing.
bool ui_worst_key(const struct ui_view *view, SDL_Keycode key, int *cursor,
                  struct ui_action *action);

// "Under the hood". worst: [2], as `pictures` above. Zero-initialise.
struct ui_hood {
    struct ui_plot scores, det;
    float top;  // as of ui_page_scroll()
    int cursor; // as view.cursor, when it was last brought into sight
};
void ui_hood_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_hood *hood, struct ui_picture *worst);
void ui_hood_finish(struct ui_hood *hood);

// The camera's page. Zero-initialise.
struct ui_camera_page {
    int first; // row in sight
};
void ui_camera_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                    struct ui_camera_page *page, struct ui_picture *picture);

// A key on that page. Arrows move *cursor (0: none yet) and change what it is on, five times as
// much with `leap`; Enter takes it. False where the page has no use for the key; else *action is
// what is to be done, UI_NONE where that is nothing.
bool ui_camera_key(const struct ui_view *view, SDL_Keycode key, bool leap, int *cursor,
                   struct ui_action *action);

// The value of a control (enum ui_control_id) that its slider has at `place`, 0..1 from its left
// end.
int ui_camera_value_at(const struct ui_view *view, int id, float place);

// "Other people". Zero-initialise.
struct ui_people_page {
    int first, n_used;        // of the folders in use: the first one in sight, and how many are
    int cursor;               // that was last brought into sight
    int first_row, n_rows;    // of the browser, alike
    int row_cursor, all_rows; // that were drawn last,
    char dir[UI_PATH];        // of this folder
    struct ui_picture used[UI_FOLDERS], glance;
};
void ui_people_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                    struct ui_people_page *page);
void ui_people_finish(struct ui_people_page *page);

// A key on that page, of whose list `rows` are in sight. False where the page has no use for it;
// else *action is what is to be done, UI_NONE where that is nothing, as where a key that does more
// than to move the cursor is held.
bool ui_people_key(const struct ui_view *view, SDL_Keycode key, bool repeat, int rows,
                   struct ui_action *action);

// The page's parts. has_keys: keys are for this one.
void ui_used_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_people_page *page, bool has_keys);
void ui_browse_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                    struct ui_people_page *page, bool has_keys);

// What these share. How many pictures, as shortly as there is room for, of `folders`, of which
// `persons` have several; `how` stands before it: "about ", "at least ", "".
void ui_count_draw(struct ui_canvas *c, struct ui_box row, const char *how, int pictures,
                   int folders, int persons);
// A line with a warning sign; what is skipped and why, in as many lines as there is room for.
void ui_note_draw(struct ui_canvas *c, struct ui_box row, SDL_Color mark, SDL_Color ink,
                  const char *const *texts);
void ui_skipped_draw(struct ui_canvas *c, struct ui_box box, int skipped, const char *why);

#endif
