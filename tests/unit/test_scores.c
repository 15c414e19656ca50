// SPDX-License-Identifier: MIT
// Counts of scores against the scores themselves, at every threshold that they are true for.
#include "core/base/rng.h"
#include "core/siamese/scores.h"
#include "tests/test.h"

#include <math.h>

#define N 3000

// In order of the bins' edges and their neighbours, then at random.
static float score_at(int i, struct rng *rng)
{
    float edge = (float)(i / 3) / SIAM_SCORE_BINS;
    if (edge > 1)
        return rng_uniform(rng, 0, 1);
    return i % 3 == 0 ? edge : nextafterf(edge, i % 3 == 1 ? 0 : 1);
}

static void errors_are_those_of_the_scores(void **state)
{
    (void)state;
    static float own[N], others[N];
    struct siam_scores scores = {.own = {0}};
    struct rng rng;
    rng_seed(&rng, 1, 0);
    for (int i = 0; i < N; i++) {
        own[i] = score_at(i, &rng);
        others[i] = score_at(N - 1 - i, &rng);
        siam_scores_add(scores.own, own[i]);
        siam_scores_add(scores.others, others[i]);
    }
    for (int k = 0; k <= SIAM_SCORE_BINS; k++) {
        float t = (float)k / SIAM_SCORE_BINS;
        int n_refused = 0, n_accepted = 0;
        for (int i = 0; i < N; i++) {
            n_refused += own[i] < t;
            n_accepted += others[i] >= t;
        }
        // A score of 1 has no bin of its own: above the last edge it goes with that.
        if (k == SIAM_SCORE_BINS)
            break;
        struct siam_errors e = siam_scores_errors(&scores, t);
        assert_int_equal(e.n_own, N);
        assert_int_equal(e.n_others, N);
        assert_int_equal(e.n_refused, n_refused);
        assert_int_equal(e.n_accepted, n_accepted);
    }
    struct siam_errors e = siam_scores_errors(&scores, 1);
    assert_true(e.n_refused == N && e.n_accepted == 0);
}

static void odd_scores_have_a_place(void **state)
{
    (void)state;
    struct siam_scores scores = {.own = {0}};
    siam_scores_add(scores.own, NAN);
    siam_scores_add(scores.own, -1);
    assert_int_equal(scores.own[0], 2);
    siam_scores_add(scores.own, 1);
    siam_scores_add(scores.own, INFINITY);
    assert_int_equal(scores.own[SIAM_SCORE_BINS - 1], 2);
    for (int i = 0; i < 70000; i++)
        siam_scores_add(scores.others, 0.5f);
    assert_int_equal(scores.others[SIAM_SCORE_BINS / 2], UINT16_MAX);
}

static void thresholds_snap(void **state)
{
    (void)state;
    assert_true(siam_scores_snap(-3) == 0 && siam_scores_snap(7) == 1);
    assert_true(siam_scores_snap(0.50124f) == 0.5f && siam_scores_snap(0.50126f) == 0.5025f);
    for (int k = 0; k <= SIAM_SCORE_BINS; k++)
        assert_true(siam_scores_snap((float)k / SIAM_SCORE_BINS) == (float)k / SIAM_SCORE_BINS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_those_of_the_scores),
        cmocka_unit_test(odd_scores_have_a_place),
        cmocka_unit_test(thresholds_snap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
