// SPDX-License-Identifier: MIT
#include "app/options.h"
#include "tests/test.h"

static int parse(struct app_options *o, struct err *err, const char *line)
{
    static char copy[1024];
    static char *argv[64];
    int argc = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return app_options_parse(o, argc, argv, err);
}

static void defaults(void **state)
{
    (void)state;
    struct app_options o;
    struct err err;
    assert_int_equal(parse(&o, &err, "visavis"), 0);
    assert_int_equal(o.verb, APP_SESSION);
    assert_string_equal(o.camera, "");
    assert_string_equal(o.recipe, "visavis");
    assert_null(o.data);
    assert_int_equal(o.epochs, 0);
    assert_true(o.threads >= 1);
    assert_true(o.threshold < 0);
    assert_int_equal(o.cache_mb, 256);
    assert_int_equal(o.width, 1280);
    assert_int_equal(o.height, 800);
    assert_false(o.no_face_finder);
    assert_true(o.settings);
    assert_null(o.on_accept);
    assert_int_equal(o.hook_pause, 5);
    assert_int_equal(o.n_rest, 0);
}

static void options_of_every_kind(void **state)
{
    (void)state;
    struct app_options o;
    struct err err;
    assert_int_equal(parse(&o, &err,
                           "visavis --negatives A --camera replay:x@25 --headless --negatives=B "
                           "--seed 18446744073709551615 --threshold .25 --size 640x480 --cache 64 "
                           "--no-face-finder -v --on-leave true --hook-pause 60"),
                     0);
    assert_int_equal(o.n_negatives, 2);
    assert_string_equal(o.negatives[0], "A");
    assert_string_equal(o.negatives[1], "B");
    assert_string_equal(o.camera, "replay:x@25");
    assert_true(o.seed == UINT64_MAX);
    assert_true(o.threshold == 0.25f);
    assert_int_equal(o.width, 640);
    assert_int_equal(o.height, 480);
    assert_int_equal(o.cache_mb, 64);
    assert_true(o.no_face_finder);
    assert_string_equal(o.on_leave, "true");
    assert_null(o.on_reject);
    assert_int_equal(o.hook_pause, 60);
    assert_true(o.headless && o.verbose && !o.quiet);
}

static void weights_are_of_the_folder_before(void **state)
{
    (void)state;
    struct app_options o;
    struct err err;
    assert_int_equal(parse(&o, &err,
                           "visavis train --negatives A --negatives B:1/2,x --weight 1/4 "
                           "--negatives C --weight 2 --negatives D --weight=.5 --weight 1"),
                     0);
    assert_int_equal(o.n_negatives, 4);
    assert_string_equal(o.negatives[1], "B:1/2,x");
    assert_true(o.weights[0] == 0 && o.weights[1] == 0.25f && o.weights[2] == 2);
    assert_true(o.weights[3] == 1);
}

static void strangers_take_several(void **state)
{
    (void)state;
    struct app_options o;
    struct err err;
    assert_int_equal(parse(&o, &err, "visavis eval --strangers A B --json C"), 0);
    assert_int_equal(o.verb, APP_EVAL);
    assert_false(o.settings);
    assert_int_equal(o.n_strangers, 1);
    assert_int_equal(o.n_rest, 2);
    assert_string_equal(o.rest[0], "B");
    assert_string_equal(o.rest[1], "C");
    assert_true(o.json);
}

static void refusals_name_the_option(void **state)
{
    (void)state;
    static const struct {
        const char *line, *mention;
    } cases[] = {
        {"visavis nonsense", "nonsense"},
        {"visavis --nonsense", "--nonsense"},
        {"visavis train --headless", "--headless"},
        {"visavis train --epochs", "--epochs"},
        {"visavis train --epochs 0", "--epochs"},
        {"visavis train --epochs 1e3", "--epochs"},
        {"visavis train --epochs 99999999999999999999", "--epochs"},
        {"visavis train --seed -1", "--seed"},
        {"visavis --threshold nan", "--threshold"},
        {"visavis --threshold 1.01", "--threshold"},
        {"visavis --size 640", "--size"},
        {"visavis --size 640x480x2", "--size"},
        {"visavis --size 10x10", "--size"},
        {"visavis --scale 0.5", "--scale"},
        {"visavis --threads 0", "--threads"},
        {"visavis train --cache 0", "--cache"},
        {"visavis train --cache -1", "--cache"},
        {"visavis train --cache 64M", "--cache"},
        {"visavis --cache 1000001", "--cache"},
        {"visavis train --cache", "--cache"},
        {"visavis verify --cache 64", "--cache"},
        {"visavis train --weight 2 --negatives A", "behind the --negatives"},
        {"visavis train --negatives A --weight 3", "--weight"},
        {"visavis train --negatives A --weight 8", "--weight"},
        {"visavis train --negatives A --weight 1/8", "--weight"},
        {"visavis train --negatives A --weight 1/", "--weight"},
        {"visavis train --negatives A --weight /2", "--weight"},
        {"visavis train --negatives A --weight 1/0", "--weight"},
        {"visavis train --negatives A --weight 2x", "--weight"},
        {"visavis train --negatives A --weight nan", "--weight"},
        {"visavis train --negatives A --weight -1", "--weight"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct app_options o;
        struct err err = {0};
        assert_int_equal(parse(&o, &err, cases[i].line), ERR_USAGE);
        if (!strstr(err.text, cases[i].mention))
            fail_msg("%s: %s", cases[i].line, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(options_of_every_kind),
        cmocka_unit_test(weights_are_of_the_folder_before),
        cmocka_unit_test(strangers_take_several),
        cmocka_unit_test(refusals_name_the_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
