// SPDX-License-Identifier: MIT
// What the parts of the screen draw on. Everything is given in points (pixels / scale) and lands
// on whole pixels. Boxes are taken apart from the outside in: cut a strip off, draw in it, go on
// with the rest. While drawing, the places that can be clicked are noted as zones. Main thread.
#ifndef VISAVIS_UI_CANVAS_H
#define VISAVIS_UI_CANVAS_H

#include "ui/shapes.h"
#include "ui/text.h"
#include "ui/theme.h"
#include "ui/view.h"

#define UI_ZONES 640

struct ui_box {
    float x, y, w, h; // points
};

// What a zone does that is not an enum ui_action_kind.
enum ui_zone_kind {
    UI_ZONE_TYPE = 1000, // begin typing a folder's path
    UI_ZONE_ACCEPT,      // end it: take the path
    UI_ZONE_CANCEL,
    UI_ZONE_SCROLL,    // turns the wheel into ui_canvas.scrolled
    UI_ZONE_THRESHOLD, // dragging sets it: 0 at the box's left end, 1 at its right one
    UI_ZONE_SLIDER,    // alike, of the control `index`
    UI_ZONE_SECTION,   // chooses all of the section of the picture `index`
    UI_ZONE_WORST,     // chooses the picture `index` of those that hurt
    UI_ZONE_BLOCK,     // nothing: keeps clicks from what it covers
};

struct ui_zone {
    struct ui_box box; // what of it is in sight
    int kind;          // enum ui_action_kind or enum ui_zone_kind
    char key;
    int index;
    float amount;
    float hidden; // points to scroll its page by until all of it is in sight, down is positive
};

struct ui_canvas {
    SDL_Renderer *renderer; // borrowed
    struct ui_text *text;   // owned
    struct ui_shapes shapes;
    const struct ui_theme *theme;
    float scale;         // pixels a point
    struct ui_box whole; // the window
    // The mouse, points; outside of the window when it is elsewhere or what is drawn now lies
    // under an overlay
    float mouse_x, mouse_y;
    struct ui_zone pressed; // kind UI_NONE: nothing is
    struct ui_zone focus;   // what the Tab key is on; kind UI_NONE: nothing
    float scrolled;         // rows the wheel was turned over a UI_ZONE_SCROLL, down is positive
    float leap;             // points that keys scroll the page by, alike
    float page_h;           // what is in sight of the page, where that is less than all; else 0
    int columns, rows;      // of the pictures in sight, on a page of them; else 0
    struct ui_box clip;     // nothing is painted or clicked outside
    struct ui_zone zone[UI_ZONES]; // the last one that holds a point is on top
    int n_zones;
};

// Errors: as ui_text_create().
int ui_canvas_init(struct ui_canvas *canvas, SDL_Renderer *renderer, float scale, struct err *err);
// Fine on a zero-initialised one.
void ui_canvas_finish(struct ui_canvas *canvas);

// Starts a frame: size in pixels, no zones, background painted.
void ui_canvas_begin(struct ui_canvas *canvas, int w_px, int h_px, float scale);

// Boxes. The cut functions return the strip and leave the rest in *box; never more than there is.
struct ui_box ui_inset(struct ui_box box, float x, float y);
struct ui_box ui_cut_top(struct ui_box *box, float h);
struct ui_box ui_cut_bottom(struct ui_box *box, float h);
struct ui_box ui_cut_left(struct ui_box *box, float w);
struct ui_box ui_cut_right(struct ui_box *box, float w);
struct ui_box ui_centred(struct ui_box box, float w, float h);
bool ui_inside(struct ui_box box, float x, float y);
SDL_Rect ui_pixels(const struct ui_canvas *canvas, struct ui_box box);

// Painting.
void ui_fill(struct ui_canvas *canvas, struct ui_box box, SDL_Color colour);
void ui_fill_round(struct ui_canvas *canvas, struct ui_box box, float radius, SDL_Color colour);
// The outline, inside of the box.
void ui_ring_round(struct ui_canvas *canvas, struct ui_box box, float radius, float line,
                   SDL_Color colour);
// Paints what lies between the box and its rounded form: gives pictures round corners.
void ui_mask_round(struct ui_canvas *canvas, struct ui_box box, float radius, SDL_Color colour);
// An icon as large as fits, centred.
void ui_icon(struct ui_canvas *canvas, struct ui_box box, enum ui_shape icon, SDL_Color colour);

void ui_clip(struct ui_canvas *canvas, struct ui_box box);
void ui_unclip(struct ui_canvas *canvas);
// Whether any of it is within that.
bool ui_in_sight(const struct ui_canvas *canvas, struct ui_box box);

// Zones. One is cut to what is in sight of it; `hidden` is filled in.
void ui_zone_add(struct ui_canvas *canvas, struct ui_zone zone);
// The top one there, or NULL.
const struct ui_zone *ui_zone_at(const struct ui_canvas *canvas, float x, float y);
// Rows the wheel was turned over `box`, whose zone is an UI_ZONE_SCROLL; down is positive.
int ui_scrolled(const struct ui_canvas *canvas, struct ui_box box);
// Whether both are the same thing to click, wherever it is now.
bool ui_zone_same(const struct ui_zone *a, const struct ui_zone *b);

#endif
