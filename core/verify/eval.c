// SPDX-License-Identifier: MIT
#include "core/verify/embed.h"
#include "core/verify/folder.h"
#include "core/verify/gallery.h"
#include "core/verify/metrics.h"
#include "core/verify/report.h"

#include <stdlib.h>
#include <string.h>

struct judge {
    struct verify_gallery *gallery;
    struct verify_embedder *embedder;
    float *e;      // [VERIFY_BATCH, embedding]
    float *scores; // room for verify_gallery_score()
    const atomic_bool *stop;
};

struct scores {
    float *of; // [n]
    int n;
};

static void judge_finish(struct judge *j)
{
    verify_gallery_destroy(j->gallery);
    verify_embedder_destroy(j->embedder);
    free(j->e);
    free(j->scores);
}

static int judge_init(struct judge *j, struct siam_model *model, const char *anchor_dir,
                      struct pool *pool, const atomic_bool *stop, struct err *err)
{
    *j = (struct judge){.stop = stop};
    int ret = verify_gallery_load(&j->gallery, model, anchor_dir, pool, stop, err);
    if (!ret)
        ret = verify_embedder_create(&j->embedder, model, VERIFY_BATCH, pool, err);
    if (!ret) {
        j->e = malloc(VERIFY_BATCH * (size_t)model->net->config.embedding * sizeof *j->e);
        j->scores = malloc((size_t)j->gallery->n * sizeof *j->scores);
        if (!j->e || !j->scores)
            ret = err_memory(err, "evaluation");
    }
    if (ret)
        judge_finish(j);
    return ret;
}

// Appends the scores of the usable files, at most VERIFY_BATCH.
static int judge_files(struct judge *j, char *const *paths, int n, struct scores *scores,
                       struct err *err)
{
    bool ok[VERIFY_BATCH];
    size_t size = (size_t)j->gallery->model->net->config.embedding;
    int ret = verify_embed_files(j->embedder, paths, n, j->e, NULL, ok, j->stop, err);
    for (int i = 0; i < n && ret > 0; i++)
        if (ok[i])
            scores->of[scores->n++] =
                verify_gallery_score(j->gallery, j->e + (size_t)i * size, 0, j->scores).score;
    return ret < 0 ? ret : 0;
}

// Appends the scores of a folder's usable pictures.
static int judge_folder(struct judge *j, const char *dir, struct scores *scores, struct err *err)
{
    struct verify_folder folder;
    int before = scores->n;
    int ret = verify_folder_read(&folder, dir, err);
    if (ret)
        return ret;
    if (folder.n == 0)
        return err_set(err, ERR_DATA, "%s: no pictures in it (.jpg, .jpeg, .png, .webp)", dir);
    float *of = realloc(scores->of, ((size_t)scores->n + (size_t)folder.n) * sizeof *of);
    if (of)
        scores->of = of;
    else
        ret = err_memory(err, dir);
    for (int i = 0; i < folder.n && !ret; i += VERIFY_BATCH) {
        int n = folder.n - i < VERIFY_BATCH ? folder.n - i : VERIFY_BATCH;
        ret = judge_files(j, folder.paths + i, n, scores, err);
    }
    if (!ret && scores->n == before)
        ret = err_set(err, ERR_DATA, "%s: none of its %d pictures can be used", dir, folder.n);
    verify_folder_finish(&folder);
    return ret;
}

// One stranger folder after the other: its scores to `impostor`, its counts to the report.
static int judge_strangers(struct judge *j, const char *const *dirs, int n,
                           struct verify_report *report, struct scores *impostor, struct err *err)
{
    report->strangers = calloc((size_t)n + 1, sizeof *report->strangers);
    if (!report->strangers)
        return err_memory(err, "evaluation");
    for (int i = 0; i < n; i++) {
        struct verify_strangers *s = &report->strangers[report->n_strangers++];
        int before = impostor->n;
        s->dir = strdup(dirs[i]);
        int ret = s->dir ? judge_folder(j, dirs[i], impostor, err) : err_memory(err, dirs[i]);
        if (ret)
            return ret;
        s->n = impostor->n - before;
        s->accepted = verify_rates_at(NULL, 0, impostor->of + before, s->n, report->threshold)
                          .impostor_accepted;
    }
    return 0;
}

static int fill_rates(struct verify_report *report, const struct scores *genuine,
                      const struct scores *impostor, struct err *err)
{
    struct verify_rates r =
        verify_rates_at(genuine->of, genuine->n, impostor->of, impostor->n, report->threshold);
    report->far = r.far;
    report->frr = r.frr;
    report->precision = r.precision;
    report->recall = r.recall;
    report->genuine_accepted = r.genuine_accepted;
    report->n_genuine = genuine->n;
    report->n_impostor = impostor->n;
    report->eer = verify_eer(genuine->of, genuine->n, impostor->of, impostor->n, NULL);
    report->auc = verify_auc(genuine->of, genuine->n, impostor->of, impostor->n);
    return report->eer < 0 || report->auc < 0 ? err_memory(err, "evaluation") : 0;
}

int verify_eval(struct verify_report *report, struct siam_model *model, const char *anchor_dir,
                const char *genuine_dir, const char *const *stranger_dirs, int n_stranger_dirs,
                float threshold, struct pool *pool, const atomic_bool *stop, struct err *err)
{
    struct judge judge;
    struct scores genuine = {0}, impostor = {0};
    *report =
        (struct verify_report){.threshold = threshold < 0 ? model->card.threshold : threshold};
    int ret = judge_init(&judge, model, anchor_dir, pool, stop, err);
    if (ret)
        return ret;
    ret = judge_folder(&judge, genuine_dir, &genuine, err);
    if (!ret)
        ret = judge_strangers(&judge, stranger_dirs, n_stranger_dirs, report, &impostor, err);
    if (!ret)
        ret = fill_rates(report, &genuine, &impostor, err);
    if (ret)
        verify_report_finish(report);
    judge_finish(&judge);
    free(genuine.of);
    free(impostor.of);
    return ret;
}

void verify_report_finish(struct verify_report *report)
{
    for (int i = 0; i < report->n_strangers; i++)
        free(report->strangers[i].dir);
    free(report->strangers);
    *report = (struct verify_report){0};
}
