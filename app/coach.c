// SPDX-License-Identifier: MIT
// DESIGN. What is known of a picture is kept under its name, size and time of change, which stay
// when it is moved to another class; so a round lists the folders, takes over what is known, looks
// at the rest one by one, and publishes the counts on the way. A picture that is gone is forgotten
// with the next writing of the file.
#include "app/coach.h"

#include "app/edits.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/pool.h"
#include "core/face/portrait.h"
#include "core/face/quality.h"
#include "core/image/decode.h"
#include "core/verify/json.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NICENESS   10
#define MAX_JSON   (16 << 20)
#define SIDE       320               // pixels that a picture is decoded to at least
#define APART_S    (30 * 60)         // of two sittings
#define TOLD_EVERY 10                // pictures
#define FACE       (1 << APP_TRAITS) // bit of a picture in which a face is found
#define UNKNOWN    (-1)
#define UNREAD     (-2)

// Where the light begins to be worth counting: half of the pictures that a webcam took in the
// evening are darker than that, and most in Extended Yale B with the light from 35 degrees aside on
// are less even; of photographs from the news (LFW) one of twenty is either.
#define DIM_LUMA      0.32f
#define SIDE_EVENNESS 0.65f

struct seen {
    char *path;       // owned
    const char *name; // in it
    int64_t size, mtime_ns;
    time_t taken;
    // Bits of enum app_trait, and FACE; UNKNOWN: not looked at; UNREAD: could not be read, next
    // time perhaps.
    int traits;
};

struct round {
    struct seen *seen; // [n]
    int n, room;
};

struct app_coach {
    char dirs[2][PATH_MAX]; // anchors, positives
    char file[PATH_MAX];
    void (*changed)(void *ctx);
    void *ctx;
    pthread_t thread;
    bool started;
    atomic_bool quit;

    // The thread's own.
    struct round last;
    struct face_reader *reader;
    struct img picture;

    pthread_mutex_t lock;
    pthread_cond_t wish;
    bool wanted; // protected by lock, as all below
    struct app_coach_counts counts;
};

// ---- Pictures ---------------------------------------------------------------------------------

static void round_finish(struct round *round)
{
    for (int i = 0; i < round->n; i++)
        free(round->seen[i].path);
    free(round->seen);
    *round = (struct round){0};
}

// "20260314-150926-..." in local time.
static time_t time_of_stamp(const char *stamp)
{
    struct tm tm = {.tm_isdst = -1};
    return strptime(stamp, "%Y%m%d-%H%M%S", &tm) ? mktime(&tm) : 0;
}

static time_t time_taken(const char *name, const struct stat *st)
{
    struct siam_burst burst;
    bool told = siam_burst_parse(name, &burst) && burst.when[0];
    return told ? time_of_stamp(burst.when) : st->st_mtim.tv_sec;
}

static struct seen *add(struct round *round, const char *path)
{
    if (round->n == round->room) {
        int room = round->room ? 2 * round->room : 64;
        struct seen *more = realloc(round->seen, (size_t)room * sizeof *more);
        if (!more)
            return NULL;
        round->seen = more;
        round->room = room;
    }
    char *copy = strdup(path);
    if (!copy)
        return NULL;
    struct seen *seen = &round->seen[round->n++];
    const char *slash = strrchr(copy, '/');
    *seen = (struct seen){.path = copy, .name = slash ? slash + 1 : copy, .traits = UNKNOWN};
    return seen;
}

static int add_picture(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct stat st;
    if (!img_is_picture_name(path) || stat(path, &st))
        return 0;
    struct seen *seen = add(ctx, path);
    if (!seen)
        return ERR_MEMORY;
    seen->size = st.st_size;
    seen->mtime_ns = file_changed_ns(&st);
    seen->taken = time_taken(seen->name, &st);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct seen *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (order)
        return order;
    if (x->size != y->size)
        return x->size < y->size ? -1 : 1;
    return (x->mtime_ns > y->mtime_ns) - (x->mtime_ns < y->mtime_ns);
}

static void sort(struct round *round)
{
    if (round->n > 1)
        qsort(round->seen, (size_t)round->n, sizeof *round->seen, by_name);
}

// Both are sorted.
static void take_over(struct round *round, const struct round *known)
{
    for (int i = 0, j = 0; i < round->n && j < known->n;) {
        int order = by_name(&round->seen[i], &known->seen[j]);
        if (order == 0 && known->seen[j].traits != UNREAD)
            round->seen[i].traits = known->seen[j].traits;
        i += order <= 0; // the same name may be there twice
        j += order > 0;
    }
}

// ---- The file ---------------------------------------------------------------------------------

// An entry is NAME: [traits, size, seconds, nanoseconds].
static bool parse(const cJSON *item, int64_t entry[4])
{
    const double most = 1e15;
    if (cJSON_GetArraySize(item) != 4)
        return false;
    for (int i = 0; i < 4; i++) {
        double value = cJSON_GetNumberValue(cJSON_GetArrayItem(item, i)); // NAN: is none
        if (!(value >= 0 && value <= most))
            return false;
        entry[i] = (int64_t)value;
    }
    return entry[0] < 2 * FACE && entry[2] < INT64_MAX / CLOCK_SECOND && entry[3] < CLOCK_SECOND;
}

// What can't be an entry is left out: it will be looked at again.
static void load(struct app_coach *c)
{
    void *text;
    size_t size;
    if (!file_exists(c->file) || file_read(c->file, MAX_JSON, &text, &size, NULL))
        return;
    cJSON *root = cJSON_ParseWithLength(text, size);
    free(text);
    const cJSON *pictures = cJSON_GetObjectItemCaseSensitive(root, "pictures"), *item;
    cJSON_ArrayForEach(item, pictures)
    {
        int64_t entry[4];
        struct seen *seen = item->string && parse(item, entry) ? add(&c->last, item->string) : NULL;
        if (!seen)
            continue;
        seen->traits = (int)entry[0];
        seen->size = entry[1];
        seen->mtime_ns = entry[2] * CLOCK_SECOND + entry[3];
    }
    cJSON_Delete(root);
    sort(&c->last);
}

static void save(struct app_coach *c)
{
    struct err err = {0};
    cJSON *root = cJSON_CreateObject(), *pictures = cJSON_AddObjectToObject(root, "pictures");
    for (int i = 0; i < c->last.n; i++) {
        const struct seen *seen = &c->last.seen[i];
        const double entry[] = {seen->traits, (double)seen->size,
                                (double)(seen->mtime_ns / CLOCK_SECOND),
                                (double)(seen->mtime_ns % CLOCK_SECOND)};
        if (seen->traits >= 0)
            verify_json_put(pictures, seen->name, cJSON_CreateDoubleArray(entry, 4));
    }
    char *text = cJSON_PrintUnformatted(root);
    cJSON_Delete(root);
    if (text && file_save(c->file, text, strlen(text), &err))
        log_info("%s", err.text); // next time it is looked at again
    free(text);
}

// ---- Looking ----------------------------------------------------------------------------------

static bool is_evening(time_t taken)
{
    struct tm tm;
    return localtime_r(&taken, &tm) && (tm.tm_hour < 7 || tm.tm_hour >= 18);
}

// Whether what is wrong with it is what it holds.
static bool can_be_read(const char *path)
{
    char first;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    bool can = fd >= 0 && read(fd, &first, 1) >= 0;
    if (fd >= 0)
        close(fd);
    return can;
}

static int traits_of(struct app_coach *c, const char *path)
{
    static const enum app_trait turns[] = {
        [FACE_STRAIGHT] = APP_STRAIGHT, [FACE_TO_LEFT] = APP_LEFT, [FACE_TO_RIGHT] = APP_RIGHT};
    struct face_pose pose;
    struct face_quality quality;
    int ret = img_load(&c->picture, path, SIDE, NULL);
    if (ret)
        return ret == ERR_DATA && can_be_read(path) ? 0 : UNREAD;
    int found = face_read_picture(c->reader, &c->picture, &pose, NULL);
    if (found != FACE_FOUND)
        return 0;
    face_quality(&quality, &c->picture, face_pose_box(&pose));
    int traits = FACE | 1 << turns[face_reader_turn(c->reader)];
    if (quality.luma < DIM_LUMA)
        traits |= 1 << APP_DIM;
    if (quality.evenness < SIDE_EVENNESS)
        traits |= 1 << APP_SIDE_LIGHT;
    return traits;
}

static int by_time(const void *a, const void *b)
{
    const time_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int count_sittings(const struct round *round)
{
    int sittings = round->n > 0;
    time_t *taken = malloc(((size_t)round->n + 1) * sizeof *taken);
    if (!taken)
        return sittings;
    for (int i = 0; i < round->n; i++)
        taken[i] = round->seen[i].taken;
    qsort(taken, (size_t)round->n, sizeof *taken, by_time);
    for (int i = 1; i < round->n; i++)
        sittings += taken[i] - taken[i - 1] >= APART_S;
    free(taken);
    return sittings;
}

static void count(struct app_coach *c)
{
    struct app_coach_counts counts = {.sittings = count_sittings(&c->last)};
    for (int i = 0; i < c->last.n; i++) {
        const struct seen *seen = &c->last.seen[i];
        counts.waiting += seen->traits == UNKNOWN;
        if (seen->traits < 0)
            continue;
        counts.pictures++;
        if (!(seen->traits & FACE))
            continue;
        for (int k = 0; k < APP_DAY; k++)
            counts.n[k] += seen->traits >> k & 1;
        counts.n[is_evening(seen->taken) ? APP_EVENING : APP_DAY]++;
    }
    pthread_mutex_lock(&c->lock);
    c->counts = counts;
    pthread_mutex_unlock(&c->lock);
    c->changed(c->ctx);
}

static bool is_wanted(struct app_coach *c)
{
    pthread_mutex_lock(&c->lock);
    bool wanted = c->wanted;
    pthread_mutex_unlock(&c->lock);
    return wanted;
}

// Looks at what is new, until there is something newer.
static void look(struct app_coach *c)
{
    struct round round = {0};
    int n_looked = 0;
    for (int i = 0; i < 2; i++)
        if (file_is_dir(c->dirs[i]))
            file_walk(c->dirs[i], add_picture, &round, NULL);
    sort(&round);
    take_over(&round, &c->last);
    bool gone = round.n != c->last.n;
    round_finish(&c->last);
    c->last = round;
    count(c);
    for (int i = 0; i < round.n && !c->quit && !is_wanted(c); i++) {
        struct seen *seen = &round.seen[i];
        if (seen->traits != UNKNOWN)
            continue;
        seen->traits = traits_of(c, seen->path);
        if (++n_looked % TOLD_EVERY == 0)
            count(c);
    }
    count(c);
    if (n_looked > 0 || gone)
        save(c);
}

static void *coach_main(void *arg)
{
    struct app_coach *c = arg;
    pool_lower_priority(NICENESS);
    if (face_reader_create(&c->reader, NULL, NULL))
        return NULL;
    load(c);
    pthread_mutex_lock(&c->lock);
    while (!c->quit) {
        if (!c->wanted) {
            pthread_cond_wait(&c->wish, &c->lock);
            continue;
        }
        c->wanted = false;
        pthread_mutex_unlock(&c->lock);
        look(c);
        pthread_mutex_lock(&c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

// ---- Life -------------------------------------------------------------------------------------

int app_coach_create(struct app_coach **out, const char *data_dir, void (*changed)(void *ctx),
                     void *ctx, struct err *err)
{
    struct app_coach *c = *out = calloc(1, sizeof *c);
    if (!c)
        return err_memory(err, "coach");
    c->changed = changed;
    c->ctx = ctx;
    c->wanted = true;
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->wish, NULL);
    int ret = file_join(c->file, sizeof c->file, data_dir, "coach.json", err);
    for (int k = 0; k < 2 && !ret; k++)
        ret = file_join(c->dirs[k], sizeof c->dirs[k], data_dir, app_kind_folders[k], err);
    if (!ret && pthread_create(&c->thread, NULL, coach_main, c))
        ret = err_memory(err, "coach thread");
    c->started = !ret;
    if (ret) {
        app_coach_destroy(c);
        *out = NULL;
    }
    return ret;
}

void app_coach_destroy(struct app_coach *c)
{
    if (!c)
        return;
    pthread_mutex_lock(&c->lock);
    c->quit = true;
    pthread_cond_signal(&c->wish);
    pthread_mutex_unlock(&c->lock);
    if (c->started)
        pthread_join(c->thread, NULL);
    round_finish(&c->last);
    face_reader_destroy(c->reader);
    img_finish(&c->picture);
    pthread_cond_destroy(&c->wish);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

void app_coach_look(struct app_coach *c)
{
    pthread_mutex_lock(&c->lock);
    c->wanted = true;
    pthread_cond_signal(&c->wish);
    pthread_mutex_unlock(&c->lock);
}

void app_coach_counts(struct app_coach *c, struct app_coach_counts *counts)
{
    pthread_mutex_lock(&c->lock);
    *counts = c->counts;
    pthread_mutex_unlock(&c->lock);
}

// ---- Advice -----------------------------------------------------------------------------------

// In the order in which they are suggested.
static const struct {
    const char *name;
    int trait, or_trait; // both count; -1: sittings
    int goal;
    const char *advice, *brief;
} goals[] = {
    {"straight", APP_STRAIGHT, APP_STRAIGHT, 10, "look straight into the camera", "look straight"},
    {"to the left", APP_LEFT, APP_LEFT, 5, "turn your head a little to the left", "turn left"},
    {"to the right", APP_RIGHT, APP_RIGHT, 5, "turn your head a little to the right", "turn right"},
    {"dim or side light", APP_DIM, APP_SIDE_LIGHT, 5, "less light, or light from one side",
     "other light"},
    {"sittings", -1, -1, 2, "come back later, in half an hour or more", "come back later"},
    {"by day", APP_DAY, APP_DAY, 5, "some by daylight, from 7 to 18 o'clock", "some by day"},
    {"in the evening", APP_EVENING, APP_EVENING, 5, "some in the evening, after 18 o'clock",
     "some in the evening"},
};

#define GOALS ((int)(sizeof goals / sizeof *goals))
_Static_assert(GOALS <= UI_GOALS, "not all goals are shown");

static int reached(const struct app_coach_counts *counts, int goal)
{
    int trait = goals[goal].trait, other = goals[goal].or_trait;
    if (trait < 0)
        return counts->sittings;
    return counts->n[trait] + (other != trait ? counts->n[other] : 0);
}

void app_coach_view(const struct app_coach_counts *counts, struct ui_coach *view)
{
    *view = (struct ui_coach){.n = GOALS, .waiting = counts->waiting};
    int next = -1;
    for (int i = GOALS; i-- > 0;) {
        view->goal[i].name = goals[i].name;
        view->goal[i].count = reached(counts, i);
        view->goal[i].least = goals[i].goal;
        if (view->goal[i].count < goals[i].goal)
            next = i;
    }
    if (counts->pictures == 0)
        return;
    if (next < 0) {
        snprintf(view->next, sizeof view->next,
                 "Next: glasses, hat, headset? Some with them, some without");
        snprintf(view->brief, sizeof view->brief, "Next: glasses on, off");
        return;
    }
    snprintf(view->next, sizeof view->next, "Next: %s (%d of %d)", goals[next].advice,
             view->goal[next].count, goals[next].goal);
    snprintf(view->brief, sizeof view->brief, "Next: %s (%d of %d)", goals[next].brief,
             view->goal[next].count, goals[next].goal);
}
