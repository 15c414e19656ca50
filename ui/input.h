// SPDX-License-Identifier: MIT
// Events to actions. Main thread.
#ifndef VISAVIS_UI_INPUT_H
#define VISAVIS_UI_INPUT_H

#include "ui/canvas.h"
#include "ui/line_edit.h"

#define UI_QUEUE      64 // actions that wait; a drop of many folders makes many
#define UI_QUEUE_KEPT 8  // of them, for other actions than folders

struct ui_input {
    bool typing;
    struct ui_edit line;
    int asked;              // number of the path that was typed last
    bool waits;             // for what ui_input_answer() says of it
    char fault[UI_TEXT];    // what is wrong with it; "": nothing is known to be
    uint32_t closed_ms;     // when something was closed last, SDL's time; 0: never
    char held;              // 'a', 'p', 'n' from UI_HOLD to UI_RELEASE, else 0
    bool held_by_mouse;     // and not by its key
    SDL_Scancode held_key;  // else: letters change with the keyboard's layout, places do not
    struct ui_zone pressed; // the mouse button is down since it was on this; kind UI_NONE: no
    struct ui_zone focus;   // the Tab key went there; kind UI_NONE: nowhere
    float mouse_x, mouse_y; // points
    float wheel;            // rows turned and not yet scrolled
    float leap;             // points that keys scroll the page by, and not yet scrolled
    float size_wheel;       // as the wheel, with Ctrl, and not yet a step of the text's size
    int cursor;             // as ui_view.cursor
    int64_t worst_number;   // as ui_view.worst_number, when the cursor was last asked for
    struct ui_action queue[UI_QUEUE];
    int first, count; // of the queue
};

// Takes one event. Take all actions before the next one: then none is ever lost but folders, of
// which a drop adds as many as fit; the rest of it is ignored. `view` and `canvas` are as last
// drawn; `points`: points for a unit of SDL's mouse coordinates.
void ui_input_event(struct ui_input *input, const SDL_Event *event, const struct ui_view *view,
                    const struct ui_canvas *canvas, float points);

// What became of typed path `number`, as in its action: `fault` is what is wrong with it, "" that
// it was taken. Means nothing where another one is being typed, or none.
void ui_input_answer(struct ui_input *input, int number, const char *fault);

// The next action. False if none waits.
bool ui_input_next(struct ui_input *input, struct ui_action *action);

#endif
