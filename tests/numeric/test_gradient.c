// SPDX-License-Identifier: MIT
// The net and the pair head as a whole against a second one in double, written from the definition:
// its values, and its difference quotients against the gradient.
#include "tests/numeric/nets.h"

// y[o, i, j] of a convolution, then relu and pooling, on one picture. Returns the new side.
static int double_conv(const struct nn_conv_spec *spec, int ci, int h, const double *x,
                       const double *w, const double *b, double *y)
{
    int k = spec->kernel, side = h - k + 1, step = spec->pool ? 2 : 1;
    int out = (side + step - 1) / step;
    memset(y, 0, (size_t)spec->channels * out * out * sizeof *y);
    for (int o = 0; o < spec->channels; o++)
        for (int i = 0; i < side; i++)
            for (int j = 0; j < side; j++) {
                double sum = b[o];
                for (int c = 0; c < ci; c++)
                    for (int u = 0; u < k; u++)
                        for (int v = 0; v < k; v++)
                            sum +=
                                w[((o * ci + c) * k + u) * k + v] * x[(c * h + i + u) * h + j + v];
                double *to = &y[(o * out + i / step) * out + j / step];
                *to = fmax(*to, sum);
            }
    return out;
}

static void double_embed(const struct nn_config *config, const struct nn_layout *layout,
                         const double *p, const float *picture, double *e)
{
    static double a[32000], b[32000];
    double *x = a, *y = b;
    int side = config->side, channels = config->channels;
    for (size_t i = 0; i < input_size(config); i++)
        x[i] = picture[i];
    const struct nn_tensor *t = layout->tensor;
    for (int l = 0; l < NN_CONVS; l++, t += 2) {
        side =
            double_conv(&config->conv[l], channels, side, x, p + t[0].offset, p + t[1].offset, y);
        channels = config->conv[l].channels;
        double *swap = x;
        x = y;
        y = swap;
    }
    for (int k = 0; k < config->embedding; k++) {
        double sum = p[t[1].offset + (size_t)k];
        for (int i = 0; i < layout->flat; i++)
            sum += p[t[0].offset + (size_t)k * layout->flat + i] * x[i];
        e[k] = 1 / (1 + exp(-sum));
    }
}

struct problem {
    struct nn_config config;
    struct nn_layout layout;
    const float *x;
    int n;
    const struct nn_pair *pairs;
    int m;
};

static double double_loss(const struct problem *problem, const double *p)
{
    static double e[16][64];
    int size = problem->config.embedding;
    for (int i = 0; i < problem->n; i++)
        double_embed(&problem->config, &problem->layout, p,
                     problem->x + i * input_size(&problem->config), e[i]);
    const double *w = p + problem->layout.tensor[NN_TENSORS - 2].offset, bias = w[size];
    double loss = 0;
    for (int i = 0; i < problem->m; i++) {
        const struct nn_pair *pair = &problem->pairs[i];
        double z = bias;
        for (int k = 0; k < size; k++)
            z += w[k] * fabs(e[pair->a][k] - e[pair->b][k]);
        double score = 1 / (1 + exp(-z));
        loss -= pair->label > 0.5F ? log(score) : log(1 - score);
    }
    return loss / problem->m;
}

// Loss and gradient of the whole thing by the program. grad: [n_params].
static double program_loss(const struct problem *problem, const struct nn_net *net, float *grad)
{
    struct pool *pool = make_pool(2);
    struct nn_work *work = make_work(&problem->config, problem->n, NN_TRAIN, pool);
    size_t size = (size_t)problem->n * problem->config.embedding;
    float *e = zero_floats(size), *de = zero_floats(size);
    float logits[16], dlogits[16];
    struct nn_params views = nn_params_at(&problem->layout, grad);
    assert_int_equal(nn_forward(net, work, problem->x, problem->n, e, NULL), 0);
    nn_head_forward(net, e, problem->pairs, problem->m, logits);
    double loss = nn_bce(logits, problem->pairs, problem->m, dlogits);
    memset(grad, 0xff, problem->layout.n_params * sizeof *grad); // all of it must be overwritten
    nn_head_backward(net, e, problem->n, problem->pairs, problem->m, dlogits, de, &views);
    assert_int_equal(nn_backward(net, work, problem->n, e, de, &views, NULL), 0);
    free(e);
    free(de);
    nn_work_destroy(work);
    pool_destroy(pool);
    return loss;
}

// Difference quotients of some parameters of each tensor, in double, against the gradient. Where
// all of a tensor's gradient is small, it is the rest of larger terms, with their rounding
// error.
static void check_tensor(const struct problem *problem, const struct nn_tensor *t, double *p,
                         const float *grad, struct rng *rng)
{
    double scale = 1e-3;
    bool any = false;
    for (size_t i = 0; i < t->size; i++) {
        scale = fmax(scale, fabs(grad[t->offset + i]));
        any |= grad[t->offset + i] != 0;
    }
    assert_true(any);
    for (int i = 0; i < 12; i++) {
        size_t at = t->offset + rng_below(rng, (uint32_t)t->size);
        double was = p[at], step = 1e-6;
        p[at] = was + step;
        double above = double_loss(problem, p);
        p[at] = was - step;
        double below = double_loss(problem, p);
        p[at] = was;
        double slope = (above - below) / (2 * step);
        if (!(fabs(slope - grad[at]) <= 1e-4 * scale))
            fail_msg("%s, element %d: difference quotient %g, gradient %g", t->name,
                     (int)(at - t->offset), slope, grad[at]);
    }
}

static void check_gradient(const struct nn_config *config, uint64_t seed)
{
    static const struct nn_pair pairs[] = {{0, 1, 1}, {0, 2, 0}, {1, 2, 0}, {3, 3, 1}, {4, 0, 1}};
    struct problem problem = {.config = *config, .n = 5, .pairs = pairs, .m = 5};
    struct nn_net *net = make_net(config, seed);
    struct rng rng;
    rng_seed(&rng, seed, 1);
    float *x = random_floats(&rng, 5 * input_size(config), 0, 1);
    for (size_t i = 0; i < 5 * input_size(config); i++) // unlike each other, as noise alone is not
        x[i] *= (float)(i / input_size(config)) - 1.5F;
    for (size_t i = 0; i < net->layout.tensor[2 * NN_CONVS].size; i++)
        net->p.fc_w[i] *= 5; // embeddings all over 0..1
    problem.layout = net->layout;
    problem.x = x;
    float *grad = zero_floats(net->layout.n_params);
    double *p = malloc(net->layout.n_params * sizeof *p);
    for (size_t i = 0; i < net->layout.n_params; i++)
        p[i] = net->block[i];
    assert_true(fabs(program_loss(&problem, net, grad) - double_loss(&problem, p)) < 1e-6);
    for (int i = 0; i < NN_TENSORS; i++)
        check_tensor(&problem, &net->layout.tensor[i], p, grad, &rng);
    free(x);
    free(grad);
    free(p);
    nn_net_destroy(net);
}

static void backward_is_the_derivative(void **state)
{
    (void)state;
    struct nn_config config = small_config;
    check_gradient(&config, 21);
    config.channels = 1;
    config.side = 30; // even before the first pooling
    check_gradient(&config, 22);
    config.conv[3].kernel = 1; // 3x3 before the last pooling
    config.conv[3].pool = true;
    config.conv[1].pool = false;
    config.conv[1].kernel = 8;
    check_gradient(&config, 23);
}

// The tiles come to lie where they should, with and without pooling.
static void forward_matches_double(void **state)
{
    (void)state;
    struct nn_net *net = make_net(&tiled_config, 25);
    struct pool *pool = make_pool(2);
    struct nn_work *work = make_work_of(net, 1, NN_INFER, pool);
    size_t n_params = net->layout.n_params;
    struct rng rng;
    rng_seed(&rng, 26, 0);
    float *x = random_floats(&rng, input_size(&tiled_config), 0, 1), e[300], want[300];
    double *p = malloc(n_params * sizeof *p), want_double[300];
    for (size_t i = 0; i < n_params; i++)
        p[i] = net->block[i];
    double_embed(&tiled_config, &net->layout, p, x, want_double);
    for (int i = 0; i < 300; i++)
        want[i] = (float)want_double[i];
    assert_int_equal(nn_forward(net, work, x, 1, e, NULL), 0);
    assert_close(300, e, want, 1e-6, "embedding");
    free(x);
    free(p);
    nn_work_destroy(work);
    pool_destroy(pool);
    nn_net_destroy(net);
}

int main(void)
{
    nn_blas_init();
    if (simd_is_missing())
        return TEST_SKIPPED;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backward_is_the_derivative),
        cmocka_unit_test(forward_matches_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
