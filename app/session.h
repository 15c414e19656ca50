// SPDX-License-Identifier: MIT
// The session, where the threads meet: camera, collector, scorer, trainer, and on the main thread
// the window, or nothing in its place (--headless). The window and a script of keys do the same
// thing: they give actions.
#ifndef VISAVIS_APP_SESSION_H
#define VISAVIS_APP_SESSION_H

#include "app/album.h"
#include "app/browser.h"
#include "app/cameras.h"
#include "app/chores.h"
#include "app/coach.h"
#include "app/collector.h"
#include "app/edits.h"
#include "app/folder_check.h"
#include "app/folders.h"
#include "app/hooks.h"
#include "app/models.h"
#include "app/newest.h"
#include "app/options.h"
#include "app/scorer.h"
#include "app/settings.h"
#include "app/tempo.h"
#include "app/trainer.h"
#include "capture/feed.h"
#include "ui/window.h"

#include <limits.h>
#include <pthread.h>

// A threshold that the user set, for one model.
struct app_threshold {
    char model[sizeof((struct siam_card){0}).created]; // its card's; "": none was set
    float value;                                       // 0..1
};

#define UNDO_MAX 256 // things in a row that can be taken back, more or less

struct app_session {
    const struct app_options *options;
    char data_dir[PATH_MAX];
    char anchor_dir[PATH_MAX];
    struct app_events *events;
    struct app_settings *settings; // main thread only; NULL: none are kept
    struct cap_slot *slot;
    struct cap_feed *feed; // main thread only
    struct app_cameras *cameras;
    struct app_folders *folders;
    struct app_check *check;
    struct app_edits *edits;
    struct app_chores *chores; // with files
    struct app_album *album;
    struct app_browser *browser;
    struct app_coach *coach; // NULL without a window
    struct app_newest *newest;
    struct app_collector *collector;
    struct app_scorer *scorer;
    struct app_trainer *trainer;
    struct ui_window *window; // NULL when headless
    pthread_t loader;         // of a model from its file
    bool have_loader;
    atomic_bool ready; // threads may wake the window

    // Main thread only, as all above but `events`.
    int reader;                    // of the slot
    const struct cap_frame *frame; // the one on the screen, held; NULL before the first
    struct {
        int64_t number, capture_ns;
    } recent[32]; // of the last frames, a ring
    int64_t n_frames;
    bool mirror, help, fullscreen, light, quit;
    bool greeted; // or there is no need to
    enum ui_page page;
    int folders_told; // number of the list of folders that the pages know
    bool
        undo_folder[UNDO_MAX]; // [n_undo], what can be taken back: a folder's removal, or else what
    int n_undo;                // was done to pictures
    bool figures;              // are shown
    int64_t figures_ns;        // when they were brought up to date; 0: they are to be now
    struct app_tempo drawn;    // of the window, while they are shown
    int64_t n_drawn;           // times the window was drawn
    int64_t busy_ns;           // how long that took last, from the end of the wait for events on
    float text_size;           // as chosen; the window may have no room for it
    struct app_hooks hooks;
    int64_t n_hooked; // scores that the hooks have seen
    // Which of the view's worst pictures are out, and what that was looked up for.
    bool worst_out[2 * UI_WORST];
    int64_t worst_number;
    int worst_changes;
    bool demo_fallback; // no camera was asked for, and there is none
    int n_wrong;        // pictures kept as of a wrong verdict that no training has read
    int n_wrong_last;   // of these, the ones that undo takes back next
    int64_t asked_ns;   // when it was asked last whether to quit; 0: never
    bool own_read;      // by the training under way
    bool pause;         // of the camera, is wanted
    bool camera_chosen; // in the window, and not yet opened
    bool next_camera;   // is asked for, once it is known which there are
    struct app_model earlier[APP_MODELS_KEPT];
    int n_earlier;
    struct ui_view view;
    int exit_code; // of the first script step that failed, 0 = none

    pthread_mutex_t lock;
    char message[UI_TEXT]; // protected by lock, as all below
    bool message_is_error, message_is_refusal;
    int64_t message_ns;
    char camera[UI_TEXT];           // line about the camera
    char camera_spec[CAP_SPEC_MAX]; // what it was opened by
    char camera_name[UI_TEXT];
    bool camera_opened, camera_refused; // since the main thread looked last
    bool camera_lost, camera_paused;
    int n_cameras; // times a camera was opened, refused, lost or paused
    char model_line[UI_TEXT];
    struct siam_card card; // of the model
    struct app_threshold own_threshold;
    struct app_model fresh_earlier[APP_MODELS_KEPT]; // for `earlier`, where that changed
    int n_fresh_earlier;
    bool earlier_changed;
    bool load_wanted; // of the model's file, once more
    bool loading;     // the loader has not yet seen that nothing is wanted
    int n_trained;    // trainings that ended, well or not
    int n_live_ends;  // times live ended by itself
    int last_error;   // code of the last error told, for the exit code of a script
    // What became of a typed path: its number, 0: nothing is known; and what is wrong with it.
    int typed;
    char typed_fault[UI_TEXT];
};

// Runs a session to its end. Returns the program's exit code.
int app_session_run(const struct app_options *options);

// The same, driven by the program itself: `turn` is called on the main thread until it sets
// s->quit; without a window after every frame, and every 20 ms while there is none, else each time
// the thread has waited for events.
typedef void (*app_session_turn)(void *ctx, struct app_session *s);
int app_session_drive(const struct app_options *options, app_session_turn turn, void *ctx);

// -- for the parts of a session, main thread --

// Notes that something was done that can be taken back (actions.c).
void app_session_note_undo(struct app_session *s, bool of_folder);
// Does what a user asked for (actions.c).
void app_session_do(struct app_session *s, const struct ui_action *action);
// Goes over to another camera, on the camera thread; on failure the present one is opened again and
// the user told. Errors: ERR_USAGE (no such spec).
int app_session_switch_camera(struct app_session *s, const char *spec, struct err *err);
// The camera's part of the session (camera.c): opens the first one, on the camera thread (errors:
// as cap_feed_start()); does what is due once a turn; does what a user asked for about it; fills in
// what its page shows.
int app_camera_start(struct app_session *s, cap_state_fn on_state, struct err *err);
void app_camera_turn(struct app_session *s);
void app_camera_do(struct app_session *s, const struct ui_action *action);
void app_camera_fill(struct app_session *s);
// The part of other people (people.c): opens or closes the browser; does what a user asked for on
// their page, or about their folders (app_chores_busy(s->chores) while that is being done); opens
// the page, with the browser in `dir`, an absolute path.
void app_people_open(struct app_session *s, bool open);
void app_people_tell(struct app_session *s); // the pages which folders there are
void app_people_answer(struct app_session *s); // the window what became of a path that was typed
void app_people_do(struct app_session *s, const struct ui_action *action);
void app_people_browse(struct app_session *s, const char *dir);
// What a user asked for about pictures (pictures.c): returns at once; app_chores_busy(s->chores)
// while it is being done.
void app_pictures_do(struct app_session *s, const struct ui_action *action);
// "2026-03-14T15:09:26Z" as "14 Mar, 16:09" in local time; unchanged where it isn't like that.
void app_local_time(const char *utc, char *out, size_t size);
// Fills in s->view from all parts (screen.c).
void app_screen_fill(struct app_session *s);
// Makes the text larger (1), smaller (-1), or as large as it was at first (0).
void app_screen_text_size(struct app_session *s, int change);
// Saves a picture of the window, or of what it would show. Errors: ERR_IO, ERR_DATA, ERR_MEMORY.
int app_screen_shot(struct app_session *s, const char *path, struct err *err);

// The session's model (present.c). Loads its file on a thread, where there is one, and goes over to
// it; returns at once.
void app_present_load(struct app_session *s);
// The threshold was moved: remembers it for the model there is, unless it is the model's.
void app_present_keep_threshold(struct app_session *s);

// -- any thread --

// Goes over to a model, with the threshold that the user set for it, or else its own.
void app_present_set(struct app_session *s, struct siam_model *model);
// Whether the user has set a threshold for the model there is.
bool app_present_has_own_threshold(struct app_session *s);
bool app_threshold_is_of(const struct app_threshold *threshold, const struct siam_card *card);
// Makes the window look at what is new.
void app_session_wake(struct app_session *s);
// Shows a line in the window and the log. Errors also go to the event stream.
void app_session_tell(struct app_session *s, const char *text);
void app_session_refuse(struct app_session *s, const char *text); // nothing was done
void app_session_tell_error(struct app_session *s, int code, const char *text);

#endif
