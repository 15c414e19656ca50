// SPDX-License-Identifier: MIT
#include "capture/demo_draw.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

// 1 in the middle, 0 from the reach on, with a smooth rim.
static inline float bell(const struct demo_bump *b, float u, float v)
{
    float du = (u - b->u) * b->ru, dv = (v - b->v) * b->rv;
    float rest = 1 - du * du - dv * dv;
    return rest > 0 ? rest * rest : 0;
}

static void set_bumps(struct demo_scene *s)
{
    const struct demo_person *p = s->person;
    float g = p->eye_gap, n = p->nose_w, tip = p->nose_l, m = tip + .22f;
    const struct demo_bump bumps[DEMO_BUMPS] = {
        {0, tip - .22f, .18f * n, .40f, .13f}, // nose: ridge, tip, wings
        {0, tip - .01f, .19f * n, .19f, .14f},
        {-.12f * n, tip + .04f, .09f * n, .09f, .05f},
        {.12f * n, tip + .04f, .09f * n, .09f, .05f},
        {-g, -.03f, .27f, .19f, -.085f}, // sockets
        {g, -.03f, .27f, .19f, -.085f},
        {-g, p->brow_y, .30f, .13f, .045f}, // brow ridges
        {g, p->brow_y, .30f, .13f, .045f},
        {-.40f, .28f, .30f, .30f, .07f}, // cheeks
        {.40f, .28f, .30f, .30f, .07f},
        {0, m - .09f, .05f, .10f, -.02f}, // from the nose down to the chin
        {0, m + .07f, p->mouth, .10f, .05f},
        {0, m + .19f, .24f, .10f, -.05f},
        {0, .86f, .24f, .18f, .08f},
        {-.33f, m - .07f, .10f, .26f, -.035f - .02f * s->smile}, // folds beside the mouth
        {.33f, m - .07f, .10f, .26f, -.035f - .02f * s->smile},
        {0, -.52f, .55f, .35f, .06f},   // forehead
        {-g, .10f, .22f, .09f, -.025f}, // under the eyes
        {g, .10f, .22f, .09f, -.025f},
    };
    for (int i = 0; i < DEMO_BUMPS; i++) {
        s->bumps[i] = bumps[i];
        s->bumps[i].ru = 1 / (1.2f * bumps[i].ru);
        s->bumps[i].rv = 1 / (1.2f * bumps[i].rv);
    }
}

static void set_dabs(struct demo_scene *s)
{
    const struct demo_person *p = s->person;
    float g = p->eye_gap, n = p->nose_w, tip = p->nose_l, away = -.10f * s->light[0];
    float blush[3] = {s->skin[0] * 1.04f, s->skin[1] * .74f, s->skin[2] * .70f};
    float shade[3] = {s->skin[0] * .50f, s->skin[1] * .40f, s->skin[2] * .38f};
    float hole[3] = {s->skin[0] * .16f, s->skin[1] * .09f, s->skin[2] * .08f};
    const struct demo_bump at[DEMO_DABS] = {
        {-.40f, .26f, .30f, .24f, .62f}, // blush: cheeks, tip of the nose
        {.40f, .26f, .30f, .24f, .62f},
        {0, tip + .01f, .15f * n, .13f, .50f},
        {-g, .07f, .22f, .13f, .28f}, // shade: under the eyes
        {g, .07f, .22f, .13f, .28f},
        {away, tip + .13f, .21f * n, .12f, .50f}, // the nose's shadow
        {-g * .62f, -.05f, .12f, .14f, .36f},     // inner corners of the eyes
        {g * .62f, -.05f, .12f, .14f, .36f},
        {-.075f * n, tip + .075f, .055f * n, .038f, .95f}, // nostrils
        {.075f * n, tip + .075f, .055f * n, .038f, .95f},
        {0, tip + .36f + 1.2f * p->lips, .22f, .09f, .30f}, // under the lip, under the chin
        {0, 1.02f, .6f, .22f, .45f},
    };
    for (int i = 0; i < DEMO_DABS; i++) {
        s->dabs[i].at = at[i];
        s->dabs[i].at.ru = 1 / at[i].ru;
        s->dabs[i].at.rv = 1 / at[i].rv;
        memcpy(s->dabs[i].colour, i < 3 ? blush : i == 8 || i == 9 ? hole : shade, sizeof shade);
    }
}

float cap_demo_lit(const struct demo_scene *s, const float n[3], float *gloss)
{
    float l = 0, h = 0;
    for (int i = 0; i < 3; i++) {
        l += n[i] * s->light[i];
        h += n[i] * s->half[i];
    }
    h = h > 0 ? h * h : 0;
    h *= h, h *= h, h *= h;
    *gloss = h * s->key;
    l = (l + .22f) / 1.22f;
    return s->ambient * (1 - .25f * n[1]) + (l > 0 ? s->key * l : 0);
}

void cap_demo_normalise(float n[3])
{
    float scale = 1 / sqrtf(n[0] * n[0] + n[1] * n[1] + n[2] * n[2] + 1e-9f);
    for (int i = 0; i < 3; i++)
        n[i] *= scale;
}

// Returns the light on the bumps, for what lies on the skin.
static float skin(const struct demo_scene *s, struct demo_place *p, float c[3])
{
    memcpy(c, s->skin, sizeof s->skin);
    for (int i = 0; i < DEMO_BUMPS; i++) {
        const struct demo_bump *b = &s->bumps[i];
        float du = (p->u - b->u) * b->ru, dv = (p->v - b->v) * b->rv;
        float rest = 1 - du * du - dv * dv;
        if (rest > 0) { // the slopes of height * rest^3
            float slope = 6 * b->height * rest * rest * p->q;
            p->n[0] += slope * du * b->ru;
            p->n[1] += slope * dv * b->rv;
        }
    }
    for (int i = 0; i < DEMO_DABS; i++)
        mix(c, s->dabs[i].colour, s->dabs[i].at.height * bell(&s->dabs[i].at, p->u, p->v));
    if (s->person->extras & FRECKLES) {
        float spot =
            noise(p->u * 47 + 9 * noise(p->v * 31)) * noise(p->v * 53 + 7 * noise(p->u * 29));
        float where = bell(&(struct demo_bump){0, .2f, 1 / .62f, 1 / .3f, 1}, p->u, p->v);
        mix(c, s->dabs[3].colour, where * .8f * smooth(.28f, .5f, spot));
    }
    float gloss;
    cap_demo_normalise(p->n);
    float light = cap_demo_lit(s, p->n, &gloss);
    float warm = clamp01(1 - light); // light that went through skin is red
    c[0] = c[0] * light * (1 + .10f * warm) + .10f * gloss;
    c[1] = c[1] * light * (1 - .06f * warm) + .09f * gloss;
    c[2] = c[2] * light * (1 - .10f * warm) + .08f * gloss;
    return light;
}

static void eyeball(const struct demo_scene *s, float a, float b, int side, float top, float c[3])
{
    float white[3] = {.70f, .66f, .63f}, dark[3] = {.012f, .009f, .008f};
    float light = .45f + .55f * s->key;
    float ia = a - side * s->gaze_u, ib = b + .08f - s->gaze_v;
    float r = sqrtf(ia * ia + ib * ib), px = s->px * s->person->eye;
    float iris[3];
    float bright = .75f + .9f * clamp01(.5f + ib) + .18f * noise(24 * ia + 9 * ib);
    for (int i = 0; i < 3; i++)
        iris[i] = s->iris[i] * bright;
    mix(iris, dark, .75f * smooth(.33f, .45f, r));
    mix(white, iris, clamp01((.45f - r) * px + .5f));
    mix(white, dark, clamp01((.19f - r) * px + .5f));
    dim(white, .55f * smooth(.30f, .0f, b - top) + .30f * a * a * a * a);
    float ga = ia - .15f * side * (s->light[0] > 0 ? 1 : -1), gb = ib + .17f;
    float glint = clamp01((.085f - sqrtf(ga * ga + gb * gb)) * px + .5f);
    for (int i = 0; i < 3; i++)
        c[i] = white[i] * light + .85f * glint * (1 - c[i]);
}

static void eye(const struct demo_scene *s, const struct demo_place *p, int side, float c[3])
{
    const struct demo_person *who = s->person;
    const float lash[3] = {.020f, .014f, .012f};
    float a = (float)side * (p->u - (float)side * who->eye_gap) / who->eye;
    float b = (p->v + .03f) / who->eye + who->eye_tilt * 2 * a;
    if (fabsf(a) > 1.3f || fabsf(b) > 1.3f)
        return;
    float px = s->px * who->eye;
    float arch = 1 - a * a, bottom = .34f * arch;
    float open_top = -.60f * arch * (1 + .25f * a * (a < 0 ? .6f : -.4f));
    float top = bottom - .03f + (open_top - bottom) * s->eyes_open;
    float crease = fabsf(b - (open_top - .20f) - .06f * a * a);
    dim(c, .42f * smooth(.12f, .0f, crease) * smooth(1.25f, .8f, fabsf(a)));
    if (arch > 0) {
        float ball[3] = {c[0], c[1], c[2]};
        float inside = clamp01((b - top) * px + .5f) * clamp01((bottom - b) * px + .5f);
        if (inside > 0) {
            eyeball(s, a, b, side, top, ball);
            mix(c, ball, inside);
        }
        dim(c, .35f * clamp01((.07f - fabsf(b - bottom)) * px + .5f));
    }
    float thick = .075f + .05f * smooth(-.6f, 1, a);
    float lid = arch > 0 ? top : (b > 0 ? .06f : 0) - .35f * (fabsf(a) - 1) * (a > 0);
    float line =
        clamp01((thick - fabsf(b - lid + .03f)) * px + .5f) * smooth(1.16f, .95f, fabsf(a));
    mix(c, lash, .92f * line);
}

static void brow(const struct demo_scene *s, const struct demo_place *p, int side, float c[3])
{
    const struct demo_person *who = s->person;
    float a = (float)side * (p->u - (float)side * (who->eye_gap + .02f)) / .235f;
    if (fabsf(a) > 1.1f)
        return;
    float bend = (a - .25f) * (a - .25f) * (a < .25f ? .35f : 1.2f);
    float middle = who->brow_y - .04f * s->brows_up + who->brow_arch * (bend - .35f) -
                   .4f * who->eye_tilt * who->eye * a;
    float thick = who->brow * (1 - .65f * clamp01(a)) * smooth(1.08f, a < 0 ? .9f : .6f, fabsf(a));
    float strands = .78f + .22f * noise(p->u * (float)side * 55 + p->v * 70);
    float amount = clamp01((thick - fabsf(p->v - middle)) * s->px * .45f + .5f) * (thick > .004f);
    float tone[3] = {s->hair_rgb[0] * .55f + .004f, s->hair_rgb[1] * .5f + .003f,
                     s->hair_rgb[2] * .5f + .003f};
    mix(c, tone, .88f * amount * strands);
}

static void mouth(const struct demo_scene *s, const struct demo_place *p, float light, float c[3])
{
    const struct demo_person *who = s->person;
    float m = who->nose_l + .23f, half = who->mouth * (1 + .16f * s->smile - .10f * s->mouth_open);
    float a = p->u / half, arch = 1 - a * a;
    if (arch <= 0 || p->v < m - .3f || p->v > m + .35f)
        return;
    float open = .085f * s->mouth_open * arch;
    float line = m + .055f * s->smile * (.35f - a * a) + .008f * cosf(9 * a) * arch;
    float bow = who->lips * .80f * arch * (1 - .30f * expf(-40 * a * a)) * (1 - .2f * s->smile);
    float full = who->lips * 1.05f * sqrtf(arch) * arch;
    float upper = line - open * .4f, lower = line + open;
    float lip[3] = {s->skin[0] * .80f, s->skin[1] * .50f, s->skin[2] * .52f};
    float across =
        p->v < line ? (p->v - (upper - bow)) / (bow + 1e-3f) : (p->v - lower) / (full + 1e-3f);
    float tone = p->v < line ? .72f + .1f * across : 1.10f - .45f * across;
    float gloss = p->v > lower ? .05f * expf(-30 * (across - .4f) * (across - .4f) - 4 * a * a) : 0;
    for (int i = 0; i < 3; i++)
        lip[i] = lip[i] * tone * light + gloss;
    mix(c, lip, .9f * edge(s, p->v - (upper - bow)) * edge(s, lower + full - p->v));
    const float dark[3] = {.035f, .008f, .008f}, teeth[3] = {.36f, .33f, .29f};
    float inside = edge(s, p->v - upper) * edge(s, lower - p->v);
    float cavity[3] = {dark[0], dark[1], dark[2]};
    mix(cavity, teeth, edge(s, upper + .032f - p->v) * smooth(.85f, .6f, fabsf(a)));
    mix(c, cavity, inside * smooth(.01f, .03f, open));
    dim(c, .70f * smooth(.020f, .004f, fabsf(p->v - upper)) * smooth(1.0f, .9f, fabsf(a)));
}

static void beard(const struct demo_scene *s, const struct demo_place *p, float light, float c[3])
{
    int extras = s->person->extras;
    if (!(extras & (BEARD | MOUSTACHE | STUBBLE)) || p->v < -.05f)
        return;
    float m = s->person->nose_l + .23f, au = fabsf(p->u),
          strands =
              noise(p->u * 60 + 3 * noise(p->v * 12)) * .5f + noise(p->v * 41 + p->u * 20) * .5f;
    float cheek =
        .10f + .95f * (.62f - au) * (au < .62f) + .03f * strands; // upper limit of the beard
    float sideburn = smooth(.0f, .3f, p->v);
    float full =
        sideburn * smooth(-.05f, .08f,
                          p->v - (cheek > m - .16f ? m - .16f + .35f * (cheek - m + .16f) : cheek));
    float lips =
        smooth(1.25f, .95f, p->u * p->u / .060f + (p->v - m - .01f) * (p->v - m - .01f) / .0065f);
    float lip_hair = smooth(.0f, .035f, p->v - (m - .17f + .25f * au)) *
                     smooth(.02f, -.02f, p->v - (m - .045f + .28f * au)) * smooth(.36f, .28f, au);
    float amount = extras & BEARD ? (full > lip_hair ? full : lip_hair) * (1 - lips) : 0;
    if (extras & STUBBLE)
        amount = .34f * full * (1 - lips);
    if (extras & MOUSTACHE && lip_hair * .95f > amount)
        amount = lip_hair * .95f;
    float tone[3];
    for (int i = 0; i < 3; i++)
        tone[i] = (s->hair_rgb[i] * .8f + .004f) * light * (1 + .45f * strands);
    mix(c, tone, amount * .93f);
}

void cap_demo_glasses(const struct demo_scene *s, const struct demo_place *p, float c[3])
{
    if (!(s->person->extras & (GLASSES | ROUND_GLASSES)))
        return;
    bool is_round = s->person->extras & ROUND_GLASSES;
    float u = p->u - .10f * s->yaw_sin, v = p->v + .02f; // they stand off the face
    float du = fabsf(u) - s->person->eye_gap - .01f, dv = v - .02f;
    float power_u = du / .235f, power_v = dv / (is_round ? .215f : .165f);
    float r = is_round ? sqrtf(power_u * power_u + power_v * power_v)
                       : sqrtf(sqrtf(power_u * power_u * power_u * power_u +
                                     power_v * power_v * power_v * power_v));
    const float frame[3] = {.015f, .013f, .014f}, metal[3] = {.17f, .11f, .05f};
    float rim = edge(s, .017f - fabsf(r - 1) * .19f);
    float bridge =
        edge(s, .014f - fabsf(v + .03f - .35f * u * u)) * (fabsf(u) < s->person->eye_gap - .20f);
    float arm = edge(s, .016f - fabsf(v + .05f)) * (fabsf(u) > s->person->eye_gap + .225f);
    if (r < 1) {
        float sheen = smooth(.05f, .0f, fabsf(du + .5f * dv - .06f)) * .05f;
        for (int i = 0; i < 3; i++)
            c[i] = c[i] * .95f + .008f + sheen;
    }
    float amount = rim > bridge ? rim : bridge;
    mix(c, is_round ? metal : frame, amount > arm ? amount : arm);
}

void cap_demo_set_face(struct demo_scene *s)
{
    set_bumps(s);
    set_dabs(s);
}

void cap_demo_face(const struct demo_scene *s, struct demo_place *p, float c[3])
{
    float light = skin(s, p, c);
    beard(s, p, light, c);
    mouth(s, p, light, c);
    for (int side = -1; side <= 1; side += 2) {
        eye(s, p, side, c);
        brow(s, p, side, c);
    }
}
