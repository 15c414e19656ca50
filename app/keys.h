// SPDX-License-Identifier: MIT
// clang-format off
// A script of keys, a line each, played as if somebody pressed them:
//     a 40 | p 40 | n 40        held for so many frames (1 without a number)
//     u t s v w r b m c l f i h + - 1 2 3 4 q  as the key
//     ctrl + | ctrl - | ctrl 0  larger text, smaller, as at first
//     space                     pause the camera, or go on
//     drop PATH                 a folder of other people
//     browse PATH               the page of other people, with the browser in this folder
//     camera SPEC               another camera
//     wait trained              until the training under way has ended
//     wait step N               until N more training steps were done
//     wait score N              until N more frames were scored
//     wait frames N             until N more frames came
//     shot FILE.png             a picture of the window
//     places                    an event lists what can be clicked in the window, and where
//     say TEXT                  a message in the window and the log
// Bursts, cameras and pauses are waited for. Empty lines and lines that begin with # are passed over. A step
// that fails, or waits for a camera that sends nothing, is told; the script goes on, and the
// session's exit code is that of the first failure.
// clang-format on
#ifndef VISAVIS_APP_KEYS_H
#define VISAVIS_APP_KEYS_H

#include "core/base/err.h"

struct app_session;
struct app_keys;

enum app_keys_state {
    APP_KEYS_PLAYING, // waiting for something, or for a line to come
    APP_KEYS_OVER,    // the script has ended
    APP_KEYS_NONE,    // there is no script
};

// `path`: a file, "-" for standard input, or NULL for no script. Errors: ERR_USAGE (can't be
// read), ERR_MEMORY.
int app_keys_open(struct app_keys **out, const char *path, struct err *err);
void app_keys_close(struct app_keys *keys);

// Plays as far as it goes without waiting. Main thread.
enum app_keys_state app_keys_play(struct app_keys *keys, struct app_session *session);

#endif
