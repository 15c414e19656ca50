// SPDX-License-Identifier: MIT
// When commands are run for verdicts, and how. Time is the test's; the commands are real.
#include "app/hooks.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "tests/test.h"

#include <fcntl.h>
#include <unistd.h>

#define MS     (CLOCK_SECOND / 1000)
#define FRAME  (40 * MS)
#define SECOND CLOCK_SECOND

struct watch {
    struct app_hooks hooks;
    char commands[APP_HOOKS][800];
    int64_t now_ns;
    int n_failed;
    char failure[600];
    char log[600]; // the file that commands write to
};

static void on_failed(void *ctx, const char *text)
{
    struct watch *w = ctx;
    w->n_failed++;
    snprintf(w->failure, sizeof w->failure, "%s", text);
}

// Hooks that note their event in a file, and are not run again within five seconds.
static void begin(struct watch *w, const char *dir)
{
    *w = (struct watch){.now_ns = 1000 * SECOND};
    snprintf(w->log, sizeof w->log, "%s/log", dir);
    struct app_hooks_config config = {.pause_ns = 5 * SECOND, .failed = on_failed, .ctx = w};
    for (int i = 0; i < APP_HOOKS; i++) {
        snprintf(w->commands[i], sizeof w->commands[i], "printf '%%s ' $VISAVIS_EVENT >> '%s'",
                 w->log);
        config.command[i] = w->commands[i];
    }
    app_hooks_init(&w->hooks, &config);
}

// Until the commands that were started have ended: ten seconds at most.
static void settle(struct watch *w)
{
    for (int i = 0; i < 10000; i++) {
        bool running = false;
        app_hooks_reap(&w->hooks);
        for (int k = 0; k < APP_HOOKS; k++)
            running = running || w->hooks.run[k].pid;
        if (!running)
            return;
        clock_sleep_until(clock_now_ns() + MS);
    }
    fail_msg("a command goes on");
}

// The same verdict for so long. What is started is waited for, after each frame.
static void see(struct watch *w, enum verify_verdict verdict, int64_t for_ns)
{
    for (int64_t end_ns = w->now_ns + for_ns; w->now_ns < end_ns; w->now_ns += FRAME) {
        struct app_hooks_seen seen = {w->now_ns, verdict, 0.8125f, 0.5f};
        app_hooks_seen(&w->hooks, &seen);
        settle(w);
    }
}

static void expect_log(const struct watch *w, const char *want)
{
    void *text;
    size_t size;
    if (!*want) {
        assert_false(file_exists(w->log));
        return;
    }
    assert_int_equal(file_read(w->log, 1000, &text, &size, NULL), 0);
    assert_string_equal(text, want);
    free(text);
}

static void a_verdict_is_run_for_once(void **state)
{
    struct watch w;
    begin(&w, *state);
    see(&w, VERIFY_NOBODY, 20 * SECOND); // nobody was there
    see(&w, VERIFY_YOU, 300 * MS);
    expect_log(&w, ""); // not yet
    see(&w, VERIFY_YOU, 20 * SECOND);
    expect_log(&w, "accept ");
    see(&w, VERIFY_UNSURE, 2 * SECOND);
    see(&w, VERIFY_NOBODY, 2 * SECOND);
    see(&w, VERIFY_YOU, 2 * SECOND);
    expect_log(&w, "accept "); // still the same
    see(&w, VERIFY_STRANGER, 2 * SECOND);
    expect_log(&w, "accept reject ");
    see(&w, VERIFY_YOU, 2 * SECOND);
    expect_log(&w, "accept reject accept ");
    assert_int_equal(w.n_failed, 0);
}

static void a_flicker_is_not_run_for(void **state)
{
    struct watch w;
    begin(&w, *state);
    for (int i = 0; i < 40; i++) {
        see(&w, VERIFY_STRANGER, 200 * MS);
        see(&w, VERIFY_YOU, 300 * MS);
    }
    expect_log(&w, "");
}

static void leaving_takes_three_seconds(void **state)
{
    struct watch w;
    begin(&w, *state);
    see(&w, VERIFY_YOU, SECOND);
    see(&w, VERIFY_NOBODY, 2900 * MS);
    expect_log(&w, "accept ");
    see(&w, VERIFY_NOBODY, 300 * MS);
    expect_log(&w, "accept leave ");
    see(&w, VERIFY_NOBODY, 60 * SECOND); // once
    see(&w, VERIFY_YOU, SECOND);
    expect_log(&w, "accept leave accept ");
    see(&w, VERIFY_NOBODY, 4 * SECOND);
    see(&w, VERIFY_UNSURE, 10 * SECOND); // a face of nobody known: it can leave, too
    see(&w, VERIFY_NOBODY, 4 * SECOND);
    expect_log(&w, "accept leave accept leave leave ");
}

static void a_pause_puts_off_what_still_holds(void **state)
{
    struct watch w;
    begin(&w, *state);
    see(&w, VERIFY_YOU, SECOND);
    see(&w, VERIFY_STRANGER, SECOND);
    see(&w, VERIFY_YOU, SECOND);
    expect_log(&w, "accept reject "); // the second accept waits
    see(&w, VERIFY_YOU, 5 * SECOND);
    expect_log(&w, "accept reject accept ");
    see(&w, VERIFY_STRANGER, SECOND);
    see(&w, VERIFY_YOU, SECOND);
    see(&w, VERIFY_STRANGER, 10 * SECOND); // the accept that waited holds no longer
    expect_log(&w, "accept reject accept reject reject ");
}

static void a_break_forgets(void **state)
{
    struct watch w;
    begin(&w, *state);
    see(&w, VERIFY_YOU, SECOND);
    w.now_ns += 60 * SECOND; // live was off, or the camera
    see(&w, VERIFY_YOU, 300 * MS);
    expect_log(&w, "accept ");
    see(&w, VERIFY_YOU, 300 * MS);
    expect_log(&w, "accept accept ");
    w.now_ns += 60 * SECOND;
    see(&w, VERIFY_NOBODY, 2900 * MS);
    expect_log(&w, "accept accept ");
    see(&w, VERIFY_NOBODY, 300 * MS);
    expect_log(&w, "accept accept leave ");
}

static void none_is_run_while_it_runs(void **state)
{
    struct watch w;
    begin(&w, *state);
    char gate[600];
    snprintf(gate, sizeof gate, "%s/gate", (char *)*state);
    snprintf(w.commands[APP_ON_ACCEPT], sizeof w.commands[0],
             "printf 'begin ' >> '%s'; while [ ! -e '%s' ]; do sleep .01; done", w.log, gate);
    struct app_hooks_seen seen = {0, VERIFY_YOU, 1, 0};
    for (int i = 0; i < 1000; i++) { // 40 s of the test's time, back and forth
        seen.now_ns = (w.now_ns += FRAME);
        seen.verdict = i / 40 % 2 ? VERIFY_NOBODY : VERIFY_YOU;
        int64_t begin_ns = clock_now_ns();
        app_hooks_seen(&w.hooks, &seen);
        app_hooks_reap(&w.hooks);
        assert_true(clock_now_ns() - begin_ns < SECOND / 2); // it waits for no command
    }
    assert_int_equal(file_save(gate, "", 0, NULL), 0);
    settle(&w);
    expect_log(&w, "begin ");
}

static void the_command_knows_and_keeps_apart(void **state)
{
    struct watch w;
    begin(&w, *state);
    setenv("VISAVIS_SCORE", "of another one", 1);
    snprintf(w.commands[APP_ON_REJECT], sizeof w.commands[0],
             "{ echo $VISAVIS_EVENT $VISAVIS_SCORE $VISAVIS_THRESHOLD; readlink /proc/self/fd/0; "
             "[ $(ps -o pgid= -p $$) = $$ ] && echo apart; env | grep -c ^VISAVIS_SCORE=; } > '%s'",
             w.log);
    see(&w, VERIFY_STRANGER, SECOND);
    expect_log(&w, "reject 0.812 0.500\n/dev/null\napart\n1\n");
    unsetenv("VISAVIS_SCORE");
}

// The event stream may be on standard output.
static void output_goes_to_standard_error(void **state)
{
    struct watch w;
    begin(&w, *state);
    snprintf(w.commands[APP_ON_ACCEPT], sizeof w.commands[0], "echo said");
    int log = open(w.log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), kept = dup(STDERR_FILENO);
    assert_true(log >= 0 && kept >= 0 && dup2(log, STDERR_FILENO) >= 0);
    see(&w, VERIFY_YOU, SECOND);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    close(log);
    expect_log(&w, "said\n");
}

static void failures_are_told_once(void **state)
{
    struct watch w;
    begin(&w, *state);
    snprintf(w.commands[APP_ON_ACCEPT], sizeof w.commands[0], "exit 3");
    snprintf(w.commands[APP_ON_REJECT], sizeof w.commands[0], "kill -9 $$");
    see(&w, VERIFY_YOU, 6 * SECOND);
    assert_int_equal(w.n_failed, 1);
    assert_string_equal(w.failure, "--on-accept: ended with exit code 3: exit 3");
    see(&w, VERIFY_STRANGER, 6 * SECOND);
    assert_int_equal(w.n_failed, 2);
    assert_string_equal(w.failure, "--on-reject: ended by signal 9: kill -9 $$");
    see(&w, VERIFY_YOU, 6 * SECOND);
    see(&w, VERIFY_STRANGER, 6 * SECOND);
    assert_int_equal(w.n_failed, 2);
}

int main(void)
{
    log_set_quiet(true);
#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(a_verdict_is_run_for_once),
        IN_A_FOLDER(a_flicker_is_not_run_for),
        IN_A_FOLDER(leaving_takes_three_seconds),
        IN_A_FOLDER(a_pause_puts_off_what_still_holds),
        IN_A_FOLDER(a_break_forgets),
        IN_A_FOLDER(none_is_run_while_it_runs),
        IN_A_FOLDER(the_command_knows_and_keeps_apart),
        IN_A_FOLDER(output_goes_to_standard_error),
        IN_A_FOLDER(failures_are_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
