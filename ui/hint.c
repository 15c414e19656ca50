// SPDX-License-Identifier: MIT
#include "ui/hint.h"

#include "ui/panels.h"

#include <stdio.h>

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
    if (view->have_model && view->anchors > 0)
        return view->card.first ? "Press v to see the live score, or t for a better model."
                                : "Press v to see the live score.";
    if (view->anchors < ENOUGH)
        return "Look into the box and hold a to take anchors: pictures of you to compare with.";
    if (view->positives < ENOUGH)
        return "Hold p for positives next: other light, other distance, glasses on and off.";
    if (!ui_has_others(view))
        return "Press 4 to choose a folder with pictures of other people, or drop one here.";
    return "Press t to train on these pictures.";
}

static void of_page(const struct ui_view *view, char out[UI_TEXT])
{
    char left[48];
    ui_time_left(view->seconds_left, left, sizeof left);
    if (!view->training || view->stopping)
        snprintf(out, UI_TEXT, "Press Esc to close the page.");
    else if (view->preparing || view->epochs == 0)
        snprintf(out, UI_TEXT, "Training: reading the pictures. Press Esc to close the page.");
    else
        snprintf(out, UI_TEXT, "Training: epoch %d of %d%s%s. Press Esc to close the page.",
                 view->epoch < view->epochs ? view->epoch + 1 : view->epochs, view->epochs,
                 *left ? ", " : "", left);
}

void ui_hint(const struct ui_view *view, char out[UI_TEXT])
{
    const char *camera = of_camera(view);
    bool learns = view->training && !(view->live && learns_others(view));
    if (view->page != UI_PAGE_PICTURE && (!camera || view->training))
        of_page(view, out);
    else
        snprintf(out, UI_TEXT, "%s",
                 camera       ? camera
                 : learns     ? of_training(view)
                 : view->live ? of_live(view)
                              : of_collecting(view));
}

bool ui_has_others(const struct ui_view *view)
{
    int n = view->negatives;
    for (int i = 0; i < view->n_folders && n < UI_LEAST; i++)
        n += view->folder[i].pictures < 0 ? UI_LEAST : view->folder[i].pictures;
    return n >= UI_LEAST;
}
