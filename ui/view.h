// SPDX-License-Identifier: MIT
// What the window shows, as plain data: filled in by the program each time it draws, read by ui.
// ui knows no camera, no trainer and no files; everything it needs is here, and everything a user
// does comes back as a struct ui_action.
#ifndef VISAVIS_UI_VIEW_H
#define VISAVIS_UI_VIEW_H

#include "core/face/quality.h"
#include "core/image/image.h"
#include "core/siamese/model.h"
#include "core/verify/verdict.h"

#include <stdbool.h>
#include <stdint.h>

#define UI_TEXT      256
#define UI_PATH      4096 // of a path, with its NUL: PATH_MAX
#define UI_FOLDERS   16
#define UI_EPOCHS    1000 // points of the loss curves
#define UI_HISTORY_S 10   // seconds of score history
#define UI_HISTORY   600  // points at most

#define UI_SAME_THRESHOLD 0.0005f // thresholds that differ by less are shown alike

#define UI_TEXT_LEAST 0.8f
#define UI_TEXT_MOST  2.0f

// Small square pictures.
struct ui_strip {
    const struct img *row; // n of them, side by side; it may have room for more; NULL: none
    int n;
    int64_t number; // changes with `row`
};
#define UI_NEWEST 8 // at most that are shown of a class

// Pictures that hurt a training most: of the user's that look like strangers, of others that look
// like the user. Small ones in a row, the worst first.
#define UI_WORST 8
struct ui_suspect {
    const char *path; // any bytes
    float score;      // 0..1
    bool out;         // of the trainings to come
};
struct ui_worst {
    const struct img *row;               // NULL: there are none
    int n;                               // pictures in it, at most UI_WORST
    int all;                             // that there are
    struct ui_suspect suspect[UI_WORST]; // [n]
};

// What is being learnt.
enum ui_part {
    UI_PART_WHOLE,  // all at once
    UI_PART_FIRST,  // a first model, of a short training, where the next part takes long
    UI_PART_OTHERS, // what tells people apart, before the user; once for the same folders
    UI_PART_YOU,    // the user, after that
    UI_PART_SHORT,  // more of the user, from the model there is
};

#define UI_WARNINGS 3

// What stands where the picture is.
enum ui_page {
    UI_PAGE_PICTURE,
    UI_PAGE_COLLECTED, // the pictures that there are
    UI_PAGE_HOOD,      // "Under the hood": what the training led to
    UI_PAGE_CAMERA,    // which one, and what is set on it
    UI_PAGE_PEOPLE,    // folders of other people, and where to find more
};

#define UI_CAMERAS 16
struct ui_camera {
    char name[UI_TEXT]; // "Integrated Camera"
    char spec[512];     // a path that stays, or what else it is opened by
    bool in_use;
};

enum ui_control_id {
    UI_EXPOSURE_AUTO, // 0 or 1
    UI_EXPOSURE,      // 0.1 ms
    UI_GAIN_AUTO,     // 0 or 1
    UI_GAIN,
    UI_POWER_LINE, // 0 off, 1 50 Hz, 2 60 Hz, 3 automatic
    UI_CONTROLS,
};

struct ui_control {
    bool there;         // else it is not shown
    bool held;          // is set by the camera itself now
    int min, max, step; // of `value`
    int value;
    unsigned choices; // bit v: the value v can be chosen; 0: every step can
};

// One of the pictures that there are.
struct ui_thumb {
    int64_t number;    // its own; another one when the file has changed
    const char *path;  // any bytes
    const uint8_t *px; // [side, side, 3]; NULL: not made yet
    const char *fault; // why it can't be read; NULL: none is known
    bool chosen;
};

// Those of a class, or of a folder of other people; they follow those of the section before.
struct ui_section {
    char name[UI_TEXT]; // "Anchors"; a folder's path
    char key;           // 'a', 'p', 'n'; 0: a folder of other people, where nothing is changed
    bool reading;       // for the first time
    int n;              // pictures, the newest first
    int usable;         // of them, as far as is known
    int skipped;        // pictures that can't be used
    char why[UI_TEXT];  // of the first of these
};

#define UI_SECTIONS (3 + UI_FOLDERS)
struct ui_album {
    struct ui_section section[UI_SECTIONS];
    int n_sections;
    const struct ui_thumb *thumb; // [n], of all sections
    int n;
    int side;     // of their small pictures, pixels
    int cursor;   // the one that keys go on from, -1: none
    int n_chosen; // of them
    // What the window tells back: the pictures that were drawn last, and of what size.
    int first_seen, n_seen;
    int side_px;
};

// What the user's pictures show, and what is worth adding.
#define UI_GOALS 8
struct ui_coach {
    struct {
        const char *name; // "to the left"
        int count, least; // pictures that show it, and how many there should be
    } goal[UI_GOALS];
    int n;                         // 0: nothing is known
    int waiting;                   // pictures that are still to be looked at
    char next[UI_TEXT], brief[64]; // the one next thing to do, a line; "": none
};

#define UI_MODELS 3
// A model that came before the present one.
struct ui_model {
    char when[32]; // "14 Mar, 16:09"
    double far, frr;
    int n_impostor, n_genuine; // what they were measured on; 0: not known
    int epochs;
    float threshold;
    bool first; // as in its card
};

// What is measured of the program itself. NAN: nothing yet.
struct ui_figures {
    bool shown;
    float camera, scored; // frames a second: that came, that were scored
    float p50_ms, p95_ms; // from a frame's capture to its score: median, and where 95 % are within
    float draw_ms;        // to draw the window, median
};

struct ui_folder {
    char path[UI_TEXT];
    int pictures; // files that look like pictures; -1 while still counting
    bool about;   // by their names alone, so far
    float weight; // how often its people are drawn in trainings, against 1; 1/4..4; 0 means 1
    int skipped;  // pictures that can't be used
    char skipped_why[UI_TEXT]; // of the first of them, one line
    int own;                   // pictures that look like the user
    char own_path[UI_TEXT];    // of one of them
};

// What a look into a folder shows, at any depth.
#define UI_GLANCE 8

struct ui_glance {
    bool known;            // else it is still being looked at
    bool more;             // there is more than what is counted here: that took too long
    bool about;            // counted by names alone, so far
    int pictures;          // files that look like pictures
    int folders;           // sub-folders with some of them,
    int persons;           // and with several
    int skipped;           // pictures that can't be used
    char why[UI_TEXT];     // the first of these can't be
    char fault[UI_TEXT];   // why the folder can't be read; "": it can
    struct ui_strip strip; // some of its pictures
};

// A folder to choose: in the one that the browser is in, or one of the two that are listed first,
// the folder itself and the one above it.
struct ui_dir {
    const char *name; // any bytes; ".", ".."
    int pictures;     // in it, at any depth; -1: not counted yet
    bool more;        // at least: that took too long
    bool used;        // it is one of the folders of other people
};

// The page of other people. It has two lists, of the folders that are used, as in view.folder, and
// of those that can be.
struct ui_people {
    bool browsing;                     // keys are for the second list
    int cursor;                        // in the first one, -1: it is empty
    struct ui_glance used[UI_FOLDERS]; // of its folders
    char dir[UI_PATH];                 // that the second list is of, any bytes
    const struct ui_dir *row;          // [n_rows]
    int n_rows;
    int row_cursor;          // in it, -1: there is none
    struct ui_glance glance; // of the folder under that
    bool hidden;             // also folders whose names begin with '.'
    bool reading;            // the list is on its way
    bool slow;               // for some time already: the disk or network does not answer
    char fault[UI_TEXT];     // why the folder can't be read; "": it can
    int first_seen, n_seen;  // the window tells back: rows that were drawn last
};

struct ui_score_point {
    float age_s; // seconds ago, 0..UI_HISTORY_S
    float score; // 0..1
};

struct ui_view {
    enum ui_page page;
    bool light;      // the light theme
    float text_size; // how much larger everything is drawn, UI_TEXT_LEAST..UI_TEXT_MOST; 0 means 1

    // Camera
    const struct img *frame; // latest picture, never mirrored; NULL before the first
    int64_t frame_number;    // changes with the picture: upload it only then
    struct img_rect guide;   // in pixels of the frame
    bool mirror;             // of the view only
    bool camera_lost, camera_paused;
    char camera[UI_TEXT]; // "Integrated Camera, 640x480 MJPG, 30 fps" or what is wrong, one line
    bool demo;            // the demo camera is on
    bool demo_fallback;   // because there is no other
    float fps;            // frames a second that came lately
    struct ui_camera cameras[UI_CAMERAS]; // of the camera's page, as all below
    int n_cameras;
    bool cameras_known; // else they are still being looked for
    int n_devices;      // of them
    struct ui_control control[UI_CONTROLS];
    int cursor; // of its keys, a row from 1; of the pictures that hurt, 1 + as in UI_TAKE_OUT;
                // 0: none

    // Collect
    int anchors, positives, negatives;   // pictures; negatives: "not me" ones saved by key
    struct ui_folder folder[UI_FOLDERS]; // folders of other people
    int n_folders;
    char holding;              // 'a', 'p', 'n' while a burst is being taken, else 0
    int burst;                 // pictures of this burst so far
    int alike, blurred;        // frames left out: too like the picture before, or unsharp
    float flash;               // 1 right after a picture was saved, fades to 0 within 0.2 s
    struct ui_strip newest[3]; // anchors, positives, not me, the newest first
    struct ui_album album;     // of the page that shows them
    struct ui_people people;
    struct ui_coach coach;

    // Train
    bool training;
    bool stopping;                 // asked to stop, not yet ended
    bool preparing;                // reading the pictures, before the first step
    enum ui_part part;             // of the training under way
    int epoch, epochs;             // complete, all
    float epoch_part;              // of the epoch under way, 0..1
    int n_curve;                   // complete epochs in the curves
    int first_epoch;               // the one of loss[0], from 1 (after a resume more); 0 means 1
    float loss[UI_EPOCHS];         // training loss of each
    float heldout_loss[UI_EPOCHS]; // held-out loss of each
    double precision, recall;      // on held-out pairs, of the last epoch
    int n_heldout_pairs;           // they were measured on; 0 = none yet
    bool heldout_optimistic;       // held out of the same burst
    double seconds_left;           // -1 = not known yet
    bool have_model;
    bool retrains; // short trainings are possible: recipe and model are of that kind
    int n_wrong;   // pictures kept by UI_WRONG since the last training began
    int n_warnings;
    char warning[UI_WARNINGS][UI_TEXT];      // of the training that ended last, the gravest first
    struct ui_worst worst_own, worst_others; // of the training that ended last
    int64_t worst_number;                    // changes with them
    int n_left_out;                          // pictures of others, of trainings
    struct siam_card card;                   // of the model, where have_model
    struct ui_model earlier[UI_MODELS];      // the newest first
    int n_earlier;
    char model_line[UI_TEXT]; // "trained 12:40, 50 epochs, 40 + 40 of you, 3212 of others"

    // Live
    bool live;
    enum verify_verdict verdict; // VERIFY_UNDECIDED: not live, or no score yet
    bool has_face;        // in the frame that was scored last; then it is shown, not the guide box
    struct img_rect face; // in pixels of the frame; may reach beyond it
    float score;          // of that frame, 0..1
    float threshold;      // 0..1; of no meaning without a model
    bool threshold_kept;  // it is the user's, and remembered for this model
    int anchors_matched, anchors_all;
    enum face_reason reason;   // why a score that is no match may be low; FACE_FINE: unknown
    const struct img *nearest; // small picture of the anchor that is most alike; NULL: none
    int64_t nearest_number;    // changes with that picture
    float nearest_score;       // 0..1, against that anchor alone
    struct ui_score_point history[UI_HISTORY]; // oldest first
    int n_history;

    struct ui_figures figures;

    // Messages
    char message[UI_TEXT]; // last thing to tell, one line; empty = none
    bool message_is_error;
    bool message_is_refusal; // nothing was done, and nothing is wrong
    char hint[UI_TEXT];  // what to do next: "hold a to record anchors"
    bool greeting;       // nothing was ever taken: say what to do, until UI_DISMISS
    bool help;           // the overlay with every key is open
    bool typing;         // the line for a folder's path is open
    char typed[UI_PATH]; // what has been typed, UTF-8
    int caret;           // in it, bytes
    bool typed_all;      // all of it is selected
    bool typing_waits;   // it is being looked at
    // What is wrong with it; "": nothing is known to be.
    char typing_fault[UI_TEXT];
    bool fullscreen;
};

enum ui_action_kind {
    UI_NONE,
    UI_HOLD,    // key: 'a', 'p' or 'n' went down
    UI_RELEASE, // that key went up, or the window lost the keyboard
    UI_UNDO,
    UI_TRAIN,
    UI_STOP,
    UI_WRONG,   // the verdict: keep this frame as what it is
    UI_RETRAIN, // shortly, from the model there is
    UI_LIVE,    // toggle
    UI_MIRROR,
    UI_CAMERA,         // next camera
    UI_CHOOSE_CAMERA,  // `index`: of view.cameras, as shown last
    UI_PAUSE,          // the camera, or go on
    UI_SET_CONTROL,    // `index`: an enum ui_control_id; to `amount`
    UI_RESET_CONTROLS, // to what the camera has by itself
    UI_FULLSCREEN,
    UI_THRESHOLD,       // by `amount`
    UI_SET_THRESHOLD,   // to `amount`
    UI_RESET_THRESHOLD, // to the model's
    UI_USE_MODEL,       // `index`: of the earlier ones
    UI_HELP,
    UI_CHOOSE,        // `index`: a picture, `choice`
    UI_DELETE,        // the chosen pictures
    UI_MOVE,          // them, to the class of `key`
    UI_TAKE_OUT,      // of trainings, `index`: of worst_own, or UI_WORST + of worst_others
    UI_READMIT,       // all pictures of others that were left out
    UI_DISMISS,       // the greeting
    UI_PAGE,          // `index`: an enum ui_page; the one that is open: close it
    UI_THEME,         // the other one of dark and light
    UI_FIGURES,       // show or hide them
    UI_TEXT_SIZE,     // `index`: 1 larger, -1 smaller, 0 as at first
    UI_FOLDER,        // `path`: of other people; `index`: 0, or for ui_window_answer()
    UI_REMOVE_FOLDER, // `index`
    UI_WEIGHT,        // of the folder `index`: times `amount`, 2 or 0.5
    UI_PICK_FOLDER,   // `index`: of the folders that are used, comes under the cursor
    UI_PICK_DIR,      // alike, of people.row
    UI_OPEN_DIR,      // alike, and the list becomes that of this folder; -1: the one above
    UI_USE_DIR,       // the one under the cursor becomes a folder of other people
    UI_SHOW_HIDDEN,   // or not
    UI_QUIT,          // `index` 1: by the key that closes other things
    UI_ACTIONS,
};

// Which pictures are chosen then.
enum ui_choice {
    UI_CHOOSE_ONE,
    UI_CHOOSE_TO,      // all from the one that was chosen before
    UI_CHOOSE_ALSO,    // this one too, or it no more
    UI_CHOOSE_SECTION, // all of its section
};

struct ui_action {
    enum ui_action_kind kind;
    char key;
    int index;
    enum ui_choice choice;
    float amount;
    char path[UI_PATH];
};

#endif
