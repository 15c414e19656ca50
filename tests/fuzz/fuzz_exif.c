// SPDX-License-Identifier: MIT
// EXIF blocks by themselves: in a PNG, checksums keep what is wrong from ever being read.
#include "core/image/internal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int orientation = img_exif_orientation(data, size);
    FUZZ_CHECK(orientation >= 1 && orientation <= 8);
    return 0;
}
