// SPDX-License-Identifier: MIT
// The session's camera: which one, what is set on it, whether it pauses; and what of that is
// remembered. Main thread.
#include "app/session.h"

#include "core/base/clock.h"

#include <stdio.h>
#include <string.h>

// As settings name them; NULL: not remembered for each camera.
static const char *const control_keys[CAP_CONTROLS] = {
    [CAP_EXPOSURE_AUTO] = "exposure_auto",
    [CAP_EXPOSURE] = "exposure",
    [CAP_GAIN_AUTO] = "gain_auto",
    [CAP_GAIN] = "gain",
};

static const char *const power_lines[] = {
    [CAP_POWER_LINE_OFF] = "off",
    [CAP_POWER_LINE_50_HZ] = "50 Hz",
    [CAP_POWER_LINE_60_HZ] = "60 Hz",
    [CAP_POWER_LINE_AUTO] = "auto",
};
#define N_POWER_LINES ((int)(sizeof power_lines / sizeof *power_lines))

// The camera that was opened last.
static void present_spec(struct app_session *s, char spec[CAP_SPEC_MAX])
{
    pthread_mutex_lock(&s->lock);
    snprintf(spec, CAP_SPEC_MAX, "%s", s->camera_spec);
    pthread_mutex_unlock(&s->lock);
}

static bool is_demo(const char *spec)
{
    return strncmp(spec, "demo", 4) == 0;
}

// ---- Which one --------------------------------------------------------------------------------

// The camera after the present one: cameras in the system's order, then the demo's people.
static void next_camera(struct app_session *s, char spec[CAP_SPEC_MAX])
{
    struct cap_info list[APP_CAMERAS_MAX];
    int n = app_cameras_list(s->cameras, list), who = 0, next = 0;
    present_spec(s, spec);
    bool demo = is_demo(spec);
    sscanf(spec, "demo:%d", &who);
    for (int i = 0; i < n; i++)
        if (!strcmp(list[i].spec, spec))
            next = i + 1;
    if (demo && n == 0)
        snprintf(spec, CAP_SPEC_MAX, "demo:%d", (who + 1) % CAP_DEMO_PEOPLE);
    else
        snprintf(spec, CAP_SPEC_MAX, "%s", next < n ? list[next].spec : "demo");
}

int app_session_switch_camera(struct app_session *s, const char *spec, struct err *err)
{
    int ret = cap_feed_switch(s->feed, spec, err);
    if (ret)
        return ret;
    s->demo_fallback = s->pause = false;
    return 0;
}

static void choose(struct app_session *s, const char *spec)
{
    struct err err = {0};
    int ret = app_session_switch_camera(s, spec, &err);
    if (ret)
        app_session_tell_error(s, ret, err.text);
    s->camera_chosen = !ret;
}

static void choose_next(struct app_session *s)
{
    char spec[CAP_SPEC_MAX];
    next_camera(s, spec);
    choose(s, spec);
    s->next_camera = false;
}

static void pause_or_go_on(struct app_session *s)
{
    s->pause = !s->pause;
    if (s->pause)
        cap_feed_pause(s->feed);
    else
        cap_feed_resume(s->feed);
}

// ---- What is set ------------------------------------------------------------------------------

static void set_control(struct app_session *s, enum cap_control_id id, int value)
{
    char spec[CAP_SPEC_MAX];
    present_spec(s, spec);
    cap_feed_set_control(s->feed, spec, id, value);
    s->view.control[id].value = value; // the next key may come before the next drawing
    if (control_keys[id])
        app_settings_set_of_camera(s->settings, spec, control_keys[id], value);
    else if (value >= 0 && value < N_POWER_LINES)
        app_settings_set_text(s->settings, APP_POWER_LINE, power_lines[value]);
}

// As the camera has it by itself.
static void reset_controls(struct app_session *s)
{
    char spec[CAP_SPEC_MAX];
    struct cap_control list[CAP_CONTROLS];
    present_spec(s, spec);
    cap_feed_controls(s->feed, list);
    for (int id = 0; id < CAP_CONTROLS; id++)
        if (list[id].there && control_keys[id])
            cap_feed_set_control(s->feed, spec, (enum cap_control_id)id, list[id].preset);
    app_settings_forget_camera(s->settings, spec);
}

// What was set on this camera, and against lamps on any, holds again.
static void apply_settings(struct app_session *s, const char *spec)
{
    const char *power_line = app_settings_text(s->settings, APP_POWER_LINE, "");
    struct cap_control list[CAP_CONTROLS];
    cap_feed_controls(s->feed, list);
    for (int id = 0, value; id < CAP_CONTROLS; id++)
        if (control_keys[id] && app_settings_of_camera(s->settings, spec, control_keys[id], &value))
            cap_feed_set_control(s->feed, spec, (enum cap_control_id)id, value);
    for (int i = 0; i < N_POWER_LINES; i++)
        if (!strcmp(power_line, power_lines[i]) && list[CAP_POWER_LINE].choices >> i & 1)
            cap_feed_set_control(s->feed, spec, CAP_POWER_LINE, i);
}

// ---- The session's parts ----------------------------------------------------------------------

// A device alone is remembered: who chose the demo, or a recording, wants the camera the next time.
static void remember(struct app_session *s, const char *spec)
{
    const char *device = spec[0] == '/' ? spec : "";
    if (strcmp(app_settings_text(s->settings, APP_CAMERA, ""), device) != 0)
        app_settings_set_text(s->settings, APP_CAMERA, device);
}

int app_camera_start(struct app_session *s, cap_state_fn on_state, struct err *err)
{
    const char *asked = s->options->camera;
    const char *remembered = *asked ? "" : app_settings_text(s->settings, APP_CAMERA, "");
    char text[ERR_TEXT_MAX + 64];
    s->demo_fallback = !*asked;
    if (*remembered && !cap_feed_start(&s->feed, remembered, s->slot, on_state, s, err))
        return 0;
    if (*remembered) {
        snprintf(text, sizeof text, "%s (the camera of the last time; another one serves)",
                 err->text);
        app_session_tell(s, text);
    }
    bool waits = !*asked && s->window;
    return waits ? cap_feed_start_anyway(&s->feed, "", s->slot, on_state, s, err)
                 : cap_feed_start(&s->feed, asked, s->slot, on_state, s, err);
}

void app_camera_turn(struct app_session *s)
{
    char spec[CAP_SPEC_MAX];
    app_cameras_watch(s->cameras, s->page == UI_PAGE_CAMERA || s->next_camera);
    if (s->next_camera && app_cameras_fresh(s->cameras))
        choose_next(s);
    pthread_mutex_lock(&s->lock);
    bool opened = s->camera_opened, refused = s->camera_refused;
    s->camera_opened = s->camera_refused = false;
    pthread_mutex_unlock(&s->lock);
    if (refused)
        s->camera_chosen = false;
    if (!opened)
        return;
    present_spec(s, spec);
    apply_settings(s, spec);
    if (s->camera_chosen)
        remember(s, spec);
    s->camera_chosen = false;
}

void app_camera_do(struct app_session *s, const struct ui_action *action)
{
    switch (action->kind) {
    case UI_CAMERA:
        s->next_camera = true;
        break;
    case UI_CHOOSE_CAMERA: // of those that were shown
        if (action->index >= 0 && action->index < s->view.n_cameras)
            choose(s, s->view.cameras[action->index].spec);
        break;
    case UI_PAUSE:
        pause_or_go_on(s);
        break;
    case UI_SET_CONTROL:
        if (action->index >= 0 && action->index < CAP_CONTROLS)
            set_control(s, (enum cap_control_id)action->index, (int)action->amount);
        break;
    case UI_RESET_CONTROLS:
        reset_controls(s);
        break;
    default:
        break;
    }
}

// ---- What the window shows --------------------------------------------------------------------

_Static_assert((int)UI_CONTROLS == (int)CAP_CONTROLS && (int)UI_POWER_LINE == (int)CAP_POWER_LINE,
               "the window's controls are the camera's");
_Static_assert(UI_CAMERAS >= APP_CAMERAS_MAX + 2, "there is room for the demo and a recording");
_Static_assert(sizeof((struct ui_camera *)0)->spec >= CAP_SPEC_MAX, "every spec fits");

static void add_camera(struct ui_view *v, const char *name, const char *spec, bool in_use)
{
    struct ui_camera *camera = &v->cameras[v->n_cameras++];
    snprintf(camera->name, sizeof camera->name, "%s", name);
    snprintf(camera->spec, sizeof camera->spec, "%s", spec);
    camera->in_use = in_use;
}

// The devices, the one in use where it is none of them (a recording, a camera that is gone), and
// the demo.
static void fill_cameras(struct app_session *s, struct ui_view *v)
{
    char spec[CAP_SPEC_MAX], name[UI_TEXT];
    struct cap_info list[APP_CAMERAS_MAX];
    int n = app_cameras_list(s->cameras, list);
    pthread_mutex_lock(&s->lock);
    snprintf(spec, sizeof spec, "%s", s->camera_spec);
    snprintf(name, sizeof name, "%s", s->camera_name);
    pthread_mutex_unlock(&s->lock);
    bool listed = is_demo(spec) || !*spec;
    v->cameras_known = n >= 0;
    v->n_devices = n < 0 ? 0 : n;
    v->n_cameras = 0;
    for (int i = 0; i < n; i++) {
        bool in_use = strcmp(list[i].spec, spec) == 0;
        add_camera(v, list[i].name, list[i].spec, in_use);
        listed = listed || in_use;
    }
    if (!listed)
        add_camera(v, name, spec, true);
    add_camera(v, "Demo camera", is_demo(spec) ? spec : "demo", is_demo(spec));
}

static void fill_controls(struct app_session *s, struct ui_view *v)
{
    struct cap_control list[CAP_CONTROLS];
    cap_feed_controls(s->feed, list);
    for (int i = 0; i < CAP_CONTROLS; i++)
        v->control[i] = (struct ui_control){.there = list[i].there,
                                            .held = list[i].held,
                                            .min = list[i].min,
                                            .max = list[i].max,
                                            .step = list[i].step,
                                            .value = list[i].value,
                                            .choices = list[i].choices};
}

void app_camera_fill(struct app_session *s)
{
    if (s->page != UI_PAGE_CAMERA)
        return;
    fill_cameras(s, &s->view);
    fill_controls(s, &s->view);
}
