// SPDX-License-Identifier: MIT
#include "core/image/image.h"

#include "core/image/internal.h"

#include <stdlib.h>
#include <string.h>

#define CHANNELS    3
#define EXTRA_ALIGN 16
#define HASH_COLS   9
#define HASH_ROWS   8

static size_t pixel_bytes(int w, int h)
{
    return (size_t)w * (size_t)h * CHANNELS;
}

static size_t extra_offset(int w, int h)
{
    return (pixel_bytes(w, h) + EXTRA_ALIGN - 1) / EXTRA_ALIGN * EXTRA_ALIGN;
}

// The old content is not carried over, so this is no realloc(): that would copy it.
static int grow(struct img *img, size_t bytes, struct err *err)
{
    if (bytes <= img->capacity)
        return 0;
    uint8_t *px = malloc(bytes);
    if (!px)
        return err_memory(err, "picture");
    free(img->px);
    img->px = px;
    img->capacity = bytes;
    return 0;
}

int img_check_size(int64_t w, int64_t h, const char *name, struct err *err)
{
    if (w < 1 || h < 1)
        return err_set(err, ERR_DATA, "%s: %lldx%lld is empty", name, (long long)w, (long long)h);
    if (w > IMG_MAX_SIDE || h > IMG_MAX_SIDE || w * h > IMG_MAX_PIXELS)
        return err_set(err, ERR_DATA, "%s: %lldx%lld is too large", name, (long long)w,
                       (long long)h);
    return 0;
}

int img_check_rect(struct img_rect rect, const struct img *img, struct err *err)
{
    if (rect.x >= 0 && rect.y >= 0 && rect.w > 0 && rect.h > 0 && rect.w <= img->w &&
        rect.h <= img->h && rect.x <= img->w - rect.w && rect.y <= img->h - rect.h)
        return 0;
    return err_set(err, ERR_DATA, "the part %dx%d at %d,%d is not inside the picture of %dx%d",
                   rect.w, rect.h, rect.x, rect.y, img->w, img->h);
}

int img_reserve_extra(struct img *img, int w, int h, size_t extra, struct err *err)
{
    int ret = img_check_size(w, h, "picture", err);
    if (ret)
        return ret;
    ret = grow(img, extra ? extra_offset(w, h) + extra : pixel_bytes(w, h), err);
    if (ret)
        return ret;
    img->w = w;
    img->h = h;
    return 0;
}

void *img_extra(const struct img *img)
{
    return img->px + extra_offset(img->w, img->h);
}

int img_reserve(struct img *img, int w, int h, struct err *err)
{
    return img_reserve_extra(img, w, h, 0, err);
}

void img_finish(struct img *img)
{
    free(img->px);
    *img = (struct img){0};
}

int img_copy(struct img *dst, const struct img *src, struct err *err)
{
    if (dst == src)
        return 0;
    return img_crop(dst, src, (struct img_rect){0, 0, src->w, src->h}, err);
}

int img_crop(struct img *dst, const struct img *src, struct img_rect rect, struct err *err)
{
    int ret = img_check_rect(rect, src, err);
    if (!ret)
        ret = img_reserve(dst, rect.w, rect.h, err);
    if (ret)
        return ret;
    for (int y = 0; y < rect.h; y++)
        memcpy(dst->px + pixel_bytes(rect.w, y),
               src->px + pixel_bytes(src->w, rect.y + y) + pixel_bytes(rect.x, 1),
               pixel_bytes(rect.w, 1));
    return 0;
}

// Where part i of n begins.
static int part(int whole, int n, int i)
{
    return (int)((int64_t)i * whole / n);
}

struct img_rect img_cell(struct img_rect rect, int cols, int rows, int col, int row)
{
    int x = part(rect.w, cols, col), w = part(rect.w, cols, col + 1) - x;
    int y = part(rect.h, rows, row), h = part(rect.h, rows, row + 1) - y;
    return (struct img_rect){rect.x + x, rect.y + y, w > 0 ? w : 1, h > 0 ? h : 1};
}

double img_luma(const struct img *img, struct img_rect rect, int step)
{
    uint64_t sum[CHANNELS] = {0}, n = 0;
    for (int y = 0; y < rect.h; y += step) {
        const uint8_t *p = img->px + pixel_bytes(img->w, rect.y + y) + pixel_bytes(rect.x, 1);
        for (int x = 0; x < rect.w; x += step, p += CHANNELS * step, n++)
            for (int c = 0; c < CHANNELS; c++)
                sum[c] += p[c];
    }
    return (0.299 * (double)sum[0] + 0.587 * (double)sum[1] + 0.114 * (double)sum[2]) / (double)n;
}

static double hash_luma(const struct img *img, int col, int row)
{
    struct img_rect whole = {0, 0, img->w, img->h};
    return img_luma(img, img_cell(whole, HASH_COLS, HASH_ROWS, col, row), 1);
}

uint64_t img_dhash(const struct img *img)
{
    uint64_t hash = 0;
    for (int row = 0; row < HASH_ROWS; row++) {
        double left = hash_luma(img, 0, row);
        for (int col = 1; col < HASH_COLS; col++) {
            double right = hash_luma(img, col, row);
            hash = hash << 1 | (left > right + 1.0);
            left = right;
        }
    }
    return hash;
}
