// SPDX-License-Identifier: MIT
// From a picture to a portrait, with the faces that the demo camera draws: found, found again,
// aligned, cut out, and free of light.
#include "capture/camera.h"
#include "core/face/normalise.h"
#include "core/face/portrait.h"
#include "core/image/resize.h"
#include "tests/test.h"

#include <math.h>

#define FACES  24 // that a template is made of
#define PERSON 6  // whose they are

// Set by set_up(). Readers take their time to be made, so that there are two for all.
static struct face_template template_of_demo;
static struct face_reader *plain, *aligner; // without the template and with it

static void draw(struct img *img, int who, double t)
{
    assert_int_equal(cap_demo_draw(img, who, t, NULL), 0);
}

static void fill(struct img *img, int w, int h, int level)
{
    assert_int_equal(img_reserve(img, w, h, NULL), 0);
    memset(img->px, level, (size_t)3 * (size_t)w * (size_t)h);
}

// The mean of one person, which is as sharp as that of many real ones; 24 drawn ones
// are too few and too unlike for that.
static void make_template(void)
{
    struct face_patch *patches = malloc(FACES * sizeof *patches);
    struct face_template one_worker;
    struct img img = {0};
    assert_non_null(patches);
    for (int i = 0; i < FACES; i++) {
        struct face_pose pose;
        draw(&img, PERSON, i * 1.7);
        assert_int_equal(face_read_frame(plain, &img, NULL, &pose, NULL), FACE_FOUND);
        face_reader_cut_patch(plain, &pose, &patches[i]);
    }
    for (int workers = 1; workers <= 2; workers++) {
        struct pool *pool;
        assert_int_equal(pool_create(&pool, workers, 0, NULL), 0);
        struct face_template *out = workers == 1 ? &one_worker : &template_of_demo;
        assert_int_equal(face_template_make(out, patches, FACES, pool, NULL), 0);
        pool_destroy(pool);
    }
    assert_memory_equal(&one_worker, &template_of_demo, sizeof one_worker);
    img_finish(&img);
    free(patches);
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(face_reader_create(&plain, NULL, NULL), 0);
    make_template();
    assert_int_equal(face_reader_create(&aligner, &template_of_demo, NULL), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    face_reader_destroy(plain);
    face_reader_destroy(aligner);
    return 0;
}

// ---- Finding ----------------------------------------------------------------------------------

static double distance(const struct face_pose *a, double x, double y)
{
    return hypot((double)a->x - x, (double)a->y - y);
}

// The detector's boxes lie on a grid of 8 pixels, of 16 in a frame, and come in sizes a fifth
// apart.
static bool same_face(const struct face_pose *a, const struct face_pose *b)
{
    return distance(a, b->x, b->y) < 0.2 * b->side && fabsf(logf(a->side / b->side)) < 0.25f;
}

static void faces_are_found_in_the_guide_box(void **state)
{
    (void)state;
    struct img img = {0};
    struct img_rect box = face_guide_box(640, 480);
    int n = 0, n_found = 0, n_again = 0, n_in_picture = 0;
    for (int who = 0; who < CAP_DEMO_PEOPLE; who++, n++) {
        struct face_pose pose, again, picture;
        draw(&img, who, 2 + who);
        if (face_read_frame(plain, &img, NULL, &pose, NULL) != FACE_FOUND)
            continue;
        n_found++;
        assert_true(distance(&pose, box.x + box.w / 2, box.y + box.h / 2) < 0.25 * box.w);
        assert_true(pose.side > 0.4f * (float)box.w && pose.side < 0.9f * (float)box.w);
        n_again += face_read_frame(plain, &img, &pose, &again, NULL) == FACE_FOUND &&
                   same_face(&again, &pose);
        n_in_picture += face_read_picture(plain, &img, &picture, NULL) == FACE_FOUND &&
                        same_face(&picture, &pose);
    }
    if (n_found < n - 2 || n_again < n_found - 1 || n_in_picture < n_found - 1)
        fail_msg("of %d: %d found, %d again, %d as pictures", n, n_found, n_again, n_in_picture);
    img_finish(&img);
}

// A head that has jumped away from where it was last is looked for in the whole frame.
static void a_face_that_jumped_is_found(void **state)
{
    (void)state;
    struct img img = {0};
    struct face_pose here, pose, elsewhere = {80, 80, 120, 0};
    draw(&img, 4, 3);
    assert_int_equal(face_read_frame(plain, &img, NULL, &here, NULL), FACE_FOUND);
    assert_int_equal(face_read_frame(plain, &img, &elsewhere, &pose, NULL), FACE_FOUND);
    assert_true(pose.x == here.x && pose.y == here.y && pose.side == here.side);
    img_finish(&img);
}

// Somebody too far away for the quick search is found within four frames, and then in each.
static void a_far_face_is_found(void **state)
{
    (void)state;
    const int w = 640, h = 480;
    struct img near = {0}, small = {0}, img = {0};
    struct face_pose first, pose;
    draw(&near, 4, 3);
    assert_int_equal(face_read_frame(plain, &near, NULL, &first, NULL), FACE_FOUND);
    float scale = 110 / first.side;
    int sw = (int)((float)w * scale), sh = (int)((float)h * scale);
    assert_int_equal(img_resize(&small, &near, (struct img_rect){0, 0, w, h}, sw, sh, NULL), 0);
    fill(&img, w, h, 120);
    for (int y = 0; y < sh; y++)
        memcpy(img.px + 3 * ((y + 60) * w + 80), small.px + 3 * y * sw, (size_t)(3 * sw));
    int n_tried = 1;
    while (face_read_frame(plain, &img, NULL, &pose, NULL) != FACE_FOUND)
        assert_in_range(++n_tried, 1, 4);
    assert_true(distance(&pose, 80 + first.x * scale, 60 + first.y * scale) < 20);
    assert_true(fabsf(logf(pose.side / 110)) < 0.25f);
    for (int i = 0; i < 8; i++)
        assert_int_equal(face_read_frame(plain, &img, &pose, &pose, NULL), FACE_FOUND);
    img_finish(&near);
    img_finish(&small);
    img_finish(&img);
}

static void walls_have_no_face(void **state)
{
    (void)state;
    struct img img = {0};
    struct face_pose pose;
    const struct {
        int w, h, want;
    } sizes[] = {
        {640, 480, FACE_ABSENT}, {400, 400, FACE_ABSENT},  {321, 320, FACE_ABSENT},
        {320, 200, FACE_ABSENT}, {320, 320, FACE_CROPPED}, {320, 240, FACE_CROPPED},
        {105, 90, FACE_CROPPED}, {2, 2, FACE_CROPPED},     {1, 1, FACE_CROPPED},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        float middle_x = (float)sizes[i].w / 2, middle_y = (float)sizes[i].h / 2;
        fill(&img, sizes[i].w, sizes[i].h, 150);
        assert_int_equal(face_read_picture(plain, &img, &pose, NULL), sizes[i].want);
        if (sizes[i].want == FACE_CROPPED)
            assert_true(pose.x == middle_x && pose.y == middle_y &&
                        pose.side == fminf(2 * middle_x, 2 * middle_y) && pose.angle == 0);
        assert_int_equal(face_read_picture(aligner, &img, &pose, NULL), sizes[i].want);
        assert_int_equal(face_read_frame(plain, &img, NULL, &pose, NULL), FACE_ABSENT);
    }
    img_finish(&img);
}

// Brought to a size at which its shorter side shows a face, a narrow strip would be endless.
static void strips_are_no_faces(void **state)
{
    (void)state;
    struct img img = {0};
    struct face_pose pose;
    fill(&img, 60000, 1, 100);
    assert_int_equal(face_read_picture(plain, &img, &pose, NULL), FACE_ABSENT);
    fill(&img, 3, 9000, 100);
    assert_int_equal(face_read_picture(plain, &img, &pose, NULL), FACE_ABSENT);
    img_finish(&img);
}

// One pixel is all there is to see, through every door.
static void one_pixel_makes_a_flat_portrait(void **state)
{
    (void)state;
    struct img img = {0};
    struct face_pose pose;
    uint8_t portrait[FACE_PORTRAIT_SIZE];
    float x[FACE_CHIP_SIZE(3)];
    fill(&img, 1, 1, 77);
    assert_int_equal(face_read_box(aligner, &img, (struct img_rect){0, 0, 1, 1}, &pose, NULL),
                     FACE_CROPPED);
    assert_true(pose.side > 0 && isfinite(pose.x) && isfinite(pose.y) && isfinite(pose.angle));
    face_cut_portrait(aligner, &pose, portrait);
    for (size_t i = 0; i < FACE_PORTRAIT_SIZE; i++)
        assert_int_equal(portrait[i], 77);
    face_portrait_input(x, portrait);
    for (size_t i = 0; i < FACE_CHIP_SIZE(3); i++)
        assert_true(fabsf(x[i] - 0.5f) < 1e-3f);
    img_finish(&img);
}

// ---- Aligning ---------------------------------------------------------------------------------

// The frame as luma, turned, moved and enlarged, with the face that was at `pose` at *now.
static void displace(uint8_t *out, struct face_pose *now, const struct img *img,
                     const struct face_pose *pose)
{
    enum { SIDE = 300 };
    uint8_t *px = malloc((size_t)640 * 480);
    float *sampled = malloc(sizeof(float) * SIDE * SIDE);
    assert_true(px && sampled);
    for (int i = 0; i < 640 * 480; i++)
        px[i] = face_luma_of(img->px + 3 * i);
    const struct face_luma luma = {px, 640, 480};
    // The square's middle is the face's, so there it is upright where the square is turned back.
    struct face_pose square = *pose;
    square.angle -= now->angle;
    square.side *= SIDE / now->side;
    face_sample(sampled, SIDE, &luma, &square, 1);
    for (int i = 0; i < SIDE * SIDE; i++)
        out[i] = (uint8_t)(sampled[i] + 0.5f);
    now->x = now->y = SIDE / 2.0f;
    free(px);
    free(sampled);
}

// Whether a face that rests at some place is brought back there from another.
static bool comes_back(const struct img *img, const struct face_pose *found, float x, float y,
                       float scale, float angle)
{
    uint8_t px[300 * 300];
    const struct face_luma luma = {px, 300, 300};
    struct face_pose rest = {.side = 120, .angle = angle};
    displace(px, &rest, img, found);
    assert_true(face_align(&rest, &luma, &template_of_demo) > 0.2f);
    struct face_pose from = {rest.x + x * rest.side, rest.y + y * rest.side, rest.side * scale,
                             rest.angle - angle};
    face_align(&from, &luma, &template_of_demo);
    return distance(&from, rest.x, rest.y) < 0.04 * rest.side &&
           fabsf(logf(from.side / rest.side)) < 0.05f && fabsf(from.angle - rest.angle) < 0.05f;
}

// Some of 24 may get caught where they are somewhat like the mean as well.
static void displaced_faces_are_brought_back(void **state)
{
    (void)state;
    static const float by[][4] = {
        {0.08f, 0, 1, 0},
        {0, -0.08f, 1, 0},
        {0, 0, 1.1f, 0},
        {0, 0, 0.91f, 0},
        {0, 0, 1, 0.15f},
        {0, 0, 1, -0.15f},
        {0.05f, 0.03f, 1.1f, 0.15f},
    };
    enum { WAYS = sizeof by / sizeof *by };
    int n_back[WAYS] = {0};
    struct img img = {0};
    for (int i = 0; i < 24; i++) {
        struct face_pose found;
        draw(&img, PERSON, i * 1.7 + 0.8);
        assert_int_equal(face_read_frame(plain, &img, NULL, &found, NULL), FACE_FOUND);
        for (int k = 0; k < WAYS; k++)
            n_back[k] += comes_back(&img, &found, by[k][0], by[k][1], by[k][2], by[k][3]);
    }
    for (int k = 0; k < WAYS; k++)
        if (n_back[k] < (k < 6 ? 22 : 18)) // the last is all at once
            fail_msg("by %g, %g, times %g, turned %g: %d of 24", (double)by[k][0], (double)by[k][1],
                     (double)by[k][2], (double)by[k][3], n_back[k]);
    img_finish(&img);
}

// A face that lies turned is found to lie turned, mostly.
static void the_angle_is_told(void **state)
{
    (void)state;
    struct img img = {0};
    uint8_t px[300 * 300];
    const struct face_luma luma = {px, 300, 300};
    int n_right = 0;
    for (int i = 0; i < 24; i++) {
        struct face_pose found, upright = {.side = 120}, turned = {.side = 120, .angle = 0.15f};
        draw(&img, PERSON, i * 1.7 + 0.8);
        assert_int_equal(face_read_frame(plain, &img, NULL, &found, NULL), FACE_FOUND);
        displace(px, &upright, &img, &found);
        face_align(&upright, &luma, &template_of_demo);
        displace(px, &turned, &img, &found);
        turned.angle = 0;
        face_align(&turned, &luma, &template_of_demo);
        n_right += fabsf(turned.angle - upright.angle - 0.15f) < 0.06f;
    }
    if (n_right < 17)
        fail_msg("%d of 24", n_right);
    img_finish(&img);
}

// However wrong the start, it moves no further than it may, and a wall is like nothing.
static void aligning_keeps_its_limits(void **state)
{
    (void)state;
    struct img img = {0};
    uint8_t *px = malloc((size_t)640 * 480);
    assert_non_null(px);
    draw(&img, 9, 1);
    for (int i = 0; i < 640 * 480; i++)
        px[i] = face_luma_of(img.px + 3 * i);
    const struct face_luma luma = {px, 640, 480};
    for (int i = 0; i < 30; i++) {
        const struct face_pose from = {(float)(i % 6) * 128, (float)(i / 6) * 120,
                                       60 + (float)i * 5, (float)(i - 15) * 0.05f};
        struct face_pose to = from;
        float alike = face_align(&to, &luma, &template_of_demo);
        assert_true(alike >= -1 && alike <= 1.0001f);
        assert_true(distance(&to, from.x, from.y) <= 0.2362 * from.side); // sqrt 2 / 6
        assert_true(fabsf(logf(to.side / from.side)) <= logf(1.2501f));
        assert_true(fabsf(to.angle - from.angle) <= 0.3501f);
    }
    memset(px, 90, (size_t)640 * 480);
    struct face_pose pose = {320, 240, 200, 0.1f};
    assert_true(fabsf(face_align(&pose, &luma, &template_of_demo)) < 0.2f);
    free(px);
    img_finish(&img);
}

// ---- Portraits --------------------------------------------------------------------------------

static double mean(const uint8_t *px, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += px[i];
    return sum / (double)n;
}

// As bright as the frame there; the chip is the portrait's middle.
static void portraits_show_what_was_there(void **state)
{
    (void)state;
    struct img img = {0};
    for (int who = 1; who < CAP_DEMO_PEOPLE; who += 5) {
        uint8_t portrait[FACE_PORTRAIT_SIZE], chip[FACE_CHIP_SIZE(1)];
        struct face_pose pose;
        draw(&img, who, who);
        assert_int_equal(face_read_frame(plain, &img, NULL, &pose, NULL), FACE_FOUND);
        face_cut_portrait(plain, &pose, portrait);
        face_portrait_chip(chip, portrait);
        double want = img_luma(&img, face_pose_box(&pose), 1);
        assert_true(fabs(mean(chip, sizeof chip) - want) < 3);
        struct face_pose whole = pose;
        whole.side *= (float)FACE_PORTRAIT_SIDE / FACE_CHIP_SIDE;
        want = img_luma(&img, face_pose_box(&whole), 1);
        assert_true(fabs(mean(portrait, sizeof portrait) - want) < 3);
        assert_true(want > 40 && want < 220);
    }
    img_finish(&img);
}

// ---- Light ------------------------------------------------------------------------------------

// The face of a demo frame, luma 0..255.
static void face_of(float *px, int who)
{
    struct img img = {0};
    struct face_pose pose;
    uint8_t portrait[FACE_PORTRAIT_SIZE], chip[FACE_CHIP_SIZE(1)];
    draw(&img, who, who);
    assert_int_equal(face_read_frame(aligner, &img, NULL, &pose, NULL), FACE_FOUND);
    face_cut_portrait(aligner, &pose, portrait);
    face_portrait_chip(chip, portrait);
    for (size_t i = 0; i < FACE_CHIP_SIZE(1); i++)
        px[i] = chip[i];
    img_finish(&img);
}

static double apart(const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < FACE_CHIP_SIZE(3); i++)
        sum += fabs((double)a[i] - (double)b[i]);
    return sum / (double)FACE_CHIP_SIZE(3);
}

static void light_and_gamma_cancel(void **state)
{
    (void)state;
    float px[FACE_CHIP_SIZE(1)], dark[FACE_CHIP_SIZE(1)], curved[FACE_CHIP_SIZE(1)];
    float x[FACE_CHIP_SIZE(3)], y[FACE_CHIP_SIZE(3)];
    for (int who = 0; who < 20; who += 5) {
        face_of(px, who);
        face_normalise(x, px);
        for (size_t i = 0; i < FACE_CHIP_SIZE(1); i++) {
            dark[i] = px[i] / 2;
            curved[i] = 255 * powf(px[i] / 255, 0.8f);
        }
        face_of(px, who + 1);
        face_normalise(y, px);
        double other = apart(x, y); // another person
        face_normalise(y, dark);
        double half = apart(x, y);
        face_normalise(y, curved);
        double gamma = apart(x, y);
        if (!(half < 0.02 && gamma < 0.02 && other > 4 * fmax(half, gamma)))
            fail_msg("%d: half as bright %g, gamma %g, another person %g", who, half, gamma, other);
    }
}

static void planes_are_grey_outside_the_oval(void **state)
{
    (void)state;
    float px[FACE_CHIP_SIZE(1)], x[FACE_CHIP_SIZE(3)];
    const int middle = FACE_CHIP_SIDE / 2, last = FACE_CHIP_SIDE - 1;
    for (int kind = 0; kind < 3; kind++) {
        if (kind == 0)
            face_of(px, 2);
        for (size_t i = 0; i < FACE_CHIP_SIZE(1) && kind > 0; i++)
            px[i] = kind == 1 ? (i / 5 % 2 ? 255 : 0) : 0; // the harshest there is, and none
        face_normalise(x, px);
        for (int c = 0; c < 3; c++) {
            const float *plane = x + (size_t)c * FACE_CHIP_SIZE(1);
            float least = 1, most = 0;
            for (int i = 0; i < (int)FACE_CHIP_SIZE(1); i++) {
                assert_true(plane[i] >= 0 && plane[i] <= 1);
                double u = (i % FACE_CHIP_SIDE - middle) / (0.92 * middle);
                double v = (i / FACE_CHIP_SIDE - middle) / (1.05 * middle);
                if (u * u + v * v > 1.001)
                    assert_true(plane[i] == 0.5f);
                least = fminf(least, plane[i]);
                most = fmaxf(most, plane[i]);
            }
            assert_true(plane[0] == 0.5f && plane[last] == 0.5f);
            assert_true(kind == 2 ? most - least < 1e-3f : most - least > 0.2f);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faces_are_found_in_the_guide_box),
        cmocka_unit_test(a_face_that_jumped_is_found),
        cmocka_unit_test(a_far_face_is_found),
        cmocka_unit_test(walls_have_no_face),
        cmocka_unit_test(strips_are_no_faces),
        cmocka_unit_test(one_pixel_makes_a_flat_portrait),
        cmocka_unit_test(displaced_faces_are_brought_back),
        cmocka_unit_test(the_angle_is_told),
        cmocka_unit_test(aligning_keeps_its_limits),
        cmocka_unit_test(portraits_show_what_was_there),
        cmocka_unit_test(light_and_gamma_cancel),
        cmocka_unit_test(planes_are_grey_outside_the_oval),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
