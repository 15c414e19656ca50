# SPDX-License-Identifier: MIT
"""The program in a real window: on an X server of its own (Xvfb), with keys and a mouse as a user
has them (xdotool); what it says is in its event stream."""
import json
import os
import subprocess
import time

from x_server import start_x_server


class Driven:
    patience = 60  # seconds that wait() waits

    def __init__(self, folder, artefacts):
        self.folder, self.artefacts = folder, artefacts
        self.program = None
        self.server, self.env = start_x_server()
        self.env.update(XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder, TSAN_OPTIONS='')

    def launch(self, events_file, command, **more_env):
        """Starts it, with its log beside the events, and gives its window the keyboard."""
        self.events_file = events_file
        with open(events_file + '.log', 'w', encoding='utf-8') as log:
            self.program = subprocess.Popen([*command, '--events', events_file], stderr=log,
                                            env=dict(self.env, **more_env))
        self.window = self.xdotool('search', '--sync', '--onlyvisible', '--class',
                                   'visavis').split()[0]
        self.xdotool('windowfocus', '--sync', self.window)

    def xdotool(self, *args):
        return subprocess.run(['xdotool', *map(str, args)], env=self.env, check=True,
                              capture_output=True, text=True, timeout=60).stdout

    def press(self, *keys):
        self.xdotool('key', *keys)

    def log(self):
        with open(self.events_file + '.log', encoding='utf-8') as f:
            return f.read()

    def events(self, kind):
        if not os.path.exists(self.events_file):
            return []
        with open(self.events_file, encoding='utf-8') as f:
            found = [json.loads(line) for line in f if line.endswith('\n')]
        return [e for e in found if e['event'] == kind]

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
