// SPDX-License-Identifier: MIT
// What to do next, told in the bar at the bottom.
#ifndef VISAVIS_UI_HINT_H
#define VISAVIS_UI_HINT_H

#include "ui/view.h"

// The one next thing to do, as all of the view but `hint` has it; a line, never NULL.
const char *ui_hint(const struct ui_view *view);

#endif
