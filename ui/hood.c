// SPDX-License-Identifier: MIT
// "Under the hood": how the scores of held-out pictures lie, what the threshold makes of them, and
// what the model was made of.
#include "ui/page.h"
#include "ui/panels.h"

#include "core/verify/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BARS        50 // of the histogram, of as many bins each
#define BAR_BINS    (SIAM_SCORE_BINS / BARS)
#define HISTOGRAM_H 64.0f  // at least
#define DET_LEAST   0.001f // the rates at the ends of its axes
#define DET_MOST    0.5f
#define DET_H       130.0f // at least
#define TICK_W      38.0f
#define FACTS       12

// ---- Histogram --------------------------------------------------------------------------------

// The outline of a group's bars, the highest one as high as the plot. Returns the number of points.
static int outline(const uint16_t bins[SIAM_SCORE_BINS], struct ui_point point[2 * BARS])
{
    int most = 1, n[BARS];
    for (int i = 0; i < BARS; i++) {
        n[i] = 0;
        for (int k = 0; k < BAR_BINS; k++)
            n[i] += bins[BAR_BINS * i + k];
        most = SDL_max(most, n[i]);
    }
    for (int i = 0; i < BARS; i++) {
        // A single picture among thousands is to be seen, too.
        float y = n[i] > 0 ? fmaxf((float)n[i] / (float)most, 0.04f) : 0;
        point[2 * i] = (struct ui_point){(float)i / BARS, y};
        point[2 * i + 1] = (struct ui_point){(float)(i + 1) / BARS, y};
    }
    return 2 * BARS;
}

static void draw_group(struct ui_plot *plot, const uint16_t bins[SIAM_SCORE_BINS], float dash,
                       SDL_Color colour)
{
    struct ui_point point[2 * BARS];
    int n = outline(bins, point);
    ui_plot_below(plot, point, n, ui_fade(colour, 0.25f));
    ui_plot_line(plot, point, n, 1.5f, dash, colour);
}

// A name with its sign: the lines differ in more than their colour.
static void legend(struct ui_canvas *c, struct ui_box *row, const char *name, int n, bool dashed,
                   SDL_Color colour)
{
    struct ui_box sample = ui_centred(ui_cut_left(row, 18), 18, 2);
    char s[64];
    if (dashed)
        for (int i = 0; i < 2; i++, sample.x += 6.5f)
            ui_fill(c, (struct ui_box){sample.x, sample.y, 5, 2}, colour);
    sample.w = dashed ? 5 : 18;
    ui_fill(c, sample, colour);
    ui_cut_left(row, 5);
    snprintf(s, sizeof s, "%s (%d)", name, n);
    ui_cut_left(row, ui_label(c, *row, UI_CAPTION, UI_LEFT, c->theme->text, s) + 12);
}

// The line that can be dragged, with its handle.
static void draw_handle(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    struct ui_zone zone = {.box = box, .kind = UI_ZONE_THRESHOLD};
    float x = box.x + box.w * SDL_clamp(view->threshold, 0.0f, 1.0f);
    struct ui_box line = {SDL_clamp(x - 1, box.x, box.x + box.w - 2), box.y, 2, box.h};
    struct ui_box knob = ui_centred((struct ui_box){line.x, box.y + 4, 2, 16}, 10, 16);
    bool over = ui_inside(box, c->mouse_x, c->mouse_y);
    ui_fill(c, line, c->theme->text);
    ui_fill_round(c, ui_inset(knob, -1, -1), 5, c->theme->card);
    ui_fill_round(c, knob, 4, over ? c->theme->accent : c->theme->text);
    ui_zone_add(c, zone);
}

static void draw_histogram(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                           const struct siam_errors *e, struct ui_plot *plot)
{
    const struct ui_theme *t = c->theme;
    float line = ui_line_height(c, UI_CAPTION);
    struct ui_box head = ui_cut_top(&box, line), foot = ui_cut_bottom(&box, line);
    legend(c, &head, "strangers", e->n_others, true, t->stranger);
    legend(c, &head, "you", e->n_own, false, t->you);
    static const char *const how[] = {"drag the line, or press + and \xe2\x88\x92", "drag the line",
                                      "", NULL};
    ui_label_fit(c, head, UI_CAPTION, UI_RIGHT, t->dim, how);
    ui_cut_top(&box, UI_STEP);
    if (!ui_plot_begin(plot, c, box))
        return;
    draw_group(plot, view->card.scores.others, 5, t->stranger);
    draw_group(plot, view->card.scores.own, 0, t->you);
    ui_plot_end(plot, c);
    draw_handle(c, box, view);
    ui_label(c, foot, UI_CAPTION, UI_LEFT, t->dim, "score 0");
    ui_label(c, foot, UI_CAPTION, UI_RIGHT, t->dim, "1");
}

// ---- What the threshold does ------------------------------------------------------------------

static void draw_rate(struct ui_canvas *c, struct ui_box row, const char *what, int k, int n)
{
    char full[160], brief[96], least[64];
    double rate = n > 0 ? 100.0 * k / n : 0, most = 100 * verify_upper_bound(k, n);
    snprintf(full, sizeof full, "%s: %d of %d = %.1f %%, 95 %% sure: at most %.1f %%", what, k, n,
             rate, most);
    snprintf(brief, sizeof brief, "%s %.1f %% (at most %.1f %%)", what, rate, most);
    snprintf(least, sizeof least, "%s %.1f %%", what, rate);
    const char *texts[] = {full, brief, least, NULL};
    ui_label_fit(c, row, UI_BODY, UI_LEFT, c->theme->text, texts);
}

static void draw_errors(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                        const struct siam_errors *e)
{
    float line = ui_line_height(c, UI_BODY) + 2;
    char at[64], kept[96], brief[32], back[48];
    struct ui_box row = ui_cut_top(&box, UI_BUTTON_H);
    bool own = ui_own_threshold(view);
    snprintf(at, sizeof at, "At %s threshold %.3f", own ? "your" : "the", (double)view->threshold);
    snprintf(kept, sizeof kept, "%s, kept for this model", at);
    snprintf(brief, sizeof brief, "%s %.3f", own ? "Yours:" : "Threshold", (double)view->threshold);
    snprintf(back, sizeof back, "Back to the model's %.3f", (double)view->card.threshold);
    struct ui_button reset = {.key = "0", .label = back, .zone = {.kind = UI_RESET_THRESHOLD}};
    const char *texts[] = {kept, at, brief, NULL};
    if (ui_button_width(c, &reset) + UI_GAP + ui_label_width(c, UI_STRONG, at) > row.w)
        reset.label = "Back";
    if (own)
        ui_button_right(c, &row, &reset, 0);
    ui_label_fit(c, row, UI_STRONG, UI_LEFT, c->theme->text,
                 own && view->threshold_kept ? texts : texts + 1);
    draw_rate(c, ui_cut_top(&box, line), "Strangers let in", e->n_accepted, e->n_others);
    draw_rate(c, ui_cut_top(&box, line), "You refused", e->n_refused, e->n_own);
}

// ---- DET curve --------------------------------------------------------------------------------

// The normal deviate of a probability below one half, within 5e-4: Abramowitz and Stegun, "Handbook
// of Mathematical Functions", 26.2.23.
static float deviate(float p)
{
    float t = sqrtf(-2 * logf(p));
    return -t + (2.515517f + t * (0.802853f + t * 0.010328f)) /
                    (1 + t * (1.432788f + t * (0.189269f + t * 0.001308f)));
}

// Where a rate lies on an axis, 0..1: Martin et al., "The DET Curve in Assessment of Detection Task
// Performance", 1997.
static float det_place(float rate)
{
    float least = deviate(DET_LEAST);
    return 1 - deviate(SDL_clamp(rate, DET_LEAST, DET_MOST)) / least;
}

static struct ui_point det_point(const struct siam_errors *e)
{
    float far = (float)e->n_accepted / (float)SDL_max(e->n_others, 1);
    float frr = (float)e->n_refused / (float)SDL_max(e->n_own, 1);
    return (struct ui_point){det_place(far), det_place(frr)};
}

static void draw_ticks(struct ui_canvas *c, struct ui_box left, struct ui_box below,
                       struct ui_box plot)
{
    static const struct {
        float rate;
        const char *name;
    } ticks[] = {{0.001f, "0.1 %"}, {0.01f, "1 %"}, {0.1f, "10 %"}, {0.5f, "50 %"}};
    float line = ui_line_height(c, UI_CAPTION);
    for (size_t i = 0; i < SDL_arraysize(ticks); i++) {
        float at = det_place(ticks[i].rate);
        float y = plot.y + (1 - at) * (plot.h - line);
        float x = plot.x + at * (plot.w - TICK_W);
        ui_label(c, (struct ui_box){left.x, y, left.w - UI_STEP, line}, UI_CAPTION, UI_RIGHT,
                 c->theme->dim, ticks[i].name);
        ui_label(c, (struct ui_box){x, below.y, TICK_W, line}, UI_CAPTION,
                 i == 0   ? UI_LEFT
                 : i == 3 ? UI_RIGHT
                          : UI_CENTRE,
                 c->theme->dim, ticks[i].name);
    }
}

static void draw_det(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                     const struct siam_errors *now, struct ui_plot *plot)
{
    struct ui_point point[SIAM_SCORE_BINS + 1], dot = det_point(now);
    float line = ui_line_height(c, UI_CAPTION);
    ui_label(c, ui_cut_top(&box, line), UI_CAPTION, UI_LEFT, c->theme->dim,
             "You refused, by strangers let in (DET)");
    ui_cut_top(&box, UI_STEP);
    struct ui_box left = ui_cut_left(&box, TICK_W), below = ui_cut_bottom(&box, line);
    draw_ticks(c, left, below, box);
    if (!ui_plot_begin(plot, c, box))
        return;
    for (int i = 0; i <= SIAM_SCORE_BINS; i++) {
        struct siam_errors e =
            siam_scores_errors(&view->card.scores, (float)i / (float)SIAM_SCORE_BINS);
        point[i] = det_point(&e);
    }
    ui_plot_line(plot, point, SIAM_SCORE_BINS + 1, 1.5f, 0, c->theme->accent);
    ui_plot_line(plot, &dot, 1, 3, 0, c->theme->text);
    ui_plot_end(plot, c);
}

// ---- The model's card -------------------------------------------------------------------------

struct fact {
    const char *name;
    char value[64];
};

static int list_facts(struct fact facts[FACTS], const struct siam_card *card)
{
    int n = 0;
    struct fact *f = facts;
#define FACT(title, ...) f[n].name = title, snprintf(f[n++].value, sizeof f->value, __VA_ARGS__)
    FACT("Made", "%.10s %.5s UTC", card->created, card->created[0] ? card->created + 11 : "");
    FACT("Recipe", "%s, %s%d epoch%s in %.0f s", card->recipe, card->first ? "first model, " : "",
         card->epochs, card->epochs == 1 ? "" : "s", card->seconds);
    FACT("Of you", "%d anchors, %d positives", card->n_anchor, card->n_positive);
    FACT("Of others", "%d pictures, %d people", card->n_negative, card->n_people);
    FACT("Passed over", "%d pictures", card->n_skipped);
    FACT("Threshold", "%.3f", (double)card->threshold);
    FACT("Lets in", "%.1f %% of %d strangers", 100 * card->far, card->n_impostor);
    FACT("Refuses you", "%.1f %% of %d", 100 * card->frr, card->n_genuine);
    FACT("Held out", "%s",
         strcmp(card->heldout, "time") == 0 ? "by time: optimistic" : "whole sittings");
    FACT("Seed", "%llu", (unsigned long long)card->seed);
#undef FACT
    return n;
}

static void draw_facts(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    struct fact facts[FACTS];
    int n = list_facts(facts, &view->card);
    float line = ui_line_height(c, UI_BODY) + 1, w = 0;
    ui_label(c, ui_cut_top(&box, ui_line_height(c, UI_CAPTION)), UI_CAPTION, UI_LEFT, c->theme->dim,
             "The model");
    ui_cut_top(&box, UI_STEP);
    for (int i = 0; i < n; i++)
        w = fmaxf(w, ui_label_width(c, UI_BODY, facts[i].name));
    for (int i = 0; i < n && box.h >= line; i++) {
        struct ui_box row = ui_cut_top(&box, line);
        ui_label(c, ui_cut_left(&row, w + 12), UI_BODY, UI_LEFT, c->theme->dim, facts[i].name);
        ui_label(c, row, UI_BODY, UI_LEFT, c->theme->text, facts[i].value);
    }
}

// ---- Earlier models ---------------------------------------------------------------------------

// A row each, with a button that makes it the present one.
static void draw_earlier(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    static const char *const keys[UI_MODELS] = {"b", "Shift B", "Ctrl B"};
    ui_label(c, ui_cut_top(&box, ui_line_height(c, UI_CAPTION)), UI_CAPTION, UI_LEFT, c->theme->dim,
             "Earlier models");
    ui_cut_top(&box, UI_STEP);
    for (int i = 0; i < view->n_earlier && box.h >= UI_BUTTON_H; i++) {
        const struct ui_model *m = &view->earlier[i];
        const struct ui_button use = {
            .key = keys[i], .label = "Use", .zone = {.kind = UI_USE_MODEL, .index = i}};
        char full[160], brief[96];
        snprintf(brief, sizeof brief, "%s: lets in %.1f %%, refuses you %.0f %%", m->when,
                 100 * m->far, 100 * m->frr);
        snprintf(full, sizeof full,
                 "%s: lets in %.1f %% of %d strangers, refuses you %.0f %% of %d", m->when,
                 100 * m->far, m->n_impostor, 100 * m->frr, m->n_genuine);
        const char *texts[] = {full, brief, m->when, NULL};
        struct ui_box row = ui_cut_top(&box, UI_BUTTON_H);
        ui_cut_top(&box, UI_STEP);
        ui_button_right(c, &row, &use, 0);
        ui_label_fit(c, row, UI_BODY, UI_LEFT, c->theme->text, texts);
    }
}

static float earlier_height(struct ui_canvas *c, const struct ui_view *view)
{
    return view->n_earlier == 0 ? 0
                                : ui_line_height(c, UI_CAPTION) + UI_STEP +
                                      (float)view->n_earlier * (UI_BUTTON_H + UI_STEP);
}

// ---- The page ---------------------------------------------------------------------------------

static void draw_empty(struct ui_canvas *c, struct ui_box in, const struct ui_view *view)
{
    ui_paragraph(c, in, UI_BODY, UI_LEFT, c->theme->text,
                 view->training
                     ? "The training is under way: when it ends, this page shows how the "
                       "scores lie, and what the threshold makes of them."
                     : "No model yet: t trains one. Then this page shows how the scores of "
                       "you and of strangers lie, and what the threshold makes of them.");
}

void ui_hood_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_hood *hood, struct ui_picture *worst)
{
    struct ui_box head, in = ui_page_card(c, box, UI_PAGE_HOOD, "Under the hood", &head);
    struct siam_errors e = siam_scores_errors(&view->card.scores, view->threshold);
    if (!view->have_model) {
        draw_empty(c, in, view);
        return;
    }
    if (e.n_others == 0) {
        draw_facts(c, in, view);
        return;
    }
    float errors_h = UI_BUTTON_H + 2 * (ui_line_height(c, UI_BODY) + 2) + UI_GAP;
    float facts_h = 11 * (ui_line_height(c, UI_BODY) + 1) + ui_line_height(c, UI_CAPTION);
    float earlier_h = earlier_height(c, view), worst_h = ui_worst_height(c, view);
    if (worst_h > 0 && in.h - worst_h >= errors_h + HISTOGRAM_H) {
        ui_worst_draw(c, ui_cut_bottom(&in, worst_h), view, worst);
        ui_cut_bottom(&in, UI_GAP);
    }
    if (earlier_h > 0 && in.h - earlier_h >= errors_h + 2 * HISTOGRAM_H) {
        draw_earlier(c, ui_cut_bottom(&in, earlier_h), view);
        ui_cut_bottom(&in, UI_GAP);
    }
    float rest = in.h - errors_h - HISTOGRAM_H - 2 * ui_line_height(c, UI_CAPTION) - 3 * UI_GAP;
    if (rest >= DET_H) {
        struct ui_box lower = ui_cut_bottom(&in, fminf(fmaxf(rest * 0.55f, DET_H), facts_h));
        ui_cut_bottom(&in, 2 * UI_GAP);
        bool both = lower.w >= 520;
        if (both)
            draw_det(c, ui_cut_left(&lower, (lower.w - 2 * UI_GAP) / 2), view, &e, &hood->det);
        ui_cut_left(&lower, both ? 2 * UI_GAP : 0);
        draw_facts(c, lower, view);
    }
    draw_errors(c, ui_cut_bottom(&in, errors_h - UI_GAP), view, &e);
    ui_cut_bottom(&in, UI_GAP);
    draw_histogram(c, in, view, &e, &hood->scores);
}

void ui_hood_finish(struct ui_hood *hood)
{
    ui_plot_finish(&hood->scores);
    ui_plot_finish(&hood->det);
}
