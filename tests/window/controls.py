#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every control of the window, by its key and by the mouse: an X server (Xvfb), real keys and a real
mouse (xdotool), folders that are dropped (XDND). The program is asked where its places are. Asserts on
the event stream, the settings and the files.

usage: controls.py PROGRAM ARTEFACTS     exit code 77 where Xvfb or xdotool is missing
"""
import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from driven import Driven, lacks_tools, record
from x11 import Client

PROGRAM, ARTEFACTS = map(os.path.abspath, sys.argv[1:3])
KINDS = {'a': 'anchor', 'p': 'positive', 'n': 'negative'}
BURST = 4
OTHERS = 8  # from there on pictures that hurt are of others
TRAINING = 600  # seconds that one takes at most, or a first score, on a busy machine
BY_ARROWS = ('choose', 'choose_worst', 'slider',  # the Tab key passes over these
             'pick_folder', 'pick_dir')


class Window(Driven):
    def __init__(self, folder):
        super().__init__(folder, ARTEFACTS)
        self.data = os.path.join(folder, 'data')

    def start(self, *args):
        self.launch(tempfile.mktemp(dir=self.folder),
                    [PROGRAM, '--data', self.data, '--camera', 'demo:0@10', '--epochs', '1', *args])
        self.wait('a drawn frame', lambda: any(e['frame'] for e in self.events('drawn')))

    def count(self, kind):
        return len(self.events(kind))

    def wait_more(self, kind, act, seconds=None):
        """Acts, and returns the first event of the kind that follows."""
        known = self.count(kind)
        act()
        self.wait(f'an event "{kind}"', lambda: self.count(kind) > known, seconds)
        return self.events(kind)[known]

    def wait_setting(self, key, value, act):
        act()
        self.wait(f'{key} {value}', lambda: self.settings().get(key) == value)

    def wait_place(self, does, there=True, **which):
        def shown():
            return any(p['does'] == does and all(p.get(k) == v for k, v in which.items())
                       for p in self.places())
        self.wait(f'{does} to be {there}', lambda: shown() == there)

    def wait_log(self, text, act):
        known = self.log().count(text)
        act()
        self.wait(f'"{text}"', lambda: self.log().count(text) > known)

    def tab_to(self, does, **which):
        """Goes there with the Tab key, from the start, and presses Enter."""
        self.xdotool('mousemove', '--window', self.window, 2, 2, 'click', 1)  # nothing has the focus
        stops = [p for p in self.places() if p['does'] not in BY_ARROWS]
        for i, p in enumerate(stops):
            if p['does'] == does and all(p.get(k) == v for k, v in which.items()):
                self.press(*['Tab'] * (i + 1), 'Return')
                return
        raise AssertionError(f'Tab never comes to {does}')

    def folders(self):
        try:
            with open(os.path.join(self.data, 'folders.json'), encoding='utf-8') as f:
                return [e if isinstance(e, str) else e['path'] for e in json.load(f)['negatives']]
        except FileNotFoundError:
            return []

    def end_of_program(self, act):
        act()
        assert self.program.wait(60) == 0, self.log()
        assert not self.events('error'), self.events('error')


def either_way(w, key, does, check, **which):
    """By its key, then by the mouse; `check` takes what acts."""
    check(lambda: w.press(key))
    check(lambda: w.click_on(does, **which))


def hold(w, kind, down, up):
    """Pictures come while it is down, and no longer."""
    known = w.count('saved')
    w.xdotool(*down)
    w.wait('a burst', lambda: w.count('saved') >= known + BURST)
    w.xdotool(*up)
    time.sleep(.5)  # what was on its way
    n = w.count('saved')
    time.sleep(.5)
    assert w.count('saved') == n, 'the burst goes on'
    assert all(e['kind'] == kind and os.path.exists(e['path']) for e in w.events('saved')[known:])


def collect(w):
    w.press('Escape')  # closes the greeting
    for key, kind in KINDS.items():
        hold(w, kind, ('keydown', key), ('keyup', key))
        w.point(w.place('hold', key=key))
        hold(w, kind, ('mousedown', 1), ('mouseup', 1))
    last = w.count('undone')
    either_way(w, 'u', 'undo', lambda act: w.wait_more('undone', act))
    kinds = [e['kind'] for e in w.events('undone')[last:]]
    assert kinds == ['negative', 'negative'], kinds


def choose_folders(w, others, dropped):
    w.press('4')
    w.wait_place('type')
    w.click_on('type')
    w.wait_place('accept')
    w.xdotool('type', '--delay', '20', '/nowhere')
    w.click_on('cancel')
    w.wait_place('accept', False)
    w.press('4')
    w.wait_place('type', False)
    w.press('o')
    w.wait_place('accept')
    time.sleep(.5)  # SDL's text input begins a little later than the key
    w.xdotool('type', '--delay', '20', others)
    assert w.wait_more('folder', lambda: w.click_on('accept'))['path'] == others
    client = Client(w.env['DISPLAY'])
    event = w.wait_more('folder', lambda: client.drop(int(w.window), dropped, 300, 200))
    assert event == {'event': 'folder', 'path': dropped, 'pictures': 4}, event
    w.wait('both', lambda: w.folders() == [others, dropped])
    w.click_on('remove_folder', index=1)
    w.wait('one', lambda: w.folders() == [others])
    w.wait_more('folder', lambda: client.drop(int(w.window), dropped, 300, 200))
    w.tab_to('remove_folder', index=1)
    w.wait('one, by keys', lambda: w.folders() == [others])


def look(w):
    for mirror, act in (False, lambda: w.press('m')), (True, lambda: w.click_on('mirror')):
        w.wait_setting('mirror', mirror, act)
    w.wait_setting('theme', 'light', lambda: w.press('l'))
    w.press('h')
    w.wait_place('quit')
    w.shot('controls-help')
    w.wait_setting('theme', 'dark', lambda: w.click_on('theme'))
    w.wait_setting('text_size', 1.1, lambda: w.click_on('text_size', index=1))
    w.wait_setting('text_size', 1, lambda: w.click_on('text_size', index=-1))
    w.wait_setting('text_size', 1.1, lambda: w.press('ctrl+plus'))
    w.wait_setting('text_size', 1, lambda: w.click_on('text_size', index=0))
    w.wait_setting('text_size', .9, lambda: w.press('ctrl+minus'))
    w.wait_setting('text_size', 1, lambda: w.press('ctrl+0'))
    w.press('Escape')
    w.wait_place('quit', False)
    w.click_on('help')
    w.wait_place('quit')
    w.click_on('help')  # "Close"
    w.wait_place('quit', False)

    figures = sum(p['does'] == 'figures' for p in w.places())
    for more, act in (1, lambda: w.press('i')), (0, lambda: w.click_on('figures')):
        act()
        w.wait('the figures', lambda: sum(p['does'] == 'figures' for p in w.places()) == figures + more)

    manager = Client(w.env['DISPLAY'])
    for enter, leave in (lambda: w.press('f'), 'Escape'), (lambda: w.click_on('fullscreen'), 'f'):
        enter()
        assert manager.wait_fullscreen()
        w.press(leave)
        assert not manager.wait_fullscreen()
    time.sleep(1)


def cameras(w):
    either_way(w, 'c', 'camera', lambda act: w.wait_more('camera', act))
    w.wait_more('camera', lambda: w.press('space'))
    assert w.events('camera')[-1]['state'] == 'paused'
    w.wait_place('pause')  # over the picture
    w.wait_more('camera', lambda: w.click_on('pause'))
    assert w.events('camera')[-1]['state'] == 'opened'


def pages(w):
    opened = {'1': 'choose', '2': None, '3': 'choose_camera'}
    for index, (key, inside) in enumerate(opened.items(), 1):
        for act in lambda: w.press(key), lambda: w.click_on('page', index=index):
            act()
            w.wait_place('fullscreen', False)  # of the picture
            if inside:
                w.wait_place(inside)
            w.press('Escape')
            w.wait_place('fullscreen')
    w.press('1')
    w.wait_place('choose_section')
    for act in lambda: w.press('Home', 'ctrl+a'), lambda: w.click_on('choose_section', index=0):
        act()
        w.wait_place('delete')
    w.wait_more('moved', lambda: w.click_on('move', key='p'))
    w.wait_more('moved', lambda: w.press('u'))
    w.press('Home', 'shift+n')
    w.wait('a move', lambda: w.events('moved')[-1]['to'] == 'negative')
    w.wait_more('moved', lambda: w.press('u'))
    w.wait_more('deleted', lambda: w.press('Home', 'Delete'))
    w.wait_more('restored', lambda: w.click_on('undo'))
    w.click_on('choose', index=0)
    w.wait_more('deleted', lambda: w.click_on('delete'))
    w.wait_more('restored', lambda: w.press('u'))
    w.click_on('page', index=1)  # "Close"
    w.wait_place('fullscreen')


def train(w):
    w.press('t')
    w.wait_place('stop')
    assert w.wait_more('trained', lambda: w.click_on('stop'), TRAINING)['stopped']
    w.wait_place('train')
    w.wait_more('trained', lambda: w.click_on('train'), TRAINING)
    assert not w.events('trained')[-1]['stopped']
    w.wait_place('retrain', False)  # not live
    w.shot('controls-trained')
    w.wait_more('trained', lambda: w.press('t'), TRAINING)


def live(w):
    w.wait_more('score', lambda: w.press('v'), TRAINING)
    w.press('v')
    time.sleep(1)
    n = w.count('score')
    time.sleep(1)
    assert w.count('score') == n, 'it goes on'
    w.wait_more('score', lambda: w.click_on('live'), TRAINING)
    w.wait('a verdict', lambda: w.events('score')[-1]['verdict'] in ('you', 'stranger', 'not sure'))
    either_way(w, 'w', 'wrong', lambda act: w.wait_more('saved', act))
    assert {e['kind'] for e in w.events('saved')[-2:]} <= {'positive', 'negative'}
    w.shot('controls-wrong')
    w.press('r')
    w.wait_place('stop')
    w.wait_more('trained', lambda: w.press('s'), TRAINING)
    w.wait_place('train')
    w.wait_more('trained', lambda: w.click_on('retrain'), TRAINING)


def threshold(w):
    """Returns the one that is set in the end."""
    for _ in range(2):  # the first may still be of the model before
        w.wait_more('score', lambda: None)
    own = w.events('score')[-1]['threshold']

    def at(value):
        return abs(w.events('score')[-1]['threshold'] - value) < .003
    w.press('minus')
    w.wait('less', lambda: at(own - .01))
    w.wait('it to be kept', lambda: abs(w.settings().get('threshold', 0) - own + .01) < .003)
    w.click_on('threshold', amount=w.place('threshold')['amount'])
    w.wait('more or less', lambda: not at(own - .01))
    w.press('0')
    w.wait("the model's", lambda: at(own) and 'threshold' not in w.settings())
    w.press('2')
    w.wait_place('reset_threshold', False)
    line = w.place('threshold_line')
    w.point(line, .3)
    w.xdotool('mousedown', 1, 'sleep', '.2', 'mousemove', '--window', w.window,
              round(line['x'] + .5 * line['w']), round(line['y']), 'sleep', '.2', 'mouseup', 1)
    w.wait('half', lambda: at(.5) and abs(w.settings().get('threshold', 0) - .5) < .003)
    w.shot('controls-threshold')
    w.click_on('reset_threshold')
    w.wait("the model's again", lambda: at(own) and 'threshold' not in w.settings())
    w.press('shift+Down')
    w.wait('five steps', lambda: at(own - .05))
    w.wait('it to be kept again', lambda: 'threshold_of' in w.settings())
    return w.events('score')[-1]['threshold']


def leave_out(w, picture):
    """As an earlier session did it."""
    os.makedirs(w.data, 0o700, exist_ok=True)
    with open(os.path.join(w.data, 'left-out.json'), 'w', encoding='utf-8') as f:
        json.dump({'left_out': [picture]}, f)


def readmit(w, act):
    w.wait_place('readmit')
    w.wait_more('readmitted', act)
    w.wait_place('readmit', False)
    with open(os.path.join(w.data, 'left-out.json'), encoding='utf-8') as f:
        assert json.load(f) == {'left_out': []}


def hood(w):
    """What hurts the training, and the model before; the page is open."""
    model = os.path.join(w.data, 'model.safetensors')
    readmit(w, lambda: w.press('Insert'))
    worst = [p['index'] for p in w.places() if p['does'] == 'choose_worst']
    if worst:
        w.click_on('choose_worst', index=worst[-1])
        kind = 'left_out' if worst[-1] >= OTHERS else 'deleted'
        w.wait_more(kind, lambda: w.press('Delete'))
        w.wait_more('readmitted' if kind == 'left_out' else 'restored', lambda: w.press('u'))
    for act in lambda: w.press('b'), lambda: w.click_on('use_model', index=0):
        was = os.stat(model).st_ino
        act()
        w.wait('the model before', lambda: os.stat(model).st_ino != was)
        time.sleep(1)
    for key in 'shift+b', 'ctrl+b':
        if not any(p['does'] == 'use_model' and p['index'] == 1 for p in w.places()):
            w.wait_log('there is no earlier model', lambda: w.press(key))
    w.press('Escape')


def main():
    if lacks_tools('Xvfb', 'xdotool', 'import'):
        return 77
    with tempfile.TemporaryDirectory(prefix='visavis-test-') as folder:
        others = os.path.join(folder, 'others')
        for who in range(1, 6):
            record(PROGRAM, os.path.join(others, str(who)), [who], 3, 8)
        dropped = record(PROGRAM, os.path.join(folder, 'two words'), [5], 4, 8)
        one = os.path.join(others, '1/negative')
        one = os.path.join(one, os.listdir(one)[0])
        w = Window(folder)
        try:
            leave_out(w, one)
            w.start()
            collect(w)
            choose_folders(w, others, dropped)
            look(w)
            pages(w)
            train(w)
            live(w)
            set_to = threshold(w)
            hood(w)
            w.end_of_program(lambda: w.press('q'))
            again(w, set_to)
            leave_out(w, one)
            last(w)
        finally:
            w.end()
    return 0


def scroll(w):
    """The page under the hood is longer than this window, and no key to scroll it changes more."""
    w.press('2')
    w.wait_place('threshold_line')
    w.press('Next', 'Down', 'End')
    w.wait_place('use_model')  # one of the last things there
    w.wait_place('threshold_line', False)
    w.shot('controls-scrolled')
    w.press('Prior', 'Up', 'Home')
    w.wait_place('threshold_line')
    w.point(w.place('threshold_line'))
    w.xdotool('click', '--repeat', 30, '--delay', 20, 5)
    w.wait_place('threshold_line', False)
    w.wait_place('use_model')
    w.press('Escape')
    w.wait_place('fullscreen')


def again(w, set_to):
    """The threshold is remembered; a window that is closed ends the program, a training too."""
    w.start('--size', '640x480')
    w.wait('the model', lambda: 'as you set it for this model' in w.log())
    score = w.wait_more('score', lambda: w.press('v'), TRAINING)
    assert abs(score['threshold'] - set_to) < .003, (score, set_to)
    for does in 'wrong', 'live', 'train', 'undo', 'help', 'mirror', 'camera', 'fullscreen', 'page':
        w.place(does)
    scroll(w)
    score = w.wait_more('score', lambda: None)
    assert abs(score['threshold'] - set_to) < .003, (score, set_to)
    w.press('v', 't')
    w.wait_place('stop')
    w.end_of_program(lambda: Client(w.env['DISPLAY']).close(int(w.window)))


def last(w):
    w.start()
    w.press('2')
    readmit(w, lambda: w.click_on('readmit'))
    w.press('Escape')
    cameras(w)
    w.press('h')
    w.wait_place('quit')
    w.end_of_program(lambda: w.click_on('quit'))


if __name__ == '__main__':
    sys.exit(main())
