// SPDX-License-Identifier: MIT
// The frames of a file of concatenated JPEGs (Motion JPEG, also inside AVI), read one after the
// other in constant memory. Frames are found by walking their markers, so pictures inside pictures
// (EXIF thumbnails) are not mistaken for frames. Owned by one thread.
#ifndef VISAVIS_CAPTURE_MJPEG_H
#define VISAVIS_CAPTURE_MJPEG_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define CAP_MJPEG_MAX_FRAME (64 << 20) // bytes; what is longer is taken for damaged

struct cap_mjpeg;

// Errors: ERR_CAMERA (absent, unreadable, not a regular file), ERR_MEMORY. *out is NULL then.
int cap_mjpeg_open(struct cap_mjpeg **out, const char *path, struct err *err);
// NULL is fine.
void cap_mjpeg_close(struct cap_mjpeg *mjpeg);

// The next whole frame from SOI to EOI; it belongs to the reader until the next call. Bytes between
// frames and frames that are cut off or broken in their structure are passed over. Returns 1, 0 at
// the end of the file, ERR_CAMERA (read error) or ERR_MEMORY.
int cap_mjpeg_next(struct cap_mjpeg *mjpeg, const uint8_t **data, size_t *size, struct err *err);

// Back to the first frame.
void cap_mjpeg_rewind(struct cap_mjpeg *mjpeg);

#endif
