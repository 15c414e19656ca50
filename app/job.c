// SPDX-License-Identifier: MIT
#include "app/job.h"

#include "app/left_out.h"
#include "app/models.h"
#include "app/others.h"
#include "app/people_files.h"
#include "app/relay.h"

#include "core/base/file.h"
#include "core/base/log.h"
#include "core/siamese/people.h"

#include "ui/view.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NICENESS       10
#define HELDOUT        0.3f  // of the pictures, where there is a user
#define PEOPLE_EPOCHS  5     // of other people for each of the user's
#define PEOPLE_FEW     8     // below, they are not learnt of on their own
#define WARM_PART      0.3f  // of the user's epochs, where a model is there to start from
#define FIRST_STEPS    200   // of other people, for a first model, half a minute
#define FIRST_EPOCHS   4     // of the user's, for it
#define FIRST_PART     0.25f // of the whole; where it would take more, no first model is made
#define MEASURED       250   // held-out pictures after each epoch of the user's, about
#define ANCHORS_NEEDED 1

// The folder of the model, where a training writes anyway; "": the current one.
static void folder_of(char *dir, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    snprintf(dir, size, "%.*s", slash ? (int)(slash + 1 - path) : 0, path);
}

// ---- Pictures ---------------------------------------------------------------------------------

// A job's way through its parts.
struct run {
    const struct app_job *job;
    struct app_job_result *result;
    struct siam_train_config config;
    char checkpoint[PATH_MAX];
    struct app_others others;
    struct app_left_out left_out; // of the others, beside the user
    const char *apart;            // of the others, see struct siam_dataset_config
    struct pool *pool;
    const atomic_bool *stop;
    struct app_relay relay;
    const struct app_job_calls *calls;
    bool first; // the model is a first one
};

static void loaded(struct run *run, const struct siam_dataset *data)
{
    if (run->calls->loaded)
        run->calls->loaded(run->calls->ctx, data);
}

// The model there is, for going back to it. Where that can't be, the training is worth more.
static void keep_present(const struct run *run)
{
    struct err err;
    if (!run->job->out && app_models_keep(run->job->data_dir, &err))
        log_info("%s", err.text);
}

// What all data sets of a job share.
static struct siam_dataset_config dataset_config(const struct run *run)
{
    const struct app_job *job = run->job;
    return (struct siam_dataset_config){
        .negative_dirs = run->others.dirs,
        .n_negative_dirs = run->others.n,
        .weights = run->others.weights,
        .apart = run->apart,
        .skip = job->skip,
        .n_skip = job->n_skip,
        .input = {.way = run->config.way, .channels = run->config.net.channels},
        .heldout_share = HELDOUT,
        .seed = job->seed,
        .cache_bytes = (size_t)job->cache_mb << 20,
    };
}

// Of people alone; pictures beyond the cache wait beside the file `out`.
static int load_people(struct siam_dataset **data, const struct run *run, const char *out,
                       struct err *err)
{
    char dir[PATH_MAX];
    struct siam_dataset_config config = dataset_config(run);
    folder_of(dir, sizeof dir, out);
    config.cache_dir = dir;
    config.heldout_share = SIAM_PEOPLE_HELDOUT;
    config.without_apart = true;
    return siam_dataset_load(data, &config, run->pool, run->stop, err);
}

// The paths that a user's data set is made of.
struct own_dirs {
    char anchor[PATH_MAX], positive[PATH_MAX], cache[PATH_MAX];
};

// Of a user and others. What is left out is so here alone: what is learnt of other people before
// takes long, serves all users with the same folders, and is not of the user.
static int configure_own(struct siam_dataset_config *data, struct own_dirs *dirs,
                         const struct run *run, struct err *err)
{
    const struct app_job *job = run->job;
    *data = dataset_config(run);
    int ret = file_join(dirs->anchor, sizeof dirs->anchor, job->data_dir, "anchor", err);
    if (!ret)
        ret = file_join(dirs->positive, sizeof dirs->positive, job->data_dir, "positive", err);
    if (!ret && !file_is_dir(job->data_dir))
        ret = err_set(err, ERR_DATA,
                      "%s: no such folder: record pictures in the window first, or "
                      "let --data name the folder with anchor/ and positive/",
                      job->data_dir);
    folder_of(dirs->cache, sizeof dirs->cache, run->result->out);
    data->anchor_dir = dirs->anchor;
    data->positive_dir = dirs->positive;
    data->cache_dir = dirs->cache;
    data->left_out = (const char *const *)run->left_out.paths;
    data->n_left_out = run->left_out.n;
    return ret;
}

// ---- A user -----------------------------------------------------------------------------------

// What is known of other people, to start from.
struct known {
    struct siam_model *model; // a reference; NULL: there are too few people to learn from
    struct siam_input input;
    char faces[PATH_MAX]; // their file
};

static void begin_part(const struct run *run, enum ui_part part)
{
    if (run->job->part)
        *run->job->part = (int)part;
}

static int load_user(struct run *run, const struct known *known, struct err *err)
{
    struct own_dirs dirs;
    struct siam_dataset_config data;
    int ret = configure_own(&data, &dirs, run, err);
    data.input = known->input;
    data.kept = known->faces[0] ? known->faces : NULL;
    return ret ? ret : siam_dataset_load(&run->result->data, &data, run->pool, run->stop, err);
}

// The threshold and what is to be said about it.
static int enrol(void *ctx, struct siam_model *model, const atomic_bool *stop, struct err *err)
{
    struct run *run = ctx;
    struct app_job_result *result = run->result;
    struct verify_enrolment enrolment;
    model->card.needed = ANCHORS_NEEDED;
    model->card.first = run->first;
    int ret =
        verify_enrol(&enrolment, model, result->data, VERIFY_FAR_TARGET, run->pool, stop, err);
    if (ret)
        return ret;
    result->enrolled = true;
    result->enrolment = enrolment;
    verify_enrolment_to_card(&enrolment, &model->card);
    return 0;
}

// A checkpoint that can't be gone on from, of other pictures or damaged, ends nothing but where
// going on was asked for.
static int train(struct run *run, struct siam_model **model, struct siam_train_config *config,
                 const struct siam_dataset *data, struct err *err)
{
    int ret =
        siam_train(model, config, data, run->pool, run->stop, app_relay_progress, &run->relay, err);
    if (ret != ERR_MODEL || !config->resume || run->job->resume || run->relay.begun)
        return ret;
    log_info("begins anew: %s", err->text);
    config->resume = false;
    return siam_train(model, config, data, run->pool, run->stop, app_relay_progress, &run->relay,
                      err);
}

static int train_from(struct run *run, const struct known *known, struct siam_train_config *config,
                      struct err *err)
{
    struct app_job_result *result = run->result;
    int ret = result->data ? 0 : load_user(run, known, err);
    if (ret)
        return ret;
    loaded(run, result->data);
    config->start = known->model;
    config->judge = enrol;
    config->judge_ctx = run;
    return train(run, &result->model, config, result->data, err);
}

// ---- A first model ----------------------------------------------------------------------------

// What comes besides a user's steps, in as many: all n others are read, the held-out ones judged on
// first and last, and some after each epoch. To go forward only takes a third of a step, and to
// read them about as long as to judge on the held-out ones.
static int aside_steps(const struct siam_train_config *own, int n)
{
    float pictures = 3 * HELDOUT * (float)n + MEASURED * (float)own->epochs;
    return (int)(pictures / (float)(3 * 2 * own->batch_pictures));
}

// Of other people, before the user's beside n of them.
static void begin_before_own(struct run *run, const struct siam_train_config *own, int n)
{
    app_relay_part(&run->relay, 0, own->epochs,
                   own->epochs * own->epoch_steps + aside_steps(own, n));
}

// So many epochs of other people for a first model; 0: the whole is not much longer.
static int first_epochs(const struct run *run, const struct siam_train_config *people,
                        const struct siam_dataset *data)
{
    int wanted = run->job->first_steps > 0 ? run->job->first_steps : FIRST_STEPS;
    int steps = siam_people_steps(people, data);
    int n = (wanted + steps - 1) / steps;
    return (float)n <= FIRST_PART * (float)people->epochs ? n : 0;
}

static bool first_is_wanted(const struct run *run)
{
    return run->calls->first && run->job->epochs == 0 && !file_exists(run->result->out);
}

static void drop_outcome(struct app_job_result *result)
{
    siam_model_unref(result->model);
    siam_dataset_destroy(result->data);
    result->model = NULL;
    result->data = NULL;
    result->enrolled = false;
}

// A user waits for the first score, not for the best: other people are learnt of for half a minute,
// then the user, and that model is handed over. Nothing of it but the model is kept.
static int make_first(struct run *run, const struct known *known,
                      const struct siam_train_config *people, const struct siam_dataset *data,
                      int epochs, struct err *err)
{
    struct app_job_result *result = run->result;
    struct siam_train_config others = *people, own = run->config;
    struct known first = *known;
    others.epochs = epochs;
    others.out = others.checkpoint = own.checkpoint = NULL;
    others.resume = own.resume = false;
    own.epochs = FIRST_EPOCHS;
    begin_part(run, UI_PART_FIRST);
    begin_before_own(run, &own, data->n_pictures);
    int ret = train(run, &first.model, &others, data, err);
    app_relay_part(&run->relay, epochs, 0, 0);
    run->first = true;
    if (!ret)
        ret = train_from(run, &first, &own, err);
    run->first = false;
    siam_model_unref(first.model);
    if (ret)
        return ret;
    run->calls->first(run->calls->ctx, result);
    drop_outcome(result);
    keep_present(run);
    return 0;
}

// ---- What is learnt of other people -----------------------------------------------------------

static int people_epochs(const struct run *run)
{
    return PEOPLE_EPOCHS * run->config.epochs;
}

// The pictures that the window takes of others come and go, and are few: learning people anew for
// each would take longer than they are worth. Only where there is hardly anybody else they count.
static int find_key(struct run *run, struct siam_people_keys *keys, struct err *err)
{
    struct siam_dataset_config config = dataset_config(run);
    run->apart = config.apart = *run->others.negative ? run->others.negative : NULL;
    int ret = siam_people_key(keys, &config, people_epochs(run), run->stop, err);
    if (ret || !run->apart || keys->n_persons >= PEOPLE_FEW)
        return ret;
    run->apart = config.apart = NULL;
    return siam_people_key(keys, &config, people_epochs(run), run->stop, err);
}

// True when it is there and sound.
static bool find_known(struct known *known, const char *dir, const struct siam_people_keys *keys)
{
    char model[PATH_MAX];
    struct err err;
    if (app_people_path(model, dir, keys->model, APP_PEOPLE_MODEL, NULL) ||
        app_people_path(known->faces, dir, keys->faces, APP_PEOPLE_FACES, NULL) ||
        !file_exists(model))
        return false;
    if (siam_model_load(&known->model, model, &err) == 0) {
        app_people_touch(model);
        app_people_touch(known->faces);
        known->input = known->model->input;
        return true;
    }
    log_info("%s", err.text);
    return false;
}

// How others are learnt of, and the files for that.
struct learning {
    struct siam_train_config config;
    char model[PATH_MAX], checkpoint[PATH_MAX];
};

static int configure_learning(struct learning *l, struct known *known, const struct run *run,
                              const char *dir, const struct siam_people_keys *keys, struct err *err)
{
    struct siam_train_config *config = &l->config;
    int ret = siam_train_defaults(config, run->job->recipe, err);
    if (!ret)
        ret = file_make_dirs(dir, err);
    if (!ret)
        ret = app_people_path(l->model, dir, keys->model, APP_PEOPLE_MODEL, err);
    if (!ret)
        ret = app_people_path(l->checkpoint, dir, keys->model, APP_PEOPLE_CHECKPOINT, err);
    if (!ret)
        ret = app_people_path(known->faces, dir, keys->faces, APP_PEOPLE_FACES, err);
    config->out = l->model;
    config->checkpoint = l->checkpoint;
    config->resume = file_exists(l->checkpoint);
    config->all_or_nothing = true; // half of what is to be learnt of people is no use: go on later
    config->seed = run->job->seed;
    config->epochs = people_epochs(run);
    return ret;
}

static bool are_few(struct run *run, const struct siam_dataset *people)
{
    int n = siam_count_persons(people);
    if (n >= PEOPLE_FEW)
        return false;
    log_info("too few other people (%d) to learn what tells faces apart: the model will know "
             "your room rather than you; add a folder with many people",
             n);
    run->result->few_people = n;
    return true;
}

static int learn(struct run *run, struct known *known, struct siam_train_config *config,
                 const struct siam_dataset *people, struct err *err)
{
    int first = first_is_wanted(run) ? first_epochs(run, config, people) : 0;
    int ret = first > 0 ? make_first(run, known, config, people, first, err) : 0;
    if (ret == ERR_MODEL) { // so few steps can fail where the whole does not
        log_info("no first model: %s", err->text);
        drop_outcome(run->result);
    } else if (ret) {
        return ret;
    }
    begin_part(run, UI_PART_OTHERS);
    begin_before_own(run, &run->config, people->n_pictures);
    ret = train(run, &known->model, config, people, err);
    app_relay_part(&run->relay, config->epochs, 0, 0);
    return ret;
}

static int learn_known(struct run *run, struct known *known, const char *dir,
                       const struct siam_people_keys *keys, struct err *err)
{
    struct learning l;
    struct siam_dataset *people = NULL;
    int ret = configure_learning(&l, known, run, dir, keys, err);
    if (ret)
        return ret;
    app_people_prune(dir, keys);
    log_info("learning other people, once for these folders");
    ret = load_people(&people, run, l.model, err);
    if (!ret)
        ret = siam_dataset_keep(people, known->faces, err);
    if (!ret) {
        known->input = people->input;
        loaded(run, people);
    }
    if (!ret && !are_few(run, people))
        ret = learn(run, known, &l.config, people, err);
    siam_dataset_destroy(people);
    return ret;
}

static int get_known(struct run *run, struct known *known, struct err *err)
{
    char dirs[2][PATH_MAX];
    struct siam_people_keys keys;
    int n = app_people_dirs(dirs, run->job->data_dir);
    int ret = find_key(run, &keys, err);
    for (int i = 0; i < n && !ret; i++)
        if (find_known(known, dirs[i], &keys))
            return 0;
    if (!ret && n == 0)
        ret = err_set(err, ERR_DATA, "%s: path too long", run->job->data_dir);
    return ret ? ret : learn_known(run, known, dirs[n - 1], &keys, err);
}

// ---- The parts --------------------------------------------------------------------------------

// The model there is, in place of what was learnt of other people. Their faces may be kept.
static int get_present(struct run *run, struct known *known, struct err *err)
{
    char dirs[2][PATH_MAX];
    struct siam_people_keys keys;
    int n = app_people_dirs(dirs, run->job->data_dir);
    int ret = siam_model_load(&known->model, run->result->out, err);
    if (!ret && (known->model->input.way != SIAM_FACE || known->model->net->config.channels != 3))
        ret = err_set(err, ERR_MODEL, "%s: is of another recipe: train anew, with t",
                      run->result->out);
    if (!ret)
        ret = find_key(run, &keys, err);
    if (ret)
        return ret;
    known->input = known->model->input;
    for (int i = 0; i < n; i++)
        if (!app_people_path(known->faces, dirs[i], keys.faces, APP_PEOPLE_FACES, NULL) &&
            file_exists(known->faces))
            return 0;
    known->faces[0] = '\0';
    return 0;
}

// What can be known to be missing before others are learnt of.
static int check_user(struct run *run, struct err *err)
{
    struct own_dirs dirs;
    struct siam_dataset_config data;
    int ret = configure_own(&data, &dirs, run, err);
    return ret ? ret : siam_dataset_check(&data, run->stop, err);
}

// A short training on what is there, in memory alone.
static void configure_warm(struct siam_train_config *config)
{
    int epochs = (int)lroundf(WARM_PART * (float)config->epochs);
    config->epochs = epochs > 0 ? epochs : 1;
    config->out = config->checkpoint = NULL;
    config->resume = false;
    config->all_or_nothing = true;
}

// The new model takes the old one's place where it refuses no more of the user's held-out pictures;
// both let in as many strangers as is aimed for. Some of these pictures the old one may have been
// trained on: then it looks better than it is, and stays.
static int choose(struct run *run, const struct siam_model *old, struct err *err)
{
    struct app_job_result *result = run->result;
    struct verify_enrolment before;
    int ret =
        verify_enrol(&before, old, result->data, VERIFY_FAR_TARGET, run->pool, run->stop, err);
    result->refused_before = ret ? 0 : before.n_refused;
    if (!ret && result->enrolment.n_refused <= before.n_refused)
        return siam_model_save(result->model, result->out, err);
    result->old_stays = !ret;
    siam_model_unref(result->model);
    result->model = NULL;
    return ret;
}

static int train_user(struct run *run, struct err *err)
{
    struct known known = {.model = NULL};
    bool warm = run->job->warm;
    if (warm)
        begin_part(run, UI_PART_SHORT);
    int ret = check_user(run, err);
    if (!ret)
        ret = warm ? get_present(run, &known, err) : get_known(run, &known, err);
    if (warm)
        configure_warm(&run->config);
    run->first = warm && !ret && known.model->card.first;
    if (!ret && !warm)
        begin_part(run, UI_PART_YOU);
    if (!ret)
        ret = train_from(run, &known, &run->config, err);
    if (!ret && warm)
        ret = choose(run, known.model, err);
    run->result->enrolled &= run->result->model != NULL;
    siam_model_unref(known.model);
    return ret;
}

// ---- Running ----------------------------------------------------------------------------------

static bool has_two_parts(const struct app_job *job)
{
    return !job->people && strcmp(job->recipe, "visavis") == 0;
}

static int configure(struct run *run, struct err *err)
{
    const struct app_job *job = run->job;
    struct app_job_result *result = run->result;
    struct siam_train_config *config = &run->config;
    int ret = has_two_parts(job) ? siam_train_user_defaults(config, job->recipe, err)
                                 : siam_train_defaults(config, job->recipe, err);
    if (ret)
        return ret;
    if (job->people && !job->out)
        return err_set(err, ERR_USAGE, "--out FILE is missing: where to write the model of people");
    if (job->out)
        snprintf(result->out, sizeof result->out, "%s", job->out);
    else if ((ret = file_join(result->out, sizeof result->out, job->data_dir, "model.safetensors",
                              err)))
        return ret;
    if ((size_t)snprintf(run->checkpoint, sizeof run->checkpoint, "%s.checkpoint", result->out) >=
        sizeof run->checkpoint)
        return err_set(err, ERR_DATA, "%s: path too long", result->out);
    config->out = result->out;
    config->checkpoint = run->checkpoint;
    config->seed = job->seed;
    config->quit = job->quit;
    config->resume = job->resume || (job->resume_if_same && file_exists(run->checkpoint));
    if (job->epochs > 0)
        config->epochs = job->epochs;
    return 0;
}

static int load_once(struct run *run, struct err *err)
{
    struct own_dirs dirs;
    struct siam_dataset_config data;
    if (run->job->people)
        return load_people(&run->result->data, run, run->result->out, err);
    int ret = configure_own(&data, &dirs, run, err);
    return ret ? ret : siam_dataset_load(&run->result->data, &data, run->pool, run->stop, err);
}

static int train_once(struct run *run, struct err *err)
{
    int ret = run->result->data ? 0 : load_once(run, err);
    if (!ret)
        loaded(run, run->result->data);
    return ret ? ret : train(run, &run->result->model, &run->config, run->result->data, err);
}

int app_job_run(struct app_job_result *result, const struct app_job *job, const atomic_bool *stop,
                const struct app_job_calls *calls, struct err *err)
{
    struct run run = {
        .job = job,
        .result = result,
        .stop = stop,
        .relay = {.last = &result->last, .progress = calls->progress, .ctx = calls->ctx},
        .calls = calls,
    };
    *result = (struct app_job_result){0};
    int ret = configure(&run, err);
    if (job->lower_priority)
        pool_lower_priority(NICENESS);
    if (!ret)
        ret = pool_create(&run.pool, job->n_threads, job->lower_priority ? NICENESS : 0, err);
    if (!ret)
        keep_present(&run);
    if (!ret)
        ret = app_others_gather(&run.others, job, err);
    if (!ret && !job->people)
        ret = app_left_out_load(&run.left_out, job->data_dir, err);
    if (!ret)
        ret = has_two_parts(job) ? train_user(&run, err) : train_once(&run, err);
    result->stopped = ret == SIAM_STOPPED || ret == ERR_STOPPED;
    app_others_finish(&run.others);
    app_left_out_finish(&run.left_out);
    pool_destroy(run.pool);
    return result->stopped ? 0 : ret;
}

void app_job_finish(struct app_job_result *result)
{
    drop_outcome(result);
    *result = (struct app_job_result){0};
}
