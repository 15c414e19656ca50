// SPDX-License-Identifier: MIT
// DESIGN. The session's model: the one that verifies at present. A thread loads it from its file,
// one time after the other as long as that is asked for, and ends; so it can be joined, before the
// next one, without waiting. A training gives its model on the trainer's thread.
#include "app/session.h"

#include "core/base/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void app_local_time(const char *utc, char *out, size_t size)
{
    struct tm tm = {0};
    snprintf(out, size, "%s", utc);
    const char *end = strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm);
    if (!end || *end)
        return;
    time_t t = timegm(&tm);
    if (localtime_r(&t, &tm))
        strftime(out, size, "%d %b, %H:%M", &tm);
}

// ---- Its threshold ----------------------------------------------------------------------------

bool app_threshold_is_of(const struct app_threshold *threshold, const struct siam_card *card)
{
    return *card->created && strcmp(threshold->model, card->created) == 0;
}

static struct app_threshold own_threshold(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    struct app_threshold own = s->own_threshold;
    pthread_mutex_unlock(&s->lock);
    return own;
}

bool app_present_has_own_threshold(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    bool own = app_threshold_is_of(&s->own_threshold, &s->card);
    pthread_mutex_unlock(&s->lock);
    return own && s->options->threshold < 0;
}

void app_present_keep_threshold(struct app_session *s)
{
    char text[UI_TEXT];
    struct app_threshold own = {{0}, 0};
    app_scorer_view(s->scorer, &s->view);
    pthread_mutex_lock(&s->lock);
    const struct siam_card card = s->card;
    bool was_own = app_threshold_is_of(&s->own_threshold, &card);
    if (fabsf(s->view.threshold - card.threshold) > UI_SAME_THRESHOLD) {
        snprintf(own.model, sizeof own.model, "%s", card.created);
        own.value = s->view.threshold;
    }
    s->own_threshold = own;
    pthread_mutex_unlock(&s->lock);
    if (!*own.model) {
        app_settings_forget(s->settings, APP_THRESHOLD);
        app_settings_forget(s->settings, APP_THRESHOLD_OF);
        return;
    }
    app_settings_set_number(s->settings, APP_THRESHOLD, own.value);
    app_settings_set_text(s->settings, APP_THRESHOLD_OF, own.model);
    snprintf(text, sizeof text,
             "this threshold is kept for this model; 0 goes back to its own, %.3f",
             (double)card.threshold);
    if (!was_own)
        app_session_tell(s, text);
}

static void tell_own_threshold(struct app_session *s, const struct siam_card *card)
{
    const struct app_threshold own = own_threshold(s);
    char text[UI_TEXT];
    if (!app_present_has_own_threshold(s))
        return;
    snprintf(text, sizeof text, "threshold %.3f, as you set it for this model (0: its own, %.3f)",
             (double)own.value, (double)card->threshold);
    app_session_tell(s, text);
}

// ---- Going over to it -------------------------------------------------------------------------

void app_present_set(struct app_session *s, struct siam_model *model)
{
    const struct siam_card *c = &model->card;
    const struct app_threshold own = own_threshold(s);
    bool is_own = app_threshold_is_of(&own, c);
    char when[32];
    struct app_model earlier[APP_MODELS_KEPT];
    int n_earlier = app_models_list(earlier, s->data_dir);
    app_local_time(c->created, when, sizeof when);
    app_scorer_set_model(s->scorer, model, is_own ? own.value : c->threshold);
    app_check_set_model(s->check, model);
    pthread_mutex_lock(&s->lock);
    s->card = *c;
    memcpy(s->fresh_earlier, earlier, sizeof earlier);
    s->n_fresh_earlier = n_earlier;
    s->earlier_changed = true;
    snprintf(s->model_line, sizeof s->model_line, "%s %s: %d epoch%s, %d + %d of you, %d of others",
             c->first ? "First model, trained" : "Trained", when, c->epochs,
             c->epochs == 1 ? "" : "s", c->n_anchor, c->n_positive, c->n_negative);
    pthread_mutex_unlock(&s->lock);
}

static void load_model(struct app_session *s)
{
    char path[PATH_MAX];
    struct err err = {0};
    struct siam_model *model;
    int ret = file_join(path, sizeof path, s->data_dir, "model.safetensors", &err);
    if (!ret)
        ret = siam_model_load(&model, path, &err);
    if (ret) {
        app_scorer_expect_model(s->scorer, false);
        app_session_tell_error(s, ret, err.text);
        return;
    }
    app_present_set(s, model);
    tell_own_threshold(s, &model->card);
    siam_model_unref(model);
    app_session_wake(s);
}

static bool is_load_wanted(struct app_session *s)
{
    pthread_mutex_lock(&s->lock);
    bool asked = s->load_wanted;
    s->loading = asked;
    s->load_wanted = false;
    pthread_mutex_unlock(&s->lock);
    return asked;
}

static void *loader_main(void *arg)
{
    while (is_load_wanted(arg))
        load_model(arg);
    return NULL;
}

void app_present_load(struct app_session *s)
{
    char path[PATH_MAX];
    if (file_join(path, sizeof path, s->data_dir, "model.safetensors", NULL) || !file_exists(path))
        return;
    app_scorer_expect_model(s->scorer, true);
    pthread_mutex_lock(&s->lock);
    bool running = s->loading;
    s->load_wanted = s->loading = true;
    pthread_mutex_unlock(&s->lock);
    if (running)
        return;
    if (s->have_loader)
        pthread_join(s->loader, NULL);
    s->have_loader = pthread_create(&s->loader, NULL, loader_main, s) == 0;
    if (!s->have_loader) {
        s->loading = false; // there is no other thread
        app_scorer_expect_model(s->scorer, false);
    }
}
