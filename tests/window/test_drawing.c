// SPDX-License-Identifier: MIT
// Texts and shapes, whatever they stand for.
#include "tests/window/drawn.h"

static void test_line_texts(void **state)
{
    (void)state;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    struct ui_text *t;
    assert_int_equal(ui_text_create(&t, renderer, 1, NULL), 0);
    struct ui_line whole = ui_text_line(t, UI_BODY, "some words in a line", 0, UI_ELIDE_END);
    struct ui_line same = ui_text_line(t, UI_BODY, "some words in a line", whole.w, UI_ELIDE_END);
    struct ui_line cut =
        ui_text_line(t, UI_BODY, "some words in a line", whole.w - 1, UI_ELIDE_END);
    assert_int_equal(same.w, whole.w);
    assert_in_range(cut.w, whole.w / 2, whole.w - 1);
    assert_ptr_equal(
        cut.texture,
        ui_text_line(t, UI_BODY, "some words in a line", whole.w - 1, UI_ELIDE_END).texture);
    for (int px = 1; px < 120; px += 7) {
        struct ui_line path =
            ui_text_line(t, UI_BODY, "/a/\xe5\x86\x99/\xff\xc3", px, UI_ELIDE_START);
        assert_true(path.w <= SDL_max(px, 16));
    }
    struct ui_line empty = ui_text_line(t, UI_BODY, "", 0, UI_ELIDE_END);
    assert_null(empty.texture);
    assert_true(empty.h > 8);
    struct ui_line block = ui_text_block(t, UI_BODY, "some words in a line", whole.w / 2, 5);
    assert_true(block.h >= 2 * empty.h && block.h <= 3 * empty.h);
    assert_true(block.w <= whole.w / 2);
    assert_int_equal(ui_text_block(t, UI_BODY, "some words in a line", whole.w / 2, 1).h, empty.h);
    assert_int_equal(ui_text_line(t, UI_BODY, "two\nlines", 0, UI_ELIDE_END).h, empty.h);
    ui_text_set_scale(t, 2);
    struct ui_line twice = ui_text_line(t, UI_BODY, "some words in a line", 0, UI_ELIDE_END);
    assert_true(twice.w > whole.w * 1.8 && twice.w < whole.w * 2.2);
    ui_text_destroy(t);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

static void test_many_texts_stay_right(void **state)
{
    (void)state;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    struct ui_text *t;
    assert_int_equal(ui_text_create(&t, renderer, 1, NULL), 0);
    int width[40];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 2000; i++) {
            char s[64];
            snprintf(s, sizeof s, "%.*s%d", i % 40, "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
                     100 + i % 40);
            int w = ui_text_line(t, UI_BODY, s, 0, UI_ELIDE_END).w;
            if (round == 0 && i < 40)
                width[i] = w;
            assert_int_equal(w, width[i % 40]);
            snprintf(s, sizeof s, "filler %d", i);
            ui_text_line(t, UI_BODY, s, 0, UI_ELIDE_END);
        }
    ui_text_destroy(t);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

static void test_raster(void **state)
{
    (void)state;
    struct ui_raster raster = {0};
    assert_int_equal(ui_raster_reset(&raster, 40, 20, NULL), 0);
    const struct ui_point level[] = {{-10, 10}, {50, 10}};
    ui_raster_stroke(&raster, level, 2, 4, 0);
    for (int x = 0; x < 40; x++)
        for (int y = 0; y < 20; y++)
            assert_int_equal(raster.cover[y * 40 + x] == 255, y >= 8 && y < 12);
    ui_raster_clear(&raster);
    ui_raster_stroke(&raster, level, 2, 2, 5);
    int changes = 0;
    for (int x = 1; x < 40; x++)
        changes += (raster.cover[10 * 40 + x] > 127) != (raster.cover[10 * 40 + x - 1] > 127);
    assert_in_range(changes, 6, 9);
    ui_raster_clear(&raster);
    const struct ui_point slope[] = {{0, 20}, {40, 0}};
    ui_raster_fill_below(&raster, slope, 2);
    assert_int_equal(raster.cover[19 * 40 + 20], 255);
    assert_int_equal(raster.cover[2 * 40 + 20], 0);
    ui_raster_stroke(&raster, slope, 0, 2, 0);
    ui_raster_finish(&raster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_texts),
        cmocka_unit_test(test_many_texts_stay_right),
        cmocka_unit_test(test_raster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
