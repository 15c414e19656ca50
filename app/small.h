// SPDX-License-Identifier: MIT
// Small square pictures of files, for pages that show many. One thread at a time for each maker.
#ifndef VISAVIS_APP_SMALL_H
#define VISAVIS_APP_SMALL_H

#include "core/image/image.h"

// Zero-initialise. One that is kept makes the next picture without allocation.
struct app_small {
    struct img whole, small;
};

// m->small becomes the picture, side x side pixels: its square in the middle, rather high, where
// faces are. Errors: as img_load().
int app_small_make(struct app_small *m, const char *path, int side, struct err *err);
// Square `at` of a row of small pictures, each as wide as the row is high, becomes the one at px,
// which stands in a picture `w` pixels wide.
void app_small_put(struct img *row, int at, const uint8_t *px, int w);
void app_small_finish(struct app_small *m);

#endif
