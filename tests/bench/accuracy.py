#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Accuracy on pictures that no training has seen: who is let in, who is not, and how long it took.

usage: accuracy.py VISAVIS cases [--recipe NAME] [--seed N] [--cache DIR] [CASE...]
       accuracy.py VISAVIS pairs [--epochs N] [--floor PERCENT] [--every N]
       accuracy.py VISAVIS oneshot

cases    lays out the verification cases (all of them, or those named), trains on each and judges the
         user's own pictures under new conditions, strangers at the same camera and other strangers,
         by the threshold that the program chose; then all of them pooled. What is learnt of other
         people, before the first case, is kept in DIR, else in a folder that is removed in the end.
pairs    learns people from lfw/train, or every Nth of them, and judges pairs, or every Nth of them,
         of people that it has not met. Fewer than so many right answers are a failure: with few epochs and people a test of
         whether the recipe learns at all.
oneshot  learns characters from Omniglot's background set, but for the alphabets that the runs are
         made of, and judges those.

Needs the optional data folder ../shared beside the source tree. Each prints lines for people; rates
have 95 % intervals (Wilson).
"""
import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import zipfile

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
SHARED = os.path.join(SOURCE, '..', 'shared')
DATA = os.path.join(SHARED, 'data')


def interval(k, n):
    """Wilson's score interval for k of n."""
    if n == 0:
        return 0, 1
    z, p = 1.96, k / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return middle - half, middle + half


def rate(k, n):
    low, high = interval(k, n)
    return f'{k} of {n} = {100 * k / max(n, 1):.1f} % ({100 * low:.1f} to {100 * high:.1f})'


def run(*args):
    """A command's JSON, and its seconds."""
    start = time.monotonic()
    out = subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out), time.monotonic() - start


def train_case(visavis, case, options, folder):
    data, model = os.path.join(folder, case), os.path.join(folder, case + '.safetensors')
    if not os.path.isdir(data):
        subprocess.run([sys.executable, os.path.join(SHARED, 'cases.py'), case, data], check=True,
                       stdout=subprocess.DEVNULL)
    card, seconds = run(visavis, 'train', '--data', data, '--out', model, '--json', '--quiet',
                        '--recipe', options.recipe, '--seed', str(options.seed))
    return data, model, card, seconds


def judge_case(visavis, case, options, folder):
    data, model, card, seconds = train_case(visavis, case, options, folder)
    kinds = [k for k in ('same', 'other') if os.path.isdir(f'{data}/strangers-{k}')]
    report, _ = run(visavis, 'eval', '--model', model, '--anchors', data + '/anchor', '--genuine',
                    data + '/probe', '--strangers', *(f'{data}/strangers-{k}' for k in kinds),
                    '--json')
    os.remove(model)
    counts = {'probe': (report['genuine_accepted'], report['n_genuine'])}
    for kind, s in zip(kinds, report['strangers']):
        counts[kind] = (s['accepted'], s['n'])
    return counts, seconds, card


def cases(visavis, options):
    names = options.case or subprocess.run(
        [sys.executable, os.path.join(SHARED, 'cases.py'), '--list'], check=True,
        stdout=subprocess.PIPE, text=True).stdout.split()
    pooled, times = {}, []
    with tempfile.TemporaryDirectory() as folder:
        cache = os.path.abspath(options.cache or os.path.join(folder, 'cache'))
        os.environ['XDG_CACHE_HOME'] = cache
        if options.recipe == 'visavis' and not os.path.isdir(os.path.join(cache, 'visavis')):
            seconds = train_case(visavis, names[0], options, folder)[3]
            print(f'learning other people, and {names[0]} for the first time: {seconds:.0f} s',
                  flush=True)
        for case in names:
            counts, seconds, card = judge_case(visavis, case, options, folder)
            times.append(seconds)
            for kind, (k, n) in counts.items():
                before = pooled.get(kind, (0, 0))
                pooled[kind] = before[0] + k, before[1] + n
            print(f'{case}: {seconds:.0f} s, threshold {card["threshold"]:.3f}; ' +
                  '; '.join(f'{kind} {k} of {n}' for kind, (k, n) in counts.items()), flush=True)
    for kind, (k, n) in pooled.items():
        print(f'all, {kind}: {rate(k, n)}')
    print(f'seconds a case: {min(times):.0f} to {max(times):.0f}')


def pairs(visavis, options):
    with tempfile.TemporaryDirectory() as folder:
        model, people = os.path.join(folder, 'people.safetensors'), os.path.join(folder, 'people')
        os.mkdir(people)
        for name in sorted(os.listdir(DATA + '/lfw/train'))[::options.every]:
            os.symlink(os.path.abspath(f'{DATA}/lfw/train/{name}'), f'{people}/{name}')
        some = os.path.join(folder, 'pairs.tsv')
        with open(DATA + '/lfw/pairs_dev.tsv', encoding='utf-8') as f:
            lines = f.readlines()
        with open(some, 'w', encoding='utf-8') as f:
            f.writelines(lines[::options.every])
        epochs = ['--epochs', str(options.epochs)] if options.epochs else []
        _, seconds = run(visavis, 'train', '--people', people, '--out', model, '--json',
                         '--seed', str(options.seed), *epochs)
        r, _ = run(visavis, 'pairs', '--model', model, '--root', DATA + '/lfw', some, '--json')
    right = round(r['accuracy'] * r['n'])
    print(f'learnt in {seconds:.0f} s; pairs: {rate(right, r["n"])}, AUC {r["auc"]:.3f}, '
          f'EER {100 * r["eer"]:.1f} %')
    return 0 if 100 * r['accuracy'] >= options.floor else 1


def oneshot(visavis, options):
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(DATA + '/omniglot/images_background.zip') as z:
            z.extractall(folder)
        model = os.path.join(folder, 'characters.safetensors')
        _, seconds = run(visavis, 'train', '--people', folder + '/images_background', '--skip',
                         DATA + '/omniglot/validation_alphabets.txt', '--recipe', 'omniglot',
                         '--out', model, '--json', '--seed', str(options.seed))
        r, _ = run(visavis, 'oneshot', '--model', model, DATA + '/omniglot/oneshot_dev', '--json')
    print(f'learnt in {seconds:.0f} s; {r["ways"]}-way: {rate(r["right"], r["n"])}')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('visavis')
    parser.add_argument('what', choices=['cases', 'pairs', 'oneshot'])
    parser.add_argument('case', nargs='*')
    parser.add_argument('--recipe', default='visavis')
    parser.add_argument('--seed', type=int, default=1)
    parser.add_argument('--cache')
    parser.add_argument('--epochs', type=int)
    parser.add_argument('--floor', type=float, default=0)
    parser.add_argument('--every', type=int, default=1)
    options = parser.parse_intermixed_args()
    if not os.path.isdir(DATA):
        print(f'skipped: {SHARED} is not there', file=sys.stderr)
        return 77
    return {'cases': cases, 'pairs': pairs, 'oneshot': oneshot}[options.what](
        os.path.abspath(options.visavis), options) or 0


if __name__ == '__main__':
    sys.exit(main())
