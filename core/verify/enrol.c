// SPDX-License-Identifier: MIT
#include "core/verify/enrol.h"

#include "core/verify/gallery.h"
#include "core/verify/metrics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Some pictures of the data set and their scores.
struct probes {
    int *pictures; // [n]
    float *scores; // [n]
    int n;
};

struct enrolling {
    const struct siam_model *model;
    const struct siam_dataset *data;
    struct pool *pool;
    const atomic_bool *stop;
    struct verify_gallery gallery; // of the anchors; owns e alone
    struct probes own, others;
    float *single; // [gallery.n], room for scoring
};

static void finish(struct enrolling *en)
{
    free(en->gallery.e);
    free(en->own.pictures);
    free(en->own.scores);
    free(en->others.pictures);
    free(en->others.scores);
    free(en->single);
}

static int make_gallery(struct enrolling *en, struct err *err)
{
    size_t size = (size_t)en->model->net->config.embedding;
    int *anchors = malloc(((size_t)en->data->n_kind[SIAM_ANCHOR] + 1) * sizeof *anchors);
    if (!anchors)
        return err_memory(err, "anchors");
    int n = siam_select_pictures(en->data, SIAM_ANCHOR, SIAM_ANCHOR, SIAM_TRAIN, anchors);
    en->gallery.model = (struct siam_model *)(uintptr_t)en->model;
    en->gallery.n = n;
    en->gallery.e = malloc(((size_t)n * size + 1) * sizeof *en->gallery.e);
    en->single = malloc(((size_t)n + 1) * sizeof *en->single);
    int ret = en->gallery.e && en->single ? 0 : err_memory(err, "anchors");
    if (!ret && n == 0)
        ret = err_set(err, ERR_DATA,
                      "no anchors to compare with: hold a in the window to record "
                      "some");
    if (!ret)
        ret = siam_dataset_embed(en->data, en->model->net, anchors, n, en->gallery.e, en->pool,
                                 en->stop, err);
    free(anchors);
    return ret;
}

static void score_embeddings(struct enrolling *en, const float *e, int n, float *scores)
{
    size_t size = (size_t)en->model->net->config.embedding;
    for (int i = 0; i < n; i++)
        scores[i] = verify_gallery_score(&en->gallery, e + (size_t)i * size, 0, en->single).score;
}

static int score_probes(struct enrolling *en, struct probes *probes, enum siam_kind first,
                        enum siam_kind last, struct err *err)
{
    size_t n = (size_t)en->data->n_pictures + 1, size = (size_t)en->model->net->config.embedding;
    probes->pictures = malloc(n * sizeof *probes->pictures);
    probes->scores = malloc(n * sizeof *probes->scores);
    if (!probes->pictures || !probes->scores)
        return err_memory(err, "scores");
    probes->n = siam_select_pictures(en->data, first, last, SIAM_HELDOUT, probes->pictures);
    float *e = malloc(((size_t)probes->n * size + 1) * sizeof *e);
    if (!e)
        return err_memory(err, "scores");
    int ret = siam_dataset_embed(en->data, en->model->net, probes->pictures, probes->n, e, en->pool,
                                 en->stop, err);
    if (!ret)
        score_embeddings(en, e, probes->n, probes->scores);
    free(e);
    return ret;
}

// ---- Counts and suspects ----------------------------------------------------------------------

static int count_accepted(const struct probes *probes, float threshold)
{
    int n = 0;
    for (int i = 0; i < probes->n; i++)
        n += probes->scores[i] >= threshold;
    return n;
}

static void count_scores(uint16_t bins[SIAM_SCORE_BINS], const struct probes *probes)
{
    for (int i = 0; i < probes->n; i++)
        siam_scores_add(bins, probes->scores[i]);
}

// The pictures on the wrong side of the threshold, the farthest first; returns how many.
static int list_suspects(struct verify_suspect *out, const struct probes *probes, float threshold,
                         bool own)
{
    int n = 0;
    float sign = own ? 1 : -1;
    for (int i = 0; i < probes->n; i++) {
        struct verify_suspect s = {probes->pictures[i], probes->scores[i]};
        if (own == (s.score >= threshold))
            continue;
        if (n == VERIFY_SUSPECTS && sign * out[n - 1].score <= sign * s.score)
            continue;
        int at = n < VERIFY_SUSPECTS ? n++ : n - 1;
        for (; at > 0 && sign * out[at - 1].score > sign * s.score; at--)
            out[at] = out[at - 1];
        out[at] = s;
    }
    return n;
}

// ---- The face blanked out ---------------------------------------------------------------------

// A face replaced by the mean of what it was.
static void blank(uint8_t *stored, const struct siam_input *input)
{
    int side = input->way == SIAM_FACE ? FACE_PORTRAIT_SIDE : FACE_CHIP_SIDE;
    int planes = input->way == SIAM_FACE ? 1 : input->channels;
    float middle = (float)(side - 1) / 2, rx = 0.34f * (float)side, ry = 0.42f * (float)side;
    for (int c = 0; c < planes; c++) {
        uint8_t *px = stored + (size_t)c * (size_t)side * (size_t)side;
        for (int pass = 0, sum = 0, n = 0; pass < 2; pass++)
            for (int i = 0; i < side * side; i++) {
                float x = ((float)(i % side) - middle) / rx, y = ((float)(i / side) - middle) / ry;
                if (x * x + y * y > 1)
                    continue;
                if (pass == 0) {
                    sum += px[i];
                    n++;
                } else {
                    px[i] = (uint8_t)(sum / n);
                }
            }
    }
}

static int score_blanks(struct enrolling *en, struct verify_enrolment *out, struct err *err)
{
    size_t size = (size_t)en->model->net->config.embedding;
    struct nn_work *work = NULL;
    float *x = malloc(siam_input_size(&en->data->input) * sizeof *x), *e = malloc(size * sizeof *e);
    uint8_t stored[SIAM_STORED_MAX];
    int ret = x && e ? nn_work_create(&work, &en->model->net->config, 1, NN_INFER, en->pool, err)
                     : err_memory(err, "blank faces");
    if (!ret)
        nn_work_set_net(work, en->model->net);
    for (int i = 0; i < en->own.n && !ret; i++) {
        ret = siam_chips_get(en->data->chips, en->data->pictures[en->own.pictures[i]].chip, stored,
                             err);
        if (ret)
            break;
        blank(stored, &en->data->input);
        siam_make_input(x, &en->data->input, stored);
        if (nn_forward(en->model->net, work, x, 1, e, en->stop))
            ret = err_set(err, ERR_STOPPED, "stopped");
        float score = 0;
        if (!ret)
            score_embeddings(en, e, 1, &score);
        out->n_blank += !ret;
        out->n_blank_accepted += !ret && score >= out->threshold;
    }
    nn_work_destroy(work);
    free(x);
    free(e);
    return ret;
}

// ---- All --------------------------------------------------------------------------------------

static int enrol(struct enrolling *en, struct verify_enrolment *out, double target, struct err *err)
{
    int ret = make_gallery(en, err);
    if (!ret)
        ret = score_probes(en, &en->own, SIAM_ANCHOR, SIAM_POSITIVE, err);
    if (!ret)
        ret = score_probes(en, &en->others, SIAM_NEGATIVE, SIAM_NEGATIVE, err);
    if (!ret && en->others.n == 0)
        ret = err_set(err, ERR_DATA, "nobody is held out to measure the threshold on");
    if (ret)
        return ret;
    out->threshold = verify_far_threshold(en->others.scores, en->others.n, target);
    if (out->threshold < 0)
        return err_memory(err, "threshold");
    out->n_genuine = en->own.n;
    out->n_refused = en->own.n - count_accepted(&en->own, out->threshold);
    out->n_impostor = en->others.n;
    out->n_accepted = count_accepted(&en->others, out->threshold);
    out->split_in_time = en->data->split_in_time;
    out->few_strangers = verify_upper_bound(0, en->others.n) > target;
    out->n_own = list_suspects(out->own, &en->own, out->threshold, true);
    out->n_others = list_suspects(out->others, &en->others, out->threshold, false);
    count_scores(out->scores.own, &en->own);
    count_scores(out->scores.others, &en->others);
    return score_blanks(en, out, err);
}

int verify_enrol(struct verify_enrolment *out, const struct siam_model *model,
                 const struct siam_dataset *data, double far_target, struct pool *pool,
                 const atomic_bool *stop, struct err *err)
{
    struct enrolling en = {.model = model, .data = data, .pool = pool, .stop = stop};
    *out = (struct verify_enrolment){0};
    int ret = enrol(&en, out, far_target, err);
    finish(&en);
    return ret;
}

static double share(int part, int all)
{
    return all > 0 ? (double)part / all : 0;
}

void verify_enrolment_to_card(const struct verify_enrolment *en, struct siam_card *card)
{
    card->threshold = en->threshold;
    card->far = share(en->n_accepted, en->n_impostor);
    card->frr = share(en->n_refused, en->n_genuine);
    card->n_genuine = en->n_genuine;
    card->n_impostor = en->n_impostor;
    card->scores = en->scores;
    snprintf(card->heldout, sizeof card->heldout, "%s", en->split_in_time ? "time" : "bursts");
}

bool verify_knows_room(const struct verify_enrolment *en)
{
    return en->n_blank > 0 && 2 * en->n_blank_accepted > en->n_blank;
}

char *verify_enrolment_text(const struct verify_enrolment *en)
{
    char *text = NULL;
    double most = verify_upper_bound(en->n_accepted, en->n_impostor);
    int n = asprintf(
        &text,
        "threshold %.3f: accepts at most %.1f %% of strangers (%d of %d, 95 %% sure), refuses you "
        "%.0f %% (%d of %d)%s%s%s",
        (double)en->threshold, 100 * most, en->n_accepted, en->n_impostor,
        100 * share(en->n_refused, en->n_genuine), en->n_refused, en->n_genuine,
        en->few_strangers ? "\ntoo few strangers to promise 1 %: add folders of other people" : "",
        en->split_in_time ? "\nyour pictures are of one sitting: how often it refuses you is "
                            "optimistic; collect on another day, in other light"
                          : "",
        verify_knows_room(en)
            ? "\nthe model knows your room, not you: it accepts your pictures with the face "
              "blanked "
              "out. Collect pictures of others at your camera (n) and of you in other places"
            : "");
    return n < 0 ? NULL : text;
}
