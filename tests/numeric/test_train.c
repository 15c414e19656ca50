// SPDX-License-Identifier: MIT
// Training of a small net on pictures made here: it learns, its figures are true, and what cannot
// be trained is refused.
#include "tests/numeric/training.h"

#include "core/nn/blas.h"
#include "core/siamese/heldout.h"

#include <limits.h>

// ---- Learning -------------------------------------------------------------------------------

#ifdef SANITIZED
enum { LONG = 20 }; // epochs
#else
enum { LONG = 200 };
#endif

static void test_learns(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    b.config.epochs = LONG;
    b.config.rate = 0.003f;
    struct watch w = {0};
    struct siam_model *model, *loaded;
    assert_int_equal(train(&model, &b, 2, &w, NULL), 0);
    assert_int_equal(w.steps, LONG * N_STEPS);
    assert_int_equal(w.epochs, LONG);
    assert_true(w.first_loss > 0.4);
    // Six training pictures of a kind are learnt by heart; how well three others do is luck.
    assert_true(LONG < 200 || w.last_epoch.loss < 0.2);

    assert_int_equal(siam_model_load_as(&loaded, b.out, &small, NULL), 0);
    assert_same_weights(loaded, model);
    const struct siam_card *c = &loaded->card;
    assert_string_equal(c->recipe, "koch");
    assert_string_equal(c->heldout, "bursts");
    assert_int_equal(strlen(c->created), 20);
    assert_true(c->seed == 42 && c->epochs == LONG && c->seconds > 0);
    assert_true(c->n_anchor == N_KIND && c->n_positive == N_KIND && c->n_negative == N_KIND);
    assert_true(c->n_people == 2 && c->threshold == 0.5f);
    assert_true(c->n_genuine == 9 && c->n_impostor == 9);
    assert_true(c->frr == 1 - w.last_epoch.recall && c->auc == w.last_epoch.auc);
    assert_true(c->heldout_loss == w.last_epoch.heldout_loss);
    double right = 9 * w.last_epoch.recall, wrong = 9 * c->far;
    assert_true(right + wrong == 0 || fabs(c->precision - right / (right + wrong)) < 1e-12);
    assert_false(file_exists(b.checkpoint));
    siam_model_unref(loaded);
    siam_model_unref(model);
    free_bench(&b);
}

static void test_figures(void **state)
{
    (void)state;
    // Genuine: 3, 1, 1, -2. Impostors: 1, -1, -1, 0. Couples in order: 4 + 2 * 3.5 + 0 = 11 of 16.
    static const float logits[] = {-1, 3, 1, 1, -1, 1, 0, -2};
    static const float labels[] = {0, 1, 0, 1, 0, 1, 0, 1};
    struct nn_pair pairs[8];
    int order[8];
    double loss = 0;
    for (int i = 0; i < 8; i++) {
        pairs[i] = (struct nn_pair){0, 1, labels[i]};
        double p = 1 / (1 + exp(-(double)logits[i]));
        loss -= log(labels[i] == 1 ? p : 1 - p) / 8;
    }
    struct siam_figures f;
    siam_figures_of(&f, logits, pairs, 8, order);
    assert_true(f.n_genuine == 4 && f.n_impostor == 4);
    assert_true(f.auc == 11.0 / 16);
    assert_true(f.recall == 0.75 && f.frr == 0.25);
    assert_true(f.far == 0.5 && f.precision == 0.6); // logit 0 is score 0.5: accepted
    assert_true(fabs(f.loss - loss) < 1e-6);
    static const float nobody[] = {-1, -1, -1, -1, -1, -1, -1, -1};
    siam_figures_of(&f, nobody, pairs, 8, order);
    assert_true(f.auc == 0.5 && f.precision == 1 && f.recall == 0 && f.far == 0);
    static const float broken[] = {NAN, 1, 2, NAN, INFINITY, 0, 0, NAN};
    siam_figures_of(&f, broken, pairs, 8, order);
    assert_false(isfinite(f.loss));
}

static void test_workers_and_seed(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *one = train_ok(&b, 1), *three = train_ok(&b, 3);
    assert_same_weights(one, three);
    siam_model_unref(three);
    b.config.seed++;
    struct siam_model *other = train_ok(&b, 1);
    size_t bytes = one->net->layout.n_params * sizeof(float);
    assert_memory_not_equal(one->net->block, other->net->block, bytes);
    siam_model_unref(other);
    siam_model_unref(one);
    free_bench(&b);
}

// ---- Weights --------------------------------------------------------------------------------

static void ignore_progress(void *ctx, const struct siam_progress *p)
{
    (void)ctx, (void)p;
}

// Of other people alone, or beside a user, with the weights of the negatives' first half and rest.
static struct siam_model *train_weighed(const char *recipe, bool alone, int first, int rest)
{
    struct siam_dataset *data = make_data(SIZE_MAX, NULL);
    struct siam_train_config config;
    struct siam_model *model;
    struct pool *pool;
    struct err err = {0};
    int n_own = alone ? 0 : 2 * N_KIND;
    for (int i = 2 * N_KIND; i < data->n_pictures; i++) {
        data->pictures[i].person = i % 4;
        data->pictures[i].path = strdup("others/someone/x.png");
        data->pictures[i].weight_log2 = (int8_t)(i % 4 < 2 ? first : rest);
    }
    data->n_people = 4;
    struct siam_dataset shown = *data;
    shown.pictures += 2 * N_KIND - n_own;
    shown.n_pictures -= 2 * N_KIND - n_own;
    if (alone)
        shown.n_kind[SIAM_ANCHOR] = shown.n_kind[SIAM_POSITIVE] = 0;
    assert_int_equal(siam_train_defaults(&config, recipe, NULL), 0);
    config.net = small;
    config.epochs = 2;
    config.batch_pictures = 4;
    config.epoch_pictures = 7;
    config.epoch_steps = 5;
    config.seed = 42;
    assert_int_equal(pool_create(&pool, 2, 0, NULL), 0);
    if (siam_train(&model, &config, &shown, pool, NULL, ignore_progress, NULL, &err))
        fail_msg("%s", err.text);
    pool_destroy(pool);
    siam_dataset_destroy(data);
    return model;
}

static void test_weights(void **state)
{
    (void)state;
    static const struct {
        const char *recipe;
        bool alone;
    } cases[] = {{"koch", false}, {"omniglot", false}, {"omniglot", true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *recipe = cases[i].recipe;
        bool alone = cases[i].alone;
        struct siam_model *plain = train_weighed(recipe, alone, 0, 0);
        struct siam_model *alike = train_weighed(recipe, alone, -2, -2);
        struct siam_model *unlike = train_weighed(recipe, alone, 1, 0);
        struct siam_model *scaled = train_weighed(recipe, alone, 0, -1);
        assert_same_weights(plain, alike);
        assert_same_weights(unlike, scaled);
        assert_memory_not_equal(plain->net->block, unlike->net->block,
                                plain->net->layout.n_params * sizeof(float));
        siam_model_unref(plain);
        siam_model_unref(alike);
        siam_model_unref(unlike);
        siam_model_unref(scaled);
    }
}

// A training goes on with the same weights alone.
static void test_weights_of_a_checkpoint(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *model;
    struct watch w = {.quit_after = 2};
    struct siam_picture *last = &b.data->pictures[b.data->n_pictures - 1];
    use_files(&b);
    b.config.resume = true;
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    siam_model_unref(model);
    last->weight_log2 = 1;
    assert_train_fails(&b, ERR_MODEL, "other settings");
    for (int i = 0; i < b.data->n_pictures; i++)
        b.data->pictures[i].weight_log2 = 1;
    siam_model_unref(train_ok(&b, 1));
    free_bench(&b);
}

// ---- Chips on the disk ----------------------------------------------------------------------

static void keep_on_disk(struct bench *b, size_t cache_bytes, const char *dir)
{
    siam_dataset_destroy(b->data);
    b->data = make_data(cache_bytes, dir);
}

static void test_chips_on_disk(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *in_memory = train_ok(&b, 2);
    for (size_t n_cached = 0; n_cached < SIAM_KINDS * N_KIND; n_cached += 7) {
        keep_on_disk(&b, n_cached * FACE_CHIP_SIZE(1), *state);
        assert_int_equal(siam_chips_on_disk(b.data->chips), SIAM_KINDS * N_KIND - (int)n_cached);
        struct siam_model *model = train_ok(&b, 2);
        assert_same_weights(model, in_memory);
        siam_model_unref(model);
    }
    siam_model_unref(in_memory);
    free_bench(&b);
}

// At every step, so also at the first picture of a batch and among the held-out ones.
static void test_chips_lost(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 2);
    use_files(&b);
    for (int cut = 1; cut <= 3 * N_STEPS; cut++) {
        struct siam_model *model;
        struct watch w = {.cut_after = cut};
        struct err err = {0};
        keep_on_disk(&b, 0, *state);
        assert_int_equal(train(&model, &b, 2, &w, &err), ERR_IO);
        assert_null(model);
        assert_non_null(strstr(err.text, "--cache "));
        assert_int_equal(w.steps, cut);
        assert_false(file_exists(b.out));
        keep_on_disk(&b, 0, *state);
        b.config.resume = true; // from what was trained when they were lost
        w = (struct watch){0};
        assert_int_equal(train(&model, &b, 2, &w, &err), 0);
        assert_int_equal(w.steps, 3 * N_STEPS - cut);
        assert_same_weights(model, whole);
        assert_int_equal(unlink(b.out), 0);
        siam_model_unref(model);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// ---- Refusals -------------------------------------------------------------------------------

static void test_divergence(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    siam_model_unref(train_ok(&b, 1));
    b.config.rate = 1e30f;
    assert_train_fails(&b, ERR_MODEL, "is not a number at epoch 1");
    assert_train_fails(&b, ERR_MODEL, "the last good model stays");
    struct siam_model *kept;
    assert_int_equal(siam_model_load_as(&kept, b.out, &small, NULL), 0);
    assert_int_equal(kept->card.epochs, 3);
    siam_model_unref(kept);
    free_bench(&b);
}

// Rates that are too large for this net, but leave every number finite.
static void test_finite_divergence(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *kept;
    use_files(&b);
    siam_model_unref(train_ok(&b, 1));
    b.config.epochs = 10;
    b.config.checkpoint_epochs = 1;
    for (float rate = 100; rate < 1e5f; rate *= 10) {
        b.config.rate = rate;
        assert_train_fails(&b, ERR_MODEL, "the loss grows");
        assert_train_fails(&b, ERR_MODEL, "the last good model stays");
    }
    assert_int_equal(siam_model_load_as(&kept, b.out, &small, NULL), 0);
    assert_int_equal(kept->card.epochs, 3);
    siam_model_unref(kept);
    free_bench(&b);
}

static void test_configs(void **state)
{
    struct bench b = make_bench(state), c = b;
    struct siam_train_config config;
    struct err err = {0};
    assert_int_equal(siam_train_defaults(&config, "kosh", &err), ERR_USAGE);
    assert_non_null(strstr(err.text, "koch"));
    assert_int_equal(siam_train_defaults(&config, "koch", NULL), 0);
    assert_true(config.epochs == 50 && config.batch_pictures == 8);
    assert_true(config.rate == 1e-4f && config.net.embedding == 4096);
    c.config.epochs = 0;
    assert_train_fails(&c, ERR_USAGE, "at least 1");
    static const int bad[][2] = {{0, 7}, {1001, 7}, {INT_MAX, 7}, {2, 0}, {2, 1000001}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        c = b;
        c.config.batch_pictures = bad[i][0];
        c.config.epoch_pictures = bad[i][1];
        assert_train_fails(&c, ERR_USAGE, "1 to 1000 of each kind");
    }
    c = b;
    c.config.net.channels = 3;
    assert_train_fails(&c, ERR_USAGE, "the net takes 3x105x105");
    c = b;
    c.config.out = "/nonexistent/folder/m.safetensors";
    assert_train_fails(&c, ERR_IO, "/nonexistent/folder/m.safetensors");
    c = b;
    c.config.checkpoint = "/nonexistent/folder/c";
    assert_train_fails(&c, ERR_IO, "/nonexistent/folder/c");
    c = b;
    c.config.out = *state;
    assert_train_fails(&c, ERR_IO, "is a folder");
    c = b;
    c.config.checkpoint = *state;
    assert_train_fails(&c, ERR_IO, "is a folder");
    for (int i = 0; i < b.data->n_pictures; i++)
        b.data->pictures[i].part = SIAM_TRAIN;
    assert_train_fails(&b, ERR_DATA, "held out");
    free_bench(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_learns),
        cmocka_unit_test(test_figures),
        TEST(test_workers_and_seed),
        cmocka_unit_test(test_weights),
        TEST(test_weights_of_a_checkpoint),
        TEST(test_chips_on_disk),
        TEST(test_chips_lost),
        TEST(test_divergence),
        TEST(test_finite_divergence),
        TEST(test_configs),
    };
    nn_blas_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
