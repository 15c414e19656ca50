#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""SIGINT and SIGTERM at whatever moment of a training or a session: it ends in order, with 128 + the
signal's number; a model is whole, and one that was there before is not lost; training can go on.

usage: signals.py PROGRAM

How long the longest took is printed. The bound that is asserted is there to find what hangs.
"""
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import safetensors
from commands import PROGRAM, png, slurp

BOUND = 20  # seconds; a quiet machine needs less than one
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def cpu_seconds(pid):
    """Of all its threads, also those that have ended."""
    fields = slurp(f'/proc/{pid}/stat').rsplit(b')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Signals(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='visavis-test-')
        self.data = self.dir + '/data'
        self.model = self.data + '/model.safetensors'
        for n, kind in enumerate(('anchor', 'positive', 'negative/a', 'negative/b')):
            for i in range(8):
                png(f'{self.data}/{kind}/{i}.png', 100 * n + i)
        self.longest, self.runs = 0, 0

    def tearDown(self):
        shutil.rmtree(self.dir)

    def start(self, *args):
        """A run whose words are in self.log."""
        self.runs += 1
        self.log = f'{self.dir}/log{self.runs}'
        with open(self.log, 'wb') as log:
            return subprocess.Popen([PROGRAM, *args], stdin=subprocess.PIPE, stdout=log, stderr=log)

    def words(self):
        with open(self.log, encoding='utf-8') as f:
            return f.read()

    def wait_for(self, program, there):
        end = time.monotonic() + 120
        while not there():
            self.assertIsNone(program.poll(), self.words())
            self.assertLess(time.monotonic(), end, self.words())
            time.sleep(.01)

    def end(self, program, number):
        start = time.monotonic()
        program.send_signal(number)
        program.wait(60)
        took = time.monotonic() - start
        program.stdin.close()
        self.longest = max(self.longest, took)
        self.assertEqual(program.returncode, 128 + number, self.words())
        self.assertLess(took, BOUND)

    def train_till(self, rng, recipe, condition, *args):
        p = self.start('train', '--data', self.data, '--recipe', recipe, '--epochs', '100', *args)
        self.wait_for(p, condition)
        time.sleep(rng.uniform(0, 1.5))
        self.end(p, rng.choice(SIGNALS))
        self.assertIn('--resume goes on', self.words())

    def epochs_of_model(self):
        metadata, _ = safetensors.read(self.model)[:2]
        told = re.search(r'threshold ([0-9.]+): accepts', self.words())
        if told:  # what is said of a model is what the file says
            self.assertEqual(told.group(1), f'{float(metadata["threshold"]):.3f}')
            self.assertGreater(int(metadata['n_impostor']), 0)
        return int(metadata['epochs'])

    def check_training(self, recipe, rounds):
        rng = random.Random(recipe)
        anything, an_epoch = lambda: self.words(), lambda: 'epoch ' in self.words()
        two_epochs = lambda: self.words().count('epoch ') > 1  # so that the first one was judged
        for _ in range(rounds):  # pictures are read, weights made, first steps taken
            self.train_till(rng, recipe, anything)
            self.assertTrue(an_epoch() or not os.path.exists(self.model))
        self.train_till(rng, recipe, two_epochs)
        self.assertGreater(self.epochs_of_model(), 0)
        self.assertEqual('threshold' in self.words(), recipe == 'visavis')
        for _ in range(rounds):
            self.train_till(rng, recipe, an_epoch, '--resume')
            self.assertGreater(self.epochs_of_model(), 0)
        self.train_till(rng, recipe, anything, '--resume')  # the checkpoint is read
        print(f'{recipe}: {self.epochs_of_model()} epochs; the longest end took {self.longest:.2f} s')

    def test_training(self):
        self.check_training('visavis', 1)

    def test_training_koch(self):
        self.check_training('koch', 1)

    def start_training(self, events, seconds, sign):
        """A session `seconds` after its events have `sign`. Few frames: their time counts, too."""
        p = self.start('--headless', '--data', self.data, '--camera', 'demo@2', '--no-face-finder',
                       '--recipe', 'koch', '--threads', '2', '--keys', '-', '--events', events)
        self.press(p, 't')
        self.wait_for(p, lambda: os.path.exists(events) and sign in slurp(events))
        time.sleep(seconds)
        return p

    def press(self, program, key):
        program.stdin.write(key.encode() + b'\n')
        program.stdin.flush()

    def test_keys(self):
        """Stop and quit at random moments of a training. A busy machine makes anything take long, so
        what is asserted is the time of the processors from the key to the end: two threads that go on
        for a second have two of them. How long it took by the clock is printed."""
        rng, took, used = random.Random(3), {'s': [], 'q': []}, []
        for i in range(10):
            events, key = f'{self.dir}/events{i}', 'sq'[i % 2]
            # In the last ones there is a model to be saved.
            p = self.start_training(events, rng.uniform(0, 1.5), b'"event":"epoch"' if i >= 6 else b'')
            before, start = cpu_seconds(p.pid), time.monotonic()
            self.press(p, key)
            if key == 's':
                self.wait_for(p, lambda: '"event":"trained"' in slurp(events).decode())
                used.append(cpu_seconds(p.pid) - before)
                took[key].append(time.monotonic() - start)
                self.press(p, 'q')
            p.stdin.close()
            _, status, usage = os.wait4(p.pid, 0)
            p.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(p.returncode, 0, self.words())
            if key == 'q':
                took[key].append(time.monotonic() - start)
                used.append(usage.ru_utime + usage.ru_stime - before)
        self.assertGreater(self.epochs_of_model(), 0)
        for key, seconds in took.items():
            print(f'{key}: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s')
        print(f'of the processors: median {statistics.median(used):.2f} s, most {max(used):.2f} s')
        self.assertLess(max(used), 2)

    def test_session(self):
        rng = random.Random(2)
        keys = b'a 10\np 10\nt\nwait step 2\nv\nwait score 10000\n'
        for i in range(3):
            events = f'{self.dir}/events{i}'
            p = self.start('--headless', '--data', self.data, '--camera', 'demo@30', '--recipe',
                           'koch', '--keys', '-', '--events', events)
            p.stdin.write(keys)
            p.stdin.flush()
            self.wait_for(p, lambda: os.path.exists(events))
            time.sleep(rng.uniform(0, 6))
            self.end(p, rng.choice(SIGNALS))
        print(f'sessions: the longest end took {self.longest:.2f} s')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
