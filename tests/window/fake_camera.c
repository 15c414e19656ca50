// SPDX-License-Identifier: MIT
// Three webcams for a program that runs as it is: preloaded, this stands in for libv4l2. Nodes are
// links to /dev/null, /dev/zero and /dev/full. What is set on one is told on standard error:
//     fake: Front Webcam exposure 156
#include "tests/unit/fake_v4l2.h"

#define YUYV V4L2_PIX_FMT_YUYV

static const struct cap_mode modes[] = {{YUYV, 640, 480, {1, 25}}, {0}};

static const char *const names[MAX_CONTROLS] = {"exposure_auto", "exposure", "gain", "power_line"};

static void tell_changes(const struct driver *d)
{
    static int told[4][MAX_CONTROLS];
    static bool begun[4];
    int *last = told[d - drivers];
    for (int i = 0; i < MAX_CONTROLS && names[i]; i++) {
        if (begun[d - drivers] && last[i] != d->controls[i].value)
            fprintf(stderr, "fake: %s %s %d\n", d->card, names[i], d->controls[i].value);
        last[i] = d->controls[i].value;
    }
    begun[d - drivers] = true;
}

// Slanting bars, as bright as exposure and gain make them.
static void draw_bars(const struct driver *d, uint8_t *rgb)
{
    bool automatic = d->controls[0].value != V4L2_EXPOSURE_MANUAL;
    int light = (automatic ? 250 : d->controls[1].value) * (d->controls[2].value + 64) / 256;
    tell_changes(d);
    for (int y = 0; y < 480; y++)
        for (int x = 0; x < 640; x++, rgb += 3)
            for (int k = 0; k < 3; k++) {
                int v = (40 + ((x + y) / 40 % 4 + k * (int)(d - drivers)) * 40) * light / 125;
                rgb[k] = (uint8_t)(v < 255 ? v : 255);
            }
}

__attribute__((constructor)) static void plug(void)
{
    static const char *const cards[] = {"Front Webcam", "Desk Webcam", "New Webcam"};
    static const char *const buses[] = {"usb-1", "usb-2", "usb-3"};
    for (int i = 0; i < 3; i++) {
        drivers[i] = (struct driver){.card = cards[i],
                                     .bus = buses[i],
                                     .caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING,
                                     .modes = modes,
                                     .draw = draw_bars};
        memcpy(drivers[i].controls, fake_usb_controls, sizeof fake_usb_controls);
    }
}
