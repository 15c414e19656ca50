// SPDX-License-Identifier: MIT
// What the mouse does, and the Tab key: all that keys can.
#include "tests/window/hands.h"

#include <math.h>

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

    click_on(&m, zone_of(&m, UI_REMOVE_FOLDER, 0, 1));
    struct ui_action action;
    assert_true(ui_input_next(&m.input, &action));
    assert_int_equal(action.kind, UI_REMOVE_FOLDER);
    assert_int_equal(action.index, 1);

    view.page = UI_PAGE_PEOPLE;
    draw_screen(&m);
    click_on(&m, zone_of(&m, UI_ZONE_TYPE, 0, 0));
    expect_input(&m, UI_NONE);
    assert_true(m.input.typing);
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

    click_on(&m, zone_of(&m, UI_RESET_THRESHOLD, 0, 0));
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

static void test_help_covers_the_rest(void **state)
{
    (void)state;
    static struct mouse m;
    m = (struct mouse){0};
    view.help = true;
    draw_screen(&m);
    const struct ui_zone *train = zone_of(&m, UI_TRAIN, 0, 0);
    click_on(&m, train);
    expect_input(&m, UI_HELP);
    click_on(&m, zone_of(&m, UI_TEXT_SIZE, 0, 1));
    expect_input(&m, UI_TEXT_SIZE);
    push_button(&m, SDL_MOUSEBUTTONDOWN, 640, 400);
    push_button(&m, SDL_MOUSEBUTTONUP, 640, 400);
    expect_input(&m, UI_NONE);
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
    SDL_Event event = key_event(SDL_KEYDOWN, sym, mod, 0);
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

// -- the Tab key --

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WINDOW(test_mouse),
        WITH_WINDOW(test_threshold_is_dragged),
        WITH_WINDOW(test_camera_by_mouse),
        WITH_WINDOW(test_pictures_that_hurt_by_mouse),
        WITH_WINDOW(test_the_cameras_name_opens_its_page),
        WITH_WINDOW(test_figures_by_mouse),
        WITH_WINDOW(test_help_covers_the_rest),
        WITH_WINDOW(test_pictures_are_edited),
        WITH_WINDOW(test_tab_goes_everywhere),
        WITH_WINDOW(test_tab_stays_in_the_help),
        WITH_WINDOW(test_every_key_has_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
