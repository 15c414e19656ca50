// SPDX-License-Identifier: MIT
// The window: SDL2, one thread (the one that made it, which must be the main thread). Draws a
// struct ui_view and turns keys, mouse and drops into actions.
#ifndef VISAVIS_UI_WINDOW_H
#define VISAVIS_UI_WINDOW_H

#include "core/base/err.h"
#include "ui/view.h"

struct ui_window;

// Opens a window of w x h points (480x360 at least), or as large as the screen has room for.
// `scale`: pixels a point, 1..4; 0: as the desktop has it. Errors: ERR_USAGE (no display, or it
// does not answer: the remedy names --headless), ERR_DATA (no font), ERR_MEMORY.
int ui_window_create(struct ui_window **out, int w, int h, float scale, struct err *err);

// The same picture without a display: draws into memory, w x h pixels at `scale` pixels a point
// (0: 1). Takes no events.
int ui_window_create_offscreen(struct ui_window **out, int w, int h, float scale, struct err *err);
void ui_window_destroy(struct ui_window *window);

// Draws one frame and shows it. Uploads view->frame only when its number changed.
void ui_window_draw(struct ui_window *window, const struct ui_view *view);

// How long the last ui_window_draw() took, without its wait for the screen's next refresh; 0: it
// drew nothing, as nobody would see it.
int64_t ui_window_drawn_ns(const struct ui_window *window);

// Waits up to timeout_ms for something to happen, then returns one action a call: true while there
// is one. Typing a path and the state of held keys are handled here: `view` says what was shown
// last; typing is begun with `o` or '/' or a click, ended by Esc or by the answer to what Enter
// gives (UI_FOLDER).
bool ui_window_poll(struct ui_window *window, const struct ui_view *view, int timeout_ms,
                    struct ui_action *action);

// What became of a typed path, by its action's index, which is not 0: `fault` is what is wrong with
// it, and the line stays open with it; "": it was taken. One that is no longer waited for is passed
// over.
void ui_window_answer(struct ui_window *window, int index, const char *fault);

// The largest view->text_size that leaves 480x360 points in the window; 1 at least. Where more is
// asked for, that is what is drawn.
float ui_window_text_most(const struct ui_window *window);

// What ui_window_draw() needs to know that the window itself keeps: the state of typing, the
// cursor, which pictures it drew last, and view->text_size as far as there is room for it.
void ui_window_fill(struct ui_window *window, struct ui_view *view);

// Something that can be clicked, in the window's own units, those of mouse positions.
struct ui_place {
    const char *does; // "train", "threshold_line": see ui_zone_name()
    char key;         // 'a', 'p', 'n'; 0: none
    int index;        // as in its ui_action
    float amount;     // alike
    float x, y, w, h;
};

// Lists what could be clicked in what was drawn last, at most `max`: what lies under an overlay is
// left out. Returns how many.
int ui_window_places(const struct ui_window *window, const struct ui_view *view,
                     struct ui_place *places, int max);

// Ends a ui_window_poll() that waits. Any thread. Coalesced: many calls wake once.
void ui_window_wake(struct ui_window *window);

void ui_window_set_fullscreen(struct ui_window *window, bool on);

// Draws `view` and gives the picture as drawn, whole window. Errors: ERR_MEMORY, ERR_DATA.
int ui_window_shot(struct ui_window *window, const struct ui_view *view, struct img *out,
                   struct err *err);

#endif
