// SPDX-License-Identifier: MIT
// One seed serves a whole training; each use draws from a stream of its own (rng_seed()).
#ifndef VISAVIS_CORE_SIAMESE_STREAMS_H
#define VISAVIS_CORE_SIAMESE_STREAMS_H

enum siam_stream {
    SIAM_STREAM_WEIGHTS = 1,    // the net at the start
    SIAM_STREAM_CHOICE = 2,     // which negatives, where there are more than wanted
    SIAM_STREAM_SPLIT = 3,      // which groups are held out
    SIAM_STREAM_CYCLES = 0x100, // the sampler's permutations: this and above
};

#endif
