// SPDX-License-Identifier: MIT
#include "core/siamese/pace.h"

#include <stdbool.h>

#define STEPS_REMEMBERED  16
#define EPOCHS_REMEMBERED 4 // where other programs come and go, older ones tell little

// The mean of the first `most` values; after them the n-th counts one in `most`.
static void add_to_mean(double *mean, int n, int most, double value)
{
    *mean += (value - *mean) / (n < most ? n : most);
}

void siam_pace_step(struct siam_pace *pace, double seconds)
{
    add_to_mean(&pace->step_s, ++pace->n_steps, STEPS_REMEMBERED, seconds);
}

void siam_pace_epoch(struct siam_pace *pace, double steps_s, double heldout_s)
{
    int n = ++pace->n_epochs;
    add_to_mean(&pace->steps_s, n, EPOCHS_REMEMBERED, steps_s);
    add_to_mean(&pace->heldout_s, n, EPOCHS_REMEMBERED, heldout_s);
}

void siam_pace_aside(struct siam_pace *pace, double seconds)
{
    *(pace->n_epochs == 1 ? &pace->first_aside_s : &pace->later_asides_s) += seconds;
}

double siam_pace_left(const struct siam_pace *pace, int epochs, int step)
{
    bool seen = pace->n_epochs > 0;
    if (pace->n_steps == 0)
        return -1;
    if (epochs <= 0)
        return 0;
    double steps_s = seen ? pace->steps_s : pace->steps * pace->step_s;
    double heldout_s = seen ? pace->heldout_s : pace->heldout_steps * pace->step_s;
    double aside_s = pace->n_epochs > 1 ? pace->later_asides_s / (pace->n_epochs - 1) : 0;
    double left = epochs - (double)step / pace->steps;
    // The last epoch ends like the first.
    return left * steps_s + epochs * heldout_s + (epochs - 1) * aside_s + pace->first_aside_s;
}
