// SPDX-License-Identifier: MIT
// SIGINT and SIGTERM ask the program to end in order; a second one ends it at once. SIGPIPE is
// ignored: a reader that went away shows as a write error.
#ifndef VISAVIS_APP_SIGNALS_H
#define VISAVIS_APP_SIGNALS_H

#include <stdatomic.h>
#include <stdbool.h>

// Set by the first signal: the stop flag for everything that runs on the main thread.
extern atomic_bool app_stop;

void app_signals_install(void);

// 128 + the signal's number once one has come, else 0: the exit code.
int app_signals_exit_code(void);

#endif
