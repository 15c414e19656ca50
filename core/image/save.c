// SPDX-License-Identifier: MIT
#include "core/image/save.h"

#include "core/base/file.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h> // after stdio.h, which it needs

struct encoder {
    struct jpeg_compress_struct lib;
    struct jpeg_error_mgr errors;
    jmp_buf jump;
    unsigned char *bytes; // room for the largest outcome, so that libjpeg never moves it
    unsigned long size;   // of that room, then of the JPEG
};

static void give_up(j_common_ptr lib)
{
    struct encoder *encoder = lib->client_data;
    longjmp(encoder->jump, 1);
}

static void on_output(j_common_ptr lib)
{
    (void)lib;
}

// 4:4:4: at most 2 bytes a coefficient in whole blocks, and the headers (as tjBufSize()).
static size_t jpeg_bound(const struct img *img)
{
    return (size_t)(img->w + 15) * (size_t)(img->h + 15) * 6 + 2048;
}

static int encode_jpeg(struct encoder *encoder, const struct img *img, int quality)
{
    j_compress_ptr lib = &encoder->lib;
    if (setjmp(encoder->jump))
        return -1;
    lib->client_data = encoder;
    jpeg_create_compress(lib);
    jpeg_mem_dest(lib, &encoder->bytes, &encoder->size);
    lib->image_width = (JDIMENSION)img->w;
    lib->image_height = (JDIMENSION)img->h;
    lib->input_components = 3;
    lib->in_color_space = JCS_RGB;
    jpeg_set_defaults(lib);
    jpeg_set_quality(lib, quality, TRUE);
    lib->comp_info[0].h_samp_factor = 1;
    lib->comp_info[0].v_samp_factor = 1;
    jpeg_start_compress(lib, TRUE);
    while (lib->next_scanline < lib->image_height) {
        JSAMPROW row = img->px + (size_t)lib->next_scanline * (size_t)img->w * 3;
        jpeg_write_scanlines(lib, &row, 1);
    }
    jpeg_finish_compress(lib);
    return 0;
}

int img_save_jpeg(const struct img *img, const char *path, int quality, struct err *err)
{
    struct encoder encoder = {.size = jpeg_bound(img)};
    encoder.bytes = malloc(encoder.size);
    if (!encoder.bytes)
        return err_memory(err, path);
    encoder.lib.err = jpeg_std_error(&encoder.errors);
    encoder.errors.error_exit = give_up;
    encoder.errors.output_message = on_output;
    int ret = 0;
    if (encode_jpeg(&encoder, img, quality)) {
        char why[JMSG_LENGTH_MAX];
        encoder.errors.format_message((j_common_ptr)&encoder.lib, why);
        ret = err_set(err, ERR_MEMORY, "%s: cannot make a JPEG: %s", path, why);
    }
    if (!ret)
        ret = file_save(path, encoder.bytes, encoder.size, err);
    jpeg_destroy_compress(&encoder.lib);
    free(encoder.bytes);
    return ret;
}

int img_save_png(const struct img *img, const char *path, struct err *err)
{
    png_image png = {.version = PNG_IMAGE_VERSION,
                     .width = (png_uint_32)img->w,
                     .height = (png_uint_32)img->h,
                     .format = PNG_FORMAT_RGB};
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png);
    void *bytes = malloc(size);
    if (!bytes)
        return err_memory(err, path);
    int ret = 0;
    if (!png_image_write_to_memory(&png, bytes, &size, 0, img->px, 0, NULL))
        ret = err_set(err, ERR_MEMORY, "%s: cannot make a PNG: %s", path, png.message);
    if (!ret)
        ret = file_save(path, bytes, size, err);
    free(bytes);
    return ret;
}
