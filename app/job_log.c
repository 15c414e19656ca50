// SPDX-License-Identifier: MIT
// What is said of a training in lines for people.
#include "app/job.h"

#include "core/base/log.h"

#include <stdlib.h>
#include <string.h>

#define SUSPECTS_TOLD 3 // pictures on the wrong side of the threshold that are named

void app_log_epoch(const struct siam_progress *p)
{
    log_info("epoch %d/%d: loss %.4f, held-out loss %.4f, precision %.3f, recall %.3f, %.0f s left",
             p->epoch, p->epochs, p->loss, p->heldout_loss, p->precision, p->recall,
             p->seconds_left > 0 ? p->seconds_left : 0);
}

// The first of them by name.
static void log_suspects(const struct siam_dataset *data, const struct verify_suspect *suspects,
                         int n, const char *what)
{
    for (int i = 0; i < n && i < SUSPECTS_TOLD; i++)
        log_info("%s: %s (score %.2f)", data->pictures[suspects[i].picture].path, what,
                 (double)suspects[i].score);
}

void app_log_enrolment(const struct app_job_result *result)
{
    char *text = result->enrolled ? verify_enrolment_text(&result->enrolment) : NULL;
    char *rest = text;
    for (char *line; text && (line = strtok_r(rest, "\n", &rest));)
        log_info("%s", line);
    free(text);
    if (!result->enrolled)
        return;
    const struct verify_enrolment *en = &result->enrolment;
    log_suspects(result->data, en->own, en->n_own, "of you, but looks like a stranger");
    log_suspects(result->data, en->others, en->n_others, "of another, but looks like you");
}
