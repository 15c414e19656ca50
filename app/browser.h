// SPDX-License-Identifier: MIT
// The page of other people: looks into the folders that are used, and a browser for others. All
// that reads a disk or a network is done by a thread of its own, while the page is open; the last
// thing that was asked for comes first and ends what was begun before it. A folder that does not
// answer holds up nothing but itself.
#ifndef VISAVIS_APP_BROWSER_H
#define VISAVIS_APP_BROWSER_H

#include "app/events.h"
#include "ui/view.h"

struct app_browser;

// changed: called on the browser's thread, with its lock held, when there is something new to
// show; must return soon and call nothing here. `events`: a line for each folder that was listed.
// Errors: ERR_MEMORY.
int app_browser_create(struct app_browser **out, struct app_events *events,
                       void (*changed)(void *ctx), void *ctx, struct err *err);
// Waits for the thread for a second at most: one that waits for a folder is left to end by itself.
// NULL is fine.
void app_browser_destroy(struct app_browser *browser);

// -- main thread --

// The page is opened, and everything read anew, or closed. At first the browser is in the folder
// above `beside`, or where pictures are ("": there is none). Keys are for it.
void app_browser_open(struct app_browser *browser, bool open, const char *beside);
// The folders that are used, in the order in which they are shown; beyond UI_FOLDERS none.
void app_browser_set_folders(struct app_browser *browser, const char *const *dirs, int n);

// Fills in *view, whose last two fields say which rows were drawn last: those are counted. What it
// points to is the browser's, and as it is until the next call of any function here.
void app_browser_view(struct app_browser *browser, struct ui_people *view);

// The row (or, not `browsing`, the used folder) `index` comes under the cursor, and keys are for
// its list. Beyond the ends: the last one there is.
void app_browser_pick(struct app_browser *browser, bool browsing, int index);
// Goes to the folder of row `index`, or to `dir`, an absolute path.
void app_browser_enter(struct app_browser *browser, int index);
void app_browser_go(struct app_browser *browser, const char *dir);
// Lists folders whose names begin with '.', or no more.
void app_browser_show_hidden(struct app_browser *browser);

// The path of the folder under the browser's cursor in `out`. False: there is none, or it is the
// one above, or it can't be read.
bool app_browser_chosen(struct app_browser *browser, char out[UI_PATH]);

#endif
