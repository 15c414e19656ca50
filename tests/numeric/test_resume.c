// SPDX-License-Identifier: MIT
// However the training of a small net is interrupted, stopped or killed, it ends with the same
// weights, bit for bit; and it goes on from its own checkpoints only.
#include "tests/numeric/training.h"

#include "core/base/clock.h"
#include "core/nn/blas.h"
#include "core/nn/kernels.h"
#include "core/siamese/checkpoint.h"
#include "core/siamese/heldout.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

// ---- Interruptions --------------------------------------------------------------------------

static const char old_model[] = "what was there before";

static void put_old_model(const struct bench *b)
{
    assert_int_equal(file_save(b->out, old_model, sizeof old_model, NULL), 0);
}

static void assert_old_model_stays(const struct bench *b)
{
    void *bytes;
    size_t size;
    assert_int_equal(file_read(b->out, 1 << 20, &bytes, &size, NULL), 0);
    assert_int_equal(size, sizeof old_model);
    assert_memory_equal(bytes, old_model, size);
    free(bytes);
}

// The card's rates are those of the model's own weights.
static void assert_true_card(const struct bench *b, const struct siam_model *model)
{
    struct siam_heldout *heldout;
    struct siam_batch *batch;
    struct siam_figures f;
    struct pool *pool;
    const struct siam_card *c = &model->card;
    assert_int_equal(pool_create(&pool, 1, 0, NULL), 0);
    assert_int_equal(siam_heldout_create(&heldout, b->data, 51, small.embedding, NULL), 0);
    assert_int_equal(siam_batch_create(&batch, b->data, &small, 6, 8, pool, NULL), 0);
    assert_int_equal(siam_heldout_measure(heldout, model->net, batch, &f, NULL, NULL), 0);
    assert_true(c->n_genuine == 9 && c->n_impostor == 9);
    assert_true(c->heldout_loss == f.loss && c->auc == f.auc);
    assert_true(c->far == f.far && c->frr == f.frr);
    siam_batch_destroy(batch);
    siam_heldout_destroy(heldout);
    pool_destroy(pool);
}

// The model of the last epoch that was complete and measured when the stop came, true to its card;
// before there is one what was there stays.
static void assert_stopped_model(const struct bench *b, const struct siam_model *model, int steps)
{
    struct siam_model *file;
    if (steps <= N_STEPS) {
        assert_null(model);
        assert_old_model_stays(b);
        return;
    }
    assert_non_null(model);
    assert_int_equal(model->card.epochs, (steps - 1) / N_STEPS);
    assert_true_card(b, model);
    assert_int_equal(siam_model_load_as(&file, b->out, &small, NULL), 0);
    assert_same_weights(file, model);
    assert_true(file->card.heldout_loss == model->card.heldout_loss);
    siam_model_unref(file);
}

// After every number of steps: within an epoch, at its end (the stop then falls into the
// evaluation), and behind the very last step.
static void test_stop_and_resume(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *part, *rest;
    use_files(&b);
    b.config.resume = true;
    for (int k = 1; k <= 3 * N_STEPS; k++) {
        struct watch w = {.stop_after = k}, v = {0};
        put_old_model(&b);
        assert_int_equal(train(&part, &b, 1, &w, NULL), SIAM_STOPPED);
        assert_int_equal(w.steps, k);
        assert_stopped_model(&b, part, k);
        assert_int_equal(train(&rest, &b, k % 2 + 1, &v, NULL), 0);
        assert_int_equal(v.steps, 3 * N_STEPS - k);
        assert_same_weights(rest, whole);
        assert_true(rest->card.heldout_loss == whole->card.heldout_loss);
        assert_int_equal(rest->card.n_genuine, 9);
        assert_false(file_exists(b.checkpoint));
        siam_model_unref(part);
        siam_model_unref(rest);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// At once, wherever it is: the checkpoint has it all, and the good model is not touched.
static void test_quit_and_resume(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    use_files(&b);
    b.config.resume = true;
    static const int quits[] = {1, N_STEPS, N_STEPS + 2, 3 * N_STEPS, 2 * N_STEPS};
    for (int i = 0; i < 5; i++) {
        struct watch w = {.quit_after = quits[i]}, v = {0};
        if (i == 4)
            w = (struct watch){.quit_epoch = 2};
        put_old_model(&b);
        assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
        assert_int_equal(w.steps, quits[i]);
        assert_null(model);
        assert_old_model_stays(&b);
        assert_true(file_exists(b.checkpoint));
        assert_int_equal(train(&model, &b, 1, &v, NULL), 0);
        assert_int_equal(v.steps, 3 * N_STEPS - quits[i]);
        assert_same_weights(model, whole);
        siam_model_unref(model);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// Where there is no model yet, that of a training that is quit is better than none.
static void test_quit_without_a_model(void **state)
{
    struct bench b = make_bench(state);
    struct watch w = {.quit_after = 2 * N_STEPS + 1}, early = {.quit_after = 2};
    struct siam_model *model;
    use_files(&b);
    assert_int_equal(train(&model, &b, 1, &early, NULL), SIAM_STOPPED);
    assert_null(model);
    assert_false(file_exists(b.out));
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    assert_stopped_model(&b, model, 2 * N_STEPS + 1);
    siam_model_unref(model);
    free_bench(&b);
}

// Stopped again before an epoch is complete, what the first stop left is still there.
static void test_stop_after_resume(void **state)
{
    struct bench b = make_bench(state);
    struct watch w = {.stop_after = 2 * N_STEPS + 1}, again = {.stop = true};
    struct siam_model *model, *none;
    use_files(&b);
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    b.config.resume = true;
    assert_int_equal(train(&none, &b, 1, &again, NULL), SIAM_STOPPED);
    assert_null(none);
    assert_int_equal(again.steps, 0);
    assert_stopped_model(&b, model, 2 * N_STEPS + 1);
    assert_true(file_exists(b.checkpoint));
    siam_model_unref(model);
    free_bench(&b);
}

static void test_all_or_nothing(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    struct watch w = {.stop_after = 2 * N_STEPS + 1}, v = {0};
    use_files(&b);
    b.config.all_or_nothing = b.config.resume = true;
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    assert_null(model);
    assert_false(file_exists(b.out));
    assert_int_equal(train(&model, &b, 1, &v, NULL), 0);
    assert_same_weights(model, whole);
    assert_true_card(&b, model);
    siam_model_unref(model);
    siam_model_unref(whole);
    free_bench(&b);
}

struct judgement {
    int calls;
    int stop_at; // the call that the stop comes in; 0: none
    atomic_bool *stop;
};

static int judge(void *ctx, struct siam_model *model, const atomic_bool *stop, struct err *err)
{
    struct judgement *j = ctx;
    assert_true(model->card.n_genuine == 9 && stop == j->stop);
    model->card.threshold = 0.25f + (float)model->card.epochs / 16;
    if (++j->calls != j->stop_at)
        return 0;
    atomic_store(j->stop, true);
    return err_set(err, ERR_STOPPED, "stopped");
}

// A stop in the middle of judging has the model that was judged before.
static void test_judge(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *model;
    use_files(&b);
    b.config.judge = judge;
    for (int stop_at = 0; stop_at <= 2; stop_at++) {
        struct watch w = {0};
        struct judgement j = {.stop_at = stop_at, .stop = &w.stop};
        b.config.judge_ctx = &j;
        put_old_model(&b);
        assert_int_equal(train(&model, &b, 1, &w, NULL), stop_at ? SIAM_STOPPED : 0);
        if (stop_at == 1) {
            assert_stopped_model(&b, model, 1);
            continue;
        }
        assert_true(model->card.epochs == (stop_at == 0 ? 3 : w.epochs - 1));
        assert_true(model->card.threshold == 0.25f + (float)model->card.epochs / 16);
        assert_true_card(&b, model);
        siam_model_unref(model);
    }
    free_bench(&b);
}

// Between the first step and the end the model's name becomes that of a folder.
static void test_model_cannot_be_saved(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    use_files(&b);
    struct watch w = {.block = b.out}, v = {0};
    struct err err = {0};
    assert_int_equal(train(&model, &b, 1, &w, &err), ERR_IO);
    assert_null(model);
    assert_non_null(strstr(err.text, b.out));
    assert_int_equal(rmdir(b.out), 0);
    b.config.resume = true;
    assert_int_equal(train(&model, &b, 1, &v, NULL), 0);
    assert_int_equal(v.steps, 0);
    assert_same_weights(model, whole);
    assert_true_card(&b, model);
    siam_model_unref(model);
    siam_model_unref(whole);
    free_bench(&b);
}

// An epoch that was stopped twice still ends with the loss and the weights of the whole epoch.
static void test_many_stops(void **state)
{
    struct bench b = make_bench(state);
    struct watch w = {0};
    struct siam_model *whole, *part;
    assert_int_equal(train(&whole, &b, 1, &w, NULL), 0);
    use_files(&b);
    b.config.resume = true;
    static const int stops[] = {N_STEPS + 1, 2, N_STEPS, 0};
    static const int epochs[] = {1, 0, 1, 1}; // reported in the session
    struct watch v = {0};
    for (int i = 0; i < 4; i++) {
        struct watch next = {.stop_after = stops[i]};
        memcpy(next.epoch_loss, v.epoch_loss, sizeof v.epoch_loss);
        v = next;
        assert_int_equal(train(&part, &b, 1, &v, NULL), stops[i] ? SIAM_STOPPED : 0);
        assert_int_equal(v.epochs, epochs[i]);
        if (stops[i])
            siam_model_unref(part);
    }
    assert_memory_equal(v.epoch_loss, w.epoch_loss, sizeof v.epoch_loss);
    assert_same_weights(part, whole);
    siam_model_unref(part);
    siam_model_unref(whole);
    free_bench(&b);
}

static void test_stop_before_the_first_step(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    struct watch w = {.stop = true};
    struct siam_model *model;
    put_old_model(&b);
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    assert_null(model);
    assert_false(file_exists(b.checkpoint));
    assert_old_model_stays(&b);
    free_bench(&b);
}

static void *stop_soon(void *ctx)
{
    clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 5);
    atomic_store((atomic_bool *)ctx, true);
    return NULL;
}

static void test_stop_is_quick(void **state)
{
    struct bench b = make_bench(state);
    b.config.epochs = 1000000;
    struct watch w = {0};
    struct siam_model *model;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, stop_soon, &w.stop), 0);
    int64_t start_ns = clock_now_ns();
    assert_int_equal(train(&model, &b, 2, &w, NULL), SIAM_STOPPED);
    assert_true(clock_now_ns() - start_ns < 20 * CLOCK_SECOND);
    pthread_join(thread, NULL);
    siam_model_unref(model);
    free_bench(&b);
}

static void test_kill_and_resume(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1);
    use_files(&b);
    b.config.resume = true;
    b.config.checkpoint_epochs = 1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct watch w = {.kill_after = 2 * N_STEPS + 2};
        struct siam_model *model;
        train(&model, &b, 1, &w, NULL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_true(file_exists(b.checkpoint));
    struct watch w = {0};
    struct siam_model *model;
    assert_int_equal(train(&model, &b, 1, &w, NULL), 0);
    assert_int_equal(w.steps, N_STEPS); // from the checkpoint behind epoch 2
    assert_same_weights(model, whole);
    siam_model_unref(model);
    siam_model_unref(whole);
    free_bench(&b);
}

// A finished number of epochs can be raised later, and lowered below what is done.
static void test_other_number_of_epochs(void **state)
{
    struct bench b = make_bench(state);
    struct siam_model *whole = train_ok(&b, 1), *model;
    use_files(&b);
    b.config.resume = true;
    for (int epochs = 1; epochs <= 5; epochs += 4) {
        struct watch w = {.stop_after = 2 * N_STEPS + 1};
        b.config.epochs = epochs == 1 ? 3 : 2;
        if (epochs == 5)
            w.stop_after = 2 * N_STEPS;
        assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
        siam_model_unref(model);
        b.config.epochs = epochs == 1 ? 1 : 3;
        model = train_ok(&b, 1);
        assert_int_equal(model->card.epochs, epochs == 1 ? 2 : 3);
        if (epochs == 5)
            assert_same_weights(model, whole);
        siam_model_unref(model);
    }
    siam_model_unref(whole);
    free_bench(&b);
}

// ---- Checkpoints ----------------------------------------------------------------------------

static void test_foreign_checkpoints(void **state)
{
    struct bench b = make_bench(state);
    use_files(&b);
    struct watch w = {.stop_after = N_STEPS + 3};
    struct siam_model *model;
    assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
    siam_model_unref(model);
    b.config.resume = true;
    struct bench other = b;
    other.config.seed++;
    assert_train_fails(&other, ERR_MODEL, "of a training with another seed");
    other = b;
    other.config.rate *= 2;
    assert_train_fails(&other, ERR_MODEL, "of a training with other settings");
    other = b;
    other.config.batch_pictures = 3;
    assert_train_fails(&other, ERR_MODEL, "of a training with other settings");
    other = b;
    other.config.net.embedding++;
    assert_train_fails(&other, ERR_MODEL, "has shape");
    b.data->hash++;
    assert_train_fails(&b, ERR_MODEL, "of a training with other pictures");
    b.data->hash--;
    other = b;
    other.config.checkpoint = b.out;
    assert_train_fails(&other, ERR_MODEL, "not a checkpoint");
    assert_int_equal(truncate(b.checkpoint, 5000), 0);
    assert_train_fails(&b, ERR_MODEL, "cut short");
    b.config.resume = false; // not looked at
    siam_model_unref(train_ok(&b, 1));
    b.config.resume = true; // none there: from the beginning
    siam_model_unref(train_ok(&b, 1));
    free_bench(&b);
}

// Trains and gives what was logged.
static void train_logged(const struct bench *b, const char *log, char text[1000])
{
    int kept = dup(STDERR_FILENO), fd = open(log, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && fd >= 0);
    dup2(fd, STDERR_FILENO);
    struct siam_model *model;
    struct watch w = {0};
    int ret = train(&model, b, 1, &w, NULL);
    dup2(kept, STDERR_FILENO);
    ssize_t n = pread(fd, text, 999, 0);
    text[n > 0 ? n : 0] = '\0';
    close(kept);
    close(fd);
    assert_int_equal(ret, 0);
    siam_model_unref(model);
}

static void test_resume_from_nothing_is_told(void **state)
{
    struct bench b = make_bench(state);
    char log[600], text[1000];
    use_files(&b);
    snprintf(log, sizeof log, "%s/log", (const char *)*state);
    train_logged(&b, log, text);
    assert_string_equal(text, "");
    b.config.resume = true;
    train_logged(&b, log, text);
    assert_non_null(strstr(text, b.checkpoint));
    assert_non_null(strstr(text, "starts at the beginning\n"));
    assert_true(strchr(text, '\n') == text + strlen(text) - 1); // one line
    free_bench(&b);
}

// Gives the checkpoint, which has this processor's, other names of kernels.
static void rename_kernels(const struct bench *b, const char *kernels, const char *blas_kernel)
{
    struct siam_checkpoint ck = {0};
    assert_int_equal(nn_net_create(&ck.net, &small, NULL), 0);
    size_t n = ck.net->layout.n_params;
    ck.adam_m = calloc(n, sizeof *ck.adam_m);
    ck.adam_v = calloc(n, sizeof *ck.adam_v);
    assert_true(ck.adam_m && ck.adam_v);
    assert_int_equal(siam_checkpoint_load(&ck, b->checkpoint, NULL), 0);
    assert_string_equal(ck.kernels, nn_kernels()->name);
    assert_string_equal(ck.blas_kernel, nn_blas_kernel());
    snprintf(ck.kernels, sizeof ck.kernels, "%s", kernels);
    snprintf(ck.blas_kernel, sizeof ck.blas_kernel, "%s", blas_kernel);
    assert_int_equal(siam_checkpoint_save(&ck, b->checkpoint, NULL, NULL, NULL), 0);
    nn_net_destroy(ck.net);
    free(ck.adam_m);
    free(ck.adam_v);
}

// A checkpoint of another kind of processor is gone on from, the log says so, and the next
// checkpoint is of this one.
static void test_other_kernels_are_told(void **state)
{
    struct bench b = make_bench(state);
    const char *own = nn_kernels()->name, *own_blas = nn_blas_kernel();
    const char *const names[][2] = {{"cray1", own_blas}, {own, "Cray1"}, {own, own_blas}, {"", ""}};
    char log[600], text[1000], told[100];
    use_files(&b);
    b.config.resume = true;
    snprintf(log, sizeof log, "%s/log", (const char *)*state);
    for (int i = 0; i < 4; i++) {
        for (int part = 0; part < 2; part++) {
            struct watch w = {.quit_after = 3};
            struct siam_model *model;
            assert_int_equal(train(&model, &b, 1, &w, NULL), SIAM_STOPPED);
            siam_model_unref(model);
            rename_kernels(&b, names[i][0], names[i][1]);
        }
        train_logged(&b, log, text);
        snprintf(told, sizeof told, "other kernels (%s, %s)", names[i][0], names[i][1]);
        if (i < 2)
            assert_non_null(strstr(text, told));
        else
            assert_string_equal(text, "");
    }
    free_bench(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stop_and_resume),
        TEST(test_quit_and_resume),
        TEST(test_quit_without_a_model),
        TEST(test_stop_after_resume),
        TEST(test_all_or_nothing),
        TEST(test_judge),
        TEST(test_model_cannot_be_saved),
        TEST(test_many_stops),
        TEST(test_stop_before_the_first_step),
        TEST(test_stop_is_quick),
        TEST(test_kill_and_resume),
        TEST(test_other_number_of_epochs),
        TEST(test_foreign_checkpoints),
        TEST(test_resume_from_nothing_is_told),
        TEST(test_other_kernels_are_told),
    };
    nn_blas_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
