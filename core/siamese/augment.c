// SPDX-License-Identifier: MIT
// DESIGN. What may differ between two pictures of the same face is drawn anew each time a picture
// is shown, so that the net learns to look past it: where the face lies, the light, the camera's
// curve, sharpness and noise, how close the picture was cut, and things before the face.
#include "core/face/normalise.h"
#include "core/siamese/input.h"

#include <math.h>
#include <string.h>

#define SIDE    FACE_CHIP_SIDE
#define PLANE   FACE_CHIP_SIZE(1)
#define QUARTER 1.57079633f // of a turn, radians

struct siam_augment siam_augment_faces(void)
{
    return (struct siam_augment){
        .angle = 0.06f,
        .scale = 0.04f,
        .shift = 2,
        .mirror = true,
        .relight = 0.5f,
        .slope = 0.4f,
        .gamma = 0.25f,
        .gain = 0.15f,
        .soft = 0.3f,
        .noise = 4,
        .crop = 0.15f,
        .occlusion = 0.2f,
        .glasses = 0.15f,
    };
}

// Koch, Zemel and Salakhutdinov, section 3.3, draw rotations up to 10 degrees, shears up to 0.3,
// scales of 0.8 to 1.2 and shifts of 2 pixels, each for half of the pictures; these are about as
// wide.
struct siam_augment siam_augment_drawings(void)
{
    return (struct siam_augment){
        .angle = 0.1f,
        .scale = 0.1f,
        .stretch = 0.08f,
        .shear = 0.12f,
        .shift = 2.5f,
    };
}

// Standard normal, nearly: the sum of four uniform numbers.
static float normal(struct rng *rng)
{
    float sum = 0;
    for (int i = 0; i < 4; i++)
        sum += rng_float(rng);
    return (sum - 2) * 1.7320508f;
}

static void mirror(float *px)
{
    for (int y = 0; y < SIDE; y++, px += SIDE)
        for (int x = 0; x < SIDE / 2; x++) {
            float left = px[x];
            px[x] = px[SIDE - 1 - x];
            px[SIDE - 1 - x] = left;
        }
}

// Light that rises along a direction.
static void slope(float *px, float x_rise, float y_rise)
{
    const float middle = (SIDE - 1) / 2.0f;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            px[y * SIDE + x] *=
                expf(x_rise * ((float)x - middle) / middle + y_rise * ((float)y - middle) / middle);
}

static void expose(float *px, float gain, float gamma)
{
    for (size_t i = 0; i < PLANE; i++)
        px[i] = 255 * powf(fminf(px[i] * gain, 255) / 255, gamma);
}

// The mean over 3 x 3 pixels.
static void soften(float *px)
{
    float from[PLANE];
    memcpy(from, px, sizeof from);
    for (int y = 1; y < SIDE - 1; y++)
        for (int x = 1; x < SIDE - 1; x++) {
            const float *p = from + y * SIDE + x;
            px[y * SIDE + x] = (p[-SIDE - 1] + p[-SIDE] + p[-SIDE + 1] + p[-1] + p[0] + p[1] +
                                p[SIDE - 1] + p[SIDE] + p[SIDE + 1]) /
                               9;
        }
}

static int clamp(int v, int lo, int hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

// As a picture that was cut close: beyond the cut its outermost pixels go on.
static void cut_close(float *px, const int crop[4])
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int from_x = clamp(x, crop[0], SIDE - 1 - crop[1]);
            int from_y = clamp(y, crop[2], SIDE - 1 - crop[3]);
            px[y * SIDE + x] = px[from_y * SIDE + from_x];
        }
}

// A camera's noise, and its whole levels.
static void add_noise(float *px, float deviation, struct rng *rng)
{
    for (size_t i = 0; i < PLANE; i++)
        px[i] = fminf(fmaxf(floorf(px[i] + deviation * normal(rng) + 0.5f), 0), 255);
}

// ---- Things before the face -------------------------------------------------------------------

#define EYE_X 24.0f // pixels from the middle to an eye of an aligned face
#define EYE_Y 35.0f // and from the upper edge

struct glasses {
    float x, y;       // of the point between the eyes
    float apart;      // from there to the middle of a lens
    float w, h;       // half a lens
    float shape;      // 2: an ellipse, more: a rectangle with round corners
    float rim, shade; // pixels, 0..255
    float lens;       // how much of the light it lets through
    float glare;      // levels that its upper part is brighter by
};

static struct glasses draw_glasses(struct rng *rng)
{
    struct glasses g;
    bool dark = rng_float(rng) < 0.7f;
    g.x = SIDE / 2.0f + 1.5f * normal(rng);
    g.y = EYE_Y + 2 * normal(rng);
    g.apart = EYE_X + 1.5f * normal(rng);
    g.w = rng_uniform(rng, 13, 20);
    g.h = rng_uniform(rng, 8, 16);
    g.shape = rng_uniform(rng, 2, 5);
    g.rim = rng_uniform(rng, 0.6f, 3.5f);
    g.shade = dark ? rng_uniform(rng, 0, 70) : rng_uniform(rng, 70, 220);
    g.lens = rng_float(rng) < 0.75f ? rng_uniform(rng, 0.85f, 1) : rng_uniform(rng, 0.2f, 0.85f);
    g.glare = rng_float(rng) < 0.3f ? rng_uniform(rng, 0, 120) : 0;
    return g;
}

static float share(float v)
{
    return fminf(fmaxf(v, 0), 1);
}

static void put_on(float *px, const struct glasses *g)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            float dx = fabsf((float)x - g->x), dy = (float)y - g->y;
            float u = fabsf(dx - g->apart) / g->w, v = fabsf(dy) / g->h;
            float r = powf(powf(u, g->shape) + powf(v, g->shape), 1 / g->shape);
            float off = (r - 1) * fminf(g->w, g->h); // from the rim, about
            float cover = share(g->rim / 2 + 0.5f - fabsf(off));
            if (off > 0) // the bridge and the temples
                cover = fmaxf(cover, share(g->rim / 2 + 0.5f - fabsf(dy + 0.3f * g->h)));
            float *p = &px[y * SIDE + x];
            if (off < 0)
                *p = *p * g->lens + g->glare * share((dx - g->apart - dy) / g->h);
            *p += cover * (g->shade - *p);
        }
}

// Hair, a headset, a hand: something of one shade before a part of the face.
static void occlude(float *px, struct rng *rng)
{
    int w = 12 + (int)rng_below(rng, SIDE / 2), h = 10 + (int)rng_below(rng, SIDE / 3);
    int left = (int)rng_below(rng, (uint32_t)(SIDE - w));
    int top = (int)rng_below(rng, (uint32_t)(SIDE - h));
    float shade = 255 * rng_float(rng), cover = rng_uniform(rng, 0.6f, 1);
    for (int y = top; y < top + h; y++)
        for (int x = left; x < left + w; x++)
            px[y * SIDE + x] += cover * (shade - px[y * SIDE + x]);
}

// Samples the picture, moved, turned, scaled and sheared.
static void change_place(float *px, const struct face_luma *luma, const struct siam_augment *a,
                         int turns, struct rng *rng)
{
    struct face_view view;
    view.pose.x = (float)luma->w / 2 + a->shift * normal(rng);
    view.pose.y = (float)luma->h / 2 + a->shift * normal(rng);
    view.pose.side = SIDE * expf(a->scale * normal(rng));
    view.pose.angle = QUARTER * (float)turns + a->angle * normal(rng);
    view.stretch = expf(a->stretch * normal(rng));
    view.shear = a->shear * normal(rng);
    face_sample_view(px, SIDE, luma, &view);
    if (a->mirror && rng_float(rng) < 0.5f)
        mirror(px);
}

struct siam_scene siam_draw_scene(const struct siam_augment *a, struct rng *rng)
{
    struct siam_scene scene = {.lamp = -1};
    if (rng_float(rng) < a->relight)
        scene.lamp = (int)rng_below(rng, FACE_LAMPS);
    else
        for (int i = 0; i < 2; i++)
            scene.slope[i] = a->slope * normal(rng) * (i == 0 ? 1 : 0.6f);
    scene.ambient = 0.02f * powf(25, rng_float(rng)); // 0.02 to 0.5
    scene.gamma = expf(a->gamma * normal(rng));
    scene.gain = expf(a->gain * normal(rng));
    if (rng_float(rng) < a->soft)
        scene.soft = 1 + (int)rng_below(rng, 3);
    scene.noise = a->noise * rng_float(rng);
    if (rng_float(rng) < a->crop)
        for (int i = 0; i < 4; i++)
            scene.crop[i] = (int)rng_below(rng, SIDE / 7);
    return scene;
}

static void change_scene(float *px, const struct siam_scene *scene,
                         const struct face_lights *lights, struct rng *rng)
{
    if (scene->lamp >= 0)
        face_relight(lights, px, scene->lamp, scene->ambient);
    else
        slope(px, scene->slope[0], scene->slope[1]);
    expose(px, scene->gain, scene->gamma);
    for (int i = 0; i < scene->soft; i++)
        soften(px);
    add_noise(px, scene->noise, rng);
    cut_close(px, scene->crop);
}

void siam_make_augmented(float *x, const struct siam_input *input, const uint8_t *stored,
                         const struct siam_augment *a, const struct siam_scene *scene,
                         const struct face_lights *lights, int turns, struct rng *rng)
{
    int side = input->way == SIAM_FACE ? FACE_PORTRAIT_SIDE : SIDE;
    const struct face_luma luma = {stored, side, side};
    float px[PLANE];
    change_place(px, &luma, a, turns, rng);
    if (input->way == SIAM_WHOLE) {
        for (size_t i = 0; i < PLANE; i++)
            x[i] = px[i] / 255;
        return;
    }
    if (a->glasses > 0 && rng_float(rng) < a->glasses) {
        struct glasses glasses = draw_glasses(rng);
        put_on(px, &glasses);
    }
    if (rng_float(rng) < a->occlusion)
        occlude(px, rng);
    change_scene(px, scene, lights, rng);
    face_normalise(x, px);
}
