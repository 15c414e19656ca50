// SPDX-License-Identifier: MIT
// DESIGN. The file is never indexed: recordings of hours are many gigabytes, and frames are only
// ever wanted in order. A window of bytes [start, end) of the file lies in one buffer, which grows
// to the largest frame met. A walk over the markers of the frame at `start` ends in one of three
// ways: the frame's length; a need for more bytes, which are read and the walk goes on where it
// was; or a point at which this can't be JPEG, from where the search for the next SOI goes on.
// Restarting the search only there steps over whole thumbnails in the segments before.
#include "capture/mjpeg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_CAPACITY (1 << 20)

enum marker {
    M_TEM = 0x01,
    M_SOF0 = 0xc0,
    M_DHT = 0xc4,
    M_JPG = 0xc8,
    M_DAC = 0xcc,
    M_SOF15 = 0xcf,
    M_RST0 = 0xd0,
    M_RST7 = 0xd7,
    M_SOI = 0xd8,
    M_EOI = 0xd9,
    M_SOS = 0xda,
    M_APP0 = 0xe0,
    M_APP15 = 0xef,
};

struct cap_mjpeg {
    char path[512];
    int fd;
    bool at_end;     // of the file
    uint8_t *buf;    // [capacity]
    size_t capacity; // bytes
    size_t start;    // in buf: what has not been given out yet
    size_t end;      // in buf: behind the last byte read
};

// A walk through one frame; offsets from the frame's first byte.
struct walk {
    size_t at;    // the next byte to look at
    bool entropy; // inside coded data, which only a marker ends
    size_t scan;  // where the last SOS was; 0: none yet
};

enum step { STEP_ON, STEP_FRAME, STEP_MORE, STEP_BROKEN };

int cap_mjpeg_open(struct cap_mjpeg **out, const char *path, struct err *err)
{
    *out = NULL;
    struct cap_mjpeg *mjpeg = calloc(1, sizeof *mjpeg);
    if (!mjpeg)
        return err_memory(err, path);
    snprintf(mjpeg->path, sizeof mjpeg->path, "%s", path);
    struct stat st;
    int ret = 0;
    mjpeg->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    mjpeg->buf = malloc(FIRST_CAPACITY);
    mjpeg->capacity = FIRST_CAPACITY;
    if (mjpeg->fd < 0 || fstat(mjpeg->fd, &st))
        ret = err_set(err, ERR_CAMERA, "replay: %s: %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        ret = err_set(err, ERR_CAMERA, "replay: %s: neither a folder nor a file", path);
    else if (!mjpeg->buf)
        ret = err_memory(err, path);
    if (ret)
        cap_mjpeg_close(mjpeg);
    else
        *out = mjpeg;
    return ret;
}

void cap_mjpeg_close(struct cap_mjpeg *mjpeg)
{
    if (!mjpeg)
        return;
    if (mjpeg->fd >= 0)
        close(mjpeg->fd);
    free(mjpeg->buf);
    free(mjpeg);
}

void cap_mjpeg_rewind(struct cap_mjpeg *mjpeg)
{
    lseek(mjpeg->fd, 0, SEEK_SET);
    mjpeg->start = mjpeg->end = 0;
    mjpeg->at_end = false;
}

// Moves the window to the front of the buffer, or makes the buffer larger, so that there is room.
static int make_room(struct cap_mjpeg *mjpeg, struct err *err)
{
    if (mjpeg->end < mjpeg->capacity)
        return 0;
    if (mjpeg->start > mjpeg->capacity / 2) {
        mjpeg->end -= mjpeg->start;
        memmove(mjpeg->buf, mjpeg->buf + mjpeg->start, mjpeg->end);
        mjpeg->start = 0;
        return 0;
    }
    uint8_t *larger = realloc(mjpeg->buf, 2 * mjpeg->capacity);
    if (!larger)
        return err_memory(err, mjpeg->path);
    mjpeg->buf = larger;
    mjpeg->capacity *= 2;
    return 0;
}

static int read_more(struct cap_mjpeg *mjpeg, struct err *err)
{
    int ret = make_room(mjpeg, err);
    if (ret)
        return ret;
    ssize_t n;
    do {
        n = read(mjpeg->fd, mjpeg->buf + mjpeg->end, mjpeg->capacity - mjpeg->end);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_set(err, ERR_CAMERA, "replay: %s: %s", mjpeg->path, strerror(errno));
    mjpeg->end += (size_t)n;
    mjpeg->at_end = n == 0;
    return 0;
}

// Moves the start of the window to the next SOI with a marker behind it. Returns whether there is
// one; if not, all bytes but those that may begin one are dropped.
static bool find_soi(struct cap_mjpeg *mjpeg)
{
    while (mjpeg->end - mjpeg->start >= 3) {
        const uint8_t *from = mjpeg->buf + mjpeg->start;
        const uint8_t *ff = memchr(from, 0xff, mjpeg->end - mjpeg->start - 2);
        mjpeg->start = ff ? (size_t)(ff - mjpeg->buf) : mjpeg->end - 2;
        if (!ff)
            return false;
        if (ff[1] == M_SOI && ff[2] == 0xff)
            return true;
        mjpeg->start++;
    }
    return false;
}

static bool is_restart(uint8_t marker)
{
    return marker >= M_RST0 && marker <= M_RST7;
}

// Steps over coded data, to the 0xff of the marker that ends it. Stuffed zeros, restarts and fill
// bytes belong to the data.
static bool skip_entropy(struct walk *walk, const uint8_t *data, size_t size)
{
    while (size - walk->at >= 2) {
        const uint8_t *ff = memchr(data + walk->at, 0xff, size - walk->at - 1);
        walk->at = ff ? (size_t)(ff - data) : size - 1;
        if (!ff)
            return false;
        if (ff[1] == 0xff)
            walk->at++;
        else if (ff[1] == 0 || is_restart(ff[1]))
            walk->at += 2;
        else
            return true;
    }
    return false;
}

// This can't be JPEG. What was taken for coded data may have swallowed the next frame's beginning.
static enum step give_up(struct walk *walk)
{
    if (walk->scan)
        walk->at = walk->scan;
    return STEP_BROKEN;
}

// Markers that stand before the first scan only: frame headers and application data.
static bool is_header(uint8_t marker)
{
    bool tables = marker == M_DHT || marker == M_JPG || marker == M_DAC;
    return marker >= M_SOF0 && marker <= M_APP15 && !tables &&
           (marker <= M_SOF15 || marker >= M_APP0);
}

// A marker segment with its length. `left` >= 2 bytes are there at p.
static enum step walk_segment(struct walk *walk, const uint8_t *p, size_t left)
{
    if (left < 4)
        return STEP_MORE;
    size_t length = (size_t)p[2] << 8 | p[3];
    if (length < 2)
        return give_up(walk);
    if (left < 2 + length + 2)
        return STEP_MORE;
    walk->entropy = p[1] == M_SOS;
    if (walk->entropy)
        walk->scan = walk->at;
    else if (p[2 + length] != 0xff)
        return give_up(walk); // here, not behind it: the length may be what is wrong
    walk->at += 2 + length;
    return STEP_ON;
}

static enum step walk_marker(struct walk *walk, const uint8_t *p, size_t left)
{
    if (p[0] != 0xff || p[1] == 0 || p[1] == M_SOI || (walk->scan && is_header(p[1])))
        return give_up(walk);
    if (p[1] == 0xff) { // fill
        walk->at++;
        return STEP_ON;
    }
    if (p[1] != M_EOI && p[1] != M_TEM && !is_restart(p[1]))
        return walk_segment(walk, p, left);
    walk->at += 2;
    return p[1] == M_EOI ? STEP_FRAME : STEP_ON;
}

// STEP_FRAME: the frame is walk->at bytes long; STEP_MORE; or STEP_BROKEN.
static enum step walk_frame(struct walk *walk, const uint8_t *data, size_t size)
{
    enum step step = STEP_ON;
    while (step == STEP_ON) {
        if (size - walk->at < 2 || (walk->entropy && !skip_entropy(walk, data, size)))
            return STEP_MORE;
        walk->entropy = false;
        step = walk_marker(walk, data + walk->at, size - walk->at);
    }
    return step;
}

int cap_mjpeg_next(struct cap_mjpeg *mjpeg, const uint8_t **data, size_t *size, struct err *err)
{
    struct walk walk = {.at = 2};
    bool inside = false;
    for (;;) {
        enum step step = STEP_MORE;
        if (inside || find_soi(mjpeg)) {
            inside = true;
            step = walk_frame(&walk, mjpeg->buf + mjpeg->start, mjpeg->end - mjpeg->start);
        }
        bool cut_off = step == STEP_MORE && inside &&
                       (mjpeg->at_end || mjpeg->end - mjpeg->start > CAP_MJPEG_MAX_FRAME);
        if (step == STEP_FRAME) {
            *data = mjpeg->buf + mjpeg->start;
            *size = walk.at;
            mjpeg->start += walk.at;
            return 1;
        }
        if (cut_off)
            step = give_up(&walk);
        if (step == STEP_BROKEN) {
            mjpeg->start += walk.at;
            walk = (struct walk){.at = 2};
            inside = false;
        } else if (mjpeg->at_end) {
            return 0;
        } else {
            int ret = read_more(mjpeg, err);
            if (ret)
                return ret;
        }
    }
}
