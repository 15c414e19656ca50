// SPDX-License-Identifier: MIT
// The folders of other people that a training reads: negative/ of the data folder, and those that
// are named. No thread of its own.
#ifndef VISAVIS_APP_OTHERS_H
#define VISAVIS_APP_OTHERS_H

#include "app/job.h"

struct app_others {
    char negative[PATH_MAX]; // of the data folder
    const char **dirs;       // [n], here or the job's
    float *weights;          // [n], of them (core/siamese/weight.h)
    int n;
};

// The job must outlive it, and it must not be moved. Errors: ERR_DATA (path too long), ERR_MEMORY.
// app_others_finish() follows on failure too.
int app_others_gather(struct app_others *others, const struct app_job *job, struct err *err);
void app_others_finish(struct app_others *others);

#endif
