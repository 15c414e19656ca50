// SPDX-License-Identifier: MIT
// What the files of this room share and nobody else includes.
#ifndef VISAVIS_CORE_IMAGE_INTERNAL_H
#define VISAVIS_CORE_IMAGE_INTERNAL_H

#include "core/image/image.h"

// As img_reserve(), with at least `extra` bytes of the same memory behind the pixels. They are the
// caller's until the picture is next written, and begin at img_extra(), aligned to 16.
int img_reserve_extra(struct img *img, int w, int h, size_t extra, struct err *err);
void *img_extra(const struct img *img);

// 0, or ERR_DATA: "NAME: WxH is too large" or "... is empty" for a size that img_reserve() refuses.
int img_check_size(int64_t w, int64_t h, const char *name, struct err *err);

// 0, or ERR_DATA unless `rect` has an area and lies inside `img`. No overflow whatever its values.
int img_check_rect(struct img_rect rect, const struct img *img, struct err *err);

// The bytes to decode.
struct img_source {
    const uint8_t *data;
    size_t size;
    const char *name; // for error texts
    int min_side;     // as img_decode()
};

// The decoders behind img_decode(), for data that begins like their format. *orientation becomes
// what EXIF says, 1..8. Errors: as img_decode().
int img_decode_jpeg(struct img *out, int *orientation, const struct img_source *src,
                    struct err *err);
int img_decode_png(struct img *out, int *orientation, const struct img_source *src,
                   struct err *err);
int img_decode_webp(struct img *out, int *orientation, const struct img_source *src,
                    struct err *err);

// ERR_DATA with "NAME: FORMAT ends early (after N bytes)", and with "NAME: FORMAT is damaged
// (WHY)".
int img_ends_early(const struct img_source *src, const char *format, struct err *err);
int img_damaged(const struct img_source *src, const char *format, const char *why, struct err *err);

// out = rgba: [out->h, out->w, 4], straight alpha, over white. The blend is done on sRGB values, as
// browsers do.
void img_over_white(struct img *out, const uint8_t *rgba);

// The orientation (1..8, TIFF 6.0 tag 274) that an EXIF block tells, with or without "Exif\0\0" in
// front; 1 when it tells none.
int img_exif_orientation(const uint8_t *exif, size_t size);

// Turns and mirrors a picture that is stored with `orientation` upright, in its own memory.
// Errors: ERR_MEMORY; the picture is then as it was.
int img_turn_upright(struct img *img, int orientation, struct err *err);

#endif
