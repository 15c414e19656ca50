// SPDX-License-Identifier: MIT
#include "core/base/rng.h"
#include "core/verify/metrics.h"
#include "tests/test.h"

#include <math.h>

#define LEN(a) ((int)(sizeof(a) / sizeof *(a)))

static void assert_near(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance))
        fail_msg("got %.12g, want %.12g", got, want);
}

static void rates_by_hand(void **state)
{
    (void)state;
    const float genuine[] = {0.9F, 0.5F, 0.4F, 0.7F};
    const float impostor[] = {0.1F, 0.5F, 0.6F, 0.2F, 0.3F};
    struct verify_rates r = verify_rates_at(genuine, 4, impostor, 5, 0.5F);
    assert_int_equal(r.genuine_accepted, 3); // a score at the threshold is accepted
    assert_int_equal(r.impostor_accepted, 2);
    assert_near(r.far, 0.4, 1e-15);
    assert_near(r.frr, 0.25, 1e-15);
    assert_near(r.precision, 0.6, 1e-15);
    assert_near(r.recall, 0.75, 1e-15);
    assert_near(r.accuracy, 6.0 / 9, 1e-15);
}

static void rates_of_none(void **state)
{
    (void)state;
    const float one[] = {0.5F};
    struct verify_rates r = verify_rates_at(NULL, 0, NULL, 0, 0.5F);
    assert_true(r.far == 0 && r.frr == 0 && r.recall == 0 && r.accuracy == 0);
    assert_true(r.precision == 1);
    r = verify_rates_at(one, 1, NULL, 0, 0.6F);
    assert_true(r.far == 0 && r.frr == 1 && r.recall == 0 && r.precision == 1);
    r = verify_rates_at(NULL, 0, one, 1, 0.4F);
    assert_true(r.far == 1 && r.frr == 0 && r.recall == 0 && r.precision == 0);
}

static void perfect_separation(void **state)
{
    (void)state;
    const float genuine[] = {0.75F, 1.0F, 0.875F}, impostor[] = {0.0F, 0.25F};
    float t;
    assert_true(verify_auc(genuine, 3, impostor, 2) == 1);
    assert_true(verify_eer(genuine, 3, impostor, 2, &t) == 0);
    assert_true(t == 0.5F); // halfway between 0.25 and 0.75
    assert_true(verify_best_accuracy(genuine, 3, impostor, 2, &t) == 1);
    assert_true(t == 0.5F);

    assert_true(verify_auc(impostor, 2, genuine, 3) == 0);
    assert_true(verify_eer(impostor, 2, genuine, 3, NULL) == 1);
}

static void all_scores_equal(void **state)
{
    (void)state;
    const float genuine[] = {0.5F, 0.5F, 0.5F}, impostor[] = {0.5F};
    float t;
    assert_true(verify_auc(genuine, 3, impostor, 1) == 0.5);
    assert_near(verify_eer(genuine, 3, impostor, 1, &t), 0.5, 1e-15);
    assert_near(t, 0.5, 1e-6);
    assert_true(verify_best_accuracy(genuine, 3, impostor, 1, &t) == 0.75);
    assert_true(t == 0.5F); // all accepted
    assert_true(verify_best_accuracy(impostor, 1, genuine, 3, &t) == 0.75);
    assert_true(t > 0.5F && t < 0.500001F); // none accepted
}

static void empty_sets(void **state)
{
    (void)state;
    const float some[] = {0.25F, 0.75F};
    float t = -1;
    assert_true(verify_auc(NULL, 0, some, 2) == 0.5 && verify_auc(some, 2, NULL, 0) == 0.5);
    assert_true(verify_eer(some, 2, NULL, 0, &t) == 0.5 && t == 0.5F);
    assert_true(verify_eer(NULL, 0, some, 2, NULL) == 0.5);
    assert_true(verify_best_accuracy(NULL, 0, NULL, 0, &t) == 0 && t == 0.5F);
    assert_true(verify_best_accuracy(some, 2, NULL, 0, &t) == 1 && t == 0.25F);
    assert_true(verify_best_accuracy(NULL, 0, some, 2, &t) == 1 && t > 0.75F);
}

// FAR falls 2/3, 1/3 while FRR rises 1/4, 1/2: the lines cross at a share of 5/7 of the way.
static void eer_is_interpolated(void **state)
{
    (void)state;
    const float genuine[] = {0.0F, 0.5F, 0.75F, 1.0F}, impostor[] = {0.0F, 0.5F, 0.625F};
    float t;
    assert_near(verify_eer(genuine, 4, impostor, 3, &t), 2.0 / 3 - 5.0 / 7 / 3, 1e-15);
    assert_near(t, 0.25 + 5.0 / 7 * (0.5625 - 0.25), 1e-7);
}

// A threshold between scores that are neighbours as floats still parts them.
static void thresholds_part_neighbouring_floats(void **state)
{
    (void)state;
    const float lo[] = {0.6F}, hi[] = {nextafterf(0.6F, 1)};
    float t;
    assert_true(verify_best_accuracy(hi, 1, lo, 1, &t) == 1);
    assert_true(verify_rates_at(hi, 1, lo, 1, t).accuracy == 1);
}

// ---- Against brute force on random data with ties ---------------------------------------------

struct scores {
    float genuine[60], impostor[60];
    int n_genuine, n_impostor;
};

static void draw(struct scores *s, struct rng *rng)
{
    uint32_t levels = 2 + rng_below(rng, 40); // few: many ties
    s->n_genuine = 1 + (int)rng_below(rng, LEN(s->genuine));
    s->n_impostor = 1 + (int)rng_below(rng, LEN(s->impostor));
    for (int i = 0; i < s->n_genuine; i++)
        s->genuine[i] = (float)(rng_below(rng, levels) + rng_below(rng, 3)) / (float)(levels + 1);
    for (int i = 0; i < s->n_impostor; i++)
        s->impostor[i] = (float)rng_below(rng, levels) / (float)(levels + 1);
}

static struct verify_rates rates(const struct scores *s, float threshold)
{
    return verify_rates_at(s->genuine, s->n_genuine, s->impostor, s->n_impostor, threshold);
}

static double auc_brute(const struct scores *s)
{
    double u = 0;
    for (int i = 0; i < s->n_genuine; i++)
        for (int j = 0; j < s->n_impostor; j++)
            u += s->genuine[i] > s->impostor[j] ? 1 : s->genuine[i] == s->impostor[j] ? 0.5 : 0;
    return u / s->n_genuine / s->n_impostor;
}

// Every score, and one above all.
static int thresholds_of(const struct scores *s, float *t)
{
    int n = 0;
    for (int i = 0; i < s->n_genuine; i++)
        t[n++] = s->genuine[i];
    for (int i = 0; i < s->n_impostor; i++)
        t[n++] = s->impostor[i];
    t[n++] = 2;
    return n;
}

// The operating points around the crossing: the one with the smallest FAR above its FRR, and the
// one with the largest that is not.
static void points_at_crossing(const struct scores *s, struct verify_rates *above,
                               struct verify_rates *below)
{
    float t[2 * LEN(s->genuine) + 1];
    int n = thresholds_of(s, t);
    *above = (struct verify_rates){.far = 2};
    *below = (struct verify_rates){.far = -1, .frr = 1};
    for (int i = 0; i < n; i++) {
        struct verify_rates r = rates(s, t[i]);
        bool is_above = r.far > r.frr;
        if (is_above && r.far - r.frr < above->far - above->frr)
            *above = r;
        if (!is_above && r.far - r.frr > below->far - below->frr)
            *below = r;
    }
}

static double eer_brute(const struct scores *s)
{
    struct verify_rates above, below;
    points_at_crossing(s, &above, &below);
    double a = above.far - above.frr, b = below.frr - below.far;
    return (above.far * b + below.far * a) / (a + b);
}

static double best_brute(const struct scores *s)
{
    float t[2 * LEN(s->genuine) + 1];
    int n = thresholds_of(s, t);
    double best = 0;
    for (int i = 0; i < n; i++)
        best = fmax(best, rates(s, t[i]).accuracy);
    return best;
}

static void same_as_brute_force(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5, 0);
    for (int round = 0; round < 500; round++) {
        struct scores s = {.n_genuine = 0};
        float t;
        draw(&s, &rng);
        struct scores before = s;
        assert_near(verify_auc(s.genuine, s.n_genuine, s.impostor, s.n_impostor), auc_brute(&s),
                    1e-12);
        assert_near(verify_eer(s.genuine, s.n_genuine, s.impostor, s.n_impostor, &t), eer_brute(&s),
                    1e-12);
        assert_near(verify_best_accuracy(s.genuine, s.n_genuine, s.impostor, s.n_impostor, &t),
                    best_brute(&s), 1e-12);
        assert_near(rates(&s, t).accuracy, best_brute(&s), 1e-12);
        assert_memory_equal(&s, &before, sizeof s); // sorted copies
    }
}

static bool same_point(const struct verify_rates *a, const struct verify_rates *b)
{
    return a->genuine_accepted == b->genuine_accepted &&
           a->impostor_accepted == b->impostor_accepted;
}

static void eer_threshold_is_at_the_crossing(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 6, 0);
    for (int round = 0; round < 500; round++) {
        struct scores s;
        float t;
        draw(&s, &rng);
        verify_eer(s.genuine, s.n_genuine, s.impostor, s.n_impostor, &t);
        struct verify_rates above, below, here = rates(&s, t);
        points_at_crossing(&s, &above, &below);
        assert_true(same_point(&here, &above) || same_point(&here, &below));
    }
}

// ---- Clopper-Pearson -----------------------------------------------------------------------

static void bounds_are_clopper_pearson(void **state)
{
    (void)state;
    // From the binomial sum in 60-digit decimal arithmetic.
    static const struct {
        int errors, n;
        double upper;
    } known[] = {
        {1, 150, 0.036583167741},   {5, 10, 0.812913971553},      {1, 2, 0.987420882907},
        {9, 10, 0.997471421456},    {3, 77, 0.109665366675},      {2, 70, 0.099428930092},
        {139, 150, 0.962825385218}, {149, 150, 0.999831228857},   {500, 1000, 0.531450827028},
        {1, 6000, 0.000928253537},  {2999, 6000, 0.512565668146}, {5990, 6000, 0.999200488325},
    };
    for (int i = 0; i < LEN(known); i++)
        assert_near(verify_upper_bound(known[i].errors, known[i].n), known[i].upper, 1e-9);
}

static void lower_bounds_are_clopper_pearson(void **state)
{
    (void)state;
    // As above, from P(X >= right).
    static const struct {
        int right, n;
        double lower;
    } known[] = {
        {1, 2, 0.012579117093},     {5, 10, 0.187086028447},    {9, 10, 0.554983882972},
        {1, 150, 0.000168771143},   {37, 40, 0.796135251267},   {20, 400, 0.030805241143},
        {250, 400, 0.575521788661}, {399, 400, 0.986150230038}, {500, 1000, 0.468549172972},
    };
    for (int i = 0; i < LEN(known); i++)
        assert_near(verify_lower_bound(known[i].right, known[i].n), known[i].lower, 1e-9);
    assert_near(verify_lower_bound(30, 30), 1 - 0.0950338, 1e-7);
    assert_true(verify_lower_bound(0, 30) == 0);
    assert_true(verify_lower_bound(0, 0) == 0);
}

static void bounds_at_the_ends(void **state)
{
    (void)state;
    assert_near(verify_upper_bound(0, 30), 0.0950338, 1e-7);
    assert_near(verify_upper_bound(0, 300), 3.0 / 300, 1e-4); // the rule of three
    assert_near(verify_upper_bound(0, 1), 0.95, 1e-12);
    assert_true(verify_upper_bound(0, 0) == 1);
    assert_true(verify_upper_bound(7, 7) == 1);
    double before = 0;
    for (int errors = 0; errors <= 40; errors++) {
        double bound = verify_upper_bound(errors, 40);
        assert_true(bound > before && bound > errors / 40.0 - 1e-12);
        before = bound;
    }
}

// ---- A threshold for a false-accept rate ------------------------------------------------------

static int accepted(const float *scores, int n, float threshold)
{
    return verify_rates_at(NULL, 0, scores, n, threshold).impostor_accepted;
}

// Few: the lowest threshold that lets in no more than the target; what is alike falls together.
static void far_threshold_of_few_counts(void **state)
{
    (void)state;
    static const double targets[] = {0.001, 0.01, 0.05, 0.1, 0.3, 0.9};
    for (int n = 1; n < 100; n += 7)
        for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
            struct rng rng;
            float scores[100], next = 0;
            rng_seed(&rng, 3, (uint64_t)n);
            for (int i = 0; i < n; i++)
                scores[i] = (float)rng_below(&rng, 30) / 30;
            float threshold = verify_far_threshold(scores, n, targets[t]);
            int in = accepted(scores, n, threshold);
            assert_true(in <= targets[t] * n);
            for (int i = 0; i < n; i++)
                next = scores[i] < threshold ? fmaxf(next, scores[i]) : next;
            assert_true(accepted(scores, n, next) > targets[t] * n);
        }
    const float one = 0.5f, best[] = {1, 1, 0.2f};
    assert_near(verify_far_threshold(&one, 1, 0.01), 0.55, 1e-6);
    assert_true(verify_far_threshold(best, 3, 0.01) == 1);
}

// Many: near the true threshold of logits that are normal, or fall off exponentially, and nearer
// than the count of two hundred is.
static void far_threshold_of_many_is_steady(void **state)
{
    (void)state;
    enum { N = 200, TIMES = 300 };
    const double target = 0.01, normal = 2.3263, exponential = 4.6052;
    double off[2] = {0, 0}, counted = 0, mean = 0;
    struct rng rng;
    rng_seed(&rng, 4, 0);
    for (int k = 0; k < TIMES; k++) {
        float a[N], b[N], second = 0, first = 0;
        for (int i = 0; i < N; i++) {
            double u = (rng_float(&rng) + 1e-6), v = rng_float(&rng);
            double z = sqrt(-2 * log(u)) * cos(6.2831853 * v), x = -log(rng_float(&rng) + 1e-7);
            a[i] = (float)(1 / (1 + exp(-(z - 1))));
            b[i] = (float)(1 / (1 + exp(-x)));
            second = b[i] > first ? first : fmaxf(second, b[i]);
            first = fmaxf(first, b[i]);
        }
        double ta = verify_far_threshold(a, N, target), tb = verify_far_threshold(b, N, target);
        double xa = log(ta / (1 - ta)) + 1 - normal, xb = log(tb / (1 - tb)) - exponential;
        off[0] += xa * xa / TIMES;
        off[1] += xb * xb / TIMES;
        mean += xb / TIMES;
        double c = log(second / (1 - second)) - exponential;
        counted += c * c / TIMES;
    }
    assert_true(sqrt(off[0]) < 0.3);
    assert_true(fabs(mean) < 0.15);
    assert_true(off[1] < 0.8 * counted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_by_hand),
        cmocka_unit_test(rates_of_none),
        cmocka_unit_test(perfect_separation),
        cmocka_unit_test(all_scores_equal),
        cmocka_unit_test(empty_sets),
        cmocka_unit_test(eer_is_interpolated),
        cmocka_unit_test(thresholds_part_neighbouring_floats),
        cmocka_unit_test(same_as_brute_force),
        cmocka_unit_test(eer_threshold_is_at_the_crossing),
        cmocka_unit_test(bounds_are_clopper_pearson),
        cmocka_unit_test(lower_bounds_are_clopper_pearson),
        cmocka_unit_test(bounds_at_the_ends),
        cmocka_unit_test(far_threshold_of_few_counts),
        cmocka_unit_test(far_threshold_of_many_is_steady),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
