// SPDX-License-Identifier: MIT
// The page of other people: its keys, its places to click, and what it draws where names are odd
// and room is short.
#include "tests/test.h"

#include "ui/input.h"
#include "ui/screen.h"

static struct ui_view view;
static struct ui_input input;
static struct ui_canvas canvas;
static struct ui_screen screen;
static SDL_Surface *surface;
static struct img strip;

static const struct ui_dir rows[] = {
    {".", 3, true, false},
    {"..", -1, true, false},
    {"colleagues", 112, false, true},
    {"\xff\xfe\n", 1, true, false},
    {"a long name of a folder that has no room in a small window "
     "nor in a large one, as it goes on and on",
     -1, true, false},
};
#define ROWS (int)(sizeof rows / sizeof *rows)

static int setup(void **state)
{
    (void)state;
    surface = SDL_CreateRGBSurfaceWithFormat(0, 2000, 1300, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    assert_int_equal(img_reserve(&strip, 8 * UI_GLANCE, 8, NULL), 0);
    memset(strip.px, 200, (size_t)strip.w * (size_t)strip.h * 3);
    return ui_canvas_init(&canvas, renderer, 1, NULL);
}

static int teardown(void **state)
{
    (void)state;
    SDL_Renderer *renderer = canvas.renderer;
    ui_screen_finish(&screen);
    ui_canvas_finish(&canvas);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
    img_finish(&strip);
    return 0;
}

static int open_page(void **state)
{
    (void)state;
    struct ui_glance glance = {
        .known = true,
        .more = true,
        .pictures = 3212,
        .folders = 901,
        .persons = 812,
        .skipped = 12,
        .why = "a.jpg: not a picture; b.gif: GIF is not read; 10 more",
        .strip = {&strip, UI_GLANCE, 1},
    };
    input = (struct ui_input){0};
    view = (struct ui_view){.page = UI_PAGE_PEOPLE, .n_folders = UI_FOLDERS, .threshold = 0.5f};
    for (int i = 0; i < UI_FOLDERS; i++) {
        snprintf(view.folder[i].path, UI_TEXT, "/\xff\xfe/a rather long name of a folder/%d", i);
        view.folder[i].pictures = i - 1;
        view.folder[i].weight = i % 2 ? 0.25f : 4;
        view.folder[i].own = i % 3;
        view.folder[i].skipped = i % 4;
        view.people.used[i] = glance;
        view.people.used[i].strip.number = i;
    }
    view.people.row = rows;
    view.people.n_rows = ROWS;
    view.people.row_cursor = 2;
    view.people.glance = glance;
    snprintf(view.people.dir, sizeof view.people.dir, "/home/\xfe/Pictures");
    return 0;
}

static void draw(int w, int h)
{
    ui_canvas_begin(&canvas, w, h, 1);
    ui_screen_draw(&screen, &canvas, &view);
}

static struct ui_action next(void)
{
    struct ui_action action = {.kind = UI_NONE};
    if (!ui_input_next(&input, &action))
        action.kind = UI_NONE;
    return action;
}

static void push_key(SDL_Keycode sym, int repeat)
{
    SDL_Event event = {.type = SDL_KEYDOWN};
    event.key.keysym.sym = sym;
    event.key.keysym.scancode = SDL_GetScancodeFromKey(sym);
    event.key.repeat = (Uint8)repeat;
    ui_input_event(&input, &event, &view, &canvas, 1);
}

static void expect(SDL_Keycode sym, enum ui_action_kind kind, int index)
{
    push_key(sym, 0);
    struct ui_action action = next();
    assert_int_equal(action.kind, kind);
    assert_int_equal(action.index, index);
    assert_int_equal(next().kind, UI_NONE);
}

static const struct ui_zone *zone_of(int kind, int index)
{
    for (int i = 0; i < canvas.n_zones; i++)
        if (canvas.zone[i].kind == kind && canvas.zone[i].index == index)
            return &canvas.zone[i];
    fail_msg("no zone %d %d", kind, index);
    return NULL;
}

// Without a window: events with the place in points.
static void click(const struct ui_zone *zone, int clicks)
{
    SDL_Event event = {.type = SDL_MOUSEBUTTONDOWN};
    event.button.button = SDL_BUTTON_LEFT;
    event.button.clicks = (Uint8)clicks;
    event.button.x = (int)(zone->box.x + zone->box.w / 2);
    event.button.y = (int)(zone->box.y + zone->box.h / 2);
    ui_input_event(&input, &event, &view, &canvas, 1);
    event.type = SDL_MOUSEBUTTONUP;
    ui_input_event(&input, &event, &view, &canvas, 1);
}

static void expect_click(int kind, int index, int clicks, enum ui_action_kind does)
{
    click(zone_of(kind, index), clicks);
    struct ui_action action = next();
    assert_int_equal(action.kind, does);
    assert_int_equal(action.index, index);
    assert_int_equal(next().kind, UI_NONE);
}

// ---- Keys -------------------------------------------------------------------------------------

static void keys_of_folders_in_use(void **state)
{
    (void)state;
    view.people.cursor = 3;
    draw(1280, 800);
    expect(SDLK_DOWN, UI_PICK_FOLDER, 4);
    expect(SDLK_UP, UI_PICK_FOLDER, 2);
    expect(SDLK_HOME, UI_PICK_FOLDER, 0);
    expect(SDLK_END, UI_PICK_FOLDER, UI_FOLDERS - 1);
    expect(SDLK_PAGEDOWN, UI_PICK_FOLDER, 3 + canvas.rows - 1);
    expect(SDLK_DELETE, UI_REMOVE_FOLDER, 3);
    static const struct {
        SDL_Keycode key;
        float amount;
    } weights[] = {{'-', 0.5f}, {SDLK_KP_MINUS, 0.5f}, {'+', 2}, {'=', 2}, {SDLK_KP_PLUS, 2}};
    for (size_t i = 0; i < SDL_arraysize(weights); i++) {
        push_key(weights[i].key, 0);
        struct ui_action action = next();
        assert_true(action.kind == UI_WEIGHT && action.index == 3);
        assert_true(action.amount == weights[i].amount);
    }
    expect('x', UI_PICK_DIR, 2);
    expect(SDLK_RIGHT, UI_PICK_DIR, 2);
    expect(SDLK_LEFT, UI_NONE, 0);
    expect('v', UI_LIVE, 0);
    // Held: the cursor goes on, nothing else is done twice.
    push_key(SDLK_DOWN, 1);
    assert_int_equal(next().kind, UI_PICK_FOLDER);
    push_key(SDLK_DELETE, 1);
    push_key('+', 1);
    assert_int_equal(next().kind, UI_NONE);
    view.people.cursor = 0;
    expect(SDLK_UP, UI_PICK_FOLDER, 0);
    expect(SDLK_ESCAPE, UI_PAGE, UI_PAGE_PEOPLE);
    expect('4', UI_PAGE, UI_PAGE_PEOPLE);
    expect(SDLK_KP_4, UI_PAGE, UI_PAGE_PEOPLE);
}

static void keys_of_the_browser(void **state)
{
    (void)state;
    view.people.browsing = true;
    draw(1280, 800);
    expect(SDLK_DOWN, UI_PICK_DIR, 3);
    expect(SDLK_UP, UI_PICK_DIR, 1);
    expect(SDLK_HOME, UI_PICK_DIR, 0);
    expect(SDLK_END, UI_PICK_DIR, ROWS - 1);
    expect(SDLK_PAGEDOWN, UI_PICK_DIR, ROWS - 1);
    expect(SDLK_PAGEUP, UI_PICK_DIR, 0);
    expect(SDLK_RETURN, UI_OPEN_DIR, 2);
    expect(SDLK_KP_ENTER, UI_OPEN_DIR, 2);
    expect(SDLK_RIGHT, UI_OPEN_DIR, 2);
    expect(SDLK_LEFT, UI_OPEN_DIR, -1);
    expect(SDLK_BACKSPACE, UI_OPEN_DIR, -1);
    expect(SDLK_SPACE, UI_USE_DIR, 0);
    expect('.', UI_SHOW_HIDDEN, 0);
    expect('x', UI_PICK_FOLDER, 0);
    expect('+', UI_THRESHOLD, 0); // as everywhere
    expect('a', UI_HOLD, 0);
    // While the list is on its way the way up is open.
    view.people.n_rows = 0;
    view.people.row_cursor = -1;
    expect(SDLK_RETURN, UI_NONE, 0);
    expect(SDLK_DOWN, UI_PICK_DIR, 0);
    expect(SDLK_BACKSPACE, UI_OPEN_DIR, -1);
    // Nothing is used: there is no other list.
    view.n_folders = 0;
    view.people.browsing = false;
    expect('x', UI_NONE, 0);
    expect(SDLK_DELETE, UI_NONE, 0);
}

// ---- Mouse ------------------------------------------------------------------------------------

static void all_by_mouse(void **state)
{
    (void)state;
    draw(1280, 800);
    expect_click(UI_PICK_DIR, 3, 1, UI_PICK_DIR);
    click(zone_of(UI_PICK_DIR, 3), 2);
    assert_int_equal(next().kind, UI_OPEN_DIR);
    expect_click(UI_PICK_DIR, 4, 3, UI_PICK_DIR); // the third click is the first of two others
    expect_click(UI_OPEN_DIR, 4, 1, UI_OPEN_DIR);
    expect_click(UI_OPEN_DIR, -1, 1, UI_OPEN_DIR);
    expect_click(UI_SHOW_HIDDEN, 0, 1, UI_SHOW_HIDDEN);
    expect_click(UI_PICK_FOLDER, 1, 2, UI_PICK_FOLDER);
    expect_click(UI_REMOVE_FOLDER, 1, 1, UI_REMOVE_FOLDER);
    expect_click(UI_WEIGHT, 1, 1, UI_WEIGHT);
    expect_click(UI_PAGE, UI_PAGE_PEOPLE, 1, UI_PAGE);
    for (int i = 0; i < canvas.n_zones; i++)
        assert_int_not_equal(canvas.zone[i].kind, UI_USE_DIR); // it is used already
    view.people.row_cursor = 3;
    draw(1280, 800);
    expect_click(UI_USE_DIR, 0, 1, UI_USE_DIR);
    click(zone_of(UI_ZONE_TYPE, 0), 1);
    assert_true(input.typing);
}

static void one_list_where_there_is_little_room(void **state)
{
    (void)state;
    draw(640, 480);
    expect_click(UI_PICK_DIR, 2, 1, UI_PICK_DIR); // what changes the list
    view.people.browsing = true;
    draw(640, 480);
    expect_click(UI_PICK_FOLDER, 0, 1, UI_PICK_FOLDER);
    expect_click(UI_OPEN_DIR, 3, 1, UI_OPEN_DIR);
    click(zone_of(UI_ZONE_TYPE, 0), 1);
    assert_true(input.typing);
}

static void the_wheel_scrolls(void **state)
{
    (void)state;
    struct ui_dir many[500];
    for (int i = 0; i < 500; i++)
        many[i] = (struct ui_dir){"name", i, false, false};
    view.people.row = many;
    view.people.n_rows = 500;
    view.people.row_cursor = 0;
    draw(1280, 800);
    assert_int_equal(screen.people.first_row, 0);
    const struct ui_zone *zone = zone_of(UI_PICK_DIR, 3);
    canvas.mouse_x = zone->box.x + 1;
    canvas.mouse_y = zone->box.y + 1;
    canvas.scrolled = 7;
    draw(1280, 800);
    assert_int_equal(screen.people.first_row, 7);
    canvas.scrolled = 0;
    draw(1280, 800);
    assert_int_equal(screen.people.first_row, 7);
    // The cursor brings itself into sight when it moves.
    view.people.row_cursor = 400;
    draw(1280, 800);
    assert_int_equal(screen.people.first_row + screen.people.n_rows - 1, 400);
    canvas.scrolled = 10000;
    draw(1280, 800);
    assert_int_equal(screen.people.first_row + screen.people.n_rows, 500);
    canvas.scrolled = 0;
    // Another folder: from its top on.
    snprintf(view.people.dir, sizeof view.people.dir, "/elsewhere");
    view.people.n_rows = ROWS;
    view.people.row_cursor = 2;
    view.people.row = rows;
    draw(1280, 800);
    assert_int_equal(screen.people.first_row, 0);
    canvas.mouse_x = canvas.mouse_y = -1;
}

// ---- Drawing ----------------------------------------------------------------------------------

static bool apart(const struct ui_box *a, const struct ui_box *b)
{
    const float slack = 0.01f;
    return a->x + a->w <= b->x + slack || b->x + b->w <= a->x + slack ||
           a->y + a->h <= b->y + slack || b->y + b->h <= a->y + slack;
}

static void check_zones(float w, float h)
{
    for (int i = 0; i < canvas.n_zones; i++) {
        const struct ui_zone *a = &canvas.zone[i];
        assert_true(a->box.x >= 0 && a->box.y >= 0);
        assert_true(a->box.x + a->box.w <= w + 0.01f && a->box.y + a->box.h <= h + 0.01f);
        for (int k = 0; k < i && a->kind != UI_ZONE_SCROLL; k++)
            if (canvas.zone[k].kind != UI_ZONE_SCROLL)
                assert_true(apart(&a->box, &canvas.zone[k].box));
    }
}

static void nothing_overlaps_at_any_size(void **state)
{
    (void)state;
    for (int w = 480; w < 2000; w += 131)
        for (int h = 360; h < 1300; h += 89) {
            view.people.browsing = h % 2;
            view.people.hidden = h % 3 == 0;
            view.people.cursor = (w + h) % UI_FOLDERS;
            view.people.row_cursor = (w + h) % ROWS;
            view.people.glance.known = h % 5 > 0;
            snprintf(view.people.fault, UI_TEXT, "%s", h % 7 ? "" : "/closed: cannot be read");
            draw(w, h);
            check_zones((float)w, (float)h);
        }
}

static uint32_t pixel(const struct ui_box *box)
{
    int x = (int)(box->x + box->w / 2), y = (int)(box->y + box->h / 2);
    return ((uint32_t *)((uint8_t *)surface->pixels + (ptrdiff_t)y * surface->pitch))[x];
}

// The small pictures of a folder in use lie between its path and its weight.
static void small_pictures_show(void **state)
{
    (void)state;
    draw(1280, 800);
    const struct ui_zone *path = zone_of(UI_PICK_FOLDER, 0), *less = zone_of(UI_WEIGHT, 0);
    struct ui_box first = {path->box.x, path->box.y + path->box.h, 40,
                           less->box.y - path->box.y - path->box.h};
    assert_int_equal(pixel(&first) & 0xffffff, 0xc8c8c8);
    view.people.used[0].strip.n = 0; // none could be read
    draw(1280, 800);
    assert_int_not_equal(pixel(&first) & 0xffffff, 0xc8c8c8);
}

#define TEST(f) cmocka_unit_test_setup(f, open_page)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keys_of_folders_in_use), TEST(keys_of_the_browser),
        TEST(all_by_mouse),           TEST(one_list_where_there_is_little_room),
        TEST(the_wheel_scrolls),      TEST(nothing_overlaps_at_any_size),
        TEST(small_pictures_show),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
