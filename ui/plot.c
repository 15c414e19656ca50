// SPDX-License-Identifier: MIT
#include "ui/plot.h"

#include <math.h>
#include <stdlib.h>

static uint32_t pack(SDL_Color c)
{
    return 0xff000000u | (uint32_t)c.r << 16 | (uint32_t)c.g << 8 | c.b;
}

static bool resize(struct ui_plot *plot, SDL_Renderer *renderer, int w, int h)
{
    if (plot->texture && plot->w == w && plot->h == h)
        return true;
    ui_plot_finish(plot);
    plot->px = malloc((size_t)w * (size_t)h * sizeof *plot->px);
    plot->texture =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, w, h);
    if (!plot->px || !plot->texture || ui_raster_reset(&plot->raster, w, h, NULL) < 0) {
        ui_plot_finish(plot);
        return false;
    }
    SDL_SetTextureBlendMode(plot->texture, SDL_BLENDMODE_NONE);
    plot->w = w;
    plot->h = h;
    return true;
}

bool ui_plot_begin(struct ui_plot *plot, struct ui_canvas *canvas, struct ui_box box)
{
    SDL_Rect r = ui_pixels(canvas, box);
    if (r.w < 8 || r.h < 8 || !resize(plot, canvas->renderer, r.w, r.h))
        return false;
    plot->box = box;
    plot->scale = canvas->scale;
    uint32_t background = pack(canvas->theme->well);
    for (size_t i = 0, n = (size_t)plot->w * (size_t)plot->h; i < n; i++)
        plot->px[i] = background;
    return true;
}

static int mix(int below, int above, int opacity) // opacity: 0..255
{
    return below + (above - below) * opacity / 255;
}

// Lays what the raster holds over the picture in `colour`, and empties it.
static void lay_over(struct ui_plot *plot, SDL_Color c)
{
    for (size_t i = 0, n = (size_t)plot->w * (size_t)plot->h; i < n; i++) {
        int opacity = plot->raster.cover[i] * c.a / 255;
        if (opacity == 0)
            continue;
        uint32_t below = plot->px[i];
        SDL_Color mixed = {(Uint8)mix(below >> 16 & 255, c.r, opacity),
                           (Uint8)mix(below >> 8 & 255, c.g, opacity),
                           (Uint8)mix(below & 255, c.b, opacity), 255};
        plot->px[i] = pack(mixed);
    }
    ui_raster_clear(&plot->raster);
}

// To pixels, with room for the width of a line at top and bottom.
static int convert(struct ui_plot *plot, const struct ui_point *points, int n)
{
    float margin = 3 * plot->scale, height = (float)plot->h - 2 * margin;
    int used = 0;
    for (int i = 0; i < n && used < UI_PLOT_POINTS; i++) {
        if (!isfinite(points[i].x) || !isfinite(points[i].y))
            continue;
        float y = fminf(fmaxf(points[i].y, 0), 1);
        plot->point[used].x = points[i].x * (float)plot->w;
        plot->point[used++].y = margin + (1 - y) * height;
    }
    return used;
}

void ui_plot_line(struct ui_plot *plot, const struct ui_point *points, int n, float width,
                  float dash, SDL_Color colour)
{
    n = convert(plot, points, n);
    if (n == 1)
        width *= dash > 0 ? 2 : 3;
    ui_raster_stroke(&plot->raster, plot->point, n, width * plot->scale, dash * plot->scale);
    lay_over(plot, colour);
}

void ui_plot_below(struct ui_plot *plot, const struct ui_point *points, int n, SDL_Color colour)
{
    n = convert(plot, points, n);
    ui_raster_fill_below(&plot->raster, plot->point, n);
    lay_over(plot, colour);
}

void ui_plot_end(struct ui_plot *plot, struct ui_canvas *canvas)
{
    SDL_Rect to = ui_pixels(canvas, plot->box);
    SDL_UpdateTexture(plot->texture, NULL, plot->px, plot->w * (int)sizeof *plot->px);
    SDL_RenderCopy(canvas->renderer, plot->texture, NULL, &to);
    ui_mask_round(canvas, plot->box, UI_ROUND, canvas->theme->card);
}

void ui_plot_finish(struct ui_plot *plot)
{
    free(plot->px);
    if (plot->texture)
        SDL_DestroyTexture(plot->texture);
    ui_raster_finish(&plot->raster);
    plot->px = NULL;
    plot->texture = NULL;
    plot->w = plot->h = 0;
}
