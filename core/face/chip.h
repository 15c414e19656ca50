// SPDX-License-Identifier: MIT
// The chip: what the net sees of a picture. 105 x 105 pixels, planar, 8 bits; as net input
// 0..1 in float32. Camera frames are cut at the guide box; stored pictures are taken whole.
#ifndef VISAVIS_CORE_FACE_CHIP_H
#define VISAVIS_CORE_FACE_CHIP_H

#include "core/image/image.h"

#define FACE_CHIP_SIDE 105
// Bytes of a chip of c channels, and floats of a net input.
#define FACE_CHIP_SIZE(c) ((size_t)(c)*FACE_CHIP_SIDE * FACE_CHIP_SIDE)

// The square in the middle of a w x h frame where the user's face belongs: 250 pixels for each
// full 480 lines of the frame (250 for 480, 600, 720; 500 for 960, 1080), but never larger than
// the frame itself.
struct img_rect face_guide_box(int w, int h);

// The whole picture.
struct img_rect face_whole(const struct img *picture);

// chip: [channels, 105, 105] = the part `box` of the picture (inside it), resized. channels is 3,
// or 1 for luma (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B). `scratch` is any reusable picture.
// Errors: ERR_DATA, ERR_MEMORY.
int face_chip(uint8_t *chip, int channels, const struct img *picture, struct img_rect box,
              struct img *scratch, struct err *err);

// A chip at half its size and with three channels, to be looked at.
#define FACE_THUMB_SIDE (FACE_CHIP_SIDE / 2)
#define FACE_THUMB_SIZE ((size_t)3 * FACE_THUMB_SIDE * FACE_THUMB_SIDE)

// thumb: [52, 52, 3] = the means of each 2 x 2 pixels of chip: [channels, 105, 105], whose last row
// and column are left out; grey where there is one channel.
void face_chip_thumb(uint8_t *thumb, const uint8_t *chip, int channels);

// x: float32, the shape of the chip, = chip / 255.
void face_chip_input(float *x, const uint8_t *chip, int channels);

#endif
