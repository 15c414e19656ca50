// SPDX-License-Identifier: MIT
// DESIGN: the cache is set-associative as a processor's: a text's hash picks a set of WAYS entries,
// and the one of them that was drawn longest ago makes room. Look-ups touch WAYS hashes, nothing
// is ever moved, and the memory is bounded. A whole label is one entry (shaping and eliding are
// what costs), its limits being part of the key.
#include "ui/text.h"

#include "ui/font.h"
#include "ui/utf8.h"

#include <stdlib.h>
#include <string.h>

#define SETS     64
#define WAYS     8
#define MAX_TEXT 2048 // bytes of a text with its line breaks; the rest is not drawn
#define ELLIPSIS "\xe2\x80\xa6"

struct key {
    enum ui_type type;
    enum ui_elide elide;
    int max_px;
    int max_lines; // 0: a line, otherwise a block
    const char *s;
};

struct entry {
    struct key key; // key.s == owned
    char *owned;    // NULL: free
    uint64_t hash;
    uint64_t used; // ui_text.clock of the last use
    struct ui_line line;
};

struct ui_text {
    SDL_Renderer *renderer;
    struct ui_fonts *fonts;
    uint64_t clock;
    struct entry entry[SETS][WAYS];
};

// A stretch of a line that one font can draw.
struct run {
    TTF_Font *font;
    char s[MAX_TEXT];
};

// Takes the next run of s[0..n), n > 0, and returns its length in bytes.
static size_t next_run(struct ui_text *text, enum ui_type type, const char *s, size_t n,
                       struct run *run)
{
    uint32_t ch;
    size_t at = ui_utf8_next(s, &ch);
    run->font = ui_fonts_get(text->fonts, type, ch);
    while (at < n) {
        size_t length = ui_utf8_next(s + at, &ch);
        if (ui_fonts_get(text->fonts, type, ch) != run->font)
            break;
        at += length;
    }
    at = SDL_min(at, n);
    memcpy(run->s, s, at);
    run->s[at] = '\0';
    return at;
}

static int width_of(struct ui_text *text, enum ui_type type, const char *s, size_t n)
{
    int sum = 0;
    struct run run;
    for (size_t at = 0; at < n;) {
        int w = 0;
        at += next_run(text, type, s + at, n - at, &run);
        if (run.font && TTF_SizeUTF8(run.font, run.s, &w, NULL) == 0)
            sum += w;
    }
    return sum;
}

// Bytes of the longest prefix that is at most max_px wide; may be 0.
static size_t fitting_prefix(struct ui_text *text, enum ui_type type, const char *s, size_t n,
                             int max_px)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low + 1) / 2;
        if (width_of(text, type, s, ui_utf8_floor(s, mid)) <= max_px)
            low = mid;
        else
            high = mid - 1;
    }
    return ui_utf8_floor(s, low);
}

// Bytes to leave out at the start so that the rest is at most max_px wide; may be n.
static size_t fitting_suffix(struct ui_text *text, enum ui_type type, const char *s, size_t n,
                             int max_px)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = ui_utf8_floor(s, low + (high - low) / 2);
        if (width_of(text, type, s + mid, n - mid) <= max_px) {
            high = mid;
        } else {
            uint32_t ch;
            low = mid + ui_utf8_next(s + mid, &ch);
        }
    }
    return low;
}

// Writes s[0..n) to `out` (MAX_TEXT), shortened with an ellipsis to max_px.
static size_t put_elided(struct ui_text *text, const struct key *key, const char *s, size_t n,
                         char *out)
{
    const size_t dots = strlen(ELLIPSIS);
    n = SDL_min(n, MAX_TEXT - dots - 1);
    if (key->max_px <= 0 || width_of(text, key->type, s, n) <= key->max_px) {
        memcpy(out, s, n);
        return n;
    }
    int room = SDL_max(key->max_px - width_of(text, key->type, ELLIPSIS, dots), 0);
    if (key->elide == UI_ELIDE_START) {
        size_t skip = fitting_suffix(text, key->type, s, n, room);
        memcpy(out, ELLIPSIS, dots);
        memcpy(out + dots, s + skip, n - skip);
        return dots + n - skip;
    }
    size_t keep = fitting_prefix(text, key->type, s, n, room);
    while (keep > 0 && s[keep - 1] == ' ')
        keep--;
    memcpy(out, s, keep);
    memcpy(out + keep, ELLIPSIS, dots);
    return keep + dots;
}

// Bytes of s[0..n) that go into a line of a block, without the spaces at its end.
static size_t line_break(struct ui_text *text, const struct key *key, const char *s, size_t n)
{
    size_t fit = fitting_prefix(text, key->type, s, n, key->max_px);
    if (fit == n)
        return n;
    size_t space = fit;
    while (space > 0 && s[space] != ' ')
        space--;
    if (space > 0)
        return space;
    uint32_t ch;
    return fit > 0 ? fit : ui_utf8_next(s, &ch);
}

// The text as it is drawn, elided, lines separated by '\n', in `out` (MAX_TEXT).
static void lay_out(struct ui_text *text, const struct key *key, char *out)
{
    char plain[MAX_TEXT / 2];
    const char *s = plain;
    size_t n = SDL_strlcpy(plain, key->s, sizeof plain), used = 0;
    n = SDL_min(n, sizeof plain - 1);
    for (char *p = plain; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = ' ';
    for (int line = 1; line < key->max_lines && n > 0; line++) {
        size_t take = line_break(text, key, s, n);
        if (take == n || used + take + 1 >= MAX_TEXT / 2)
            break;
        memcpy(out + used, s, take);
        used += take;
        out[used++] = '\n';
        s += take, n -= take;
        while (n > 0 && *s == ' ')
            s++, n--;
    }
    char last[MAX_TEXT];
    size_t length = put_elided(text, key, s, n, last);
    length = SDL_min(length, MAX_TEXT - 1 - used);
    memcpy(out + used, last, length);
    out[used + length] = '\0';
}

// What the font says of its height can be a pixel short of its deepest letters.
static int line_height(struct ui_text *text, enum ui_type type)
{
    TTF_Font *font = ui_fonts_get(text->fonts, type, 0);
    int h = 0;
    if (font)
        TTF_SizeUTF8(font, "\xc3\x85gjpqy", NULL, &h);
    return h;
}

// Draws one line of n bytes at height y of `target`, the fonts' base lines level.
static void draw_runs(struct ui_text *text, enum ui_type type, const char *s, size_t n,
                      SDL_Surface *target, int y)
{
    TTF_Font *main_font = ui_fonts_get(text->fonts, type, 0);
    int x = 0, ascent = main_font ? TTF_FontAscent(main_font) : 0;
    struct run run;
    for (size_t at = 0; at < n;) {
        at += next_run(text, type, s + at, n - at, &run);
        const SDL_Color white = {255, 255, 255, 255};
        SDL_Surface *drawn = run.font ? TTF_RenderUTF8_Blended(run.font, run.s, white) : NULL;
        if (!drawn)
            continue;
        SDL_Rect to = {x, y + ascent - TTF_FontAscent(run.font), drawn->w, drawn->h};
        SDL_SetSurfaceBlendMode(drawn, SDL_BLENDMODE_NONE);
        SDL_BlitSurface(drawn, NULL, target, &to);
        x += drawn->w;
        SDL_FreeSurface(drawn);
    }
}

static struct ui_line render(struct ui_text *text, const struct key *key)
{
    char s[MAX_TEXT];
    lay_out(text, key, s);
    int h = line_height(text, key->type), w = 0, n_lines = 0;
    for (const char *p = s;; p++, n_lines++) {
        size_t n = strcspn(p, "\n");
        w = SDL_max(w, width_of(text, key->type, p, n));
        p += n;
        if (!*p)
            break;
    }
    struct ui_line line = {NULL, w, h * (n_lines + 1)};
    if (w == 0)
        return line;
    SDL_Surface *surface =
        SDL_CreateRGBSurfaceWithFormat(0, w, line.h, 32, SDL_PIXELFORMAT_ARGB8888);
    if (!surface)
        return line;
    const char *p = s;
    for (int i = 0; i <= n_lines; i++) {
        size_t n = strcspn(p, "\n");
        draw_runs(text, key->type, p, n, surface, i * h);
        p += n + 1;
    }
    line.texture = SDL_CreateTextureFromSurface(text->renderer, surface);
    SDL_FreeSurface(surface);
    if (line.texture)
        SDL_SetTextureBlendMode(line.texture, SDL_BLENDMODE_BLEND);
    return line;
}

static uint64_t hash_key(const struct key *key) // FNV-1a
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    const int part[] = {(int)key->type, (int)key->elide, key->max_px, key->max_lines};
    for (size_t i = 0; i < SDL_arraysize(part); i++)
        h = (h ^ (uint64_t)(uint32_t)part[i]) * UINT64_C(0x100000001b3);
    for (const unsigned char *p = (const unsigned char *)key->s; *p; p++)
        h = (h ^ *p) * UINT64_C(0x100000001b3);
    return h;
}

static bool same_key(const struct key *a, const struct key *b)
{
    return a->type == b->type && a->elide == b->elide && a->max_px == b->max_px &&
           a->max_lines == b->max_lines && strcmp(a->s, b->s) == 0;
}

static void clear_entry(struct entry *entry)
{
    if (entry->line.texture)
        SDL_DestroyTexture(entry->line.texture);
    free(entry->owned);
    *entry = (struct entry){0};
}

static struct ui_line look_up(struct ui_text *text, const struct key *key)
{
    uint64_t hash = hash_key(key);
    struct entry *set = text->entry[(hash ^ hash >> 32) % SETS], *oldest = set;
    text->clock++;
    for (struct entry *e = set; e < set + WAYS; e++) {
        if (e->owned && e->hash == hash && same_key(&e->key, key)) {
            e->used = text->clock;
            return e->line;
        }
        if (e->used < oldest->used)
            oldest = e;
    }
    clear_entry(oldest);
    char *copy = strdup(key->s);
    if (!copy)
        return (struct ui_line){0};
    *oldest = (struct entry){*key, copy, hash, text->clock, render(text, key)};
    oldest->key.s = copy;
    return oldest->line;
}

struct ui_line ui_text_line(struct ui_text *text, enum ui_type type, const char *s, int max_px,
                            enum ui_elide elide)
{
    return look_up(text, &(struct key){type, elide, max_px, 0, s});
}

struct ui_line ui_text_block(struct ui_text *text, enum ui_type type, const char *s, int max_px,
                             int max_lines)
{
    return look_up(text, &(struct key){type, UI_ELIDE_END, SDL_max(max_px, 1), max_lines, s});
}

static void clear_cache(struct ui_text *text)
{
    for (int set = 0; set < SETS; set++)
        for (int way = 0; way < WAYS; way++)
            clear_entry(&text->entry[set][way]);
}

void ui_text_set_scale(struct ui_text *text, float scale)
{
    clear_cache(text);
    ui_fonts_set_scale(text->fonts, scale);
}

int ui_text_create(struct ui_text **out, SDL_Renderer *renderer, float scale, struct err *err)
{
    struct ui_text *text = calloc(1, sizeof *text);
    if (!text)
        return err_memory(err, "texts");
    text->renderer = renderer;
    int ret = ui_fonts_create(&text->fonts, scale, err);
    if (ret < 0) {
        free(text);
        return ret;
    }
    *out = text;
    return 0;
}

void ui_text_destroy(struct ui_text *text)
{
    if (!text)
        return;
    clear_cache(text);
    ui_fonts_destroy(text->fonts);
    free(text);
}
