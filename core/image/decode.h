// SPDX-License-Identifier: MIT
// Decoding: JPEG (libjpeg-turbo), PNG (libpng), WebP (libwebp; the first frame of an animation).
// The format is told by content, never by name. EXIF orientation (libexif) is applied in all three.
// Grey, CMYK, palette and 16-bit pictures become 8-bit RGB; transparency is laid over white. Any
// thread.
#ifndef VISAVIS_CORE_IMAGE_DECODE_H
#define VISAVIS_CORE_IMAGE_DECODE_H

#include "core/image/image.h"

#include <stdbool.h>

// Decodes `size` bytes. `name` is used in error texts alone. `min_side` > 0 allows the decoder to
// deliver a smaller picture (JPEG: 1/2, 1/4, 1/8 in the DCT domain, which is also faster) as long
// as both its sides are at least `min_side` pixels; 0 asks for the full size. `out` as in
// img_reserve(); on failure it is undefined but valid.
// A picture that ends early or is damaged is an error, never a half-grey picture.
// Errors: ERR_DATA ("NAME: not a picture (starts with "<htm")", "NAME: the file is empty", "NAME:
// HEIC is not read: ...", "NAME: JPEG ends early (...)", "NAME: JPEG is damaged (...)", "NAME:
// 50000x50000 is too large"), ERR_MEMORY. What is too large is refused before memory is taken.
int img_decode(struct img *out, const void *data, size_t size, const char *name, int min_side,
               struct err *err);

// The same from a file of at most 512 MiB; `path` is the name.
int img_load(struct img *out, const char *path, int min_side, struct err *err);

// Whether a file starts like a picture that can be read; it may be damaged further on. Opens the
// file, and looks at its first bytes alone. Errors: ERR_DATA, in img_load()'s words.
int img_check_start(const char *path, struct err *err);

// Whether a file's first bytes are those of a picture, of a format that is read or of another one.
bool img_starts_as_picture(const char *path);

// Whether the name ends like a picture we read: .jpg .jpeg .png .webp in any case.
bool img_is_picture_name(const char *path);

// A JPEG decoder kept between frames, for camera streams: at the same size the picture's memory is
// reused (libjpeg takes and returns a few rows of its own with each frame). It accepts frames
// without Huffman tables (Motion JPEG), with bytes before and behind, and without an end marker
// where nothing else follows, but not a frame that ends early. What a frame brings doesn't alter
// how the next is decoded. Owned by one thread.
struct img_jpeg;
// Errors: ERR_MEMORY; *out is then NULL.
int img_jpeg_create(struct img_jpeg **out, struct err *err);
// NULL is fine.
void img_jpeg_destroy(struct img_jpeg *jpeg);
// Full size, no EXIF; `out` as img_decode(). After an error go on with the next frame. Errors:
// ERR_DATA ("camera frame: JPEG ends early (...)" and the like), ERR_MEMORY.
int img_jpeg_decode(struct img_jpeg *jpeg, struct img *out, const void *data, size_t size,
                    struct err *err);

#endif
