// SPDX-License-Identifier: MIT
#include "ui/hint.h"
#include "ui/panels.h"

#include <math.h>
#include <stdio.h>

#define TALL       420.0f // from here on all is shown
#define PLOT_SHAPE 0.7f   // height to width of the curves then
#define PLOT_MIN   34.0f
#define DASH       5.0f
#define MARGIN     4.0f  // at the sides of the plot: a dot is seen whole
#define WORST      36.0f // side of a picture that hurts
#define WORST_MOST 52.0f

void ui_time_left(double seconds, char *out, size_t size)
{
    if (!(seconds >= 0) || !isfinite(seconds)) {
        snprintf(out, size, "%s", "");
    } else if (seconds < 10) {
        snprintf(out, size, "a few seconds left");
    } else if (seconds < 55) {
        snprintf(out, size, "about %d s left", (int)(seconds / 10 + 0.5) * 10);
    } else if (seconds < 3570) {
        snprintf(out, size, "about %d min left", (int)(seconds / 60 + 0.5));
    } else {
        double minutes = fmin(floor(seconds / 600 + 0.5) * 10, 5999940);
        int hours = (int)minutes / 60, rest = (int)minutes % 60;
        if (rest && hours < 24)
            snprintf(out, size, "about %d h %d min left", hours, rest);
        else
            snprintf(out, size, "about %d h left", hours);
    }
}

static bool busy(const struct ui_view *view)
{
    return view->training || view->preparing || view->stopping;
}

static bool measured(const struct ui_view *view)
{
    return view->n_heldout_pairs > 0;
}

static void draw_epoch(struct ui_canvas *c, struct ui_box row, const struct ui_view *view)
{
    char left[48], epoch[48], full[96], brief[96];
    if (view->epochs == 0) {
        ui_label(c, row, UI_BODY, UI_LEFT, c->theme->text, "Beginning\xe2\x80\xa6");
        return;
    }
    int now = SDL_min(view->epoch + 1, view->epochs);
    ui_time_left(view->seconds_left, left, sizeof left);
    snprintf(epoch, sizeof epoch, "Epoch %d of %d", now, view->epochs);
    snprintf(full, sizeof full, "%s, %s", epoch, left);
    snprintf(brief, sizeof brief, "%d of %d, %s", now, view->epochs, left);
    const char *texts[] = {full, brief, epoch, NULL};
    ui_label_fit(c, row, UI_BODY, UI_LEFT, c->theme->text, *left ? texts : texts + 2);
}

// What is being learnt, where that is a part of the whole.
static void draw_part(struct ui_canvas *c, struct ui_box *in, const struct ui_view *view)
{
    static const char *const first[] = {"Learning for a first model", "A first model", NULL};
    static const char *const better[] = {"Learning a better model", "A better model", NULL};
    static const char *const others[] = {"Learning other people (once)", "Learning others", NULL};
    static const char *const you[] = {"Learning you", NULL};
    static const char *const more[] = {"Learning what was wrong", "Learning more", NULL};
    const char *const *texts = view->part == UI_PART_FIRST    ? first
                               : view->part == UI_PART_OTHERS ? view->have_model ? better : others
                               : view->part == UI_PART_YOU    ? you
                                                              : more;
    if (view->part != UI_PART_WHOLE)
        ui_label_fit(c, ui_cut_top(in, ui_line_height(c, UI_STRONG) + 1), UI_STRONG, UI_LEFT,
                     c->theme->text, texts);
}

static void draw_progress(struct ui_canvas *c, struct ui_box *in, const struct ui_view *view)
{
    draw_part(c, in, view);
    struct ui_box row = ui_cut_top(in, ui_line_height(c, UI_BODY));
    if (view->stopping)
        ui_label(c, row, UI_BODY, UI_LEFT, c->theme->text, "Stopping\xe2\x80\xa6");
    else if (view->preparing)
        ui_label(c, row, UI_BODY, UI_LEFT, c->theme->text, "Reading the pictures\xe2\x80\xa6");
    else
        draw_epoch(c, row, view);
    ui_cut_top(in, UI_STEP);
    float done = ((float)view->epoch + view->epoch_part) / (float)SDL_max(view->epochs, 1);
    ui_bar(c, ui_cut_top(in, UI_BAR_H), done, c->theme->accent);
}

static bool is_ready(const struct ui_view *view)
{
    return view->anchors >= UI_LEAST && view->positives >= UI_LEAST && ui_has_others(view);
}

// What training needs, each with whether it is there.
static void draw_needs(struct ui_canvas *c, struct ui_box in, const struct ui_view *view)
{
    const struct ui_theme *t = c->theme;
    const struct {
        bool there;
        const char *name, *key;
    } needs[] = {
        {view->anchors >= UI_LEAST, "anchors", "a"},
        {view->positives >= UI_LEAST, "positives", "p"},
        {ui_has_others(view), "other people", "4"},
    };
    bool all = is_ready(view);
    static const char *const missing[] = {
        "Not trained yet. Training needs:", "Training needs:", NULL};
    static const char *const ready[] = {"Ready: press t to train, in the background.",
                                        "Ready: press t.", NULL};
    ui_label_fit(c, ui_cut_top(&in, ui_line_height(c, UI_BODY) + UI_STEP), UI_BODY, UI_LEFT,
                 t->text, all ? ready : missing);
    for (size_t i = 0; i < SDL_arraysize(needs) && in.h >= UI_ROW_H; i++) {
        struct ui_box row = ui_cut_top(&in, UI_ROW_H), icon = ui_cut_left(&row, 14);
        bool there = needs[i].there;
        ui_icon(c, ui_centred(icon, 12, 12), there ? UI_CHECK : UI_ARROW, there ? t->you : t->dim);
        ui_cut_left(&row, UI_GAP);
        ui_cut_left(&row, UI_GAP + ui_label(c, row, UI_BODY, UI_LEFT, there ? t->text : t->dim,
                                            needs[i].name));
        if (!there)
            ui_keycap(c, row, needs[i].key);
    }
}

static float greatest(const struct ui_view *view, int n)
{
    float top = 0;
    for (int i = 0; i < n; i++) {
        if (isfinite(view->loss[i]))
            top = fmaxf(top, view->loss[i]);
        if (measured(view) && isfinite(view->heldout_loss[i]))
            top = fmaxf(top, view->heldout_loss[i]);
    }
    return fmaxf(top * 1.05f, 1e-6f);
}

// What the curves are drawn on: epoch 1 at the left, the last one that is planned at the right.
struct axes {
    int first, epochs; // of the curves, from 1; in all
    float top;         // loss at the upper edge
};

static void draw_curve(struct ui_plot *plot, const float *loss, int n, const struct axes *axes,
                       float dash, SDL_Color colour)
{
    struct ui_point point[UI_EPOCHS];
    float side = MARGIN / plot->box.w;
    for (int i = 0; i < n; i++) {
        float x =
            axes->epochs > 1 ? (float)(axes->first - 1 + i) / (float)(axes->epochs - 1) : 0.5f;
        point[i] = (struct ui_point){side + x * (1 - 2 * side), loss[i] / axes->top};
    }
    ui_plot_line(plot, point, n, 2, dash, colour);
}

// A sample of the line, its name and last value; cuts what it takes off *row.
static void legend(struct ui_canvas *c, struct ui_box *row, const char *name, float value,
                   bool dashed, SDL_Color colour)
{
    struct ui_box sample = ui_centred(ui_cut_left(row, 18), 18, 2);
    if (dashed) {
        sample.w = 5;
        ui_fill(c, sample, colour);
        sample.x += 6.5f;
        ui_fill(c, sample, colour);
        sample.x += 6.5f;
    }
    ui_fill(c, sample, colour);
    ui_cut_left(row, 5);
    char s[64];
    snprintf(s, sizeof s, isfinite(value) ? "%s %.2f" : "%s -", name, (double)value);
    ui_cut_left(row, ui_label(c, *row, UI_CAPTION, UI_LEFT, c->theme->text, s) + 12);
}

static void draw_loss(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                      struct ui_plot *plot)
{
    int n = SDL_clamp(view->n_curve, 0, UI_EPOCHS);
    struct ui_box row = ui_cut_top(&box, ui_line_height(c, UI_CAPTION));
    ui_cut_top(&box, UI_STEP);
    bool wide = row.w >= 290;
    if (wide)
        ui_cut_left(&row, ui_label(c, row, UI_CAPTION, UI_LEFT, c->theme->dim, "Loss") + 12);
    float last = n > 0 ? view->loss[n - 1] : NAN, held = n > 0 ? view->heldout_loss[n - 1] : NAN;
    legend(c, &row, wide ? "training" : "train", last, false, c->theme->accent);
    if (measured(view))
        legend(c, &row, "held out", held, true, c->theme->heldout);
    if (!ui_plot_begin(plot, c, box))
        return;
    int first = SDL_max(view->first_epoch, 1);
    struct axes axes = {first, SDL_max(view->epochs, first - 1 + n), greatest(view, n)};
    draw_curve(plot, view->loss, n, &axes, 0, c->theme->accent);
    if (measured(view))
        draw_curve(plot, view->heldout_loss, n, &axes, DASH, c->theme->heldout);
    ui_plot_end(plot, c);
}

// A figure with its name before it; cuts what it takes off *row.
static void figure(struct ui_canvas *c, struct ui_box *row, const char *name, double value)
{
    char s[16];
    snprintf(s, sizeof s, isfinite(value) ? "%.2f" : "-", value);
    ui_cut_left(row, ui_label(c, *row, UI_CAPTION, UI_LEFT, c->theme->dim, name) + 5);
    ui_cut_left(row, ui_label(c, *row, UI_STRONG, UI_LEFT, c->theme->text, s) + 12);
}

// Precision, recall, and what they are worth.
static void draw_quality(struct ui_canvas *c, struct ui_box box, const struct ui_view *view)
{
    static const char optimistic[] = "optimistic: one burst";
    char pairs[48], full[96];
    snprintf(pairs, sizeof pairs, "on %d held-out pairs", view->n_heldout_pairs);
    snprintf(full, sizeof full, "%s, %s", pairs, optimistic);
    const char *plain[] = {pairs, NULL}, *doubtful[] = {full, optimistic, NULL};
    struct ui_box row = ui_cut_top(&box, ui_line_height(c, UI_STRONG));
    figure(c, &row, "Precision", view->precision);
    figure(c, &row, "Recall", view->recall);
    if (!view->heldout_optimistic) {
        ui_label_fit(c, box, UI_CAPTION, UI_LEFT, c->theme->dim, plain);
        return;
    }
    ui_icon(c, ui_centred(ui_cut_left(&box, 12), 12, 12), UI_ALERT, c->theme->warning);
    ui_cut_left(&box, 5);
    ui_label_fit(c, box, UI_CAPTION, UI_LEFT, c->theme->warning, doubtful);
}

static void draw_button(struct ui_canvas *c, struct ui_box *head, const struct ui_view *view)
{
    const struct ui_button train = {.key = "t",
                                    .label = "Train",
                                    .primary = is_ready(view) && !view->have_model,
                                    .zone = {.kind = UI_TRAIN}};
    const struct ui_button stop = {.key = "s", .label = "Stop", .zone = {.kind = UI_STOP}};
    ui_button_right(c, head, busy(view) ? &stop : &train, 0);
}

static void draw_row(struct ui_canvas *c, struct ui_box box, const char *whose, const char *taken,
                     const struct ui_worst *worst, int64_t number, struct ui_picture *picture)
{
    char full[64], brief[48];
    snprintf(full, sizeof full, "%d of %s taken for %s", worst->all, whose, taken);
    snprintf(brief, sizeof brief, "%d of %s", worst->all, whose);
    const char *texts[] = {full, brief, NULL};
    struct ui_box line = ui_cut_top(&box, ui_line_height(c, UI_CAPTION));
    ui_label_fit(c, line, UI_CAPTION, UI_LEFT, c->theme->dim, texts);
    ui_strip_draw(c, box, &(struct ui_strip){worst->row, worst->n, number}, picture);
}

// What was found wrong with the training that ended last, as far as there is room for it.
static void draw_warnings(struct ui_canvas *c, struct ui_box *in, const struct ui_view *view)
{
    const float line = ui_line_height(c, UI_CAPTION);
    for (int i = 0; i < view->n_warnings && in->h >= 2 * line; i++) {
        struct ui_box text = *in;
        ui_cut_top(&text, UI_STEP);
        struct ui_box icon = ui_cut_left(&text, 12);
        icon.h = line;
        ui_cut_left(&text, 5);
        text.h = fminf(text.h, 4 * line + 1);
        ui_icon(c, ui_centred(icon, 12, 12), UI_ALERT, c->theme->warning);
        ui_cut_top(in, UI_STEP + ui_paragraph(c, text, UI_CAPTION, UI_LEFT, c->theme->warning,
                                              view->warning[i]));
    }
}

static bool has_worst(const struct ui_view *view)
{
    return !busy(view) && view->have_model && view->worst_own.n + view->worst_others.n > 0;
}

// The pictures that hurt most: people take them away, or find out what they have in common.
static void draw_worst(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                       struct ui_picture *pictures)
{
    struct ui_box left = ui_cut_left(&box, (box.w - UI_GAP) / 2);
    ui_cut_left(&box, UI_GAP);
    int64_t number = view->worst_number;
    draw_row(c, left, "you", "others", &view->worst_own, number, pictures);
    draw_row(c, box, "others", "you", &view->worst_others, number, pictures + 1);
}

// One thing below the other; the curves get what the rest leaves.
static void draw_tall(struct ui_canvas *c, struct ui_box in, const struct ui_view *view,
                      struct ui_plot *plot, struct ui_picture *worst)
{
    float line = ui_line_height(c, UI_CAPTION), row_h = line + WORST_MOST;
    float quality_h = measured(view) ? ui_line_height(c, UI_STRONG) + line + 1 : 0;
    float worst_h = has_worst(view) ? 2 * row_h + UI_GAP : 0;
    ui_cut_top(&in, UI_GAP);
    float spare = in.h - quality_h - worst_h - 2 * UI_GAP;
    float loss_h = fminf(line + UI_STEP + PLOT_SHAPE * in.w, spare);
    if (view->n_curve > 0) {
        draw_loss(c, ui_cut_top(&in, loss_h), view, plot);
        ui_cut_top(&in, UI_GAP);
    }
    if (measured(view))
        draw_quality(c, ui_cut_top(&in, quality_h), view);
    if (!has_worst(view))
        return;
    ui_cut_top(&in, measured(view) ? UI_GAP : 0);
    draw_row(c, ui_cut_top(&in, row_h), "you", "others", &view->worst_own, view->worst_number,
             worst);
    ui_cut_top(&in, UI_GAP);
    draw_row(c, ui_cut_top(&in, row_h), "others", "you", &view->worst_others, view->worst_number,
             worst + 1);
}

// What there is least room for is left out; figures stand at the bottom, the curves take the rest.
static void draw_short(struct ui_canvas *c, struct ui_box in, const struct ui_view *view,
                       struct ui_plot *plot, struct ui_picture *worst)
{
    float quality_h = ui_line_height(c, UI_STRONG) + ui_line_height(c, UI_CAPTION) + 1;
    float legend_h = ui_line_height(c, UI_CAPTION) + UI_STEP;
    if (measured(view) && in.h >= quality_h + UI_STEP) {
        draw_quality(c, ui_cut_bottom(&in, quality_h), view);
        ui_cut_bottom(&in, in.h > 80 ? UI_GAP : UI_STEP);
    }
    float worst_h = ui_line_height(c, UI_CAPTION) + WORST, spare = in.h - worst_h - UI_STEP;
    if (has_worst(view) && spare >= 0) {
        if (spare < legend_h + PLOT_MIN) // no room for the curves besides
            worst_h += fminf(spare, WORST_MOST - WORST);
        draw_worst(c, ui_cut_bottom(&in, worst_h), view, worst);
        ui_cut_bottom(&in, UI_STEP);
    }
    ui_cut_top(&in, in.h > 80 ? UI_GAP : UI_STEP);
    if (in.h >= legend_h + PLOT_MIN && view->n_curve > 0)
        draw_loss(c, in, view, plot);
}

void ui_training_draw(struct ui_canvas *c, struct ui_box box, const struct ui_view *view,
                      struct ui_plot *plot, struct ui_picture *worst)
{
    struct ui_box head, in = ui_card(c, box, "2", "Train", UI_PAGE_HOOD, &head);
    draw_button(c, &head, view);
    if (!busy(view) && !view->have_model) {
        draw_needs(c, in, view);
        return;
    }
    if (busy(view)) {
        draw_progress(c, &in, view);
    } else {
        struct ui_box text = in;
        text.h = fminf(text.h, 3 * ui_line_height(c, UI_BODY) + 1);
        ui_cut_top(&in, ui_paragraph(c, text, UI_BODY, UI_LEFT, c->theme->text, view->model_line));
        draw_warnings(c, &in, view);
    }
    if (in.h >= TALL)
        draw_tall(c, in, view, plot, worst);
    else
        draw_short(c, in, view, plot, worst);
}
