// SPDX-License-Identifier: MIT
#include "ui/input.h"

#include "ui/page.h"
#include "ui/panels.h"
#include "ui/zones.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define THRESHOLD_STEP 0.01f
#define THRESHOLD_LEAP 5 // steps at once, with Shift
#define ESCAPE_MS      700
#define SCROLL_STEP    48.0f // points of a page
#define SCROLL_ALL     1e6f

static void push(struct ui_input *input, struct ui_action action)
{
    if (input->count < UI_QUEUE)
        input->queue[(input->first + input->count++) % UI_QUEUE] = action;
}

static void push_kind(struct ui_input *input, enum ui_action_kind kind)
{
    push(input, (struct ui_action){.kind = kind});
}

bool ui_input_next(struct ui_input *input, struct ui_action *action)
{
    if (input->count == 0)
        return false;
    *action = input->queue[input->first];
    input->first = (input->first + 1) % UI_QUEUE;
    input->count--;
    return true;
}

// One burst at a time: another key ends the one before it.
static void release(struct ui_input *input)
{
    if (input->held)
        push(input, (struct ui_action){.kind = UI_RELEASE, .key = input->held});
    input->held = 0;
}

static void hold(struct ui_input *input, char key)
{
    release(input);
    input->held = key;
    push(input, (struct ui_action){.kind = UI_HOLD, .key = key});
}

static void hold_by_key(struct ui_input *input, char key, SDL_Scancode scancode)
{
    hold(input, key);
    input->held_by_mouse = false;
    input->held_key = scancode;
}

static bool room_for_folder(const struct ui_input *input)
{
    return input->count < UI_QUEUE - UI_QUEUE_KEPT;
}

static void push_folder(struct ui_input *input, const char *text, size_t n)
{
    struct ui_action action = {.kind = UI_FOLDER};
    if (room_for_folder(input) && ui_path_parse(text, n, action.path, sizeof action.path))
        push(input, action);
}

// Typing a path.

static void begin_typing(struct ui_input *input)
{
    release(input);
    ui_edit_clear(&input->line);
    input->typing = true;
    input->waits = false;
    input->fault[0] = '\0';
    SDL_StartTextInput();
}

static void end_typing(struct ui_input *input)
{
    input->typing = input->waits = false;
    input->closed_ms = SDL_GetTicks();
    SDL_StopTextInput();
}

// The line stays open until it is known that the path was taken.
static void accept_typed(struct ui_input *input)
{
    struct ui_action action = {.kind = UI_FOLDER, .index = input->asked + 1};
    const struct ui_edit *line = &input->line;
    if (input->waits)
        return;
    if (line->length == 0) {
        end_typing(input);
    } else if (!ui_path_parse(line->text, line->length, action.path, sizeof action.path)) {
        snprintf(input->fault, sizeof input->fault, "not the path of a folder on this machine");
    } else if (room_for_folder(input)) {
        input->asked++;
        input->waits = true;
        input->fault[0] = '\0';
        push(input, action);
    }
}

void ui_input_answer(struct ui_input *input, int number, const char *fault)
{
    if (!input->waits || number != input->asked)
        return;
    input->waits = false;
    snprintf(input->fault, sizeof input->fault, "%s", fault);
    if (!*fault)
        end_typing(input);
}

static void paste(struct ui_input *input)
{
    char *text = SDL_GetClipboardText();
    if (text)
        ui_edit_insert(&input->line, text);
    SDL_free(text);
}

static void typing_key(struct ui_input *input, SDL_Keysym key)
{
    bool ctrl = key.mod & KMOD_CTRL;
    if (key.sym == SDLK_ESCAPE)
        end_typing(input);
    if (!input->typing || input->waits)
        return;
    switch (key.sym) {
    case SDLK_RETURN:
    case SDLK_KP_ENTER:
        accept_typed(input);
        break;
    case SDLK_a:
        if (ctrl)
            ui_edit_select_all(&input->line);
        break;
    case SDLK_BACKSPACE:
        ui_edit_backspace(&input->line);
        break;
    case SDLK_DELETE:
        ui_edit_delete(&input->line);
        break;
    case SDLK_LEFT:
        ui_edit_left(&input->line);
        break;
    case SDLK_RIGHT:
        ui_edit_right(&input->line);
        break;
    case SDLK_HOME:
        ui_edit_home(&input->line);
        break;
    case SDLK_END:
        ui_edit_end(&input->line);
        break;
    case SDLK_v:
        if (ctrl)
            paste(input);
        break;
    case SDLK_INSERT:
        if (key.mod & KMOD_SHIFT)
            paste(input);
        break;
    case SDLK_u:
        if (ctrl)
            ui_edit_clear(&input->line);
        break;
    default:
        break;
    }
}

// Keys.

// Whether the key is used for what is printed on it, wherever that is.
static bool is_sign(SDL_Keycode sym)
{
    return sym == SDLK_PLUS || sym == SDLK_MINUS || sym == SDLK_EQUALS || sym == SDLK_SLASH;
}

// The key's letter or digit. Where the keyboard's letters are not Latin, or its digits need Shift
// (as on French ones), the one at its place on a US keyboard.
static SDL_Keycode letter_of(SDL_Keysym key)
{
    bool other_script = key.sym >= 0x80 && !(key.sym & SDLK_SCANCODE_MASK);
    if (other_script && key.scancode >= SDL_SCANCODE_A && key.scancode <= SDL_SCANCODE_Z)
        return 'a' + (SDL_Keycode)(key.scancode - SDL_SCANCODE_A);
    if (is_sign(key.sym) || (key.sym >= SDLK_a && key.sym <= SDLK_z))
        return key.sym;
    if (key.scancode >= SDL_SCANCODE_1 && key.scancode <= SDL_SCANCODE_9)
        return '1' + (SDL_Keycode)(key.scancode - SDL_SCANCODE_1);
    return key.scancode == SDL_SCANCODE_0 ? '0' : key.sym;
}

static enum ui_action_kind plain_key(SDL_Keycode key)
{
    switch (key) {
    case SDLK_u:
        return UI_UNDO;
    case SDLK_t:
        return UI_TRAIN;
    case SDLK_s:
        return UI_STOP;
    case SDLK_v:
        return UI_LIVE;
    case SDLK_m:
        return UI_MIRROR;
    case SDLK_c:
        return UI_CAMERA;
    case SDLK_SPACE:
        return UI_PAUSE;
    case SDLK_f:
    case SDLK_F11:
        return UI_FULLSCREEN;
    case SDLK_h:
    case SDLK_F1:
        return UI_HELP;
    case SDLK_w:
        return UI_WRONG;
    case SDLK_r:
        return UI_RETRAIN;
    case SDLK_i:
        return UI_FIGURES;
    case SDLK_l:
        return UI_THEME;
    case SDLK_0:
    case SDLK_KP_0:
        return UI_RESET_THRESHOLD;
    case SDLK_q:
        return UI_QUIT;
    default:
        return UI_NONE;
    }
}

// The earlier models, from the newest on, by one key. -1: it is another one, or has other
// modifiers.
static int earlier_model(SDL_Keycode key, SDL_Keymod mod)
{
    if (key != SDLK_b)
        return -1;
    if (mod & KMOD_CTRL)
        return mod & KMOD_SHIFT ? -1 : 2;
    return mod & KMOD_SHIFT ? 1 : 0;
}

// Points that a key scrolls a page by; 0: another key.
static float scroll_by(SDL_Keycode key, float page_h)
{
    switch (key) {
    case SDLK_UP:
        return -SCROLL_STEP;
    case SDLK_DOWN:
        return SCROLL_STEP;
    case SDLK_PAGEUP:
        return -fmaxf(page_h - SCROLL_STEP, SCROLL_STEP);
    case SDLK_PAGEDOWN:
        return fmaxf(page_h - SCROLL_STEP, SCROLL_STEP);
    case SDLK_HOME:
        return -SCROLL_ALL;
    case SDLK_END:
        return SCROLL_ALL;
    default:
        return 0;
    }
}

// Steps of the threshold; 0: another key. Shift leaps, but with '=' it only types a '+'.
static int threshold_steps(SDL_Keycode key, bool shift)
{
    int steps = shift ? THRESHOLD_LEAP : 1;
    switch (key) {
    case SDLK_EQUALS:
        return 1;
    case SDLK_PLUS:
    case SDLK_KP_PLUS:
    case SDLK_UP:
        return steps;
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
    case SDLK_DOWN:
        return -steps;
    default:
        return 0;
    }
}

static void push_threshold(struct ui_input *input, int steps)
{
    float amount = THRESHOLD_STEP * (float)steps;
    push(input, (struct ui_action){.kind = UI_THRESHOLD, .amount = amount});
}

// With Ctrl, whatever is open.
static bool text_size_key(struct ui_input *input, SDL_Keysym key)
{
    int change = 0;
    if (!(key.mod & KMOD_CTRL) || key.mod & (KMOD_ALT | KMOD_GUI))
        return false;
    switch (letter_of(key)) {
    case SDLK_EQUALS:
    case SDLK_PLUS:
    case SDLK_KP_PLUS:
        change = 1;
        break;
    case SDLK_MINUS:
    case SDLK_KP_MINUS:
        change = -1;
        break;
    case SDLK_0:
    case SDLK_KP_0:
        break;
    default:
        return false;
    }
    push(input, (struct ui_action){.kind = UI_TEXT_SIZE, .index = change});
    return true;
}

static void push_page(struct ui_input *input, enum ui_page page)
{
    input->cursor = 0;
    push(input, (struct ui_action){.kind = UI_PAGE, .index = (int)page});
}

// The page of a key; UI_PAGE_PICTURE: another key.
static enum ui_page page_of(SDL_Keycode key)
{
    switch (key) {
    case SDLK_1:
    case SDLK_KP_1:
        return UI_PAGE_COLLECTED;
    case SDLK_2:
    case SDLK_KP_2:
        return UI_PAGE_HOOD;
    case SDLK_3:
    case SDLK_KP_3:
        return UI_PAGE_CAMERA;
    case SDLK_4:
    case SDLK_KP_4:
        return UI_PAGE_PEOPLE;
    default:
        return UI_PAGE_PICTURE;
    }
}

// Scrolls its page so that all of it is in sight. Whether some of it was already.
static bool bring(struct ui_input *input, const struct ui_zone *zone)
{
    if (zone)
        input->leap += zone->hidden;
    return zone && zone->box.h > 0;
}

static void choose(struct ui_input *input, int index, enum ui_choice choice)
{
    push(input, (struct ui_action){.kind = UI_CHOOSE, .index = index, .choice = choice});
}

// On the page of the pictures. Whether the key means something there.
static bool pictures_key(struct ui_input *input, SDL_Keycode key, SDL_Keymod mod, bool repeat,
                         const struct ui_album *album, const struct ui_canvas *canvas)
{
    int to = ui_collected_step(album, canvas->columns, canvas->rows, key);
    bool shift = mod & KMOD_SHIFT, letter = key == SDLK_a || key == SDLK_p || key == SDLK_n;
    if (to >= 0)
        choose(input, to, shift ? UI_CHOOSE_TO : UI_CHOOSE_ONE);
    else if (repeat)
        return key == SDLK_DELETE || (letter && shift);
    else if (key == SDLK_DELETE)
        push_kind(input, UI_DELETE);
    else if (key == SDLK_a && mod & KMOD_CTRL)
        choose(input, SDL_max(album->cursor, 0), UI_CHOOSE_SECTION);
    else if (letter && shift)
        push(input, (struct ui_action){.kind = UI_MOVE, .key = (char)key});
    else
        return false;
    return true;
}

// Closes what is open, else quits; but a press that comes right after something was closed was
// meant for that.
static void escape(struct ui_input *input, const struct ui_view *view)
{
    const uint32_t now_ms = SDL_GetTicks();
    bool late = input->closed_ms && now_ms - input->closed_ms < ESCAPE_MS;
    if (view->help)
        push_kind(input, UI_HELP);
    else if (view->page != UI_PAGE_PICTURE)
        push_page(input, view->page);
    else if (ui_greets(view))
        push_kind(input, UI_DISMISS);
    else if (view->fullscreen)
        push_kind(input, UI_FULLSCREEN);
    else if (!late)
        push(input, (struct ui_action){.kind = UI_QUIT, .index = 1});
    input->closed_ms = now_ms;
}

static bool camera_key(struct ui_input *input, const SDL_KeyboardEvent *event,
                       const struct ui_view *view)
{
    struct ui_action action;
    if (event->keysym.mod & KMOD_CTRL ||
        !ui_camera_key(view, event->keysym.sym, event->keysym.mod & KMOD_SHIFT, &input->cursor,
                       &action))
        return false;
    if (action.kind == UI_SET_CONTROL || (action.kind != UI_NONE && !event->repeat))
        push(input, action);
    return true;
}

// On the page "Under the hood". A picture that is not in sight is brought there, not taken out.
static bool hood_key(struct ui_input *input, const SDL_KeyboardEvent *event,
                     const struct ui_view *view, const struct ui_canvas *canvas)
{
    SDL_Keycode key = event->keysym.sym;
    struct ui_action action;
    if (event->keysym.mod & KMOD_CTRL)
        return false;
    if (canvas->page_h > 0 && scroll_by(key, canvas->page_h) != 0) {
        input->leap += scroll_by(key, canvas->page_h);
        return true;
    }
    if (!ui_worst_key(view, key, &input->cursor, &action))
        return false;
    const struct ui_zone of = {.kind = action.kind == UI_READMIT ? UI_READMIT : UI_ZONE_WORST,
                               .index = action.index};
    if (action.kind == UI_NONE || event->repeat)
        return true;
    if (bring(input, ui_zone_find(canvas, &of)) || action.kind == UI_READMIT)
        push(input, action);
    return true;
}

static bool people_key(struct ui_input *input, const SDL_KeyboardEvent *event,
                       const struct ui_view *view, const struct ui_canvas *canvas)
{
    struct ui_action action;
    SDL_Keycode key = letter_of(event->keysym);
    SDL_Keymod other = is_sign(key) ? KMOD_CTRL : KMOD_CTRL | KMOD_SHIFT;
    if (event->keysym.mod & other ||
        !ui_people_key(view, key, event->repeat, canvas->rows, &action))
        return false;
    if (action.kind != UI_NONE)
        push(input, action);
    return true;
}

// Whether the page that is open has a use for the key.
static bool page_key(struct ui_input *input, const SDL_KeyboardEvent *event,
                     const struct ui_view *view, const struct ui_canvas *canvas)
{
    SDL_Keysym key = event->keysym;
    if (view->help || key.mod & (KMOD_ALT | KMOD_GUI))
        return false;
    if (view->page == UI_PAGE_COLLECTED)
        return pictures_key(input, letter_of(key), key.mod, event->repeat, &view->album, canvas);
    if (view->page == UI_PAGE_HOOD)
        return hood_key(input, event, view, canvas);
    if (view->page == UI_PAGE_PEOPLE)
        return people_key(input, event, view, canvas);
    return view->page == UI_PAGE_CAMERA && camera_key(input, event, view);
}

static void click(struct ui_input *input, const struct ui_zone *zone, const struct ui_view *view);

// Arrows, where the Tab key is on the line of the threshold. Whether they were that.
static bool slider_key(struct ui_input *input, SDL_Keysym key, const struct ui_zone *zone)
{
    if (zone->kind != UI_ZONE_THRESHOLD)
        return false;
    SDL_Keycode sym = key.sym == SDLK_LEFT ? SDLK_DOWN : key.sym == SDLK_RIGHT ? SDLK_UP : key.sym;
    if (sym != SDLK_DOWN && sym != SDLK_UP)
        return false;
    push_threshold(input, threshold_steps(sym, key.mod & KMOD_SHIFT));
    return true;
}

// The Tab key goes from place to place, Enter clicks there. Whether the key was one of these.
static bool focus_key(struct ui_input *input, const SDL_KeyboardEvent *event,
                      const struct ui_view *view, const struct ui_canvas *canvas)
{
    SDL_Keysym key = event->keysym;
    bool enter = key.sym == SDLK_RETURN || key.sym == SDLK_KP_ENTER;
    const struct ui_zone *zone = ui_zone_find(canvas, &input->focus);
    if (key.mod & (KMOD_CTRL | KMOD_ALT | KMOD_GUI))
        return false;
    if (key.sym == SDLK_TAB) {
        zone = ui_zone_step(canvas, &input->focus, key.mod & KMOD_SHIFT ? -1 : 1);
        input->focus = zone ? *zone : (struct ui_zone){.kind = UI_NONE};
        input->cursor = 0;
        bring(input, zone);
        return true;
    }
    if (input->focus.kind == UI_NONE || !zone || !ui_zone_in_reach(canvas, zone))
        return false;
    if (!enter)
        return slider_key(input, key, zone);
    if (!event->repeat && zone->kind == UI_HOLD)
        hold_by_key(input, zone->key, key.scancode);
    else if (!event->repeat)
        click(input, zone, view);
    return true;
}

static void command_key(struct ui_input *input, const SDL_KeyboardEvent *event,
                        const struct ui_view *view, const struct ui_canvas *canvas)
{
    SDL_Keycode key = letter_of(event->keysym);
    SDL_Keymod mod = event->keysym.mod;
    int steps = threshold_steps(key, mod & KMOD_SHIFT), model = earlier_model(key, mod);
    if (focus_key(input, event, view, canvas))
        return;
    if (page_key(input, event, view, canvas)) {
        input->focus.kind = UI_NONE;
        return;
    }
    if (model >= 0 && !(mod & (KMOD_ALT | KMOD_GUI))) {
        if (!event->repeat)
            push(input, (struct ui_action){.kind = UI_USE_MODEL, .index = model});
    } else if (mod & KMOD_CTRL) {
        if (key == SDLK_q || key == SDLK_w)
            push_kind(input, UI_QUIT);
    } else if (mod & (KMOD_ALT | KMOD_GUI)) {
        return;
    } else if (steps) {
        push_threshold(input, steps);
    } else if (event->repeat) {
        return;
    } else if (key == SDLK_ESCAPE) {
        escape(input, view);
    } else if (page_of(key) != UI_PAGE_PICTURE) {
        push_page(input, page_of(key));
    } else if (key == SDLK_a || key == SDLK_p || key == SDLK_n) {
        hold_by_key(input, (char)key, event->keysym.scancode);
    } else if (key == SDLK_o || key == SDLK_SLASH || key == SDLK_KP_DIVIDE) {
        begin_typing(input);
    } else if (plain_key(key) != UI_NONE) {
        push_kind(input, plain_key(key));
    }
}

static void key_down(struct ui_input *input, const SDL_KeyboardEvent *event,
                     const struct ui_view *view, const struct ui_canvas *canvas)
{
    if (text_size_key(input, event->keysym))
        return;
    if (input->typing)
        typing_key(input, event->keysym);
    else
        command_key(input, event, view, canvas);
}

// Mouse.

static enum ui_choice choice_of(SDL_Keymod mod)
{
    return mod & KMOD_SHIFT ? UI_CHOOSE_TO : mod & KMOD_CTRL ? UI_CHOOSE_ALSO : UI_CHOOSE_ONE;
}

// Whether what a line of the help does is better seen without it.
static bool closes_help(int kind)
{
    return kind != UI_HELP && kind != UI_TEXT_SIZE && kind != UI_THEME && kind != UI_MIRROR &&
           kind != UI_ZONE_BLOCK;
}

static void click(struct ui_input *input, const struct ui_zone *zone, const struct ui_view *view)
{
    if (view->help && closes_help(zone->kind))
        push_kind(input, UI_HELP);
    switch (zone->kind) {
    case UI_ZONE_TYPE:
        begin_typing(input);
        break;
    case UI_ZONE_ACCEPT:
        if (input->typing)
            accept_typed(input);
        break;
    case UI_ZONE_CANCEL:
        if (input->typing)
            end_typing(input);
        break;
    case UI_CHOOSE:
        choose(input, zone->index, choice_of(SDL_GetModState()));
        break;
    case UI_ZONE_SECTION:
        choose(input, zone->index, UI_CHOOSE_SECTION);
        break;
    case UI_ZONE_WORST:
        input->cursor = zone->index + 1;
        break;
    case UI_ZONE_SCROLL:
    case UI_ZONE_BLOCK:
    case UI_ZONE_THRESHOLD:
    case UI_ZONE_SLIDER:
    case UI_HOLD:
        break;
    default:
        push(input, (struct ui_action){.kind = (enum ui_action_kind)zone->kind,
                                       .key = zone->key,
                                       .index = zone->index,
                                       .amount = zone->amount});
    }
}

// What the mouse is down on goes to where the mouse is.
static void drag(struct ui_input *input, const struct ui_view *view)
{
    const struct ui_box *box = &input->pressed.box;
    int id = input->pressed.index;
    float place = (input->mouse_x - box->x) / fmaxf(box->w, 1);
    if (input->pressed.kind == UI_ZONE_THRESHOLD) {
        float t = siam_scores_snap(place);
        push(input, (struct ui_action){.kind = UI_SET_THRESHOLD, .amount = t});
    } else if (input->pressed.kind == UI_ZONE_SLIDER) {
        int value = ui_camera_value_at(view, id, place);
        if (value != view->control[id].value)
            push(input,
                 (struct ui_action){.kind = UI_SET_CONTROL, .index = id, .amount = (float)value});
    }
}

static void mouse_down(struct ui_input *input, const struct ui_canvas *canvas,
                       const struct ui_view *view)
{
    const struct ui_zone *zone = ui_zone_at(canvas, input->mouse_x, input->mouse_y);
    // A button for the chosen picture needs it chosen still when the mouse goes up.
    if (!zone || zone->kind != UI_TAKE_OUT)
        input->cursor = 0;
    input->focus.kind = UI_NONE;
    if (!zone)
        return;
    input->pressed = *zone;
    if (zone->kind == UI_HOLD) {
        hold(input, zone->key);
        input->held_by_mouse = true;
    } else {
        drag(input, view);
    }
}

// A click counts where the button goes up over what it went down on. twice: it is the second one
// there, which opens what the first one chose.
static void mouse_up(struct ui_input *input, const struct ui_canvas *canvas,
                     const struct ui_view *view, bool twice)
{
    const struct ui_zone *zone = ui_zone_at(canvas, input->mouse_x, input->mouse_y);
    struct ui_zone pressed = input->pressed;
    input->pressed = (struct ui_zone){0};
    if (input->held && input->held_by_mouse)
        release(input);
    if (zone && pressed.kind != UI_NONE && ui_zone_same(zone, &pressed)) {
        if (twice && pressed.kind == UI_PICK_DIR)
            pressed.kind = UI_OPEN_DIR;
        if (!twice || pressed.kind != UI_STOP) // there was another button a moment ago: t
            click(input, &pressed, view);
    }
}

static void text_size_wheel(struct ui_input *input, float rows)
{
    input->size_wheel = SDL_clamp(input->size_wheel + rows, -4.0f, 4.0f);
    for (; fabsf(input->size_wheel) >= 1; input->size_wheel -= copysignf(1, input->size_wheel))
        push(input,
             (struct ui_action){.kind = UI_TEXT_SIZE, .index = input->size_wheel > 0 ? 1 : -1});
}

static void mouse_wheel(struct ui_input *input, const SDL_MouseWheelEvent *event,
                        const struct ui_view *view, const struct ui_canvas *canvas)
{
    if (view->page != UI_PAGE_HOOD) // whose cursor does not hold the wheel back
        input->cursor = 0;
    if (SDL_GetModState() & KMOD_CTRL) {
        text_size_wheel(input, event->preciseY);
        return;
    }
    for (int i = 0; i < canvas->n_zones; i++)
        if (canvas->zone[i].kind == UI_ZONE_SCROLL &&
            ui_inside(canvas->zone[i].box, input->mouse_x, input->mouse_y))
            input->wheel -= event->preciseY;
}

// A path is taken as it is: it may hold "://" or begin with a space.
static void drop_file(struct ui_input *input, const char *path)
{
    struct ui_action action = {.kind = UI_FOLDER};
    if (room_for_folder(input) &&
        SDL_strlcpy(action.path, path, sizeof action.path) < sizeof action.path)
        push(input, action);
}

// Each line of a dropped text that is a path or a file:// URI; other text means nothing here.
static void drop_text(struct ui_input *input, const char *text)
{
    for (size_t n; *text; text += n + strspn(text + n, "\r\n")) {
        n = strcspn(text, "\r\n");
        if (*text == '/' || *text == '~' || strncmp(text, "file:", 5) == 0)
            push_folder(input, text, n);
    }
}

void ui_input_event(struct ui_input *input, const SDL_Event *event, const struct ui_view *view,
                    const struct ui_canvas *canvas, float points)
{
    switch (event->type) {
    case SDL_QUIT:
        push_kind(input, UI_QUIT);
        break;
    case SDL_KEYDOWN:
        key_down(input, &event->key, view, canvas);
        break;
    case SDL_KEYUP:
        if (!input->held_by_mouse && event->key.keysym.scancode == input->held_key)
            release(input);
        break;
    case SDL_TEXTINPUT:
        if (input->typing && !input->waits)
            ui_edit_insert(&input->line, event->text.text);
        break;
    case SDL_WINDOWEVENT:
        if (event->window.event == SDL_WINDOWEVENT_FOCUS_LOST)
            release(input);
        if (event->window.event == SDL_WINDOWEVENT_LEAVE)
            input->mouse_x = input->mouse_y = -1;
        break;
    case SDL_MOUSEMOTION:
        input->mouse_x = (float)event->motion.x * points;
        input->mouse_y = (float)event->motion.y * points;
        drag(input, view);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if (event->button.button != SDL_BUTTON_LEFT)
            break;
        input->mouse_x = (float)event->button.x * points;
        input->mouse_y = (float)event->button.y * points;
        if (event->type == SDL_MOUSEBUTTONDOWN)
            mouse_down(input, canvas, view);
        else
            mouse_up(input, canvas, view, event->button.clicks % 2 == 0);
        break;
    case SDL_MOUSEWHEEL:
        mouse_wheel(input, &event->wheel, view, canvas);
        break;
    case SDL_DROPFILE:
    case SDL_DROPTEXT:
        if (event->drop.file && event->type == SDL_DROPTEXT)
            drop_text(input, event->drop.file);
        else if (event->drop.file && *event->drop.file)
            drop_file(input, event->drop.file);
        break;
    default:
        break;
    }
}
