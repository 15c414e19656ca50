// SPDX-License-Identifier: MIT
#include "ui/screen.h"

#include "ui/zones.h"

#include <math.h>

#define LIVE_MIN   100.0f // height of the live card below the picture
#define LIVE_USUAL 160.0f
#define LIVE_MOST  230.0f
#define STEP_MIN   290.0f // width of a step beside others
#define STATUS_MIN 52.0f  // of the bar with a line of each kind

// What is divided. The columns are as wide as if the bar was at its usual height, so that a long
// message moves nothing sideways.
struct area {
    struct ui_box box;
    float usual_h;
    float gap;
    float aspect; // of the picture
};

// The width of a column beside a picture that is as large as height `h` allows.
static float column_width(const struct area *a, float h, float least, float most)
{
    float picture_w = (h - UI_CAPTION_H) * a->aspect;
    return fminf(fmaxf(a->box.w - a->gap - picture_w, least), most);
}

// What the picture leaves of a box for the live card below it.
static float live_height(const struct ui_box *box, const struct area *a)
{
    float rest = box->h - a->gap - (box->w / a->aspect + UI_CAPTION_H);
    return SDL_clamp(rest, LIVE_MIN, LIVE_MOST);
}

// The three steps from left to right; the picture, which is large, over what is live.
static void arrange_wide(struct ui_layout *l, const struct area *a)
{
    struct ui_box box = a->box;
    float rest = column_width(a, a->usual_h - a->gap - LIVE_USUAL, 2 * STEP_MIN, 0.52f * box.w);
    float w = roundf((rest - a->gap) / 2);
    l->collect = ui_cut_left(&box, w);
    ui_cut_left(&box, a->gap);
    l->train = ui_cut_left(&box, w);
    ui_cut_left(&box, a->gap);
    l->live = ui_cut_bottom(&box, live_height(&box, a));
    ui_cut_bottom(&box, a->gap);
    l->stage = box;
    l->covers = true;
}

// The live card below the picture, the other two at the right: nothing is wasted when the window
// is not much wider than the picture.
static void arrange_folded(struct ui_layout *l, const struct area *a)
{
    struct ui_box box = a->box;
    float w =
        column_width(a, a->usual_h - a->gap - LIVE_MIN, fmaxf(196, 0.30f * box.w), 0.45f * box.w);
    struct ui_box column = ui_cut_right(&box, w);
    ui_cut_right(&box, a->gap);
    l->live = ui_cut_bottom(&box, live_height(&box, a));
    ui_cut_bottom(&box, a->gap);
    l->stage = box;
    l->collect = ui_cut_top(&column, roundf((column.h - a->gap) / 2));
    ui_cut_top(&column, a->gap);
    l->train = column;
}

// Everything one under the other.
static void arrange_tall(struct ui_layout *l, const struct area *a)
{
    struct ui_box box = a->box;
    l->stage = ui_cut_top(&box, fminf(box.w / a->aspect + UI_CAPTION_H, box.h * 0.45f));
    ui_cut_top(&box, a->gap);
    float h = box.h - 2 * a->gap;
    l->collect = ui_cut_top(&box, roundf(h * 0.36f));
    ui_cut_top(&box, a->gap);
    l->train = ui_cut_top(&box, roundf(h * 0.34f));
    ui_cut_top(&box, a->gap);
    l->live = box;
}

static float margin(float w, float h)
{
    return w < 800 || h < 560 ? 8 : 14;
}

struct ui_layout ui_screen_layout(float w, float h, float status_h, float aspect)
{
    struct ui_layout l = {.covers = false};
    float gap = margin(w, h);
    struct ui_box box = {0, 0, w, h};
    l.status = ui_inset(ui_cut_bottom(&box, status_h), gap, 0);
    box = ui_inset(box, gap, 0);
    ui_cut_top(&box, gap);
    struct area area = {box, h - STATUS_MIN - gap, gap, aspect};
    if (h > 1.15f * w && box.h >= 640)
        arrange_tall(&l, &area);
    else if (w >= 1120 && w > 1.4f * h && area.usual_h >= 540)
        arrange_wide(&l, &area);
    else
        arrange_folded(&l, &area);
    l.page = l.stage;
    if (l.covers)
        l.page =
            (struct ui_box){l.train.x, l.train.y, l.stage.x + l.stage.w - l.train.x, l.train.h};
    return l;
}

static void draw_page(struct ui_screen *screen, struct ui_canvas *canvas, struct ui_box box,
                      const struct ui_view *view)
{
    switch (view->page) {
    case UI_PAGE_COLLECTED:
        ui_collected_draw(canvas, box, view, &screen->collected);
        break;
    case UI_PAGE_HOOD:
        ui_hood_draw(canvas, box, view, &screen->hood, screen->worst);
        break;
    case UI_PAGE_CAMERA:
        ui_camera_draw(canvas, box, view, &screen->camera, &screen->picture);
        break;
    case UI_PAGE_PEOPLE:
        ui_people_draw(canvas, box, view, &screen->people);
        break;
    default:
        ui_stage_draw(canvas, box, view, &screen->picture, &screen->nearest);
    }
}

void ui_screen_draw(struct ui_screen *screen, struct ui_canvas *canvas, const struct ui_view *view)
{
    float mouse_x = canvas->mouse_x, mouse_y = canvas->mouse_y;
    if (view->help)
        canvas->mouse_x = canvas->mouse_y = -1;
    const struct img *frame = view->frame;
    float aspect = frame && frame->px ? (float)frame->w / (float)frame->h : 4.0f / 3.0f;
    float w = canvas->whole.w, h = canvas->whole.h;
    float status_h = ui_status_height(canvas, w - 2 * margin(w, h), view);
    struct ui_layout l = ui_screen_layout(w, h, status_h, aspect);
    bool is_page = view->page != UI_PAGE_PICTURE;
    draw_page(screen, canvas, is_page ? l.page : l.stage, view);
    ui_collect_draw(canvas, l.collect, view, screen->newest, &screen->first_folder);
    if (!is_page || !l.covers) {
        ui_training_draw(canvas, l.train, view, &screen->loss, screen->worst);
        ui_live_draw(canvas, l.live, view, &screen->history);
    }
    ui_status_draw(canvas, l.status, view);
    ui_typing_draw(canvas, is_page ? l.page : l.stage, view);
    canvas->mouse_x = mouse_x;
    canvas->mouse_y = mouse_y;
    ui_help_draw(canvas, view);
    if (view->help)
        canvas->page_h = 0; // keys do not reach the page
    ui_focus_draw(canvas);
}

void ui_screen_finish(struct ui_screen *screen)
{
    ui_picture_finish(&screen->picture);
    ui_picture_finish(&screen->nearest);
    for (size_t i = 0; i < SDL_arraysize(screen->newest); i++)
        ui_picture_finish(&screen->newest[i]);
    for (size_t i = 0; i < SDL_arraysize(screen->worst); i++)
        ui_picture_finish(&screen->worst[i]);
    ui_plot_finish(&screen->loss);
    ui_plot_finish(&screen->history);
    ui_collected_finish(&screen->collected);
    ui_hood_finish(&screen->hood);
    ui_people_finish(&screen->people);
}
