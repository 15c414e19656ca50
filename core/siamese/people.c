// SPDX-License-Identifier: MIT
#include "core/siamese/people.h"

#include "core/siamese/scan.h"
#include "core/siamese/weight.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define VERSION 2                   // of what is learnt and how: another one is another key
#define HEAD    ((size_t)64 * 1024) // bytes of a picture that count

// A picture's bytes at its start, and its size; what can't be read counts as empty.
static void hash_file(XXH3_state_t *hash, const char *path, uint8_t *head)
{
    struct stat st = {.st_size = 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;
    if (fd >= 0 && fstat(fd, &st) == 0)
        n = pread(fd, head, HEAD, 0);
    if (fd >= 0)
        close(fd);
    int64_t size = st.st_size;
    XXH3_64bits_update(hash, &size, sizeof size);
    XXH3_64bits_update(hash, head, n > 0 ? (size_t)n : 0);
}

static int hash_files(XXH3_state_t *hash, const struct siam_scan *scan, const atomic_bool *stop,
                      struct err *err)
{
    uint8_t *head = malloc(HEAD);
    if (!head)
        return err_memory(err, "other people");
    int ret = 0;
    for (int i = 0; i < scan->n && !ret; i++) {
        XXH3_64bits_update(hash, &scan->files[i].folder, sizeof scan->files[i].folder);
        hash_file(hash, scan->files[i].path, head);
        if (stop && atomic_load(stop))
            ret = err_set(err, ERR_STOPPED, "stopped");
    }
    free(head);
    return ret;
}

static void print_key(char key[SIAM_PEOPLE_KEY], uint64_t hash)
{
    snprintf(key, SIAM_PEOPLE_KEY, "%016llx", (unsigned long long)hash);
}

static int count_persons(const struct siam_scan *scan)
{
    int n = 0;
    for (int i = 0; i < scan->n; i++)
        n += scan->files[i].folder < 0 || i == 0 ||
             scan->files[i].folder != scan->files[i - 1].folder;
    return n;
}

int siam_people_key(struct siam_people_keys *keys, const struct siam_dataset_config *config,
                    int epochs, const atomic_bool *stop, struct err *err)
{
    const struct siam_dataset_config others = {.negative_dirs = config->negative_dirs,
                                               .n_negative_dirs = config->n_negative_dirs,
                                               .weights = config->weights,
                                               .apart = config->apart,
                                               .without_apart = true};
    const uint64_t begin[] = {VERSION, (uint64_t)epochs, config->seed};
    struct siam_scan scan = {0};
    XXH3_state_t *hash = XXH3_createState();
    int ret = hash ? siam_scan(&scan, &others, stop, err) : err_memory(err, "other people");
    if (!ret) {
        XXH3_64bits_reset(hash);
        XXH3_64bits_update(hash, begin, sizeof begin);
        ret = hash_files(hash, &scan, stop, err);
    }
    if (!ret) {
        uint64_t faces = XXH3_64bits_digest(hash);
        print_key(keys->faces, faces);
        if (scan.n > 0)
            faces ^= siam_weights_hash(&scan.files->weight_log2, sizeof *scan.files, scan.n);
        print_key(keys->model, faces);
        keys->n_persons = count_persons(&scan);
    }
    siam_scan_finish(&scan);
    XXH3_freeState(hash);
    return ret;
}
