// SPDX-License-Identifier: MIT
// Paths that are typed, pasted or dropped.
#include "tests/window/hands.h"

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
    ui_window_answer(window, action.index, "");
    ui_window_fill(window, &view);
    assert_false(view.typing);
    push_text("ignored");
    press('/', 0);
    press(SDLK_RETURN, 0);
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_false(view.typing); // nothing was typed
}

// What was typed stays until it is known that it was taken, and no key is a command till then.
static void test_a_wrong_path_stays(void **state)
{
    struct ui_window *window = *state;
    press('o', 0);
    push_text("/nonsense");
    press(SDLK_RETURN, 0);
    struct ui_action asked = next(window);
    assert_int_equal(asked.kind, UI_FOLDER);
    assert_true(asked.index > 0);
    press('n', 0);
    press(SDLK_RETURN, 0);
    push_text("n");
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_true(view.typing && view.typing_waits);
    ui_window_draw(window, &view);
    ui_window_answer(window, asked.index + 1, "of another one");
    ui_window_answer(window, asked.index, "no such folder");
    ui_window_fill(window, &view);
    assert_true(view.typing && !view.typing_waits);
    assert_string_equal(view.typing_fault, "no such folder");
    assert_string_equal(view.typed, "/nonsense");
    ui_window_draw(window, &view);
    press('n', 0);
    push_text("n");
    expect(window, UI_NONE, 0);
    press('a', KMOD_LCTRL);
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_string_equal(view.typed, "/nonsensen");
    assert_true(view.typed_all);
    ui_window_draw(window, &view);
    push_text("http://elsewhere/");
    press(SDLK_RETURN, 0); // it needs no look
    expect(window, UI_NONE, 0);
    ui_window_fill(window, &view);
    assert_true(view.typing && *view.typing_fault);
    press('a', KMOD_LCTRL);
    push_text("/tmp");
    press(SDLK_RETURN, 0);
    struct ui_action again = next(window);
    assert_string_equal(again.path, "/tmp");
    ui_window_answer(window, asked.index, "too late");
    ui_window_answer(window, again.index, "");
    ui_window_fill(window, &view);
    assert_false(view.typing);
}

// Given up before the answer, which does not open it again, nor close another one.
static void test_a_late_answer_changes_nothing(void **state)
{
    struct ui_window *window = *state;
    press('o', 0);
    push_text("/slow");
    press(SDLK_RETURN, 0);
    struct ui_action asked = next(window);
    press(SDLK_ESCAPE, 0);
    expect(window, UI_NONE, 0);
    ui_window_answer(window, asked.index, "no such folder");
    ui_window_fill(window, &view);
    assert_false(view.typing);
    press('o', 0);
    expect(window, UI_NONE, 0);
    ui_window_answer(window, asked.index, "");
    ui_window_fill(window, &view);
    assert_true(view.typing && !*view.typing_fault);
    press(SDLK_ESCAPE, 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WINDOW(test_typing),
        WITH_WINDOW(test_a_wrong_path_stays),
        WITH_WINDOW(test_a_late_answer_changes_nothing),
        WITH_WINDOW(test_paste),
        WITH_WINDOW(test_drops),
        WITH_WINDOW(test_long_drops_are_ignored),
        cmocka_unit_test(test_many_drops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
