// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#define TROUBLE_MIN  220.0f // width of the panel
#define NEAREST_MIN  36.0f  // side of the nearest anchor's picture
#define NEAREST_MAX  72.0f
#define BESIDE_MIN   104.0f // room beside the picture for it, with its caption
#define DEMO_H       44.0f  // of the demo camera's note at the picture's upper edge
#define FACE_LINE    3.0f   // around the face
#define DASH         9.0f   // of that line, about
#define FIGURES      5
#define CAMERA_MOST  280.0f // of the camera's line, beside buttons with their words,
#define CAMERA_LEAST 90.0f  // and with fewer
#define FIGURE_GAP   10.0f  // between figures

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

static bool no_camera(const struct ui_view *view)
{
    return view->camera_lost || view->camera_paused;
}

bool ui_greets(const struct ui_view *view)
{
    return view->greeting && view->page == UI_PAGE_PICTURE && has_picture(view) &&
           !no_camera(view) && !view->typing && !view->holding;
}

// A part of the frame on the screen, mirrored as the picture is, within `picture`.
static struct ui_box on_screen(const struct ui_view *view, struct img_rect part,
                               struct ui_box picture)
{
    float scale = picture.w / (float)view->frame->w;
    int x = view->mirror ? view->frame->w - part.x - part.w : part.x;
    float x0 = fmaxf((float)x * scale, 0), x1 = fminf((float)(x + part.w) * scale, picture.w);
    float y0 = fmaxf((float)part.y * scale, 0),
          y1 = fminf((float)(part.y + part.h) * scale, picture.h);
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

// How many dashes a line has, as many gaps between them; one at either end.
static int count_dashes(float length)
{
    return SDL_max((int)lroundf((length / DASH + 1) / 2), 2);
}

static void dashes(struct ui_canvas *c, struct ui_box box, float line, SDL_Color colour)
{
    int across = count_dashes(box.w), down = count_dashes(box.h);
    float w = box.w / (float)(2 * across - 1), h = box.h / (float)(2 * down - 1);
    for (int i = 0; i < across; i++) {
        float x = box.x + (float)(2 * i) * w;
        ui_fill(c, (struct ui_box){x, box.y, w, line}, colour);
        ui_fill(c, (struct ui_box){x, box.y + box.h - line, w, line}, colour);
    }
    for (int i = 0; i < down; i++) {
        float y = box.y + (float)(2 * i) * h;
        ui_fill(c, (struct ui_box){box.x, y, line, h}, colour);
        ui_fill(c, (struct ui_box){box.x + box.w - line, y, line, h}, colour);
    }
}

static SDL_Color box_colour(const struct ui_canvas *c, const struct ui_view *view)
{
    if (view->holding)
        return c->theme->accent;
    bool face = ui_scored(view) && view->verdict != VERIFY_NOBODY;
    return face ? ui_verdict_colour(c, view->verdict) : c->theme->on_picture;
}

static const char *burst_name(char key)
{
    return key == 'a' ? "anchor" : key == 'p' ? "positive" : "not me";
}

static bool shows_face(const struct ui_view *view)
{
    return ui_scored(view) && view->has_face;
}

// What to do about it too, where there is room for it in a pill.
static const char *reason_in(struct ui_canvas *c, float room, enum ui_type type,
                             enum face_reason reason)
{
    const char *s = face_reason_text(reason);
    bool fits = ui_label_width(c, type, s) + 2.6f * ui_line_height(c, type) <= room;
    return fits ? s : face_reason_name(reason);
}

// Why the score may be low, at the lower edge of the picture. Returns the height taken.
static float draw_reason(struct ui_canvas *c, struct ui_box picture, const struct ui_view *view)
{
    bool low = view->verdict == VERIFY_STRANGER || view->verdict == VERIFY_UNSURE;
    if (!low || view->reason == FACE_FINE)
        return 0;
    float room = picture.w - 16, line = ui_line_height(c, UI_STRONG);
    ui_pill(c, picture.x + picture.w / 2, picture.y + picture.h - UI_GAP - 0.75f * line, UI_CENTRE,
            UI_STRONG, c->theme->veil, c->theme->warning, UI_ALERT,
            reason_in(c, room, UI_STRONG, view->reason), room);
    return 1.5f * line + UI_STEP;
}

static void draw_verdict(struct ui_canvas *c, float x, float y, float room,
                         const struct ui_view *view)
{
    char s[64];
    snprintf(s, sizeof s, "%s %.2f", verify_verdict_name(view->verdict), (double)view->score);
    bool nobody = view->verdict == VERIFY_NOBODY;
    ui_pill(c, x, y, UI_CENTRE, UI_TITLE, ui_verdict_colour(c, view->verdict), c->theme->on_verdict,
            ui_verdict_icon(view->verdict), nobody ? reason_in(c, room, UI_TITLE, FACE_NONE) : s,
            room);
}

// What happens now, at the lower edge of the picture: pictures being taken, or the verdict.
static void draw_event(struct ui_canvas *c, struct ui_box picture, const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    float x = picture.x + picture.w / 2, y = picture.y + picture.h - 26, room = picture.w - 16;
    char s[64];
    if (view->holding) {
        int n = snprintf(s, sizeof s, "%s +%d", burst_name(view->holding), view->burst);
        if (view->alike > 0 && view->blurred > 0)
            snprintf(s + n, sizeof s - (size_t)n, " (%d alike, %d blurred)", view->alike,
                     view->blurred);
        else if (view->alike + view->blurred > 0)
            snprintf(s + n, sizeof s - (size_t)n, " (%d %s)", view->alike + view->blurred,
                     view->alike > 0 ? "alike" : "blurred");
        ui_pill(c, x, y, UI_CENTRE, UI_TITLE, t->accent, t->on_accent, UI_RECORD, s, room);
    } else if (ui_scored(view)) {
        y -= draw_reason(c, picture, view);
        draw_verdict(c, x, y, room, view);
    }
}

static bool draw_image(struct ui_canvas *c, struct ui_box box, const struct img *img,
                       int64_t number, bool mirror, struct ui_picture *picture)
{
    SDL_Rect to = ui_pixels(c, box);
    if (!ui_picture_upload(picture, c->renderer, img, number, mirror, to.w))
        return false;
    SDL_RenderCopy(c->renderer, picture->texture, NULL, &to);
    return true;
}

static bool overlap(struct ui_box a, struct ui_box b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

// The anchor that is most like the face, with its score, in the upper right corner of `room`: the
// picture and what is free at its right. As large as the guide box lets it be; not drawn where it
// would cover `box`, which is that or the face's.
static void draw_nearest(struct ui_canvas *c, struct ui_box room, struct ui_box guide,
                         struct ui_box box, const struct ui_view *view, struct ui_picture *thumb)
{
    const float pad = 6, line = ui_line_height(c, UI_CAPTION);
    const float right = room.x + room.w - UI_GAP;
    float most = right - (guide.x + guide.w) - UI_GAP - 2 * pad;
    float side = SDL_clamp(fminf(0.22f * room.h, most), NEAREST_MIN, NEAREST_MAX);
    char full[32], brief[16];
    snprintf(full, sizeof full, "nearest %.2f", (double)view->nearest_score);
    snprintf(brief, sizeof brief, "%.2f", (double)view->nearest_score);
    const char *texts[] = {full, brief, NULL};
    float w = fmaxf(side, fminf(ui_label_width(c, UI_CAPTION, full), most)) + 2 * pad;
    struct ui_box panel = {right - w, room.y + (view->demo ? DEMO_H : UI_GAP), w,
                           side + UI_STEP + line + 2 * pad};
    if (panel.x < room.x || panel.h > room.h / 2 || overlap(panel, box))
        return;
    ui_panel(c, panel, UI_ROUND_CARD, c->theme->card, c->theme->edge);
    struct ui_box in = ui_inset(panel, pad, pad), at = ui_cut_top(&in, side);
    at = ui_centred(at, side, side);
    if (draw_image(c, at, view->nearest, view->nearest_number, view->mirror, thumb))
        ui_mask_round(c, at, UI_ROUND, c->theme->card);
    ui_cut_top(&in, UI_STEP);
    ui_label_fit(c, in, UI_CAPTION, UI_CENTRE, c->theme->text, texts);
}

// Around the face: solid where it is the user's, else dashed.
static void draw_face(struct ui_canvas *c, struct ui_box face, const struct ui_view *view)
{
    if (view->verdict != VERIFY_YOU)
        dashes(c, face, FACE_LINE, box_colour(c, view));
    else
        ui_ring_round(c, face, UI_ROUND, FACE_LINE, box_colour(c, view));
}

static void draw_guide(struct ui_canvas *c, struct ui_box picture, struct ui_box guide,
                       const struct ui_view *view)
{
    dim_outside(c, picture, guide);
    brackets(c, guide, box_colour(c, view));
}

static void draw_picture(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                         struct ui_picture *picture)
{
    if (!draw_image(c, box, view->frame, view->frame_number, view->mirror, picture))
        return;
    ui_clip(c, box);
    if (shows_face(view))
        draw_face(c, on_screen(view, view->face, box), view);
    else if (view->guide.w > 0 && view->guide.h > 0)
        draw_guide(c, box, on_screen(view, view->guide, box), view);
    ui_unclip(c);
    if (view->flash > 0)
        ui_ring_round(c, box, UI_ROUND_CARD, 6, ui_fade(c->theme->flash, view->flash));
    ui_mask_round(c, box, UI_ROUND_CARD, c->theme->background);
    if (!no_camera(view))
        draw_event(c, box, view);
}

// A panel in the middle: why there is no picture. Within what is shown, if that is not too narrow.
static void draw_trouble(struct ui_canvas *c, struct ui_box box, float shown_w,
                         const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    const struct ui_button next = {.key = "c", .label = "Next camera", .zone = {.kind = UI_CAMERA}};
    const struct ui_button go_on = {
        .key = "space", .label = "Go on", .primary = true, .zone = {.kind = UI_PAUSE}};
    const struct ui_button choose = {
        .key = "3", .label = "Cameras", .zone = {.kind = UI_PAGE, .index = UI_PAGE_CAMERA}};
    const struct ui_button *button = view->camera_paused ? &go_on : &next;
    const char *title = view->camera_paused ? "The camera is off"
                        : view->camera_lost ? "The camera is gone"
                                            : "Waiting for the camera";
    float most = fminf(box.w - 16, 420), pad = box.h < 220 ? 10 : 18;
    float w = fminf(fmaxf(shown_w - 16, TROUBLE_MIN), most);
    float text_h = ui_paragraph_height(c, UI_BODY, w - 2 * pad, 5, view->camera);
    float head_h = ui_line_height(c, UI_TITLE) + UI_GAP;
    bool room_for_icon = box.h > head_h + text_h + UI_BUTTON_H + 2 * pad + 80;
    float icon_h = room_for_icon && no_camera(view) ? 44 : 0;
    float h = 2 * pad + icon_h + head_h + text_h + 12 + UI_BUTTON_H;
    struct ui_box panel = ui_centred(box, w, fminf(h, box.h - 16));
    ui_panel(c, panel, UI_ROUND_CARD, t->card, t->edge);
    struct ui_box in = ui_inset(panel, pad, pad);
    struct ui_box foot = ui_cut_bottom(&in, UI_BUTTON_H);
    if (icon_h > 0)
        ui_icon(c, ui_centred(ui_cut_top(&in, icon_h), 34, 34), UI_CAMERA_OFF,
                view->camera_paused ? t->dim : t->warning);
    ui_label(c, ui_cut_top(&in, head_h - UI_STEP), UI_TITLE, UI_CENTRE, t->text, title);
    ui_cut_top(&in, UI_STEP);
    ui_paragraph(c, in, UI_BODY, UI_CENTRE, t->dim, view->camera);
    float button_w = ui_button_width(c, button), choose_w = ui_button_width(c, &choose);
    foot = ui_centred(foot, button_w + UI_GAP + choose_w, foot.h);
    ui_button(c, ui_cut_left(&foot, button_w), button);
    ui_button(c, ui_cut_right(&foot, choose_w), &choose);
}

// A text of the caption that does `zone`, after its key unless that is NULL; cuts what it takes off
// *row.
static void draw_link(struct ui_canvas *c, struct ui_box *row, const char *key, const char *s,
                      struct ui_zone zone)
{
    float cap_w = key ? ui_keycap_width(c, key) + 6 : 0;
    zone.box = ui_centred(*row, row->w, fminf(row->h, UI_BUTTON_H));
    zone.box.w = fminf(cap_w + ui_label_width(c, UI_CAPTION, s), row->w);
    bool over = ui_inside(zone.box, c->mouse_x, c->mouse_y);
    if (key)
        ui_keycap(c, *row, key);
    ui_cut_left(row, cap_w);
    ui_label(c, *row, UI_CAPTION, UI_LEFT, over ? c->theme->accent : c->theme->dim, s);
    ui_zone_add(c, zone);
    ui_cut_left(row, zone.box.w - cap_w);
}

// What the camera is, which opens the camera's page, and how many frames come, which shows more
// figures.
static void draw_camera_line(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    char now[32];
    draw_link(c, &row, "3", view->camera,
              (struct ui_zone){.kind = UI_PAGE, .index = UI_PAGE_CAMERA});
    snprintf(now, sizeof now, ", now %.0f", (double)view->fps);
    if (view->fps > 0 && row.w >= ui_label_width(c, UI_CAPTION, now))
        draw_link(c, &row, NULL, now, (struct ui_zone){.kind = UI_FIGURES});
}

// The camera's line, and the buttons of the picture that fit beside the start of it, with their
// words if all of them do. From left to right, as the Tab key goes.
static void draw_caption(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    struct ui_button buttons[] = {
        {.key = "f", .on = view->fullscreen, .zone = {.kind = UI_FULLSCREEN}},
        {.key = "m", .on = view->mirror, .zone = {.kind = UI_MIRROR}},
        {.key = "c", .zone = {.kind = UI_CAMERA}},
        {.key = "space", .on = view->camera_paused, .zone = {.kind = UI_PAUSE}},
    };
    static const struct {
        size_t n;
        const char *words[SDL_arraysize(buttons)];
    } ways[] = {{4, {"Full screen", "Mirror", "Next camera", "Pause"}},
                {4, {"Full", "Mirror", "Next", "Pause"}},
                {3, {"Full", "Mirror", "Next"}},
                {4, {NULL}}};
    size_t n = 0;
    struct ui_box boxes[SDL_arraysize(buttons)] = {{0}};
    bool well =
        has_picture(view) && !no_camera(view); // otherwise the line is told over the picture
    struct ui_box row = ui_inset(box, 0, (box.h - UI_BUTTON_H) / 2);
    float line_w = well ? ui_label_width(c, UI_CAPTION, view->camera) + 26 : 0;
    for (size_t way = 0; way < SDL_arraysize(ways); way++) {
        float all = fminf(line_w, way == 0 ? CAMERA_MOST : CAMERA_LEAST);
        n = ways[way].n;
        for (size_t i = 0; i < n; i++) {
            buttons[i].label = ways[way].words[i];
            all += ui_button_width(c, &buttons[i]) + UI_GAP;
        }
        if (all <= row.w)
            break;
    }
    for (size_t i = 0; i < n; i++) {
        float w = ui_button_width(c, &buttons[i]);
        if (row.w - w - UI_GAP < fminf(line_w, CAMERA_LEAST))
            continue;
        boxes[i] = ui_centred(ui_cut_right(&row, w), w, fminf(UI_BUTTON_H, row.h));
        ui_cut_right(&row, UI_GAP);
    }
    if (well)
        draw_camera_line(c, row, view);
    for (size_t i = n; i-- > 0;)
        if (boxes[i].w > 0)
            ui_button(c, boxes[i], &buttons[i]);
}

static void write_ms(char *out, size_t size, const char *what, float ms)
{
    snprintf(out, size, isfinite(ms) ? "%s %.1f ms" : "%s \xe2\x80\x93", what, (double)ms);
}

// The figures that were asked for, side by side as far as there is room; a click hides them.
static void draw_figures(struct ui_canvas *c, float x, float y, float room,
                         const struct ui_figures *f)
{
    char s[FIGURES][48];
    snprintf(s[0], sizeof s[0], "camera %.1f fps", (double)f->camera);
    snprintf(s[1], sizeof s[1], "scored %.1f fps", (double)f->scored);
    write_ms(s[2], sizeof s[2], "to score", f->p50_ms);
    write_ms(s[3], sizeof s[3], "95 % in", f->p95_ms);
    write_ms(s[4], sizeof s[4], "drawn in", f->draw_ms);
    float w = 0, h = ui_line_height(c, UI_CAPTION) + 1;
    for (int i = 0; i < FIGURES; i++)
        w = fmaxf(w, ceilf(ui_label_width(c, UI_CAPTION, s[i])) + FIGURE_GAP);
    int columns = SDL_clamp((int)((room - FIGURE_GAP) / w), 1, FIGURES);
    int rows = (FIGURES + columns - 1) / columns;
    struct ui_zone zone = {.box = {x, y, w * (float)columns + FIGURE_GAP, h * (float)rows + UI_GAP},
                           .kind = UI_FIGURES};
    ui_fill_round(c, zone.box, UI_ROUND, c->theme->veil);
    for (int i = 0; i < FIGURES; i++) {
        struct ui_box at = {x + FIGURE_GAP + w * (float)(i % columns),
                            y + UI_STEP + h * (float)(i / columns), w, h};
        ui_label(c, at, UI_CAPTION, UI_LEFT, c->theme->text, s[i]);
    }
    ui_zone_add(c, zone);
}

void ui_stage_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                   struct ui_picture *picture, struct ui_picture *nearest)
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
    if (no_camera(view) || !has_picture(view)) {
        ui_fill_round(c, shown, UI_ROUND_CARD, t->scrim);
        draw_trouble(c, rest, shown.w, view);
        return;
    }
    if (view->demo)
        ui_pill(c, shown.x + 10, shown.y + DEMO_H / 2, UI_LEFT, UI_CAPTION, t->veil, t->warning,
                UI_ALERT, view->demo_fallback ? "Demo camera: no camera found" : "Demo camera",
                shown.w - 20);
    float beside = rest.x + rest.w - shown.x - shown.w;
    struct ui_box room = shown;
    room.w += beside >= BESIDE_MIN ? beside : 0;
    struct ui_box guide = on_screen(view, view->guide, shown);
    struct ui_box held = shows_face(view) ? on_screen(view, view->face, shown) : guide;
    if (ui_scored(view) && view->nearest)
        draw_nearest(c, room, guide, held, view, nearest);
    if (view->figures.shown) {
        float nearest_w = ui_scored(view) && view->nearest ? NEAREST_MAX + 4 * UI_GAP : 0;
        draw_figures(c, shown.x + 10, shown.y + (view->demo ? DEMO_H : 10),
                     shown.w - 20 - fminf(nearest_w, 0.3f * shown.w), &view->figures);
    }
    if (ui_greets(view))
        ui_greeting_draw(c, shown, shown.y + shown.h - guide.y - guide.h);
}
