// SPDX-License-Identifier: MIT
// DESIGN. A file is trusted with nothing: lengths are compared with the file's size before memory
// is allocated, products are checked, and the tensors, sorted by place, must join up from the first
// to the last byte of the data. The values go straight to where they are wanted, piece by piece:
// read, hash, convert, check, next. The data checksum runs over the bytes as they lie in the file.
#include "core/siamese/tensors.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

static const struct {
    const char *name;
    size_t width; // bytes
} dtypes[] = {
    [SIAM_F32] = {"F32", 4},
    [SIAM_F16] = {"F16", 2},
    [SIAM_BF16] = {"BF16", 2},
};

// ---- The header -----------------------------------------------------------------------------

int siam_tensors_refuse(const struct siam_tensor_file *file, struct err *err, const char *cause,
                        ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, cause);
    vsnprintf(text, sizeof text, cause, args);
    va_end(args);
    return err_set(err, ERR_MODEL, "%s: %s: %s", file->path, text, file->remedy);
}

// pread() that gives all or fails.
static int read_at(const struct siam_tensor_file *file, void *buf, size_t size, size_t at,
                   struct err *err)
{
    for (size_t got = 0; got < size;) {
        ssize_t n = pread(file->fd, (char *)buf + got, size - got, (off_t)(at + got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return siam_tensors_refuse(file, err, "%s", strerror(errno));
        if (n == 0)
            return siam_tensors_refuse(file, err, "cut short while it was read");
        got += (size_t)n;
    }
    return 0;
}

// A whole number in 0..2^53, where doubles are exact.
static bool whole_number(const cJSON *item, size_t *out)
{
    if (!cJSON_IsNumber(item) || !(item->valuedouble >= 0 && item->valuedouble <= 0x1p53) ||
        item->valuedouble != floor(item->valuedouble))
        return false;
    *out = (size_t)item->valuedouble;
    return true;
}

static bool parse_shape(const cJSON *shape, struct siam_tensor *t)
{
    t->size = 1;
    t->rank = 0;
    const cJSON *item;
    cJSON_ArrayForEach(item, shape)
    {
        size_t n;
        if (t->rank == SIAM_TENSOR_DIMS || !whole_number(item, &n) || n > INT32_MAX ||
            __builtin_mul_overflow(t->size, n, &t->size))
            return false;
        t->shape[t->rank++] = (int)n;
    }
    return cJSON_IsArray(shape);
}

static bool parse_dtype(const cJSON *dtype, struct siam_tensor *t)
{
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; i++) {
        if (!cJSON_IsString(dtype) || strcmp(dtype->valuestring, dtypes[i].name) != 0)
            continue;
        t->dtype = (enum siam_dtype)i;
        return true;
    }
    return false;
}

static bool parse_place(const cJSON *offsets, struct siam_tensor *t)
{
    size_t bytes;
    return cJSON_IsArray(offsets) && cJSON_GetArraySize(offsets) == 2 &&
           whole_number(cJSON_GetArrayItem(offsets, 0), &t->begin) &&
           whole_number(cJSON_GetArrayItem(offsets, 1), &t->end) &&
           !__builtin_mul_overflow(t->size, dtypes[t->dtype].width, &bytes) && t->end >= t->begin &&
           t->end - t->begin == bytes;
}

static int parse_tensor(struct siam_tensor_file *file, const cJSON *entry, struct err *err)
{
    const char *name = entry->string;
    if (file->n_tensors == SIAM_TENSORS_MAX || strlen(name) >= SIAM_TENSOR_NAME_MAX ||
        siam_tensors_find(file, name))
        return siam_tensors_refuse(file, err, "not one of ours (tensor \"%.80s\")", name);
    struct siam_tensor *t = &file->tensors[file->n_tensors];
    *t = (struct siam_tensor){0};
    strcpy(t->name, name);
    if (!parse_dtype(cJSON_GetObjectItemCaseSensitive(entry, "dtype"), t))
        return siam_tensors_refuse(file, err, "%s is not of type F32, F16 or BF16", name);
    if (!parse_shape(cJSON_GetObjectItemCaseSensitive(entry, "shape"), t) ||
        !parse_place(cJSON_GetObjectItemCaseSensitive(entry, "data_offsets"), t))
        return siam_tensors_refuse(file, err, "%s has an impossible shape or place", name);
    file->n_tensors++;
    return 0;
}

static void parse_metadata(struct siam_tensor_file *file, const cJSON *strings)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, strings)
    {
        if (item->string && cJSON_IsString(item))
            siam_meta_put(&file->meta, item->string, item->valuestring);
    }
    file->ours = siam_meta_get(&file->meta, "header_checksum") ||
                 siam_meta_get(&file->meta, "data_checksum");
}

static bool is_checksum(const struct siam_meta *meta, const char *key, uint64_t sum)
{
    char text[SIAM_CHECKSUM_LEN + 1];
    const char *want = siam_meta_get(meta, key);
    siam_checksum_text(text, sum);
    return want && strcmp(want, text) == 0;
}

// Format and header checksum of a file that says it is ours. Zeroes the digits in `text`.
static int check_header(const struct siam_tensor_file *file, char *text, size_t len,
                        struct err *err)
{
    const char *format = siam_meta_get(&file->meta, "format");
    if (!format || strcmp(format, SIAM_FORMAT) != 0)
        return siam_tensors_refuse(file, err, "of format version %.20s, this program reads %s",
                                   format ? format : "unknown", SIAM_FORMAT);
    char *digits = siam_checksum_digits(text, len);
    if (!digits)
        return siam_tensors_refuse(file, err, "altered (no header checksum)");
    memset(digits, '0', SIAM_CHECKSUM_LEN);
    if (!is_checksum(&file->meta, "header_checksum", XXH3_64bits(text, len)))
        return siam_tensors_refuse(file, err, "altered (header checksum)");
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct siam_tensor *s = a, *t = b;
    if (s->begin != t->begin)
        return s->begin < t->begin ? -1 : 1;
    return (s->end > t->end) - (s->end < t->end);
}

static int check_places(struct siam_tensor_file *file, size_t bytes_there, struct err *err)
{
    qsort(file->tensors, (size_t)file->n_tensors, sizeof file->tensors[0], by_place);
    for (int i = 0; i < file->n_tensors; i++) {
        if (file->tensors[i].begin != file->data_size)
            return siam_tensors_refuse(file, err, "gap or overlap before %s",
                                       file->tensors[i].name);
        file->data_size = file->tensors[i].end;
    }
    if (bytes_there < file->data_size)
        return siam_tensors_refuse(file, err,
                                   "cut short (header promises %zu bytes of data, %zu are there)",
                                   file->data_size, bytes_there);
    if (bytes_there > file->data_size)
        return siam_tensors_refuse(file, err, "altered (%zu bytes more than its header promises)",
                                   bytes_there - file->data_size);
    return 0;
}

static int parse_header(struct siam_tensor_file *file, char *text, size_t len, struct err *err)
{
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(text, len, &end, false);
    int ret = 0;
    while (root && end < text + len && *end == ' ')
        end++;
    if (!cJSON_IsObject(root) || end != text + len)
        ret = siam_tensors_refuse(file, err, "damaged (its header is not JSON)");
    if (!ret)
        parse_metadata(file, cJSON_GetObjectItemCaseSensitive(root, "__metadata__"));
    if (!ret && file->ours)
        ret = check_header(file, text, len, err);
    for (const cJSON *entry = root ? root->child : NULL; entry && !ret; entry = entry->next)
        if (strcmp(entry->string, "__metadata__") != 0)
            ret = parse_tensor(file, entry, err);
    cJSON_Delete(root);
    return ret;
}

static int read_header(struct siam_tensor_file *file, size_t file_size, struct err *err)
{
    uint64_t len = 0;
    if (file_size < sizeof len)
        return siam_tensors_refuse(file, err, "cut short (%zu bytes)", file_size);
    int ret = read_at(file, &len, sizeof len, 0, err);
    if (ret)
        return ret;
    if (len < 2 || len > SIAM_HEADER_MAX)
        return siam_tensors_refuse(file, err, "not a safetensors file");
    file->data_at = sizeof len + (size_t)len;
    if (file->data_at > file_size)
        return siam_tensors_refuse(file, err, "cut short (a header of %zu bytes, %zu are there)",
                                   (size_t)len, file_size - sizeof len);
    char *text = malloc((size_t)len);
    if (!text)
        return err_memory(err, file->path);
    ret = read_at(file, text, (size_t)len, sizeof len, err);
    if (!ret && text[0] != '{')
        ret = siam_tensors_refuse(file, err, "not a safetensors file");
    if (!ret)
        ret = parse_header(file, text, (size_t)len, err);
    free(text);
    return ret ? ret : check_places(file, file_size - file->data_at, err);
}

int siam_tensors_open(struct siam_tensor_file *file, const char *path, const char *remedy,
                      struct err *err)
{
    *file = (struct siam_tensor_file){.fd = -1, .path = path, .remedy = remedy};
    // O_NONBLOCK: opening a pipe that nobody writes to must not hang.
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0)
        return siam_tensors_refuse(file, err, "%s", strerror(errno));
    struct stat st;
    int ret = 0;
    if (fstat(file->fd, &st) || !S_ISREG(st.st_mode))
        ret = siam_tensors_refuse(file, err, "not a regular file");
    if (!ret)
        ret = read_header(file, (size_t)st.st_size, err);
    if (ret)
        siam_tensors_close(file);
    return ret;
}

void siam_tensors_close(struct siam_tensor_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
}

const struct siam_tensor *siam_tensors_find(const struct siam_tensor_file *file, const char *name)
{
    for (int i = 0; i < file->n_tensors; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

// ---- The values -----------------------------------------------------------------------------

static const char *shape_text(const struct siam_tensor *t, char out[64])
{
    int len = snprintf(out, 64, "[");
    for (int i = 0; i < t->rank; i++)
        len += snprintf(out + len, 64 - (size_t)len, i ? ",%d" : "%d", t->shape[i]);
    snprintf(out + len, 64 - (size_t)len, "]");
    return out;
}

static bool same_shape(const struct siam_tensor *a, const struct siam_tensor *b)
{
    return a->rank == b->rank &&
           memcmp(a->shape, b->shape, (size_t)a->rank * sizeof a->shape[0]) == 0;
}

// Gives every tensor of the file its place in memory.
static int bind(struct siam_tensor_file *file, const struct siam_tensor *wanted, int n,
                struct err *err)
{
    for (int i = 0; i < n; i++) {
        const struct siam_tensor *found = siam_tensors_find(file, wanted[i].name);
        char is[64], want[64];
        if (!found)
            return siam_tensors_refuse(file, err, "has no tensor %s", wanted[i].name);
        if (!same_shape(found, &wanted[i]))
            return siam_tensors_refuse(file, err, "%s has shape %s, not %s", found->name,
                                       shape_text(found, is), shape_text(&wanted[i], want));
        file->tensors[found - file->tensors].values = wanted[i].values;
    }
    for (int i = 0; i < file->n_tensors; i++)
        if (!file->tensors[i].values)
            return siam_tensors_refuse(file, err, "has a tensor too many, %s",
                                       file->tensors[i].name);
    return 0;
}

// IEEE 754 half precision. The exponent's bias differs by 112, whether normal or subnormal.
static float from_f16(uint16_t half)
{
    uint32_t bits = (uint32_t)(half & 0x7fff) << 13;
    float value;
    memcpy(&value, &bits, 4);
    value = (half & 0x7c00) == 0x7c00 ? INFINITY : value * 0x1p112f;
    return half & 0x8000 ? -value : value;
}

static float from_bf16(uint16_t half)
{
    uint32_t bits = (uint32_t)half << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

static void convert(enum siam_dtype dtype, const void *raw, float *values, size_t n)
{
    const uint16_t *half = raw;
    if (dtype == SIAM_F16)
        for (size_t i = 0; i < n; i++)
            values[i] = from_f16(half[i]);
    else
        for (size_t i = 0; i < n; i++)
            values[i] = from_bf16(half[i]);
}

struct reader {
    const struct siam_tensor_file *file;
    XXH3_state_t *hash;
    void *buf;                            // [SIAM_PIECE_BYTES]
    const struct siam_tensor *not_finite; // the first such tensor
};

static int read_tensor(struct reader *r, const struct siam_tensor *t, struct err *err)
{
    size_t width = dtypes[t->dtype].width;
    for (size_t at = 0, n; at < t->size; at += n) {
        n = siam_min_size(t->size - at, SIAM_PIECE_BYTES / width);
        float *values = t->values + at;
        void *raw = t->dtype == SIAM_F32 ? (void *)values : r->buf;
        size_t place = r->file->data_at + t->begin + at * width;
        int ret = read_at(r->file, raw, n * width, place, err);
        if (ret)
            return ret;
        XXH3_64bits_update(r->hash, raw, n * width);
        if (t->dtype != SIAM_F32)
            convert(t->dtype, raw, values, n);
        if (!r->not_finite && !siam_all_finite(values, n))
            r->not_finite = t;
    }
    return 0;
}

static int read_tensors(struct reader *r, struct err *err)
{
    const struct siam_tensor_file *file = r->file;
    for (int i = 0; i < file->n_tensors; i++) {
        int ret = read_tensor(r, &file->tensors[i], err);
        if (ret)
            return ret;
    }
    if (file->ours && !is_checksum(&file->meta, "data_checksum", XXH3_64bits_digest(r->hash)))
        return siam_tensors_refuse(file, err, "altered (data checksum)");
    if (r->not_finite)
        return siam_tensors_refuse(file, err, "%s has values that are not finite",
                                   r->not_finite->name);
    return 0;
}

int siam_tensors_read(struct siam_tensor_file *file, const struct siam_tensor *wanted, int n_wanted,
                      struct err *err)
{
    int ret = bind(file, wanted, n_wanted, err);
    if (ret)
        return ret;
    struct reader r = {.file = file, .hash = XXH3_createState(), .buf = malloc(SIAM_PIECE_BYTES)};
    if (r.hash && r.buf) {
        XXH3_64bits_reset(r.hash);
        ret = read_tensors(&r, err);
    } else {
        ret = err_memory(err, file->path);
    }
    free(r.buf);
    XXH3_freeState(r.hash);
    return ret;
}
