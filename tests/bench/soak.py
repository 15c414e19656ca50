#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A long session without a window: a replay camera at 30 frames a second, live scores, pictures taken
and taken back, trainings that swap the model, a camera that goes away and comes back. Memory and
descriptors have to stay what they are.

usage: soak.py PROGRAM [SECONDS]       default: 7200, two hours

Prints what was done, and the resident memory over time. Exits with 1 where memory in the last
quarter is more than 5 % above that of the second, where descriptors or threads have grown, or where
the program does not end well.
"""
import collections
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.path.abspath(sys.argv[1])
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 7200
PEOPLE = (1, 2, 3, 4, 5, 6)


def record(folder, people, pictures):
    """Pictures of demo people, taken by the program itself."""
    keys = '\n'.join(f'camera demo:{who}@0\n' + 'wait frames 5\nn 1\n' * pictures for who in people)
    subprocess.run([PROGRAM, '--headless', '--camera', 'demo@0', '--data', folder, '--keys', '-',
                    '--no-face-finder'], input=keys, text=True, check=True, capture_output=True)
    return os.path.join(folder, 'negative')


class Soak:
    def __init__(self, folder):
        self.user = record(folder + '/user', (0,), 60)
        self.away = self.user + '-away'
        others = record(folder + '/others', PEOPLE, 8)
        self.counts, self.samples = collections.Counter(), []
        self.program = subprocess.Popen(
            [PROGRAM, '--headless', '--data', folder + '/data', '--camera', f'replay:{self.user}@30',
             '--negatives', others, '--recipe', 'koch', '--epochs', '1', '--no-face-finder',
             '--events', '-', '--keys', '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.reader = threading.Thread(target=self.read_events)
        self.reader.start()

    def read_events(self):
        for line in self.program.stdout:
            event = json.loads(line)
            kind = event['event']
            self.counts[kind if kind != 'camera' else 'camera ' + event['state']] += 1
            if kind == 'error':
                print('error:', event['text'], flush=True)

    def press(self, *lines):
        self.program.stdin.write('\n'.join(lines) + '\n')
        self.program.stdin.flush()

    def wait(self, kind, n, seconds=600):
        end = time.monotonic() + seconds
        while self.counts[kind] < n:
            if self.program.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f'waited for {n} events "{kind}", there were {self.counts[kind]}')
            time.sleep(.05)

    def sample(self):
        proc = f'/proc/{self.program.pid}/'
        with open(proc + 'statm', encoding='ascii') as f:
            resident = int(f.read().split()[1]) * os.sysconf('SC_PAGE_SIZE') / 1e6
        return resident, len(os.listdir(proc + 'fd')), len(os.listdir(proc + 'task'))

    def take_camera_away(self):
        lost, opened = self.counts['camera lost'], self.counts['camera opened']
        os.rename(self.user, self.away)
        self.wait('camera lost', lost + 1)
        os.rename(self.away, self.user)
        self.wait('camera opened', opened + 1)

    def round(self, number):
        """Some seconds of a user's life, at whose end all is as before."""
        trained = self.counts['trained']
        self.press('a 5', 'u', 'p 5', 'u', 't')
        if number % 3 == 1:
            opened = self.counts['camera opened']
            self.press('camera demo:0@30')
            self.wait('camera opened', opened + 1)
            self.press(f'camera replay:{self.user}@30')
            self.wait('camera opened', opened + 2)
        self.wait('trained', trained + 1)
        if number % 3 == 2:
            self.take_camera_away()
        scores = self.counts['score']
        self.wait('score', scores + 30)
        self.samples.append((time.monotonic(), *self.sample()))

    def play(self):
        start = time.monotonic()
        self.press('a 8', 'wait frames 40', 'p 8', 'wait frames 40', 'a 8', 'p 8')
        self.wait('saved', 32)
        self.press('t', 'wait trained', 'v')
        self.wait('score', 30)
        number = 0
        while time.monotonic() < start + SECONDS or number < 8:
            self.round(number)
            number += 1
        self.press('q')
        self.program.stdin.close()
        code = self.program.wait(60)
        self.reader.join()
        return code, number, time.monotonic() - start


def judge(soak, code, rounds, seconds):
    n = len(soak.samples)
    memory = [s[1] for s in soak.samples]
    second, last = memory[n // 4:n // 2], memory[3 * n // 4:]
    growth = statistics.median(last) / statistics.median(second) - 1
    descriptors = soak.samples[-1][2] - soak.samples[n // 4][2]
    threads = soak.samples[-1][3] - soak.samples[n // 4][3]
    print(f'{seconds:.0f} s, {rounds} rounds: ' + ', '.join(
        f'{count} {kind}' for kind, count in sorted(soak.counts.items())))
    print(f'resident: {memory[0]:.0f} MB at first, {statistics.median(second):.0f} in the second quarter, '
          f'{statistics.median(last):.0f} in the last ({100 * growth:+.1f} %), {max(memory):.0f} at most')
    print(f'descriptors: {descriptors:+d}, threads: {threads:+d}; exit code {code}')
    return 0 if code == 0 and growth < .05 and descriptors <= 2 and threads <= 0 else 1


def main():
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(folder)
        try:
            return judge(soak, *soak.play())
        finally:
            soak.program.kill()


if __name__ == '__main__':
    sys.exit(main())
