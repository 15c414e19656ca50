# SPDX-License-Identifier: MIT
"""The program in a real window: on an X server of its own (Xvfb), with keys and a mouse as a user
has them (xdotool); what it says is in its event stream."""
import json
import os
import shutil
import subprocess
import time

from x_server import start_x_server


def record(program, folder, people, pictures, every):
    """Pictures of demo people, saved by a session of the program itself: 25 / `every` a second of
    the demo's time, so that the light changes as it would. Returns the folder they are in."""
    keys = '\n'.join(f'camera demo:{who}@0\n' + f'wait frames {every}\nn 1\n' * pictures
                     for who in people)
    subprocess.run([program, '--headless', '--camera', 'demo@0', '--data', folder, '--keys', '-'],
                   input=keys, text=True, check=True, capture_output=True, timeout=300)
    return os.path.join(folder, 'negative')


def lacks_tools(*tools):
    """Whether the test is skipped for want of one, and says so."""
    missing = [tool for tool in tools if not shutil.which(tool)]
    for tool in missing:
        print(f'skipped: {tool} is not installed')
    return bool(missing)


class Driven:
    patience = 60  # seconds that wait() waits

    def __init__(self, folder, artefacts):
        self.folder, self.artefacts = folder, artefacts
        self.program = None
        self.server, self.env = start_x_server()
        self.env.update(XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder, XDG_CACHE_HOME=folder + '/cache',
                        TSAN_OPTIONS='')

    def launch(self, events_file, command, **more_env):
        """Starts it, with its log beside the events, and gives its window the keyboard."""
        self.events_file = events_file
        self.n_read, self.seen = 0, {}  # bytes of it, events by kind
        with open(events_file + '.log', 'w', encoding='utf-8') as log:
            self.program = subprocess.Popen([*command, '--events', events_file, '--keys', '-'],
                                            stdin=subprocess.PIPE, stderr=log,
                                            env=dict(self.env, **more_env))
        self.window = self.xdotool('search', '--sync', '--onlyvisible', '--class',
                                   'visavis').split()[0]
        self.xdotool('windowfocus', '--sync', self.window)

    def xdotool(self, *args):
        return subprocess.run(['xdotool', *map(str, args)], env=self.env, check=True,
                              capture_output=True, text=True, timeout=60).stdout

    def press(self, *keys):
        self.xdotool('key', *keys)

    def places(self):
        """What can be clicked now, as the program lists it."""
        known = len(self.events('places'))
        self.program.stdin.write(b'places\n')
        self.program.stdin.flush()
        self.wait('the places', lambda: len(self.events('places')) > known)
        return self.events('places')[-1]['places']

    def place(self, does, **which):
        """The first place that does it; `which`: its other members."""
        places = self.places()
        for place in places:
            if place['does'] == does and all(place.get(k) == v for k, v in which.items()):
                return place
        raise AssertionError(f'no place for {does} {which} among {[p["does"] for p in places]}')

    def point(self, place, across=.5):
        """The mouse goes there, without a click."""
        self.xdotool('mousemove', '--window', self.window, round(place['x'] + across * place['w']),
                     round(place['y'] + place['h'] / 2), 'sleep', '.1')

    def click_on(self, does, **which):
        self.point(self.place(does, **which))
        self.xdotool('click', 1)

    def log(self):
        with open(self.events_file + '.log', encoding='utf-8') as f:
            return f.read()

    def events(self, kind):
        if os.path.exists(self.events_file):
            with open(self.events_file, 'rb') as f:
                f.seek(self.n_read)
                for line in f:
                    if not line.endswith(b'\n'):
                        break
                    self.n_read += len(line)
                    event = json.loads(line)
                    self.seen.setdefault(event['event'], []).append(event)
        return list(self.seen.get(kind, []))

    def settings(self):
        try:
            with open(os.path.join(self.folder, 'visavis/settings.json'), encoding='utf-8') as f:
                return json.load(f)
        except FileNotFoundError:
            return {}

    def state(self):
        """What a failure shows beside the log."""
        return ''

    def wait(self, what, condition, seconds=None):
        seconds = seconds or self.patience
        end = time.monotonic() + seconds
        while not condition():
            assert self.program.poll() is None, f'the program ended ({self.program.returncode})'
            if time.monotonic() > end:
                self.shot('failed')
                raise AssertionError(f'waited {seconds} s for {what}\n{self.state()}\n{self.log()}')
            time.sleep(.02)

    def shot(self, name):
        """Returns its path."""
        os.makedirs(self.artefacts, exist_ok=True)
        path = os.path.join(self.artefacts, name + '.png')
        subprocess.run(['import', '-window', 'root', path], env=self.env, check=True, timeout=60)
        return path

    def end(self):
        if self.program and self.program.poll() is None:
            self.program.kill()
            self.program.wait()
        self.server.terminate()
        self.server.wait()
