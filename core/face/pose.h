// SPDX-License-Identifier: MIT
// Where a face is in a picture, and pictures of it taken from there.
#ifndef VISAVIS_CORE_FACE_POSE_H
#define VISAVIS_CORE_FACE_POSE_H

#include "core/image/image.h"

#include <stdint.h>

// A square over a face: pixel coordinates, (0, 0) is the outer corner of the upper left pixel.
struct face_pose {
    float x, y;  // centre
    float side;  // pixels, from the brows to the chin
    float angle; // radians, clockwise on the screen
};

// The middle of a rectangle, and its shorter side.
struct face_pose face_pose_of(struct img_rect rect);

// The rectangle of a pose, upright; it may reach beyond the picture.
struct img_rect face_pose_box(const struct face_pose *pose);

// What to keep of a w x h picture for the face in it: the square around it of twice its side, moved
// and made smaller where it would reach beyond the picture. A face that lies within the picture is
// in it whole.
struct img_rect face_pose_surroundings(const struct face_pose *pose, int w, int h);

// A picture in one channel. Borrowed.
struct face_luma {
    const uint8_t *px; // [h, w]
    int w, h;
};

// A square that lies slanted: stretched along its own x axis by a factor (and as much smaller along
// y), and sheared.
struct face_view {
    struct face_pose pose;
    float stretch; // 1: not at all
    float shear;   // 0: not at all
};

// out: [n, n] = the square that is `zoom` times as large as the pose, by linear interpolation;
// where it takes less than a pixel for two, the mean over each. Beyond the picture's edge its
// outermost pixels go on. Values 0..255.
void face_sample(float *out, int n, const struct face_luma *luma, const struct face_pose *pose,
                 float zoom);
// The same of a slanted square.
void face_sample_view(float *out, int n, const struct face_luma *luma,
                      const struct face_view *view);

// out: [h, w] = what lies right of and below (x, y), at one pixel for `step` of the picture;
// sampled as above.
void face_scale(uint8_t *out, int w, int h, const struct face_luma *luma, float x, float y,
                float step);

// Luma of an RGB pixel (ITU-R BT.601): 0.299 R + 0.587 G + 0.114 B.
static inline uint8_t face_luma_of(const uint8_t *rgb)
{
    return (uint8_t)((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
}

#endif
