// SPDX-License-Identifier: MIT
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LARGE_W     480.0f // for a large number beside all else
#define HISTORY_MIN 16.0f
#define GAP_S       1.0f // a longer pause between scores breaks the line

SDL_Color ui_verdict_colour(const struct ui_canvas *c, enum verify_verdict verdict)
{
    return verdict == VERIFY_YOU        ? c->theme->you
           : verdict == VERIFY_STRANGER ? c->theme->stranger
           : verdict == VERIFY_UNSURE   ? c->theme->warning
                                        : c->theme->dim;
}

enum ui_shape ui_verdict_icon(enum verify_verdict verdict)
{
    return verdict == VERIFY_YOU        ? UI_CHECK
           : verdict == VERIFY_STRANGER ? UI_CROSS
           : verdict == VERIFY_UNSURE   ? UI_QUESTION
                                        : UI_MINUS;
}

bool ui_own_threshold(const struct ui_view *view)
{
    return view->have_model && fabsf(view->threshold - view->card.threshold) > UI_SAME_THRESHOLD;
}

bool ui_scored(const struct ui_view *view)
{
    return view->live && view->verdict != VERIFY_UNDECIDED;
}

static const char *why_no_score(const struct ui_view *view)
{
    return view->live         ? "no score yet"
           : view->have_model ? "press v to start"
           : view->training   ? "when there is a model"
                              : "press t to train first";
}

// The number, and the word with its sign: never the colour alone. Returns the width taken.
static float draw_score(struct ui_canvas *c, struct ui_box box, enum ui_type type,
                        const struct ui_view *view)
{
    char s[16] = "\xe2\x80\x93";
    if (ui_scored(view) && view->verdict != VERIFY_NOBODY)
        snprintf(s, sizeof s, "%.2f", (double)view->score);
    SDL_Color ink = ui_scored(view) ? c->theme->text : c->theme->dim;
    struct ui_box rest = box;
    ui_cut_left(&rest, ui_label(c, box, type, UI_LEFT, ink, s) + 12);
    if (!ui_scored(view))
        return rest.x - box.x +
               ui_label(c, rest, UI_BODY, UI_LEFT, c->theme->dim, why_no_score(view));
    struct ui_box pill =
        ui_pill(c, rest.x, rest.y + rest.h / 2, UI_LEFT, type == UI_SCORE ? UI_TITLE : UI_STRONG,
                ui_verdict_colour(c, view->verdict), c->theme->on_verdict,
                ui_verdict_icon(view->verdict), verify_verdict_name(view->verdict), rest.w);
    return pill.x + pill.w - box.x;
}

// The score as a bar, the threshold as a mark across it.
static void draw_meter(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    struct ui_box bar = ui_centred(box, box.w, UI_BAR_H);
    ui_bar(c, bar, ui_scored(view) ? view->score : 0, ui_verdict_colour(c, view->verdict));
    if (!view->have_model)
        return;
    float x = box.x + box.w * SDL_clamp(view->threshold, 0.0f, 1.0f);
    struct ui_box mark = {SDL_clamp(x - 1.5f, box.x, box.x + box.w - 3), box.y, 3, box.h};
    ui_fill_round(c, ui_inset(mark, -1, 0), 2, c->theme->card);
    ui_fill_round(c, mark, 1.5f, c->theme->text);
}

static void draw_history(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                         struct ui_plot *plot)
{
    if (!ui_plot_begin(plot, c, box))
        return;
    const struct ui_point threshold[] = {{0, view->threshold}, {1, view->threshold}};
    struct ui_point point[UI_HISTORY];
    int n = SDL_clamp(view->n_history, 0, UI_HISTORY);
    for (int from = 0, to; from < n; from = to) {
        for (to = from; to < n; to++) {
            const struct ui_score_point *s = &view->history[to];
            if (to > from && s[-1].age_s - s->age_s > GAP_S)
                break;
            point[to - from] = (struct ui_point){1 - s->age_s / UI_HISTORY_S, s->score};
        }
        ui_plot_below(plot, point, to - from, ui_fade(c->theme->accent, 0.16f));
        ui_plot_line(plot, point, to - from, 2, 0, c->theme->accent);
    }
    if (view->have_model)
        ui_plot_line(plot, threshold, 2, 1.5f, 4, c->theme->text);
    ui_plot_end(plot, c);
}

// The threshold with its buttons, at the right end of *row, with its name where `keep` stays free.
static void draw_threshold(struct ui_canvas *c, struct ui_box *row, const struct ui_view *view,
                           float keep)
{
    const struct ui_zone up = {.kind = UI_THRESHOLD, .amount = 0.01f};
    const struct ui_zone down = {.kind = UI_THRESHOLD, .amount = -0.01f};
    char full[32];
    if (!view->have_model)
        return;
    snprintf(full, sizeof full, "%s %.3f", ui_own_threshold(view) ? "Yours:" : "Threshold",
             (double)view->threshold);
    ui_step_button(c, ui_centred(ui_cut_right(row, UI_BUTTON_H), UI_BUTTON_H, 22), true, up);
    ui_cut_right(row, UI_STEP);
    ui_step_button(c, ui_centred(ui_cut_right(row, UI_BUTTON_H), UI_BUTTON_H, 22), false, down);
    ui_cut_right(row, UI_GAP);
    bool fits = ui_label_width(c, UI_CAPTION, full) + keep <= row->w;
    const char *shown = fits ? full : strchr(full, ' ') + 1;
    struct ui_box text = ui_cut_right(row, ui_label_width(c, UI_CAPTION, shown));
    ui_label(c, text, UI_CAPTION, UI_RIGHT, c->theme->text, shown);
    ui_cut_right(row, UI_GAP);
}

// How many anchors agree, and the threshold.
static void draw_foot(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    if (!ui_scored(view)) {
        draw_threshold(c, &row, view, 0);
        return;
    }
    char full[64], brief[48], least[32];
    int all = view->anchors_all, matched = view->anchors_matched;
    snprintf(full, sizeof full, "%d of %d anchors match", matched, all);
    snprintf(brief, sizeof brief, "%d of %d match", matched, all);
    snprintf(least, sizeof least, "%d/%d", matched, all);
    const char *texts[] = {full, brief, least, "", NULL};
    draw_threshold(c, &row, view, ui_label_width(c, UI_CAPTION, brief) + UI_GAP);
    ui_label_fit(c, row, UI_CAPTION, UI_LEFT, c->theme->dim, texts);
}

// Whether to offer what to do about a wrong verdict.
static bool has_amends(const struct ui_view *view)
{
    return view->have_model && (view->live || view->n_wrong > 0);
}

// The widest words of w and r that fit into `room`; NULL: none.
static const char *const *amends_words(struct ui_canvas *c, const struct ui_button button[2], int n,
                                       float room)
{
    static const char *const words[][2] = {
        {"Wrong", "Train on it"}, {"Wrong", "Train"}, {"Wrong", NULL}, {NULL, NULL}};
    size_t way = 0;
    for (float all = INFINITY; all > room && way < SDL_arraysize(words); way++) {
        all = 0;
        for (int i = 0; i < n; i++) {
            struct ui_button b = button[i];
            b.label = words[way][i];
            all += ui_button_width(c, &b) + UI_GAP;
        }
    }
    return words[way - 1];
}

// That: say so, then train on it. At the left of *row, which keeps the rest.
static void draw_amends(struct ui_canvas *c, struct ui_box *row, const struct ui_view *view)
{
    struct ui_button button[2] = {
        {.key = "w", .zone = {.kind = UI_WRONG}},
        {.key = "r", .primary = view->n_wrong > 0, .zone = {.kind = UI_RETRAIN}},
    };
    const int n = view->retrains && !view->training ? 2 : 1;
    const char *const *words = amends_words(c, button, n, row->w);
    for (int i = 0; i < n; i++) {
        button[i].label = words[i];
        ui_button(c, ui_cut_left(row, ui_button_width(c, &button[i])), &button[i]);
        ui_cut_left(row, UI_GAP);
    }
}

// Wider than high: the number at the left, bar and history at the right of it.
static void draw_beside(struct ui_canvas *c, struct ui_box in, const struct ui_view *view,
                        struct ui_plot *plot)
{
    float word_w = ui_label_width(c, UI_TITLE, "stranger") + 50;
    struct ui_box left = ui_cut_left(&in, ui_label_width(c, UI_SCORE, "0.00") + 12 + word_w);
    draw_score(c, left, UI_SCORE, view);
    ui_cut_left(&in, 12);
    draw_meter(c, ui_cut_top(&in, 16), view);
    ui_cut_top(&in, UI_STEP);
    draw_history(c, in, view, plot);
}

// Little height: number and bar in a line, the history below if it fits.
static void draw_small(struct ui_canvas *c, struct ui_box in, const struct ui_view *view,
                       struct ui_plot *plot)
{
    float large_h = ui_line_height(c, UI_SCORE);
    bool large = in.w >= LARGE_W && in.h >= large_h + UI_STEP + HISTORY_MIN;
    struct ui_box row = ui_cut_top(&in, large ? large_h : UI_BUTTON_H);
    ui_cut_left(&row, draw_score(c, row, large ? UI_SCORE : UI_NUMBER, view) + 12);
    row = ui_centred(row, row.w, UI_BUTTON_H);
    if (has_amends(view))
        draw_amends(c, &row, view);
    if (row.w >= 40)
        draw_meter(c, ui_centred(row, row.w, 16), view);
    ui_cut_top(&in, UI_STEP);
    if (in.h >= HISTORY_MIN)
        draw_history(c, in, view, plot);
}

static void draw_full(struct ui_canvas *c, struct ui_box in, const struct ui_view *view,
                      struct ui_plot *plot)
{
    draw_score(c, ui_cut_top(&in, ui_line_height(c, UI_SCORE)), UI_SCORE, view);
    draw_meter(c, ui_cut_top(&in, 16), view);
    draw_foot(c, ui_cut_bottom(&in, UI_BUTTON_H), view);
    ui_cut_top(&in, UI_GAP);
    ui_cut_bottom(&in, UI_STEP);
    if (has_amends(view)) {
        struct ui_box row = ui_cut_bottom(&in, UI_BUTTON_H);
        draw_amends(c, &row, view);
        ui_cut_bottom(&in, UI_GAP);
    }
    if (in.h >= HISTORY_MIN)
        draw_history(c, in, view, plot);
}

void ui_live_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_plot *plot)
{
    const struct ui_button toggle = {.key = "v",
                                     .label = view->live ? "Stop" : "Start",
                                     .primary = view->have_model && !view->live && !view->training,
                                     .zone = {.kind = UI_LIVE}};
    struct ui_box head, in = ui_card(c, box, NULL, "Live", UI_PAGE_PICTURE, &head);
    ui_button_right(c, &head, &toggle, 110);
    float amends_h = has_amends(view) ? UI_BUTTON_H + UI_GAP : 0;
    if (in.h >= ui_line_height(c, UI_SCORE) + 16 + UI_BUTTON_H + amends_h + 34) {
        draw_full(c, in, view, plot);
        return;
    }
    draw_foot(c, head, view);
    if (in.w >= 330 && !has_amends(view))
        draw_beside(c, in, view, plot);
    else
        draw_small(c, in, view, plot);
}
