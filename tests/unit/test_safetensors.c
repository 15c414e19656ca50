// SPDX-License-Identifier: MIT
// Model and checkpoint files: what is written is what is read, also by an independent reader, and
// nothing that was cut, altered or made up is taken for one.
#include "tests/test.h"

#include "core/base/file.h"
#include "core/siamese/checkpoint.h"
#include "core/siamese/model.h"

#include <locale.h>
#include <math.h>
#include <unistd.h>

// The paper's build in miniature: 300 parameters and some.
static const struct nn_config small = {
    .side = 24,
    .channels = 3,
    .conv = {{3, 2, true}, {3, 3, true}, {2, 2, true}, {1, 4, false}},
    .embedding = 5,
};

static struct nn_net *make_net(uint64_t seed)
{
    struct nn_net *net;
    struct rng rng;
    assert_int_equal(nn_net_create(&net, &small, NULL), 0);
    rng_seed(&rng, seed, 1);
    for (size_t i = 0; i < net->layout.n_params; i++)
        net->block[i] = rng_uniform(&rng, -2, 2);
    net->block[0] = -0.0f;
    net->block[1] = 1e-41f; // subnormal
    return net;
}

static const struct siam_card full_card = {
    .program = "0.1.0",
    .recipe = "koch",
    .created = "2026-03-14T15:09:26Z",
    .seed = UINT64_MAX,
    .epochs = 50,
    .first = true,
    .seconds = 61.25,
    .n_anchor = 170,
    .n_positive = 171,
    .n_negative = 3212,
    .n_people = 400,
    .n_skipped = 2,
    .threshold = 0.7f,
    .far = 1.0 / 3,
    .frr = 0.1,
    .n_genuine = 2601,
    .n_impostor = 2600,
    .heldout_loss = 1e-300,
    .precision = 0.99,
    .recall = 0.98,
    .auc = 0.9999999999999999,
    .heldout = "bursts",
    .scores = {.own = {[0] = 1, [399] = 51}, .others = {[17] = 300, [398] = 65535}},
};

static char *path_in(void **state, const char *name)
{
    static char paths[4][600];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", (const char *)*state, name);
    return path;
}

static struct siam_model *save_model(const char *path)
{
    struct siam_model *model;
    struct err err = {0};
    assert_int_equal(siam_model_create(&model, make_net(7), NULL, &full_card, &err), 0);
    assert_int_equal(siam_model_save(model, path, &err), 0);
    return model;
}

// A new file: one that is written over would be written through to the disk at once (ext4 does that).
static void put_file(const char *path, const void *data, size_t size)
{
    unlink(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

// Loading as the small net is refused in one line that names the file and says `cause`.
static void assert_refused(const char *path, const char *cause)
{
    struct siam_model *model;
    struct err err = {0};
    int ret = siam_model_load_as(&model, path, &small, &err);
    if (ret != ERR_MODEL || !strstr(err.text, cause) || strncmp(err.text, path, strlen(path)) != 0)
        fail_msg("expected \"%s\", got %d \"%s\"", cause, ret, err.text);
    assert_null(model);
    assert_null(strchr(err.text, '\n'));
}

// ---- Models ---------------------------------------------------------------------------------

static void test_round_trip(void **state)
{
    const char *path = path_in(state, "m.safetensors");
    struct siam_model *saved = save_model(path), *loaded;
    struct err err = {0};
    assert_int_equal(siam_model_load_as(&loaded, path, &small, &err), 0);
    assert_memory_equal(loaded->net->block, saved->net->block,
                        saved->net->layout.n_params * sizeof(float));
    const struct siam_card *c = &loaded->card;
    assert_string_equal(c->program, full_card.program);
    assert_string_equal(c->recipe, full_card.recipe);
    assert_string_equal(c->created, full_card.created);
    assert_string_equal(c->heldout, full_card.heldout);
    assert_memory_equal(&c->scores, &full_card.scores, sizeof c->scores);
    assert_true(c->seed == full_card.seed);
    assert_int_equal(c->epochs, full_card.epochs);
    assert_true(c->first);
    assert_int_equal(c->n_anchor, full_card.n_anchor);
    assert_int_equal(c->n_positive, full_card.n_positive);
    assert_int_equal(c->n_negative, full_card.n_negative);
    assert_int_equal(c->n_people, full_card.n_people);
    assert_int_equal(c->n_skipped, full_card.n_skipped);
    assert_int_equal(c->n_genuine, full_card.n_genuine);
    assert_int_equal(c->n_impostor, full_card.n_impostor);
    assert_true(c->seconds == full_card.seconds && c->threshold == full_card.threshold);
    assert_true(c->far == full_card.far && c->frr == full_card.frr && c->auc == full_card.auc);
    assert_true(c->heldout_loss == full_card.heldout_loss);
    assert_true(c->precision == full_card.precision && c->recall == full_card.recall);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    siam_model_unref(loaded);
    siam_model_unref(saved);
}

// In a locale with a decimal comma the file is the same, and reads the same.
static void test_locale(void **state)
{
    static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    size_t i = 0;
    while (i < 4 && !setlocale(LC_NUMERIC, comma[i]))
        i++;
    if (i == 4) {
        printf("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    const char *path = path_in(state, "m.safetensors");
    struct siam_model *saved = save_model(path), *loaded;
    assert_int_equal(siam_model_load_as(&loaded, path, &small, NULL), 0);
    assert_true(loaded->card.far == full_card.far);
    setlocale(LC_NUMERIC, "C");
    siam_model_unref(loaded);
    assert_int_equal(siam_model_load_as(&loaded, path, &small, NULL), 0);
    assert_true(loaded->card.far == full_card.far);
    siam_model_unref(loaded);
    siam_model_unref(saved);
}

static void test_every_altered_byte(void **state)
{
    const char *path = path_in(state, "m.safetensors"), *bad = path_in(state, "bad.safetensors");
    siam_model_unref(save_model(path));
    uint8_t *bytes;
    size_t size;
    assert_int_equal(file_read(path, 1 << 20, (void **)&bytes, &size, NULL), 0);
    static const uint8_t masks[] = {0x01, 0x20, 0x80};
    for (size_t i = 0; i < size; i++) {
        for (size_t m = 0; m < sizeof masks; m++) {
            bytes[i] ^= masks[m];
            put_file(bad, bytes, size);
            assert_refused(bad, "");
            bytes[i] ^= masks[m];
        }
    }
    free(bytes);
}

static void test_every_length(void **state)
{
    const char *path = path_in(state, "m.safetensors"), *bad = path_in(state, "bad.safetensors");
    siam_model_unref(save_model(path));
    uint8_t *bytes;
    size_t size;
    assert_int_equal(file_read(path, 1 << 20, (void **)&bytes, &size, NULL), 0);
    for (size_t n = 0; n < size; n++) {
        put_file(bad, bytes, n);
        assert_refused(bad, "cut short");
    }
    put_file(bad, bytes, size + 1); // file_read()'s NUL
    assert_refused(bad, "1 bytes more");
    free(bytes);
}

static void test_not_files(void **state)
{
    assert_refused(path_in(state, "absent"), "No such file");
    assert_refused((const char *)*state, "not a regular file");
    const char *fifo = path_in(state, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_refused(fifo, "not a regular file");
    const char *text = path_in(state, "text");
    put_file(text, "a text of some length, but no model", 35);
    assert_refused(text, "not a safetensors file");
}

static void test_other_shapes(void **state)
{
    const char *path = path_in(state, "m.safetensors");
    siam_model_unref(save_model(path));
    struct siam_model *model;
    struct err err = {0};
    assert_int_equal(siam_model_load(&model, path, &err), ERR_MODEL);
    assert_non_null(
        strstr(err.text, "embedding.conv1.weight has shape [2,3,3,3], not [64,3,10,10]"));
    assert_null(model);
}

static void test_not_finite_is_not_written(void **state)
{
    const char *path = path_in(state, "m.safetensors");
    struct siam_model *model = save_model(path), *kept;
    struct err err = {0};
    float first = model->net->block[17];
    model->net->block[17] = NAN;
    assert_int_equal(siam_model_save(model, path, &err), ERR_MODEL);
    assert_non_null(strstr(err.text, "not finite"));
    assert_int_equal(siam_model_load_as(&kept, path, &small, NULL), 0);
    assert_true(kept->net->block[17] == first);
    siam_model_unref(kept);
    siam_model_unref(model);
}

static void test_references(void **state)
{
    (void)state;
    struct siam_model *model;
    assert_int_equal(siam_model_create(&model, make_net(1), NULL, &full_card, NULL), 0);
    assert_ptr_equal(siam_model_ref(model), model);
    siam_model_unref(model);
    assert_true(model->card.threshold == full_card.threshold);
    siam_model_unref(model);
    siam_model_unref(NULL);
}

// ---- Foreign files --------------------------------------------------------------------------

static void put_tensors(const char *path, const char *header, const void *data, size_t size)
{
    uint64_t len = strlen(header);
    uint8_t *bytes = malloc(8 + len + size);
    assert_non_null(bytes);
    memcpy(bytes, &len, 8);
    memcpy(bytes + 8, header, len);
    memcpy(bytes + 8 + len, data, size);
    put_file(path, bytes, 8 + len + size);
    free(bytes);
}

static uint16_t to_f16(float x) // of 0, 1, -1.5 and 2^-24
{
    return x == 0 ? 0 : x == 1 ? 0x3c00 : x == -1.5f ? 0xbe00 : 0x0001;
}

static uint16_t to_bf16(float x) // of numbers with short fractions
{
    uint32_t bits;
    memcpy(&bits, &x, 4);
    return (uint16_t)(bits >> 16);
}

// A state dict as others write it: no checksums, tensors in reverse, three types.
static void test_plain_state_dict(void **state)
{
    static const float samples[] = {0, 1, -1.5f, 0x1p-24f};
    struct nn_layout layout;
    assert_int_equal(nn_layout(&layout, &small, NULL), 0);
    char header[4096];
    uint8_t data[8192];
    size_t place = 0;
    int len = snprintf(header, sizeof header, "{ \"__metadata__\": {\"format\": \"pt\"}");
    for (int i = NN_TENSORS - 1; i >= 0; i--) {
        const struct nn_tensor *t = &layout.tensor[i];
        size_t begin = place, width = i % 3 == 0 ? 4 : 2;
        for (size_t k = 0; k < t->size; k++, place += width) {
            float x = samples[k % 4];
            uint16_t half = i % 3 == 1 ? to_f16(x) : to_bf16(x);
            memcpy(data + place, i % 3 == 0 ? (void *)&x : (void *)&half, width);
        }
        static const char *const types[] = {"F32", "F16", "BF16"};
        len += snprintf(header + len, sizeof header - (size_t)len,
                        ",\n \"%s\": {\"dtype\": \"%s\", \"shape\": [%d", t->name, types[i % 3],
                        t->shape[0]);
        for (int d = 1; d < t->rank; d++)
            len += snprintf(header + len, sizeof header - (size_t)len, ", %d", t->shape[d]);
        len += snprintf(header + len, sizeof header - (size_t)len,
                        "], \"data_offsets\": [%zu, %zu]}", begin, place);
    }
    snprintf(header + len, sizeof header - (size_t)len, "}   ");
    const char *path = path_in(state, "plain.safetensors");
    put_tensors(path, header, data, place);

    struct siam_model *model;
    struct err err = {0};
    if (siam_model_load_as(&model, path, &small, &err))
        fail_msg("%s", err.text);
    for (int i = 0; i < NN_TENSORS; i++)
        for (size_t k = 0; k < layout.tensor[i].size; k++)
            assert_true(model->net->block[layout.tensor[i].offset + k] == samples[k % 4]);
    assert_true(model->card.threshold == 0.5f);
    assert_int_equal(model->card.n_genuine, 0);
    siam_model_unref(model);
}

static void test_made_up_headers(void **state)
{
#define T(rest) "{\"head.bias\":{" rest "}}"
#define F32     "\"dtype\":\"F32\","
    static const struct {
        const char *header;
        const char *cause;
    } cases[] = {
        {"[]", "not a safetensors file"},
        {"{", "not a safetensors file"},
        {"{}", "8 bytes more"},
        {"{\"a\":1", "damaged"},
        {"{} x", "damaged"},
        {"{\"a\":1}", "not of type"},
        {"{\"a\":[]}", "not of type"},
        {T("\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]"), "not of type"},
        {T("\"dtype\":3,\"shape\":[1],\"data_offsets\":[0,8]"), "not of type"},
        {T(F32 "\"shape\":[2],\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":[-1],\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":[0.5],\"data_offsets\":[0,2]"), "impossible"},
        {T(F32 "\"shape\":[1e300],\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":[null],\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":1,\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":[1,1,1,1,1],\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,0]"), "impossible"},
        {T(F32 "\"shape\":[2147483647,2147483647,2],\"data_offsets\":[0,4]"), "impossible"},
        {T(F32 "\"shape\":[1],\"data_offsets\":[0]"), "impossible"},
        {T(F32 "\"shape\":[1],\"data_offsets\":[4,0]"), "impossible"},
        {T(F32 "\"shape\":[1],\"data_offsets\":[-4,0]"), "impossible"},
        {T(F32 "\"shape\":[1],\"data_offsets\":[0,1e999]"), "impossible"},
        {T(F32 "\"shape\":[1]"), "impossible"},
        {T(F32 "\"shape\":[1],\"data_offsets\":[4,8]"), "gap or overlap"},
        {T(F32 "\"shape\":[250000000],\"data_offsets\":[0,1000000000]"), "cut short"},
        {T(F32 "\"shape\":[1],\"data_offsets\":[0,4]"), "4 bytes more"},
        {T(F32 "\"shape\":[2],\"data_offsets\":[0,8]"), "has no tensor embedding.conv1.weight"},
        {"{\"a\":{" F32 "\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"b\":{" F32 "\"shape\":[2],\"data_offsets\":[0,8]}}",
         "gap or overlap"},
        {"{\"a\":{" F32 "\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"a\":{" F32 "\"shape\":[1],\"data_offsets\":[4,8]}}",
         "not one of ours"},
        {"{\"__metadata__\":{\"format\":\"2\",\"header_checksum\":\"0\"}}", "format version 2"},
        {"{\"__metadata__\":{\"format\":\"1\",\"data_checksum\":\"0\"}}", "no header checksum"},
        {"{\"__metadata__\":{\"format\":\"1\",\"header_checksum\":\"0000000000000000\"}}",
         "header checksum"},
        {"{\"__metadata__\":{\"format\":\"1\",\"header_checksum\":\"0\"}}", "altered"},
        {"{\"__metadata__\":7}", "8 bytes more"},
    };
    const char *path = path_in(state, "made-up.safetensors");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_tensors(path, cases[i].header, "\0\0\0\0\0\0\0\0", 8);
        assert_refused(path, cases[i].cause);
    }
    uint64_t len = (1 << 20) + 1; // a header that is too long
    put_file(path, &len, sizeof len);
    assert_refused(path, "not a safetensors file");
    len = UINT64_MAX;
    put_file(path, &len, sizeof len);
    assert_refused(path, "not a safetensors file");
}

// Brackets in brackets must not exhaust the stack, many tensors not the table.
static void test_huge_headers(void **state)
{
    const char *path = path_in(state, "huge.safetensors");
    size_t size = 500000;
    char *header = malloc(size + 1);
    assert_non_null(header);
    memset(header, '[', size);
    memcpy(header, "{\"a\":", 5);
    header[size] = '\0';
    put_tensors(path, header, "", 0);
    assert_refused(path, "damaged");
    size_t len = 0;
    for (int i = 0; i < 100; i++)
        len += (size_t)sprintf(header + len,
                               "%c\"t%d\":{\"dtype\":\"F32\",\"shape\":[0],"
                               "\"data_offsets\":[0,0]}",
                               i ? ',' : '{', i);
    strcpy(header + len, "}");
    put_tensors(path, header, "", 0);
    assert_refused(path, "not one of ours");
    free(header);
}

static void test_not_finite_is_refused(void **state)
{
    const char *path = path_in(state, "m.safetensors");
    static const struct siam_meta no_meta = {.n = 0};
    struct nn_net *net = make_net(3);
    struct siam_tensor tensors[NN_TENSORS];
    siam_net_tensors(net, tensors);
    assert_int_equal(siam_tensors_write(path, &no_meta, tensors, NN_TENSORS, NULL, NULL, NULL), 0);
    uint8_t *bytes;
    size_t size;
    assert_int_equal(file_read(path, 1 << 20, (void **)&bytes, &size, NULL), 0);
    char *key; // both checksums' names altered: a plain file
    while ((key = memmem(bytes, size, "_checksum", 9)))
        key[0] = '-';
    float bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        memcpy(bytes + size - 4, &bad[i], 4);
        put_file(path, bytes, size);
        assert_refused(path, "head.bias has values that are not finite");
    }
    free(bytes);
    nn_net_destroy(net);
}

// ---- Checkpoints ----------------------------------------------------------------------------

static struct siam_checkpoint make_checkpoint(uint64_t seed)
{
    struct siam_checkpoint ck = {.net = make_net(seed)};
    size_t n = ck.net->layout.n_params;
    ck.adam_m = malloc(n * sizeof(float));
    ck.adam_v = malloc(n * sizeof(float));
    assert_true(ck.adam_m && ck.adam_v);
    for (size_t i = 0; i < n; i++) {
        ck.adam_m[i] = ck.net->block[i] * 1e-20f;
        ck.adam_v[i] = (float)i;
    }
    return ck;
}

static void free_checkpoint(struct siam_checkpoint *ck)
{
    nn_net_destroy(ck->net);
    free(ck->adam_m);
    free(ck->adam_v);
}

static void test_checkpoint_round_trip(void **state)
{
    const char *path = path_in(state, "c.safetensors");
    struct siam_checkpoint ck = make_checkpoint(5), back = make_checkpoint(6);
    size_t bytes = ck.net->layout.n_params * sizeof(float);
    strcpy(ck.recipe, "koch");
    ck.seed = 0x8000000000000001u;
    ck.data_hash = UINT64_MAX;
    ck.config_hash = 0;
    ck.epochs = 50;
    ck.epoch = 7;
    ck.step_in_epoch = 3;
    ck.adam_t = 108;
    ck.epoch_loss = 0.1 + 0.2;
    ck.seconds = 1e9 / 7;
    struct err err = {0};
    assert_int_equal(siam_checkpoint_save(&ck, path, NULL, NULL, &err), 0);
    assert_int_equal(siam_checkpoint_load(&back, path, &err), 0);
    assert_memory_equal(back.net->block, ck.net->block, bytes);
    assert_memory_equal(back.adam_m, ck.adam_m, bytes);
    assert_memory_equal(back.adam_v, ck.adam_v, bytes);
    assert_string_equal(back.recipe, "koch");
    assert_true(back.seed == ck.seed && back.data_hash == ck.data_hash);
    assert_true(back.config_hash == ck.config_hash && back.adam_t == ck.adam_t);
    assert_true(back.epochs == 50 && back.epoch == 7 && back.step_in_epoch == 3);
    assert_true(back.epoch_loss == ck.epoch_loss && back.seconds == ck.seconds);
    free_checkpoint(&ck);
    free_checkpoint(&back);
}

static void test_checkpoint_is_no_model(void **state)
{
    const char *ck_path = path_in(state, "c.safetensors"), *path = path_in(state, "m.safetensors");
    struct siam_checkpoint ck = make_checkpoint(5);
    struct err err = {0};
    assert_int_equal(siam_checkpoint_save(&ck, ck_path, NULL, NULL, &err), 0);
    assert_refused(ck_path, "a checkpoint of a training, not a model");
    siam_model_unref(save_model(path));
    assert_int_equal(siam_checkpoint_load(&ck, path, &err), ERR_MODEL);
    assert_non_null(strstr(err.text, "not a checkpoint"));
    assert_non_null(strstr(err.text, "train without --resume"));
    free_checkpoint(&ck);
}

static void test_altered_checkpoint(void **state)
{
    const char *path = path_in(state, "c.safetensors"), *bad = path_in(state, "bad.safetensors");
    struct siam_checkpoint ck = make_checkpoint(5);
    assert_int_equal(siam_checkpoint_save(&ck, path, NULL, NULL, NULL), 0);
    uint8_t *bytes;
    size_t size;
    assert_int_equal(file_read(path, 1 << 20, (void **)&bytes, &size, NULL), 0);
    for (size_t i = 0; i < size; i += 3) {
        struct err err = {0};
        bytes[i] ^= 0x04;
        put_file(bad, bytes, size);
        assert_int_equal(siam_checkpoint_load(&ck, bad, &err), ERR_MODEL);
        put_file(bad, bytes, i);
        assert_int_equal(siam_checkpoint_load(&ck, bad, &err), ERR_MODEL);
        bytes[i] ^= 0x04;
    }
    free(bytes);
    free_checkpoint(&ck);
}

// ---- The independent reader -----------------------------------------------------------------

static void assert_line(FILE *f, const char *expected)
{
    char line[256];
    assert_non_null(fgets(line, sizeof line, f));
    line[strcspn(line, "\n")] = '\0';
    assert_string_equal(line, expected);
}

static void test_independent_reader(void **state)
{
    if (system("python3 -c pass >/dev/null 2>&1") != 0) {
        printf("skipped: python3 is not there\n");
        skip();
    }
    const char *path = path_in(state, "m.safetensors"), *source = getenv("VISAVIS_SOURCE");
    struct siam_model *model = save_model(path);
    char command[2048], line[256];
    snprintf(command, sizeof command, "python3 '%s/tests/unit/read_safetensors.py' '%s'",
             source ? source : ".", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    assert_line(f, "meta format 1");
    assert_line(f, "meta program visavis");
    assert_line(f, "meta version 0.1.0");
    do
        assert_non_null(fgets(line, sizeof line, f));
    while (strncmp(line, "meta header_checksum ", 21) != 0);
    for (int i = 0; i < NN_TENSORS; i++) {
        const struct nn_tensor *t = &model->net->layout.tensor[i];
        double sum = 0;
        for (size_t k = 0; k < t->size; k++)
            sum += (double)model->net->block[t->offset + k];
        int len = snprintf(line, sizeof line, "tensor %s F32 %d", t->name, t->shape[0]);
        for (int d = 1; d < t->rank; d++)
            len += snprintf(line + len, sizeof line - (size_t)len, "x%d", t->shape[d]);
        snprintf(line + len, sizeof line - (size_t)len, " %.17g", sum);
        assert_line(f, line);
    }
    assert_null(fgets(line, sizeof line, f));
    assert_int_equal(pclose(f), 0);
    siam_model_unref(model);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, test_dir_make, test_dir_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_round_trip),
        TEST(test_locale),
        TEST(test_every_altered_byte),
        TEST(test_every_length),
        TEST(test_not_files),
        TEST(test_other_shapes),
        TEST(test_not_finite_is_not_written),
        TEST(test_references),
        TEST(test_plain_state_dict),
        TEST(test_made_up_headers),
        TEST(test_huge_headers),
        TEST(test_not_finite_is_refused),
        TEST(test_checkpoint_round_trip),
        TEST(test_checkpoint_is_no_model),
        TEST(test_altered_checkpoint),
        TEST(test_independent_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
