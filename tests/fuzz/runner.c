// SPDX-License-Identifier: MIT
// Plays a fuzz target without libFuzzer: every seed as it is, then changed in many ways, the same
// ones each time.
//     fuzz_TARGET SECONDS FOLDER|FILE...
// Changed ones are played until the seconds are over. One that breaks something is left in
// ./crash-fuzz_TARGET, for another run with it alone.
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/rng.h"
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <signal.h>

#define SEEDS_MAX  256
#define SEED_BYTES ((size_t)1 << 20)
#define CHANGES    8 // at most, of one input

struct seed {
    uint8_t *data;
    size_t size;
};

static struct seed seeds[SEEDS_MAX];
static int n_seeds;

// The input that is being played, for the handler.
static const uint8_t *now_data;
static size_t now_size;
static char crash_path[200];

static void keep_crash(int sig)
{
    int fd = creat(crash_path, 0600);
    if (fd >= 0 && write(fd, now_data, now_size) == (ssize_t)now_size)
        close(fd);
    signal(sig, SIG_DFL);
    raise(sig);
}

static void play(const uint8_t *data, size_t size)
{
    now_data = data;
    now_size = size;
    LLVMFuzzerTestOneInput(data, size);
}

static int add_seed(void *ctx, const char *path, const char *folder)
{
    (void)ctx, (void)folder;
    struct seed *seed = &seeds[n_seeds];
    void *data;
    if (n_seeds < SEEDS_MAX && file_read(path, SEED_BYTES, &data, &seed->size, NULL) == 0) {
        seed->data = data;
        n_seeds++;
    }
    return 0;
}

// Overwrites, cuts out, doubles, or copies a piece from another seed. Returns the new size.
static size_t change(uint8_t *data, size_t size, struct rng *rng)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, '"', '0', ' '};
    size_t at = size ? rng_below(rng, (uint32_t)size) : 0;
    size_t n = 1 + rng_below(rng, 1u << rng_below(rng, 8));
    if (n > size - at)
        n = size - at;
    const struct seed *other = &seeds[rng_below(rng, (uint32_t)n_seeds)];
    switch (rng_below(rng, 6)) {
    case 0:
        if (n > 0)
            data[at] ^= (uint8_t)(1u << rng_below(rng, 8));
        return size;
    case 1:
        memset(data + at, values[rng_below(rng, sizeof values)], n);
        return size;
    case 2:
        memmove(data + at, data + at + n, size - at - n);
        return size - n;
    case 3:
        if (size + n > 2 * SEED_BYTES)
            return size;
        memmove(data + at + n, data + at, size - at);
        return size + n;
    case 4:
        return at;
    default:
        if (n > other->size)
            n = other->size;
        if (n > 0)
            memcpy(data + at, other->data + rng_below(rng, (uint32_t)(other->size - n + 1)), n);
        return size;
    }
}

static long play_changed(double seconds)
{
    uint8_t *buf = malloc(3 * SEED_BYTES);
    int64_t end = clock_now_ns() + (int64_t)(seconds * (double)CLOCK_SECOND);
    struct rng rng;
    long n = 0;
    FUZZ_CHECK(buf != NULL);
    rng_seed(&rng, 1, 0);
    for (; clock_now_ns() < end; n++) {
        const struct seed *seed = &seeds[n % n_seeds];
        size_t size = seed->size;
        memcpy(buf, seed->data, size);
        for (uint32_t i = 0, changes = 1 + rng_below(&rng, CHANGES); i < changes; i++)
            size = change(buf, size, &rng);
        play(buf, size);
    }
    free(buf);
    return n;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s SECONDS FOLDER|FILE...\n", argv[0]);
        return 2;
    }
    const char *name = strrchr(argv[0], '/');
    snprintf(crash_path, sizeof crash_path, "crash-%s", name ? name + 1 : argv[0]);
    signal(SIGABRT, keep_crash);
#ifndef SANITIZED // which tells more
    signal(SIGSEGV, keep_crash);
#endif
    for (int i = 2; i < argc; i++) {
        if (file_is_dir(argv[i]))
            file_walk(argv[i], add_seed, NULL, NULL);
        else
            add_seed(NULL, argv[i], NULL);
    }
    play((const uint8_t *)"", 0);
    for (int i = 0; i < n_seeds; i++)
        play(seeds[i].data, seeds[i].size);
    long n = n_seeds ? play_changed(atof(argv[1])) : 0;
    printf("%d seeds, %ld changed\n", n_seeds, n);
    for (int i = 0; i < n_seeds; i++)
        free(seeds[i].data);
    return n_seeds ? 0 : 1;
}
