// SPDX-License-Identifier: MIT
#include "ui/hint.h"

#define ENOUGH 20 // pictures of a kind

static const char *of_camera(const struct ui_view *view)
{
    if (view->camera_paused)
        return "The camera is off. Press space to go on.";
    if (view->camera_lost)
        return "The camera is gone: plug it in again, or press c for the next one.";
    if (!view->frame)
        return "Waiting for the camera's first picture. Press c for the next camera.";
    return NULL;
}

static const char *of_training(const struct ui_view *view)
{
    if (view->stopping)
        return "The training is stopping.";
    if (view->preparing)
        return "Press s to stop: nothing is learnt yet.";
    switch (view->part) {
    case UI_PART_FIRST:
        return "The score is soon there. Press s to stop: t begins anew.";
    case UI_PART_OTHERS:
        return view->have_model
                   ? "Press v to see the score meanwhile. s stops, and t goes on from there."
                   : "Press s to stop: there is no model yet, but t goes on from there.";
    case UI_PART_SHORT:
        return "Press s to stop and leave the model as it is.";
    default:
        return "Press s to stop early and keep what was learnt.";
    }
}

// Live meanwhile: what is kept now, the user's part will still read.
static bool learns_others(const struct ui_view *view)
{
    return view->training && !view->stopping && view->part == UI_PART_OTHERS;
}

static const char *of_live(const struct ui_view *view)
{
    if (learns_others(view))
        return view->n_wrong > 0 ? "The model that is being learnt will learn from that, too."
                                 : "Wrong? w keeps this face as what it is, for the better model.";
    if (view->n_wrong > 0 && view->retrains)
        return "Press r to train on that for half a minute, or w to keep more.";
    if (view->verdict == VERIFY_UNDECIDED || view->verdict == VERIFY_NOBODY)
        return "Try other light, or glasses. Press v to end.";
    return view->retrains ? "Wrong? w keeps this face as what it is, then r trains on it."
                          : "Wrong? w keeps this face as what it is, then t trains anew.";
}

static const char *of_collecting(const struct ui_view *view)
{
    if (view->anchors < ENOUGH)
        return "Look into the box and hold a to take anchors: pictures of you to compare with.";
    if (view->positives < ENOUGH)
        return "Hold p for positives next: other light, other distance, glasses on and off.";
    if (view->n_folders == 0 && view->negatives == 0)
        return "Press 4 to choose a folder with pictures of other people, or drop one here.";
    if (!view->have_model)
        return "Press t to train on these pictures.";
    return view->card.first ? "Press v to see the live score, or t for a better model."
                            : "Press v to see the live score.";
}

const char *ui_hint(const struct ui_view *view)
{
    const char *camera = of_camera(view);
    bool learns = view->training && !(view->live && learns_others(view));
    return camera       ? camera
           : learns     ? of_training(view)
           : view->live ? of_live(view)
                        : of_collecting(view);
}
