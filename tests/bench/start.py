#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From the command to the picture: how long it takes until the window is on the screen, and until it
shows the first frame of the camera, with a model present. On an X server of its own (Xvfb).

usage: start.py PROGRAM [--runs N] [--camera SPEC] [--data DIR]      JSON: medians and runs, in ms

Times are from before the program is executed to when what was drawn has reached the X server, as the
program's event stream has it: {"event":"drawn","frame":N,"drawn_ns":T}, frame 0 when there was no
picture yet. Without --data, a data folder with a model is made first, from the demo camera.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from x_server import start_x_server

# 8 anchors, 8 positives and 2 x 4 other people, then a training of one epoch.
STORY = ('a 8\np 8\n' + ''.join(f'camera demo:{who}@0\nwait frames 9\nn 4\n' for who in (5, 9)) +
         't\nwait trained\n')


def make_data(program, folder):
    subprocess.run([program, '--headless', '--camera', 'demo@0', '--data', folder, '--epochs', '1',
                    '--keys', '-'], input=STORY, text=True, check=True, capture_output=True)
    return folder


def measure(program, data, camera, env):
    """One start: ms to the window, and to the first frame in it."""
    begun_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    run = subprocess.Popen([program, '--data', data, '--camera', camera, '--events', '-'], env=env,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    window_ms = None
    for line in run.stdout:
        event = json.loads(line)
        if event['event'] != 'drawn':
            continue
        ms = (event['drawn_ns'] - begun_ns) * 1e-6
        window_ms = window_ms or ms
        if event['frame'] > 0:
            run.terminate()
            run.communicate()
            return window_ms, ms
    sys.exit(f'{program} ended before it showed a frame:\n{run.stderr.read()}')


def starts(program, runs=5, camera='demo', data=None):
    """What this script prints."""
    temp = tempfile.mkdtemp(prefix='visavis-start-')
    server, env = start_x_server()
    env['XDG_DATA_HOME'] = env['XDG_CONFIG_HOME'] = temp
    try:
        data = data or make_data(program, os.path.join(temp, 'data'))
        if not os.path.exists(os.path.join(data, 'model.safetensors')):
            sys.exit(f'{data}: there is no model')
        measure(program, data, camera, env)  # brings the files into memory
        found = [measure(program, data, camera, env) for _ in range(runs)]
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(temp)
    window, frame = ([round(ms, 1) for ms in column] for column in zip(*found))
    return {'window_ms': statistics.median(window), 'first_frame_ms': statistics.median(frame),
            'windows_ms': window, 'first_frames_ms': frame}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--runs', type=int, default=5)
    parser.add_argument('--camera', default='demo')
    parser.add_argument('--data')
    o = parser.parse_args()
    if not shutil.which('Xvfb'):
        print('skipped: Xvfb is not installed', file=sys.stderr)
        return 77
    print(json.dumps(starts(os.path.abspath(o.program), o.runs, o.camera, o.data)))
    return 0


if __name__ == '__main__':
    sys.exit(main())
