// SPDX-License-Identifier: MIT
#include "core/face/relight.h"

#include "core/base/rng.h"

#include <math.h>
#include <stdlib.h>

#define SIDE       FACE_CHIP_SIDE
#define PLANE      ((size_t)SIDE * SIDE)
#define DEGREE     0.01745329f
#define TURN_MOST  (130 * DEGREE) // of a lamp to either side
#define RISE_LEAST (-40 * DEGREE)
#define RISE_MOST  (75 * DEGREE)
#define MARCH      0.03f // a step towards the lamp, in half sides of the chip
#define MARCHES    40
#define REACH      1.4f // of the relief, in half sides from the middle
#define GRID       148  // points of the relief along a side

struct face_lights {
    float map[FACE_LAMPS][PLANE]; // 0..1, what falls on a place from one lamp
    float front[PLANE];           // the same from a lamp at the camera
};

// ---- Faces of no one --------------------------------------------------------------------------

// A hill at (x, y), in half sides of the chip from its middle; on both halves of the face alike.
struct hill {
    float x, y, width, height, rise;
};

static const struct hill hills[] = {
    {0.43f, -0.42f, 0.17f, 0.11f, -0.12f}, // sockets
    {0.40f, -0.62f, 0.22f, 0.07f, 0.05f},  // brows
    {0.45f, 0.05f, 0.18f, 0.18f, 0.05f},   // cheeks
    {0.00f, 0.47f, 0.20f, 0.09f, 0.05f},   // lips, twice
    {0.00f, 0.90f, 0.20f, 0.12f, 0.05f},   // chin, twice
};
#define HILLS (sizeof hills / sizeof *hills)

struct shape {
    float depth;                           // of the ellipsoid
    float nose_rise, nose_width, nose_tip; // the tip: its y
    struct hill hills[HILLS];
};

// People differ: v times 1 - spread to 1 + spread; v itself without an rng.
static float vary(struct rng *rng, float v, float spread)
{
    return rng ? v * rng_uniform(rng, 1 - spread, 1 + spread) : v;
}

static void draw_shape(struct shape *shape, struct rng *rng)
{
    shape->depth = vary(rng, 0.9f, 0.2f);
    shape->nose_rise = vary(rng, 0.32f, 0.3f);
    shape->nose_width = vary(rng, 0.15f, 0.2f);
    shape->nose_tip = vary(rng, 0.15f, 0.3f);
    for (size_t i = 0; i < HILLS; i++) {
        struct hill *h = &shape->hills[i];
        h->x = vary(rng, hills[i].x, 0.1f);
        h->y = vary(rng, hills[i].y, 0.1f);
        h->width = vary(rng, hills[i].width, 0.2f);
        h->height = vary(rng, hills[i].height, 0.2f);
        h->rise = vary(rng, hills[i].rise, 0.6f);
    }
}

static float nose(const struct shape *shape, float x, float y)
{
    const float root = -0.45f, tip = shape->nose_tip;
    if (y < root || y > tip + 0.15f)
        return 0;
    float along = y < tip ? (y - root) / (tip - root) : 1 - (y - tip) / 0.15f;
    float width = shape->nose_width * (0.5f + 0.5f * along);
    return shape->nose_rise * (0.15f + 0.85f * along) * expf(-x * x / (2 * width * width));
}

static float height(const struct shape *shape, float x, float y)
{
    float r = x * x / (0.95f * 0.95f) + (y - 0.05f) * (y - 0.05f) / (1.35f * 1.35f);
    float z = shape->depth * sqrtf(fmaxf(1 - r, 0.04f));
    for (size_t i = 0; i < HILLS; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            const struct hill *h = &shape->hills[i];
            float dx = (x - (float)sign * h->x) / h->width, dy = (y - h->y) / h->height;
            z += h->rise * expf(-(dx * dx + dy * dy) / 2);
        }
    return z + nose(shape, x, y);
}

// ---- Lamps ------------------------------------------------------------------------------------

struct vector {
    float x, y, z;
};

// The heights at the points of a grid, from -REACH to REACH along both axes.
struct relief {
    float z[GRID][GRID];
};

static void make_relief(struct relief *relief, struct rng *rng)
{
    struct shape shape;
    draw_shape(&shape, rng);
    for (int i = 0; i < GRID; i++)
        for (int j = 0; j < GRID; j++)
            relief->z[i][j] = height(&shape, ((float)j / (GRID - 1) * 2 - 1) * REACH,
                                     ((float)i / (GRID - 1) * 2 - 1) * REACH);
}

// Between the points, linearly. |x| and |y| are below REACH.
static float height_at(const struct relief *relief, float x, float y)
{
    float gx = (x / REACH + 1) / 2 * (GRID - 1), gy = (y / REACH + 1) / 2 * (GRID - 1);
    int j = (int)gx, i = (int)gy;
    float fx = gx - (float)j, fy = gy - (float)i;
    const float *upper = &relief->z[i][j], *lower = &relief->z[i + 1][j];
    float above = upper[0] + fx * (upper[1] - upper[0]);
    float below = lower[0] + fx * (lower[1] - lower[0]);
    return above + fy * (below - above);
}

// What is left of a lamp's light at (x, y), height z, behind the relief's own hills: 0..1.
static float unshadowed(const struct relief *relief, float x, float y, float z, struct vector lamp)
{
    float left = 1;
    for (int i = 1; i <= MARCHES && left > 0; i++) {
        float s = MARCH * (float)i, px = x + s * lamp.x, py = y + s * lamp.y;
        if (fabsf(px) >= REACH - 0.1f || fabsf(py) >= REACH - 0.1f)
            break;
        float above = z + s * lamp.z - height_at(relief, px, py);
        left = fminf(left, 1 + above / 0.06f); // a lamp is no point
    }
    return fmaxf(left, 0);
}

// What a lamp in this direction (unit length) gives to the face at (x, y): 0..1.
static float lit(const struct relief *relief, float x, float y, struct vector lamp)
{
    const float h = 1.5f / SIDE;
    struct vector n = {
        -(height_at(relief, x + h, y) - height_at(relief, x - h, y)) / (2 * h),
        -(height_at(relief, x, y + h) - height_at(relief, x, y - h)) / (2 * h),
        1,
    };
    float cosine =
        (n.x * lamp.x + n.y * lamp.y + n.z * lamp.z) / sqrtf(n.x * n.x + n.y * n.y + n.z * n.z);
    return cosine <= 0 ? 0 : cosine * unshadowed(relief, x, y, height_at(relief, x, y), lamp);
}

// The mean over 3 x 3 pixels, at the edges over those there are.
static void soften(float *map)
{
    float row[PLANE];
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int a = j > 0 ? j - 1 : 0, b = j < SIDE - 1 ? j + 1 : j;
            row[i * SIDE + j] = (map[i * SIDE + a] + map[i * SIDE + j] + map[i * SIDE + b]) / 3;
        }
    for (int i = 0; i < SIDE; i++) {
        int a = i > 0 ? i - 1 : 0, b = i < SIDE - 1 ? i + 1 : i;
        for (int j = 0; j < SIDE; j++)
            map[i * SIDE + j] = (row[a * SIDE + j] + row[i * SIDE + j] + row[b * SIDE + j]) / 3;
    }
}

static void make_map(float *map, const struct relief *relief, struct vector lamp)
{
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            map[i * SIDE + j] = lit(relief, ((float)j + 0.5f) / SIDE * 2 - 1,
                                    ((float)i + 0.5f) / SIDE * 2 - 1, lamp);
    soften(map);
    soften(map);
}

// Directions spread evenly over what lights rooms have: to the side as far as a little behind the
// face, below it less than above (the additive recurrence of the plastic number).
static struct vector lamp_at(int i)
{
    float u = (float)fmod(0.5 + 0.7548776662 * i, 1), v = (float)fmod(0.5 + 0.5698402910 * i, 1);
    float turn = (2 * u - 1) * TURN_MOST, rise = RISE_LEAST + v * (RISE_MOST - RISE_LEAST);
    return (struct vector){sinf(turn) * cosf(rise), -sinf(rise), cosf(turn) * cosf(rise)};
}

int face_lights_create(struct face_lights **out, struct err *err)
{
    struct face_lights *lights = *out = malloc(sizeof *lights);
    struct relief *relief = malloc(sizeof *relief);
    struct rng rng;
    if (!lights || !relief) {
        free(lights);
        free(relief);
        *out = NULL;
        return err_memory(err, "light");
    }
    for (int i = 0; i < FACE_LAMPS; i++) {
        rng_seed(&rng, 0, (uint64_t)i);
        make_relief(relief, &rng);
        make_map(lights->map[i], relief, lamp_at(i));
    }
    make_relief(relief, NULL);
    make_map(lights->front, relief, (struct vector){0, 0, 1});
    free(relief);
    return 0;
}

void face_lights_destroy(struct face_lights *lights)
{
    free(lights);
}

void face_relight(const struct face_lights *lights, float *px, int lamp, float ambient)
{
    const float *map = lights->map[lamp];
    float before = 0, after = 0;
    for (size_t i = 0; i < PLANE; i++) {
        float k = (ambient + (1 - ambient) * map[i]) / (0.3f + 0.7f * lights->front[i]);
        before += px[i] * px[i];
        px[i] *= k;
        after += px[i] * px[i];
    }
    float gain = sqrtf(before / (after + 1e-6f));
    gain = fminf(gain, 4);
    for (size_t i = 0; i < PLANE; i++)
        px[i] = fminf(px[i] * gain, 255);
}
