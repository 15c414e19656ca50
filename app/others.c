// SPDX-License-Identifier: MIT
#include "app/others.h"

#include "core/base/file.h"

#include <stdlib.h>
#include <sys/stat.h>

// One folder under two names, or named twice, counts once, with the last weight: its people would
// be two each.
static void add(struct app_others *others, const char *dir, float weight)
{
    struct stat a, b;
    for (int i = 0; i < others->n; i++)
        if (!stat(others->dirs[i], &a) && !stat(dir, &b) && a.st_dev == b.st_dev &&
            a.st_ino == b.st_ino) {
            others->weights[i] = weight;
            return;
        }
    others->weights[others->n] = weight;
    others->dirs[others->n++] = dir;
}

int app_others_gather(struct app_others *others, const struct app_job *job, struct err *err)
{
    *others = (struct app_others){.n = 0};
    others->dirs = calloc((size_t)job->n_negatives + 1, sizeof *others->dirs);
    others->weights = calloc((size_t)job->n_negatives + 1, sizeof *others->weights);
    if (!others->dirs || !others->weights)
        return err_memory(err, "folders");
    if (!job->people) {
        int ret =
            file_join(others->negative, sizeof others->negative, job->data_dir, "negative", err);
        if (ret)
            return ret;
        if (file_is_dir(others->negative) || job->n_negatives == 0)
            add(others, others->negative, 1);
    }
    for (int i = 0; i < job->n_negatives; i++)
        add(others, job->negatives[i], job->weights ? job->weights[i] : 1);
    return 0;
}

void app_others_finish(struct app_others *others)
{
    free(others->dirs);
    free(others->weights);
    *others = (struct app_others){.n = 0};
}
