// SPDX-License-Identifier: MIT
#include "capture/backend.h"
#include "core/base/clock.h"

#include <poll.h>

void cap_pace_init(struct cap_pace *pace, double fps)
{
    pace->period_ns = fps > 0 ? (int64_t)((double)CLOCK_SECOND / fps + 0.5) : 0;
    pace->due_ns = 0;
}

// Returns whether the descriptor was the reason to return.
static bool sleep_until(int64_t at_ns, int wake_fd)
{
    struct pollfd wake = {.fd = wake_fd, .events = POLLIN};
    for (int64_t left = at_ns - clock_now_ns(); left > 0; left = at_ns - clock_now_ns()) {
        struct timespec timeout = {left / CLOCK_SECOND, left % CLOCK_SECOND};
        if (ppoll(&wake, 1, &timeout, NULL) > 0)
            return true;
    }
    return false;
}

int cap_pace_wait(struct cap_pace *pace, int timeout_ms, int wake_fd)
{
    if (pace->period_ns == 0)
        return CAP_READY;
    int64_t now = clock_now_ns();
    if (pace->due_ns == 0)
        pace->due_ns = now;
    int64_t end = now + timeout_ms * (CLOCK_SECOND / 1000);
    if (sleep_until(pace->due_ns < end ? pace->due_ns : end, wake_fd) || end < pace->due_ns)
        return CAP_NONE;
    int64_t late = clock_now_ns() - pace->due_ns;
    pace->due_ns += (1 + late / pace->period_ns) * pace->period_ns;
    return CAP_READY;
}
