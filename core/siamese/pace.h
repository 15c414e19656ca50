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
    double first_aside_s;  // what was done after the first epoch
    double later_asides_s; // after all others together
    int n_steps, n_epochs; // that were told
};

void siam_pace_step(struct siam_pace *pace, double seconds);

// Of a complete epoch: its steps and its held-out pictures.
void siam_pace_epoch(struct siam_pace *pace, double steps_s, double heldout_s);
// Then, what was done after it that follows some epochs only, the first and the last among them
// (judging, saving).
void siam_pace_aside(struct siam_pace *pace, double seconds);

// Seconds until `epochs` more epochs are complete, with what follows the last, of the first of
// which `step` steps are done; -1 before the first step. What has yet to follow the epoch before is
// not in it.
double siam_pace_left(const struct siam_pace *pace, int epochs, int step);

#endif
