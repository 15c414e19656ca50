// SPDX-License-Identifier: MIT
// What the user's pictures show, as far as it can be measured, and what is worth adding: a net that
// has seen one pose in one light fails in others. Anchors and positives count alike. Pictures are
// looked at on a thread of their own, once: what they show is remembered in DATA/coach.json.
#ifndef VISAVIS_APP_COACH_H
#define VISAVIS_APP_COACH_H

#include "core/base/err.h"
#include "ui/view.h"

struct app_coach;

enum app_trait {
    APP_STRAIGHT, // the head; left and right as its owner says
    APP_LEFT,
    APP_RIGHT,
    APP_DIM,        // little light
    APP_SIDE_LIGHT, // from one side
    APP_DAY,        // taken from 7 to 18 o'clock, local time
    APP_EVENING,    // at another time
    APP_TRAITS,
};

struct app_coach_counts {
    int pictures;      // that were looked at
    int waiting;       // that are still to be
    int n[APP_TRAITS]; // of the pictures, those in which a face is found
    int sittings;      // pictures half an hour apart belong to two
};

// `data_dir` must outlive it. changed: called on the coach's thread when there is something new to
// show; must return soon. Errors: ERR_MEMORY, ERR_DATA (path too long).
int app_coach_create(struct app_coach **out, const char *data_dir, void (*changed)(void *ctx),
                     void *ctx, struct err *err);
// Ends within the time that one picture takes. NULL is fine.
void app_coach_destroy(struct app_coach *coach);

// Pictures came or went: looks again. Any thread.
void app_coach_look(struct app_coach *coach);

// Any thread.
void app_coach_counts(struct app_coach *coach, struct app_coach_counts *counts);

// What the window shows of that. Any thread.
void app_coach_view(const struct app_coach_counts *counts, struct ui_coach *view);

#endif
