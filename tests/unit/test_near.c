// SPDX-License-Identifier: MIT
// Near-duplicates among hashes: all that brute force finds, and no other.
#include "core/base/rng.h"
#include "core/siamese/dataset.h"
#include "core/siamese/near.h"
#include "tests/test.h"

struct found {
    const uint64_t *hashes;
    const int *first;
    int n;
    uint8_t *bits; // [n, n], 0: not found
};

static void note(void *ctx, int a, int b, int bits)
{
    struct found *f = ctx;
    assert_int_equal(f->first[a], a);
    assert_int_equal(f->first[b], b);
    assert_int_equal(bits, __builtin_popcountll(f->hashes[a] ^ f->hashes[b]));
    assert_in_range(bits, 1, SIAM_NEAR_BITS);
    f->bits[a * f->n + b] = f->bits[b * f->n + a] = (uint8_t)bits;
}

// Returns how many pairs there were.
static int check(const uint64_t *hashes, int n)
{
    int *first = malloc((size_t)n * sizeof *first + 1), n_pairs = 0;
    struct found f = {hashes, first, n, calloc((size_t)n * (size_t)n + 1, 1)};
    assert_true(first && f.bits);
    assert_int_equal(siam_near_firsts(hashes, n, first, NULL), 0);
    assert_int_equal(siam_near_pairs(hashes, first, n, note, &f, NULL), 0);
    for (int i = 0; i < n; i++) {
        int lowest = 0;
        while (hashes[lowest] != hashes[i])
            lowest++;
        assert_int_equal(first[i], lowest);
        for (int j = 0; j < i && lowest == i; j++) {
            int bits = __builtin_popcountll(hashes[i] ^ hashes[j]);
            bool is_pair = bits <= SIAM_NEAR_BITS && first[j] == j;
            if (f.bits[i * n + j] != (is_pair ? bits : 0))
                fail_msg("%d and %d, %d bits apart: found %d", i, j, bits, f.bits[i * n + j]);
            n_pairs += is_pair;
        }
    }
    free(first);
    free(f.bits);
    return n_pairs;
}

static uint64_t random64(struct rng *rng)
{
    return (uint64_t)rng_below(rng, 1u << 16) << 48 | (uint64_t)rng_below(rng, 1u << 24) << 24 |
           rng_below(rng, 1u << 24);
}

static uint64_t flip(uint64_t hash, int bits, struct rng *rng)
{
    for (int i = 0; i < bits; i++)
        hash ^= UINT64_C(1) << rng_below(rng, 64);
    return hash;
}

static void few(void **state)
{
    (void)state;
    const uint64_t one = UINT64_MAX, two[] = {5, 5}, three[] = {0, 7, 15};
    assert_int_equal(check(NULL, 0), 0);
    assert_int_equal(check(&one, 1), 0);
    assert_int_equal(check(two, 2), 0);   // equal: not a pair
    assert_int_equal(check(three, 3), 2); // 3 and 1 bits, and 4
}

// Every way of differing in 1, 2 and 3 of 64 bits, some tenth of the latter.
static void every_bit(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 4, 0);
    const uint64_t base = random64(&rng);
    for (int a = 0; a < 64; a++)
        for (int b = a; b < 64; b++)
            for (int c = b + (int)rng_below(&rng, 10); c < 64; c += 10) {
                uint64_t mask = UINT64_C(1) << a | UINT64_C(1) << b | UINT64_C(1) << c;
                const uint64_t two[] = {base, base ^ mask};
                assert_int_equal(check(two, 2), 1);
            }
}

// Far apart; in clusters as dense as bursts; and with many equal ones.
static void random_and_clustered(void **state)
{
    (void)state;
    enum { N = 1200 };
    uint64_t *hashes = malloc(N * sizeof *hashes);
    assert_non_null(hashes);
    for (int spread = 0; spread <= 6; spread++) {
        struct rng rng;
        rng_seed(&rng, 1, (uint64_t)spread);
        for (int i = 0; i < N; i++)
            hashes[i] = i % 40 == 0 || spread == 6
                            ? random64(&rng)
                            : flip(hashes[i / 40 * 40], (int)rng_below(&rng, 2) + spread, &rng);
        int n_pairs = check(hashes, N);
        assert_true(spread == 6 ? n_pairs == 0 : spread > 3 || n_pairs > 300);
    }
    free(hashes);
}

static void count(void *ctx, int a, int b, int bits)
{
    (void)a;
    (void)b;
    (void)bits;
    ++*(int *)ctx;
}

// Brute force would take minutes: the test's own timeout tells.
static void many(void **state)
{
    (void)state;
    enum { N = 400000 };
    uint64_t *hashes = malloc(N * sizeof *hashes);
    int *first = malloc(N * sizeof *first), n_found = 0;
    struct rng rng;
    rng_seed(&rng, 2, 0);
    assert_true(hashes && first);
    for (int i = 0; i < N; i++)
        hashes[i] = i % 2 ? hashes[i - 1] ^ UINT64_C(0x8000000100000001) : random64(&rng);
    assert_int_equal(siam_near_firsts(hashes, N, first, NULL), 0);
    assert_int_equal(siam_near_pairs(hashes, first, N, count, &n_found, NULL), 0);
    assert_true(n_found >= N / 2);
    free(first);
    free(hashes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few),
        cmocka_unit_test(every_bit),
        cmocka_unit_test(random_and_clustered),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
