// SPDX-License-Identifier: MIT
// A whole headless session, every thread of it at once, for the thread sanitizer: collecting while
// live, training begun and stopped, the camera changed, undo, quit.
#include "app/session.h"
#include "app/signals.h"
#include "core/base/file.h"
#include "core/nn/blas.h"
#include "tests/test.h"

// The sanitizer makes a training step take 20 seconds, so there is a model from the start, and the
// training is stopped after a step.
static const char script[] = "camera demo:3\nwait frames 3\nn 6\n"
                             "camera demo:0\nwait frames 3\na 4\np 4\na 2\nu\n"
                             "v\nwait score 2\n"
                             "t\nwait step 1\na 2\nwait score 2\n+\n-\nm\nh\nc\n"
                             "wait score 2\ns\nwait trained\nt\nv\nq\n";

static void save_model(const char *dir)
{
    char path[600];
    struct nn_config config = nn_config_koch(3);
    struct nn_net *net;
    struct rng rng;
    struct siam_model *model;
    struct siam_card card = {.recipe = "koch", .threshold = 0.5f};
    rng_seed(&rng, 1, 0);
    assert_int_equal(nn_net_create(&net, &config, NULL), 0);
    nn_net_init_glorot(net, &rng);
    assert_int_equal(siam_model_create(&model, net, &card, NULL), 0);
    snprintf(path, sizeof path, "%s/data", dir);
    assert_int_equal(file_make_dirs(path, NULL), 0);
    snprintf(path, sizeof path, "%s/data/model.safetensors", dir);
    assert_int_equal(siam_model_save(model, path, NULL), 0);
    siam_model_unref(model);
}

static int run_script(const char *dir, const char *keys_text, const char *events)
{
    char keys[600];
    snprintf(keys, sizeof keys, "%s/keys", dir);
    assert_int_equal(file_save(keys, keys_text, strlen(keys_text), NULL), 0);
    char data[600];
    snprintf(data, sizeof data, "%s/data", dir);
    struct app_options o = {.camera = "demo:0@0",
                            .recipe = "koch",
                            .data = data,
                            .keys = keys,
                            .events = events,
                            .headless = true,
                            .epochs = 2,
                            .seed = 1,
                            .threshold = -1,
                            .threads = 2,
                            .width = 640,
                            .height = 480,
                            .scale = 1};
    return app_session_run(&o);
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++)
        n++;
    return n;
}

static void everything_at_once(void **state)
{
    char events[600];
    snprintf(events, sizeof events, "%s/events", (char *)*state);
    save_model(*state);
    assert_int_equal(run_script(*state, script, events), 0);
    void *text;
    size_t size;
    assert_int_equal(file_read(events, 1 << 26, &text, &size, NULL), 0);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"anchor\""), 8);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"positive\""), 4);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"negative\""), 6);
    assert_int_equal(count(text, "\"event\":\"undone\""), 1);
    assert_int_equal(count(text, "\"event\":\"trained\""), 2);
    assert_true(count(text, "\"event\":\"score\"") >= 6);
    assert_int_equal(count(text, "\"event\":\"error\""), 0);
    free(text);
}

// A script's failures are told, don't hang it, and give the exit code of the first.
static void failures_give_exit_codes(void **state)
{
    char events[600];
    snprintf(events, sizeof events, "%s/events", (char *)*state);
    assert_int_equal(run_script(*state, "t\nwait trained\nv\nwait score 5\ndrop /none\n", events),
                     4);
    assert_int_equal(run_script(*state, "v\nwait score 5\nq\n", events), 5);
    assert_int_equal(run_script(*state, "dance\n", events), 2);
    assert_int_equal(run_script(*state, "camera /dev/video99\nwait frames 2\n", events), 3);
    assert_int_equal(run_script(*state, "wait frames 2\nq\nt\n", events), 0);
}

int main(void)
{
    nn_blas_init();
    app_signals_install();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_at_once, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(failures_give_exit_codes, test_dir_make, test_dir_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
