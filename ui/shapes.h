// SPDX-License-Identifier: MIT
// Small white textures with smooth edges, made once and kept: what rounded boxes are put together
// from, and the icons. They are drawn in any colour. Main thread.
#ifndef VISAVIS_UI_SHAPES_H
#define VISAVIS_UI_SHAPES_H

#include "ui/raster.h"

#include <SDL.h>

#define UI_SHAPES 96

enum ui_shape {
    UI_DISC,
    UI_RING,  // the rim of the disc, `line` pixels wide
    UI_NOTCH, // what the disc leaves of its square
    UI_CHECK, // icons from here on, `line` pixels wide
    UI_CROSS,
    UI_ALERT,
    UI_ARROW,
    UI_PLUS,
    UI_MINUS,
    UI_CAMERA_OFF,
    UI_RECORD,
    UI_QUESTION,
};

struct ui_shapes {
    struct {
        enum ui_shape shape;
        int size, line; // pixels
        SDL_Texture *texture;
    } kept[UI_SHAPES];
    int n, next; // kept; which one makes room when full
    struct ui_raster raster;
};

// Zero-initialise. The texture is `size` x `size` pixels, owned by `shapes`, NULL without memory.
SDL_Texture *ui_shapes_get(struct ui_shapes *shapes, SDL_Renderer *renderer, enum ui_shape shape,
                           int size, int line);

void ui_shapes_finish(struct ui_shapes *shapes);

#endif
