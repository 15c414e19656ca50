// SPDX-License-Identifier: MIT
#include "ui/shapes.h"

#include <math.h>
#include <stdlib.h>

// Icons as strokes in a unit square.
struct stroke {
    int n;
    struct ui_point point[6];
};

struct icon {
    int n;
    struct stroke stroke[3];
};

static const struct icon icons[] = {
    [UI_CHECK] = {1, {{3, {{.12f, .54f}, {.40f, .82f}, {.88f, .22f}}}}},
    [UI_CROSS] = {2, {{2, {{.18f, .18f}, {.82f, .82f}}}, {2, {{.82f, .18f}, {.18f, .82f}}}}},
    [UI_ALERT] = {3,
                  {{4, {{.50f, .10f}, {.94f, .88f}, {.06f, .88f}, {.50f, .10f}}},
                   {2, {{.50f, .40f}, {.50f, .58f}}},
                   {1, {{.50f, .74f}}}}},
    [UI_ARROW] = {2,
                  {{2, {{.12f, .50f}, {.86f, .50f}}},
                   {3, {{.56f, .20f}, {.86f, .50f}, {.56f, .80f}}}}},
    [UI_PLUS] = {2, {{2, {{.50f, .15f}, {.50f, .85f}}}, {2, {{.15f, .50f}, {.85f, .50f}}}}},
    [UI_MINUS] = {1, {{2, {{.15f, .50f}, {.85f, .50f}}}}},
    [UI_CAMERA_OFF] = {3,
                       {{5, {{.08f, .26f}, {.66f, .26f}, {.66f, .76f}, {.08f, .76f}, {.08f, .26f}}},
                        {4, {{.66f, .46f}, {.93f, .30f}, {.93f, .72f}, {.66f, .56f}}},
                        {2, {{.14f, .94f}, {.84f, .08f}}}}},
    [UI_RECORD] = {1, {{1, {{.50f, .50f}}}}},
    [UI_QUESTION] = {3,
                     {{5, {{.26f, .34f}, {.34f, .14f}, {.66f, .14f}, {.74f, .34f}, {.50f, .50f}}},
                      {2, {{.50f, .50f}, {.50f, .66f}}},
                      {1, {{.50f, .86f}}}}},
};

static void draw_disc(struct ui_raster *raster, enum ui_shape shape, float line)
{
    float r = (float)raster->w / 2;
    for (int y = 0; y < raster->h; y++)
        for (int x = 0; x < raster->w; x++) {
            float d = hypotf((float)x + 0.5f - r, (float)y + 0.5f - r);
            float cover = SDL_clamp(r - d + 0.5f, 0.0f, 1.0f);
            if (shape == UI_RING)
                cover -= SDL_clamp(r - line - d + 0.5f, 0.0f, 1.0f);
            if (shape == UI_NOTCH)
                cover = 1 - cover;
            raster->cover[y * raster->w + x] = (uint8_t)lroundf(255 * cover);
        }
}

static void draw_icon(struct ui_raster *raster, enum ui_shape shape, float line)
{
    const struct icon *icon = &icons[shape];
    float size = (float)raster->w;
    for (int s = 0; s < icon->n; s++) {
        struct ui_point point[6];
        for (int i = 0; i < icon->stroke[s].n; i++) {
            point[i].x = icon->stroke[s].point[i].x * size;
            point[i].y = icon->stroke[s].point[i].y * size;
        }
        ui_raster_stroke(raster, point, icon->stroke[s].n, line, 0);
    }
}

static SDL_Texture *make(struct ui_shapes *shapes, SDL_Renderer *renderer, enum ui_shape shape,
                         int size, int line)
{
    struct ui_raster *raster = &shapes->raster;
    if (ui_raster_reset(raster, size, size, NULL) < 0)
        return NULL;
    if (shape < UI_CHECK)
        draw_disc(raster, shape, (float)line);
    else
        draw_icon(raster, shape, (float)line);
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, size, size, 32, SDL_PIXELFORMAT_ARGB8888);
    if (!surface)
        return NULL;
    for (int y = 0; y < size; y++) {
        uint32_t *row =
            (uint32_t *)((uint8_t *)surface->pixels + (size_t)y * (size_t)surface->pitch);
        for (int x = 0; x < size; x++)
            row[x] = (uint32_t)raster->cover[y * size + x] << 24 | 0xffffff;
    }
    SDL_Texture *texture = SDL_CreateTextureFromSurface(renderer, surface);
    SDL_FreeSurface(surface);
    if (texture)
        SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
    return texture;
}

SDL_Texture *ui_shapes_get(struct ui_shapes *shapes, SDL_Renderer *renderer, enum ui_shape shape,
                           int size, int line)
{
    for (int i = 0; i < shapes->n; i++)
        if (shapes->kept[i].shape == shape && shapes->kept[i].size == size &&
            shapes->kept[i].line == line)
            return shapes->kept[i].texture;
    SDL_Texture *texture = make(shapes, renderer, shape, size, line);
    if (!texture)
        return NULL;
    int slot = shapes->n;
    if (shapes->n < UI_SHAPES) {
        shapes->n++;
    } else {
        slot = shapes->next;
        shapes->next = (slot + 1) % UI_SHAPES;
        SDL_DestroyTexture(shapes->kept[slot].texture);
    }
    shapes->kept[slot].shape = shape;
    shapes->kept[slot].size = size;
    shapes->kept[slot].line = line;
    shapes->kept[slot].texture = texture;
    return texture;
}

void ui_shapes_finish(struct ui_shapes *shapes)
{
    for (int i = 0; i < shapes->n; i++)
        SDL_DestroyTexture(shapes->kept[i].texture);
    ui_raster_finish(&shapes->raster);
    *shapes = (struct ui_shapes){0};
}
