// SPDX-License-Identifier: MIT
#include "app/relay.h"

void app_relay_part(struct app_relay *relay, int before, int after, int steps_after)
{
    relay->begun = false;
    relay->epochs_before = before;
    relay->epochs_after = after;
    relay->steps_after = steps_after;
}

static double seconds_left(struct app_relay *relay, const struct siam_progress *part)
{
    if (part->seconds_left < 0)
        return part->seconds_left;
    double steps = (double)(part->epochs - part->epoch) * part->steps - part->step;
    bool far = steps >= part->steps; // nearer to the end, other things count more
    if (part->seconds_left > 0 && steps > 0 && (far || relay->step_seconds == 0))
        relay->step_seconds = part->seconds_left / steps;
    return part->seconds_left + relay->steps_after * relay->step_seconds;
}

void app_relay_progress(void *ctx, const struct siam_progress *part)
{
    struct app_relay *relay = ctx;
    struct siam_progress all = *part;
    all.epoch += relay->epochs_before;
    all.epochs += relay->epochs_before + relay->epochs_after;
    all.seconds_left = seconds_left(relay, part);
    relay->begun = true;
    if (part->epoch_done)
        *relay->last = all;
    relay->progress(relay->ctx, &all);
}
