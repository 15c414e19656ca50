// SPDX-License-Identifier: MIT
#include "ui/utf8.h"

static size_t expected_length(unsigned char lead)
{
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 1;
}

size_t ui_utf8_next(const char *s, uint32_t *ch)
{
    const unsigned char *u = (const unsigned char *)s;
    size_t n = expected_length(u[0]);
    *ch = UI_UTF8_BAD;
    if (n == 1) {
        if (u[0] < 0x80)
            *ch = u[0];
        return 1;
    }
    uint32_t value = u[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((u[i] & 0xc0) != 0x80)
            return 1;
        value = value << 6 | (u[i] & 0x3f);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 1;
    *ch = value;
    return n;
}

size_t ui_utf8_previous(const char *s, size_t at)
{
    for (size_t n = 2; n <= 4 && n <= at; n++) {
        uint32_t ch;
        if (ui_utf8_next(s + at - n, &ch) == n)
            return n;
    }
    return 1;
}

size_t ui_utf8_floor(const char *s, size_t at)
{
    for (size_t back = 1; back <= 3 && back <= at; back++) {
        uint32_t ch;
        if (ui_utf8_next(s + at - back, &ch) > back)
            return at - back;
    }
    return at;
}
