# SPDX-License-Identifier: MIT
"""An X server of a test's own (Xvfb), where programs can draw and be clicked at."""
import os
import subprocess


def start_x_server(screen='1280x800'):
    """The server, which is the caller's to end, and the environment that leads programs to it."""
    read, write = os.pipe()
    server = subprocess.Popen(['Xvfb', '-displayfd', str(write), '-screen', '0', screen + 'x24',
                               '-nolisten', 'tcp'], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as displays:
        env = dict(os.environ, DISPLAY=':' + displays.readline().strip(),
                   SDL_VIDEODRIVER='x11')
    env.pop('WAYLAND_DISPLAY', None)
    return server, env
