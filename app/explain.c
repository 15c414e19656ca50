// SPDX-License-Identifier: MIT
#include "app/explain.h"

#include <string.h>

void app_explain_reset(struct app_explain *x)
{
    x->reason = FACE_FINE;
    x->reason_ns = 0;
    x->anchor = -1;
}

void app_explain_score(struct app_explain *x, int64_t now_ns, const struct verify_gallery *gallery,
                       const struct verify_score *score, const float *scores)
{
    if (score->nearest < 0)
        return;
    bool due = x->anchor < 0 || now_ns - x->anchor_ns >= APP_EXPLAIN_NS;
    if (due && x->anchor != score->nearest) {
        x->anchor = score->nearest;
        x->anchor_ns = now_ns;
        x->thumb_number++;
        memcpy(x->thumb, gallery->thumbs + (size_t)x->anchor * FACE_THUMB_SIZE, FACE_THUMB_SIZE);
    }
    x->anchor_score = scores[x->anchor];
}

void app_explain_reason(struct app_explain *x, int64_t now_ns, enum face_reason reason)
{
    if (reason != x->reason && now_ns - x->reason_ns < APP_EXPLAIN_NS)
        return;
    x->reason = reason;
    x->reason_ns = now_ns;
}
