// SPDX-License-Identifier: MIT
#include "core/face/quality.h"

#include "core/base/file.h"
#include "core/base/rng.h"
#include "core/face/chip.h"
#include "core/image/decode.h"
#include "tests/test.h"

#include <math.h>

// A "face" by its light alone: waves over a grey ground. Lengths are in pixels of the chip.
struct look {
    float luma;   // 0..1
    float left;   // light on the left half, of that on the right, which has `luma`
    float coarse; // amplitude of waves of 40 pixels, 0..1
    float fine;   // of waves of 6
};

static const struct look good = {0.5f, 1, 0.12f, 0.08f};

static uint8_t level(const struct look *look, float x, float y)
{
    float pi = 3.14159265f, slow = 2 * pi / 40, fast = 2 * pi / 6;
    float v = look->luma + look->coarse * sinf(slow * x) * cosf(slow * y) +
              look->fine * sinf(fast * x) * sinf(fast * y);
    if (x < FACE_CHIP_SIDE / 2.0f)
        v *= look->left;
    return (uint8_t)(fminf(fmaxf(v, 0), 1) * 255 + 0.5f);
}

// Fills the frame so that `box` looks like `look`.
static void draw(struct img *frame, int w, int h, struct img_rect box, const struct look *look)
{
    assert_int_equal(img_reserve(frame, w, h, NULL), 0);
    for (int y = 0; y < h; y++)
        for (int x = 0; x < w; x++) {
            float u = ((float)(x - box.x) + 0.5f) * FACE_CHIP_SIDE / (float)box.w;
            float v = ((float)(y - box.y) + 0.5f) * FACE_CHIP_SIDE / (float)box.h;
            memset(frame->px + 3 * ((size_t)y * (size_t)w + (size_t)x), level(look, u, v), 3);
        }
}

static struct face_quality judge(int w, int h, struct img_rect box, struct look look)
{
    struct img frame = {0};
    struct face_quality q;
    draw(&frame, w, h, box, &look);
    face_quality(&q, &frame, box);
    img_finish(&frame);
    return q;
}

// In the guide box of a webcam's frame.
static struct face_quality judge_guide(struct look look)
{
    return judge(640, 480, face_guide_box(640, 480), look);
}

static void a_good_face_has_no_reason(void **state)
{
    (void)state;
    struct face_quality q = judge_guide(good);
    assert_int_equal(q.reason, FACE_FINE);
    assert_float_equal(q.luma, 0.5, 0.02);
    assert_float_equal(q.size, 250 / 105.0, 1e-4);
    assert_float_equal(q.contrast, sqrt(0.12 * 0.12 / 4 + 0.08 * 0.08 / 4), 0.02);
    assert_true(q.outside == 0 && q.crushed == 0 && q.clipped == 0);
    assert_in_range(q.evenness * 1000, 900, 1000);
    assert_in_range(q.sharpness * 1000, 200, 2000);
}

static void dark_and_bright(void **state)
{
    (void)state;
    static const struct {
        float luma;
        enum face_reason reason;
    } cases[] = {
        {0, FACE_DARK},     {0.05f, FACE_DARK}, {0.15f, FACE_DARK},   {0.2f, FACE_FINE},
        {0.35f, FACE_FINE}, {0.75f, FACE_FINE}, {0.85f, FACE_BRIGHT}, {1, FACE_BRIGHT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct look look = {cases[i].luma, 1, 0.02f, 0.02f};
        assert_int_equal(judge_guide(look).reason, cases[i].reason);
    }
}

// The mean may be fine while there is nothing to be seen in most of the face.
static void crushed_and_clipped(void **state)
{
    (void)state;
    struct face_quality q = judge_guide((struct look){0.15f, 1, 1.6f, 0.02f});
    assert_true(q.luma > 0.2f && q.crushed > 0.3f);
    q = judge_guide((struct look){0.6f, 1, 1.6f, 0.02f});
    assert_int_equal(q.reason, FACE_BRIGHT);
    assert_true(q.luma < 0.8f && q.clipped > 0.3f);
}

static void light_from_one_side(void **state)
{
    (void)state;
    struct look look = good;
    look.left = 0.6f;
    assert_int_equal(judge_guide(look).reason, FACE_FINE);
    look.left = 0.3f;
    struct face_quality left = judge_guide(look);
    assert_int_equal(left.reason, FACE_ONE_SIDED);
    assert_float_equal(left.evenness, 0.3, 0.05);
    look.luma = 0.3f;
    look.left = 2.8f; // that is, darker at the right
    struct face_quality right = judge_guide(look);
    assert_int_equal(right.reason, FACE_ONE_SIDED);
}

static void blur(void **state)
{
    (void)state;
    struct look look = good;
    look.fine = 0;
    struct face_quality q = judge_guide(look);
    assert_int_equal(q.reason, FACE_BLURRED);
    assert_true(q.sharpness < 0.01f);
    look.coarse /= 4; // contrast has no part in it
    assert_int_equal(judge_guide(look).reason, FACE_BLURRED);
    look.fine = 0.05f * look.coarse + 0.03f;
    assert_int_equal(judge_guide(look).reason, FACE_FINE);
}

// Without any contrast nothing can be told of the sharpness.
static void a_plain_wall_is_not_blurred(void **state)
{
    (void)state;
    struct face_quality q = judge_guide((struct look){0.5f, 1, 0, 0});
    assert_int_equal(q.reason, FACE_FINE);
    assert_true(q.sharpness == 0 && q.contrast == 0 && q.evenness == 1);
}

static void the_gravest_reason_is_given(void **state)
{
    (void)state;
    struct img_rect far = {100, 100, 40, 40}, gone = {-30, 100, 40, 40}, none = {100, 100, 0, 0};
    struct look dark_side = {0.2f, 0.2f, 0.02f, 0}, side = {0.5f, 0.2f, 0.02f, 0};
    assert_int_equal(judge_guide(side).reason, FACE_ONE_SIDED);
    assert_int_equal(judge_guide(dark_side).reason, FACE_DARK);
    assert_int_equal(judge(640, 480, far, dark_side).reason, FACE_SMALL);
    assert_int_equal(judge(640, 480, gone, dark_side).reason, FACE_CUT_OFF);
    struct img frame = {0};
    struct face_quality q;
    draw(&frame, 640, 480, far, &good);
    face_quality(&q, &frame, none);
    assert_int_equal(q.reason, FACE_NONE);
    assert_true(q.size == 0 && q.luma == 0);
    img_finish(&frame);
}

static void small_faces(void **state)
{
    (void)state;
    for (int side = 8; side <= 160; side += 4) {
        struct img_rect box = {200, 100, side, side};
        struct face_quality q = judge(640, 480, box, good);
        assert_int_equal(q.reason, side < 70 ? FACE_SMALL : FACE_FINE);
    }
    // What counts is the shorter side.
    assert_int_equal(judge(640, 480, (struct img_rect){9, 9, 60, 200}, good).reason, FACE_SMALL);
    assert_int_equal(judge(640, 480, (struct img_rect){9, 9, 200, 60}, good).reason, FACE_SMALL);
}

// The same face in frames of any size has the same measures, but for the rounding of its pixels.
static void resolution_has_no_part_in_it(void **state)
{
    (void)state;
    static const struct look looks[] = {
        {0.5f, 1, 0.12f, 0.08f}, {0.5f, 0.5f, 0.12f, 0.02f}, {0.4f, 1, 0.12f, 0}};
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        struct face_quality first = judge(210, 210, (struct img_rect){0, 0, 210, 210}, looks[i]);
        for (int side = 105; side < 2000; side = side * 5 / 4) {
            struct img_rect box = {side / 3, side / 5, side, side};
            struct face_quality q = judge(side * 2, side * 3 / 2, box, looks[i]);
            assert_float_equal(q.luma, first.luma, 0.01);
            assert_float_equal(q.contrast, first.contrast, 0.01);
            assert_float_equal(q.evenness, first.evenness, 0.02);
            assert_float_equal(q.sharpness, first.sharpness, 0.2F * first.sharpness + 0.008F);
            assert_int_equal(q.reason, first.reason);
        }
    }
}

static void boxes_at_the_edges(void **state)
{
    (void)state;
    static const struct {
        struct img_rect box;
        enum face_reason reason;
    } cases[] = {
        {{0, 0, 200, 200}, FACE_FINE},         {{440, 280, 200, 200}, FACE_FINE},
        {{-10, 0, 200, 200}, FACE_FINE},       {{450, 290, 200, 200}, FACE_FINE},
        {{-30, 100, 200, 200}, FACE_CUT_OFF},  {{100, -30, 200, 200}, FACE_CUT_OFF},
        {{470, 100, 200, 200}, FACE_CUT_OFF},  {{100, 310, 200, 200}, FACE_CUT_OFF},
        {{-200, 0, 200, 200}, FACE_CUT_OFF},   {{640, 480, 200, 200}, FACE_CUT_OFF},
        {{-900, -900, 99, 99}, FACE_CUT_OFF},  {{9000, 9000, 99, 99}, FACE_CUT_OFF},
        {{-50, -50, 5000, 200}, FACE_CUT_OFF}, {{0, 0, 640, 480}, FACE_FINE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(judge(640, 480, cases[i].box, good).reason, cases[i].reason);
    struct face_quality q = judge(640, 480, (struct img_rect){-30, 100, 200, 200}, good);
    assert_float_equal(q.outside, 0.15, 1e-5);
}

static void the_guide_box_is_never_cut_off(void **state)
{
    (void)state;
    for (int w = 1; w < 2000; w = w * 3 / 2 + 1)
        for (int h = 1; h < 2000; h = h * 3 / 2 + 1)
            assert_true(judge(w, h, face_guide_box(w, h), good).outside == 0);
}

// Whatever the box, every measure is a number within its range.
static void any_box_at_all(void **state)
{
    (void)state;
    static const int sizes[][2] = {{1, 1}, {1, 90}, {90, 1}, {2, 3}, {64, 48}};
    struct rng rng;
    rng_seed(&rng, 4, 0);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct img frame = {0};
        int w = sizes[i][0], h = sizes[i][1];
        draw(&frame, w, h, (struct img_rect){0, 0, w, h}, &good);
        for (int k = 0; k < 4000; k++) {
            struct img_rect box = {(int)rng_below(&rng, 200) - 100, (int)rng_below(&rng, 200) - 100,
                                   (int)rng_below(&rng, 200) - 2, (int)rng_below(&rng, 200) - 2};
            struct face_quality q;
            face_quality(&q, &frame, k ? box : face_whole(&frame));
            assert_true(q.outside >= 0 && q.size >= 0 && q.sharpness >= 0);
            assert_true(q.luma >= 0 && q.luma <= 1 && q.contrast >= 0 && q.contrast <= 0.5f);
            assert_true(q.crushed >= 0 && q.crushed <= 1 && q.clipped >= 0 && q.clipped <= 1);
            assert_true(q.evenness >= 0 && q.evenness <= 1);
            assert_true(q.reason > FACE_FINE && q.reason < FACE_REASONS); // too small at the least
        }
        img_finish(&frame);
    }
}

static void reasons_say_what_to_do(void **state)
{
    (void)state;
    assert_string_equal(face_reason_name(FACE_FINE), "");
    assert_string_equal(face_reason_text(FACE_FINE), "");
    for (enum face_reason r = FACE_NONE; r < FACE_REASONS; r++) {
        const char *name = face_reason_name(r), *text = face_reason_text(r);
        assert_int_equal(strncmp(text, name, strlen(name)), 0);
        assert_int_equal(strncmp(text + strlen(name), ": ", 2), 0);
        assert_in_range(strlen(text), strlen(name) + 8, 50);
    }
}

// ---- Real pictures, where they are there -------------------------------------------------------

struct count {
    const char *only; // names that hold this
    int n, faulty;
};

static int count_picture(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct count *c = ctx;
    struct img picture = {0};
    struct face_quality q;
    if (!img_is_picture_name(path) || !strstr(path, c->only) || img_load(&picture, path, 0, NULL))
        return 0;
    face_quality(&q, &picture, face_whole(&picture));
    c->n++;
    c->faulty += q.reason != FACE_FINE;
    img_finish(&picture);
    return 0;
}

static struct count count_in(const char *name, const char *only)
{
    struct count c = {.only = only};
    const char *dir = test_shared(name);
    if (!dir)
        skip();
    assert_int_equal(file_walk(dir, count_picture, &c, NULL), 0);
    assert_true(c.n >= 20);
    return c;
}

static void well_lit_webcams_are_fine(void **state)
{
    (void)state;
    assert_int_equal(count_in("data/webcam/user1", "").faulty, 0);
    assert_int_equal(count_in("data/camera/talking-head", "").faulty, 0);
}

static void well_lit_photographs_are_fine(void **state)
{
    (void)state;
    struct count c = count_in("data/lfw/dev", "");
    assert_true(c.faulty * 100 <= c.n);
}

// The light stands far at the right, or behind.
static void harsh_light_is_told(void **state)
{
    (void)state;
    static const char *const places[] = {"A+070", "A+085", "A+110"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct count c = count_in("data/yaleb", places[i]);
        assert_true(c.faulty * 10 >= c.n * 9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_face_has_no_reason),
        cmocka_unit_test(dark_and_bright),
        cmocka_unit_test(crushed_and_clipped),
        cmocka_unit_test(light_from_one_side),
        cmocka_unit_test(blur),
        cmocka_unit_test(a_plain_wall_is_not_blurred),
        cmocka_unit_test(the_gravest_reason_is_given),
        cmocka_unit_test(small_faces),
        cmocka_unit_test(resolution_has_no_part_in_it),
        cmocka_unit_test(boxes_at_the_edges),
        cmocka_unit_test(the_guide_box_is_never_cut_off),
        cmocka_unit_test(any_box_at_all),
        cmocka_unit_test(reasons_say_what_to_do),
        cmocka_unit_test(well_lit_webcams_are_fine),
        cmocka_unit_test(well_lit_photographs_are_fine),
        cmocka_unit_test(harsh_light_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
