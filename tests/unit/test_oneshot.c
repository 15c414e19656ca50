// SPDX-License-Identifier: MIT
// One-shot runs of drawn pictures. Takes of one person are nearer to each other, under the room's
// model, than to those of others: so who is right is known.
#include "core/base/log.h"
#include "core/verify/metrics.h"
#include "core/verify/oneshot.h"
#include "tests/room.h"

static void make_dir(const struct room *r, const char *name)
{
    assert_int_equal(file_make_dirs(path_in(r, name), NULL), 0);
}

// RUN/test/item1.png ... itemN.png and RUN/training/class1.png ... of persons 1..ways; tests are of
// persons 1..n, and labels say so but for the last n_wrong, which name class1.
static void make_run(const struct room *r, const char *base, const char *run, int ways, int n,
                     int n_wrong)
{
    char dir[200], name[40], labels[2000] = "", file[300];
    snprintf(dir, sizeof dir, "%s/%s/training", base, run);
    make_dir(r, dir);
    for (int i = 1; i <= ways; i++) {
        snprintf(name, sizeof name, "class%d.png", i);
        tiny_picture(path_in(r, dir), name, i, 10 * i);
    }
    snprintf(dir, sizeof dir, "%s/%s/test", base, run);
    make_dir(r, dir);
    for (int i = 1; i <= n; i++) {
        snprintf(name, sizeof name, "item%d.png", i);
        tiny_picture(path_in(r, dir), name, i, 10 * i + 1);
        sprintf(labels + strlen(labels), "%s/test/item%d.png %s/training/class%d.png\n", run, i,
                run, i <= n - n_wrong ? i : 1);
    }
    snprintf(file, sizeof file, "%s/%s/class_labels.txt", base, run);
    put_text(r, file, labels);
}

static int oneshot(const struct room *r, const char *dir, struct verify_oneshot_result *result,
                   struct err *err)
{
    return verify_oneshot(result, r->model, path_in(r, dir), r->pool, r->stop, err);
}

// Fails, says the words, and leaves no result.
static void assert_refused(const struct room *r, const char *dir, const char *says)
{
    struct verify_oneshot_result result;
    struct err err = {0};
    assert_int_equal(oneshot(r, dir, &result, &err), ERR_DATA);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    assert_null(result.per_run);
    assert_int_equal(result.n, 0);
}

static void right_answers_are_counted(void **state)
{
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err;
    make_run(r, "all", "run01", 4, 4, 1);
    make_run(r, "all", "run02", 4, 4, 0);
    make_run(r, "all", "deep/run03", 4, 4, 3);
    put_text(r, "all/deep/run03/class_labels.txt",
             "run03/test/item1.png run03/training/class1.png\n"
             "run03/test/item2.png run03/training/class3.png\n");
    put_text(r, "all/notes.txt", "no run here\n");
    assert_int_equal(oneshot(r, "all", &o, &err), 0);
    assert_int_equal(o.runs, 3);
    assert_int_equal(o.n, 10);
    assert_int_equal(o.right, 8);
    assert_float_equal(o.accuracy, 0.8, 1e-12);
    assert_float_equal(o.low, verify_lower_bound(8, 10), 1e-12);
    assert_float_equal(o.high, verify_upper_bound(8, 10), 1e-12);
    assert_float_equal(o.chance, 0.25, 1e-12);
    assert_int_equal(o.ways_min, 4);
    assert_int_equal(o.ways_max, 4);
    // "deep" comes before "run01".
    assert_float_equal(o.per_run[0], 0.5, 1e-12);
    assert_float_equal(o.per_run[1], 0.75, 1e-12);
    assert_float_equal(o.per_run[2], 1, 1e-12);
    verify_oneshot_finish(&o);
    assert_null(o.per_run);
    verify_oneshot_finish(&o);
}

// The run's classes are the pictures of its training folder, asked for or not.
static void runs_may_differ(void **state)
{
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err;
    make_run(r, "all", "run01", 2, 2, 0);
    make_run(r, "all", "run02", 4, 1, 0);
    put_text(r, "all/run02/training/notes.txt", "no picture by its name");
    assert_int_equal(oneshot(r, "all", &o, &err), 0);
    assert_int_equal(o.ways_min, 2);
    assert_int_equal(o.ways_max, 4);
    assert_int_equal(o.n, 3);
    assert_int_equal(o.right, 3);
    assert_float_equal(o.chance, (0.5 + 0.5 + 0.25) / 3, 1e-12);
    char *text = verify_oneshot_json(&o);
    assert_non_null(strstr(text, "\"ways\":[2,4]"));
    free(text);
    text = verify_oneshot_text(&o);
    assert_non_null(strstr(text, "(2 to 4-way)"));
    free(text);
    verify_oneshot_finish(&o);
}

// With the head's weights turned about, the nearest picture is the last to be chosen.
static void verdicts_are_the_models(void **state)
{
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err;
    make_run(r, "all", "run01", 2, 2, 0);
    for (int k = 0; k < r->model->net->config.embedding; k++)
        r->model->net->p.head_w[k] *= -1;
    assert_int_equal(oneshot(r, "all", &o, &err), 0);
    assert_int_equal(o.right, 0);
    assert_true(o.low == 0 && o.high > 0.7);
    verify_oneshot_finish(&o);
}

// A net that sees no difference has no answer, and does not win by the order of the pictures.
static void a_tie_is_no_answer(void **state)
{
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err;
    make_run(r, "all", "run01", 2, 2, 0);
    for (int k = 0; k < r->model->net->config.embedding; k++)
        r->model->net->p.head_w[k] = 0;
    assert_int_equal(oneshot(r, "all", &o, &err), 0);
    assert_int_equal(o.right, 0);
    verify_oneshot_finish(&o);
}

static void a_run_may_stand_alone(void **state)
{
    static const char *const names[] = {"all/run01", "all/run01/", "all/run01/.",
                                        "all/run01/training/.."};
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err;
    make_run(r, "all", "run01", 3, 3, 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(oneshot(r, names[i], &o, &err), 0);
        assert_int_equal(o.runs, 1);
        assert_int_equal(o.right, 2);
        assert_int_equal(o.n, 3);
        verify_oneshot_finish(&o);
    }
}

// ---- Files of labels ----------------------------------------------------------------------------

#define LABELS "all/run01/class_labels.txt"
#define ITEM1  "run01/test/item1.png run01/training/class1.png"
#define ITEM2  "run01/test/item2.png run01/training/class2.png"

// The same labels in other clothes.
static void labels_are_read_with_patience(void **state)
{
    static const char *const cases[] = {
        ITEM1 "\n" ITEM2 "\n",
        ITEM1 "\r\n" ITEM2 "\r\n",
        "\n\r\n  \n" ITEM1 "\n\t \r\n" ITEM2 "\n\n",
        ITEM1 "  \n" ITEM2 "\t",
        ITEM1 " \r\n" ITEM2 "\t\r\n",
        "\357\273\277" ITEM1 "\n  " ITEM2,
        "run01/test/item1.png \t run01/training/class1.png\n" ITEM2 "\n",
    };
    struct room *r = *state;
    make_run(r, "all", "run01", 3, 2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct verify_oneshot_result o;
        struct err err;
        put_text(r, LABELS, cases[i]);
        assert_int_equal(oneshot(r, "all", &o, &err), 0);
        assert_int_equal(o.n, 2);
        assert_int_equal(o.right, 2);
        verify_oneshot_finish(&o);
    }
}

static void labels_with_faults(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"run01/test/item1.png\n", "all/run01/class_labels.txt:1: only one path; each line is"},
        {ITEM1 "\n\nrun01/test/item2.png\r\n", "class_labels.txt:3: only one path"},
        {ITEM1 " 1\n", "class_labels.txt:1: more than two paths; each line is"},
        {"run01/test/item1.png run01/training/class9.png\n", "class9.png is not among"},
        {ITEM1 "\nrun01/test/item2.png run01/training/class9.png\n", "class_labels.txt:2: "},
        {ITEM1 "\nrun01/test/item2.png run01/test/item1.png\n", "item1.png is not among"},
        {"run01/test/item1.png run07/training/class1.png\n", "class_labels.txt:1: "},
        {ITEM1 "\n" ITEM1 "\n", "class_labels.txt:2: "},
        {ITEM1 "\n" ITEM1 "\n", "item1.png is named before"},
        {"run01/training/class2.png run01/training/class1.png\n", "class_labels.txt:1: "},
        {"", "class_labels.txt: no tests in it; each line is"},
        {"\r\n  \n", "class_labels.txt: no tests in it"},
    };
    struct room *r = *state;
    make_run(r, "all", "run01", 3, 2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_text(r, LABELS, cases[i].text);
        assert_refused(r, "all", cases[i].error);
    }
    put_bytes(r, LABELS, ITEM1 "\n\0", sizeof ITEM1 + 1);
    assert_refused(r, "all", "not a text file");
    char *large = calloc(2 << 20, 1);
    memset(large, '\n', (2 << 20) - 1);
    put_text(r, LABELS, large);
    free(large);
    assert_refused(r, "all", "too large");
}

// ---- Folders and pictures that lack something ---------------------------------------------------

static void folders_without_a_run(void **state)
{
    struct room *r = *state;
    assert_refused(r, "gone", "gone: ");
    make_dir(r, "empty/deep");
    assert_refused(r, "empty", "empty: no run in it");
    make_run(r, "all", "run01", 3, 2, 0);
    assert_refused(r, "all/run01/test", "test: no run in it");
    assert_refused(r, LABELS, LABELS);
    make_run(r, "one", "run01", 1, 1, 0);
    assert_refused(r, "one", "one/run01/training: 1 training picture");
}

// Fewer tests would make another accuracy; one more way, another task.
static void every_picture_must_be_usable(void **state)
{
    static const char *const pictures[] = {"all/run02/test/item2.png",
                                           "all/run02/training/class3.png"};
    struct room *r = *state;
    make_run(r, "all", "run01", 3, 2, 0);
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        make_run(r, "all", "run02", 3, 2, 0);
        put_text(r, pictures[i], "<html>");
        assert_refused(r, "all", pictures[i]);
        put_text(r, pictures[i], "");
        assert_refused(r, "all", pictures[i]);
    }
    make_run(r, "all", "run02", 3, 2, 0);
    assert_int_equal(remove(path_in(r, pictures[0])), 0);
    assert_refused(r, "all", pictures[0]);
}

static void a_stop_is_heard(void **state)
{
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err;
    atomic_bool stop = true;
    make_run(r, "all", "run01", 3, 2, 0);
    r->stop = &stop;
    assert_int_equal(oneshot(r, "all", &o, &err), ERR_STOPPED);
    assert_null(o.per_run);
    stop = false;
    assert_int_equal(oneshot(r, "all", &o, &err), 0);
    verify_oneshot_finish(&o);
}

// ---- Results ------------------------------------------------------------------------------------

static void as_json_and_text(void **state)
{
    (void)state;
    double per_run[] = {0.55, 0.75};
    struct verify_oneshot_result o = {.runs = 2,
                                      .per_run = per_run,
                                      .n = 40,
                                      .right = 26,
                                      .accuracy = 0.65,
                                      .low = 0.483155,
                                      .high = 0.793713,
                                      .ways_min = 20,
                                      .ways_max = 20,
                                      .chance = 0.05};
    char *text = verify_oneshot_json(&o);
    assert_null(strchr(text, '\n'));
    cJSON *json = cJSON_Parse(text);
    assert_int_equal(cJSON_GetArraySize(json), 9);
    assert_true(number(json, "accuracy") == 0.65 && number(json, "chance") == 0.05);
    assert_true(number(json, "accuracy_low") == 0.483155);
    assert_true(number(json, "accuracy_high") == 0.793713);
    assert_int_equal(whole(json, "n"), 40);
    assert_int_equal(whole(json, "right"), 26);
    assert_int_equal(whole(json, "ways"), 20);
    assert_int_equal(whole(json, "runs"), 2);
    const cJSON *runs = cJSON_GetObjectItem(json, "per_run");
    assert_int_equal(cJSON_GetArraySize(runs), 2);
    assert_true(cJSON_GetArrayItem(runs, 0)->valuedouble == 0.55);
    assert_true(cJSON_GetArrayItem(runs, 1)->valuedouble == 0.75);
    cJSON_Delete(json);
    free(text);
    text = verify_oneshot_text(&o);
    assert_string_equal(text, "right answers       65.0 % (26 of 40; 48.3 to 79.4 %, 95 % sure)\n"
                              "worst, best run     55.0 %, 75.0 % of 2\n"
                              "by chance            5.0 % (20-way)");
    free(text);
}

// Lake's own files, under a net of random weights.
static void lakes_runs(void **state)
{
    struct room *r = *state;
    struct verify_oneshot_result o;
    struct err err = {0};
    const char *dir = test_shared("data/omniglot/oneshot_dev");
    if (!dir)
        skip();
    struct nn_config config = tiny_config(1);
    struct siam_model *model = tiny_model(&config, 0.5F);
    assert_int_equal(verify_oneshot(&o, model, dir, r->pool, NULL, &err), 0);
    assert_int_equal(o.runs, 20);
    assert_int_equal(o.n, 400);
    assert_true(o.ways_min == 20 && o.ways_max == 20);
    assert_float_equal(o.chance, 0.05, 1e-12);
    int right = 0;
    for (int i = 0; i < o.runs; i++)
        right += (int)(20 * o.per_run[i] + 0.5);
    assert_int_equal(o.right, right);
    assert_true(o.low > o.chance); // strokes in the same place are seen by any net
    verify_oneshot_finish(&o);
    siam_model_unref(model);
}

#define PICTURES(test) cmocka_unit_test_setup_teardown(test, room_make, room_drop)

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        PICTURES(right_answers_are_counted),    PICTURES(runs_may_differ),
        PICTURES(verdicts_are_the_models),      PICTURES(a_tie_is_no_answer),
        PICTURES(a_run_may_stand_alone),        PICTURES(labels_are_read_with_patience),
        PICTURES(labels_with_faults),           PICTURES(folders_without_a_run),
        PICTURES(every_picture_must_be_usable), PICTURES(a_stop_is_heard),
        cmocka_unit_test(as_json_and_text),     PICTURES(lakes_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
