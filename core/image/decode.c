// SPDX-License-Identifier: MIT
#include "core/image/decode.h"

#include "core/base/file.h"
#include "core/image/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_FILE_BYTES ((size_t)512 << 20)
#define QUOTED_BYTES   4
#define START_BYTES    16 // the formats' bytes are within

typedef int (*decode_fn)(struct img *out, int *orientation, const struct img_source *src,
                         struct err *err);

// How files begin. Without `decode`: what people have, and we don't read.
static const struct format {
    const char *name;
    size_t offset;
    size_t size;
    const char *bytes;
    decode_fn decode;
} formats[] = {
    {"JPEG", 0, 3, "\xff\xd8\xff", img_decode_jpeg},
    {"PNG", 0, 8, "\x89PNG\r\n\x1a\n", img_decode_png},
    {"WebP", 8, 4, "WEBP", img_decode_webp}, // behind "RIFF" and its length
    {"GIF", 0, 4, "GIF8", NULL},
    {"TIFF", 0, 4, "II*\0", NULL},
    {"TIFF", 0, 4, "MM\0*", NULL},
    {"HEIC", 4, 7, "ftyphei", NULL},
    {"HEIC", 4, 8, "ftypmif1", NULL},
    {"AVIF", 4, 8, "ftypavif", NULL},
    {"JPEG 2000", 0, 8, "\0\0\0\x0cjP  ", NULL},
    {"JPEG XL", 0, 8, "\0\0\0\x0cJXL ", NULL},
};

static const struct format *find_format(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct format *f = &formats[i];
        if (size >= f->offset + f->size && memcmp(data + f->offset, f->bytes, f->size) == 0)
            return f;
    }
    return NULL;
}

static int not_a_picture(const struct img_source *src, struct err *err)
{
    if (src->size == 0)
        return err_set(err, ERR_DATA, "%s: the file is empty", src->name);
    char start[4 * QUOTED_BYTES + 1] = "";
    size_t len = 0;
    for (size_t i = 0; i < src->size && i < QUOTED_BYTES; i++) {
        uint8_t byte = src->data[i];
        bool plain = byte >= ' ' && byte < 127 && byte != '"' && byte != '\\';
        len += (size_t)snprintf(start + len, sizeof start - len, plain ? "%c" : "\\x%02x", byte);
    }
    return err_set(err, ERR_DATA, "%s: not a picture (starts with \"%s\")", src->name, start);
}

// NULL, with the error set, where it is none that is read.
static const struct format *readable_format(const struct img_source *src, struct err *err)
{
    const struct format *format = find_format(src->data, src->size);
    if (!format)
        not_a_picture(src, err);
    else if (!format->decode)
        err_set(err, ERR_DATA, "%s: %s is not read: save it as JPEG, PNG or WebP", src->name,
                format->name);
    return format && format->decode ? format : NULL;
}

int img_decode(struct img *out, const void *data, size_t size, const char *name, int min_side,
               struct err *err)
{
    struct img_source src = {.data = data, .size = size, .name = name, .min_side = min_side};
    const struct format *format = readable_format(&src, err);
    if (!format)
        return ERR_DATA;
    int orientation = 1;
    int ret = format->decode(out, &orientation, &src, err);
    return ret ? ret : img_turn_upright(out, orientation, err);
}

int img_load(struct img *out, const char *path, int min_side, struct err *err)
{
    void *data;
    size_t size;
    int ret = file_read(path, MAX_FILE_BYTES, &data, &size, err);
    if (ret)
        return ret;
    ret = img_decode(out, data, size, path, min_side, err);
    free(data);
    return ret;
}

int img_check_start(const char *path, struct err *err)
{
    uint8_t start[START_BYTES];
    size_t size;
    int ret = file_read_start(path, start, sizeof start, &size, err);
    struct img_source src = {.data = start, .size = size, .name = path};
    return ret ? ret : readable_format(&src, err) ? 0 : ERR_DATA;
}

bool img_starts_as_picture(const char *path)
{
    uint8_t start[START_BYTES];
    size_t size;
    return !file_read_start(path, start, sizeof start, &size, NULL) && find_format(start, size);
}

bool img_is_picture_name(const char *path)
{
    static const char *const ends[] = {".jpg", ".jpeg", ".png", ".webp"};
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
        if (strcasecmp(dot, ends[i]) == 0)
            return true;
    return false;
}

int img_ends_early(const struct img_source *src, const char *format, struct err *err)
{
    return err_set(err, ERR_DATA, "%s: %s ends early (after %zu bytes)", src->name, format,
                   src->size);
}

int img_damaged(const struct img_source *src, const char *format, const char *why, struct err *err)
{
    return err_set(err, ERR_DATA, "%s: %s is damaged (%s)", src->name, format, why);
}

void img_over_white(struct img *out, const uint8_t *rgba)
{
    size_t n = (size_t)out->w * (size_t)out->h;
    for (size_t i = 0; i < n; i++, rgba += 4)
        for (int c = 0; c < 3; c++)
            out->px[3 * i + c] = (uint8_t)((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
}
