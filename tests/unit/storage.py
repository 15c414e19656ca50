#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Disks that are full, folders that can't be written to or change meanwhile: one line tells it, the
session goes on, and what was there stays. Runs in a mount namespace of its own, where it may make
small disks; skipped (77) where that is not allowed.

usage: storage.py PROGRAM
"""
import array
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import safetensors
from commands import PROGRAM, png

NAMESPACE = ['unshare', '--map-root-user', '--mount']
DATA_ERROR = 4


def mount(folder, size):
    os.makedirs(folder, exist_ok=True)
    subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={size},mode=700', 'none', folder],
                   check=True)


def whole(path):
    with open(path, 'rb') as f:
        data = f.read()
    return data[:2] == b'\xff\xd8' and data[-2:] == b'\xff\xd9'


def everything_in(folder):
    """Names, sizes and times of change of all that is there, folders too."""
    return {path: (os.path.getsize(path), os.stat(path).st_mtime_ns)
            for top, below, files in os.walk(folder)
            for path in [top, *(os.path.join(top, name) for name in below + files)]}


class Session:
    """A headless session at the demo camera, played key by key."""

    def __init__(self, data, events, rate=50):
        self.events_path = events
        self.program = subprocess.Popen(
            [PROGRAM, '--headless', '--data', data, '--camera', f'demo@{rate}', '--no-face-finder',
             '--recipe', 'koch', '--epochs', '2', '--events', events, '--keys', '-'],
            stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def press(self, line):
        self.program.stdin.write(line + '\n')
        self.program.stdin.flush()

    def events(self, kind):
        with open(self.events_path, encoding='utf-8') as f:
            found = [json.loads(line) for line in f if line.endswith('\n')]
        return [e for e in found if e['event'] == kind]

    def wait(self, kind, n, seconds=60):
        end = time.monotonic() + seconds
        while not os.path.exists(self.events_path) or len(self.events(kind)) < n:
            assert self.program.poll() is None, self.program.stderr.read()
            assert time.monotonic() < end, f'waited for {n} events {kind}'
            time.sleep(.01)
        return self.events(kind)

    def end(self):
        self.press('q')
        self.program.stdin.close()
        code = self.program.wait(60)
        self.program.stderr.close()
        return code


class Storage(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='visavis-test-')
        self.disk = os.path.join(self.dir, 'disk')

    def tearDown(self):
        subprocess.run(['umount', self.disk], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.dir)

    def session(self, rate=50):
        return Session(self.disk + '/data', self.dir + '/events', rate)

    def remount(self, how):
        """Again and again while a file is being written there, for which it isn't made read-only."""
        for _ in range(1000):
            if subprocess.run(['mount', '-o', f'remount,{how}', self.disk], check=False,
                              stderr=subprocess.DEVNULL).returncode == 0:
                return
            time.sleep(.01)
        self.fail(f'remount,{how}')

    def anchors(self):
        return glob.glob(self.disk + '/data/anchor/*')

    def goes_on(self, s, mend):
        """The session has told one error. It still has frames, and saves again after `mend`."""
        self.assertEqual(len(s.events('error')), 1)
        frames = len(s.events('frame'))
        s.wait('frame', frames + 5)
        kept = self.anchors()
        self.assertEqual(os.listdir(self.disk + '/data/anchor'), [os.path.basename(p) for p in kept])
        mend()
        saved = len(s.events('saved'))
        s.press('a 3')
        s.wait('saved', saved + 3)
        self.assertEqual(s.end(), DATA_ERROR)  # the script's first failure
        self.assertEqual(len(self.anchors()), len(kept) + 3)
        self.assertTrue(all(whole(path) for path in self.anchors()))

    def test_disk_full_while_collecting(self):
        mount(self.disk, '600k')
        s = self.session()
        s.press('a 1000')
        text = s.wait('error', 1)[0]['text']
        self.assertIn('No space left', text)
        self.assertIn('free some space', text)
        self.assertGreater(len(self.anchors()), 0)
        self.goes_on(s, lambda: self.remount('size=4m'))

    def test_read_only_while_collecting(self):
        mount(self.disk, '4m')
        s = self.session()
        s.press('a 3')
        s.wait('saved', 3)
        self.remount('ro')
        s.press('a 3')
        self.assertIn('Read-only', s.wait('error', 1)[0]['text'])
        self.goes_on(s, lambda: self.remount('rw'))

    # -- training --

    def make_data(self, data):
        for n, kind in enumerate(('anchor', 'positive', 'negative/a', 'negative/b')):
            for i in range(6):
                png(f'{data}/{kind}/{i}.png', 100 * n + i)
        return data

    def train(self, data, *more):
        return subprocess.Popen([PROGRAM, 'train', '--data', data, '--recipe', 'koch', *more],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def old_model(self, path):
        safetensors.write(path, lambda name, n: array.array('f', [.01]) * n)

    def test_disk_full_while_saving_a_model(self):
        mount(self.disk, '200m')  # a model is 156 MB
        data = self.make_data(self.disk + '/data')
        model = data + '/model.safetensors'
        self.old_model(model)
        with open(model, 'rb') as f:
            before = f.read()
        p = self.train(data, '--epochs', '1')
        _, log = p.communicate(timeout=300)
        self.assertEqual(p.returncode, DATA_ERROR, log)
        last = log.splitlines()[-1]
        self.assertIn('model.safetensors', last)
        self.assertIn('free some space', last)
        with open(model, 'rb') as f:
            self.assertEqual(f.read(), before)
        self.assertEqual(sorted(os.listdir(data)),
                         ['anchor', 'model.safetensors', 'negative', 'positive'])

    def trains_again(self, full, mend, word):
        """A training in a session can't write, from `full` on: one line tells it, the old model
        stays and goes on scoring, and after `mend` another training replaces it."""
        data = self.make_data(self.disk + '/data')
        model = data + '/model.safetensors'
        self.old_model(model)
        before = os.stat(model)
        s = self.session(5)
        s.press('v')
        s.press('t')
        full(s)
        text = s.wait('error', 1, 300)[0]['text']
        self.assertIn('model.safetensors', text)
        self.assertIn(word, text)
        self.assertEqual(s.events('trained'), [])
        self.assertEqual((os.stat(model).st_ino, os.stat(model).st_size),
                         (before.st_ino, before.st_size))
        s.wait('score', len(s.events('score')) + 5)
        mend()
        s.press('t')
        self.assertFalse(s.wait('trained', 1, 300)[0]['stopped'])
        self.assertNotEqual(os.stat(model).st_ino, before.st_ino)
        s.wait('score', len(s.events('score')) + 5)
        self.assertEqual(len(s.events('error')), 1)
        self.assertEqual(s.end(), DATA_ERROR)

    def test_disk_full_while_a_session_trains(self):
        mount(self.disk, '200m')  # room for the old model
        self.trains_again(lambda s: None, lambda: self.remount('size=1500m'), 'No space left')

    def test_read_only_while_a_session_trains(self):
        mount(self.disk, '1500m')
        def full(s):
            s.wait('epoch', 1, 300)
            self.remount('ro')
        self.trains_again(full, lambda: self.remount('rw'), 'Read-only')

    def test_read_only_before_training(self):
        mount(self.disk, '200m')
        data = self.make_data(self.disk + '/data')
        self.remount('ro')
        start = time.monotonic()
        p = self.train(data)
        _, log = p.communicate(timeout=60)
        self.assertEqual(p.returncode, DATA_ERROR, log)
        self.assertIn('Read-only', log.splitlines()[-1])
        self.assertLess(time.monotonic() - start, 30)  # not after the training

    def test_folders_change_while_training(self):
        data = self.make_data(self.dir + '/data')
        p = self.train(data, '--epochs', '3')
        for line in p.stderr:
            if 'epoch 1/3' in line:
                break
        shutil.rmtree(data + '/negative/a')
        for path in glob.glob(data + '/anchor/*'):
            with open(path, 'wb') as f:
                f.write(b'<html>')
        os.rename(data + '/positive', data + '/elsewhere')
        _, log = p.communicate(timeout=300)
        self.assertEqual(p.returncode, 0, log)
        self.assertIn('epoch 3/3', log)
        self.assertGreater(os.path.getsize(data + '/model.safetensors'), 150e6)

    def test_a_hundred_thousand_pictures(self):
        """Of a folder that large, reading is begun and given up at once."""
        data = self.make_data(self.dir + '/data')
        os.makedirs(data + '/negative/many')
        for i in range(100000):  # no file has more than some 65,000 names
            if i % 50000 == 0:
                first = png(f'{data}/negative/many/{i}.png', i)
            else:
                os.link(first, f'{data}/negative/many/{i}.png')
        p = self.train(data)
        time.sleep(3)
        self.assertIsNone(p.poll())
        start = time.monotonic()
        p.send_signal(signal.SIGINT)
        _, log = p.communicate(timeout=60)
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(p.returncode, 128 + signal.SIGINT, log)

    # -- privacy --

    def test_nothing_kept_in_live_mode(self):
        data = self.make_data(self.dir + '/data')
        self.old_model(data + '/model.safetensors')
        s = Session(data, self.dir + '/events')
        s.wait('frame', 3)
        before = everything_in(data)
        s.press('v')
        s.wait('score', 50)
        self.assertEqual(everything_in(data), before)
        self.assertEqual(s.end(), 0)
        self.assertEqual(everything_in(data), before)

    def test_modes_whatever_the_umask(self):
        keys = ('a 6\np 6\nu\np 6\ncamera demo:1@0\nn 6\ndrop others\nl\nt\nwait trained\n'
                'v\nwait score 2\nq\n')
        folders = {name: os.path.join(self.dir, name) for name in ('config', 'cache', 'share')}
        for i in range(4):
            png(f'{self.dir}/others/{i}.png', i)
        env = dict(os.environ, XDG_CONFIG_HOME=folders['config'], XDG_CACHE_HOME=folders['cache'],
                   XDG_DATA_HOME=folders['share'])
        r = subprocess.run([PROGRAM, '--headless', '--camera', 'demo@0', '--no-face-finder',
                            '--recipe', 'koch', '--epochs', '1', '--keys', '-'], input=keys, text=True,
                           env=env, umask=0, cwd=self.dir, capture_output=True, timeout=300, check=False)
        self.assertEqual(r.returncode, 0, r.stderr)
        names = []
        for top in folders.values():
            for path, below, files in os.walk(top):
                for name in below:
                    self.assertEqual(os.stat(os.path.join(path, name)).st_mode & 0o777, 0o700, name)
                for name in files:
                    self.assertEqual(os.stat(os.path.join(path, name)).st_mode & 0o777, 0o600, name)
                names += files
        for name in ('settings.json', 'folders.json', 'model.safetensors'):
            self.assertIn(name, names)
        self.assertGreaterEqual(sum(name.endswith('.jpg') for name in names), 18)


if __name__ == '__main__':
    if os.environ.get('VISAVIS_NAMESPACE'):
        unittest.main(argv=sys.argv[:1] + sys.argv[2:])
    if subprocess.run([*NAMESPACE, 'true'], capture_output=True, check=False).returncode:
        print('skipped: mount namespaces are not allowed here', file=sys.stderr)
        sys.exit(77)
    os.environ['VISAVIS_NAMESPACE'] = '1'
    os.execvp(NAMESPACE[0], [*NAMESPACE, sys.executable, *sys.argv])
