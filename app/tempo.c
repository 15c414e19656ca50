// SPDX-License-Identifier: MIT
#include "app/tempo.h"

#include "core/base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void app_tempo_add(struct app_tempo *t, int64_t end_ns, int64_t took_ns)
{
    t->end_ns[t->n % APP_TEMPO] = end_ns;
    t->took_ns[t->n % APP_TEMPO] = took_ns;
    t->n++;
}

static int kept(const struct app_tempo *t)
{
    return t->n < APP_TEMPO ? (int)t->n : APP_TEMPO;
}

double app_tempo_rate(const struct app_tempo *t, int64_t now_ns)
{
    int64_t last = t->n > 0 ? t->end_ns[(t->n - 1) % APP_TEMPO] : 0, first = last;
    int n = 0;
    if (t->n == 0 || now_ns - last > CLOCK_SECOND)
        return 0;
    for (; n < kept(t) && now_ns - t->end_ns[(t->n - 1 - n) % APP_TEMPO] <= 2 * CLOCK_SECOND; n++)
        first = t->end_ns[(t->n - 1 - n) % APP_TEMPO];
    return last > first ? (double)(n - 1) * CLOCK_SECOND / (double)(last - first) : 0;
}

static int ascending(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

double app_tempo_ms(const struct app_tempo *t, double p)
{
    int64_t sorted[APP_TEMPO];
    int n = kept(t), rank = (int)ceil(p * n);
    if (n == 0)
        return NAN;
    memcpy(sorted, t->took_ns, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    return (double)sorted[rank > 0 ? rank - 1 : 0] * 1e-6;
}
