// SPDX-License-Identifier: MIT
#include "ui/line_edit.h"

#include "ui/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void ui_edit_clear(struct ui_edit *line)
{
    *line = (struct ui_edit){0};
}

void ui_edit_insert(struct ui_edit *line, const char *s)
{
    char clean[UI_PATH];
    size_t length = 0, before = line->all ? 0 : line->length;
    for (size_t n; *s && *s != '\n' && *s != '\r'; s += n) {
        uint32_t ch;
        n = ui_utf8_next(s, &ch);
        if (ch < ' ' || ch == 127)
            continue;
        if (before + length + n >= sizeof line->text)
            return;
        memcpy(clean + length, s, n);
        length += n;
    }
    if (line->all)
        ui_edit_clear(line);
    char *at = line->text + line->caret;
    memmove(at + length, at, line->length - line->caret + 1);
    memcpy(at, clean, length);
    line->length += length;
    line->caret += length;
}

static void cut(struct ui_edit *line, size_t at, size_t n)
{
    memmove(line->text + at, line->text + at + n, line->length - at - n + 1);
    line->length -= n;
    line->caret = at;
}

static bool cut_all(struct ui_edit *line)
{
    bool all = line->all;
    if (all)
        ui_edit_clear(line);
    return all;
}

void ui_edit_backspace(struct ui_edit *line)
{
    if (cut_all(line) || line->caret == 0)
        return;
    size_t n = ui_utf8_previous(line->text, line->caret);
    cut(line, line->caret - n, n);
}

void ui_edit_delete(struct ui_edit *line)
{
    uint32_t ch;
    if (!cut_all(line) && line->caret < line->length)
        cut(line, line->caret, ui_utf8_next(line->text + line->caret, &ch));
}

void ui_edit_left(struct ui_edit *line)
{
    if (line->all)
        ui_edit_home(line);
    else if (line->caret > 0)
        line->caret -= ui_utf8_previous(line->text, line->caret);
}

void ui_edit_right(struct ui_edit *line)
{
    uint32_t ch;
    if (line->all)
        ui_edit_end(line);
    else if (line->caret < line->length)
        line->caret += ui_utf8_next(line->text + line->caret, &ch);
}

void ui_edit_home(struct ui_edit *line)
{
    line->caret = 0;
    line->all = false;
}

void ui_edit_end(struct ui_edit *line)
{
    line->caret = line->length;
    line->all = false;
}

void ui_edit_select_all(struct ui_edit *line)
{
    line->all = line->length > 0;
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

// Decodes %XX in place. False on a %00 or one that is cut short.
static bool percent_decode(char *s)
{
    char *to = s;
    for (; *s; s++, to++) {
        *to = *s;
        if (*s != '%')
            continue;
        if (!isxdigit((unsigned char)s[1]) || !isxdigit((unsigned char)s[2]))
            return false;
        *to = (char)(hex(s[1]) * 16 + hex(s[2]));
        if (*to == '\0')
            return false;
        s += 2;
    }
    *to = '\0';
    return true;
}

// file:///path and file://localhost/path to a path, in place. Other schemes are refused.
static bool uri_to_path(char *s)
{
    if (strncasecmp(s, "file://", 7) != 0)
        return strstr(s, "://") == NULL;
    const char *path = s + 7;
    if (strncasecmp(path, "localhost/", 10) == 0)
        path += 9;
    if (*path != '/')
        return false;
    memmove(s, path, strlen(path) + 1);
    return percent_decode(s);
}

// Spaces first, then a pair of quotes around the rest.
static void trim(const char **s, size_t *n)
{
    while (*n > 0 && isspace((unsigned char)(*s)[0]))
        ++*s, --*n;
    while (*n > 0 && isspace((unsigned char)(*s)[*n - 1]))
        --*n;
    if (*n >= 2 && ((*s)[0] == '"' || (*s)[0] == '\'') && (*s)[*n - 1] == (*s)[0])
        ++*s, *n -= 2;
}

bool ui_path_parse(const char *text, size_t n, char *out, size_t size)
{
    trim(&text, &n);
    char path[sizeof "file://localhost" + 3 * UI_PATH]; // each byte may be written as %XX
    if (n == 0 || n >= sizeof path)
        return false;
    memcpy(path, text, n);
    path[n] = '\0';
    if (!uri_to_path(path))
        return false;
    const char *home = path[0] == '~' && (path[1] == '/' || !path[1]) ? getenv("HOME") : NULL;
    int length = snprintf(out, size, "%s%s", home ? home : "", home ? path + 1 : path);
    return length > 0 && (size_t)length < size;
}
