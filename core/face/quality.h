// SPDX-License-Identifier: MIT
// Why a face may be hard to know again: how the part of a frame where it should be is lit, how
// sharp it is and how it lies in the frame, and the gravest fault of these in words.
#ifndef VISAVIS_CORE_FACE_QUALITY_H
#define VISAVIS_CORE_FACE_QUALITY_H

#include "core/image/image.h"

// The gravest first: each spoils the judgement of those below it.
enum face_reason {
    FACE_FINE,      // no fault found
    FACE_NONE,      // there is no face
    FACE_CUT_OFF,   // it reaches beyond the frame
    FACE_SMALL,     // it has far fewer pixels than the net takes
    FACE_DARK,      // too little light, or all of it behind
    FACE_BRIGHT,    // much of it is white
    FACE_ONE_SIDED, // lit from the left or the right alone
    FACE_BLURRED,   // out of focus, or moving
    FACE_REASONS,
};

// Light and sharpness are those of the middle of the box, two fifths of its width and three fifths
// of its height: in the guide box and in a tight one alike it is full of face, with little of what
// stands behind.
struct face_quality {
    float outside;  // the most that the box reaches beyond an edge of the frame, in its sides, 0..
    float size;     // shorter side of the box over that of the chip: below 1, pixels are missing
    float luma;     // mean luma, 0 black..1 white
    float contrast; // standard deviation of luma, 0..0.5
    float crushed;  // share that is black, 0..1
    float clipped;  // share that is white, 0..1
    float evenness; // mean luma of the darker half over that of the other, left and right, 0..1

    // Variance of the Laplacian over the variance of luma, both of pixels as large as the chip's
    // (of the frame's own in a box that is smaller than the chip), so that a face has the same in a
    // frame of any size. 0.05 to 2 when sharp; below 0.03 when blurred by a Gaussian of 2 pixels of
    // the chip. 0 where there is no contrast.
    float sharpness;

    enum face_reason reason; // the gravest one
};

// Measures the face in `box` of a frame. The box may reach beyond the frame (pass a found face as
// it was found); one without an area says that no face was found: FACE_NONE, and all else 0. What
// lies outside the frame is not looked at. Takes some 0.1 ms however large the frame is, as it
// looks at 24,000 pixels at most; allocates nothing. Any thread.
void face_quality(struct face_quality *out, const struct img *frame, struct img_rect box);

// The reason in a word or two, for scripts: "too dark". FACE_FINE: "".
const char *face_reason_name(enum face_reason reason);
// The same with what to do about it, one short line: "too dark: turn on a light in front of you".
const char *face_reason_text(enum face_reason reason);

#endif
