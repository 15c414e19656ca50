// SPDX-License-Identifier: MIT
#include "core/base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

int64_t clock_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}

void clock_sleep_until(int64_t at_ns)
{
    struct timespec t = {.tv_sec = at_ns / CLOCK_SECOND, .tv_nsec = at_ns % CLOCK_SECOND};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {
    }
}

void clock_stamp(char out[20])
{
    struct timespec t;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &t);
    localtime_r(&t.tv_sec, &tm);
    char day[16];
    strftime(day, sizeof day, "%Y%m%d-%H%M%S", &tm);
    snprintf(out, 20, "%s-%03d", day, (int)(t.tv_nsec / 1000000) % 1000);
}

void clock_utc(char out[21])
{
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(out, 21, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
