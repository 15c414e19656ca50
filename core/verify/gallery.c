// SPDX-License-Identifier: MIT
// DESIGN. The median must not disturb the order of the scores, and a frame must not allocate. So it
// is searched, not sorted: the bits of floats that are not negative order as the floats do, and the
// largest value that still has enough scores at or above it is found bit by bit, from the top. That
// is 31 passes over n floats, far less than the distances cost.
#include "core/verify/gallery.h"

#include "core/base/file.h"
#include "core/face/chip.h"
#include "core/verify/embed.h"
#include "core/verify/folder.h"

#include <stdlib.h>
#include <string.h>

#define REMEDY "hold a in the window to record some"

// At least one path.
static int read_anchors(struct verify_folder *folder, const char *dir, struct err *err)
{
    if (!file_is_dir(dir))
        return err_set(err, ERR_DATA, "no anchors in %s (no such folder): " REMEDY, dir);
    int ret = verify_folder_read(folder, dir, err);
    if (!ret && folder->n == 0)
        ret = err_set(err, ERR_DATA, "no anchors in %s: " REMEDY, dir);
    return ret;
}

// Row `to` of [n, size] = row `from`.
static void move_row(void *rows, size_t size, int to, int from)
{
    if (to < from)
        memcpy((char *)rows + (size_t)to * size, (char *)rows + (size_t)from * size, size);
}

// Takes the embeddings, small pictures and paths of the usable pictures out of the folder.
static void keep_usable(struct verify_gallery *g, struct verify_folder *folder, const bool *ok)
{
    size_t size = (size_t)g->model->net->config.embedding;
    for (int i = 0; i < folder->n; i++) {
        if (!ok[i])
            continue;
        move_row(g->e, size * sizeof *g->e, g->n, i);
        move_row(g->thumbs, FACE_THUMB_SIZE, g->n, i);
        g->paths[g->n++] = folder->paths[i];
        folder->paths[i] = NULL;
    }
}

static int embed_folder(struct verify_gallery *g, struct verify_folder *folder, const char *dir,
                        struct pool *pool, const atomic_bool *stop, struct err *err)
{
    size_t size = (size_t)g->model->net->config.embedding, n = (size_t)folder->n;
    struct verify_embedder *embedder = NULL;
    bool *ok = malloc(n * sizeof *ok);
    g->e = malloc(n * size * sizeof *g->e);
    g->thumbs = malloc(n * FACE_THUMB_SIZE);
    g->paths = calloc(n, sizeof *g->paths);
    int ret = ok && g->e && g->thumbs && g->paths
                  ? verify_embedder_create(&embedder, g->model, VERIFY_BATCH, pool, err)
                  : err_memory(err, "gallery");
    if (!ret)
        ret =
            verify_embed_files(embedder, folder->paths, folder->n, g->e, g->thumbs, ok, stop, err);
    if (ret > 0)
        keep_usable(g, folder, ok);
    else if (ret == 0)
        ret = err_set(err, ERR_DATA,
                      "no anchors in %s (none of its %d pictures can be used): " REMEDY, dir,
                      folder->n);
    verify_embedder_destroy(embedder);
    free(ok);
    return ret < 0 ? ret : 0;
}

int verify_gallery_load(struct verify_gallery **out, struct siam_model *model, const char *dir,
                        struct pool *pool, const atomic_bool *stop, struct err *err)
{
    struct verify_folder folder;
    *out = NULL;
    int ret = read_anchors(&folder, dir, err);
    if (ret)
        return ret;
    struct verify_gallery *g = calloc(1, sizeof *g);
    if (g) {
        g->model = siam_model_ref(model);
        ret = embed_folder(g, &folder, dir, pool, stop, err);
    } else {
        ret = err_memory(err, "gallery");
    }
    verify_folder_finish(&folder);
    if (ret)
        verify_gallery_destroy(g);
    else
        *out = g;
    return ret;
}

void verify_gallery_destroy(struct verify_gallery *g)
{
    if (!g)
        return;
    for (int i = 0; i < g->n; i++)
        free(g->paths[i]);
    free(g->paths);
    free(g->thumbs);
    free(g->e);
    siam_model_unref(g->model);
    free(g);
}

static int count_from(const float *scores, int n, float threshold)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        count += scores[i] >= threshold;
    return count;
}

// The k-th largest of n scores, 1 <= k <= n. A NaN counts as lower than all.
static float kth_largest(const float *scores, int n, int k)
{
    uint32_t bits = 0; // of a value that at least k scores reach
    float value = 0;
    for (int b = 30; b >= 0; b--) {
        uint32_t more = bits | UINT32_C(1) << b;
        float candidate; // may be infinite or NaN, which no score reaches
        memcpy(&candidate, &more, sizeof candidate);
        if (count_from(scores, n, candidate) >= k) {
            bits = more;
            value = candidate;
        }
    }
    return value;
}

static int anchors_needed(const struct verify_gallery *g)
{
    int needed = g->model->card.needed > 0 ? g->model->card.needed : (g->n + 1) / 2;
    return needed < g->n ? needed : g->n;
}

struct verify_score verify_gallery_score(const struct verify_gallery *g, const float *e,
                                         float threshold, float *scores)
{
    const struct nn_net *net = g->model->net;
    size_t size = (size_t)net->config.embedding;
    struct verify_score s = {.anchors = g->n};
    for (int i = 0; i < g->n; i++) {
        scores[i] = nn_sigmoid(nn_head_logit(net, e, g->e + (size_t)i * size));
        if (scores[i] > scores[s.nearest])
            s.nearest = i;
    }
    s.nearest_score = scores[s.nearest];
    s.score = kth_largest(scores, g->n, anchors_needed(g));
    s.anchors_matched = count_from(scores, g->n, threshold);
    s.match = s.score >= threshold;
    return s;
}
