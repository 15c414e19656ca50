// SPDX-License-Identifier: MIT
// How things look: colours, type sizes and the spacing grid. A theme is plain data. All measures
// are points: pixels divided by the scale.
#ifndef VISAVIS_UI_THEME_H
#define VISAVIS_UI_THEME_H

#include <SDL.h>
#include <stdbool.h>

// Steps of the grid, in points.
#define UI_STEP       4.0f  // smallest distance
#define UI_GAP        8.0f  // between things that belong together
#define UI_ROUND_CARD 10.0f // corner radii
#define UI_ROUND      6.0f
#define UI_BUTTON_H   26.0f // heights
#define UI_ROW_H      22.0f
#define UI_KEYCAP_H   18.0f
#define UI_BAR_H      8.0f

enum ui_type {
    UI_CAPTION, // labels and notes
    UI_BODY,
    UI_STRONG, // body, bold
    UI_TITLE,
    UI_NUMBER, // counts
    UI_SCORE,  // the score, readable across a room
    UI_TYPES,
};

struct ui_type_style {
    float size; // of the em, points
    bool bold;
};

extern const struct ui_type_style ui_type_styles[UI_TYPES];

struct ui_theme {
    SDL_Color background; // of the window
    SDL_Color stage;      // where the picture goes, before there is one
    SDL_Color card;
    SDL_Color edge;    // of cards and controls
    SDL_Color control; // buttons and tiles: at rest,
    SDL_Color hover;   // with the mouse over it,
    SDL_Color down;    // pressed
    SDL_Color well;    // what is filled: charts, tracks of bars, text fields
    SDL_Color text;
    SDL_Color dim;       // labels and notes
    SDL_Color accent;    // the one next thing to do, progress, the training curve
    SDL_Color on_accent; // text on it
    SDL_Color you;
    SDL_Color stranger;
    SDL_Color on_verdict; // text on either
    SDL_Color heldout;    // the held-out curve
    SDL_Color error;
    SDL_Color warning;
    SDL_Color flash;      // a picture was just taken
    SDL_Color scrim;      // over what is out of reach or out of the box
    SDL_Color veil;       // behind text on the picture, which may be `warning` or
    SDL_Color on_picture; // this: lines and text that need no veil
};

extern const struct ui_theme ui_theme_dark, ui_theme_light;

// `colour` with its opacity multiplied by `opacity` (0..1).
SDL_Color ui_fade(SDL_Color colour, float opacity);

#endif
