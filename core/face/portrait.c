// SPDX-License-Identifier: MIT
#include "core/face/portrait.h"

#include "core/face/normalise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE        FACE_PORTRAIT_SIDE
#define BOXES       16
#define LONGEST     2000  // pixels that a picture's longer side is brought to at most
#define CROP_MOST   320   // pixels of a picture's longer side that may be one cut around a face
#define CROP_SHAPE  1.35f // of its longer to its shorter side, at most
#define LARGER      1.2f  // a face so much larger than a surer one is taken before it
#define SURE        0.5f  // of a find that is taken as it is
#define FRAME_SCALE 0.5f  // at which a whole frame is searched first
#define FAR_LONGEST 960   // pixels of its longer side then, to find who is farther away, in one
#define FAR_EVERY   4     // of so many frames in which nobody was found
#define NEAR        1.8f  // what is searched around the last find, in its sides
#define NEAR_SIDE   100   // pixels that a face found again is brought to

struct plane {
    uint8_t *px; // [h, w], owned
    int w, h;
    size_t capacity;
};

struct face_reader {
    struct face_finder *finder;
    struct face_template align;
    bool aligns;
    enum face_turn turn; // of the face found last
    int missed;          // frames in a row in which nobody was found
    struct plane luma;   // of the picture read last
    struct plane search; // what the finder looks at
};

int face_reader_create(struct face_reader **out, const struct face_template *align, struct err *err)
{
    struct face_reader *r = *out = calloc(1, sizeof *r);
    if (!r)
        return err_memory(err, "face reader");
    int ret = face_finder_create(&r->finder, err);
    if (ret) {
        face_reader_destroy(r);
        *out = NULL;
        return ret;
    }
    r->aligns = align != NULL;
    if (align)
        r->align = *align;
    return 0;
}

void face_reader_destroy(struct face_reader *r)
{
    if (!r)
        return;
    face_finder_destroy(r->finder);
    free(r->luma.px);
    free(r->search.px);
    free(r);
}

static int reserve(struct plane *p, int w, int h, struct err *err)
{
    size_t size = (size_t)w * (size_t)h;
    if (size > p->capacity) {
        free(p->px);
        p->px = malloc(size);
        p->capacity = p->px ? size : 0;
        if (!p->px)
            return err_memory(err, "picture");
    }
    p->w = w;
    p->h = h;
    return 0;
}

static int take_luma(struct face_reader *r, const struct img *picture, struct err *err)
{
    int ret = reserve(&r->luma, picture->w, picture->h, err);
    if (ret)
        return ret;
    const uint8_t *px = picture->px;
    size_t n = (size_t)picture->w * (size_t)picture->h;
    for (size_t i = 0; i < n; i++, px += 3)
        r->luma.px[i] = face_luma_of(px);
    return 0;
}

static struct face_luma view(const struct plane *p)
{
    return (struct face_luma){p->px, p->w, p->h};
}

// ---- Looking ----------------------------------------------------------------------------------

// A way to look at a picture.
struct look {
    float x, y;  // where to, and
    float w, h;  // how much of it; what is beyond the picture's edge looks as the edge does
    float scale; // pixels of it for one of the picture
    float gamma; // below 1: the dark parts made brighter
    float least; // how sure a find must be
};

// Boxes in the picture's coordinates. Returns how many, or ERR_MEMORY.
static int look_at(struct face_reader *r, const struct look *look, struct face_box *boxes,
                   struct err *err)
{
    int w = (int)lrintf(look->w * look->scale), h = (int)lrintf(look->h * look->scale);
    if (w < FACE_FINDER_SIDE || h < FACE_FINDER_SIDE)
        return 0;
    int ret = reserve(&r->search, w, h, err);
    if (ret)
        return ret;
    uint8_t curve[256];
    for (int i = 0; i < 256; i++)
        curve[i] = (uint8_t)lrintf(255 * powf((float)i / 255, look->gamma));
    const struct face_luma luma = view(&r->luma);
    face_scale(r->search.px, w, h, &luma, look->x, look->y, 1 / look->scale);
    for (size_t i = 0; look->gamma != 1 && i < (size_t)w * (size_t)h; i++)
        r->search.px[i] = curve[r->search.px[i]];
    int n = face_find(r->finder, r->search.px, w, h, look->least, boxes, BOXES, err);
    for (int i = 0; i < n; i++) {
        boxes[i].x = boxes[i].x / look->scale + look->x;
        boxes[i].y = boxes[i].y / look->scale + look->y;
        boxes[i].side /= look->scale;
    }
    return n;
}

// Boxes come surest first.
static const struct face_box *largest(const struct face_box *boxes, int n)
{
    const struct face_box *best = boxes;
    for (int i = 1; i < n; i++)
        if (boxes[i].side > LARGER * best->side)
            best = &boxes[i];
    return best;
}

// Aligns from each of some sizes and keeps the most alike; returns how alike it is, -2 where there
// is nothing to align to.
static float settle(const struct face_reader *r, struct face_pose *pose, const float *factors,
                    int n)
{
    const struct face_luma luma = view(&r->luma);
    struct face_pose from = *pose;
    float best = -2;
    for (int i = 0; i < n && r->aligns; i++) {
        struct face_pose p = from;
        p.side *= factors[i];
        float likeness = face_align(&p, &luma, &r->align);
        if (likeness > best) {
            best = likeness;
            *pose = p;
        }
    }
    return best;
}

static const float as_found[] = {1};
static const float in_doubt[] = {0.9f, 1, 1.1f};
static const float as_cropped[] = {1, 1.15f, 1.3f, 1.45f};
static const float as_held[] = {0.45f, 0.55f, 0.65f, 0.8f}; // of the box
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

// Whether a picture may have been cut around a face.
static bool looks_cropped(float w, float h)
{
    return fmaxf(w, h) <= CROP_MOST && fmaxf(w, h) <= CROP_SHAPE * fminf(w, h);
}

// A face that was found.
struct find {
    struct face_pose pose;
    float sure;     // the finder
    float likeness; // to the template
};

// Looks, and aligns the largest face from each of some sizes. Returns how many faces there are.
static int find_face(struct face_reader *r, const struct look *look, const float *factors,
                     int n_factors, struct find *find, struct err *err)
{
    struct face_box boxes[BOXES];
    int n = look_at(r, look, boxes, err);
    if (n <= 0)
        return n;
    const struct face_box *box = largest(boxes, n);
    find->sure = box->sure;
    r->turn = box->turn;
    find->pose = (struct face_pose){box->x, box->y, box->side, 0};
    find->likeness = settle(r, &find->pose, factors, n_factors);
    return n;
}

static int find_in_picture(struct face_reader *r, float w, float h, struct find *find,
                           struct err *err)
{
    float side = fminf(w, h), most = LONGEST / fmaxf(w, h); // narrow strips stay small
    // With some room around, for faces that reach to the edge.
    struct look look = {-w / 4, -h / 4, 1.5f * w, 1.5f * h, fminf(300 / side, most), 1, 0};
    int n = find_face(r, &look, as_found, COUNT(as_found), find, err);
    if (n != 0)
        return n;
    look = (struct look){-w / 2, -h / 2, 2 * w, 2 * h, fminf(200 / side, most), 0.5f, -0.2f};
    return find_face(r, &look, in_doubt, COUNT(in_doubt), find, err);
}

int face_read_picture(struct face_reader *r, const struct img *picture, struct face_pose *pose,
                      struct err *err)
{
    float w = (float)picture->w, h = (float)picture->h;
    struct find find = {.sure = 0};
    int ret = take_luma(r, picture, err);
    int n = ret ? ret : find_in_picture(r, w, h, &find, err);
    if (n < 0)
        return n;
    bool found = n > 0;
    *pose = find.pose;
    if (!looks_cropped(w, h) || (found && find.sure >= SURE))
        return found ? FACE_FOUND : FACE_ABSENT;
    // A find that is less like a face than the whole picture is a nostril, or a shadow.
    struct face_pose whole = face_pose_of((struct img_rect){0, 0, picture->w, picture->h});
    float likeness = settle(r, &whole, as_cropped, COUNT(as_cropped));
    if (found && find.likeness >= likeness)
        return FACE_FOUND;
    *pose = whole;
    return FACE_CROPPED;
}

enum face_turn face_reader_turn(const struct face_reader *r)
{
    return r->turn;
}

// The surest face around the last find, brought to a size that is cheap to search.
static int find_near(struct face_reader *r, const struct face_pose *last, struct find *find,
                     struct err *err)
{
    float side = NEAR * last->side;
    struct look look = {
        last->x - side / 2, last->y - side / 2, side, side, NEAR_SIDE / last->side, 1, 0};
    return find_face(r, &look, as_found, COUNT(as_found), find, err);
}

int face_read_frame(struct face_reader *r, const struct img *frame, const struct face_pose *last,
                    struct face_pose *pose, struct err *err)
{
    struct find find;
    int ret = take_luma(r, frame, err);
    if (ret)
        return ret;
    int n = last ? find_near(r, last, &find, err) : 0;
    struct look look = {0, 0, (float)frame->w, (float)frame->h, FRAME_SCALE, 1, 0};
    if (n == 0)
        n = find_face(r, &look, as_found, COUNT(as_found), &find, err);
    // Somebody far away, whom the near search finds again at once.
    if (n == 0 && r->missed++ % FAR_EVERY == 0) {
        look.scale = fminf(1, FAR_LONGEST / fmaxf(look.w, look.h));
        if (look.scale > FRAME_SCALE)
            n = find_face(r, &look, as_found, COUNT(as_found), &find, err);
    }
    if (n <= 0)
        return n < 0 ? n : FACE_ABSENT;
    r->missed = 0;
    *pose = find.pose;
    return FACE_FOUND;
}

int face_read_box(struct face_reader *r, const struct img *frame, struct img_rect box,
                  struct face_pose *pose, struct err *err)
{
    int ret = take_luma(r, frame, err);
    if (ret)
        return ret;
    *pose = face_pose_of(box);
    settle(r, pose, as_held, COUNT(as_held));
    return FACE_CROPPED;
}

// ---- Cutting ----------------------------------------------------------------------------------

void face_cut_portrait(const struct face_reader *r, const struct face_pose *pose, uint8_t *portrait)
{
    const struct face_luma luma = view(&r->luma);
    float px[SIDE * SIDE];
    face_sample(px, SIDE, &luma, pose, (float)SIDE / FACE_CHIP_SIDE);
    for (int i = 0; i < SIDE * SIDE; i++)
        portrait[i] = (uint8_t)(px[i] + 0.5f);
}

void face_reader_cut_patch(const struct face_reader *r, const struct face_pose *pose,
                           struct face_patch *patch)
{
    const struct face_luma luma = view(&r->luma);
    face_cut_patch(patch, &luma, pose);
}

static void sample_portrait(float *px, const uint8_t *portrait)
{
    const struct face_luma luma = {portrait, SIDE, SIDE};
    const struct face_pose face = {SIDE / 2.0f, SIDE / 2.0f, FACE_CHIP_SIDE, 0};
    face_sample(px, FACE_CHIP_SIDE, &luma, &face, 1);
}

void face_portrait_chip(uint8_t *chip, const uint8_t *portrait)
{
    float px[FACE_CHIP_SIZE(1)];
    sample_portrait(px, portrait);
    for (size_t i = 0; i < FACE_CHIP_SIZE(1); i++)
        chip[i] = (uint8_t)(px[i] + 0.5f);
}

void face_portrait_input(float *x, const uint8_t *portrait)
{
    float px[FACE_CHIP_SIZE(1)];
    sample_portrait(px, portrait);
    face_normalise(x, px);
}
