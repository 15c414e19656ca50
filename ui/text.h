// SPDX-License-Identifier: MIT
// Text as textures, kept from frame to frame: a text that was drawn lately costs a look-up. All
// measures are pixels. Text is white; the colour is set when drawing. Main thread.
#ifndef VISAVIS_UI_TEXT_H
#define VISAVIS_UI_TEXT_H

#include "core/base/err.h"
#include "ui/theme.h"

struct ui_text;

// What to leave out where a line is too long; an ellipsis stands in its place.
enum ui_elide {
    UI_ELIDE_END,
    UI_ELIDE_START, // for paths, whose end tells more
};

struct ui_line {
    SDL_Texture *texture; // NULL if empty (or memory ran out: then nothing is drawn)
    int w, h;             // pixels; h is the line height also when empty
};

// `renderer` is borrowed and must outlive it. Errors: as ui_fonts_create().
int ui_text_create(struct ui_text **out, SDL_Renderer *renderer, float scale, struct err *err);
void ui_text_destroy(struct ui_text *text);
void ui_text_set_scale(struct ui_text *text, float scale);

// One line, UTF-8, at most max_px wide (0: any width). The texture is valid until a later call.
struct ui_line ui_text_line(struct ui_text *text, enum ui_type type, const char *s, int max_px,
                            enum ui_elide elide);

// Several lines, broken at spaces (inside a word only if it alone is too wide), at most max_lines
// >= 1; what is left goes into the last one, elided. Alike.
struct ui_line ui_text_block(struct ui_text *text, enum ui_type type, const char *s, int max_px,
                             int max_lines);

#endif
