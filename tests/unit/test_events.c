// SPDX-License-Identifier: MIT
#include "app/events.h"
#include "core/base/file.h"
#include "tests/test.h"

#include <cjson/cJSON.h>

static const struct app_scored stranger = {
    .frame = 12,
    .capture_ns = 9007199254740993, // more digits than a double has
    .score_ns = 9007199254740995,
    .score = {.score = 0.25f, .anchors_matched = 1, .anchors = 20, .nearest_score = 0.75f},
    .threshold = 0.5f,
    .verdict = VERIFY_UNSURE,
    .nearest = "/data/anchor/a.jpg",
    .reason = FACE_DARK,
};

// The score event's line, as it is in the stream.
static char *line_of(const char *dir, const struct app_scored *scored)
{
    char path[600];
    struct app_events *events;
    void *text;
    size_t size;
    snprintf(path, sizeof path, "%s/events", dir);
    assert_int_equal(app_events_open(&events, path, NULL), 0);
    app_events_score(events, scored);
    app_events_close(events);
    assert_int_equal(file_read(path, 4096, &text, &size, NULL), 0);
    char *line = strndup(text, size);
    free(text);
    assert_non_null(line);
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    return line;
}

static cJSON *event_of(const char *dir, const struct app_scored *scored)
{
    char *line = line_of(dir, scored);
    cJSON *event = cJSON_Parse(line);
    free(line);
    assert_non_null(event);
    return event;
}

static void a_score_has_all_its_keys(void **state)
{
    char *line = line_of(*state, &stranger);
    assert_string_equal(
        line, "{\"event\":\"score\",\"frame\":12,\"capture_ns\":9007199254740993,"
              "\"score_ns\":9007199254740995,\"score\":0.25,\"match\":false,"
              "\"anchors_matched\":1,\"anchors\":20,\"threshold\":0.5,"
              "\"verdict\":\"not sure\",\"nearest\":\"/data/anchor/a.jpg\",\"nearest_score\":0.75,"
              "\"reason\":\"too dark\"}\n");
    free(line);
}

static void a_reason_only_where_there_is_one(void **state)
{
    for (enum face_reason r = FACE_FINE; r < FACE_REASONS; r++)
        for (int match = 0; match < 2; match++) {
            struct app_scored scored = stranger;
            scored.reason = r;
            scored.score.match = match;
            cJSON *event = event_of(*state, &scored);
            const char *reason = cJSON_GetStringValue(cJSON_GetObjectItem(event, "reason"));
            if (match || r == FACE_FINE)
                assert_null(cJSON_GetObjectItem(event, "reason"));
            else
                assert_string_equal(reason, face_reason_name(r));
            cJSON_Delete(event);
        }
}

static void a_path_of_any_bytes(void **state)
{
    struct app_scored scored = stranger;
    scored.nearest = "/a\"b\n\xff/c.jpg";
    cJSON *event = event_of(*state, &scored);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(event, "nearest")),
                        "/a\"b\n\xef\xbf\xbd/c.jpg");
    cJSON_Delete(event);
}

static void no_stream_is_fine(void **state)
{
    (void)state;
    app_events_score(NULL, &stranger);
    app_events_close(NULL);
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_DIR(a_score_has_all_its_keys),
        IN_DIR(a_reason_only_where_there_is_one),
        IN_DIR(a_path_of_any_bytes),
        cmocka_unit_test(no_stream_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
