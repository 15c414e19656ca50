// SPDX-License-Identifier: MIT
// DESIGN: X11 has no scale of its own. Its desktops tell theirs as the resource Xft.dpi, 96 being
// 1, which is what their other programs go by. SDL's dpi is another one: with XRandR it is measured
// from the size that the screen claims to have. So Xlib is asked, on a connection of its own; it is
// loaded already where SDL draws on X11, and nowhere else is it needed, thus not linked either.
// Without the resource the rule is: twice the size on screens of 192 dpi and more.
#include "ui/desktop.h"

#include <math.h>
#include <stdbool.h>

#define HIGH_DPI        192
#define HIGH_DPI_HEIGHT 1200 // pixels the screen must have besides: projectors lie about their dpi
#define TITLE_BAR       40   // kept free above a window as high as the screen

static const char *setting(const char *name)
{
    const char *value = SDL_getenv(name);
    return value && *value ? value : NULL;
}

// SDL falls back to drivers that show nothing when the display does not answer.
static bool shows_nothing(const char *driver)
{
    const char *const unseen[] = {"offscreen", "dummy", "evdev"};
    for (size_t i = 0; driver && i < SDL_arraysize(unseen); i++)
        if (SDL_strcmp(driver, unseen[i]) == 0)
            return true;
    return false;
}

int ui_desktop_start(struct err *err)
{
    const char *driver = setting("SDL_VIDEODRIVER"), *display = setting("WAYLAND_DISPLAY");
    if (setting("DISPLAY"))
        display = setting("DISPLAY");
    if (!driver && !display)
        return err_set(err, ERR_USAGE,
                       "no display (neither DISPLAY nor WAYLAND_DISPLAY is set): start it in a "
                       "desktop session, or with --headless");
    bool started = SDL_InitSubSystem(SDL_INIT_VIDEO) == 0;
    if (started && (driver || !shows_nothing(SDL_GetCurrentVideoDriver())))
        return 0;
    if (started)
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    return err_set(err, ERR_USAGE, "cannot open the display %s%s: --headless works without one",
                   driver ? "with SDL_VIDEODRIVER=" : "", driver ? driver : display);
}

static bool load(void *library, const char *name, void *function)
{
    void *found = SDL_LoadFunction(library, name);
    SDL_memcpy(function, &found, sizeof found);
    return found != NULL;
}

// The resource Xft.dpi of the X server; 0 if it is not set.
static float xft_dpi(void)
{
    void *(*open_display)(const char *name);
    char *(*get_default)(void *display, const char *program, const char *option);
    int (*close_display)(void *display);
    float dpi = 0;
    void *xlib = SDL_LoadObject("libX11.so.6");
    if (!xlib)
        return 0;
    void *display = load(xlib, "XOpenDisplay", &open_display) &&
                            load(xlib, "XGetDefault", &get_default) &&
                            load(xlib, "XCloseDisplay", &close_display)
                        ? open_display(NULL)
                        : NULL;
    if (display) {
        const char *value = get_default(display, "Xft", "dpi");
        dpi = value ? (float)SDL_atof(value) : 0;
        close_display(display);
    }
    SDL_UnloadObject(xlib);
    return dpi;
}

static bool is_fine_screen(void)
{
    float dpi;
    SDL_DisplayMode mode;
    return SDL_GetDisplayDPI(0, &dpi, NULL, NULL) == 0 &&
           SDL_GetDesktopDisplayMode(0, &mode) == 0 && dpi >= HIGH_DPI && mode.h >= HIGH_DPI_HEIGHT;
}

float ui_desktop_scale(void)
{
    const char *driver = SDL_GetCurrentVideoDriver();
    if (!driver || SDL_strcmp(driver, "x11") != 0)
        return 1;
    float dpi = xft_dpi();
    if (!(dpi > 0))
        return is_fine_screen() ? 2 : 1;
    return SDL_clamp(roundf(dpi / 96 * 4) / 4, 1.0f, 4.0f);
}

SDL_Rect ui_desktop_place(int w, int h)
{
    SDL_Rect room;
    if (SDL_GetDisplayUsableBounds(0, &room) < 0)
        return (SDL_Rect){0, 0, w, h};
    if (h > room.h)
        h = SDL_max(room.h - TITLE_BAR, 1);
    w = SDL_min(w, room.w);
    return (SDL_Rect){room.x + (room.w - w) / 2, room.y + (room.h - h) / 2, w, h};
}
