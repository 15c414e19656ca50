// SPDX-License-Identifier: MIT
#include "ui/zones.h"

#include <math.h>

bool ui_zone_in_reach(const struct ui_canvas *c, const struct ui_zone *zone)
{
    return ui_zone_at(c, zone->box.x + zone->box.w / 2, zone->box.y + zone->box.h / 2) == zone;
}

static bool is_away(const struct ui_zone *zone)
{
    return zone->box.h <= 0;
}

static bool can_be_reached(const struct ui_canvas *c, const struct ui_zone *zone)
{
    return is_away(zone) ? c->page_h > 0 && zone->hidden != 0 : ui_zone_in_reach(c, zone);
}

static bool takes_focus(const struct ui_canvas *c, const struct ui_zone *zone)
{
    switch (zone->kind) {
    case UI_CHOOSE:
    case UI_ZONE_WORST:
    case UI_ZONE_SLIDER:
    case UI_ZONE_SCROLL:
    case UI_ZONE_BLOCK:
    case UI_PICK_FOLDER:
    case UI_PICK_DIR:
        return false;
    case UI_OPEN_DIR:
        return zone->index < 0 && can_be_reached(c, zone); // rows have keys of their own
    default:
        return can_be_reached(c, zone);
    }
}

const struct ui_zone *ui_zone_find(const struct ui_canvas *c, const struct ui_zone *zone)
{
    const struct ui_zone *found = NULL;
    float least = INFINITY;
    for (int i = 0; i < c->n_zones; i++) {
        const struct ui_zone *at = &c->zone[i];
        float off = fabsf(at->box.x - zone->box.x) + fabsf(at->box.y - zone->box.y);
        if (ui_zone_same(at, zone) && off < least) {
            found = at;
            least = off;
        }
    }
    return found;
}

const struct ui_zone *ui_zone_step(const struct ui_canvas *c, const struct ui_zone *from, int way)
{
    const struct ui_zone *last = ui_zone_find(c, from);
    int n = c->n_zones, at = last ? (int)(last - c->zone) : way > 0 ? -1 : n;
    for (int i = 0; i < n; i++) {
        at = (at + way + n) % n;
        if (takes_focus(c, &c->zone[at]))
            return &c->zone[at];
    }
    return NULL;
}

void ui_focus_draw(struct ui_canvas *c)
{
    const struct ui_zone *zone = c->focus.kind == UI_NONE ? NULL : ui_zone_find(c, &c->focus);
    if (zone && !is_away(zone) && takes_focus(c, zone))
        ui_ring_round(c, ui_inset(zone->box, -2, -2), UI_ROUND + 2, 2, c->theme->text);
}

const char *ui_zone_name(int kind)
{
    static const char *const actions[UI_ACTIONS] = {
        [UI_HOLD] = "hold",
        [UI_UNDO] = "undo",
        [UI_TRAIN] = "train",
        [UI_STOP] = "stop",
        [UI_WRONG] = "wrong",
        [UI_RETRAIN] = "retrain",
        [UI_LIVE] = "live",
        [UI_MIRROR] = "mirror",
        [UI_CAMERA] = "camera",
        [UI_CHOOSE_CAMERA] = "choose_camera",
        [UI_PAUSE] = "pause",
        [UI_SET_CONTROL] = "set_control",
        [UI_RESET_CONTROLS] = "reset_controls",
        [UI_FULLSCREEN] = "fullscreen",
        [UI_THRESHOLD] = "threshold",
        [UI_SET_THRESHOLD] = "set_threshold",
        [UI_RESET_THRESHOLD] = "reset_threshold",
        [UI_USE_MODEL] = "use_model",
        [UI_HELP] = "help",
        [UI_CHOOSE] = "choose",
        [UI_DELETE] = "delete",
        [UI_MOVE] = "move",
        [UI_TAKE_OUT] = "take_out",
        [UI_READMIT] = "readmit",
        [UI_DISMISS] = "dismiss",
        [UI_PAGE] = "page",
        [UI_THEME] = "theme",
        [UI_FIGURES] = "figures",
        [UI_TEXT_SIZE] = "text_size",
        [UI_REMOVE_FOLDER] = "remove_folder",
        [UI_WEIGHT] = "weight",
        [UI_PICK_FOLDER] = "pick_folder",
        [UI_PICK_DIR] = "pick_dir",
        [UI_OPEN_DIR] = "open_dir",
        [UI_USE_DIR] = "use_dir",
        [UI_SHOW_HIDDEN] = "show_hidden",
        [UI_QUIT] = "quit",
    };
    static const char *const others[] = {
        [UI_ZONE_TYPE - UI_ZONE_TYPE] = "type",
        [UI_ZONE_ACCEPT - UI_ZONE_TYPE] = "accept",
        [UI_ZONE_CANCEL - UI_ZONE_TYPE] = "cancel",
        [UI_ZONE_THRESHOLD - UI_ZONE_TYPE] = "threshold_line",
        [UI_ZONE_SLIDER - UI_ZONE_TYPE] = "slider",
        [UI_ZONE_SECTION - UI_ZONE_TYPE] = "choose_section",
        [UI_ZONE_WORST - UI_ZONE_TYPE] = "choose_worst",
        [UI_ZONE_BLOCK - UI_ZONE_TYPE] = NULL,
    };
    if (kind >= 0 && kind < (int)SDL_arraysize(actions))
        return actions[kind];
    kind -= UI_ZONE_TYPE;
    return kind >= 0 && kind < (int)SDL_arraysize(others) ? others[kind] : NULL;
}
