// SPDX-License-Identifier: MIT
#include "core/base/file.h"
#include "core/base/rng.h"
#include "core/image/decode.h"
#include "tests/test.h"
#include "tests/unit/encoders.h"

#include <unistd.h>

// Largest difference to `px`: [img->h, img->w, 3].
static int worst(const struct img *img, const uint8_t *px)
{
    int max = 0;
    for (int i = 0; i < img->w * img->h * 3; i++) {
        int d = abs(img->px[i] - px[i]);
        max = d > max ? d : max;
    }
    return max;
}

// Decodes, compares and frees `b`.
static void expect_pixels(struct bytes b, const uint8_t *px, int w, int h, int tolerance)
{
    struct img img = {0};
    decode_ok(&img, b);
    assert_int_equal(img.w, w);
    assert_int_equal(img.h, h);
    assert_in_range(worst(&img, px), 0, tolerance);
    img_finish(&img);
    bytes_free(&b);
}

// -- formats --------------------------------------------------------------------------------------

static void jpeg_flavours(void **state)
{
    (void)state;
    expect_pixels(scene_jpeg((struct jpeg_options){0}), scene, W, H, 16);
    expect_pixels(scene_jpeg((struct jpeg_options){.progressive = true}), scene, W, H, 16);
    expect_pixels(scene_jpeg((struct jpeg_options){.own_tables = true}), scene, W, H, 16);
    expect_pixels(scene_jpeg((struct jpeg_options){.restart_rows = 1}), scene, W, H, 16);
    expect_pixels(scene_jpeg((struct jpeg_options){.file = JCS_RGB}), scene, W, H, 4);
    uint8_t grey[W * H], rgb[W * H * 3];
    for (int i = 0; i < W * H; i++) {
        grey[i] = scene[3 * i];
        memset(rgb + 3 * i, grey[i], 3);
    }
    struct jpeg_options options = {.in = JCS_GRAYSCALE};
    expect_pixels(make_jpeg(grey, W, H, options), rgb, W, H, 4);
}

// The four inks on paper, as Adobe stores them (255 = none) and as others do (0 = none).
static void jpeg_cmyk_becomes_rgb(void **state)
{
    (void)state;
    uint8_t stored[W * H * 4], adobe[W * H * 3], plain[W * H * 3];
    for (int i = 0; i < W * H; i++) {
        int k = 255 - i / W * 4;
        for (int c = 0; c < 3; c++) {
            int v = scene[3 * i + c];
            stored[4 * i + c] = (uint8_t)v;
            adobe[3 * i + c] = (uint8_t)((v * k + 127) / 255);
            plain[3 * i + c] = (uint8_t)(((255 - v) * (255 - k) + 127) / 255);
        }
        stored[4 * i + 3] = (uint8_t)k;
    }
    struct jpeg_options options = {.in = JCS_CMYK};
    expect_pixels(make_jpeg(stored, W, H, options), adobe, W, H, 8);
    options.file = JCS_YCCK;
    expect_pixels(make_jpeg(stored, W, H, options), adobe, W, H, 16);
    options.file = JCS_CMYK;
    options.no_adobe = true;
    expect_pixels(make_jpeg(stored, W, H, options), plain, W, H, 8);
}

static void jpeg_oddities_that_are_whole_pictures(void **state)
{
    (void)state;
    struct bytes b = scene_jpeg((struct jpeg_options){0});
    struct img plain = {0}, odd = {0};
    decode_ok(&plain, b);
    bytes_insert(&b, 20, "\0\0\x11", 3);               // between the first two segments
    bytes_insert(&b, b.size - 2, "\0\x55\x55\x55", 4); // before the end marker
    bytes_insert(&b, b.size, "trailing", 8);
    decode_ok(&odd, b);
    assert_memory_equal(odd.px, plain.px, W * H * 3);
    for (size_t i = 0; i + 13 < b.size; i++) // a phone's scan header: Se = 0
        if (b.data[i] == 0xff && b.data[i + 1] == 0xda)
            b.data[i + 12] = 0;
    memset(odd.px, 0, W * H * 3);
    decode_ok(&odd, b);
    assert_memory_equal(odd.px, plain.px, W * H * 3);
    bytes_free(&b);
    img_finish(&plain);
    img_finish(&odd);
}

static void png_flavours(void **state)
{
    (void)state;
    expect_pixels(scene_png(), scene, W, H, 0);
    struct png_options options = {PNG_COLOR_TYPE_RGB, 8, .interlaced = true};
    expect_pixels(make_png(scene, W, H, W * 3, options), scene, W, H, 0);

    uint8_t deep[W * H * 6], grey[W * H * 3], bits[H * W / 8] = {0}, black_white[W * H * 3];
    for (int i = 0; i < W * H * 3; i++) {
        deep[2 * i] = scene[i];
        deep[2 * i + 1] = (uint8_t)(scene[i] ^ 0x40); // read the wrong way round, it would show
        grey[i] = scene[i / 3 * 3];
        bool white = scene[i / 3 * 3] & 1;
        black_white[i] = white ? 255 : 0;
        if (white)
            bits[i / 3 / 8] |= (uint8_t)(0x80 >> i / 3 % 8);
    }
    options = (struct png_options){PNG_COLOR_TYPE_RGB, 16};
    expect_pixels(make_png(deep, W, H, W * 6, options), scene, W, H, 0);
    options = (struct png_options){PNG_COLOR_TYPE_GRAY, 1};
    expect_pixels(make_png(bits, W, H, W / 8, options), black_white, W, H, 0);
    uint8_t one[W * H], two[W * H * 2];
    for (int i = 0; i < W * H; i++)
        one[i] = two[2 * i] = two[2 * i + 1] = grey[3 * i];
    options = (struct png_options){PNG_COLOR_TYPE_GRAY, 8};
    expect_pixels(make_png(one, W, H, W, options), grey, W, H, 0);
    options = (struct png_options){PNG_COLOR_TYPE_GRAY, 16};
    expect_pixels(make_png(two, W, H, W * 2, options), grey, W, H, 0);
}

static uint8_t over_white(int v, int alpha)
{
    return (uint8_t)((v * alpha + 255 * (255 - alpha)) / 255.0 + 0.5);
}

static void png_palette_and_alpha_lie_over_white(void **state)
{
    (void)state;
    png_color palette[256];
    uint8_t alpha[256], index[W * H], rgb[W * H * 3], flat[W * H * 3];
    for (int i = 0; i < 256; i++) {
        palette[i] = (png_color){(uint8_t)i, (uint8_t)(255 - i), (uint8_t)(i * 7)};
        alpha[i] = (uint8_t)(i * 3);
    }
    for (int i = 0; i < W * H; i++) {
        index[i] = (uint8_t)(i * 5);
        const uint8_t p[3] = {palette[index[i]].red, palette[index[i]].green,
                              palette[index[i]].blue};
        for (int c = 0; c < 3; c++) {
            rgb[3 * i + c] = p[c];
            flat[3 * i + c] = over_white(p[c], alpha[index[i]]);
        }
    }
    struct png_options options = {PNG_COLOR_TYPE_PALETTE, 8, .palette = palette, .n_palette = 256};
    expect_pixels(make_png(index, W, H, W, options), rgb, W, H, 0);
    options.palette_alpha = alpha;
    expect_pixels(make_png(index, W, H, W, options), flat, W, H, 0);

    uint8_t rgba[W * H * 4];
    for (int i = 0; i < W * H; i++) {
        memcpy(rgba + 4 * i, rgb + 3 * i, 3);
        rgba[4 * i + 3] = alpha[index[i]];
    }
    options = (struct png_options){PNG_COLOR_TYPE_RGB_ALPHA, 8};
    expect_pixels(make_png(rgba, W, H, W * 4, options), flat, W, H, 0);
}

static void webp_flavours(void **state)
{
    (void)state;
    expect_pixels(make_webp(scene, W, H, 0), scene, W, H, 0);
    uint8_t *data;
    size_t size = WebPEncodeRGB(scene, W, H, W * 3, 95, &data);
    expect_pixels(bytes_of(data, size), scene, W, H, 24);
    WebPFree(data);

    uint8_t rgba[2 * W * H * 4], flat[W * H * 3];
    for (int i = 0; i < W * H; i++) {
        int alpha = i % 256;
        for (int c = 0; c < 3; c++) {
            rgba[4 * i + c] = scene[3 * i + c];
            flat[3 * i + c] = over_white(scene[3 * i + c], alpha);
        }
        rgba[4 * i + 3] = (uint8_t)alpha;
    }
    size = WebPEncodeLosslessRGBA(rgba, W, H, W * 4, &data);
    expect_pixels(bytes_of(data, size), flat, W, H, 1); // colour of alpha 0 is not kept
    WebPFree(data);
    memset(rgba + W * H * 4, 128, W * H * 4);
    expect_pixels(make_webp_animation(rgba, W, H, 2), flat, W, H, 1);
}

// -- orientation ----------------------------------------------------------------------------------

// The upright position of stored pixel (row, col), out of TIFF 6.0's table: which visual side the
// first row is, and which the first column. The upright picture is W x H.
static void upright_of(int orientation, int row, int col, int *x, int *y)
{
    static const char table[9][2] = {{0},        {'T', 'L'}, {'T', 'R'}, {'B', 'R'}, {'B', 'L'},
                                     {'L', 'T'}, {'R', 'T'}, {'R', 'B'}, {'L', 'B'}};
    for (int k = 0; k < 2; k++) {
        int n = k == 0 ? row : col;
        switch (table[orientation][k]) {
        case 'T':
            *y = n;
            break;
        case 'B':
            *y = H - 1 - n;
            break;
        case 'L':
            *x = n;
            break;
        case 'R':
            *x = W - 1 - n;
            break;
        }
    }
}

static void every_orientation_becomes_upright(void **state)
{
    (void)state;
    for (int orientation = 1; orientation <= 8; orientation++) {
        int w = orientation < 5 ? W : H, h = orientation < 5 ? H : W;
        uint8_t stored[W * H * 3];
        for (int row = 0; row < h; row++)
            for (int col = 0; col < w; col++) {
                int x = 0, y = 0;
                upright_of(orientation, row, col, &x, &y);
                memcpy(stored + 3 * (row * w + col), scene + 3 * (y * W + x), 3);
            }
        struct jpeg_options jpeg = {.orientation = orientation};
        expect_pixels(make_jpeg(stored, w, h, jpeg), scene, W, H, 16);
        jpeg.big_endian = true;
        expect_pixels(make_jpeg(stored, w, h, jpeg), scene, W, H, 16);
        struct png_options png = {PNG_COLOR_TYPE_RGB, 8, .orientation = orientation};
        expect_pixels(make_png(stored, w, h, (size_t)w * 3, png), scene, W, H, 0);
        expect_pixels(make_webp(stored, w, h, orientation), scene, W, H, 0);
    }
}

static void wrong_exif_is_passed_over(void **state)
{
    (void)state;
    expect_pixels(scene_jpeg((struct jpeg_options){.orientation = 9}), scene, W, H, 16);
    expect_pixels(scene_jpeg((struct jpeg_options){.orientation = 255}), scene, W, H, 16);
    struct rng rng;
    rng_seed(&rng, 3, 0);
    struct img img = {0};
    for (int i = 0; i < 300; i++) { // whatever stands there: no crash, the picture comes
        struct bytes b = scene_jpeg((struct jpeg_options){.orientation = 6, .big_endian = i & 1});
        uint8_t *exif = memmem(b.data, b.size, "Exif", 4);
        assert_non_null(exif);
        for (int k = 0; k < 3; k++)
            exif[6 + rng_below(&rng, EXIF_BYTES)] = (uint8_t)rng_below(&rng, 256);
        decode_ok(&img, b);
        assert_int_equal(img.w + img.h, W + H);
        bytes_free(&b);
    }
    img_finish(&img);
}

// -- scaled decoding ------------------------------------------------------------------------------

static void scaled_jpeg_is_never_under_min_side(void **state)
{
    (void)state;
    static const struct {
        int w, h, min_side, out_w, out_h;
    } cases[] = {
        {640, 480, 0, 640, 480},   {640, 480, 105, 160, 120}, {640, 480, 120, 160, 120},
        {640, 480, 121, 320, 240}, {640, 480, 241, 640, 480}, {640, 480, 9999, 640, 480},
        {641, 481, 61, 81, 61},    {641, 481, 62, 161, 121},  {100, 900, 50, 50, 450},
        {7, 5, 1, 1, 1},           {1, 1, 105, 1, 1},
    };
    struct img img = {0};
    uint8_t *px = malloc(1000 * 1000 * 3);
    assert_non_null(px);
    memset(px, 90, 1000 * 1000 * 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int progressive = 0; progressive < 2; progressive++) {
            struct jpeg_options options = {.progressive = progressive};
            struct bytes b = make_jpeg(px, cases[i].w, cases[i].h, options);
            assert_int_equal(img_decode(&img, b.data, b.size, "x", cases[i].min_side, NULL), 0);
            assert_int_equal(img.w, cases[i].out_w);
            assert_int_equal(img.h, cases[i].out_h);
            assert_in_range(img.px[img.w * img.h * 3 - 1], 88, 92);
            bytes_free(&b);
        }
    free(px);
    img_finish(&img);
}

static void decode_reuses_memory(void **state)
{
    (void)state;
    struct bytes files[] = {scene_jpeg((struct jpeg_options){.orientation = 6}), scene_png(),
                            make_webp(scene, W, H, 8), scene_jpeg((struct jpeg_options){0})};
    struct img img = {0};
    assert_int_equal(img_reserve(&img, 100, 100, NULL), 0);
    uint8_t *px = img.px;
    for (size_t i = 0; i < 4; i++) {
        decode_ok(&img, files[i]);
        assert_ptr_equal(img.px, px);
        assert_int_equal(img.capacity, 100 * 100 * 3);
        bytes_free(&files[i]);
    }
    img_finish(&img);
}

// -- files ----------------------------------------------------------------------------------------

static void names_of_pictures(void **state)
{
    (void)state;
    assert_true(img_is_picture_name("a/b.jpg"));
    assert_true(img_is_picture_name("a.b/c.JPeG"));
    assert_true(img_is_picture_name("x.PNG"));
    assert_true(img_is_picture_name("x.webp"));
    assert_false(img_is_picture_name("x.jpg/readme"));
    assert_false(img_is_picture_name("x.jpg.txt"));
    assert_false(img_is_picture_name("jpg"));
    assert_false(img_is_picture_name(""));
    assert_false(img_is_picture_name("x.gif"));
}

static void loads_by_content_and_names_the_file(void **state)
{
    char path[600];
    struct img img = {0};
    struct err err;
    struct bytes b = scene_png();
    file_join(path, sizeof path, *state, "really-a-png.jpg", NULL);
    assert_int_equal(file_save(path, b.data, b.size, NULL), 0);
    assert_int_equal(img_load(&img, path, 0, &err), 0);
    assert_int_equal(worst(&img, scene), 0);
    assert_int_equal(file_save(path, b.data, b.size / 2, NULL), 0);
    assert_int_equal(img_load(&img, path, 0, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "really-a-png.jpg: PNG ends early"));
    assert_int_equal(file_save(path, "", 0, NULL), 0);
    assert_int_equal(img_load(&img, path, 0, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "really-a-png.jpg: the file is empty"));
    unlink(path);
    assert_int_equal(img_load(&img, path, 0, &err), ERR_DATA);
    assert_int_equal(img_load(&img, *state, 0, &err), ERR_DATA);
    bytes_free(&b);
    img_finish(&img);
}

static int load_one(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct img img = {0};
    struct err err;
    if (!img_is_picture_name(path))
        return 0;
    if (img_load(&img, path, 0, &err))
        fail_msg("%s", err.text);
    assert_int_equal(img.w, 250);
    assert_int_equal(img.h, 250);
    img_finish(&img);
    ++*(int *)ctx;
    return 0;
}

static void real_pictures_all_decode(void **state)
{
    (void)state;
    const char *dir = test_shared("data/lfw/dev");
    if (!dir)
        skip();
    int n = 0;
    assert_int_equal(file_walk(dir, load_one, &n, NULL), 0);
    assert_true(n > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jpeg_flavours),
        cmocka_unit_test(jpeg_cmyk_becomes_rgb),
        cmocka_unit_test(jpeg_oddities_that_are_whole_pictures),
        cmocka_unit_test(png_flavours),
        cmocka_unit_test(png_palette_and_alpha_lie_over_white),
        cmocka_unit_test(webp_flavours),
        cmocka_unit_test(every_orientation_becomes_upright),
        cmocka_unit_test(wrong_exif_is_passed_over),
        cmocka_unit_test(scaled_jpeg_is_never_under_min_side),
        cmocka_unit_test(decode_reuses_memory),
        cmocka_unit_test(names_of_pictures),
        cmocka_unit_test_setup_teardown(loads_by_content_and_names_the_file, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test(real_pictures_all_decode),
    };
    return cmocka_run_group_tests(tests, paint_scene, NULL);
}
