// SPDX-License-Identifier: MIT
// Decoding: JPEG (libjpeg-turbo), PNG (libpng), WebP (libwebp; the first frame of an animation).
// The format is told by content, never by name. EXIF orientation (libexif) is applied. Grey, CMYK,
// palette and 16-bit pictures become 8-bit RGB; transparency is laid over white. Any thread.
#ifndef VISAVIS_CORE_IMAGE_DECODE_H
#define VISAVIS_CORE_IMAGE_DECODE_H

#include "core/image/image.h"

#include <stdbool.h>

// Decodes `size` bytes. `name` is used in error texts alone. `min_side` > 0 allows the decoder to
// deliver a smaller picture (JPEG: 1/2, 1/4, 1/8 in the DCT domain, which is also faster) as long
// as both its sides are at least `min_side` pixels; 0 asks for the full size. `out` as in
// img_reserve(); on failure it is undefined but valid.
// A picture that ends early or is damaged is an error, never a half-grey picture.
// Errors: ERR_DATA ("NAME: not a picture (starts with "<htm")", "NAME: JPEG ends early (...)",
// "NAME: 50000x50000 is too large"), ERR_MEMORY.
int img_decode(struct img *out, const void *data, size_t size, const char *name, int min_side,
               struct err *err);

// The same from a file of at most 512 MiB.
int img_load(struct img *out, const char *path, int min_side, struct err *err);

// Whether the name ends like a picture we read: .jpg .jpeg .png .webp in any case.
bool img_is_picture_name(const char *path);

// A JPEG decoder kept between frames, for camera streams: no allocation when the size stays the
// same. It accepts streams without Huffman tables (Motion JPEG) and bytes between frames, but not a
// frame that ends early. Owned by one thread.
struct img_jpeg;
int img_jpeg_create(struct img_jpeg **out, struct err *err);
void img_jpeg_destroy(struct img_jpeg *jpeg);
// Full size, no EXIF. Errors: ERR_DATA, ERR_MEMORY.
int img_jpeg_decode(struct img_jpeg *jpeg, struct img *out, const void *data, size_t size,
                    struct err *err);

#endif
