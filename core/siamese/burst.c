// SPDX-License-Identifier: MIT
#include "core/siamese/dataset.h"

#include <ctype.h>
#include <string.h>

#define STAMP_FORM "dddddddd-dddddd-ddd" // clock_stamp(), d: a digit

// Where the digits that end name[0..end) start; `end` if there are none.
static size_t digits_start(const char *name, size_t end)
{
    while (end > 0 && isdigit((unsigned char)name[end - 1]))
        end--;
    return end;
}

static bool is_stamp(const char *text)
{
    for (size_t i = 0; i < strlen(STAMP_FORM); i++)
        if (STAMP_FORM[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != STAMP_FORM[i])
            return false;
    return true;
}

bool siam_burst_parse(const char *name, struct siam_burst *burst)
{
    const char *dot = strrchr(name, '.');
    size_t end = dot ? (size_t)(dot - name) : strlen(name);
    size_t picture = digits_start(name, end);
    if (picture == end || picture == 0 || name[picture - 1] != '-')
        return false;
    size_t key_len = picture - 1;
    size_t number = digits_start(name, key_len);
    if (number == key_len || number < 2 || memcmp(name + number - 2, "-b", 2) != 0)
        return false;
    size_t stamp_end = number - 2, len = strlen(STAMP_FORM);
    bool stamped = stamp_end >= len && is_stamp(name + stamp_end - len);
    *burst = (struct siam_burst){key_len, stamped ? name + stamp_end - len : ""};
    return true;
}
