// SPDX-License-Identifier: MIT
// Nothing overlaps or leaves the window, at any size of window and text.
#include "tests/window/drawn.h"

static bool apart(struct ui_box a, struct ui_box b)
{
    const float slack = 0.01f;
    return a.x + a.w <= b.x + slack || b.x + b.w <= a.x + slack || a.y + a.h <= b.y + slack ||
           b.y + b.h <= a.y + slack;
}

static bool within(struct ui_box box, float w, float h)
{
    return box.x >= 0 && box.y >= 0 && box.x + box.w <= w + 0.01f && box.y + box.h <= h + 0.01f;
}

static void test_layout_never_overlaps(void **state)
{
    (void)state;
    for (float w = 480; w < 2700; w += 37)
        for (float h = 360; h < 1700; h += 31)
            for (int i = 0; i < 4; i++) {
                float aspect = i & 1 ? 4.0f / 3 : 16.0f / 9, status_h = i & 2 ? 110 : 52;
                struct ui_layout l = ui_screen_layout(w, h, status_h, aspect);
                struct ui_box box[] = {l.stage, l.collect, l.train, l.live, l.status};
                for (int a = 0; a < 5; a++) {
                    assert_true(within(box[a], w, h));
                    assert_true(box[a].w >= 190 && box[a].h >= 50);
                    for (int b = 0; b < a; b++)
                        assert_true(apart(box[a], box[b]));
                }
            }
}

static void check_zones(const struct ui_canvas *canvas)
{
    for (int a = 0; a < canvas->n_zones; a++) {
        const struct ui_zone *za = &canvas->zone[a];
        assert_true(within(za->box, canvas->whole.w, canvas->whole.h));
        for (int b = 0; b < a; b++) {
            const struct ui_zone *zb = &canvas->zone[b];
            if (za->kind != UI_ZONE_SCROLL && zb->kind != UI_ZONE_SCROLL)
                assert_true(apart(za->box, zb->box));
        }
    }
}

static void test_buttons_never_overlap(void **state)
{
    (void)state;
    struct img frame = {0};
    make_frame(&frame, 320, 180);
    fill_view(&frame);
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, 2000, 1300, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    static struct ui_canvas canvas;
    static struct ui_screen screen;
    assert_int_equal(ui_canvas_init(&canvas, renderer, 1, NULL), 0);
    for (int w = 480; w < 2000; w += 173)
        for (int h = 360; h < 1300; h += 97) {
            view.live = !view.live;
            view.training = !view.training;
            view.camera_lost = h % 2;
            view.camera_paused = h % 5 == 0;
            view.page = (enum ui_page)((w + h) % 3);
            view.have_model = h % 3 > 0;
            view.retrains = h % 4 > 0;
            view.n_wrong = h % 2;
            view.part = (enum ui_part)(h % 4);
            view.n_warnings = h % (UI_WARNINGS + 1);
            view.n_left_out = h % 7;
            view.cursor = h % 20;
            view.greeting = !view.live;
            view.fps = 30;
            view.figures = (struct ui_figures){h % 3 == 0, 29.97f, 0, NAN, 1e4f, 3.1f};
            ui_canvas_begin(&canvas, w, h, 1);
            ui_screen_draw(&screen, &canvas, &view);
            check_zones(&canvas);
        }
    ui_screen_finish(&screen);
    ui_canvas_finish(&canvas);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
    img_finish(&frame);
}

static void shoot_text(float size, int w, int h, float scale, struct img *shot)
{
    view.text_size = size;
    shoot(w, h, scale, shot);
}

// Larger text is the same as a larger scale, as far as the window has room for 480x360 points.
static void test_text_size(void **state)
{
    (void)state;
    struct img frame = {0}, a = {0}, b = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    shoot_text(2, 1280, 800, 1, &a);
    shoot_text(0, 1280, 800, 2, &b);
    assert_true(same(&a, &b));
    shoot_text(1, 1280, 800, 1, &b);
    assert_false(same(&a, &b));
    shoot_text(0.8f, 1280, 800, 2, &a);
    shoot_text(1, 1280, 800, 1.6f, &b);
    assert_true(same(&a, &b));
    shoot_text(2, 720, 640, 1, &a);
    shoot_text(1, 720, 640, 1.5f, &b);
    assert_true(same(&a, &b));
    shoot_text(2, 480, 360, 1.5f, &a); // what there is no room for anyway is not made smaller
    shoot_text(1, 480, 360, 1.5f, &b);
    assert_true(same(&a, &b));
    img_finish(&frame);
    img_finish(&a);
    img_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout_never_overlaps),
        cmocka_unit_test(test_buttons_never_overlap),
        cmocka_unit_test(test_text_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
