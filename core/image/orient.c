// SPDX-License-Identifier: MIT
#include "core/image/internal.h"

#include <libexif/exif-data.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define EXIF_HEADER      "Exif\0"
#define EXIF_HEADER_SIZE 6

static int orientation_of(ExifData *exif)
{
    ExifEntry *entry = exif_content_get_entry(exif->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->size < 2)
        return 1;
    int orientation = exif_get_short(entry->data, exif_data_get_byte_order(exif));
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

static int parse(const uint8_t *block, size_t size)
{
    ExifData *exif = exif_data_new();
    if (!exif)
        return 1;
    // Take the entries as they are: mending them would hide a wrong one.
    exif_data_unset_option(exif, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
    exif_data_load_data(exif, block, (unsigned)size);
    int orientation = orientation_of(exif);
    exif_data_unref(exif);
    return orientation;
}

int img_exif_orientation(const uint8_t *exif, size_t size)
{
    if (size >= EXIF_HEADER_SIZE && memcmp(exif, EXIF_HEADER, EXIF_HEADER_SIZE) == 0)
        return parse(exif, size);
    // libexif knows the block by its JPEG header, which PNG and WebP leave out.
    uint8_t *block = size > 0 ? malloc(EXIF_HEADER_SIZE + size) : NULL;
    if (!block)
        return 1;
    memcpy(block, EXIF_HEADER, EXIF_HEADER_SIZE);
    memcpy(block + EXIF_HEADER_SIZE, exif, size);
    int orientation = parse(block, EXIF_HEADER_SIZE + size);
    free(block);
    return orientation;
}

// How the stored picture must be read: mirrored in its own x and y first, its sides swapped then.
static const struct {
    bool mirror_x;
    bool mirror_y;
    bool swap;
} turns[9] = {
    [2] = {true, false, false}, // mirrored
    [3] = {true, true, false},  // upside down
    [4] = {false, true, false}, // mirrored, upside down
    [5] = {false, false, true}, // mirrored at the main diagonal
    [6] = {false, true, true},  // to be turned clockwise
    [7] = {true, true, true},   // mirrored at the other diagonal
    [8] = {true, false, true},  // to be turned counter-clockwise
};

int img_turn_upright(struct img *img, int orientation, struct err *err)
{
    if (orientation < 2 || orientation > 8)
        return 0;
    size_t bytes = (size_t)img->w * (size_t)img->h * 3;
    uint8_t *stored = malloc(bytes);
    if (!stored)
        return err_memory(err, "turning a picture");
    memcpy(stored, img->px, bytes);
    ptrdiff_t w = img->w, h = img->h;
    ptrdiff_t step_x = turns[orientation].mirror_x ? -3 : 3;
    ptrdiff_t step_y = turns[orientation].mirror_y ? -3 * w : 3 * w;
    const uint8_t *first =
        stored + (step_x < 0 ? 3 * (w - 1) : 0) + (step_y < 0 ? 3 * w * (h - 1) : 0);
    if (turns[orientation].swap) {
        img->w = (int)h;
        img->h = (int)w;
        ptrdiff_t step = step_x;
        step_x = step_y;
        step_y = step;
    }
    uint8_t *dst = img->px;
    for (int y = 0; y < img->h; y++) {
        const uint8_t *src = first + y * step_y;
        for (int x = 0; x < img->w; x++, src += step_x, dst += 3)
            memcpy(dst, src, 3);
    }
    free(stored);
    return 0;
}
