// SPDX-License-Identifier: MIT
// The whole screen: which part goes where, in a window of any size from 480x360 points. Main
// thread.
#ifndef VISAVIS_UI_SCREEN_H
#define VISAVIS_UI_SCREEN_H

#include "ui/page.h"
#include "ui/panels.h"

struct ui_layout {
    struct ui_box stage, collect, train, live, status;
    struct ui_box page; // where a page goes: the stage, or more, see `covers`
    bool covers;        // it covers train and live besides
};

// What the screen keeps from frame to frame. Zero-initialise.
struct ui_screen {
    struct ui_picture picture, nearest;
    struct ui_picture newest[3]; // newest pictures of each class
    struct ui_picture worst[2];  // pictures that hurt: of the user, of others
    struct ui_plot loss, history;
    struct ui_collected collected;
    struct ui_hood hood;
    struct ui_camera_page camera;
    struct ui_people_page people;
    int first_folder; // of the list, the first one in sight
};

// Divides w x h points, `status_h` of them for the bar at the bottom. `aspect`: width / height of
// the camera's picture.
struct ui_layout ui_screen_layout(float w, float h, float status_h, float aspect);

// Draws between ui_canvas_begin() and showing the picture.
void ui_screen_draw(struct ui_screen *screen, struct ui_canvas *canvas, const struct ui_view *view);

void ui_screen_finish(struct ui_screen *screen);

#endif
