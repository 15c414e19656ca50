// SPDX-License-Identifier: MIT
// The window itself: its size, waking it, closing it, and where there is no display.
#include "tests/window/hands.h"

#include "core/base/clock.h"

#include <math.h>
#include <pthread.h>

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

static void test_close_quits(void **state)
{
    struct ui_window *window = *state;
    SDL_PushEvent(&(SDL_Event){.type = SDL_QUIT});
    expect(window, UI_QUIT, 0);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_has_room),
        WITH_WINDOW(test_close_quits),
        WITH_WINDOW(test_wake),
        cmocka_unit_test(test_window_fits_the_screen),
        cmocka_unit_test(test_dead_display),
        cmocka_unit_test(test_no_display),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
