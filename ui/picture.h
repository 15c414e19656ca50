// SPDX-License-Identifier: MIT
// A picture that changes, the camera's above all, as a texture. Main thread.
#ifndef VISAVIS_UI_PICTURE_H
#define VISAVIS_UI_PICTURE_H

#include "core/image/image.h"

#include <SDL.h>
#include <stdbool.h>
#include <stdint.h>

// Zero-initialise.
struct ui_picture {
    SDL_Texture *texture;
    int w, h;       // pixels of the texture
    int shrink;     // pixels of the frame for one of the texture, each way
    bool mirror;    // as it was uploaded
    bool valid;     // the texture shows frame `number`
    int64_t number; // of the frame
};

// Uploads `frame` unless it is there already. Mirroring, and averaging where the frame has several
// pixels for one that is shown (shown_px: the width on the screen), happen on the way, as SDL's
// software renderer does either badly. False if there is no texture to show.
bool ui_picture_upload(struct ui_picture *picture, SDL_Renderer *renderer, const struct img *frame,
                       int64_t number, bool mirror, int shown_px);

void ui_picture_finish(struct ui_picture *picture);

#endif
