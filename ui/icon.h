// SPDX-License-Identifier: MIT
// The program's icon as a picture of any size, for the window: X11 desktops that don't know the
// installed icon (a window manager without desktop entries, a program that runs from its build
// folder) show this one.
#ifndef VISAVIS_UI_ICON_H
#define VISAVIS_UI_ICON_H

#include <SDL.h>

// What assets/icon.svg shows, `size` x `size` pixels (>= 1), ARGB8888, transparent around it.
// The caller's (SDL_FreeSurface); NULL without memory. Any thread.
SDL_Surface *ui_icon_draw(int size);

#endif
