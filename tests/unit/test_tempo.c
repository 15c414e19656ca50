// SPDX-License-Identifier: MIT
// How often, and how long: rates and quantiles of times that are known.
#include "app/tempo.h"
#include "core/base/clock.h"
#include "tests/test.h"

#include <math.h>

#define MS INT64_C(1000000)

static void nothing_yet(void **state)
{
    (void)state;
    struct app_tempo t = {0};
    assert_true(app_tempo_rate(&t, CLOCK_SECOND) == 0);
    assert_true(isnan(app_tempo_ms(&t, 0.5)));
    app_tempo_add(&t, CLOCK_SECOND, 7 * MS);
    assert_true(app_tempo_rate(&t, CLOCK_SECOND) == 0); // one alone has no rate
    assert_true(app_tempo_ms(&t, 0) == 7 && app_tempo_ms(&t, 1) == 7);
}

static void a_rate_is_that_of_lately(void **state)
{
    (void)state;
    struct app_tempo t = {0};
    int64_t now = 1000 * CLOCK_SECOND;
    for (int i = 0; i < 300; i++) // 10 a second, then 25
        app_tempo_add(&t, now += i < 30 ? 100 * MS : 40 * MS, MS);
    assert_true(fabs(app_tempo_rate(&t, now) - 25) < 1e-9);
    assert_true(fabs(app_tempo_rate(&t, now + 900 * MS) - 25) < 1e-9);
    assert_true(app_tempo_rate(&t, now + 1001 * MS) == 0);
    for (int i = 0; i < 20; i++)
        app_tempo_add(&t, now += 250 * MS, MS);
    assert_true(fabs(app_tempo_rate(&t, now) - 4) < 1e-9);
    for (int i = 0; i < 1000; i++) // more in two seconds than are kept
        app_tempo_add(&t, now += MS, MS);
    assert_true(fabs(app_tempo_rate(&t, now) - 1000) < 1e-6);
}

static void quantiles_are_of_the_last_hundred(void **state)
{
    (void)state;
    struct app_tempo t = {0};
    for (int i = 0; i < 250; i++)
        app_tempo_add(&t, i, 1000 * MS);
    for (int i = 0; i < 100; i++)
        app_tempo_add(&t, i, (1 + i * 37 % 100) * MS); // 1 to 100, in disorder
    assert_true(app_tempo_ms(&t, 0) == 1);
    assert_true(app_tempo_ms(&t, 0.5) == 50);
    assert_true(app_tempo_ms(&t, 0.95) == 95);
    assert_true(app_tempo_ms(&t, 1) == 100);
    struct app_tempo few = {0};
    for (int i = 1; i <= 4; i++)
        app_tempo_add(&few, i, i * MS);
    assert_true(app_tempo_ms(&few, 0.5) == 2 && app_tempo_ms(&few, 0.95) == 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_yet),
        cmocka_unit_test(a_rate_is_that_of_lately),
        cmocka_unit_test(quantiles_are_of_the_last_hundred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
