// SPDX-License-Identifier: MIT
// DESIGN. A run's pictures are one list: its training pictures as their folder has them, then the
// tests as the labels name them. So a class is a number below `ways`, and one call embeds a run.
// Labels and folder are matched by the text of their paths: both begin with what realpath() says of
// the folder that holds the run, and go on as the labels say.
#include "core/verify/oneshot.h"

#include "core/base/file.h"
#include "core/verify/embed.h"
#include "core/verify/folder.h"
#include "core/verify/lines.h"
#include "core/verify/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABELS     "class_labels.txt"
#define LABELS_MAX ((size_t)1 << 20) // bytes
#define FORM                                                                                       \
    "each line is TEST blank TRAINING, two pictures' paths from the folder that holds the run"

struct run {
    struct verify_folder pictures; // [0, ways) for training, then the tests
    int ways;                      // 0: not yet known
    int *answers;                  // [pictures.n - ways] number of each test's training picture
};

struct judge {
    struct verify_embedder *embedder;
    const struct nn_net *net;
    const atomic_bool *stop;
};

// ---- Reading a run ----------------------------------------------------------------------------

static void run_finish(struct run *run)
{
    verify_folder_finish(&run->pictures);
    free(run->answers);
}

static int n_tests(const struct run *run)
{
    return run->pictures.n - run->ways;
}

// The number of a picture, -1 where it is not among the run's.
static int picture_number(const struct run *run, const char *path)
{
    for (int i = 0; i < run->pictures.n; i++)
        if (strcmp(run->pictures.paths[i], path) == 0)
            return i;
    return -1;
}

// Cuts a line into its two paths; *test is NULL where it has nothing but blanks. Returns what is
// wrong with it, or NULL.
static const char *cut_line(char *line, const char **test, const char **training)
{
    char *rest;
    *test = strtok_r(line, " \t", &rest);
    *training = *test ? strtok_r(NULL, " \t", &rest) : NULL;
    if (*test && !*training)
        return "only one path";
    return *training && strtok_r(NULL, " \t", &rest) ? "more than two paths" : NULL;
}

// All pictures of the folder that `picture` lies in.
static int read_training(struct run *run, const char *picture, struct err *err)
{
    char dir[4096];
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(picture, '/') - picture), picture);
    int ret = verify_folder_read(&run->pictures, dir, err);
    if (ret)
        return ret;
    run->ways = run->pictures.n;
    if (run->ways < 2)
        return err_set(err, ERR_DATA,
                       "%s: %d training pictures are no choice: put two or more there", dir,
                       run->ways);
    return 0;
}

static int add_test(struct run *run, const struct verify_lines *lines, const char *test,
                    const char *training, struct err *err)
{
    int ret = run->ways == 0 && file_exists(training) ? read_training(run, training, err) : 0;
    if (ret)
        return ret;
    int answer = picture_number(run, training);
    if (answer < 0 || answer >= run->ways)
        return err_set(err, ERR_DATA,
                       "%s:%d: %s is not among the run's training pictures: put it there, or "
                       "correct the line",
                       lines->name, lines->number, training);
    if (picture_number(run, test) >= 0)
        return err_set(err, ERR_DATA,
                       "%s:%d: %s is named before or is a training picture: take the line out",
                       lines->name, lines->number, test);
    run->answers[n_tests(run)] = answer;
    return verify_folder_add(&run->pictures, test, err);
}

static int read_line(struct run *run, const struct verify_lines *lines, char *line,
                     const char *base, struct err *err)
{
    const char *name[2];
    char path[2][4096];
    const char *wrong = cut_line(line, &name[0], &name[1]);
    if (wrong)
        return verify_lines_refuse(lines, wrong, FORM, err);
    if (!name[0])
        return 0;
    int ret = file_join(path[0], sizeof path[0], base, name[0], err);
    if (!ret)
        ret = file_join(path[1], sizeof path[1], base, name[1], err);
    return ret ? ret : add_test(run, lines, path[0], path[1], err);
}

static int read_lines(struct run *run, struct verify_lines *lines, const char *base,
                      struct err *err)
{
    run->answers = malloc((size_t)lines->n_most * sizeof *run->answers);
    int ret = run->answers ? 0 : err_memory(err, lines->name);
    for (char *line; !ret && (line = verify_lines_next(lines));)
        ret = read_line(run, lines, line, base, err);
    if (!ret && run->ways == 0)
        ret = err_set(err, ERR_DATA, "%s: no tests in it; " FORM, lines->name);
    return ret;
}

// The folder that holds the run with this file of labels: *base is the caller's (free).
static int find_base(char **base, const char *labels, struct err *err)
{
    char dir[4096];
    snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(labels, '/') - labels), labels);
    *base = realpath(dir, NULL);
    if (!*base)
        return err_set(err, ERR_DATA, "%s: %s", dir, strerror(errno));
    *strrchr(*base, '/') = '\0';
    return 0;
}

static int run_read(struct run *run, const char *labels, struct err *err)
{
    struct verify_lines lines;
    char *base;
    *run = (struct run){0};
    int ret = find_base(&base, labels, err);
    if (ret)
        return ret;
    ret = verify_lines_read(&lines, labels, LABELS_MAX, err);
    if (!ret)
        ret = read_lines(run, &lines, base, err);
    verify_lines_finish(&lines);
    free(base);
    if (ret)
        run_finish(run);
    return ret;
}

// ---- Judging ------------------------------------------------------------------------------------

// Whether the answer's training picture is nearer to the test e: [embedding] than all others.
static bool is_right(const struct nn_net *net, const float *training, int ways, const float *e,
                     int answer)
{
    size_t size = (size_t)net->config.embedding;
    float best = nn_head_logit(net, e, training + (size_t)answer * size);
    for (int i = 0; i < ways; i++)
        if (i != answer && !(nn_head_logit(net, e, training + (size_t)i * size) < best))
            return false;
    return true;
}

static int count_right(const struct run *run, const struct nn_net *net, const float *e)
{
    size_t size = (size_t)net->config.embedding;
    int right = 0;
    for (int i = 0; i < n_tests(run); i++)
        right += is_right(net, e, run->ways, e + (size_t)(run->ways + i) * size, run->answers[i]);
    return right;
}

static void add_to_result(struct verify_oneshot_result *r, const struct run *run, int right)
{
    int n = n_tests(run), ways = run->ways;
    r->per_run[r->runs++] = (double)right / n;
    r->n += n;
    r->right += right;
    r->chance += (double)n / ways; // the mean in the end
    r->ways_min = r->runs == 1 || ways < r->ways_min ? ways : r->ways_min;
    r->ways_max = ways > r->ways_max ? ways : r->ways_max;
}

static int judge_run(struct judge *j, const char *labels, struct verify_oneshot_result *r,
                     struct err *err)
{
    struct run run;
    int ret = run_read(&run, labels, err);
    if (ret)
        return ret;
    size_t size = (size_t)j->net->config.embedding;
    float *e = malloc((size_t)run.pictures.n * size * sizeof *e);
    ret = e ? verify_embed_files(j->embedder, run.pictures.paths, run.pictures.n, e, NULL, NULL,
                                 j->stop, err)
            : err_memory(err, labels);
    if (ret >= 0)
        add_to_result(r, &run, count_right(&run, j->net, e));
    free(e);
    run_finish(&run);
    return ret < 0 ? ret : 0;
}

static bool is_labels(const char *path)
{
    return strcmp(strrchr(path, '/') + 1, LABELS) == 0;
}

// At least one file of labels.
static int find_runs(struct verify_folder *labels, const char *dir, struct err *err)
{
    int ret = verify_folder_find(labels, dir, is_labels, err);
    if (!ret && labels->n == 0)
        ret = err_set(err, ERR_DATA,
                      "%s: no run in it: a run is a folder with " LABELS
                      " and the pictures that it names",
                      dir);
    return ret;
}

static int judge_runs(struct judge *j, const struct verify_folder *labels,
                      struct verify_oneshot_result *r, struct err *err)
{
    r->per_run = malloc((size_t)labels->n * sizeof *r->per_run);
    int ret = r->per_run ? 0 : err_memory(err, "runs");
    for (int i = 0; i < labels->n && !ret; i++)
        ret = judge_run(j, labels->paths[i], r, err);
    if (ret)
        return ret;
    r->accuracy = (double)r->right / r->n;
    r->low = verify_lower_bound(r->right, r->n);
    r->high = verify_upper_bound(r->right, r->n);
    r->chance /= r->n;
    return 0;
}

int verify_oneshot(struct verify_oneshot_result *result, struct siam_model *model, const char *dir,
                   struct pool *pool, const atomic_bool *stop, struct err *err)
{
    struct verify_folder labels;
    struct judge judge = {.net = model->net, .stop = stop};
    *result = (struct verify_oneshot_result){0};
    int ret = find_runs(&labels, dir, err);
    if (ret)
        return ret;
    ret = verify_embedder_create(&judge.embedder, model, VERIFY_BATCH, pool, err);
    if (!ret)
        ret = judge_runs(&judge, &labels, result, err);
    if (ret)
        verify_oneshot_finish(result);
    verify_embedder_destroy(judge.embedder);
    verify_folder_finish(&labels);
    return ret;
}

void verify_oneshot_finish(struct verify_oneshot_result *result)
{
    free(result->per_run);
    *result = (struct verify_oneshot_result){0};
}
