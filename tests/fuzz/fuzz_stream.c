// SPDX-License-Identifier: MIT
// Motion JPEG: recordings of concatenated frames, and the decoder that is kept between them.
#include "capture/mjpeg.h"
#include "core/image/decode.h"
#include "tests/fuzz/fuzz.h"

#define FRAMES_MAX 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cap_mjpeg *mjpeg;
    struct img_jpeg *jpeg;
    struct img img = {0};
    struct err err = {0};
    FUZZ_CHECK(img_jpeg_create(&jpeg, NULL) == 0);
    FUZZ_CHECK(cap_mjpeg_open(&mjpeg, fuzz_file(data, size), &err) == 0);
    for (int i = 0; i < FRAMES_MAX; i++) {
        const uint8_t *frame;
        size_t frame_size;
        int more = cap_mjpeg_next(mjpeg, &frame, &frame_size, &err);
        FUZZ_CHECK(more == 0 || more == 1);
        if (!more)
            break;
        struct err why = {0};
        fuzz_check_result(img_jpeg_decode(jpeg, &img, frame, frame_size, &why), &why);
    }
    cap_mjpeg_close(mjpeg);
    img_jpeg_destroy(jpeg);
    img_finish(&img);
    return 0;
}
