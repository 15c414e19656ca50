// SPDX-License-Identifier: MIT
#include "ui/canvas.h"

#include <math.h>

int ui_canvas_init(struct ui_canvas *canvas, SDL_Renderer *renderer, float scale, struct err *err)
{
    *canvas = (struct ui_canvas){.renderer = renderer, .theme = &ui_theme_dark, .scale = scale};
    SDL_SetRenderDrawBlendMode(renderer, SDL_BLENDMODE_BLEND);
    return ui_text_create(&canvas->text, renderer, scale, err);
}

void ui_canvas_finish(struct ui_canvas *canvas)
{
    ui_shapes_finish(&canvas->shapes);
    ui_text_destroy(canvas->text);
    *canvas = (struct ui_canvas){0};
}

void ui_canvas_begin(struct ui_canvas *canvas, int w_px, int h_px, float scale)
{
    if (scale != canvas->scale) {
        canvas->scale = scale;
        ui_text_set_scale(canvas->text, scale);
        ui_shapes_finish(&canvas->shapes);
    }
    canvas->whole = (struct ui_box){0, 0, (float)w_px / scale, (float)h_px / scale};
    canvas->clip = canvas->whole;
    canvas->n_zones = canvas->columns = canvas->rows = 0;
    canvas->page_h = 0;
    SDL_Color c = canvas->theme->background;
    SDL_SetRenderDrawColor(canvas->renderer, c.r, c.g, c.b, 255);
    SDL_RenderClear(canvas->renderer);
}

struct ui_box ui_inset(struct ui_box box, float x, float y)
{
    x = fminf(x, box.w / 2);
    y = fminf(y, box.h / 2);
    return (struct ui_box){box.x + x, box.y + y, box.w - 2 * x, box.h - 2 * y};
}

struct ui_box ui_cut_top(struct ui_box *box, float h)
{
    h = fminf(h, box->h);
    struct ui_box strip = {box->x, box->y, box->w, h};
    box->y += h;
    box->h -= h;
    return strip;
}

struct ui_box ui_cut_bottom(struct ui_box *box, float h)
{
    h = fminf(h, box->h);
    box->h -= h;
    return (struct ui_box){box->x, box->y + box->h, box->w, h};
}

struct ui_box ui_cut_left(struct ui_box *box, float w)
{
    w = fminf(w, box->w);
    struct ui_box strip = {box->x, box->y, w, box->h};
    box->x += w;
    box->w -= w;
    return strip;
}

struct ui_box ui_cut_right(struct ui_box *box, float w)
{
    w = fminf(w, box->w);
    box->w -= w;
    return (struct ui_box){box->x + box->w, box->y, w, box->h};
}

struct ui_box ui_centred(struct ui_box box, float w, float h)
{
    return (struct ui_box){box.x + (box.w - w) / 2, box.y + (box.h - h) / 2, w, h};
}

bool ui_inside(struct ui_box box, float x, float y)
{
    return x >= box.x && x < box.x + box.w && y >= box.y && y < box.y + box.h;
}

SDL_Rect ui_pixels(const struct ui_canvas *canvas, struct ui_box box)
{
    int x = (int)lroundf(box.x * canvas->scale), y = (int)lroundf(box.y * canvas->scale);
    return (SDL_Rect){x, y, (int)lroundf((box.x + box.w) * canvas->scale) - x,
                      (int)lroundf((box.y + box.h) * canvas->scale) - y};
}

static void fill_pixels(struct ui_canvas *canvas, int x, int y, int w, int h, SDL_Color c)
{
    if (w <= 0 || h <= 0)
        return;
    SDL_SetRenderDrawColor(canvas->renderer, c.r, c.g, c.b, c.a);
    SDL_RenderFillRect(canvas->renderer, &(SDL_Rect){x, y, w, h});
}

void ui_fill(struct ui_canvas *canvas, struct ui_box box, SDL_Color colour)
{
    SDL_Rect r = ui_pixels(canvas, box);
    fill_pixels(canvas, r.x, r.y, r.w, r.h, colour);
}

static void tint(SDL_Texture *texture, SDL_Color c)
{
    SDL_SetTextureColorMod(texture, c.r, c.g, c.b);
    SDL_SetTextureAlphaMod(texture, c.a);
}

// Pixels of the radius: at most half of the shorter side.
static int radius_px(const struct ui_canvas *canvas, SDL_Rect r, float radius)
{
    int px = (int)lroundf(radius * canvas->scale);
    return SDL_min(px, SDL_min(r.w, r.h) / 2);
}

// Draws the quarters of a round shape into the corners of `r`.
static void corners(struct ui_canvas *canvas, SDL_Rect r, int radius, enum ui_shape shape, int line,
                    SDL_Color colour)
{
    SDL_Texture *texture =
        radius > 0 ? ui_shapes_get(&canvas->shapes, canvas->renderer, shape, 2 * radius, line)
                   : NULL;
    if (!texture)
        return;
    tint(texture, colour);
    for (int i = 0; i < 4; i++) {
        int right = i & 1, bottom = i >> 1;
        SDL_Rect from = {right * radius, bottom * radius, radius, radius};
        SDL_Rect to = {right ? r.x + r.w - radius : r.x, bottom ? r.y + r.h - radius : r.y, radius,
                       radius};
        SDL_RenderCopy(canvas->renderer, texture, &from, &to);
    }
}

void ui_fill_round(struct ui_canvas *canvas, struct ui_box box, float radius, SDL_Color colour)
{
    SDL_Rect r = ui_pixels(canvas, box);
    int px = radius_px(canvas, r, radius);
    corners(canvas, r, px, UI_DISC, 0, colour);
    fill_pixels(canvas, r.x + px, r.y, r.w - 2 * px, px, colour);
    fill_pixels(canvas, r.x, r.y + px, r.w, r.h - 2 * px, colour);
    fill_pixels(canvas, r.x + px, r.y + r.h - px, r.w - 2 * px, px, colour);
}

void ui_ring_round(struct ui_canvas *canvas, struct ui_box box, float radius, float line,
                   SDL_Color colour)
{
    SDL_Rect r = ui_pixels(canvas, box);
    int px = radius_px(canvas, r, radius);
    int width = SDL_max((int)lroundf(line * canvas->scale), 1);
    corners(canvas, r, px, UI_RING, width, colour);
    int inner_w = r.w - 2 * px, inner_h = r.h - 2 * px;
    fill_pixels(canvas, r.x + px, r.y, inner_w, width, colour);
    fill_pixels(canvas, r.x + px, r.y + r.h - width, inner_w, width, colour);
    fill_pixels(canvas, r.x, r.y + px, width, inner_h, colour);
    fill_pixels(canvas, r.x + r.w - width, r.y + px, width, inner_h, colour);
}

void ui_mask_round(struct ui_canvas *canvas, struct ui_box box, float radius, SDL_Color colour)
{
    SDL_Rect r = ui_pixels(canvas, box);
    corners(canvas, r, radius_px(canvas, r, radius), UI_NOTCH, 0, colour);
}

void ui_icon(struct ui_canvas *canvas, struct ui_box box, enum ui_shape icon, SDL_Color colour)
{
    SDL_Rect r = ui_pixels(canvas, box);
    int size = SDL_min(r.w, r.h);
    int line = icon == UI_RECORD ? size * 3 / 4 : SDL_max((size + 4) / 8, 1);
    SDL_Texture *texture =
        size > 0 ? ui_shapes_get(&canvas->shapes, canvas->renderer, icon, size, line) : NULL;
    if (!texture)
        return;
    tint(texture, colour);
    SDL_Rect to = {r.x + (r.w - size) / 2, r.y + (r.h - size) / 2, size, size};
    SDL_RenderCopy(canvas->renderer, texture, NULL, &to);
}

void ui_clip(struct ui_canvas *canvas, struct ui_box box)
{
    SDL_Rect r = ui_pixels(canvas, box);
    canvas->clip = box;
    SDL_RenderSetClipRect(canvas->renderer, &r);
}

void ui_unclip(struct ui_canvas *canvas)
{
    canvas->clip = canvas->whole;
    SDL_RenderSetClipRect(canvas->renderer, NULL);
}

// An empty one at the nearest edge of `b` where they are apart.
static struct ui_box overlap(struct ui_box a, struct ui_box b)
{
    float x = SDL_clamp(a.x, b.x, b.x + b.w), y = SDL_clamp(a.y, b.y, b.y + b.h);
    float right = SDL_clamp(a.x + a.w, b.x, b.x + b.w);
    float bottom = SDL_clamp(a.y + a.h, b.y, b.y + b.h);
    return (struct ui_box){x, y, right - x, bottom - y};
}

bool ui_in_sight(const struct ui_canvas *canvas, struct ui_box box)
{
    struct ui_box seen = overlap(box, canvas->clip);
    return seen.w > 0 && seen.h > 0;
}

void ui_zone_add(struct ui_canvas *canvas, struct ui_zone zone)
{
    const struct ui_box whole = zone.box, clip = canvas->clip;
    if (canvas->n_zones == UI_ZONES)
        return;
    zone.box = overlap(whole, clip);
    zone.hidden =
        whole.y < clip.y ? whole.y - clip.y : fmaxf(whole.y + whole.h - (clip.y + clip.h), 0);
    canvas->zone[canvas->n_zones++] = zone;
}

const struct ui_zone *ui_zone_at(const struct ui_canvas *canvas, float x, float y)
{
    for (int i = canvas->n_zones; i-- > 0;)
        if (ui_inside(canvas->zone[i].box, x, y))
            return &canvas->zone[i];
    return NULL;
}

int ui_scrolled(const struct ui_canvas *canvas, struct ui_box box)
{
    return ui_inside(box, canvas->mouse_x, canvas->mouse_y) ? (int)canvas->scrolled : 0;
}

bool ui_zone_same(const struct ui_zone *a, const struct ui_zone *b)
{
    return a->kind == b->kind && a->key == b->key && a->index == b->index && a->amount == b->amount;
}
