// SPDX-License-Identifier: MIT
// Time. All times in the program are int64_t nanoseconds of CLOCK_MONOTONIC unless their name says
// otherwise; wall time is for file names and model cards only. Any thread.
#ifndef VISAVIS_CORE_BASE_CLOCK_H
#define VISAVIS_CORE_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000000000)

int64_t clock_now_ns(void);

// Sleeps until clock_now_ns() >= `at_ns`; returns at once if that is past. Signals don't shorten
// it.
void clock_sleep_until(int64_t at_ns);

// pthread_cond_wait() that ends when clock_now_ns() >= `until_ns`, too: returns false then. Any
// condition will do, whatever its attributes.
bool clock_wait(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ns);

// Local wall time as "20260314-150926-535" (milliseconds last): sorts by time, fit for a file name.
void clock_stamp(char out[20]);

// UTC wall time as "2026-03-14T15:09:26Z".
void clock_utc(char out[21]);

#endif
