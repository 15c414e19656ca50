// SPDX-License-Identifier: MIT
// The program itself at a real driver, with no window: faces that are shown to the camera are
// found and kept, whatever happens to the camera in between.
#include "tests/camera_vm/loop.h"

#include "core/base/clock.h"

#include <cjson/cJSON.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#define PATIENCE_MS 120000 // the machine is emulated
#define EVENTS      "/tmp/events"
#define DATA        "/tmp/data"
#define GUIDE_BOX   250 // the side of a picture in which no face was found

// Shows faces to the camera, over and over.
struct show {
    struct img faces[LOOP_FACES];
    struct loop loop;
    atomic_bool stop;
    atomic_bool refused; // the output took no more
    atomic_int n_shown;  // pictures that the output took
    pthread_t thread;
};

static void *show_faces(void *ctx)
{
    struct show *show = ctx;
    for (int i = 0; !atomic_load(&show->stop) && !atomic_load(&show->refused); i++) {
        atomic_store(&show->refused, !loop_put(&show->loop, show->faces[i / 10 % LOOP_FACES].px));
        atomic_fetch_add(&show->n_shown, 1);
    }
    return NULL;
}

static void start_show(struct show *show)
{
    memset(show, 0, sizeof *show);
    loop_load_faces(show->faces);
    loop_open(&show->loop);
    assert_true(loop_put(&show->loop, show->faces[0].px));
    assert_int_equal(pthread_create(&show->thread, NULL, show_faces, show), 0);
}

static void stop_show(struct show *show)
{
    atomic_store(&show->stop, true);
    pthread_join(show->thread, NULL);
    loop_close(&show->loop);
    for (int i = 0; i < LOOP_FACES; i++)
        img_finish(&show->faces[i]);
    assert_false(atomic_load(&show->refused));
}

// The output, which broke off together with the camera, shows faces again: it has given buffers back.
// Before that the camera shows the driver's bars.
static void expect_faces_again(struct show *show)
{
    int n = atomic_load(&show->n_shown) + 2 * LOOP_BUFFERS;
    for (int i = 0; i < PATIENCE_MS / 50 && atomic_load(&show->n_shown) < n; i++)
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 20);
    assert_true(atomic_load(&show->n_shown) >= n);
}

// -- the program --

struct program {
    pid_t pid;
    int keys; // its keys
};

static struct program run_program(void)
{
    struct program p;
    int keys[2];
    assert_int_equal(pipe2(keys, O_CLOEXEC), 0);
    p.pid = fork();
    if (p.pid == 0) {
        dup2(keys[0], STDIN_FILENO);
        execl("/bin/visavis", "visavis", "--headless", "--data", DATA, "--camera", VIVID_LINK,
              "--keys", "-", "--events", EVENTS, NULL);
        _exit(99);
    }
    close(keys[0]);
    p.keys = keys[1];
    return p;
}

static void press(const struct program *p, const char *line)
{
    assert_int_equal(write(p->keys, line, strlen(line)), (ssize_t)strlen(line));
}

// Events of that name, and with that text in them, so far.
static int n_events(const char *name, const char *text)
{
    char line[4096];
    int n = 0;
    FILE *file = fopen(EVENTS, "re");
    while (file && fgets(line, sizeof line, file)) {
        cJSON *event = cJSON_Parse(line);
        const char *is = cJSON_GetStringValue(cJSON_GetObjectItem(event, "event"));
        n += is && strcmp(is, name) == 0 && strstr(line, text);
        cJSON_Delete(event);
    }
    if (file)
        fclose(file);
    return n;
}

static void expect_events(const char *name, const char *text, int n)
{
    for (int i = 0; i < PATIENCE_MS / 50 && n_events(name, text) < n; i++)
        clock_sleep_until(clock_now_ns() + CLOCK_SECOND / 20);
    if (n_events(name, text) < n)
        fail_msg("%d events %s with \"%s\", expected %d", n_events(name, text), name, text, n);
}

// Whole pictures of a face in the folder; nothing else may be there.
static int n_pictures(const char *path)
{
    int n = 0;
    DIR *dir = opendir(path);
    assert_non_null(dir);
    for (const struct dirent *entry; (entry = readdir(dir));) {
        char name[600];
        struct img img = {0};
        struct err err = {0};
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (img_load(&img, name, 0, &err))
            fail_msg("%s", err.text);
        if (img.w == GUIDE_BOX)
            fail_msg("%s: no face was found", name);
        img_finish(&img);
        n++;
    }
    closedir(dir);
    return n;
}

static void a_session_survives_its_camera(void **state)
{
    (void)state;
    struct show show;
    start_show(&show);
    struct program p = run_program();
    expect_events("camera", "\"opened\"", 1);
    press(&p, "a 10\n");
    expect_events("saved", "\"anchor\"", 10);

    vivid_set("Inject Fatal Streaming Error", 1);
    expect_events("camera", "\"lost\"", 1);
    expect_events("camera", "its driver failed", 1);
    expect_events("camera", "\"opened\"", 2);
    expect_faces_again(&show);
    press(&p, "p 10\n");
    expect_events("saved", "\"positive\"", 10);

    stop_show(&show);
    vivid_unplug();
    expect_events("camera", "plug it in again", 1);
    vivid_driver("bind");
    start_show(&show); // no other input can be chosen once it streams
    vivid_link();
    expect_events("camera", "\"opened\"", 3);
    int n_before = n_events("saved", "\"anchor\"");
    press(&p, "a 10\n");
    expect_events("saved", "\"anchor\"", n_before + 10);

    press(&p, "q\n");
    int status;
    assert_int_equal(waitpid(p.pid, &status, 0), p.pid);
    assert_int_equal(status, 0);
    close(p.keys);
    assert_int_equal(n_pictures(DATA "/anchor"), n_events("saved", "\"anchor\""));
    assert_int_equal(n_pictures(DATA "/positive"), n_events("saved", "\"positive\""));
    assert_int_equal(n_events("error", ""), 0);
    printf("%d anchors, %d positives kept\n", n_pictures(DATA "/anchor"),
           n_pictures(DATA "/positive"));
    stop_show(&show);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_survives_its_camera),
    };
    setvbuf(stdout, NULL, _IOLBF, 0);
    vivid_show_bars();
    vivid_link();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
