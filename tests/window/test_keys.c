// SPDX-License-Identifier: MIT
// What keys do, on every page.
#include "tests/window/hands.h"

#include <math.h>

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

static void test_pictures_that_hurt_by_keys(void **state)
{
    struct ui_window *window = *state;
    struct img row = {0};
    assert_int_equal(img_reserve(&row, 3 * 44, 44, NULL), 0);
    open_hood(&row);
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
    press(SDLK_ESCAPE, 0); // was meant for the line
    expect(window, UI_NONE, 0);
    SDL_Delay(800);
    press(SDLK_ESCAPE, 0);
    expect(window, UI_QUIT, 0);
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
        WITH_WINDOW(test_pages),
        WITH_WINDOW(test_camera_keys),
        WITH_WINDOW(test_pictures_that_hurt_by_keys),
        WITH_WINDOW(test_escape_closes_first),
        WITH_WINDOW(test_escape_closes_the_greeting),
        WITH_WINDOW(test_pictures_are_reached_by_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
