// SPDX-License-Identifier: MIT
#include "core/base/rng.h"
#include "core/face/chip.h"
#include "core/image/resize.h"
#include "tests/test.h"

#include <math.h>

#define SIDE  FACE_CHIP_SIDE
#define PLANE (SIDE * SIDE)

static void guide_box_scales_with_the_frame(void **state)
{
    (void)state;
    static const struct {
        int w, h, side;
    } cases[] = {
        {640, 480, 250},  {800, 600, 250},   {1280, 720, 250},   {1280, 959, 250},
        {1280, 960, 500}, {1920, 1080, 500}, {3840, 2160, 1000}, {320, 240, 240},
        {200, 480, 200},  {640, 100, 100},   {1, 1, 1},          {641, 481, 250},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct img_rect box = face_guide_box(cases[i].w, cases[i].h);
        assert_int_equal(box.w, cases[i].side);
        assert_int_equal(box.h, cases[i].side);
        assert_int_equal(box.x, (cases[i].w - box.w) / 2);
        assert_int_equal(box.y, (cases[i].h - box.h) / 2);
        assert_true(box.x >= 0 && box.x + box.w <= cases[i].w);
        assert_true(box.y >= 0 && box.y + box.h <= cases[i].h);
    }
}

static struct img make_noise(int w, int h)
{
    struct img img = {0};
    struct rng rng;
    rng_seed(&rng, 5, 0);
    assert_int_equal(img_reserve(&img, w, h, NULL), 0);
    for (int i = 0; i < w * h * 3; i++)
        img.px[i] = (uint8_t)rng_below(&rng, 256);
    return img;
}

static void chip_is_the_resized_part_in_planes(void **state)
{
    (void)state;
    struct img frame = make_noise(320, 241), scratch = {0}, resized = {0};
    struct img_rect box = {3, 7, 150, 130};
    uint8_t *chip = malloc(FACE_CHIP_SIZE(3));
    assert_non_null(chip);
    assert_int_equal(face_chip(chip, 3, &frame, box, &scratch, NULL), 0);
    assert_int_equal(img_resize(&resized, &frame, box, SIDE, SIDE, NULL), 0);
    for (int i = 0; i < PLANE; i++)
        for (int c = 0; c < 3; c++)
            assert_int_equal(chip[c * PLANE + i], resized.px[3 * i + c]);
    struct img_rect whole = face_whole(&frame);
    assert_int_equal(whole.x + whole.y, 0);
    assert_int_equal(whole.w, 320);
    assert_int_equal(whole.h, 241);
    struct err err;
    assert_int_equal(face_chip(chip, 3, &frame, (struct img_rect){300, 0, 50, 50}, &scratch, &err),
                     ERR_DATA);
    free(chip);
    img_finish(&frame);
    img_finish(&scratch);
    img_finish(&resized);
}

static void luma_has_the_weights_of_bt601(void **state)
{
    (void)state;
    static const struct {
        uint8_t rgb[3];
        uint8_t luma;
    } cases[] = {
        {{255, 0, 0}, 76}, {{0, 255, 0}, 150},   {{0, 0, 255}, 29},  {{255, 255, 255}, 255},
        {{0, 0, 0}, 0},    {{10, 200, 99}, 132}, {{77, 77, 77}, 77},
    };
    struct img picture = {0}, scratch = {0};
    uint8_t *chip = malloc(FACE_CHIP_SIZE(1));
    assert_non_null(chip);
    assert_int_equal(img_reserve(&picture, 50, 60, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int k = 0; k < 50 * 60; k++)
            memcpy(picture.px + 3 * k, cases[i].rgb, 3);
        assert_int_equal(face_chip(chip, 1, &picture, face_whole(&picture), &scratch, NULL), 0);
        for (int k = 0; k < PLANE; k++)
            assert_int_equal(chip[k], cases[i].luma);
    }
    struct img noise = make_noise(SIDE, SIDE);
    assert_int_equal(face_chip(chip, 1, &noise, face_whole(&noise), &scratch, NULL), 0);
    for (int i = 0; i < PLANE; i++) {
        const uint8_t *p = noise.px + 3 * i;
        double exact = 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
        assert_true(fabs(chip[i] - exact) <= 0.5 + 1e-9);
    }
    free(chip);
    img_finish(&noise);
    img_finish(&picture);
    img_finish(&scratch);
}

static void input_is_the_chip_over_255(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        size_t n = FACE_CHIP_SIZE(channels);
        assert_int_equal(n, (size_t)channels * 105 * 105);
        uint8_t *chip = malloc(n);
        float *x = malloc((n + 1) * sizeof *x);
        assert_true(chip && x);
        for (size_t i = 0; i < n; i++)
            chip[i] = (uint8_t)(i * 7);
        x[n] = -1;
        face_chip_input(x, chip, channels);
        for (size_t i = 0; i < n; i++)
            assert_true(x[i] == (float)chip[i] / 255.0f);
        assert_true(x[n] == -1);
        free(chip);
        free(x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guide_box_scales_with_the_frame),
        cmocka_unit_test(chip_is_the_resized_part_in_planes),
        cmocka_unit_test(luma_has_the_weights_of_bt601),
        cmocka_unit_test(input_is_the_chip_over_255),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
