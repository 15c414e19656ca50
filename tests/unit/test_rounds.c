// SPDX-License-Identifier: MIT
// Things shown in rounds by their weights: exactly as often as these say, none twice in a round,
// and where all weigh the same as if there were no weights.
#include "core/siamese/rounds.h"
#include "core/siamese/weight.h"
#include "tests/test.h"

#include "core/base/rng.h"

#include <math.h>

#define MOST 400

static struct siam_rounds *make(const int8_t *weights, int n, uint64_t seed)
{
    struct siam_rounds *r;
    assert_int_equal(siam_rounds_create(&r, weights, n, seed, NULL), 0);
    return r;
}

static void alike_is_as_without(void **state)
{
    (void)state;
    for (int weight = SIAM_WEIGHT_LEAST; weight <= SIAM_WEIGHT_MOST; weight++) {
        int8_t weights[37];
        int members[37], at;
        memset(weights, weight, sizeof weights);
        struct siam_rounds *r = make(weights, 37, 5);
        for (int64_t place = 0; place < 400; place++) {
            assert_int_equal(siam_rounds_find(r, place, &at), place / 37);
            assert_int_equal(at, place % 37);
        }
        for (int round = 0; round < 5; round++) {
            assert_int_equal(siam_rounds_members(r, round, members), 37);
            for (int i = 0; i < 37; i++)
                assert_int_equal(members[i], i);
        }
        siam_rounds_destroy(r);
    }
}

// Each of n things in some periods, whose rounds are entered by their places.
static void check(const int8_t *weights, int n, int periods)
{
    int uses[MOST] = {0}, members[MOST], at, least = SIAM_WEIGHT_MOST, places = 0;
    for (int i = 0; i < n; i++)
        least = weights[i] < least ? weights[i] : least;
    for (int i = 0; i < n; i++)
        places += 1 << (weights[i] - least);
    struct siam_rounds *r = make(weights, n, 9);
    int64_t last = -1;
    int size = 0;
    for (int64_t place = 0; place < (int64_t)periods * places; place++) {
        int64_t round = siam_rounds_find(r, place, &at);
        if (round != last) {
            assert_int_equal(at, 0);
            size = siam_rounds_members(r, round, members);
            for (int i = 1; i < size; i++)
                assert_true(members[i - 1] < members[i]); // and none twice
        }
        assert_in_range(at, 0, size - 1);
        uses[members[at]]++;
        last = round;
    }
    for (int i = 0; i < n; i++)
        assert_int_equal(uses[i], periods << (weights[i] - least));
    siam_rounds_destroy(r);
}

static void as_often_as_weights_say(void **state)
{
    (void)state;
    int8_t weights[MOST];
    struct rng rng;
    rng_seed(&rng, 1, 0);
    for (int n = 1; n <= MOST; n += 1 + n / 2)
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < n; i++)
                weights[i] =
                    (int8_t)(round < 5 ? (i == 0) * 2 - (i > n / 2) : (int)rng_below(&rng, 5) - 2);
            check(weights, n, 3);
        }
}

// Who is in the rounds of those that are not in all is drawn anew, so all of them meet.
static void company_changes(void **state)
{
    (void)state;
    enum { N = 12 };
    static const int8_t weights[N] = {1};
    int members[N], met[N][N] = {{0}};
    struct siam_rounds *r = make(weights, N, 3), *again = make(weights, N, 3);
    for (int round = 0; round < 200; round++) {
        int n = siam_rounds_members(r, round, members), same[N];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
                met[members[i]][members[k]]++;
        assert_int_equal(siam_rounds_members(again, round, same), n);
        assert_memory_equal(same, members, (size_t)n * sizeof *members);
        siam_rounds_members(again, (round * 7) % 50, same); // not one after the other
    }
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            assert_in_range(met[i][k], 20, 200);
    siam_rounds_destroy(r);
    siam_rounds_destroy(again);
    siam_rounds_destroy(NULL);
}

static void weights(void **state)
{
    (void)state;
    static const double bad[] = {0, 0.1, 3, 8, 0.125, -1, 1.0000001, (double)INFINITY, (double)NAN};
    static const float good[] = {0.25f, 0.5f, 1, 2, 4};
    for (int i = 0; i < 5; i++) {
        assert_true(siam_weight_is_valid((double)good[i]));
        assert_int_equal(siam_weight_log2(good[i]), i - 2);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(siam_weight_is_valid(bad[i]));
}

static void fingerprints(void **state)
{
    (void)state;
    static const int8_t alike[] = {1, 1, 1}, none[] = {0, 0, 0}, a[] = {1, 0, 1}, b[] = {2, 1, 2},
                        c[] = {0, 1, 1}, strided[] = {1, 9, 0, 9, 1, 9};
    assert_true(siam_weights_hash(alike, 1, 3) == 0 && siam_weights_hash(none, 1, 3) == 0);
    assert_true(siam_weights_hash(a, 1, 0) == 0);
    uint64_t hash = siam_weights_hash(a, 1, 3);
    assert_true(hash != 0 && hash == siam_weights_hash(b, 1, 3));
    assert_true(hash != siam_weights_hash(c, 1, 3));
    assert_true(hash == siam_weights_hash(strided, 2, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_is_as_without), cmocka_unit_test(as_often_as_weights_say),
        cmocka_unit_test(company_changes),     cmocka_unit_test(weights),
        cmocka_unit_test(fingerprints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
