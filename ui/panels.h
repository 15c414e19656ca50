// SPDX-License-Identifier: MIT
// The parts of the screen. Each draws itself into a box of any size: what doesn't fit whole is
// left out, the least needed first. Main thread.
#ifndef VISAVIS_UI_PANELS_H
#define VISAVIS_UI_PANELS_H

#include "ui/picture.h"
#include "ui/plot.h"
#include "ui/widgets.h"

#define UI_CAPTION_H 34.0f // of the line below the picture, points

// The live picture with the face or the guide box and what happens to it, the nearest anchor beside
// the face, the camera's line below.
void ui_stage_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                   struct ui_picture *picture, struct ui_picture *nearest);

// Whether the greeting is on the stage: over the picture, where nothing else is.
bool ui_greets(const struct ui_view *view);
// It, at the lower end of the picture, the last free_h points of which are free of the guide box;
// spread out where that is enough.
void ui_greeting_draw(struct ui_canvas *c, struct ui_box picture, float free_h);

// "Collect". *first_row: of the list of folders, kept between frames for scrolling. newest: [3],
// as the view's.
void ui_collect_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                     struct ui_picture *newest, int *first_row);

// What the pictures show, and how many of each there should be, in lines of as many as fit. Returns
// the height that they take; draws them if `draw`.
float ui_goals_draw(struct ui_canvas *c, struct ui_box box, const struct ui_coach *coach,
                    bool draw);

// Small pictures side by side, each as high as the box, as many as fit.
void ui_strip_draw(struct ui_canvas *c, struct ui_box box, const struct ui_strip *strip,
                   struct ui_picture *picture);

// "Train". worst: [2], of the user and of others.
void ui_training_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                      struct ui_plot *plot, struct ui_picture *worst);

// The time left in words: "about 3 min left". Negative or not finite: "".
void ui_time_left(double seconds, char *out, size_t size);

// Whether the user moved the threshold away from the model's.
bool ui_own_threshold(const struct ui_view *view);

// Whether there is a verdict to tell: it is live, and something has been scored.
bool ui_scored(const struct ui_view *view);

// A verdict is told by its colour, its sign and its word.
SDL_Color ui_verdict_colour(const struct ui_canvas *c, enum verify_verdict verdict);
enum ui_shape ui_verdict_icon(enum verify_verdict verdict);

// "Live"
void ui_live_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_plot *plot);

// The bar at the bottom: what to do next, what happened last.
float ui_status_height(struct ui_canvas *c, float w, const struct ui_view *view);
void ui_status_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view);

// Over everything: the keys; the line for a folder's path (within `box`, at its lower end).
void ui_help_draw(struct ui_canvas *c, const struct ui_view *view);
void ui_typing_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view);

#endif
