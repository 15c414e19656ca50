// SPDX-License-Identifier: MIT
// Events to actions: the window on SDL's dummy driver, fed with events as a user makes them.
#include "tests/test.h"

#include "core/base/clock.h"
#include "ui/input.h"
#include "ui/screen.h"
#include "ui/window.h"

#include <math.h>
#include <pthread.h>

static struct ui_view view;

static int setup(void **state)
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

static int teardown(void **state)
{
    ui_window_destroy(*state);
    return 0;
}

static void push_key(Uint32 type, SDL_Keycode sym, Uint16 mod, int repeat)
{
    SDL_Event event = {.type = type};
    event.key.keysym.sym = sym;
    event.key.keysym.scancode = SDL_GetScancodeFromKey(sym);
    event.key.keysym.mod = mod;
    event.key.repeat = (Uint8)repeat;
    SDL_PushEvent(&event);
}

static void press(SDL_Keycode sym, Uint16 mod)
{
    push_key(SDL_KEYDOWN, sym, mod, 0);
    push_key(SDL_KEYUP, sym, mod, 0);
}

static void push_text(const char *s)
{
    SDL_Event event = {.type = SDL_TEXTINPUT};
    snprintf(event.text.text, sizeof event.text.text, "%s", s);
    SDL_PushEvent(&event);
}

static void push_drop(Uint32 type, const char *s)
{
    SDL_Event event = {.type = type};
    event.drop.file = SDL_strdup(s);
    SDL_PushEvent(&event);
}

static struct ui_action next(struct ui_window *window)
{
    struct ui_action action = {.kind = UI_NONE};
    if (!ui_window_poll(window, &view, 0, &action))
        action.kind = UI_NONE;
    return action;
}

static void expect(struct ui_window *window, enum ui_action_kind kind, char key)
{
    struct ui_action action = next(window);
    assert_int_equal(action.kind, kind);
    assert_int_equal(action.key, key);
}

static void test_burst_keys(void **state)
{
    struct ui_window *window = *state;
    for (const char *key = "apn"; *key; key++) {
        push_key(SDL_KEYDOWN, *key, 0, 0);
        push_key(SDL_KEYDOWN, *key, 0, 1);
        push_key(SDL_KEYDOWN, *key, 0, 1);
        push_key(SDL_KEYUP, *key, 0, 0);
        expect(window, UI_HOLD, *key);
        expect(window, UI_RELEASE, *key);
        expect(window, UI_NONE, 0);
    }
}

static void test_one_burst_at_a_time(void **state)
{
    struct ui_window *window = *state;
    push_key(SDL_KEYDOWN, 'a', 0, 0);
    push_key(SDL_KEYDOWN, 'p', 0, 0);
    push_key(SDL_KEYUP, 'a', 0, 0);
    push_key(SDL_KEYUP, 'p', 0, 0);
    expect(window, UI_HOLD, 'a');
    expect(window, UI_RELEASE, 'a');
    expect(window, UI_HOLD, 'p');
    expect(window, UI_RELEASE, 'p');
    expect(window, UI_NONE, 0);
}

static void test_focus_lost_releases(void **state)
{
    struct ui_window *window = *state;
    push_key(SDL_KEYDOWN, 'n', 0, 0);
    SDL_Event event = {.type = SDL_WINDOWEVENT};
    event.window.event = SDL_WINDOWEVENT_FOCUS_LOST;
    SDL_PushEvent(&event);
    push_key(SDL_KEYUP, 'n', 0, 0);
    expect(window, UI_HOLD, 'n');
    expect(window, UI_RELEASE, 'n');
    expect(window, UI_NONE, 0);
}

// The layout changes while the key is down: the same key, another letter.
static void test_layout_changes_while_held(void **state)
{
    struct ui_window *window = *state;
    SDL_Event event = {.type = SDL_KEYDOWN};
    event.key.keysym.sym = 'a';
    event.key.keysym.scancode = SDL_SCANCODE_Q; // of a French keyboard
    SDL_PushEvent(&event);
    push_key(SDL_KEYUP, 'a', 0, 0); // of the key at another place
    event.type = SDL_KEYUP;
    event.key.keysym.sym = 'q';
    expect(window, UI_HOLD, 'a');
    expect(window, UI_NONE, 0);
    SDL_PushEvent(&event);
    expect(window, UI_RELEASE, 'a');
    expect(window, UI_NONE, 0);
}

static void test_plain_keys(void **state)
{
    struct ui_window *window = *state;
    static const struct {
        SDL_Keycode key;
        enum ui_action_kind kind;
    } keys[] = {{'u', UI_UNDO},     {'t', UI_TRAIN},      {'s', UI_STOP},
                {'v', UI_LIVE},     {' ', UI_PAUSE},      {'m', UI_MIRROR},
                {'c', UI_CAMERA},   {'f', UI_FULLSCREEN}, {'h', UI_HELP},
                {'l', UI_THEME},    {'i', UI_FIGURES},    {'b', UI_USE_MODEL},
                {SDLK_F1, UI_HELP}, {'q', UI_QUIT},       {SDLK_ESCAPE, UI_QUIT},
                {'w', UI_WRONG},    {'r', UI_RETRAIN},    {'0', UI_RESET_THRESHOLD}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        press(keys[i].key, 0);
        expect(window, keys[i].kind, 0);
        expect(window, UI_NONE, 0);
    }
    press('x', 0);
    press('a', KMOD_LCTRL);
    press('t', KMOD_LALT);
    press('q', KMOD_LGUI);
    expect(window, UI_NONE, 0);
    press('q', KMOD_RCTRL);
    expect(window, UI_QUIT, 0);
}

static void test_earlier_models(void **state)
{
    struct ui_window *window = *state;
    static const Uint16 mods[] = {0, KMOD_LSHIFT, KMOD_RCTRL};
    for (int i = 0; i < UI_MODELS; i++) {
        press('b', mods[i]);
        struct ui_action action = next(window);
        assert_int_equal(action.kind, UI_USE_MODEL);
        assert_int_equal(action.index, i);
    }
    press('b', KMOD_LCTRL | KMOD_LSHIFT);
    press('b', KMOD_LALT);
    push_key(SDL_KEYDOWN, 'b', 0, 1);
    expect(window, UI_NONE, 0);
}

static void test_other_scripts_use_the_place(void **state)
{
    struct ui_window *window = *state;
    SDL_Event event = {.type = SDL_KEYDOWN};
    event.key.keysym.sym = 0x444; // Cyrillic ef, where a US keyboard has a
    event.key.keysym.scancode = SDL_SCANCODE_A;
    SDL_PushEvent(&event);
    event.type = SDL_KEYUP;
    SDL_PushEvent(&event);
    expect(window, UI_HOLD, 'a');
    expect(window, UI_RELEASE, 'a');
}

static void press_at(SDL_Scancode place, SDL_Keycode sym, Uint16 mod)
{
    SDL_Event event = {.type = SDL_KEYDOWN};
    event.key.keysym.sym = sym;
    event.key.keysym.scancode = place;
    event.key.keysym.mod = mod;
    event.key.repeat = 0;
    SDL_PushEvent(&event);
}

static void test_digits_that_need_shift(void **state)
{
    struct ui_window *window = *state;
    press_at(SDL_SCANCODE_2, 0xe9, 0); // e with an accent, on a French keyboard
    expect(window, UI_PAGE, 0);
    press_at(SDL_SCANCODE_1, '&', KMOD_LSHIFT);
    expect(window, UI_PAGE, 0);
    press_at(SDL_SCANCODE_0, 0xe0, 0);
    expect(window, UI_RESET_THRESHOLD, 0);
    press_at(SDL_SCANCODE_0, 0xe0, KMOD_LCTRL);
    expect(window, UI_TEXT_SIZE, 0);
    press_at(SDL_SCANCODE_6, '-', 0);
    expect(window, UI_THRESHOLD, 0);
    press_at(SDL_SCANCODE_1, '+', 0); // Czech
    expect(window, UI_THRESHOLD, 0);
    expect(window, UI_NONE, 0);
}

static void test_threshold(void **state)
{
    struct ui_window *window = *state;
    static const struct {
        SDL_Keycode key;
        Uint16 mod;
        float amount;
    } keys[] = {{'+', 0, 0.01f},
                {'=', 0, 0.01f},
                {SDLK_KP_PLUS, 0, 0.01f},
                {'-', 0, -0.01f},
                {SDLK_KP_MINUS, 0, -0.01f},
                {'+', KMOD_LSHIFT, 0.05f},
                {'-', KMOD_RSHIFT, -0.05f},
                {'=', KMOD_LSHIFT, 0.01f},
                {SDLK_UP, 0, 0.01f},
                {SDLK_DOWN, KMOD_LSHIFT, -0.05f}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        press(keys[i].key, keys[i].mod);
        struct ui_action action = next(window);
        assert_int_equal(action.kind, UI_THRESHOLD);
        assert_true(fabsf(action.amount - keys[i].amount) < 1e-6f);
    }
}

static void expect_text_size(struct ui_window *window, int change)
{
    struct ui_action action = next(window);
    assert_int_equal(action.kind, UI_TEXT_SIZE);
    assert_int_equal(action.index, change);
}

static void test_text_size(void **state)
{
    struct ui_window *window = *state;
    static const struct {
        SDL_Keycode key;
        int change;
    } keys[] = {{'+', 1}, {'=', 1},      {SDLK_KP_PLUS, 1}, {'-', -1}, {SDLK_KP_MINUS, -1},
                {'0', 0}, {SDLK_KP_0, 0}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        press(keys[i].key, KMOD_LCTRL);
        expect_text_size(window, keys[i].change);
        expect(window, UI_NONE, 0);
    }
    press('+', KMOD_LCTRL | KMOD_LALT);
    expect(window, UI_NONE, 0);
    press('o', 0); // while a path is typed, too
    press('+', KMOD_RCTRL | KMOD_LSHIFT);
    expect_text_size(window, 1);
    expect(window, UI_NONE, 0);
}

static void turn_wheel(float rows)
{
    SDL_Event event = {.type = SDL_MOUSEWHEEL};
    event.wheel.preciseY = rows;
    SDL_PushEvent(&event);
}

static void test_text_size_by_wheel(void **state)
{
    struct ui_window *window = *state;
    turn_wheel(1);
    expect(window, UI_NONE, 0);
    SDL_SetModState(KMOD_RCTRL);
    turn_wheel(0.5f);
    expect(window, UI_NONE, 0);
    turn_wheel(1.5f);
    expect_text_size(window, 1);
    expect_text_size(window, 1);
    turn_wheel(-1);
    expect_text_size(window, -1);
    expect(window, UI_NONE, 0);
    SDL_SetModState(KMOD_NONE);
}

static void test_text_has_room(void **state)
{
    (void)state;
    struct ui_window *window;
    assert_int_equal(ui_window_create_offscreen(&window, 960, 900, 1.25f, NULL), 0);
    assert_true(fabsf(ui_window_text_most(window) - 1.6f) < 1e-3f);
    view.text_size = 2;
    ui_window_fill(window, &view);
    assert_true(fabsf(view.text_size - 1.6f) < 1e-3f);
    view.text_size = 1.1f;
    ui_window_fill(window, &view);
    assert_true(view.text_size == 1.1f);
    ui_window_destroy(window);
    assert_int_equal(ui_window_create_offscreen(&window, 300, 900, 1, NULL), 0);
    assert_true(ui_window_text_most(window) == 1);
    ui_window_destroy(window);
}

static void test_pages(void **state)
{
    struct ui_window *window = *state;
    static const struct {
        SDL_Keycode key;
        enum ui_page page;
    } keys[] = {{'2', UI_PAGE_HOOD},   {SDLK_KP_2, UI_PAGE_HOOD},
                {'3', UI_PAGE_CAMERA}, {SDLK_KP_3, UI_PAGE_CAMERA},
                {'4', UI_PAGE_PEOPLE}, {SDLK_KP_4, UI_PAGE_PEOPLE}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        press(keys[i].key, 0);
        struct ui_action action = next(window);
        assert_int_equal(action.kind, UI_PAGE);
        assert_int_equal(action.index, keys[i].page);
    }
    view.page = UI_PAGE_HOOD;
    view.fullscreen = true;
    press(SDLK_ESCAPE, 0);
    struct ui_action action = next(window);
    assert_true(action.kind == UI_PAGE && action.index == UI_PAGE_HOOD);
}

// Two cameras, and one of each kind of control: rows 1 and 2, 4 (mirror), 5 to 8.
static void open_camera_page(void)
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

static void expect_index(struct ui_window *window, enum ui_action_kind kind, int index)
{
    struct ui_action action = next(window);
    assert_int_equal(action.kind, kind);
    assert_int_equal(action.index, index);
    expect(window, UI_NONE, 0);
}

static void expect_control(struct ui_window *window, SDL_Keycode key, int id, int value)
{
    press(key, 0);
    struct ui_action action = next(window);
    assert_int_equal(action.kind, UI_SET_CONTROL);
    assert_int_equal(action.index, id);
    assert_int_equal((int)action.amount, value);
    expect(window, UI_NONE, 0);
}

static void press_and_see(struct ui_window *window, SDL_Keycode key, int cursor)
{
    press(key, 0);
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_int_equal(view.cursor, cursor);
}

static void test_camera_keys(void **state)
{
    struct ui_window *window = *state;
    open_camera_page();
    press_and_see(window, SDLK_RETURN, 2); // nothing was chosen yet: it shows where it is
    press_and_see(window, SDLK_UP, 1);
    press_and_see(window, SDLK_UP, 1);
    press(SDLK_RETURN, 0);
    expect_index(window, UI_CHOOSE_CAMERA, 0);
    press_and_see(window, SDLK_DOWN, 2);
    press_and_see(window, SDLK_DOWN, 4);
    press(SDLK_RETURN, 0);
    expect(window, UI_MIRROR, 0);
    press_and_see(window, SDLK_DOWN, 5);
    press_and_see(window, SDLK_LEFT, 5); // it is off
    expect_control(window, SDLK_RIGHT, UI_EXPOSURE_AUTO, 1);
    expect_control(window, SDLK_RETURN, UI_EXPOSURE_AUTO, 1);
    press_and_see(window, SDLK_DOWN, 6);
    expect_control(window, SDLK_RIGHT, UI_EXPOSURE, 120); // 2 % of four powers of ten
    expect_control(window, SDLK_LEFT, UI_EXPOSURE, 83);
    view.control[UI_EXPOSURE].value = 2;
    expect_control(window, SDLK_LEFT, UI_EXPOSURE, 1); // one step at least
    view.control[UI_EXPOSURE].held = true;
    press_and_see(window, SDLK_RIGHT, 6);
    press_and_see(window, SDLK_DOWN, 7);
    expect_control(window, SDLK_RIGHT, UI_GAIN, 55);
    press(SDLK_LEFT, KMOD_LSHIFT);
    struct ui_action action = next(window);
    assert_int_equal((int)action.amount, 40);
    press_and_see(window, SDLK_DOWN, 8);
    expect_control(window, SDLK_RIGHT, UI_POWER_LINE, 2);
    expect_control(window, SDLK_LEFT, UI_POWER_LINE, 0);
    view.control[UI_POWER_LINE].value = 2;
    expect_control(window, SDLK_RETURN, UI_POWER_LINE, 0); // around
    press_and_see(window, SDLK_DOWN, 9);
    press(SDLK_RETURN, 0);
    expect(window, UI_RESET_CONTROLS, 0);
    press('+', 0);
    expect(window, UI_THRESHOLD, 0);
    press('3', 0);
    expect_index(window, UI_PAGE, UI_PAGE_CAMERA);
    view.page = UI_PAGE_PICTURE;
    press(SDLK_UP, 0);
    expect(window, UI_THRESHOLD, 0);
    ui_window_fill(window, &view);
    assert_int_equal(view.cursor, 0);
}

// Three pictures of the user that hurt and two of others, the second of each taken out.
static void open_hood(const struct img *row)
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

static void test_pictures_that_hurt_by_keys(void **state)
{
    struct ui_window *window = *state;
    struct img row = {0};
    assert_int_equal(img_reserve(&row, 3 * 44, 44, NULL), 0);
    open_hood(&row);
    press_and_see(window, SDLK_RIGHT, 0); // they are not in sight yet
    ui_window_draw(window, &view);
    press_and_see(window, SDLK_DELETE, 0); // none is chosen: none is taken out
    press_and_see(window, SDLK_RIGHT, 1);
    press_and_see(window, SDLK_LEFT, 1);
    press(SDLK_DELETE, 0);
    expect_index(window, UI_TAKE_OUT, 0);
    push_key(SDL_KEYDOWN, SDLK_DELETE, 0, 1); // held: no more than one
    expect(window, UI_NONE, 0);
    press_and_see(window, SDLK_RIGHT, 2);
    press_and_see(window, SDLK_DELETE, 2); // it is out already
    press_and_see(window, SDLK_RIGHT, 3);
    press_and_see(window, SDLK_RIGHT, UI_WORST + 1); // on to the others
    press(SDLK_DELETE, 0);
    expect_index(window, UI_TAKE_OUT, UI_WORST);
    press_and_see(window, SDLK_RIGHT, UI_WORST + 2);
    press_and_see(window, SDLK_RIGHT, UI_WORST + 2);
    press(SDLK_INSERT, 0);
    expect(window, UI_READMIT, 0);
    press(SDLK_u, 0);
    expect(window, UI_UNDO, 0);
    press(SDLK_UP, 0);
    expect(window, UI_THRESHOLD, 0);
    view.n_left_out = 0;
    press_and_see(window, SDLK_INSERT, UI_WORST + 2); // nothing to take back
    view.help = true;
    press_and_see(window, SDLK_DELETE, UI_WORST + 2);
    view.help = false;
    press('2', 0);
    expect_index(window, UI_PAGE, UI_PAGE_HOOD);
    ui_window_fill(window, &view);
    assert_int_equal(view.cursor, 0);
    press_and_see(window, SDLK_LEFT, UI_WORST + 2); // from the end
    // What is chosen is never another picture than the one that was.
    press_and_see(window, SDLK_LEFT, UI_WORST + 1);
    view.worst_number++;
    ui_window_fill(window, &view);
    assert_int_equal(view.cursor, 0);
    press_and_see(window, SDLK_DELETE, 0);
    img_finish(&row);
}

static void test_escape_closes_first(void **state)
{
    struct ui_window *window = *state;
    view.help = view.fullscreen = true;
    press(SDLK_ESCAPE, 0);
    expect(window, UI_HELP, 0);
    view.help = false;
    press(SDLK_ESCAPE, 0);
    expect(window, UI_FULLSCREEN, 0);
    view.fullscreen = false;
    press('o', 0);
    expect(window, UI_NONE, 0);
    press(SDLK_ESCAPE, 0);
    expect(window, UI_NONE, 0);
    press(SDLK_ESCAPE, 0);
    expect(window, UI_QUIT, 0);
}

static void test_typing(void **state)
{
    struct ui_window *window = *state;
    push_key(SDL_KEYDOWN, 'a', 0, 0);
    press('o', 0);
    expect(window, UI_HOLD, 'a');
    expect(window, UI_RELEASE, 'a');
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_true(view.typing);
    press('q', 0);
    push_text("/tmp/q\xc3\xa9");
    press(SDLK_BACKSPACE, 0);
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_string_equal(view.typed, "/tmp/q");
    assert_int_equal(view.caret, 6);
    ui_window_draw(window, &view);
    press(SDLK_RETURN, 0);
    struct ui_action action = next(window);
    assert_int_equal(action.kind, UI_FOLDER);
    assert_string_equal(action.path, "/tmp/q");
    ui_window_fill(window, &view);
    assert_false(view.typing);
    push_text("ignored");
    press('/', 0);
    press(SDLK_RETURN, 0);
    expect(window, UI_NONE, 0);
}

static void test_paste(void **state)
{
    struct ui_window *window = *state;
    SDL_SetClipboardText("file:///tmp/a%20b\n");
    press('/', 0);
    press('v', KMOD_LCTRL);
    press(SDLK_KP_ENTER, 0);
    struct ui_action action = next(window);
    assert_int_equal(action.kind, UI_FOLDER);
    assert_string_equal(action.path, "/tmp/a b");
    expect(window, UI_NONE, 0);
}

static void test_drops(void **state)
{
    struct ui_window *window = *state;
    push_drop(SDL_DROPFILE, "/tmp/with %20 and ://");
    push_drop(SDL_DROPTEXT, "file:///tmp/a%20b\r\n/tmp/c\r\n");
    push_drop(SDL_DROPTEXT, "just some words");
    static const char *const paths[] = {"/tmp/with %20 and ://", "/tmp/a b", "/tmp/c"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct ui_action action = next(window);
        assert_int_equal(action.kind, UI_FOLDER);
        assert_string_equal(action.path, paths[i]);
    }
    expect(window, UI_NONE, 0);
}

static void test_long_drops_are_ignored(void **state)
{
    struct ui_window *window = *state;
    char path[2 * UI_PATH] = "/";
    memset(path + 1, 'x', sizeof path - 2);
    path[UI_PATH] = '\0';
    push_drop(SDL_DROPFILE, path);
    push_drop(SDL_DROPTEXT, path);
    path[UI_PATH - 1] = '\0';
    push_drop(SDL_DROPFILE, path);
    push_drop(SDL_DROPTEXT, path);
    for (int i = 0; i < 2; i++) {
        struct ui_action action = next(window);
        assert_int_equal(action.kind, UI_FOLDER);
        assert_string_equal(action.path, path);
    }
    expect(window, UI_NONE, 0);
}

// A drop of very many lines: the first ones count, and nothing else is lost.
static void test_many_drops(void **state)
{
    (void)state;
    static struct ui_input input;
    static struct ui_canvas canvas;
    static char text[1000 * 8];
    input = (struct ui_input){0};
    for (int i = 0; i < 1000; i++)
        sprintf(text + 7 * i, "/a/%03d\n", i);
    SDL_Event down = {.type = SDL_KEYDOWN}, drop = {.type = SDL_DROPTEXT}, up = {.type = SDL_KEYUP};
    down.key.keysym.sym = up.key.keysym.sym = 'p';
    down.key.keysym.scancode = up.key.keysym.scancode = SDL_SCANCODE_P;
    drop.drop.file = text;
    SDL_Event quit = {.type = SDL_QUIT};
    const SDL_Event *events[] = {&down, &drop, &drop, &up, &quit};
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        ui_input_event(&input, events[i], &view, &canvas, 1);
    struct ui_action action;
    assert_true(ui_input_next(&input, &action));
    assert_int_equal(action.kind, UI_HOLD);
    int n = 0;
    char path[16];
    while (ui_input_next(&input, &action) && action.kind == UI_FOLDER) {
        snprintf(path, sizeof path, "/a/%03d", n++);
        assert_string_equal(action.path, path);
    }
    assert_true(n > UI_FOLDERS);
    assert_int_equal(action.kind, UI_RELEASE);
    assert_true(ui_input_next(&input, &action));
    assert_int_equal(action.kind, UI_QUIT);
    assert_false(ui_input_next(&input, &action));
}

static void test_close_quits(void **state)
{
    struct ui_window *window = *state;
    SDL_PushEvent(&(SDL_Event){.type = SDL_QUIT});
    expect(window, UI_QUIT, 0);
}

// Mouse: on the zones of a drawn screen.

struct mouse {
    struct ui_input input;
    struct ui_canvas canvas;
};

static void push_button(struct mouse *m, Uint32 type, float x, float y)
{
    SDL_Event event = {.type = type};
    event.button.button = SDL_BUTTON_LEFT;
    event.button.x = (int)(x * 2);
    event.button.y = (int)(y * 2);
    ui_input_event(&m->input, &event, &view, &m->canvas, 0.5f);
}

static const struct ui_zone *zone_of(const struct mouse *m, int kind, char key, int index)
{
    for (int i = 0; i < m->canvas.n_zones; i++) {
        const struct ui_zone *z = &m->canvas.zone[i];
        if (z->kind == kind && z->key == key && z->index == index)
            return z;
    }
    fail_msg("no zone %d '%c' %d", kind, key, index);
    return NULL;
}

static void click(struct mouse *m, Uint32 type, const struct ui_zone *z)
{
    push_button(m, type, z->box.x + z->box.w / 2, z->box.y + z->box.h / 2);
}

static void draw_screen(struct mouse *m)
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

static void expect_input(struct mouse *m, enum ui_action_kind kind)
{
    struct ui_action action = {.kind = UI_NONE};
    ui_input_next(&m->input, &action);
    assert_int_equal(action.kind, kind);
}

static void test_mouse(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    view.n_folders = 2;
    snprintf(view.folder[0].path, UI_TEXT, "/a");
    snprintf(view.folder[1].path, UI_TEXT, "/b");
    draw_screen(&m);

    click(&m, SDL_MOUSEBUTTONDOWN, zone_of(&m, UI_HOLD, 'a', 0));
    expect_input(&m, UI_HOLD);
    click(&m, SDL_MOUSEBUTTONUP, zone_of(&m, UI_HELP, 0, 0)); // the mouse went elsewhere
    expect_input(&m, UI_RELEASE);
    expect_input(&m, UI_NONE);

    click(&m, SDL_MOUSEBUTTONDOWN, zone_of(&m, UI_TRAIN, 0, 0));
    expect_input(&m, UI_NONE);
    click(&m, SDL_MOUSEBUTTONUP, zone_of(&m, UI_TRAIN, 0, 0));
    expect_input(&m, UI_TRAIN);
    expect_input(&m, UI_NONE);

    click(&m, SDL_MOUSEBUTTONDOWN, zone_of(&m, UI_REMOVE_FOLDER, 0, 1));
    click(&m, SDL_MOUSEBUTTONUP, zone_of(&m, UI_REMOVE_FOLDER, 0, 1));
    struct ui_action action;
    assert_true(ui_input_next(&m.input, &action));
    assert_int_equal(action.kind, UI_REMOVE_FOLDER);
    assert_int_equal(action.index, 1);

    view.page = UI_PAGE_PEOPLE;
    draw_screen(&m);
    click(&m, SDL_MOUSEBUTTONDOWN, zone_of(&m, UI_ZONE_TYPE, 0, 0));
    click(&m, SDL_MOUSEBUTTONUP, zone_of(&m, UI_ZONE_TYPE, 0, 0));
    expect_input(&m, UI_NONE);
    assert_true(m.input.typing);
}

static void push_motion(struct mouse *m, float x, float y)
{
    SDL_Event event = {.type = SDL_MOUSEMOTION};
    event.motion.x = (int)(x * 2);
    event.motion.y = (int)(y * 2);
    ui_input_event(&m->input, &event, &view, &m->canvas, 0.5f);
}

static void expect_threshold(struct mouse *m, float t)
{
    struct ui_action action;
    assert_true(ui_input_next(&m->input, &action));
    assert_int_equal(action.kind, UI_SET_THRESHOLD);
    assert_true(fabsf(action.amount - t) < 0.003f);
}

static void test_threshold_is_dragged(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    view.page = UI_PAGE_HOOD;
    view.have_model = true;
    view.threshold = 0.9f;
    view.card.threshold = 0.5f;
    view.card.scores.own[390] = view.card.scores.others[10] = 20;
    draw_screen(&m);
    const struct ui_box box = zone_of(&m, UI_ZONE_THRESHOLD, 0, 0)->box;
    push_motion(&m, box.x + box.w / 4, box.y + 5);
    expect_input(&m, UI_NONE);
    push_button(&m, SDL_MOUSEBUTTONDOWN, box.x + box.w / 4, box.y + 5);
    expect_threshold(&m, 0.25f);
    push_motion(&m, box.x + box.w * 3 / 4, box.y - 50);
    expect_threshold(&m, 0.75f);
    push_motion(&m, box.x + 2 * box.w, box.y);
    expect_threshold(&m, 1);
    push_button(&m, SDL_MOUSEBUTTONUP, box.x + 2 * box.w, box.y);
    push_motion(&m, box.x + box.w / 2, box.y + 5);
    expect_input(&m, UI_NONE);

    click(&m, SDL_MOUSEBUTTONDOWN, zone_of(&m, UI_RESET_THRESHOLD, 0, 0));
    click(&m, SDL_MOUSEBUTTONUP, zone_of(&m, UI_RESET_THRESHOLD, 0, 0));
    expect_input(&m, UI_RESET_THRESHOLD);
}

static void expect_setting(struct mouse *m, int id, int least, int most)
{
    struct ui_action action;
    assert_true(ui_input_next(&m->input, &action));
    assert_int_equal(action.kind, UI_SET_CONTROL);
    assert_int_equal(action.index, id);
    assert_in_range((int)action.amount, least, most);
}

static void click_on(struct mouse *m, const struct ui_zone *zone)
{
    click(m, SDL_MOUSEBUTTONDOWN, zone);
    click(m, SDL_MOUSEBUTTONUP, zone);
}

static void test_pictures_that_hurt_by_mouse(void **state)
{
    (void)state;
    static struct mouse m;
    struct img row = {0};
    struct ui_action action;
    m = (struct mouse){0};
    assert_int_equal(img_reserve(&row, 3 * 44, 44, NULL), 0);
    open_hood(&row);
    draw_screen(&m);
    click_on(&m, zone_of(&m, UI_READMIT, 0, 0));
    expect_input(&m, UI_READMIT);
    click_on(&m, zone_of(&m, UI_ZONE_WORST, 0, UI_WORST));
    expect_input(&m, UI_NONE);
    assert_int_equal(m.input.cursor, UI_WORST + 1);
    view.cursor = m.input.cursor;
    draw_screen(&m);
    click_on(&m, zone_of(&m, UI_TAKE_OUT, 0, UI_WORST));
    assert_true(ui_input_next(&m.input, &action));
    assert_int_equal(action.kind, UI_TAKE_OUT);
    assert_int_equal(action.index, UI_WORST);
    assert_int_equal(m.input.cursor, UI_WORST + 1); // still chosen: the line tells what was done
    click_on(&m, zone_of(&m, UI_ZONE_WORST, 0, 1)); // is out: nothing more to do
    view.cursor = m.input.cursor;
    draw_screen(&m);
    for (int i = 0; i < m.canvas.n_zones; i++)
        assert_int_not_equal(m.canvas.zone[i].kind, UI_TAKE_OUT);
    push_button(&m, SDL_MOUSEBUTTONDOWN, 1, 1);
    assert_int_equal(m.input.cursor, 0);
    img_finish(&row);
}

static void test_camera_by_mouse(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    open_camera_page();
    draw_screen(&m);
    click_on(&m, zone_of(&m, UI_CHOOSE_CAMERA, 0, 0));
    expect_input(&m, UI_CHOOSE_CAMERA);
    click_on(&m, zone_of(&m, UI_SET_CONTROL, 0, UI_EXPOSURE_AUTO));
    expect_setting(&m, UI_EXPOSURE_AUTO, 1, 1);
    click_on(&m, zone_of(&m, UI_MIRROR, 0, 0));
    expect_input(&m, UI_MIRROR);
    click_on(&m, zone_of(&m, UI_PAUSE, 0, 0));
    expect_input(&m, UI_PAUSE);
    click_on(&m, zone_of(&m, UI_RESET_CONTROLS, 0, 0));
    expect_input(&m, UI_RESET_CONTROLS);
    const struct ui_box box = zone_of(&m, UI_ZONE_SLIDER, 0, UI_GAIN)->box;
    push_button(&m, SDL_MOUSEBUTTONDOWN, box.x + box.w / 5, box.y + 5);
    expect_setting(&m, UI_GAIN, 20, 20);
    push_motion(&m, box.x + box.w * 4 / 5, box.y - 90);
    expect_setting(&m, UI_GAIN, 80, 80);
    push_motion(&m, box.x + box.w / 2, box.y); // it is at 50
    expect_input(&m, UI_NONE);
    push_motion(&m, box.x - 50, box.y);
    expect_setting(&m, UI_GAIN, 0, 0);
    push_button(&m, SDL_MOUSEBUTTONUP, box.x, box.y);
    expect_input(&m, UI_NONE);
    const struct ui_box time = zone_of(&m, UI_ZONE_SLIDER, 0, UI_EXPOSURE)->box;
    push_button(&m, SDL_MOUSEBUTTONDOWN, time.x + time.w * 3 / 4, time.y + 5);
    expect_setting(&m, UI_EXPOSURE, 930, 1070); // 10^3
    push_button(&m, SDL_MOUSEBUTTONUP, time.x, time.y);
}

static void test_the_cameras_name_opens_its_page(void **state)
{
    (void)state;
    static struct mouse m;
    static uint8_t px[12];
    struct img frame = {.px = px, .w = 2, .h = 2};
    m = (struct mouse){0};
    view.frame = &frame;
    snprintf(view.camera, sizeof view.camera, "Integrated Camera, 640x480 MJPG, 30 fps");
    draw_screen(&m);
    view.frame = NULL;
    click_on(&m, zone_of(&m, UI_PAGE, 0, UI_PAGE_CAMERA));
    expect_input(&m, UI_PAGE);
}

// The frames a second beside that name show the figures, which go with a click.
static void test_figures_by_mouse(void **state)
{
    (void)state;
    static struct mouse m;
    static uint8_t px[12];
    struct img frame = {.px = px, .w = 2, .h = 2};
    m = (struct mouse){0};
    view.frame = &frame;
    view.fps = 25;
    snprintf(view.camera, sizeof view.camera, "Integrated Camera");
    draw_screen(&m);
    click_on(&m, zone_of(&m, UI_FIGURES, 0, 0));
    expect_input(&m, UI_FIGURES);
    view.fps = 0;
    view.figures.shown = true;
    draw_screen(&m);
    view.frame = NULL;
    click_on(&m, zone_of(&m, UI_FIGURES, 0, 0));
    expect_input(&m, UI_FIGURES);
}

// The greeting, where it can be seen, before the window is closed.
static void test_escape_closes_the_greeting(void **state)
{
    struct ui_window *window = *state;
    static uint8_t px[12];
    struct img frame = {.px = px, .w = 2, .h = 2};
    view.greeting = true;
    press(SDLK_ESCAPE, 0);
    expect(window, UI_QUIT, 0);
    view.frame = &frame;
    press(SDLK_ESCAPE, 0);
    expect(window, UI_DISMISS, 0);
    view.help = true;
    press(SDLK_ESCAPE, 0);
    expect(window, UI_HELP, 0);
    view.help = false;
    view.page = UI_PAGE_HOOD;
    press(SDLK_ESCAPE, 0);
    expect(window, UI_PAGE, 0);
    view.page = UI_PAGE_PICTURE;
    static struct mouse m;
    m = (struct mouse){0};
    draw_screen(&m);
    click_on(&m, zone_of(&m, UI_DISMISS, 0, 0));
    expect_input(&m, UI_DISMISS);
    view.frame = NULL;
}

static void test_help_covers_the_rest(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    view.help = true;
    draw_screen(&m);
    const struct ui_zone *train = zone_of(&m, UI_TRAIN, 0, 0);
    click(&m, SDL_MOUSEBUTTONDOWN, train);
    click(&m, SDL_MOUSEBUTTONUP, train);
    expect_input(&m, UI_HELP);
    click_on(&m, zone_of(&m, UI_TEXT_SIZE, 0, 1));
    expect_input(&m, UI_TEXT_SIZE);
    push_button(&m, SDL_MOUSEBUTTONDOWN, 640, 400);
    push_button(&m, SDL_MOUSEBUTTONUP, 640, 400);
    expect_input(&m, UI_NONE);
}

// Waking.

static void *wake_many(void *window)
{
    clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 20);
    for (int i = 0; i < 5000; i++)
        ui_window_wake(window);
    return NULL;
}

static void test_wake(void **state)
{
    struct ui_window *window = *state;
    struct ui_action action;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_many, window), 0);
    int64_t start = clock_now_ns();
    assert_false(ui_window_poll(window, &view, 20000, &action));
    assert_true(clock_now_ns() - start < 10 * CLOCK_SECOND);
    pthread_join(thread, NULL);
    SDL_PumpEvents();
    assert_in_range(SDL_PeepEvents(NULL, 0, SDL_PEEKEVENT, SDL_USEREVENT, SDL_LASTEVENT), 0, 1);
    while (ui_window_poll(window, &view, 0, &action))
        ;
    start = clock_now_ns();
    assert_false(ui_window_poll(window, &view, 50, &action));
    assert_true(clock_now_ns() - start >= CLOCK_SECOND / 25);
    ui_window_wake(window);
    start = clock_now_ns();
    assert_false(ui_window_poll(window, &view, 20000, &action));
    assert_true(clock_now_ns() - start < 10 * CLOCK_SECOND);
}

static void size_of(int w, int h, float scale, int *w_px, int *h_px)
{
    struct ui_window *window;
    struct err err = {0};
    struct img shot = {0};
    assert_int_equal(ui_window_create(&window, w, h, scale, &err), 0);
    assert_int_equal(ui_window_shot(window, &view, &shot, &err), 0);
    *w_px = shot.w;
    *h_px = shot.h;
    img_finish(&shot);
    ui_window_destroy(window);
}

// The dummy driver's screen has 1024x768.
static void test_window_fits_the_screen(void **state)
{
    (void)state;
    int w, h;
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    size_of(640, 480, 0, &w, &h);
    assert_int_equal(w, 640);
    assert_int_equal(h, 480);
    size_of(480, 360, 1.5f, &w, &h);
    assert_int_equal(w, 720);
    assert_int_equal(h, 540);
    size_of(1280, 800, 1, &w, &h);
    assert_int_equal(w, 1024);
    assert_in_range(h, 700, 767);
    size_of(640, 480, 2, &w, &h);
    assert_int_equal(w, 1024);
    assert_in_range(h, 700, 767);
}

// SDL would draw where nobody sees it.
static void test_dead_display(void **state)
{
    (void)state;
    unsetenv("SDL_VIDEODRIVER");
    unsetenv("WAYLAND_DISPLAY");
    setenv("DISPLAY", ":4711", 1);
    struct ui_window *window = NULL;
    struct err err = {0};
    assert_int_equal(ui_window_create(&window, 640, 480, 0, &err), ERR_USAGE);
    assert_string_equal(err.text, "cannot open the display :4711: --headless works without one");
    assert_null(window);
    assert_int_equal(SDL_WasInit(0), 0);
}

static void test_no_display(void **state)
{
    (void)state;
    unsetenv("SDL_VIDEODRIVER");
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    struct ui_window *window = NULL;
    struct err err = {0};
    assert_int_equal(ui_window_create(&window, 640, 480, 0, &err), ERR_USAGE);
    assert_non_null(strstr(err.text, "--headless"));
    assert_null(window);
    ui_window_destroy(NULL);
}

// Sections of 10, none and 3 pictures.
static void show_pictures(int cursor)
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

static void test_pictures_are_reached_by_keys(void **state)
{
    (void)state;
    static const struct {
        int from;
        SDL_Keycode key;
        int to;
    } steps[] = {
        {-1, SDLK_RIGHT, 0}, {0, SDLK_RIGHT, 1}, {0, SDLK_LEFT, 0},     {12, SDLK_RIGHT, 12},
        {1, SDLK_DOWN, 5},   {7, SDLK_DOWN, 9},  {9, SDLK_DOWN, 11},    {11, SDLK_DOWN, 11},
        {12, SDLK_UP, 9},    {10, SDLK_UP, 8},   {8, SDLK_UP, 4},       {3, SDLK_UP, 3},
        {9, SDLK_HOME, 0},   {2, SDLK_END, 12},  {0, SDLK_PAGEDOWN, 8}, {12, SDLK_PAGEUP, 5},
        {3, SDLK_x, -1},
    };
    for (size_t i = 0; i < SDL_arraysize(steps); i++) {
        show_pictures(steps[i].from);
        assert_int_equal(ui_collected_step(&view.album, 4, 3, steps[i].key), steps[i].to);
    }
    view.album = (struct ui_album){.n_sections = 3, .cursor = -1};
    assert_int_equal(ui_collected_step(&view.album, 4, 3, SDLK_DOWN), -1);
}

static void expect_choice(struct mouse *m, int index, enum ui_choice choice)
{
    struct ui_action action = {.kind = UI_NONE};
    ui_input_next(&m->input, &action);
    assert_int_equal(action.kind, UI_CHOOSE);
    assert_int_equal(action.index, index);
    assert_int_equal(action.choice, choice);
}

static void push_input_key(struct mouse *m, SDL_Keycode sym, Uint16 mod)
{
    SDL_Event event = {.type = SDL_KEYDOWN};
    event.key.keysym.sym = sym;
    event.key.keysym.scancode = SDL_GetScancodeFromKey(sym);
    event.key.keysym.mod = mod;
    ui_input_event(&m->input, &event, &view, &m->canvas, 0.5f);
}

static void test_pictures_are_edited(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    show_pictures(0);
    draw_screen(&m);
    assert_true(m.canvas.columns > 3);
    click(&m, SDL_MOUSEBUTTONDOWN, zone_of(&m, UI_CHOOSE, 0, 2));
    expect_input(&m, UI_NONE);
    click(&m, SDL_MOUSEBUTTONUP, zone_of(&m, UI_CHOOSE, 0, 2));
    expect_choice(&m, 2, UI_CHOOSE_ONE);
    push_input_key(&m, SDLK_RIGHT, KMOD_LSHIFT);
    expect_choice(&m, 1, UI_CHOOSE_TO);
    push_input_key(&m, SDLK_a, KMOD_LCTRL);
    expect_choice(&m, 0, UI_CHOOSE_SECTION);
    push_input_key(&m, SDLK_DELETE, 0);
    expect_input(&m, UI_DELETE);
    push_input_key(&m, SDLK_n, KMOD_RSHIFT);
    struct ui_action action;
    assert_true(ui_input_next(&m.input, &action));
    assert_int_equal(action.kind, UI_MOVE);
    assert_int_equal(action.key, 'n');
    push_input_key(&m, SDLK_n, 0); // still takes pictures
    expect_input(&m, UI_HOLD);
    view.page = UI_PAGE_PICTURE;
    push_input_key(&m, SDLK_DOWN, 0);
    expect_input(&m, UI_THRESHOLD);
    push_input_key(&m, SDLK_DELETE, 0);
    expect_input(&m, UI_NONE);
}

// The Tab key.

// Presses Tab until it is on what does `kind`; returns how often.
static int tab_to(struct mouse *m, int kind, Uint16 mod)
{
    for (int n = 1; n < UI_ZONES; n++) {
        push_input_key(m, SDLK_TAB, mod);
        if (m->input.focus.kind == kind)
            return n;
    }
    fail_msg("Tab never came to %d", kind);
    return 0;
}

static void test_tab_goes_everywhere(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    SDL_Event up = {.type = SDL_KEYUP};
    draw_screen(&m);
    push_input_key(&m, SDLK_RETURN, 0);
    expect_input(&m, UI_NONE);
    int first = tab_to(&m, UI_TRAIN, 0), around = tab_to(&m, UI_TRAIN, 0);
    assert_true(first <= around && around >= 8);
    assert_int_equal(tab_to(&m, UI_TRAIN, KMOD_LSHIFT), around);
    push_input_key(&m, SDLK_RETURN, 0);
    expect_input(&m, UI_TRAIN);
    tab_to(&m, UI_HOLD, 0);
    push_input_key(&m, SDLK_RETURN, 0);
    expect_input(&m, UI_HOLD);
    up.key.keysym.scancode = SDL_GetScancodeFromKey(SDLK_RETURN);
    ui_input_event(&m.input, &up, &view, &m.canvas, 0.5f);
    expect_input(&m, UI_RELEASE);
    push_button(&m, SDL_MOUSEBUTTONDOWN, 640, 300); // the mouse takes over
    push_input_key(&m, SDLK_RETURN, 0);
    expect_input(&m, UI_NONE);
}

static void test_tab_stays_in_the_help(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    view.help = true;
    draw_screen(&m);
    for (int i = 0; i < 100; i++) {
        push_input_key(&m, SDLK_TAB, 0);
        assert_int_not_equal(m.input.focus.kind, UI_HOLD);
    }
    tab_to(&m, UI_LIVE, 0);
    push_input_key(&m, SDLK_RETURN, 0);
    expect_input(&m, UI_HELP); // it closes, to be seen
    expect_input(&m, UI_LIVE);
    tab_to(&m, UI_THEME, 0);
    push_input_key(&m, SDLK_RETURN, 0);
    expect_input(&m, UI_THEME);
    expect_input(&m, UI_NONE);
}

static void note_places(struct mouse *m, bool there[UI_ACTIONS])
{
    draw_screen(m);
    for (int i = 0; i < m->canvas.n_zones; i++)
        if (m->canvas.zone[i].kind < UI_ACTIONS)
            there[m->canvas.zone[i].kind] = true;
}

// What can be done by a key can be done by the mouse.
static void test_every_key_has_a_place(void **state)
{
    (void)state;
    static struct mouse m;
    static struct ui_thumb thumb = {.path = "a.jpg"};
    bool there[UI_ACTIONS] = {false};
    m = (struct mouse){0};
    view.have_model = view.retrains = true;
    view.threshold = 0.9f;
    view.n_earlier = UI_MODELS;
    view.n_left_out = 1;
    view.card.scores.own[390] = view.card.scores.others[10] = 20;
    view.album = (struct ui_album){.n_sections = 1, .thumb = &thumb, .n = 1, .n_chosen = 1};
    view.album.section[0].n = 1;
    for (int page = UI_PAGE_PICTURE; page <= UI_PAGE_CAMERA; page++) {
        view.page = (enum ui_page)page;
        view.live = !view.live;
        view.training = !view.training;
        note_places(&m, there);
    }
    view.help = true;
    note_places(&m, there);
    static const enum ui_action_kind by_key[] = {
        UI_HOLD,    UI_UNDO,      UI_TRAIN,     UI_STOP,      UI_WRONG,  UI_RETRAIN,
        UI_LIVE,    UI_MIRROR,    UI_CAMERA,    UI_PAUSE,     UI_HELP,   UI_FULLSCREEN,
        UI_READMIT, UI_THRESHOLD, UI_USE_MODEL, UI_CHOOSE,    UI_DELETE, UI_RESET_THRESHOLD,
        UI_PAGE,    UI_THEME,     UI_FIGURES,   UI_TEXT_SIZE, UI_QUIT,   UI_MOVE,
    };
    for (size_t i = 0; i < SDL_arraysize(by_key); i++)
        if (!there[by_key[i]])
            fail_msg("no place does what the key of %d does", by_key[i]);
}

#define WITH_WINDOW(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WINDOW(test_burst_keys),
        WITH_WINDOW(test_one_burst_at_a_time),
        WITH_WINDOW(test_focus_lost_releases),
        WITH_WINDOW(test_layout_changes_while_held),
        WITH_WINDOW(test_plain_keys),
        WITH_WINDOW(test_earlier_models),
        WITH_WINDOW(test_other_scripts_use_the_place),
        WITH_WINDOW(test_digits_that_need_shift),
        WITH_WINDOW(test_threshold),
        WITH_WINDOW(test_text_size),
        WITH_WINDOW(test_text_size_by_wheel),
        cmocka_unit_test(test_text_has_room),
        WITH_WINDOW(test_pages),
        WITH_WINDOW(test_camera_keys),
        WITH_WINDOW(test_pictures_that_hurt_by_keys),
        WITH_WINDOW(test_escape_closes_first),
        WITH_WINDOW(test_escape_closes_the_greeting),
        WITH_WINDOW(test_typing),
        WITH_WINDOW(test_paste),
        WITH_WINDOW(test_drops),
        WITH_WINDOW(test_long_drops_are_ignored),
        cmocka_unit_test(test_many_drops),
        WITH_WINDOW(test_close_quits),
        WITH_WINDOW(test_mouse),
        WITH_WINDOW(test_threshold_is_dragged),
        WITH_WINDOW(test_camera_by_mouse),
        WITH_WINDOW(test_pictures_that_hurt_by_mouse),
        WITH_WINDOW(test_the_cameras_name_opens_its_page),
        WITH_WINDOW(test_figures_by_mouse),
        WITH_WINDOW(test_help_covers_the_rest),
        WITH_WINDOW(test_pictures_are_reached_by_keys),
        WITH_WINDOW(test_pictures_are_edited),
        WITH_WINDOW(test_tab_goes_everywhere),
        WITH_WINDOW(test_tab_stays_in_the_help),
        WITH_WINDOW(test_every_key_has_a_place),
        WITH_WINDOW(test_wake),
        cmocka_unit_test(test_window_fits_the_screen),
        cmocka_unit_test(test_dead_display),
        cmocka_unit_test(test_no_display),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
