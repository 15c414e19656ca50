// SPDX-License-Identifier: MIT
// The pictures that there are, for the page that shows them: the user's three classes and the
// folders of other people, each with its newest pictures first, and small pictures of those that
// are in sight. Folders are read and small pictures made on a thread of their own, while the page
// is open; what was made is kept as long as there is room for it. Nothing here changes a file.
#ifndef VISAVIS_APP_ALBUM_H
#define VISAVIS_APP_ALBUM_H

#include "core/base/err.h"
#include "core/siamese/dataset.h"
#include "ui/view.h"

struct app_album;

// changed: called on the album's thread when there is something new to show; must return soon.
// Errors: ERR_MEMORY, ERR_DATA (path too long).
int app_album_create(struct app_album **out, const char *data_dir, void (*changed)(void *ctx),
                     void *ctx, struct err *err);
// NULL is fine.
void app_album_destroy(struct app_album *album);

// Pictures of a class came or went. Any thread.
void app_album_changed(struct app_album *album, enum siam_kind kind);

// -- main thread --

// The page is opened, and everything read anew, or closed.
void app_album_open(struct app_album *album, bool open);
// The folders of other people, in the order in which they are shown; beyond UI_FOLDERS none.
void app_album_set_folders(struct app_album *album, const char *const *dirs, int n);

// Fills in *view, whose last three fields say what was drawn last: small pictures of that are made
// first. Its pictures are the album's, and as they are until the next call.
void app_album_view(struct app_album *album, struct ui_album *view);

// Picture `index` of the view becomes the one under the cursor, and is chosen.
void app_album_choose(struct app_album *album, int index, enum ui_choice how);

// The paths of the chosen ones, n of them, in one block: free() it; the texts are the album's, and
// good until the next app_album_view(). NULL: none is chosen, or no memory.
const char **app_album_chosen(struct app_album *album, int *n);

#endif
