// SPDX-License-Identifier: MIT
// DESIGN. The list's paths stay in the file's text, cut into strings in place. Sorted without
// repeats they number the pictures; the pictures are embedded in that order, and the pairs then
// only look embeddings up.
#include "core/verify/embed.h"
#include "core/verify/lines.h"
#include "core/verify/metrics.h"
#include "core/verify/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX ((size_t)256 << 20) // bytes
#define FORM     "each line is PATH tab PATH tab 1 (same person) or 0"

struct pair {
    const char *path[2]; // below the root
    bool same;
};

struct list {
    struct verify_lines lines; // the paths point into them
    struct pair *pairs;
    int n;
    const char **pictures; // [n_pictures], distinct paths in byte order
    int n_pictures;
};

// The embeddings of list.pictures, row by row.
struct embedded {
    float *e; // [n_pictures, embedding]
    bool *ok; // [n_pictures]
};

static void list_finish(struct list *list)
{
    verify_lines_finish(&list->lines);
    free(list->pairs);
    free(list->pictures);
}

// Cuts a line into its pair. Returns what is wrong with it, or NULL.
static const char *parse_line(char *line, struct pair *pair)
{
    char *second = strchr(line, '\t');
    char *label = second ? strchr(second + 1, '\t') : NULL;
    if (!label)
        return second ? "only one tab" : "no tab";
    *second++ = '\0';
    *label++ = '\0';
    if (*line == '\0' || *second == '\0')
        return "a path is empty";
    if (strcmp(label, "0") != 0 && strcmp(label, "1") != 0)
        return "the third field is neither 0 nor 1";
    *pair = (struct pair){.path = {line, second}, .same = *label == '1'};
    return NULL;
}

static int parse_lines(struct list *list, struct err *err)
{
    const char *wrong;
    list->pairs = malloc((size_t)list->lines.n_most * sizeof *list->pairs);
    if (!list->pairs)
        return err_memory(err, list->lines.name);
    for (char *line; (line = verify_lines_next(&list->lines));)
        if ((wrong = parse_line(line, &list->pairs[list->n++])))
            return verify_lines_refuse(&list->lines, wrong, FORM, err);
    if (list->n == 0)
        return err_set(err, ERR_DATA, "%s: no pairs in it; " FORM, list->lines.name);
    return 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int collect_pictures(struct list *list, struct err *err)
{
    size_t n = 2 * (size_t)list->n, distinct = 0;
    const char **p = malloc(n * sizeof *p);
    if (!p)
        return err_memory(err, "list of pairs");
    for (size_t i = 0; i < n; i++)
        p[i] = list->pairs[i / 2].path[i % 2];
    qsort(p, n, sizeof *p, by_text);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(p[i], p[distinct - 1]) != 0)
            p[distinct++] = p[i];
    list->pictures = p;
    list->n_pictures = (int)distinct;
    return 0;
}

static int list_read(struct list *list, const char *path, struct err *err)
{
    *list = (struct list){0};
    int ret = verify_lines_read(&list->lines, path, LIST_MAX, err);
    if (!ret)
        ret = parse_lines(list, err);
    if (!ret)
        ret = collect_pictures(list, err);
    if (ret)
        list_finish(list);
    return ret;
}

static int embed_some(struct verify_embedder *embedder, const char *root,
                      const char *const *pictures, int n, float *e, bool *ok,
                      const atomic_bool *stop, struct err *err)
{
    char *paths[VERIFY_BATCH] = {NULL};
    int ret = 0;
    for (int i = 0; i < n && !ret; i++)
        if (asprintf(&paths[i], "%s/%s", root, pictures[i]) < 0) {
            paths[i] = NULL;
            ret = err_memory(err, pictures[i]);
        }
    if (!ret)
        ret = verify_embed_files(embedder, paths, n, e, NULL, ok, stop, err);
    for (int i = 0; i < n; i++)
        free(paths[i]);
    return ret < 0 ? ret : 0;
}

static int embed_pictures(const struct list *list, struct siam_model *model, const char *root,
                          struct pool *pool, struct embedded *out, const atomic_bool *stop,
                          struct err *err)
{
    size_t size = (size_t)model->net->config.embedding, n = (size_t)list->n_pictures;
    struct verify_embedder *embedder;
    int ret = verify_embedder_create(&embedder, model, VERIFY_BATCH, pool, err);
    if (ret)
        return ret;
    out->e = malloc(n * size * sizeof *out->e);
    out->ok = malloc(n * sizeof *out->ok);
    if (!out->e || !out->ok)
        ret = err_memory(err, "embeddings of all pictures");
    for (int i = 0; i < list->n_pictures && !ret; i += VERIFY_BATCH) {
        int m = list->n_pictures - i < VERIFY_BATCH ? list->n_pictures - i : VERIFY_BATCH;
        ret = embed_some(embedder, root, list->pictures + i, m, out->e + (size_t)i * size,
                         out->ok + i, stop, err);
    }
    verify_embedder_destroy(embedder);
    return ret;
}

static size_t picture_number(const struct list *list, const char *path)
{
    const char **found =
        bsearch(&path, list->pictures, (size_t)list->n_pictures, sizeof *list->pictures, by_text);
    return (size_t)(found - list->pictures);
}

// Scores the usable pairs: same[] and different[] have room for all. Counts them in `r`.
static void score_pairs(const struct list *list, const struct nn_net *net,
                        const struct embedded *em, float *same, float *different,
                        struct verify_pairs_result *r)
{
    size_t size = (size_t)net->config.embedding;
    for (int i = 0; i < list->n; i++) {
        const struct pair *pair = &list->pairs[i];
        size_t a = picture_number(list, pair->path[0]), b = picture_number(list, pair->path[1]);
        if (!em->ok[a] || !em->ok[b]) {
            r->n_skipped++;
            continue;
        }
        float score = nn_sigmoid(nn_head_logit(net, em->e + a * size, em->e + b * size));
        if (pair->same)
            same[r->n_same++] = score;
        else
            different[r->n_different++] = score;
    }
    r->n = r->n_same + r->n_different;
}

static int fill_rates(struct verify_pairs_result *r, const float *same, const float *different,
                      struct err *err)
{
    r->accuracy =
        verify_rates_at(same, r->n_same, different, r->n_different, r->threshold).accuracy;
    r->best_accuracy =
        verify_best_accuracy(same, r->n_same, different, r->n_different, &r->best_threshold);
    r->eer = verify_eer(same, r->n_same, different, r->n_different, NULL);
    r->auc = verify_auc(same, r->n_same, different, r->n_different);
    return r->best_accuracy < 0 || r->eer < 0 || r->auc < 0 ? err_memory(err, "rates") : 0;
}

static int judge_list(struct verify_pairs_result *r, const struct list *list,
                      const struct nn_net *net, const struct embedded *em, const char *root,
                      struct err *err)
{
    float *same = malloc(2 * (size_t)list->n * sizeof *same);
    if (!same)
        return err_memory(err, "scores");
    float *different = same + list->n;
    score_pairs(list, net, em, same, different, r);
    int ret = r->n > 0
                  ? fill_rates(r, same, different, err)
                  : err_set(err, ERR_DATA, "%s: none of the %d pairs has two usable pictures there",
                            root, list->n);
    free(same);
    return ret;
}

int verify_pairs(struct verify_pairs_result *result, struct siam_model *model, const char *root,
                 const char *list_path, struct pool *pool, const atomic_bool *stop, struct err *err)
{
    struct list list;
    struct embedded em = {0};
    *result = (struct verify_pairs_result){.threshold = model->card.threshold};
    int ret = list_read(&list, list_path, err);
    if (ret)
        return ret;
    ret = embed_pictures(&list, model, root, pool, &em, stop, err);
    if (!ret)
        ret = judge_list(result, &list, model->net, &em, root, err);
    free(em.e);
    free(em.ok);
    list_finish(&list);
    return ret;
}
