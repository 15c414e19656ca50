// SPDX-License-Identifier: MIT
// Memory that runs out: each allocation of an operation fails in turn, the first, the second, and
// so on until it needs no more. Every time there is an error in one line, or a result; nothing
// crashes, and nothing is left allocated. malloc() and its relatives are defined here, so all
// libraries get these too.
#include "capture/camera.h"
#include "capture/feed.h"
#include "core/base/log.h"
#include "core/face/portrait.h"
#include "core/image/decode.h"
#include "core/siamese/dataset.h"
#include "core/siamese/kept.h"
#include "core/siamese/train.h"
#include "core/verify/gallery.h"
#include "core/verify/oneshot.h"
#include "core/verify/report.h"
#include "tests/room.h"
#include "tests/unit/fake_v4l2.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>

#define EXPORTED __attribute__((visibility("default")))

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *p);

static atomic_long n_asked;   // allocations since the count began
static atomic_long fails_at;  // the one that fails; 0: none
static atomic_long n_present; // allocated and not freed

static bool fails(void)
{
    long n = atomic_fetch_add(&n_asked, 1) + 1;
    if (n != atomic_load(&fails_at))
        return false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *p)
{
    atomic_fetch_add(&n_present, p != NULL);
    return p;
}

EXPORTED void *malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}

EXPORTED void *calloc(size_t n, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(n, size));
}

EXPORTED void *realloc(void *p, size_t size)
{
    if (fails())
        return NULL;
    void *moved = __libc_realloc(p, size);
    atomic_fetch_add(&n_present, (moved != NULL) - (p != NULL && (moved != NULL || size == 0)));
    return moved;
}

EXPORTED void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : counted(__libc_memalign(alignment, size));
}

EXPORTED void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

EXPORTED int posix_memalign(void **out, size_t alignment, size_t size)
{
    void *p = memalign(alignment, size);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

EXPORTED void free(void *p)
{
    atomic_fetch_sub(&n_present, p != NULL);
    __libc_free(p);
}

// ---- Every allocation in turn -----------------------------------------------------------------

// Does something and undoes it. Returns 0 or an error, which is then told in `err`.
typedef int (*operation)(struct room *r, struct err *err);

static int run(operation op, struct room *r, long at, struct err *err)
{
    *err = (struct err){0};
    atomic_store(&n_asked, 0);
    atomic_store(&fails_at, at);
    int ret = op(r, err);
    atomic_store(&fails_at, 0);
    return ret;
}

// Returns whether it was an error. What is left behind once may be a library's, which has grown
// something that it keeps; what is left each time is a leak.
static bool fail_at(struct room *r, operation op, long at)
{
    struct err err;
    long present = atomic_load(&n_present);
    int ret = run(op, r, at, &err);
    assert_true(ret <= 0);
    if (ret && (!err.text[0] || strchr(err.text, '\n')))
        fail_msg("allocation %ld: error %d without a line", at, ret);
    for (int i = 0; atomic_load(&n_present) > present; i++) {
        if (i == 5)
            fail_msg("allocation %ld: %ld are left each time", at,
                     atomic_load(&n_present) - present);
        present = atomic_load(&n_present);
        run(op, r, at, &err);
    }
    return ret != 0;
}

// Where there are more than `most` allocations, so many of them: the first half one by one, then
// evenly.
static void fail_each(struct room *r, operation op, long most)
{
    struct err err;
    for (int i = 0; i < 2; i++) // what libraries keep for good
        if (run(op, r, 0, &err))
            fail_msg("%s", err.text);
    long n = atomic_load(&n_asked), n_errors = 0;
    assert_true(n > 0);
    long stride = n > most ? (n - most / 2) / (most / 2) + 1 : 1;
    for (long at = 1; at <= n; at += at < most / 2 ? 1 : stride)
        n_errors += fail_at(r, op, at);
    printf("%ld allocations, %ld errors\n", n, n_errors);
    assert_true(n_errors > 0);
    if (run(op, r, 0, &err))
        fail_msg("not whole any more: %s", err.text);
}

// ---- Pictures and faces -------------------------------------------------------------------------

static int load_picture(struct room *r, struct err *err)
{
    struct img img = {0};
    int ret = img_load(&img, path_in(r, "picture.png"), 0, err);
    if (!ret)
        ret = img_load(&img, path_in(r, "picture.jpg"), 0, err);
    img_finish(&img);
    return ret;
}

static void pictures(void **state)
{
    struct img img = {0};
    tiny_picture(path_in(*state, ""), "picture.png", 1, 1);
    tiny_draw(&img, 1, 1);
    assert_int_equal(img_save_jpeg(&img, path_in(*state, "picture.jpg"), 90, NULL), 0);
    img_finish(&img);
    fail_each(*state, load_picture, 400);
}

static int find_face(struct room *r, struct err *err)
{
    (void)r;
    struct img img = {0};
    struct face_reader *reader = NULL;
    struct face_pose pose;
    int ret = cap_demo_draw(&img, 3, 1, err);
    if (!ret)
        ret = face_reader_create(&reader, NULL, err);
    if (!ret)
        ret = face_read_frame(reader, &img, NULL, &pose, err);
    face_reader_destroy(reader);
    img_finish(&img);
    return ret < 0 ? ret : 0;
}

static void faces(void **state)
{
    fail_each(*state, find_face, 40);
}

// ---- Data and training --------------------------------------------------------------------------

static void put_people(struct room *r)
{
    static const char *const kinds[] = {"own/anchor", "own/positive", "own/negative"};
    for (int i = 0; i < 18; i++) {
        char name[40];
        snprintf(name, sizeof name, "%d.png", i);
        assert_int_equal(file_make_dirs(path_in(r, kinds[i % 3]), NULL), 0);
        tiny_picture(path_in(r, kinds[i % 3]), name, i % 3 == 2 ? 1 + i : 0, i);
    }
}

static int load_data(struct siam_dataset **data, struct room *r, struct err *err)
{
    const char *negative = path_in(r, "own/negative");
    struct siam_dataset_config config = {
        .anchor_dir = path_in(r, "own/anchor"),
        .positive_dir = path_in(r, "own/positive"),
        .negative_dirs = &negative,
        .n_negative_dirs = 1,
        .input = {.way = SIAM_WHOLE, .channels = 1},
        .heldout_share = 0.3f,
        .seed = 1,
    };
    return siam_dataset_load(data, &config, r->pool, NULL, err);
}

static int load_and_drop(struct room *r, struct err *err)
{
    struct siam_dataset *data = NULL;
    int ret = load_data(&data, r, err);
    siam_dataset_destroy(data);
    return ret;
}

static void data_sets(void **state)
{
    put_people(*state);
    fail_each(*state, load_and_drop, 400);
}

static int keep_and_read(struct room *r, struct err *err)
{
    struct siam_kept_writer writer;
    struct siam_kept *kept = NULL;
    uint8_t stored[64] = {1};
    uint64_t hash;
    int ret = siam_kept_begin(&writer, path_in(r, "kept"), 2, sizeof stored, err);
    if (ret)
        return ret;
    ret = siam_kept_put(&writer, stored, 7, err);
    if (!ret)
        ret = siam_kept_put(&writer, NULL, 0, err);
    if (ret)
        siam_kept_abandon(&writer);
    else
        ret = siam_kept_commit(&writer, err);
    if (!ret)
        ret = siam_kept_open(&kept, path_in(r, "kept"), 2, sizeof stored, err);
    if (!ret)
        ret = siam_kept_get(kept, 0, stored, &hash, err);
    siam_kept_close(kept);
    return ret;
}

static void kept_pictures(void **state)
{
    fail_each(*state, keep_and_read, 400);
}

static void ignore_progress(void *ctx, const struct siam_progress *p)
{
    (void)ctx, (void)p;
}

static void stop_after_step(void *ctx, const struct siam_progress *p)
{
    (void)p;
    atomic_store((atomic_bool *)ctx, true);
}

// `stop`: ends after a step.
static int train_tiny(struct room *r, const char *checkpoint, atomic_bool *stop, struct err *err)
{
    struct siam_dataset *data = NULL;
    struct siam_model *model = NULL;
    struct siam_train_config config;
    int ret = siam_train_defaults(&config, "koch", err);
    if (!ret)
        ret = load_data(&data, r, err);
    config.net = tiny_config(1);
    config.epochs = 1;
    config.epoch_pictures = 4;
    config.out = path_in(r, "trained.safetensors");
    config.checkpoint = path_in(r, checkpoint);
    config.resume = true;
    if (!ret)
        ret = siam_train(&model, &config, data, r->pool, stop,
                         stop ? stop_after_step : ignore_progress, stop, err);
    siam_model_unref(model);
    siam_dataset_destroy(data);
    return ret;
}

static int train(struct room *r, struct err *err)
{
    unlink(path_in(r, "trained.checkpoint")); // where one failed
    return train_tiny(r, "trained.checkpoint", NULL, err);
}

// The checkpoint is another name of "begun", which stays: no file is written in place.
static int resume(struct room *r, struct err *err)
{
    unlink(path_in(r, "resumed"));
    assert_int_equal(link(path_in(r, "begun"), path_in(r, "resumed")), 0);
    return train_tiny(r, "resumed", NULL, err);
}

static void trainings(void **state)
{
    put_people(*state);
    fail_each(*state, train, 400);
}

static void resumed_trainings(void **state)
{
    struct err err = {0};
    atomic_bool stop = false;
    put_people(*state);
    assert_int_equal(train_tiny(*state, "begun", &stop, &err), SIAM_STOPPED);
    fail_each(*state, resume, 100);
}

// ---- Models and judging -------------------------------------------------------------------------

static int load_model(struct room *r, struct err *err)
{
    struct siam_model *model;
    struct nn_config config = tiny_config(3);
    int ret = siam_model_save(r->model, path_in(r, "tiny.safetensors"), err);
    if (!ret)
        ret = siam_model_load_as(&model, path_in(r, "tiny.safetensors"), &config, err);
    if (!ret)
        siam_model_unref(model);
    return ret;
}

static void models(void **state)
{
    fail_each(*state, load_model, 400);
}

static int judge(struct room *r, struct err *err)
{
    struct verify_report report;
    struct verify_pairs_result pairs;
    const char *strangers = path_in(r, "own/negative");
    int ret = verify_eval(&report, r->model, path_in(r, "own/anchor"), path_in(r, "own/positive"),
                          &strangers, 1, -1, r->pool, NULL, err);
    if (ret)
        return ret;
    char *text = verify_report_text(&report), *json = verify_report_json(&report);
    verify_report_finish(&report);
    if (!text || !json)
        ret = err_memory(err, "report");
    free(text);
    free(json);
    return ret ? ret
               : verify_pairs(&pairs, r->model, path_in(r, "own"), path_in(r, "list.tsv"), r->pool,
                              NULL, err);
}

static void judging(void **state)
{
    put_people(*state);
    put_text(*state, "list.tsv",
             "anchor/0.png\tanchor/3.png\t1\nanchor/0.png\tnegative/2.png\t0\n");
    fail_each(*state, judge, 400);
}

static int answer_oneshot(struct room *r, struct err *err)
{
    struct verify_oneshot_result result;
    int ret = verify_oneshot(&result, r->model, r->dir, r->pool, NULL, err);
    if (ret)
        return ret;
    char *text = verify_oneshot_text(&result), *json = verify_oneshot_json(&result);
    if (!text || !json)
        ret = err_memory(err, "report");
    verify_oneshot_finish(&result);
    free(text);
    free(json);
    return ret;
}

static void one_shot(void **state)
{
    put_people(*state);
    put_text(*state, "own/class_labels.txt", "own/positive/1.png own/anchor/0.png\n");
    fail_each(*state, answer_oneshot, 400);
}

// ---- Cameras ------------------------------------------------------------------------------------

static int play_camera(const char *spec, int n, struct err *err)
{
    struct cap_camera *camera;
    struct img img = {0};
    int64_t ns;
    int ret = cap_open(&camera, spec, err);
    for (int i = 0; i < n && ret >= 0; i++)
        ret = cap_acquire(camera, 1000, -1, &img, &ns, err);
    img_finish(&img);
    cap_close(camera);
    return ret < 0 ? ret : 0;
}

static int use_cameras(struct room *r, struct err *err)
{
    char spec[CAP_SPEC_MAX];
    struct cap_info list[2];
    snprintf(spec, sizeof spec, "replay:%s@0", path_in(r, "own"));
    cap_list(list, 2);
    int ret = play_camera(spec, 3, err);
    return ret ? ret : play_camera("demo@0", 3, err);
}

static int use_recording(struct room *r, struct err *err)
{
    char spec[CAP_SPEC_MAX];
    snprintf(spec, sizeof spec, "replay:%s@0", path_in(r, "two.mjpeg"));
    return play_camera(spec, 3, err);
}

// Its driver has one frame a stream.
static int use_device(struct room *r, struct err *err)
{
    (void)r;
    return play_camera("/dev/null", 1, err);
}

static int feed(struct room *r, struct err *err)
{
    (void)r;
    struct cap_slot *slot;
    struct cap_feed *started = NULL;
    int ret = cap_slot_create(&slot, err);
    if (ret)
        return ret;
    int reader = cap_slot_attach(slot);
    ret = cap_feed_start(&started, "demo@0", slot, NULL, NULL, err);
    const struct cap_frame *frame = ret ? NULL : cap_slot_wait(slot, reader, 1000);
    if (frame)
        cap_slot_release(slot, frame);
    cap_feed_stop(started);
    cap_slot_destroy(slot);
    return ret;
}

static void cameras(void **state)
{
    put_people(*state);
    fail_each(*state, use_cameras, 400);
    fail_each(*state, feed, 400);
}

// A JPEG, to be freed.
static uint8_t *make_frame(struct room *r, size_t *size)
{
    void *data;
    struct img img = {0};
    tiny_draw(&img, 1, 1);
    assert_int_equal(img_save_jpeg(&img, path_in(r, "frame.jpg"), 90, NULL), 0);
    assert_int_equal(file_read(path_in(r, "frame.jpg"), BUFFER_SIZE, &data, size, NULL), 0);
    img_finish(&img);
    return data;
}

static void recordings(void **state)
{
    size_t size;
    uint8_t *frame = make_frame(*state, &size), *two = malloc(2 * size);
    memcpy(two, frame, size);
    memcpy(two + size, frame, size);
    put_bytes(*state, "two.mjpeg", (const char *)two, 2 * size);
    fail_each(*state, use_recording, 400);
    free(two);
    free(frame);
}

static void devices(void **state)
{
    static const struct cap_mode modes[] = {{V4L2_PIX_FMT_MJPEG, 640, 480, {1, 30}}, {0}};
    size_t size;
    uint8_t *frame = make_frame(*state, &size);
    drivers[0] = (struct driver){.card = "Webcam",
                                 .bus = "usb-1",
                                 .caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING,
                                 .modes = modes,
                                 .first = frame,
                                 .first_size = size};
    fail_each(*state, use_device, 400);
    expect_closed(&drivers[0]);
    free(frame);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, room_make, room_drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pictures),      TEST(faces),      TEST(data_sets),
        TEST(kept_pictures), TEST(trainings),  TEST(resumed_trainings),
        TEST(models),        TEST(judging),    TEST(one_shot),
        TEST(cameras),       TEST(recordings), TEST(devices),
    };
    log_set_quiet(true);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
