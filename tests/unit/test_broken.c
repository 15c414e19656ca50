// SPDX-License-Identifier: MIT
#include "core/base/rng.h"
#include "core/image/decode.h"
#include "core/image/resize.h"
#include "tests/test.h"
#include "tests/unit/encoders.h"

// -- what is no picture, or not a whole one -------------------------------------------------------

static void jpeg_kinds_that_are_not_read(void **state)
{
    (void)state;
    struct bytes b = scene_jpeg((struct jpeg_options){0});
    uint8_t *sof = memmem(b.data, b.size, "\xff\xc0", 2);
    assert_non_null(sof);
    sof[4] = 12; // bits a sample
    expect_error(b.data, b.size,
                 "a/x.jpg: this kind of JPEG is not read (Unsupported JPEG data precision 12): "
                 "save it anew");
    sof[4] = 8;
    sof[1] = 0xc3; // lossless
    expect_error(b.data, b.size,
                 "a/x.jpg: this kind of JPEG is not read (Unsupported JPEG process: SOF type "
                 "0xc3): save it anew");
    bytes_free(&b);
}

static void what_is_no_picture_is_told_by_its_start(void **state)
{
    (void)state;
    expect_error("", 0, "a/x.jpg: the file is empty");
    expect_error(NULL, 0, "a/x.jpg: the file is empty");
    expect_error("<html>", 6, "a/x.jpg: not a picture (starts with \"<htm\")");
    expect_error("<", 1, "a/x.jpg: not a picture (starts with \"<\")");
    expect_error("\0\x1b\"\xe4%s", 6,
                 "a/x.jpg: not a picture (starts with \"\\x00\\x1b\\x22\\xe4\")");
    expect_error("%n%s", 4, "a/x.jpg: not a picture (starts with \"%n%s\")");
    expect_error("\xff\xd8", 2, "a/x.jpg: not a picture (starts with \"\\xff\\xd8\")");
    expect_error("GIF89a", 6, "a/x.jpg: GIF is not read: save it as JPEG, PNG or WebP");
    expect_error("\0\0\0\x18"
                 "ftypheic",
                 12, "a/x.jpg: HEIC is not read: save it as JPEG, PNG or WebP");
    expect_error("\xff\xd8\xff", 3, "a/x.jpg: JPEG ends early (after 3 bytes)");
}

static void expect_ends_early(struct bytes b)
{
    struct img img = {0};
    struct err err;
    for (size_t k = 1; k < 20; k++) {
        size_t size = b.size * k / 20;
        uint8_t *part = malloc(size); // so that the sanitizer sees reads beyond it
        assert_non_null(part);
        memcpy(part, b.data, size);
        assert_int_equal(img_decode(&img, part, size, "x", 0, &err), ERR_DATA);
        assert_non_null(strstr(err.text, size < 12 ? "x: " : "ends early"));
        assert_int_equal(img_decode(&img, part, size, "x", 8, &err), ERR_DATA);
        free(part);
    }
    bytes_free(&b);
    img_finish(&img);
}

static void pictures_cut_short_are_errors(void **state)
{
    (void)state;
    expect_ends_early(scene_jpeg((struct jpeg_options){0}));
    expect_ends_early(scene_jpeg((struct jpeg_options){.progressive = true}));
    expect_ends_early(scene_jpeg((struct jpeg_options){.restart_rows = 1, .orientation = 3}));
    expect_ends_early(scene_png());
    struct png_options options = {PNG_COLOR_TYPE_RGB, 8, .interlaced = true};
    expect_ends_early(make_png(scene, W, H, W * 3, options));
    expect_ends_early(make_webp(scene, W, H, 0));
    expect_ends_early(make_webp(scene, W, H, 5));
    uint8_t rgba[2 * W * H * 4];
    for (size_t i = 0; i < sizeof rgba; i++)
        rgba[i] = (uint8_t)(i * i / 64);
    expect_ends_early(make_webp_animation(rgba, W, H, 2));
}

// Any bytes changed: a picture of the right size or an error, never a crash.
static void damaged_pictures_do_no_harm(void **state)
{
    (void)state;
    struct bytes files[] = {scene_jpeg((struct jpeg_options){.orientation = 6}),
                            scene_jpeg((struct jpeg_options){.progressive = true}), scene_png(),
                            make_webp(scene, W, H, 6)};
    struct img img = {0};
    struct img_jpeg *camera;
    struct rng rng;
    rng_seed(&rng, 4, 0);
    assert_int_equal(img_jpeg_create(&camera, NULL), 0);
    int failed = 0;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        for (int i = 0; i < 400; i++) {
            struct bytes b = bytes_of(files[f].data, files[f].size);
            for (uint32_t k = 0; k <= rng_below(&rng, 4); k++)
                b.data[rng_below(&rng, (uint32_t)b.size)] ^= (uint8_t)(1 + rng_below(&rng, 255));
            int ret = img_decode(&img, b.data, b.size, "x", 0, NULL);
            assert_true(ret == 0 || ret == ERR_DATA || ret == ERR_MEMORY);
            failed += ret != 0;
            img_jpeg_decode(camera, &img, b.data, b.size, NULL);
            bytes_free(&b);
        }
        bytes_free(&files[f]);
    }
    assert_in_range(failed, 400, 1600);
    img_jpeg_destroy(camera);
    img_finish(&img);
}

static void set_u16(uint8_t *p, int v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static uint32_t crc32_of(const uint8_t *p, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void too_large_is_refused_before_memory_is_taken(void **state)
{
    (void)state;
    struct img img = {0};
    for (int progressive = 0; progressive < 2; progressive++) {
        struct bytes b = scene_jpeg((struct jpeg_options){.progressive = progressive});
        uint8_t *sof = memmem(b.data, b.size, progressive ? "\xff\xc2" : "\xff\xc0", 2);
        assert_non_null(sof);
        set_u16(sof + 5, 50000);
        set_u16(sof + 7, 50001);
        expect_error(b.data, b.size, "a/x.jpg: 50001x50000 is too large");
        struct err err; // an eighth of it would be fine, were it whole
        assert_int_equal(img_decode(&img, b.data, b.size, "x", 100, &err), ERR_DATA);
        assert_non_null(strstr(err.text, progressive ? "too large" : "damaged"));
        bytes_free(&b);
    }
    struct bytes b = scene_png();
    set_u16(b.data + 18, 50000);
    set_u16(b.data + 22, 50000);
    uint32_t crc = crc32_of(b.data + 12, 17);
    set_u16(b.data + 29, (int)(crc >> 16));
    set_u16(b.data + 31, (int)(crc & 0xffff));
    expect_error(b.data, b.size, "a/x.jpg: 50000x50000 is too large");
    bytes_free(&b);
    uint8_t rgba[2 * 16 * 16 * 4];
    for (size_t i = 0; i < sizeof rgba; i++)
        rgba[i] = (uint8_t)(i * i + i / 256);
    b = make_webp_animation(rgba, 16, 16, 2);
    memcpy(b.data + 24, "\x1f\x4e\0\x1f\x4e\0", 6); // VP8X: 20000 - 1, twice
    expect_error(b.data, b.size, "a/x.jpg: 20000x20000 is too large");
    bytes_free(&b);
    img_finish(&img);
}

static uint8_t ramp(int i, int n)
{
    return (uint8_t)(i * (int64_t)255 / (n - 1));
}

// Red goes along the long side, from 0 to 255.
static void expect_ramp(const struct img *img, int w, int h)
{
    assert_int_equal(img->w, w);
    assert_int_equal(img->h, h);
    int n = w > h ? w : h;
    size_t step = w > h ? 3 : 3 * (size_t)w;
    for (int i = 0; i < n; i++)
        assert_in_range(img->px[(size_t)i * step] + 8, ramp(i, n), ramp(i, n) + 16);
}

static void expect_long(struct bytes b, int w, int h)
{
    struct img img = {0}, small = {0};
    struct err err;
    decode_ok(&img, b);
    expect_ramp(&img, w, h);
    int small_w = w > h ? 500 : 8, small_h = w > h ? 8 : 500;
    assert_int_equal(img_resize(&small, &img, (struct img_rect){0, 0, w, h}, 105, 105, &err), 0);
    assert_int_equal(
        img_resize(&small, &img, (struct img_rect){0, 0, w, h}, small_w, small_h, &err), 0);
    expect_ramp(&small, small_w, small_h);
    assert_int_equal(img_decode(&img, b.data, b.size, "x", 4, &err), 0); // a JPEG: by half
    assert_true(img.w >= 4 && img.h >= 4);
    img_finish(&small);
    img_finish(&img);
    bytes_free(&b);
}

static void very_long_pictures_are_read(void **state)
{
    enum { LONG = 50000, SHORT = 8 };
    (void)state;
    uint8_t *px = malloc((size_t)LONG * SHORT * 3);
    assert_non_null(px);
    struct png_options png = {PNG_COLOR_TYPE_RGB, 8};
    for (int upright = 0; upright < 2; upright++) {
        int w = upright ? SHORT : LONG, h = upright ? LONG : SHORT;
        for (int i = 0; i < LONG * SHORT; i++)
            memset(px + (size_t)i * 3, ramp(upright ? i / SHORT : i % LONG, LONG), 3);
        expect_long(make_png(px, w, h, (size_t)w * 3, png), w, h);
        expect_long(make_jpeg(px, w, h, (struct jpeg_options){0}), w, h);
    }
    free(px);
}

// The last scan repeated: valid as it is, and asks for as much work as one likes.
static void scan_bombs_are_refused(void **state)
{
    (void)state;
    struct bytes b = scene_jpeg((struct jpeg_options){.one_go = true});
    struct img img = {0};
    struct err err;
    decode_ok(&img, b);
    size_t at = b.size - 2;
    while (b.data[at] != 0xff || b.data[at + 1] != 0xda)
        at--;
    struct bytes scan = bytes_of(b.data + at, b.size - 2 - at);
    for (int i = 0; i < 400; i++)
        bytes_insert(&b, at, scan.data, scan.size);
    decode_ok(&img, b);
    for (int i = 0; i < 200; i++)
        bytes_insert(&b, at, scan.data, scan.size);
    assert_int_equal(img_decode(&img, b.data, b.size, "x", 0, &err), ERR_DATA);
    assert_string_equal(err.text, "x: JPEG is damaged (too many scans)");
    img_finish(&img);
    bytes_free(&scan);
    bytes_free(&b);
}

// -- camera streams -------------------------------------------------------------------------------

static void strip_dht(struct bytes *b)
{
    size_t at = 2;
    while (b->data[at + 1] != 0xda) {
        size_t size = 2 + (size_t)(b->data[at + 2] << 8 | b->data[at + 3]);
        if (b->data[at + 1] == 0xc4)
            bytes_remove(b, at, size);
        else
            at += size;
    }
}

static void motion_jpeg_needs_no_huffman_tables(void **state)
{
    (void)state;
    struct bytes whole = scene_jpeg((struct jpeg_options){0});
    struct bytes own = scene_jpeg((struct jpeg_options){.own_tables = true});
    struct bytes bare = bytes_of(whole.data, whole.size);
    strip_dht(&bare);
    assert_true(bare.size + 400 < whole.size);
    struct img reference = {0}, frame = {0};
    decode_ok(&reference, whole);
    decode_ok(&frame, bare);
    assert_memory_equal(frame.px, reference.px, W * H * 3);
    struct img_jpeg *camera;
    assert_int_equal(img_jpeg_create(&camera, NULL), 0);
    const struct bytes *order[] = {&bare, &own, &bare, &whole, &bare};
    uint8_t *px = frame.px;
    for (size_t i = 0; i < 5; i++) { // a frame's tables don't outlive it
        memset(frame.px, 0, W * H * 3);
        assert_int_equal(img_jpeg_decode(camera, &frame, order[i]->data, order[i]->size, NULL), 0);
        assert_memory_equal(frame.px, reference.px, W * H * 3);
        assert_ptr_equal(frame.px, px);
    }
    img_jpeg_destroy(camera);
    img_jpeg_destroy(NULL);
    bytes_free(&whole);
    bytes_free(&own);
    bytes_free(&bare);
    img_finish(&reference);
    img_finish(&frame);
}

static void stream_frames_are_whole_or_refused(void **state)
{
    (void)state;
    struct bytes b = scene_jpeg((struct jpeg_options){.restart_rows = 2, .orientation = 6});
    struct img whole = {0}, frame = {0};
    struct img_jpeg *camera;
    struct err err;
    assert_int_equal(img_jpeg_create(&camera, NULL), 0);
    assert_int_equal(img_jpeg_decode(camera, &whole, b.data, b.size, NULL), 0);
    assert_int_equal(whole.w, W); // a camera's EXIF is not followed
    int accepted = 0;
    for (size_t size = 0; size < b.size; size++) {
        if (img_jpeg_decode(camera, &frame, b.data, size, &err))
            continue;
        assert_memory_equal(frame.px, whole.px, W * H * 3);
        accepted++;
    }
    assert_in_range(accepted, 1, 3);                          // the end marker alone may be missing
    for (size_t size = 100; size <= b.size - 2; size += 37) { // a cut frame in a padded buffer
        struct bytes padded = bytes_of(b.data, size);
        static const uint8_t zeros[4096];
        bytes_insert(&padded, size, zeros, sizeof zeros);
        assert_int_equal(img_jpeg_decode(camera, &frame, padded.data, padded.size, &err), ERR_DATA);
        bytes_free(&padded);
    }
    bytes_insert(&b, 0, "junk\xff\xd9", 6);
    bytes_insert(&b, b.size, "\0\0\0\0", 4);
    assert_int_equal(img_jpeg_decode(camera, &frame, b.data, b.size, NULL), 0);
    assert_memory_equal(frame.px, whole.px, W * H * 3);
    assert_int_equal(img_jpeg_decode(camera, &frame, "no jpeg", 7, &err), ERR_DATA);
    assert_string_equal(err.text, "camera frame: not a JPEG (7 bytes)");
    assert_int_equal(img_jpeg_decode(camera, &frame, NULL, 0, &err), ERR_DATA);
    struct bytes scans = scene_jpeg((struct jpeg_options){.progressive = true});
    assert_int_equal(img_jpeg_decode(camera, &frame, scans.data, scans.size, NULL), 0);
    assert_int_equal(img_jpeg_decode(camera, &frame, scans.data, scans.size - 2, &err), ERR_DATA);
    img_jpeg_destroy(camera);
    bytes_free(&scans);
    bytes_free(&b);
    img_finish(&whole);
    img_finish(&frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpeg_kinds_that_are_not_read),
        cmocka_unit_test(what_is_no_picture_is_told_by_its_start),
        cmocka_unit_test(pictures_cut_short_are_errors),
        cmocka_unit_test(damaged_pictures_do_no_harm),
        cmocka_unit_test(too_large_is_refused_before_memory_is_taken),
        cmocka_unit_test(very_long_pictures_are_read),
        cmocka_unit_test(scan_bombs_are_refused),
        cmocka_unit_test(motion_jpeg_needs_no_huffman_tables),
        cmocka_unit_test(stream_frames_are_whole_or_refused),
    };
    return cmocka_run_group_tests(tests, paint_scene, NULL);
}
