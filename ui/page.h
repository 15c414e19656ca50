// SPDX-License-Identifier: MIT
// The pages that stand where the picture is, when they are open: each has a card of its own in the
// stage's place, is drawn into a box of any size, and leaves out what does not fit. Main thread.
#ifndef VISAVIS_UI_PAGE_H
#define VISAVIS_UI_PAGE_H

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

#endif
