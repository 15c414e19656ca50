#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The program opens no network socket, whatever it does: its system calls are watched (strace).
Sockets of this machine's own (AF_UNIX: the way to the window system) are none.

usage: sockets.py PROGRAM        exit code 77 where strace is missing or not allowed
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from commands import PROGRAM, png
from x_server import start_x_server

STORY = 'a 6\np 6\ncamera demo:1@0\nn 6\nt\nwait trained\nv\nwait score 3\nq\n'


class Sockets(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='visavis-test-')
        self.env = dict(os.environ, XDG_DATA_HOME=self.dir, XDG_CACHE_HOME=self.dir + '/cache',
                        XDG_CONFIG_HOME=self.dir + '/config',
                        ASAN_OPTIONS='detect_leaks=0')  # which does not work under strace

    def tearDown(self):
        shutil.rmtree(self.dir)

    def families(self, *args, keys='', calls_at_least=0):
        """The socket families that the program and all its threads asked for."""
        log = os.path.join(self.dir, 'calls')
        r = subprocess.run(['strace', '-f', '--seccomp-bpf', '-qq', '-e', 'trace=%network,openat',
                            '-o', log, PROGRAM, *args], input=keys, capture_output=True,
                           text=True, timeout=300, env=self.env, cwd=self.dir, check=False)
        self.assertEqual(r.returncode, 0, r.stderr)
        with open(log, encoding='utf-8', errors='replace') as f:
            calls = f.read()
        self.assertGreater(calls.count('openat('), calls_at_least)  # it did watch
        return set(re.findall(r'socket(?:pair)?\((\w+)', calls))

    def test_session(self):
        found = self.families('--headless', '--data', 'data', '--camera', 'demo@0', '--recipe', 'koch',
                              '--epochs', '1', '--no-face-finder', '--keys', '-', keys=STORY,
                              calls_at_least=50)
        self.assertTrue(os.path.exists(self.dir + '/data/model.safetensors'))
        self.assertLessEqual(found, {'AF_UNIX'})

    def test_commands(self):
        for n, kind in enumerate(('anchor', 'positive', 'negative/a')):
            for i in range(4):
                png(f'{self.dir}/d/{kind}/{i}.png', 10 * n + i)
        for i in (1, 2):
            png(f'{self.dir}/run01/training/class0{i}.png', i)
            png(f'{self.dir}/run01/test/item0{i}.png', i)
        with open(self.dir + '/run01/class_labels.txt', 'w', encoding='utf-8') as f:
            f.write(''.join(f'run01/test/item0{i}.png run01/training/class0{i}.png\n' for i in (1, 2)))
        with open(self.dir + '/list.tsv', 'w', encoding='utf-8') as f:
            f.write('d/anchor/0.png\td/anchor/1.png\t1\nd/anchor/0.png\td/negative/a/0.png\t0\n')
        own, model = ('d/anchor/0.png', 'd/positive/0.png'), ('--model', 'd/model.safetensors')
        for args in (['doctor', '--json'], ['--version'],
                     ['train', '--data', 'd', '--recipe', 'koch', '--epochs', '1'],
                     ['eval', *model, '--anchors', 'd/anchor', '--genuine', 'd/positive',
                      '--strangers', 'd/negative'],
                     ['verify', *model, '--threshold', '0', *own],
                     ['pairs', *model, '--root', '.', 'list.tsv'],
                     ['oneshot', *model, 'run01'],
                     ['embed', *model, '--out', 'e.f32', *own],
                     ['bench', 'embed'],
                     ['bench', 'live', '--seconds', '1', '--no-training', *model],
                     ['forget', '--yes', '--data', 'd'], ['forget', '--yes']):
            self.assertLessEqual(self.families(*args), {'AF_UNIX'}, args)

    @unittest.skipUnless(shutil.which('Xvfb'), 'Xvfb is missing')
    def test_window(self):
        server, env = start_x_server()
        self.env.update(DISPLAY=env['DISPLAY'], SDL_VIDEODRIVER='x11')
        try:
            found = self.families('--data', 'data', '--camera', 'demo@0', '--keys', '-',
                                  keys='a 6\nwait frames 5\nq\n', calls_at_least=50)
        finally:
            server.terminate()
            server.wait()
        self.assertEqual(found, {'AF_UNIX'})


if __name__ == '__main__':
    probe = subprocess.run(['strace', '-qq', '-o', '/dev/null', 'true'], capture_output=True,
                           check=False) if shutil.which('strace') else None
    if not probe or probe.returncode:
        print('skipped: strace is missing, or not allowed to trace', file=sys.stderr)
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
