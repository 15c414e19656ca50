// SPDX-License-Identifier: MIT
// The zones of a drawn frame as a whole: the way of the Tab key through them, and their names.
// Main thread.
#ifndef VISAVIS_UI_ZONES_H
#define VISAVIS_UI_ZONES_H

#include "ui/canvas.h"

// The zone among those drawn last that does the same as `zone`, the nearest if there are several;
// NULL: none.
const struct ui_zone *ui_zone_find(const struct ui_canvas *canvas, const struct ui_zone *zone);

// The next one (way 1) or the one before (-1) that the Tab key stops at, around the ends: nothing
// under an overlay, and nothing that has keys of its own (small pictures, sliders). One that its
// page can be scrolled to counts. From the first or the last where `from` isn't there. NULL: there
// is none.
const struct ui_zone *ui_zone_step(const struct ui_canvas *canvas, const struct ui_zone *from,
                                   int way);

// A ring around canvas->focus, if it is there.
void ui_focus_draw(struct ui_canvas *canvas);

// Whether a click into its middle reaches it: nothing lies over it.
bool ui_zone_in_reach(const struct ui_canvas *canvas, const struct ui_zone *zone);

// A word for scripts: "train", "page", "threshold_line". NULL: it does nothing by itself.
const char *ui_zone_name(int kind);

#endif
