// SPDX-License-Identifier: MIT
// Writing pictures, atomically and with mode 0600 (core/base/file.h). Any thread.
#ifndef VISAVIS_CORE_IMAGE_SAVE_H
#define VISAVIS_CORE_IMAGE_SAVE_H

#include "core/image/image.h"

// Baseline JPEG, 4:4:4 (the net looks at colour edges too), quality 1..100, no metadata.
// Errors: ERR_IO, ERR_MEMORY; nothing half-written is left.
int img_save_jpeg(const struct img *img, const char *path, int quality, struct err *err);

// PNG, 8-bit RGB. Errors as above.
int img_save_png(const struct img *img, const char *path, struct err *err);

#endif
