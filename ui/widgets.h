// SPDX-License-Identifier: MIT
// What the parts of the screen are put together from: labels, buttons, key caps, pills, bars and
// cards. Points throughout. Main thread.
#ifndef VISAVIS_UI_WIDGETS_H
#define VISAVIS_UI_WIDGETS_H

#include "ui/canvas.h"

enum ui_align { UI_LEFT, UI_CENTRE, UI_RIGHT };

// One line, centred in height, elided at its end to the box's width. Returns the width drawn.
float ui_label(struct ui_canvas *c, struct ui_box box, enum ui_type type, enum ui_align align,
               SDL_Color colour, const char *s);

// Alike, but a path: left, elided at its start.
float ui_label_path(struct ui_canvas *c, struct ui_box box, enum ui_type type, SDL_Color colour,
                    const char *s);

// The first of the texts (up to NULL) that fits, else the last one, elided.
float ui_label_fit(struct ui_canvas *c, struct ui_box box, enum ui_type type, enum ui_align align,
                   SDL_Color colour, const char *const *alternatives);

float ui_label_width(struct ui_canvas *c, enum ui_type type, const char *s);
float ui_line_height(struct ui_canvas *c, enum ui_type type);

// Several lines from the top of the box, as many as fit into it. Returns the height used.
float ui_paragraph(struct ui_canvas *c, struct ui_box box, enum ui_type type, enum ui_align align,
                   SDL_Color colour, const char *s);

// The height ui_paragraph() would use in a box of that width, for at most max_lines.
float ui_paragraph_height(struct ui_canvas *c, enum ui_type type, float w, int max_lines,
                          const char *s);

// A key as it is printed on a keyboard, at the left of `box`; returns its width.
float ui_keycap(struct ui_canvas *c, struct ui_box box, const char *key);
float ui_keycap_width(struct ui_canvas *c, const char *key);

struct ui_button {
    const char *key;     // shown as a key cap; NULL: none
    const char *label;   // NULL: none
    bool primary;        // the thing to do next
    bool on;             // what it does is so now: underlined
    struct ui_zone zone; // what it does; the box is filled in
};

// Draws it in `box`. The label is left out when it doesn't fit beside the key.
void ui_button(struct ui_canvas *c, struct ui_box box, const struct ui_button *button);
float ui_button_width(struct ui_canvas *c, const struct ui_button *button);

// Draws it at the right end of *row and cuts that off, with a gap. Where the row would keep less
// than `keep` it is drawn as the key cap alone.
void ui_button_right(struct ui_canvas *c, struct ui_box *row, const struct ui_button *button,
                     float keep);

// The colour of a control that does `zone`, by mouse: at rest, hovered, pressed.
SDL_Color ui_control_colour(const struct ui_canvas *c, const struct ui_zone *zone);

// Something that is on or off, at the left of `box`, with the word for it; a click does `zone`.
void ui_switch(struct ui_canvas *c, struct ui_box box, bool on, struct ui_zone zone);

// A small button with a plus (`up`) or a minus, which does `zone`.
void ui_step_button(struct ui_canvas *c, struct ui_box box, bool up, struct ui_zone zone);

// One of several things to choose from: the chosen one is filled, bold and has a check mark.
void ui_choice(struct ui_canvas *c, struct ui_box box, const char *label, bool chosen,
               struct ui_zone zone);

// A track with a knob at `place`, 0..1, of the whole box's length; `zone` becomes the box.
void ui_slider(struct ui_canvas *c, struct ui_box box, float place, struct ui_zone zone);

// A rounded box with an edge.
void ui_panel(struct ui_canvas *c, struct ui_box box, float radius, SDL_Color fill, SDL_Color edge);

// A short text in a rounded box, with an icon before it unless `icon` < 0. Returns its box; `at` is
// where its `align` end (or centre) goes, vertically centred.
struct ui_box ui_pill(struct ui_canvas *c, float x, float y, enum ui_align align, enum ui_type type,
                      SDL_Color fill, SDL_Color ink, int icon, const char *s, float max_w);

// A horizontal bar filled to `part` (0..1).
void ui_bar(struct ui_canvas *c, struct ui_box box, float part, SDL_Color colour);

// At the right edge of a list, which is cut off it: which `rows` of n are in sight, from `first`
// on. Nothing where all are.
void ui_scroll_thumb(struct ui_canvas *c, struct ui_box *box, int first, int rows, int n);

// A card with its title; returns what is inside, and in *head the rest of the title's row, for
// buttons. `key`, shown before the title, opens `page`, and so does a click on either; NULL: no
// page belongs to it.
struct ui_box ui_card(struct ui_canvas *c, struct ui_box box, const char *key, const char *title,
                      enum ui_page page, struct ui_box *head);

#endif
