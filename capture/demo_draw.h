// SPDX-License-Identifier: MIT
// The drawn person, between the files that draw it. Private to this room.
//
// Units: 1 is half the height of a head, 100 pixels at scale 1; x to the right, y and v down, z to
// the viewer. Colours are linear RGB, 0..1.
#ifndef VISAVIS_CAPTURE_DEMO_DRAW_H
#define VISAVIS_CAPTURE_DEMO_DRAW_H

#include <stdint.h>

#define DEMO_W        640
#define DEMO_H        480
#define DEMO_UNIT     100.0f // pixels
#define DEMO_CENTRE_X 320.0f // pixels: where a head rests
#define DEMO_CENTRE_Y 242.0f

enum hair_style { BALD, CROP, SHORT, PARTED, RECEDING, FRINGE, BOB, LONG, CURLY, AFRO, BUN };
enum extra {
    GLASSES = 1,
    ROUND_GLASSES = 2,
    BEARD = 4,
    MOUSTACHE = 8,
    STUBBLE = 16,
    FRECKLES = 32,
};

struct demo_hair {
    float top, side; // how far it stands off the head
    float line;      // v of the hair line in the middle of the forehead
    float fall;      // how fast the line comes down towards the temples
    float skew;      // parting: the line is lower on one side
    float length;    // y where it ends behind the head; 0: nothing hangs down
    float drape;     // |u| beyond which it hangs over the face
    float curl;      // roughness of its outline and texture
};

struct demo_person {
    uint32_t skin, hair, iris; // sRGB
    enum hair_style style;
    int extras;
    float width;                   // of the face, half
    float jaw, taper;              // square 0..1; narrowing to the chin
    float eye_gap, eye, eye_tilt;  // centres from the middle; half width; slant
    float brow, brow_arch, brow_y; // half thickness; arch; height
    float nose_w, nose_l;          // factor; v of the tip
    float mouth, lips;             // half width; half height
};

struct demo_bump {
    float u, v;   // centre
    float ru, rv; // 1 / reach
    float height;
};

struct demo_dab {
    struct demo_bump at; // .height: how much of the colour, 0..1
    float colour[3];
};

#define DEMO_BUMPS 19
#define DEMO_DABS  12

// All that is fixed within one frame.
struct demo_scene {
    const struct demo_person *person;
    const struct demo_hair *hair;
    float skin[3], hair_rgb[3], iris[3], cloth[3]; // linear
    float x, y;                                    // centre of the head, pixels
    float px;                                      // pixels a unit
    float roll_sin, roll_cos, yaw_sin, yaw_cos, pitch_sin, pitch_cos;
    float eyes_open, smile, mouth_open, brows_up, gaze_u, gaze_v;
    float light[3], half[3]; // unit vectors: to the light; between it and the viewer
    float key, ambient;      // strength of the light from there; from everywhere
    float gain[3], slope;    // of the whole picture; more at its right edge
    struct demo_bump bumps[DEMO_BUMPS];
    struct demo_dab dabs[DEMO_DABS];
};

// A place on the head.
struct demo_place {
    float x, y; // on the plane of the picture, roll undone
    float f, q; // outline < 1; sqrt(1 - f)
    float w;    // half the width of the head at y
    float u, v; // on the plane of the face
    float n[3]; // normal, of length 1 once cap_demo_face() has been there
};

// -- demo_people.c --

// All that is fixed within the frame of person `who` (0..CAP_DEMO_PEOPLE - 1) at time t_s.
void cap_demo_scene(struct demo_scene *s, int who, double t_s);

// -- demo_room.c: the same for everybody --

extern float cap_demo_room[DEMO_H][DEMO_W][3];
extern float cap_demo_wave[256]; // random, -1..1

// Draws the room and makes the tables. Once, before anything else.
void cap_demo_prepare(void);

// sRGB (0xrrggbb) to linear.
void cap_demo_colour(float out[3], uint32_t srgb);

// One row of the picture from linear colours: exposure, the colour of the light, the sensor's curve
// and its grain. `seed` chooses the grain.
void cap_demo_develop(const struct demo_scene *s, float line[DEMO_W][3], uint32_t seed,
                      uint8_t *out);

// -- demo_face.c --

// Where the bumps and the colours of the face are: s->bumps and s->dabs, from all the rest of s.
void cap_demo_set_face(struct demo_scene *s);

// The colour of the face at p, glasses left out. Bends p->n.
void cap_demo_face(const struct demo_scene *s, struct demo_place *p, float c[3]);

// Glasses, over whatever is at p.
void cap_demo_glasses(const struct demo_scene *s, const struct demo_place *p, float c[3]);

// The light that reaches a surface with the unit normal n, and the gloss on it.
float cap_demo_lit(const struct demo_scene *s, const float n[3], float *gloss);

void cap_demo_normalise(float n[3]);

// -- small tools --

static inline float clamp01(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

static inline float smooth(float lo, float hi, float v)
{
    float t = clamp01((v - lo) / (hi - lo));
    return t * t * (3 - 2 * t);
}

static inline void mix(float c[3], const float to[3], float amount)
{
    for (int i = 0; i < 3; i++)
        c[i] += (to[i] - c[i]) * amount;
}

static inline void dim(float c[3], float amount)
{
    for (int i = 0; i < 3; i++)
        c[i] *= 1 - amount;
}

// How much of a pixel is inside an edge `inside` units away.
static inline float edge(const struct demo_scene *s, float inside)
{
    return clamp01(inside * s->px + .5f);
}

// Smooth noise, -1..1.
static inline float noise(float at)
{
    at += 1 << 14; // positive, so that truncation is floor
    int i = (int)at;
    float t = at - (float)i;
    return cap_demo_wave[i & 255] +
           (cap_demo_wave[(i + 1) & 255] - cap_demo_wave[i & 255]) * t * t * (3 - 2 * t);
}

#endif
