// SPDX-License-Identifier: MIT
#include "capture/camera.h"
#include "capture/mjpeg.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/image/save.h"
#include "tests/test.h"

#include <sys/eventfd.h>
#include <unistd.h>

// A picture of one colour: its red says which it is.
static void save_picture(const char *dir, const char *name, int red, int w, int h)
{
    char path[700];
    struct img img = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(img_reserve(&img, w, h, NULL), 0);
    for (int i = 0; i < w * h; i++) {
        img.px[3 * i] = (uint8_t)red;
        img.px[3 * i + 1] = img.px[3 * i + 2] = 90;
    }
    size_t n = strlen(name);
    int ret = strcmp(name + n - 4, ".png") == 0 ? img_save_png(&img, path, NULL)
                                                : img_save_jpeg(&img, path, 95, NULL);
    assert_int_equal(ret, 0);
    img_finish(&img);
}

static void save_bytes(const char *dir, const char *name, const void *data, size_t size)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_save(path, data, size, NULL), 0);
}

static struct cap_camera *open_replay(const char *path, const char *behind)
{
    char spec[800];
    struct err err = {0};
    struct cap_camera *camera;
    snprintf(spec, sizeof spec, "replay:%s%s", path, behind);
    int ret = cap_open(&camera, spec, &err);
    if (ret)
        fail_msg("%s: %s", spec, err.text);
    assert_string_equal(cap_info(camera)->spec, spec);
    return camera;
}

static int open_fails(const char *path, struct err *err)
{
    char spec[800];
    struct cap_camera *camera;
    snprintf(spec, sizeof spec, "replay:%s", path);
    int ret = cap_open(&camera, spec, err);
    assert_null(camera);
    return ret;
}

// The red of the next whole frame, to the nearest ten; -1 for an error.
static int next_red(struct cap_camera *camera, struct img *img)
{
    int64_t ns;
    struct err err = {0};
    int ret;
    do {
        ret = cap_acquire(camera, 5000, -1, img, &ns, &err);
    } while (ret == CAP_SKIP);
    if (ret < 0)
        return -1;
    assert_int_equal(ret, CAP_READY);
    return (img->px[0] + 5) / 10 * 10;
}

static void expect_reds(struct cap_camera *camera, const int *reds, int n)
{
    struct img img = {0};
    for (int i = 0; i < n; i++)
        assert_int_equal(next_red(camera, &img), reds[i]);
    img_finish(&img);
}

static void folder_in_order_over_and_over(void **state)
{
    const char *dir = *state;
    char deep[700];
    snprintf(deep, sizeof deep, "%s/z/deep", dir);
    assert_int_equal(file_make_dirs(deep, NULL), 0);
    save_picture(deep, "0.jpg", 200, 8, 8);
    save_picture(dir, "b.png", 100, 64, 48);
    save_picture(dir, "a.JPEG", 50, 32, 32);
    save_bytes(dir, "notes.txt", "no picture", 10);
    struct cap_camera *camera = open_replay(dir, "");
    const struct cap_info *info = cap_info(camera);
    assert_true(info->lockstep);
    assert_true(info->fps == 0);
    assert_int_equal(info->w, 32);
    expect_reds(camera, (int[]){50, 100}, 2);
    assert_int_equal(info->w, 64); // those of the last frame
    assert_int_equal(info->h, 48);
    expect_reds(camera, (int[]){200, 50, 100, 200, 50}, 5);
    cap_close(camera);
}

static void broken_pictures_are_skipped(void **state)
{
    const char *dir = *state;
    save_bytes(dir, "0.jpg", "<html>", 6);
    save_picture(dir, "1.jpg", 60, 16, 16);
    save_bytes(dir, "2.png", "", 0);
    save_picture(dir, "3.jpg", 80, 16, 16);
    struct cap_camera *camera = open_replay(dir, "");
    expect_reds(camera, (int[]){60, 80, 60, 80}, 4);
    cap_close(camera);
}

static void what_is_no_recording_is_refused(void **state)
{
    const char *dir = *state;
    char path[700];
    struct err err = {0};
    assert_int_equal(open_fails(dir, &err), ERR_CAMERA); // empty
    assert_non_null(strstr(err.text, "no picture"));
    save_bytes(dir, "only.jpg", "not a jpeg", 10);
    assert_int_equal(open_fails(dir, &err), ERR_CAMERA); // none that decodes
    assert_non_null(strstr(err.text, "can be read"));
    snprintf(path, sizeof path, "%s/only.jpg", dir);
    assert_int_equal(open_fails(path, &err), ERR_CAMERA); // a file without a frame
    assert_non_null(strstr(err.text, "no JPEG frame"));
    snprintf(path, sizeof path, "%s/absent", dir);
    assert_int_equal(open_fails(path, &err), ERR_CAMERA);
    assert_non_null(strstr(err.text, "No such file"));
    assert_int_equal(open_fails("/dev/null", &err), ERR_CAMERA);
    snprintf(path, sizeof path, "%s/pipe", dir); // must not hang
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(open_fails(path, &err), ERR_CAMERA);
}

static void a_vanished_folder_is_an_error(void **state)
{
    const char *dir = *state;
    char away[700];
    struct img img = {0};
    for (int i = 0; i < 3; i++)
        save_picture(dir, (const char *[]){"1.jpg", "2.jpg", "3.jpg"}[i], 50, 8, 8);
    struct cap_camera *camera = open_replay(dir, "");
    assert_int_equal(next_red(camera, &img), 50);
    snprintf(away, sizeof away, "%s.away", dir);
    assert_int_equal(rename(dir, away), 0);
    int64_t ns;
    struct err err = {0};
    int ret = CAP_READY;
    for (int i = 0; i < 20 && ret >= 0; i++)
        ret = cap_acquire(camera, 10, -1, &img, &ns, &err);
    assert_int_equal(rename(away, dir), 0);
    assert_int_equal(ret, ERR_CAMERA);
    assert_non_null(strstr(err.text, "gone"));
    cap_close(camera);
    img_finish(&img);
}

static void a_rate_is_kept_without_drift_or_bursts(void **state)
{
    const char *dir = *state;
    save_picture(dir, "1.jpg", 50, 8, 8);
    struct cap_camera *camera = open_replay(dir, "@100");
    assert_false(cap_info(camera)->lockstep);
    assert_true(cap_info(camera)->fps == 100);
    struct img img = {0};
    int64_t start = clock_now_ns();
    for (int i = 0; i < 31; i++)
        next_red(camera, &img);
    int64_t took_ms = (clock_now_ns() - start) / 1000000;
    assert_in_range(took_ms, 295, 1500);                  // 30 periods; more only on a busy machine
    clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 5); // late by 20 frames
    start = clock_now_ns();
    for (int i = 0; i < 6; i++)
        next_red(camera, &img);
    assert_true(clock_now_ns() - start >= 39 * CLOCK_SECOND / 1000); // no more than one at once
    cap_close(camera);
    img_finish(&img);
}

static void a_wait_ends_by_time_or_wake_up(void **state)
{
    const char *dir = *state;
    save_picture(dir, "1.jpg", 50, 8, 8);
    struct cap_camera *camera = open_replay(dir, "@0.01");
    struct img img = {0};
    int64_t ns, start = clock_now_ns();
    assert_int_equal(cap_acquire(camera, 10000, -1, &img, &ns, NULL), CAP_READY);
    assert_true(ns >= start && ns <= clock_now_ns());
    assert_int_equal(cap_acquire(camera, 20, -1, &img, &ns, NULL), CAP_NONE);
    int wake_fd = eventfd(1, EFD_CLOEXEC);
    assert_int_equal(cap_acquire(camera, 60000, wake_fd, &img, &ns, NULL), CAP_NONE);
    assert_true(clock_now_ns() - start < 10 * CLOCK_SECOND);
    close(wake_fd);
    cap_close(camera);
    img_finish(&img);
}

static void a_path_may_hold_an_at_sign(void **state)
{
    const char *dir = *state;
    char odd[700], plain[700];
    snprintf(odd, sizeof odd, "%s/me@home", dir);
    snprintf(plain, sizeof plain, "%s/at@25", dir);
    assert_int_equal(file_make_dirs(odd, NULL), 0);
    assert_int_equal(file_make_dirs(plain, NULL), 0);
    save_picture(odd, "1.jpg", 70, 8, 8);
    save_picture(plain, "1.jpg", 90, 8, 8);
    struct cap_camera *camera = open_replay(odd, "");
    expect_reds(camera, (int[]){70}, 1);
    cap_close(camera);
    camera = open_replay(odd, "@12.5");
    assert_true(cap_info(camera)->fps == 12.5);
    cap_close(camera);
    camera = open_replay(plain, "/");
    assert_true(cap_info(camera)->lockstep);
    cap_close(camera);
    camera = open_replay(plain, "@0");
    expect_reds(camera, (int[]){90}, 1);
    cap_close(camera);
}

// -- MJPEG --

struct bytes {
    uint8_t *data;
    size_t size;
};

static void append(struct bytes *to, const void *data, size_t size)
{
    to->data = realloc(to->data, to->size + size);
    assert_non_null(to->data);
    memcpy(to->data + to->size, data, size);
    to->size += size;
}

static struct bytes jpeg(const char *dir, int red, int side)
{
    char path[700];
    void *data;
    struct bytes b = {0};
    save_picture(dir, "frame.jpg", red, side, side);
    snprintf(path, sizeof path, "%s/frame.jpg", dir);
    assert_int_equal(file_read(path, 1 << 24, &data, &b.size, NULL), 0);
    b.data = data;
    unlink(path);
    return b;
}

// A JPEG with a whole JPEG inside a segment, as EXIF thumbnails are.
static struct bytes jpeg_with_thumbnail(const char *dir, int red)
{
    struct bytes outer = jpeg(dir, red, 40), inner = jpeg(dir, 250, 8), b = {0};
    size_t length = inner.size + 2;
    append(&b, outer.data, 2);
    append(&b, (uint8_t[]){0xff, 0xe5, (uint8_t)(length >> 8), (uint8_t)length}, 4);
    append(&b, inner.data, inner.size);
    append(&b, outer.data + 2, outer.size - 2);
    free(outer.data);
    free(inner.data);
    return b;
}

static struct cap_camera *open_stream(const char *dir, const struct bytes *b, char *path)
{
    save_bytes(dir, "stream.mjpeg", b->data, b->size);
    snprintf(path, 700, "%s/stream.mjpeg", dir);
    return open_replay(path, "");
}

static void mjpeg_frames_are_found_among_garbage(void **state)
{
    const char *dir = *state;
    char path[700];
    struct bytes stream = {0};
    struct bytes a = jpeg(dir, 30, 16), b = jpeg_with_thumbnail(dir, 120), c = jpeg(dir, 200, 24);
    append(&stream, "\r\n--boundary\xff\xd8 \xff\r\n", 17);
    append(&stream, a.data, a.size);
    append(&stream, "\xff\xff\xff", 3);
    append(&stream, b.data, b.size);
    append(&stream, c.data, c.size - 30); // cut off: the next one begins in its data
    append(&stream, b.data, b.size);
    append(&stream, b.data, b.size / 2); // cut off in a segment
    append(&stream, c.data, c.size);
    append(&stream, a.data, a.size - 1); // cut off at the end of the file
    struct cap_camera *camera = open_stream(dir, &stream, path);
    assert_string_equal(cap_info(camera)->format, "MJPG");
    expect_reds(camera, (int[]){30, 120, 120, 200, 30, 120, 120, 200, 30}, 9);
    cap_close(camera);
    free(stream.data);
    free(a.data);
    free(b.data);
    free(c.data);
}

static void a_wrong_segment_length_costs_one_frame(void **state)
{
    const char *dir = *state;
    char path[700];
    struct bytes stream = {0};
    struct bytes a = jpeg(dir, 30, 16), b = jpeg(dir, 120, 16), c = jpeg(dir, 200, 24);
    b.data[4] = 0x03; // the first segment's length: leads into the middle of something
    append(&stream, a.data, a.size);
    append(&stream, b.data, b.size);
    append(&stream, c.data, c.size);
    struct cap_camera *camera = open_stream(dir, &stream, path);
    expect_reds(camera, (int[]){30, 200, 30, 200}, 4);
    cap_close(camera);
    free(stream.data);
    free(a.data);
    free(b.data);
    free(c.data);
}

// A frame whose second part comes before its first costs no other one, wherever it is parted.
static void swapped_parts_cost_one_frame(void **state)
{
    const char *dir = *state;
    char path[700];
    struct bytes a = jpeg(dir, 30, 16), b = jpeg(dir, 120, 160), c = jpeg(dir, 200, 24);
    const size_t parted[] = {2, b.size / 4, b.size / 2, b.size - 40, b.size - 2};
    for (int i = 0; i < 5; i++) {
        struct bytes stream = {0};
        append(&stream, a.data, a.size);
        append(&stream, b.data + parted[i], b.size - parted[i]);
        append(&stream, b.data, parted[i]);
        append(&stream, c.data, c.size);
        struct cap_camera *camera = open_stream(dir, &stream, path);
        expect_reds(camera, (int[]){30, 200, 30, 200}, 4);
        cap_close(camera);
        free(stream.data);
    }
    free(a.data);
    free(b.data);
    free(c.data);
}

// Frames must come out whole wherever the reads fall, and whatever the buffer's size.
static void long_streams_are_read_in_order(void **state)
{
    enum { N = 400 };
    const char *dir = *state;
    char path[700];
    struct bytes stream = {0}, frames[3];
    for (int i = 0; i < 3; i++)
        frames[i] = jpeg(dir, 40 + 40 * i, 8 + 150 * i);
    uint8_t padding[5000];
    memset(padding, 0xff, sizeof padding); // fill bytes are the worst garbage
    for (int i = 0; i < N; i++) {
        append(&stream, frames[i % 3].data, frames[i % 3].size);
        append(&stream, padding, (size_t)(i * 131 % 5000));
    }
    save_bytes(dir, "long.mjpeg", stream.data, stream.size);
    snprintf(path, sizeof path, "%s/long.mjpeg", dir);
    struct cap_mjpeg *mjpeg;
    assert_int_equal(cap_mjpeg_open(&mjpeg, path, NULL), 0);
    const uint8_t *data;
    size_t size;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < N; i++) {
            assert_int_equal(cap_mjpeg_next(mjpeg, &data, &size, NULL), 1);
            assert_int_equal(size, frames[i % 3].size);
            assert_memory_equal(data, frames[i % 3].data, size);
        }
        assert_int_equal(cap_mjpeg_next(mjpeg, &data, &size, NULL), 0);
        assert_int_equal(cap_mjpeg_next(mjpeg, &data, &size, NULL), 0);
        cap_mjpeg_rewind(mjpeg);
    }
    cap_mjpeg_close(mjpeg);
    cap_mjpeg_close(NULL);
    free(stream.data);
    for (int i = 0; i < 3; i++)
        free(frames[i].data);
}

static void a_truncated_stream_is_no_crash(void **state)
{
    const char *dir = *state;
    char path[700];
    struct bytes a = jpeg_with_thumbnail(dir, 30);
    snprintf(path, sizeof path, "%s/cut.mjpeg", dir);
    for (size_t size = 0; size < a.size; size += size < 700 ? 1 : 37) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(a.data, 1, size, file), size);
        fclose(file);
        struct cap_mjpeg *mjpeg;
        const uint8_t *data;
        size_t got;
        assert_int_equal(cap_mjpeg_open(&mjpeg, path, NULL), 0);
        while (cap_mjpeg_next(mjpeg, &data, &got, NULL) == 1)
            assert_true(got < size); // the thumbnail at best
        cap_mjpeg_close(mjpeg);
    }
    free(a.data);
}

int main(void)
{
    log_set_quiet(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folder_in_order_over_and_over, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(broken_pictures_are_skipped, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(what_is_no_recording_is_refused, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_vanished_folder_is_an_error, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_rate_is_kept_without_drift_or_bursts, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_wait_ends_by_time_or_wake_up, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_path_may_hold_an_at_sign, test_dir_make, test_dir_remove),
        cmocka_unit_test_setup_teardown(mjpeg_frames_are_found_among_garbage, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_wrong_segment_length_costs_one_frame, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(swapped_parts_cost_one_frame, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(long_streams_are_read_in_order, test_dir_make,
                                        test_dir_remove),
        cmocka_unit_test_setup_teardown(a_truncated_stream_is_no_crash, test_dir_make,
                                        test_dir_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
