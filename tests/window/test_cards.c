// SPDX-License-Identifier: MIT
// The cards beside the picture: charts, thresholds, verdicts and their reasons.
#include "tests/window/drawn.h"

// Columns of the picture with the training curve's colour, within the card of the training.
static void curve_extent(const struct img *shot, int *first, int *last)
{
    SDL_Color c = ui_theme_dark.accent;
    struct ui_box card = ui_screen_layout((float)shot->w, (float)shot->h, 52, 4.0f / 3).train;
    *first = *last = -1;
    for (int x = (int)card.x; x < (int)(card.x + card.w); x++)
        for (int y = 0; y < shot->h; y++) {
            const uint8_t *p = pixel(shot, (float)x, (float)y);
            if (p[0] == c.r && p[1] == c.g && p[2] == c.b) {
                *first = *first < 0 ? x : *first;
                *last = x;
            }
        }
}

static void shoot_curve(int first_epoch, int n, int *first, int *last)
{
    struct img shot = {0};
    view = (struct ui_view){
        .have_model = true, .live = true, .epochs = 50, .first_epoch = first_epoch, .n_curve = n};
    for (int i = 0; i < n; i++)
        view.loss[i] = 0.5f;
    shoot(1280, 800, 1, &shot);
    curve_extent(&shot, first, last);
    img_finish(&shot);
}

// A legend's sample is in that colour too: at the left, 18 points wide.
static void test_curves_lie_at_their_epochs(void **state)
{
    (void)state;
    int left, right, first, last;
    shoot_curve(0, 50, &left, &right);
    assert_true(right - left > 230);
    shoot_curve(1, 25, &first, &last);
    assert_in_range(first, left - 1, left + 1);
    assert_in_range(last, (left + right) / 2 - 6, (left + right) / 2 + 2);
    shoot_curve(41, 10, &first, &last);
    assert_in_range(last, right - 2, right);
    shoot_curve(41, 1, &first, &last);
    int at = left + (right - left) * 40 / 49;
    assert_in_range(last, at - 1, at + 5);
    shoot_curve(60, 10, &first, &last); // more than was planned
    assert_in_range(last, right - 2, right);
}

// A dot of a single point, whole and inside of the plot.
static void test_single_point_is_a_dot(void **state)
{
    (void)state;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    static struct ui_canvas canvas;
    static struct ui_plot plot;
    assert_int_equal(ui_canvas_init(&canvas, renderer, 1, NULL), 0);
    assert_true(ui_plot_begin(&plot, &canvas, (struct ui_box){0, 0, 64, 64}));
    const struct ui_point points[] = {{NAN, 0.2f}, {0.5f, 0.5f}};
    uint32_t background = plot.px[0];
    ui_plot_line(&plot, points, 2, 2, 0, (SDL_Color){255, 0, 0, 255});
    int n = 0;
    for (int i = 0; i < 64 * 64; i++)
        n += plot.px[i] != background;
    assert_in_range(n, 25, 60);
    ui_plot_finish(&plot);
    ui_canvas_finish(&canvas);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

// Figures of held-out pairs that there are not are not drawn.
static void test_nothing_of_no_heldout_pairs(void **state)
{
    (void)state;
    struct img a = {0}, b = {0};
    fill_view(NULL);
    view.n_heldout_pairs = 0;
    shoot(1280, 800, 1, &a);
    view.heldout_loss[0] = view.heldout_loss[2] = 9;
    view.precision = view.recall = 0.5;
    shoot(1280, 800, 1, &b);
    assert_memory_equal(a.px, b.px, (size_t)a.w * (size_t)a.h * 3);
    img_finish(&a);
    img_finish(&b);
}

static void test_demo_says_why(void **state)
{
    (void)state;
    struct img frame = {0}, chosen = {0}, fallback = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.demo = true;
    shoot(640, 480, 1, &chosen);
    view.demo_fallback = true;
    shoot(640, 480, 1, &fallback);
    assert_memory_not_equal(chosen.px, fallback.px, (size_t)chosen.w * (size_t)chosen.h * 3);
    img_finish(&frame);
    img_finish(&chosen);
    img_finish(&fallback);
}

static void test_threshold_shows(void **state)
{
    (void)state;
    struct img shot = {0};
    fill_view(NULL);
    shoot(640, 480, 1, &shot);
    view.threshold = 0.8f;
    assert_true(unchanged(&shot, 640, 480)); // there is no model
    view.have_model = true;
    shoot(640, 480, 1, &shot);
    view.threshold = 0.5f;
    assert_false(unchanged(&shot, 640, 480));
    img_finish(&shot);
}

// Every verdict looks different from every other, also without the camera's picture.
static void test_verdict_shows(void **state)
{
    (void)state;
    static const enum verify_verdict all[] = {VERIFY_UNDECIDED, VERIFY_NOBODY, VERIFY_UNSURE,
                                              VERIFY_YOU, VERIFY_STRANGER};
    struct img frame = {0}, shot[5] = {{0}};
    make_frame(&frame, 640, 480);
    for (int with_frame = 0; with_frame < 2; with_frame++) {
        fill_view(with_frame ? &frame : NULL);
        view.reason = FACE_FINE;
        for (int i = 0; i < 5; i++) {
            view.verdict = all[i];
            shoot(640, 480, 1, &shot[i]);
            for (int k = 0; k < i; k++)
                assert_false(same(&shot[i], &shot[k]));
        }
    }
    for (int i = 0; i < 5; i++)
        img_finish(&shot[i]);
    img_finish(&frame);
}

// The reason shows with a score that is no match, and only then.
static void test_reason_is_told(void **state)
{
    (void)state;
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    for (enum face_reason r = FACE_FINE; r < FACE_REASONS; r++) {
        view.reason = r;
        for (int w = 480; w <= 1280; w += 400) {
            view.verdict = VERIFY_STRANGER;
            shoot(w, 480, 1, &shot);
            view.reason = FACE_FINE;
            assert_true(unchanged(&shot, w, 480) == (r == FACE_FINE));
            view.verdict = VERIFY_YOU;
            shoot(w, 480, 1, &shot);
            view.reason = r;
            assert_true(unchanged(&shot, w, 480));
        }
    }
    img_finish(&frame);
    img_finish(&shot);
}

// Pictures that hurt are in the card of the training once it has ended, others below the user's or
// beside them, at sizes that have the room.
static void test_worst_pictures_show(void **state)
{
    (void)state;
    struct img frame = {0}, row = {0};
    make_frame(&frame, 640, 480);
    assert_int_equal(img_reserve(&row, 104, 52, NULL), 0);
    for (int i = 0; i < 104 * 52; i++)
        memcpy(row.px + 3 * i, (uint8_t[]){0, 250, 0}, 3);
    fill_view(&frame);
    view.nearest = NULL;
    view.have_model = true;
    view.worst_own = (struct ui_worst){&row, 2, 7};
    view.worst_number = 1;
    assert_int_equal(green_of_view(1280, 800).w, 0);
    view.training = false;
    struct ui_box card = ui_screen_layout(1280, 800, 52, 4.0f / 3).train;
    struct img_rect beside = green_of_view(1280, 560);
    struct img_rect own = green_of_view(1280, 800);
    assert_int_equal(own.w, 2 * own.h + (int)UI_STEP);
    assert_true((float)own.x > card.x && (float)own.y > card.y);
    assert_true((float)(own.x + own.w) < card.x + card.w / 2);
    assert_true((float)(own.y + own.h) < card.y + card.h);
    view.worst_others = view.worst_own;
    view.worst_own = (struct ui_worst){NULL, 0, 0};
    struct img_rect others = green_of_view(1280, 800);
    assert_int_equal(others.x, own.x);
    assert_true(others.y > own.y + own.h);
    others = green_of_view(1280, 560);
    assert_int_equal(others.y, beside.y);
    assert_true(others.x > beside.x + beside.w);
    card = ui_screen_layout(480, 360, 52, 4.0f / 3).train;
    struct img_rect small = green_of_view(480, 360);
    assert_true(small.w == 0 || ((float)small.x >= card.x && (float)small.y >= card.y &&
                                 (float)(small.x + small.w) <= card.x + card.w &&
                                 (float)(small.y + small.h) <= card.y + card.h));
    img_finish(&frame);
    img_finish(&row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_curves_lie_at_their_epochs),
        cmocka_unit_test(test_single_point_is_a_dot),
        cmocka_unit_test(test_nothing_of_no_heldout_pairs),
        cmocka_unit_test(test_demo_says_why),
        cmocka_unit_test(test_threshold_shows),
        cmocka_unit_test(test_verdict_shows),
        cmocka_unit_test(test_reason_is_told),
        cmocka_unit_test(test_worst_pictures_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
