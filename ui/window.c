// SPDX-License-Identifier: MIT
// DESIGN: a window is a renderer, what draws on it (canvas, screen) and what comes back from it
// (input). Without a display the renderer is SDL's software one on a surface; all else is the same
// code, and SDL's video is not even started. Scale: the one that was asked for; else SDL's own
// ratio of pixels to window units where the desktop has one (Wayland), else the desktop's (X11);
// times the size of the text that the user has chosen.
//
// OpenGL without a graphics card (Mesa's llvmpipe, in virtual machines and remote desktops) takes
// four times the processor time of SDL's own software renderer for what is drawn here, and a
// training wants that time: so it is asked who draws, and SDL's renderer taken instead, where there
// is one: not on Wayland.
//
// ui_window_wake() pushes one user event and sets `waking`; until that event was taken, further
// calls do nothing, so that a camera's rate never fills SDL's queue.
#include "ui/window.h"

#include "core/base/clock.h"
#include "ui/desktop.h"
#include "ui/icon.h"
#include "ui/input.h"
#include "ui/screen.h"
#include "ui/zones.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

#define MIN_W 480 // points
#define MIN_H 360
#define ICON  64 // pixels

struct ui_window {
    SDL_Window *window;   // NULL: offscreen
    SDL_Surface *surface; // NULL: on the screen
    SDL_Renderer *renderer;
    Uint32 subsystem;    // of SDL, that it started
    bool waits;          // showing what was drawn waits for the screen's refresh
    int64_t drawn_ns;    // as ui_window_drawn_ns()
    float scale;         // pixels a point, as asked for; 0: automatic
    float desktop_scale; // pixels a point then, where SDL's ratio is 1
    struct ui_canvas canvas;
    struct ui_screen screen;
    struct ui_input input;
    Uint32 wake_event;
    atomic_bool waking; // a wake event is in SDL's queue
};

// What SDL has to know before it starts. Values that the user has set stay.
static void set_hints(void)
{
    SDL_SetHint(SDL_HINT_APP_NAME, "visavis");
    // By its id the desktop finds the window's desktop entry, and with it the icon.
    SDL_setenv("SDL_VIDEO_X11_WMCLASS", VISAVIS_APP_ID, 0);
    SDL_setenv("SDL_VIDEO_WAYLAND_WMCLASS", VISAVIS_APP_ID, 0);
    SDL_SetHint("SDL_APP_ID", VISAVIS_APP_ID); // where SDL 2 is a layer over SDL 3
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"); // SDL's software renderer, through OpenGL
}

static int start_events(struct err *err)
{
    if (SDL_InitSubSystem(SDL_INIT_EVENTS) < 0)
        return err_set(err, ERR_DATA, "SDL does not start: %s", SDL_GetError());
    return 0;
}

// Everything but the window and its renderer.
static int begin(struct ui_window **out, Uint32 subsystem, struct err *err)
{
    struct ui_window *window = calloc(1, sizeof *window);
    if (!window)
        return err_memory(err, "window");
    set_hints();
    int ret = subsystem == SDL_INIT_VIDEO ? ui_desktop_start(err) : start_events(err);
    if (ret < 0) {
        free(window);
        return ret;
    }
    window->subsystem = subsystem;
    window->input.mouse_x = window->input.mouse_y = -1;
    window->wake_event = SDL_RegisterEvents(1);
    *out = window;
    return 0;
}

static bool is_emulated_opengl(SDL_Renderer *renderer)
{
    const unsigned gl_renderer = 0x1f01;
    const char *const emulators[] = {"llvmpipe", "softpipe", "swrast", "Software Rasterizer"};
    const char *(*get_string)(unsigned name);
    SDL_RendererInfo info;
    if (SDL_GetRendererInfo(renderer, &info) < 0 || SDL_strncmp(info.name, "opengl", 6) != 0)
        return false;
    void *function = SDL_GL_GetProcAddress("glGetString");
    SDL_memcpy(&get_string, &function, sizeof get_string);
    const char *name = function ? get_string(gl_renderer) : NULL;
    for (size_t i = 0; name && i < SDL_arraysize(emulators); i++)
        if (SDL_strstr(name, emulators[i]))
            return true;
    return false;
}

static SDL_Renderer *open_renderer(SDL_Window *window)
{
    const Uint32 flags = SDL_RENDERER_ACCELERATED | SDL_RENDERER_PRESENTVSYNC;
    SDL_Renderer *renderer = SDL_CreateRenderer(window, -1, flags);
    const char *chosen = SDL_GetHint(SDL_HINT_RENDER_DRIVER);
    if (renderer && ((chosen && *chosen) || !is_emulated_opengl(renderer)))
        return renderer;
    if (renderer)
        SDL_DestroyRenderer(renderer);
    renderer = SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
    return renderer ? renderer : SDL_CreateRenderer(window, -1, flags);
}

static bool waits_for_refresh(SDL_Renderer *renderer)
{
    SDL_RendererInfo info;
    return SDL_GetRendererInfo(renderer, &info) == 0 && info.flags & SDL_RENDERER_PRESENTVSYNC;
}

// Pixels for a unit of SDL's window coordinates.
static float unit_pixels(const struct ui_window *window, int *w_px, int *h_px)
{
    int w = 0;
    SDL_GetRendererOutputSize(window->renderer, w_px, h_px);
    if (window->window)
        SDL_GetWindowSize(window->window, &w, NULL);
    return w > 0 ? (float)*w_px / (float)w : 1;
}

// Pixels a point at the usual size of the text.
static float base_scale(const struct ui_window *window, float pixels)
{
    if (window->scale > 0)
        return window->scale;
    return fabsf(pixels - 1) > 0.01f ? pixels : window->desktop_scale;
}

float ui_window_text_most(const struct ui_window *window)
{
    int w = 1, h = 1;
    float scale = base_scale(window, unit_pixels(window, &w, &h));
    return fmaxf(fminf((float)w / (scale * MIN_W), (float)h / (scale * MIN_H)), 1);
}

// Pixels a point.
static float scale_for(const struct ui_window *window, const struct ui_view *view, float pixels)
{
    float size = view->text_size > 0 ? view->text_size : 1;
    return base_scale(window, pixels) * fminf(size, ui_window_text_most(window));
}

// Gives the window its size, w x h points, as far as there is room for it.
static void place(struct ui_window *window, int w, int h)
{
    int w_px, h_px;
    float pixels = unit_pixels(window, &w_px, &h_px);
    float units = base_scale(window, pixels) / pixels;
    SDL_Rect at = ui_desktop_place((int)lroundf((float)w * units), (int)lroundf((float)h * units));
    SDL_SetWindowMinimumSize(window->window, SDL_min((int)(MIN_W * units), at.w),
                             SDL_min((int)(MIN_H * units), at.h));
    SDL_SetWindowSize(window->window, at.w, at.h);
    SDL_SetWindowPosition(window->window, at.x, at.y);
}

// Wayland has no such thing and goes by the id; nor does it matter where it fails.
static void set_icon(SDL_Window *window)
{
    SDL_Surface *icon = ui_icon_draw(ICON);
    if (icon)
        SDL_SetWindowIcon(window, icon);
    SDL_FreeSurface(icon);
}

static int open_window(struct ui_window *window, int w, int h, struct err *err)
{
    window->window =
        SDL_CreateWindow("visavis", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, w, h,
                         SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI | SDL_WINDOW_HIDDEN);
    if (!window->window)
        return err_set(err, ERR_USAGE, "no window: %s; without one, use --headless",
                       SDL_GetError());
    window->renderer = open_renderer(window->window);
    if (!window->renderer)
        return err_set(err, ERR_USAGE, "nothing can be drawn: %s; try --headless", SDL_GetError());
    window->waits = waits_for_refresh(window->renderer);
    place(window, w, h);
    set_icon(window->window);
    SDL_ShowWindow(window->window);
    SDL_EnableScreenSaver();
    SDL_StopTextInput(); // input methods would swallow the keys
    SDL_EventState(SDL_DROPFILE, SDL_ENABLE);
    SDL_EventState(SDL_DROPTEXT, SDL_ENABLE);
    return 0;
}

int ui_window_create(struct ui_window **out, int w, int h, float scale, struct err *err)
{
    struct ui_window *window;
    int ret = begin(&window, SDL_INIT_VIDEO, err);
    if (ret < 0)
        return ret;
    window->scale = scale;
    window->desktop_scale = ui_desktop_scale();
    ret = open_window(window, w, h, err);
    if (ret == 0)
        ret = ui_canvas_init(&window->canvas, window->renderer, window->desktop_scale, err);
    if (ret < 0) {
        ui_window_destroy(window);
        return ret;
    }
    *out = window;
    return 0;
}

int ui_window_create_offscreen(struct ui_window **out, int w, int h, float scale, struct err *err)
{
    struct ui_window *window;
    int ret = begin(&window, SDL_INIT_EVENTS, err);
    if (ret < 0)
        return ret;
    window->scale = scale > 0 ? scale : 1;
    window->surface = SDL_CreateRGBSurfaceWithFormat(0, w, h, 32, SDL_PIXELFORMAT_ARGB8888);
    window->renderer = window->surface ? SDL_CreateSoftwareRenderer(window->surface) : NULL;
    ret = window->renderer ? ui_canvas_init(&window->canvas, window->renderer, window->scale, err)
                           : err_memory(err, "picture of the window");
    if (ret < 0) {
        ui_window_destroy(window);
        return ret;
    }
    *out = window;
    return 0;
}

void ui_window_destroy(struct ui_window *window)
{
    if (!window)
        return;
    ui_screen_finish(&window->screen);
    ui_canvas_finish(&window->canvas);
    if (window->renderer)
        SDL_DestroyRenderer(window->renderer);
    if (window->window)
        SDL_DestroyWindow(window->window);
    SDL_FreeSurface(window->surface);
    SDL_QuitSubSystem(window->subsystem);
    if (SDL_WasInit(0) == 0)
        SDL_Quit();
    free(window);
}

static void paint(struct ui_window *window, const struct ui_view *view)
{
    int w = 1, h = 1;
    float pixels = unit_pixels(window, &w, &h);
    struct ui_canvas *canvas = &window->canvas;
    canvas->theme = view->light ? &ui_theme_light : &ui_theme_dark;
    ui_canvas_begin(canvas, w, h, scale_for(window, view, pixels));
    canvas->mouse_x = window->input.mouse_x;
    canvas->mouse_y = window->input.mouse_y;
    canvas->pressed = window->input.pressed;
    canvas->focus = window->input.focus;
    canvas->scrolled = truncf(window->input.wheel);
    window->input.wheel -= canvas->scrolled;
    canvas->leap = window->input.leap;
    window->input.leap = 0;
    ui_screen_draw(&window->screen, canvas, view);
}

void ui_window_draw(struct ui_window *window, const struct ui_view *view)
{
    const Uint32 unseen = SDL_WINDOW_MINIMIZED | SDL_WINDOW_HIDDEN;
    int64_t start_ns = clock_now_ns();
    window->drawn_ns = 0;
    if (window->window && SDL_GetWindowFlags(window->window) & unseen)
        return;
    paint(window, view);
    if (window->waits) {
        SDL_RenderFlush(window->renderer);
        window->drawn_ns = clock_now_ns() - start_ns;
    }
    SDL_RenderPresent(window->renderer);
    if (!window->waits)
        window->drawn_ns = clock_now_ns() - start_ns;
}

int64_t ui_window_drawn_ns(const struct ui_window *window)
{
    return window->drawn_ns;
}

int ui_window_shot(struct ui_window *window, const struct ui_view *view, struct img *out,
                   struct err *err)
{
    paint(window, view);
    int w = 0, h = 0;
    SDL_GetRendererOutputSize(window->renderer, &w, &h);
    int ret = img_reserve(out, w, h, err);
    if (ret < 0)
        return ret;
    if (SDL_RenderReadPixels(window->renderer, NULL, SDL_PIXELFORMAT_RGB24, out->px, 3 * w) < 0)
        return err_set(err, ERR_DATA, "no picture of the window: %s", SDL_GetError());
    SDL_RenderPresent(window->renderer);
    return 0;
}

static void handle(struct ui_window *window, const struct ui_view *view, const SDL_Event *event)
{
    if (event->type == window->wake_event) {
        atomic_store(&window->waking, false);
        return;
    }
    int w = 1, h = 1;
    float pixels = unit_pixels(window, &w, &h);
    ui_input_event(&window->input, event, view, &window->canvas,
                   pixels / scale_for(window, view, pixels));
    if (event->type == SDL_DROPFILE || event->type == SDL_DROPTEXT)
        SDL_free(event->drop.file);
}

// SDL_PollEvent() would stop at a mark of its own and leave what came behind it for the next call.
static bool take_event(SDL_Event *event)
{
    return SDL_PeepEvents(event, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1;
}

bool ui_window_poll(struct ui_window *window, const struct ui_view *view, int timeout_ms,
                    struct ui_action *action)
{
    if (ui_input_next(&window->input, action))
        return true;
    SDL_Event event;
    SDL_PumpEvents();
    bool some = take_event(&event) || (timeout_ms > 0 && SDL_WaitEventTimeout(&event, timeout_ms));
    for (; some; some = take_event(&event)) {
        handle(window, view, &event);
        if (ui_input_next(&window->input, action))
            return true;
    }
    return false;
}

void ui_window_answer(struct ui_window *window, int index, const char *fault)
{
    ui_input_answer(&window->input, index, fault);
}

void ui_window_fill(struct ui_window *window, struct ui_view *view)
{
    struct ui_input *input = &window->input;
    if (view->page == UI_PAGE_HOOD && view->worst_number != input->worst_number)
        input->cursor = 0; // a training has ended: other pictures stand in that place
    input->worst_number = view->worst_number;
    view->typing = input->typing;
    view->cursor = input->cursor;
    view->text_size = fminf(view->text_size, ui_window_text_most(window));
    view->caret = (int)input->line.caret;
    view->typed_all = input->line.all;
    view->typing_waits = input->waits;
    _Static_assert(sizeof view->typing_fault >= sizeof input->fault, "what is wrong is cut");
    SDL_strlcpy(view->typing_fault, input->fault, sizeof view->typing_fault);
    _Static_assert(sizeof view->typed >= sizeof window->input.line.text, "typed text is cut");
    SDL_strlcpy(view->typed, window->input.line.text, sizeof view->typed);
    const struct ui_collected *page = &window->screen.collected;
    view->album.first_seen = page->first_seen;
    view->album.n_seen = page->n_seen;
    view->album.side_px = page->side_px;
    view->people.first_seen = window->screen.people.first_row;
    view->people.n_seen = window->screen.people.n_rows;
}

int ui_window_places(const struct ui_window *window, const struct ui_view *view,
                     struct ui_place *places, int max)
{
    int w = 1, h = 1, n = 0;
    float pixels = unit_pixels(window, &w, &h), units = scale_for(window, view, pixels) / pixels;
    const struct ui_canvas *canvas = &window->canvas;
    for (int i = 0; i < canvas->n_zones && n < max; i++) {
        const struct ui_zone *z = &canvas->zone[i];
        const char *does = ui_zone_name(z->kind);
        if (does && ui_zone_in_reach(canvas, z))
            places[n++] = (struct ui_place){does,
                                            z->key,
                                            z->index,
                                            z->amount,
                                            z->box.x * units,
                                            z->box.y * units,
                                            z->box.w * units,
                                            z->box.h * units};
    }
    return n;
}

void ui_window_wake(struct ui_window *window)
{
    if (atomic_exchange(&window->waking, true))
        return;
    SDL_Event event = {.type = window->wake_event};
    if (SDL_PushEvent(&event) != 1)
        atomic_store(&window->waking, false);
}

void ui_window_set_fullscreen(struct ui_window *window, bool on)
{
    if (window->window)
        SDL_SetWindowFullscreen(window->window, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
}
