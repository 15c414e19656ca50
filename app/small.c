// SPDX-License-Identifier: MIT
#include "app/small.h"

#include "core/image/decode.h"
#include "core/image/resize.h"

#include <string.h>

int app_small_make(struct app_small *m, const char *path, int side, struct err *err)
{
    int ret = img_load(&m->whole, path, side, err);
    if (ret)
        return ret;
    int w = m->whole.w, h = m->whole.h, whole = w < h ? w : h;
    struct img_rect square = {(w - whole) / 2, (h - whole) / 4, whole, whole};
    return img_resize(&m->small, &m->whole, square, side, side, err);
}

void app_small_put(struct img *row, int at, const uint8_t *px, int w)
{
    size_t side = (size_t)row->h;
    for (size_t y = 0; y < side; y++)
        memcpy(row->px + 3 * (y * (size_t)row->w + (size_t)at * side), px + 3 * y * (size_t)w,
               3 * side);
}

void app_small_finish(struct app_small *m)
{
    img_finish(&m->whole);
    img_finish(&m->small);
}
