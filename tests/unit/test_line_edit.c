// SPDX-License-Identifier: MIT
// Typing and dropping a path, UTF-8 steps, and the time left in words.
#include "tests/test.h"

#include "ui/line_edit.h"
#include "ui/panels.h"
#include "ui/utf8.h"

#define E_ACUTE "\xc3\xa9"
#define CJK     "\xe5\x86\x99"
#define EMOJI   "\xf0\x9f\x98\x80"

static void test_utf8_steps(void **state)
{
    (void)state;
    const char s[] = "a" E_ACUTE CJK EMOJI;
    const size_t length[] = {1, 2, 3, 4};
    const uint32_t value[] = {'a', 0xe9, 0x5199, 0x1f600};
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t ch;
        assert_int_equal(ui_utf8_next(s + at, &ch), length[i]);
        assert_int_equal(ch, value[i]);
        for (size_t inside = at; inside < at + length[i]; inside++)
            assert_int_equal(ui_utf8_floor(s, inside), at);
        at += length[i];
        assert_int_equal(ui_utf8_previous(s, at), length[i]);
    }
    assert_int_equal(ui_utf8_floor(s, at), at);
}

static void test_utf8_bad_bytes_are_characters(void **state)
{
    (void)state;
    const char *const bad[] = {"\x80",        "\xff",     "\xc3",         "\xc3z",
                               "\xe5\x86",    "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                               "\xe0\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t ch;
        assert_int_equal(ui_utf8_next(bad[i], &ch), 1);
        assert_int_equal(ch, UI_UTF8_BAD);
        for (size_t at = strlen(bad[i]); at > 0;)
            at -= ui_utf8_previous(bad[i], at);
    }
}

static void test_line_edits(void **state)
{
    (void)state;
    struct ui_edit line = {0};
    ui_edit_backspace(&line);
    ui_edit_delete(&line);
    ui_edit_left(&line);
    ui_edit_right(&line);
    assert_string_equal(line.text, "");
    ui_edit_insert(&line, "/" CJK "b");
    ui_edit_left(&line);
    ui_edit_left(&line);
    assert_int_equal(line.caret, 1);
    ui_edit_insert(&line, E_ACUTE);
    assert_string_equal(line.text, "/" E_ACUTE CJK "b");
    ui_edit_backspace(&line);
    ui_edit_delete(&line);
    assert_string_equal(line.text, "/b");
    ui_edit_home(&line);
    ui_edit_insert(&line, "x\ty\n/second line");
    assert_string_equal(line.text, "xy/b");
    ui_edit_end(&line);
    assert_int_equal(line.caret, 4);
    assert_int_equal(line.length, 4);
    ui_edit_clear(&line);
    assert_int_equal(line.length + line.caret, 0);
}

static void test_all_of_a_line(void **state)
{
    (void)state;
    struct ui_edit line = {0};
    ui_edit_select_all(&line);
    assert_false(line.all);
    ui_edit_insert(&line, "/one");
    ui_edit_select_all(&line);
    ui_edit_insert(&line, "/" CJK);
    assert_string_equal(line.text, "/" CJK);
    assert_false(line.all);
    ui_edit_select_all(&line);
    ui_edit_backspace(&line);
    assert_true(line.length == 0 && line.caret == 0 && !line.all);
    ui_edit_insert(&line, "/two");
    ui_edit_select_all(&line);
    ui_edit_delete(&line);
    assert_string_equal(line.text, "");
    ui_edit_insert(&line, "/three");
    ui_edit_select_all(&line);
    ui_edit_left(&line);
    assert_int_equal(line.caret, 0);
    ui_edit_select_all(&line);
    ui_edit_right(&line);
    assert_int_equal(line.caret, 6);
    ui_edit_backspace(&line);
    assert_string_equal(line.text, "/thre");
    // What has no room leaves it as it is; what takes the place of all has more.
    char path[UI_PATH];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    ui_edit_insert(&line, path);
    assert_string_equal(line.text, "/thre");
    ui_edit_select_all(&line);
    ui_edit_insert(&line, path);
    assert_string_equal(line.text, path);
}

static void test_line_full(void **state)
{
    (void)state;
    struct ui_edit line = {0};
    size_t full = (UI_PATH - 1) / 4 * 4;
    for (int i = 0; i < UI_PATH; i++)
        ui_edit_insert(&line, EMOJI);
    assert_int_equal(line.length, full);
    assert_int_equal(strlen(line.text), line.length);
    ui_edit_home(&line);
    ui_edit_insert(&line, EMOJI);
    assert_int_equal(line.length, full);
}

// What is too long goes in wholly or not at all: a path that is cut is another path.
static void test_line_takes_all_or_nothing(void **state)
{
    (void)state;
    struct ui_edit line = {0};
    char s[2 * UI_PATH];
    memset(s, 'x', sizeof s);
    s[UI_PATH] = '\0';
    ui_edit_insert(&line, s);
    assert_int_equal(line.length, 0);
    s[UI_PATH - 1] = '\0';
    ui_edit_insert(&line, s);
    assert_string_equal(line.text, s);
    ui_edit_backspace(&line);
    ui_edit_insert(&line, "yz");
    assert_int_equal(line.length, UI_PATH - 2);
    ui_edit_insert(&line, "y\nz");
    assert_int_equal(line.length, UI_PATH - 1);
}

static bool parse(const char *text, char out[256])
{
    return ui_path_parse(text, strlen(text), out, 256);
}

static void test_paths(void **state)
{
    (void)state;
    char out[256];
    setenv("HOME", "/home/ada", 1);
    static const char *const pairs[][2] = {
        {"/a b/c", "/a b/c"},
        {"  /a/b \r\n", "/a/b"},
        {"'/a b'", "/a b"},
        {"\"/a\"", "/a"},
        {"~/p", "/home/ada/p"},
        {"~", "/home/ada"},
        {"~other/p", "~other/p"},
        {"p/q", "p/q"},
        {"file:///a%20b/%C3%A9", "/a b/" E_ACUTE},
        {"file://localhost/a", "/a"},
        {"FILE:///A", "/A"},
        {"/100%", "/100%"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_true(parse(pairs[i][0], out));
        assert_string_equal(out, pairs[i][1]);
    }
    static const char *const refused[] = {"",
                                          "   ",
                                          "''",
                                          "file://",
                                          "file://server/a",
                                          "file:///a%2",
                                          "file:///a%zz",
                                          "file:///%00",
                                          "https://a/b"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(parse(refused[i], out));
    char longer[300];
    memset(longer, 'x', sizeof longer);
    assert_false(ui_path_parse(longer, 256, out, sizeof out));
    assert_true(ui_path_parse(longer, 255, out, sizeof out));
    assert_int_equal(strlen(out), 255);
    char uri[4 * UI_PATH] = "file:///", path[UI_PATH];
    for (int i = 0; i < UI_PATH - 2; i++)
        memcpy(uri + 8 + 3 * i, "%41", 3);
    assert_true(ui_path_parse(uri, strlen(uri), path, sizeof path));
    assert_int_equal(strlen(path), UI_PATH - 1);
    strcat(uri, "A");
    assert_false(ui_path_parse(uri, strlen(uri), path, sizeof path));
}

static void test_time_left(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *words;
    } cases[] = {
        {-1, ""},
        {0, "a few seconds left"},
        {14, "about 10 s left"},
        {54.9, "about 50 s left"},
        {55, "about 1 min left"},
        {171, "about 3 min left"},
        {3569, "about 59 min left"},
        {3600, "about 1 h left"},
        {4800, "about 1 h 20 min left"},
        {90000, "about 25 h left"},
        {1e300, "about 99999 h left"},
    };
    char out[48];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ui_time_left(cases[i].seconds, out, sizeof out);
        assert_string_equal(out, cases[i].words);
    }
    ui_time_left(0.0 / 0.0, out, sizeof out);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_steps), cmocka_unit_test(test_utf8_bad_bytes_are_characters),
        cmocka_unit_test(test_line_edits), cmocka_unit_test(test_all_of_a_line),
        cmocka_unit_test(test_line_full),  cmocka_unit_test(test_line_takes_all_or_nothing),
        cmocka_unit_test(test_paths),      cmocka_unit_test(test_time_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
