// SPDX-License-Identifier: MIT
// How often something happens lately, and how long it takes. Plain data: whoever shares one between
// threads has the lock.
#ifndef VISAVIS_APP_TEMPO_H
#define VISAVIS_APP_TEMPO_H

#include <stdint.h>

#define APP_TEMPO 100 // times that are remembered

// Zero-initialise.
struct app_tempo {
    int64_t end_ns[APP_TEMPO];  // when it was done, a ring
    int64_t took_ns[APP_TEMPO]; // how long it took
    int64_t n;                  // times in all
};

void app_tempo_add(struct app_tempo *tempo, int64_t end_ns, int64_t took_ns);

// Times a second, by those of the last two seconds; 0 where the last one is a second ago.
double app_tempo_rate(const struct app_tempo *tempo, int64_t now_ns);

// The least number of ms within which a share `p`, 0..1, of the last times was done; NAN before the
// first.
double app_tempo_ms(const struct app_tempo *tempo, double p);

#endif
