// SPDX-License-Identifier: MIT
#include "ui/picture.h"

void ui_picture_finish(struct ui_picture *picture)
{
    if (picture->texture)
        SDL_DestroyTexture(picture->texture);
    *picture = (struct ui_picture){0};
}

static bool resize(struct ui_picture *picture, SDL_Renderer *renderer, int w, int h)
{
    if (picture->texture && picture->w == w && picture->h == h)
        return true;
    ui_picture_finish(picture);
    picture->texture =
        SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ARGB8888, SDL_TEXTUREACCESS_STREAMING, w, h);
    if (!picture->texture)
        return false;
    SDL_SetTextureScaleMode(picture->texture, SDL_ScaleModeLinear);
    SDL_SetTextureBlendMode(picture->texture, SDL_BLENDMODE_NONE);
    picture->w = w;
    picture->h = h;
    return true;
}

static uint32_t pack(unsigned r, unsigned g, unsigned b)
{
    return 0xff000000u | r << 16 | g << 8 | b;
}

// The mean of the k x k pixels at `px`, rows `pitch` bytes apart.
static uint32_t mean(const uint8_t *px, size_t pitch, unsigned k)
{
    unsigned sum[3] = {0};
    for (unsigned y = 0; y < k; y++, px += pitch)
        for (unsigned i = 0; i < 3 * k; i += 3) {
            sum[0] += px[i];
            sum[1] += px[i + 1];
            sum[2] += px[i + 2];
        }
    return pack(sum[0] / (k * k), sum[1] / (k * k), sum[2] / (k * k));
}

static void convert_row(uint32_t *to, int w, bool mirror, const uint8_t *px, size_t pitch, int k)
{
    int step = mirror ? -1 : 1;
    to += mirror ? w - 1 : 0;
    for (int x = 0; x < w; x++, to += step, px += 3 * k)
        *to = k == 1 ? pack(px[0], px[1], px[2]) : mean(px, pitch, (unsigned)k);
}

bool ui_picture_upload(struct ui_picture *picture, SDL_Renderer *renderer, const struct img *frame,
                       int64_t number, bool mirror, int shown_px)
{
    int shrink = SDL_clamp(frame->w / SDL_max(shown_px, 1), 1, SDL_min(frame->w, frame->h));
    if (picture->valid && picture->number == number && picture->mirror == mirror &&
        picture->shrink == shrink)
        return true;
    void *pixels;
    int pitch;
    if (!resize(picture, renderer, frame->w / shrink, frame->h / shrink) ||
        SDL_LockTexture(picture->texture, NULL, &pixels, &pitch) < 0)
        return picture->valid = false;
    size_t frame_pitch = 3 * (size_t)frame->w;
    for (int y = 0; y < picture->h; y++)
        convert_row((uint32_t *)((uint8_t *)pixels + (ptrdiff_t)y * pitch), picture->w, mirror,
                    frame->px + (size_t)(y * shrink) * frame_pitch, frame_pitch, shrink);
    SDL_UnlockTexture(picture->texture);
    picture->number = number;
    picture->mirror = mirror;
    picture->shrink = shrink;
    return picture->valid = true;
}
