// SPDX-License-Identifier: MIT
#include "core/verify/report.h"

#include "core/verify/json.h"
#include "core/verify/metrics.h"
#include "core/verify/oneshot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// ---- JSON -----------------------------------------------------------------------------------

// Prints and frees the object. One that lacks a key, for want of memory, gives NULL.
static char *print_json(cJSON *object, int n_keys)
{
    char *text = cJSON_GetArraySize(object) == n_keys ? cJSON_PrintUnformatted(object) : NULL;
    cJSON_Delete(object);
    return text;
}

static cJSON *strangers_json(const struct verify_strangers *s)
{
    cJSON *o = cJSON_CreateObject();
    verify_json_put(o, "dir", verify_json_text(s->dir));
    cJSON_AddNumberToObject(o, "n", s->n);
    cJSON_AddNumberToObject(o, "accepted", s->accepted);
    if (cJSON_GetArraySize(o) == 3)
        return o;
    cJSON_Delete(o);
    return NULL;
}

char *verify_report_json(const struct verify_report *r)
{
    cJSON *o = cJSON_CreateObject();
    verify_json_number(o, "far", r->far);
    verify_json_number(o, "frr", r->frr);
    verify_json_number(o, "eer", r->eer);
    verify_json_number(o, "auc", r->auc);
    verify_json_number(o, "threshold", r->threshold);
    verify_json_number(o, "precision", r->precision);
    verify_json_number(o, "recall", r->recall);
    cJSON_AddNumberToObject(o, "n_genuine", r->n_genuine);
    cJSON_AddNumberToObject(o, "n_impostor", r->n_impostor);
    cJSON_AddNumberToObject(o, "genuine_accepted", r->genuine_accepted);
    cJSON *strangers = cJSON_AddArrayToObject(o, "strangers");
    for (int i = 0; i < r->n_strangers; i++)
        verify_json_append(strangers, strangers_json(&r->strangers[i]));
    if (cJSON_GetArraySize(strangers) == r->n_strangers)
        return print_json(o, 11);
    cJSON_Delete(o);
    return NULL;
}

char *verify_pairs_json(const struct verify_pairs_result *r)
{
    cJSON *o = cJSON_CreateObject();
    verify_json_number(o, "accuracy", r->accuracy);
    verify_json_number(o, "eer", r->eer);
    verify_json_number(o, "auc", r->auc);
    verify_json_number(o, "threshold", r->threshold);
    verify_json_number(o, "best_accuracy", r->best_accuracy);
    verify_json_number(o, "best_threshold", r->best_threshold);
    cJSON_AddNumberToObject(o, "n", r->n);
    cJSON_AddNumberToObject(o, "n_same", r->n_same);
    cJSON_AddNumberToObject(o, "n_different", r->n_different);
    cJSON_AddNumberToObject(o, "skipped", r->n_skipped);
    return print_json(o, 10);
}

char *verify_oneshot_json(const struct verify_oneshot_result *r)
{
    int ways[] = {r->ways_min, r->ways_max};
    cJSON *o = cJSON_CreateObject();
    verify_json_number(o, "accuracy", r->accuracy);
    verify_json_number(o, "accuracy_low", r->low);
    verify_json_number(o, "accuracy_high", r->high);
    cJSON_AddNumberToObject(o, "n", r->n);
    cJSON_AddNumberToObject(o, "right", r->right);
    verify_json_put(o, "ways",
                    ways[0] == ways[1] ? cJSON_CreateNumber(ways[0])
                                       : cJSON_CreateIntArray(ways, 2));
    cJSON_AddNumberToObject(o, "runs", r->runs);
    verify_json_number(o, "chance", r->chance);
    verify_json_put(o, "per_run", cJSON_CreateDoubleArray(r->per_run, r->runs));
    return print_json(o, 9);
}

// ---- Text -----------------------------------------------------------------------------------

// A text that is written like a file.
struct text {
    FILE *file; // NULL: out of memory
    char *bytes;
    size_t size;
};

static bool text_begin(struct text *t)
{
    t->bytes = NULL;
    t->file = open_memstream(&t->bytes, &t->size);
    return t->file != NULL;
}

static char *text_end(struct text *t)
{
    bool bad = ferror(t->file) != 0;
    if (fclose(t->file) || bad) {
        free(t->bytes);
        return NULL;
    }
    return t->bytes;
}

// "label  12.3 % (5 of 40; at most 27.0 %, 95 % sure)  where". `where`, a folder's name say, stays
// on its line whatever it holds; NULL for none.
static void put_rate(struct text *t, const char *label, int part, int whole, const char *where)
{
    char counts[80];
    snprintf(counts, sizeof counts, "(%d of %d; at most %.1f %%, 95 %% sure)", part, whole,
             100 * verify_upper_bound(part, whole));
    double percent = whole > 0 ? 100.0 * part / whole : 0;
    fprintf(t->file, where ? "%-18s %5.1f %% %-40s  " : "%-18s %5.1f %% %s", label, percent,
            counts);
    for (; where && *where; where++)
        fputc((unsigned char)*where < ' ' || *where == 127 ? '?' : *where, t->file);
    fputc('\n', t->file);
}

char *verify_report_text(const struct verify_report *r)
{
    struct text t;
    if (!text_begin(&t))
        return NULL;
    put_rate(&t, "you refused", r->n_genuine - r->genuine_accepted, r->n_genuine, NULL);
    int accepted = 0;
    for (int i = 0; i < r->n_strangers; i++) {
        const struct verify_strangers *s = &r->strangers[i];
        accepted += s->accepted;
        put_rate(&t, "strangers accepted", s->accepted, s->n, s->dir);
    }
    if (r->n_strangers > 1)
        put_rate(&t, "all strangers", accepted, r->n_impostor, NULL);
    fprintf(t.file, "equal error rate   %5.1f %%\n", 100 * r->eer);
    fprintf(t.file, "precision, recall  %5.1f %%, %.1f %%\n", 100 * r->precision, 100 * r->recall);
    fprintf(t.file, "area under ROC     %7.3f\n", r->auc);
    fprintf(t.file, "threshold          %7.3f", r->threshold);
    return text_end(&t);
}

// A line for the wrong answers at one threshold.
static void put_accuracy(struct text *t, const char *label, double accuracy, int n, float threshold)
{
    char where[40];
    snprintf(where, sizeof where, "at threshold %.3f", threshold);
    put_rate(t, label, n - (int)lround(accuracy * n), n, where);
}

char *verify_pairs_text(const struct verify_pairs_result *r)
{
    struct text t;
    if (!text_begin(&t))
        return NULL;
    put_accuracy(&t, "wrong answers", r->accuracy, r->n, r->threshold);
    put_accuracy(&t, "at the very best", r->best_accuracy, r->n, r->best_threshold);
    fprintf(t.file, "equal error rate   %5.1f %%\n", 100 * r->eer);
    fprintf(t.file, "area under ROC     %7.3f\n", r->auc);
    fprintf(t.file, "pairs              %3d of the same person, %d of two, %d skipped", r->n_same,
            r->n_different, r->n_skipped);
    return text_end(&t);
}

// A line for the runs of which the fewest and the most tests were right.
static void put_runs(struct text *t, const double *accuracy, int n)
{
    double worst = 1, best = 0;
    for (int i = 0; i < n; i++) {
        worst = fmin(worst, accuracy[i]);
        best = fmax(best, accuracy[i]);
    }
    fprintf(t->file, "worst, best run    %5.1f %%, %.1f %% of %d\n", 100 * worst, 100 * best, n);
}

char *verify_oneshot_text(const struct verify_oneshot_result *r)
{
    struct text t;
    if (!text_begin(&t))
        return NULL;
    fprintf(t.file, "right answers      %5.1f %% (%d of %d; %.1f to %.1f %%, 95 %% sure)\n",
            100 * r->accuracy, r->right, r->n, 100 * r->low, 100 * r->high);
    if (r->runs > 1)
        put_runs(&t, r->per_run, r->runs);
    fprintf(t.file, "by chance          %5.1f %% (", 100 * r->chance);
    if (r->ways_min < r->ways_max)
        fprintf(t.file, "%d to ", r->ways_min);
    fprintf(t.file, "%d-way)", r->ways_max);
    return text_end(&t);
}
