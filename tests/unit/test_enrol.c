// SPDX-License-Identifier: MIT
// Enrolment against brute force: every score recomputed from the embeddings, the threshold, the
// counts and the lists from the scores.
#include "core/verify/enrol.h"
#include "core/verify/metrics.h"
#include "tests/room.h"

#include <math.h>

#define MOST 250 // pictures

// A data set of chips that stand in no folder.
struct made {
    struct siam_dataset data;
    struct siam_picture pictures[MOST];
};

static struct made *make(int n)
{
    struct made *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->data.input = siam_input_whole(3);
    m->data.pictures = m->pictures;
    assert_int_equal(siam_chips_create(&m->data.chips, n, FACE_CHIP_SIZE(3), 0, NULL, NULL), 0);
    return m;
}

static void drop(struct made *m)
{
    siam_chips_destroy(m->data.chips);
    free(m);
}

// One more picture; kinds in their order.
static int add(struct made *m, enum siam_kind kind, enum siam_part part, int person, int take)
{
    int i = m->data.n_pictures++;
    struct img img = {0}, scratch = {0};
    uint8_t chip[FACE_CHIP_SIZE(3)];
    assert_true(i < MOST);
    tiny_draw(&img, person, take);
    assert_int_equal(face_chip(chip, 3, &img, face_whole(&img), &scratch, NULL), 0);
    assert_int_equal(siam_chips_put(m->data.chips, i, chip, NULL), 0);
    m->pictures[i] = (struct siam_picture){.kind = kind, .part = part, .chip = i, .person = -1};
    m->data.n_kind[kind]++;
    img_finish(&img);
    img_finish(&scratch);
    return i;
}

// Anchors trained on (2 persons' pictures among them, so that scores differ), a few held out,
// positives of some persons held out, and others.
static struct made *make_usual(int n_positive, int n_others)
{
    struct made *m = make(MOST);
    for (int i = 0; i < 7; i++)
        add(m, SIAM_ANCHOR, i % 4 == 3 ? SIAM_HELDOUT : SIAM_TRAIN, i % 3 ? 1 : 2, i);
    for (int i = 0; i < n_positive; i++)
        add(m, SIAM_POSITIVE, i % 6 == 5 ? SIAM_TRAIN : SIAM_HELDOUT, 1 + i % 5, 50 + i);
    add(m, SIAM_NEGATIVE, SIAM_TRAIN, 1, 0); // as an anchor: would be accepted
    for (int i = 0; i < n_others; i++)
        add(m, SIAM_NEGATIVE, SIAM_HELDOUT, 3 + i % 40, 100 + i);
    add(m, SIAM_NEGATIVE, SIAM_UNUSED, 1, 0);
    return m;
}

static struct verify_enrolment enrol(const struct room *r, const struct made *m, double target)
{
    struct verify_enrolment en;
    struct err err = {0};
    if (verify_enrol(&en, r->model, &m->data, target, r->pool, NULL, &err))
        fail_msg("%s", err.text);
    return en;
}

// ---- Brute force ------------------------------------------------------------------------------

struct scored {
    struct verify_suspect own[MOST], others[MOST];
    int n_own, n_others;
};

static int rising(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

// Embeds as enrolment does: the last bits of an embedding depend on what it is embedded with.
static float *embed(const struct room *r, const struct made *m, enum siam_kind first,
                    enum siam_kind last, enum siam_part part, int *numbers, int *n)
{
    float *e = malloc(MOST * (size_t)r->model->net->config.embedding * sizeof *e);
    assert_non_null(e);
    *n = 0;
    for (int i = 0; i < m->data.n_pictures; i++) {
        const struct siam_picture *p = &m->pictures[i];
        if (p->kind >= first && p->kind <= last && p->part == part)
            numbers[(*n)++] = i;
    }
    assert_int_equal(
        siam_dataset_embed(&m->data, r->model->net, numbers, *n, e, r->pool, NULL, NULL), 0);
    return e;
}

// The needed-th best score against the anchors.
static float score_of(const struct room *r, const float *anchors, int n, const float *e)
{
    float scores[MOST];
    int size = r->model->net->config.embedding, needed = r->model->card.needed;
    for (int a = 0; a < n; a++)
        scores[a] = nn_sigmoid(nn_head_logit(r->model->net, e, anchors + a * size));
    qsort(scores, (size_t)n, sizeof *scores, rising);
    return scores[n - (needed ? needed : (n + 1) / 2)];
}

static void score_all(struct scored *s, const struct room *r, const struct made *m)
{
    int numbers[MOST], n_anchors, size = r->model->net->config.embedding;
    float *anchors = embed(r, m, SIAM_ANCHOR, SIAM_ANCHOR, SIAM_TRAIN, numbers, &n_anchors);
    float *e = embed(r, m, SIAM_ANCHOR, SIAM_POSITIVE, SIAM_HELDOUT, numbers, &s->n_own);
    for (int i = 0; i < s->n_own; i++)
        s->own[i] =
            (struct verify_suspect){numbers[i], score_of(r, anchors, n_anchors, e + i * size)};
    free(e);
    e = embed(r, m, SIAM_NEGATIVE, SIAM_NEGATIVE, SIAM_HELDOUT, numbers, &s->n_others);
    for (int i = 0; i < s->n_others; i++)
        s->others[i] =
            (struct verify_suspect){numbers[i], score_of(r, anchors, n_anchors, e + i * size)};
    free(e);
    free(anchors);
}

static int count_accepted(const struct verify_suspect *s, int n, float threshold)
{
    int count = 0;
    for (int i = 0; i < n; i++)
        count += s[i].score >= threshold;
    return count;
}

static int worst_own_first(const void *a, const void *b)
{
    const struct verify_suspect *x = a, *y = b;
    int by_score = (x->score > y->score) - (x->score < y->score);
    return by_score ? by_score : x->picture - y->picture;
}

static int worst_other_first(const void *a, const void *b)
{
    const struct verify_suspect *x = a, *y = b;
    int by_score = (x->score < y->score) - (x->score > y->score);
    return by_score ? by_score : x->picture - y->picture;
}

static void assert_listed(const struct verify_suspect *got, int n_got,
                          const struct verify_suspect *want, int n_want)
{
    assert_int_equal(n_got, n_want < VERIFY_SUSPECTS ? n_want : VERIFY_SUSPECTS);
    for (int i = 0; i < n_got; i++)
        if (got[i].picture != want[i].picture || got[i].score != want[i].score)
            fail_msg("suspect %d: picture %d (%g), should be %d (%g)", i, got[i].picture,
                     (double)got[i].score, want[i].picture, (double)want[i].score);
}

// All that follows from the scores; returns how many own pictures are refused.
static int check(const struct room *r, const struct made *m, double target)
{
    struct scored s;
    struct verify_enrolment en = enrol(r, m, target);
    score_all(&s, r, m);
    int accepted = count_accepted(s.others, s.n_others, en.threshold);
    int refused = s.n_own - count_accepted(s.own, s.n_own, en.threshold);
    assert_int_equal(en.n_impostor, s.n_others);
    assert_int_equal(en.n_genuine, s.n_own);
    assert_int_equal(en.n_accepted, accepted);
    assert_int_equal(en.n_refused, refused);
    float scores[MOST];
    for (int i = 0; i < s.n_others; i++)
        scores[i] = s.others[i].score;
    assert_true(en.threshold == verify_far_threshold(scores, s.n_others, target));
    qsort(s.others, (size_t)s.n_others, sizeof *s.others, worst_other_first);
    // Where it is counted: a lower one that lets one more in keeps the target no more.
    if (s.n_others < 100 || target >= 0.1) {
        assert_true(accepted <= target * s.n_others + 1e-9);
        if (accepted < s.n_others) {
            float next = s.others[accepted].score;
            assert_true(en.threshold > next);
            assert_true(count_accepted(s.others, s.n_others, next) > target * s.n_others);
        }
    }
    qsort(s.own, (size_t)s.n_own, sizeof *s.own, worst_own_first);
    assert_listed(en.own, en.n_own, s.own, refused);
    assert_listed(en.others, en.n_others, s.others, accepted);
    assert_true(en.few_strangers == (verify_upper_bound(0, s.n_others) > target));
    return refused;
}

// ---- Tests ------------------------------------------------------------------------------------

static void all_follows_from_the_scores(void **state)
{
    struct room *r = *state;
    struct made *m = make_usual(60, 150);
    static const double targets[] = {0.001, 0.01, 0.02, 0.1, 0.3, 0.9};
    int most = 0;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        int refused = check(r, m, targets[i]);
        most = refused > most ? refused : most;
    }
    assert_true(most > VERIFY_SUSPECTS);
    r->model->card.needed = 1; // the best anchor decides
    check(r, m, 0.05);
    r->model->card.needed = 4;
    check(r, m, 0.05);
    drop(m);
}

// Strangers that are all the same score the same: all are let in or none is.
static void ties_fall_together(void **state)
{
    struct room *r = *state;
    struct made *m = make(MOST);
    for (int i = 0; i < 4; i++)
        add(m, SIAM_ANCHOR, SIAM_TRAIN, 1, i);
    add(m, SIAM_POSITIVE, SIAM_HELDOUT, 1, 9);
    for (int i = 0; i < 20; i++)
        add(m, SIAM_NEGATIVE, SIAM_HELDOUT, 5, 0);
    for (int i = 0; i < 3; i++)
        add(m, SIAM_NEGATIVE, SIAM_HELDOUT, 7 + i, i);
    check(r, m, 0.01);
    check(r, m, 0.2);
    check(r, m, 0.5);
    drop(m);
}

static void one_stranger_is_refused(void **state)
{
    struct room *r = *state;
    struct made *m = make_usual(5, 1);
    check(r, m, VERIFY_FAR_TARGET);
    struct verify_enrolment en = enrol(r, m, VERIFY_FAR_TARGET);
    assert_int_equal(en.n_impostor, 1);
    assert_int_equal(en.n_accepted, 0);
    assert_true(en.few_strangers && en.threshold <= 1);
    drop(m);
    m = make_usual(5, 0);
    struct err err = {0};
    assert_int_equal(verify_enrol(&en, r->model, &m->data, VERIFY_FAR_TARGET, r->pool, NULL, &err),
                     ERR_DATA);
    assert_non_null(strstr(err.text, "nobody"));
    drop(m);
}

static void without_anchors_there_is_nothing_to_measure(void **state)
{
    struct room *r = *state;
    struct made *m = make(10);
    struct verify_enrolment en;
    struct err err = {0};
    add(m, SIAM_ANCHOR, SIAM_HELDOUT, 1, 1); // which are not compared with
    add(m, SIAM_NEGATIVE, SIAM_HELDOUT, 2, 1);
    assert_int_equal(verify_enrol(&en, r->model, &m->data, 0.01, r->pool, NULL, &err), ERR_DATA);
    assert_non_null(strstr(err.text, "no anchors"));
    const atomic_bool stop = true;
    drop(m);
    m = make_usual(5, 5);
    assert_int_equal(verify_enrol(&en, r->model, &m->data, 0.01, r->pool, &stop, &err),
                     ERR_STOPPED);
    drop(m);
}

// The face gone, the room is left: whoever's pictures are a wall with an oval in it is told by the
// wall.
static void paint(struct made *m, int i, int wall, int face)
{
    uint8_t chip[FACE_CHIP_SIZE(3)];
    for (size_t k = 0; k < sizeof chip; k++) {
        float x = ((float)(k % FACE_CHIP_SIDE) - 52) / 52;
        float y = ((float)(k / FACE_CHIP_SIDE % FACE_CHIP_SIDE) - 52) / 52;
        bool inside = x * x + y * y < 0.25f;
        chip[k] = (uint8_t)(inside ? face + (k % 5 > 2 ? 40 : 0) : wall);
    }
    assert_int_equal(siam_chips_put(m->data.chips, i, chip, NULL), 0);
}

static void blanked_faces_tell_the_room(void **state)
{
    struct room *r = *state;
    for (int flat = 0; flat < 2; flat++) {
        struct made *m = make(MOST);
        for (int i = 0; i < 4; i++)
            paint(m, add(m, SIAM_ANCHOR, SIAM_TRAIN, 1, i), 90, flat ? 90 : 10);
        for (int i = 0; i < 6; i++)
            paint(m, add(m, SIAM_POSITIVE, SIAM_HELDOUT, 1, i), 90, flat ? 90 : 10);
        for (int i = 0; i < 9; i++)
            paint(m, add(m, SIAM_NEGATIVE, SIAM_HELDOUT, 2, i), flat ? 250 : 90, 70 + 20 * i);
        struct verify_enrolment en = enrol(r, m, 0.01);
        assert_int_equal(en.n_genuine, 6);
        assert_int_equal(en.n_refused, 0);
        assert_int_equal(en.n_blank, 6);
        char *text = verify_enrolment_text(&en);
        assert_non_null(text);
        assert_int_equal(en.n_blank_accepted, flat ? 6 : 0);
        assert_true(!strstr(text, "knows your room") == !flat);
        free(text);
        drop(m);
    }
}

static void the_card_says_what_was_measured(void **state)
{
    (void)state;
    struct verify_enrolment en = {.threshold = 0.625f,
                                  .n_genuine = 40,
                                  .n_refused = 3,
                                  .n_impostor = 500,
                                  .n_accepted = 5,
                                  .split_in_time = true};
    struct siam_card card = {.epochs = 7, .threshold = 0.1f, .needed = 3};
    verify_enrolment_to_card(&en, &card);
    assert_true(card.threshold == 0.625f && card.far == 0.01 && card.frr == 0.075);
    assert_int_equal(card.n_genuine, 40);
    assert_int_equal(card.n_impostor, 500);
    assert_string_equal(card.heldout, "time");
    assert_int_equal(card.epochs, 7);
    assert_int_equal(card.needed, 3);
    char *text = verify_enrolment_text(&en);
    assert_non_null(strstr(text, "5 of 500"));
    assert_non_null(strstr(text, "8 % (3 of 40)"));
    assert_non_null(strstr(text, "one sitting"));
    assert_null(strstr(text, "too few strangers"));
    free(text);
    en = (struct verify_enrolment){.n_impostor = 3, .few_strangers = true};
    verify_enrolment_to_card(&en, &card); // no own pictures were held out
    assert_true(card.frr == 0 && card.far == 0);
    assert_string_equal(card.heldout, "bursts");
    text = verify_enrolment_text(&en);
    assert_non_null(strstr(text, "too few strangers"));
    assert_null(strstr(text, "one sitting"));
    free(text);
}

// What a model is and judges by survives the file.
static void the_input_and_the_rule_are_kept_in_the_file(void **state)
{
    struct room *r = *state;
    struct nn_config config = tiny_config(3);
    struct siam_model *model = tiny_model(&config, 0.7F), *read;
    struct err err = {0};
    const char *path = path_in(r, "m.safetensors");
    model->card.needed = 5;
    model->input = (struct siam_input){.way = SIAM_FACE, .channels = 3, .aligned = true};
    for (int k = 0; k < FACE_TEMPLATE_HALF; k++)
        model->input.align.half[k] = (int8_t)(k % 255 - 127);
    assert_int_equal(siam_model_save(model, path, NULL), 0);
    assert_int_equal(siam_model_load_as(&read, path, &config, NULL), 0);
    assert_int_equal(read->card.needed, 5);
    assert_int_equal(read->input.way, SIAM_FACE);
    assert_true(read->input.aligned);
    assert_memory_equal(&read->input.align, &model->input.align, sizeof read->input.align);
    siam_model_unref(read);

    model->input.aligned = false;
    assert_int_equal(siam_model_save(model, path, NULL), 0);
    assert_int_equal(siam_model_load_as(&read, path, &config, NULL), 0);
    assert_true(read->input.way == SIAM_FACE && !read->input.aligned);
    siam_model_unref(read);

    struct siam_tensor tensors[NN_TENSORS];
    static struct siam_meta meta;
    siam_net_tensors(model->net, tensors);
    for (int i = 0; i < 3; i++) { // a way of another program, and mean faces of another size
        meta.n = 0;
        siam_meta_put(&meta, "program", "visavis");
        siam_meta_put(&meta, "input", i == 0 ? "ear" : "face");
        siam_meta_put_bytes(&meta, "mean_face", &model->input.align,
                            sizeof model->input.align - (i == 1 ? 1 : 40));
        assert_int_equal(siam_tensors_write(path, &meta, tensors, NN_TENSORS, NULL, NULL, NULL), 0);
        assert_int_equal(siam_model_load_as(&read, path, &config, &err), ERR_MODEL);
        assert_null(read);
        assert_non_null(strstr(err.text, i == 0 ? "ear" : "mean face"));
    }
    siam_model_unref(model);
}

int main(void)
{
#define IN_ROOM(f) cmocka_unit_test_setup_teardown(f, room_make, room_drop)
    const struct CMUnitTest tests[] = {
        IN_ROOM(all_follows_from_the_scores),
        IN_ROOM(ties_fall_together),
        IN_ROOM(one_stranger_is_refused),
        IN_ROOM(without_anchors_there_is_nothing_to_measure),
        IN_ROOM(blanked_faces_tell_the_room),
        cmocka_unit_test(the_card_says_what_was_measured),
        IN_ROOM(the_input_and_the_rule_are_kept_in_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
