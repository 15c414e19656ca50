// SPDX-License-Identifier: MIT
// Pairs: labels right, both labels alike often, every picture used as often as another, nothing
// held out ever trained on, and any epoch drawn again the same.
#include "tests/test.h"

#include "core/siamese/sampler.h"

// n pictures of each kind; in each kind every third is held out, number 1 is unused.
static struct siam_dataset *make_data(int n_anchor, int n_positive, int n_negative)
{
    struct siam_dataset *data = calloc(1, sizeof *data);
    assert_non_null(data);
    data->n_kind[SIAM_ANCHOR] = n_anchor;
    data->n_kind[SIAM_POSITIVE] = n_positive;
    data->n_kind[SIAM_NEGATIVE] = n_negative;
    data->n_pictures = n_anchor + n_positive + n_negative;
    data->pictures = calloc((size_t)data->n_pictures, sizeof *data->pictures);
    assert_non_null(data->pictures);
    struct siam_picture *p = data->pictures;
    for (int k = 0; k < SIAM_KINDS; k++)
        for (int i = 0; i < data->n_kind[k]; i++, p++)
            *p = (struct siam_picture){.kind = k,
                                       .part = i % 3 == 2 ? SIAM_HELDOUT
                                               : i == 1   ? SIAM_UNUSED
                                                          : SIAM_TRAIN};
    return data;
}

static int count(const struct siam_dataset *data, enum siam_kind kind, enum siam_part part)
{
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++)
        n += data->pictures[i].kind == kind && data->pictures[i].part == part;
    return n;
}

static struct siam_sampler *make_sampler(const struct siam_dataset *data, int pairs, uint64_t seed)
{
    struct siam_sampler *s;
    assert_int_equal(siam_sampler_create(&s, data, pairs, seed, NULL), 0);
    return s;
}

// Uses of each picture over some epochs, in pairs of label 0 and 1.
static void count_uses(const struct siam_dataset *data, int pairs_per_class, int epochs,
                       int (*uses)[2])
{
    struct siam_sampler *s = make_sampler(data, pairs_per_class, 11);
    struct rng rng;
    rng_seed(&rng, 11, 4);
    for (int epoch = 0; epoch < epochs; epoch++) {
        const struct nn_pair *pairs = siam_sampler_epoch(s, epoch, &rng);
        int n_genuine = 0;
        for (int i = 0; i < siam_sampler_pairs(s); i++) {
            const struct siam_picture *a = &data->pictures[pairs[i].a];
            const struct siam_picture *b = &data->pictures[pairs[i].b];
            int genuine = pairs[i].label == 1.0f;
            assert_true(genuine || pairs[i].label == 0.0f);
            assert_int_equal(a->kind, SIAM_ANCHOR);
            assert_int_equal(b->kind, genuine ? SIAM_POSITIVE : SIAM_NEGATIVE);
            assert_int_equal(a->part, SIAM_TRAIN);
            assert_int_equal(b->part, SIAM_TRAIN);
            uses[pairs[i].a][genuine]++;
            uses[pairs[i].b][genuine]++;
            n_genuine += genuine;
        }
        assert_int_equal(2 * n_genuine, siam_sampler_pairs(s));
    }
    siam_sampler_destroy(s);
}

static void assert_even(const struct siam_dataset *data, int (*uses)[2], enum siam_kind kind,
                        int label)
{
    int min = INT32_MAX, max = 0;
    for (int i = 0; i < data->n_pictures; i++) {
        if (data->pictures[i].kind != kind || data->pictures[i].part != SIAM_TRAIN)
            continue;
        min = uses[i][label] < min ? uses[i][label] : min;
        max = uses[i][label] > max ? uses[i][label] : max;
    }
    assert_in_range(max - min, 0, 1);
}

static void test_even_use(void **state)
{
    (void)state;
    static const struct {
        int anchors, positives, negatives, pairs, epochs;
    } cases[] = {
        {30, 31, 50, 40, 7}, {30, 31, 5000, 40, 3}, {2, 2, 2, 1, 5},
        {90, 20, 35, 10, 4}, {20, 90, 35, 10, 4},   {3, 3, 900, 7, 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct siam_dataset *data =
            make_data(cases[i].anchors, cases[i].positives, cases[i].negatives);
        for (int epochs = 1; epochs <= cases[i].epochs; epochs += 1 + epochs / 3) {
            int(*uses)[2] = calloc((size_t)data->n_pictures, sizeof *uses);
            assert_non_null(uses);
            count_uses(data, cases[i].pairs, epochs, uses);
            assert_even(data, uses, SIAM_ANCHOR, 0);
            assert_even(data, uses, SIAM_ANCHOR, 1);
            assert_even(data, uses, SIAM_POSITIVE, 1);
            assert_even(data, uses, SIAM_NEGATIVE, 0);
            free(uses);
        }
        free(data->pictures);
        free(data);
    }
}

static void test_every_anchor_and_positive_is_shown(void **state)
{
    (void)state;
    struct siam_dataset *data = make_data(90, 20, 35);
    struct siam_sampler *s = make_sampler(data, 10, 1);
    assert_int_equal(siam_sampler_pairs(s), 2 * count(data, SIAM_ANCHOR, SIAM_TRAIN));
    siam_sampler_destroy(s);
    s = make_sampler(data, 70, 1);
    assert_int_equal(siam_sampler_pairs(s), 140);
    siam_sampler_destroy(s);
    free(data->pictures);
    free(data);
}

// An epoch can be drawn again, alone, by another sampler; epochs and seeds differ.
static void test_epochs_stand_alone(void **state)
{
    (void)state;
    struct siam_dataset *data = make_data(30, 30, 60);
    struct siam_sampler *s = make_sampler(data, 33, 5), *t = make_sampler(data, 33, 5);
    struct siam_sampler *other = make_sampler(data, 33, 6);
    size_t bytes = (size_t)siam_sampler_pairs(s) * sizeof(struct nn_pair);
    struct nn_pair *before = calloc(1, bytes);
    assert_non_null(before);
    struct rng rng;
    rng_seed(&rng, 5, 4);
    for (int epoch = 0; epoch < 6; epoch++) {
        struct rng start = rng, again = rng;
        const struct nn_pair *pairs = siam_sampler_epoch(s, epoch, &rng);
        assert_memory_not_equal(&rng, &start, sizeof rng);
        assert_memory_not_equal(pairs, before, bytes);
        memcpy(before, pairs, bytes);
        if (epoch % 2) {
            assert_memory_equal(siam_sampler_epoch(t, epoch, &again), before, bytes);
            assert_memory_equal(&again, &rng, sizeof rng);
        }
        again = start;
        assert_memory_not_equal(siam_sampler_epoch(other, epoch, &again), before, bytes);
    }
    free(before);
    siam_sampler_destroy(s);
    siam_sampler_destroy(t);
    siam_sampler_destroy(other);
    siam_sampler_destroy(NULL);
    free(data->pictures);
    free(data);
}

static void assert_heldout(int n_anchor, int n_positive, int n_negative, int max, int expected)
{
    struct siam_dataset *data = make_data(n_anchor, n_positive, n_negative);
    struct nn_pair *pairs, *again;
    int n = siam_heldout_pairs(data, max, &pairs), n_genuine = 0;
    assert_int_equal(n, expected);
    assert_non_null(pairs);
    for (int i = 0; i < n; i++) {
        assert_int_equal(data->pictures[pairs[i].a].kind, SIAM_ANCHOR);
        assert_int_equal(data->pictures[pairs[i].b].kind,
                         pairs[i].label == 1.0f ? SIAM_POSITIVE : SIAM_NEGATIVE);
        assert_int_equal(data->pictures[pairs[i].a].part, SIAM_HELDOUT);
        assert_int_equal(data->pictures[pairs[i].b].part, SIAM_HELDOUT);
        n_genuine += pairs[i].label == 1.0f;
        for (int j = 0; j < i; j++)
            assert_false(pairs[i].a == pairs[j].a && pairs[i].b == pairs[j].b);
    }
    assert_int_equal(2 * n_genuine, n);
    assert_int_equal(siam_heldout_pairs(data, max, &again), n);
    assert_memory_equal(again, pairs, (size_t)n * sizeof *pairs);
    free(again);
    free(pairs);
    free(data->pictures);
    free(data);
}

static void test_heldout_pairs(void **state)
{
    (void)state;
    assert_heldout(9, 12, 30, 51, 3 * 4 * 2);
    assert_heldout(9, 12, 6, 51, 3 * 2 * 2); // few negatives: as many of each
    assert_heldout(30, 30, 90, 4, 4 * 4 * 2);
    assert_heldout(3, 3, 3, 51, 2);
    assert_heldout(2, 2, 2, 51, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_even_use),
        cmocka_unit_test(test_every_anchor_and_positive_is_shown),
        cmocka_unit_test(test_epochs_stand_alone),
        cmocka_unit_test(test_heldout_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
