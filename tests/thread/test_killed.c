// SPDX-License-Identifier: MIT
// The program is killed two hundred times, at whatever moment: every picture that was kept is
// whole, models and checkpoints are the old ones or the new ones, and training goes on.
//     test_killed VISAVIS
#include "tests/numeric/training.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/image/decode.h"
#include "core/image/save.h"
#include "core/nn/blas.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_COLLECTING 100
#define N_TRAINING   90          // of a small net
#define N_SAVING     10          // of the real one
#define MODEL_BYTES  (150 << 20) // about what its file has

static const char *visavis;

static void pause_ms(uint32_t ms)
{
    clock_sleep_until(clock_now_ns() + ms * (CLOCK_SECOND / 1000));
}

static void kill_now(pid_t pid)
{
    int status;
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
}

// Starts the program with a NULL-terminated list of arguments, silent.
static pid_t start(const char *const *args)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid)
        return pid;
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execv(visavis, (char *const *)(uintptr_t)args);
    _exit(99);
}

// ---- Collecting -------------------------------------------------------------------------------

// Counts a folder's pictures, each of which must be whole.
static int count_whole(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    for (const struct dirent *entry; dir && (entry = readdir(dir));) {
        char name[1024];
        struct img img = {0};
        struct err err = {0};
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.') // also what was being written, see core/base/file.h
            continue;
        if (img_load(&img, name, 0, &err))
            fail_msg("%s", err.text);
        img_finish(&img);
        n++;
    }
    if (dir)
        closedir(dir);
    return n;
}

static int count_names(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        n += entry->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

static void test_killed_while_collecting(void **state)
{
    char data[600], keys[600], pictures[700];
    struct rng rng;
    int n = 0;
    rng_seed(&rng, 1, 0);
    snprintf(data, sizeof data, "%s/data", (const char *)*state);
    snprintf(keys, sizeof keys, "%s/keys", (const char *)*state);
    snprintf(pictures, sizeof pictures, "%s/anchor", data);
    assert_int_equal(file_save(keys, "a 1000000\n", 10, NULL), 0);
    const char *const args[] = {"visavis",          "--headless", "--data", data,
                                "--camera",         "demo@60",    "--keys", keys,
                                "--no-face-finder", NULL};
    for (int i = 0; i < N_COLLECTING; i++) {
        pid_t pid = start(args);
        bool soon = i % 2; // also before the first picture, else behind it
        for (int wait = 0; !soon && wait < 3000 && count_names(pictures) == n; wait++)
            pause_ms(10);
        pause_ms(rng_below(&rng, 300));
        kill_now(pid);
        n = count_names(pictures);
    }
    assert_int_equal(count_whole(pictures), n);
    printf("%d pictures of %d sessions, all whole\n", n, N_COLLECTING);
    assert_true(n >= N_COLLECTING / 2);
}

// ---- Training ---------------------------------------------------------------------------------

static void expect_model_or_nothing(const char *path, const struct nn_config *config)
{
    struct siam_model *model;
    struct err err = {0};
    if (!file_exists(path))
        return;
    int ret = config ? siam_model_load_as(&model, path, config, &err)
                     : siam_model_load(&model, path, &err);
    if (ret)
        fail_msg("%s", err.text);
    siam_model_unref(model);
}

static void test_killed_while_training(void **state)
{
    struct bench b = make_bench(state);
    struct rng rng;
    int n_killed = 0, n_finished = 0, n_resumed = 0;
    bool had_model = false;
    rng_seed(&rng, 2, 0);
    b.config.epochs = 12;
    int64_t begin = clock_now_ns();
    struct siam_model *whole = train_ok(&b, 1);
    uint32_t whole_ms = (uint32_t)((clock_now_ns() - begin) / (CLOCK_SECOND / 1000)) + 1;
    use_files(&b);
    b.config.resume = true;
    b.config.checkpoint_epochs = 1;
    while (n_killed < N_TRAINING) {
        assert_true(n_finished < 10 * N_TRAINING);
        n_resumed += file_exists(b.checkpoint);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            struct watch w = {0};
            struct siam_model *model;
            _exit(train(&model, &b, 1, &w, NULL) ? 1 : 0);
        }
        pause_ms(rng_below(&rng, whole_ms));
        int status;
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        assert_true(!had_model || file_exists(b.out));
        expect_model_or_nothing(b.out, &small);
        had_model = file_exists(b.out);
        n_killed += WIFSIGNALED(status);
        if (WIFEXITED(status)) { // it was faster: once more from the beginning
            struct siam_model *model;
            assert_int_equal(siam_model_load_as(&model, b.out, &small, NULL), 0);
            assert_same_weights(model, whole);
            siam_model_unref(model);
            unlink(b.checkpoint);
            n_finished++;
        }
    }
    printf("%d trainings killed, %d went on from a checkpoint; %d ran to their end\n", n_killed,
           n_resumed, n_finished);
    assert_true(n_resumed > 10 && had_model);
    struct siam_model *model = train_ok(&b, 1);
    assert_same_weights(model, whole);
    siam_model_unref(model);
    siam_model_unref(whole);
    free_bench(&b);
}

// ---- Saving -----------------------------------------------------------------------------------

// Bytes that a process has written; 0 where the system does not say.
static uint64_t written_by(pid_t pid)
{
    char path[64], line[100];
    unsigned long long n = 0;
    snprintf(path, sizeof path, "/proc/%d/io", (int)pid);
    FILE *io = fopen(path, "re");
    while (io && fgets(line, sizeof line, io))
        sscanf(line, "wchar: %llu", &n);
    if (io)
        fclose(io);
    return n;
}

static void put_pictures(const char *data)
{
    static const char *const kinds[] = {"anchor", "positive", "negative"};
    struct img img = {0};
    for (int i = 0; i < 18; i++) {
        char path[700];
        snprintf(path, sizeof path, "%s/%s", data, kinds[i % 3]);
        assert_int_equal(file_make_dirs(path, NULL), 0);
        snprintf(path, sizeof path, "%s/%s/%d.jpg", data, kinds[i % 3], i);
        assert_int_equal(img_reserve(&img, 105, 105, NULL), 0);
        struct rng rng;
        rng_seed(&rng, (uint64_t)i, 0);
        for (int k = 0; k < 105 * 105 * 3; k++)
            img.px[k] = (uint8_t)((i % 3 == 2 ? 150 : 60) + rng_below(&rng, 60));
        assert_int_equal(img_save_jpeg(&img, path, 90, NULL), 0);
    }
    img_finish(&img);
}

// The real net is large enough to be killed while its file is being written.
static void test_killed_while_saving(void **state)
{
    char data[600], model[700];
    struct rng rng;
    rng_seed(&rng, 3, 0);
    snprintf(data, sizeof data, "%s/data", (const char *)*state);
    snprintf(model, sizeof model, "%s/model.safetensors", data);
    put_pictures(data);
    const char *const args[] = {"visavis", "train",    "--data", data,      "--recipe",
                                "koch",    "--epochs", "2",      "--quiet", NULL};
    const char *const resume[] = {"visavis",  "train",    "--data", data,      "--recipe", "koch",
                                  "--resume", "--epochs", "2",      "--quiet", NULL};
    int n_within = 0, n_before = 0, status;
    for (int i = 0; n_within < N_SAVING; i++) {
        assert_true(i < 4 * N_SAVING);
        if (n_within == N_SAVING / 2 && !file_exists(model)) // from here on there is one
            assert_int_equal(waitpid(start(args), &status, 0) > 0 && status == 0, 1);
        pid_t pid = start(i % 2 ? resume : args);
        uint64_t end = (uint64_t)rng_below(&rng, MODEL_BYTES) + 1;
        bool had_model = file_exists(model), ended = false;
        while (!ended && written_by(pid) < end) {
            pause_ms(1);
            ended = waitpid(pid, &status, WNOHANG) == pid;
        }
        if (!ended)
            kill_now(pid);
        n_within += !ended;
        n_before += !ended && had_model;
        assert_true(!had_model || file_exists(model));
        expect_model_or_nothing(model, NULL);
    }
    printf("%d killed while writing, %d of them over a model\n", n_within, n_before);
    assert_true(n_before >= N_SAVING / 2);
    pid_t pid = start(resume);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(file_exists(model));
    expect_model_or_nothing(model, NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        TEST(test_killed_while_collecting),
        TEST(test_killed_while_training),
        TEST(test_killed_while_saving),
    };
    if (argc != 2) {
        fprintf(stderr, "usage: %s VISAVIS\n", argv[0]);
        return 2;
    }
    visavis = argv[1];
    log_set_quiet(true);
    nn_blas_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
