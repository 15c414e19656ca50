// SPDX-License-Identifier: MIT
#include "core/siamese/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMEDY "train again or restore a copy"

int siam_model_create(struct siam_model **out, struct nn_net *net, const struct siam_input *input,
                      const struct siam_card *card, struct err *err)
{
    *out = calloc(1, sizeof **out);
    if (!*out) {
        nn_net_destroy(net);
        return err_memory(err, "model");
    }
    atomic_init(&(*out)->refs, 1);
    (*out)->net = net;
    (*out)->input = input ? *input : siam_input_whole(net->config.channels);
    (*out)->card = *card;
    return 0;
}

struct siam_model *siam_model_ref(struct siam_model *model)
{
    atomic_fetch_add(&model->refs, 1);
    return model;
}

void siam_model_unref(struct siam_model *model)
{
    if (!model || atomic_fetch_sub(&model->refs, 1) > 1)
        return;
    nn_net_destroy(model->net);
    free(model);
}

void siam_net_tensors(const struct nn_net *net, struct siam_tensor tensors[NN_TENSORS])
{
    for (int i = 0; i < NN_TENSORS; i++) {
        const struct nn_tensor *from = &net->layout.tensor[i];
        struct siam_tensor *t = &tensors[i];
        *t = (struct siam_tensor){.rank = from->rank, .values = net->block + from->offset};
        snprintf(t->name, sizeof t->name, "%s", from->name);
        memcpy(t->shape, from->shape, (size_t)from->rank * sizeof t->shape[0]);
    }
}

// ---- The card -------------------------------------------------------------------------------

static void put_card(struct siam_meta *meta, const struct siam_card *card)
{
    siam_meta_put(meta, "program", "visavis");
    siam_meta_put(meta, "version", card->program);
    siam_meta_put(meta, "recipe", card->recipe);
    siam_meta_put(meta, "created", card->created);
    siam_meta_put_u64(meta, "seed", card->seed);
    siam_meta_put_u64(meta, "epochs", (uint64_t)card->epochs);
    siam_meta_put_u64(meta, "first", card->first);
    siam_meta_put_double(meta, "seconds", card->seconds);
    siam_meta_put_u64(meta, "n_anchor", (uint64_t)card->n_anchor);
    siam_meta_put_u64(meta, "n_positive", (uint64_t)card->n_positive);
    siam_meta_put_u64(meta, "n_negative", (uint64_t)card->n_negative);
    siam_meta_put_u64(meta, "n_people", (uint64_t)card->n_people);
    siam_meta_put_u64(meta, "n_skipped", (uint64_t)card->n_skipped);
    siam_meta_put_double(meta, "threshold", (double)card->threshold);
    siam_meta_put_u64(meta, "anchors_needed", (uint64_t)card->needed);
    siam_meta_put_double(meta, "far", card->far);
    siam_meta_put_double(meta, "frr", card->frr);
    siam_meta_put_u64(meta, "n_genuine", (uint64_t)card->n_genuine);
    siam_meta_put_u64(meta, "n_impostor", (uint64_t)card->n_impostor);
    siam_meta_put_double(meta, "heldout_loss", card->heldout_loss);
    siam_meta_put_double(meta, "precision", card->precision);
    siam_meta_put_double(meta, "recall", card->recall);
    siam_meta_put_double(meta, "auc", card->auc);
    siam_meta_put(meta, "heldout", card->heldout);
    if (card->n_impostor > 0 && siam_scores_errors(&card->scores, 0).n_others > 0) {
        siam_meta_put_bytes(meta, "scores_own", card->scores.own, sizeof card->scores.own);
        siam_meta_put_bytes(meta, "scores_others", card->scores.others, sizeof card->scores.others);
    }
}

// What is missing stays zero: the card is what is known of the model.
static void get_card(const struct siam_meta *meta, struct siam_card *card)
{
    double threshold = 0.5;
    int first = 0;
    siam_meta_string(meta, "version", card->program, sizeof card->program);
    siam_meta_string(meta, "recipe", card->recipe, sizeof card->recipe);
    siam_meta_string(meta, "created", card->created, sizeof card->created);
    siam_meta_u64(meta, "seed", &card->seed);
    siam_meta_count(meta, "epochs", &card->epochs);
    siam_meta_count(meta, "first", &first);
    siam_meta_double(meta, "seconds", &card->seconds);
    siam_meta_count(meta, "n_anchor", &card->n_anchor);
    siam_meta_count(meta, "n_positive", &card->n_positive);
    siam_meta_count(meta, "n_negative", &card->n_negative);
    siam_meta_count(meta, "n_people", &card->n_people);
    siam_meta_count(meta, "n_skipped", &card->n_skipped);
    siam_meta_double(meta, "threshold", &threshold);
    siam_meta_count(meta, "anchors_needed", &card->needed);
    siam_meta_double(meta, "far", &card->far);
    siam_meta_double(meta, "frr", &card->frr);
    siam_meta_count(meta, "n_genuine", &card->n_genuine);
    siam_meta_count(meta, "n_impostor", &card->n_impostor);
    siam_meta_double(meta, "heldout_loss", &card->heldout_loss);
    siam_meta_double(meta, "precision", &card->precision);
    siam_meta_double(meta, "recall", &card->recall);
    siam_meta_double(meta, "auc", &card->auc);
    siam_meta_string(meta, "heldout", card->heldout, sizeof card->heldout);
    siam_meta_bytes(meta, "scores_own", card->scores.own, sizeof card->scores.own);
    siam_meta_bytes(meta, "scores_others", card->scores.others, sizeof card->scores.others);
    card->first = first > 0;
    card->threshold = (float)threshold;
}

// ---- The input --------------------------------------------------------------------------------

static void put_input(struct siam_meta *meta, const struct siam_input *input)
{
    siam_meta_put(meta, "input", input->way == SIAM_FACE ? "face" : "whole");
    if (input->aligned)
        siam_meta_put_bytes(meta, "mean_face", &input->align, sizeof input->align);
}

// A file that says nothing is of a net that is shown whole pictures.
static int get_input(struct siam_input *input, const struct siam_tensor_file *file, int channels,
                     struct err *err)
{
    const char *way = file->ours ? siam_meta_get(&file->meta, "input") : NULL;
    *input = siam_input_whole(channels);
    if (!way || strcmp(way, "whole") == 0)
        return 0;
    if (strcmp(way, "face") != 0 || channels != 3)
        return siam_tensors_refuse(file, err, "its input (%s, %d channels) is none that is known",
                                   way, channels);
    input->way = SIAM_FACE;
    if (siam_meta_get(&file->meta, "mean_face")) {
        input->aligned =
            siam_meta_bytes(&file->meta, "mean_face", &input->align, sizeof input->align);
        if (!input->aligned)
            return siam_tensors_refuse(file, err, "its mean face is damaged");
    }
    return 0;
}

// ---- The file -------------------------------------------------------------------------------

int siam_model_save(const struct siam_model *model, const char *path, struct err *err)
{
    struct siam_tensor tensors[NN_TENSORS];
    struct siam_meta meta = {.n = 0};
    siam_net_tensors(model->net, tensors);
    put_card(&meta, &model->card);
    put_input(&meta, &model->input);
    return siam_tensors_write(path, &meta, tensors, NN_TENSORS, NULL, NULL, err);
}

// From an open file.
static int read_model(struct siam_model **out, struct siam_tensor_file *file,
                      const struct nn_config *config, struct err *err)
{
    if (siam_tensors_find(file, "adam.m"))
        return siam_tensors_refuse(file, err, "a checkpoint of a training, not a model");
    struct siam_card card = {.threshold = 0.5f};
    if (file->ours)
        get_card(&file->meta, &card);
    if (!(card.threshold >= 0 && card.threshold <= 1))
        return siam_tensors_refuse(file, err, "threshold %g is not in 0..1",
                                   (double)card.threshold);
    struct siam_input input;
    struct nn_net *net;
    int ret = get_input(&input, file, config->channels, err);
    if (!ret)
        ret = nn_net_create(&net, config, err);
    if (ret)
        return ret;
    struct siam_tensor tensors[NN_TENSORS];
    siam_net_tensors(net, tensors);
    ret = siam_tensors_read(file, tensors, NN_TENSORS, err);
    if (ret) {
        nn_net_destroy(net);
        return ret;
    }
    return siam_model_create(out, net, &input, &card, err);
}

int siam_model_load_as(struct siam_model **out, const char *path, const struct nn_config *config,
                       struct err *err)
{
    *out = NULL;
    struct siam_tensor_file file;
    int ret = siam_tensors_open(&file, path, REMEDY, err);
    if (ret)
        return ret;
    ret = read_model(out, &file, config, err);
    siam_tensors_close(&file);
    return ret;
}

int siam_model_load(struct siam_model **out, const char *path, struct err *err)
{
    *out = NULL;
    struct siam_tensor_file file;
    int ret = siam_tensors_open(&file, path, REMEDY, err);
    if (ret)
        return ret;
    const struct siam_tensor *first = siam_tensors_find(&file, "embedding.conv1.weight");
    struct nn_config config = nn_config_koch(first && first->shape[1] == 1 ? 1 : 3);
    ret = read_model(out, &file, &config, err);
    siam_tensors_close(&file);
    return ret;
}

int siam_model_read_card(struct siam_card *card, const char *path, struct err *err)
{
    struct siam_tensor_file file;
    int ret = siam_tensors_open(&file, path, REMEDY, err);
    if (ret)
        return ret;
    *card = (struct siam_card){.threshold = 0.5f};
    if (file.ours)
        get_card(&file.meta, card);
    siam_tensors_close(&file);
    return 0;
}
