// SPDX-License-Identifier: MIT
// What there is to be asked of the desktop before a window is on it. Main thread.
#ifndef VISAVIS_UI_DESKTOP_H
#define VISAVIS_UI_DESKTOP_H

#include "core/base/err.h"

#include <SDL.h>

// Starts SDL's video on the display of the environment. Errors: ERR_USAGE (there is none, or it
// does not answer), and then nothing is started.
int ui_desktop_start(struct err *err);

// Pixels a point on an X11 display, 1..4. Elsewhere 1: SDL has a ratio of its own there.
float ui_desktop_scale(void);

// Where a window of w x h goes: in the middle of what the panels leave free of the first display,
// made smaller if it is larger than that. In SDL's window coordinates.
SDL_Rect ui_desktop_place(int w, int h);

#endif
