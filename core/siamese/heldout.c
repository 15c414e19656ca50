// SPDX-License-Identifier: MIT
#include "core/siamese/heldout.h"

#include "core/siamese/sampler.h"

#include <math.h>
#include <stdlib.h>

// Pairs with their pictures numbered anew, and those pictures.
static int lay_pairs(struct siam_heldout *h, const struct siam_dataset *data, int max_pictures,
                     struct err *err)
{
    size_t n = (size_t)data->n_pictures;
    h->n_pairs = siam_heldout_pairs(data, max_pictures, &h->pairs);
    h->pictures = malloc(n * sizeof *h->pictures);
    int *slot_of = malloc(n * sizeof *slot_of);
    int ret = 0;
    if (!h->pairs || !h->pictures || !slot_of)
        ret = err_memory(err, "held-out pairs");
    else if (h->n_pairs == 0)
        ret = err_set(err, ERR_DATA, "no pictures are held out: there are too few");
    for (size_t i = 0; i < n && !ret; i++)
        slot_of[i] = -1;
    if (!ret)
        h->n_pictures =
            siam_distinct_pictures(h->pairs, h->n_pairs, slot_of, h->pictures, h->pairs);
    free(slot_of);
    return ret;
}

int siam_heldout_create(struct siam_heldout **out, const struct siam_dataset *data,
                        int max_pictures, int embedding, struct err *err)
{
    *out = NULL;
    struct siam_heldout *h = calloc(1, sizeof *h);
    if (!h)
        return err_memory(err, "held-out pairs");
    int ret = lay_pairs(h, data, max_pictures, err);
    if (!ret) {
        h->e = malloc((size_t)h->n_pictures * (size_t)embedding * sizeof *h->e);
        h->logits = malloc((size_t)h->n_pairs * sizeof *h->logits);
        h->order = malloc((size_t)h->n_pairs * sizeof *h->order);
        if (!h->e || !h->logits || !h->order)
            ret = err_memory(err, "held-out pairs");
    }
    if (ret)
        siam_heldout_destroy(h);
    else
        *out = h;
    return ret;
}

void siam_heldout_destroy(struct siam_heldout *h)
{
    if (!h)
        return;
    free(h->pairs);
    free(h->pictures);
    free(h->e);
    free(h->logits);
    free(h->order);
    free(h);
}

struct sorting {
    const float *logits;
};

static int by_logit(const void *a, const void *b, void *ctx)
{
    const float *logits = ((const struct sorting *)ctx)->logits;
    float x = logits[*(const int *)a], y = logits[*(const int *)b];
    return (x > y) - (x < y);
}

// Mann and Whitney's U over the number of (genuine, impostor) couples: each couple in the right
// order counts 1, each tie 1/2. `order` is sorted by rising logit.
static double area_under_roc(const float *logits, const struct nn_pair *pairs, int m,
                             const int *order)
{
    double u = 0, genuine = 0, impostors = 0;
    for (int i = 0, j; i < m; i = j) {
        double run[2] = {0, 0}; // impostors, genuine of the same logit
        for (j = i; j < m && logits[order[j]] == logits[order[i]]; j++)
            run[pairs[order[j]].label > 0.5f]++;
        u += run[1] * (impostors + run[0] / 2);
        impostors += run[0];
        genuine += run[1];
    }
    return u / (genuine * impostors);
}

void siam_figures_of(struct siam_figures *f, const float *logits, const struct nn_pair *pairs,
                     int m, int *order)
{
    int n[2] = {0, 0}, accepted[2] = {0, 0}; // impostor, genuine
    f->scores = (struct siam_scores){.own = {0}};
    for (int i = 0; i < m; i++) {
        int genuine = pairs[i].label > 0.5f;
        float score = nn_sigmoid(logits[i]);
        n[genuine]++;
        accepted[genuine] += score >= SIAM_THRESHOLD;
        siam_scores_add(genuine ? f->scores.own : f->scores.others, score);
        order[i] = i;
    }
    int all = accepted[0] + accepted[1];
    f->precision = all ? (double)accepted[1] / all : 1;
    f->recall = (double)accepted[1] / n[1];
    f->frr = (double)(n[1] - accepted[1]) / n[1];
    f->far = (double)accepted[0] / n[0];
    f->n_genuine = n[1];
    f->n_impostor = n[0];
    f->loss = nn_bce(logits, pairs, m, NULL);
    struct sorting sorting = {logits};
    f->auc = 0;
    if (!isfinite(f->loss)) // then some logit has no place in an order
        return;
    qsort_r(order, (size_t)m, sizeof *order, by_logit, &sorting);
    f->auc = area_under_roc(logits, pairs, m, order);
}

int siam_heldout_measure(struct siam_heldout *h, const struct nn_net *net, struct siam_batch *batch,
                         struct siam_figures *figures, const atomic_bool *stop, struct err *err)
{
    int ret = siam_batch_embed(batch, net, h->pictures, h->n_pictures, NULL, h->e, stop, err);
    if (ret)
        return ret;
    nn_head_forward(net, h->e, h->pairs, h->n_pairs, h->logits);
    siam_figures_of(figures, h->logits, h->pairs, h->n_pairs, h->order);
    return 0;
}
