// SPDX-License-Identifier: MIT
// The loss of a set against its formula in double precision, and its gradient against finite
// differences of that.
#include "core/siamese/set_loss.h"
#include "tests/numeric/numeric.h"

#define MOST 12 // pictures

struct set {
    int labels[MOST];
    int n;
};

// Persons with several pictures and with one, in no order.
static const struct set mixed = {{3, 1, 3, 2, 1, 7, 3, 2, 9}, 9};

static double softplus(double z)
{
    return fmax(z, 0) + log1p(exp(-fabs(z)));
}

static double wanted_pairs(const double *z, const struct set *s)
{
    double sum[2] = {0, 0};
    int count[2] = {0, 0};
    for (int a = 0; a < s->n; a++)
        for (int b = a + 1; b < s->n; b++) {
            int same = s->labels[a] == s->labels[b];
            // Of the two entries of a pair, so that each has its share of the gradient.
            for (int i = 0; i < 2; i++) {
                double logit = i ? z[a * s->n + b] : z[b * s->n + a];
                sum[same] += softplus(same ? -logit : logit) / 2;
            }
            count[same]++;
        }
    return 0.5 * (count[0] ? sum[0] / count[0] : 0) + 0.5 * (count[1] ? sum[1] / count[1] : 0);
}

// -log(exp z(a,p) / (exp z(a,p) + sum exp z(a,q))) = log(1 + sum exp(z(a,q) - z(a,p))).
static double wanted_rank(const double *z, const struct set *s, int a, int p)
{
    double top = 0, sum = 0; // of the exponents; that of p itself is 0
    for (int q = 0; q < s->n; q++)
        if (s->labels[q] != s->labels[a])
            top = fmax(top, z[a * s->n + q] - z[a * s->n + p]);
    for (int q = 0; q < s->n; q++)
        if (s->labels[q] != s->labels[a])
            sum += exp(z[a * s->n + q] - z[a * s->n + p] - top);
    return top + log(exp(-top) + sum);
}

static double wanted_ranking(const double *z, const struct set *s)
{
    double sum = 0;
    for (int a = 0; a < s->n; a++) {
        double own = 0;
        int n_own = 0;
        for (int p = 0; p < s->n; p++)
            if (p != a && s->labels[p] == s->labels[a]) {
                own += wanted_rank(z, s, a, p);
                n_own++;
            }
        sum += n_own ? own / n_own : 0;
    }
    return sum / s->n;
}

// Symmetric, and with NaN where nobody may look.
static void draw_logits(float *logits, int n, float most, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed, 0);
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < a; b++)
            logits[a * n + b] = logits[b * n + a] = rng_uniform(&rng, -most, most);
        logits[a * n + a] = NAN;
    }
}

static void widen(double *to, const float *from, int n)
{
    for (int i = 0; i < n * n; i++)
        to[i] = (double)from[i];
}

static void assert_near(double got, double want, double bound, const char *what)
{
    if (!(fabs(got - want) <= bound * fmax(1, fabs(want))))
        fail_msg("%s: %.9g, should be %.9g", what, got, want);
}

static void it_is_its_formula(void **state)
{
    (void)state;
    const struct set sets[] = {
        mixed,
        {{0, 0}, 2},             // one person alone
        {{0, 1}, 2},             // two
        {{4, 4, 4, 5, 5, 5}, 6}, // nobody alone
    };
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++) {
            const struct set *s = &sets[i];
            float logits[MOST * MOST], d[MOST * MOST];
            double z[MOST * MOST];
            draw_logits(logits, s->n, k == 0 ? 0.1F : k == 1 ? 3 : 60, (uint64_t)(i + 10 * k));
            widen(z, logits, s->n);
            struct siam_set_loss loss = siam_set_loss(logits, s->labels, s->n, d);
            assert_near(loss.pairs, wanted_pairs(z, s), 1e-9, "pairs");
            assert_near(loss.ranking, wanted_ranking(z, s), 1e-9, "ranking");
        }
}

static double wanted(const double *z, const struct set *s)
{
    return wanted_pairs(z, s) + wanted_ranking(z, s);
}

// What falls on a pair, both entries together: of its two entries one alone may carry the share of
// the first loss.
static void its_gradient_is_its_slope(void **state)
{
    (void)state;
    const struct set *s = &mixed;
    const double h = 1e-5;
    float logits[MOST * MOST], d[MOST * MOST];
    double z[MOST * MOST];
    draw_logits(logits, s->n, 4, 5);
    widen(z, logits, s->n);
    siam_set_loss(logits, s->labels, s->n, d);
    for (int a = 0; a < s->n; a++) {
        assert_true(d[a * s->n + a] == 0);
        for (int b = 0; b < a; b++) {
            double *ab = &z[a * s->n + b], *ba = &z[b * s->n + a], was = *ab;
            *ab = *ba = was + h;
            double slope = wanted(z, s);
            *ab = *ba = was - h;
            slope = (slope - wanted(z, s)) / (2 * h);
            *ab = *ba = was;
            double got = (double)d[a * s->n + b] + (double)d[b * s->n + a];
            assert_near(got, slope, 2e-7, "gradient");
        }
    }
}

// A person with one picture has nobody to be drawn to: its logits may only fall, and it takes no
// rank of its own.
static void single_pictures_only_repel(void **state)
{
    (void)state;
    const struct set *s = &mixed;
    float logits[MOST * MOST], d[MOST * MOST];
    draw_logits(logits, s->n, 4, 6);
    siam_set_loss(logits, s->labels, s->n, d);
    for (int single = 5; single <= 8; single += 3) // labels 7 and 9
        for (int b = 0; b < s->n; b++)
            if (b != single)
                assert_true(d[single * s->n + b] + d[b * s->n + single] > 0);
    const struct set singles = {{0, 1, 2, 3}, 4};
    draw_logits(logits, 4, 4, 7);
    struct siam_set_loss loss = siam_set_loss(logits, singles.labels, 4, d);
    assert_true(loss.ranking == 0 && loss.pairs > 0);
}

// Of one person's logits one may be far above all others, too, and one far below.
static void huge_logits_stay_finite(void **state)
{
    (void)state;
    const struct set *s = &mixed;
    for (int seed = 0; seed < 200; seed++) {
        struct rng rng;
        float logits[MOST * MOST] = {0}, d[MOST * MOST];
        double z[MOST * MOST];
        rng_seed(&rng, (uint64_t)seed, 8);
        for (int a = 0; a < s->n; a++)
            for (int b = 0; b < a; b++)
                logits[a * s->n + b] = logits[b * s->n + a] =
                    (float)((int)rng_below(&rng, 3) - 1) * 1e4F;
        widen(z, logits, s->n);
        struct siam_set_loss loss = siam_set_loss(logits, s->labels, s->n, d);
        assert_near(loss.pairs, wanted_pairs(z, s), 1e-9, "pairs");
        assert_near(loss.ranking, wanted_ranking(z, s), 1e-9, "ranking");
        for (int i = 0; i < s->n * s->n; i++)
            assert_true(fabsf(d[i]) <= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_its_formula),
        cmocka_unit_test(its_gradient_is_its_slope),
        cmocka_unit_test(single_pictures_only_repel),
        cmocka_unit_test(huge_logits_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
