// SPDX-License-Identifier: MIT
// Pictures of faces in other light than they were taken in. Faces of no one - ellipsoids with a
// nose, sockets, lips and a chin, about where aligned faces (align.h) have theirs - are each lit
// from another direction, by Lambert's cosine law and with the shadows that they cast on
// themselves. What falls on one makes a map that a picture is multiplied with.
#ifndef VISAVIS_CORE_FACE_RELIGHT_H
#define VISAVIS_CORE_FACE_RELIGHT_H

#include "core/base/err.h"
#include "core/face/chip.h"

struct face_lights;

// Makes the maps, which takes a tenth of a second and 8 MB. On failure *out is NULL.
// Errors: ERR_MEMORY.
int face_lights_create(struct face_lights **out, struct err *err);
// NULL is fine.
void face_lights_destroy(struct face_lights *lights);

// px: [105, 105], luma 0..255 of an aligned face, in another light: one of FACE_LAMPS lamps, up to
// 130 degrees to the side, and light from everywhere, `ambient` of it (above 0, at most 1). The
// picture stays about as bright as it was. Any thread.
#define FACE_LAMPS 180
void face_relight(const struct face_lights *lights, float *px, int lamp, float ambient);

#endif
