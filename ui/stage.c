// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#define TROUBLE_MIN 220.0f // width of the panel

// The largest box of the frame's shape within `box`: in the middle, or at the top if little room is
// left over.
static struct ui_box fit(struct ui_box box, const struct img *frame)
{
    float scale = fminf(box.w / (float)frame->w, box.h / (float)frame->h);
    float w = (float)frame->w * scale, h = (float)frame->h * scale;
    if (box.h - h < 0.15f * box.h)
        box.h = h;
    return ui_centred(box, w, h);
}

static bool has_picture(const struct ui_view *view)
{
    return view->frame && view->frame->px;
}

// The guide box on the screen, mirrored as the picture is, within `picture`.
static struct ui_box guide_box(const struct ui_view *view, struct ui_box picture)
{
    float scale = picture.w / (float)view->frame->w;
    struct img_rect g = view->guide;
    int x = view->mirror ? view->frame->w - g.x - g.w : g.x;
    float x0 = fmaxf((float)x * scale, 0), x1 = fminf((float)(x + g.w) * scale, picture.w);
    float y0 = fmaxf((float)g.y * scale, 0), y1 = fminf((float)(g.y + g.h) * scale, picture.h);
    return (struct ui_box){picture.x + x0, picture.y + y0, fmaxf(x1 - x0, 0), fmaxf(y1 - y0, 0)};
}

static void dim_outside(struct ui_canvas *c, struct ui_box picture, struct ui_box inner)
{
    SDL_Color shade = ui_fade(c->theme->scrim, 0.7f);
    struct ui_box rest = picture;
    ui_fill(c, ui_cut_top(&rest, inner.y - rest.y), shade);
    ui_fill(c, ui_cut_bottom(&rest, rest.h - inner.h), shade);
    ui_fill(c, ui_cut_left(&rest, inner.x - rest.x), shade);
    ui_fill(c, ui_cut_right(&rest, rest.w - inner.w), shade);
}

// Corner brackets just outside of the box.
static void brackets(struct ui_canvas *c, struct ui_box box, SDL_Color colour)
{
    const float line = 3;
    float arm = fminf(fminf(box.w, box.h) * 0.16f, 36);
    box = ui_inset(box, -line, -line);
    for (int i = 0; i < 4; i++) {
        float x = i & 1 ? box.x + box.w - arm : box.x, y = i & 2 ? box.y + box.h - line : box.y;
        ui_fill_round(c, (struct ui_box){x, y, arm, line}, line / 2, colour);
        x = i & 1 ? box.x + box.w - line : box.x;
        y = i & 2 ? box.y + box.h - arm : box.y;
        ui_fill_round(c, (struct ui_box){x, y, line, arm}, line / 2, colour);
    }
}

static SDL_Color guide_colour(const struct ui_canvas *c, const struct ui_view *view)
{
    if (view->holding)
        return c->theme->accent;
    if (view->live && view->verdict == UI_YOU)
        return c->theme->you;
    if (view->live && view->verdict == UI_STRANGER)
        return c->theme->stranger;
    return c->theme->text;
}

static const char *burst_name(char key)
{
    return key == 'a' ? "anchor" : key == 'p' ? "positive" : "not me";
}

// What happens now, at the lower edge of the picture: pictures being taken, or the verdict.
static void draw_event(struct ui_canvas *c, struct ui_box picture, const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    float x = picture.x + picture.w / 2, y = picture.y + picture.h - 26, room = picture.w - 16;
    char s[64];
    if (view->holding) {
        snprintf(s, sizeof s, "%s +%d", burst_name(view->holding), view->burst);
        ui_pill(c, x, y, UI_CENTRE, UI_TITLE, t->accent, t->on_accent, UI_RECORD, s, room);
    } else if (view->live && view->verdict != UI_NO_VERDICT) {
        bool you = view->verdict == UI_YOU;
        snprintf(s, sizeof s, "%s %.2f", you ? "you" : "stranger", (double)view->score);
        ui_pill(c, x, y, UI_CENTRE, UI_TITLE, you ? t->you : t->stranger, t->on_verdict,
                you ? UI_CHECK : UI_CROSS, s, room);
    }
}

static void draw_picture(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                         struct ui_picture *picture)
{
    SDL_Rect to = ui_pixels(c, box);
    if (!ui_picture_upload(picture, c->renderer, view->frame, view->frame_number, view->mirror,
                           to.w))
        return;
    SDL_RenderCopy(c->renderer, picture->texture, NULL, &to);
    struct ui_box guide = guide_box(view, box);
    if (view->guide.w > 0 && view->guide.h > 0) {
        dim_outside(c, box, guide);
        ui_clip(c, box);
        brackets(c, guide, guide_colour(c, view));
        ui_unclip(c);
    }
    if (view->flash > 0)
        ui_ring_round(c, box, UI_ROUND_CARD, 6, ui_fade(c->theme->flash, view->flash));
    ui_mask_round(c, box, UI_ROUND_CARD, c->theme->background);
    if (!view->camera_lost)
        draw_event(c, box, view);
}

// A panel in the middle: why there is no picture. Within what is shown, if that is not too narrow.
static void draw_trouble(struct ui_canvas *c, struct ui_box box, float shown_w,
                         const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    const struct ui_button next = {.key = "c", .label = "Next camera", .zone = {.kind = UI_CAMERA}};
    float most = fminf(box.w - 16, 420), pad = box.h < 220 ? 10 : 18;
    float w = fminf(fmaxf(shown_w - 16, TROUBLE_MIN), most);
    float text_h = ui_paragraph_height(c, UI_BODY, w - 2 * pad, 5, view->camera);
    float head_h = ui_line_height(c, UI_TITLE) + UI_GAP;
    bool room_for_icon = box.h > head_h + text_h + UI_BUTTON_H + 2 * pad + 80;
    float icon_h = room_for_icon && view->camera_lost ? 44 : 0;
    float h = 2 * pad + icon_h + head_h + text_h + 12 + UI_BUTTON_H;
    struct ui_box panel = ui_centred(box, w, fminf(h, box.h - 16));
    ui_panel(c, panel, UI_ROUND_CARD, t->card, t->edge);
    struct ui_box in = ui_inset(panel, pad, pad);
    struct ui_box foot = ui_cut_bottom(&in, UI_BUTTON_H);
    if (icon_h > 0)
        ui_icon(c, ui_centred(ui_cut_top(&in, icon_h), 34, 34), UI_CAMERA_OFF, t->warning);
    ui_label(c, ui_cut_top(&in, head_h - UI_STEP), UI_TITLE, UI_CENTRE, t->text,
             view->camera_lost ? "The camera is gone" : "Waiting for the camera");
    ui_cut_top(&in, UI_STEP);
    ui_paragraph(c, in, UI_BODY, UI_CENTRE, t->dim, view->camera);
    ui_button(c, ui_centred(foot, ui_button_width(c, &next), foot.h), &next);
}

// The camera's line, whole if it can be, and the buttons of the picture that fit beside it.
static void draw_caption(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    const struct ui_button buttons[] = {
        {.key = "f", .label = "Full screen", .zone = {.kind = UI_FULLSCREEN}},
        {.key = "c", .label = "Camera", .zone = {.kind = UI_CAMERA}},
        {.key = "m", .label = "Mirror", .zone = {.kind = UI_MIRROR}},
    };
    bool well =
        has_picture(view) && !view->camera_lost; // otherwise the line is told over the picture
    struct ui_box row = ui_inset(box, 0, (box.h - UI_BUTTON_H) / 2);
    float text_w = well ? ui_label_width(c, UI_CAPTION, view->camera) : 0;
    for (size_t i = 0; i < SDL_arraysize(buttons); i++) {
        struct ui_button b = buttons[i];
        if (box.w < 640)
            b.label = NULL;
        if (row.w - ui_button_width(c, &b) - UI_GAP >= text_w)
            ui_button_right(c, &row, &b, 0);
    }
    if (!well)
        return;
    char now[UI_TEXT + 32];
    snprintf(now, sizeof now, "%s, now %.0f", view->camera, (double)view->fps);
    const char *texts[] = {now, view->camera, NULL};
    ui_label_fit(c, row, UI_CAPTION, UI_LEFT, c->theme->dim, view->fps > 0 ? texts : texts + 1);
}

void ui_stage_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                   struct ui_picture *picture)
{
    const struct ui_theme *t = c->theme;
    struct ui_box rest = box;
    if (box.h >= 200)
        draw_caption(c, ui_cut_bottom(&rest, UI_CAPTION_H), view);
    struct ui_box shown = rest;
    if (has_picture(view)) {
        shown = fit(rest, view->frame);
        draw_picture(c, shown, view, picture);
    } else {
        ui_fill_round(c, shown, UI_ROUND_CARD, t->stage);
    }
    if (view->camera_lost || !has_picture(view)) {
        ui_fill_round(c, shown, UI_ROUND_CARD, t->scrim);
        draw_trouble(c, rest, shown.w, view);
    } else if (view->demo) {
        ui_pill(c, shown.x + 10, shown.y + 22, UI_LEFT, UI_CAPTION, t->veil, t->warning, UI_ALERT,
                view->demo_fallback ? "Demo camera: no camera found" : "Demo camera", shown.w - 20);
    }
}
