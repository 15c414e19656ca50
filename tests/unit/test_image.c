// SPDX-License-Identifier: MIT
#include "core/base/file.h"
#include "core/base/rng.h"
#include "core/image/decode.h"
#include "core/image/image.h"
#include "core/image/resize.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <limits.h>
#include <math.h>
#include <unistd.h>

static struct img make_noise(int w, int h, uint64_t seed)
{
    struct img img = {0};
    struct rng rng;
    rng_seed(&rng, seed, 0);
    assert_int_equal(img_reserve(&img, w, h, NULL), 0);
    for (int i = 0; i < w * h * 3; i++)
        img.px[i] = (uint8_t)rng_below(&rng, 256);
    return img;
}

// Soft blobs, the same for every (w, h) but for scale; not symmetric.
static struct img make_scene(int w, int h)
{
    struct img img = {0};
    assert_int_equal(img_reserve(&img, w, h, NULL), 0);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            double u = (x + 0.5) / w, v = (y + 0.5) / h;
            double a = exp(-20 * ((u - 0.3) * (u - 0.3) + (v - 0.4) * (v - 0.4)));
            double b = exp(-40 * ((u - 0.8) * (u - 0.8) + (v - 0.7) * (v - 0.7)));
            uint8_t *p = img.px + 3 * (y * w + x);
            p[0] = (uint8_t)(30 + 180 * a + 40 * b + 20 * v);
            p[1] = (uint8_t)(40 + 120 * a + 90 * b + 30 * u);
            p[2] = (uint8_t)(60 + 60 * a + 150 * b);
        }
    }
    return img;
}

static int bits(uint64_t x)
{
    return __builtin_popcountll(x);
}

static void reserve_checks_sizes_and_keeps_memory(void **state)
{
    (void)state;
    struct img img = {0};
    struct err err;
    static const int bad[][2] = {
        {0, 5}, {5, 0}, {-1, 5}, {IMG_MAX_SIDE + 1, 1}, {50000, 50000}, {INT_MAX, INT_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(img_reserve(&img, bad[i][0], bad[i][1], &err), ERR_DATA);
    assert_null(img.px);
    assert_int_equal(img_reserve(&img, 40, 30, &err), 0);
    uint8_t *px = img.px;
    assert_int_equal(img_reserve(&img, 30, 39, &err), 0);
    assert_ptr_equal(img.px, px);
    assert_int_equal(img.capacity, 40 * 30 * 3);
    assert_int_equal(img_reserve(&img, 0, 1, &err), ERR_DATA);
    assert_int_equal(img.w, 30);
    assert_int_equal(img.h, 39);
    img_finish(&img);
    img_finish(&img);
    assert_null(img.px);
    assert_int_equal(img.capacity, 0);
}

static void crop_takes_the_part_and_refuses_the_rest(void **state)
{
    (void)state;
    struct img src = make_noise(17, 11, 1), dst = {0};
    struct img_rect rect = {5, 3, 12, 8}; // up to the lower right corner
    assert_int_equal(img_crop(&dst, &src, rect, NULL), 0);
    assert_int_equal(dst.w, 12);
    assert_int_equal(dst.h, 8);
    for (int y = 0; y < 8; y++)
        assert_memory_equal(dst.px + y * 12 * 3, src.px + ((y + 3) * 17 + 5) * 3, 12 * 3);
    static const struct img_rect bad[] = {
        {-1, 0, 2, 2}, {0, -1, 2, 2}, {0, 0, 0, 2},       {0, 0, 2, -1},           {6, 3, 12, 8},
        {5, 4, 12, 8}, {0, 0, 18, 1}, {INT_MAX, 0, 1, 1}, {1, 1, INT_MAX, INT_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(img_crop(&dst, &src, bad[i], NULL), ERR_DATA);
        assert_int_equal(img_resize(&dst, &src, bad[i], 4, 4, NULL), ERR_DATA);
    }
    assert_int_equal(img_copy(&dst, &src, NULL), 0);
    assert_int_equal(dst.w, 17);
    assert_memory_equal(dst.px, src.px, 17 * 11 * 3);
    assert_int_equal(img_copy(&dst, &dst, NULL), 0);
    assert_memory_equal(dst.px, src.px, 17 * 11 * 3);
    struct img empty = {0};
    assert_int_equal(img_copy(&dst, &empty, NULL), ERR_DATA);
    img_finish(&src);
    img_finish(&dst);
}

// -- resize ---------------------------------------------------------------------------------------

static double triangle(int pixel, int i, int in, int out)
{
    double scale = (double)in / out;
    double width = scale > 1 ? scale : 1;
    double distance = fabs(pixel + 0.5 - (i + 0.5) * scale) / width;
    return distance < 1 ? 1 - distance : 0;
}

// One sample straight from the definition, over the whole part, in double.
static double exact_sample(const struct img *src, struct img_rect r, int w, int h, int x, int y,
                           int c)
{
    double sum = 0, weights = 0;
    for (int sy = 0; sy < r.h; sy++) {
        double wy = triangle(sy, y, r.h, h);
        for (int sx = 0; sx < r.w && wy > 0; sx++) {
            double weight = wy * triangle(sx, x, r.w, w);
            weights += weight;
            sum += weight * src->px[((r.y + sy) * src->w + r.x + sx) * 3 + c];
        }
    }
    return sum / weights;
}

static void resize_is_exact_to_rounding(void **state)
{
    (void)state;
    static const struct {
        int src_w, src_h;
        struct img_rect rect;
        int w, h;
    } cases[] = {
        {61, 47, {0, 0, 61, 47}, 20, 13},  {61, 47, {7, 5, 31, 42}, 13, 41},
        {61, 47, {60, 46, 1, 1}, 5, 3},    {61, 47, {3, 0, 58, 47}, 1, 1},
        {13, 9, {0, 0, 13, 9}, 40, 31},    {13, 9, {2, 3, 7, 5}, 50, 4},
        {101, 3, {0, 0, 101, 3}, 7, 90},   {1, 1, {0, 0, 1, 1}, 33, 1},
        {64, 64, {0, 0, 64, 64}, 32, 128}, {250, 1, {1, 0, 249, 1}, 105, 1},
        {33, 34, {1, 1, 32, 33}, 31, 32},  {105, 40, {0, 0, 105, 40}, 104, 41},
    };
    struct img dst = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct img src = make_noise(cases[i].src_w, cases[i].src_h, 10 + i);
        int w = cases[i].w, h = cases[i].h;
        assert_int_equal(img_resize(&dst, &src, cases[i].rect, w, h, NULL), 0);
        assert_int_equal(dst.w, w);
        assert_int_equal(dst.h, h);
        for (int y = 0; y < h; y++)
            for (int x = 0; x < w; x++)
                for (int c = 0; c < 3; c++) {
                    double exact = exact_sample(&src, cases[i].rect, w, h, x, y, c);
                    if (fabs(dst.px[(y * w + x) * 3 + c] - exact) > 0.5 + 1e-4)
                        fail_msg("case %zu (%d,%d,%d): %d, exactly %.4f", i, x, y, c,
                                 dst.px[(y * w + x) * 3 + c], exact);
                }
        img_finish(&src);
    }
    img_finish(&dst);
}

static void resize_to_the_same_size_is_identity(void **state)
{
    (void)state;
    struct img src = make_noise(37, 29, 3), dst = {0}, part = {0};
    struct img_rect rect = {4, 2, 31, 27};
    assert_int_equal(img_resize(&dst, &src, rect, 31, 27, NULL), 0);
    assert_int_equal(img_crop(&part, &src, rect, NULL), 0);
    assert_memory_equal(dst.px, part.px, 31 * 27 * 3);
    img_finish(&src);
    img_finish(&dst);
    img_finish(&part);
}

static void resize_keeps_constants_and_memory(void **state)
{
    (void)state;
    static const int sizes[][2] = {{105, 105}, {7, 300}, {640, 11}, {1, 1}};
    struct img src = {0}, dst = {0};
    assert_int_equal(img_reserve(&src, 251, 83, NULL), 0);
    for (int value = 0; value < 256; value += 51) {
        memset(src.px, value, 251 * 83 * 3);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            int w = sizes[i][0], h = sizes[i][1];
            struct img_rect whole = {0, 0, 251, 83};
            assert_int_equal(img_resize(&dst, &src, whole, w, h, NULL), 0);
            for (int k = 0; k < w * h * 3; k++)
                assert_int_equal(dst.px[k], value);
        }
    }
    uint8_t *px = dst.px;
    size_t capacity = dst.capacity;
    for (int i = 0; i < 3; i++)
        assert_int_equal(img_resize(&dst, &src, (struct img_rect){i, i, 80, 80}, 105, 105, NULL),
                         0);
    assert_ptr_equal(dst.px, px);
    assert_int_equal(dst.capacity, capacity);
    img_finish(&src);
    img_finish(&dst);
}

static void resize_refuses_impossible_sizes(void **state)
{
    (void)state;
    struct img src = make_noise(5, 5, 1), dst = {0};
    struct img_rect whole = {0, 0, 5, 5};
    static const int bad[][2] = {{0, 5}, {5, 0}, {-3, -3}, {70000, 1}, {40000, 40000}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(img_resize(&dst, &src, whole, bad[i][0], bad[i][1], NULL), ERR_DATA);
    assert_null(dst.px);
    img_finish(&src);
}

// -- hash -----------------------------------------------------------------------------------------

static void add_noise(struct img *img, int level, int offset, uint64_t seed)
{
    struct rng rng;
    rng_seed(&rng, seed, 0);
    for (int i = 0; i < img->w * img->h * 3; i++) {
        int v = img->px[i] + offset + (int)rng_below(&rng, (uint32_t)(2 * level + 1)) - level;
        img->px[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

// Cells follow each other without a gap, and overlap only where there are fewer pixels than cells.
static void cells_divide_a_part(void **state)
{
    (void)state;
    static const struct img_rect parts[] = {
        {0, 0, 90, 80}, {-7, 5, 640, 481}, {3, 4, 10, 9}, {9, 9, 3, 1}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct img_rect p = parts[i], last = img_cell(p, 9, 8, 8, 7);
        assert_int_equal(img_cell(p, 9, 8, 0, 0).x, p.x);
        assert_int_equal(img_cell(p, 9, 8, 0, 0).y, p.y);
        assert_int_equal(last.x + last.w, p.x + p.w);
        assert_int_equal(last.y + last.h, p.y + p.h);
        for (int c = 0; c < 8; c++) {
            struct img_rect a = img_cell(p, 9, 8, c, 3), b = img_cell(p, 9, 8, c + 1, 3);
            assert_true(a.w >= 1 && a.h >= 1 && b.x >= a.x);
            assert_int_equal(b.x, p.w >= 9 || b.x > a.x ? a.x + a.w : a.x);
        }
    }
}

static void luma_has_the_weights_of_bt601(void **state)
{
    (void)state;
    struct img img = make_noise(31, 17, 6);
    for (int step = 1; step < 9; step++) {
        struct img_rect part = {5, 3, 20, 11};
        double sum = 0;
        int n = 0;
        for (int y = 3; y < 14; y += step)
            for (int x = 5; x < 25; x += step, n++) {
                const uint8_t *p = img.px + 3 * (y * img.w + x);
                sum += 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
            }
        assert_float_equal(img_luma(&img, part, step), sum / n, 1e-4);
    }
    img_finish(&img);
}

static void dhash_is_near_for_bursts_and_far_for_others(void **state)
{
    (void)state;
    struct img scene = make_scene(250, 250), other = {0};
    uint64_t hash = img_dhash(&scene);
    assert_in_range(bits(hash), 5, 60);
    for (uint64_t seed = 1; seed < 20; seed++) {
        assert_int_equal(img_copy(&other, &scene, NULL), 0);
        add_noise(&other, 12, 6, seed);
        assert_in_range(bits(hash ^ img_dhash(&other)), 0, 3);
    }
    struct img_rect moved = {1, 1, 248, 248};
    assert_int_equal(img_crop(&other, &scene, moved, NULL), 0);
    assert_in_range(bits(hash ^ img_dhash(&other)), 0, 3);
    for (int y = 0; y < 250; y++)
        for (int x = 0; x < 125; x++)
            for (int c = 0; c < 3; c++) {
                uint8_t *a = scene.px + (y * 250 + x) * 3 + c;
                uint8_t *b = scene.px + (y * 250 + 249 - x) * 3 + c;
                uint8_t swap = *a;
                *a = *b;
                *b = swap;
            }
    assert_in_range(bits(hash ^ img_dhash(&scene)), 20, 64);
    img_finish(&scene);
    img_finish(&other);
}

static void dhash_of_flat_and_tiny_pictures(void **state)
{
    (void)state;
    struct img img = {0};
    assert_int_equal(img_reserve(&img, 90, 80, NULL), 0);
    memset(img.px, 127, 90 * 80 * 3);
    add_noise(&img, 3, 0, 1);
    assert_true(img_dhash(&img) == 0);
    for (int x = 0; x < 90; x++) // falls to the right in every row: each left one is brighter
        for (int y = 0; y < 80; y++)
            memset(img.px + (y * 90 + x) * 3, 255 - 2 * x, 3);
    assert_true(img_dhash(&img) == UINT64_MAX);
    for (int w = 1; w < 12; w++) { // must stay inside whatever the size
        struct img tiny = make_noise(w, 12 - w, (uint64_t)w);
        assert_true(img_dhash(&tiny) == img_dhash(&tiny));
        img_finish(&tiny);
    }
    img_finish(&img);
}

// -- save -----------------------------------------------------------------------------------------

static int mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? -1 : (int)(st.st_mode & 0777);
}

static void saved_pictures_come_back(void **state)
{
    char path[600];
    struct img scene = make_scene(123, 77), back = {0};
    struct err err;
    umask(0);
    file_join(path, sizeof path, *state, "x.png", NULL);
    assert_int_equal(img_save_png(&scene, path, &err), 0);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(img_load(&back, path, 0, &err), 0);
    assert_int_equal(back.w, 123);
    assert_int_equal(back.h, 77);
    assert_memory_equal(back.px, scene.px, 123 * 77 * 3);
    file_join(path, sizeof path, *state, "x.jpg", NULL);
    assert_int_equal(img_save_jpeg(&scene, path, 95, &err), 0);
    assert_int_equal(mode_of(path), 0600);
    assert_int_equal(img_load(&back, path, 0, &err), 0);
    assert_int_equal(back.w, 123);
    for (int i = 0; i < 123 * 77 * 3; i++)
        assert_in_range(back.px[i] + 100, scene.px[i] + 96, scene.px[i] + 104);
    img_finish(&scene);
    img_finish(&back);
}

// Neighbours of pure red and blue: with shared chroma (4:2:0) both would turn purple.
static void saved_jpeg_keeps_colour_edges(void **state)
{
    char path[600];
    struct img img = {0};
    assert_int_equal(img_reserve(&img, 64, 64, NULL), 0);
    for (int i = 0; i < 64 * 64; i++)
        memcpy(img.px + 3 * i, i % 2 ? "\xe0\x10\x10" : "\x10\x10\xe0", 3);
    file_join(path, sizeof path, *state, "x.jpg", NULL);
    assert_int_equal(img_save_jpeg(&img, path, 100, NULL), 0);
    assert_int_equal(img_load(&img, path, 0, NULL), 0);
    for (int i = 0; i < 64 * 64; i++) {
        assert_in_range(img.px[3 * i + (i % 2 ? 0 : 2)], 200, 255);
        assert_in_range(img.px[3 * i + (i % 2 ? 2 : 0)], 0, 40);
    }
    // Noise at quality 100 is the largest JPEG there is.
    struct img noise = make_noise(333, 211, 9);
    assert_int_equal(img_save_jpeg(&noise, path, 100, NULL), 0);
    assert_int_equal(img_load(&img, path, 0, NULL), 0);
    assert_int_equal(img.w, 333);
    struct img dot = make_noise(1, 1, 9);
    assert_int_equal(img_save_jpeg(&dot, path, 1, NULL), 0);
    assert_int_equal(img_save_png(&dot, path, NULL), 0);
    img_finish(&dot);
    img_finish(&noise);
    img_finish(&img);
}

static void save_errors_name_the_file(void **state)
{
    char path[600];
    struct img img = make_noise(8, 8, 1);
    struct err err;
    file_join(path, sizeof path, *state, "no/such/folder.jpg", NULL);
    assert_int_equal(img_save_jpeg(&img, path, 90, &err), ERR_IO);
    assert_non_null(strstr(err.text, "no/such/folder.jpg"));
    assert_int_equal(img_save_png(&img, path, &err), ERR_IO);
    if (geteuid() != 0) { // root may write anywhere
        chmod(*state, 0500);
        file_join(path, sizeof path, *state, "x.png", NULL);
        assert_int_equal(img_save_png(&img, path, &err), ERR_IO);
        assert_int_equal(img_save_jpeg(&img, path, 90, &err), ERR_IO);
    }
    img_finish(&img);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserve_checks_sizes_and_keeps_memory),
        cmocka_unit_test(crop_takes_the_part_and_refuses_the_rest),
        cmocka_unit_test(resize_is_exact_to_rounding),
        cmocka_unit_test(resize_to_the_same_size_is_identity),
        cmocka_unit_test(resize_keeps_constants_and_memory),
        cmocka_unit_test(resize_refuses_impossible_sizes),
        cmocka_unit_test(cells_divide_a_part),
        cmocka_unit_test(luma_has_the_weights_of_bt601),
        cmocka_unit_test(dhash_is_near_for_bursts_and_far_for_others),
        cmocka_unit_test(dhash_of_flat_and_tiny_pictures),
        cmocka_unit_test_setup_teardown(saved_pictures_come_back, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(saved_jpeg_keeps_colour_edges, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(save_errors_name_the_file, test_dir_make, test_dir_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
