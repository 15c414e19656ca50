// SPDX-License-Identifier: MIT
#include "core/base/rng.h"
#include "core/face/chip.h"
#include "core/face/pose.h"
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

static void assert_rect(struct img_rect r, int x, int y, int w, int h)
{
    assert_int_equal(r.x, x);
    assert_int_equal(r.y, y);
    assert_int_equal(r.w, w);
    assert_int_equal(r.h, h);
}

static void a_face_is_kept_with_its_surroundings(void **state)
{
    (void)state;
    struct face_pose pose = {320, 240, 100, 0.2f};
    assert_rect(face_pose_surroundings(&pose, 640, 480), 220, 140, 200, 200);
    pose = (struct face_pose){60, 420, 100, 0}; // moved away from the edges
    assert_rect(face_pose_surroundings(&pose, 640, 480), 0, 280, 200, 200);
    pose = (struct face_pose){400, 240, 300, 0}; // made smaller
    assert_rect(face_pose_surroundings(&pose, 640, 480), 160, 0, 480, 480);
    pose = (struct face_pose){-10, 1000, 100, 0}; // hardly in it
    assert_rect(face_pose_surroundings(&pose, 640, 480), 0, 280, 200, 200);
    pose = (struct face_pose){0, 0, 0.1f, 0};
    assert_rect(face_pose_surroundings(&pose, 1, 1), 0, 0, 1, 1);
}

// Wherever a face lies in a frame, all of it is in what is kept, and that is a square of the frame.
static void all_of_a_face_is_kept(void **state)
{
    (void)state;
    const int w = 640, h = 360;
    for (int side = 20; side <= h; side += 17)
        for (int x = 0; x <= w - side; x += 31)
            for (int y = 0; y <= h - side; y += 29) {
                struct face_pose pose = face_pose_of((struct img_rect){x, y, side, side});
                struct img_rect r = face_pose_surroundings(&pose, w, h);
                assert_true(r.w == r.h && r.x >= 0 && r.y >= 0);
                assert_true(r.x + r.w <= w && r.y + r.h <= h);
                assert_true(r.x <= x && r.y <= y);
                assert_true(r.x + r.w >= x + side && r.y + r.h >= y + side);
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

static void thumb_is_the_chip_at_half_its_size(void **state)
{
    (void)state;
    struct img noise = make_noise(SIDE, SIDE), scratch = {0};
    uint8_t *chip = malloc(FACE_CHIP_SIZE(3)), thumb[FACE_THUMB_SIZE + 1];
    assert_non_null(chip);
    for (int channels = 1; channels <= 3; channels += 2) {
        assert_int_equal(face_chip(chip, channels, &noise, face_whole(&noise), &scratch, NULL), 0);
        thumb[FACE_THUMB_SIZE] = 77; // must stay
        face_chip_thumb(thumb, chip, channels);
        assert_int_equal(thumb[FACE_THUMB_SIZE], 77);
        for (int y = 0; y < 52; y++)
            for (int x = 0; x < 52; x++)
                for (int c = 0; c < 3; c++) {
                    const uint8_t *p =
                        chip + (channels == 3 ? c * PLANE : 0) + 2 * y * SIDE + 2 * x;
                    double mean = (p[0] + p[1] + p[SIDE] + p[SIDE + 1]) / 4.0;
                    assert_true(fabs(thumb[(y * 52 + x) * 3 + c] - mean) <= 0.5);
                }
    }
    free(chip);
    img_finish(&noise);
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
        cmocka_unit_test(a_face_is_kept_with_its_surroundings),
        cmocka_unit_test(all_of_a_face_is_kept),
        cmocka_unit_test(chip_is_the_resized_part_in_planes),
        cmocka_unit_test(luma_has_the_weights_of_bt601),
        cmocka_unit_test(thumb_is_the_chip_at_half_its_size),
        cmocka_unit_test(input_is_the_chip_over_255),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
