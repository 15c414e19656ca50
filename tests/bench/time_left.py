#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a training tells of the time it will take yet, against the time that it took then.

usage: time_left.py VISAVIS [CASE] [--cache DIR]       default: orl-01

Trains on a verification case in a session without a window, and prints for each epoch the seconds
that were told to be left, those that were, and how far the first are off. Exits with 1 where that is
more than 20 % after the first fifth of the time, but for the last two seconds. What is learnt of
other people is kept in DIR, else it is learnt in this training as well, which then takes half an hour.
Needs the optional data folder ../shared beside the source tree.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

SHARED = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'shared')


def train(visavis, data, env):
    """[(when, seconds left)] of each epoch, when the training had ended, and how long it took."""
    command = [visavis, '--headless', '--camera', 'demo@1', '--data', data, '--events', '-', '--keys', '-']
    epochs = []
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as program:
        program.stdin.write('t\nwait trained\nq\n')
        program.stdin.close()
        for line in program.stdout:
            event = json.loads(line)
            if event['event'] == 'epoch':
                epochs.append((time.monotonic(), event['seconds_left']))
            if event['event'] == 'trained':
                return epochs, time.monotonic(), event['seconds']
    sys.exit('the training has failed')


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('visavis')
    parser.add_argument('case', nargs='?', default='orl-01')
    parser.add_argument('--cache')
    options = parser.parse_args()
    if not os.path.isdir(SHARED):
        print('skipped: no folder ../shared')
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix='visavis-bench-') as folder:
        data = os.path.join(folder, options.case)
        subprocess.run([sys.executable, os.path.join(SHARED, 'cases.py'), options.case, data],
                       check=True, stdout=subprocess.DEVNULL)
        env = dict(os.environ, XDG_CACHE_HOME=options.cache or os.path.join(folder, 'cache'))
        epochs, end, seconds = train(options.visavis, data, env)
    worst = 0
    for when, told in epochs:
        left = end - when
        off = 100 * (told / max(left, .1) - 1)
        counts = 2 < left < .8 * seconds
        worst = max(worst, abs(off) if counts else 0)
        print(f'told {told:6.1f} s, were {left:6.1f} s: {off:+5.1f} %{"" if counts else "  (does not count)"}')
    print(f'{len(epochs)} epochs, {seconds:.0f} s: off by at most {worst:.1f} %')
    sys.exit(worst > 20)


if __name__ == '__main__':
    main()
