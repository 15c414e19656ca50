// SPDX-License-Identifier: MIT
// Pictures of people: JPEG, PNG, WebP, with EXIF in all three.
#include "core/image/decode.h"
#include "tests/fuzz/fuzz.h"

static void decode(struct img *img, const uint8_t *data, size_t size, int min_side)
{
    struct err err = {0};
    int ret = img_decode(img, data, size, "input", min_side, &err);
    fuzz_check_result(ret, &err);
    FUZZ_CHECK(ret || (img->w > 0 && img->h > 0));
    size_t row = 3 * (size_t)img->w;
    for (size_t y = 0; ret == 0 && y < (size_t)img->h; y++) { // both ends of each row are there
        volatile const uint8_t *px = img->px + y * row;
        (void)px[0], (void)px[row - 1];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct img img = {0};
    decode(&img, data, size, 0);
    decode(&img, data, size, 105); // into the same memory
    img_finish(&img);
    return 0;
}
