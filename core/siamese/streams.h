// SPDX-License-Identifier: MIT
// One seed serves a whole training; each use draws from a stream of its own (rng_seed()).
#ifndef VISAVIS_CORE_SIAMESE_STREAMS_H
#define VISAVIS_CORE_SIAMESE_STREAMS_H

enum siam_stream {
    SIAM_STREAM_WEIGHTS = 1,    // the net at the start
    SIAM_STREAM_CHOICE = 2,     // which negatives, where there are more than wanted
    SIAM_STREAM_SPLIT = 3,      // which groups are held out: of the own pictures, and (4) of others
    SIAM_STREAM_CYCLES = 0x100, // orders of the rounds: this and above
    SIAM_STREAM_STEPS = 1 << 28,   // which pictures of a person a step shows: this and above
    SIAM_STREAM_CHANGES = 1 << 29, // how they are changed: this and above
    SIAM_STREAM_ROUNDS = 1 << 30,  // who is in which round, by weights: this and above
};

#endif
