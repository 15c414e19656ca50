// SPDX-License-Identifier: MIT
#include "ui/font.h"

#include <fontconfig/fontconfig.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { REGULAR, BOLD, FIRST_FALLBACK, MAX_FACES = 10 };

// A font file; opened at the sizes that are asked for.
struct face {
    char *path;
    long index;    // in a collection, named instance in the upper half
    bool embolden; // bold was asked for and the file has none
    TTF_Font *font[UI_TYPES];
};

struct ui_fonts {
    FcConfig *config;
    float scale;
    struct face face[MAX_FACES];
    int n_faces;
};

static FcPattern *wanted(FcConfig *config, bool bold, FcCharSet *chars)
{
    FcPattern *p = FcPatternCreate();
    if (!p)
        return NULL;
    FcPatternAddString(p, FC_FAMILY, (const FcChar8 *)"sans-serif");
    FcPatternAddInteger(p, FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddBool(p, FC_SCALABLE, FcTrue);
    FcPatternAddBool(p, FC_COLOR, FcFalse);
    FcPatternAddBool(p, FC_VARIABLE, FcFalse); // named instances: SDL_ttf sets no axes
    if (chars)
        FcPatternAddCharSet(p, FC_CHARSET, chars);
    FcConfigSubstitute(config, p, FcMatchPattern);
    FcDefaultSubstitute(p);
    return p;
}

static bool has_char(FcPattern *match, uint32_t ch)
{
    FcCharSet *chars = NULL;
    return FcPatternGetCharSet(match, FC_CHARSET, 0, &chars) == FcResultMatch &&
           FcCharSetHasChar(chars, ch);
}

// Adds the best font; one that has `ch` unless that is 0. False if there is none.
static bool add_face(struct ui_fonts *fonts, bool bold, uint32_t ch)
{
    FcCharSet *chars = ch ? FcCharSetCreate() : NULL;
    if (chars)
        FcCharSetAddChar(chars, ch);
    FcPattern *pattern = wanted(fonts->config, bold, chars);
    FcResult result;
    FcPattern *match = pattern ? FcFontMatch(fonts->config, pattern, &result) : NULL;
    FcChar8 *path = NULL;
    int index = 0, weight = FC_WEIGHT_REGULAR;
    struct face face = {0};
    if (match && (!ch || has_char(match, ch)) &&
        FcPatternGetString(match, FC_FILE, 0, &path) == FcResultMatch) {
        FcPatternGetInteger(match, FC_INDEX, 0, &index);
        FcPatternGetInteger(match, FC_WEIGHT, 0, &weight);
        face.path = strdup((const char *)path);
        face.index = index;
        face.embolden = bold && weight < FC_WEIGHT_DEMIBOLD;
    }
    if (match)
        FcPatternDestroy(match);
    if (pattern)
        FcPatternDestroy(pattern);
    if (chars)
        FcCharSetDestroy(chars);
    if (!face.path)
        return false;
    fonts->face[fonts->n_faces++] = face;
    return true;
}

static TTF_Font *open_face(struct ui_fonts *fonts, struct face *face, enum ui_type type)
{
    if (!face->font[type]) {
        int size = (int)lroundf(ui_type_styles[type].size * fonts->scale);
        TTF_Font *font = TTF_OpenFontIndex(face->path, SDL_max(size, 6), face->index);
        if (!font)
            return NULL;
        TTF_SetFontHinting(font, TTF_HINTING_LIGHT);
        if (face->embolden)
            TTF_SetFontStyle(font, TTF_STYLE_BOLD);
        face->font[type] = font;
    }
    return face->font[type];
}

TTF_Font *ui_fonts_get(struct ui_fonts *fonts, enum ui_type type, uint32_t ch)
{
    struct face *main_face = &fonts->face[ui_type_styles[type].bold ? BOLD : REGULAR];
    TTF_Font *main_font = open_face(fonts, main_face, type);
    if (!main_font || ch < 0x80 || TTF_GlyphIsProvided32(main_font, ch))
        return main_font;
    for (int i = FIRST_FALLBACK; i < fonts->n_faces; i++) {
        TTF_Font *font = open_face(fonts, &fonts->face[i], type);
        if (font && TTF_GlyphIsProvided32(font, ch))
            return font;
    }
    if (fonts->n_faces == MAX_FACES || !add_face(fonts, false, ch))
        return main_font;
    TTF_Font *font = open_face(fonts, &fonts->face[fonts->n_faces - 1], type);
    return font && TTF_GlyphIsProvided32(font, ch) ? font : main_font;
}

static void close_sizes(struct ui_fonts *fonts)
{
    for (int i = 0; i < fonts->n_faces; i++)
        for (int type = 0; type < UI_TYPES; type++)
            if (fonts->face[i].font[type]) {
                TTF_CloseFont(fonts->face[i].font[type]);
                fonts->face[i].font[type] = NULL;
            }
}

void ui_fonts_set_scale(struct ui_fonts *fonts, float scale)
{
    close_sizes(fonts);
    fonts->scale = scale;
}

int ui_fonts_create(struct ui_fonts **out, float scale, struct err *err)
{
    struct ui_fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts)
        return err_memory(err, "fonts");
    if (TTF_Init() < 0) {
        free(fonts);
        return err_set(err, ERR_DATA, "SDL_ttf does not start: %s", TTF_GetError());
    }
    fonts->scale = scale;
    fonts->config = FcInitLoadConfigAndFonts();
    if (!fonts->config || !add_face(fonts, false, 0) || !add_face(fonts, true, 0) ||
        !ui_fonts_get(fonts, UI_BODY, 0) || !ui_fonts_get(fonts, UI_STRONG, 0)) {
        ui_fonts_destroy(fonts);
        return err_set(err, ERR_DATA,
                       "no font to write with: install one, for example fonts-dejavu-core");
    }
    *out = fonts;
    return 0;
}

void ui_fonts_destroy(struct ui_fonts *fonts)
{
    if (!fonts)
        return;
    close_sizes(fonts);
    for (int i = 0; i < fonts->n_faces; i++)
        free(fonts->face[i].path);
    if (fonts->config)
        FcConfigDestroy(fonts->config);
    TTF_Quit();
    free(fonts);
}
