#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A dock finds the icon of the running program: the window's class is that of the desktop entry,
and the window has a picture of its own for those that don't look there. On X11, and, unless "x11"
is asked for, on Wayland where the compositor weston is installed, which draws on the X server.

usage: window.py PROGRAM DESKTOP_ENTRY [x11]     exit code 77 without Xvfb, xdotool or xprop
"""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from x_server import start_x_server

PROGRAM, ENTRY = sys.argv[1:3]


def slurp(path):
    with open(path, encoding='utf-8', errors='replace') as f:
        return f.read()


@contextlib.contextmanager
def running(*command, **more):
    process = subprocess.Popen(command, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def wait_for(what, condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f'waited for {what}'
        time.sleep(.05)


def check_x11(env, folder, wm_class):
    ask = lambda *command: subprocess.run(command, env=env, check=True, capture_output=True,
                                          text=True, timeout=60).stdout
    with running(PROGRAM, '--camera', 'demo', '--data', folder, env=env) as program:
        window = ask('xdotool', 'search', '--sync', '--onlyvisible', '--class',
                     f'^{re.escape(wm_class)}$').split()[0]
        said = ask('xprop', '-id', window, '-len', '100000', 'WM_CLASS', '_NET_WM_NAME',
                   '_NET_WM_PID', '32c', '_NET_WM_ICON')
        assert f'_NET_WM_PID(CARDINAL) = {program.pid}' in said, said
    assert f'WM_CLASS(STRING) = "{wm_class}", "{wm_class}"' in said, said
    assert '_NET_WM_NAME(UTF8_STRING) = "visavis"' in said, said
    icon = [int(n) for n in re.search(r'_NET_WM_ICON\(CARDINAL\) = ([\d, ]+)', said)[1].split(',')]
    assert icon[:2] == [64, 64] and len(icon) == 2 + 64 * 64, icon[:2]
    assert icon[2] == 0 and len(set(icon)) > 20, 'the icon is blank'
    print(f'X11: {wm_class}')


def check_wayland(env, folder, wm_class):
    """What the program tells the compositor is written to a file."""
    env = dict(env, XDG_RUNTIME_DIR=folder, WAYLAND_DISPLAY='socket', SDL_VIDEODRIVER='wayland',
               WAYLAND_DEBUG='1')
    said = os.path.join(folder, 'said')
    weston = ['weston', '--backend=x11-backend.so', '--socket=socket', '--idle-time=0']
    with open(said, 'wb') as log, running(*weston, env=dict(env, WAYLAND_DEBUG=''), stdout=log,
                                          stderr=log):
        wait_for('weston', lambda: os.path.exists(os.path.join(folder, 'socket')))
        with running(PROGRAM, '--camera', 'demo', '--data', folder, env=env, stderr=log) as program:
            wait_for('the window', lambda: program.poll() is not None or 'set_title' in slurp(said))
            assert program.poll() is None, slurp(said)[-1000:]
    assert f'.set_app_id("{wm_class}")' in slurp(said), slurp(said)[-1000:]
    print(f'Wayland: {wm_class}')


def main():
    for tool in ('Xvfb', 'xdotool', 'xprop'):
        if not shutil.which(tool):
            print(f'skipped: {tool} is not installed')
            return 77
    wm_class = re.search(r'^StartupWMClass=(.*)', slurp(ENTRY), re.M)[1]
    server, env = start_x_server()
    env = {name: value for name, value in env.items() if 'WMCLASS' not in name}
    try:
        with tempfile.TemporaryDirectory(prefix='visavis-test-') as folder:
            check_x11(env, folder, wm_class)
            if shutil.which('weston') and sys.argv[3:] != ['x11']:
                check_wayland(env, folder, wm_class)
    finally:
        server.terminate()
        server.wait()
    return 0


if __name__ == '__main__':
    sys.exit(main())
