// SPDX-License-Identifier: MIT
// Pairs: labels right, both labels alike often, every picture used as often as another or as its
// weight says, nothing
// held out ever trained on, and any step drawn again the same.
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

static struct siam_sampler *make_sampler(const struct siam_dataset *data, int batch, int epoch,
                                         uint64_t seed)
{
    struct siam_sampler *s;
    assert_int_equal(siam_sampler_create(&s, data, batch, epoch, seed, NULL), 0);
    return s;
}

// That a step's pairs are all of its anchors with all of its positives and negatives; counts how
// often each picture was in a step, not in a pair.
static void count_step(const struct siam_dataset *data, const struct nn_pair *pairs, int n_pairs,
                       int batch, int *uses)
{
    int *in_pairs = calloc((size_t)data->n_pictures, sizeof *in_pairs), n_genuine = 0;
    assert_non_null(in_pairs);
    assert_int_equal(n_pairs, 2 * batch * batch);
    for (int i = 0; i < n_pairs; i++) {
        const struct siam_picture *a = &data->pictures[pairs[i].a];
        const struct siam_picture *b = &data->pictures[pairs[i].b];
        int genuine = pairs[i].label == 1.0f;
        assert_true(genuine || pairs[i].label == 0.0f);
        assert_int_equal(a->kind, SIAM_ANCHOR);
        assert_int_equal(b->kind, genuine ? SIAM_POSITIVE : SIAM_NEGATIVE);
        assert_int_equal(a->part, SIAM_TRAIN);
        assert_int_equal(b->part, SIAM_TRAIN);
        in_pairs[pairs[i].a]++;
        in_pairs[pairs[i].b]++;
        n_genuine += genuine;
    }
    assert_int_equal(2 * n_genuine, n_pairs);
    for (int i = 0; i < data->n_pictures; i++) {
        int each = (data->pictures[i].kind == SIAM_ANCHOR ? 2 : 1) * batch;
        assert_int_equal(in_pairs[i] % each, 0); // twice where a cycle ends within the batch
        uses[i] += in_pairs[i] / each;
    }
    free(in_pairs);
}

static void count_uses(const struct siam_dataset *data, int batch, int epoch_pictures, int epochs,
                       int *uses)
{
    struct siam_sampler *s = make_sampler(data, batch, epoch_pictures, 11);
    for (int epoch = 0; epoch < epochs; epoch++)
        for (int step = 0; step < siam_sampler_steps(s); step++)
            count_step(data, siam_sampler_step(s, epoch, step), siam_sampler_pairs(s), batch, uses);
    siam_sampler_destroy(s);
}

static void assert_even(const struct siam_dataset *data, const int *uses, enum siam_kind kind)
{
    int min = INT32_MAX, max = 0;
    for (int i = 0; i < data->n_pictures; i++) {
        if (data->pictures[i].kind != kind || data->pictures[i].part != SIAM_TRAIN)
            continue;
        min = uses[i] < min ? uses[i] : min;
        max = uses[i] > max ? uses[i] : max;
    }
    assert_in_range(max - min, 0, 1);
}

static void test_even_use(void **state)
{
    (void)state;
    static const struct {
        int anchors, positives, negatives, batch, pictures, epochs;
    } cases[] = {
        {30, 31, 50, 8, 40, 7}, {30, 31, 5000, 8, 40, 3}, {2, 2, 2, 1, 1, 5},
        {2, 2, 2, 8, 1, 5},     {90, 20, 35, 7, 10, 4},   {20, 90, 35, 3, 10, 4},
        {3, 3, 900, 5, 7, 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct siam_dataset *data =
            make_data(cases[i].anchors, cases[i].positives, cases[i].negatives);
        for (int epochs = 1; epochs <= cases[i].epochs; epochs += 1 + epochs / 3) {
            int *uses = calloc((size_t)data->n_pictures, sizeof *uses);
            assert_non_null(uses);
            count_uses(data, cases[i].batch, cases[i].pictures, epochs, uses);
            for (enum siam_kind k = SIAM_ANCHOR; k < SIAM_KINDS; k++)
                assert_even(data, uses, k);
            free(uses);
        }
        free(data->pictures);
        free(data);
    }
}

static void test_steps_of_an_epoch(void **state)
{
    (void)state;
    struct siam_dataset *data = make_data(90, 20, 350);
    int n_anchors = count(data, SIAM_ANCHOR, SIAM_TRAIN);
    struct siam_sampler *s = make_sampler(data, 8, 10, 1);
    assert_int_equal(siam_sampler_steps(s), (n_anchors + 7) / 8); // each anchor is shown
    siam_sampler_destroy(s);
    s = make_sampler(data, 8, 119, 1);
    assert_int_equal(siam_sampler_steps(s), 15);
    siam_sampler_destroy(s);
    free(data->pictures);
    free(data);
}

// A step can be drawn again, alone, by another sampler; steps, epochs and seeds differ.
static void test_steps_stand_alone(void **state)
{
    (void)state;
    struct siam_dataset *data = make_data(30, 30, 60);
    struct siam_sampler *s = make_sampler(data, 4, 33, 5), *t = make_sampler(data, 4, 33, 5);
    struct siam_sampler *other = make_sampler(data, 4, 33, 6);
    size_t bytes = (size_t)siam_sampler_pairs(s) * sizeof(struct nn_pair);
    struct nn_pair *before = calloc(1, bytes);
    assert_non_null(before);
    for (int epoch = 0; epoch < 6; epoch++)
        for (int step = 0; step < siam_sampler_steps(s); step++) {
            const struct nn_pair *pairs = siam_sampler_step(s, epoch, step);
            assert_memory_not_equal(pairs, before, bytes);
            memcpy(before, pairs, bytes);
            if ((epoch + step) % 2)
                assert_memory_equal(siam_sampler_step(t, epoch, step), before, bytes);
            assert_memory_not_equal(siam_sampler_step(other, epoch, step), before, bytes);
        }
    free(before);
    siam_sampler_destroy(s);
    siam_sampler_destroy(t);
    siam_sampler_destroy(other);
    siam_sampler_destroy(NULL);
    free(data->pictures);
    free(data);
}

// Of the steps as they were before folders had weights.
static void test_as_without_weights(void **state)
{
    (void)state;
    for (int weight = -2; weight <= 2; weight++) {
        struct siam_dataset *data = make_data(30, 31, 50);
        for (int i = 61; i < data->n_pictures; i++)
            data->pictures[i].weight_log2 = (int8_t)weight;
        struct siam_sampler *s = make_sampler(data, 8, 40, 11);
        uint64_t hash = 14695981039346656037u; // FNV-1a
        for (int epoch = 0; epoch < 40; epoch++)
            for (int step = 0; step < siam_sampler_steps(s); step++) {
                const struct nn_pair *pairs = siam_sampler_step(s, epoch, step);
                for (int i = 0; i < siam_sampler_pairs(s); i++) {
                    hash = (hash ^ (uint64_t)pairs[i].a) * 1099511628211u;
                    hash = (hash ^ (uint64_t)pairs[i].b) * 1099511628211u;
                }
            }
        assert_true(hash == 0x2ee90c125f581819u);
        siam_sampler_destroy(s);
        free(data->pictures);
        free(data);
    }
}

// Over whole periods the negatives come exactly as often as their weights say, and others evenly.
static void test_weights(void **state)
{
    (void)state;
    enum { N_NEGATIVE = 90, BATCH = 5 };
    static const int8_t weights[] = {2, 1, 0, -1, -2};
    struct siam_dataset *data = make_data(9, 9, N_NEGATIVE);
    struct siam_picture *negatives = data->pictures + 18;
    int *uses = calloc((size_t)data->n_pictures, sizeof *uses), period = 0;
    assert_non_null(uses);
    for (int i = 0; i < N_NEGATIVE; i++) {
        negatives[i].weight_log2 = weights[i / (N_NEGATIVE / 5)];
        if (negatives[i].part == SIAM_TRAIN)
            period += 1 << (negatives[i].weight_log2 + 2);
    }
    int periods = BATCH, steps = period; // periods * period pictures
    struct siam_sampler *s = make_sampler(data, BATCH, BATCH, 7);
    for (int i = 0; i < steps; i++) {
        int of_epoch = siam_sampler_steps(s);
        count_step(data, siam_sampler_step(s, i / of_epoch, i % of_epoch), siam_sampler_pairs(s),
                   BATCH, uses);
    }
    for (int i = 0; i < N_NEGATIVE; i++)
        if (negatives[i].part == SIAM_TRAIN)
            assert_int_equal(uses[18 + i], periods * (1 << (negatives[i].weight_log2 + 2)));
    assert_even(data, uses, SIAM_ANCHOR);
    assert_even(data, uses, SIAM_POSITIVE);
    siam_sampler_destroy(s);
    free(uses);
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
        cmocka_unit_test(test_even_use),          cmocka_unit_test(test_steps_of_an_epoch),
        cmocka_unit_test(test_steps_stand_alone), cmocka_unit_test(test_as_without_weights),
        cmocka_unit_test(test_weights),           cmocka_unit_test(test_heldout_pairs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
