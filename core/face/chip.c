// SPDX-License-Identifier: MIT
#include "core/face/chip.h"

#include "core/face/pose.h"
#include "core/image/resize.h"

#define GUIDE_SIDE  250 // pixels, for GUIDE_LINES of the frame
#define GUIDE_LINES 480
#define PLANE       FACE_CHIP_SIZE(1)

struct img_rect face_guide_box(int w, int h)
{
    int side = GUIDE_SIDE * (h < GUIDE_LINES ? 1 : h / GUIDE_LINES);
    side = side > w ? w : side;
    side = side > h ? h : side;
    return (struct img_rect){(w - side) / 2, (h - side) / 2, side, side};
}

struct img_rect face_whole(const struct img *picture)
{
    return (struct img_rect){0, 0, picture->w, picture->h};
}

static void split_planes(uint8_t *chip, const uint8_t *px)
{
    for (size_t i = 0; i < PLANE; i++)
        for (size_t c = 0; c < 3; c++)
            chip[c * PLANE + i] = px[3 * i + c];
}

static void to_luma(uint8_t *chip, const uint8_t *px)
{
    for (size_t i = 0; i < PLANE; i++, px += 3)
        chip[i] = face_luma_of(px);
}

int face_chip(uint8_t *chip, int channels, const struct img *picture, struct img_rect box,
              struct img *scratch, struct err *err)
{
    int ret = img_resize(scratch, picture, box, FACE_CHIP_SIDE, FACE_CHIP_SIDE, err);
    if (ret)
        return ret;
    if (channels == 1)
        to_luma(chip, scratch->px);
    else
        split_planes(chip, scratch->px);
    return 0;
}

void face_chip_thumb(uint8_t *thumb, const uint8_t *chip, int channels)
{
    for (size_t y = 0; y < FACE_THUMB_SIDE; y++)
        for (size_t x = 0; x < FACE_THUMB_SIDE; x++)
            for (size_t c = 0; c < 3; c++) {
                const uint8_t *p =
                    chip + (channels == 1 ? 0 : c * PLANE) + 2 * (y * FACE_CHIP_SIDE + x);
                int sum = p[0] + p[1] + p[FACE_CHIP_SIDE] + p[FACE_CHIP_SIDE + 1];
                thumb[3 * (y * FACE_THUMB_SIDE + x) + c] = (uint8_t)((sum + 2) / 4);
            }
}

void face_chip_input(float *x, const uint8_t *chip, int channels)
{
    size_t n = FACE_CHIP_SIZE(channels);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)chip[i] / 255.0f;
}
