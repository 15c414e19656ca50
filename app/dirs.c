// SPDX-License-Identifier: MIT
#include "app/dirs.h"

#include "app/folder_look.h"
#include "core/base/clock.h"
#include "core/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_CONFIG (1 << 16)
#define LONGEST    (CLOCK_SECOND / 2) // that counting takes

// ---- Order --------------------------------------------------------------------------------------

static bool at_number(const char *s)
{
    return *s >= '0' && *s <= '9';
}

// Moves both texts behind a number that each begins with and compares these by their value.
static int compare_numbers(const char **a, const char **b)
{
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t n = strspn(*a, "0123456789"), m = strspn(*b, "0123456789");
    int order = n != m ? (n > m) - (n < m) : strncmp(*a, *b, n);
    *a += n;
    *b += m;
    return order;
}

// Alike, what comes before the next number, by the rules of the language.
static int compare_words(const char **a, const char **b, locale_t locale)
{
    char x[NAME_MAX + 1], y[NAME_MAX + 1];
    size_t n = strcspn(*a, "0123456789"), m = strcspn(*b, "0123456789");
    snprintf(x, sizeof x, "%.*s", (int)n, *a);
    snprintf(y, sizeof y, "%.*s", (int)m, *b);
    *a += n;
    *b += m;
    return locale ? strcoll_l(x, y, locale) : strcmp(x, y);
}

static int compare(const void *one, const void *other, void *locale)
{
    const char *first = ((const struct app_dir *)one)->name;
    const char *second = ((const struct app_dir *)other)->name;
    int order = 0;
    for (const char *a = first, *b = second; order == 0 && (*a || *b);) {
        bool numbers = at_number(a) && at_number(b);
        order = numbers ? compare_numbers(&a, &b) : compare_words(&a, &b, locale);
        if (order == 0) // then one of them has ended, or both go on alike
            order = at_number(a) - at_number(b);
    }
    return order ? order : strcmp(first, second);
}

static void sort(struct app_dirs *dirs)
{
    locale_t locale = newlocale(LC_COLLATE_MASK | LC_CTYPE_MASK, "", (locale_t)0);
    if (dirs->n > 1)
        qsort_r(dirs->dir, (size_t)dirs->n, sizeof *dirs->dir, compare, locale);
    if (locale)
        freelocale(locale);
}

// ---- Reading ------------------------------------------------------------------------------------

static bool is_link(const struct dirent *e)
{
    return e->d_type == DT_LNK;
}

// Some file systems do not tell without being asked of each.
static bool is_folder(DIR *d, const struct dirent *e, bool with_links)
{
    struct stat st;
    if (e->d_type == DT_DIR)
        return true;
    if (e->d_type != DT_UNKNOWN && !(is_link(e) && with_links))
        return false;
    int flags = with_links ? 0 : AT_SYMLINK_NOFOLLOW;
    return fstatat(dirfd(d), e->d_name, &st, flags) == 0 && S_ISDIR(st.st_mode);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int add(struct app_dirs *dirs, const char *name, struct err *err)
{
    if (dirs->n == dirs->room) {
        int room = dirs->room ? 2 * dirs->room : 64;
        struct app_dir *more = realloc(dirs->dir, (size_t)room * sizeof *more);
        if (!more)
            return err_memory(err, "folders");
        dirs->dir = more;
        dirs->room = room;
    }
    char *copy = strdup(name);
    if (!copy)
        return err_memory(err, "folders");
    dirs->dir[dirs->n++] = (struct app_dir){.name = copy, .pictures = -1};
    return 0;
}

int app_dirs_read(struct app_dirs *out, const char *path, bool hidden, bool with_links,
                  const struct app_watch *watch, struct err *err)
{
    *out = (struct app_dirs){0};
    DIR *d = opendir(path);
    if (!d)
        return err_set(err, ERR_DATA, "%s: cannot be read: %s", path, strerror(errno));
    int ret = 0;
    for (const struct dirent *e; !ret && (e = readdir(d));) {
        if (is_dots(e->d_name) || (e->d_name[0] == '.' && !hidden))
            continue;
        out->n_links += is_link(e);
        if (is_folder(d, e, with_links))
            ret = add(out, e->d_name, err);
        if (!ret && app_overtaken(watch))
            ret = ERR_STOPPED;
    }
    closedir(d);
    if (ret)
        app_dirs_finish(out);
    sort(out);
    return ret;
}

void app_dirs_finish(struct app_dirs *dirs)
{
    for (int i = 0; i < dirs->n; i++)
        free(dirs->dir[i].name);
    free(dirs->dir);
    *dirs = (struct app_dirs){0};
}

bool app_goes_on(void *ctx)
{
    const struct app_patience *patience = ctx;
    return !app_overtaken(patience->watch) && clock_now_ns() < patience->until_ns;
}

int app_dirs_count(struct app_dir *dir, const char *path, const struct app_watch *watch)
{
    struct app_patience patience = {watch, clock_now_ns() + LONGEST};
    struct app_folder_look look;
    dir->more = !app_folder_look(&look, path, app_goes_on, &patience);
    dir->pictures = look.pictures;
    return app_overtaken(watch) ? ERR_STOPPED : 0;
}

// ---- Places -------------------------------------------------------------------------------------

void app_dirs_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        slash[slash == path] = '\0';
}

// The value of a line NAME="$HOME/below" or NAME="/path" of a file that shells can read.
static bool find_line(char *out, size_t size, const char *text, const char *name, const char *home)
{
    for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *s = line + strspn(line, " \t");
        size_t n = strlen(name);
        if (strncmp(s, name, n) != 0 || strncmp(s + n, "=\"", 2) != 0)
            continue;
        s += n + 2;
        bool below_home = strncmp(s, "$HOME", 5) == 0;
        s += below_home ? 5 : 0;
        int length = (int)strcspn(s, "\"\n");
        return (size_t)snprintf(out, size, "%s%.*s", below_home ? home : "", length, s) < size;
    }
    return false;
}

static bool pictures_dir(char *out, size_t size, const char *home)
{
    char path[PATH_MAX];
    const char *xdg = getenv("XDG_CONFIG_HOME");
    void *text;
    size_t n;
    if (xdg && xdg[0] == '/')
        snprintf(path, sizeof path, "%s/user-dirs.dirs", xdg);
    else
        snprintf(path, sizeof path, "%s/.config/user-dirs.dirs", home);
    if (!file_exists(path) || file_read(path, MAX_CONFIG, &text, &n, NULL))
        return false;
    bool found = find_line(out, size, text, "XDG_PICTURES_DIR", home);
    free(text);
    return found && out[0] == '/' && file_is_dir(out);
}

void app_dirs_start(char *out, size_t size, const char *beside)
{
    const char *home = getenv("HOME");
    bool has_home = home && home[0] == '/';
    snprintf(out, size, "%s", beside);
    app_dirs_parent(out);
    bool found = (out[0] == '/' && file_is_dir(out)) || (has_home && pictures_dir(out, size, home));
    if (!found)
        snprintf(out, size, "%s", has_home && file_is_dir(home) ? home : "/");
    for (size_t n = strlen(out); n > 1 && out[n - 1] == '/';)
        out[--n] = '\0';
}
