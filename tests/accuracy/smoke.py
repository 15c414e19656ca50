#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether the recipe visavis learns what tells people apart: a short training on faces of other
people, then pairs of people that it has not met. Far from what the whole training reaches (see
tests/bench/accuracy.py), but out of reach for a recipe that learns nothing: answers at random are
right in 50 %.

usage: smoke.py VISAVIS

Takes two to three minutes on two processors, whose speed has no say in the result. Skipped (77) without
the optional data folder ../shared beside the source tree.
"""
import json
import os
import subprocess
import sys
import tempfile

EPOCHS = 4
FLOOR = 0.65

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
LFW = os.path.join(SOURCE, '..', 'shared', 'data', 'lfw')


def run(*args):
    return json.loads(subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main():
    visavis = os.path.abspath(sys.argv[1])
    if not os.path.isdir(LFW):
        print(f'skipped: {LFW} is not there')
        return 77
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, 'people.safetensors')
        run(visavis, 'train', '--people', LFW + '/train', '--out', model, '--epochs', str(EPOCHS),
            '--seed', '1', '--json')
        result = run(visavis, 'pairs', '--model', model, '--root', LFW, LFW + '/pairs_dev.tsv',
                     '--json')
    print(f'{100 * result["accuracy"]:.1f} % of {result["n"]} pairs right, AUC {result["auc"]:.3f}; '
          f'asked for {100 * FLOOR:.0f} %')
    return 0 if result['accuracy'] >= FLOOR else 1


if __name__ == '__main__':
    sys.exit(main())
