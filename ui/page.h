// SPDX-License-Identifier: MIT
// The pages that stand where the picture is, when they are open: each has a card of its own in the
// stage's place, is drawn into a box of any size, and leaves out what does not fit. Main thread.
#ifndef VISAVIS_UI_PAGE_H
#define VISAVIS_UI_PAGE_H

#include "ui/picture.h"
#include "ui/plot.h"
#include "ui/widgets.h"

// The card with its title and a button that closes it; returns what is inside, and in *head the
// rest of the title's row.
struct ui_box ui_page_card(struct ui_canvas *c, struct ui_box box, enum ui_page page,
                           const char *title, struct ui_box *head);

// "Under the hood". Zero-initialise.
struct ui_hood {
    struct ui_plot scores, det;
};
void ui_hood_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_hood *hood);
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

#endif
