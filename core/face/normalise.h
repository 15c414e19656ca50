// SPDX-License-Identifier: MIT
// Taking the light out of a face. What the net gets of a face is no picture but three measures of
// it, each of luma's logarithm (in which light and skin add up) less its mean around the point,
// over the contrast around the point: fine, middle and coarse. Brightness, the camera's gamma and
// white balance and slow changes of light cancel; the background outside an oval becomes grey.
// (Local mean and variance normalisation; compare Tan and Triggs, "Enhanced Local Texture Feature
// Sets for Face Recognition under Difficult Lighting Conditions", 2010.)
#ifndef VISAVIS_CORE_FACE_NORMALISE_H
#define VISAVIS_CORE_FACE_NORMALISE_H

#include "core/face/chip.h"

// x: [3, 105, 105] in 0..1, 0.5 where there is nothing to see, from px: [105, 105], luma 0..255 of
// an aligned face. Any thread; takes some 0.3 ms.
void face_normalise(float *x, const float *px);

#endif
