#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The window in all its states looks as it did when somebody looked at it last.

usage: approved.py UI_SHOTS FOLDER [--approve]

UI_SHOTS draws the states at several sizes, dark and light; the pictures are left in FOLDER, those of a
size and theme together on a sheet. A sheet is compared with the one of the same name in
tests/window/approved, place by place with a tolerance for how text is rendered; --approve, after a
look at the sheets, makes them the ones to compare with. Exit code 77 without the font they are drawn
with, DejaVu Sans, or without ImageMagick.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

APPROVED = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'approved')
SIZES = ['640x480', '640x480-light', '1280x800', '1280x800-light', '1280x960@2', '1280x960@2-light']
TILE = 320      # width of a picture on a sheet
COLUMNS = 5
COLOURS = 256   # of a sheet
AT_ONCE = 10    # shots, which ImageMagick then has room for
BLOCK = 8       # side of a place on a sheet, pixels
TOLERANCE = 14  # mean difference of a place, of 255
FONTS = '''<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>%s</dir><cachedir>%s</cachedir>
<alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias></fontconfig>'''


def run(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def skip(why):
    print('skipped:', why)
    sys.exit(77)


def font_folder():
    """Of DejaVu Sans; None: it is not installed."""
    path = run('fc-match', '-f', '%{file}', 'DejaVu Sans').decode()
    return os.path.dirname(path) if os.path.basename(path) == 'DejaVuSans.ttf' else None


def draw(ui_shots, folder):
    """All shots. No other fonts than one, so that letters that it hasn't look alike everywhere."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    fonts = font_folder()
    if not fonts:
        skip('the font DejaVu Sans is not installed')
    with tempfile.TemporaryDirectory(prefix='visavis-test-') as temp:
        config = os.path.join(temp, 'fonts.conf')
        with open(config, 'w', encoding='utf-8') as f:
            f.write(FONTS % (fonts, temp))
        subprocess.run([ui_shots, folder, *SIZES], check=True, stdout=subprocess.DEVNULL,
                       env=dict(os.environ, FONTCONFIG_FILE=config))


def states_of(folder, size):
    """Their names, in the order in which they are drawn."""
    shots = [os.path.join(folder, name) for name in os.listdir(folder)]
    shots.sort(key=lambda path: os.stat(path).st_mtime_ns)
    names = [re.fullmatch(re.escape(size) + r'-(?!light-)(.*)\.png', os.path.basename(p)) for p in shots]
    return [m[1] for m in names if m]


def make_sheet(folder, size, states, out):
    """Returns the height of a picture on it."""
    shots = [os.path.join(folder, f'{size}-{state}.png') for state in states]
    with tempfile.TemporaryDirectory(prefix='visavis-test-') as temp:
        for i in range(0, len(shots), AT_ONCE):
            run('convert', *shots[i:i + AT_ONCE], '-scale', f'{TILE}x', '+adjoin',
                os.path.join(temp, f'{i:03}-%02d.ppm'))
        tiles = sorted(os.path.join(temp, name) for name in os.listdir(temp))
        whole = os.path.join(temp, 'sheet.ppm')
        run('montage', *tiles, '-tile', f'{COLUMNS}x', '-geometry', '+0+0', '-background', 'black', whole)
        run('convert', whole, '+dither', '-quantize', 'Lab', '-colors', str(COLOURS), '-strip',
            'PNG8:' + out)
        return int(run('identify', '-format', '%h', tiles[0]))


def differences(sheet, approved, height, states):
    """Of the states that differ: where, and how much."""
    if run('identify', '-format', '%wx%h', sheet) != run('identify', '-format', '%wx%h', approved):
        return ['there are other states, or other sizes']
    off = run('convert', sheet, approved, '-compose', 'difference', '-composite', '-colorspace', 'gray',
              '-scale', f'{100 / BLOCK}%', '-depth', '8', 'gray:-')
    in_row = COLUMNS * TILE // BLOCK
    found = {}
    for at, value in enumerate(off):
        if value > TOLERANCE:
            x, y = at % in_row * BLOCK, at // in_row * BLOCK
            state = states[min(y // height * COLUMNS + x // TILE, len(states) - 1)]
            here = value, 100 * (x % TILE) // TILE, 100 * (y % height) // height
            found.setdefault(state, []).append(here)
    return [f'{state}: {len(places)} places, most (by %d) at %d %% of its width, %d %% of its height'
            % max(places) for state, places in found.items()]


def main():
    ui_shots, folder = sys.argv[1:3]
    approve = sys.argv[3:] == ['--approve']
    if not all(map(shutil.which, ('fc-match', 'convert', 'montage'))):
        skip('ImageMagick or fc-match is not installed')
    draw(ui_shots, folder)
    bad = 0
    for size in SIZES:
        states = states_of(folder, size)
        sheet, approved = (os.path.join(d, f'{size}.png') for d in (folder, APPROVED))
        height = make_sheet(folder, size, states, sheet)
        if approve:
            os.makedirs(APPROVED, exist_ok=True)
            shutil.copy(sheet, approved)
        wrong = differences(sheet, approved, height, states)
        print(f'{size}: {len(states)} states' + ''.join(f'\n  {w}' for w in wrong))
        bad += bool(wrong)
    if bad:
        print(f'compare the sheets in {folder} with those in {APPROVED}; if all is well: --approve')
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
