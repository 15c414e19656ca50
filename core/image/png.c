// SPDX-License-Identifier: MIT
#include "core/image/internal.h"

#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SIGNATURE_SIZE 8
#define CHUNK_OVERHEAD 12 // length, type, checksum

// What libpng's simplified API doesn't tell.
struct outline {
    bool complete;       // the IEND chunk is there
    const uint8_t *exif; // NULL: none
    size_t exif_size;
};

static struct outline walk_chunks(const uint8_t *data, size_t size)
{
    struct outline outline = {0};
    size_t at = SIGNATURE_SIZE;
    while (size - at >= CHUNK_OVERHEAD && !outline.complete) {
        const uint8_t *chunk = data + at;
        size_t length = png_get_uint_32(chunk);
        if (length > size - at - CHUNK_OVERHEAD)
            break;
        if (memcmp(chunk + 4, "eXIf", 4) == 0) {
            outline.exif = chunk + 8;
            outline.exif_size = length;
        }
        outline.complete = memcmp(chunk + 4, "IEND", 4) == 0;
        at += CHUNK_OVERHEAD + length;
    }
    return outline;
}

static int read_pixels(struct img *out, png_image *png, const struct img_source *src,
                       struct err *err)
{
    int ret = img_reserve(out, (int)png->width, (int)png->height, err);
    if (ret)
        return ret;
    uint8_t *rgba = NULL;
    bool transparent = png->format & PNG_FORMAT_FLAG_ALPHA;
    if (transparent && !(rgba = malloc((size_t)png->width * png->height * 4)))
        return err_memory(err, "transparent PNG");
    png->format = transparent ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
    png->flags |= PNG_IMAGE_FLAG_16BIT_sRGB; // not linear, unless the file says so
    if (!png_image_finish_read(png, NULL, transparent ? rgba : out->px, 0, NULL))
        ret = img_damaged(src, "PNG", png->message, err);
    else if (transparent) // libpng would blend in linear light: this is as with other formats
        img_over_white(out, rgba);
    free(rgba);
    return ret;
}

int img_decode_png(struct img *out, int *orientation, const struct img_source *src, struct err *err)
{
    struct outline outline = walk_chunks(src->data, src->size);
    png_image png = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(&png, src->data, src->size))
        return outline.complete ? img_damaged(src, "PNG", png.message, err)
                                : img_ends_early(src, "PNG", err);
    int ret = img_check_size(png.width, png.height, src->name, err);
    if (!ret && !outline.complete)
        ret = img_ends_early(src, "PNG", err);
    if (!ret)
        ret = read_pixels(out, &png, src, err);
    if (!ret && outline.exif)
        *orientation = img_exif_orientation(outline.exif, outline.exif_size);
    png_image_free(&png);
    return ret;
}
