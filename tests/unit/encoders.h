// SPDX-License-Identifier: MIT
// Makes the pictures that the decoder's tests read, in every flavour: with libjpeg, libpng and
// libwebp themselves. A failing encoder fails the test.
#ifndef VISAVIS_TESTS_UNIT_ENCODERS_H
#define VISAVIS_TESTS_UNIT_ENCODERS_H

#include "core/image/decode.h"
#include "tests/test.h"

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>
#include <webp/mux.h>

struct bytes {
    uint8_t *data; // malloc()ed
    size_t size;
};

static inline void bytes_free(struct bytes *b)
{
    free(b->data);
    *b = (struct bytes){0};
}

static inline void bytes_insert(struct bytes *b, size_t at, const void *data, size_t size)
{
    b->data = realloc(b->data, b->size + size);
    assert_non_null(b->data);
    memmove(b->data + at + size, b->data + at, b->size - at);
    memcpy(b->data + at, data, size);
    b->size += size;
}

static inline void bytes_remove(struct bytes *b, size_t at, size_t size)
{
    memmove(b->data + at, b->data + at + size, b->size - at - size);
    b->size -= size;
}

static inline struct bytes bytes_of(const void *data, size_t size)
{
    struct bytes b = {0};
    assert_true(size > 0);
    bytes_insert(&b, 0, data, size);
    return b;
}

// An EXIF block: TIFF with one entry, the orientation.
#define EXIF_BYTES 26
static inline void make_exif(uint8_t out[EXIF_BYTES], int orientation, bool big_endian)
{
    static const uint8_t little[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1};
    static const uint8_t big[] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1};
    memset(out, 0, EXIF_BYTES);
    memcpy(out, big_endian ? big : little, big_endian ? sizeof big : sizeof little);
    out[big_endian ? 19 : 18] = (uint8_t)orientation;
}

struct jpeg_options {
    J_COLOR_SPACE in;   // 0: RGB; else of `px`: 1 or 4 samples a pixel
    J_COLOR_SPACE file; // 0: libjpeg's choice
    bool no_adobe;
    bool progressive;
    bool one_go;     // progressive with four scans, each of whole coefficients
    bool own_tables; // optimised Huffman tables
    int restart_rows;
    int orientation; // 0: no EXIF
    bool big_endian; // EXIF
};

static inline struct bytes make_jpeg(const uint8_t *px, int w, int h, struct jpeg_options o)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    c.err = jpeg_std_error(&errors); // exits with a message
    jpeg_create_compress(&c);
    unsigned char *data = NULL;
    unsigned long size = 0;
    jpeg_mem_dest(&c, &data, &size);
    c.image_width = (JDIMENSION)w;
    c.image_height = (JDIMENSION)h;
    c.in_color_space = o.in ? o.in : JCS_RGB;
    c.input_components = o.in == JCS_CMYK ? 4 : o.in == JCS_GRAYSCALE ? 1 : 3;
    jpeg_set_defaults(&c);
    if (o.file)
        jpeg_set_colorspace(&c, o.file);
    jpeg_set_quality(&c, 95, TRUE);
    c.optimize_coding = o.own_tables;
    c.restart_in_rows = o.restart_rows;
    if (o.progressive)
        jpeg_simple_progression(&c);
    static const jpeg_scan_info one_go[] = {{3, {0, 1, 2}, 0, 0, 0, 0},
                                            {1, {0}, 1, 63, 0, 0},
                                            {1, {1}, 1, 63, 0, 0},
                                            {1, {2}, 1, 63, 0, 0}};
    if (o.one_go) {
        c.scan_info = one_go;
        c.num_scans = 4;
    }
    if (o.no_adobe)
        c.write_Adobe_marker = FALSE;
    jpeg_start_compress(&c, TRUE);
    if (o.orientation) {
        uint8_t exif[6 + EXIF_BYTES] = "Exif\0";
        make_exif(exif + 6, o.orientation, o.big_endian);
        jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif);
    }
    size_t n = (size_t)w * (size_t)c.input_components;
    JSAMPROW row = malloc(n);
    assert_non_null(row);
    while (c.next_scanline < c.image_height) {
        memcpy(row, px + c.next_scanline * n, n);
        jpeg_write_scanlines(&c, &row, 1);
    }
    free(row);
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    return (struct bytes){data, size};
}

struct png_options {
    int colour; // PNG_COLOR_TYPE_...
    int depth;
    bool interlaced;
    const png_color *palette; // [n_palette]
    int n_palette;
    const uint8_t *palette_alpha; // [n_palette]
    int orientation;              // 0: no eXIf
};

static inline void png_append(png_structp png, png_bytep data, size_t size)
{
    struct bytes *b = png_get_io_ptr(png);
    bytes_insert(b, b->size, data, size);
}

// px: rows as PNG stores them, packed, `row_bytes` each.
static inline struct bytes make_png(const uint8_t *px, int w, int h, size_t row_bytes,
                                    struct png_options o)
{
    struct bytes b = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    assert_non_null(info);
    png_set_write_fn(png, &b, png_append, NULL);
    png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, o.depth, o.colour,
                 o.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, 0, 0);
    if (o.palette)
        png_set_PLTE(png, info, o.palette, o.n_palette);
    if (o.palette_alpha)
        png_set_tRNS(png, info, o.palette_alpha, o.n_palette, NULL);
    uint8_t exif[EXIF_BYTES];
    make_exif(exif, o.orientation, true);
    if (o.orientation)
        png_set_eXIf_1(png, info, sizeof exif, exif);
    png_write_info(png, info);
    int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < h; y++)
            png_write_row(png, px + (size_t)y * row_bytes);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return b;
}

static inline struct bytes make_webp(const uint8_t *rgb, int w, int h, int orientation)
{
    uint8_t *data, exif[EXIF_BYTES];
    size_t size = WebPEncodeLosslessRGB(rgb, w, h, 3 * w, &data);
    struct bytes b = bytes_of(data, size);
    WebPFree(data);
    if (!orientation)
        return b;
    WebPData plain = {b.data, b.size}, block = {exif, sizeof exif}, whole;
    WebPMux *mux = WebPMuxCreate(&plain, 1);
    make_exif(exif, orientation, false);
    assert_int_equal(WebPMuxSetChunk(mux, "EXIF", &block, 1), WEBP_MUX_OK);
    assert_int_equal(WebPMuxAssemble(mux, &whole), WEBP_MUX_OK);
    WebPMuxDelete(mux);
    bytes_free(&b);
    b = bytes_of(whole.bytes, whole.size);
    WebPDataClear(&whole);
    return b;
}

// Frames are 0.1 s each; rgba: [n, h, w, 4].
static inline struct bytes make_webp_animation(const uint8_t *rgba, int w, int h, int n)
{
    WebPAnimEncoderOptions options;
    WebPConfig config;
    assert_true(WebPAnimEncoderOptionsInit(&options) && WebPConfigInit(&config));
    config.lossless = 1;
    config.exact = 1;
    WebPAnimEncoder *encoder = WebPAnimEncoderNew(w, h, &options);
    for (int i = 0; i <= n; i++) {
        WebPPicture picture;
        assert_true(WebPPictureInit(&picture));
        picture.width = w;
        picture.height = h;
        picture.use_argb = 1;
        if (i < n)
            WebPPictureImportRGBA(&picture, rgba + (size_t)i * (size_t)(w * h * 4), 4 * w);
        assert_true(WebPAnimEncoderAdd(encoder, i < n ? &picture : NULL, 100 * i, &config));
        WebPPictureFree(&picture);
    }
    WebPData whole;
    assert_true(WebPAnimEncoderAssemble(encoder, &whole));
    WebPAnimEncoderDelete(encoder);
    struct bytes b = bytes_of(whole.bytes, whole.size);
    WebPDataClear(&whole);
    return b;
}

// -- the picture of most tests --------------------------------------------------------------------

#define W 72
#define H 56

static uint8_t scene[H * W * 3];

// Group setup: a soft, unsymmetric picture, so that JPEG keeps it within a few levels.
static inline int paint_scene(void **state)
{
    (void)state;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            uint8_t *p = scene + 3 * (y * W + x);
            p[0] = (uint8_t)(20 + 3 * x);
            p[1] = (uint8_t)(30 + 3 * y + (x > W / 2 ? 20 : 0));
            p[2] = (uint8_t)(200 - x - 2 * y);
        }
    return 0;
}

static inline struct bytes scene_jpeg(struct jpeg_options options)
{
    return make_jpeg(scene, W, H, options);
}

static inline struct bytes scene_png(void)
{
    return make_png(scene, W, H, W * 3, (struct png_options){PNG_COLOR_TYPE_RGB, 8});
}

static inline void decode_ok(struct img *out, struct bytes b)
{
    struct err err;
    if (img_decode(out, b.data, b.size, "x", 0, &err))
        fail_msg("%s", err.text);
}

static inline void expect_error(const void *data, size_t size, const char *text)
{
    struct img img = {0};
    struct err err = {0};
    assert_int_equal(img_decode(&img, data, size, "a/x.jpg", 0, &err), ERR_DATA);
    assert_string_equal(err.text, text);
    img_finish(&img);
}

#endif
