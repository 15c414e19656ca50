// SPDX-License-Identifier: MIT
// A held key keeps what differs and is sharp, and in any case one picture a second.
#include "app/sieve.h"
#include "capture/camera.h"
#include "core/face/chip.h"
#include "tests/test.h"

#define PERIOD (CLOCK_SECOND / 25)

static struct img frame;

static int free_frame(void **state)
{
    (void)state;
    img_finish(&frame);
    return 0;
}

// The demo person as it is after `s` seconds.
static void draw(double s)
{
    assert_int_equal(cap_demo_draw(&frame, 0, s, NULL), 0);
}

// A box filter over (2 r + 1) pixels each way.
static void blur(int r)
{
    struct img sharp = {0};
    assert_int_equal(img_copy(&sharp, &frame, NULL), 0);
    for (int y = r; y < frame.h - r; y++)
        for (int x = r; x < frame.w - r; x++)
            for (int c = 0; c < 3; c++) {
                int sum = 0, n = 2 * r + 1;
                for (int i = 0; i < n * n; i++)
                    sum += sharp.px[3 * ((y + i / n - r) * frame.w + x + i % n - r) + c];
                frame.px[3 * (y * frame.w + x) + c] = (uint8_t)(sum / (n * n));
            }
    img_finish(&sharp);
}

static enum app_sieved judge(struct app_sieve *sieve, int number)
{
    struct img_rect part = face_guide_box(frame.w, frame.h);
    struct img_rect face = {part.x + part.w / 4, part.y + part.h / 4, part.w / 2, part.h / 2};
    return app_sieve_judge(sieve, &frame, part, face, number * PERIOD);
}

static void what_does_not_move_is_kept_once_a_second(void **state)
{
    (void)state;
    struct app_sieve sieve;
    app_sieve_begin(&sieve);
    draw(0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(judge(&sieve, i), i % 25 == 0 ? APP_SIEVE_KEPT : APP_SIEVE_ALIKE);
}

static void who_moves_is_kept_more_often(void **state)
{
    (void)state;
    struct app_sieve sieve;
    int n[3] = {0};
    app_sieve_begin(&sieve);
    for (int i = 0; i < 125; i++) {
        draw(i / 25.0);
        n[judge(&sieve, i)]++;
    }
    assert_in_range(n[APP_SIEVE_KEPT], 8, 40);
    assert_int_equal(n[APP_SIEVE_BLURRED], 0);
    // As one who moves five times as fast, but no longer.
    app_sieve_begin(&sieve);
    int slow = n[APP_SIEVE_KEPT];
    n[APP_SIEVE_KEPT] = 0;
    for (int i = 0; i < 25; i++) {
        draw(i / 5.0);
        n[judge(&sieve, i)]++;
    }
    assert_true(n[APP_SIEVE_KEPT] > slow / 2);
}

// A sensor's noise alone makes no other picture.
static void noise_does_not_count(void **state)
{
    (void)state;
    struct app_sieve sieve;
    app_sieve_begin(&sieve);
    for (int i = 0; i < 20; i++) {
        draw(0);
        srand((unsigned)i);
        for (int k = 0; k < 3 * frame.w * frame.h; k++) {
            int v = frame.px[k] + rand() % 31 - 15;
            frame.px[k] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
        assert_int_equal(judge(&sieve, i), i == 0 ? APP_SIEVE_KEPT : APP_SIEVE_ALIKE);
    }
}

static void blurred_ones_wait_for_a_sharp_one(void **state)
{
    (void)state;
    struct app_sieve sieve;
    app_sieve_begin(&sieve);
    draw(0);
    blur(4);
    for (int i = 0; i < 5; i++)
        assert_int_equal(judge(&sieve, i), APP_SIEVE_BLURRED);
    draw(0);
    assert_int_equal(judge(&sieve, 5), APP_SIEVE_KEPT);
    draw(2);
    blur(4);
    for (int i = 6; i < 30; i++)
        assert_int_equal(judge(&sieve, i), APP_SIEVE_BLURRED);
    assert_int_equal(judge(&sieve, 30), APP_SIEVE_KEPT); // a second is over
}

static void another_camera_is_another_picture(void **state)
{
    (void)state;
    struct app_sieve sieve;
    struct img small = {0};
    app_sieve_begin(&sieve);
    draw(0);
    assert_int_equal(judge(&sieve, 0), APP_SIEVE_KEPT);
    struct img_rect part = face_guide_box(frame.w, frame.h), all = {0, 0, part.w, part.h};
    assert_int_equal(img_crop(&small, &frame, part, NULL), 0);
    assert_int_equal(app_sieve_judge(&sieve, &small, all, all, PERIOD), APP_SIEVE_KEPT);
    img_finish(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_move_is_kept_once_a_second),
        cmocka_unit_test(who_moves_is_kept_more_often),
        cmocka_unit_test(noise_does_not_count),
        cmocka_unit_test(blurred_ones_wait_for_a_sharp_one),
        cmocka_unit_test(another_camera_is_another_picture),
    };
    return cmocka_run_group_tests(tests, NULL, free_frame);
}
