// SPDX-License-Identifier: MIT
// Lists of pairs. Their paths lead below a folder without pictures.
#include "core/siamese/model.h"
#include "core/verify/report.h"
#include "tests/fuzz/tensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct siam_model *model;
    static struct pool *pool;
    struct verify_pairs_result result;
    struct err err = {0};
    if (!model) {
        struct nn_net *net;
        struct siam_card card = {.threshold = 0.5f};
        FUZZ_CHECK(nn_net_create(&net, &fuzz_net, NULL) == 0);
        FUZZ_CHECK(siam_model_create(&model, net, NULL, &card, NULL) == 0);
        FUZZ_CHECK(pool_create(&pool, 1, 0, NULL) == 0);
    }
    int ret =
        verify_pairs(&result, model, "/proc/self/fdinfo", fuzz_file(data, size), pool, NULL, &err);
    FUZZ_CHECK(ret < 0 || (result.n == result.n_same + result.n_different && result.n > 0));
    fuzz_check_result(ret, &err);
    return 0;
}
