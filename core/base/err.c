// SPDX-License-Identifier: MIT
#include "core/base/err.h"

#include <stdarg.h>
#include <stdio.h>

int err_set(struct err *err, int code, const char *fmt, ...)
{
    if (!err)
        return code;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    for (char *p = err->text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            *p = '?';
    return code;
}

int err_memory(struct err *err, const char *what)
{
    return err_set(err, ERR_MEMORY, "out of memory (%s)", what);
}

int err_exit_code(int code)
{
    switch (code) {
    case ERR_USAGE:
    case ERR_CAMERA:
    case ERR_DATA:
    case ERR_MODEL:
        return -code;
    default:
        return code < 0 ? -ERR_DATA : 0;
    }
}
