// SPDX-License-Identifier: MIT
// What a real driver is given comes back through our camera: byte for byte, and never two pictures
// in one frame.
#include "tests/camera_vm/loop.h"

#include "capture/feed.h"
#include "core/base/clock.h"

#include <pthread.h>
#include <stdatomic.h>

#define PATIENCE_MS 20000 // the machine is emulated
#define N_PATTERNS  16
#define N_FRAMES    300
#define FAULT_EVERY 30 // frames
#define LINE        (3 * LOOP_W)

struct rig {
    struct loop loop;
    uint8_t (*patterns)[LOOP_SIZE]; // [N_PATTERNS]
    struct cap_camera *camera;

    struct cap_slot *slot;
    struct cap_feed *feed;
    int reader;
    pthread_t painter; // puts patterns in turn
    bool painting;
    atomic_bool stop, refused;
    atomic_int n_lost; // CAP_LOST told
};

// Byte k of all patterns: no two have the same, and all values occur.
static uint8_t pattern_byte(int pattern, int k)
{
    return (uint8_t)(256 / N_PATTERNS * pattern + k / LINE + 5 * (k % LINE));
}

static int setup(void **state)
{
    struct rig *r = calloc(1, sizeof *r);
    assert_non_null(r);
    *state = r;
    r->patterns = malloc(N_PATTERNS * sizeof *r->patterns);
    assert_non_null(r->patterns);
    for (int n = 0; n < N_PATTERNS; n++)
        for (int k = 0; k < LOOP_SIZE; k++)
            r->patterns[n][k] = pattern_byte(n, k);
    loop_open(&r->loop);
    return 0;
}

static int teardown(void **state)
{
    struct rig *r = *state;
    cap_feed_stop(r->feed);
    cap_slot_destroy(r->slot);
    cap_close(r->camera);
    atomic_store(&r->stop, true);
    if (r->painting)
        pthread_join(r->painter, NULL);
    loop_close(&r->loop);
    free(r->patterns);
    free(r);
    return 0;
}

static void put(struct rig *r, const uint8_t *px)
{
    if (!loop_put(&r->loop, px))
        fail_msg("the output refuses a picture: %s", strerror(errno));
}

// -- byte for byte --

static void acquire(struct rig *r, struct img *img)
{
    struct err err = {0};
    int64_t ns;
    int ret = CAP_NONE;
    for (int i = 0; i < PATIENCE_MS / 100 && ret > 0; i++)
        ret = cap_acquire(r->camera, 100, -1, img, &ns, &err);
    if (ret)
        fail_msg("no picture: %s", err.text);
    assert_true(img->w == LOOP_W && img->h == LOOP_H);
}

// The first byte in which they differ, or LOOP_SIZE.
static int first_other(const uint8_t *a, const uint8_t *b)
{
    int k = 0;
    while (k < LOOP_SIZE && a[k] == b[k])
        k++;
    return k;
}

static void expect_back(struct rig *r, const char *what, const uint8_t *px)
{
    struct img got = {0};
    int k, i = 0;
    put(r, px);
    do { // frames that were under way come first
        acquire(r, &got);
        k = first_other(got.px, px);
    } while (k < LOOP_SIZE && ++i < 20);
    for (i = 0; k == LOOP_SIZE && i < 3; i++) { // it stays
        acquire(r, &got);
        k = first_other(got.px, px);
    }
    if (k < LOOP_SIZE)
        fail_msg("%s: byte %d of line %d is %d for %d", what, k % LINE, k / LINE, got.px[k], px[k]);
    img_finish(&got);
}

static void pictures_pass_byte_for_byte(void **state)
{
    struct rig *r = *state;
    struct img faces[LOOP_FACES];
    struct err err = {0};
    loop_load_faces(faces);
    put(r, r->patterns[0]);
    if (cap_open(&r->camera, VIVID_LINK, &err))
        fail_msg("%s", err.text);
    assert_string_equal(cap_info(r->camera)->format, "RGB3"); // nothing is converted
    expect_back(r, "the pattern", r->patterns[0]);
    for (int i = 0; i < LOOP_FACES; i++) {
        char what[20];
        snprintf(what, sizeof what, "face %d", i);
        expect_back(r, what, faces[i].px);
        img_finish(&faces[i]);
    }
}

// -- whole --

static void *paint(void *ctx)
{
    struct rig *r = ctx;
    for (int i = 0; !atomic_load(&r->stop) && !atomic_load(&r->refused); i++)
        atomic_store(&r->refused, !loop_put(&r->loop, r->patterns[i % N_PATTERNS]));
    return NULL;
}

static void count_losses(void *ctx, enum cap_state state, const char *detail,
                         const struct cap_info *info)
{
    (void)detail, (void)info;
    struct rig *r = ctx;
    atomic_fetch_add(&r->n_lost, state == CAP_LOST);
}

static bool shows_bars(const struct img *img)
{
    for (int y = 1; y < LOOP_H; y++)
        if (memcmp(img->px, img->px + (size_t)y * LINE, LINE) != 0)
            return false;
    return vivid_wrong_bars(img) == 0;
}

// Grey points alone. No pattern has one.
static bool shows_noise(const struct img *img)
{
    for (int k = 0; k < LOOP_SIZE; k += 3)
        if (img->px[k] != img->px[k + 1] || img->px[k] != img->px[k + 2])
            return false;
    return true;
}

// What the driver shows while nothing comes in: its bars or, for a moment, noise.
static bool shows_nothing(const struct img *img)
{
    return shows_bars(img) || shows_noise(img);
}

// Which pattern the frame is, from its first byte to its last.
static int expect_pattern(struct rig *r, const struct cap_frame *frame)
{
    const uint8_t *px = frame->img.px;
    int n = px[0] * N_PATTERNS / 256, k = first_other(px, r->patterns[n]);
    if (k < LOOP_SIZE)
        fail_msg("frame %d is pattern %d down to byte %d of line %d, which is of pattern %d",
                 (int)frame->frame, n, k % LINE, k / LINE,
                 (uint8_t)(px[k] - pattern_byte(0, k)) * N_PATTERNS / 256);
    return n;
}

static void start_painting(struct rig *r)
{
    struct err err = {0};
    put(r, r->patterns[0]);
    r->painting = pthread_create(&r->painter, NULL, paint, r) == 0;
    assert_true(r->painting);
    assert_int_equal(cap_slot_create(&r->slot, NULL), 0);
    r->reader = cap_slot_attach(r->slot);
    if (cap_feed_start(&r->feed, VIVID_LINK, r->slot, count_losses, r, &err))
        fail_msg("%s", err.text);
}

// The pattern of the next frame; N_PATTERNS: none. Where it is late, the frame is looked at only
// when more have come.
static int next_pattern(struct rig *r, bool late, bool or_none)
{
    const struct cap_frame *frame = cap_slot_wait(r->slot, r->reader, PATIENCE_MS);
    assert_non_null(frame);
    if (late)
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 10);
    assert_true(frame->img.w == LOOP_W && frame->img.h == LOOP_H);
    bool none = or_none && shows_nothing(&frame->img);
    int n = none ? N_PATTERNS : expect_pattern(r, frame);
    cap_slot_release(r->slot, frame);
    return n;
}

// The painter is as fast as the driver.
static void expect_whole_frames(struct rig *r, bool with_faults)
{
    int last = -1, n_changes = 0, n_seen[N_PATTERNS + 1] = {0};
    start_painting(r);
    for (int i = 0; i < N_FRAMES; i++) {
        int n = next_pattern(r, i % 4 == 0, with_faults);
        n_changes += n != last;
        n_seen[n]++;
        last = n;
        if (with_faults && i % FAULT_EVERY == FAULT_EVERY / 2)
            vivid_set("Inject Fatal Streaming Error", 1);
    }
    assert_false(atomic_load(&r->refused));
    printf("%d frames, %d of them of another picture than the one before, %d of none\n", N_FRAMES,
           n_changes, n_seen[N_PATTERNS]);
    assert_true(n_changes >= N_FRAMES / 3);
    for (int n = 0; n < N_PATTERNS; n++)
        assert_true(n_seen[n] > 0);
    assert_int_equal(atomic_load(&r->n_lost), with_faults ? N_FRAMES / FAULT_EVERY : 0);
}

static void no_frame_is_torn(void **state)
{
    expect_whole_frames(*state, false);
}

// Camera and output are broken off at once.
static void no_frame_is_torn_by_faults(void **state)
{
    expect_whole_frames(*state, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_pass_byte_for_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(no_frame_is_torn, setup, teardown),
        cmocka_unit_test_setup_teardown(no_frame_is_torn_by_faults, setup, teardown),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    vivid_show_bars();
    vivid_link();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
