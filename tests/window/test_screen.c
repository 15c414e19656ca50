// SPDX-License-Identifier: MIT
// What is drawn: nothing overlaps or leaves the window at any size, the picture lies where it
// should and is mirrored with its box, charts and texts are there.
#include "tests/test.h"

#include "ui/screen.h"
#include "ui/window.h"

#include <limits.h>
#include <math.h>

static struct ui_view view;

static bool apart(struct ui_box a, struct ui_box b)
{
    const float slack = 0.01f;
    return a.x + a.w <= b.x + slack || b.x + b.w <= a.x + slack || a.y + a.h <= b.y + slack ||
           b.y + b.h <= a.y + slack;
}

static bool within(struct ui_box box, float w, float h)
{
    return box.x >= 0 && box.y >= 0 && box.x + box.w <= w + 0.01f && box.y + box.h <= h + 0.01f;
}

static void test_layout_never_overlaps(void **state)
{
    (void)state;
    for (float w = 480; w < 2700; w += 37)
        for (float h = 360; h < 1700; h += 31)
            for (int i = 0; i < 4; i++) {
                float aspect = i & 1 ? 4.0f / 3 : 16.0f / 9, status_h = i & 2 ? 110 : 52;
                struct ui_layout l = ui_screen_layout(w, h, status_h, aspect);
                struct ui_box box[] = {l.stage, l.collect, l.train, l.live, l.status};
                for (int a = 0; a < 5; a++) {
                    assert_true(within(box[a], w, h));
                    assert_true(box[a].w >= 190 && box[a].h >= 50);
                    for (int b = 0; b < a; b++)
                        assert_true(apart(box[a], box[b]));
                }
            }
}

static void text(char *out, const char *s)
{
    snprintf(out, UI_TEXT, "%s", s);
}

// Left half red, right half blue.
static void make_frame(struct img *frame, int w, int h)
{
    assert_int_equal(img_reserve(frame, w, h, NULL), 0);
    for (int i = 0; i < w * h; i++) {
        bool left = i % w < w / 2;
        frame->px[3 * i] = left ? 250 : 0;
        frame->px[3 * i + 1] = 0;
        frame->px[3 * i + 2] = left ? 0 : 250;
    }
}

static void fill_view(const struct img *frame)
{
    view = (struct ui_view){.frame = frame,
                            .frame_number = 1,
                            .threshold = 0.5f,
                            .live = true,
                            .verdict = VERIFY_STRANGER,
                            .score = 0.31f,
                            .anchors = 12345,
                            .positives = 99999,
                            .training = true,
                            .epoch = 3,
                            .epochs = 50,
                            .n_curve = 3,
                            .loss = {0.7f, NAN, 0.5f},
                            .heldout_loss = {0.7f, INFINITY, 0.6f},
                            .n_heldout_pairs = 102,
                            .heldout_optimistic = true,
                            .seconds_left = 4000,
                            .anchors_matched = 18,
                            .anchors_all = 20,
                            .reason = FACE_DARK,
                            .nearest = frame,
                            .nearest_number = 1,
                            .nearest_score = 0.44f,
                            .worst_own = {frame, 3, 20, {{0}}},
                            .worst_others = {frame, UI_WORST, UI_WORST, {{0}}},
                            .worst_number = 1,
                            .n_history = 3,
                            .history = {{9, 0.1f}, {8.5f, 2.0f}, {1, -1.0f}},
                            .n_folders = UI_FOLDERS};
    for (int i = 0; i < UI_WORST; i++) {
        view.worst_own.suspect[i] =
            (struct ui_suspect){"/a/\xff\xfe of a long name/b.jpg", 1, i > 0};
        view.worst_others.suspect[i] = (struct ui_suspect){"no folder.jpg", 0.5f, i % 2};
    }
    for (int i = 0; i < UI_FOLDERS; i++)
        snprintf(view.folder[i].path, UI_TEXT,
                 "/\xff\xfe/%d/\xe5\x86\x99 a rather long name of a folder", i);
    view.card.scores.own[390] = view.card.scores.others[10] = 20;
    text(view.camera, "A camera of a long name with many words in it, 1920x1080 MJPG, 30 fps");
    text(view.message, "A message that has to tell a cause and a remedy, and so is longer than the "
                       "bar at the bottom is wide, at least in a small window, or in two");
    view.n_cameras = UI_CAMERAS;
    for (int i = 0; i < UI_CAMERAS; i++) {
        snprintf(view.cameras[i].name, UI_TEXT, "\xff camera %d of a rather long name", i);
        snprintf(view.cameras[i].spec, sizeof view.cameras[i].spec, "/dev/v4l/by-id/\xfe-%d", i);
        view.cameras[i].in_use = i % 3 == 0;
    }
    for (int id = 0; id < UI_CONTROLS; id++) // ranges as no driver should have them
        view.control[id] = (struct ui_control){
            true, false, id == UI_GAIN ? INT_MIN : 7, id == UI_GAIN ? INT_MAX : 7, 0, -5, ~0u};
    for (int i = 0; i < UI_WARNINGS; i++)
        text(view.warning[i], "A warning that has to tell what is wrong with a training, and what "
                              "can be done about that");
    text(view.hint, "A hint that tells what to do next, in more words than usual");
}

static void check_zones(const struct ui_canvas *canvas)
{
    for (int a = 0; a < canvas->n_zones; a++) {
        const struct ui_zone *za = &canvas->zone[a];
        assert_true(within(za->box, canvas->whole.w, canvas->whole.h));
        for (int b = 0; b < a; b++) {
            const struct ui_zone *zb = &canvas->zone[b];
            if (za->kind != UI_ZONE_SCROLL && zb->kind != UI_ZONE_SCROLL)
                assert_true(apart(za->box, zb->box));
        }
    }
}

static void test_buttons_never_overlap(void **state)
{
    (void)state;
    struct img frame = {0};
    make_frame(&frame, 320, 180);
    fill_view(&frame);
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, 2000, 1300, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    static struct ui_canvas canvas;
    static struct ui_screen screen;
    assert_int_equal(ui_canvas_init(&canvas, renderer, 1, NULL), 0);
    for (int w = 480; w < 2000; w += 173)
        for (int h = 360; h < 1300; h += 97) {
            view.live = !view.live;
            view.training = !view.training;
            view.camera_lost = h % 2;
            view.camera_paused = h % 5 == 0;
            view.page = (enum ui_page)((w + h) % 3);
            view.have_model = h % 3 > 0;
            view.retrains = h % 4 > 0;
            view.n_wrong = h % 2;
            view.part = (enum ui_part)(h % 4);
            view.n_warnings = h % (UI_WARNINGS + 1);
            view.n_left_out = h % 7;
            view.cursor = h % 20;
            view.greeting = !view.live;
            view.fps = 30;
            view.figures = (struct ui_figures){h % 3 == 0, 29.97f, 0, NAN, 1e4f, 3.1f};
            ui_canvas_begin(&canvas, w, h, 1);
            ui_screen_draw(&screen, &canvas, &view);
            check_zones(&canvas);
        }
    ui_screen_finish(&screen);
    ui_canvas_finish(&canvas);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
    img_finish(&frame);
}

static const uint8_t *pixel(const struct img *img, float x, float y)
{
    return img->px + 3 * ((int)y * img->w + (int)x);
}

static void shoot(int w, int h, float scale, struct img *shot)
{
    struct ui_window *window;
    struct err err = {0};
    assert_int_equal(ui_window_create_offscreen(&window, w, h, scale, &err), 0);
    assert_int_equal(ui_window_shot(window, &view, shot, &err), 0);
    ui_window_destroy(window);
    assert_int_equal(shot->w, w);
    assert_int_equal(shot->h, h);
}

// The first and the last column of the picture's row at `y` that is red or blue.
static void picture_extent(const struct img *shot, int y, int *first, int *last)
{
    *first = -1;
    for (int x = 0; x < shot->w; x++) {
        const uint8_t *p = pixel(shot, (float)x, (float)y);
        if (p[1] < 40 && (p[0] > 90 || p[2] > 90) && abs(p[0] - p[2]) > 80) {
            *first = *first < 0 ? x : *first;
            *last = x;
        }
        if (x > shot->w / 2 && *first >= 0 && x > *last + 40)
            break;
    }
}

static void test_mirror(void **state)
{
    (void)state;
    struct img frame = {0}, plain = {0}, mirrored = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.live = false;
    view.guide = (struct img_rect){40, 100, 200, 200};
    shoot(1280, 800, 1, &plain);
    view.mirror = true;
    shoot(1280, 800, 1, &mirrored);
    int first = 0, last = 0;
    picture_extent(&plain, 300, &first, &last);
    assert_true(first >= 0 && last - first > 600);
    float y = 300, quarter = (float)(last - first) / 4;
    float left = (float)first + quarter, right = (float)last - quarter;
    assert_true(pixel(&plain, left, y)[0] > pixel(&plain, left, y)[2]);
    assert_true(pixel(&mirrored, left, y)[0] < pixel(&mirrored, left, y)[2]);
    // Bright in the box, which is over the red half, and dim outside, on either side.
    assert_true(pixel(&plain, left, y)[0] > 240);
    assert_true(pixel(&plain, right, y)[2] < 200);
    assert_true(pixel(&mirrored, right, y)[0] > 240);
    assert_true(pixel(&mirrored, left, y)[2] < 200);
    img_finish(&frame);
    img_finish(&plain);
    img_finish(&mirrored);
}

static void test_only_new_frames_are_uploaded(void **state)
{
    (void)state;
    struct img frame = {0}, a = {0}, b = {0}, c = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    struct ui_window *window;
    assert_int_equal(ui_window_create_offscreen(&window, 1280, 800, 1, NULL), 0);
    assert_int_equal(ui_window_shot(window, &view, &a, NULL), 0);
    memset(frame.px, 128, (size_t)frame.w * (size_t)frame.h * 3);
    assert_int_equal(ui_window_shot(window, &view, &b, NULL), 0);
    assert_memory_equal(a.px, b.px, (size_t)a.w * (size_t)a.h * 3);
    view.frame_number++;
    assert_int_equal(ui_window_shot(window, &view, &c, NULL), 0);
    assert_memory_not_equal(a.px, c.px, (size_t)a.w * (size_t)a.h * 3);
    ui_window_destroy(window);
    img_finish(&frame);
    img_finish(&a);
    img_finish(&b);
    img_finish(&c);
}

// Frames that change their size, very small and very large ones, and none at all.
static void test_odd_frames(void **state)
{
    (void)state;
    static const int size[][2] = {{1, 1}, {3, 500}, {500, 3}, {1921, 1081}, {641, 479}, {64, 64}};
    struct img frame = {0}, shot = {0};
    struct ui_window *window;
    assert_int_equal(ui_window_create_offscreen(&window, 700, 500, 1, NULL), 0);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        make_frame(&frame, size[i][0], size[i][1]);
        fill_view(&frame);
        view.frame_number = (int64_t)i;
        view.guide = (struct img_rect){-50, -50, 5000, 200};
        view.flash = 1;
        view.holding = 'a';
        ui_window_draw(window, &view);
    }
    view.frame = NULL;
    assert_int_equal(ui_window_shot(window, &view, &shot, NULL), 0);
    ui_window_destroy(window);
    img_finish(&frame);
    img_finish(&shot);
}

// Columns of the picture with the training curve's colour, within the right half of the window.
static void curve_extent(const struct img *shot, int *first, int *last)
{
    SDL_Color c = ui_theme_dark.accent;
    *first = *last = -1;
    for (int x = shot->w / 2; x < shot->w; x++)
        for (int y = 0; y < shot->h; y++) {
            const uint8_t *p = pixel(shot, (float)x, (float)y);
            if (p[0] == c.r && p[1] == c.g && p[2] == c.b) {
                *first = *first < 0 ? x : *first;
                *last = x;
            }
        }
}

static void shoot_curve(int first_epoch, int n, int *first, int *last)
{
    struct img shot = {0};
    view = (struct ui_view){
        .have_model = true, .live = true, .epochs = 50, .first_epoch = first_epoch, .n_curve = n};
    for (int i = 0; i < n; i++)
        view.loss[i] = 0.5f;
    shoot(1280, 800, 1, &shot);
    curve_extent(&shot, first, last);
    img_finish(&shot);
}

// A legend's sample is in that colour too: at the left, 18 points wide.
static void test_curves_lie_at_their_epochs(void **state)
{
    (void)state;
    int left, right, first, last;
    shoot_curve(0, 50, &left, &right);
    assert_true(right - left > 250);
    shoot_curve(1, 25, &first, &last);
    assert_in_range(first, left - 1, left + 1);
    assert_in_range(last, (left + right) / 2 - 6, (left + right) / 2 + 2);
    shoot_curve(41, 10, &first, &last);
    assert_in_range(last, right - 2, right);
    shoot_curve(41, 1, &first, &last);
    int at = left + (right - left) * 40 / 49;
    assert_in_range(last, at - 1, at + 5);
    shoot_curve(60, 10, &first, &last); // more than was planned
    assert_in_range(last, right - 2, right);
}

// A dot of a single point, whole and inside of the plot.
static void test_single_point_is_a_dot(void **state)
{
    (void)state;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    static struct ui_canvas canvas;
    static struct ui_plot plot;
    assert_int_equal(ui_canvas_init(&canvas, renderer, 1, NULL), 0);
    assert_true(ui_plot_begin(&plot, &canvas, (struct ui_box){0, 0, 64, 64}));
    const struct ui_point points[] = {{NAN, 0.2f}, {0.5f, 0.5f}};
    uint32_t background = plot.px[0];
    ui_plot_line(&plot, points, 2, 2, 0, (SDL_Color){255, 0, 0, 255});
    int n = 0;
    for (int i = 0; i < 64 * 64; i++)
        n += plot.px[i] != background;
    assert_in_range(n, 25, 60);
    ui_plot_finish(&plot);
    ui_canvas_finish(&canvas);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

// Figures of held-out pairs that there are not are not drawn.
static void test_nothing_of_no_heldout_pairs(void **state)
{
    (void)state;
    struct img a = {0}, b = {0};
    fill_view(NULL);
    view.n_heldout_pairs = 0;
    shoot(1280, 800, 1, &a);
    view.heldout_loss[0] = view.heldout_loss[2] = 9;
    view.precision = view.recall = 0.5;
    shoot(1280, 800, 1, &b);
    assert_memory_equal(a.px, b.px, (size_t)a.w * (size_t)a.h * 3);
    img_finish(&a);
    img_finish(&b);
}

static void test_demo_says_why(void **state)
{
    (void)state;
    struct img frame = {0}, chosen = {0}, fallback = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.demo = true;
    shoot(640, 480, 1, &chosen);
    view.demo_fallback = true;
    shoot(640, 480, 1, &fallback);
    assert_memory_not_equal(chosen.px, fallback.px, (size_t)chosen.w * (size_t)chosen.h * 3);
    img_finish(&frame);
    img_finish(&chosen);
    img_finish(&fallback);
}

static bool same(const struct img *a, const struct img *b)
{
    return a->w == b->w && a->h == b->h && !memcmp(a->px, b->px, (size_t)a->w * (size_t)a->h * 3);
}

// Whether the view looks as before; `before` becomes what it looks like now.
static bool unchanged(struct img *before, int w, int h)
{
    struct img now = {0};
    shoot(w, h, 1, &now);
    bool ret = same(before, &now);
    img_finish(before);
    *before = now;
    return ret;
}

static void shoot_text(float size, int w, int h, float scale, struct img *shot)
{
    view.text_size = size;
    shoot(w, h, scale, shot);
}

// Larger text is the same as a larger scale, as far as the window has room for 480x360 points.
static void test_text_size(void **state)
{
    (void)state;
    struct img frame = {0}, a = {0}, b = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    shoot_text(2, 1280, 800, 1, &a);
    shoot_text(0, 1280, 800, 2, &b);
    assert_true(same(&a, &b));
    shoot_text(1, 1280, 800, 1, &b);
    assert_false(same(&a, &b));
    shoot_text(0.8f, 1280, 800, 2, &a);
    shoot_text(1, 1280, 800, 1.6f, &b);
    assert_true(same(&a, &b));
    shoot_text(2, 720, 640, 1, &a);
    shoot_text(1, 720, 640, 1.5f, &b);
    assert_true(same(&a, &b));
    shoot_text(2, 480, 360, 1.5f, &a); // what there is no room for anyway is not made smaller
    shoot_text(1, 480, 360, 1.5f, &b);
    assert_true(same(&a, &b));
    img_finish(&frame);
    img_finish(&a);
    img_finish(&b);
}

static void test_figures(void **state)
{
    (void)state;
    static const int size[][2] = {{480, 360}, {640, 480}, {1280, 800}};
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int w = size[i][0], h = size[i][1];
        view.figures = (struct ui_figures){false, 30, 29, 6, 9, 3};
        shoot(w, h, 1, &shot);
        view.figures.draw_ms = 7;
        assert_true(unchanged(&shot, w, h));
        view.figures.shown = true;
        float *figure[] = {&view.figures.camera, &view.figures.scored, &view.figures.p50_ms,
                           &view.figures.p95_ms, &view.figures.draw_ms};
        for (size_t k = 0; k < sizeof figure / sizeof *figure; k++) {
            assert_false(unchanged(&shot, w, h));
            *figure[k] += 1;
        }
        assert_false(unchanged(&shot, w, h));
        view.figures.draw_ms = NAN;
        assert_false(unchanged(&shot, w, h));
    }
    img_finish(&frame);
    img_finish(&shot);
}

// Over the picture, and only where nothing else is.
static void test_greeting(void **state)
{
    (void)state;
    static const int size[][2] = {{480, 360}, {640, 480}, {1280, 800}};
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int w = size[i][0], h = size[i][1];
        fill_view(&frame);
        view.live = false;
        shoot(w, h, 1, &shot);
        view.greeting = true;
        assert_false(unchanged(&shot, w, h));
        view.greeting = false;
        view.typing = true;
        shoot(w, h, 1, &shot);
        view.greeting = true;
        assert_true(unchanged(&shot, w, h));
        view.typing = view.greeting = false;
        view.camera_lost = true;
        shoot(w, h, 1, &shot);
        view.greeting = true;
        assert_true(unchanged(&shot, w, h));
    }
    img_finish(&frame);
    img_finish(&shot);
}

static void test_threshold_shows(void **state)
{
    (void)state;
    struct img shot = {0};
    fill_view(NULL);
    shoot(640, 480, 1, &shot);
    view.threshold = 0.8f;
    assert_true(unchanged(&shot, 640, 480)); // there is no model
    view.have_model = true;
    shoot(640, 480, 1, &shot);
    view.threshold = 0.5f;
    assert_false(unchanged(&shot, 640, 480));
    img_finish(&shot);
}

// Every verdict looks different from every other, also without the camera's picture.
static void test_verdict_shows(void **state)
{
    (void)state;
    static const enum verify_verdict all[] = {VERIFY_UNDECIDED, VERIFY_NOBODY, VERIFY_UNSURE,
                                              VERIFY_YOU, VERIFY_STRANGER};
    struct img frame = {0}, shot[5] = {{0}};
    make_frame(&frame, 640, 480);
    for (int with_frame = 0; with_frame < 2; with_frame++) {
        fill_view(with_frame ? &frame : NULL);
        view.reason = FACE_FINE;
        for (int i = 0; i < 5; i++) {
            view.verdict = all[i];
            shoot(640, 480, 1, &shot[i]);
            for (int k = 0; k < i; k++)
                assert_false(same(&shot[i], &shot[k]));
        }
    }
    for (int i = 0; i < 5; i++)
        img_finish(&shot[i]);
    img_finish(&frame);
}

// The reason shows with a score that is no match, and only then.
static void test_reason_is_told(void **state)
{
    (void)state;
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    for (enum face_reason r = FACE_FINE; r < FACE_REASONS; r++) {
        view.reason = r;
        for (int w = 480; w <= 1280; w += 400) {
            view.verdict = VERIFY_STRANGER;
            shoot(w, 480, 1, &shot);
            view.reason = FACE_FINE;
            assert_true(unchanged(&shot, w, 480) == (r == FACE_FINE));
            view.verdict = VERIFY_YOU;
            shoot(w, 480, 1, &shot);
            view.reason = r;
            assert_true(unchanged(&shot, w, 480));
        }
    }
    img_finish(&frame);
    img_finish(&shot);
}

static bool is_green(const uint8_t *p)
{
    return p[1] > 200 && p[0] < 80 && p[2] < 80;
}

// What there is of green in a picture.
static struct img_rect green_part(const struct img *shot)
{
    int x0 = shot->w, x1 = 0, y0 = shot->h, y1 = 0;
    for (int y = 0; y < shot->h; y++)
        for (int x = 0; x < shot->w; x++)
            if (is_green(pixel(shot, (float)x, (float)y))) {
                x0 = SDL_min(x0, x);
                x1 = SDL_max(x1, x + 1);
                y0 = SDL_min(y0, y);
                y1 = SDL_max(y1, y + 1);
            }
    return (struct img_rect){x0, y0, SDL_max(x1 - x0, 0), SDL_max(y1 - y0, 0)};
}

static struct img_rect green_of_view(int w, int h)
{
    struct img shot = {0};
    shoot(w, h, 1, &shot);
    struct img_rect part = green_part(&shot);
    img_finish(&shot);
    return part;
}

// Left part green, the rest white.
static void make_nearest(struct img *nearest)
{
    assert_int_equal(img_reserve(nearest, 52, 52, NULL), 0);
    memset(nearest->px, 255, 52 * 52 * 3);
    for (int y = 0; y < 52; y++)
        for (int x = 0; x < 20; x++)
            memcpy(nearest->px + 3 * (y * 52 + x), (uint8_t[]){0, 250, 0}, 3);
}

static void check_nearest(int w, int h, const struct img *nearest)
{
    struct img shot = {0};
    int first = 0, last = 0; // of the camera's picture
    view.nearest = NULL;
    view.mirror = false;
    shoot(w, h, 1, &shot);
    picture_extent(&shot, h / 3, &first, &last);
    img_finish(&shot);
    view.nearest = nearest;
    struct img_rect plain = green_of_view(w, h);
    view.mirror = true;
    struct img_rect mirrored = green_of_view(w, h);
    float box_right = (float)first + (float)(last - first) * 445 / 640;
    assert_in_range(plain.h, 34, 72);
    assert_in_range(plain.w, plain.h / 3, plain.h / 2);
    struct ui_box stage = ui_screen_layout((float)w, (float)h, 52, 4.0f / 3).stage;
    assert_true((float)plain.x > box_right);
    assert_true((float)(mirrored.x + mirrored.w) < stage.x + stage.w);
    assert_true(plain.x + plain.w < mirrored.x + mirrored.w);
    assert_in_range(mirrored.w, plain.w - 2, plain.w + 2);
}

// Beside the box, mirrored as the picture is.
static void test_nearest_anchor(void **state)
{
    (void)state;
    struct img frame = {0}, nearest = {0};
    make_frame(&frame, 640, 480);
    make_nearest(&nearest);
    fill_view(&frame);
    view.guide = (struct img_rect){195, 115, 250, 250};
    check_nearest(480, 360, &nearest);
    check_nearest(640, 480, &nearest);
    check_nearest(1280, 800, &nearest);
    img_finish(&frame);
    img_finish(&nearest);
}

static void test_nearest_anchor_only_beside_a_score(void **state)
{
    (void)state;
    struct img frame = {0}, nearest = {0};
    make_frame(&frame, 640, 480);
    make_nearest(&nearest);
    fill_view(&frame);
    view.nearest = &nearest;
    view.verdict = VERIFY_YOU;
    assert_true(green_of_view(640, 480).w > 0);
    view.guide = (struct img_rect){390, 0, 250, 250}; // where it would be
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.guide.x = 0;
    assert_true(green_of_view(640, 480).w > 0);
    view.camera_lost = true;
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.camera_lost = false;
    view.verdict = VERIFY_UNDECIDED;
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.verdict = VERIFY_STRANGER;
    view.live = false;
    assert_int_equal(green_of_view(640, 480).w, 0);
    view.live = true;
    view.nearest = NULL;
    assert_int_equal(green_of_view(640, 480).w, 0);
    img_finish(&frame);
    img_finish(&nearest);
}

// Pictures that hurt are in the card of the training once it has ended, others beside the user's,
// at sizes that have the room.
static void test_worst_pictures_show(void **state)
{
    (void)state;
    struct img frame = {0}, row = {0};
    make_frame(&frame, 640, 480);
    assert_int_equal(img_reserve(&row, 104, 52, NULL), 0);
    for (int i = 0; i < 104 * 52; i++)
        memcpy(row.px + 3 * i, (uint8_t[]){0, 250, 0}, 3);
    fill_view(&frame);
    view.nearest = NULL;
    view.have_model = true;
    view.worst_own = (struct ui_worst){&row, 2, 7};
    view.worst_number = 1;
    assert_int_equal(green_of_view(1280, 800).w, 0);
    view.training = false;
    struct ui_box card = ui_screen_layout(1280, 800, 52, 4.0f / 3).train;
    struct img_rect own = green_of_view(1280, 800);
    assert_int_equal(own.w, 2 * own.h);
    assert_true((float)own.x > card.x && (float)own.y > card.y);
    assert_true((float)(own.x + own.w) < card.x + card.w / 2);
    assert_true((float)(own.y + own.h) < card.y + card.h);
    view.worst_others = view.worst_own;
    view.worst_own = (struct ui_worst){NULL, 0, 0};
    struct img_rect others = green_of_view(1280, 800);
    assert_int_equal(others.y, own.y);
    assert_true((float)others.x > card.x + card.w / 2);
    card = ui_screen_layout(480, 360, 52, 4.0f / 3).train;
    struct img_rect small = green_of_view(480, 360);
    assert_true(small.w == 0 || ((float)small.x >= card.x && (float)small.y >= card.y &&
                                 (float)(small.x + small.w) <= card.x + card.w &&
                                 (float)(small.y + small.h) <= card.y + card.h));
    img_finish(&frame);
    img_finish(&row);
}

static bool is_colour(const uint8_t *p, SDL_Color c)
{
    return p[0] == c.r && p[1] == c.g && p[2] == c.b;
}

// What there is of a colour in the upper half of a picture, and how many pieces its uppermost line
// is in.
static struct img_rect line_box(const struct img *shot, int first, int last, SDL_Color colour,
                                int *n_pieces)
{
    int x0 = last, x1 = first, y0 = shot->h, y1 = 0;
    for (int y = 0; y < shot->h / 2; y++)
        for (int x = first; x <= last; x++)
            if (is_colour(pixel(shot, (float)x, (float)y), colour)) {
                x0 = SDL_min(x0, x);
                x1 = SDL_max(x1, x + 1);
                y0 = SDL_min(y0, y);
                y1 = SDL_max(y1, y + 1);
            }
    *n_pieces = 0;
    for (int x = x0; x < x1; x++)
        *n_pieces += is_colour(pixel(shot, (float)x, (float)y0), colour) &&
                     !is_colour(pixel(shot, (float)x - 1, (float)y0), colour);
    return (struct img_rect){x0, y0, x1 - x0, y1 - y0};
}

// The face's box in a window of 1280 x 800, if the view shows it; in points of the frame.
static struct img_rect shoot_face(SDL_Color colour, int *n_pieces)
{
    struct img shot = {0};
    int first = 0, last = 0;
    shoot(1280, 800, 1, &shot);
    picture_extent(&shot, 400, &first, &last);
    float scale = (float)(last - first + 1) / 640;
    struct img_rect r = line_box(&shot, first, last, colour, n_pieces);
    img_finish(&shot);
    return (struct img_rect){(int)((float)(r.x - first) / scale + 0.5f), r.y,
                             (int)((float)r.w / scale + 0.5f), (int)((float)r.h / scale + 0.5f)};
}

static void assert_face(struct img_rect r, int x, int side)
{
    assert_in_range(r.x, x - 2, x + 2);
    assert_in_range(r.w, side - 2, side + 2);
    assert_in_range(r.h, side - 2, side + 2);
}

// Mirrored as the picture is, and a different line for a stranger: the colour is not the only sign.
static void test_face_shows_where_it_is(void **state)
{
    (void)state;
    struct img frame = {0};
    int n_pieces;
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.nearest = NULL;
    view.guide = (struct img_rect){195, 115, 250, 250};
    view.has_face = true;
    view.face = (struct img_rect){60, 40, 120, 120};
    assert_face(shoot_face(ui_theme_dark.stranger, &n_pieces), 60, 120);
    assert_in_range(n_pieces, 5, 12);
    view.verdict = VERIFY_YOU;
    assert_face(shoot_face(ui_theme_dark.you, &n_pieces), 60, 120);
    assert_int_equal(n_pieces, 1);
    view.mirror = true;
    assert_face(shoot_face(ui_theme_dark.you, &n_pieces), 640 - 60 - 120, 120);
    view.holding = 'a';
    assert_face(shoot_face(ui_theme_dark.accent, &n_pieces), 640 - 60 - 120, 120);
    img_finish(&frame);
}

static void test_no_face_no_box(void **state)
{
    (void)state;
    struct img frame = {0}, shot = {0};
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.guide = (struct img_rect){195, 115, 250, 250};
    view.reason = FACE_NONE;
    shoot(1280, 800, 1, &shot);
    view.face = (struct img_rect){60, 40, 120, 120}; // an old one
    assert_true(unchanged(&shot, 1280, 800));
    view.has_face = true;
    assert_false(unchanged(&shot, 1280, 800));
    view.guide.x = 0; // the face's box stands in its place
    view.nearest = NULL;
    shoot(1280, 800, 1, &shot);
    view.guide.x = 300;
    assert_true(unchanged(&shot, 1280, 800));
    view.live = false;
    shoot(1280, 800, 1, &shot);
    view.has_face = false;
    assert_true(unchanged(&shot, 1280, 800));
    img_finish(&frame);
    img_finish(&shot);
}

// Wherever it is, in the frame or not, and however small.
static void test_odd_faces(void **state)
{
    (void)state;
    static const struct img_rect faces[] = {{-50, -50, 5000, 5000}, {-200, 10, 100, 100},
                                            {630, 470, 300, 300},   {5, 5, 0, 0},
                                            {5, 5, 1, 1},           {5, 5, 3, 3}};
    struct img frame = {0};
    struct ui_window *window;
    make_frame(&frame, 640, 480);
    fill_view(&frame);
    view.has_face = true;
    assert_int_equal(ui_window_create_offscreen(&window, 700, 500, 1, NULL), 0);
    for (size_t i = 0; i < sizeof faces / sizeof *faces; i++) {
        view.face = faces[i];
        view.verdict = i % 2 ? VERIFY_YOU : VERIFY_STRANGER;
        ui_window_draw(window, &view);
        view.verdict = i % 2 ? VERIFY_STRANGER : VERIFY_YOU;
        ui_window_draw(window, &view);
    }
    ui_window_destroy(window);
    img_finish(&frame);
}

static void test_line_texts(void **state)
{
    (void)state;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    struct ui_text *t;
    assert_int_equal(ui_text_create(&t, renderer, 1, NULL), 0);
    struct ui_line whole = ui_text_line(t, UI_BODY, "some words in a line", 0, UI_ELIDE_END);
    struct ui_line same = ui_text_line(t, UI_BODY, "some words in a line", whole.w, UI_ELIDE_END);
    struct ui_line cut =
        ui_text_line(t, UI_BODY, "some words in a line", whole.w - 1, UI_ELIDE_END);
    assert_int_equal(same.w, whole.w);
    assert_in_range(cut.w, whole.w / 2, whole.w - 1);
    assert_ptr_equal(
        cut.texture,
        ui_text_line(t, UI_BODY, "some words in a line", whole.w - 1, UI_ELIDE_END).texture);
    for (int px = 1; px < 120; px += 7) {
        struct ui_line path =
            ui_text_line(t, UI_BODY, "/a/\xe5\x86\x99/\xff\xc3", px, UI_ELIDE_START);
        assert_true(path.w <= SDL_max(px, 16));
    }
    struct ui_line empty = ui_text_line(t, UI_BODY, "", 0, UI_ELIDE_END);
    assert_null(empty.texture);
    assert_true(empty.h > 8);
    struct ui_line block = ui_text_block(t, UI_BODY, "some words in a line", whole.w / 2, 5);
    assert_true(block.h >= 2 * empty.h && block.h <= 3 * empty.h);
    assert_true(block.w <= whole.w / 2);
    assert_int_equal(ui_text_block(t, UI_BODY, "some words in a line", whole.w / 2, 1).h, empty.h);
    assert_int_equal(ui_text_line(t, UI_BODY, "two\nlines", 0, UI_ELIDE_END).h, empty.h);
    ui_text_set_scale(t, 2);
    struct ui_line twice = ui_text_line(t, UI_BODY, "some words in a line", 0, UI_ELIDE_END);
    assert_true(twice.w > whole.w * 1.8 && twice.w < whole.w * 2.2);
    ui_text_destroy(t);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

static void test_many_texts_stay_right(void **state)
{
    (void)state;
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, 64, 64, 32, SDL_PIXELFORMAT_ARGB8888);
    SDL_Renderer *renderer = SDL_CreateSoftwareRenderer(surface);
    struct ui_text *t;
    assert_int_equal(ui_text_create(&t, renderer, 1, NULL), 0);
    int width[40];
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 2000; i++) {
            char s[64];
            snprintf(s, sizeof s, "%.*s%d", i % 40, "mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm",
                     100 + i % 40);
            int w = ui_text_line(t, UI_BODY, s, 0, UI_ELIDE_END).w;
            if (round == 0 && i < 40)
                width[i] = w;
            assert_int_equal(w, width[i % 40]);
            snprintf(s, sizeof s, "filler %d", i);
            ui_text_line(t, UI_BODY, s, 0, UI_ELIDE_END);
        }
    ui_text_destroy(t);
    SDL_DestroyRenderer(renderer);
    SDL_FreeSurface(surface);
}

static void test_raster(void **state)
{
    (void)state;
    struct ui_raster raster = {0};
    assert_int_equal(ui_raster_reset(&raster, 40, 20, NULL), 0);
    const struct ui_point level[] = {{-10, 10}, {50, 10}};
    ui_raster_stroke(&raster, level, 2, 4, 0);
    for (int x = 0; x < 40; x++)
        for (int y = 0; y < 20; y++)
            assert_int_equal(raster.cover[y * 40 + x] == 255, y >= 8 && y < 12);
    ui_raster_clear(&raster);
    ui_raster_stroke(&raster, level, 2, 2, 5);
    int changes = 0;
    for (int x = 1; x < 40; x++)
        changes += (raster.cover[10 * 40 + x] > 127) != (raster.cover[10 * 40 + x - 1] > 127);
    assert_in_range(changes, 6, 9);
    ui_raster_clear(&raster);
    const struct ui_point slope[] = {{0, 20}, {40, 0}};
    ui_raster_fill_below(&raster, slope, 2);
    assert_int_equal(raster.cover[19 * 40 + 20], 255);
    assert_int_equal(raster.cover[2 * 40 + 20], 0);
    ui_raster_stroke(&raster, slope, 0, 2, 0);
    ui_raster_finish(&raster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout_never_overlaps),
        cmocka_unit_test(test_buttons_never_overlap),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_only_new_frames_are_uploaded),
        cmocka_unit_test(test_odd_frames),
        cmocka_unit_test(test_curves_lie_at_their_epochs),
        cmocka_unit_test(test_single_point_is_a_dot),
        cmocka_unit_test(test_nothing_of_no_heldout_pairs),
        cmocka_unit_test(test_text_size),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_demo_says_why),
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_threshold_shows),
        cmocka_unit_test(test_verdict_shows),
        cmocka_unit_test(test_reason_is_told),
        cmocka_unit_test(test_nearest_anchor),
        cmocka_unit_test(test_nearest_anchor_only_beside_a_score),
        cmocka_unit_test(test_worst_pictures_show),
        cmocka_unit_test(test_face_shows_where_it_is),
        cmocka_unit_test(test_no_face_no_box),
        cmocka_unit_test(test_odd_faces),
        cmocka_unit_test(test_line_texts),
        cmocka_unit_test(test_many_texts_stay_right),
        cmocka_unit_test(test_raster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
