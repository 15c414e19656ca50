// SPDX-License-Identifier: MIT
#include "core/base/log.h"

#include "core/base/clock.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static bool quiet, verbose;

void log_tame(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            text[i] = '?';
}

static void put(const char *prefix, const char *fmt, va_list args)
{
    char line[1024];
    int n = snprintf(line, sizeof line, "visavis: %s", prefix);
    n += vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, args);
    if (n > (int)sizeof line - 2)
        n = (int)sizeof line - 2;
    log_tame(line, (size_t)n);
    line[n++] = '\n';
    // A lost message has nowhere else to go.
    if (write(STDERR_FILENO, line, (size_t)n) < 0)
        return;
}

void log_error(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    put("", fmt, args);
    va_end(args);
}

void log_info(const char *fmt, ...)
{
    if (quiet)
        return;
    va_list args;
    va_start(args, fmt);
    put("", fmt, args);
    va_end(args);
}

void log_debug(const char *fmt, ...)
{
    if (!verbose)
        return;
    char prefix[32];
    snprintf(prefix, sizeof prefix, "[%9.3f s] ", (double)clock_now_ns() * 1e-9);
    va_list args;
    va_start(args, fmt);
    put(prefix, fmt, args);
    va_end(args);
}

void log_set_quiet(bool on)
{
    quiet = on;
}

void log_set_verbose(bool on)
{
    verbose = on;
}
