// SPDX-License-Identifier: MIT
// A real driver fails in every way it knows to: each time one line says what happened, and pictures
// come back by themselves.
#include "tests/camera_vm/vivid.h"

#include "capture/feed.h"
#include "core/base/clock.h"
#include "core/base/log.h"

#include <dirent.h>
#include <grp.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PATIENCE_MS 60000 // the machine is emulated

// What the feed tells, from its thread.
struct told {
    pthread_mutex_t lock;
    int n[5];            // of each state; protected by lock
    char detail[5][512]; // of the last of each; protected by lock
};

static void remember(void *ctx, enum cap_state state, const char *detail,
                     const struct cap_info *info)
{
    (void)info;
    struct told *told = ctx;
    pthread_mutex_lock(&told->lock);
    told->n[state]++;
    snprintf(told->detail[state], sizeof told->detail[state], "%s", detail);
    pthread_mutex_unlock(&told->lock);
}

struct rig {
    struct cap_slot *slot;
    struct cap_feed *feed;
    struct told told;
    int reader;
};

static int count(struct rig *r, enum cap_state state)
{
    pthread_mutex_lock(&r->told.lock);
    int n = r->told.n[state];
    pthread_mutex_unlock(&r->told.lock);
    return n;
}

static void pause_ms(int ms)
{
    clock_sleep_until(clock_now_ns() + ms * (CLOCK_SECOND / 1000));
}

// Until the state was told n times.
static void expect_told(struct rig *r, enum cap_state state, int n, const char *text)
{
    for (int i = 0; i < PATIENCE_MS / 10 && count(r, state) < n; i++)
        pause_ms(10);
    pthread_mutex_lock(&r->told.lock);
    bool right = r->told.n[state] == n && strstr(r->told.detail[state], text);
    if (!right)
        fail_msg("told %d times for %d, \"%s\" for \"%s\"", r->told.n[state], n,
                 r->told.detail[state], text);
    pthread_mutex_unlock(&r->told.lock);
}

// A new picture, and it is whole.
static void expect_picture(struct rig *r)
{
    const struct cap_frame *frame = cap_slot_take(r->slot, r->reader);
    if (frame) // from before
        cap_slot_release(r->slot, frame);
    frame = cap_slot_wait(r->slot, r->reader, PATIENCE_MS);
    assert_non_null(frame);
    assert_int_equal(vivid_wrong_bars(&frame->img), 0);
    cap_slot_release(r->slot, frame);
}

static void start(struct rig *r)
{
    struct err err = {0};
    memset(r, 0, sizeof *r);
    pthread_mutex_init(&r->told.lock, NULL);
    assert_int_equal(cap_slot_create(&r->slot, NULL), 0);
    r->reader = cap_slot_attach(r->slot);
    if (cap_feed_start(&r->feed, VIVID_LINK, r->slot, remember, &r->told, &err))
        fail_msg("%s", err.text);
    expect_told(r, CAP_OPENED, 1, "vivid, 640x480");
}

// Wherever the feed is, it ends within a second; here, where others may hold up the machine that
// emulates this one, within three.
static void stop(struct rig *r)
{
    int64_t begin = clock_now_ns();
    cap_feed_stop(r->feed);
    int64_t took = clock_now_ns() - begin;
    printf("stopped after %.2f s\n", (double)took / CLOCK_SECOND);
    assert_true(took < 3 * CLOCK_SECOND);
    cap_slot_destroy(r->slot);
    pthread_mutex_destroy(&r->told.lock);
}

// -- faults --

// The camera, of which `n` losses were told, is lost once more, says `text`, and comes back.
static void expect_return(struct rig *r, int n, const char *text)
{
    expect_told(r, CAP_LOST, n + 1, text);
    expect_told(r, CAP_OPENED, n + 2, "vivid");
    expect_picture(r);
}

static void break_off(struct rig *r)
{
    int n = count(r, CAP_LOST);
    vivid_set("Inject Fatal Streaming Error", 1);
    expect_return(r, n, "its driver failed");
}

static void refuse_a_buffer(struct rig *r)
{
    int n = count(r, CAP_LOST);
    vivid_set("Inject VIDIOC_QBUF Error", 1);
    expect_return(r, n, "its driver failed while giving a buffer back");
}

// Beginning anew fails, opening again works.
static void refuse_to_start(struct rig *r)
{
    vivid_set("Inject VIDIOC_STREAMON Error", 1);
    break_off(r);
}

// Beginning anew fails, opening again fails, and works when tried once more.
static void refuse_to_start_and_buffers(struct rig *r)
{
    vivid_set("Inject VIDIOC_REQBUFS Error", 1);
    refuse_to_start(r);
}

static void be_silent(struct rig *r)
{
    int n = count(r, CAP_LOST);
    vivid_set("Percentage of Dropped Buffers", 100);
    expect_told(r, CAP_LOST, n + 1, "no picture for");
    vivid_set("Percentage of Dropped Buffers", 0);
    expect_return(r, n, "no picture for");
}

static void be_unplugged(struct rig *r)
{
    int n = count(r, CAP_LOST);
    vivid_unplug();
    expect_told(r, CAP_LOST, n + 1, "the camera is gone; plug it in again");
    vivid_plug();
    expect_return(r, n, "gone");
}

static void be_disconnected(struct rig *r)
{
    int n = count(r, CAP_LOST);
    vivid_set("Disconnect", 1);
    expect_told(r, CAP_LOST, n + 1, "the camera is gone; plug it in again");
    vivid_unplug();
    vivid_plug();
    expect_return(r, n, "gone");
}

static void (*const faults[])(struct rig *r) = {
    break_off, refuse_a_buffer, refuse_to_start, refuse_to_start_and_buffers,
    be_silent, be_unplugged,    be_disconnected,
};

// The camera's descriptor, other than `but`.
static int camera_descriptor(int but)
{
    for (int fd = 3; fd < 256; fd++) {
        char path[64], target[64] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        if (fd != but && readlink(path, target, sizeof target - 1) > 0 &&
            strstr(target, "/dev/video"))
            return fd;
    }
    fail_msg("no camera is open");
    return -1;
}

static void a_stream_begins_anew_on_the_open_device(void **state)
{
    (void)state;
    struct rig r;
    start(&r);
    int copy = dup(camera_descriptor(-1));
    break_off(&r);
    int now = camera_descriptor(copy);
    assert_int_equal(syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, copy, now), 0);
    close(copy);
    stop(&r);
}

static void every_fault_is_survived(void **state)
{
    (void)state;
    struct rig r;
    start(&r);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        faults[i](&r);
    stop(&r);
}

// The node that is opened by `link`, "videoN".
static void node_of(const char *link, char node[64])
{
    char target[200] = "";
    assert_true(readlink(link, target, sizeof target - 1) > 0);
    const char *slash = strrchr(target, '/');
    snprintf(node, 64, "%s", slash ? slash + 1 : target);
}

// A node that is held open keeps its number, so the camera comes back with another one.
static void a_camera_is_found_again_under_another_number(void **state)
{
    (void)state;
    struct rig r;
    char before[64], after[64], used[64], path[64];
    start(&r);
    int held = vivid_camera();
    node_of(VIVID_LINK, before);
    be_unplugged(&r);
    node_of(VIVID_LINK, after);
    assert_string_not_equal(before, after);
    snprintf(path, sizeof path, "/proc/self/fd/%d", camera_descriptor(held));
    node_of(path, used);
    assert_string_equal(used, after);
    close(held);
    stop(&r);
}

static void a_damaged_frame_is_passed_over(void **state)
{
    (void)state;
    struct rig r;
    start(&r);
    for (int i = 0; i < 10; i++) {
        vivid_set("Inject V4L2_BUF_FLAG_ERROR", 1);
        expect_picture(&r);
    }
    assert_int_equal(count(&r, CAP_LOST), 0);
    stop(&r);
}

static void frames_that_end_early_are_told(void **state)
{
    (void)state;
    struct rig r;
    start(&r);
    setenv("FILTER_SHORT", "1", 1); // from the next opening on
    vivid_set("Inject VIDIOC_STREAMON Error", 1);
    vivid_set("Inject Fatal Streaming Error", 1);
    expect_told(&r, CAP_LOST, 1, "its driver failed");
    pause_ms(3000);
    assert_int_equal(count(&r, CAP_OPENED), 1); // short frames are no pictures
    unsetenv("FILTER_SHORT");
    expect_told(&r, CAP_OPENED, 2, "vivid");
    expect_picture(&r);
    stop(&r);
}

// -- leaks --

static int n_descriptors(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

// Mappings of the driver's buffers.
static int n_buffers(void)
{
    char line[1000];
    int n = 0;
    FILE *maps = fopen("/proc/self/maps", "re");
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        n += strstr(line, "/dev/video") != NULL;
    fclose(maps);
    return n;
}

static long resident_pages(void)
{
    long all = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "re");
    assert_non_null(statm);
    assert_int_equal(fscanf(statm, "%ld %ld", &all, &resident), 2);
    fclose(statm);
    return resident;
}

static void two_hundred_faults_leave_nothing_behind(void **state)
{
    (void)state;
    struct rig r;
    int n_before = n_descriptors();
    start(&r);
    for (int i = 0; i < 5; i++)
        faults[i](&r);
    int n_open = n_descriptors(), n_mapped = n_buffers();
    long resident = resident_pages();
    for (int i = 0; i < 200; i++) // every 20th one is an unplugging
        i % 20 == 19 ? faults[5 + i / 20 % 2](&r) : faults[i % 4](&r);
    assert_int_equal(n_descriptors(), n_open);
    assert_int_equal(n_buffers(), n_mapped);
    printf("resident: %ld pages before, %ld after 200 faults\n", resident, resident_pages());
    assert_true(resident_pages() < resident + 600); // two frames; a leak would be of fifty or more
    stop(&r);
    assert_int_equal(n_descriptors(), n_before);
    assert_int_equal(n_buffers(), 0);
}

static void it_ends_at_once_while_the_camera_is_away(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct rig r;
        start(&r);
        vivid_unplug();
        expect_told(&r, CAP_LOST, 1, "gone");
        pause_ms(700 * i);
        stop(&r);
        vivid_plug();
    }
}

// -- refusals --

static void expect_refusal(const char *spec, const char *text)
{
    struct cap_camera *camera;
    struct err err = {0};
    assert_int_equal(cap_open(&camera, spec, &err), ERR_CAMERA);
    assert_null(camera);
    if (!strstr(err.text, text))
        fail_msg("\"%s\" does not say \"%s\"", err.text, text);
}

static void nodes_are_told_by_what_they_can_do(void **state)
{
    (void)state;
    struct cap_info list[4];
    char path[32];
    close(vivid_open(V4L2_CAP_META_CAPTURE, path));
    expect_refusal(path, "metadata node");
    close(vivid_open(V4L2_CAP_VIDEO_OUTPUT, path));
    expect_refusal(path, "video output, not a camera");
    expect_refusal("/dev/video63", "no such camera");
    expect_refusal("/dev/null", "not a camera");
    assert_int_equal(cap_list(list, 4), 1);
    assert_string_equal(list[0].spec, VIVID_LINK);
}

static void a_busy_camera_says_who_has_it(void **state)
{
    (void)state;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct cap_camera *camera;
        if (cap_open(&camera, VIVID_LINK, NULL) == 0 && write(ready[1], "r", 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    char user[64];
    snprintf(user, sizeof user, "in use by test_faults (pid %d)", (int)pid);
    expect_refusal(VIVID_LINK, user);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    close(ready[0]);
}

static void who_may_not_is_told_the_group(void **state)
{
    (void)state;
    char path[32];
    close(vivid_open(V4L2_CAP_VIDEO_CAPTURE, path));
    assert_int_equal(chown(path, 0, 44), 0);
    assert_int_equal(chmod(path, 0660), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct cap_camera *camera;
        struct err err = {0};
        bool other = setgroups(0, NULL) == 0 && setgid(1000) == 0 && setuid(1000) == 0;
        int ret = cap_open(&camera, VIVID_LINK, &err);
        printf("%s\n", err.text);
        _exit(!(other && ret == ERR_CAMERA && strstr(err.text, "to the group \"video\"")));
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_are_told_by_what_they_can_do),
        cmocka_unit_test(a_busy_camera_says_who_has_it),
        cmocka_unit_test(who_may_not_is_told_the_group),
        cmocka_unit_test(a_damaged_frame_is_passed_over),
        cmocka_unit_test(frames_that_end_early_are_told),
        cmocka_unit_test(a_stream_begins_anew_on_the_open_device),
        cmocka_unit_test(every_fault_is_survived),
        cmocka_unit_test(a_camera_is_found_again_under_another_number),
        cmocka_unit_test(it_ends_at_once_while_the_camera_is_away),
        cmocka_unit_test(two_hundred_faults_leave_nothing_behind),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    log_set_quiet(true);
    vivid_show_bars();
    vivid_link();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
