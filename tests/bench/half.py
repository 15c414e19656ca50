#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What weights of 16 bits do to the live scores: the largest and mean difference from float32.

usage: half.py PROGRAM --data DIR --pictures DIR [--frames N]        JSON

Plays the pictures as a camera twice: with the kernels that the processor has, and with the generic
ones, which have no 16-bit weights; compares the scores of the frames that both scored. DIR needs a
model and anchors.
"""
import argparse
import json
import os
import subprocess


def scores(program, data, pictures, frames, simd):
    env = dict(os.environ, **({'VISAVIS_SIMD': simd} if simd else {}))
    keys = f'v\nwait score {frames}\nq\n'
    out = subprocess.run([program, '--headless', '--data', data, '--camera', f'replay:{pictures}@30',
                          '--keys', '-', '--events', '-'], input=keys, env=env, text=True,
                         stdout=subprocess.PIPE, check=True).stdout
    events = map(json.loads, out.splitlines())
    return {e['frame']: e['score'] for e in events if e['event'] == 'score'}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--data', required=True)
    parser.add_argument('--pictures', required=True)
    parser.add_argument('--frames', type=int, default=1000)
    o = parser.parse_args()
    half = scores(o.program, o.data, o.pictures, o.frames, None)
    exact = scores(o.program, o.data, o.pictures, o.frames, 'generic')
    both = half.keys() & exact.keys()
    differences = [abs(half[f] - exact[f]) for f in both]
    print(json.dumps({
        'frames': len(both),
        'largest_difference': max(differences),
        'mean_difference': sum(differences) / len(both),
        'scores_between_0.05_and_0.95': sum(0.05 < exact[f] < 0.95 for f in both),
        'other_side_of_0.5': sum((half[f] >= 0.5) != (exact[f] >= 0.5) for f in both),
    }))


if __name__ == '__main__':
    main()
