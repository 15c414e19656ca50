// SPDX-License-Identifier: MIT
// DESIGN. One worker at a time does what is due, the most urgent first: list a folder, look into
// the one under the cursor, count what is in the rows in sight, look into the folders in use. Each
// wish of the main thread ends what is less urgent, by a number that the work compares. A worker
// that does not end then, or takes very long, waits for a disk or a network: another one takes its
// place, and it frees what it has when it comes back, the last one of all the browser itself. Hence
// workers are detached and the browser counts who needs it; what a worker found is dropped where it
// is not the present one.
//
// What the view points to is changed by the main thread alone: the worker leaves lists and small
// pictures as `fresh` ones.
#include "app/browser.h"

#include "app/glance.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/pool.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NICENESS    5
#define SIDE        96                  // of small pictures, pixels
#define STUCK_NS    CLOCK_SECOND        // after which a worker that was overtaken is given up
#define PATIENCE_NS (10 * CLOCK_SECOND) // alike, one that was not, and only looks or counts
#define SLOW_NS     (2 * CLOCK_SECOND)
#define MOST_STUCK  8          // workers that are waited for; then no other is begun
#define CURSOR      UI_FOLDERS // the look into the folder under the cursor

// What can be due; each ends those behind it.
enum wish { TO_LIST, TO_LOOK, TO_COUNT, WISHES };

struct look {
    char dir[PATH_MAX]; // "": none
    bool due;
    struct ui_glance seen;
    struct img row; // changed by the main thread alone, as its number, which no other row has
    int64_t number;
    struct img fresh;
    bool is_fresh;
};

struct app_browser {
    struct app_events *events;
    void (*changed)(void *ctx);
    void *ctx;
    atomic_int wishes[WISHES];

    // The main thread's own.
    struct ui_dir *rows; // [n_rows], what the view shows
    int n_rows, rows_room;
    int row_cursor, cursor;
    bool browsing;
    bool begun;                 // the browser is somewhere
    char to_find[NAME_MAX + 1]; // name of the row that the cursor goes to when the list is there
    int64_t number;             // the last one given to small pictures

    pthread_mutex_t lock;
    pthread_cond_t wish, ended;
    int refs;   // protected by lock, as all below: the workers, and the main thread
    int worker; // number of the present one
    bool quit, open;
    enum wish busy;   // what it does,
    int busy_then;    // for which of these wishes,
    int64_t since_ns; // and since when; 0: it does nothing
    struct look looks[UI_FOLDERS + 1];
    int n_used;
    char dir[PATH_MAX]; // "": app_dirs_start() finds it
    char beside[PATH_MAX];
    bool hidden;
    bool list_due, reading;
    int64_t asked_ns;
    struct app_dirs list; // changed, but for its counts, by the main thread alone
    struct app_dir self;  // alike: the folder that is listed
    int list_number;      // another one with each list
    struct app_dirs fresh;
    bool is_fresh;
    char fault[UI_TEXT];
    bool news; // counts, since the rows were filled in last
    int seen_first, seen_n;
};

// ---- The thread -------------------------------------------------------------------------------

static void look_finish(struct look *look)
{
    img_finish(&look->row);
    img_finish(&look->fresh);
    *look = (struct look){0};
}

static void destroy(struct app_browser *b)
{
    for (int k = 0; k <= UI_FOLDERS; k++)
        look_finish(&b->looks[k]);
    app_dirs_finish(&b->list);
    app_dirs_finish(&b->fresh);
    free(b->rows);
    pthread_cond_destroy(&b->wish);
    pthread_cond_destroy(&b->ended);
    pthread_mutex_destroy(&b->lock);
    free(b);
}

// With the lock held, which is let go of.
static void unref_and_unlock(struct app_browser *b)
{
    bool last = --b->refs == 0;
    pthread_cond_broadcast(&b->ended);
    pthread_mutex_unlock(&b->lock);
    if (last)
        destroy(b);
}

// A worker, and what it does now.
struct work {
    struct app_browser *b;
    int me;
    struct app_watch watch;
    char dir[PATH_MAX];
};

// The lock is held before, and again after resume(), and not in between.
static void begin(struct work *w, enum wish wish, const char *dir)
{
    struct app_browser *b = w->b;
    snprintf(w->dir, sizeof w->dir, "%s", dir);
    w->watch = (struct app_watch){&b->wishes[wish], atomic_load(&b->wishes[wish])};
    b->busy = wish;
    b->busy_then = w->watch.then;
    b->since_ns = clock_now_ns();
    pthread_mutex_unlock(&b->lock);
}

static bool is_present(const struct work *w)
{
    return w->b->worker == w->me && !w->b->quit;
}

// True where what was found is still wanted.
static bool resume(struct work *w)
{
    pthread_mutex_lock(&w->b->lock);
    return is_present(w) && !app_overtaken(&w->watch);
}

static void show(struct work *w)
{
    if (is_present(w))
        w->b->changed(w->b->ctx);
}

// Takes over *dirs. With the lock held, as all here.
static void publish_list(struct work *w, struct app_dirs *dirs, const struct err *err)
{
    struct app_browser *b = w->b;
    app_dirs_finish(&b->fresh);
    b->fresh = *dirs;
    b->is_fresh = true;
    snprintf(b->dir, sizeof b->dir, "%s", w->dir);
    snprintf(b->fault, sizeof b->fault, "%s", err->text);
    show(w);
}

// *n: how many folders were found before, or -1. True: there are links to follow.
static bool list_once(struct work *w, bool hidden, bool with_links, int *n)
{
    struct app_dirs dirs;
    struct err err = {0};
    int ret = app_dirs_read(&dirs, w->dir, hidden, with_links, &w->watch, &err);
    bool wanted = resume(w) && ret != ERR_STOPPED;
    bool has_links = !with_links && dirs.n_links > 0, same = dirs.n == *n;
    *n = dirs.n;
    if (wanted && !same)
        publish_list(w, &dirs, &err);
    else
        app_dirs_finish(&dirs);
    return wanted && has_links;
}

// Links are followed when what needs no answer from elsewhere is there.
static void do_list(struct work *w)
{
    struct app_browser *b = w->b;
    bool hidden = b->hidden;
    int n = -1;
    char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%s", b->beside);
    b->list_due = false;
    begin(w, TO_LIST, b->dir);
    if (!w->dir[0])
        app_dirs_start(w->dir, sizeof w->dir, beside);
    if (list_once(w, hidden, false, &n)) {
        pthread_mutex_unlock(&b->lock);
        list_once(w, hidden, true, &n);
    }
}

// NULL: it is not looked into any more.
static struct look *find_look(struct app_browser *b, const char *dir, bool of_cursor)
{
    for (int k = of_cursor ? CURSOR : 0; k < (of_cursor ? CURSOR + 1 : b->n_used); k++)
        if (strcmp(b->looks[k].dir, dir) == 0)
            return &b->looks[k];
    return NULL;
}

// A look goes in steps, each shown at once: counts by names, small pictures, what is skipped, which
// of folders in use is known elsewhere.
enum step { LOOK_COUNTS, LOOK_PICTURES, LOOK_SKIPPED };

static int take_step(struct work *w, struct app_glance *g, enum step step)
{
    switch (step) {
    case LOOK_COUNTS:
        return app_glance_look(g, w->dir, &w->watch);
    case LOOK_PICTURES:
        return app_glance_make(g, w->dir, SIDE, &w->watch);
    default:
        return app_glance_check(g, w->dir, &w->watch);
    }
}

// What was found in the folder under the cursor holds for its row, too.
static void count_row(struct app_browser *b, const struct ui_glance *seen)
{
    int i = b->row_cursor - (b->n_rows - b->list.n);
    struct app_dir *dir = i >= 0 && i < b->list.n ? &b->list.dir[i] : &b->self;
    if (seen->about || b->row_cursor < 0)
        return;
    dir->pictures = seen->pictures;
    dir->more = false;
    dir->asked = b->news = true;
}

// Takes the lock. False: the look ends here.
static bool show_step(struct work *w, struct app_glance *g, enum step step, int ret, bool of_cursor)
{
    bool wanted = resume(w) && !ret;
    struct look *look = find_look(w->b, w->dir, of_cursor);
    if (!look || !is_present(w))
        return false;
    if (!wanted) {
        look->due |= !ret || ret == ERR_STOPPED; // overtaken: later
        return false;
    }
    int before = look->seen.strip.n; // small pictures stay until there are others
    look->seen = g->seen;
    look->seen.strip.n = step == LOOK_COUNTS ? before : g->seen.strip.n;
    if (step == LOOK_SKIPPED)
        count_row(w->b, &g->seen);
    if (step == LOOK_PICTURES) {
        img_finish(&look->fresh);
        look->fresh = g->row;
        look->is_fresh = true;
        g->row = (struct img){0};
    }
    show(w);
    return true;
}

static void do_look(struct work *w, int k)
{
    struct app_browser *b = w->b;
    bool of_cursor = k == CURSOR, goes_on = true;
    enum step last = of_cursor ? LOOK_SKIPPED : LOOK_PICTURES;
    struct app_glance g = {0};
    b->looks[k].due = false;
    begin(w, of_cursor ? TO_LOOK : TO_COUNT, b->looks[k].dir);
    for (enum step step = LOOK_COUNTS; step <= last && goes_on; step++) {
        if (step != LOOK_COUNTS)
            pthread_mutex_unlock(&b->lock);
        goes_on = show_step(w, &g, step, take_step(w, &g, step), of_cursor);
    }
    app_glance_finish(&g);
}

// The next row in sight that is not counted, the folder itself as the last one; NULL: none.
static struct app_dir *next_to_count(struct app_browser *b)
{
    int first = b->seen_first > 0 ? b->seen_first : 0;
    for (int i = first; i < first + b->seen_n && i < b->list.n; i++)
        if (!b->list.dir[i].asked)
            return &b->list.dir[i];
    bool in_sight = b->seen_first < 0 && b->seen_n > 0 && !b->reading && !b->fault[0];
    return in_sight && !b->self.asked ? &b->self : NULL;
}

static int path_in(char out[PATH_MAX], const struct app_browser *b, const struct app_dir *dir)
{
    if (dir->name)
        return file_join(out, PATH_MAX, b->dir, dir->name, NULL);
    snprintf(out, PATH_MAX, "%s", b->dir);
    return 0;
}

static void do_count(struct work *w, struct app_dir *dir)
{
    struct app_browser *b = w->b;
    struct app_dir counted = {0};
    char path[PATH_MAX];
    int list = b->list_number;
    dir->asked = true;
    if (path_in(path, b, dir))
        return;
    begin(w, TO_COUNT, path);
    int ret = app_dirs_count(&counted, w->dir, &w->watch);
    bool wanted = resume(w) && !ret;
    if (b->list_number != list)
        return;
    dir->asked = wanted || !is_present(w);
    if (wanted) {
        dir->pictures = counted.pictures;
        dir->more = counted.more;
        b->news = true;
        show(w);
    }
}

static int next_look(const struct app_browser *b)
{
    if (b->looks[CURSOR].due)
        return CURSOR;
    for (int k = 0; k < b->n_used; k++)
        if (b->looks[k].due)
            return k;
    return -1;
}

// False: nothing is due.
static bool do_next(struct work *w)
{
    struct app_browser *b = w->b;
    int look = next_look(b);
    struct app_dir *row = next_to_count(b);
    if (!b->open)
        return false;
    if (b->list_due)
        do_list(w);
    else if (b->is_fresh)
        return false; // the main thread takes that first
    else if (look == CURSOR || (look >= 0 && !row))
        do_look(w, look);
    else if (row)
        do_count(w, row);
    else
        return false;
    return true;
}

static void *worker_main(void *arg)
{
    struct app_browser *b = arg;
    struct work *w = calloc(1, sizeof *w);
    pool_lower_priority(NICENESS);
    pthread_mutex_lock(&b->lock);
    if (w)
        *w = (struct work){.b = b, .me = b->worker};
    while (w && is_present(w)) {
        bool worked = do_next(w);
        if (!is_present(w))
            break;
        b->since_ns = 0;
        if (!worked)
            pthread_cond_wait(&b->wish, &b->lock);
    }
    free(w);
    unref_and_unlock(b);
    return NULL;
}

// With the lock held.
static int start_worker(struct app_browser *b)
{
    pthread_t thread;
    b->worker++;
    b->since_ns = 0;
    if (pthread_create(&thread, NULL, worker_main, b))
        return ERR_MEMORY;
    pthread_detach(thread);
    b->refs++;
    return 0;
}

static void replace_stuck(struct app_browser *b)
{
    bool overtaken = b->busy_then != atomic_load(&b->wishes[b->busy]);
    int64_t most = overtaken ? STUCK_NS : b->busy == TO_LIST ? INT64_MAX : PATIENCE_NS;
    bool stuck = b->since_ns && clock_now_ns() - b->since_ns > most;
    if (stuck && b->refs <= MOST_STUCK)
        start_worker(b);
}

// ---- Life -------------------------------------------------------------------------------------

// With the lock held, as all here.
static void wish(struct app_browser *b, enum wish from)
{
    for (int k = from; k < WISHES; k++)
        atomic_fetch_add(&b->wishes[k], 1);
    pthread_cond_broadcast(&b->wish);
}

int app_browser_create(struct app_browser **out, struct app_events *events,
                       void (*changed)(void *ctx), void *ctx, struct err *err)
{
    struct app_browser *b = *out = calloc(1, sizeof *b);
    if (!b)
        return err_memory(err, "browser");
    b->events = events;
    b->changed = changed;
    b->ctx = ctx;
    b->cursor = b->row_cursor = -1;
    b->refs = 1;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->wish, NULL);
    pthread_cond_init(&b->ended, NULL);
    pthread_mutex_lock(&b->lock);
    int ret = start_worker(b);
    pthread_mutex_unlock(&b->lock);
    if (ret) {
        destroy(b);
        *out = NULL;
        return err_memory(err, "browser thread");
    }
    return 0;
}

void app_browser_destroy(struct app_browser *b)
{
    int64_t until_ns = clock_now_ns() + CLOCK_SECOND;
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    b->quit = true;
    wish(b, TO_LIST);
    while (b->refs > 1 && clock_wait(&b->ended, &b->lock, until_ns)) {
    }
    unref_and_unlock(b);
}

// ---- What is asked for --------------------------------------------------------------------------

static void set_look(struct look *look, const char *dir)
{
    look->due = dir[0] != '\0';
    if (strcmp(look->dir, dir) == 0)
        return;
    snprintf(look->dir, sizeof look->dir, "%s", dir);
    look->seen = (struct ui_glance){0};
    look->is_fresh = false;
}

static void ask_for_list(struct app_browser *b, const char *dir)
{
    snprintf(b->dir, sizeof b->dir, "%s", dir);
    b->list_due = b->reading = b->begun = true;
    b->is_fresh = false;
    b->asked_ns = clock_now_ns();
    b->fault[0] = '\0';
    app_dirs_finish(&b->list);
    b->self = (struct app_dir){.pictures = -1};
    b->list_number++;
    b->n_rows = 0;
    b->row_cursor = -1;
    set_look(&b->looks[CURSOR], "");
    wish(b, TO_LIST);
}

static const char *name_at(const struct app_browser *b, int index)
{
    return index >= 0 && index < b->n_rows ? b->rows[index].name : "";
}

void app_browser_open(struct app_browser *b, bool open, const char *beside)
{
    pthread_mutex_lock(&b->lock);
    if (open && !b->open) {
        if (!b->begun)
            snprintf(b->beside, sizeof b->beside, "%s", beside);
        snprintf(b->to_find, sizeof b->to_find, "%s", name_at(b, b->row_cursor));
        ask_for_list(b, b->dir);
        b->browsing = true;
        for (int k = 0; k < b->n_used; k++)
            set_look(&b->looks[k], b->looks[k].dir);
    }
    b->open = open;
    wish(b, TO_LOOK);
    pthread_mutex_unlock(&b->lock);
}

// Those that stay are not looked into anew.
void app_browser_set_folders(struct app_browser *b, const char *const *dirs, int n)
{
    struct look kept[UI_FOLDERS] = {0};
    n = n < UI_FOLDERS ? n : UI_FOLDERS;
    pthread_mutex_lock(&b->lock);
    for (int i = 0; i < n; i++) {
        struct look *old = find_look(b, dirs[i], false);
        if (old) {
            kept[i] = *old;
            *old = (struct look){0};
        } else {
            set_look(&kept[i], dirs[i]);
        }
    }
    for (int k = 0; k < b->n_used; k++)
        look_finish(&b->looks[k]);
    memcpy(b->looks, kept, (size_t)n * sizeof *kept);
    b->n_used = n;
    b->cursor = b->cursor < n ? b->cursor : n - 1;
    b->cursor = b->cursor < 0 && n > 0 ? 0 : b->cursor;
    b->browsing = b->browsing || n == 0;
    b->news = true;
    wish(b, TO_COUNT);
    pthread_mutex_unlock(&b->lock);
}

// The path of row `index`; "" where it is not to be looked into.
static void path_of(const struct app_browser *b, int index, char out[PATH_MAX])
{
    const char *name = name_at(b, index);
    out[0] = '\0';
    if (b->fault[0] || strcmp(name, "..") == 0)
        return;
    if (strcmp(name, ".") == 0)
        snprintf(out, PATH_MAX, "%s", b->dir);
    else if (*name && file_join(out, PATH_MAX, b->dir, name, NULL))
        out[0] = '\0';
}

static void pick_row(struct app_browser *b, int index)
{
    char path[PATH_MAX];
    index = index < b->n_rows ? index : b->n_rows - 1;
    bool moved = index != b->row_cursor;
    b->row_cursor = index;
    path_of(b, index, path);
    if (moved || strcmp(path, b->looks[CURSOR].dir) != 0) {
        set_look(&b->looks[CURSOR], path);
        wish(b, TO_LOOK);
    }
}

void app_browser_pick(struct app_browser *b, bool browsing, int index)
{
    index = index < 0 ? 0 : index;
    pthread_mutex_lock(&b->lock);
    b->browsing = browsing || b->n_used == 0;
    if (b->browsing && browsing)
        pick_row(b, index);
    else if (!b->browsing)
        b->cursor = index < b->n_used ? index : b->n_used - 1;
    pthread_mutex_unlock(&b->lock);
}

void app_browser_go(struct app_browser *b, const char *dir)
{
    pthread_mutex_lock(&b->lock);
    b->browsing = true;
    b->to_find[0] = '\0';
    ask_for_list(b, dir);
    pthread_mutex_unlock(&b->lock);
}

static void go_up(struct app_browser *b)
{
    char path[PATH_MAX];
    const char *slash = strrchr(b->dir, '/');
    if (!slash || !slash[1])
        return; // it is "/", or not known yet
    snprintf(b->to_find, sizeof b->to_find, "%s", slash + 1);
    snprintf(path, sizeof path, "%s", b->dir);
    app_dirs_parent(path);
    ask_for_list(b, path);
}

void app_browser_enter(struct app_browser *b, int index)
{
    char path[PATH_MAX];
    pthread_mutex_lock(&b->lock);
    const char *name = name_at(b, index);
    b->browsing = true;
    path_of(b, index, path);
    if (index < 0 || strcmp(name, "..") == 0) {
        go_up(b);
    } else if (path[0] && strcmp(name, ".") != 0) {
        b->to_find[0] = '\0';
        ask_for_list(b, path);
    }
    pthread_mutex_unlock(&b->lock);
}

void app_browser_show_hidden(struct app_browser *b)
{
    char dir[PATH_MAX];
    pthread_mutex_lock(&b->lock);
    b->hidden = !b->hidden;
    b->browsing = true;
    snprintf(dir, sizeof dir, "%s", b->dir);
    snprintf(b->to_find, sizeof b->to_find, "%s", name_at(b, b->row_cursor));
    ask_for_list(b, dir);
    pthread_mutex_unlock(&b->lock);
}

bool app_browser_chosen(struct app_browser *b, char out[UI_PATH])
{
    _Static_assert(UI_PATH >= PATH_MAX, "paths are cut");
    pthread_mutex_lock(&b->lock);
    path_of(b, b->row_cursor, out);
    pthread_mutex_unlock(&b->lock);
    return out[0] != '\0';
}

// ---- The view -----------------------------------------------------------------------------------

// With the lock held, as all here but the last. Whether `name` in the folder is used.
static bool is_used(const struct app_browser *b, const char *name)
{
    size_t n = strcmp(b->dir, "/") == 0 ? 0 : strlen(b->dir);
    for (int k = 0; k < b->n_used; k++) {
        const char *dir = b->looks[k].dir;
        bool below = strncmp(dir, b->dir, n) == 0 && dir[n] == '/';
        if (strcmp(name, ".") == 0 ? strcmp(dir, b->dir) == 0
                                   : below && strcmp(dir + n + 1, name) == 0)
            return true;
    }
    return false;
}

// What can't be read has no row but the one above.
static bool fill_rows(struct app_browser *b)
{
    int most = b->list.n + 2, n = 0;
    if (most > b->rows_room) {
        struct ui_dir *rows = realloc(b->rows, (size_t)most * sizeof *rows);
        if (!rows)
            return false;
        b->rows = rows;
        b->rows_room = most;
    }
    if (!b->fault[0])
        b->rows[n++] = (struct ui_dir){".", b->self.pictures, b->self.more, is_used(b, ".")};
    if (strcmp(b->dir, "/") != 0)
        b->rows[n++] = (struct ui_dir){"..", -1, false, false};
    for (int i = 0; i < b->list.n; i++) {
        const struct app_dir *dir = &b->list.dir[i];
        b->rows[n++] = (struct ui_dir){dir->name, dir->pictures, dir->more, is_used(b, dir->name)};
    }
    b->n_rows = n;
    return true;
}

// The row that was asked for, else the first folder, else the folder itself.
static int row_to_find(const struct app_browser *b)
{
    int before = b->n_rows - b->list.n;
    for (int i = 0; i < b->n_rows && b->to_find[0]; i++)
        if (strcmp(b->rows[i].name, b->to_find) == 0)
            return i;
    return b->list.n > 0 ? before : 0;
}

// Puts the list that was read in the place of the one that was there.
static bool take_list(struct app_browser *b)
{
    if (!b->is_fresh)
        return false;
    if (b->row_cursor >= 0) // with links now: the cursor stays where it is
        snprintf(b->to_find, sizeof b->to_find, "%s", name_at(b, b->row_cursor));
    app_dirs_finish(&b->list);
    b->list = b->fresh;
    b->list_number++;
    b->fresh = (struct app_dirs){0};
    b->self.asked = b->self.pictures >= 0;
    b->is_fresh = b->reading = false;
    b->n_rows = 0;
    if (fill_rows(b))
        pick_row(b, row_to_find(b));
    b->to_find[0] = '\0';
    wish(b, TO_COUNT);
    return true;
}

static void fill_look(struct app_browser *b, struct look *look, struct ui_glance *out)
{
    if (look->is_fresh) {
        img_finish(&look->row);
        look->row = look->fresh;
        look->fresh = (struct img){0};
        look->is_fresh = false;
        look->number = ++b->number;
    }
    *out = look->seen;
    out->strip.number = look->number;
    out->strip.row = look->seen.strip.n > 0 && look->row.px ? &look->row : NULL;
}

static void fill_lists(struct app_browser *b, struct ui_people *view)
{
    view->browsing = b->browsing;
    view->cursor = b->cursor;
    view->row_cursor = b->row_cursor;
    view->row = b->rows;
    view->n_rows = b->n_rows;
    view->hidden = b->hidden;
    view->reading = b->reading;
    view->slow = b->reading && clock_now_ns() - b->asked_ns > SLOW_NS;
    snprintf(view->dir, sizeof view->dir, "%s", b->dir);
    snprintf(view->fault, sizeof view->fault, "%s", b->fault);
}

static void note_seen(struct app_browser *b, const struct ui_people *view)
{
    int before = b->n_rows - b->list.n, first = view->first_seen - before;
    if (first == b->seen_first && view->n_seen == b->seen_n)
        return;
    b->seen_first = first;
    b->seen_n = view->n_seen;
    pthread_cond_broadcast(&b->wish);
}

void app_browser_view(struct app_browser *b, struct ui_people *view)
{
    pthread_mutex_lock(&b->lock);
    replace_stuck(b);
    bool listed = take_list(b);
    if (b->news && !listed)
        fill_rows(b);
    b->news = false;
    note_seen(b, view);
    for (int k = 0; k < b->n_used; k++)
        fill_look(b, &b->looks[k], &view->used[k]);
    fill_look(b, &b->looks[CURSOR], &view->glance);
    fill_lists(b, view);
    pthread_mutex_unlock(&b->lock);
    if (listed)
        app_events_browsed(b->events, view->dir, b->list.n, view->fault);
}
