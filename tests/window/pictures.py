#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page of the user's pictures in a real window: an X server (Xvfb), real keys and a real mouse
(xdotool). Pictures are chosen, deleted, moved and taken back, in the order in which that was done,
and a crash loses none of it. Asserts on the files and on the event stream.

usage: pictures.py PROGRAM ARTEFACTS     exit code 77 where Xvfb or xdotool is missing
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from driven import Driven, lacks_tools

PROGRAM, ARTEFACTS = map(os.path.abspath, sys.argv[1:3])
KINDS = ('anchor', 'positive', 'negative')
# Of the page in a window of 1280x800 points: its first picture's middle, and the way to the next.
FIRST_X, FIRST_Y, PITCH = 365, 155, 83.5


class Window(Driven):
    patience = 30

    def __init__(self, folder):
        super().__init__(folder, ARTEFACTS)
        self.data = os.path.join(folder, 'data')
        self.stream = os.path.join(folder, 'events')

    def start(self, camera='demo@10'):
        if os.path.exists(self.stream):
            os.remove(self.stream)
        self.launch(self.stream, [PROGRAM, '--data', self.data, '--camera', camera])
        self.wait('a drawn frame', lambda: any(e['frame'] for e in self.events('drawn')))

    def state(self):
        return self.pictures()

    def expect(self, **counts):
        """Waits until there are so many pictures of each class, and the page shows them."""
        self.wait(counts, lambda: {k: len(v) for k, v in self.pictures().items()} == counts)
        time.sleep(.4)  # the page reads a folder again, at most five times a second

    def click(self, column, row_y, *modifiers):
        self.xdotool('mousemove', round(FIRST_X + PITCH * column), row_y)
        for key in modifiers:
            self.xdotool('keydown', key)
        self.xdotool('click', 1)
        for key in modifiers:
            self.xdotool('keyup', key)

    def pictures(self):
        """Names by class, the newest first as the page has them."""
        return {kind: sorted(os.listdir(os.path.join(self.data, kind)),
                             key=lambda name: name.split('-', 1)[1], reverse=True)
                for kind in KINDS}

    def trash(self):
        return sorted(name for _, _, names in os.walk(os.path.join(self.data, 'trash'))
                      for name in names)


def coached(window):
    """What the coach has seen of each picture, by name."""
    path = os.path.join(window.data, 'coach.json')
    if not os.path.exists(path):
        return {}
    with open(path, encoding='utf-8') as f:
        return json.load(f)['pictures']


def others_of(folder):
    return {name: os.stat(os.path.join(folder, name)).st_mtime_ns for name in os.listdir(folder)}


def edit(window, others):
    window.start()
    window.expect(anchor=6, positive=4, negative=2)
    before = window.pictures()
    window.press('1')
    time.sleep(1)
    window.shot('pictures-open')
    window.wait('the coach', lambda: len(coached(window)) == 10)
    assert set(coached(window)) == {*before['anchor'], *before['positive']}

    # By mouse: the second one and, with Shift, the fourth.
    window.click(1, FIRST_Y)
    window.click(3, FIRST_Y, 'shift')
    window.press('Delete')
    window.expect(anchor=3, positive=4, negative=2)
    gone = before['anchor'][1:4]
    assert window.trash() == sorted(gone), (window.trash(), gone)
    assert window.events('deleted') == [{'event': 'deleted', 'kind': 'anchor', 'count': 3}]

    # By keys: the first anchor becomes a positive, then two positives are no match.
    window.press('Home', 'shift+p')
    window.expect(anchor=2, positive=5, negative=2)
    moved = window.events('moved')
    assert moved == [{'event': 'moved', 'kind': 'anchor', 'to': 'positive', 'count': 1}], moved
    assert before['anchor'][0] in window.pictures()['positive']
    window.press('Home', 'Down', 'shift+Right', 'shift+n')
    window.expect(anchor=2, positive=3, negative=4)

    # A burst is one step among these.
    window.xdotool('keydown', 'a', 'sleep', '.2', 'keyup', 'a')
    window.wait('a picture', lambda: window.events('saved'))
    time.sleep(.5)
    window.shot('pictures-edited')
    window.press('u')
    window.wait('undo', lambda: window.events('undone'))
    window.expect(anchor=2, positive=3, negative=4)
    window.press('u')
    window.expect(anchor=2, positive=5, negative=2)
    window.press('u')
    window.expect(anchor=3, positive=4, negative=2)
    window.press('u')
    window.expect(anchor=6, positive=4, negative=2)
    assert window.pictures() == before
    assert window.events('restored') == [{'event': 'restored', 'kind': 'anchor', 'count': 3}]
    assert not window.trash()

    # Other people's pictures can be looked at, no more.
    was = others_of(others)
    window.press('End', 'Delete')
    window.wait('a refusal', lambda: window.events('error'))
    assert 'never changed' in window.events('error')[0]['text']
    assert others_of(others) == was


def crash(window):
    """What was deleted before a crash comes back in the session after it."""
    before = window.pictures()
    window.press('Home', 'ctrl+a', 'Delete')
    window.expect(anchor=0, positive=4, negative=2)
    window.program.kill()
    window.program.wait()
    window.start()
    assert window.trash() == sorted(before['anchor'])
    window.press('u')
    window.expect(anchor=6, positive=4, negative=2)
    assert window.pictures() == before


def leave(window):
    """The trash is emptied when the window is closed. Its title opens the page, too."""
    window.click_on('page', index=1)
    time.sleep(1)
    window.click(0, FIRST_Y)
    window.press('Delete')
    window.expect(anchor=5, positive=4, negative=2)
    assert len(window.trash()) == 1
    window.press('q')
    assert window.program.wait(30) == 0
    assert not os.path.exists(os.path.join(window.data, 'trash'))


def still(window, picture):
    """Of a picture that stands still a held key keeps one a second."""
    window.start(f'replay:{picture}@25')
    window.xdotool('keydown', 'p')
    window.wait('three pictures', lambda: len(window.events('saved')) >= 3)
    window.shot('pictures-held')
    window.xdotool('keyup', 'p')
    frames = [e['frame'] for e in window.events('saved')]
    assert all(b - a >= 20 for a, b in zip(frames, frames[1:])), frames
    time.sleep(.5)
    window.press('q')
    assert window.program.wait(30) == 0
    assert 'too like the picture before' in window.log()


def main():
    if lacks_tools('Xvfb', 'xdotool', 'import'):
        return 77
    with tempfile.TemporaryDirectory(prefix='visavis-test-') as folder:
        data = os.path.join(folder, 'data')
        keys = 'a 6\ncamera demo:0@0\np 4\ncamera demo:4@0\nn 2\n'
        subprocess.run([PROGRAM, '--headless', '--camera', 'demo@0', '--data', data, '--keys', '-'],
                       input=keys, text=True, check=True, capture_output=True, timeout=120)
        others = os.path.join(folder, 'others')
        shutil.copytree(os.path.join(data, 'negative'), others)
        with open(os.path.join(data, 'folders.json'), 'w', encoding='utf-8') as f:
            json.dump({'negatives': [others]}, f)
        window = Window(folder)
        try:
            edit(window, others)
            crash(window)
            leave(window)
            alone = os.path.join(folder, 'alone')
            os.mkdir(alone)
            shutil.copy(os.path.join(others, os.listdir(others)[0]), alone)
            still(window, alone)
        finally:
            window.end()
    return 0


if __name__ == '__main__':
    sys.exit(main())
