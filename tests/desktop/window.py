#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A dock finds the icon of the running program: the window's class is that of the desktop entry,
and the window has a picture of its own for those that don't look there.

usage: window.py PROGRAM DESKTOP_ENTRY     exit code 77 where Xvfb, xdotool or xprop is missing
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from x_server import start_x_server

PROGRAM, ENTRY = sys.argv[1:3]


def ask(env, *command):
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True,
                          timeout=60).stdout


def check(env, program):
    with open(ENTRY, encoding='utf-8') as f:
        wm_class = re.search(r'^StartupWMClass=(.*)', f.read(), re.M)[1]
    window = ask(env, 'xdotool', 'search', '--sync', '--onlyvisible', '--class',
                 f'^{re.escape(wm_class)}$').split()[0]
    assert program.poll() is None, program.returncode
    said = ask(env, 'xprop', '-id', window, '-len', '100000', 'WM_CLASS', '_NET_WM_NAME',
               '_NET_WM_PID', '32c', '_NET_WM_ICON')
    assert f'WM_CLASS(STRING) = "{wm_class}", "{wm_class}"' in said, said
    assert f'_NET_WM_PID(CARDINAL) = {program.pid}' in said, said
    assert '_NET_WM_NAME(UTF8_STRING) = "visavis"' in said, said
    icon = [int(n) for n in re.search(r'_NET_WM_ICON\(CARDINAL\) = ([\d, ]+)', said)[1].split(',')]
    assert icon[:2] == [64, 64] and len(icon) == 2 + 64 * 64, icon[:2]
    assert icon[2] == 0 and len(set(icon)) > 20, 'the icon is blank'


def main():
    for tool in ('Xvfb', 'xdotool', 'xprop'):
        if not shutil.which(tool):
            print(f'skipped: {tool} is not installed')
            return 77
    with tempfile.TemporaryDirectory(prefix='visavis-test-') as folder:
        server, env = start_x_server()
        env = {name: value for name, value in env.items() if 'WMCLASS' not in name}
        program = subprocess.Popen([PROGRAM, '--camera', 'demo', '--data', folder], env=env)
        try:
            check(env, program)
        finally:
            program.terminate()
            program.wait()
            server.terminate()
            server.wait()
    return 0


if __name__ == '__main__':
    sys.exit(main())
