// SPDX-License-Identifier: MIT
// "Under the hood": how the scores of held-out pictures lie, what the threshold makes of them, and
// what the model was made of. Every part is drawn whole: the page scrolls where that is too much.
#include "ui/page.h"
#include "ui/panels.h"

#include "core/verify/metrics.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BARS            50 // of the histogram, of as many bins each
#define BAR_BINS        (SIAM_SCORE_BINS / BARS)
#define HISTOGRAM_H     64.0f  // at least;
#define HISTOGRAM_ROOMY 110.0f // where the page scrolls anyway
#define DET_LEAST       0.001f // the rates at the ends of its axes
#define DET_MOST        0.5f
#define DET_H           130.0f // at least
#define DET_ROOMY       170.0f // as above
#define TICK_W          38.0f
#define FACTS           12
#define LINES           4      // of a text at most
#define BESIDE_W        520.0f // of the page, to have the curve and the card side by side
#define PART_GAP        12.0f
#define RING            3.0f // of what is chosen, outside of it
#define NBSP            "\xc2\xa0"

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
    if (ui_in_sight(c, box) && ui_plot_begin(plot, c, box)) {
        draw_group(plot, view->card.scores.others, 5, t->stranger);
        draw_group(plot, view->card.scores.own, 0, t->you);
        ui_plot_end(plot, c);
    }
    draw_handle(c, box, view);
    ui_label(c, foot, UI_CAPTION, UI_LEFT, t->dim, "score 0");
    ui_label(c, foot, UI_CAPTION, UI_RIGHT, t->dim, "1");
}

// ---- What the threshold does ------------------------------------------------------------------

static void rate_text(char *out, size_t size, const char *what, int k, int n)
{
    double rate = n > 0 ? 100.0 * k / n : 0, most = 100 * verify_upper_bound(k, n);
    snprintf(out, size, "%s: %d of %d = %.1f" NBSP "%%, 95" NBSP "%% sure: at most %.1f" NBSP "%%",
             what, k, n, rate, most);
}

// The two rates. Returns the height that they take; draws them if `draw`.
static float rates(struct ui_canvas *c, struct ui_box box, const struct siam_errors *e, bool draw)
{
    char s[2][160];
    float y = box.y;
    rate_text(s[0], sizeof s[0], "Strangers let in", e->n_accepted, e->n_others);
    rate_text(s[1], sizeof s[1], "You refused", e->n_refused, e->n_own);
    for (int i = 0; i < 2; i++) {
        float h = ui_paragraph_height(c, UI_BODY, box.w, LINES, s[i]);
        if (draw)
            ui_paragraph(c, (struct ui_box){box.x, y, box.w, h}, UI_BODY, UI_LEFT, c->theme->text,
                         s[i]);
        y += h + 2;
    }
    return y - box.y;
}

static void draw_errors(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                        const struct siam_errors *e)
{
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
    rates(c, box, e, true);
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
    if (!ui_in_sight(c, box) || !ui_plot_begin(plot, c, box))
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
    char value[96];
};

static const char *plural(int n)
{
    return n == 1 ? "" : "s";
}

static int list_facts(struct fact facts[FACTS], const struct siam_card *card)
{
    int n = 0;
    struct fact *f = facts;
#define FACT(title, ...) f[n].name = title, snprintf(f[n++].value, sizeof f->value, __VA_ARGS__)
    FACT("Made", "%.10s %.5s UTC", card->created, card->created[0] ? card->created + 11 : "");
    FACT("Recipe", "%s, %s%d epoch%s in %.0f s", card->recipe, card->first ? "first model, " : "",
         card->epochs, plural(card->epochs), card->seconds);
    FACT("Of you", "%d anchor%s, %d positive%s", card->n_anchor, plural(card->n_anchor),
         card->n_positive, plural(card->n_positive));
    FACT("Of others", "%d picture%s, %d %s", card->n_negative, plural(card->n_negative),
         card->n_people, card->n_people == 1 ? "person" : "people");
    FACT("Passed over", "%d picture%s", card->n_skipped, plural(card->n_skipped));
    FACT("Threshold", "%.3f", (double)card->threshold);
    FACT("Lets in", "%.1f" NBSP "%% of %d stranger%s", 100 * card->far, card->n_impostor,
         plural(card->n_impostor));
    FACT("Refuses you", "%.1f" NBSP "%% of %d", 100 * card->frr, card->n_genuine);
    FACT("Held out", "%s",
         strcmp(card->heldout, "time") == 0 ? "by time: optimistic" : "whole sittings");
    FACT("Seed", "%llu", (unsigned long long)card->seed);
#undef FACT
    return n;
}

// Returns the height that they take; draws them if `draw`.
static float facts(struct ui_canvas *c, struct ui_box box, const struct siam_card *card, bool draw)
{
    struct fact fact[FACTS];
    int n = list_facts(fact, card);
    float y = box.y + ui_line_height(c, UI_CAPTION) + UI_STEP, w = 0;
    for (int i = 0; i < n; i++)
        w = fmaxf(w, ui_label_width(c, UI_BODY, fact[i].name) + 12);
    w = fminf(w, box.w / 2);
    if (draw)
        ui_label(c, (struct ui_box){box.x, box.y, box.w, ui_line_height(c, UI_CAPTION)}, UI_CAPTION,
                 UI_LEFT, c->theme->dim, "The model");
    for (int i = 0; i < n; i++) {
        float h = ui_paragraph_height(c, UI_BODY, box.w - w, LINES, fact[i].value);
        const struct ui_box row = {box.x, y, w, h}, value = {box.x + w, y, box.w - w, h};
        y += h + 1;
        if (!draw)
            continue;
        ui_paragraph(c, row, UI_BODY, UI_LEFT, c->theme->dim, fact[i].name);
        ui_paragraph(c, value, UI_BODY, UI_LEFT, c->theme->text, fact[i].value);
    }
    return y - box.y;
}

// ---- Earlier models ---------------------------------------------------------------------------

static void model_text(char *out, size_t size, const struct ui_model *m)
{
    char strangers[48] = "", own[32] = "";
    if (m->n_impostor > 0)
        snprintf(strangers, sizeof strangers, " of %d stranger%s", m->n_impostor,
                 plural(m->n_impostor));
    if (m->n_genuine > 0)
        snprintf(own, sizeof own, " of %d", m->n_genuine);
    snprintf(out, size,
             "%s, %s%d epoch%s, threshold %.3f: lets in %.1f" NBSP "%%%s, refuses you %.0f" NBSP
             "%%%s",
             m->when, m->first ? "first model, " : "", m->epochs, plural(m->epochs),
             (double)m->threshold, 100 * m->far, strangers, 100 * m->frr, own);
}

// A row each, with a button that makes it the present one. Returns the height that they take; draws
// them if `draw`.
static float earlier(struct ui_canvas *c, struct ui_box box, const struct ui_view *view, bool draw)
{
    static const char *const keys[UI_MODELS] = {"b", "Shift B", "Ctrl B"};
    float caption_h = ui_line_height(c, UI_CAPTION), y = box.y + caption_h;
    if (draw)
        ui_label(c, (struct ui_box){box.x, box.y, box.w, caption_h}, UI_CAPTION, UI_LEFT,
                 c->theme->dim, "Earlier models");
    for (int i = 0; i < view->n_earlier; i++) {
        const struct ui_button use = {
            .key = keys[i], .label = "Use", .zone = {.kind = UI_USE_MODEL, .index = i}};
        char s[192];
        model_text(s, sizeof s, &view->earlier[i]);
        float h = ui_offer_height(c, box.w, s, &use);
        struct ui_box row = {box.x, y + (h > UI_BUTTON_H ? UI_GAP : UI_STEP), box.w, h};
        if (draw)
            ui_offer_draw(c, row, s, c->theme->text, &use);
        y = row.y + row.h;
    }
    return view->n_earlier > 0 ? y - box.y : 0;
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

// Heights of the parts, from top to bottom; 0: there is none.
struct plan {
    bool beside; // the model's card beside the curve, else below it
    float scores, errors, det, facts, earlier, worst;
    float h; // of all, with the gaps between them
};

static struct plan make_plan(struct ui_canvas *c, const struct ui_view *view, float w,
                             const struct siam_errors *e, bool roomy)
{
    struct ui_box box = {0, 0, w, 0};
    float line = ui_line_height(c, UI_CAPTION);
    struct plan p = {.beside = e->n_others > 0 && w >= BESIDE_W};
    if (e->n_others > 0) {
        p.scores = 2 * line + UI_STEP + (roomy ? HISTOGRAM_ROOMY : HISTOGRAM_H);
        p.errors = UI_BUTTON_H + rates(c, box, e, false);
        p.det = roomy ? DET_ROOMY : DET_H;
    }
    box.w = p.beside ? (w - 2 * UI_GAP) / 2 : w;
    p.facts = facts(c, box, &view->card, false);
    if (p.beside)
        p.det = p.facts = fmaxf(p.det, p.facts);
    box.w = w;
    p.earlier = earlier(c, box, view, false);
    p.worst = ui_worst_height(c, view, w);
    const float part[] = {p.scores, p.errors, p.det, p.beside ? 0 : p.facts, p.earlier, p.worst};
    p.h = -PART_GAP;
    for (size_t i = 0; i < SDL_arraysize(part); i++)
        p.h += part[i] > 0 ? part[i] + PART_GAP : 0;
    return p;
}

static struct ui_box next_part(struct ui_box *rest, float h)
{
    struct ui_box box = ui_cut_top(rest, h);
    ui_cut_top(rest, PART_GAP);
    return box;
}

static void draw_parts(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                       const struct plan *p, const struct siam_errors *e, struct ui_hood *hood,
                       struct ui_picture *worst)
{
    if (p->scores > 0) {
        draw_histogram(c, next_part(&box, p->scores), view, e, &hood->scores);
        draw_errors(c, next_part(&box, p->errors), view, e);
        struct ui_box det = p->beside ? box : next_part(&box, p->det);
        det.h = p->det;
        det.w = p->beside ? (box.w - 2 * UI_GAP) / 2 : det.w;
        draw_det(c, det, view, e, &hood->det);
    }
    struct ui_box card = next_part(&box, p->facts);
    if (p->beside)
        ui_cut_left(&card, (card.w + 2 * UI_GAP) / 2);
    facts(c, card, &view->card, true);
    if (p->earlier > 0)
        earlier(c, next_part(&box, p->earlier), view, true);
    ui_worst_draw(c, next_part(&box, p->worst), view, worst);
}

// Scrolls to the picture under the cursor when that has moved.
static void follow_cursor(struct ui_canvas *c, struct ui_box in, const struct ui_view *view,
                          const struct plan *p, struct ui_hood *hood)
{
    struct ui_box sight = ui_worst_sight(c, view, in.w);
    if (view->cursor != hood->cursor && sight.h > 0) {
        float y = p->h - p->worst + sight.y;
        hood->top = fminf(fmaxf(hood->top, y + sight.h - in.h), y);
    }
    hood->cursor = view->cursor;
}

void ui_hood_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                  struct ui_hood *hood, struct ui_picture *worst)
{
    struct ui_box head, in = ui_page_card(c, box, UI_PAGE_HOOD, "Under the hood", &head);
    struct siam_errors e = siam_scores_errors(&view->card.scores, view->threshold);
    const float mouse_x = c->mouse_x;
    if (!view->have_model) {
        draw_empty(c, in, view);
        return;
    }
    struct plan plan = make_plan(c, view, in.w, &e, false);
    struct ui_box page = in;
    if (plan.h > in.h) {
        page.w -= UI_SCROLL_W;
        plan = make_plan(c, view, page.w, &e, true);
        follow_cursor(c, (struct ui_box){in.x, in.y, page.w, in.h}, view, &plan, hood);
        page = ui_page_scroll(c, in, plan.h, &hood->top);
    } else if (plan.scores > 0) {
        plan.scores += in.h - plan.h;
    }
    if (!ui_inside(in, c->mouse_x, c->mouse_y))
        c->mouse_x = -1; // it is not over what is out of sight
    ui_clip(c, ui_inset(in, -RING, 0));
    draw_parts(c, page, view, &plan, &e, hood, worst);
    ui_unclip(c);
    c->mouse_x = mouse_x;
}

void ui_hood_finish(struct ui_hood *hood)
{
    ui_plot_finish(&hood->scores);
    ui_plot_finish(&hood->det);
}
