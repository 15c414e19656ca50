// SPDX-License-Identifier: MIT
// The camera's picture: where it lies, mirrored with its box, and what is drawn over it.
#include "tests/window/drawn.h"

// The first and the last column of the picture's row at `y` that is red or blue.
static void picture_extent(const struct img *shot, int y, int *first, int *last)
{
    *first = -1;
    for (int x = 0; x < shot->w; x++) {
        const uint8_t *p = pixel(shot, (float)x, (float)y);
        if (p[1] < 40 && (p[0] > 90 || p[2] > 90) && abs(p[0] - p[2]) > 80) {
            *first = *first < 0 ? x : *first;
            *last = x;
        }
        if (x > shot->w / 2 && *first >= 0 && x > *last + 40)
            break;
    }
}

static void test_mirror(void **state)
{
    (void)state;
    struct img frame = {0}, plain = {0}, mirrored = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.live = false;
    view.guide = (struct img_rect){40, 100, 200, 200};
    shoot(1280, 800, 1, &plain);
    view.mirror = true;
    shoot(1280, 800, 1, &mirrored);
    int first = 0, last = 0;
    picture_extent(&plain, 300, &first, &last);
    assert_true(first >= 0 && last - first > 600);
    float y = 300, quarter = (float)(last - first) / 4;
    float left = (float)first + quarter, right = (float)last - quarter;
    assert_true(pixel(&plain, left, y)[0] > pixel(&plain, left, y)[2]);
    assert_true(pixel(&mirrored, left, y)[0] < pixel(&mirrored, left, y)[2]);
    // Bright in the box, which is over the red half, and dim outside, on either side.
    assert_true(pixel(&plain, left, y)[0] > 240);
    assert_true(pixel(&plain, right, y)[2] < 200);
    assert_true(pixel(&mirrored, right, y)[0] > 240);
    assert_true(pixel(&mirrored, left, y)[2] < 200);
    img_finish(&frame);
    img_finish(&plain);
    img_finish(&mirrored);
}

static void test_only_new_frames_are_uploaded(void **state)
{
    (void)state;
    struct img frame = {0}, a = {0}, b = {0}, c = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    struct ui_window *window;
    assert_int_equal(ui_window_create_offscreen(&window, 1280, 800, 1, NULL), 0);
    assert_int_equal(ui_window_shot(window, &view, &a, NULL), 0);
    memset(frame.px, 128, (size_t)frame.w * (size_t)frame.h * 3);
    assert_int_equal(ui_window_shot(window, &view, &b, NULL), 0);
    assert_memory_equal(a.px, b.px, (size_t)a.w * (size_t)a.h * 3);
    view.frame_number++;
    assert_int_equal(ui_window_shot(window, &view, &c, NULL), 0);
    assert_memory_not_equal(a.px, c.px, (size_t)a.w * (size_t)a.h * 3);
    ui_window_destroy(window);
    img_finish(&frame);
    img_finish(&a);
    img_finish(&b);
    img_finish(&c);
}

// Frames that change their size, very small and very large ones, and none at all.
static void test_odd_frames(void **state)
{
    (void)state;
    static const int size[][2] = {{1, 1}, {3, 500}, {500, 3}, {1921, 1081}, {641, 479}, {64, 64}};
    struct img frame = {0}, shot = {0};
    struct ui_window *window;
    assert_int_equal(ui_window_create_offscreen(&window, 700, 500, 1, NULL), 0);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        make_frame(&frame, size[i][0], size[i][1]);
        fill_view(&frame);
        view.frame_number = (int64_t)i;
        view.guide = (struct img_rect){-50, -50, 5000, 200};
        view.flash = 1;
        view.holding = 'a';
        ui_window_draw(window, &view);
    }
    view.frame = NULL;
    assert_int_equal(ui_window_shot(window, &view, &shot, NULL), 0);
    ui_window_destroy(window);
    img_finish(&frame);
    img_finish(&shot);
}

static void test_figures(void **state)
{
    (void)state;
    static const int size[][2] = {{480, 360}, {640, 480}, {1280, 800}};
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int w = size[i][0], h = size[i][1];
        view.figures = (struct ui_figures){false, 30, 29, 6, 9, 3};
        shoot(w, h, 1, &shot);
        view.figures.draw_ms = 7;
        assert_true(unchanged(&shot, w, h));
        view.figures.shown = true;
        float *figure[] = {&view.figures.camera, &view.figures.scored, &view.figures.p50_ms,
                           &view.figures.p95_ms, &view.figures.draw_ms};
        for (size_t k = 0; k < sizeof figure / sizeof *figure; k++) {
            assert_false(unchanged(&shot, w, h));
            *figure[k] += 1;
        }
        assert_false(unchanged(&shot, w, h));
        view.figures.draw_ms = NAN;
        assert_false(unchanged(&shot, w, h));
    }
    img_finish(&frame);
    img_finish(&shot);
}

// Over the picture, and only where nothing else is.
static void test_greeting(void **state)
{
    (void)state;
    static const int size[][2] = {{480, 360}, {640, 480}, {1280, 800}};
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int w = size[i][0], h = size[i][1];
        fill_view(&frame);
        view.live = false;
        shoot(w, h, 1, &shot);
        view.greeting = true;
        assert_false(unchanged(&shot, w, h));
        view.greeting = false;
        view.typing = true;
        shoot(w, h, 1, &shot);
        view.greeting = true;
        assert_true(unchanged(&shot, w, h));
        view.typing = view.greeting = false;
        view.camera_lost = true;
        shoot(w, h, 1, &shot);
        view.greeting = true;
        assert_true(unchanged(&shot, w, h));
    }
    img_finish(&frame);
    img_finish(&shot);
}

static void check_nearest(int w, int h, const struct img *nearest)
{
    struct img shot = {0};
    int first = 0, last = 0; // of the camera's picture
    view.nearest = NULL;
    view.mirror = false;
    shoot(w, h, 1, &shot);
    picture_extent(&shot, h / 3, &first, &last);
    img_finish(&shot);
    view.nearest = nearest;
    struct img_rect plain = green_of_view(w, h);
    view.mirror = true;
    struct img_rect mirrored = green_of_view(w, h);
    float box_right = (float)first + (float)(last - first) * 445 / 640;
    assert_in_range(plain.h, 34, 72);
    assert_in_range(plain.w, plain.h / 3, plain.h / 2);
    struct ui_box stage = ui_screen_layout((float)w, (float)h, 52, 4.0f / 3).stage;
    assert_true((float)plain.x > box_right);
    assert_true((float)(mirrored.x + mirrored.w) < stage.x + stage.w);
    assert_true(plain.x + plain.w < mirrored.x + mirrored.w);
    assert_in_range(mirrored.w, plain.w - 2, plain.w + 2);
}

// Beside the box, mirrored as the picture is.
static void test_nearest_anchor(void **state)
{
    (void)state;
    struct img frame = {0}, nearest = {0};
    make_frame(&frame, 640, 480);
    make_nearest(&nearest);
    fill_view(&frame);
    view.guide = (struct img_rect){195, 115, 250, 250};
    check_nearest(480, 360, &nearest);
    check_nearest(640, 480, &nearest);
    check_nearest(1280, 800, &nearest);
    img_finish(&frame);
    img_finish(&nearest);
}

static void test_nearest_anchor_only_beside_a_score(void **state)
{
    (void)state;
    struct img frame = {0}, nearest = {0};
    make_frame(&frame, 640, 480);
    make_nearest(&nearest);
    fill_view(&frame);
    view.nearest = &nearest;
    view.verdict = VERIFY_YOU;
    assert_true(green_of_view(640, 480).w > 0);
    view.guide = (struct img_rect){390, 0, 250, 250}; // where it would be
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.guide.x = 0;
    assert_true(green_of_view(640, 480).w > 0);
    view.camera_lost = true;
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.camera_lost = false;
    view.verdict = VERIFY_UNDECIDED;
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.verdict = VERIFY_STRANGER;
    view.live = false;
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.live = true;
    view.nearest = NULL;
    assert_int_equal(green_of_view(640, 480).w, 0);
    img_finish(&frame);
    img_finish(&nearest);
}

static bool is_colour(const uint8_t *p, SDL_Color c)
{
    return p[0] == c.r && p[1] == c.g && p[2] == c.b;
}

// What there is of a colour in the upper half of a picture, and how many pieces its uppermost line
// is in.
static struct img_rect line_box(const struct img *shot, int first, int last, SDL_Color colour,
                                int *n_pieces)
{
    int x0 = last, x1 = first, y0 = shot->h, y1 = 0;
    for (int y = 0; y < shot->h / 2; y++)
        for (int x = first; x <= last; x++)
            if (is_colour(pixel(shot, (float)x, (float)y), colour)) {
                x0 = SDL_min(x0, x);
                x1 = SDL_max(x1, x + 1);
                y0 = SDL_min(y0, y);
                y1 = SDL_max(y1, y + 1);
            }
    *n_pieces = 0;
    for (int x = x0; x < x1; x++)
        *n_pieces += is_colour(pixel(shot, (float)x, (float)y0), colour) &&
                     !is_colour(pixel(shot, (float)x - 1, (float)y0), colour);
    return (struct img_rect){x0, y0, x1 - x0, y1 - y0};
}

// The face's box in a window of 1280 x 800, if the view shows it; in points of the frame.
static struct img_rect shoot_face(SDL_Color colour, int *n_pieces)
{
    struct img shot = {0};
    int first = 0, last = 0;
    shoot(1280, 800, 1, &shot);
    picture_extent(&shot, 400, &first, &last);
    float scale = (float)(last - first + 1) / 640;
    struct img_rect r = line_box(&shot, first, last, colour, n_pieces);
    img_finish(&shot);
    return (struct img_rect){(int)((float)(r.x - first) / scale + 0.5f), r.y,
                             (int)((float)r.w / scale + 0.5f), (int)((float)r.h / scale + 0.5f)};
}

static void assert_face(struct img_rect r, int x, int side)
{
    assert_in_range(r.x, x - 2, x + 2);
    assert_in_range(r.w, side - 2, side + 2);
    assert_in_range(r.h, side - 2, side + 2);
}

// Mirrored as the picture is, and a different line for a stranger: the colour is not the only sign.
static void test_face_shows_where_it_is(void **state)
{
    (void)state;
    struct img frame = {0};
    int n_pieces;
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.nearest = NULL;
    view.guide = (struct img_rect){195, 115, 250, 250};
    view.has_face = true;
    view.face = (struct img_rect){60, 40, 120, 120};
    assert_face(shoot_face(ui_theme_dark.stranger, &n_pieces), 60, 120);
    assert_in_range(n_pieces, 5, 12);
    view.verdict = VERIFY_YOU;
    assert_face(shoot_face(ui_theme_dark.you, &n_pieces), 60, 120);
    assert_int_equal(n_pieces, 1);
    view.mirror = true;
    assert_face(shoot_face(ui_theme_dark.you, &n_pieces), 640 - 60 - 120, 120);
    view.holding = 'a';
    assert_face(shoot_face(ui_theme_dark.accent, &n_pieces), 640 - 60 - 120, 120);
    img_finish(&frame);
}

static void test_no_face_no_box(void **state)
{
    (void)state;
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.guide = (struct img_rect){195, 115, 250, 250};
    view.reason = FACE_NONE;
    shoot(1280, 800, 1, &shot);
    view.face = (struct img_rect){60, 40, 120, 120}; // an old one
    assert_true(unchanged(&shot, 1280, 800));
    view.has_face = true;
    assert_false(unchanged(&shot, 1280, 800));
    view.guide.x = 0; // the face's box stands in its place
    view.nearest = NULL;
    shoot(1280, 800, 1, &shot);
    view.guide.x = 300;
    assert_true(unchanged(&shot, 1280, 800));
    view.live = false;
    shoot(1280, 800, 1, &shot);
    view.has_face = false;
    assert_true(unchanged(&shot, 1280, 800));
    img_finish(&frame);
    img_finish(&shot);
}

// Wherever it is, in the frame or not, and however small.
static void test_odd_faces(void **state)
{
    (void)state;
    static const struct img_rect faces[] = {{-50, -50, 5000, 5000}, {-200, 10, 100, 100},
                                            {630, 470, 300, 300},   {5, 5, 0, 0},
                                            {5, 5, 1, 1},           {5, 5, 3, 3}};
    struct img frame = {0};
    struct ui_window *window;
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.has_face = true;
    assert_int_equal(ui_window_create_offscreen(&window, 700, 500, 1, NULL), 0);
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        view.face = faces[i];
        view.verdict = i % 2 ? VERIFY_YOU : VERIFY_STRANGER;
        ui_window_draw(window, &view);
        view.verdict = i % 2 ? VERIFY_STRANGER : VERIFY_YOU;
        ui_window_draw(window, &view);
    }
    ui_window_destroy(window);
    img_finish(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_only_new_frames_are_uploaded),
        cmocka_unit_test(test_odd_frames),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_nearest_anchor),
        cmocka_unit_test(test_nearest_anchor_only_beside_a_score),
        cmocka_unit_test(test_face_shows_where_it_is),
        cmocka_unit_test(test_no_face_no_box),
        cmocka_unit_test(test_odd_faces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
