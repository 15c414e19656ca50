// SPDX-License-Identifier: MIT
// What tests of keys and mouse share: the window on SDL's dummy driver, fed with events as a user
// makes them, or a drawn screen alone, with its zones.
#ifndef VISAVIS_TESTS_WINDOW_HANDS_H
#define VISAVIS_TESTS_WINDOW_HANDS_H

#include "tests/test.h"
#include "ui/input.h"
#include "ui/screen.h"
#include "ui/window.h"

static struct ui_view view;

static inline int setup(void **state)
{
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    struct err err = {0};
    struct ui_window *window;
    if (ui_window_create(&window, 1280, 800, 0, &err) < 0) {
        printf("%s\n", err.text);
        return -1;
    }
    view = (struct ui_view){.threshold = 0.5f};
    ui_window_draw(window, &view);
    struct ui_action action;
    while (ui_window_poll(window, &view, 0, &action))
        ;
    *state = window;
    return 0;
}

static inline int teardown(void **state)
{
    ui_window_destroy(*state);
    return 0;
}

static inline SDL_Event key_event(Uint32 type, SDL_Keycode sym, Uint16 mod, int repeat)
{
    SDL_Event event = {.type = type};
    event.key.keysym.sym = sym;
    event.key.keysym.scancode = SDL_GetScancodeFromKey(sym);
    event.key.keysym.mod = mod;
    event.key.repeat = (Uint8)repeat;
    return event;
}

static inline void push_key(Uint32 type, SDL_Keycode sym, Uint16 mod, int repeat)
{
    SDL_Event event = key_event(type, sym, mod, repeat);
    SDL_PushEvent(&event);
}

static inline void press(SDL_Keycode sym, Uint16 mod)
{
    push_key(SDL_KEYDOWN, sym, mod, 0);
    push_key(SDL_KEYUP, sym, mod, 0);
}

static inline struct ui_action next(struct ui_window *window)
{
    struct ui_action action = {.kind = UI_NONE};
    if (!ui_window_poll(window, &view, 0, &action))
        action.kind = UI_NONE;
    return action;
}

static inline void expect(struct ui_window *window, enum ui_action_kind kind, char key)
{
    struct ui_action action = next(window);
    assert_int_equal(action.kind, kind);
    assert_int_equal(action.key, key);
}

// Two cameras, and one of each kind of control: rows 1 and 2, 4 (mirror), 5 to 8.
static inline void open_camera_page(void)
{
    view.page = UI_PAGE_CAMERA;
    view.cameras_known = true;
    view.n_devices = view.n_cameras = 2;
    view.cameras[1].in_use = true;
    view.control[UI_EXPOSURE_AUTO] = (struct ui_control){true, false, 0, 1, 1, 0, 3};
    view.control[UI_EXPOSURE] = (struct ui_control){true, false, 1, 10000, 1, 100, 0};
    view.control[UI_GAIN] = (struct ui_control){true, false, 0, 100, 5, 50, 0};
    view.control[UI_POWER_LINE] = (struct ui_control){true, false, 0, 2, 1, 1, 7};
}

// Three pictures of the user that hurt and two of others, the second of each taken out.
static inline void open_hood(const struct img *row)
{
    view.page = UI_PAGE_HOOD;
    view.have_model = true;
    view.card.scores.own[390] = view.card.scores.others[10] = 20;
    view.worst_own = (struct ui_worst){row,
                                       3,
                                       3,
                                       {{"anchor/a.jpg", 0.1f, false},
                                        {"anchor/b.jpg", 0.2f, true},
                                        {"anchor/c.jpg", 0.3f, false}}};
    view.worst_others = (struct ui_worst){
        row, 2, 9, {{"/others/d.jpg", 0.9f, false}, {"/others/e.jpg", 0.8f, true}}};
    view.worst_number = 1;
    view.n_left_out = 1;
}

// The zones of a drawn screen, and what the mouse and keys do there.
struct mouse {
    struct ui_input input;
    struct ui_canvas canvas;
};

static inline void push_button(struct mouse *m, Uint32 type, float x, float y)
{
    SDL_Event event = {.type = type};
    event.button.button = SDL_BUTTON_LEFT;
    event.button.x = (int)(x * 2);
    event.button.y = (int)(y * 2);
    ui_input_event(&m->input, &event, &view, &m->canvas, 0.5f);
}

static inline const struct ui_zone *zone_of(const struct mouse *m, int kind, char key, int index)
{
    for (int i = 0; i < m->canvas.n_zones; i++) {
        const struct ui_zone *z = &m->canvas.zone[i];
        if (z->kind == kind && z->key == key && z->index == index)
            return z;
    }
    fail_msg("no zone %d '%c' %d", kind, key, index);
    return NULL;
}

static inline void click(struct mouse *m, Uint32 type, const struct ui_zone *z)
{
    push_button(m, type, z->box.x + z->box.w / 2, z->box.y + z->box.h / 2);
}

static inline void draw_screen(struct mouse *m)
{
    struct err err = {0};
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, 1280, 800, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    static struct ui_screen screen;
    screen = (struct ui_screen){0};
    assert_int_equal(ui_canvas_init(&m->canvas, renderer, 1, &err), 0);
    ui_canvas_begin(&m->canvas, 1280, 800, 1);
    ui_screen_draw(&screen, &m->canvas, &view);
    ui_screen_finish(&screen);
    ui_text_destroy(m->canvas.text);
    ui_shapes_finish(&m->canvas.shapes);
    m->canvas.text = NULL;
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

static inline void expect_input(struct mouse *m, enum ui_action_kind kind)
{
    struct ui_action action = {.kind = UI_NONE};
    ui_input_next(&m->input, &action);
    assert_int_equal(action.kind, kind);
}

static inline void push_motion(struct mouse *m, float x, float y)
{
    SDL_Event event = {.type = SDL_MOUSEMOTION};
    event.motion.x = (int)(x * 2);
    event.motion.y = (int)(y * 2);
    ui_input_event(&m->input, &event, &view, &m->canvas, 0.5f);
}

static inline void click_on(struct mouse *m, const struct ui_zone *zone)
{
    click(m, SDL_MOUSEBUTTONDOWN, zone);
    click(m, SDL_MOUSEBUTTONUP, zone);
}

// Sections of 10, none and 3 pictures.
static inline void show_pictures(int cursor)
{
    static struct ui_thumb thumbs[13];
    static const int n[] = {10, 0, 3};
    for (int i = 0; i < 13; i++)
        thumbs[i] = (struct ui_thumb){.number = i + 1, .path = "anchor/a.jpg"};
    view.page = UI_PAGE_COLLECTED;
    view.album = (struct ui_album){.thumb = thumbs, .n = 13, .n_sections = 3, .cursor = cursor};
    for (int i = 0; i < 3; i++)
        view.album.section[i].n = n[i];
}

#define WITH_WINDOW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
