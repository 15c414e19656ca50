// SPDX-License-Identifier: MIT
// The camera's page: one list of rows, cameras first, then what can be set. The cursor of the keys
// is the number of a row; the first one never takes it.
#include "ui/page.h"

#include <math.h>
#include <stdio.h>

#define ROWS      (UI_CAMERAS + UI_CONTROLS + 5)
#define CAMERA_H  40.0f  // of a row with the name above the path
#define ROW_H     30.0f  // of the others
#define ROOMY     300.0f // height of the list, to have such rows
#define MARK_W    24.0f  // of the sign of the camera in use
#define RING      5.0f   // the cursor's distance
#define SLIDE     0.02f  // of a slider's length, for a key
#define LEAP      5      // times that, with Shift
#define PREVIEW_W 540.0f // of the page, to have the picture beside the rows
#define CHOICES   4      // against the power line's frequency
#define LOG_FROM  20     // largest by smallest value of a slider that is logarithmic

enum row_kind {
    CAPTION, // the cursor passes over this one and the next
    NOTE,
    CAMERA,  // `index`: of view->cameras
    CONTROL, // `index`: an enum ui_control_id
    MIRROR,
    RESET,
};

struct row {
    enum row_kind kind;
    int index;
    const char *text, *brief; // brief: where that has no room; NULL: as text
};

static const char no_camera[] = "No camera is plugged in. One that is plugged in now appears here.";
static const char no_control[] = "Nothing else can be set on this camera.";

static int list_rows(const struct ui_view *view, struct row row[ROWS])
{
    int n = 0;
    row[n++] = (struct row){
        CAPTION, 0, view->cameras_known ? "Cameras" : "Cameras (looking for them\xe2\x80\xa6)",
        NULL};
    for (int i = 0; i < view->n_cameras; i++)
        row[n++] = (struct row){CAMERA, i, NULL, NULL};
    if (view->cameras_known && view->n_devices == 0)
        row[n++] = (struct row){NOTE, 0, no_camera, "No camera is plugged in."};
    row[n++] = (struct row){CAPTION, 0, "Picture", NULL};
    row[n++] = (struct row){MIRROR, 0, "Mirrored view", "Mirrored"};
    int first = n;
    static const char *const names[UI_CONTROLS][2] = {
        [UI_EXPOSURE_AUTO] = {"Auto exposure", NULL},
        [UI_EXPOSURE] = {"Exposure time", "Exposure"},
        [UI_GAIN_AUTO] = {"Auto gain", NULL},
        [UI_GAIN] = {"Gain", NULL},
        [UI_POWER_LINE] = {"Power line (flicker)", "Power line"},
    };
    for (int id = 0; id < UI_CONTROLS; id++)
        if (view->control[id].there)
            row[n++] = (struct row){CONTROL, id, names[id][0], names[id][1]};
    if (n > first)
        row[n++] = (struct row){RESET, 0, "Exposure and gain", "As it was"};
    else if (!view->camera_paused && !view->camera_lost)
        row[n++] = (struct row){NOTE, 0, no_control, NULL};
    return n;
}

// ---- Values -----------------------------------------------------------------------------------

static bool is_switch(int id)
{
    return id == UI_EXPOSURE_AUTO || id == UI_GAIN_AUTO;
}

// Times of exposure reach over three powers of ten.
static bool is_logarithmic(const struct ui_control *c, int id)
{
    return id == UI_EXPOSURE && c->min > 0 && c->max / c->min >= LOG_FROM;
}

static float place_of(const struct ui_control *c, int id, int value)
{
    double part = is_logarithmic(c, id)
                      ? log((double)value / c->min) / log((double)c->max / c->min)
                      : ((double)value - c->min) / fmax((double)c->max - c->min, 1);
    return isfinite(part) ? (float)SDL_clamp(part, 0.0, 1.0) : 0;
}

// A value within the range, of the steps from its lower end.
static int snap(const struct ui_control *c, double value)
{
    double step = SDL_max(c->step, 1), most = fmax(c->max, c->min);
    value = c->min + step * floor((value - c->min) / step + 0.5);
    while (value > most)
        value -= step;
    return (int)fmax(value, c->min);
}

int ui_camera_value_at(const struct ui_view *view, int id, float place)
{
    const struct ui_control *c = &view->control[id];
    double t = SDL_clamp(place, 0.0f, 1.0f);
    return snap(c, is_logarithmic(c, id) ? c->min * pow((double)c->max / c->min, t)
                                         : c->min + t * ((double)c->max - c->min));
}

// The value that a key moves a slider to: one step at least.
static int slide(const struct ui_view *view, int id, int direction, bool leap)
{
    const struct ui_control *c = &view->control[id];
    float by = SLIDE * (float)(leap ? LEAP : 1) * (float)direction;
    int value = ui_camera_value_at(view, id, place_of(c, id, c->value) + by);
    bool moved = direction > 0 ? value > c->value : value < c->value;
    return moved ? value : snap(c, (double)c->value + direction * SDL_max(c->step, 1));
}

// The next value that can be chosen; around the end, if asked.
static int next_choice(const struct ui_control *c, int direction, bool around)
{
    for (int i = 1; i < CHOICES; i++) {
        int value = c->value + direction * i;
        if (around)
            value = (value % CHOICES + CHOICES) % CHOICES;
        if (value >= 0 && value < CHOICES && c->choices >> value & 1)
            return value;
    }
    return c->value;
}

// ---- Keys -------------------------------------------------------------------------------------

static bool takes_cursor(const struct row *row)
{
    return row->kind != CAPTION && row->kind != NOTE;
}

static int present_camera(const struct row *row, int n, const struct ui_view *view)
{
    for (int i = 0; i < n; i++)
        if (row[i].kind == CAMERA && view->cameras[row[i].index].in_use)
            return i;
    return 0;
}

static void move_cursor(const struct row *row, int n, int direction, int *cursor)
{
    for (int i = *cursor + direction; i >= 0 && i < n; i += direction)
        if (takes_cursor(&row[i])) {
            *cursor = i;
            return;
        }
}

// Whether a switch is to be changed by left, right (direction -1, 1), or Enter (0).
static bool flips(bool on, int direction)
{
    return direction == 0 || (direction > 0) != on;
}

static void act_on_control(const struct ui_view *view, int id, int direction, bool leap,
                           struct ui_action *action)
{
    const struct ui_control *c = &view->control[id];
    int value = c->value;
    if (c->held)
        return;
    if (id == UI_POWER_LINE)
        value = next_choice(c, direction < 0 ? -1 : 1, direction == 0);
    else if (is_switch(id))
        value = flips(value != 0, direction) ? !value : value;
    else if (direction != 0)
        value = slide(view, id, direction, leap);
    if (value != c->value)
        *action = (struct ui_action){.kind = UI_SET_CONTROL, .index = id, .amount = (float)value};
}

static void act_on(const struct row *row, const struct ui_view *view, int direction, bool leap,
                   struct ui_action *action)
{
    if (row->kind == CONTROL)
        act_on_control(view, row->index, direction, leap, action);
    else if (row->kind == MIRROR && flips(view->mirror, direction))
        action->kind = UI_MIRROR;
    else if (row->kind == CAMERA && direction == 0)
        *action = (struct ui_action){.kind = UI_CHOOSE_CAMERA, .index = row->index};
    else if (row->kind == RESET && direction == 0)
        action->kind = UI_RESET_CONTROLS;
}

bool ui_camera_key(const struct ui_view *view, SDL_Keycode key, bool leap, int *cursor,
                   struct ui_action *action)
{
    struct row row[ROWS];
    int n = list_rows(view, row);
    bool up = key == SDLK_UP, side = key == SDLK_LEFT || key == SDLK_RIGHT;
    bool enter = key == SDLK_RETURN || key == SDLK_KP_ENTER;
    *action = (struct ui_action){.kind = UI_NONE};
    if (!up && key != SDLK_DOWN && !side && !enter)
        return false;
    bool had_one = *cursor > 0 && *cursor < n && takes_cursor(&row[*cursor]);
    if (!had_one)
        *cursor = present_camera(row, n, view);
    if (!side && !enter)
        move_cursor(row, n, up ? -1 : 1, cursor);
    else if (had_one)
        act_on(&row[*cursor], view, enter ? 0 : key == SDLK_LEFT ? -1 : 1, leap, action);
    return true;
}

// ---- Drawing ----------------------------------------------------------------------------------

static void draw_camera(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                        int index)
{
    const struct ui_theme *t = c->theme;
    const struct ui_camera *camera = &view->cameras[index];
    struct ui_zone zone = {.box = box, .kind = UI_CHOOSE_CAMERA, .index = index};
    const char *state = !camera->in_use       ? ""
                        : view->camera_paused ? "paused"
                        : view->camera_lost   ? "gone"
                                              : "in use";
    ui_panel(c, box, UI_ROUND, ui_control_colour(c, &zone), camera->in_use ? t->accent : t->edge);
    ui_zone_add(c, zone);
    struct ui_box in = ui_inset(box, UI_GAP, 0), mark = ui_cut_left(&in, MARK_W);
    mark.w = 14;
    if (camera->in_use)
        ui_icon(c, ui_centred(mark, 14, 14), UI_CHECK, t->accent);
    float state_w = *state ? ui_label_width(c, UI_CAPTION, state) + UI_GAP : 0;
    ui_label(c, ui_cut_right(&in, state_w), UI_CAPTION, UI_RIGHT, t->dim, state);
    bool two_lines = box.h >= CAMERA_H;
    float name_w = fminf(ui_label_width(c, UI_STRONG, camera->name) + UI_GAP, 0.7f * in.w);
    struct ui_box name = two_lines ? ui_cut_top(&in, in.h / 2 + 1) : ui_cut_left(&in, name_w);
    ui_cut_bottom(&in, two_lines ? 3 : 0);
    ui_label(c, name, UI_STRONG, UI_LEFT, t->text, camera->name);
    ui_label_path(c, in, UI_CAPTION, t->dim, camera->spec);
}

static void draw_slider(struct ui_canvas *c, struct ui_box box, const struct ui_view *view, int id)
{
    const struct ui_control *control = &view->control[id];
    char value[32] = "auto";
    if (!control->held && id == UI_EXPOSURE)
        snprintf(value, sizeof value, "%.1f ms", control->value / 10.0);
    else if (!control->held)
        snprintf(value, sizeof value, "%d", control->value);
    struct ui_box at =
        ui_cut_right(&box, ui_label_width(c, UI_BODY, control->held ? value : "999.9 ms"));
    ui_label(c, at, UI_BODY, UI_RIGHT, control->held ? c->theme->dim : c->theme->text, value);
    ui_cut_right(&box, UI_GAP);
    const struct ui_zone zone = {.kind = UI_ZONE_SLIDER, .index = id};
    if (!control->held)
        ui_slider(c, box, place_of(control, id, control->value), zone);
}

static void draw_choice(struct ui_canvas *c, struct ui_box box, const struct ui_control *control,
                        int id)
{
    static const char *const names[CHOICES] = {"off", "50 Hz", "60 Hz", "auto"};
    int n = 0;
    for (int v = 0; v < CHOICES; v++)
        n += control->choices >> v & 1;
    float w = fminf((box.w - UI_STEP * (float)(n - 1)) / (float)SDL_max(n, 1), 84);
    for (int v = 0; v < CHOICES; v++) {
        const struct ui_zone zone = {.kind = UI_SET_CONTROL, .index = id, .amount = (float)v};
        if (!(control->choices >> v & 1))
            continue;
        ui_choice(c, ui_centred(ui_cut_left(&box, w), w, UI_BUTTON_H), names[v],
                  v == control->value, zone);
        ui_cut_left(&box, UI_STEP);
    }
}

static void draw_control(struct ui_canvas *c, struct ui_box box, const struct ui_view *view, int id)
{
    const struct ui_control *control = &view->control[id];
    const struct ui_zone zone = {
        .kind = UI_SET_CONTROL, .index = id, .amount = (float)!control->value};
    if (is_switch(id))
        ui_switch(c, box, control->value != 0, zone);
    else if (id == UI_POWER_LINE)
        draw_choice(c, box, control, id);
    else
        draw_slider(c, box, view, id);
}

static void draw_reset(struct ui_canvas *c, struct ui_box box)
{
    const struct ui_button reset = {.label = "Reset", .zone = {.kind = UI_RESET_CONTROLS}};
    float w = ui_button_width(c, &reset);
    ui_button(c, ui_centred(ui_cut_left(&box, w), w, UI_BUTTON_H), &reset);
}

static void draw_row(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                     const struct row *row)
{
    const struct ui_theme *t = c->theme;
    if (row->kind == CAPTION) {
        ui_label(c, ui_cut_bottom(&box, ui_line_height(c, UI_CAPTION)), UI_CAPTION, UI_LEFT, t->dim,
                 row->text);
        return;
    }
    const char *names[] = {row->text, row->brief ? row->brief : row->text, NULL};
    if (row->kind == NOTE) {
        ui_label_fit(c, box, UI_BODY, UI_LEFT, t->dim, names);
        return;
    }
    if (row->kind == CAMERA) {
        draw_camera(c, box, view, row->index);
        return;
    }
    float name_w = fminf(ui_label_width(c, UI_BODY, "Power line (flicker)") + 2, 0.45f * box.w);
    ui_label_fit(c, ui_cut_left(&box, name_w), UI_BODY, UI_LEFT, t->text, names);
    ui_cut_left(&box, UI_GAP);
    if (row->kind == CONTROL)
        draw_control(c, box, view, row->index);
    else if (row->kind == MIRROR)
        ui_switch(c, box, view->mirror, (struct ui_zone){.kind = UI_MIRROR});
    else
        draw_reset(c, box);
}

static float row_height(struct ui_canvas *c, const struct row *row, float room)
{
    if (row->kind == CAPTION)
        return ui_line_height(c, UI_CAPTION) + (room >= ROOMY ? UI_GAP : 0);
    if (room < ROOMY)
        return UI_BUTTON_H;
    return row->kind == CAMERA ? CAMERA_H : ROW_H;
}

// Of n rows, with the gaps between them.
static float height_of(struct ui_canvas *c, const struct row *row, int n, float room)
{
    float h = -UI_STEP;
    for (int i = 0; i < n; i++)
        h += row_height(c, &row[i], room) + UI_STEP;
    return h;
}

static int rows_that_fit(struct ui_canvas *c, const struct row *row, int n, float room)
{
    while (n > 0 && height_of(c, row, n, room) > room)
        n--;
    return n;
}

// The first row in sight, so that the cursor is.
static int scroll(struct ui_canvas *c, const struct row *row, int n, float room, int first,
                  int cursor)
{
    int last_first = n;
    while (last_first > 0 && height_of(c, row + last_first - 1, n - last_first + 1, room) <= room)
        last_first--;
    first = SDL_clamp(first, 0, last_first);
    if (cursor == 0)
        return first;
    first = SDL_min(first, row[cursor - 1].kind == CAPTION ? cursor - 1 : cursor);
    while (first < cursor && height_of(c, row + first, cursor - first + 1, room) > room)
        first++;
    return first;
}

static void draw_rows(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                      int *first)
{
    struct row row[ROWS];
    const float room = box.h;
    int n = list_rows(view, row), cursor = view->cursor < n ? view->cursor : 0;
    *first = scroll(c, row, n, room, *first + ui_scrolled(c, box), cursor);
    ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_ZONE_SCROLL});
    ui_scroll_thumb(c, &box, *first, rows_that_fit(c, row + *first, n - *first, room), n);
    for (int i = *first; i < n; i++) {
        float h = row_height(c, &row[i], room);
        if (box.h < h)
            break;
        struct ui_box at = ui_cut_top(&box, h);
        ui_cut_top(&box, UI_STEP);
        draw_row(c, at, view, &row[i]);
        if (cursor > 0 && i == cursor)
            ui_ring_round(c, ui_inset(at, -RING, row[i].kind == CAMERA ? -3 : 0), UI_ROUND, 2,
                          c->theme->text);
    }
}

// The picture that the settings make, at the top of `box`.
static void draw_preview(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                         struct ui_picture *picture)
{
    if (!view->frame || !view->frame->px)
        return;
    float scale = fminf(box.w / (float)view->frame->w, box.h / (float)view->frame->h);
    struct ui_box at = {box.x, box.y, (float)view->frame->w * scale, (float)view->frame->h * scale};
    SDL_Rect to = ui_pixels(c, at);
    if (!ui_picture_upload(picture, c->renderer, view->frame, view->frame_number, view->mirror,
                           to.w))
        return;
    SDL_RenderCopy(c->renderer, picture->texture, NULL, &to);
    if (view->camera_paused || view->camera_lost)
        ui_fill(c, at, c->theme->scrim);
    ui_mask_round(c, at, UI_ROUND, c->theme->card);
}

void ui_camera_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                    struct ui_camera_page *page, struct ui_picture *picture)
{
    const struct ui_button pause = {.key = "space",
                                    .label = view->camera_paused ? "Go on" : "Pause",
                                    .primary = view->camera_paused,
                                    .zone = {.kind = UI_PAUSE}};
    struct ui_box head, in = ui_page_card(c, box, UI_PAGE_CAMERA, "Camera", &head);
    ui_button_right(c, &head, &pause, 0);
    struct ui_box foot = {0};
    if (in.h >= 240) {
        foot = ui_cut_bottom(&in, ui_line_height(c, UI_CAPTION));
        ui_cut_bottom(&in, UI_STEP);
    }
    static const char *const how[] = {
        "Arrow keys choose and change, Enter takes; what is chosen is remembered",
        "Arrow keys choose and change, Enter takes", "", NULL};
    ui_label_fit(c, foot, UI_CAPTION, UI_LEFT, c->theme->dim, how);
    if (in.w >= PREVIEW_W) {
        draw_preview(c, ui_cut_right(&in, 0.42f * in.w), view, picture);
        ui_cut_right(&in, 20);
    }
    draw_rows(c, in, view, &page->first);
}
