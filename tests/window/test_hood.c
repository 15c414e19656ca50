// SPDX-License-Identifier: MIT
// "Under the hood" in a small window: all of the page can be reached by keys and the mouse, and
// nothing of it is clicked where it is not seen.
#include "tests/window/hands.h"

#include <math.h>

#define PLACES 128

static struct img row; // of small pictures
static struct ui_place place[PLACES];
static int n_places;

static void draw(struct ui_window *window)
{
    ui_window_fill(window, &view);
    ui_window_draw(window, &view);
    n_places = ui_window_places(window, &view, place, PLACES);
}

static const struct ui_place *find(const char *does, int index)
{
    for (int i = 0; i < n_places; i++)
        if (strcmp(place[i].does, does) == 0 && place[i].index == index)
            return &place[i];
    return NULL;
}

// The page open, as many points as that, every part of it there.
static int open_page(void **state, int w, int h)
{
    struct err err = {0};
    struct ui_window *window;
    struct ui_action action;
    if (ui_window_create_offscreen(&window, w, h, 1, &err) < 0 ||
        img_reserve(&row, UI_WORST * 44, 44, &err) < 0)
        return -1;
    view = (struct ui_view){.threshold = 0.5f};
    open_hood(&row);
    view.worst_own.n = view.worst_others.n = UI_WORST;
    for (int i = 0; i < 2 * UI_WORST; i++)
        (i < UI_WORST ? &view.worst_own : &view.worst_others)->suspect[i % UI_WORST].path = "a/b";
    view.n_earlier = UI_MODELS;
    while (ui_window_poll(window, &view, 0, &action))
        ;
    draw(window);
    *state = window;
    return 0;
}

static int open_small(void **state)
{
    return open_page(state, 640, 480);
}

static int open_large(void **state)
{
    return open_page(state, 1280, 800);
}

static int close_page(void **state)
{
    ui_window_destroy(*state);
    img_finish(&row);
    return 0;
}

static void press_on(struct ui_window *window, SDL_Keycode key, Uint16 mod)
{
    press(key, mod);
    expect(window, UI_NONE, 0);
    draw(window);
}

static void expect_threshold(struct ui_window *window, SDL_Keycode key, Uint16 mod, float amount)
{
    press(key, mod);
    struct ui_action action = next(window);
    assert_int_equal(action.kind, UI_THRESHOLD);
    assert_true(fabsf(action.amount - amount) < 1e-6f);
    expect(window, UI_NONE, 0);
}

static float height_of_line(void)
{
    const struct ui_place *line = find("threshold_line", 0);
    return line ? line->h : 0;
}

static void expect_top(void)
{
    assert_true(height_of_line() > 64);
    assert_null(find("choose_worst", UI_WORST));
}

static void expect_end(void)
{
    assert_true(height_of_line() == 0);
    assert_non_null(find("choose_worst", UI_WORST));
    assert_non_null(find("readmit", 0));
}

static void test_keys_scroll(void **state)
{
    struct ui_window *window = *state;
    bool seen[UI_MODELS + 2 * UI_WORST] = {false};
    expect_top();
    press_on(window, SDLK_END, 0);
    expect_end();
    press_on(window, SDLK_DOWN, 0);
    press_on(window, SDLK_PAGEDOWN, 0);
    expect_end();
    press_on(window, SDLK_HOME, 0);
    expect_top();
    float h = height_of_line();
    press_on(window, SDLK_DOWN, 0);
    assert_true(height_of_line() < h);
    press_on(window, SDLK_UP, 0);
    assert_true(height_of_line() == h);
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < UI_MODELS; k++)
            seen[k] = seen[k] || find("use_model", k);
        for (int k = 0; k < 2 * UI_WORST; k++)
            seen[UI_MODELS + k] = seen[UI_MODELS + k] || find("choose_worst", k);
        press_on(window, SDLK_PAGEDOWN, 0);
    }
    for (size_t i = 0; i < SDL_arraysize(seen); i++)
        assert_true(seen[i]);
    press_on(window, SDLK_PAGEUP, 0);
    press_on(window, SDLK_HOME, 0);
    expect_top();
}

static void turn_wheel(struct ui_window *window, int x, int y, float rows)
{
    SDL_Event event = {.type = SDL_MOUSEMOTION};
    event.motion.x = x;
    event.motion.y = y;
    SDL_PushEvent(&event);
    event = (SDL_Event){.type = SDL_MOUSEWHEEL};
    event.wheel.preciseY = rows;
    SDL_PushEvent(&event);
    expect(window, UI_NONE, 0);
    draw(window);
}

static void test_the_wheel_scrolls(void **state)
{
    struct ui_window *window = *state;
    turn_wheel(window, 100, 120, -50);
    expect_end();
    turn_wheel(window, 100, 120, 1);
    assert_null(find("readmit", 0));
    turn_wheel(window, 100, 120, 50);
    expect_top();
    turn_wheel(window, 100, 400, -50); // over another card
    expect_top();
    press_on(window, SDLK_RIGHT, 0);
    turn_wheel(window, 100, 120, 50);
    assert_int_equal(view.cursor, 1); // what was chosen is so still
    expect_top();
}

// The threshold is changed by its own keys alone, and by arrows where the Tab key is on its line.
static void test_arrows_and_the_threshold(void **state)
{
    struct ui_window *window = *state;
    expect_threshold(window, '+', 0, 0.01f);
    expect_threshold(window, '-', KMOD_LSHIFT, -0.05f);
    press_on(window, SDLK_DOWN, KMOD_LSHIFT);
    press_on(window, SDLK_HOME, 0);
    press_on(window, SDLK_TAB, 0); // "Close"
    press_on(window, SDLK_TAB, 0);
    expect_threshold(window, SDLK_UP, 0, 0.01f);
    expect_threshold(window, SDLK_LEFT, 0, -0.01f);
    expect_threshold(window, SDLK_RIGHT, KMOD_LSHIFT, 0.05f);
    press_on(window, SDLK_PAGEDOWN, 0);
    press_on(window, SDLK_DOWN, 0);
    assert_int_equal(view.cursor, 0);
}

static void test_arrows_where_all_is_in_sight(void **state)
{
    struct ui_window *window = *state;
    assert_non_null(find("threshold_line", 0));
    assert_non_null(find("readmit", 0));
    expect_threshold(window, SDLK_DOWN, 0, -0.01f);
    press_on(window, SDLK_PAGEDOWN, 0);
    assert_non_null(find("threshold_line", 0));
}

static void test_the_chosen_picture_comes_into_sight(void **state)
{
    struct ui_window *window = *state;
    for (int i = 0; i < 2 * UI_WORST; i++) {
        press_on(window, SDLK_RIGHT, 0);
        const struct ui_place *chosen = find("choose_worst", i);
        assert_non_null(chosen);
        assert_true(chosen->w == 44 && chosen->h > 44); // all of it
    }
    press_on(window, SDLK_HOME, 0);
    assert_null(find("choose_worst", 2 * UI_WORST - 1));
    press_on(window, SDLK_DELETE, 0); // what is not seen is not taken out
    assert_non_null(find("choose_worst", 2 * UI_WORST - 1));
    press(SDLK_DELETE, 0);
    struct ui_action action = next(window);
    assert_int_equal(action.kind, UI_TAKE_OUT);
    assert_int_equal(action.index, 2 * UI_WORST - 1);
    press_on(window, SDLK_HOME, 0);
    press_on(window, SDLK_LEFT, 0);
    assert_non_null(find("choose_worst", 2 * UI_WORST - 2));
}

static void test_taking_back_comes_into_sight(void **state)
{
    struct ui_window *window = *state;
    press(SDLK_INSERT, 0);
    expect(window, UI_READMIT, 0);
    draw(window);
    expect_end();
}

// Presses Tab until Enter there does it; what the Tab key is on is in sight.
static void tab_and_enter(struct ui_window *window, enum ui_action_kind kind, const char *does,
                          int index)
{
    for (int i = 0; i < PLACES; i++) {
        press_on(window, SDLK_TAB, 0);
        press(SDLK_RETURN, 0);
        struct ui_action action = next(window);
        while (next(window).kind != UI_NONE)
            ;
        if (action.kind != kind || action.index != index)
            continue;
        draw(window);
        assert_non_null(find(does, index));
        return;
    }
    fail_msg("Tab never came to %s %d", does, index);
}

static void test_tab_scrolls(void **state)
{
    struct ui_window *window = *state;
    assert_null(find("use_model", 0));
    for (int i = 0; i < UI_MODELS; i++)
        tab_and_enter(window, UI_USE_MODEL, "use_model", i);
    tab_and_enter(window, UI_READMIT, "readmit", 0);
    view.help = true; // under it nothing is reached
    press_on(window, SDLK_HOME, 0);
    for (int i = 0; i < PLACES; i++) {
        press(SDLK_TAB, 0);
        press(SDLK_RETURN, 0);
        struct ui_action action = next(window);
        if (action.kind == UI_HELP)
            action = next(window);
        assert_int_not_equal(action.kind, UI_READMIT);
        draw(window);
    }
}

// Wherever it is scrolled to, places are within the card, and no two of them meet.
static void test_nothing_is_clicked_outside(void **state)
{
    struct ui_window *window = *state;
    const struct ui_place *close = find("page", UI_PAGE_HOOD);
    assert_non_null(close);
    const float top = close->y + close->h;
    const char *const inside[] = {"threshold_line", "use_model", "choose_worst", "readmit"};
    float bottom = 0;
    for (int i = 0; i < n_places; i++)
        if (strcmp(place[i].does, "live") == 0)
            bottom = place[i].y;
    for (int step = 0; step < 40; step++) {
        for (int i = 0; i < n_places; i++)
            for (size_t k = 0; k < SDL_arraysize(inside); k++)
                if (strcmp(place[i].does, inside[k]) == 0) {
                    assert_true(place[i].y >= top && place[i].h > 0);
                    assert_true(place[i].y + place[i].h < bottom);
                }
        press_on(window, SDLK_DOWN, 0);
    }
    expect_end();
}

// A new start knows of no picture; a training may have found none.
static void test_no_pictures(void **state)
{
    struct ui_window *window = *state;
    struct img unknown = {0}, none = {0};
    view.worst_own = view.worst_others = (struct ui_worst){.n = 0};
    view.worst_number = view.n_left_out = 0;
    assert_int_equal(ui_window_shot(window, &view, &unknown, NULL), 0);
    view.worst_number = 1;
    assert_int_equal(ui_window_shot(window, &view, &none, NULL), 0);
    assert_int_equal(unknown.w * unknown.h, none.w * none.h);
    assert_memory_not_equal(unknown.px, none.px, (size_t)none.w * (size_t)none.h * 3);
    img_finish(&unknown);
    img_finish(&none);
}

#define SMALL(test) cmocka_unit_test_setup_teardown(test, open_small, close_page)
#define LARGE(test) cmocka_unit_test_setup_teardown(test, open_large, close_page)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SMALL(test_keys_scroll),
        SMALL(test_the_wheel_scrolls),
        SMALL(test_arrows_and_the_threshold),
        LARGE(test_arrows_where_all_is_in_sight),
        SMALL(test_the_chosen_picture_comes_into_sight),
        SMALL(test_taking_back_comes_into_sight),
        SMALL(test_tab_scrolls),
        SMALL(test_nothing_is_clicked_outside),
        LARGE(test_no_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
