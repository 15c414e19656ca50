// SPDX-License-Identifier: MIT
#include "core/verify/own_face.h"

#include "core/base/file.h"
#include "core/image/decode.h"
#include "core/siamese/near.h"

#include <stdlib.h>
#include <string.h>

#define HASH_DECODE   72  // pixels a side at least
#define STRANGERS_FEW 100 // held-out pictures of others, below nothing is known
#define ONE_IN        300 // of those may reach the score
#define PERSON_LEAST  3   // scored pictures of a person
#define BEST          12  // of pictures alone, looked at together

static bool is_stopped(const atomic_bool *stop)
{
    return stop && atomic_load(stop);
}

static int stopped(struct err *err)
{
    return err_set(err, ERR_STOPPED, "stopped");
}

int verify_own_face_begin(struct verify_own_face *o, const char *dir, struct err *err)
{
    *o = (struct verify_own_face){.own = NULL};
    int ret = verify_folder_read(&o->folder, dir, err);
    if (ret)
        return ret;
    o->own = calloc((size_t)o->folder.n + 1, sizeof *o->own);
    return o->own ? 0 : err_memory(err, dir);
}

void verify_own_face_finish(struct verify_own_face *o)
{
    verify_folder_finish(&o->folder);
    free(o->own);
    o->own = NULL;
}

int verify_own_face_count(const struct verify_own_face *o, const char **path)
{
    int n = 0;
    *path = NULL;
    for (int i = 0; i < o->folder.n && o->own; i++) {
        if (o->own[i] && n++ == 0)
            *path = o->folder.paths[i];
    }
    return n;
}

// ---- The same pictures ------------------------------------------------------------------------

// False where the picture can't be read, which others tell.
static bool hash_of(struct img *img, const char *path, uint64_t *hash)
{
    if (img_load(img, path, HASH_DECODE, NULL))
        return false;
    *hash = img_dhash(img);
    return true;
}

static int hash_folder(uint64_t **hashes, int *n, const char *dir, struct img *img,
                       const atomic_bool *stop, struct err *err)
{
    struct verify_folder folder;
    if (!file_is_dir(dir))
        return 0;
    int ret = verify_folder_read(&folder, dir, err);
    uint64_t *more =
        ret ? NULL : realloc(*hashes, ((size_t)*n + (size_t)folder.n + 1) * sizeof *more);
    if (more)
        *hashes = more;
    else if (!ret)
        ret = err_memory(err, dir);
    for (int i = 0; i < folder.n && !ret; i++) {
        ret = is_stopped(stop) ? stopped(err) : 0;
        *n += !ret && hash_of(img, folder.paths[i], &(*hashes)[*n]);
    }
    verify_folder_finish(&folder);
    return ret;
}

int verify_hashes(uint64_t **hashes, int *n, const char *const *dirs, int n_dirs,
                  const atomic_bool *stop, struct err *err)
{
    struct img img = {0};
    int ret = 0;
    *hashes = NULL;
    *n = 0;
    for (int i = 0; i < n_dirs && !ret; i++)
        ret = hash_folder(hashes, n, dirs[i], &img, stop, err);
    img_finish(&img);
    if (ret) {
        free(*hashes);
        *hashes = NULL;
        *n = 0;
    }
    return ret;
}

int verify_own_face_same(struct verify_own_face *o, const uint64_t *hashes, int n,
                         const atomic_bool *stop, struct err *err)
{
    struct img img = {0};
    uint64_t hash;
    int ret = 0;
    for (int i = 0; i < o->folder.n && n > 0 && !ret; i++) {
        if (is_stopped(stop))
            ret = stopped(err);
        else if (hash_of(&img, o->folder.paths[i], &hash))
            o->own[i] |= siam_near_one(hash, hashes, n);
    }
    img_finish(&img);
    return ret;
}

// ---- The same face ----------------------------------------------------------------------------

float verify_own_score(const struct siam_card *card)
{
    const uint16_t *others = card->scores.others;
    int n = 0, above = 0, bin = SIAM_SCORE_BINS;
    for (int i = 0; i < SIAM_SCORE_BINS; i++)
        n += others[i];
    if (n < STRANGERS_FEW)
        return -1;
    while (bin > 0 && (above + others[bin - 1]) * ONE_IN <= n)
        above += others[--bin];
    if (bin == SIAM_SCORE_BINS)
        return -1;
    float score = (float)bin / SIAM_SCORE_BINS;
    return score > card->threshold ? score : card->threshold;
}

struct search {
    struct verify_own_face *o;
    const char *dir;
    struct verify_embedder *embedder;
    const struct verify_gallery *gallery;
    float least;
    const atomic_bool *stop;
    int *first;   // [n_groups + 1], where a folder's pictures begin
    int n_groups; // folders
    char **paths; // [n_chosen], borrowed
    int *chosen;  // [n_chosen], their numbers
    int n_chosen;
    bool *ok;      // [n_chosen]
    float *scores; // [n_chosen]
    float *single; // [gallery->n]
};

static size_t folder_length(const char *path)
{
    return (size_t)(strrchr(path, '/') - path);
}

static bool same_folder(const char *a, const char *b)
{
    size_t n = folder_length(a);
    return n == folder_length(b) && memcmp(a, b, n) == 0;
}

// file_walk() shows the files of a folder one after another.
static void find_groups(struct search *s)
{
    char **paths = s->o->folder.paths;
    for (int i = 0; i < s->o->folder.n; i++)
        if (i == 0 || !same_folder(paths[i], paths[i - 1]))
            s->first[s->n_groups++] = i;
    s->first[s->n_groups] = s->o->folder.n;
}

static int group_size(const struct search *s, int group)
{
    return s->first[group + 1] - s->first[group];
}

// A folder below the one that was named, with several pictures.
static bool is_person(const struct search *s, int group)
{
    size_t n = strlen(s->dir);
    while (n > 1 && s->dir[n - 1] == '/')
        n--;
    return group_size(s, group) > 1 && folder_length(s->o->folder.paths[s->first[group]]) > n;
}

static int sample_size(const struct search *s, int group)
{
    int n = group_size(s, group);
    return is_person(s, group) && n > VERIFY_OWN_SAMPLE ? VERIFY_OWN_SAMPLE : n;
}

static void choose(struct search *s, int i)
{
    s->chosen[s->n_chosen] = i;
    s->paths[s->n_chosen++] = s->o->folder.paths[i];
}

// Of persons either a whole sample or nothing.
static void choose_pictures(struct search *s)
{
    int64_t all = 0, seen = 0;
    for (int g = 0; g < s->n_groups; g++)
        all += sample_size(s, g);
    int64_t wanted = all < VERIFY_OWN_MOST ? all : VERIFY_OWN_MOST;
    for (int g = 0; g < s->n_groups; g++) {
        int n = group_size(s, g), m = sample_size(s, g), taken = s->first[g];
        bool due = seen * wanted / all < (seen + m) * wanted / all;
        for (int k = 0; k < m && is_person(s, g) && due; k++)
            choose(s, taken + (int)((int64_t)k * n / m));
        for (int k = 0; k < m && !is_person(s, g); k++)
            if ((seen + k) * wanted / all < (seen + k + 1) * wanted / all)
                choose(s, taken + k);
        seen += m;
    }
}

// e: room for a batch of embeddings. Scores the chosen ones.
static int score_chosen(struct search *s, float *e, struct err *err)
{
    size_t size = (size_t)s->gallery->model->net->config.embedding;
    for (int i = 0; i < s->n_chosen; i += VERIFY_BATCH) {
        int m = s->n_chosen - i < VERIFY_BATCH ? s->n_chosen - i : VERIFY_BATCH;
        int ret =
            verify_embed_files(s->embedder, s->paths + i, m, e, NULL, s->ok + i, s->stop, err);
        if (ret < 0)
            return ret;
        for (int k = 0; k < m; k++)
            if (s->ok[i + k])
                s->scores[i + k] =
                    verify_gallery_score(s->gallery, e + (size_t)k * size, 0, s->single).score;
    }
    return 0;
}

// Marks all pictures of a person, most of whose scored ones look like the user. `i` is the first
// of them among the chosen; returns the first of the next.
static int judge_person(struct search *s, int group, int i)
{
    int n = 0, high = 0;
    for (; i < s->n_chosen && s->chosen[i] < s->first[group + 1]; i++) {
        n += s->ok[i];
        high += s->ok[i] && s->scores[i] >= s->least;
    }
    if (n >= PERSON_LEAST && 2 * high > n)
        memset(s->o->own + s->first[group], true, (size_t)group_size(s, group) * sizeof *s->o->own);
    return i;
}

// Those of pictures alone with the highest scores, from `least` on; returns how many.
static int find_best(const struct search *s, const bool *alone, int *best)
{
    int n = 0;
    for (int i = 0; i < s->n_chosen; i++) {
        if (!alone[i] || !s->ok[i] || s->scores[i] < s->least)
            continue;
        if (n == BEST && s->scores[best[n - 1]] >= s->scores[i])
            continue;
        int at = n < BEST ? n++ : n - 1;
        for (; at > 0 && s->scores[best[at - 1]] < s->scores[i]; at--)
            best[at] = best[at - 1];
        best[at] = i;
    }
    return n;
}

// How many of the best look like most of the others of them, by the model's threshold.
static int count_alike(const struct search *s, const float *e, int n)
{
    const struct siam_model *model = s->gallery->model;
    size_t size = (size_t)model->net->config.embedding;
    int alike = 0;
    for (int i = 0; i < n; i++) {
        int matches = 0;
        for (int k = 0; k < n; k++)
            matches +=
                k != i && nn_sigmoid(nn_head_logit(model->net, e + (size_t)i * size,
                                                   e + (size_t)k * size)) >= model->card.threshold;
        alike += 2 * matches > n - 1;
    }
    return alike;
}

static int judge_alone(struct search *s, const bool *alone, float *e, struct err *err)
{
    int best[BEST], n = find_best(s, alone, best);
    char *paths[BEST];
    bool ok[BEST];
    for (int i = 0; i < n; i++)
        paths[i] = s->paths[best[i]];
    if (n < PERSON_LEAST)
        return 0;
    int n_ok = verify_embed_files(s->embedder, paths, n, e, NULL, ok, s->stop, err);
    if (n_ok < 0)
        return n_ok;
    int alike = n_ok == n ? count_alike(s, e, n) : 0;
    for (int i = 0; i < s->n_chosen && alike >= PERSON_LEAST && 3 * alike >= 2 * n; i++)
        s->o->own[s->chosen[i]] |= alone[i] && s->ok[i] && s->scores[i] >= s->least;
    return 0;
}

static int judge(struct search *s, float *e, struct err *err)
{
    bool *alone = calloc((size_t)s->n_chosen + 1, sizeof *alone);
    if (!alone)
        return err_memory(err, s->dir);
    for (int g = 0, i = 0; g < s->n_groups; g++) {
        if (is_person(s, g))
            i = judge_person(s, g, i);
        else
            for (; i < s->n_chosen && s->chosen[i] < s->first[g + 1]; i++)
                alone[i] = true;
    }
    int ret = judge_alone(s, alone, e, err);
    free(alone);
    return ret;
}

int verify_own_face_alike(struct verify_own_face *o, const char *dir,
                          struct verify_embedder *embedder, const struct verify_gallery *gallery,
                          float least, const atomic_bool *stop, struct err *err)
{
    size_t n = (size_t)o->folder.n + 1, size = (size_t)gallery->model->net->config.embedding;
    struct search s = {.o = o,
                       .dir = dir,
                       .embedder = embedder,
                       .gallery = gallery,
                       .least = least,
                       .stop = stop,
                       .first = malloc(n * sizeof *s.first),
                       .paths = malloc(n * sizeof *s.paths),
                       .chosen = malloc(n * sizeof *s.chosen),
                       .ok = calloc(n, sizeof *s.ok),
                       .scores = calloc(n, sizeof *s.scores),
                       .single = malloc((size_t)gallery->n * sizeof *s.single)};
    float *e = malloc(BEST * size * sizeof *e); // a batch is smaller
    int ret = 0;
    if (!s.first || !s.paths || !s.chosen || !s.ok || !s.scores || !s.single || !e)
        ret = err_memory(err, dir);
    if (!ret) {
        find_groups(&s);
        choose_pictures(&s);
        ret = score_chosen(&s, e, err);
    }
    if (!ret)
        ret = judge(&s, e, err);
    free(s.first);
    free(s.paths);
    free(s.chosen);
    free(s.ok);
    free(s.scores);
    free(s.single);
    free(e);
    return ret;
}
