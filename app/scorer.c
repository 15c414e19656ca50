// SPDX-License-Identifier: MIT
// DESIGN. Other threads set wishes (model, live, anchors changed, threshold) under the lock. The
// thread copies them, does all its work outside the lock with objects that only it owns (gallery,
// embedder, slot reader), and publishes a score under the lock again.
#include "app/scorer.h"

#include "app/explain.h"
#include "app/tempo.h"
#include "core/base/clock.h"
#include "core/face/chip.h"
#include "core/verify/embed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_WAIT_MS 100
#define FACE_SHOWN_NS (CLOCK_SECOND / 2) // how long a face's place is shown without a newer frame

struct app_scorer {
    struct app_scorer_config config;
    struct pool *pool;
    pthread_t thread;
    bool started;
    atomic_bool quit;

    // The thread's own.
    struct verify_gallery *gallery;
    struct verify_embedder *embedder;
    float *e;      // [embedding]
    float *scores; // room for verify_gallery_score()
    int reader;    // -1: not attached
    struct verify_sight sight;

    // The main thread's own: the small picture that the view shows, a copy.
    struct img thumb;
    int64_t thumb_number;

    pthread_mutex_t lock;
    pthread_cond_t wish;
    struct siam_model *model; // protected by lock, as all below
    bool expected;            // a model is being loaded
    bool live;
    bool stale; // model or anchors changed: the gallery must be made anew
    float threshold;
    bool have_score;
    struct verify_score score;
    int64_t face_until_ns; // its place is shown; 0: there was none in the frame scored last
    struct face_pose face; // where it was
    struct app_explain explain;
    int64_t n_scores;
    enum verify_verdict verdict;
    int live_scores, live_matches;          // since live began
    struct app_tempo tempo;                 // of scores, from capture on, since then
    struct verify_seen history[UI_HISTORY]; // ring
    int history_last;
};

static void drop_gallery(struct app_scorer *s)
{
    verify_embedder_destroy(s->embedder);
    verify_gallery_destroy(s->gallery);
    free(s->e);
    free(s->scores);
    s->embedder = NULL;
    s->gallery = NULL;
    s->e = s->scores = NULL;
}

static int make_gallery(struct app_scorer *s, struct siam_model *model, struct err *err)
{
    drop_gallery(s);
    pthread_mutex_lock(&s->lock);
    app_explain_reset(&s->explain);
    pthread_mutex_unlock(&s->lock);
    if (!model)
        return err_set(err, ERR_MODEL, "no model yet: a training makes one, t begins it");
    int ret = verify_gallery_load(&s->gallery, model, s->config.anchor_dir, s->pool, &s->quit, err);
    if (!ret)
        ret = verify_embedder_create_live(&s->embedder, model, s->pool, err);
    if (ret)
        return ret;
    s->e = malloc((size_t)model->net->config.embedding * sizeof *s->e);
    s->scores = malloc((size_t)s->gallery->n * sizeof *s->scores);
    return s->e && s->scores ? 0 : err_memory(err, "gallery");
}

// With the lock held: the frame joins those that the verdict follows from.
static enum verify_verdict judge(struct app_scorer *s, const struct app_scored *scored)
{
    s->history_last = (s->history_last + 1) % UI_HISTORY;
    s->history[s->history_last] =
        (struct verify_seen){scored->score_ns, scored->score.score, scored->nearest != NULL};
    return verify_verdict(s->history, UI_HISTORY, s->history_last, scored->threshold);
}

static void publish(struct app_scorer *s, struct app_scored *scored)
{
    const struct verify_score *score = &scored->score;
    pthread_mutex_lock(&s->lock);
    s->have_score = s->live;
    s->score = *score;
    // Where a frame takes long the next one does too.
    int64_t shown_ns = FACE_SHOWN_NS + 2 * (scored->score_ns - scored->capture_ns);
    s->face_until_ns = s->sight.found ? scored->score_ns + shown_ns : 0;
    s->face = s->sight.pose;
    s->n_scores++;
    s->live_scores++;
    s->live_matches += score->match;
    app_tempo_add(&s->tempo, scored->score_ns, scored->score_ns - scored->capture_ns);
    s->verdict = scored->verdict = judge(s, scored);
    app_explain_score(&s->explain, scored->score_ns, s->gallery, score, s->scores);
    if (!score->match)
        app_explain_reason(&s->explain, scored->score_ns, scored->reason);
    pthread_mutex_unlock(&s->lock);
    app_events_score(s->config.events, scored);
    s->config.scored(s->config.ctx);
}

static enum face_reason find_reason(const struct img *frame, struct img_rect box)
{
    struct face_quality quality;
    face_quality(&quality, frame, box);
    return quality.reason;
}

static int score_frame(struct app_scorer *s, const struct cap_frame *frame, float threshold,
                       struct err *err)
{
    int ret = verify_embed_frame(s->embedder, &frame->img, &s->sight, s->e, err);
    s->sight.have_last = ret == 0;
    if (ret < 0)
        return ret;
    struct app_scored scored = {
        .frame = frame->frame, .capture_ns = frame->capture_ns, .threshold = threshold};
    if (ret == VERIFY_NO_FACE) {
        scored.score.anchors = s->gallery->n;
        scored.score.nearest = -1;
        scored.reason = FACE_NONE;
    } else {
        scored.score = verify_gallery_score(s->gallery, s->e, threshold, s->scores);
        scored.nearest = s->gallery->paths[scored.score.nearest];
        if (!scored.score.match)
            scored.reason = find_reason(&frame->img, face_pose_box(&s->sight.pose));
    }
    scored.score_ns = clock_now_ns();
    publish(s, &scored);
    return 0;
}

static void fail(struct app_scorer *s, int code, const struct err *err)
{
    pthread_mutex_lock(&s->lock);
    s->live = false;
    s->have_score = false;
    s->stale = true;
    pthread_mutex_unlock(&s->lock);
    s->config.failed(s->config.ctx, code, err->text);
}

// One frame's work, or making the gallery, while live.
static int work(struct app_scorer *s, struct siam_model *fresh_model, bool stale, float threshold,
                struct err *err)
{
    if (stale)
        return make_gallery(s, fresh_model, err);
    if (s->reader < 0)
        s->reader = cap_slot_attach(s->config.slot);
    const struct cap_frame *frame = cap_slot_wait(s->config.slot, s->reader, FRAME_WAIT_MS);
    if (!frame)
        return 0;
    int ret = score_frame(s, frame, threshold, err);
    cap_slot_release(s->config.slot, frame);
    return ret;
}

static void rest(struct app_scorer *s)
{
    if (s->reader >= 0)
        cap_slot_detach(s->config.slot, s->reader);
    s->reader = -1;
}

// With the lock held: live with a model (or with the certainty that there is none), or a reader to
// give back.
static bool has_work(const struct app_scorer *s)
{
    return s->live ? s->model || !s->expected : s->reader >= 0;
}

static void *scorer_main(void *arg)
{
    struct app_scorer *s = arg;
    while (!s->quit) {
        pthread_mutex_lock(&s->lock);
        while (!s->quit && !has_work(s))
            pthread_cond_wait(&s->wish, &s->lock);
        bool live = s->live, stale = live && s->stale;
        if (stale)
            s->stale = false;
        struct siam_model *model = stale && s->model ? siam_model_ref(s->model) : NULL;
        float threshold = s->threshold;
        pthread_mutex_unlock(&s->lock);

        struct err err = {0};
        int ret = 0;
        if (live)
            ret = work(s, model, stale, threshold, &err);
        else
            rest(s);
        if (ret && !s->quit)
            fail(s, ret, &err);
        siam_model_unref(model);
    }
    rest(s);
    drop_gallery(s);
    return NULL;
}

int app_scorer_create(struct app_scorer **out, const struct app_scorer_config *config,
                      struct err *err)
{
    *out = NULL;
    struct app_scorer *s = calloc(1, sizeof *s);
    if (!s)
        return err_memory(err, "scorer");
    s->config = *config;
    s->reader = -1;
    s->sight.look = config->find_faces;
    s->stale = true;
    s->threshold = config->threshold >= 0 ? config->threshold : 0.5f;
    app_explain_reset(&s->explain);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wish, NULL);
    int ret = img_reserve(&s->thumb, FACE_THUMB_SIDE, FACE_THUMB_SIDE, err);
    if (!ret)
        ret = pool_create(&s->pool, config->n_threads, 0, err);
    if (!ret && pthread_create(&s->thread, NULL, scorer_main, s))
        ret = err_memory(err, "scorer thread");
    if (ret) {
        app_scorer_destroy(s);
        return ret;
    }
    s->started = true;
    *out = s;
    return 0;
}

void app_scorer_destroy(struct app_scorer *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->quit = true;
    pthread_cond_signal(&s->wish);
    pthread_mutex_unlock(&s->lock);
    if (s->started)
        pthread_join(s->thread, NULL);
    siam_model_unref(s->model);
    pool_destroy(s->pool);
    img_finish(&s->thumb);
    pthread_cond_destroy(&s->wish);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void app_scorer_set_model(struct app_scorer *s, struct siam_model *model, float threshold)
{
    siam_model_ref(model);
    pthread_mutex_lock(&s->lock);
    struct siam_model *old = s->model;
    s->model = model;
    s->stale = true;
    s->expected = false;
    if (s->config.threshold < 0)
        s->threshold = threshold;
    pthread_cond_signal(&s->wish);
    pthread_mutex_unlock(&s->lock);
    siam_model_unref(old);
}

void app_scorer_expect_model(struct app_scorer *s, bool expected)
{
    pthread_mutex_lock(&s->lock);
    s->expected = expected;
    pthread_cond_signal(&s->wish);
    pthread_mutex_unlock(&s->lock);
}

void app_scorer_set_live(struct app_scorer *s, bool live)
{
    pthread_mutex_lock(&s->lock);
    s->live = live;
    s->have_score = false;
    if (live)
        s->live_scores = s->live_matches = 0;
    s->tempo.n = 0;
    pthread_cond_signal(&s->wish);
    pthread_mutex_unlock(&s->lock);
}

void app_scorer_anchors_changed(struct app_scorer *s)
{
    pthread_mutex_lock(&s->lock);
    s->stale = true;
    pthread_mutex_unlock(&s->lock);
}

static float cut(float t)
{
    return t < 0 ? 0 : t > 1 ? 1 : t;
}

void app_scorer_nudge_threshold(struct app_scorer *s, float amount)
{
    pthread_mutex_lock(&s->lock);
    s->threshold = cut(s->threshold + amount);
    pthread_mutex_unlock(&s->lock);
}

void app_scorer_set_threshold(struct app_scorer *s, float threshold)
{
    pthread_mutex_lock(&s->lock);
    s->threshold = cut(threshold);
    pthread_mutex_unlock(&s->lock);
}

bool app_scorer_has_model(struct app_scorer *s)
{
    pthread_mutex_lock(&s->lock);
    bool has_model = s->model != NULL;
    pthread_mutex_unlock(&s->lock);
    return has_model;
}

bool app_scorer_is_live(struct app_scorer *s)
{
    pthread_mutex_lock(&s->lock);
    bool live = s->live;
    pthread_mutex_unlock(&s->lock);
    return live;
}

int64_t app_scorer_count(struct app_scorer *s)
{
    pthread_mutex_lock(&s->lock);
    int64_t n = s->n_scores;
    pthread_mutex_unlock(&s->lock);
    return n;
}

void app_scorer_tally(struct app_scorer *s, int *n, int *matched)
{
    pthread_mutex_lock(&s->lock);
    *n = s->live_scores;
    *matched = s->live_matches;
    pthread_mutex_unlock(&s->lock);
}

void app_scorer_figures(struct app_scorer *s, struct ui_figures *figures)
{
    pthread_mutex_lock(&s->lock);
    struct app_tempo tempo = s->tempo;
    pthread_mutex_unlock(&s->lock);
    figures->scored = (float)app_tempo_rate(&tempo, clock_now_ns());
    figures->p50_ms = (float)app_tempo_ms(&tempo, 0.50);
    figures->p95_ms = (float)app_tempo_ms(&tempo, 0.95);
}

// With the lock held.
static void fill_history(const struct app_scorer *s, struct ui_view *view)
{
    int64_t now = clock_now_ns();
    view->n_history = 0;
    for (int i = 0; i < UI_HISTORY; i++) {
        const struct verify_seen *p = &s->history[(s->history_last + 1 + i) % UI_HISTORY];
        float age_s = (float)(now - p->at_ns) * 1e-9f;
        if (p->at_ns > 0 && p->face && age_s <= UI_HISTORY_S)
            view->history[view->n_history++] = (struct ui_score_point){age_s, p->score};
    }
}

// With the lock held.
static void fill_explain(struct app_scorer *s, struct ui_view *view)
{
    const struct app_explain *x = &s->explain;
    bool shown = s->have_score && s->score.nearest >= 0 && x->anchor >= 0;
    if (shown && s->thumb_number != x->thumb_number) {
        memcpy(s->thumb.px, x->thumb, sizeof x->thumb);
        s->thumb_number = x->thumb_number;
    }
    view->reason = x->reason;
    view->nearest = shown ? &s->thumb : NULL;
    view->nearest_number = s->thumb_number;
    view->nearest_score = x->anchor_score;
}

// With the lock held.
static void fill_face(const struct app_scorer *s, struct ui_view *view)
{
    view->has_face = s->have_score && clock_now_ns() <= s->face_until_ns;
    if (view->has_face)
        view->face = face_pose_box(&s->face);
}

void app_scorer_view(struct app_scorer *s, struct ui_view *view)
{
    pthread_mutex_lock(&s->lock);
    view->have_model = s->model != NULL;
    view->live = s->live;
    view->threshold = s->threshold;
    view->verdict = s->have_score ? s->verdict : VERIFY_UNDECIDED;
    view->score = s->score.score;
    view->anchors_matched = s->score.anchors_matched;
    view->anchors_all = s->score.anchors;
    fill_face(s, view);
    fill_history(s, view);
    fill_explain(s, view);
    pthread_mutex_unlock(&s->lock);
}
