// SPDX-License-Identifier: MIT
#include "app/explain.h"
#include "tests/test.h"

#define N  3
#define MS INT64_C(1000000)

static struct app_explain explain;
static uint8_t thumbs[N * FACE_THUMB_SIZE];
static const struct verify_gallery gallery = {.n = N, .thumbs = thumbs};

static int fresh(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++)
        memset(thumbs + i * FACE_THUMB_SIZE, 10 * i, FACE_THUMB_SIZE);
    explain = (struct app_explain){0};
    app_explain_reset(&explain);
    return 0;
}

// A frame at `ms` whose nearest anchor is `nearest`, with 0.9; the others score 0.1 for each
// number.
static void score(int ms, int nearest)
{
    float scores[N] = {0, 0.1f, 0.2f};
    scores[nearest] = 0.9f;
    struct verify_score s = {.nearest = nearest, .nearest_score = 0.9f, .anchors = N};
    app_explain_score(&explain, 1000 * MS + ms * MS, &gallery, &s, scores);
}

static void assert_shown(int anchor, float anchor_score, int64_t thumb_number)
{
    assert_int_equal(explain.anchor, anchor);
    assert_float_equal(explain.anchor_score, anchor_score, 1e-6);
    assert_int_equal(explain.thumb_number, thumb_number);
    assert_memory_equal(explain.thumb, thumbs + anchor * FACE_THUMB_SIZE, FACE_THUMB_SIZE);
}

static void nothing_at_first(void **state)
{
    (void)state;
    assert_int_equal(explain.anchor, -1);
    assert_int_equal(explain.reason, FACE_FINE);
}

static void an_anchor_stays_for_a_while(void **state)
{
    (void)state;
    score(0, 1);
    assert_shown(1, 0.9f, 1);
    score(40, 2); // another one, too soon: the shown one with its own score
    assert_shown(1, 0.1f, 1);
    score(499, 2);
    assert_shown(1, 0.1f, 1);
    score(500, 2);
    assert_shown(2, 0.9f, 2);
    score(900, 2);
    score(1200, 0); // it was shown for long enough, however lately it was the nearest
    assert_shown(0, 0.9f, 3);
}

static void a_new_gallery_is_shown_at_once(void **state)
{
    (void)state;
    score(0, 2);
    app_explain_reset(&explain);
    assert_int_equal(explain.anchor, -1);
    memset(thumbs, 99, sizeof thumbs);
    score(10, 2); // the same number, another picture
    assert_shown(2, 0.9f, 2);
}

static void reason(int ms, enum face_reason r)
{
    app_explain_reason(&explain, 1000 * MS + ms * MS, r);
}

static void the_first_reason_is_shown_at_once(void **state)
{
    (void)state;
    reason(0, FACE_DARK);
    assert_int_equal(explain.reason, FACE_DARK);
    app_explain_reset(&explain);
    assert_int_equal(explain.reason, FACE_FINE);
    reason(1, FACE_BLURRED);
    assert_int_equal(explain.reason, FACE_BLURRED);
}

static void a_reason_stays_until_it_is_gone_for_a_while(void **state)
{
    (void)state;
    for (int ms = 0; ms < 3000; ms += 40) {
        reason(ms, ms % 400 ? FACE_FINE : FACE_DARK);
        assert_int_equal(explain.reason, FACE_DARK);
    }
    for (int ms = 3000; ms < 4000; ms += 40) { // last seen at 2800
        reason(ms, FACE_FINE);
        assert_int_equal(explain.reason, ms < 3300 ? FACE_DARK : FACE_FINE);
    }
    reason(4000, FACE_BLURRED); // and so does none
    assert_int_equal(explain.reason, FACE_FINE);
    reason(4600, FACE_BLURRED);
    assert_int_equal(explain.reason, FACE_BLURRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_at_first, fresh),
        cmocka_unit_test_setup(an_anchor_stays_for_a_while, fresh),
        cmocka_unit_test_setup(a_new_gallery_is_shown_at_once, fresh),
        cmocka_unit_test_setup(the_first_reason_is_shown_at_once, fresh),
        cmocka_unit_test_setup(a_reason_stays_until_it_is_gone_for_a_while, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
