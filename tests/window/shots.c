// SPDX-License-Identifier: MIT
// Draws the window in its several states and sizes without a display, a PNG each, to be looked at.
// Usage: ui_shots FOLDER [STATE]
#include "core/base/clock.h"
#include "core/image/save.h"
#include "ui/hint.h"
#include "ui/window.h"

#include <SDL.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct size {
    const char *name;
    int w, h; // pixels
    float scale;
    bool light;
    float text_size; // 0: as usual
};

static const struct size sizes[] = {
    {"640x480", 640, 480, 1, false},
    {"640x480-light", 640, 480, 1, true},
    {"1280x800", 1280, 800, 1, false},
    {"1280x800-light", 1280, 800, 1, true},
    {"2560x1600@2", 2560, 1600, 2, false},
    {"2560x1600@2-light", 2560, 1600, 2, true},
    {"1280x960@2", 1280, 960, 2, false},
    {"1280x960@2-light", 1280, 960, 2, true},
    {"480x360", 480, 360, 1, false},
    {"1024x768", 1024, 768, 1, false},
    {"720x1100", 720, 1100, 1, false},
    {"1920x1080", 1920, 1080, 1, false},
    {"1280x560", 1280, 560, 1, false},
    {"640x480-small", 640, 480, 1, false, UI_TEXT_LEAST},
    {"640x480-large", 640, 480, 1, false, UI_TEXT_MOST},
    {"1280x800-small", 1280, 800, 1, false, UI_TEXT_LEAST},
    {"1280x800-large", 1280, 800, 1, true, UI_TEXT_MOST},
    {"1280x800-larger", 1280, 800, 1, false, 1.4f},
};

static uint8_t shade(float v)
{
    return (uint8_t)fminf(fmaxf(v, 0), 255);
}

// The nearest anchor.
static struct img nearest;
// A small picture of the page that shows all.
#define THUMB 72
static struct img thumb;
// Pictures that hurt, all alike.
static struct img worst_row;

// The face in it, brows to chin.
static const struct img_rect sitter_face = {250, 136, 140, 140};

// A head and shoulders before a wall that gets darker downwards; asymmetric, so that a mirrored
// view shows.
static void draw_sitter(struct img *img)
{
    for (int y = 0; y < img->h; y++)
        for (int x = 0; x < img->w; x++) {
            float u = (float)x / (float)img->h - 0.667f, v = (float)y / (float)img->h - 0.5f;
            float wall = 150 - 60 * v + 40 * (u > 0.35f), light = 0.85f - 0.7f * u;
            float rgb[3] = {wall, wall * 0.97f, wall * 0.88f};
            bool head = u * u / 0.030f + (v + 0.06f) * (v + 0.06f) / 0.055f < 1;
            bool body = u * u / 0.14f + (v - 0.55f) * (v - 0.55f) / 0.10f < 1;
            bool hair = u * u / 0.034f + (v + 0.10f) * (v + 0.10f) / 0.060f < 1 && v < -0.16f;
            bool eyes = fabsf(fabsf(u) - 0.07f) < 0.022f && fabsf(v + 0.08f) < 0.012f;
            if (body)
                rgb[0] = 60 * light, rgb[1] = 84 * light, rgb[2] = 120 * light;
            if (head)
                rgb[0] = 226 * light, rgb[1] = 178 * light, rgb[2] = 150 * light;
            if (hair)
                rgb[0] = 70 * light, rgb[1] = 50 * light, rgb[2] = 40 * light;
            if (eyes)
                rgb[0] = rgb[1] = rgb[2] = 40;
            for (int k = 0; k < 3; k++)
                img->px[3 * (y * img->w + x) + k] = shade(rgb[k]);
        }
}

static void text(char *out, const char *s)
{
    snprintf(out, UI_TEXT, "%s", s);
}

static void add_folder(struct ui_view *view, const char *path, int pictures)
{
    text(view->folder[view->n_folders].path, path);
    view->folder[view->n_folders++].pictures = pictures;
}

static void first_start(struct ui_view *view)
{
    view->greeting = view->demo = view->demo_fallback = true;
    text(view->camera, "Demo camera, 640x480, 25 fps");
}

static void collecting(struct ui_view *view)
{
    view->anchors = 32;
    view->positives = 18;
    view->negatives = 4;
    add_folder(view, "/home/ada/Pictures/other people/labelled faces in the wild", 3212);
    add_folder(view, "/media/disk/gtdb", -1);
    view->holding = 'a';
    view->burst = 12;
    view->alike = 26;
    view->blurred = 5;
    view->flash = 0.9f;
    text(view->message, "other people from /media/disk/gtdb");
}

// What the pictures show; the next thing to do is the first that is missing.
static void coached(struct ui_view *view)
{
    static const struct {
        const char *name;
        int count, least;
    } goals[] = {{"straight", 241, 10},        {"to the left", 12, 5}, {"to the right", 1, 5},
                 {"dim or side light", 44, 5}, {"sittings", 3, 2},     {"by day", 340, 5},
                 {"in the evening", 0, 5}};
    struct ui_coach *coach = &view->coach;
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++, coach->n++) {
        coach->goal[i].name = goals[i].name;
        coach->goal[i].count = goals[i].count;
        coach->goal[i].least = goals[i].least;
    }
    text(coach->next, "Next: turn your head a little to the right (1 of 5)");
    snprintf(coach->brief, sizeof coach->brief, "Next: turn right (1 of 5)");
}

static void collected(struct ui_view *view)
{
    collecting(view);
    view->anchors = 170;
    view->positives = 170;
    view->negatives = 40;
    view->folder[1].pictures = 750;
    for (int i = 0; i < 3; i++)
        view->newest[i] = (struct ui_strip){&worst_row, UI_NEWEST, 1};
    view->holding = 0;
    view->flash = 0;
    coached(view);
    add_folder(
        view, "/home/ada/\xe5\x86\x99\xe7\x9c\x9f/\xd0\xb4\xd1\x80\xd1\x83\xd0\xb7\xd1\x8c\xd1\x8f",
        61);
    add_folder(view, "/home/ada/Pictures/class of 1998", 28);
    add_folder(view, "/home/ada/Pictures/colleagues", 112);
    add_folder(view, "/srv/pictures/a", 0);
    add_folder(view, "/srv/pictures/b", 0);
    add_folder(view, "/srv/pictures/c", 0);
}

static void curves(struct ui_view *view, int n)
{
    view->epochs = 60;
    view->epoch = view->n_curve = n;
    for (int i = 0; i < n; i++) {
        float wave = sinf((float)i * 1.7f) * 0.02f;
        view->loss[i] = 0.69f * expf(-(float)i / 7) + 0.02f + wave * 0.5f;
        view->heldout_loss[i] = 0.66f * expf(-(float)i / 8) + 0.10f + wave;
    }
    view->precision = 0.9811;
    view->recall = 0.9411;
    view->n_heldout_pairs = 102;
}

// What tells people apart, at the first training.
static void training(struct ui_view *view)
{
    collected(view);
    view->training = true;
    view->part = UI_PART_OTHERS;
    curves(view, 21);
    view->epoch_part = 0.4f;
    view->seconds_left = 960;
    text(view->message, "training: reading the pictures");
}

static void reading(struct ui_view *view)
{
    training(view);
    view->preparing = true;
    view->epoch = view->epochs = view->n_curve = view->n_heldout_pairs = 0;
    view->epoch_part = 0;
}

static void training_you(struct ui_view *view)
{
    training(view);
    curves(view, 53);
    view->part = UI_PART_YOU;
    view->seconds_left = 71;
    view->heldout_optimistic = true;
    *view->message = '\0';
}

// Nothing to look at yet, but soon.
static void training_first(struct ui_view *view)
{
    training(view);
    curves(view, 2);
    view->epochs = 7;
    view->part = UI_PART_FIRST;
    view->seconds_left = 71;
}

// The first epoch after going on from a checkpoint, with the demo camera by choice.
static void resumed(struct ui_view *view)
{
    training(view);
    curves(view, 1);
    view->demo = true;
    view->epoch = 31;
    view->first_epoch = 31;
    text(view->camera, "Demo camera, 640x480, 25 fps");
}

// Two groups of scores that overlap a little.
static void model(struct ui_view *view)
{
    struct siam_card *card = &view->card;
    view->have_model = view->retrains = true;
    view->threshold = card->threshold = 0.941f;
    for (int i = 0; i < 1003; i++)
        siam_scores_add(card->scores.others, powf((float)i / 1003, 3) * 0.97f);
    for (int i = 0; i < 51; i++)
        siam_scores_add(card->scores.own, 1 - 0.35f * powf((float)i / 51, 10));
    snprintf(card->created, sizeof card->created, "2026-03-14T15:09:26Z");
    snprintf(card->recipe, sizeof card->recipe, "visavis");
    snprintf(card->heldout, sizeof card->heldout, "bursts");
    card->seed = 1;
    card->epochs = 10;
    card->seconds = 94;
    card->n_anchor = card->n_positive = 170;
    card->n_negative = 4002;
    card->n_people = 812;
    card->n_impostor = 1003;
    card->n_genuine = 51;
    card->far = 10 / 1003.0;
    card->frr = 8 / 51.0;
    text(view->model_line, "Trained 14 Mar, 15:09: 10 epochs, 170 + 170 of you, 4002 of others");
}

static void suspects(struct ui_worst *worst, const char *const *path, float first, float step,
                     int all)
{
    *worst = (struct ui_worst){&worst_row, UI_WORST, all, {{0}}};
    for (int i = 0; i < UI_WORST; i++)
        worst->suspect[i] = (struct ui_suspect){path[i % 2], first + step * (float)i, i == 1};
}

static void history(struct ui_view *view, float level)
{
    view->n_history = 250;
    for (int i = 0; i < view->n_history; i++) {
        float age = 10.0f * (float)(view->n_history - 1 - i) / (float)view->n_history;
        float dip = age > 6.2f && age < 7.4f ? 0.5f : 0;
        float wave = 0.04f * sinf(age * 5) + 0.02f * sinf(age * 23);
        view->history[i].age_s = age;
        view->history[i].score = fminf(level + wave - dip * level, 1);
    }
    view->score = view->history[view->n_history - 1].score;
    view->nearest = &nearest;
    view->nearest_number = 1;
    view->nearest_score = view->score;
}

static void live(struct ui_view *view)
{
    static const char *const own[] = {
        "/home/ada/.local/share/visavis/anchor/anchor-20260314-150926-535-b003-0007.jpg",
        "/home/ada/.local/share/visavis/positive/at the sea.jpg"};
    static const char *const others[] = {"/media/disk/lfw/Ada_Lovelace/0001.jpg",
                                         "/media/disk/gtdb/s01/07.jpg"};
    collected(view);
    curves(view, 60);
    model(view);
    view->live = true;
    view->anchors_all = 170;
    suspects(&view->worst_own, own, 0.58f, 0.05f, 8);
    suspects(&view->worst_others, others, 0.969f, -0.003f, 10);
    view->worst_number = 1;
    view->n_left_out = 1;
    *view->message = '\0';
}

static void live_you(struct ui_view *view)
{
    live(view);
    history(view, 0.97f);
    view->verdict = VERIFY_YOU;
    view->has_face = true;
    view->face = sitter_face;
    view->anchors_matched = 58;
    text(view->hint, "Try other light, glasses or a headset; p adds positives of what fails.");
}

// With the first model, while others are learnt of at length.
static void live_first(struct ui_view *view)
{
    live_you(view);
    view->training = true;
    view->part = UI_PART_OTHERS;
    curves(view, 6);
    view->seconds_left = 1080;
    view->worst_own = view->worst_others = (struct ui_worst){.n = 0};
}

// A verdict was wrong, and the threshold was moved.
static void live_wrong(struct ui_view *view)
{
    live_you(view);
    view->n_wrong = 1;
    view->threshold = 0.86f;
    view->threshold_kept = true;
    text(view->message, "kept as \"not me\": r trains on it for half a minute");
}

static void live_figures(struct ui_view *view)
{
    live_you(view);
    view->figures = (struct ui_figures){true, 29.97f, 29.9f, 6.23f, 9.78f, 3.14f};
}

static void live_stranger(struct ui_view *view)
{
    live(view);
    history(view, 0.14f);
    view->verdict = VERIFY_STRANGER;
    view->has_face = true;
    view->face = sitter_face;
    view->anchors_matched = 0;
    view->mirror = false;
}

static void live_dark(struct ui_view *view)
{
    live_stranger(view);
    history(view, 0.41f);
    view->mirror = true;
    view->demo = view->demo_fallback = true;
    view->reason = FACE_DARK;
}

static void live_unsure(struct ui_view *view)
{
    live_you(view);
    history(view, 0.93f);
    view->verdict = VERIFY_UNSURE;
    view->anchors_matched = 3;
    view->reason = FACE_BLURRED;
}

static void live_nobody(struct ui_view *view)
{
    live_stranger(view);
    view->nearest = NULL;
    view->has_face = false;
    view->reason = FACE_NONE;
    view->verdict = VERIFY_NOBODY;
    view->score = 0;
    view->anchors_matched = 0;
}

static void ready(struct ui_view *view)
{
    live(view);
    view->live = false;
    text(view->message, "trained after 10 epochs, 94 s");
}

// Stopped, or quit, while the better model was learnt.
static void ready_first(struct ui_view *view)
{
    ready(view);
    view->card.first = true;
    view->card.epochs = 4;
    text(view->message, "stopped while learning other people: no new model; t goes on");
    text(view->model_line,
         "First model, trained 14 Mar, 15:09: 4 epochs, 170 + 170 of you, 4002 of others");
}

// A training that has something to say about itself.
static void warned(struct ui_view *view)
{
    ready(view);
    view->n_warnings = 2;
    text(view->warning[0], "It knows your room, not you: take pictures of others at your camera "
                           "(n) and of you in other places.");
    text(view->warning[1], "Too few strangers to promise 1 %: add folders of other people.");
}

// All there is to train on.
static void untrained(struct ui_view *view)
{
    collected(view);
    text(view->message, "");
}

static void camera_lost(struct ui_view *view)
{
    live_you(view);
    view->camera_lost = true;
    view->verdict = VERIFY_UNDECIDED;
    text(view->camera, "/dev/video0: unplugged or taken away; plug it in again, it is looked for "
                       "every second");
    text(view->message,
         "/dev/video0: the camera gave no picture for a second and could not be "
         "opened again: No such device. Plug it in again or choose another one with c");
    view->message_is_error = true;
}

static void waiting(struct ui_view *view)
{
    first_start(view);
    view->demo = view->demo_fallback = false;
    view->frame = NULL;
    text(view->camera, "Opening /dev/video0");
}

static void help(struct ui_view *view)
{
    live_you(view);
    view->help = true;
}

static void typing(struct ui_view *view)
{
    collected(view);
    view->typing = true;
    snprintf(view->typed, sizeof view->typed, "/home/ada/Pictures/holidays 2019/pe");
    view->caret = (int)strlen(view->typed);
}

static void typing_wrong(struct ui_view *view)
{
    typing(view);
    text(view->typing_fault, "no such folder: name one with pictures of other people");
    view->typed_all = true;
}

static void hood(struct ui_view *view)
{
    live_you(view);
    view->page = UI_PAGE_HOOD;
    view->n_left_out = 0;
    view->n_earlier = UI_MODELS;
    view->earlier[0] = (struct ui_model){"13 Mar, 18:20", 0.011, 0.16, 1003, 38, 30, 0.734f, false};
    view->earlier[1] = (struct ui_model){"2 Mar, 09:14", 0.03, 0.25, 310, 12, 10, 0.81f, false};
    view->earlier[2] = (struct ui_model){"28 Feb, 21:40", 0, 0, 1, 1, 1, 0.5f, true};
}

// The threshold was moved.
static void hood_own(struct ui_view *view)
{
    hood(view);
    view->threshold = 0.86f;
    view->threshold_kept = true;
}

static void add_camera(struct ui_view *view, const char *name, const char *spec, bool in_use)
{
    struct ui_camera *camera = &view->cameras[view->n_cameras++];
    text(camera->name, name);
    snprintf(camera->spec, sizeof camera->spec, "%s", spec);
    camera->in_use = in_use;
}

// Two cameras, of which the one in use has everything that can be set.
static void cameras(struct ui_view *view)
{
    collected(view);
    view->page = UI_PAGE_CAMERA;
    view->cameras_known = true;
    view->n_devices = 2;
    add_camera(view, "Integrated Camera",
               "/dev/v4l/by-id/usb-Chicony_Electronics_Integrated_Camera_0001-video-index0", true);
    add_camera(view, "HD Pro Webcam C920",
               "/dev/v4l/by-id/usb-046d_HD_Pro_Webcam_C920_3A5B7C9D-video-index0", false);
    add_camera(view, "Demo camera", "demo", false);
    view->control[UI_EXPOSURE_AUTO] = (struct ui_control){true, false, 0, 1, 1, 0, 3};
    view->control[UI_EXPOSURE] = (struct ui_control){true, false, 3, 2047, 1, 156, 0};
    view->control[UI_GAIN_AUTO] = (struct ui_control){true, false, 0, 1, 1, 1, 0};
    view->control[UI_GAIN] = (struct ui_control){true, true, 0, 255, 1, 64, 0};
    view->control[UI_POWER_LINE] = (struct ui_control){true, false, 0, 3, 1, 1, 15};
    view->cursor = 7;
}

// No device, and nothing to be set.
static void cameras_none(struct ui_view *view)
{
    first_start(view);
    view->page = UI_PAGE_CAMERA;
    view->cameras_known = true;
    view->mirror = true;
    add_camera(view, "Demo camera", "demo", true);
}

static void paused(struct ui_view *view)
{
    collected(view);
    view->camera_paused = true;
    text(view->camera, "Integrated Camera");
}

static void cameras_paused(struct ui_view *view)
{
    cameras(view);
    view->camera_paused = true;
    memset(view->control, 0, sizeof view->control);
}

// As many pictures as the others' folders have, some chosen, one broken.
static void pictures(struct ui_view *view)
{
    static struct ui_thumb thumbs[4000];
    struct ui_album *album = &view->album;
    collected(view);
    view->page = UI_PAGE_COLLECTED;
    view->positives = 18;
    view->negatives = 0;
    view->n_folders = 2;
    *album = (struct ui_album){.thumb = thumbs, .side = THUMB, .cursor = 14, .n_chosen = 5};
    static const struct ui_section sections[] = {
        {"Anchors", 'a', false, 170, 170, 0, ""},
        {"Positives", 'p', false, 18, 17, 1, "me at the sea.jpg: not a picture"},
        {"Not me", 'n', false, 0, 0, 0, ""},
        {"/home/ada/Pictures/other people/labelled faces in the wild", 0, false, 3215, 3212, 3,
         "Emil_Post/01.jpg: the file is empty; Paul_Erdos/poster.tif: TIFF is not read; 1 more"},
        {"/media/disk/gtdb", 0, true, 0, 0, 0, ""},
    };
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        album->section[album->n_sections++] = sections[i];
        album->n += sections[i].n;
    }
    for (int i = 0; i < album->n; i++)
        thumbs[i] = (struct ui_thumb){i + 1,
                                      "/home/ada/.local/share/visavis/anchor/anchor-"
                                      "20260314-150926-535-b003-0007.jpg",
                                      thumb.px, NULL, i >= 10 && i < 15};
    thumbs[171].px = NULL;
    thumbs[171].fault = sections[1].why;
}

static void pictures_none(struct ui_view *view)
{
    first_start(view);
    view->page = UI_PAGE_COLLECTED;
    view->album = (struct ui_album){.cursor = -1, .n_sections = 3};
    static const char *const names[] = {"Anchors", "Positives", "Not me"};
    for (int i = 0; i < 3; i++) {
        text(view->album.section[i].name, names[i]);
        view->album.section[i].key = "apn"[i];
    }
}

// Eight folders are used; the browser is where the second one was found.
static void people(struct ui_view *view)
{
    static const struct ui_dir rows[] = {
        {".", 4213, true, false},
        {"..", -1, false, false},
        {"holidays 2019 with everybody who came along, and some who did not", 907, false, false},
        {"labelled faces in the wild", 3212, false, false},
        {"new\nline", 4, false, false},
        {"\xff\xfe", 1, false, false},
        {"\xe5\x86\x99\xe7\x9c\x9f", 61, false, false},
        {"scans", -1, false, false},
        {"the class of 1998", 28, false, true},
        {"work", 112, false, true},
    };
    struct ui_people *people = &view->people;
    collected(view);
    view->page = UI_PAGE_PEOPLE;
    view->folder[0].weight = 2;
    view->folder[0].skipped = 12;
    text(view->folder[0].skipped_why,
         "Ada_Lovelace/scan.gif: GIF is not read; Blaise_Pascal/02.jpg: not a picture; "
         "Emil_Post/01.jpg: the file is empty; 9 more");
    view->folder[1].weight = 0.25f;
    view->folder[1].own = 3;
    text(view->folder[1].own_path, "s01/07.jpg");
    for (int i = 0; i < view->n_folders; i++)
        people->used[i] = (struct ui_glance){
            .known = true, .pictures = 1, .strip = {&worst_row, i < 5 ? UI_GLANCE : 0, 1}};
    people->used[0].folders = 901;
    people->used[0].persons = 812;
    people->used[1].folders = people->used[1].persons = 50;
    people->row = rows;
    people->n_rows = sizeof rows / sizeof *rows;
    people->row_cursor = 3;
    snprintf(people->dir, sizeof people->dir, "/home/ada/Pictures/other people");
    people->glance = (struct ui_glance){.known = true,
                                        .pictures = 3212,
                                        .folders = 901,
                                        .persons = 812,
                                        .skipped = 12,
                                        .strip = {&worst_row, UI_GLANCE, 1}};
    text(people->glance.why, view->folder[0].skipped_why);
}

static void people_find(struct ui_view *view)
{
    people(view);
    view->people.browsing = true;
}

// Nothing is used; the browser is where pictures are.
static void people_none(struct ui_view *view)
{
    people(view);
    view->n_folders = 0;
    view->people.browsing = true;
    view->people.cursor = -1;
    view->people.n_rows -= 2; // the used ones
    view->people.glance.known = false;
    view->people.glance.strip.n = 0;
    view->people.glance.skipped = 0;
    text(view->message, "");
    text(view->hint, "Press 4 to choose a folder with pictures of other people, or drop one here.");
}

static void people_slow(struct ui_view *view)
{
    people_find(view);
    view->people.n_rows = 0;
    view->people.row_cursor = -1;
    view->people.reading = view->people.slow = true;
    snprintf(view->people.dir, sizeof view->people.dir, "/net/archive/pictures");
}

static void people_closed(struct ui_view *view)
{
    people_find(view);
    view->people.row++; // the one above
    view->people.n_rows = 1;
    view->people.row_cursor = 0;
    snprintf(view->people.dir, sizeof view->people.dir, "/root/pictures");
    text(view->people.fault, "/root/pictures: cannot be read: Permission denied");
}

// One of the pictures that hurt is chosen.
static void hood_worst(struct ui_view *view)
{
    hood(view);
    view->cursor = UI_WORST + 2;
    view->n_left_out = 1;
}

// One that was taken out already.
static void hood_out(struct ui_view *view)
{
    hood_worst(view);
    view->cursor = 2;
    text(view->message, "deleted: the next training is without it (t trains anew)");
}

// After a new start: they are known after a training alone.
static void hood_left_out(struct ui_view *view)
{
    hood(view);
    view->n_left_out = 3;
    view->worst_own = view->worst_others = (struct ui_worst){.n = 0};
    view->worst_number = 0;
}

// A training that led to nothing to show of them; one of each to count.
static void hood_right(struct ui_view *view)
{
    struct siam_card *card = &view->card;
    hood(view);
    card->n_anchor = card->n_positive = card->n_negative = card->n_people = card->n_skipped = 1;
    card->n_impostor = card->epochs = 1;
    view->worst_own = view->worst_others = (struct ui_worst){.n = 0};
}

static void hood_empty(struct ui_view *view)
{
    collected(view);
    view->page = UI_PAGE_HOOD;
}

static const struct {
    const char *name;
    void (*fill)(struct ui_view *view);
    SDL_Keycode key; // pressed then; 0: none
} states[] = {
    {"first", first_start},
    {"collecting", collecting},
    {"collected", collected},
    {"untrained", untrained},
    {"reading", reading},
    {"training", training},
    {"training-you", training_you},
    {"training-first", training_first},
    {"live-first", live_first},
    {"resumed", resumed},
    {"ready", ready},
    {"ready-first", ready_first},
    {"warned", warned},
    {"you", live_you},
    {"wrong", live_wrong},
    {"figures", live_figures},
    {"stranger", live_stranger},
    {"dark", live_dark},
    {"unsure", live_unsure},
    {"nobody", live_nobody},
    {"lost", camera_lost},
    {"waiting", waiting},
    {"help", help},
    {"typing", typing},
    {"typing-wrong", typing_wrong},
    {"hood", hood},
    {"hood-further", hood, SDLK_PAGEDOWN},
    {"hood-own", hood_own},
    {"hood-worst", hood_worst},
    {"hood-out", hood_out},
    {"hood-left-out", hood_left_out, SDLK_END},
    {"hood-right", hood_right, SDLK_END},
    {"hood-empty", hood_empty},
    {"cameras", cameras},
    {"cameras-none", cameras_none},
    {"cameras-paused", cameras_paused},
    {"paused", paused},
    {"pictures", pictures},
    {"pictures-none", pictures_none},
    {"people", people},
    {"people-find", people_find},
    {"people-none", people_none},
    {"people-slow", people_slow},
    {"people-closed", people_closed},
};

static bool plain(const struct img *img)
{
    for (size_t i = 3, n = (size_t)img->w * (size_t)img->h * 3; i < n; i++)
        if (img->px[i] != img->px[i % 3])
            return false;
    return true;
}

// Times the frame as it is drawn while nothing but the picture changes, in ms.
static double frame_ms(struct ui_window *window, struct ui_view *view)
{
    const int n = 10;
    int64_t start = clock_now_ns();
    for (int i = 0; i < n; i++) {
        view->frame_number++;
        ui_window_draw(window, view);
    }
    return (double)(clock_now_ns() - start) / 1e6 / n;
}

static void press(struct ui_window *window, const struct ui_view *view, SDL_Keycode key)
{
    SDL_Event event = {.type = SDL_KEYDOWN};
    struct ui_action action;
    event.key.keysym.sym = key;
    SDL_PushEvent(&event);
    while (ui_window_poll(window, view, 0, &action))
        ;
}

static int shoot(const struct size *size, size_t state, const struct img *frame, const char *dir,
                 bool timed, struct err *err)
{
    static struct ui_view view;
    view = (struct ui_view){.frame = frame,
                            .frame_number = 1,
                            .guide = {frame->w / 2 - 125, frame->h / 2 - 125, 250, 250},
                            .mirror = true,
                            .light = size->light,
                            .text_size = size->text_size,
                            .fps = 29.97f,
                            .seconds_left = -1};
    text(view.camera, "Integrated Camera, 640x480 MJPG, 30 fps");
    states[state].fill(&view);
    ui_hint(&view, view.hint);
    struct ui_window *window;
    int ret = ui_window_create_offscreen(&window, size->w, size->h, size->scale, err);
    if (ret < 0)
        return ret;
    struct img shot = {0};
    for (int i = 0; i < 6; i++) // small pictures come some at a time
        ui_window_draw(window, &view);
    if (states[state].key)
        press(window, &view, states[state].key);
    ret = ui_window_shot(window, &view, &shot, err);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-%s.png", dir, size->name, states[state].name);
    if (ret == 0 && plain(&shot))
        ret = err_set(err, ERR_DATA, "%s: the picture is blank", path);
    if (ret == 0)
        ret = img_save_png(&shot, path, err);
    if (ret == 0 && timed)
        printf("%s: %.1f ms a frame\n", path, frame_ms(window, &view));
    img_finish(&shot);
    ui_window_destroy(window);
    return ret;
}

// All, where none is named.
static bool wanted(const char *size, const char *state, int n_names, char **names)
{
    for (int i = 0; i < n_names; i++)
        if (strcmp(names[i], size) == 0 || strcmp(names[i], state) == 0)
            return true;
    return n_names == 0;
}

int main(int argc, char **argv)
{
    struct err err = {0};
    struct img frame = {0};
    if (argc < 2) {
        fprintf(stderr,
                "usage: ui_shots FOLDER [SIZE|STATE...]    all of them are timed as well\n");
        return 2;
    }
    int ret = img_reserve(&frame, 640, 480, &err);
    if (ret == 0)
        ret = img_reserve(&nearest, 52, 52, &err);
    if (ret == 0) {
        draw_sitter(&frame);
        draw_sitter(&nearest);
        ret = img_reserve(&thumb, THUMB, THUMB, &err);
    }
    if (ret == 0) {
        draw_sitter(&thumb);
        ret = img_reserve(&worst_row, UI_WORST * nearest.w, nearest.h, &err);
    }
    for (int i = 0; ret == 0 && i < UI_WORST * nearest.w * nearest.h; i++) {
        int at = i / worst_row.w * nearest.w + i % worst_row.w % nearest.w;
        memcpy(worst_row.px + 3 * i, nearest.px + 3 * at, 3);
    }
    for (size_t s = 0; ret == 0 && s < sizeof sizes / sizeof *sizes; s++)
        for (size_t i = 0; ret == 0 && i < sizeof states / sizeof *states; i++)
            if (wanted(sizes[s].name, states[i].name, argc - 2, argv + 2))
                ret = shoot(&sizes[s], i, &frame, argv[1], argc == 2, &err);
    img_finish(&frame);
    img_finish(&nearest);
    img_finish(&worst_row);
    img_finish(&thumb);
    if (ret < 0)
        fprintf(stderr, "ui_shots: %s\n", err.text);
    return err_exit_code(ret);
}
