// SPDX-License-Identifier: MIT
// The fonts: the user's sans serif as fontconfig knows it, regular and bold, and for characters
// that it lacks (folders may be called anything) whichever font has them. Main thread.
#ifndef VISAVIS_UI_FONT_H
#define VISAVIS_UI_FONT_H

#include "core/base/err.h"
#include "ui/theme.h"

#include <SDL_ttf.h>
#include <stdint.h>

struct ui_fonts;

// Fonts at `scale` pixels a point. Errors: ERR_DATA (no font; the remedy names one), ERR_MEMORY.
int ui_fonts_create(struct ui_fonts **out, float scale, struct err *err);
void ui_fonts_destroy(struct ui_fonts *fonts);

// Fonts given out before are gone.
void ui_fonts_set_scale(struct ui_fonts *fonts, float scale);

// The font that draws `ch` in style `type`, owned by `fonts`. Where none has the character it is
// the main one, which draws its box for missing ones. NULL only if a font file has gone.
TTF_Font *ui_fonts_get(struct ui_fonts *fonts, enum ui_type type, uint32_t ch);

#endif
