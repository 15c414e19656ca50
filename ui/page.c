// SPDX-License-Identifier: MIT
#include "ui/page.h"

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
    ui_cut_left(head, UI_GAP);
    return in;
}
