// SPDX-License-Identifier: MIT
// A small net with the input of the real one, and pictures to feed it: coloured bars, alike for one
// person, with noise that differs from take to take.
#ifndef VISAVIS_TESTS_TINY_H
#define VISAVIS_TESTS_TINY_H

#include "core/image/save.h"
#include "core/siamese/model.h"
#include "tests/test.h"

static inline struct nn_config tiny_config(int channels)
{
    return (struct nn_config){
        .side = 105,
        .channels = channels,
        .conv = {{10, 4, true}, {7, 4, true}, {4, 4, true}, {4, 8, false}},
        .embedding = 37,
    };
}

// Random weights; the head is such that equal pictures score 0.88, and others less the further
// apart their embeddings are.
static inline struct siam_model *tiny_model(const struct nn_config *config, float threshold)
{
    struct nn_net *net;
    struct siam_model *model;
    struct siam_card card = {.threshold = threshold};
    struct rng rng;
    rng_seed(&rng, 1, 0);
    assert_int_equal(nn_net_create(&net, config, NULL), 0);
    nn_net_init_glorot(net, &rng);
    for (int k = 0; k < config->embedding; k++)
        net->p.head_w[k] = -8;
    net->p.head_b[0] = 2;
    assert_int_equal(siam_model_create(&model, net, NULL, &card, NULL), 0);
    return model;
}

static inline void tiny_draw(struct img *img, int person, int take)
{
    struct rng rng;
    rng_seed(&rng, (uint64_t)person, (uint64_t)take);
    assert_int_equal(img_reserve(img, 120 + take % 3, 130, NULL), 0);
    for (int i = 0; i < img->h; i++)
        for (int j = 0; j < img->w; j++)
            for (int c = 0; c < 3; c++) {
                int bar = (i * (1 + person % 3) + j * (1 + person % 5)) / 20 % 2;
                int base = bar ? 40 + 30 * ((person + c) % 5) : 200 - 40 * ((person + 2 * c) % 4);
                img->px[(i * img->w + j) * 3 + c] = (uint8_t)(base + (int)rng_below(&rng, 20));
            }
}

// DIR/NAME as PNG.
static inline void tiny_picture(const char *dir, const char *name, int person, int take)
{
    char path[4200];
    struct img img = {0};
    tiny_draw(&img, person, take);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(img_save_png(&img, path, NULL), 0);
    img_finish(&img);
}

#endif
