#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How fast the program is on this machine, as a table in Markdown; side by side with PyTorch where
there is a reference script for it.

usage: speed.py PROGRAM [--torch SCRIPT] [--threads N,...] [--runs N]
                [--train DATA NEGATIVES] [--epochs N] [--live PICTURES] [--start]

  --torch    a script whose `bench THREADS` prints {"embed_ms": {"median": X}, "step_ms": {"median": X}}
             for the same net and the same work. It runs with /usr/bin/python3, in turn with the
             program, and with the same OpenBLAS kernel.
  --threads  default 2; 1,2 shows how it scales
  --runs     of each, default 5; the table has their median, and in brackets the lowest and highest
  --train    the recipe koch on the pictures in DATA, with NEGATIVES for the other people
  --live     a session of 20 s on a folder of pictures as a camera of 25 fps, with and without a
             training in the background
  --start    to the window and to the first frame in it (Xvfb)
"""
import argparse
import datetime
import json
import os
import shlex
import statistics
import subprocess
import sys

import start

EPOCH_STEPS = 15  # of the recipe: 70 % of 170 + 170 pairs, 16 a step
ROW = '| {} | {} | {} | {} | {} |'


def run_json(command, env=None):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=dict(os.environ, **(env or {})))
    if done.returncode:
        sys.exit(f'{shlex.join(command)}: exit code {done.returncode}\n{done.stderr}')
    return json.loads(done.stdout.splitlines()[-1])


def show(values, digits=1):
    """Median, and the range of several."""
    text = f'{statistics.median(values):.{digits}f}'
    return text + (f' ({min(values):.{digits}f}-{max(values):.{digits}f})' if len(values) > 1 else '')


def ratio(theirs, ours):
    return f'{statistics.median(theirs) / statistics.median(ours):.1f}x' if theirs else ''


class Speed:
    def __init__(self, options):
        self.o = options
        self.rows = []
        self.steps = {}    # threads: medians of the reference's step, ms
        self.kernel = ''   # of OpenBLAS

    def add(self, what, threads, ours, theirs='', faster=''):
        self.rows.append(ROW.format(what, threads, ours, theirs, faster))
        print(self.rows[-1], file=sys.stderr, flush=True)

    def bench(self, *args):
        result = run_json([self.o.program, 'bench', *args])
        self.kernel = f'{result["blas_kernel"]}, {result["simd"]}'
        return result

    def reference(self, threads):
        """One run of the reference: with the kernel that the program has chosen for itself."""
        return run_json(['/usr/bin/python3', self.o.torch, 'bench', str(threads)],
                        {'OPENBLAS_CORETYPE': self.kernel.split(',')[0].upper()})

    def net(self, threads):
        runs, references = {'embed': [], 'step': []}, []
        for _ in range(self.o.runs):
            for name, found in runs.items():
                found.append(self.bench(name, '--threads', str(threads)))
            if self.o.torch:
                references.append(self.reference(threads))
        for name, what in (('embed', 'embedding of one picture, ms'),
                           ('step', 'training step, 16 pairs = 32 pictures, ms')):
            ours = [r[f'{name}_ms']['median'] for r in runs[name]]
            theirs = [r[f'{name}_ms']['median'] for r in references]
            self.add(what, threads, show(ours), show(theirs) if theirs else '', ratio(theirs, ours))
            if name == 'step' and theirs:
                self.steps[threads] = theirs
        self.add('... its memory at most, MB', threads, show([r['rss_mb'] for r in runs['step']], 0))

    def train(self, threads, data, negatives):
        epochs = ['--epochs', str(self.o.epochs)] if self.o.epochs else []
        r = self.bench('train', '--data', data, '--negatives', negatives, '--threads', str(threads),
                       *epochs)
        theirs = [ms * EPOCH_STEPS * r['epochs'] / 1000 for ms in self.steps.get(threads, [])]
        self.add(f'recipe koch, {r["epochs"]} epochs, {r["n_anchor"]} + {r["n_positive"]} + '
                 f'{r["n_negative"]} pictures, s', threads, show([r['seconds']]),
                 f'{statistics.median(theirs):.0f} ({EPOCH_STEPS} steps an epoch)' if theirs else '',
                 ratio(theirs, [r['seconds']]))
        held = r['heldout']
        self.add('... held-out AUC, precision, recall', threads,
                 ', '.join(f'{held[k]:.3f}' for k in ('auc', 'precision', 'recall')))
        self.add('... steps', threads, str(r['steps']))
        self.add('... its memory at most, MB', threads, f'{r["rss_mb"]:.0f}')

    def live(self, threads, pictures, *args):
        r = self.bench('live', '--camera', f'replay:{pictures}@25', '--threads', str(threads), *args)
        what = 'live, training' if r['training'] else 'live, no training'
        latency = r['latency_ms']
        self.add(f'{what}: frames scored / captured a second', threads,
                 f'{r["fps_scored"]:.1f} / {r["fps_captured"]:.1f}')
        self.add('... capture to score, ms: median, 95 %, 99 %', threads,
                 ', '.join(f'{latency[k]:.1f}' for k in ('p50', 'p95', 'p99')))
        self.add('... scores within 60 ms, within 33 ms', threads,
                 f'{r["within_60_ms"]:.1%}, {r["within_33_ms"]:.1%}')
        self.add('... memory at the end, at most, MB', threads,
                 f'{r["rss_mb"]:.0f}, {r["rss_peak_mb"]:.0f}')

    def start(self):
        r = start.starts(self.o.program, self.o.runs)
        self.add('window on the screen, model present, ms', '', show(r['windows_ms'], 0))
        self.add('first frame in it, ms', '', show(r['first_frames_ms'], 0))

    def everything(self):
        for threads in self.o.threads:
            self.net(threads)
        for threads in self.o.threads:
            if self.o.train:
                self.train(threads, *self.o.train)
            if self.o.live:
                self.live(threads, self.o.live)
                self.live(threads, self.o.live, '--no-training')
        if self.o.start:
            self.start()


def machine():
    with open('/proc/cpuinfo') as f:
        names = [line.split(':', 1)[1].strip() for line in f if line.startswith('model name')]
    with open('/proc/meminfo') as f:
        kb = int(f.readline().split()[1])
    return f'{names[0] if names else "?"}, {len(os.sched_getaffinity(0))} cores, {kb / 1e6:.0f} GB'


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split('usage: ')[1].split('\n\n')[0],
                                     description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program', type=os.path.abspath)
    parser.add_argument('--torch')
    parser.add_argument('--threads', type=lambda text: [int(n) for n in text.split(',')], default=[2])
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--train', nargs=2, metavar=('DATA', 'NEGATIVES'))
    parser.add_argument('--epochs', type=int)
    parser.add_argument('--live')
    parser.add_argument('--start', action='store_true')
    speed = Speed(parser.parse_args())
    speed.everything()
    version = subprocess.run([speed.o.program, '--version'], capture_output=True, text=True).stdout
    print(f'{machine()}; {version.split(" (")[0]}, OpenBLAS kernel {speed.kernel}; '
          f'{datetime.date.today()}:\n`tests/bench/speed.py {shlex.join(sys.argv[1:])}`\n')
    print(ROW.format('figure', 'threads', 'visavis', 'PyTorch', 'faster by'))
    print(ROW.format(*['---'] * 5))
    print('\n'.join(speed.rows))
    return 0


if __name__ == '__main__':
    sys.exit(main())
