// SPDX-License-Identifier: MIT
// Model files.
#include "core/siamese/model.h"
#include "tests/fuzz/tensors.h"

static void load(const char *path)
{
    struct siam_model *model;
    struct err err = {0};
    int ret = siam_model_load_as(&model, path, &fuzz_net, &err);
    fuzz_check_result(ret, &err);
    FUZZ_CHECK((ret == 0) == (model != NULL));
    if (model) {
        FUZZ_CHECK(model->card.threshold >= 0 && model->card.threshold <= 1);
        FUZZ_CHECK(siam_all_finite(model->net->block, model->net->layout.n_params));
    }
    siam_model_unref(model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_both(data, size, load);
    return 0;
}
