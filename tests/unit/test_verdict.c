// SPDX-License-Identifier: MIT
#include "core/verify/verdict.h"
#include "tests/test.h"

#define RING 16
#define MS   INT64_C(1000000)

static struct verify_seen ring[RING];
static int last;

static int fresh(void **state)
{
    (void)state;
    memset(ring, 0, sizeof ring);
    last = 0;
    return 0;
}

static enum verify_verdict see(int ms, float score, bool face)
{
    last = (last + 1) % RING;
    ring[last] = (struct verify_seen){1000 * MS + ms * MS, score, face};
    return verify_verdict(ring, RING, last, 0.5f);
}

static void nothing_seen_is_undecided(void **state)
{
    (void)state;
    assert_int_equal(verify_verdict(ring, RING, 0, 0.5f), VERIFY_UNDECIDED);
}

static void it_takes_some_frames_to_be_sure(void **state)
{
    (void)state;
    assert_int_equal(see(0, 0.9f, true), VERIFY_UNSURE);
    assert_int_equal(see(40, 0.9f, true), VERIFY_UNSURE);
    assert_int_equal(see(80, 0.9f, true), VERIFY_YOU);
}

static void one_bad_frame_changes_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++)
        see(40 * i, 0.9f, true);
    assert_int_equal(see(320, 0.1f, true), VERIFY_YOU);
    assert_int_equal(see(360, 0, false), VERIFY_YOU);
    assert_int_equal(see(400, 0.5f, true), VERIFY_YOU); // the threshold itself matches
}

static void another_face_goes_through_doubt(void **state)
{
    (void)state;
    enum verify_verdict verdict = VERIFY_UNDECIDED;
    for (int i = 0; i < 12; i++)
        verdict = see(40 * i, 0.9f, true);
    assert_int_equal(verdict, VERIFY_YOU);
    bool doubted = false;
    for (int i = 12; i < 40; i++) { // more than go round the ring
        verdict = see(40 * i, 0.49f, true);
        assert_true(!doubted || verdict != VERIFY_YOU);
        doubted |= verdict == VERIFY_UNSURE;
    }
    assert_true(doubted);
    assert_int_equal(verdict, VERIFY_STRANGER);
}

static void who_leaves_is_nobody(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++)
        see(40 * i, 0.9f, true);
    for (int i = 4; i < 8; i++)
        assert_int_equal(see(40 * i, 0, false), VERIFY_YOU);
    assert_int_equal(see(320, 0, false), VERIFY_NOBODY);
}

static void slow_frames_count_while_not_stale(void **state)
{
    (void)state;
    see(0, 0.9f, true);
    see(1000, 0.9f, true);
    assert_int_equal(see(2000, 0.9f, true), VERIFY_YOU);
    assert_int_equal(see(3000, 0.1f, true), VERIFY_UNSURE);
    assert_int_equal(see(9000, 0.9f, true), VERIFY_UNSURE); // what was seen before is long ago
}

static void an_old_frame_counts_no_more(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        see(40 * i, 0.9f, true);
    see(1100, 0.1f, true);
    see(1140, 0.1f, true);
    assert_int_equal(see(1180, 0.1f, true), VERIFY_STRANGER);
}

static void the_threshold_decides(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++)
        see(40 * i, 0.7f, true);
    assert_int_equal(verify_verdict(ring, RING, last, 0.7f), VERIFY_YOU);
    assert_int_equal(verify_verdict(ring, RING, last, 0.71f), VERIFY_STRANGER);
}

static void each_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(verify_verdict_name(VERIFY_UNDECIDED), "");
    assert_string_equal(verify_verdict_name(VERIFY_NOBODY), "no face");
    assert_string_equal(verify_verdict_name(VERIFY_UNSURE), "not sure");
    assert_string_equal(verify_verdict_name(VERIFY_YOU), "you");
    assert_string_equal(verify_verdict_name(VERIFY_STRANGER), "stranger");
}

#define VERDICT(f) cmocka_unit_test_setup(f, fresh)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VERDICT(nothing_seen_is_undecided),
        VERDICT(it_takes_some_frames_to_be_sure),
        VERDICT(one_bad_frame_changes_nothing),
        VERDICT(another_face_goes_through_doubt),
        VERDICT(who_leaves_is_nobody),
        VERDICT(slow_frames_count_while_not_stale),
        VERDICT(an_old_frame_counts_no_more),
        VERDICT(the_threshold_decides),
        VERDICT(each_has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
