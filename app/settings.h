// SPDX-License-Identifier: MIT
// What the window remembers for the next start: $XDG_CONFIG_HOME/visavis/settings.json, or the same
// below ~/.config. One JSON object; keys that this version doesn't know stay as they are.
//     {"theme": "light", "mirror": false, "text_size": 1.25, "camera": "/dev/v4l/by-id/...",
//     "power_line": "50 Hz", "threshold": 0.93, "threshold_of": "2026-03-14T15:09:26Z",
//      "cameras": {"/dev/v4l/by-id/...": {"exposure_auto": 0, "exposure": 156, "gain": 30}}}
// Settings are the user's choices alone: what was never chosen isn't there. NULL stands for a
// session that keeps none: everything is as by default, and changes go nowhere. Main thread.
#ifndef VISAVIS_APP_SETTINGS_H
#define VISAVIS_APP_SETTINGS_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app_settings;

// The file's path. Errors: ERR_USAGE (neither XDG_CONFIG_HOME nor HOME is set), ERR_DATA (too
// long).
int app_settings_path(char *out, size_t size, struct err *err);

// Reads the file. *out is made whatever is wrong, but for ERR_MEMORY; then all is as by default,
// and `err` is to be told. Errors: ERR_DATA (broken: it has been set aside as settings.json.broken,
// and the next change makes a new one; can't be read or set aside: it stays, and nothing is
// remembered), ERR_USAGE (as app_settings_path(): nothing is remembered).
int app_settings_open(struct app_settings **out, struct err *err);
void app_settings_close(struct app_settings *settings);

// Writes the file, mode 0600 in a folder of mode 0700, if there is a change and the last one is at
// least quiet_ns old (a slider that is dragged makes many). Errors: ERR_IO, ERR_MEMORY; then it is
// tried again after the next change.
int app_settings_keep(struct app_settings *settings, int64_t quiet_ns, struct err *err);

// A choice; `fallback` where there is none of that kind, or a number is out of least..most. A text
// is valid until the next change of its key.
bool app_settings_flag(const struct app_settings *settings, const char *key, bool fallback);
const char *app_settings_text(const struct app_settings *settings, const char *key,
                              const char *fallback);
float app_settings_number(const struct app_settings *settings, const char *key, float least,
                          float most, float fallback);

// Lost where memory is out.
void app_settings_set_flag(struct app_settings *settings, const char *key, bool on);
void app_settings_set_text(struct app_settings *settings, const char *key, const char *text);
void app_settings_set_number(struct app_settings *settings, const char *key, float number);

void app_settings_forget(struct app_settings *settings, const char *key);

// What was set on the camera `spec`, a whole number; false where nothing was.
bool app_settings_of_camera(const struct app_settings *settings, const char *spec, const char *key,
                            int *value);
void app_settings_set_of_camera(struct app_settings *settings, const char *spec, const char *key,
                                int value);
void app_settings_forget_camera(struct app_settings *settings, const char *spec);

// The keys.
#define APP_MIRROR       "mirror" // flag
#define APP_THEME        "theme"  // text: APP_LIGHT or APP_DARK
#define APP_LIGHT        "light"
#define APP_DARK         "dark"
#define APP_TEXT_SIZE    "text_size"    // number: UI_TEXT_LEAST..UI_TEXT_MOST
#define APP_CAMERA       "camera"       // text: a spec; empty: the first there is
#define APP_POWER_LINE   "power_line"   // text: "off", "50 Hz", "60 Hz" or "auto"
#define APP_THRESHOLD    "threshold"    // number: 0..1, the user's own
#define APP_THRESHOLD_OF "threshold_of" // text: when the model was made that it was set for

#endif
