// SPDX-License-Identifier: MIT
#include "core/verify/verdict.h"

static bool counts(const struct verify_seen *seen, int64_t now_ns, int n_before)
{
    int64_t most = n_before < VERIFY_FRAMES_LEAST ? VERIFY_STALE_NS : VERIFY_MOMENT_NS;
    return seen->at_ns > 0 && now_ns - seen->at_ns <= most;
}

enum verify_verdict verify_verdict(const struct verify_seen *ring, int n, int last, float threshold)
{
    int frames = 0, faces = 0, matches = 0;
    for (; frames < n; frames++) {
        const struct verify_seen *seen = &ring[(last - frames + n) % n];
        if (!counts(seen, ring[last].at_ns, frames))
            break;
        faces += seen->face;
        matches += seen->face && seen->score >= threshold;
    }
    if (frames == 0)
        return VERIFY_UNDECIDED;
    if (2 * faces < frames)
        return VERIFY_NOBODY;
    if (faces >= VERIFY_FRAMES_LEAST && 4 * matches >= 3 * faces)
        return VERIFY_YOU;
    if (faces >= VERIFY_FRAMES_LEAST && 4 * matches <= faces)
        return VERIFY_STRANGER;
    return VERIFY_UNSURE;
}

const char *verify_verdict_name(enum verify_verdict verdict)
{
    static const char *const names[] = {
        [VERIFY_UNDECIDED] = "", [VERIFY_NOBODY] = "no face",    [VERIFY_UNSURE] = "not sure",
        [VERIFY_YOU] = "you",    [VERIFY_STRANGER] = "stranger",
    };
    return names[verdict];
}
