// SPDX-License-Identifier: MIT
#include "core/siamese/pace.h"

#include "core/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

// A training as its clock would show it.
struct course {
    int epochs, steps;
    double step_s, heldout_s; // each
    double judge_s;           // beside the first and the last epoch, and every `judge_every`th
    int judge_every;
    double noise;   // of a step: its time is off by up to this share
    double first_s; // of the first step, on top: caches are cold
};

static double worst; // ratio of what was told and what it was, or the other way round

static double step_seconds(const struct course *c, int epoch, int step, struct rng *rng)
{
    double first = epoch == 0 && step == 0 ? c->first_s : 0;
    double noise = rng_uniform(rng, (float)(1 - c->noise), (float)(1 + c->noise));
    return first + c->step_s * noise;
}

static double judging_seconds(const struct course *c, int epoch)
{
    bool due = epoch == 0 || epoch == c->epochs - 1 || epoch % c->judge_every == 0;
    return due ? c->judge_s : 0;
}

static double whole(const struct course *c)
{
    struct rng rng;
    double sum = 0;
    rng_seed(&rng, 1, 0);
    for (int epoch = 0; epoch < c->epochs; epoch++) {
        for (int step = 0; step < c->steps; step++)
            sum += step_seconds(c, epoch, step, &rng);
        sum += c->heldout_s + judging_seconds(c, epoch);
    }
    return sum;
}

// From the first fifth of the time to the last seconds.
static void compare(double told, double now, double all, double limit)
{
    if (now < all / 5 || all - now < all / 50)
        return;
    double ratio = fmax(told / (all - now), (all - now) / told);
    worst = fmax(worst, ratio);
    if (!(ratio < limit))
        fail_msg("after %.1f of %.1f s: %.1f s left, told %.1f", now, all, all - now, told);
}

static void check(const struct course *c, double limit)
{
    struct siam_pace pace = {.steps = c->steps, .heldout_steps = c->steps / 10.0};
    struct rng rng;
    double now = 0, all = whole(c);
    rng_seed(&rng, 1, 0);
    worst = 1;
    assert_true(siam_pace_left(&pace, c->epochs, 0) == -1);
    for (int epoch = 0; epoch < c->epochs; epoch++) {
        double begun = now;
        for (int step = 0; step < c->steps; step++) {
            double seconds = step_seconds(c, epoch, step, &rng);
            now += seconds;
            siam_pace_step(&pace, seconds);
            compare(siam_pace_left(&pace, c->epochs - epoch, step + 1), now, all, limit);
        }
        double steps_s = now - begun, aside_s = judging_seconds(c, epoch);
        siam_pace_epoch(&pace, steps_s, c->heldout_s);
        now += c->heldout_s;
        compare(aside_s + siam_pace_left(&pace, c->epochs - epoch - 1, 0), now, all, limit);
        siam_pace_aside(&pace, aside_s);
        now += aside_s;
        compare(siam_pace_left(&pace, c->epochs - epoch - 1, 0), now, all, limit);
    }
    print_message("%d epochs of %d steps, %.0f s: off by at most %.0f %%\n", c->epochs, c->steps,
                  all, 100 * (worst - 1));
    assert_true(siam_pace_left(&pace, 0, 0) == 0);
}

static void time_left_is_true(void **state)
{
    (void)state;
    static const struct course courses[] = {
        {.epochs = 50, .steps = 100, .step_s = .25, .heldout_s = 1, .judge_every = 100},
        {.epochs = 10, .steps = 50, .step_s = .1, .heldout_s = 1, .judge_s = 3, .judge_every = 10},
        {.epochs = 10, .steps = 50, .step_s = .1, .heldout_s = .3, .judge_s = .5, .judge_every = 1},
        {.epochs = 50, .steps = 15, .step_s = .5, .heldout_s = 4, .judge_s = 1, .judge_every = 2},
        {.epochs = 3, .steps = 50, .step_s = .1, .heldout_s = .5, .judge_s = .5, .judge_every = 10},
    };
    for (size_t i = 0; i < sizeof courses / sizeof *courses; i++) {
        struct course c = courses[i];
        check(&c, 1.2);
        c.noise = .5;
        c.first_s = 2 * c.step_s;
        check(&c, 1.2);
    }
}

// What comes can't be known, but what has come is followed.
static void another_speed_is_noticed(void **state)
{
    (void)state;
    struct siam_pace pace = {.steps = 10};
    for (int epoch = 0; epoch < 20; epoch++) {
        double step_s = epoch < 10 ? 1 : 3;
        for (int step = 0; step < 10; step++)
            siam_pace_step(&pace, step_s);
        siam_pace_epoch(&pace, 10 * step_s, step_s);
    }
    assert_true(fabs(siam_pace_left(&pace, 10, 0) / 330 - 1) < .1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_left_is_true),
        cmocka_unit_test(another_speed_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
