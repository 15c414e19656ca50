// SPDX-License-Identifier: MIT
// A whole headless session, every thread of it at once, for the thread sanitizer: collecting while
// live, training begun and stopped, the camera changed, undo, quit. And what it does with faces,
// where they are and where they are not.
#include "app/session.h"
#include "app/signals.h"
#include "core/base/file.h"
#include "core/face/portrait.h"
#include "core/image/decode.h"
#include "core/image/save.h"
#include "core/nn/blas.h"
#include "core/siamese/checkpoint.h"
#include "tests/test.h"

#include <math.h>
#include <sys/stat.h>

// The sanitizer makes a training step take 20 seconds, so there is a model from the start, and the
// training is stopped after a step. So that the steps have the processor, the pictures are
// replayed: drawing them takes the sanitizer as long.
static const char script[] = "camera replay:%s/strangers@25\nwait frames 3\nn 6\n"
                             "camera replay:%s/frames@25\nwait frames 3\na 4\np 4\na 2\nu\n"
                             "v\nwait score 2\n"
                             "t\nwait step 1\na 2\nwait score 2\n+\n-\nm\nh\nc\n"
                             "wait score 2\ns\nwait trained\nt\nv\nq\n";

static void save_model(const char *dir, enum siam_way way)
{
    char path[600];
    struct nn_config config = nn_config_koch(3);
    struct nn_net *net;
    struct rng rng;
    struct siam_model *model;
    struct siam_card card = {.recipe = "koch", .threshold = 0.5f};
    struct siam_input input = {.way = way, .channels = 3};
    rng_seed(&rng, 1, 0);
    assert_int_equal(nn_net_create(&net, &config, NULL), 0);
    nn_net_init_glorot(net, &rng);
    assert_int_equal(siam_model_create(&model, net, &input, &card, NULL), 0);
    snprintf(path, sizeof path, "%s/data", dir);
    assert_int_equal(file_make_dirs(path, NULL), 0);
    snprintf(path, sizeof path, "%s/data/model.safetensors", dir);
    assert_int_equal(siam_model_save(model, path, NULL), 0);
    siam_model_unref(model);
}

// What the view showed on the way.
struct seen {
    int n_faces;          // turns with a face
    struct img_rect face; // the last one
    bool face_now, nearest_now;
    bool greeted, greets_now;
    struct ui_figures figures;

    const char *dir;        // of a camera that is to go away, and come back: DIR/frames; or NULL
    bool gone, back;        // what was done
    char lost[UI_TEXT];     // the camera's line while it was away; "": it wasn't shown to be
    char reopened[UI_TEXT]; // when it was back; ""
};

static void rename_frames(const struct seen *seen, const char *from, const char *to)
{
    char old[600], new[600];
    snprintf(old, sizeof old, "%s/%s", seen->dir, from);
    snprintf(new, sizeof new, "%s/%s", seen->dir, to);
    assert_int_equal(rename(old, new), 0);
}

// Takes the camera away once it is shown, and puts it back once that is shown.
static void lose_camera(struct seen *seen, const struct ui_view *view)
{
    if (!seen->gone && view->frame_number > 3 && !view->camera_lost && !view->demo) {
        rename_frames(seen, "frames", "away");
        seen->gone = true;
    } else if (seen->gone && !seen->back && view->camera_lost) {
        snprintf(seen->lost, sizeof seen->lost, "%s", view->camera);
        rename_frames(seen, "away", "frames");
        seen->back = true;
    } else if (seen->back && !view->camera_lost) {
        snprintf(seen->reopened, sizeof seen->reopened, "%s", view->camera);
    }
}

static void watch(void *ctx, struct app_session *s)
{
    struct seen *seen = ctx;
    s->figures_ns = 0; // the figures too, which are anew twice a second alone
    app_screen_fill(s);
    if (seen->dir)
        lose_camera(seen, &s->view);
    seen->face_now = s->view.has_face;
    seen->figures = s->view.figures;
    seen->nearest_now = s->view.nearest != NULL;
    seen->greets_now = s->view.greeting;
    seen->greeted |= s->view.greeting;
    if (!s->view.has_face)
        return;
    seen->n_faces++;
    seen->face = s->view.face;
}

static int run_with(const struct app_options *more, struct seen *seen, const char *dir,
                    const char *keys_text, const char *events)
{
    char keys[600];
    snprintf(keys, sizeof keys, "%s/keys", dir);
    assert_int_equal(file_save(keys, keys_text, strlen(keys_text), NULL), 0);
    char data[600];
    snprintf(data, sizeof data, "%s/data", dir);
    struct app_options o = {.camera = "demo:0@0",
                            .recipe = more->recipe,
                            .no_face_finder = more->no_face_finder,
                            .data = data,
                            .keys = keys,
                            .events = events,
                            .headless = true,
                            .epochs = 2,
                            .seed = 1,
                            .threshold = -1,
                            .threads = 2,
                            .width = 640,
                            .height = 480,
                            .scale = 1};
    return app_session_drive(&o, watch, seen);
}

static int run_script(const char *dir, const char *keys_text, const char *events)
{
    struct app_options koch = {.recipe = "koch"};
    struct seen seen = {0};
    int code = run_with(&koch, &seen, dir, keys_text, events);
    assert_int_equal(seen.n_faces, 0);
    return code;
}

static int count(const char *text, const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)); p++)
        n++;
    return n;
}

// A folder of frames to replay: a demo person's head moved to the right by so many pixels, or a
// wall with nobody before it.
#define MOVED  150
#define NOBODY -1
static void save_frames(const char *dir, const char *name, int who, int moved)
{
    char path[600];
    struct img frame = {0}, out = {0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(file_make_dirs(path, NULL), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(cap_demo_draw(&frame, who, 0.2 * i, NULL), 0);
        assert_int_equal(img_copy(&out, &frame, NULL), 0);
        for (int at = 0; at < frame.w * frame.h; at++) {
            int x = at % frame.w, from = moved == NOBODY || x < moved ? at - x : at - moved;
            memcpy(out.px + 3 * at, frame.px + 3 * from, 3);
        }
        snprintf(path, sizeof path, "%s/%s/%d.jpg", dir, name, i);
        assert_int_equal(img_save_jpeg(&out, path, 95, NULL), 0);
    }
    img_finish(&out);
    img_finish(&frame);
}

static void everything_at_once(void **state)
{
    const char *dir = *state;
    char events[600], keys[2000];
    snprintf(events, sizeof events, "%s/events", dir);
    snprintf(keys, sizeof keys, script, dir, dir);
    save_model(dir, SIAM_WHOLE);
    save_frames(dir, "frames", 0, 0);
    save_frames(dir, "strangers", 3, 0);
    assert_int_equal(run_script(dir, keys, events), 0);
    void *text;
    size_t size;
    assert_int_equal(file_read(events, 1 << 26, &text, &size, NULL), 0);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"anchor\""), 8);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"positive\""), 4);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"negative\""), 6);
    assert_int_equal(count(text, "\"event\":\"undone\""), 1);
    assert_int_equal(count(text, "\"event\":\"trained\""), 2);
    assert_true(count(text, "\"event\":\"score\"") >= 6);
    assert_int_equal(count(text, "\"nearest\":\""), count(text, "\"event\":\"score\""));
    assert_int_equal(count(text, "\"event\":\"error\""), 0);
    free(text);
}

// A script's failures are told, don't hang it, and give the exit code of the first.
static void failures_give_exit_codes(void **state)
{
    char events[600];
    snprintf(events, sizeof events, "%s/events", (char *)*state);
    assert_int_equal(run_script(*state, "t\nwait trained\nv\nwait score 5\ndrop /none\n", events),
                     4);
    assert_int_equal(run_script(*state, "v\nwait score 5\nq\n", events), 5);
    assert_int_equal(run_script(*state, "dance\n", events), 2);
    assert_int_equal(run_script(*state, "camera /dev/video99\nwait frames 2\n", events), 3);
    assert_int_equal(run_script(*state, "wait frames 2\nq\nt\n", events), 0);
}

// What the user sees of a camera that goes away and comes back.
static void a_lost_camera_is_shown(void **state)
{
    char events[600], keys[2000];
    struct seen seen = {.dir = *state};
    struct app_options koch = {.recipe = "koch"};
    snprintf(events, sizeof events, "%s/events", seen.dir);
    snprintf(keys, sizeof keys, "camera replay:%s/frames@25\nwait frames 60\nq\n", seen.dir);
    save_frames(seen.dir, "frames", 0, 0);
    assert_int_equal(run_with(&koch, &seen, seen.dir, keys, events), 0);
    assert_non_null(strstr(seen.lost, "is gone; put it back"));
    assert_non_null(strstr(seen.reopened, "frames, 640x480"));
}

#ifndef SANITIZED
// Turns the head of a checkpoint round, and makes it so large that losses are, and finite.
static void spoil_checkpoint(const char *path)
{
    struct nn_config config = nn_config_koch(3);
    struct siam_checkpoint ck = {.epoch = 0};
    assert_int_equal(nn_net_create(&ck.net, &config, NULL), 0);
    const struct nn_layout *layout = &ck.net->layout;
    ck.adam_m = calloc(layout->n_params, sizeof *ck.adam_m);
    ck.adam_v = calloc(layout->n_params, sizeof *ck.adam_v);
    assert_true(ck.adam_m && ck.adam_v);
    assert_int_equal(siam_checkpoint_load(&ck, path, NULL), 0);
    for (size_t i = layout->tensor[NN_TENSORS - 2].offset; i < layout->n_params; i++)
        ck.net->block[i] *= -1e6f;
    assert_int_equal(siam_checkpoint_save(&ck, path, NULL, NULL, NULL), 0);
    nn_net_destroy(ck.net);
    free(ck.adam_m);
    free(ck.adam_v);
}

// It is told, once, and the session goes on with the model there is.
static void a_training_diverges(void **state)
{
    char events[600], checkpoint[600], model[600];
    void *text;
    struct stat before, after;
    size_t size;
    snprintf(events, sizeof events, "%s/events", (char *)*state);
    snprintf(model, sizeof model, "%s/data/model.safetensors", (char *)*state);
    snprintf(checkpoint, sizeof checkpoint, "%s.checkpoint", model);
    // A checkpoint follows the first epoch of 15 steps.
    assert_int_equal(run_script(*state,
                                "wait frames 2\na 4\np 4\ncamera demo:3@4\nwait frames 2\nn 6\n"
                                "t\nwait step 16\ns\nwait trained\nq\n",
                                events),
                     0);
    spoil_checkpoint(checkpoint);
    assert_int_equal(stat(model, &before), 0);
    assert_int_equal(run_script(*state,
                                "camera demo:0@4\nv\nwait score 2\nt\nwait trained\n"
                                "wait score 4\nq\n",
                                events),
                     5);
    assert_int_equal(stat(model, &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_size == after.st_size);
    assert_int_equal(file_read(events, 1 << 26, &text, &size, NULL), 0);
    const char *error = strstr(text, "\"event\":\"error\"");
    assert_non_null(error);
    assert_int_equal(count(text, "\"event\":\"error\""), 1);
    assert_int_equal(count(error, "the loss grows"), 1);
    assert_true(count(error, "\"event\":\"score\"") > 0);
    assert_int_equal(count(text, "\"event\":\"trained\""), 0);
    free(text);
}
#endif

// ---- Faces ------------------------------------------------------------------------------------

// Runs "a 4" at the frames, then, with the figures shown, live without anybody. Returns the events,
// to be freed.
static char *collect_and_score(const char *dir, const struct app_options *more, struct seen *seen)
{
    char events[600], keys[2000];
    void *text;
    size_t size;
    snprintf(events, sizeof events, "%s/events", dir);
    snprintf(keys, sizeof keys,
             "camera replay:%s/frames\nwait frames 3\na 4\ni\nv\nwait score 3\n"
             "camera replay:%s/nobody\nwait frames 4\nwait score 5\nq\n",
             dir, dir);
    save_frames(dir, "frames", 0, MOVED);
    save_frames(dir, "nobody", 0, NOBODY);
    assert_int_equal(run_with(more, seen, dir, keys, events), 0);
    assert_int_equal(file_read(events, 1 << 26, &text, &size, NULL), 0);
    assert_int_equal(count(text, "\"event\":\"saved\",\"kind\":\"anchor\""), 4);
    assert_true(count(text, "\"event\":\"score\"") >= 8);
    assert_int_equal(count(text, "\"event\":\"error\""), 0);
    return text;
}

// The face that is found in the picture i that was saved, and the picture's size.
static int find_in_saved(const char *events, int i, struct face_pose *pose, int *w, int *h)
{
    static const char mark[] = "\"kind\":\"anchor\",\"path\":\"";
    char path[600];
    struct img picture = {0};
    struct face_reader *reader;
    for (; i >= 0; i--) {
        events = strstr(events, mark);
        assert_non_null(events);
        events += sizeof mark - 1;
    }
    snprintf(path, sizeof path, "%.*s", (int)strcspn(events, "\""), events);
    assert_int_equal(img_load(&picture, path, 0, NULL), 0);
    *w = picture.w;
    *h = picture.h;
    assert_int_equal(face_reader_create(&reader, NULL, NULL), 0);
    int ret = face_read_picture(reader, &picture, pose, NULL);
    face_reader_destroy(reader);
    img_finish(&picture);
    return ret;
}

// Half as large as the picture, and in its middle.
static void assert_faces_saved(const char *events)
{
    for (int i = 0; i < 4; i++) {
        struct face_pose pose;
        int w, h;
        assert_int_equal(find_in_saved(events, i, &pose, &w, &h), FACE_FOUND);
        assert_int_equal(w, h);
        assert_in_range(w, 200, 440);
        assert_true(fabsf(pose.side / (float)w - 0.5f) < 0.1f);
        assert_true(fabsf(pose.x / (float)w - 0.5f) < 0.1f);
        assert_true(fabsf(pose.y / (float)w - 0.5f) < 0.1f);
    }
}

static void assert_guide_box_saved(const char *events)
{
    for (int i = 0; i < 4; i++) {
        struct face_pose pose;
        int w, h;
        find_in_saved(events, i, &pose, &w, &h);
        assert_int_equal(w, 250);
        assert_int_equal(h, 250);
    }
}

static void a_face_is_looked_for(void **state)
{
    save_model(*state, SIAM_FACE);
    struct seen seen = {0};
    char *text = collect_and_score(*state, &(struct app_options){.recipe = "visavis"}, &seen);
    int n_none = count(text, "\"reason\":\"no face\"");
    assert_true(n_none >= 4);
    assert_true(seen.n_faces > 0 && !seen.face_now && !seen.nearest_now);
    assert_false(seen.greeted); // there is a model
    assert_true(seen.figures.shown && seen.figures.camera > 0);
    assert_true(seen.figures.p50_ms > 0 && seen.figures.p95_ms >= seen.figures.p50_ms);
    assert_in_range(seen.face.w, 100, 220);
    assert_in_range(seen.face.x + seen.face.w / 2, 320 + MOVED - 30, 320 + MOVED + 30);
    assert_in_range(seen.face.y + seen.face.h / 2, 180, 300);
    assert_faces_saved(text);
    assert_int_equal(count(text, "\"nearest\":\"") + n_none, count(text, "\"event\":\"score\""));
    free(text);
}

static void no_face_is_looked_for(void **state)
{
    save_model(*state, SIAM_FACE);
    struct seen seen = {0};
    char *text = collect_and_score(
        *state, &(struct app_options){.recipe = "visavis", .no_face_finder = true}, &seen);
    assert_true(seen.n_faces == 0 && seen.nearest_now);
    assert_guide_box_saved(text);
    assert_int_equal(count(text, "\"reason\":\"no face\""), 0);
    free(text);
}

static void a_whole_picture_is_the_guide_box(void **state)
{
    save_model(*state, SIAM_WHOLE);
    struct seen seen = {0};
    char *text = collect_and_score(*state, &(struct app_options){.recipe = "koch"}, &seen);
    assert_int_equal(seen.n_faces, 0);
    assert_guide_box_saved(text);
    assert_int_equal(count(text, "\"reason\":\"no face\""), 0);
    free(text);
}

// Where there is no face, the guide box is kept. The greeting goes with that picture.
static void nobody_is_kept_too(void **state)
{
    char events[600], keys[2000];
    void *text;
    size_t size;
    struct seen seen = {0};
    snprintf(events, sizeof events, "%s/events", (char *)*state);
    snprintf(keys, sizeof keys, "camera replay:%s/nobody\nwait frames 3\na 4\nq\n", (char *)*state);
    save_frames(*state, "nobody", 0, NOBODY);
    struct app_options options = {.recipe = "visavis"};
    assert_int_equal(run_with(&options, &seen, *state, keys, events), 0);
    assert_int_equal(file_read(events, 1 << 26, &text, &size, NULL), 0);
    assert_guide_box_saved(text);
    assert_true(seen.greeted && !seen.greets_now);
    free(text);
}

// To the thread sanitizer, the second group would show the threads of the first again.
#ifdef __SANITIZE_THREAD__
enum { GROUPS = 1 };
#else
enum { GROUPS = 2 };
#endif

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    nn_blas_init();
    app_signals_install();
    const struct CMUnitTest threads[] = {
        TEST(everything_at_once),
        TEST(failures_give_exit_codes),
        TEST(a_lost_camera_is_shown),
        TEST(a_face_is_looked_for),
    };
    const struct CMUnitTest ways[] = {
#ifndef SANITIZED // the training itself is watched in tests/numeric
        TEST(a_training_diverges),
#endif
        TEST(no_face_is_looked_for),
        TEST(nobody_is_kept_too),
        TEST(a_whole_picture_is_the_guide_box),
    };
    int failed = cmocka_run_group_tests(threads, NULL, NULL);
    if (GROUPS > 1)
        failed += cmocka_run_group_tests(ways, NULL, NULL);
    return failed;
}
