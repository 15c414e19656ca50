// SPDX-License-Identifier: MIT
#include "capture/v4l2_controls.h"

#include "capture/v4l2_node.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    uint32_t id;
    const char *name;
    enum cap_control_id led_by; // on, it holds this one; itself: nothing does
} controls[CAP_CONTROLS] = {
    [CAP_EXPOSURE_AUTO] = {V4L2_CID_EXPOSURE_AUTO, "automatic exposure", CAP_EXPOSURE_AUTO},
    [CAP_EXPOSURE] = {V4L2_CID_EXPOSURE_ABSOLUTE, "exposure", CAP_EXPOSURE_AUTO},
    [CAP_GAIN_AUTO] = {V4L2_CID_AUTOGAIN, "automatic gain", CAP_GAIN_AUTO},
    [CAP_GAIN] = {V4L2_CID_GAIN, "gain", CAP_GAIN_AUTO},
    [CAP_POWER_LINE] = {V4L2_CID_POWER_LINE_FREQUENCY, "power line frequency", CAP_POWER_LINE},
};

// Bit v: the driver's menu has the value v.
static unsigned menu_of(int fd, const struct v4l2_queryctrl *q)
{
    unsigned choices = 0;
    for (int32_t v = q->minimum; v <= q->maximum && v < 32; v++) {
        struct v4l2_querymenu item = {.id = q->id, .index = (uint32_t)v};
        if (v >= 0 && cap_node_ioctl(fd, VIDIOC_QUERYMENU, &item) == 0)
            choices |= 1u << v;
    }
    return choices;
}

// V4L2 has four ways to expose: two set the time by themselves, two leave it to us.
static bool is_auto_exposure(int mode)
{
    return mode == V4L2_EXPOSURE_AUTO || mode == V4L2_EXPOSURE_APERTURE_PRIORITY;
}

// The way among those of the menu; the camera's own first, then the usual one. -1: there is none.
static int exposure_mode(unsigned menu, int preset, bool automatic)
{
    const int modes[] = {preset, automatic ? V4L2_EXPOSURE_APERTURE_PRIORITY : V4L2_EXPOSURE_MANUAL,
                         automatic ? V4L2_EXPOSURE_AUTO : V4L2_EXPOSURE_SHUTTER_PRIORITY};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (modes[i] >= 0 && modes[i] < 32 && is_auto_exposure(modes[i]) == automatic &&
            menu >> modes[i] & 1)
            return modes[i];
    return -1;
}

// False where the camera doesn't have it.
static bool query(int fd, enum cap_control_id id, struct v4l2_queryctrl *q)
{
    *q = (struct v4l2_queryctrl){.id = controls[id].id};
    return cap_node_ioctl(fd, VIDIOC_QUERYCTRL, q) == 0 &&
           !(q->flags & (V4L2_CTRL_FLAG_DISABLED | V4L2_CTRL_FLAG_READ_ONLY)) &&
           q->maximum > q->minimum;
}

static struct cap_control read_control(int fd, enum cap_control_id id)
{
    struct v4l2_queryctrl q;
    struct v4l2_control now = {.id = controls[id].id};
    struct cap_control c = {.there = false};
    if (!query(fd, id, &q) || cap_node_ioctl(fd, VIDIOC_G_CTRL, &now))
        return c;
    c = (struct cap_control){
        .there = true,
        .held = q.flags & (V4L2_CTRL_FLAG_INACTIVE | V4L2_CTRL_FLAG_GRABBED),
        .min = q.minimum,
        .max = q.maximum,
        .step = q.step > 0 ? q.step : 1,
        .preset = q.default_value,
        .value = now.value,
    };
    if (q.type == V4L2_CTRL_TYPE_MENU)
        c.choices = menu_of(fd, &q);
    if (id != CAP_EXPOSURE_AUTO)
        return c;
    c.there = exposure_mode(c.choices, c.preset, true) >= 0 &&
              exposure_mode(c.choices, c.preset, false) >= 0;
    c.min = 0;
    c.max = 1;
    c.choices = 3;
    c.preset = is_auto_exposure(c.preset);
    c.value = is_auto_exposure(c.value);
    return c;
}

void cap_node_controls(int fd, struct cap_control list[CAP_CONTROLS])
{
    for (int id = 0; id < CAP_CONTROLS; id++)
        list[id] = read_control(fd, (enum cap_control_id)id);
    for (int id = 0; id < CAP_CONTROLS; id++) { // not all drivers say so themselves
        const struct cap_control *leader = &list[controls[id].led_by];
        if (leader != &list[id] && leader->there && leader->value)
            list[id].held = true;
    }
}

int cap_node_set_control(int fd, const char *path, enum cap_control_id id, int value,
                         struct err *err)
{
    struct v4l2_queryctrl q;
    if (!query(fd, id, &q))
        return err_set(err, ERR_CAMERA, "%s: it has no %s to be set", path, controls[id].name);
    if (id == CAP_EXPOSURE_AUTO)
        value = exposure_mode(menu_of(fd, &q), q.default_value, value);
    else
        value = value < q.minimum ? q.minimum : value > q.maximum ? q.maximum : value;
    struct v4l2_control to = {.id = q.id, .value = value};
    if (cap_node_ioctl(fd, VIDIOC_S_CTRL, &to) == 0)
        return 0;
    return err_set(err, ERR_CAMERA, "%s: its driver doesn't set the %s to %d: %s", path,
                   controls[id].name, value, strerror(errno));
}
