// SPDX-License-Identifier: MIT
// DESIGN. libjpeg reports through longjmp. Whatever it may jump out of runs inside start() or
// run(); all they need afterwards lives in struct img_jpeg, not in their locals.
//
// libjpeg mends what is broken and warns. A warning that means lost pixels ends the decoding here;
// those that come with whole pictures too (stray bytes between segments, odd scan parameters of
// some phones) are let pass. The end-of-image marker must be there, but for camera frames, some of
// which never carry it: there the entropy decoder tells whether data was missing.
//
// Frames must not depend on what came before them, so the standard Huffman tables, which Motion
// JPEG leaves out, are laid under every frame. libjpeg's own encoder supplies them.
#include "core/image/decode.h"
#include "core/image/internal.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> // after stdio.h, which it needs

#include <jerror.h>

#define MAX_SCANS 500 // far beyond real progressive files; a small file can ask for days of work

struct img_jpeg {
    struct jpeg_decompress_struct lib;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    JHUFF_TBL dc_tables[2]; // the standard ones: luma, chroma
    JHUFF_TBL ac_tables[2];
    jmp_buf jump;
    bool stream;         // camera frames
    bool ended;          // more bytes were wanted than there are
    bool too_many_scans; // the reason to give up was MAX_SCANS
};

static void give_up(j_common_ptr lib)
{
    struct img_jpeg *jpeg = lib->client_data;
    longjmp(jpeg->jump, 1);
}

// level < 0: a warning, whose number libjpeg has put into msg_code; else chatter.
static void on_message(j_common_ptr lib, int level)
{
    const struct img_jpeg *jpeg = lib->client_data;
    if (level >= 0)
        return;
    switch (lib->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
        if (jpeg->ended) // no end marker, but bytes left: padding that may have passed for pixels
            give_up(lib);
        return;
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
        return;
    default:
        give_up(lib);
    }
}

static void on_progress(j_common_ptr lib)
{
    struct img_jpeg *jpeg = lib->client_data;
    jpeg->too_many_scans = jpeg->lib.input_scan_number > MAX_SCANS;
    if (jpeg->too_many_scans)
        give_up(lib);
}

static void source_begin_end(j_decompress_ptr lib)
{
    (void)lib;
}

static boolean source_fill(j_decompress_ptr lib)
{
    static const JOCTET end_of_image[2] = {0xff, JPEG_EOI};
    struct img_jpeg *jpeg = lib->client_data;
    jpeg->ended = true;
    if (!jpeg->stream)
        give_up((j_common_ptr)lib);
    jpeg->source.next_input_byte = end_of_image;
    jpeg->source.bytes_in_buffer = sizeof end_of_image;
    return TRUE;
}

static void source_skip(j_decompress_ptr lib, long n)
{
    struct jpeg_source_mgr *source = lib->src;
    if (n <= 0)
        return;
    if ((size_t)n > source->bytes_in_buffer) {
        source_fill(lib);
        return;
    }
    source->next_input_byte += n;
    source->bytes_in_buffer -= (size_t)n;
}

static int start(struct img_jpeg *jpeg, struct jpeg_compress_struct *encoder)
{
    if (setjmp(jpeg->jump))
        return ERR_MEMORY;
    encoder->err = &jpeg->errors;
    encoder->client_data = jpeg;
    jpeg_create_compress(encoder);
    encoder->in_color_space = JCS_YCbCr;
    encoder->input_components = 3;
    jpeg_set_defaults(encoder);
    for (int i = 0; i < 2; i++) {
        jpeg->dc_tables[i] = *encoder->dc_huff_tbl_ptrs[i];
        jpeg->ac_tables[i] = *encoder->ac_huff_tbl_ptrs[i];
    }
    jpeg->lib.err = &jpeg->errors;
    jpeg->lib.client_data = jpeg;
    jpeg_create_decompress(&jpeg->lib);
    jpeg->lib.src = &jpeg->source;
    jpeg->lib.progress = &jpeg->progress;
    if (!jpeg->stream)
        jpeg_save_markers(&jpeg->lib, JPEG_APP0 + 1, 0xffff);
    return 0;
}

static int init(struct img_jpeg *jpeg, bool stream, struct err *err)
{
    memset(jpeg, 0, sizeof *jpeg);
    jpeg->stream = stream;
    jpeg_std_error(&jpeg->errors);
    jpeg->errors.error_exit = give_up;
    jpeg->errors.emit_message = on_message;
    jpeg->source.init_source = source_begin_end;
    jpeg->source.term_source = source_begin_end;
    jpeg->source.fill_input_buffer = source_fill;
    jpeg->source.skip_input_data = source_skip;
    jpeg->source.resync_to_restart = jpeg_resync_to_restart;
    jpeg->progress.progress_monitor = on_progress;
    struct jpeg_compress_struct encoder = {0};
    int ret = start(jpeg, &encoder);
    jpeg_destroy_compress(&encoder);
    if (ret)
        jpeg_destroy_decompress(&jpeg->lib);
    return ret ? err_memory(err, "JPEG decoder") : 0;
}

static void lay_table(struct img_jpeg *jpeg, JHUFF_TBL **slot, const JHUFF_TBL *table)
{
    if (!*slot)
        *slot = jpeg_alloc_huff_table((j_common_ptr)&jpeg->lib);
    **slot = *table;
}

static void begin(struct img_jpeg *jpeg, const struct img_source *src)
{
    jpeg->ended = false;
    jpeg->too_many_scans = false;
    jpeg->source.next_input_byte = src->data;
    jpeg->source.bytes_in_buffer = src->size;
    for (int i = 0; i < 2; i++) {
        lay_table(jpeg, &jpeg->lib.dc_huff_tbl_ptrs[i], &jpeg->dc_tables[i]);
        lay_table(jpeg, &jpeg->lib.ac_huff_tbl_ptrs[i], &jpeg->ac_tables[i]);
    }
}

static int find_orientation(const struct jpeg_decompress_struct *lib)
{
    for (jpeg_saved_marker_ptr m = lib->marker_list; m; m = m->next)
        if (m->data_length >= 6 && memcmp(m->data, "Exif\0", 6) == 0)
            return img_exif_orientation(m->data, m->data_length);
    return 1;
}

// The smallest of full size, 1/2, 1/4, 1/8 with both sides >= min_side.
static void choose_size(j_decompress_ptr lib, int min_side)
{
    unsigned side = lib->image_width < lib->image_height ? lib->image_width : lib->image_height;
    unsigned denominator = min_side > 0 ? 8 : 1;
    while (denominator > 1 && (side + denominator - 1) / denominator < (unsigned)min_side)
        denominator /= 2;
    lib->scale_num = 1;
    lib->scale_denom = denominator;
    lib->out_color_space =
        lib->jpeg_color_space == JCS_CMYK || lib->jpeg_color_space == JCS_YCCK ? JCS_CMYK : JCS_RGB;
    jpeg_calc_output_dimensions(lib);
}

// A progressive picture is held in memory at its full size, whatever size comes out.
static int check_size(j_decompress_ptr lib, const char *name, struct err *err)
{
    bool whole = jpeg_has_multiple_scans(lib);
    return img_check_size(whole ? lib->image_width : lib->output_width,
                          whole ? lib->image_height : lib->output_height, name, err);
}

// Adobe writes ink inverted: 255 is none.
static void cmyk_to_rgb(uint8_t *rgb, const uint8_t *cmyk, int n, bool inverted)
{
    int flip = inverted ? 0 : 255;
    for (int i = 0; i < n; i++, rgb += 3, cmyk += 4)
        for (int c = 0; c < 3; c++)
            rgb[c] = (uint8_t)(((cmyk[c] ^ flip) * (cmyk[3] ^ flip) + 127) / 255);
}

static void read_rows(j_decompress_ptr lib, struct img *out)
{
    bool cmyk = lib->out_color_space == JCS_CMYK;
    JSAMPARRAY line = NULL;
    if (cmyk)
        line = lib->mem->alloc_sarray((j_common_ptr)lib, JPOOL_IMAGE, lib->output_width * 4, 1);
    while (lib->output_scanline < lib->output_height) {
        JSAMPROW row = out->px + (size_t)lib->output_scanline * (size_t)out->w * 3;
        jpeg_read_scanlines(lib, cmyk ? line : &row, 1);
        if (cmyk)
            cmyk_to_rgb(row, line[0], out->w, lib->saw_Adobe_marker);
    }
}

static bool is_unsupported(int msg_code)
{
    switch (msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_COMPONENT_COUNT:
    case JERR_IMAGE_TOO_BIG:
    case JERR_WIDTH_OVERFLOW:
        return true;
    default:
        return false;
    }
}

static int explain(struct img_jpeg *jpeg, const struct img_source *src, struct err *err)
{
    if (jpeg->errors.msg_code == JERR_OUT_OF_MEMORY)
        return err_memory(err, "JPEG");
    if (jpeg->ended)
        return img_ends_early(src, "JPEG", err);
    if (jpeg->too_many_scans)
        return img_damaged(src, "JPEG", "too many scans", err);
    char why[JMSG_LENGTH_MAX];
    jpeg->errors.format_message((j_common_ptr)&jpeg->lib, why);
    if (is_unsupported(jpeg->errors.msg_code))
        return err_set(err, ERR_DATA, "%s: this kind of JPEG is not read (%s): save it anew",
                       src->name, why);
    return img_damaged(src, "JPEG", why, err);
}

// Decodes and leaves the decoder ready for the next picture, whatever happens.
static int run(struct img_jpeg *jpeg, struct img *out, int *orientation,
               const struct img_source *src, struct err *err)
{
    j_decompress_ptr lib = &jpeg->lib;
    if (setjmp(jpeg->jump)) {
        int code = explain(jpeg, src, err);
        jpeg_abort_decompress(lib);
        return code;
    }
    begin(jpeg, src);
    jpeg_read_header(lib, TRUE);
    choose_size(lib, src->min_side);
    int ret = check_size(lib, src->name, err);
    if (!ret)
        ret = img_reserve(out, (int)lib->output_width, (int)lib->output_height, err);
    if (ret) {
        jpeg_abort_decompress(lib);
        return ret;
    }
    *orientation = find_orientation(lib);
    jpeg_start_decompress(lib);
    if (jpeg->ended && jpeg_has_multiple_scans(lib))
        give_up((j_common_ptr)lib); // a scan may be missing unseen
    read_rows(lib, out);
    jpeg_finish_decompress(lib);
    return 0;
}

int img_decode_jpeg(struct img *out, int *orientation, const struct img_source *src,
                    struct err *err)
{
    struct img_jpeg jpeg;
    int ret = init(&jpeg, false, err);
    if (ret)
        return ret;
    ret = run(&jpeg, out, orientation, src, err);
    jpeg_destroy_decompress(&jpeg.lib);
    return ret;
}

int img_jpeg_create(struct img_jpeg **out, struct err *err)
{
    *out = NULL;
    struct img_jpeg *jpeg = malloc(sizeof *jpeg);
    if (!jpeg)
        return err_memory(err, "JPEG decoder");
    int ret = init(jpeg, true, err);
    if (ret) {
        free(jpeg);
        return ret;
    }
    *out = jpeg;
    return 0;
}

void img_jpeg_destroy(struct img_jpeg *jpeg)
{
    if (!jpeg)
        return;
    jpeg_destroy_decompress(&jpeg->lib);
    free(jpeg);
}

int img_jpeg_decode(struct img_jpeg *jpeg, struct img *out, const void *data, size_t size,
                    struct err *err)
{
    const uint8_t *start_of_image = size > 0 ? memmem(data, size, "\xff\xd8\xff", 3) : NULL;
    if (!start_of_image)
        return err_set(err, ERR_DATA, "camera frame: not a JPEG (%zu bytes)", size);
    size_t before = (size_t)(start_of_image - (const uint8_t *)data);
    struct img_source src = {start_of_image, size - before, "camera frame", 0};
    int upright;
    return run(jpeg, out, &upright, &src, err);
}
