#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The page of other people in a real window: an X server (Xvfb), real keys and a real mouse (xdotool).
Folders are found and used, weighed, removed and taken back, by keys alone and by the mouse alone, and typed.
Asserts on what is remembered and on the event stream.

usage: people.py PROGRAM ARTEFACTS     exit code 77 where Xvfb or xdotool is missing
"""
import json
import os
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from driven import Driven, lacks_tools, record

PROGRAM, ARTEFACTS = map(os.path.abspath, sys.argv[1:3])


class Window(Driven):
    def __init__(self, folder):
        super().__init__(folder, ARTEFACTS)
        self.home = os.path.join(folder, 'home')
        self.env.update(HOME=self.home)

    def start(self):
        self.launch(os.path.join(self.folder, 'events'),
                    [PROGRAM, '--data', self.folder + '/data', '--camera', 'demo@10'])
        self.wait('a drawn frame', lambda: any(e['frame'] for e in self.events('drawn')))

    def used(self):
        """Names and weights of the folders that are remembered."""
        try:
            with open(os.path.join(self.folder, 'data/folders.json'), encoding='utf-8') as f:
                found = json.load(f)['negatives']
        except FileNotFoundError:
            return []
        entries = [e if isinstance(e, dict) else {'path': e} for e in found]
        return [(os.path.relpath(e['path'], self.home), e.get('weight', 1)) for e in entries]

    def state(self):
        return self.used(), self.events('browsed')

    def expect(self, *used):
        self.wait(used, lambda: self.used() == list(used))
        self.places()  # it is drawn: the next key is for it

    def goes_to(self, name, act):
        """Acts, and waits until the browser has listed that folder of the home."""
        known = len(self.events('browsed'))
        act()
        path = os.path.normpath(os.path.join(self.home, name))
        self.wait(name, lambda: path in [e['path'] for e in self.events('browsed')[known:]])
        self.places()  # it is drawn

    def doubleclick_on(self, does, **which):
        self.point(self.place(does, **which), .3)
        self.xdotool('click', '--repeat', 2, '--delay', 60, 1)


# The rows of a list: 0 the folder itself, 1 the one above, then the folders in it.
def by_keys(w):
    w.goes_to('.', lambda: w.press('4'))
    w.press('Down', 'space')  # the second folder
    w.expect(('two', 1))
    w.goes_to('one', lambda: w.press('Up', 'Return'))
    w.press('Down', 'space')  # of one/a and one/b
    w.expect(('two', 1), ('one/b', 1))
    w.goes_to('.', lambda: w.press('BackSpace'))
    w.goes_to('.', lambda: w.press('period'))
    w.press('Home', 'Down', 'Down', 'space')  # the first one is hidden, the cursor stays elsewhere
    w.expect(('two', 1), ('one/b', 1), ('.hidden', 1))
    w.press('x', 'End', 'plus')
    w.expect(('two', 1), ('one/b', 1), ('.hidden', 2))
    w.press('Home', 'Left', 'minus', 'minus', 'KP_Subtract')
    w.expect(('two', .25), ('one/b', 1), ('.hidden', 2))
    w.press('Delete')
    w.expect(('one/b', 1), ('.hidden', 2))
    w.press('u')
    w.expect(('two', .25), ('one/b', 1), ('.hidden', 2))
    for left in (('one/b', 1), ('.hidden', 2)), (('.hidden', 2),), ():
        w.press('Delete')
        w.expect(*left)
    w.press('u')  # the last of them
    w.expect(('.hidden', 2))
    w.press('x', 'Delete')  # when there was none, keys went over to the browser
    w.expect()
    w.shot('people-keys')
    w.press('period', 'Escape')


def type_path(w, path):
    time.sleep(.5)  # SDL's text input begins a little later than the key
    w.xdotool('type', '--delay', '20', path)
    w.press('Return')


def is_open(w):
    return 'accept' in [p['does'] for p in w.places()]


def by_typing(w):
    """A wrong path stays to be mended, and keys are no commands meanwhile."""
    w.press('o')
    type_path(w, '/nonsense/path')
    w.wait('the error', lambda: w.events('error'))
    assert is_open(w)
    w.press('n', 'v', 't', 'ctrl+a', 'BackSpace')
    assert is_open(w) and not w.events('saved') and len(w.events('error')) == 1
    w.shot('people-typing')
    type_path(w, '~/two')
    w.expect(('two', 1))
    w.wait('the line to close', lambda: not is_open(w))
    w.press('4', 'x', 'Delete', 'Escape')
    w.expect()


def by_mouse(w):
    w.goes_to('.', lambda: w.click_on('page', index=4))
    w.click_on('pick_dir', index=3)
    w.click_on('use_dir')
    w.expect(('two', 1))
    w.goes_to('one', lambda: w.doubleclick_on('pick_dir', index=2))
    w.click_on('pick_dir', index=0)
    w.click_on('use_dir')
    w.expect(('two', 1), ('one', 1))
    w.goes_to('one/a', lambda: w.click_on('open_dir', index=2))
    w.goes_to('one', lambda: w.click_on('open_dir', index=-1))
    w.click_on('weight', index=1, amount=2)
    w.expect(('two', 1), ('one', 2))
    w.click_on('remove_folder', index=0)
    w.expect(('one', 2))
    w.click_on('undo')
    w.expect(('two', 1), ('one', 2))
    w.shot('people-mouse')
    w.click_on('page', index=4)


def main():
    if lacks_tools('Xvfb', 'xdotool'):
        sys.exit(77)
    folder = tempfile.mkdtemp(prefix='visavis-test-')
    w = Window(folder)
    try:
        pictures = record(PROGRAM, os.path.join(folder, 'recorded'), [0], pictures=2, every=2)
        for name in 'two', 'one/a', 'one/b', '.hidden':
            shutil.copytree(pictures, os.path.join(w.home, name))
        w.start()
        by_keys(w)
        by_typing(w)
        by_mouse(w)
        w.press('q')
        assert w.program.wait(60) == 4, w.log()  # for the path that was wrong
        assert [e['text'].split(':')[0] for e in w.events('error')] == ['/nonsense/path']
    finally:
        w.end()
        shutil.rmtree(folder)
    print('folders are found, used, weighed, removed and taken back by keys and by mouse')


if __name__ == '__main__':
    main()
