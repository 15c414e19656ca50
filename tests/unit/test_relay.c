// SPDX-License-Identifier: MIT
// Two parts told as one: epochs that go on counting, and the time left of both.
#include "app/relay.h"
#include "tests/test.h"

#include <math.h>

enum { STEPS = 10 }; // of each epoch

static void keep(void *ctx, const struct siam_progress *p)
{
    *(struct siam_progress *)ctx = *p;
}

static struct siam_progress at(int epoch, int epochs, int step, double seconds_left)
{
    return (struct siam_progress){.epoch = epoch,
                                  .epochs = epochs,
                                  .step = step,
                                  .steps = STEPS,
                                  .epoch_done = step == 0,
                                  .seconds_left = seconds_left};
}

static void two_parts_look_like_one(void **state)
{
    (void)state;
    struct siam_progress told, last = {0};
    struct app_relay relay = {.progress = keep, .ctx = &told, .last = &last};
    struct siam_progress first = at(1, 4, 5, 50), done = at(2, 4, 0, 40);
    app_relay_part(&relay, 0, 3, 30);
    assert_false(relay.begun);
    app_relay_progress(&relay, &first);
    assert_true(relay.begun);
    assert_int_equal(told.epoch, 1);
    assert_int_equal(told.epochs, 4 + 3);
    assert_true(fabs(told.seconds_left - (50 + 30 * 50. / 25)) < 1e-9); // 25 steps are left of it
    assert_int_equal(last.epochs, 0);                                   // no epoch was complete
    app_relay_progress(&relay, &done);
    assert_int_equal(last.epoch, 2);
    assert_int_equal(last.epochs, 7);

    app_relay_part(&relay, 4, 0, 0);
    assert_false(relay.begun);
    struct siam_progress second = at(1, 3, 0, 20);
    app_relay_progress(&relay, &second);
    assert_int_equal(told.epoch, 5);
    assert_int_equal(told.epochs, 7);
    assert_true(told.seconds_left == 20);
}

// The last epoch's time is little of steps: those of the next part take what they were seen to
// take.
static void the_end_of_a_part_tells_nothing_of_steps(void **state)
{
    (void)state;
    struct siam_progress told, last;
    struct app_relay relay = {.progress = keep, .ctx = &told, .last = &last};
    struct siam_progress early = at(2, 4, 0, 20), late = at(3, 4, 9, 15), over = at(4, 4, 0, 0);
    app_relay_part(&relay, 0, 1, 30);
    app_relay_progress(&relay, &early);
    assert_true(fabs(told.seconds_left - (20 + 30)) < 1e-9); // a second each
    app_relay_progress(&relay, &late);
    assert_true(fabs(told.seconds_left - (15 + 30)) < 1e-9);
    app_relay_progress(&relay, &over);
    assert_true(fabs(told.seconds_left - 30) < 1e-9);
}

static void what_is_not_known_is_not_told(void **state)
{
    (void)state;
    struct siam_progress told, last, unknown = at(0, 4, 1, -1);
    struct app_relay relay = {.progress = keep, .ctx = &told, .last = &last};
    app_relay_part(&relay, 0, 3, 30);
    app_relay_progress(&relay, &unknown);
    assert_true(told.seconds_left < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_parts_look_like_one),
        cmocka_unit_test(the_end_of_a_part_tells_nothing_of_steps),
        cmocka_unit_test(what_is_not_known_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
