// SPDX-License-Identifier: MIT
#include "app/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

atomic_bool app_stop;
static atomic_int caught; // signals come on any thread

static void on_signal(int number)
{
    if (caught)
        _exit(128 + number);
    caught = number;
    app_stop = true;
}

void app_signals_install(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

int app_signals_exit_code(void)
{
    return caught ? 128 + caught : 0;
}
