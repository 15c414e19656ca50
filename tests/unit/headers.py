#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every header compiles alone, with nothing included before it.

usage: headers.py SOURCE COMPILER...
"""
import concurrent.futures
import os
import subprocess
import sys

ROOMS = ('app', 'capture', 'core', 'ui')
SDL = subprocess.run(['pkg-config', '--cflags', 'sdl2', 'SDL2_ttf'], check=True,
                     stdout=subprocess.PIPE, text=True).stdout.split()


def check(source, compiler, header):
    return subprocess.run([*compiler, *SDL, '-fsyntax-only', '-Wall', '-Wextra', '-Werror',
                           '-Wno-unused-function', '-D_GNU_SOURCE',
                           '-I.', '-x', 'c', '-std=gnu11', header], cwd=source, capture_output=True,
                          text=True, check=False)


def main():
    source, *compiler = sys.argv[1:]
    headers = sorted(os.path.relpath(os.path.join(top, name), source) for room in ROOMS
                     for top, _, names in os.walk(os.path.join(source, room))
                     for name in names if name.endswith('.h'))
    assert len(headers) > 50, headers
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda h: check(source, compiler, h), headers))
    for header, r in zip(headers, results):
        if r.returncode:
            print(f'{header} does not compile alone:\n{r.stderr}')
    return 1 if any(r.returncode for r in results) else 0


if __name__ == '__main__':
    sys.exit(main())
