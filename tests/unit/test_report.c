// SPDX-License-Identifier: MIT
#include "core/base/log.h"
#include "core/verify/embed.h"
#include "core/verify/gallery.h"
#include "core/verify/json.h"
#include "core/verify/metrics.h"
#include "core/verify/report.h"
#include "tests/room.h"

#include <math.h>

// Folders of pictures: anchors and genuine ones of person 0; strangers of five others, one folder
// with a sub-folder and a broken picture, one whose name is not UTF-8.
static void fill(const struct room *r)
{
    static const char *const folders[] = {"anchor", "you", "lfw/deep", "caf\xe9\n"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(file_make_dirs(path_in(r, folders[i]), NULL), 0);
    for (int i = 0; i < 10; i++) {
        char name[40];
        snprintf(name, sizeof name, "%d.png", i);
        if (i < 5)
            tiny_picture(path_in(r, "anchor"), name, 0, i);
        if (i < 9) // the last one looks like somebody else
            tiny_picture(path_in(r, "you"), name, i < 8 ? 0 : 2, 100 + i);
        tiny_picture(path_in(r, i < 6 ? "lfw" : "lfw/deep"), name, 1 + i % 4, i);
        if (i < 3) // the first one looks like the user
            tiny_picture(path_in(r, "caf\xe9\n"), name, i ? 7 : 0, 200 + i);
    }
    put_text(r, "lfw/broken.jpg", "<html>");
}

static int filled_room_make(void **state)
{
    int ret = room_make(state);
    fill(*state);
    return ret;
}

// ---- Folders -----------------------------------------------------------------------------------

static int eval(struct room *r, struct verify_report *report, float threshold, struct err *err)
{
    const char *strangers[] = {path_in(r, "lfw"), path_in(r, "caf\xe9\n")};
    return verify_eval(report, r->model, path_in(r, "anchor"), path_in(r, "you"), strangers, 2,
                       threshold, r->pool, r->stop, err);
}

// A picture's score by the single steps.
static float score_alone(struct room *r, const char *name)
{
    struct verify_gallery *g;
    struct verify_embedder *em;
    char *path = path_in(r, name);
    float e[37], scores[5];
    bool ok;
    assert_int_equal(verify_gallery_load(&g, r->model, path_in(r, "anchor"), r->pool, NULL, NULL),
                     0);
    assert_int_equal(verify_embedder_create(&em, r->model, 1, r->pool, NULL), 0);
    assert_int_equal(verify_embed_files(em, &path, 1, e, NULL, &ok, NULL, NULL), 1);
    assert_int_equal(g->n, 5);
    float score = verify_gallery_score(g, e, 0.6F, scores).score;
    verify_embedder_destroy(em);
    verify_gallery_destroy(g);
    return score;
}

static void eval_counts(void **state)
{
    struct room *r = *state;
    struct verify_report report;
    struct err err;
    assert_int_equal(eval(r, &report, -1, &err), 0);
    assert_true(report.threshold == 0.6F);
    assert_int_equal(report.n_genuine, 9);
    assert_int_equal(report.genuine_accepted, 8);
    assert_int_equal(report.n_impostor, 13);
    assert_int_equal(report.n_strangers, 2);
    assert_string_equal(report.strangers[0].dir, path_in(r, "lfw"));
    assert_int_equal(report.strangers[0].n, 10);
    assert_int_equal(report.strangers[0].accepted, 0);
    assert_int_equal(report.strangers[1].n, 3);
    assert_int_equal(report.strangers[1].accepted, 1);
    assert_float_equal(report.far, 1 / 13.0, 1e-12);
    assert_float_equal(report.frr, 1 / 9.0, 1e-12);
    assert_float_equal(report.precision, 8 / 9.0, 1e-12);
    assert_float_equal(report.recall, 8 / 9.0, 1e-12);
    verify_report_finish(&report);
    assert_null(report.strangers);
    verify_report_finish(&report);
}

static void eval_figures_follow_from_the_scores(void **state)
{
    struct room *r = *state;
    struct verify_report report;
    float genuine[9], impostor[13];
    char name[40];
    for (int i = 0; i < 9; i++) {
        snprintf(name, sizeof name, "you/%d.png", i);
        genuine[i] = score_alone(r, name);
    }
    for (int i = 0; i < 13; i++) {
        snprintf(name, sizeof name, "%s/%d.png",
                 i < 6    ? "lfw"
                 : i < 10 ? "lfw/deep"
                          : "caf\xe9\n",
                 i < 10 ? i : i - 10);
        impostor[i] = score_alone(r, name);
    }
    assert_int_equal(eval(r, &report, 0.795F, NULL), 0);
    assert_true(report.threshold == 0.795F);
    struct verify_rates want = verify_rates_at(genuine, 9, impostor, 13, 0.795F);
    assert_int_equal(report.genuine_accepted, want.genuine_accepted);
    assert_float_equal(report.far, want.far, 1e-12);
    assert_float_equal(report.auc, verify_auc(genuine, 9, impostor, 13), 1e-12);
    assert_float_equal(report.eer, verify_eer(genuine, 9, impostor, 13, NULL), 1e-12);
    verify_report_finish(&report);
}

static void eval_as_json(void **state)
{
    struct room *r = *state;
    struct verify_report report;
    assert_int_equal(eval(r, &report, -1, NULL), 0);
    char *text = verify_report_json(&report);
    assert_null(strchr(text, '\n'));
    cJSON *o = cJSON_Parse(text);
    assert_non_null(o);
    assert_int_equal(cJSON_GetArraySize(o), 11);
    assert_float_equal(number(o, "far"), report.far, 1e-6);
    assert_float_equal(number(o, "frr"), report.frr, 1e-6);
    assert_float_equal(number(o, "eer"), report.eer, 1e-6);
    assert_float_equal(number(o, "auc"), report.auc, 1e-6);
    assert_float_equal(number(o, "precision"), report.precision, 1e-6);
    assert_float_equal(number(o, "recall"), report.recall, 1e-6);
    assert_true((float)number(o, "threshold") == report.threshold);
    assert_int_equal(whole(o, "n_genuine"), 9);
    assert_int_equal(whole(o, "genuine_accepted"), 8);
    assert_int_equal(whole(o, "n_impostor"), 13);
    const cJSON *strangers = cJSON_GetObjectItem(o, "strangers");
    assert_int_equal(cJSON_GetArraySize(strangers), 2);
    const cJSON *second = cJSON_GetArrayItem(strangers, 1);
    assert_int_equal(cJSON_GetArraySize(second), 3);
    assert_string_equal(string(second, "dir"), path_in(r, "caf\xef\xbf\xbd\n"));
    assert_int_equal(whole(second, "n"), 3);
    assert_int_equal(whole(second, "accepted"), 1);
    cJSON_Delete(o);
    free(text);
    verify_report_finish(&report);
}

static void eval_as_text(void **state)
{
    (void)state;
    char lfw[] = "lfw", odd[] = "a\nb";
    struct verify_strangers strangers[] = {{lfw, 150, 1}, {odd, 30, 0}};
    struct verify_report report = {.far = 1 / 180.0,
                                   .frr = 0.5,
                                   .eer = 0.034,
                                   .auc = 0.98765,
                                   .precision = 0.875,
                                   .recall = 0.5,
                                   .threshold = 0.625F,
                                   .n_genuine = 10,
                                   .n_impostor = 180,
                                   .genuine_accepted = 5,
                                   .strangers = strangers,
                                   .n_strangers = 2};
    char *text = verify_report_text(&report);
    assert_string_equal(text,
                        "you refused         50.0 % (5 of 10; at most 81.3 %, 95 % sure)\n"
                        "strangers accepted   0.7 % (1 of 150; at most 3.7 %, 95 % sure)      lfw\n"
                        "strangers accepted   0.0 % (0 of 30; at most 9.5 %, 95 % sure)       a?b\n"
                        "all strangers        0.6 % (1 of 180; at most 3.1 %, 95 % sure)\n"
                        "equal error rate     3.4 %\n"
                        "precision, recall   87.5 %, 50.0 %\n"
                        "area under ROC       0.988\n"
                        "threshold            0.625");
    free(text);
}

static void eval_refuses(void **state)
{
    struct room *r = *state;
    struct verify_report report;
    struct err err;
    const char *gone = path_in(r, "gone"), *you = path_in(r, "you");
    assert_int_equal(verify_eval(&report, r->model, gone, you, &you, 1, -1, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, gone));
    assert_int_equal(verify_eval(&report, r->model, you, gone, &you, 1, -1, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, gone));
    assert_int_equal(verify_eval(&report, r->model, you, you, &gone, 1, -1, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, gone));
    assert_int_equal(report.n_strangers, 0);

    const char *broken = path_in(r, "broken");
    assert_int_equal(file_make_dirs(broken, NULL), 0);
    put_text(r, "broken/a.png", "\x89PNG\r\n");
    assert_int_equal(verify_eval(&report, r->model, you, broken, &you, 1, -1, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, "none of its 1 picture"));
    const char *empty = path_in(r, "empty");
    assert_int_equal(file_make_dirs(empty, NULL), 0);
    assert_int_equal(verify_eval(&report, r->model, you, empty, NULL, 0, -1, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, "empty: no pictures in it"));
    assert_int_equal(verify_eval(&report, r->model, empty, you, NULL, 0, -1, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, "no anchors in"));

    assert_int_equal(verify_eval(&report, r->model, you, you, NULL, 0, -1, r->pool, NULL, &err), 0);
    assert_int_equal(report.n_impostor, 0);
    char *text = verify_report_json(&report);
    assert_non_null(strstr(text, "\"strangers\":[]"));
    free(text);
    verify_report_finish(&report);
}

// ---- Pairs -------------------------------------------------------------------------------------

static int pairs(struct room *r, const char *text, struct verify_pairs_result *result,
                 struct err *err)
{
    put_text(r, "pairs.txt", text);
    return verify_pairs(result, r->model, r->dir, path_in(r, "pairs.txt"), r->pool, r->stop, err);
}

static void pairs_are_counted(void **state)
{
    struct room *r = *state;
    struct verify_pairs_result p;
    struct err err;
    assert_int_equal(pairs(r,
                           "anchor/0.png\tyou/0.png\t1\n"
                           "anchor/0.png\tanchor/1.png\t1\n"
                           "anchor/1.png\tyou/8.png\t1\n"
                           "lfw/0.png\tanchor/0.png\t0\n"
                           "lfw/1.png\tlfw/deep/9.png\t0\n"
                           "lfw/1.png\tno such.png\t0\n"
                           "lfw/broken.jpg\tlfw/1.png\t1\n",
                           &p, &err),
                     0);
    assert_int_equal(p.n, 5);
    assert_int_equal(p.n_same, 3);
    assert_int_equal(p.n_different, 2);
    assert_int_equal(p.n_skipped, 2);
    assert_true(p.threshold == 0.6F);
    // 1 and 9 are different pictures of one pattern: a "different" pair the net takes for the same.
    assert_float_equal(p.accuracy, 3 / 5.0, 1e-12);
    assert_true(p.best_accuracy >= p.accuracy && p.eer > 0 && p.auc < 1);
}

// The same pairs in other clothes.
static void pairs_files_are_read_with_patience(void **state)
{
    struct room *r = *state;
    struct verify_pairs_result want, p;
    struct err err;
    tiny_picture(r->dir, "my name is.png", 0, 50);
    const char *plain = "anchor/0.png\tmy name is.png\t1\nlfw/0.png\tanchor/1.png\t0\n";
    assert_int_equal(pairs(r, plain, &want, &err), 0);
    assert_int_equal(want.n, 2);
    const char *const others[] = {
        "anchor/0.png\tmy name is.png\t1\r\nlfw/0.png\tanchor/1.png\t0\r\n",
        "\357\273\277anchor/0.png\tmy name is.png\t1\nlfw/0.png\tanchor/1.png\t0",
        "\n\nanchor/0.png\tmy name is.png\t1\n\r\nlfw/0.png\tanchor/1.png\t0\n\n",
        "anchor/1.png\tlfw/0.png\t0\nmy name is.png\tanchor/0.png\t1\n",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(pairs(r, others[i], &p, &err), 0);
        assert_int_equal(p.n_same, 1);
        assert_int_equal(p.n_different, 1);
        assert_true(p.accuracy == want.accuracy && p.auc == want.auc);
        assert_float_equal(p.best_threshold, want.best_threshold, 1e-6);
    }
}

// Each pair's pictures are found again among many, over several batches.
static void pairs_of_many_pictures(void **state)
{
    struct room *r = *state;
    struct verify_pairs_result p;
    struct err err;
    char text[4000] = "";
    for (int i = 0; i < 10; i++)
        for (int j = 0; j < 5; j++)
            sprintf(text + strlen(text), "lfw%s/%d.png\tanchor/%d.png\t0\n", i < 6 ? "" : "/deep",
                    i, j);
    for (int i = 0; i < 8; i++)
        sprintf(text + strlen(text), "you/%d.png\tanchor/%d.png\t1\n", i, i % 5);
    assert_int_equal(pairs(r, text, &p, &err), 0);
    assert_int_equal(p.n_different, 50);
    assert_int_equal(p.n_same, 8);
    assert_true(p.accuracy == 1 && p.best_accuracy == 1 && p.auc == 1 && p.eer == 0);
    assert_true(p.best_threshold < nn_sigmoid(2) && p.best_threshold > 0);
}

static void pairs_files_with_faults(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"a.png\tb.png\t1\nanchor/0.png you/0.png 1\n", "pairs.txt:2: no tab"},
        {"a.png\tb.png 1\n", "pairs.txt:1: only one tab"},
        {"\r\n\na.png\tb.png\t2\n", "pairs.txt:3: the third field"},
        {"a.png\tb.png\t\n", "pairs.txt:1: the third field"},
        {"a.png\tb.png\t1 \n", "pairs.txt:1: the third field"},
        {"a.png\tb.png\t1\tx\n", "pairs.txt:1: the third field"},
        {"\tb.png\t1\n", "pairs.txt:1: a path is empty"},
        {"a.png\t\t1\n", "pairs.txt:1: a path is empty"},
        {"", "no pairs"},
        {"\n\r\n", "no pairs"},
        {"a.png\tb.png\t1\nlfw/0.png\tb.png\t0\n", "none of the 2 pairs"},
    };
    struct room *r = *state;
    struct verify_pairs_result p;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        assert_int_equal(pairs(r, cases[i].text, &p, &err), ERR_DATA);
        if (!strstr(err.text, cases[i].error))
            fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].error);
    }
    struct err err;
    put_bytes(r, "zero.txt", "a\tb\t1\n\0", 7);
    assert_int_equal(
        verify_pairs(&p, r->model, r->dir, path_in(r, "zero.txt"), r->pool, NULL, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "not a text file"));
    assert_int_equal(verify_pairs(&p, r->model, r->dir, path_in(r, "none"), r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, "none"));
}

static void a_stop_is_heard(void **state)
{
    struct room *r = *state;
    struct verify_report report;
    struct verify_pairs_result p;
    struct err err;
    const char *list = "anchor/0.png\tyou/0.png\t1\n";
    atomic_bool stop = true;
    r->stop = &stop;
    assert_int_equal(eval(r, &report, -1, &err), ERR_STOPPED);
    assert_int_equal(report.n_strangers, 0);
    assert_null(report.strangers);
    assert_int_equal(pairs(r, list, &p, &err), ERR_STOPPED);
    stop = false;
    assert_int_equal(eval(r, &report, -1, &err), 0);
    verify_report_finish(&report);
    assert_int_equal(pairs(r, list, &p, &err), 0);
}

static void pairs_as_json_and_text(void **state)
{
    (void)state;
    struct verify_pairs_result p = {.n = 40,
                                    .n_same = 15,
                                    .n_different = 25,
                                    .n_skipped = 3,
                                    .accuracy = 0.9,
                                    .best_accuracy = 0.95,
                                    .best_threshold = 0.75F,
                                    .eer = 0.0625,
                                    .auc = 0.98,
                                    .threshold = 0.5F};
    char *text = verify_pairs_json(&p);
    cJSON *o = cJSON_Parse(text);
    assert_int_equal(cJSON_GetArraySize(o), 10);
    assert_true(number(o, "accuracy") == 0.9 && number(o, "best_accuracy") == 0.95);
    assert_true(number(o, "eer") == 0.0625 && number(o, "auc") == 0.98);
    assert_true(number(o, "threshold") == 0.5 && number(o, "best_threshold") == 0.75);
    assert_int_equal(whole(o, "n"), 40);
    assert_int_equal(whole(o, "n_same"), 15);
    assert_int_equal(whole(o, "n_different"), 25);
    assert_int_equal(whole(o, "skipped"), 3);
    cJSON_Delete(o);
    free(text);
    text = verify_pairs_text(&p);
    assert_string_equal(
        text,
        "wrong answers       10.0 % (4 of 40; at most 23.7 %, 95 % sure)      at threshold 0.500\n"
        "at the very best     5.0 % (2 of 40; at most 16.9 %, 95 % sure)      at threshold 0.750\n"
        "equal error rate     6.2 %\n"
        "area under ROC       0.980\n"
        "pairs               15 of the same person, 25 of two, 3 skipped");
    free(text);
}

// ---- JSON helpers ------------------------------------------------------------------------------

static void json_text_is_valid_utf8(void **state)
{
    static const struct {
        const char *bytes, *text;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"a\xff", "a\xef\xbf\xbd"},
        {"\xe9t\xe9", "\xef\xbf\xbdt\xef\xbf\xbd"},
        {"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},                                 // overlong
        {"\xe0\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                 // overlong
        {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},                 // a surrogate
        {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, // > U+10FFFF
        {"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},                                 // cut short
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cJSON *item = verify_json_text(cases[i].bytes);
        assert_string_equal(item->valuestring, cases[i].text);
        cJSON_Delete(item);
    }
}

static void json_numbers(void **state)
{
    (void)state;
    cJSON *o = cJSON_CreateObject();
    verify_json_number(o, "a", 0.1F);
    verify_json_number(o, "b", (double)NAN);
    verify_json_number(o, "c", -(double)INFINITY);
    verify_json_number(o, "d", 1e-20);
    char *text = cJSON_PrintUnformatted(o);
    assert_string_equal(text, "{\"a\":0.100000001,\"b\":null,\"c\":null,\"d\":1e-20}");
    free(text);
    cJSON_Delete(o);
}

// Neighbours that differ in the last bit alone are still told apart.
static void json_keeps_float32(void **state)
{
    (void)state;
    struct rng rng;
    rng_seed(&rng, 5, 0);
    for (int i = 0; i < 2000; i++) {
        float value = rng_uniform(&rng, 0, 1);
        cJSON *o = cJSON_CreateObject();
        verify_json_number(o, "x", value);
        verify_json_number(o, "y", nextafterf(value, 2));
        char *text = cJSON_PrintUnformatted(o);
        cJSON *read = cJSON_Parse(text);
        assert_true((float)number(read, "x") == value);
        assert_true((float)number(read, "y") == nextafterf(value, 2));
        cJSON_Delete(read);
        free(text);
        cJSON_Delete(o);
    }
}

static void json_whole_numbers(void **state)
{
    (void)state;
    cJSON *o = cJSON_CreateObject();
    verify_json_int(o, "a", INT64_MIN);
    verify_json_int(o, "b", (INT64_C(1) << 53) + 1);
    verify_json_uint(o, "c", UINT64_MAX);
    verify_json_uint(o, "d", 0);
    char *text = cJSON_PrintUnformatted(o);
    assert_string_equal(text, "{\"a\":-9223372036854775808,\"b\":9007199254740993,"
                              "\"c\":18446744073709551615,\"d\":0}");
    free(text);
    cJSON_Delete(o);
}

#define PICTURES(test) cmocka_unit_test_setup_teardown(test, filled_room_make, room_drop)

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        PICTURES(eval_counts),
        PICTURES(eval_figures_follow_from_the_scores),
        PICTURES(eval_as_json),
        cmocka_unit_test(eval_as_text),
        PICTURES(eval_refuses),
        PICTURES(pairs_are_counted),
        PICTURES(pairs_files_are_read_with_patience),
        PICTURES(pairs_of_many_pictures),
        PICTURES(pairs_files_with_faults),
        PICTURES(a_stop_is_heard),
        cmocka_unit_test(pairs_as_json_and_text),
        cmocka_unit_test(json_text_is_valid_utf8),
        cmocka_unit_test(json_numbers),
        cmocka_unit_test(json_keeps_float32),
        cmocka_unit_test(json_whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
