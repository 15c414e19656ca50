#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How a training grows with the pictures: time to load them, time of an epoch, peak memory.

usage: growth.py PROGRAM [--cache MB] [--threads N] [PICTURES...]      a Markdown table

Draws distinct pictures (a third each anchors, positives and other people; bursts of 20 that look
alike, people with 5 pictures) and trains for one epoch on each number of them, 300 to 10000.
An epoch shows every anchor and positive that is not held out, and as many other people, but at least
119 of each kind, so that a small set's pictures are shown more than once: the time of a picture shown
is what compares.
"""
import argparse
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib

SIDE, BURST, PERSON = 250, 20, 5


def png(rows):
    """A PNG of SIDE rows of 3 * SIDE bytes."""
    chunk = lambda kind, data: (struct.pack('>I', len(data)) + kind + data +
                                struct.pack('>I', zlib.crc32(kind + data)))
    head = struct.pack('>IIBBBBB', SIDE, SIDE, 8, 2, 0, 0, 0)
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) +
            chunk(b'IDAT', zlib.compress(b''.join(b'\0' + r for r in rows), 1)) +
            chunk(b'IEND', b''))


def draw(cells):
    """9 x 8 cells of a colour each, which are what the program's hash sees."""
    rows = [b''.join(bytes(line[9 * x // SIDE]) for x in range(SIDE)) for line in cells]
    return png(rows[8 * y // SIDE] for y in range(SIDE))


def random_cells(rng):
    return [[[rng.randrange(8, 248) for _ in range(3)] for _ in range(9)] for _ in range(8)]


def alike(cells, rng):
    """The same but for one cell and the light."""
    light = rng.randrange(-8, 9)
    new = [[[v + light for v in cell] for cell in line] for line in cells]
    new[rng.randrange(8)][rng.randrange(9)] = [rng.randrange(256) for _ in range(3)]
    return new


def put_bursts(folder, kind, n, rng):
    os.makedirs(os.path.join(folder, kind))
    for i in range(n):
        burst, number = divmod(i, BURST)
        if number == 0:
            cells = random_cells(rng)
        name = f'{kind}-20260314-{burst // 60 % 24:02}{burst % 60:02}00-000-b{burst:04}-{number:04}.png'
        with open(os.path.join(folder, kind, name), 'wb') as f:
            f.write(draw(alike(cells, rng)))


def put_people(folder, n, rng):
    for i in range(n):
        person = os.path.join(folder, 'negative', f'{i // PERSON:05}')
        os.makedirs(person, exist_ok=True)
        with open(os.path.join(person, f'{i % PERSON}.png'), 'wb') as f:
            f.write(draw(random_cells(rng)))


def make_pictures(folder, n):
    rng = random.Random(n)
    put_bursts(folder, 'anchor', n // 3, rng)
    put_bursts(folder, 'positive', n // 3, rng)
    put_people(folder, n - 2 * (n // 3), rng)


def train(program, folder, cache_mb, threads):
    """One epoch: seconds to load and to train, peak memory in MB, what was reported."""
    command = [program, 'train', '--data', folder, '--epochs', '1', '--cache', str(cache_mb), '--json']
    if threads:
        command += ['--threads', str(threads)]
    begun = time.monotonic()
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out = []
    reader = threading.Thread(target=lambda: out.append(run.stdout.read()))
    reader.start()
    loaded = None
    log = ''
    for line in run.stderr:
        log += line
        if loaded is None and re.search(r'\d+ anchors, \d+ positives', line):
            loaded = time.monotonic()
    reader.join()
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode or loaded is None:
        sys.exit(f'{" ".join(command)}: exit code {run.returncode}\n{log}')
    report = json.loads(out[0])
    return loaded - begun, report['seconds'], usage.ru_maxrss / 1024, report


def main():
    parser = argparse.ArgumentParser(description='How a training grows with the pictures.')
    parser.add_argument('program')
    parser.add_argument('--cache', type=int, default=256, metavar='MB')
    parser.add_argument('--threads', type=int)
    parser.add_argument('pictures', type=int, nargs='*', default=[300, 1000, 3000, 10000])
    args = parser.parse_intermixed_args()
    print('| pictures | load | a picture | epoch | shown | a picture | peak memory, '
          f'cache {args.cache} MB |')
    print('|---|---|---|---|---|---|---|')
    for n in args.pictures:
        with tempfile.TemporaryDirectory(prefix='visavis-growth-') as folder:
            make_pictures(folder, n)
            load, epoch, peak, report = train(args.program, folder, args.cache, args.threads)
        shown = 3 * max(119, round(0.7 * max(report['n_anchor'], report['n_positive'])))
        print(f'| {n} | {load:.2f} s | {1e3 * load / n:.2f} ms | {epoch:.1f} s | {shown} | '
              f'{1e3 * epoch / shown:.1f} ms | {peak:.0f} MB |', flush=True)


if __name__ == '__main__':
    main()
