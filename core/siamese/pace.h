// SPDX-License-Identifier: MIT
// How long a training will take yet, from the steps and epochs that it has done. Plain arithmetic:
// no clock is read here. Any thread, one at a time.
#ifndef VISAVIS_SIAM_PACE_H
#define VISAVIS_SIAM_PACE_H

// Zero-initialise; then once for each training, or each part of one that was resumed.
struct siam_pace {
    int steps;             // of an epoch; to be filled in
    double heldout_steps;  // as many steps as the held-out pictures take: a guess, also filled in
    double step_s;         // mean, the newest counting most
    double steps_s;        // alike, of all steps of an epoch
    double heldout_s;      // alike, of the held-out pictures of an epoch
    double first_aside_s;  // what was done beside the first epoch
    double later_asides_s; // beside all others together
    int n_steps, n_epochs; // that were told
};

void siam_pace_step(struct siam_pace *pace, double seconds);

// Of a complete epoch: its steps, its held-out pictures, and what is done at some epochs only, the
// first and the last among them (judging, saving).
void siam_pace_epoch(struct siam_pace *pace, double steps_s, double heldout_s, double aside_s);

// Seconds until `epochs` more epochs are complete, of the first of which `step` steps are done;
// -1 before the first step.
double siam_pace_left(const struct siam_pace *pace, int epochs, int step);

#endif
