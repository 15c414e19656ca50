// SPDX-License-Identifier: MIT
#include "ui/page.h"

#include <math.h>

#define WHEEL       48.0f // points for a row of the wheel
#define OFFER_LINES 6
#define OFFER_TEXT  150.0f // width that a text keeps beside its button, if it can

struct ui_box ui_page_card(struct ui_canvas *c, struct ui_box box, enum ui_page page,
                           const char *title, struct ui_box *head)
{
    const struct ui_button close = {
        .key = "Esc", .label = "Close", .zone = {.kind = UI_PAGE, .index = (int)page}};
    bool small = box.w < 440 || box.h < 320;
    ui_panel(c, box, UI_ROUND_CARD, c->theme->card, c->theme->edge);
    struct ui_box in = ui_inset(box, small ? 10 : 18, small ? 8 : 14);
    *head = ui_cut_top(&in, UI_BUTTON_H);
    ui_cut_top(&in, small ? UI_STEP : UI_GAP);
    float w = ui_label_width(c, UI_TITLE, title) + 1;
    ui_button_right(c, head, &close, w + UI_GAP);
    ui_label(c, ui_cut_left(head, w), UI_TITLE, UI_LEFT, c->theme->text, title);
    if (*title)
        ui_cut_left(head, UI_GAP);
    return in;
}

struct ui_box ui_page_scroll(struct ui_canvas *c, struct ui_box box, float h, float *top)
{
    float most = fmaxf(h - box.h, 0);
    *top += WHEEL * (float)ui_scrolled(c, box) + c->leap;
    *top = roundf(SDL_clamp(*top, 0, most) * c->scale) / c->scale; // whole pixels
    c->page_h = most > 0 ? box.h : 0;
    ui_zone_add(c, (struct ui_zone){.box = box, .kind = UI_ZONE_SCROLL});
    struct ui_box bar = ui_cut_right(&box, UI_SCROLL_W);
    ui_scroll_thumb(c, &bar, (int)*top, (int)box.h, (int)h);
    return (struct ui_box){box.x, box.y - *top, box.w, fmaxf(h, box.h)};
}

// ---- A text and its button ----------------------------------------------------------------------

// As it is shown in a row of width w: by its key alone where its word would leave the text too
// little.
static struct ui_button shorten(struct ui_canvas *c, float w, const struct ui_button *button)
{
    struct ui_button shown = *button;
    if (shown.key && w - ui_button_width(c, &shown) < OFFER_TEXT)
        shown.label = NULL;
    return shown;
}

static float offer_text_width(struct ui_canvas *c, float w, const struct ui_button *button)
{
    return button->zone.kind == UI_NONE ? w : fmaxf(w - ui_button_width(c, button) - UI_GAP, 1);
}

float ui_offer_height(struct ui_canvas *c, float w, const char *text,
                      const struct ui_button *button)
{
    const struct ui_button shown = shorten(c, w, button);
    return fmaxf(UI_BUTTON_H, ui_paragraph_height(c, UI_BODY, offer_text_width(c, w, &shown),
                                                  OFFER_LINES, text));
}

void ui_offer_draw(struct ui_canvas *c, struct ui_box box, const char *text, SDL_Color ink,
                   const struct ui_button *button)
{
    const struct ui_button shown = shorten(c, box.w, button);
    float w = offer_text_width(c, box.w, &shown);
    float h = ui_paragraph_height(c, UI_BODY, w, OFFER_LINES, text);
    struct ui_box left = ui_cut_left(&box, w);
    ui_cut_top(&left, fmaxf((UI_BUTTON_H - h) / 2, 0));
    ui_paragraph(c, left, UI_BODY, UI_LEFT, ink, text);
    ui_cut_left(&box, UI_GAP);
    if (button->zone.kind != UI_NONE)
        ui_button(c, ui_cut_top(&box, UI_BUTTON_H), &shown);
}
