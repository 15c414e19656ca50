// SPDX-License-Identifier: MIT
// DESIGN. The head is an egg given as a function of the plane, f(x, y) < 1, with the depth
// sqrt(1 - f) and the normal that follows. A turned head keeps its outline, and what is on the face
// is looked up where the turn brings it from: (u, v), the face's own plane. There, nose, sockets,
// lips and chin are bumps that bend the normal; eyes, brows, mouth, beard and glasses are outlines
// with a soft edge of one pixel. Light is added up in linear RGB and encoded at the end.
//
// Units: 1 is half the height of a head, 100 pixels at scale 1; x to the right, y and v down, z to
// the viewer. Everything that moves is a sum of sines of the time, so a frame needs no other frame.
#include "capture/demo_draw.h"

#include "capture/camera.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#define DEPTH 0.78f // of the head, from its rim to the tip of the face

// The outline of the head grown by `top` and `side`; < 1 inside.
static float outline(const struct demo_scene *s, struct demo_place *p, float top, float side)
{
    const struct demo_person *who = s->person;
    float t = clamp01((p->y + .15f) / 1.15f);
    float narrow = t * t * (3 - 2 * t) * who->taper, slope = 6 * t * (1 - t) * who->taper / 1.15f;
    p->w = who->width * (1 - narrow);
    float x = p->x / (p->w + side), y = (p->y + .5f * top * (p->y < 0)) / (1 + .5f * top);
    float square = p->y > 0 ? .35f + .6f * who->jaw : .33f;
    square *= square;
    float fx = x * (1 - square * y * y), fy = y * (1 - square * x * x);
    p->n[0] = DEPTH * fx / p->w;
    p->n[1] = DEPTH * (fy + fx * x * who->width * slope / p->w);
    p->f = x * x + y * y - square * x * x * y * y;
    p->q = p->f < 1 ? sqrtf(1 - p->f) : 0;
    p->n[2] = p->q;
    return p->f;
}

static void hair_colour(const struct demo_scene *s, const struct demo_place *p, float c[3])
{
    float n[3] = {p->n[0], p->n[1] - .1f, p->n[2] + .15f}, gloss;
    float fan = p->x / (p->y + 1.75f);
    float strands = s->hair->curl > .5f
                        ? noise(fan * 34 + 1.3f * sinf(p->y * 36 + 4 * noise(fan * 17)))
                        : .6f * noise(fan * 70 + 1.5f * noise(p->y * 4)) + .4f * noise(fan * 160);
    n[0] += .35f * strands;
    cap_demo_normalise(n);
    float light = cap_demo_lit(s, n, &gloss) * (.85f + .30f * strands);
    float band = n[1] + .42f + .1f * strands;
    float shine = s->key * .10f * expf(-14 * band * band) * (1 - .6f * s->hair->curl);
    for (int i = 0; i < 3; i++)
        c[i] = (s->hair_rgb[i] + .003f) * light + shine * (.25f + s->hair_rgb[i]);
}

// Hair that hangs down behind the head.
static void back_hair(const struct demo_scene *s, const struct demo_place *at, float c[3])
{
    const struct demo_hair *hair = s->hair;
    struct demo_place p = {.x = at->x, .y = at->y};
    if (hair->length <= 0 || p.y < -.3f || p.y > hair->length + .1f)
        return;
    float side = (.015f + .05f * hair->curl) * noise(p.y * 9 + (p.x > 0 ? 40 : 0));
    float ragged = .03f * noise(p.x * 16);
    float half = s->person->width + hair->side + side + .10f * smooth(.2f, 1, p.y);
    float below = p.y - (hair->length - .25f);
    float d = half - fabsf(p.x) - (below > 0 ? below * below * 2.4f : 0);
    float inside = edge(s, d) * edge(s, hair->length + ragged - p.y);
    if (inside <= 0)
        return;
    float tone[3];
    p.n[0] = p.x / half, p.n[1] = .1f, p.n[2] = sqrtf(clamp01(1 - p.n[0] * p.n[0])) + .2f;
    hair_colour(s, &p, tone);
    dim(tone, .45f * smooth(.25f, -.1f, fabsf(p.x) - s->person->width * .8f));
    mix(c, tone, inside);
}

static void shade_round(const struct demo_scene *s, float nx, float ny, float c[3])
{
    float n[3] = {nx, ny, sqrtf(clamp01(1 - nx * nx)) + .1f}, gloss;
    cap_demo_normalise(n);
    float light = cap_demo_lit(s, n, &gloss);
    for (int i = 0; i < 3; i++)
        c[i] *= light;
}

// Neck and clothes; x and y from the middle of the body, which follows the head half-way.
static void body(const struct demo_scene *s, float x, float y, float c[3])
{
    if (y < .4f)
        return;
    float half = .40f * s->person->width / .72f + .20f * smooth(1.15f, 1.6f, y);
    float neck = edge(s, half - fabsf(x)) * (y < 1.75f);
    if (neck > 0) {
        float tone[3] = {s->skin[0] * .95f, s->skin[1] * .90f, s->skin[2] * .88f};
        shade_round(s, .95f * x / half, .05f, tone);
        dim(tone, .62f * smooth(1.42f, .95f, y + .22f * x * x));
        mix(c, tone, neck);
    }
    float far = fabsf(x) - 1.35f;
    float top = 1.40f + .16f * x * x + (far > 0 ? 3 * far * far : 0);
    float hole = sqrtf(x * x / (.50f * .50f) + (y - 1.28f) * (y - 1.28f) / (.30f * .30f)) - 1;
    float inside = edge(s, y - top) * edge(s, hole * .3f);
    if (inside <= 0)
        return;
    float tone[3] = {s->cloth[0], s->cloth[1], s->cloth[2]};
    float folds = .25f * noise(3 * x + 1.5f * y) + .12f * noise(9 * x - 4 * y + 31);
    shade_round(s, .62f * x + folds * .5f, -.55f * smooth(.5f, 0, y - top) + folds * .3f, tone);
    float knit = .05f * noise(x * 90) * noise(y * 90 + 11);
    dim(tone,
        -knit + .25f * smooth(.10f, .085f, hole * .3f) - .12f * smooth(.08f, .06f, hole * .3f));
    mix(c, tone, inside);
}

static void ears(const struct demo_scene *s, const struct demo_place *p, float c[3])
{
    for (int side = -1; side <= 1; side += 2) {
        float x =
            (p->x - (float)side * (s->person->width * .985f) + .16f * s->yaw_sin) * (float)side;
        float a = (x - .01f + .10f * (p->y - .05f)) / .105f, b = (p->y - .06f) / .215f;
        float r = sqrtf(a * a + b * b);
        float inside = edge(s, (1 - r) * .12f);
        if (inside <= 0)
            continue;
        float tone[3] = {s->skin[0] * .95f, s->skin[1] * .80f, s->skin[2] * .76f};
        shade_round(s, (float)side * .75f, .25f * b, tone);
        dim(tone, .45f * smooth(.75f, .35f,
                                sqrtf((a - .1f) * (a - .1f) * 1.6f + (b + .05f) * (b + .05f))));
        mix(c, tone, inside);
    }
}

// y where the hair on the head ends.
static float shell_end(const struct demo_scene *s)
{
    return s->hair->length > 0 ? .45f : s->person->style == AFRO ? .55f : .14f;
}

// How much of the head at this place is hair, seen from the front.
static float hair_cover(const struct demo_scene *s, const struct demo_place *p)
{
    const struct demo_hair *hair = s->hair;
    float rough = .02f * noise(p->u * 21) + .012f * noise(p->u * 57) +
                  hair->curl * .05f * noise(p->u * 9 + 3);
    float line = hair->line + hair->fall * p->u * p->u + hair->skew * p->u + rough;
    float temple = fabsf(p->u) > .56f ? (fabsf(p->u) - .56f) * 3.2f : 0; // sideburns
    float cover = hair->top > 0 ? edge(s, .6f * (line + temple - p->v)) : 0;
    float side = edge(s, .7f * (fabsf(p->u) - hair->drape - .10f * p->v * p->v + rough));
    if (hair->drape > 1)
        cover *= smooth(shell_end(s), shell_end(s) - .12f, p->y);
    return cover > side ? cover : side;
}

static void bun(const struct demo_scene *s, const struct demo_place *at, float c[3])
{
    struct demo_place p = {.x = at->x, .y = at->y};
    float x = p.x + .1f * s->yaw_sin, y = p.y + 1.12f, r = sqrtf(x * x + y * y) / .27f;
    float inside = edge(s, (1 - r) * .27f);
    if (inside <= 0)
        return;
    float tone[3];
    p.n[0] = x / .27f, p.n[1] = y / .27f, p.n[2] = sqrtf(clamp01(1 - r * r));
    hair_colour(s, &p, tone);
    mix(c, tone, inside);
}

static void shell(const struct demo_scene *s, const struct demo_place *at, float c[3])
{
    const struct demo_hair *hair = s->hair;
    if (hair->top <= 0)
        return;
    if (s->person->style == BUN)
        bun(s, at, c);
    if (at->y > shell_end(s) + .2f || fabsf(at->x) > s->person->width + hair->side + .15f)
        return;
    struct demo_place p = {.x = at->x, .y = at->y};
    float ragged = hair->curl * .05f * (fabsf(noise(p.x * 10 + 5)) + fabsf(noise(p.y * 10)) - .5f);
    float f = outline(s, &p, 1.4f * hair->top, hair->side);
    float below = p.y - shell_end(s) + .35f; // rounded off below
    float inside = edge(s, (1 - sqrtf(f)) * .8f + ragged - (below > 0 ? 3 * below * below : 0));
    if (inside <= 0)
        return;
    float tone[3];
    hair_colour(s, &p, tone);
    mix(c, tone, inside);
}

static void front_hair(const struct demo_scene *s, const struct demo_place *at, float c[3])
{
    struct demo_place p = {.x = at->x, .y = at->y};
    outline(s, &p, 1.4f * s->hair->top, s->hair->side);
    hair_colour(s, &p, c);
}

static void head(const struct demo_scene *s, const struct demo_place *at, float c[3])
{
    if (fabsf(at->y) > 1.05f || fabsf(at->x) > 1.05f * s->person->width)
        return;
    struct demo_place p = {.x = at->x, .y = at->y};
    if (outline(s, &p, 0, 0) > 1.1f)
        return;
    float z = DEPTH * p.q;
    p.u = p.x * s->yaw_cos - z * s->yaw_sin;
    p.v = p.y * s->pitch_cos - z * s->pitch_sin;
    float inside = edge(s, (1 - sqrtf(p.f)) * .8f), cover = hair_cover(s, &p);
    if (inside <= 0)
        return;
    float face[3];
    if (cover >= 1) {
        front_hair(s, at, face);
        mix(c, face, inside);
        return;
    }
    cap_demo_face(s, &p, face);
    if (s->hair->top > 0) // the shadow of the hair
        dim(face, .35f * smooth(.12f, 0, p.v - s->hair->line - s->hair->fall * p.u * p.u));
    if (cover > 0) {
        float tone[3];
        front_hair(s, at, tone);
        mix(face, tone, cover);
    }
    cap_demo_glasses(s, &p, face);
    mix(c, face, inside);
}

static void paint(const struct demo_scene *s, int column, int row, float c[3])
{
    float dx = ((float)column - s->x) / s->px, dy = ((float)row - s->y) / s->px;
    struct demo_place p = {.x = dx * s->roll_cos + dy * s->roll_sin,
                           .y = dy * s->roll_cos - dx * s->roll_sin};
    back_hair(s, &p, c);
    body(s, ((float)column - .5f * (s->x + DEMO_CENTRE_X)) / DEMO_UNIT,
         ((float)row - .5f * (s->y + DEMO_CENTRE_Y)) / DEMO_UNIT, c);
    if (p.y > 1.15f || p.y < -1.6f || fabsf(p.x) > 1.4f)
        return;
    shell(s, &p, c);
    if (s->hair->length <= 0 && s->person->style != AFRO)
        ears(s, &p, c);
    head(s, &p, c);
}

int cap_demo_draw(struct img *out, int who, double t_s, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, cap_demo_prepare);
    int ret = img_reserve(out, DEMO_W, DEMO_H, err);
    if (ret)
        return ret;
    struct demo_scene s;
    cap_demo_scene(&s, who, t_s);
    cap_demo_set_face(&s);
    uint32_t frame = (uint32_t)(int64_t)(t_s * 1000) * 2654435761u + (uint32_t)who;
    for (int y = 0; y < DEMO_H; y++) {
        float line[DEMO_W][3];
        memcpy(line, cap_demo_room[y], sizeof line);
        float reach = (float)y > s.y + .4f * s.px ? 1.9f * DEMO_UNIT : 1.3f * s.px; // body, head
        for (int x = (int)(s.x - reach); x < s.x + reach; x++)
            paint(&s, x, y, line[x]);
        cap_demo_develop(&s, line, frame + (uint32_t)y, out->px + (size_t)y * DEMO_W * 3);
    }
    return 0;
}
