// SPDX-License-Identifier: MIT
// From a picture to a portrait: the face found, aligned, and cut out in luma, with enough around it
// that it can be moved, turned and scaled a little afterwards; and from a portrait to the net's
// input.
#ifndef VISAVIS_CORE_FACE_PORTRAIT_H
#define VISAVIS_CORE_FACE_PORTRAIT_H

#include "core/face/align.h"
#include "core/face/chip.h"
#include "core/face/finder.h"
#include "core/face/pose.h"
#include "core/image/image.h"

#include <stdbool.h>

#define FACE_PORTRAIT_SIDE 144 // pixels; the face itself is FACE_CHIP_SIDE of them
#define FACE_PORTRAIT_SIZE ((size_t)FACE_PORTRAIT_SIDE * FACE_PORTRAIT_SIDE)

// Results of looking for a face.
#define FACE_FOUND   0
#define FACE_CROPPED 1 // none was found, but the picture looks as if it were cut around one
#define FACE_ABSENT  2 // none was found

// Finds faces in pictures and frames. Owned by one thread; allocates nothing a frame once frames of
// the size have been seen.
struct face_reader;

// `align`, copied, may be NULL: faces stay where the detector sees them. On failure *out is NULL.
// Errors: ERR_MEMORY.
int face_reader_create(struct face_reader **out, const struct face_template *align,
                       struct err *err);
// NULL is fine.
void face_reader_destroy(struct face_reader *reader);

// The face in a stored picture: the largest that is found, also in bad light and cut close. Where
// none is, a picture that is small (up to 320 pixels) and nearly square is taken as a face that was
// cut out already. *pose is set but for FACE_ABSENT. Takes some 20 ms. Returns FACE_FOUND,
// FACE_CROPPED, FACE_ABSENT, or ERR_MEMORY.
int face_read_picture(struct face_reader *reader, const struct img *picture, struct face_pose *pose,
                      struct err *err);

// The face in a frame of a camera. `last` (may be NULL) is where it was in the frame before: it is
// looked for around there first, which takes some 6 ms, and in the whole frame, at half size, where
// it is not found again: 15 ms at 640x480. Where nobody is found so, one frame of four is searched
// at full size, or at 960 pixels, for smaller faces. Returns FACE_FOUND, FACE_ABSENT, or
// ERR_MEMORY.
int face_read_frame(struct face_reader *reader, const struct img *frame,
                    const struct face_pose *last, struct face_pose *pose, struct err *err);

// The same without looking for a face: it is taken to be in the middle of `box`, in the part of the
// frame where the window asks users to hold it. Returns FACE_CROPPED, or ERR_MEMORY.
int face_read_box(struct face_reader *reader, const struct img *frame, struct img_rect box,
                  struct face_pose *pose, struct err *err);

// Which way the head is turned that was found last, with FACE_FOUND.
enum face_turn face_reader_turn(const struct face_reader *reader);

// portrait: [FACE_PORTRAIT_SIDE, FACE_PORTRAIT_SIDE], luma, of the picture that was read last.
void face_cut_portrait(const struct face_reader *reader, const struct face_pose *pose,
                       uint8_t *portrait);
// The same for a patch to make a template of.
void face_reader_cut_patch(const struct face_reader *reader, const struct face_pose *pose,
                           struct face_patch *patch);

// chip: [1, 105, 105], the face of a portrait alone.
void face_portrait_chip(uint8_t *chip, const uint8_t *portrait);

// x: [3, 105, 105], the net's input (normalise.h) of a portrait as it is.
void face_portrait_input(float *x, const uint8_t *portrait);

#endif
