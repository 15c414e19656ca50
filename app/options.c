// SPDX-License-Identifier: MIT
#include "app/options.h"

#include "core/base/file.h"
#include "core/base/pool.h"
#include "core/siamese/weight.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum option_kind {
    TEXT,
    LIST, // const char *[APP_LIST_MAX] followed by its int count
    FLAG,
    INT,     // at least 1
    THREADS, // 1..256
    SEED,
    SHARE, // 0..1
    SCALE, // 1..4
    SIZE,
    WEIGHT, // of the folder of other people before it
};

#define IN(verb) (1u << (verb))
#define ANY      (IN(APP_VERBS) - 1)
#define JUDGE    (IN(APP_EVAL) | IN(APP_VERIFY) | IN(APP_PAIRS) | IN(APP_ONESHOT) | IN(APP_EMBED))
#define LEARN    (IN(APP_SESSION) | IN(APP_TRAIN) | IN(APP_BENCH))
#define AT(f)    offsetof(struct app_options, f)

static const struct option_spec {
    const char *name;
    char letter; // 0: none
    const char *takes;
    enum option_kind kind;
    size_t at;
    unsigned verbs;
    const char *help;
} specs[] = {
    {"data", 0, "DIR", TEXT, AT(data), LEARN | IN(APP_DOCTOR) | IN(APP_FORGET),
     "data folder with anchor/ positive/ negative/"},
    {"camera", 'd', "SPEC", TEXT, AT(camera), IN(APP_SESSION) | IN(APP_BENCH),
     "/dev/videoN, a path, N, replay:PATH[@fps], demo[:WHO]; else the one\n"
     "                             that was chosen in the window, or the first there is"},
    {"negatives", 0, "DIR", LIST, AT(negatives), LEARN,
     "folder of other people, any depth, read in place; may be repeated;\n"
     "                             besides negative/ and the folders added in the window"},
    {"weight", 0, "FACTOR", WEIGHT, AT(weights), LEARN,
     "of the --negatives before it: how often its people are shown in a\n"
     "                             training, against others: 1/4, 1/2, 1, 2 or 4"},
    {"people", 0, "DIR...", LIST, AT(people), IN(APP_TRAIN),
     "no user: learn to tell the people in these folders apart; each folder\n"
     "                             that holds pictures is a person (or a character)"},
    {"skip", 0, "FILE", TEXT, AT(skip), IN(APP_TRAIN),
     "with --people: names of folders to pass over, a line each"},
    {"no-face-finder", 0, NULL, FLAG, AT(no_face_finder), IN(APP_SESSION) | IN(APP_BENCH),
     "don't look for the face: score and record the guide box"},
    {"demo", 0, NULL, FLAG, AT(demo), IN(APP_SESSION),
     "the whole story by itself, with drawn people, in under a minute"},
    {"headless", 0, NULL, FLAG, AT(headless), IN(APP_SESSION),
     "the same session with no window, led by --keys"},
    {"keys", 0, "FILE", TEXT, AT(keys), IN(APP_SESSION),
     "play keys, a line each; - is standard input"},
    {"events", 0, "FILE", TEXT, AT(events), IN(APP_SESSION),
     "stream what happens as JSON lines; - is standard output"},
    {"on-accept", 0, "CMD", TEXT, AT(on_accept), IN(APP_SESSION),
     "run a command when the live verdict becomes \"you\" ..."},
    {"on-reject", 0, "CMD", TEXT, AT(on_reject), IN(APP_SESSION), "... or \"stranger\" ..."},
    {"on-leave", 0, "CMD", TEXT, AT(on_leave), IN(APP_SESSION),
     "... or no face has been there for 3 seconds, where one was before"},
    {"hook-pause", 0, "SECONDS", INT, AT(hook_pause), IN(APP_SESSION),
     "how long no such command is run again, 5"},
    {"size", 0, "WxH", SIZE, AT(width), IN(APP_SESSION) | IN(APP_BENCH),
     "size of the window, 1280x800"},
    {"scale", 0, "X", SCALE, AT(scale), IN(APP_SESSION),
     "size of the text, 1 to 4; else as the screen needs it"},
    {"model", 0, "FILE", TEXT, AT(model), JUDGE | IN(APP_BENCH), "the model to judge with"},
    {"anchors", 0, "DIR", TEXT, AT(anchors), IN(APP_EVAL), "pictures of the user to compare with"},
    {"genuine", 0, "DIR", TEXT, AT(genuine), IN(APP_EVAL), "other pictures of the user"},
    {"strangers", 0, "DIR...", LIST, AT(strangers), IN(APP_EVAL), "pictures of other people"},
    {"root", 0, "DIR", TEXT, AT(root), IN(APP_PAIRS), "folder that the list's paths start from"},
    {"raw", 0, "FILE", TEXT, AT(raw), IN(APP_EMBED),
     "read float32 [n,3,105,105] in 0..1 instead of pictures"},
    {"out", 0, "FILE", TEXT, AT(out), IN(APP_TRAIN) | IN(APP_EMBED), "where to write the result"},
    {"recipe", 0, "NAME", TEXT, AT(recipe), LEARN,
     "visavis, koch, or with --people omniglot (drawings); else visavis,\n"
     "                             in bench koch"},
    {"epochs", 0, "N", INT, AT(epochs), LEARN, "epochs to train; else the recipe's"},
    {"seed", 0, "N", SEED, AT(seed), LEARN, "what all that is random follows from, 1"},
    {"seconds", 0, "N", INT, AT(seconds), IN(APP_BENCH),
     "how long live and window are measured, 20"},
    {"no-training", 0, NULL, FLAG, AT(no_training), IN(APP_BENCH),
     "measure live without a training in the background"},
    {"cache", 0, "MB", INT, AT(cache_mb), LEARN,
     "memory for the pictures of a training, 256 (8,000 pictures or more);\n"
     "                             what is beyond waits in a file beside the model"},
    {"resume", 0, NULL, FLAG, AT(resume), IN(APP_TRAIN), "go on from the checkpoint"},
    {"yes", 'y', NULL, FLAG, AT(yes), IN(APP_FORGET), "don't ask"},
    {"threshold", 0, "X", SHARE, AT(threshold), IN(APP_EVAL) | IN(APP_VERIFY) | IN(APP_SESSION),
     "a score from X on is a match, 0..1; else the model's own"},
    {"json", 0, NULL, FLAG, AT(json), ANY & ~IN(APP_SESSION) & ~IN(APP_EMBED),
     "print one JSON object on standard output"},
    {"threads", 0, "N", THREADS, AT(threads), ANY, "worker threads; else one a processor"},
    {"quiet", 'q', NULL, FLAG, AT(quiet), ANY, "errors only"},
    {"verbose", 'v', NULL, FLAG, AT(verbose), ANY, "say more"},
    {"help", 'h', NULL, FLAG, AT(help), ANY, "this text"},
    {"version", 'V', NULL, FLAG, AT(version), ANY, "version, BLAS kernel, instruction set"},
};
#define N_SPECS (sizeof specs / sizeof *specs)

static const struct {
    const char *name, *takes, *does;
    int max_rest; // words that are no options
} verbs[APP_VERBS] = {
    [APP_SESSION] = {"", "", "open the window: collect, train, see the live score", 0},
    [APP_TRAIN] = {"train", "--data DIR | --people DIR...",
                   "train a model from the collected pictures, or of people alone", APP_LIST_MAX},
    [APP_EVAL] = {"eval", "--model M --anchors DIR --genuine DIR --strangers DIR...",
                  "error rates on pictures that were not trained on", APP_LIST_MAX},
    [APP_VERIFY] = {"verify", "--model M A B",
                    "similarity of two pictures; exit 0 match, 1 no match", 2},
    [APP_PAIRS] = {"pairs", "--model M --root DIR FILE",
                   "accuracy on a list: path TAB path TAB 0|1", 1},
    [APP_ONESHOT] = {"oneshot", "--model M DIR", "N-way accuracy on Lake's one-shot run folders",
                     1},
    [APP_EMBED] = {"embed", "--model M PICTURE... --out F", "embeddings as float32 [n,4096]",
                   INT_MAX},
    [APP_BENCH] =
        {"bench", "[embed|step|train|live|window]",
         "time the net, a training, or a session with one behind it: its scores, its window", 1},
    [APP_DOCTOR] = {"doctor", "", "camera, processor, BLAS, folders: a report to paste", 0},
    [APP_FORGET] = {"forget", "", "remove your pictures, models, caches and settings, after asking",
                    0},
};

static const char help_exit[] =
    "Exit codes: 0 ok or match, 1 no match, 2 usage, 3 camera, 4 data, 5 model.\n";

// clang-format off
static const char help_keys[] =
    "Keys: a anchor, p positive, n not me (hold = burst), u undo, o type a folder of other people,\n"
    "t train, s stop, v live, w that was wrong, r train shortly on it, b the model before,\n"
    "+/- threshold, 0 the model's, 1 your pictures, 2 under the hood, 3 cameras and what is set\n"
    "on them, 4 other people, m mirror (view only), c next camera, space pause the camera, f full\n"
    "screen, l light, i figures, Ctrl and +/-/0 size of the text, h or F1 help, Tab and Enter any\n"
    "button, Esc/q quit. --keys plays them, a line each (\"a 40\": held for 40 frames), and\n"
    "\"drop PATH\" for o, \"browse PATH\", \"camera SPEC\", \"wait trained\", \"wait model\",\n"
    "\"wait step N\", \"wait score N\", \"wait frames N\", \"shot FILE.png\", \"say TEXT\".\n";
// clang-format on

void app_options_help(enum app_verb verb, FILE *to)
{
    fprintf(to, "usage: visavis %s%s%s%s[options]\n%s.\n\n", verbs[verb].name,
            *verbs[verb].name ? " " : "", verbs[verb].takes, *verbs[verb].takes ? " " : "",
            verbs[verb].does);
    if (verb == APP_SESSION) {
        fprintf(to, "What the window does works without one, too:\n");
        for (int v = 1; v < APP_VERBS; v++)
            fprintf(to, "  visavis %-*s%s%s\n      %s\n", *verbs[v].takes ? 7 : 0, verbs[v].name,
                    *verbs[v].takes ? " " : "", verbs[v].takes, verbs[v].does);
        fprintf(to,
                "visavis COMMAND --help has the options of each, man visavis all the rest.\n\n");
    }
    fprintf(to, "Options:\n");
    for (size_t i = 0; i < N_SPECS; i++) {
        const struct option_spec *s = &specs[i];
        if (!(s->verbs & IN(verb)))
            continue;
        char left[64];
        snprintf(left, sizeof left, "%s%c%s--%s %s", s->letter ? "-" : "  ",
                 s->letter ? s->letter : ' ', s->letter ? ", " : " ", s->name,
                 s->takes ? s->takes : "");
        fprintf(to, "  %-26s %s\n", left, s->help);
    }
    fputc('\n', to);
    if (verb == APP_SESSION)
        fputs(help_keys, to);
    fputs(help_exit, to);
}

const char *app_verb_name(enum app_verb verb)
{
    return verbs[verb].name;
}

static int find_verb(const char *name)
{
    for (int v = 1; v < APP_VERBS; v++)
        if (!strcmp(verbs[v].name, name))
            return v;
    return -1;
}

static int bad_value(struct err *err, const struct option_spec *s, const char *value,
                     const char *want)
{
    return err_set(err, ERR_USAGE, "--%s %s: takes %s", s->name, value, want);
}

static int add_to_list(struct app_options *o, const struct option_spec *s, const char *value,
                       struct err *err)
{
    const char **list = (const char **)((char *)o + s->at);
    int *n = (int *)(list + APP_LIST_MAX);
    if (*n == APP_LIST_MAX)
        return err_set(err, ERR_USAGE, "--%s: at most %d folders", s->name, APP_LIST_MAX);
    list[(*n)++] = value;
    return 0;
}

static int set_number(void *field, const struct option_spec *s, const char *value, struct err *err)
{
    char *end;
    errno = 0;
    if (s->kind == SHARE || s->kind == SCALE) {
        float x = strtof(value, &end), lo = s->kind == SCALE ? 1 : 0, hi = s->kind == SCALE ? 4 : 1;
        if (end == value || *end || !(x >= lo && x <= hi))
            return bad_value(err, s, value,
                             s->kind == SCALE ? "a number from 1 to 4" : "a number from 0 to 1");
        *(float *)field = x;
    } else if (s->kind == SEED) {
        unsigned long long x = strtoull(value, &end, 10);
        if (end == value || *end || errno || *value == '-')
            return bad_value(err, s, value, "a whole number from 0");
        *(uint64_t *)field = x;
    } else {
        long x = strtol(value, &end, 10);
        long most = s->kind == THREADS ? 256 : 1000000;
        if (end == value || *end || errno || x < 1 || x > most)
            return bad_value(err, s, value,
                             most == 256 ? "a whole number from 1 to 256"
                                         : "a whole number from 1 to 1000000");
        *(int *)field = (int)x;
    }
    return 0;
}

static int set_weight(struct app_options *o, const struct option_spec *s, const char *value,
                      struct err *err)
{
    char *end;
    double x = strtod(value, &end), y = 1;
    if (end != value && *end == '/')
        y = strtod(end + 1, &end);
    if (end == value || *end || !siam_weight_is_valid(x / y))
        return bad_value(err, s, value, "1/4, 1/2, 1, 2 or 4");
    if (o->n_negatives == 0)
        return err_set(err, ERR_USAGE, "--%s %s: goes behind the --negatives that it is for",
                       s->name, value);
    o->weights[o->n_negatives - 1] = (float)(x / y);
    return 0;
}

static int set_option(struct app_options *o, const struct option_spec *s, const char *value,
                      struct err *err)
{
    void *field = (char *)o + s->at;
    switch (s->kind) {
    case TEXT:
        *(const char **)field = value;
        return 0;
    case LIST:
        return add_to_list(o, s, value, err);
    case FLAG:
        *(bool *)field = true;
        return 0;
    case WEIGHT:
        return set_weight(o, s, value, err);
    case SIZE: {
        int w, h, end = 0;
        if (sscanf(value, "%dx%d%n", &w, &h, &end) != 2 || value[end] || w < 480 || w > 8192 ||
            h < 360 || h > 8192)
            return bad_value(err, s, value, "WxH in pixels, from 480x360 to 8192x8192");
        o->width = w;
        o->height = h;
        return 0;
    }
    default:
        return set_number(field, s, value, err);
    }
}

// getopt's own tables for one verb.
static void getopt_tables(enum app_verb verb, struct option *longs, char *letters)
{
    *letters++ = ':';
    for (size_t i = 0; i < N_SPECS; i++) {
        if (!(specs[i].verbs & IN(verb)))
            continue;
        *longs++ = (struct option){specs[i].name, specs[i].takes ? required_argument : no_argument,
                                   NULL, (int)i + 256};
        if (specs[i].letter) {
            *letters++ = specs[i].letter;
            if (specs[i].takes)
                *letters++ = ':';
        }
    }
    *longs = (struct option){0};
    *letters = '\0';
}

static const struct option_spec *spec_of(int c)
{
    if (c >= 256)
        return &specs[c - 256];
    for (size_t i = 0; i < N_SPECS; i++)
        if (specs[i].letter == c)
            return &specs[i];
    return NULL;
}

static int bad_word(struct err *err, enum app_verb verb, const char *word, const char *what)
{
    return err_set(err, ERR_USAGE, "%s %s: see visavis %s%s--help", word, what, verbs[verb].name,
                   *verbs[verb].name ? " " : "");
}

int app_options_parse(struct app_options *o, int argc, char **argv, struct err *err)
{
    *o = (struct app_options){.camera = "",
                              .seed = 1,
                              .threshold = -1,
                              .threads = pool_processors(),
                              .cache_mb = 256,
                              .width = 1280,
                              .height = 800,
                              .seconds = 20,
                              .hook_pause = 5};
    if (argc > 1 && argv[1][0] != '-') {
        int verb = find_verb(argv[1]);
        if (verb < 0)
            return err_set(err, ERR_USAGE, "no command \"%s\": see visavis --help", argv[1]);
        o->verb = (enum app_verb)verb;
        argc--;
        argv++;
    }
    struct option longs[N_SPECS + 1];
    char letters[2 * N_SPECS + 2];
    getopt_tables(o->verb, longs, letters);
    opterr = 0;
    optind = 0; // glibc: forget the command line parsed before, if one was
    for (int c; (c = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
        if (c == ':')
            return bad_word(err, o->verb, argv[optind - 1], "needs a value");
        if (c == '?')
            return bad_word(err, o->verb, argv[optind - 1], "is no option here");
        int ret = set_option(o, spec_of(c), optarg, err);
        if (ret)
            return ret;
    }
    o->settings = o->verb == APP_SESSION;
    if (!o->recipe)
        o->recipe = o->verb == APP_BENCH ? "koch" : "visavis";
    o->rest = argv + optind;
    o->n_rest = argc - optind;
    if (o->n_rest > verbs[o->verb].max_rest && !o->help)
        return bad_word(err, o->verb, o->rest[verbs[o->verb].max_rest], "is one word too many");
    return 0;
}

int app_options_data_dir(const struct app_options *o, char *out, size_t size, struct err *err)
{
    if (!o->data)
        return file_default_data_dir(out, size, err);
    if (!*o->data || strlen(o->data) >= size)
        return err_set(err, ERR_USAGE, "--data: the name is empty or too long");
    snprintf(out, size, "%s", o->data);
    return 0;
}
