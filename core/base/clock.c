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

static struct timespec timespec_of(int64_t ns)
{
    return (struct timespec){.tv_sec = ns / CLOCK_SECOND, .tv_nsec = ns % CLOCK_SECOND};
}

bool clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ns)
{
    struct timespec until = timespec_of(until_ns);
    return pthread_cond_clockwait(cond, lock, CLOCK_MONOTONIC, &until) == 0;
}

void clock_sleep_until(int64_t at_ns)
{
    struct timespec t = timespec_of(at_ns);
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
