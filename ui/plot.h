// SPDX-License-Identifier: MIT
// A chart: smooth lines over a plain background, drawn in memory and shown as one texture. Main
// thread.
#ifndef VISAVIS_UI_PLOT_H
#define VISAVIS_UI_PLOT_H

#include "ui/canvas.h"

#define UI_PLOT_POINTS 1024 // of one line; the rest is not drawn

struct ui_plot {
    struct ui_raster raster;
    uint32_t *px; // ARGB, opaque, [h, w], owned
    SDL_Texture *texture;
    int w, h;    // pixels
    float scale; // of the canvas
    struct ui_box box;
    struct ui_point point[UI_PLOT_POINTS]; // of the line being drawn, pixels
};

// Starts a chart that fills `box`. False if it is too small to draw in, or memory ran out: then
// draw nothing. Zero-initialise before the first time.
bool ui_plot_begin(struct ui_plot *plot, struct ui_canvas *canvas, struct ui_box box);

// A line through n points with x and y in 0..1, (0, 0) at the bottom left; y outside is held at the
// edge, points that are not finite are left out; a single one is a dot, smaller if dashed. `width`
// and `dash` in points; dash 0: solid.
void ui_plot_line(struct ui_plot *plot, const struct ui_point *points, int n, float width,
                  float dash, SDL_Color colour);

// Fills what is below that line. x must not decrease.
void ui_plot_below(struct ui_plot *plot, const struct ui_point *points, int n, SDL_Color colour);

// Shows it, with round corners on a card.
void ui_plot_end(struct ui_plot *plot, struct ui_canvas *canvas);

void ui_plot_finish(struct ui_plot *plot);

#endif
