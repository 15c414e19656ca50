#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who may call whom: every #include of the project stays within what its room may use.

usage: rooms.py SOURCE
"""
import os
import re
import sys

CORE = ['core/base', 'core/image', 'core/face', 'core/nn', 'core/siamese', 'core/verify']
MAY_USE = {
    'core/base': ['core/base'],
    'core/image': ['core/image', 'core/base'],
    'core/face': ['core/face', 'core/image', 'core/base'],
    'core/nn': ['core/nn', 'core/base'],
    'core/siamese': CORE[:5],
    'core/verify': CORE,
    'capture': ['capture', 'core/image', 'core/base'],
    'ui': ['ui', *CORE],
    'app': ['app', 'ui', 'capture', *CORE],
}
FOREIGN = {'SDL': ['ui'], 'libv4l': ['capture'], 'linux/videodev2': ['capture'],
           'cblas': ['core/nn'], 'jpeglib': ['core/image']}


def faults(source):
    for room, allowed in MAY_USE.items():
        folder = os.path.join(source, room)
        for name in sorted(os.listdir(folder)):
            if not name.endswith(('.c', '.h', '.cpp')):
                continue
            with open(os.path.join(folder, name), encoding='utf-8') as f:
                text = f.read()
            for header in re.findall(r'^#\s*include "([^"]+)"', text, re.M):
                if os.path.dirname(header) not in allowed:
                    yield f'{room}/{name} includes {header}'
            for header in re.findall(r'^#\s*include <([^>]+)>', text, re.M):
                for library, rooms in FOREIGN.items():
                    if header.startswith(library) and room not in rooms:
                        yield f'{room}/{name} includes <{header}>'


def main(source):
    found = list(faults(source))
    print('\n'.join(found) or 'every include stays within its room')
    return bool(found)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
