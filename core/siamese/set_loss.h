// SPDX-License-Identifier: MIT
// The loss of a set of pictures that are all compared with each other.
#ifndef VISAVIS_CORE_SIAMESE_SET_LOSS_H
#define VISAVIS_CORE_SIAMESE_SET_LOSS_H

#include "core/base/err.h"

// Two losses of logits: [n, n] (symmetric; the diagonal is passed over) of pictures with labels:
// [n], and their sum's gradient dlogits: [n, n], each entry for itself:
//
//   pairs    binary cross-entropy of all pairs, where the pairs of one label weigh as much together
//            as those of two: what makes a logit above 0 mean "the same", whatever the batch.
//   ranking  of each picture a and each other p of its label, -log(exp z(a,p) / (exp z(a,p) + sum
//            over pictures q of other labels of exp z(a,q))), meaned over p, then over a: a's own
//            kind must be nearer than all others at once, which leaves the far ones alone and
//            presses on the near ones. (Sohn, "Improved Deep Metric Learning with Multi-class
//            N-pair Loss Objective", 2016, with a siamese net's logits for the inner products; as
//            supervised contrastive loss: Khosla et al. 2020, eq. 2, each positive for itself.)
//
// Labels with a single picture only repel.
struct siam_set_loss {
    double pairs;
    double ranking;
};

struct siam_set_loss siam_set_loss(const float *logits, const int *labels, int n, float *dlogits);

#endif
