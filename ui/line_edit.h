// SPDX-License-Identifier: MIT
// One line of text being typed, and what people drop or type as the path of a folder. No SDL.
#ifndef VISAVIS_UI_LINE_EDIT_H
#define VISAVIS_UI_LINE_EDIT_H

#include "ui/view.h"

#include <stdbool.h>
#include <stddef.h>

// text[0..length) is UTF-8 as it came, NUL-terminated; the caret is between two characters.
struct ui_edit {
    char text[UI_PATH];
    size_t length, caret; // bytes
    bool all;             // of it is selected: what is put in or taken away takes its place
};

void ui_edit_clear(struct ui_edit *line);

// Puts the first line of `s` in at the caret, control characters left out. Where there is no room
// for all of it, nothing is put in: half a path would be another one.
void ui_edit_insert(struct ui_edit *line, const char *s);

// Take away the character before or behind the caret; move it. At the ends they do nothing.
void ui_edit_backspace(struct ui_edit *line);
void ui_edit_delete(struct ui_edit *line);
void ui_edit_left(struct ui_edit *line);
void ui_edit_right(struct ui_edit *line);
void ui_edit_home(struct ui_edit *line);
void ui_edit_end(struct ui_edit *line);
void ui_edit_select_all(struct ui_edit *line);

// The path that text[0..n) means: spaces around it and quotes are dropped, file:// URIs decoded, a
// leading ~ is the home folder. False if nothing is left, it is too long for `size`, or a URI that
// is no file on this machine.
bool ui_path_parse(const char *text, size_t n, char *out, size_t size);

#endif
