// SPDX-License-Identifier: MIT
#include "core/verify/lines.h"

#include "core/base/file.h"

#include <stdlib.h>
#include <string.h>

static int count_lines(const char *text)
{
    int n = 1;
    for (; (text = strchr(text, '\n')); text++)
        n++;
    return n;
}

int verify_lines_read(struct verify_lines *lines, const char *name, size_t max, struct err *err)
{
    void *text;
    size_t size;
    *lines = (struct verify_lines){.name = name};
    int ret = file_read(name, max, &text, &size, err);
    if (ret)
        return ret;
    lines->text = text;
    if (strlen(lines->text) != size) {
        verify_lines_finish(lines);
        return err_set(err, ERR_DATA, "%s: not a text file (it holds zero bytes)", name);
    }
    bool mark = strncmp(lines->text, "\xef\xbb\xbf", 3) == 0; // as some editors begin UTF-8 files
    lines->rest = lines->text + (mark ? 3 : 0);
    lines->n_most = count_lines(lines->text);
    return 0;
}

void verify_lines_finish(struct verify_lines *lines)
{
    free(lines->text);
    *lines = (struct verify_lines){0};
}

char *verify_lines_next(struct verify_lines *lines)
{
    char *line;
    while ((line = strsep(&lines->rest, "\n"))) {
        size_t len = strlen(line);
        lines->number++;
        if (len > 0 && line[len - 1] == '\r')
            line[--len] = '\0';
        if (len > 0)
            return line;
    }
    return NULL;
}

int verify_lines_refuse(const struct verify_lines *lines, const char *what, const char *form,
                        struct err *err)
{
    return err_set(err, ERR_DATA, "%s:%d: %s; %s", lines->name, lines->number, what, form);
}
