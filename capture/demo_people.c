// SPDX-License-Identifier: MIT
#include "capture/camera.h"
#include "capture/demo_draw.h"

#include <math.h>

static const struct demo_hair hairs[] = {
    [BALD] = {0, 0, -2, 0, 0, 0, 2, 0},
    [CROP] = {.04f, .02f, -.66f, .8f, 0, 0, 2, .1f},
    [SHORT] = {.15f, .05f, -.66f, .9f, .10f, 0, 2, .05f},
    [PARTED] = {.19f, .06f, -.66f, .8f, .30f, 0, 2, .1f},
    [RECEDING] = {.03f, .05f, -.86f, .75f, 0, 0, 2, .1f},
    [FRINGE] = {.14f, .10f, -.34f, .25f, .06f, .72f, .66f, .1f},
    [BOB] = {.15f, .15f, -.64f, .9f, .36f, .95f, .60f, .1f},
    [LONG] = {.13f, .13f, -.68f, .9f, .12f, 2.0f, .60f, .15f},
    [CURLY] = {.22f, .18f, -.60f, .9f, .08f, .62f, .66f, 1},
    [AFRO] = {.36f, .38f, -.64f, .8f, 0, 0, 2, .9f},
    [BUN] = {.06f, .03f, -.68f, .9f, .04f, 0, 2, .05f},
};

static const struct demo_person people[CAP_DEMO_PEOPLE] = {
    {0xe0ac8a, 0x3b2718, 0x5a3d22, SHORT, 0, .73f, .55f, .24f, .30f, .165f, .02f, .034f, .05f,
     -.24f, 1.0f, .34f, .25f, .060f},
    {0xf0c9b0, 0x7a2f14, 0x3f7a55, LONG, FRECKLES, .68f, .25f, .34f, .29f, .180f, .06f, .022f, .07f,
     -.25f, .85f, .31f, .23f, .085f},
    {0x6f4429, 0x120d0a, 0x2c1a10, AFRO, 0, .72f, .45f, .27f, .31f, .175f, .04f, .032f, .06f, -.24f,
     1.25f, .33f, .28f, .110f},
    {0xe6b896, 0x8d8a86, 0x4d6f92, RECEDING, GLASSES, .75f, .60f, .20f, .31f, .150f, -.04f, .030f,
     .03f, -.22f, 1.15f, .38f, .26f, .045f},
    {0xe8bd8f, 0x0f0d0e, 0x24160d, FRINGE, 0, .74f, .35f, .29f, .33f, .160f, .10f, .024f, .04f,
     -.23f, 1.0f, .31f, .22f, .075f},
    {0xb9805a, 0x17110d, 0x38220f, PARTED, BEARD, .72f, .65f, .20f, .29f, .165f, .02f, .044f, .04f,
     -.21f, 1.15f, .37f, .25f, .065f},
    {0xf3d2bd, 0xd9b36a, 0x5b8fbf, BOB, 0, .70f, .25f, .33f, .30f, .185f, .03f, .020f, .08f, -.26f,
     .80f, .30f, .22f, .080f},
    {0x8a5a3a, 0x0d0908, 0x1f120a, BALD, BEARD, .74f, .70f, .18f, .31f, .155f, .0f, .036f, .04f,
     -.21f, 1.30f, .36f, .29f, .095f},
    {0xdca07c, 0x2a1a10, 0x6d5a2a, CURLY, ROUND_GLASSES, .70f, .40f, .28f, .28f, .170f, .03f, .030f,
     .06f, -.25f, 1.05f, .35f, .24f, .070f},
    {0xf1c7a7, 0xb5531c, 0x5f9c8e, CROP, STUBBLE | FRECKLES, .76f, .75f, .16f, .30f, .150f, -.02f,
     .028f, .02f, -.20f, 1.10f, .36f, .27f, .050f},
    {0xc68e62, 0x1d1411, 0x3d2411, BUN, 0, .67f, .20f, .36f, .28f, .190f, .07f, .026f, .08f, -.27f,
     .90f, .32f, .21f, .095f},
    {0xedc1a2, 0xc9c4bd, 0x6f8296, BOB, GLASSES, .72f, .40f, .26f, .30f, .150f, -.05f, .018f, .05f,
     -.24f, 1.0f, .37f, .23f, .050f},
    {0xd9a273, 0x100c0b, 0x21140c, CROP, 0, .78f, .55f, .20f, .34f, .150f, .09f, .030f, .03f, -.22f,
     1.20f, .32f, .25f, .070f},
    {0x5a3521, 0x0c0807, 0x1d100a, BUN, ROUND_GLASSES, .69f, .30f, .32f, .30f, .185f, .05f, .024f,
     .07f, -.26f, 1.15f, .32f, .27f, .120f},
    {0xeab894, 0x54351c, 0x7a8a4a, PARTED, MOUSTACHE, .71f, .50f, .25f, .29f, .160f, .0f, .034f,
     .05f, -.23f, 1.10f, .36f, .24f, .055f},
    {0xf5d7c6, 0x1b1a20, 0x8aa4b8, FRINGE, 0, .66f, .20f, .38f, .27f, .190f, .05f, .020f, .05f,
     -.22f, .75f, .29f, .20f, .090f},
    {0xa86f48, 0x24170f, 0x4a2e14, LONG, 0, .73f, .45f, .25f, .32f, .175f, .06f, .032f, .07f, -.25f,
     1.10f, .33f, .27f, .100f},
    {0xdfa98b, 0x6e6a66, 0x4b5c66, SHORT, BEARD | GLASSES, .77f, .65f, .16f, .32f, .145f, -.05f,
     .040f, .02f, -.20f, 1.25f, .39f, .27f, .050f},
    {0xf0c4a6, 0xa8763a, 0x4f7fa8, CURLY, FRECKLES, .69f, .30f, .31f, .31f, .180f, .04f, .022f,
     .06f, -.25f, .90f, .31f, .25f, .080f},
    {0x9b6540, 0x15100d, 0x2a1a0f, SHORT, MOUSTACHE | STUBBLE, .74f, .60f, .20f, .28f, .160f, .03f,
     .046f, .04f, -.20f, 1.20f, .37f, .25f, .080f},
    {0xe9b99c, 0x4a1f1a, 0x6b4a2b, BUN, GLASSES, .71f, .35f, .29f, .32f, .170f, .02f, .028f, .09f,
     -.26f, .95f, .33f, .26f, .070f},
    {0xeec6a4, 0x2b2b30, 0x35507a, RECEDING, STUBBLE, .70f, .45f, .28f, .27f, .150f, -.03f, .026f,
     .03f, -.21f, .95f, .40f, .22f, .045f},
    {0x734a30, 0x1a120e, 0x33200f, CURLY, 0, .75f, .50f, .22f, .33f, .165f, .03f, .030f, .05f,
     -.24f, 1.35f, .35f, .29f, .105f},
    {0xe3ae86, 0x0e0c0d, 0x1f1510, LONG, ROUND_GLASSES, .76f, .40f, .24f, .34f, .155f, .08f, .022f,
     .03f, -.23f, 1.05f, .31f, .24f, .065f},
};

// A slow way between -1 and 1 that does not look like a sine.
static float wander(double t, double period, double phase)
{
    double a = 2 * M_PI * (t / period + phase);
    return (float)(.62 * sin(a) + .38 * sin(2.63 * a + 2));
}

static void set_pose(struct demo_scene *s, double t)
{
    float roll = .09f * wander(t, 9.1, .1), yaw = .34f * wander(t, 7.3, .65);
    float pitch = .15f * wander(t, 8.7, .33);
    s->px = DEMO_UNIT * (1 + .06f * wander(t, 13.9, .8));
    s->x = DEMO_CENTRE_X + 11 * wander(t, 6.1, .05) + 8 * sinf(yaw);
    s->y = DEMO_CENTRE_Y + 7 * wander(t, 7.9, .5);
    s->roll_sin = sinf(roll), s->roll_cos = cosf(roll);
    s->yaw_sin = sinf(yaw), s->yaw_cos = cosf(yaw);
    s->pitch_sin = sinf(pitch), s->pitch_cos = cosf(pitch);
}

static void set_expression(struct demo_scene *s, double t)
{
    double blink = fmod(t + 1.2 + .9 * sin(t / 7), 3.7); // 0.2 s, now and then
    s->eyes_open = blink < .2 ? (float)fabs(blink / .1 - 1) : 1;
    s->smile = smooth(-.7f, .9f, wander(t, 11.3, .2));
    float talks = smooth(.1f, .5f, wander(t, 15.1, .55));
    s->mouth_open = talks * (.5f + .5f * (float)sin(2 * M_PI * 2.1 * t));
    s->brows_up = smooth(.2f, .9f, wander(t, 8.3, .9));
    s->gaze_u = .20f * wander(t, 5.3, .4) - .36f * s->yaw_sin;
    s->gaze_v = .12f * wander(t, 6.7, .7);
    s->eyes_open *= 1 - .18f * s->smile;
}

static void set_light(struct demo_scene *s, double t)
{
    float side = wander(t, 21.7, .12), warmth = .13f * wander(t, 33.1, .6);
    float exposure = 1 + .28f * wander(t, 26.3, .25);
    s->light[0] = -.25f + .75f * side, s->light[1] = -.45f, s->light[2] = .72f;
    s->half[0] = s->light[0], s->half[1] = s->light[1], s->half[2] = s->light[2] + 1;
    float length = 0, half_length = 0;
    for (int i = 0; i < 3; i++) {
        length += s->light[i] * s->light[i];
        half_length += s->half[i] * s->half[i];
    }
    for (int i = 0; i < 3; i++) {
        s->light[i] /= sqrtf(length);
        s->half[i] /= sqrtf(half_length);
    }
    s->key = .74f + .1f * wander(t, 18.3, .9);
    s->ambient = .31f;
    s->slope = .22f * side;
    for (int i = 0; i < 3; i++)
        s->gain[i] = exposure * (1 + (i == 0 ? warmth : i == 2 ? -warmth : 0));
}

void cap_demo_scene(struct demo_scene *s, int who, double t_s)
{
    static const uint32_t cloths[] = {0x3d4f63, 0x6b4b45, 0x51603f, 0x777168};
    s->person = &people[who];
    s->hair = &hairs[s->person->style];
    cap_demo_colour(s->skin, s->person->skin);
    cap_demo_colour(s->hair_rgb, s->person->hair);
    cap_demo_colour(s->iris, s->person->iris);
    cap_demo_colour(s->cloth, cloths[who * 5 / 3 % 4]);
    set_pose(s, t_s);
    set_expression(s, t_s);
    set_light(s, t_s);
}
