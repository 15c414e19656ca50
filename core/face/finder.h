// SPDX-License-Identifier: MIT
// Faces in a picture: dlib's frontal detector (histograms of oriented gradients, Felzenszwalb et
// al. 2010; King, "Max-Margin Object Detection", 2015), which comes with its library. This is the
// only place that knows dlib, and the only C++.
#ifndef VISAVIS_CORE_FACE_FINDER_H
#define VISAVIS_CORE_FACE_FINDER_H

#include "core/base/err.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FACE_FINDER_SIDE 80 // pixels: the smallest face that it finds

struct face_finder;

// Which way a head is turned, left and right as its owner says.
enum face_turn {
    FACE_STRAIGHT,
    FACE_TO_LEFT,
    FACE_TO_RIGHT,
};

struct face_box {
    float x, y; // centre, in pixels from the left and upper edge of the picture
    float side; // of the square, from the brows to the chin
    float sure; // the detector's own measure: 0 is its usual limit, above 1 is sure
    // By which of the detector's five views found it. Of 270 faces (GTDB, a webcam) nearly all
    // turn the other way when they are mirrored.
    enum face_turn turn;
};

// One thread at a time; takes some 30 ms. On failure *out is NULL. Errors: ERR_MEMORY.
int face_finder_create(struct face_finder **out, struct err *err);
// NULL is fine.
void face_finder_destroy(struct face_finder *finder);

// Looks for faces of FACE_FINDER_SIDE pixels and more in luma: [h, w], that are at least as sure
// as `least` (0, or less for faces in bad light, with more false finds). Writes the surest `max` of
// them, surest first, and returns how many. A face that has no room in the picture is not found.
// Errors: ERR_MEMORY.
int face_find(struct face_finder *finder, const uint8_t *luma, int w, int h, float least,
              struct face_box *boxes, int max, struct err *err);

#ifdef __cplusplus
}
#endif

#endif
