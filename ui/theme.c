// SPDX-License-Identifier: MIT
#include "ui/theme.h"

#include <math.h>

#define RGB(hex)                                                                                   \
    {                                                                                              \
        (hex) >> 16 & 255, (hex) >> 8 & 255, (hex)&255, 255                                        \
    }
#define RGBA(hex, a)                                                                               \
    {                                                                                              \
        (hex) >> 16 & 255, (hex) >> 8 & 255, (hex)&255, (a)                                        \
    }

const struct ui_type_style ui_type_styles[UI_TYPES] = {
    [UI_CAPTION] = {11.5f, false}, [UI_BODY] = {13, false},  [UI_STRONG] = {13, true},
    [UI_TITLE] = {15, true},       [UI_NUMBER] = {20, true}, [UI_SCORE] = {40, true},
};

const struct ui_theme ui_theme_dark = {
    .background = RGB(0x0e1116),
    .stage = RGB(0x07090c),
    .card = RGB(0x181c23),
    .edge = RGB(0x2b323d),
    .control = RGB(0x232933),
    .hover = RGB(0x2d3541),
    .down = RGB(0x1d222a),
    .well = RGB(0x0f1217),
    .text = RGB(0xeef1f5),
    .dim = RGB(0xa3adba),
    .accent = RGB(0x6cb2ff),
    .on_accent = RGB(0x06121f),
    .you = RGB(0x45d49a),
    .stranger = RGB(0xff9d5c),
    .on_verdict = RGB(0x0b1210),
    .heldout = RGB(0xffc46b),
    .error = RGB(0xff7a7a),
    .warning = RGB(0xffc46b),
    .flash = RGB(0xffffff),
    .scrim = RGBA(0x05070a, 150),
    .veil = RGBA(0x0b0e12, 215),
    .on_picture = RGB(0xeef1f5),
};

// Text and signs have a contrast of 4.5 to 1 or more on what they stand on (WCAG 2.1, 1.4.3).
const struct ui_theme ui_theme_light = {
    .background = RGB(0xeef0f3),
    .stage = RGB(0xd5d9df),
    .card = RGB(0xffffff),
    .edge = RGB(0xcfd5dd),
    .control = RGB(0xeef1f5),
    .hover = RGB(0xe0e6ed),
    .down = RGB(0xd3dae3),
    .well = RGB(0xf1f3f6),
    .text = RGB(0x161b22),
    .dim = RGB(0x56606d),
    .accent = RGB(0x0b62c4),
    .on_accent = RGB(0xffffff),
    .you = RGB(0x0b7a4b),
    .stranger = RGB(0xb04405),
    .on_verdict = RGB(0xffffff),
    .heldout = RGB(0x8f5a00),
    .error = RGB(0xb3261e),
    .warning = RGB(0x8a5600),
    .flash = RGB(0xffffff),
    .scrim = RGBA(0x20262e, 120),
    .veil = RGBA(0xffffff, 225),
    .on_picture = RGB(0xffffff),
};

SDL_Color ui_fade(SDL_Color colour, float opacity)
{
    colour.a = (Uint8)lroundf((float)colour.a * SDL_clamp(opacity, 0.0f, 1.0f));
    return colour;
}
