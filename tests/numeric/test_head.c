// SPDX-License-Identifier: MIT
#include "tests/numeric/nets.h"

static void head_is_its_formula(void **state)
{
    (void)state;
    struct nn_config config = small_config;
    config.embedding = 35; // not a multiple of any vector
    struct nn_net *net = make_net(&config, 61);
    struct rng rng;
    rng_seed(&rng, 62, 0);
    float *e = random_floats(&rng, 3 * 35, 0, 1), logits[3];
    const struct nn_pair pairs[] = {{0, 1, 1}, {2, 0, 0}, {1, 1, 1}};
    nn_head_forward(net, e, pairs, 3, logits);
    for (int i = 0; i < 3; i++) {
        double z = net->p.head_b[0];
        for (int k = 0; k < 35; k++)
            z += net->p.head_w[k] * fabs((double)e[pairs[i].a * 35 + k] - e[pairs[i].b * 35 + k]);
        assert_true(fabs(logits[i] - z) < 1e-5);
    }
    assert_true(logits[2] == net->p.head_b[0]);
    assert_true(nn_head_logit(net, e, e + 35) == nn_head_logit(net, e + 35, e));
    free(e);
    nn_net_destroy(net);
}

// Where two embeddings agree in a component, its derivative is 0, and so is a picture's with
// itself.
static void head_backward_is_zero_at_zero(void **state)
{
    (void)state;
    struct nn_net *net = make_net(&small_config, 63);
    enum { E = 11 };
    float e[3 * E], de[3 * E];
    for (int k = 0; k < 3 * E; k++)
        e[k] = 0.5F;
    e[0] = 0.75F;
    const struct nn_pair pairs[] = {{0, 1, 1}, {2, 2, 0}};
    const float dlogits[] = {2, 3};
    float *grad = zero_floats(net->layout.n_params);
    struct nn_params views = nn_params_at(&net->layout, grad);
    memset(de, 0xff, sizeof de);
    nn_head_backward(net, e, 3, pairs, 2, dlogits, de, &views);
    assert_true(de[0] == 2 * net->p.head_w[0] && de[E] == -de[0]);
    assert_true(views.head_w[0] == 0.5F && views.head_b[0] == 5);
    for (int k = 1; k < E; k++)
        assert_true(de[k] == 0 && de[E + k] == 0 && views.head_w[k] == 0);
    for (int k = 0; k < E; k++)
        assert_true(de[2 * E + k] == 0);
    free(grad);
    nn_net_destroy(net);
}

static void bce_neither_overflows_nor_saturates(void **state)
{
    (void)state;
    const float logits[] = {0, 200, -200, 200, -200, 2, 20};
    const struct nn_pair pairs[] = {{0, 1, 1}, {0, 1, 1}, {0, 1, 0}, {0, 1, 0},
                                    {0, 1, 1}, {0, 1, 0}, {0, 1, 1}};
    const double want[] = {log(2), 0, 0, 200, 200, 2.1269280110429727, 2.0611536181902037e-9};
    const double slope[] = {-0.5, 0, 0, 1, -1, 0.8807970779778823, -2.0611536181902037e-9};
    for (int i = 0; i < 7; i++) {
        float d;
        double loss = nn_bce(&logits[i], &pairs[i], 1, &d);
        assert_true(fabs(loss - want[i]) <= 1e-6 * want[i] + 1e-30);
        assert_true(fabs(d - slope[i]) <= 1e-6 * fabs(slope[i]) + 1e-30);
    }
    float d[7];
    double sum = 0;
    for (int i = 0; i < 7; i++)
        sum += want[i];
    assert_true(fabs(nn_bce(logits, pairs, 7, d) - sum / 7) < 1e-6);
    assert_true(fabs(d[3] - 1.0 / 7) < 1e-7);
    assert_true(nn_bce(logits, pairs, 7, NULL) == nn_bce(logits, pairs, 7, d));
    assert_true(isnan(nn_bce(&(float){NAN}, pairs, 1, NULL)));
    assert_true(nn_sigmoid(0) == 0.5F && nn_sigmoid(200) == 1 && nn_sigmoid(-200) < 1e-30F);
}

int main(void)
{
    nn_blas_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_is_its_formula),
        cmocka_unit_test(head_backward_is_zero_at_zero),
        cmocka_unit_test(bce_neither_overflows_nor_saturates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
