// SPDX-License-Identifier: MIT
// Commands that are run when the live verdict changes: the user is there, a stranger is, everybody
// has left. Run by /bin/sh -c in a process group of their own, with standard input from /dev/null
// and standard output on standard error (the event stream may be on the other), and in their
// environment:
//     VISAVIS_EVENT      accept, reject or leave
//     VISAVIS_SCORE      of the last frame, 0.000 to 1.000
//     VISAVIS_THRESHOLD  that it was compared with
// Nothing here waits for a command. Main thread.
#ifndef VISAVIS_APP_HOOKS_H
#define VISAVIS_APP_HOOKS_H

#include "app/events.h"

#include <sys/types.h>

#define APP_HOOK_STEADY_NS INT64_C(400000000)  // of one verdict: then it is one
#define APP_HOOK_GONE_NS   INT64_C(3000000000) // without a face: then who was there has left
#define APP_HOOK_BREAK_NS  INT64_C(3000000000) // without a frame: what was seen before is forgotten

enum app_hook {
    APP_ON_ACCEPT,
    APP_ON_REJECT,
    APP_ON_LEAVE,
    APP_HOOKS,
};

struct app_hooks_config {
    const char *command[APP_HOOKS]; // NULL: none; must outlive the hooks
    int64_t pause_ns;               // a hook is not run again before
    struct app_events *events;
    void (*failed)(void *ctx, const char *text); // once for each hook
    void *ctx;
};

// What is known after a frame was scored.
struct app_hooks_seen {
    int64_t now_ns;
    enum verify_verdict verdict;
    float score, threshold;
};

struct app_hooks {
    struct app_hooks_config config;
    enum verify_verdict verdict; // the last one, ...
    int64_t since_ns;            // ... as it has been since then
    int64_t seen_ns;             // of the last frame; 0: none yet
    bool present;                // a face was there, and its leaving has not been told
    int state;                   // enum app_hook that came about last; -1: none
    int due;                     // enum app_hook that is to be run; -1: none
    struct {
        int64_t began_ns; // 0: never
        pid_t pid;        // 0: doesn't run
        bool told;        // that it fails
    } run[APP_HOOKS];
};

void app_hooks_init(struct app_hooks *hooks, const struct app_hooks_config *config);

// Takes note of a frame, and starts the command that is due. A verdict that comes about while its
// hook pauses, or still runs, is run for afterwards if it still holds then.
void app_hooks_seen(struct app_hooks *hooks, const struct app_hooks_seen *seen);

// Takes leave of commands that have ended. Call it often. Those that still run in the end go on.
void app_hooks_reap(struct app_hooks *hooks);

#endif
