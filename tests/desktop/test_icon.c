// SPDX-License-Identifier: MIT
// The icon that the window carries is the one that is installed.
#include "tests/test.h"

#include "core/image/decode.h"
#include "ui/icon.h"

static Uint32 pixel(const SDL_Surface *icon, int x, int y)
{
    const Uint8 *row = (const Uint8 *)icon->pixels + (size_t)y * (size_t)icon->pitch;
    return ((const Uint32 *)(const void *)row)[x];
}

static void test_faces_mirror_each_other(void **state)
{
    (void)state;
    for (int size = 16; size <= 128; size *= 2) {
        SDL_Surface *icon = ui_icon_draw(size);
        assert_non_null(icon);
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size / 2; x++) {
                Uint32 a = pixel(icon, x, y), b = pixel(icon, size - 1 - x, y);
                assert_int_equal(a >> 24, b >> 24);
                assert_int_equal(a == 0xff6cb2ff, b == 0xff45d49a);
                assert_int_equal(a == 0xff1a2740, b == 0xff1a2740);
            }
        assert_int_equal(pixel(icon, 0, 0), 0);
        SDL_FreeSurface(icon);
    }
}

// Against white, as decoded pictures are.
static double difference(const SDL_Surface *icon, const struct img *drawn)
{
    double sum = 0;
    for (int y = 0; y < icon->h; y++)
        for (int x = 0; x < icon->w; x++) {
            Uint32 argb = pixel(icon, x, y), opaque = argb >> 24;
            for (int c = 0; c < 3; c++) {
                Uint32 mine = ((argb >> (16 - 8 * c) & 255) * opaque + 255 * (255 - opaque)) / 255;
                sum += abs((int)mine - drawn->px[3 * (y * icon->w + x) + c]);
            }
        }
    return sum / (3 * icon->w * icon->h);
}

static void test_is_the_installed_one(void **state)
{
    const char *source = getenv("VISAVIS_SOURCE");
    struct img drawn = {0};
    struct err err = {0};
    if (system("rsvg-convert --version >/dev/null 2>&1")) {
        printf("skipped: rsvg-convert is not installed\n");
        skip();
    }
    for (int size = 32; size <= 128; size *= 2) {
        char path[600], command[5000];
        snprintf(path, sizeof path, "%s/icon.png", (const char *)*state);
        snprintf(command, sizeof command, "rsvg-convert -w %d -h %d -o '%s' '%s/assets/icon.svg'",
                 size, size, path, source ? source : ".");
        assert_int_equal(system(command), 0);
        if (img_load(&drawn, path, 0, &err))
            fail_msg("%s", err.text);
        SDL_Surface *icon = ui_icon_draw(size);
        assert_non_null(icon);
        assert_int_equal(drawn.w, icon->w);
        assert_int_equal(drawn.h, icon->h);
        double levels = difference(icon, &drawn);
        printf("%d pixels: %.2f levels apart\n", size, levels);
        assert_true(levels < 1.5);
        SDL_FreeSurface(icon);
    }
    img_finish(&drawn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faces_mirror_each_other),
        cmocka_unit_test_setup_teardown(test_is_the_installed_one, test_dir_make, test_dir_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
