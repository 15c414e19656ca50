// SPDX-License-Identifier: MIT
// From the session to the picture: fills in the view, and takes screenshots of it.
#include "app/session.h"

#include "core/base/clock.h"
#include "core/face/chip.h"
#include "core/image/save.h"
#include "ui/hint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_NS   (8 * CLOCK_SECOND)
#define FLASH_NS     (CLOCK_SECOND / 5)
#define FIGURES_NS   (CLOCK_SECOND / 2)
#define SETTLE_NS    (3 * CLOCK_SECOND) // that a shot waits for small pictures
#define SETTLE_DRAWS 8

static void fill_camera(struct app_session *s, struct ui_view *v)
{
    v->frame = s->frame ? &s->frame->img : NULL;
    v->frame_number = s->frame ? s->frame->frame : 0;
    if (s->frame)
        v->guide = face_guide_box(s->frame->img.w, s->frame->img.h);
    int n = s->n_frames < 32 ? (int)s->n_frames : 32;
    int first = (int)((s->n_frames - n) % 32), last = (int)((s->n_frames - 1) % 32);
    int64_t span = n < 2 ? 0 : s->recent[last].capture_ns - s->recent[first].capture_ns;
    // By their numbers: some may have come while the window was being drawn.
    v->fps = span > 0 ? (float)((double)(s->recent[last].number - s->recent[first].number) *
                                CLOCK_SECOND / (double)span)
                      : 0;
    v->mirror = s->mirror;
    v->help = s->help;
    v->light = s->light;
    v->text_size = s->text_size;
    v->page = s->page;
    v->fullscreen = s->fullscreen;
}

static void fill_shared(struct app_session *s, struct ui_view *v)
{
    pthread_mutex_lock(&s->lock);
    v->camera_lost = s->camera_lost;
    v->camera_paused = s->camera_paused;
    v->demo = !strncmp(s->camera_spec, "demo", 4);
    v->demo_fallback = v->demo && s->demo_fallback;
    snprintf(v->camera, sizeof v->camera, "%s", s->camera);
    v->card = s->card;
    snprintf(v->model_line, sizeof v->model_line, "%s", s->model_line);
    // The demo's story stands until it goes on.
    bool fresh = s->options->demo || clock_now_ns() - s->message_ns < MESSAGE_NS;
    snprintf(v->message, sizeof v->message, "%s", fresh ? s->message : "");
    v->message_is_error = s->message_is_error;
    v->message_is_refusal = s->message_is_refusal;
    pthread_mutex_unlock(&s->lock);
}

// The pages show the folders that the view has, in the same places.
static void fill_folders(struct app_session *s, struct ui_view *v)
{
    for (int now; (now = app_folders_view(s->folders, v)) != s->folders_told;) {
        app_people_tell(s);
        s->folders_told = now;
    }
}

// What is known of folders of other people holds on the page of pictures, which has only seen some.
static void fill_sections(struct ui_view *v)
{
    for (int i = 0; i < v->n_folders && SIAM_KINDS + i < v->album.n_sections; i++) {
        struct ui_section *section = &v->album.section[SIAM_KINDS + i];
        const struct ui_folder *folder = &v->folder[i];
        if (folder->about)
            continue;
        section->usable = folder->pictures;
        section->skipped = folder->skipped;
        memcpy(section->why, folder->skipped_why, sizeof section->why);
    }
}

static void fill_collect(struct app_session *s, struct ui_view *v)
{
    struct app_collector_state c;
    int counts[SIAM_KINDS];
    app_collector_state(s->collector, &c);
    app_edits_counts(s->edits, counts);
    v->anchors = counts[SIAM_ANCHOR];
    v->positives = counts[SIAM_POSITIVE];
    v->negatives = counts[SIAM_NEGATIVE];
    v->holding = c.holding;
    if (c.holding && c.box.w > 0)
        v->guide = c.box;
    v->burst = c.burst;
    v->alike = c.alike;
    v->blurred = c.blurred;
    int64_t age = clock_now_ns() - c.saved_ns;
    v->flash = c.saved_ns > 0 && age < FLASH_NS ? 1 - (float)age / (float)FLASH_NS : 0;
    fill_folders(s, v);
    struct app_coach_counts known;
    if (s->coach) {
        app_coach_counts(s->coach, &known);
        app_coach_view(&known, &v->coach);
    }
    app_newest_view(s->newest, v->newest);
    if (s->page == UI_PAGE_COLLECTED) {
        app_album_view(s->album, &v->album);
        fill_sections(v);
    }
    if (s->page == UI_PAGE_PEOPLE)
        app_browser_view(s->browser, &v->people);
}

// At the very first start, until a picture is taken. The demo tells its story by itself.
static void fill_greeting(struct app_session *s, struct ui_view *v)
{
    bool begun = v->anchors + v->positives + v->negatives > 0 || v->have_model || s->have_loader;
    s->greeted = s->greeted || begun || s->options->demo;
    v->greeting = !s->greeted;
}

// What the user did to the model there is.
static void fill_choices(struct app_session *s, struct ui_view *v)
{
    struct app_threshold own;
    pthread_mutex_lock(&s->lock);
    own = s->own_threshold;
    pthread_mutex_unlock(&s->lock);
    v->threshold_kept = app_threshold_is_of(&own, &v->card) && own.value == v->threshold;
    v->retrains = v->have_model && strcmp(s->options->recipe, "visavis") == 0;
    bool own_read = v->training && v->part == UI_PART_YOU;
    if (own_read && !s->own_read)
        s->n_wrong = 0;
    s->own_read = own_read;
    v->n_wrong = s->n_wrong;
}

// Looks at files only where something has changed.
static void fill_worst(struct app_session *s, struct ui_view *v)
{
    int changes = app_edits_changes(s->edits);
    bool same = changes == s->worst_changes && v->worst_number == s->worst_number;
    for (int i = 0; i < 2 * UI_WORST; i++) {
        struct ui_worst *worst = i < UI_WORST ? &v->worst_own : &v->worst_others;
        struct ui_suspect *suspect = &worst->suspect[i % UI_WORST];
        if (i % UI_WORST >= worst->n)
            continue;
        if (!same)
            s->worst_out[i] = !app_edits_takes_part(s->edits, suspect->path);
        suspect->out = s->worst_out[i];
    }
    s->worst_changes = changes;
    s->worst_number = v->worst_number;
    v->n_left_out = app_edits_left_out(s->edits);
}

static void fill_earlier(struct app_session *s, struct ui_view *v)
{
    pthread_mutex_lock(&s->lock);
    bool changed = s->earlier_changed;
    s->earlier_changed = false;
    if (changed) {
        s->n_earlier = s->n_fresh_earlier;
        memcpy(s->earlier, s->fresh_earlier, sizeof s->earlier);
    }
    pthread_mutex_unlock(&s->lock);
    if (!changed)
        return;
    _Static_assert(UI_MODELS >= APP_MODELS_KEPT, "not all models are shown");
    v->n_earlier = s->n_earlier;
    for (int i = 0; i < s->n_earlier; i++) {
        const struct siam_card *card = &s->earlier[i].card;
        struct ui_model *to = &v->earlier[i];
        app_local_time(card->created, to->when, sizeof to->when);
        to->far = card->far;
        to->frr = card->frr;
        to->n_impostor = card->n_impostor;
        to->n_genuine = card->n_genuine;
        to->epochs = card->epochs;
        to->threshold = card->threshold;
        to->first = card->first;
    }
}

// Not with every frame: who could read them?
static void fill_figures(struct app_session *s, struct ui_view *v)
{
    int64_t now = clock_now_ns();
    v->figures.shown = s->figures;
    if (!s->figures || (s->figures_ns && now - s->figures_ns < FIGURES_NS))
        return;
    s->figures_ns = now;
    v->figures.camera = v->fps;
    v->figures.draw_ms = (float)app_tempo_ms(&s->drawn, 0.5);
    app_scorer_figures(s->scorer, &v->figures);
}

void app_screen_fill(struct app_session *s)
{
    struct ui_view *v = &s->view;
    fill_earlier(s, v);
    fill_camera(s, v);
    fill_shared(s, v);
    app_camera_fill(s);
    fill_collect(s, v);
    app_trainer_view(s->trainer, v);
    fill_worst(s, v);
    app_scorer_view(s->scorer, v);
    if (v->camera_paused) // who is there is not known
        v->verdict = VERIFY_UNDECIDED;
    fill_figures(s, v);
    fill_greeting(s, v);
    fill_choices(s, v);
    ui_hint(v, v->hint);
    if (s->options->demo && *v->message &&
        !v->message_is_error) { // the story is what there is to do
        memcpy(v->hint, v->message, sizeof v->hint);
        v->message[0] = '\0';
    }
    if (s->window) {
        app_people_answer(s);
        ui_window_fill(s->window, v);
    }
}

// The size after `now` in a direction; `now` where there is none.
static float next_size(float now, int direction)
{
    static const float sizes[] = {UI_TEXT_LEAST, 0.9f, 1,    1.1f,        1.25f,
                                  1.4f,          1.6f, 1.8f, UI_TEXT_MOST};
    const int n = sizeof sizes / sizeof *sizes;
    const float slack = 0.01f;
    for (int i = 0; i < n && direction > 0; i++)
        if (sizes[i] > now + slack)
            return sizes[i];
    for (int i = n - 1; i >= 0 && direction < 0; i--)
        if (sizes[i] < now - slack)
            return sizes[i];
    return now;
}

void app_screen_text_size(struct app_session *s, int change)
{
    char text[64];
    float most = s->window ? ui_window_text_most(s->window) : UI_TEXT_MOST;
    float now = fminf(s->text_size, most), next = change ? next_size(now, change) : 1;
    if (next > most) {
        app_session_refuse(s, "no room for larger text: make the window larger first");
        return;
    }
    s->text_size = next;
    app_settings_set_number(s->settings, APP_TEXT_SIZE, next);
    snprintf(text, sizeof text, "text size %.0f %%", 100 * (double)next);
    app_session_tell(s, text);
}

// Whether all of the page of pictures that is in sight is there.
static bool is_settled(const struct ui_album *album)
{
    for (int i = 0; i < album->n_sections; i++)
        if (album->section[i].reading)
            return false;
    for (int i = album->first_seen; i < album->first_seen + album->n_seen && i < album->n; i++)
        if (!album->thumb[i].px && !album->thumb[i].fault)
            return false;
    return album->n_sections > 0 && album->side == album->side_px;
}

// Whether the browser's list is there, and what is seen of the folders.
static bool is_seen(const struct ui_people *people, int n_folders)
{
    const struct ui_glance *glance = &people->glance;
    bool is_above =
        people->row_cursor >= 0 && strcmp(people->row[people->row_cursor].name, "..") == 0;
    for (int i = 0; i < n_folders; i++)
        if (!people->used[i].known || (people->used[i].pictures > 0 && !people->used[i].strip.row))
            return false;
    return !people->reading &&
           (is_above || (glance->known && (glance->pictures == 0 || glance->strip.row)));
}

// Small pictures are made for what was drawn, and drawn some at a time.
static void settle_pictures(struct app_session *s, struct ui_window *window)
{
    int64_t until = clock_now_ns() + SETTLE_NS;
    bool settled = false;
    for (int left = SETTLE_DRAWS; left > 0 && clock_now_ns() < until; left -= settled) {
        ui_window_draw(window, &s->view);
        ui_window_fill(window, &s->view);
        if (s->page == UI_PAGE_PEOPLE) {
            app_browser_view(s->browser, &s->view.people);
            settled = is_seen(&s->view.people, s->view.n_folders);
        } else {
            app_album_view(s->album, &s->view.album);
            fill_sections(&s->view);
            settled = is_settled(&s->view.album);
        }
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 100);
    }
}

int app_screen_shot(struct app_session *s, const char *path, struct err *err)
{
    struct img picture = {0};
    struct ui_window *window = s->window;
    int ret = 0;
    if (!window)
        ret = ui_window_create_offscreen(&window, s->options->width, s->options->height,
                                         s->options->scale > 0 ? s->options->scale : 1, err);
    app_newest_settle(s->newest, SETTLE_NS);
    app_screen_fill(s);
    if (!ret && (s->page == UI_PAGE_COLLECTED || s->page == UI_PAGE_PEOPLE))
        settle_pictures(s, window);
    if (!ret)
        ret = ui_window_shot(window, &s->view, &picture, err);
    if (!ret)
        ret = img_save_png(&picture, path, err);
    if (!ret)
        app_events_shot(s->events, path);
    if (window != s->window)
        ui_window_destroy(window);
    img_finish(&picture);
    return ret;
}
