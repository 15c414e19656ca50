// SPDX-License-Identifier: MIT
// What tests of drawn screens share: a view with too much of everything, and pictures of it.
#ifndef VISAVIS_TESTS_WINDOW_DRAWN_H
#define VISAVIS_TESTS_WINDOW_DRAWN_H

#include "tests/test.h"
#include "ui/screen.h"
#include "ui/window.h"

#include <limits.h>
#include <math.h>

static struct ui_view view;

static inline void text(char *out, const char *s)
{
    snprintf(out, UI_TEXT, "%s", s);
}

// Left half red, right half blue.
static inline void make_frame(struct img *frame, int w, int h)
{
    assert_int_equal(img_reserve(frame, w, h, NULL), 0);
    for (int i = 0; i < w * h; i++) {
        bool left = i % w < w / 2;
        frame->px[3 * i] = left ? 250 : 0;
        frame->px[3 * i + 1] = 0;
        frame->px[3 * i + 2] = left ? 0 : 250;
    }
}

static inline void fill_view(const struct img *frame)
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

static inline const uint8_t *pixel(const struct img *img, float x, float y)
{
    return img->px + 3 * ((int)y * img->w + (int)x);
}

static inline void shoot(int w, int h, float scale, struct img *shot)
{
    struct ui_window *window;
    struct err err = {0};
    assert_int_equal(ui_window_create_offscreen(&window, w, h, scale, &err), 0);
    assert_int_equal(ui_window_shot(window, &view, shot, &err), 0);
    ui_window_destroy(window);
    assert_int_equal(shot->w, w);
    assert_int_equal(shot->h, h);
}

static inline bool same(const struct img *a, const struct img *b)
{
    return a->w == b->w && a->h == b->h && !memcmp(a->px, b->px, (size_t)a->w * (size_t)a->h * 3);
}

// Whether the view looks as before; `before` becomes what it looks like now.
static inline bool unchanged(struct img *before, int w, int h)
{
    struct img now = {0};
    shoot(w, h, 1, &now);
    bool ret = same(before, &now);
    img_finish(before);
    *before = now;
    return ret;
}

static inline bool is_green(const uint8_t *p)
{
    return p[1] > 200 && p[0] < 80 && p[2] < 80;
}

// What there is of green in a picture.
static inline struct img_rect green_part(const struct img *shot)
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

static inline struct img_rect green_of_view(int w, int h)
{
    struct img shot = {0};
    shoot(w, h, 1, &shot);
    struct img_rect part = green_part(&shot);
    img_finish(&shot);
    return part;
}

// Left part green, the rest white.
static inline void make_nearest(struct img *nearest)
{
    assert_int_equal(img_reserve(nearest, 52, 52, NULL), 0);
    memset(nearest->px, 255, 52 * 52 * 3);
    for (int y = 0; y < 52; y++)
        for (int x = 0; x < 20; x++)
            memcpy(nearest->px + 3 * (y * 52 + x), (uint8_t[]){0, 250, 0}, 3);
}

#endif
