// SPDX-License-Identifier: MIT
// What to do next, told in the bar at the bottom.
#ifndef VISAVIS_UI_HINT_H
#define VISAVIS_UI_HINT_H

#include "ui/view.h"

#define UI_LEAST 2 // pictures of a kind for a training: one to learn from, one to measure on

// The one next thing to do, as all of the view but `hint` has it, in a line; where a page covers a
// training, how that goes on.
void ui_hint(const struct ui_view *view, char out[UI_TEXT]);

// Whether there are pictures of others, enough to train on; folders that are not counted yet may
// hold some.
bool ui_has_others(const struct ui_view *view);

#endif
