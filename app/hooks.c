// SPDX-License-Identifier: MIT
#include "app/hooks.h"

#include "core/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OURS 3 // variables

static const char *const names[APP_HOOKS] = {
    [APP_ON_ACCEPT] = "accept", [APP_ON_REJECT] = "reject", [APP_ON_LEAVE] = "leave"};

void app_hooks_init(struct app_hooks *h, const struct app_hooks_config *config)
{
    *h = (struct app_hooks){.config = *config, .state = -1, .due = -1};
}

static void tell_failure(struct app_hooks *h, int hook, const char *what)
{
    char text[ERR_TEXT_MAX];
    snprintf(text, sizeof text, "--on-%s: %s: %s", names[hook], what, h->config.command[hook]);
    if (h->run[hook].told)
        log_debug("%s", text);
    else
        h->config.failed(h->config.ctx, text);
    h->run[hook].told = true;
}

// ---- Running ----------------------------------------------------------------------------------

static bool is_ours(const char *variable)
{
    return strncmp(variable, "VISAVIS_EVENT=", 14) == 0 ||
           strncmp(variable, "VISAVIS_SCORE=", 14) == 0 ||
           strncmp(variable, "VISAVIS_THRESHOLD=", 18) == 0;
}

// The environment with `ours` in it: free() it. NULL: out of memory.
static char **environment_with(char *const ours[OURS])
{
    size_t n = 0, k = 0;
    while (environ[n])
        n++;
    char **all = malloc((n + OURS + 1) * sizeof *all);
    for (size_t i = 0; all && i < n; i++)
        if (!is_ours(environ[i]))
            all[k++] = environ[i];
    for (size_t i = 0; all && i < OURS; i++)
        all[k++] = ours[i];
    if (all)
        all[k] = NULL;
    return all;
}

// As posix_spawn().
static int spawn(pid_t *pid, const char *command, char *const environment[])
{
    char *const argv[] = {(char[]){"sh"}, (char[]){"-c"}, (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, as_usual;
    sigemptyset(&none);
    sigfillset(&as_usual);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&how);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &as_usual);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                       POSIX_SPAWN_SETSIGDEF);
    int errnum = posix_spawn(pid, "/bin/sh", &files, &how, argv, environment);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return errnum;
}

static void run(struct app_hooks *h, int hook, const struct app_hooks_seen *seen)
{
    char event[32], score[32], threshold[40];
    snprintf(event, sizeof event, "VISAVIS_EVENT=%s", names[hook]);
    snprintf(score, sizeof score, "VISAVIS_SCORE=%.3f", (double)seen->score);
    snprintf(threshold, sizeof threshold, "VISAVIS_THRESHOLD=%.3f", (double)seen->threshold);
    char **environment = environment_with((char *[OURS]){event, score, threshold});
    pid_t pid = 0;
    int errnum = environment ? spawn(&pid, h->config.command[hook], environment) : ENOMEM;
    free(environment);
    h->run[hook].began_ns = seen->now_ns;
    h->run[hook].pid = errnum ? 0 : pid;
    if (errnum)
        tell_failure(h, hook, strerror(errnum));
    else
        app_events_hook(h->config.events, names[hook], seen->score);
}

void app_hooks_reap(struct app_hooks *h)
{
    for (int i = 0; i < APP_HOOKS; i++) {
        int status = 0;
        char what[64];
        if (!h->run[i].pid || waitpid(h->run[i].pid, &status, WNOHANG) == 0)
            continue; // runs on
        h->run[i].pid = 0;
        if (WIFSIGNALED(status))
            snprintf(what, sizeof what, "ended by signal %d", WTERMSIG(status));
        else
            snprintf(what, sizeof what, "ended with exit code %d", WEXITSTATUS(status));
        if (status)
            tell_failure(h, i, what);
    }
}

// ---- When -------------------------------------------------------------------------------------

static void note(struct app_hooks *h, const struct app_hooks_seen *seen)
{
    if (h->seen_ns == 0 || seen->now_ns - h->seen_ns > APP_HOOK_BREAK_NS) {
        h->state = h->due = -1;
        h->since_ns = seen->now_ns;
    } else if (seen->verdict != h->verdict) {
        h->since_ns = seen->now_ns;
    }
    h->verdict = seen->verdict;
    h->seen_ns = seen->now_ns;
}

// What the verdict says, if it has been the same for long enough; else -1.
static int steady_state(const struct app_hooks *h)
{
    int64_t age_ns = h->seen_ns - h->since_ns;
    switch (h->verdict) {
    case VERIFY_YOU:
        return age_ns >= APP_HOOK_STEADY_NS ? APP_ON_ACCEPT : -1;
    case VERIFY_STRANGER:
        return age_ns >= APP_HOOK_STEADY_NS ? APP_ON_REJECT : -1;
    case VERIFY_NOBODY:
        return age_ns >= APP_HOOK_GONE_NS && h->present ? APP_ON_LEAVE : -1;
    default:
        return -1;
    }
}

void app_hooks_seen(struct app_hooks *h, const struct app_hooks_seen *seen)
{
    note(h, seen);
    int state = steady_state(h);
    if (h->verdict >= VERIFY_UNSURE && h->seen_ns - h->since_ns >= APP_HOOK_STEADY_NS) {
        h->present = true;
        h->state = h->state == APP_ON_LEAVE ? -1 : h->state;
    }
    if (state >= 0 && state != h->state) {
        h->state = state;
        h->due = h->config.command[state] ? state : -1;
    }
    if (state == APP_ON_LEAVE)
        h->present = false;
    int due = h->due;
    bool still = due == APP_ON_LEAVE ? h->verdict == VERIFY_NOBODY : due == state;
    if (due < 0 || !still || h->run[due].pid ||
        (h->run[due].began_ns && seen->now_ns - h->run[due].began_ns < h->config.pause_ns))
        return;
    h->due = -1;
    run(h, due, seen);
}
