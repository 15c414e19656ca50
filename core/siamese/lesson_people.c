// SPDX-License-Identifier: MIT
// DESIGN. A step shows two pictures or more each of some people, every time changed anew
// (augmentation), and compares all with all (set_loss.h). So pictures of the same source are told
// apart as well as those of different ones, and the camera says nothing about the answer. People
// come in rounds, who by their folders' weights (rounds.h), each in another order, which follows
// from the seed and the round's number; of
// whom there is one picture alone, it is shown several times, changed in as many ways. A user,
// where there is one, is one more person, who is in every step.
#include "core/siamese/lesson.h"
#include "core/siamese/rounds.h"
#include "core/siamese/set_loss.h"
#include "core/siamese/streams.h"
#include "core/siamese/weight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN       2               // pictures of a person in a step, where there are enough people
#define SHOWN_MAX   8               // and at most, where there are not
#define OWN_SHOWN   8               // pictures of the user in a step
#define SCENES      12              // cameras and rooms in a step
#define ANCHORS_MAX 24              // of the user's to judge by
#define SPREAD      1.5f            // of fc's outputs at the start, see nn_net_fit()
#define STEPS_LEAST 10              // of an epoch
#define TWINS_STEP  ((1 << 28) - 1) // a step beyond all, whose scenes twins are shown in
#define HELDOUT_MAX 600             // pictures of other people judged on at most
#define BESIDE_MAX  200             // and at most beside those of a user

// Training pictures, those of a person side by side.
struct person {
    int first, n;
    int family;         // 0..: persons whose folders lie in the same one, an alphabet or a source
    int8_t weight_log2; // the greatest of its pictures
};

struct people {
    struct siam_lesson lesson; // first: what callers hold
    const struct siam_dataset *data;
    uint64_t seed;
    struct siam_augment augment;
    struct face_lights *lights;       // NULL where not needed
    struct siam_scene scenes[SCENES]; // of the step
    struct siam_batch *batch;
    int *pictures;          // [n_pictures], sorted by person
    struct person *persons; // [n_persons]
    int turned;             // 4: a drawing turned by a quarter is another character; else 1
    int n_persons;          // each turn of one counted
    int n_shown, each;      // persons in a step, and pictures of each
    int *own;               // [n_own], training pictures of the user
    int n_own;              // 0: there is no user
    int own_shown;          // of them in a step
    struct siam_rounds *rounds;
    int *order; // [n_persons], of the round: so many as it has
    int *ranks; // [n_families, turned], of families in rounds that keep them
    int n_families;
    int64_t round;               // that `order` is of; -1: none yet
    int *taken, *labels, *turns; // [lesson.n_pictures]
    float *logits, *dlogits;     // [n_pictures^2]
    int *heldout, *whose;        // [n_heldout] pictures, and their persons, -1: the user
    bool *is_anchor;             // [n_heldout], of the user's
    int n_twins;                 // the last of them that are changed twins of the first
    float *e;                    // [n_heldout, embedding]
    struct nn_pair *pairs;       // of those
    int n_pairs;
    float *pair_logits;
    int *pair_order;
};

// ---- Who is whose -----------------------------------------------------------------------------

static int by_identity(const void *a, const void *b, void *ctx)
{
    const struct siam_dataset *data = ctx;
    int i = *(const int *)a, j = *(const int *)b;
    int x = siam_person_of(data, i), y = siam_person_of(data, j);
    return x != y ? (x > y) - (x < y) : (i > j) - (i < j);
}

// The negatives of a part, sorted by person; returns how many.
static int select_people(const struct siam_dataset *data, enum siam_part part, int *pictures)
{
    int n = siam_select_pictures(data, SIAM_NEGATIVE, SIAM_NEGATIVE, part, pictures);
    qsort_r(pictures, (size_t)n, sizeof *pictures, by_identity, (void *)(uintptr_t)data);
    return n;
}

// Bytes of a path up to the folder that its folder lies in.
static size_t family_length(const char *path)
{
    size_t n = strlen(path);
    for (int up = 0; up < 2; up++)
        while (n > 0 && path[--n] != '/') {
        }
    return n;
}

static bool same_family(const struct people *p, int i, int j)
{
    const char *a = p->data->pictures[i].path, *b = p->data->pictures[j].path;
    size_t n = family_length(a);
    return n == family_length(b) && memcmp(a, b, n) == 0;
}

static int group_persons(struct people *p, int n)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        const int *at = &p->pictures[i];
        bool is_new = i == 0 || siam_person_of(p->data, at[0]) != siam_person_of(p->data, at[-1]);
        p->n_families += i == 0 || (is_new && !same_family(p, at[0], at[-1]));
        if (is_new)
            p->persons[count++] = (struct person){i, 0, p->n_families - 1, SIAM_WEIGHT_LEAST};
        struct person *person = &p->persons[count - 1];
        int8_t weight = p->data->pictures[at[0]].weight_log2;
        person->weight_log2 = weight > person->weight_log2 ? weight : person->weight_log2;
        person->n++;
    }
    return count;
}

// ---- Steps ------------------------------------------------------------------------------------

static int rank_of(const struct people *p, int who)
{
    return p->ranks[p->persons[who / p->turned].family * p->turned + who % p->turned];
}

static int by_rank(const void *a, const void *b, void *ctx)
{
    int x = *(const int *)a, y = *(const int *)b;
    int rank = rank_of(ctx, x) - rank_of(ctx, y);
    return rank ? rank : x - y;
}

static void shuffled(int *numbers, int n, struct rng *rng)
{
    for (int i = 0; i < n; i++)
        numbers[i] = i;
    rng_shuffle(rng, numbers, (size_t)n);
}

// Every other round keeps families together, so that steps show people who are hard to tell apart:
// characters of one alphabet, pictures of one source.
static void enter_round(struct people *p, int64_t round)
{
    struct rng rng;
    if (round == p->round)
        return;
    int members = siam_rounds_members(p->rounds, round, p->order);
    rng_seed(&rng, p->seed, SIAM_STREAM_CYCLES + (uint64_t)round);
    rng_shuffle(&rng, p->order, (size_t)members);
    if (round % 2 && p->n_families > 1) {
        shuffled(p->ranks, p->n_families * p->turned, &rng);
        qsort_r(p->order, (size_t)members, sizeof *p->order, by_rank, p);
        for (int i = 0, n; i < members; i += n) {
            for (n = 1; i + n < members; n++)
                if (rank_of(p, p->order[i + n]) != rank_of(p, p->order[i]))
                    break;
            rng_shuffle(&rng, p->order + i, (size_t)n);
        }
    }
    p->round = round;
}

// k of n pictures, all different where there are so many: those that follow each other from a place
// drawn at random on, leaving out some.
static void take_some(const int *pictures, int n, int k, int *taken, struct rng *rng)
{
    int at = (int)rng_below(rng, (uint32_t)n), spare = n > k ? n - k : 0;
    for (int i = 0; i < k; i++, at++) {
        int leap = spare > 0 ? (int)rng_below(rng, (uint32_t)spare + 1) : 0;
        spare -= leap;
        at += leap;
        taken[i] = pictures[at % n];
    }
}

static void take_people(struct people *p, int64_t number)
{
    struct rng rng;
    int64_t place = number * p->n_shown;
    int *taken = p->taken, *labels = p->labels, *turns = p->turns;
    rng_seed(&rng, p->seed, SIAM_STREAM_STEPS + (uint64_t)number);
    for (int i = 0; i < p->n_shown; i++, place++) {
        int at;
        enter_round(p, siam_rounds_find(p->rounds, place, &at));
        int who = p->order[at];
        const struct person *person = &p->persons[who / p->turned];
        take_some(p->pictures + person->first, person->n, p->each, taken, &rng);
        for (int k = 0; k < p->each; k++) {
            *turns++ = who % p->turned;
            *labels++ = who;
        }
        taken += p->each;
    }
    if (p->n_own > 0)
        take_some(p->own, p->n_own, p->own_shown, taken, &rng);
    for (int k = 0; k < p->own_shown; k++) {
        *turns++ = 0;
        *labels++ = p->n_persons;
    }
}

static struct siam_change change_of(struct people *p, int64_t number)
{
    uint64_t stream = SIAM_STREAM_CHANGES + (uint64_t)number;
    struct rng rng;
    rng_seed(&rng, p->seed, stream);
    for (int i = 0; i < SCENES; i++)
        p->scenes[i] = siam_draw_scene(&p->augment, &rng);
    return (struct siam_change){&p->augment, p->lights, p->seed, stream,
                                p->scenes,   SCENES,    p->turns};
}

static int step(struct siam_lesson *lesson, const struct nn_net *net, int64_t number, double *loss,
                const struct nn_params *grad, const atomic_bool *stop, struct err *err)
{
    struct people *p = (struct people *)lesson;
    struct siam_change change = change_of(p, number);
    int n = lesson->n_pictures;
    take_people(p, number);
    int ret = siam_batch_show(p->batch, net, p->taken, n, &change, stop, err);
    if (ret)
        return ret;
    nn_head_all_forward(net, p->batch->e, n, p->logits, p->batch->pool);
    struct siam_set_loss parts = siam_set_loss(p->logits, p->labels, n, p->dlogits);
    *loss = parts.pairs + parts.ranking;
    if (!isfinite(*loss))
        return 0;
    nn_head_all_backward(net, p->batch->e, n, p->dlogits, p->batch->de, grad, p->batch->pool);
    return nn_backward(net, p->batch->work, n, p->batch->e, p->batch->de, grad, stop);
}

static int begin(struct siam_lesson *lesson, struct nn_net *net, const atomic_bool *stop,
                 struct err *err)
{
    struct people *p = (struct people *)lesson;
    struct siam_change change = change_of(p, 0);
    struct rng rng;
    int n = lesson->n_pictures;
    rng_seed(&rng, p->seed, SIAM_STREAM_WEIGHTS);
    nn_net_init_he(net, &rng);
    take_people(p, 0);
    int ret = siam_batch_show(p->batch, net, p->taken, n, &change, stop, err);
    if (!ret)
        nn_net_fit(net, p->batch->work, p->batch->x, n, SPREAD, p->batch->e);
    return ret;
}

// ---- Judging ----------------------------------------------------------------------------------

// Whether two of the pictures judged on make a pair: those of a user are the anchors against all
// others; without a user any two.
static bool is_pair(const struct people *p, int a, int b)
{
    return p->n_own == 0 || (p->is_anchor[a] != p->is_anchor[b]);
}

// Where nobody held out has two pictures, each picture's changed twin makes a second one: that says
// little of how people differ from day to day, but something of light and place.
static void add_twins(struct people *p)
{
    int n = p->lesson.n_heldout;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++)
            if (is_pair(p, a, b) && p->whose[a] == p->whose[b])
                return;
    for (int i = 0; i < n; i++) {
        p->heldout[n + i] = p->heldout[i];
        p->whose[n + i] = p->whose[i];
        p->is_anchor[n + i] = false;
    }
    p->n_twins = n;
    p->lesson.n_heldout = 2 * n;
}

// All pairs of the same person, and as many of two persons, spread evenly over those there are.
static int lay_pairs(struct people *p, struct err *err)
{
    int n = p->lesson.n_heldout;
    int64_t count[2] = {0, 0}, seen = 0;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++)
            if (is_pair(p, a, b))
                count[p->whose[a] == p->whose[b]]++;
    int64_t wanted = count[1] < count[0] ? count[1] : count[0];
    if (wanted == 0)
        return err_set(err, ERR_DATA,
                       "too few people to learn from: name folders with more of them, each person "
                       "with several pictures in a folder of its own");
    size_t n_pairs = (size_t)(count[1] + wanted);
    p->pairs = malloc(n_pairs * sizeof *p->pairs);
    p->pair_logits = malloc(n_pairs * sizeof *p->pair_logits);
    p->pair_order = malloc(n_pairs * sizeof *p->pair_order);
    if (!p->pairs || !p->pair_logits || !p->pair_order)
        return err_memory(err, "held-out pairs");
    for (int a = 0; a < n; a++)
        for (int b = 0; b < a; b++) {
            if (!is_pair(p, a, b))
                continue;
            bool same = p->whose[a] == p->whose[b];
            // Of the different ones, those where the running share passes a whole number.
            bool due = !same && (seen + 1) * wanted / count[0] > seen * wanted / count[0];
            seen += !same;
            if (same || due)
                p->pairs[p->n_pairs++] = (struct nn_pair){a, b, same};
        }
    return 0;
}

static int measure(struct siam_lesson *lesson, const struct nn_net *net,
                   struct siam_figures *figures, const atomic_bool *stop, struct err *err)
{
    struct people *p = (struct people *)lesson;
    int n = lesson->n_heldout - p->n_twins;
    size_t size = (size_t)net->config.embedding;
    struct siam_change change = change_of(p, TWINS_STEP);
    change.turns = NULL;
    int ret = siam_batch_embed(p->batch, net, p->heldout, n, NULL, p->e, stop, err);
    if (!ret)
        ret = siam_batch_embed(p->batch, net, p->heldout + n, p->n_twins, &change,
                               p->e + (size_t)n * size, stop, err);
    if (ret)
        return ret;
    nn_head_forward(net, p->e, p->pairs, p->n_pairs, p->pair_logits);
    siam_figures_of(figures, p->pair_logits, p->pairs, p->n_pairs, p->pair_order);
    return 0;
}

// Pictures that were changed are less alike than those that will be compared, so the score 0.5 is
// off for these. There are as many held-out pairs of two persons as of one, so as many are wrong on
// either side of their median: there lies the equal error rate. (A user has a threshold instead.)
static void settle(struct siam_lesson *lesson, struct nn_net *net, struct siam_figures *figures)
{
    struct people *p = (struct people *)lesson;
    const int *rising = p->pair_order;
    float middle =
        (p->pair_logits[rising[(p->n_pairs - 1) / 2]] + p->pair_logits[rising[p->n_pairs / 2]]) / 2;
    net->p.head_b[0] -= middle;
    for (int i = 0; i < p->n_pairs; i++)
        p->pair_logits[i] -= middle;
    siam_figures_of(figures, p->pair_logits, p->pairs, p->n_pairs, p->pair_order);
}

// ---- Set-up -----------------------------------------------------------------------------------

static void destroy(struct siam_lesson *lesson)
{
    struct people *p = (struct people *)lesson;
    siam_batch_destroy(p->batch);
    face_lights_destroy(p->lights);
    free(p->pictures);
    free(p->persons);
    siam_rounds_destroy(p->rounds);
    free(p->order);
    free(p->ranks);
    free(p->own);
    free(p->is_anchor);
    free(p->taken);
    free(p->turns);
    free(p->labels);
    free(p->logits);
    free(p->dlogits);
    free(p->heldout);
    free(p->whose);
    free(p->e);
    free(p->pairs);
    free(p->pair_logits);
    free(p->pair_order);
    free(p);
}

static const struct siam_lesson_kind people_alone = {begin, step, measure, settle, destroy};
static const struct siam_lesson_kind beside_a_user = {begin, step, measure, NULL, destroy};

// At most `max` of the n pictures, spread evenly; returns how many are left.
static int thin(int *pictures, int n, int max)
{
    for (int i = 0; i < max && n > max; i++)
        pictures[i] = pictures[(int64_t)i * n / max];
    return n < max ? n : max;
}

// What is judged on: held-out people; with a user, the anchors trained on against the user's and
// other people's pictures held out.
static int take_heldout(struct people *p, int embedding, struct err *err)
{
    int *to = p->heldout, n_anchors = 0;
    if (p->n_own > 0) {
        n_anchors =
            thin(to, siam_select_pictures(p->data, SIAM_ANCHOR, SIAM_ANCHOR, SIAM_TRAIN, to),
                 ANCHORS_MAX);
        to += n_anchors;
        to += siam_select_pictures(p->data, SIAM_ANCHOR, SIAM_POSITIVE, SIAM_HELDOUT, to);
    }
    to +=
        thin(to, select_people(p->data, SIAM_HELDOUT, to), p->n_own > 0 ? BESIDE_MAX : HELDOUT_MAX);
    int n = p->lesson.n_heldout = (int)(to - p->heldout);
    for (int i = 0; i < n; i++) {
        const struct siam_picture *picture = &p->data->pictures[p->heldout[i]];
        p->whose[i] = picture->kind == SIAM_NEGATIVE ? siam_person_of(p->data, p->heldout[i]) : -1;
        p->is_anchor[i] = i < n_anchors;
    }
    add_twins(p);
    n = p->lesson.n_heldout;
    p->e = malloc((size_t)(n + 1) * (size_t)embedding * sizeof *p->e);
    return p->e ? lay_pairs(p, err) : err_memory(err, "held-out pairs");
}

// How many of whom a step shows: SHOWN * batch_pictures in all.
static void share_step(struct people *p, int batch_pictures)
{
    p->own_shown = p->n_own > 0 ? OWN_SHOWN : 0;
    int left = SHOWN * batch_pictures - p->own_shown;
    left = left < SHOWN ? SHOWN : left;
    p->n_shown = left / SHOWN < p->n_persons ? left / SHOWN : p->n_persons;
    p->each = p->n_shown > 0 ? left / p->n_shown : SHOWN;
    p->each = p->each < SHOWN ? SHOWN : p->each > SHOWN_MAX ? SHOWN_MAX : p->each;
    p->lesson.n_pictures = p->n_shown * p->each + p->own_shown;
}

static int lay_rounds(struct people *p, struct err *err)
{
    int8_t *weights = malloc((size_t)p->n_persons + 1);
    if (!weights)
        return err_memory(err, "people");
    for (int i = 0; i < p->n_persons; i++)
        weights[i] = p->persons[i / p->turned].weight_log2;
    int ret = siam_rounds_create(&p->rounds, weights, p->n_persons, p->seed, err);
    free(weights);
    return ret;
}

static int prepare(struct people *p, const struct siam_train_config *c, struct pool *pool,
                   struct err *err)
{
    size_t n = (size_t)p->data->n_pictures + 1;
    p->pictures = malloc(n * sizeof *p->pictures);
    p->persons = malloc(n * sizeof *p->persons);
    p->order = malloc(4 * n * sizeof *p->order);
    p->ranks = malloc(4 * n * sizeof *p->ranks);
    p->own = malloc(n * sizeof *p->own);
    p->heldout = malloc(2 * n * sizeof *p->heldout);
    p->whose = malloc(2 * n * sizeof *p->whose);
    p->is_anchor = malloc(2 * n * sizeof *p->is_anchor);
    if (!p->pictures || !p->persons || !p->order || !p->ranks || !p->own || !p->heldout ||
        !p->whose || !p->is_anchor)
        return err_memory(err, "people");
    p->n_persons = p->turned * group_persons(p, select_people(p->data, SIAM_TRAIN, p->pictures));
    int ret = lay_rounds(p, err);
    if (ret)
        return ret;
    p->n_own = siam_select_pictures(p->data, SIAM_ANCHOR, SIAM_POSITIVE, SIAM_TRAIN, p->own);
    if (p->n_own == 0)
        p->augment.glasses = 0; // the user's part alone shows them
    ret = take_heldout(p, c->net.embedding, err);
    if (ret)
        return ret;
    share_step(p, c->batch_pictures);
    size_t shown = (size_t)p->lesson.n_pictures;
    p->taken = malloc(shown * sizeof *p->taken);
    p->turns = malloc(shown * sizeof *p->turns);
    p->labels = malloc(shown * sizeof *p->labels);
    p->logits = malloc(shown * shown * sizeof *p->logits);
    p->dlogits = malloc(shown * shown * sizeof *p->dlogits);
    if (!p->taken || !p->turns || !p->labels || !p->logits || !p->dlogits)
        return err_memory(err, "people");
    if (p->augment.relight > 0)
        ret = face_lights_create(&p->lights, err);
    return ret ? ret : siam_batch_create(&p->batch, p->data, &c->net, (int)shown, 1, pool, err);
}

// Of an epoch: as many as show so many pictures as there are, within limits.
static int steps_for(int n_pictures, int of_a_step, int most)
{
    int steps = n_pictures / of_a_step;
    return steps < STEPS_LEAST ? (STEPS_LEAST < most ? STEPS_LEAST : most)
           : steps < most      ? steps
                               : most;
}

int siam_people_steps(const struct siam_train_config *config, const struct siam_dataset *data)
{
    int n = 0;
    for (int i = 0; i < data->n_pictures; i++)
        n += data->pictures[i].kind == SIAM_NEGATIVE && data->pictures[i].part == SIAM_TRAIN;
    return steps_for(n, SHOWN * config->batch_pictures, config->epoch_steps);
}

static int people_steps(const struct people *p, int most)
{
    const struct person *last = &p->persons[p->n_persons / p->turned - 1];
    return steps_for(last->first + last->n, p->lesson.n_pictures, most);
}

int siam_lesson_people(struct siam_lesson **out, const struct siam_train_config *config,
                       const struct siam_dataset *data, struct pool *pool, struct err *err)
{
    *out = NULL;
    struct people *p = calloc(1, sizeof *p);
    if (!p)
        return err_memory(err, "training");
    p->data = data;
    p->seed = config->seed;
    p->round = -1;
    p->turned = data->input.way == SIAM_FACE ? 1 : 4;
    p->augment = data->input.way == SIAM_FACE ? siam_augment_faces() : siam_augment_drawings();
    int ret = prepare(p, config, pool, err);
    if (ret) {
        destroy(&p->lesson);
        return ret;
    }
    p->lesson.kind = p->n_own > 0 ? &beside_a_user : &people_alone;
    p->lesson.n_steps = p->n_own > 0 ? config->epoch_steps : people_steps(p, config->epoch_steps);
    p->lesson.n_heldout_pairs = p->n_pairs;
    p->lesson.chance = M_LN2 + log(p->lesson.n_pictures - 1.0); // of set_loss.h's two
    *out = &p->lesson;
    return 0;
}
