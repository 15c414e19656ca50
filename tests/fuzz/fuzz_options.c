// SPDX-License-Identifier: MIT
// The command line: words that end with zero bytes. Camera specs are read on from there.
#include "app/options.h"
#include "capture/camera.h"
#include "tests/fuzz/fuzz.h"

#define WORDS_MAX 600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *argv[WORDS_MAX + 2] = {(char[]){"visavis"}};
    struct app_options options;
    struct err err = {0}, why = {0};
    int argc = 1;
    FUZZ_CHECK(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t at = 0; at < size && argc <= WORDS_MAX; at += strlen(text + at) + 1)
        argv[argc++] = text + at;
    int ret = app_options_parse(&options, argc, argv, &err);
    fuzz_check_result(ret, &err);
    if (!ret) {
        FUZZ_CHECK(options.verb < APP_VERBS && options.epochs >= 0 && options.threads > 0);
        FUZZ_CHECK(options.threshold <= 1 && options.n_rest <= argc);
        fuzz_check_result(cap_spec_check(options.camera, &why), &why);
    }
    free(text);
    return 0;
}
