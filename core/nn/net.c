// SPDX-License-Identifier: MIT
#include "core/nn/net.h"

#include "core/base/large.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FLOATS ((size_t)INT32_MAX) // of a tensor, of a layer's output, of all parameters

struct nn_config nn_config_koch(int channels)
{
    return (struct nn_config){
        .side = 105,
        .channels = channels,
        .conv = {{10, 64, true}, {7, 128, true}, {4, 128, true}, {4, 256, false}},
        .embedding = 4096,
    };
}

// The product of `n` positive sizes, or 0 if it is beyond MAX_FLOATS.
static size_t product(const int *sizes, int n)
{
    size_t result = 1;
    for (int i = 0; i < n; i++) {
        if ((size_t)sizes[i] > MAX_FLOATS / result)
            return 0;
        result *= (size_t)sizes[i];
    }
    return result;
}

// Sets the sides of convolution l, given those of its input.
static int lay_conv(struct nn_layout *layout, const struct nn_config *config, int l,
                    struct err *err)
{
    const struct nn_conv_spec *conv = &config->conv[l];
    int in = layout->in_side[l];
    if (conv->kernel < 1 || conv->channels < 1 || conv->kernel > in)
        return err_set(err, ERR_USAGE,
                       "net: convolution %d (kernel %d, %d channels) does not fit its input of "
                       "side %d",
                       l + 1, conv->kernel, conv->channels, in);
    int side = in - conv->kernel + 1;
    layout->conv_side[l] = side;
    layout->out_side[l] = conv->pool ? side / 2 + side % 2 : side;
    if (!product((int[]){conv->channels, side, side}, 3))
        return err_set(err, ERR_USAGE, "net: the output of convolution %d is too large", l + 1);
    return 0;
}

// Appends a tensor behind the `*count` there are. `shape` has `rank` sizes.
static int add_tensor(struct nn_layout *layout, int *count, const char *name, int rank,
                      const int *shape, struct err *err)
{
    struct nn_tensor *t = &layout->tensor[(*count)++];
    *t = (struct nn_tensor){.rank = rank, .offset = layout->n_params};
    snprintf(t->name, sizeof t->name, "%s", name);
    memcpy(t->shape, shape, (size_t)rank * sizeof *shape);
    t->size = product(shape, rank);
    if (!t->size || t->size > MAX_FLOATS - layout->n_params)
        return err_set(err, ERR_USAGE, "net: %s makes more than 2^31 parameters", name);
    layout->n_params += t->size;
    return 0;
}

static int add_tensors(struct nn_layout *layout, const struct nn_config *config, struct err *err)
{
    int ret = 0, count = 0;
    char name[32];
    for (int l = 0; l < NN_CONVS && ret == 0; l++) {
        const struct nn_conv_spec *conv = &config->conv[l];
        const int shape[] = {conv->channels, layout->in_channels[l], conv->kernel, conv->kernel};
        snprintf(name, sizeof name, "embedding.conv%d.weight", l + 1);
        ret = add_tensor(layout, &count, name, 4, shape, err);
        snprintf(name, sizeof name, "embedding.conv%d.bias", l + 1);
        if (ret == 0)
            ret = add_tensor(layout, &count, name, 1, shape, err);
    }
    const int fc[] = {config->embedding, layout->flat};
    const int head[] = {1, config->embedding};
    if (ret == 0)
        ret = add_tensor(layout, &count, "embedding.fc.weight", 2, fc, err);
    if (ret == 0)
        ret = add_tensor(layout, &count, "embedding.fc.bias", 1, fc, err);
    if (ret == 0)
        ret = add_tensor(layout, &count, "head.weight", 2, head, err);
    if (ret == 0)
        ret = add_tensor(layout, &count, "head.bias", 1, head, err);
    return ret;
}

int nn_layout(struct nn_layout *layout, const struct nn_config *config, struct err *err)
{
    memset(layout, 0, sizeof *layout);
    if (config->side < 1 || config->channels < 1 || config->embedding < 1)
        return err_set(err, ERR_USAGE, "net: side, channels and embedding must be at least 1");
    int side = config->side, channels = config->channels;
    if (!product((int[]){channels, side, side}, 3))
        return err_set(err, ERR_USAGE, "net: the input is too large");
    for (int l = 0; l < NN_CONVS; l++) {
        layout->in_side[l] = side;
        layout->in_channels[l] = channels;
        int ret = lay_conv(layout, config, l, err);
        if (ret < 0)
            return ret;
        side = layout->out_side[l];
        channels = config->conv[l].channels;
    }
    layout->flat = channels * side * side;
    return add_tensors(layout, config, err);
}

struct nn_params nn_params_at(const struct nn_layout *layout, float *block)
{
    const struct nn_tensor *t = layout->tensor;
    struct nn_params p;
    for (int l = 0; l < NN_CONVS; l++) {
        p.conv_w[l] = block + t++->offset;
        p.conv_b[l] = block + t++->offset;
    }
    p.fc_w = block + t++->offset;
    p.fc_b = block + t++->offset;
    p.head_w = block + t++->offset;
    p.head_b = block + t++->offset;
    return p;
}

int nn_net_create(struct nn_net **out, const struct nn_config *config, struct err *err)
{
    *out = NULL;
    struct nn_net *net = calloc(1, sizeof *net);
    if (!net)
        return err_memory(err, "net");
    net->config = *config;
    int ret = nn_layout(&net->layout, config, err);
    if (ret < 0)
        goto error;
    size_t bytes = net->layout.n_params * sizeof(float);
    net->block = large_alloc(bytes);
    if (!net->block) {
        ret = err_memory(err, "parameters of the net");
        goto error;
    }
    memset(net->block, 0, bytes);
    net->p = nn_params_at(&net->layout, net->block);
    *out = net;
    return 0;
error:
    nn_net_destroy(net);
    return ret;
}

void nn_net_destroy(struct nn_net *net)
{
    if (!net)
        return;
    free(net->block);
    free(net);
}

void nn_net_init_glorot(struct nn_net *net, struct rng *rng)
{
    memset(net->block, 0, net->layout.n_params * sizeof(float));
    for (int i = 0; i < NN_TENSORS; i++) {
        const struct nn_tensor *t = &net->layout.tensor[i];
        if (t->rank == 1)
            continue;
        int field = t->rank == 4 ? t->shape[2] * t->shape[3] : 1;
        double fans = (double)field * ((double)t->shape[0] + t->shape[1]);
        float limit = (float)sqrt(6 / fans);
        float *w = net->block + t->offset;
        for (size_t k = 0; k < t->size; k++)
            w[k] = rng_uniform(rng, -limit, limit);
    }
}

void nn_net_init_he(struct nn_net *net, struct rng *rng)
{
    nn_net_init_glorot(net, rng);
    for (int l = 0; l < NN_CONVS; l++) {
        const struct nn_tensor *t = &net->layout.tensor[2 * l]; // glorot's limit to he's
        size_t field = (size_t)t->shape[2] * (size_t)t->shape[3];
        size_t fan_in = field * (size_t)t->shape[1], fan_out = field * (size_t)t->shape[0];
        float factor = (float)sqrt((double)(fan_in + fan_out) / (double)fan_in);
        for (size_t k = 0; k < t->size; k++)
            net->p.conv_w[l][k] *= factor;
        for (size_t o = 0; o < (size_t)t->shape[0] && l == 0; o++)
            for (size_t k = 0; k < fan_in; k++)
                net->p.conv_b[0][o] -= 0.5f * net->p.conv_w[0][o * fan_in + k];
    }
}
