// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>

void ui_strip_draw(struct ui_canvas *c, struct ui_box box, const struct ui_strip *strip,
                   struct ui_picture *picture)
{
    const struct img *row = strip->row;
    float side = box.h, pitch = side + UI_STEP;
    int fit = SDL_min(strip->n, (int)((box.w + UI_STEP) / pitch));
    if (!row || !row->px || fit <= 0 || side < 1)
        return;
    int shown_px = (int)lroundf(side * c->scale * (float)row->w / (float)row->h);
    if (!ui_picture_upload(picture, c->renderer, row, strip->number, false, shown_px))
        return;
    int texture_side = picture->h;
    for (int i = 0; i < fit; i++) {
        struct ui_box at = {box.x + (float)i * pitch, box.y, side, side};
        SDL_Rect from = {i * texture_side, 0, texture_side, texture_side}, to = ui_pixels(c, at);
        SDL_RenderCopy(c->renderer, picture->texture, &from, &to);
    }
}
