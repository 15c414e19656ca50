// SPDX-License-Identifier: MIT
#include "core/siamese/checkpoint.h"

#include "core/siamese/model.h"
#include "core/siamese/safetensors.h"

#define REMEDY    "train without --resume to start anew"
#define N_TENSORS (NN_TENSORS + 2)

static void all_tensors(const struct siam_checkpoint *ck, struct siam_tensor tensors[N_TENSORS])
{
    int n_params = (int)ck->net->layout.n_params;
    siam_net_tensors(ck->net, tensors);
    tensors[NN_TENSORS] = (struct siam_tensor){
        .name = "adam.m", .rank = 1, .shape = {n_params}, .values = ck->adam_m};
    tensors[NN_TENSORS + 1] = (struct siam_tensor){
        .name = "adam.v", .rank = 1, .shape = {n_params}, .values = ck->adam_v};
}

int siam_checkpoint_save(const struct siam_checkpoint *ck, const char *path,
                         bool (*give_up)(void *ctx), void *ctx, struct err *err)
{
    struct siam_tensor tensors[N_TENSORS];
    struct siam_meta meta = {.n = 0};
    all_tensors(ck, tensors);
    siam_meta_put(&meta, "version", VISAVIS_VERSION);
    siam_meta_put(&meta, "recipe", ck->recipe);
    siam_meta_put_u64(&meta, "seed", ck->seed);
    siam_meta_put_hex(&meta, "data_hash", ck->data_hash);
    siam_meta_put_hex(&meta, "config_hash", ck->config_hash);
    siam_meta_put(&meta, "kernels", ck->kernels);
    siam_meta_put(&meta, "blas_kernel", ck->blas_kernel);
    siam_meta_put_u64(&meta, "epochs", (uint64_t)ck->epochs);
    siam_meta_put_u64(&meta, "epoch", (uint64_t)ck->epoch);
    siam_meta_put_u64(&meta, "step_in_epoch", (uint64_t)ck->step_in_epoch);
    siam_meta_put_u64(&meta, "adam_t", (uint64_t)ck->adam_t);
    siam_meta_put_double(&meta, "epoch_loss", ck->epoch_loss);
    siam_meta_put_double(&meta, "seconds", ck->seconds);
    return siam_tensors_write(path, &meta, tensors, N_TENSORS, give_up, ctx, err);
}

// "" where there is none, or none that fits.
static void get_name(const struct siam_meta *meta, const char *key, char *name, size_t size)
{
    if (!siam_meta_string(meta, key, name, size))
        name[0] = '\0';
}

static bool get_state(const struct siam_meta *meta, struct siam_checkpoint *ck)
{
    uint64_t adam_t = 0;
    bool ok = siam_meta_string(meta, "recipe", ck->recipe, sizeof ck->recipe) &&
              siam_meta_u64(meta, "seed", &ck->seed) &&
              siam_meta_hex(meta, "data_hash", &ck->data_hash) &&
              siam_meta_hex(meta, "config_hash", &ck->config_hash) &&
              siam_meta_count(meta, "epochs", &ck->epochs) &&
              siam_meta_count(meta, "epoch", &ck->epoch) &&
              siam_meta_count(meta, "step_in_epoch", &ck->step_in_epoch) &&
              siam_meta_u64(meta, "adam_t", &adam_t) &&
              siam_meta_double(meta, "epoch_loss", &ck->epoch_loss) &&
              siam_meta_double(meta, "seconds", &ck->seconds);
    ck->adam_t = (int64_t)adam_t;
    get_name(meta, "kernels", ck->kernels, sizeof ck->kernels);
    get_name(meta, "blas_kernel", ck->blas_kernel, sizeof ck->blas_kernel);
    return ok && adam_t <= INT64_MAX;
}

static int read_checkpoint(struct siam_checkpoint *ck, struct siam_tensor_file *file,
                           struct err *err)
{
    if (!siam_tensors_find(file, "adam.m"))
        return siam_tensors_refuse(file, err, "not a checkpoint of a training");
    if (!file->ours || !get_state(&file->meta, ck))
        return siam_tensors_refuse(file, err, "the state of the training is missing");
    struct siam_tensor tensors[N_TENSORS];
    all_tensors(ck, tensors);
    return siam_tensors_read(file, tensors, N_TENSORS, err);
}

int siam_checkpoint_load(struct siam_checkpoint *ck, const char *path, struct err *err)
{
    struct siam_tensor_file file;
    int ret = siam_tensors_open(&file, path, REMEDY, err);
    if (ret)
        return ret;
    ret = read_checkpoint(ck, &file, err);
    siam_tensors_close(&file);
    return ret;
}
