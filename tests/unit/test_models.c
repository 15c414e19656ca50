// SPDX-License-Identifier: MIT
// Earlier models: what a training replaces is kept, listed, and can be gone back to; the oldest
// goes.
#include "app/models.h"
#include "core/base/file.h"
#include "tests/tiny.h"

#include <unistd.h>

static char *present_of(const char *dir)
{
    static char path[4200];
    snprintf(path, sizeof path, "%s/model.safetensors", dir);
    return path;
}

// As a training leaves it, made at that minute.
static void train(const char *dir, int minute)
{
    struct nn_config config = tiny_config(1);
    struct siam_model *model = tiny_model(&config, 0.5f);
    snprintf(model->card.created, sizeof model->card.created, "2026-03-14T15:%02d:26Z", minute);
    model->card.epochs = minute;
    assert_int_equal(app_models_keep(dir, NULL), 0);
    assert_int_equal(siam_model_save(model, present_of(dir), NULL), 0);
    siam_model_unref(model);
}

static int present(const char *dir)
{
    struct siam_card card;
    assert_int_equal(siam_model_read_card(&card, present_of(dir), NULL), 0);
    return card.epochs;
}

// The minutes of the earlier ones, "21 9".
static const char *earlier(const char *dir)
{
    static char text[100];
    struct app_model models[APP_MODELS_KEPT];
    int n = app_models_list(models, dir);
    text[0] = '\0';
    for (int i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%d", i ? " " : "",
                 models[i].card.epochs);
    return text;
}

static void what_is_replaced_is_kept(void **state)
{
    const char *dir = *state;
    assert_int_equal(app_models_keep(dir, NULL), 0); // there is none
    assert_string_equal(earlier(dir), "");
    train(dir, 1);
    assert_string_equal(earlier(dir), "");
    assert_int_equal(app_models_keep(dir, NULL), 0); // a training that comes to nothing
    assert_string_equal(earlier(dir), "");
    for (int minute = 2; minute <= 6; minute++)
        train(dir, minute);
    assert_int_equal(present(dir), 6);
    assert_string_equal(earlier(dir), "5 4 3");
}

static void going_back_loses_nothing(void **state)
{
    const char *dir = *state;
    struct app_model models[APP_MODELS_KEPT];
    for (int minute = 1; minute <= 3; minute++)
        train(dir, minute);
    assert_int_equal(app_models_list(models, dir), 2);
    assert_int_equal(app_models_use(dir, models[1].name, NULL), 0);
    assert_int_equal(present(dir), 1);
    assert_string_equal(earlier(dir), "3 2");
    assert_int_equal(app_models_list(models, dir), 2);
    assert_int_equal(app_models_use(dir, models[0].name, NULL), 0);
    assert_int_equal(present(dir), 3);
    assert_string_equal(earlier(dir), "2 1");
}

static void damage_is_passed_over(void **state)
{
    const char *dir = *state;
    char path[4200];
    struct err err = {0};
    train(dir, 1);
    train(dir, 2);
    train(dir, 3);
    snprintf(path, sizeof path, "%s/models/2026-03-14T150226Z.safetensors", dir);
    assert_int_equal(truncate(path, 100), 0);
    snprintf(path, sizeof path, "%s/models/notes.txt", dir);
    assert_int_equal(file_save(path, "mine", 4, NULL), 0);
    assert_string_equal(earlier(dir), "1");
    assert_int_equal(app_models_use(dir, "2026-03-14T155926Z.safetensors", &err), ERR_IO);
    assert_non_null(strstr(err.text, "cannot be made the model"));
    assert_int_equal(present(dir), 3);
    assert_true(file_exists(path));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_replaced_is_kept),
        TEST(going_back_loses_nothing),
        TEST(damage_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
