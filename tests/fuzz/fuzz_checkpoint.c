// SPDX-License-Identifier: MIT
// Checkpoints of a training.
#include "core/siamese/checkpoint.h"
#include "tests/fuzz/tensors.h"

static void load(const char *path)
{
    struct siam_checkpoint ck = {0};
    struct err err = {0};
    FUZZ_CHECK(nn_net_create(&ck.net, &fuzz_net, NULL) == 0);
    size_t n = ck.net->layout.n_params;
    ck.adam_m = calloc(n, sizeof *ck.adam_m);
    ck.adam_v = calloc(n, sizeof *ck.adam_v);
    FUZZ_CHECK(ck.adam_m && ck.adam_v);
    int ret = siam_checkpoint_load(&ck, path, &err);
    fuzz_check_result(ret, &err);
    FUZZ_CHECK(ret || (ck.epochs >= 0 && ck.epoch >= 0 && ck.step_in_epoch >= 0 && ck.adam_t >= 0));
    nn_net_destroy(ck.net);
    free(ck.adam_m);
    free(ck.adam_v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_both(data, size, load);
    return 0;
}
