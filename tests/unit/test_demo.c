// SPDX-License-Identifier: MIT
#include "capture/camera.h"
#include "core/base/clock.h"
#include "tests/test.h"

#include <math.h>

#define BOX_X 195 // the guide box of a 640x480 frame
#define BOX_Y 115
#define BOX   250

static void draw(struct img *img, int who, double t)
{
    struct err err = {0};
    assert_int_equal(cap_demo_draw(img, who, t, &err), 0);
    assert_int_equal(img->w, 640);
    assert_int_equal(img->h, 480);
}

static const uint8_t *pixel(const struct img *img, int x, int y)
{
    return img->px + 3 * ((size_t)y * 640 + (size_t)x);
}

// Mean absolute difference of two pictures inside the guide box, in grey levels.
static double difference(const struct img *a, const struct img *b)
{
    double sum = 0;
    for (int y = BOX_Y; y < BOX_Y + BOX; y++) {
        for (int i = 0; i < 3 * BOX; i++)
            sum += abs(pixel(a, BOX_X, y)[i] - pixel(b, BOX_X, y)[i]);
    }
    return sum / (3 * BOX * BOX);
}

static void frames_follow_from_who_and_when(void **state)
{
    (void)state;
    struct img a = {0}, b = {0};
    draw(&a, 5, 3.2);
    draw(&b, 6, 0);
    draw(&b, 5, 3.2);
    assert_memory_equal(a.px, b.px, (size_t)640 * 480 * 3);
    draw(&b, 5, 3.24);
    assert_memory_not_equal(a.px, b.px, (size_t)640 * 480 * 3);
    img_finish(&a);
    img_finish(&b);
}

static void identities_differ_and_stay_themselves(void **state)
{
    (void)state;
    struct img faces[CAP_DEMO_PEOPLE] = {0}, later = {0};
    for (int who = 0; who < CAP_DEMO_PEOPLE; who++)
        draw(&faces[who], who, 1);
    for (int a = 0; a < CAP_DEMO_PEOPLE; a++) {
        draw(&later, a, 1.04);
        double own = difference(&faces[a], &later);
        for (int b = 0; b < CAP_DEMO_PEOPLE; b++) {
            if (a != b && difference(&faces[a], &faces[b]) < 2 * own)
                fail_msg("%d and %d look alike", a, b);
        }
    }
    for (int who = 0; who < CAP_DEMO_PEOPLE; who++)
        img_finish(&faces[who]);
    img_finish(&later);
}

// What a net could learn instead of the face must be the same for all.
static void the_room_is_the_same_for_all(void **state)
{
    (void)state;
    struct img a = {0}, b = {0};
    draw(&a, 0, 7);
    draw(&b, 16, 7);
    double sum = 0;
    for (int y = 0; y < 480; y++) {
        for (int i = 0; i < 3 * 90; i++) // left of the body
            sum += pixel(&a, 10, y)[i] - pixel(&b, 10, y)[i];
    }
    assert_true(fabs(sum) / (480 * 3 * 90) < 0.1);
    img_finish(&a);
    img_finish(&b);
}

static double brightness(const struct img *img, int x, int y, int w, int h)
{
    double sum = 0;
    for (int row = y; row < y + h; row++) {
        for (int i = 0; i < 3 * w; i++)
            sum += pixel(img, x, row)[i];
    }
    return sum / (3.0 * w * h);
}

static void the_light_changes(void **state)
{
    (void)state;
    struct img img = {0};
    double lowest = 255, highest = 0, left = -255, right = 255;
    for (int t = 0; t < 60; t += 3) {
        draw(&img, 3, t);
        double all = brightness(&img, BOX_X, BOX_Y, BOX, BOX);
        double side = brightness(&img, 250, 180, 60, 100) - brightness(&img, 330, 180, 60, 100);
        lowest = fmin(lowest, all);
        highest = fmax(highest, all);
        left = fmax(left, side);
        right = fmin(right, side);
    }
    assert_true(highest - lowest > 25);
    assert_true(lowest > 60 && highest < 220); // never black, never blown out
    assert_true(left > 15 && right < -15);     // once from either side
    img_finish(&img);
}

// Skin in the middle of the box, room in its upper corners, whatever the pose.
static void the_head_stays_in_the_box(void **state)
{
    (void)state;
    struct img img = {0};
    for (int t = 0; t < 100; t += 3) {
        draw(&img, 6, t);
        const uint8_t *nose = pixel(&img, 320, 262), *corner = pixel(&img, BOX_X + 6, BOX_Y + 6);
        assert_true(nose[0] > nose[2] + 10);
        assert_true(abs(corner[0] - corner[2]) < 60 && corner[1] > 90);
    }
    img_finish(&img);
}

static void people_blink(void **state)
{
    (void)state;
    struct img img = {0};
    double brightest = 0, darkest = 255;
    for (int i = 0; i < 80; i++) { // the whites of both eyes, 8 s
        draw(&img, 7, i * .1);
        double eyes = brightness(&img, 270, 225, 100, 30);
        brightest = fmax(brightest, eyes);
        darkest = fmin(darkest, eyes);
    }
    assert_true(brightest - darkest > 5);
    img_finish(&img);
}

static void the_camera_draws_at_its_rate(void **state)
{
    (void)state;
    struct cap_camera *camera;
    struct img img = {0}, want = {0};
    int64_t ns;
    assert_int_equal(cap_open(&camera, "demo:3@40", NULL), 0);
    const struct cap_info *info = cap_info(camera);
    assert_string_equal(info->spec, "demo:3@40");
    assert_int_equal(info->w, 640);
    assert_true(info->fps == 40 && !info->lockstep);
    int64_t start = clock_now_ns();
    for (int i = 0; i < 9; i++)
        assert_int_equal(cap_acquire(camera, 5000, -1, &img, &ns, NULL), CAP_READY);
    assert_true(clock_now_ns() - start >= 8 * CLOCK_SECOND / 40);
    draw(&want, 3, 8 / 40.0);
    assert_memory_equal(img.px, want.px, (size_t)640 * 480 * 3);
    cap_close(camera);
    assert_int_equal(cap_open(&camera, "demo@0", NULL), 0);
    assert_true(cap_info(camera)->lockstep);
    cap_close(camera);
    img_finish(&img);
    img_finish(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_follow_from_who_and_when),
        cmocka_unit_test(identities_differ_and_stay_themselves),
        cmocka_unit_test(the_room_is_the_same_for_all),
        cmocka_unit_test(the_light_changes),
        cmocka_unit_test(the_head_stays_in_the_box),
        cmocka_unit_test(people_blink),
        cmocka_unit_test(the_camera_draws_at_its_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
