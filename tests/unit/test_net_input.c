// SPDX-License-Identifier: MIT
// What a net is shown of a picture, as it is and changed at random, and faces in another light.
#include "core/siamese/input.h"
#include "tests/test.h"

#include <math.h>

#define SIDE  FACE_CHIP_SIDE
#define PLANE FACE_CHIP_SIZE(1)

static const struct siam_input faces = {.way = SIAM_FACE, .channels = 3};

// A portrait or a chip: smooth, with edges, and no symmetry.
static void draw(uint8_t *px, int side)
{
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            float u = (float)x / (float)side, v = (float)y / (float)side;
            float value = 120 + 50 * sinf(9 * u + 2 * v) + 40 * cosf(13 * v - 3 * u * u);
            px[y * side + x] = (uint8_t)(value + (u > 0.6f && v < 0.4f ? 30 : 0));
        }
}

// ---- Augmentation -----------------------------------------------------------------------------

static struct face_lights *lights; // of the group

static int make_lights(void **state)
{
    (void)state;
    return face_lights_create(&lights, NULL);
}

static int drop_lights(void **state)
{
    (void)state;
    face_lights_destroy(lights);
    return 0;
}

static void augment(float *x, const struct siam_input *input, const uint8_t *stored, uint64_t seed)
{
    bool face = input->way == SIAM_FACE;
    struct siam_augment a = face ? siam_augment_faces() : siam_augment_drawings();
    struct rng rng;
    rng_seed(&rng, seed, 0);
    struct siam_scene scene = siam_draw_scene(&a, &rng);
    siam_make_augmented(x, input, stored, &a, face ? &scene : NULL, lights, 0, &rng);
}

static double apart(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return sum / (double)n;
}

static void check_augmented(const struct siam_input *input)
{
    static uint8_t stored[FACE_PORTRAIT_SIZE];
    static float x[FACE_CHIP_SIZE(3)], again[FACE_CHIP_SIZE(3)], before[FACE_CHIP_SIZE(3)];
    size_t n = siam_input_size(input);
    draw(stored, input->way == SIAM_FACE ? FACE_PORTRAIT_SIDE : SIDE);
    siam_make_input(before, input, stored);
    for (uint64_t seed = 0; seed < 200; seed++) {
        augment(x, input, stored, seed);
        for (size_t i = 0; i < n; i++)
            assert_true(x[i] >= 0 && x[i] <= 1);
        if (apart(x, before, n) < 0.005)
            fail_msg("seed %d changes nothing", (int)seed);
        memcpy(before, x, n * sizeof *x);
        augment(again, input, stored, seed);
        assert_memory_equal(x, again, n * sizeof *x);
    }
}

static void augmented_by_the_rng_alone(void **state)
{
    (void)state;
    const struct siam_input drawings = siam_input_whole(1);
    check_augmented(&faces);
    check_augmented(&drawings);
}

// Black and white pictures leave the range in no scene.
static void extremes_stay_in_range(void **state)
{
    (void)state;
    static uint8_t stored[FACE_PORTRAIT_SIZE];
    static float x[FACE_CHIP_SIZE(3)];
    for (uint64_t seed = 0; seed < 90; seed++) {
        for (size_t i = 0; i < FACE_PORTRAIT_SIZE; i++)
            stored[i] = seed % 3 == 0 ? 0 : seed % 3 == 1 || i % 2 ? 255 : 0;
        augment(x, &faces, stored, seed);
        for (size_t i = 0; i < FACE_CHIP_SIZE(3); i++)
            assert_true(x[i] >= 0 && x[i] <= 1);
    }
}

static void nothing_is_what_it_was(void **state)
{
    (void)state;
    static uint8_t stored[FACE_PORTRAIT_SIZE];
    static float x[FACE_CHIP_SIZE(3)], want[FACE_CHIP_SIZE(3)];
    const struct siam_augment none = {0};
    const struct siam_scene scene = {.lamp = -1, .gamma = 1, .gain = 1};
    struct rng rng;
    rng_seed(&rng, 1, 0);
    draw(stored, FACE_PORTRAIT_SIDE);
    siam_make_input(want, &faces, stored);
    siam_make_augmented(x, &faces, stored, &none, &scene, lights, 0, &rng);
    // A camera has whole levels; between pixels there are others.
    assert_true(apart(x, want, FACE_CHIP_SIZE(3)) < 0.005);
    struct siam_scene dark = scene;
    dark.gain = 0.7f;
    siam_make_augmented(x, &faces, stored, &none, &dark, lights, 0, &rng);
    assert_true(apart(x, want, FACE_CHIP_SIZE(3)) < 0.02);
    struct siam_scene cut = scene;
    cut.crop[0] = SIDE / 2;
    siam_make_augmented(x, &faces, stored, &none, &cut, lights, 0, &rng);
    assert_true(apart(x, want, FACE_CHIP_SIZE(3)) > 0.015);
}

// The pixel of a picture that is turned by so many quarters clockwise.
static size_t turned(int x, int y, int turns)
{
    for (int i = 0; i < turns; i++) {
        int was = x;
        x = SIDE - 1 - y;
        y = was;
    }
    return (size_t)(y * SIDE + x);
}

// Either way round, but the same way each time: all that matters is that there are four classes.
static void quarters_are_exact(void **state)
{
    (void)state;
    uint8_t stored[PLANE];
    float x[PLANE];
    const struct siam_input input = siam_input_whole(1);
    const struct siam_augment none = {0};
    struct rng rng;
    rng_seed(&rng, 2, 0);
    draw(stored, SIDE);
    for (int turns = 0; turns < 4; turns++) {
        siam_make_augmented(x, &input, stored, &none, NULL, NULL, turns, &rng);
        double worst = 0;
        for (int v = 0; v < SIDE; v++)
            for (int u = 0; u < SIDE; u++) {
                double want = stored[turned(u, v, turns)] / 255.0;
                worst = fmax(worst, fabs((double)x[v * SIDE + u] - want));
            }
        if (worst > 1e-4)
            fail_msg("%d quarters: off by %g", turns, worst);
    }
}

// ---- Light ------------------------------------------------------------------------------------

static double root_mean_square(const float *px)
{
    double sum = 0;
    for (size_t i = 0; i < PLANE; i++)
        sum += (double)px[i] * (double)px[i];
    return sqrt(sum / (double)PLANE);
}

// Of the left half of the face, less the right.
static double left_less_right(const float *px)
{
    double sum = 0;
    for (int y = 25; y < 80; y++)
        for (int x = 15; x < SIDE / 2; x++)
            sum += (double)px[y * SIDE + x] - (double)px[y * SIDE + SIDE - 1 - x];
    return sum / (55 * (SIDE / 2 - 15));
}

// How far a lamp is to the right, radians: see lamp_at() in relight.c.
static double turn_of(int lamp)
{
    return (2 * fmod(0.5 + 0.7548776662 * lamp, 1) - 1) * 130 * M_PI / 180;
}

static void relit_faces_stay_as_bright(void **state)
{
    (void)state;
    float px[PLANE];
    for (int lamp = 0; lamp < FACE_LAMPS; lamp++)
        for (int k = 0; k < 3; k++) {
            for (size_t i = 0; i < PLANE; i++)
                px[i] = 70 + (float)(i % 7);
            double before = root_mean_square(px);
            face_relight(lights, px, lamp, k == 0 ? 0.1f : k == 1 ? 0.4f : 1);
            double after = root_mean_square(px);
            for (size_t i = 0; i < PLANE; i++)
                assert_true(px[i] >= 0 && px[i] <= 255);
            // No more than white is lost, of which a lamp from behind makes much.
            if (!(after > (fabs(turn_of(lamp)) < 1.9 ? 0.75 : 0.5) * before &&
                  after < 1.01 * before))
                fail_msg("lamp %d: from %g to %g", lamp, before, after);
        }
}

static void the_side_away_from_the_lamp_is_dark(void **state)
{
    (void)state;
    float px[PLANE];
    int n_left = 0, n_right = 0;
    for (int lamp = 0; lamp < FACE_LAMPS; lamp++) {
        double to_right = turn_of(lamp);
        if (fabs(to_right) < 0.7 || fabs(to_right) > 1.6)
            continue;
        for (size_t i = 0; i < PLANE; i++)
            px[i] = 60;
        face_relight(lights, px, lamp, 0.05f);
        double side = left_less_right(px);
        if (to_right > 0 ? side > -15 : side < 15)
            fail_msg("lamp %d, to the right by %g: left is brighter by %g", lamp, to_right, side);
        n_left += side > 0;
        n_right += side < 0;
    }
    assert_true(n_left > 15 && n_right > 15);
}

// The more light there is from everywhere, the less a lamp shows.
static void light_from_everywhere_softens(void **state)
{
    (void)state;
    float px[PLANE];
    for (int lamp = 0; lamp < FACE_LAMPS; lamp++) {
        double before = 1e9;
        if (fabs(turn_of(lamp)) < 0.7 || fabs(turn_of(lamp)) > 1.4)
            continue;
        for (int k = 0; k < 3; k++) {
            for (size_t i = 0; i < PLANE; i++)
                px[i] = 60;
            face_relight(lights, px, lamp, k == 0 ? 0.2f : k == 1 ? 0.5f : 1);
            double side = fabs(left_less_right(px));
            assert_true(side < before);
            before = side;
        }
        assert_true(before < 1); // none is left
    }
}

// ---- As they are ------------------------------------------------------------------------------

static void sizes_follow_from_the_way(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        const struct siam_input whole = siam_input_whole(channels);
        assert_int_equal(siam_stored_size(&whole), FACE_CHIP_SIZE(channels));
        assert_int_equal(siam_input_size(&whole), FACE_CHIP_SIZE(channels));
    }
    assert_int_equal(siam_stored_size(&faces), FACE_PORTRAIT_SIZE);
    assert_int_equal(siam_input_size(&faces), FACE_CHIP_SIZE(3));
    assert_true(siam_stored_size(&faces) <= SIAM_STORED_MAX);
}

static void thumbs_show_the_face_of_a_portrait(void **state)
{
    (void)state;
    static uint8_t stored[FACE_PORTRAIT_SIZE], chip[FACE_CHIP_SIZE(1)];
    static uint8_t thumb[FACE_THUMB_SIZE], want[FACE_THUMB_SIZE];
    draw(stored, FACE_PORTRAIT_SIDE);
    siam_make_thumb(thumb, &faces, stored);
    face_portrait_chip(chip, stored);
    face_chip_thumb(want, chip, 1);
    assert_memory_equal(thumb, want, sizeof want);
    const struct siam_input whole = siam_input_whole(1);
    siam_make_thumb(thumb, &whole, chip);
    assert_memory_equal(thumb, want, sizeof want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(augmented_by_the_rng_alone),
        cmocka_unit_test(extremes_stay_in_range),
        cmocka_unit_test(nothing_is_what_it_was),
        cmocka_unit_test(quarters_are_exact),
        cmocka_unit_test(relit_faces_stay_as_bright),
        cmocka_unit_test(the_side_away_from_the_lamp_is_dark),
        cmocka_unit_test(light_from_everywhere_softens),
        cmocka_unit_test(sizes_follow_from_the_way),
        cmocka_unit_test(thumbs_show_the_face_of_a_portrait),
    };
    return cmocka_run_group_tests(tests, make_lights, drop_lights);
}
