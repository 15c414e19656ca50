// SPDX-License-Identifier: MIT
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/face/chip.h"
#include "core/image/decode.h"
#include "core/siamese/dataset.h"
#include "core/verify/embed.h"
#include "core/verify/gallery.h"
#include "tests/tiny.h"

#include <math.h>

// ---- Scores, on embeddings made by hand --------------------------------------------------------

#define SIZE 5
#define MOST 1000

// A gallery whose anchors score what they are made to score against the embedding `zero`.
struct hand {
    struct siam_model *model;
    struct verify_gallery gallery;
    float e[MOST * SIZE];
    float scores[MOST + 1];
};

static const float zero[SIZE];

static int hand_make(void **state)
{
    struct hand *h = calloc(1, sizeof *h);
    struct nn_config config = {.side = 32,
                               .channels = 1,
                               .conv = {{3, 1, true}, {3, 1, true}, {3, 1, false}, {2, 1, false}},
                               .embedding = SIZE};
    struct nn_net *net;
    struct siam_card card = {.threshold = 0.5F};
    assert_int_equal(nn_net_create(&net, &config, NULL), 0);
    net->p.head_w[2] = 1;
    net->p.head_b[0] = -20;
    assert_int_equal(siam_model_create(&h->model, net, NULL, &card, NULL), 0);
    h->gallery.model = h->model;
    h->gallery.e = h->e;
    *state = h;
    return 0;
}

static int hand_drop(void **state)
{
    struct hand *h = *state;
    siam_model_unref(h->model);
    free(h);
    return 0;
}

// logit = distance - 20.
static void set_anchors(struct hand *h, const float *scores, int n)
{
    h->gallery.n = n;
    for (int i = 0; i < n; i++)
        h->e[i * SIZE + 2] = 20 + logf(scores[i] / (1 - scores[i]));
    h->scores[n] = -7; // must stay
}

static struct verify_score score(struct hand *h, float threshold)
{
    struct verify_score s = verify_gallery_score(&h->gallery, zero, threshold, h->scores);
    assert_true(h->scores[h->gallery.n] == -7);
    assert_int_equal(s.anchors, h->gallery.n);
    return s;
}

static void one_anchor(void **state)
{
    struct hand *h = *state;
    const float scores[] = {0.75F};
    set_anchors(h, scores, 1);
    struct verify_score s = score(h, 0.7F);
    assert_float_equal(s.score, 0.75, 1e-5);
    assert_true(s.score == h->scores[0] && s.nearest_score == s.score);
    assert_true(s.match && s.anchors_matched == 1 && s.nearest == 0);
    s = score(h, 0.8F);
    assert_true(!s.match && s.anchors_matched == 0);
}

static void odd_number_of_anchors(void **state)
{
    struct hand *h = *state;
    const float scores[] = {0.9F, 0.1F, 0.6F, 0.95F, 0.2F};
    set_anchors(h, scores, 5);
    struct verify_score s = score(h, 0.55F);
    assert_float_equal(s.score, 0.6, 1e-5); // the third of five
    assert_true(s.match);
    assert_int_equal(s.anchors_matched, 3);
    assert_int_equal(s.nearest, 3);
    assert_float_equal(s.nearest_score, 0.95, 1e-5);
    for (int i = 0; i < 5; i++) // in the gallery's order
        assert_float_equal(h->scores[i], scores[i], 1e-5);
    s = score(h, 0.65F);
    assert_true(!s.match);
    assert_int_equal(s.anchors_matched, 2);
}

// Of an even number, the half is enough: the upper of the two in the middle.
static void even_number_of_anchors(void **state)
{
    struct hand *h = *state;
    const float scores[] = {0.1F, 0.8F, 0.3F, 0.7F};
    set_anchors(h, scores, 4);
    struct verify_score s = score(h, 0.5F);
    assert_float_equal(s.score, 0.7, 1e-5);
    assert_true(s.match);
    assert_int_equal(s.anchors_matched, 2);
    assert_int_equal(s.nearest, 1);
}

static void a_score_at_the_threshold_matches(void **state)
{
    struct hand *h = *state;
    const float scores[] = {0.25F, 0.5F, 0.75F};
    set_anchors(h, scores, 3);
    float exact = score(h, 0).score;
    assert_true(score(h, exact).match);
    assert_int_equal(score(h, exact).anchors_matched, 2);
    assert_false(score(h, nextafterf(exact, 1)).match);
    assert_int_equal(score(h, nextafterf(exact, 1)).anchors_matched, 1);
}

static void extreme_scores(void **state)
{
    struct hand *h = *state;
    const float half[] = {0.5F, 0.5F, 0.5F};
    set_anchors(h, half, 3);
    h->e[0 * SIZE + 2] = 500; // sigmoid is 1 in float32
    h->e[1 * SIZE + 2] = 500;
    struct verify_score s = score(h, 1);
    assert_true(s.score == 1 && s.match && s.anchors_matched == 2);
    h->model->net->p.head_b[0] = -1500;
    s = score(h, 0);
    assert_true(s.score == 0 && s.match && s.anchors_matched == 3);
}

static int descending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x < y) - (x > y);
}

static void median_is_that_of_a_sort(void **state)
{
    struct hand *h = *state;
    struct rng rng;
    rng_seed(&rng, 3, 0);
    for (int round = 0; round < 300; round++) {
        float scores[MOST], sorted[MOST];
        int n = round < 3 ? MOST : 1 + (int)rng_below(&rng, MOST), matched = 0;
        for (int i = 0; i < n; i++) // with ties in every other round
            scores[i] = round % 2 ? rng_uniform(&rng, 0.001F, 0.999F)
                                  : 0.1F * (float)(1 + rng_below(&rng, 9));
        set_anchors(h, scores, n);
        float threshold = rng_float(&rng);
        struct verify_score s = score(h, threshold);
        for (int i = 0; i < n; i++) {
            assert_float_equal(h->scores[i], scores[i], 1e-5);
            matched += h->scores[i] >= threshold;
        }
        assert_int_equal(s.anchors_matched, matched);
        memcpy(sorted, h->scores, (size_t)n * sizeof *sorted);
        qsort(sorted, (size_t)n, sizeof *sorted, descending);
        assert_true(s.score == sorted[(n + 1) / 2 - 1]);
        assert_true(s.nearest_score == sorted[0] && h->scores[s.nearest] == sorted[0]);
        assert_true(s.match == (2 * s.anchors_matched >= n));
    }
}

// ---- Pictures --------------------------------------------------------------------------------

struct room {
    char dir[600];
    struct nn_config config;
    struct siam_model *model;
    struct pool *pool;
};

static int room_make(void **state)
{
    void *dir = NULL;
    struct room *r = calloc(1, sizeof *r);
    assert_int_equal(test_dir_make(&dir), 0);
    snprintf(r->dir, sizeof r->dir, "%s", (char *)dir);
    free(dir);
    r->config = tiny_config(3);
    r->model = tiny_model(&r->config, 0.5F);
    assert_int_equal(pool_create(&r->pool, 3, 0, NULL), 0);
    *state = r;
    return 0;
}

static int room_drop(void **state)
{
    struct room *r = *state;
    void *dir = strdup(r->dir);
    assert_int_equal(r->model->refs, 1); // nobody kept a reference
    siam_model_unref(r->model);
    pool_destroy(r->pool);
    free(r);
    return test_dir_remove(&dir);
}

static void path_in(const struct room *r, const char *name, char out[1000])
{
    snprintf(out, 1000, "%s/%s", r->dir, name);
}

static void put_file(const struct room *r, const char *name, const char *text)
{
    char path[1000];
    path_in(r, name, path);
    assert_int_equal(file_save(path, text, strlen(text), NULL), 0);
}

// a00.png ... a10.png, of which a03.png and the last are no pictures; a note; a folder with one
// more.
static void fill_folder(const struct room *r)
{
    char name[40], sub[1000];
    for (int i = 0; i < 11; i++) {
        snprintf(name, sizeof name, "a%02d.png", i);
        if (i == 3 || i == 10)
            put_file(r, name, "<html>");
        else
            tiny_picture(r->dir, name, i % 4, i);
    }
    put_file(r, "note.txt", "no picture by its name");
    path_in(r, "deep/er", sub);
    assert_int_equal(file_make_dirs(sub, NULL), 0);
    tiny_picture(sub, "z.png", 9, 0);
}

static void embed_box(struct verify_embedder *em, const struct img *picture, struct img_rect box,
                      float *e)
{
    uint8_t chip[FACE_CHIP_SIZE(3)];
    float *x = malloc(sizeof chip * sizeof *x);
    struct img scratch = {0};
    assert_non_null(x);
    assert_int_equal(face_chip(chip, 3, picture, box, &scratch, NULL), 0);
    face_chip_input(x, chip, 3);
    assert_int_equal(verify_embed_inputs(em, x, 1, e, NULL, NULL), 0);
    img_finish(&scratch);
    free(x);
}

// The embedding of one file, a step at a time.
static void embed_alone(struct room *r, const char *path, float *e)
{
    struct verify_embedder *em;
    struct img img = {0};
    assert_int_equal(verify_embedder_create(&em, r->model, 1, r->pool, NULL), 0);
    assert_int_equal(img_load(&img, path, 2 * FACE_CHIP_SIDE, NULL), 0);
    embed_box(em, &img, face_whole(&img), e);
    img_finish(&img);
    verify_embedder_destroy(em);
}

// The small picture of one file, by the way of its chip.
static void assert_thumb_is_of(const uint8_t *thumb, const char *path, int channels)
{
    const struct siam_input input = siam_input_whole(channels);
    struct siam_loader *loader;
    uint8_t chip[FACE_CHIP_SIZE(3)], expected[FACE_THUMB_SIZE];
    assert_int_equal(siam_loader_create(&loader, &input, NULL), 0);
    assert_int_equal(siam_load_picture(loader, path, chip, NULL, NULL), 0);
    face_chip_thumb(expected, chip, channels);
    assert_memory_equal(thumb, expected, FACE_THUMB_SIZE);
    siam_loader_destroy(loader);
}

static void assert_same_embedding(const float *a, const float *b, int size)
{
    for (int k = 0; k < size; k++)
        assert_float_equal(a[k], b[k], 1e-5);
}

static void gallery_holds_the_usable_pictures(void **state)
{
    struct room *r = *state;
    struct verify_gallery *g;
    struct err err;
    fill_folder(r);
    assert_int_equal(verify_gallery_load(&g, r->model, r->dir, r->pool, NULL, &err), 0);
    assert_int_equal(g->n, 10);
    int size = r->config.embedding;
    for (int i = 0; i < g->n; i++) {
        static const char *const names[] = {"a00", "a01", "a02", "a04", "a05",
                                            "a06", "a07", "a08", "a09", "deep/er/z"};
        char path[1000], name[40];
        float e[64];
        snprintf(name, sizeof name, "%s.png", names[i]);
        path_in(r, name, path);
        assert_string_equal(g->paths[i], path);
        assert_thumb_is_of(g->thumbs + (size_t)i * FACE_THUMB_SIZE, path, 3);
        embed_alone(r, path, e);
        assert_same_embedding(g->e + i * size, e, size);
        float scores[16];
        struct verify_score s = verify_gallery_score(g, e, 0.5F, scores);
        assert_int_equal(s.nearest, i);
        assert_float_equal(s.nearest_score, 1 / (1 + exp(-2)), 1e-3); // it meets itself
    }
    verify_gallery_destroy(g);
}

static void files_of_one_batch_or_many(void **state)
{
    struct room *r = *state;
    enum { N = 11, SIZES = 3 };
    char *paths[N];
    bool ok[SIZES][N];
    float e[SIZES][N * 37];
    fill_folder(r);
    for (int i = 0; i < N; i++) {
        char name[40];
        snprintf(name, sizeof name, "a%02d.png", i);
        paths[i] = malloc(1000);
        path_in(r, name, paths[i]);
    }
    for (int b = 0; b < SIZES; b++) {
        static const int batch[SIZES] = {1, 4, 20};
        struct verify_embedder *em;
        assert_int_equal(verify_embedder_create(&em, r->model, batch[b], r->pool, NULL), 0);
        assert_int_equal(verify_embed_files(em, paths, N, e[b], NULL, ok[b], NULL, NULL), 9);
        assert_int_equal(verify_embed_files(em, paths, 0, e[b], NULL, ok[b], NULL, NULL), 0);
        assert_int_equal(
            verify_embed_files(em, paths + 3, 1, e[b] + 3 * 37, NULL, ok[b] + 3, NULL, NULL), 0);
        verify_embedder_destroy(em);
        for (int i = 0; i < N; i++) {
            assert_int_equal(ok[b][i], i != 3 && i != 10);
            if (ok[b][i])
                assert_same_embedding(e[b] + i * 37, e[0] + i * 37, 37);
        }
    }
    for (int i = 0; i < N; i++)
        free(paths[i]);
}

// Where no file may be missing, the first that can't be used is an error, in any batch.
static void files_that_must_all_be_usable(void **state)
{
    struct room *r = *state;
    enum { N = 4 };
    static const char *const names[N] = {"a00.png", "a01.png", "a02.png", "a03.png"};
    char path[N][1000], *paths[N];
    float e[N * 37], want[N * 37];
    bool ok[N];
    fill_folder(r);
    for (int i = 0; i < N; i++) {
        paths[i] = path[i];
        path_in(r, names[i], path[i]);
    }
    for (int batch = 1; batch <= N; batch++) {
        struct verify_embedder *em;
        struct err err = {0};
        assert_int_equal(verify_embedder_create(&em, r->model, batch, r->pool, NULL), 0);
        assert_int_equal(verify_embed_files(em, paths, 3, e, NULL, NULL, NULL, &err), 3);
        assert_int_equal(verify_embed_files(em, paths, 3, want, NULL, ok, NULL, NULL), 3);
        assert_same_embedding(e, want, 3 * 37);
        assert_int_equal(verify_embed_files(em, paths, N, e, NULL, NULL, NULL, &err), ERR_DATA);
        assert_non_null(strstr(err.text, paths[3]));
        verify_embedder_destroy(em);
    }
}

static void one_file(void **state)
{
    struct room *r = *state;
    struct verify_embedder *em;
    struct err err;
    float e[37], want[37];
    char path[1000];
    fill_folder(r);
    path_in(r, "a05.png", path);
    assert_int_equal(verify_embedder_create(&em, r->model, 1, r->pool, NULL), 0);
    assert_int_equal(verify_embed_file(em, path, e, &err), 0);
    embed_alone(r, path, want);
    assert_same_embedding(e, want, 37);
    path_in(r, "a03.png", path);
    assert_int_equal(verify_embed_file(em, path, e, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "a03.png"));
    verify_embedder_destroy(em);
}

static void inputs_in_batches(void **state)
{
    struct room *r = *state;
    enum { N = 5 };
    size_t size = FACE_CHIP_SIZE(3);
    float *x = malloc(N * size * sizeof *x), all[N * 37], one[37];
    struct rng rng;
    struct verify_embedder *em;
    rng_seed(&rng, 4, 0);
    for (size_t i = 0; i < N * size; i++)
        x[i] = rng_float(&rng);
    assert_int_equal(verify_embedder_create(&em, r->model, 2, r->pool, NULL), 0);
    assert_int_equal(verify_embed_inputs(em, x, N, all, NULL, NULL), 0);
    for (int i = 0; i < N; i++) {
        assert_int_equal(verify_embed_inputs(em, x + (size_t)i * size, 1, one, NULL, NULL), 0);
        assert_same_embedding(all + i * 37, one, 37);
    }
    atomic_bool stop = true;
    assert_int_equal(verify_embed_inputs(em, x, N, all, &stop, NULL), ERR_STOPPED);
    stop = false;
    assert_int_equal(verify_embed_inputs(em, x, N, all, &stop, NULL), 0);
    verify_embedder_destroy(em);
    free(x);
}

static void one_channel(void **state)
{
    struct room *r = *state;
    struct nn_config config = tiny_config(1);
    struct siam_model *grey = tiny_model(&config, 0.5F);
    struct verify_gallery *g;
    fill_folder(r);
    assert_int_equal(verify_gallery_load(&g, grey, r->dir, r->pool, NULL, NULL), 0);
    assert_int_equal(g->n, 10);
    verify_gallery_destroy(g);
    siam_model_unref(grey);
}

static void a_frame_is_its_guide_box(void **state)
{
    struct room *r = *state;
    struct verify_embedder *em;
    struct img frame = {0};
    struct verify_sight sight = {.look = true};
    float e[37], want[37];
    tiny_draw(&frame, 2, 0);
    struct img_rect box = face_guide_box(frame.w, frame.h);
    assert_int_equal(verify_embedder_create(&em, r->model, 1, r->pool, NULL), 0);
    assert_int_equal(verify_embed_frame(em, &frame, &sight, e, NULL), 0);
    embed_box(em, &frame, box, want);
    assert_same_embedding(e, want, 37);
    assert_true(sight.pose.side == (float)box.w);
    verify_embedder_destroy(em);
    img_finish(&frame);
}

static void assert_no_anchors(const struct err *err, const char *dir, const char *why)
{
    char want[1200];
    snprintf(want, sizeof want, "no anchors in %s%s: hold a in the window to record some", dir,
             why);
    assert_string_equal(err->text, want);
}

static void unusable_folders(void **state)
{
    struct room *r = *state;
    struct verify_gallery *g = (void *)1;
    struct err err;
    char none[1000];
    path_in(r, "none", none);
    assert_int_equal(verify_gallery_load(&g, r->model, none, r->pool, NULL, &err), ERR_DATA);
    assert_no_anchors(&err, none, " (no such folder)");
    assert_null(g);
    assert_int_equal(verify_gallery_load(&g, r->model, r->dir, r->pool, NULL, &err), ERR_DATA);
    assert_no_anchors(&err, r->dir, "");
    put_file(r, "x.jpg", "");
    put_file(r, "y.jpg", "\xff\xd8\xff");
    assert_int_equal(verify_gallery_load(&g, r->model, r->dir, r->pool, NULL, &err), ERR_DATA);
    assert_no_anchors(&err, r->dir, " (none of its 2 pictures can be used)");
    assert_null(g);
    verify_gallery_destroy(NULL);
    verify_embedder_destroy(NULL);
}

static void a_stop_is_heard(void **state)
{
    struct room *r = *state;
    struct verify_gallery *g;
    atomic_bool stop = true;
    fill_folder(r);
    assert_int_equal(verify_gallery_load(&g, r->model, r->dir, r->pool, &stop, NULL), ERR_STOPPED);
    assert_null(g);
    stop = false;
    assert_int_equal(verify_gallery_load(&g, r->model, r->dir, r->pool, &stop, NULL), 0);
    verify_gallery_destroy(g);
}

static void a_net_of_another_side_is_refused(void **state)
{
    struct room *r = *state;
    struct nn_config config = tiny_config(3);
    config.side = 104;
    struct siam_model *other = tiny_model(&config, 0.5F);
    struct verify_gallery *g;
    struct err err;
    fill_folder(r);
    assert_int_equal(verify_gallery_load(&g, other, r->dir, r->pool, NULL, &err), ERR_MODEL);
    assert_non_null(strstr(err.text, "104"));
    siam_model_unref(other);
}

#define HAND(test)     cmocka_unit_test_setup_teardown(test, hand_make, hand_drop)
#define PICTURES(test) cmocka_unit_test_setup_teardown(test, room_make, room_drop)

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        HAND(one_anchor),
        HAND(odd_number_of_anchors),
        HAND(even_number_of_anchors),
        HAND(a_score_at_the_threshold_matches),
        HAND(extreme_scores),
        HAND(median_is_that_of_a_sort),
        PICTURES(gallery_holds_the_usable_pictures),
        PICTURES(files_of_one_batch_or_many),
        PICTURES(files_that_must_all_be_usable),
        PICTURES(one_file),
        PICTURES(inputs_in_batches),
        PICTURES(one_channel),
        PICTURES(a_frame_is_its_guide_box),
        PICTURES(unusable_folders),
        PICTURES(a_stop_is_heard),
        PICTURES(a_net_of_another_side_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
