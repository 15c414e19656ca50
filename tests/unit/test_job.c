// SPDX-License-Identifier: MIT
// A job's way through its parts, with the whole net and drawn people, but few steps: a first model
// where none is there, then the whole; and what a stop leaves.
#include "app/job.h"
#include "app/models.h"
#include "capture/camera.h"
#include "core/base/file.h"
#include "core/image/save.h"
#include "tests/test.h"
#include "ui/view.h"

#include <glob.h>
#include <unistd.h>

enum { SOME_STEPS = 10, OWN_EPOCHS = 4, OTHERS = 9, OF_EACH = 3, OWN = 8 };

// What a job told, and when it is to be stopped.
struct seen {
    const char *data_dir;
    atomic_bool stop;
    atomic_int part;     // as the job says
    int first_part;      // at the first progress; -1: there was none yet
    int n_first;         // calls of first()
    int epochs;          // in all, at the last progress
    int last_epoch;      // complete, alike
    bool stop_at_once;   // at the first progress
    bool stop_at_others; // at the first progress of the part of other people
    char created[sizeof((struct siam_card *)0)->created]; // of the first model
    float threshold;
};

static void on_progress(void *ctx, const struct siam_progress *p)
{
    struct seen *seen = ctx;
    if (seen->first_part < 0)
        seen->first_part = seen->part;
    seen->epochs = p->epochs;
    seen->last_epoch = p->epoch;
    assert_true(p->epoch <= p->epochs);
    if (seen->stop_at_once || (seen->stop_at_others && seen->part == UI_PART_OTHERS))
        seen->stop = true;
}

static void on_first(void *ctx, const struct app_job_result *result)
{
    struct seen *seen = ctx;
    seen->n_first++;
    assert_non_null(result->model);
    assert_non_null(result->data);
    assert_true(result->enrolled);
    assert_false(result->stopped);
    assert_int_equal(result->model->card.epochs, OWN_EPOCHS);
    assert_int_equal(seen->last_epoch, 1 + OWN_EPOCHS);
    assert_int_equal(seen->epochs, 1 + OWN_EPOCHS);
    assert_string_equal(result->out, test_path(seen->data_dir, "model.safetensors"));
    memcpy(seen->created, result->model->card.created, sizeof seen->created);
    seen->threshold = result->model->card.threshold;
}

static struct app_job job_of(struct seen *seen)
{
    return (struct app_job){
        .data_dir = seen->data_dir,
        .recipe = "visavis",
        .seed = 1,
        .n_threads = 2,
        .first_steps = SOME_STEPS,
        .resume_if_same = true,
        .part = &seen->part,
    };
}

static void run(struct app_job_result *result, const struct app_job *job, struct seen *seen,
                bool wants_first)
{
    const struct app_job_calls calls = {on_progress, NULL, wants_first ? on_first : NULL, seen};
    struct err err = {0};
    int ret = app_job_run(result, job, &seen->stop, &calls, &err);
    if (ret)
        fail_msg("%s", err.text);
}

// n pictures of a person of the demo camera, some seconds apart.
static int draw_person(const char *data_dir, const char *name, int who, int n, double from_s)
{
    char dir[600];
    struct img frame = {0};
    snprintf(dir, sizeof dir, "%s/%s", data_dir, name);
    int ret = file_make_dirs(dir, NULL);
    for (int i = 0; i < n && !ret; i++) {
        char file[16];
        snprintf(file, sizeof file, "%02d.jpg", i);
        ret = cap_demo_draw(&frame, who, from_s + 7.3 * i, NULL);
        if (!ret)
            ret = img_save_jpeg(&frame, test_path(dir, file), 90, NULL);
    }
    img_finish(&frame);
    return ret;
}

// The pictures of all tests here.
static int draw(void **state)
{
    if (test_dir_make(state) || setenv("XDG_CACHE_HOME", test_path(*state, "cache"), 1))
        return -1;
    int ret = draw_person(*state, "anchor", 0, OWN, 0);
    if (!ret)
        ret = draw_person(*state, "positive", 0, OWN, 100);
    for (int who = 1; who <= OTHERS && !ret; who++) {
        char name[32];
        snprintf(name, sizeof name, "negative/%02d", who);
        ret = draw_person(*state, name, who, OF_EACH, 3.1 * who);
    }
    return ret;
}

static void skip_where_slow(void)
{
#ifdef INSTRUMENTED // minutes of the net alone
    skip();
#endif
}

static void what_stops_at_once_has_no_model(void **state)
{
    struct seen seen = {.data_dir = *state, .first_part = -1, .stop_at_once = true};
    struct app_job job = job_of(&seen);
    struct app_job_result result;
    run(&result, &job, &seen, true);
    assert_true(result.stopped);
    assert_null(result.model);
    assert_int_equal(seen.first_part, UI_PART_FIRST);
    assert_int_equal(seen.n_first, 0);
    assert_int_equal(access(test_path(*state, "model.safetensors"), F_OK), -1);
    app_job_finish(&result);
}

// Where nobody asks for a first model, or for so many epochs, or where it would not be there much
// earlier, there is none.
static void others_come_first_else(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct seen seen = {.data_dir = *state, .first_part = -1, .stop_at_once = true};
        struct app_job job = job_of(&seen);
        struct app_job_result result;
        job.epochs = i == 1 ? 10 : 0;
        job.first_steps = i == 2 ? 0 : SOME_STEPS; // the drawn people's whole is 500
        run(&result, &job, &seen, i != 0);
        assert_int_equal(seen.first_part, UI_PART_OTHERS);
        assert_int_equal(seen.n_first, 0);
        assert_null(result.model);
        app_job_finish(&result);
    }
}

// It is a model like any other, stays where the training is stopped later, and is one to go back
// to.
static void the_first_model_is_there_soon(void **state)
{
    struct seen seen = {.data_dir = *state, .first_part = -1, .stop_at_others = true};
    struct app_job job = job_of(&seen);
    struct app_job_result result;
    struct siam_model *model;
    skip_where_slow();
    run(&result, &job, &seen, true);
    assert_true(result.stopped);
    assert_null(result.model); // no second one
    assert_int_equal(seen.first_part, UI_PART_FIRST);
    assert_int_equal(seen.n_first, 1);
    assert_int_equal(seen.epochs, 60);
    assert_int_equal(siam_model_load(&model, test_path(*state, "model.safetensors"), NULL), 0);
    assert_string_equal(model->card.created, seen.created);
    assert_true(model->card.threshold == seen.threshold);
    assert_true(model->card.first);
    siam_model_unref(model);
    app_job_finish(&result);
    struct app_model kept[APP_MODELS_KEPT];
    assert_int_equal(app_models_list(kept, *state), 0); // it is the present one
    unlink(test_path(*state, "model.safetensors"));
    assert_int_equal(app_models_list(kept, *state), 1);
    assert_string_equal(kept[0].card.created, seen.created);
    assert_int_equal(app_models_use(*state, kept[0].name, NULL), 0);
}

static void where_a_model_is_there_is_no_first(void **state)
{
    struct seen seen = {.data_dir = *state, .first_part = -1, .stop_at_once = true};
    struct app_job job = job_of(&seen);
    struct app_job_result result;
    skip_where_slow();
    run(&result, &job, &seen, true);
    assert_int_equal(seen.first_part, UI_PART_OTHERS);
    assert_int_equal(seen.n_first, 0);
    app_job_finish(&result);
}

// Stops within a training, and cuts short what it goes on from.
static void leave_damaged_checkpoints(const char *dir)
{
    struct seen seen = {.data_dir = dir, .first_part = -1, .stop_at_once = true};
    struct app_job job = job_of(&seen);
    struct app_job_result result;
    glob_t found;
    job.epochs = 1;
    run(&result, &job, &seen, true);
    assert_true(result.stopped);
    assert_int_equal(seen.part, UI_PART_OTHERS);
    app_job_finish(&result);
    assert_int_equal(glob(test_path(dir, "cache/visavis/people/*.checkpoint"), 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) // the tests before left some
        assert_int_equal(truncate(found.gl_pathv[i], 1000), 0);
    globfree(&found);
    FILE *own = fopen(test_path(dir, "model.safetensors.checkpoint"), "w");
    assert_non_null(own);
    assert_int_equal(fclose(own), 0);
}

// Checkpoints that can't be gone on from are no reason to fail, after others have been learnt of
// for long least of all.
static void damaged_checkpoints_begin_anew(void **state)
{
    struct seen seen = {.data_dir = *state, .first_part = -1};
    struct app_job job = job_of(&seen);
    struct app_job_result result;
    skip_where_slow();
    leave_damaged_checkpoints(*state);
    job.epochs = 1;
    run(&result, &job, &seen, true);
    assert_false(result.stopped);
    assert_non_null(result.model);
    assert_int_equal(result.model->card.epochs, 1);
    assert_false(result.model->card.first);
    assert_int_equal(seen.last_epoch, 6);
    assert_int_equal(access(test_path(*state, "model.safetensors.checkpoint"), F_OK), -1);
    app_job_finish(&result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stops_at_once_has_no_model),
        cmocka_unit_test(others_come_first_else),
        cmocka_unit_test(the_first_model_is_there_soon),
        cmocka_unit_test(where_a_model_is_there_is_no_first),
        cmocka_unit_test(damaged_checkpoints_begin_anew),
    };
    return cmocka_run_group_tests(tests, draw, test_dir_remove);
}
