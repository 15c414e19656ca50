// SPDX-License-Identifier: MIT
// The command line, parsed: one table of options, each with the verbs it belongs to, from which
// parsing and --help both follow.
#ifndef VISAVIS_APP_OPTIONS_H
#define VISAVIS_APP_OPTIONS_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define APP_LIST_MAX 256

enum app_verb {
    APP_SESSION, // no verb: the window, or --headless
    APP_TRAIN,
    APP_EVAL,
    APP_VERIFY,
    APP_PAIRS,
    APP_ONESHOT,
    APP_EMBED,
    APP_BENCH,
    APP_DOCTOR,
    APP_FORGET,
    APP_VERBS,
};

// Strings belong to argv. NULL, 0 or -1 where a comment says so when not given.
struct app_options {
    enum app_verb verb;
    bool help, version;
    const char *data;   // NULL: the default data folder
    const char *camera; // "": the first there is
    const char *negatives[APP_LIST_MAX];
    int n_negatives;
    float weights[APP_LIST_MAX]; // [n_negatives], of each of these; 0: none is given
    const char *people[APP_LIST_MAX];
    int n_people;
    const char *skip; // NULL
    const char *strangers[APP_LIST_MAX];
    int n_strangers;
    const char *model, *anchors, *genuine, *root; // NULL
    const char *out, *raw;                        // NULL
    const char *recipe;                           // "visavis"; "koch" in bench
    const char *events, *keys;                    // NULL
    const char *on_accept, *on_reject, *on_leave; // commands; NULL
    int hook_pause;                               // seconds, 5
    int epochs;                                   // 0: the recipe's
    uint64_t seed;                                // 1
    float threshold;                              // -1: the model's
    int threads;                                  // pool_processors()
    int cache_mb;                                 // 256
    int width, height;                            // of the window, 1280 x 800
    float scale;                                  // of the text; 0: as the screen needs it
    int seconds;                                  // of bench live, 20
    bool no_training;                             // in bench live
    bool no_face_finder;                          // faces are held in the guide box
    bool settings;                                // of the window are used and kept
    bool demo, headless, resume, yes, json, quiet, verbose;
    char **rest; // [n_rest] what is no option, after the verb
    int n_rest;
};

// Errors: ERR_USAGE, in one line that names the option or verb and what it takes.
int app_options_parse(struct app_options *options, int argc, char **argv, struct err *err);

// The data folder that --data names, or the default one, in `out` of `size` bytes. Errors:
// ERR_USAGE (the name is empty or too long; no default where HOME is not set), ERR_DATA (the
// default is too long).
int app_options_data_dir(const struct app_options *options, char *out, size_t size,
                         struct err *err);

// Help for one verb; for APP_SESSION the overview of all.
void app_options_help(enum app_verb verb, FILE *to);

// "train", ...; "" for the session.
const char *app_verb_name(enum app_verb verb);

#endif
