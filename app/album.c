// SPDX-License-Identifier: MIT
// DESIGN. A shelf is a folder's list of pictures. The thread reads a folder outside the lock and
// leaves the list as the shelf's `fresh` one; the main thread takes that over when it fills in the
// view, as it alone may change what the view points to. Both lists are sorted alike, so that what
// is known of a picture is carried over in one pass. Small pictures that had to make room wait in
// `retired` for the same reason.
#include "app/album.h"

#include "app/edits.h"
#include "app/folder_look.h"
#include "app/small.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/pool.h"
#include "core/image/decode.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NICENESS   5
#define MOST_MADE  2048               // small pictures that are kept: 32 MB at 72 pixels
#define REST_NS    (CLOCK_SECOND / 5) // between two readings of a folder
#define WHEN_BYTES 40                 // of a clock_stamp() with what a burst's names have behind it

struct picture {
    char *path;            // owned
    char when[WHEN_BYTES]; // sorts by time: taken or, where the name does not tell, changed
    int64_t mtime_ns, size;
    int64_t number; // 0: not yet on a shelf
    uint8_t *px;    // [side, side, 3], owned; NULL: not made
    char *fault;    // why it can't be read, owned; NULL: none is known
    bool chosen;
};

struct list {
    struct picture *pictures; // [n]
    int n, room;
    char why[UI_TEXT]; // it can't be read; "": it can
};

struct shelf {
    char dir[PATH_MAX];
    struct list list;  // changed by the main thread alone
    struct list fresh; // what is to take its place, where `is_fresh`
    bool is_fresh;
    bool stale; // to be read anew
    bool read;  // has been read
    int64_t read_ns;
};

struct app_album {
    void (*changed)(void *ctx);
    void *ctx;
    pthread_t thread;
    bool started;

    // The main thread's own.
    struct ui_thumb *thumbs; // [n_thumbs], what the view shows
    int n_thumbs, thumbs_room;
    int cursor;                        // index, -1: none
    int fixed;                         // where a range begins, alike
    int64_t number;                    // the last one given
    char wanted[UI_FOLDERS][PATH_MAX]; // folders of other people, [n_wanted], where `is_wanted`
    int n_wanted;
    bool is_wanted;

    pthread_mutex_t lock;
    pthread_cond_t wish;
    bool quit; // protected by lock, as all below
    bool open;
    struct shelf shelves[UI_SECTIONS];
    int n_shelves;
    int side;               // of small pictures, pixels; 0: not known yet
    int seen_first, seen_n; // indices
    int n_made;
    bool news;         // small pictures, since the view was filled in last
    uint8_t **retired; // [n_retired], to be freed by the main thread
    int n_retired, retired_room;
};

// ---- Lists ------------------------------------------------------------------------------------

static void picture_finish(struct picture *p)
{
    free(p->path);
    free(p->px);
    free(p->fault);
    *p = (struct picture){0};
}

static void list_finish(struct list *list)
{
    for (int i = 0; i < list->n; i++)
        picture_finish(&list->pictures[i]);
    free(list->pictures);
    *list = (struct list){0};
}

static int newest_first(const void *a, const void *b)
{
    const struct picture *x = a, *y = b;
    int order = strcmp(y->when, x->when);
    return order ? order : strcmp(x->path, y->path);
}

static void tell_time(char when[WHEN_BYTES], const char *path, const struct stat *st)
{
    const char *slash = strrchr(path, '/');
    struct siam_burst burst;
    struct tm tm;
    if (siam_burst_parse(slash ? slash + 1 : path, &burst) && burst.when[0])
        snprintf(when, WHEN_BYTES, "%s", burst.when);
    else if (localtime_r(&st->st_mtim.tv_sec, &tm))
        strftime(when, WHEN_BYTES, "%Y%m%d-%H%M%S-000", &tm);
}

static bool make_room(struct list *list)
{
    if (list->n < list->room)
        return true;
    int room = list->room ? 2 * list->room : 64;
    struct picture *pictures = realloc(list->pictures, (size_t)room * sizeof *pictures);
    if (!pictures)
        return false;
    list->pictures = pictures;
    list->room = room;
    return true;
}

static int add_file(void *ctx, const char *path, const char *folder)
{
    (void)folder;
    struct list *list = ctx;
    struct stat st;
    if (!img_is_picture_name(path) || stat(path, &st))
        return 0;
    char *copy = strdup(path);
    if (!copy || !make_room(list)) {
        free(copy);
        return ERR_MEMORY;
    }
    struct picture *p = &list->pictures[list->n++];
    *p = (struct picture){.path = copy, .size = st.st_size, .mtime_ns = file_changed_ns(&st)};
    tell_time(p->when, path, &st);
    return 0;
}

static void read_folder(struct list *list, const char *dir)
{
    struct err err;
    *list = (struct list){0};
    if (file_walk(dir, add_file, list, &err) && file_exists(dir))
        snprintf(list->why, sizeof list->why, "%s", err.text);
    if (list->n > 1)
        qsort(list->pictures, (size_t)list->n, sizeof *list->pictures, newest_first);
}

static bool same_file(const struct picture *a, const struct picture *b)
{
    return a->mtime_ns == b->mtime_ns && a->size == b->size;
}

// What is known of the pictures of `old` goes over to the same ones of `fresh`; both are sorted.
static void carry_over(struct list *fresh, struct list *old)
{
    for (int i = 0, j = 0; i < old->n && j < fresh->n;) {
        struct picture *from = &old->pictures[i], *to = &fresh->pictures[j];
        int order = newest_first(from, to);
        if (order == 0 && same_file(from, to)) {
            to->number = from->number;
            to->px = from->px;
            to->fault = from->fault;
            to->chosen = from->chosen;
            from->px = NULL;
            from->fault = NULL;
        }
        i += order <= 0;
        j += order >= 0;
    }
}

// ---- What is in sight -------------------------------------------------------------------------

// Picture `index` over all shelves. NULL: there are not so many.
static struct picture *picture_at(struct app_album *a, int index)
{
    for (int k = 0; k < a->n_shelves && index >= 0; index -= a->shelves[k++].list.n)
        if (index < a->shelves[k].list.n)
            return &a->shelves[k].list.pictures[index];
    return NULL;
}

static struct picture *find_number(struct app_album *a, int64_t number)
{
    for (int k = 0; k < a->n_shelves; k++)
        for (int i = 0; i < a->shelves[k].list.n; i++)
            if (a->shelves[k].list.pictures[i].number == number)
                return &a->shelves[k].list.pictures[i];
    return NULL;
}

static struct picture *first_unmade(struct app_album *a, int first, int n)
{
    for (int i = first < 0 ? 0 : first; i < first + n; i++) {
        struct picture *p = picture_at(a, i);
        if (!p)
            return NULL;
        if (!p->px && !p->fault)
            return p;
    }
    return NULL;
}

// What is in sight, then what a turn of the wheel brings.
static struct picture *next_to_make(struct app_album *a)
{
    int first = a->seen_first, n = a->seen_n;
    struct picture *p = a->side > 0 ? first_unmade(a, first, n) : NULL;
    if (!p && a->side > 0)
        p = first_unmade(a, first + n, n);
    if (!p && a->side > 0)
        p = first_unmade(a, first - n, n);
    return p;
}

static void retire(struct app_album *a, struct picture *p)
{
    if (a->n_retired == a->retired_room) {
        int room = a->retired_room ? 2 * a->retired_room : 64;
        uint8_t **more = realloc(a->retired, (size_t)room * sizeof *more);
        if (!more)
            return; // it stays
        a->retired = more;
        a->retired_room = room;
    }
    a->retired[a->n_retired++] = p->px;
    p->px = NULL;
    a->n_made--;
}

// Makes room by what is farthest from what is in sight.
static void retire_farthest(struct app_album *a)
{
    struct picture *farthest = NULL;
    int index = 0, middle = a->seen_first + a->seen_n / 2, most = 2 * a->seen_n;
    for (int k = 0; k < a->n_shelves; k++)
        for (int i = 0; i < a->shelves[k].list.n; i++, index++) {
            int far = abs(index - middle);
            if (a->shelves[k].list.pictures[i].px && far > most) {
                farthest = &a->shelves[k].list.pictures[i];
                most = far;
            }
        }
    if (farthest)
        retire(a, farthest);
}

// ---- The thread -------------------------------------------------------------------------------

// *px: [side, side, 3], the caller's.
static int make_small(struct app_small *m, const char *path, int side, uint8_t **px,
                      struct err *err)
{
    size_t size = (size_t)side * (size_t)side * 3;
    int ret = app_small_make(m, path, side, err);
    if (ret)
        return ret;
    *px = malloc(size);
    if (!*px)
        return err_memory(err, path);
    memcpy(*px, m->small.px, size);
    return 0;
}

// With the lock held, which is let go of meanwhile.
static void make_one(struct app_album *a, struct app_small *m, const struct picture *wanted)
{
    char path[PATH_MAX];
    int64_t number = wanted->number;
    int side = a->side;
    snprintf(path, sizeof path, "%s", wanted->path);
    pthread_mutex_unlock(&a->lock);
    uint8_t *px = NULL;
    struct err err = {0};
    int ret = make_small(m, path, side, &px, &err);
    pthread_mutex_lock(&a->lock);
    struct picture *p = side == a->side ? find_number(a, number) : NULL;
    if (p && !ret && a->n_made >= MOST_MADE)
        retire_farthest(a);
    if (p && !ret) {
        p->px = px;
        a->n_made++;
        px = NULL;
    } else if (p) {
        app_plain_reason(err.text);
        p->fault = strdup(err.text);
    }
    free(px);
    a->news |= p != NULL;
}

static struct shelf *find_shelf(struct app_album *a, const char *dir)
{
    for (int k = 0; k < a->n_shelves; k++)
        if (strcmp(a->shelves[k].dir, dir) == 0)
            return &a->shelves[k];
    return NULL;
}

// Alike. A folder in which pictures are being saved is not read again at once.
static bool read_one(struct app_album *a)
{
    int64_t now = clock_now_ns();
    for (int k = 0; k < a->n_shelves; k++) {
        struct shelf *shelf = &a->shelves[k];
        if (!shelf->stale || shelf->is_fresh || now - shelf->read_ns < REST_NS)
            continue;
        char dir[PATH_MAX];
        struct list list;
        snprintf(dir, sizeof dir, "%s", shelf->dir);
        shelf->stale = false;
        shelf->read_ns = now;
        pthread_mutex_unlock(&a->lock);
        read_folder(&list, dir);
        pthread_mutex_lock(&a->lock);
        shelf = find_shelf(a, dir);
        if (!shelf || shelf->is_fresh) {
            list_finish(&list);
            return true;
        }
        shelf->fresh = list;
        shelf->is_fresh = true;
        return true;
    }
    return false;
}

static bool is_any_stale(const struct app_album *a)
{
    for (int k = 0; k < a->n_shelves; k++)
        if (a->shelves[k].stale)
            return true;
    return false;
}

static void wait_for_wish(struct app_album *a)
{
    if (!a->open || !is_any_stale(a)) {
        pthread_cond_wait(&a->wish, &a->lock);
        return;
    }
    clock_wait(&a->wish, &a->lock, clock_now_ns() + REST_NS / 4);
}

static void *album_main(void *arg)
{
    struct app_album *a = arg;
    struct app_small maker = {0};
    pool_lower_priority(NICENESS);
    pthread_mutex_lock(&a->lock);
    while (!a->quit) {
        bool worked = a->open && read_one(a);
        const struct picture *wanted = a->open && !worked ? next_to_make(a) : NULL;
        if (wanted)
            make_one(a, &maker, wanted);
        if (worked || wanted) {
            pthread_mutex_unlock(&a->lock);
            a->changed(a->ctx);
            pthread_mutex_lock(&a->lock);
        } else if (!a->quit) {
            wait_for_wish(a);
        }
    }
    pthread_mutex_unlock(&a->lock);
    app_small_finish(&maker);
    return NULL;
}

// ---- Life -------------------------------------------------------------------------------------

int app_album_create(struct app_album **out, const char *data_dir, void (*changed)(void *ctx),
                     void *ctx, struct err *err)
{
    struct app_album *a = *out = calloc(1, sizeof *a);
    if (!a)
        return err_memory(err, "album");
    a->changed = changed;
    a->ctx = ctx;
    a->cursor = a->fixed = -1;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->wish, NULL);
    int ret = 0;
    a->n_shelves = SIAM_KINDS;
    for (int k = 0; k < SIAM_KINDS && !ret; k++)
        ret = file_join(a->shelves[k].dir, PATH_MAX, data_dir, app_kind_folders[k], err);
    if (!ret && pthread_create(&a->thread, NULL, album_main, a))
        ret = err_memory(err, "album thread");
    a->started = !ret;
    if (ret) {
        app_album_destroy(a);
        *out = NULL;
    }
    return ret;
}

static void shelf_finish(struct shelf *shelf)
{
    list_finish(&shelf->list);
    if (shelf->is_fresh)
        list_finish(&shelf->fresh);
    *shelf = (struct shelf){0};
}

static void free_retired(struct app_album *a)
{
    while (a->n_retired > 0)
        free(a->retired[--a->n_retired]);
}

void app_album_destroy(struct app_album *a)
{
    if (!a)
        return;
    pthread_mutex_lock(&a->lock);
    a->quit = true;
    pthread_cond_signal(&a->wish);
    pthread_mutex_unlock(&a->lock);
    if (a->started)
        pthread_join(a->thread, NULL);
    for (int k = 0; k < a->n_shelves; k++)
        shelf_finish(&a->shelves[k]);
    free_retired(a);
    free(a->retired);
    free(a->thumbs);
    pthread_cond_destroy(&a->wish);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

// ---- What others tell ---------------------------------------------------------------------------

void app_album_changed(struct app_album *a, enum siam_kind kind)
{
    pthread_mutex_lock(&a->lock);
    a->shelves[kind].stale = true;
    pthread_cond_signal(&a->wish);
    pthread_mutex_unlock(&a->lock);
}

void app_album_open(struct app_album *a, bool open)
{
    pthread_mutex_lock(&a->lock);
    for (int k = 0; k < a->n_shelves && open && !a->open; k++)
        a->shelves[k].stale = true;
    a->open = open;
    pthread_cond_signal(&a->wish);
    pthread_mutex_unlock(&a->lock);
}

void app_album_set_folders(struct app_album *a, const char *const *dirs, int n)
{
    a->n_wanted = n < UI_FOLDERS ? n : UI_FOLDERS;
    a->is_wanted = true;
    for (int i = 0; i < a->n_wanted; i++)
        snprintf(a->wanted[i], sizeof a->wanted[i], "%s", dirs[i]);
}

// ---- The view -----------------------------------------------------------------------------------

// With the lock held, as all here but the last.
static void drop_list(struct app_album *a, struct list *list)
{
    for (int i = 0; i < list->n; i++)
        a->n_made -= list->pictures[i].px != NULL;
    list_finish(list);
}

static void drop_shelf(struct app_album *a, struct shelf *shelf)
{
    drop_list(a, &shelf->list);
    shelf_finish(shelf);
}

// The folders of other people are others, or in another order: those that stay are not read anew.
static void rearrange(struct app_album *a)
{
    struct shelf kept[UI_FOLDERS] = {0};
    for (int i = 0; i < a->n_wanted; i++) {
        struct shelf *old = find_shelf(a, a->wanted[i]);
        if (old && old >= a->shelves + SIAM_KINDS) {
            kept[i] = *old;
            *old = (struct shelf){0};
        } else {
            snprintf(kept[i].dir, sizeof kept[i].dir, "%s", a->wanted[i]);
            kept[i].stale = true;
        }
    }
    for (int k = SIAM_KINDS; k < a->n_shelves; k++)
        drop_shelf(a, &a->shelves[k]);
    memcpy(a->shelves + SIAM_KINDS, kept, (size_t)a->n_wanted * sizeof *kept);
    a->n_shelves = SIAM_KINDS + a->n_wanted;
    a->news = true;
    pthread_cond_signal(&a->wish);
}

// Puts what was read in the place of what was there.
static bool take_fresh(struct app_album *a)
{
    bool any = false;
    for (int k = 0; k < a->n_shelves; k++) {
        struct shelf *shelf = &a->shelves[k];
        if (!shelf->is_fresh)
            continue;
        carry_over(&shelf->fresh, &shelf->list);
        for (int i = 0; i < shelf->fresh.n; i++)
            if (shelf->fresh.pictures[i].number == 0)
                shelf->fresh.pictures[i].number = ++a->number;
        drop_list(a, &shelf->list);
        shelf->list = shelf->fresh;
        shelf->fresh = (struct list){0};
        shelf->is_fresh = false;
        shelf->read = any = true;
    }
    return any;
}

static bool fit_thumbs(struct app_album *a)
{
    int n = 0;
    for (int k = 0; k < a->n_shelves; k++)
        n += a->shelves[k].list.n;
    if (n > a->thumbs_room) {
        struct ui_thumb *thumbs = realloc(a->thumbs, (size_t)n * sizeof *thumbs);
        if (!thumbs)
            return false;
        a->thumbs = thumbs;
        a->thumbs_room = n;
    }
    a->n_thumbs = n;
    return true;
}

static int64_t number_at(const struct app_album *a, int index)
{
    return index >= 0 && index < a->n_thumbs ? a->thumbs[index].number : 0;
}

// Where the picture under the cursor is gone the cursor is on the one that took its place.
static void fill_thumbs(struct app_album *a)
{
    int64_t cursor = number_at(a, a->cursor), fixed = number_at(a, a->fixed);
    a->fixed = -1;
    if (!fit_thumbs(a))
        a->n_thumbs = 0;
    for (int i = 0, k = 0, at = 0; i < a->n_thumbs; i++, at++) {
        while (at == a->shelves[k].list.n) {
            at = 0;
            k++;
        }
        const struct picture *p = &a->shelves[k].list.pictures[at];
        a->thumbs[i] = (struct ui_thumb){p->number, p->path, p->px, p->fault, p->chosen};
        if (p->number == cursor)
            a->cursor = i;
        if (p->number == fixed)
            a->fixed = i;
    }
    a->cursor = a->cursor < a->n_thumbs ? a->cursor : a->n_thumbs - 1;
}

static void fill_section(struct ui_section *section, const struct shelf *shelf)
{
    int broken = 0;
    const char *why = shelf->list.why;
    for (int i = shelf->list.n; i-- > 0;) {
        const char *fault = shelf->list.pictures[i].fault;
        broken += fault != NULL;
        why = fault ? fault : why;
    }
    section->n = shelf->list.n;
    section->reading = !shelf->read;
    section->usable = shelf->list.n - broken;
    section->skipped = broken;
    snprintf(section->why, sizeof section->why, "%s", file_below(why, shelf->dir));
}

static void fill_sections(struct app_album *a, struct ui_album *view)
{
    static const char *const names[SIAM_KINDS] = {"Anchors", "Positives", "Not me"};
    view->n_sections = a->n_shelves;
    for (int k = 0; k < a->n_shelves; k++) {
        struct ui_section *section = &view->section[k];
        section->key = "apn"[k < SIAM_KINDS ? k : SIAM_KINDS];
        snprintf(section->name, sizeof section->name, "%s",
                 k < SIAM_KINDS ? names[k] : a->shelves[k].dir);
        fill_section(section, &a->shelves[k]);
    }
}

// What was drawn last.
static void note_seen(struct app_album *a, const struct ui_album *view)
{
    if (a->side == view->side_px && a->seen_first == view->first_seen && a->seen_n == view->n_seen)
        return;
    for (int k = 0; k < a->n_shelves && a->side != view->side_px; k++)
        for (int i = 0; i < a->shelves[k].list.n; i++)
            if (a->shelves[k].list.pictures[i].px)
                retire(a, &a->shelves[k].list.pictures[i]);
    a->news |= a->side != view->side_px;
    a->side = view->side_px;
    a->seen_first = view->first_seen;
    a->seen_n = view->n_seen;
    pthread_cond_signal(&a->wish);
}

void app_album_view(struct app_album *a, struct ui_album *view)
{
    pthread_mutex_lock(&a->lock);
    note_seen(a, view);
    if (a->is_wanted)
        rearrange(a);
    a->is_wanted = false;
    bool fresh = take_fresh(a);
    if (fresh)
        pthread_cond_signal(&a->wish); // for small pictures of it
    if (fresh || a->news) {
        fill_thumbs(a);
        fill_sections(a, view);
        free_retired(a);
        a->news = false;
    }
    view->side = a->side;
    pthread_mutex_unlock(&a->lock);
    view->thumb = a->thumbs;
    view->n = a->n_thumbs;
    view->cursor = a->cursor;
    view->n_chosen = 0;
    for (int i = 0; i < a->n_thumbs; i++)
        view->n_chosen += a->thumbs[i].chosen;
}

// ---- Choosing -----------------------------------------------------------------------------------

static void set_chosen(struct app_album *a, int first, int last, bool chosen)
{
    pthread_mutex_lock(&a->lock);
    for (int i = first; i <= last; i++) {
        struct picture *p = picture_at(a, i);
        if (p)
            p->chosen = a->thumbs[i].chosen = chosen;
    }
    pthread_mutex_unlock(&a->lock);
}

// The first and the last picture of the section that picture `index` is in.
static void find_section(const struct app_album *a, int index, int *first, int *last)
{
    *first = *last = 0;
    for (int k = 0; k < a->n_shelves; k++) {
        *last = *first + a->shelves[k].list.n - 1;
        if (index <= *last)
            return;
        *first = *last + 1;
    }
}

void app_album_choose(struct app_album *a, int index, enum ui_choice how)
{
    int first = index, last = index;
    if (index < 0 || index >= a->n_thumbs)
        return;
    if (how == UI_CHOOSE_TO && a->fixed >= 0) {
        first = index < a->fixed ? index : a->fixed;
        last = index < a->fixed ? a->fixed : index;
    } else if (how == UI_CHOOSE_SECTION) {
        find_section(a, index, &first, &last);
    }
    bool chosen = how != UI_CHOOSE_ALSO || !a->thumbs[index].chosen;
    if (how != UI_CHOOSE_ALSO)
        set_chosen(a, 0, a->n_thumbs - 1, false);
    set_chosen(a, first, last, chosen);
    if (how != UI_CHOOSE_TO || a->fixed < 0)
        a->fixed = index;
    a->cursor = index;
}

const char **app_album_chosen(struct app_album *a, int *n)
{
    *n = 0;
    for (int i = 0; i < a->n_thumbs; i++)
        *n += a->thumbs[i].chosen;
    const char **paths = *n > 0 ? malloc((size_t)*n * sizeof *paths) : NULL;
    for (int i = a->n_thumbs, left = *n; i-- > 0 && paths;)
        if (a->thumbs[i].chosen) {
            paths[--left] = a->thumbs[i].path;
            a->cursor = i; // from there the next ones move up
        }
    return paths;
}
