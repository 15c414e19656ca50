#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The camera's page in a real window: an X server (Xvfb), real mouse and key events (xdotool), and
webcams that are plugged and unplugged below a /dev of the test's own (a mount namespace), whose
driver is preloaded (fake_camera.c). Asserts on the event stream, on what the driver was told, on the
settings, and keeps screenshots.

usage: camera.py PROGRAM DRIVER ARTEFACTS     exit code 77 where something needed is missing
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
from driven import Driven

PROGRAM, DRIVER, ARTEFACTS = map(os.path.abspath, sys.argv[1:4])
NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount']
BY_ID = '/dev/v4l/by-id/usb-{}-index0'
FRONT, DESK, NEW = 'Front_Webcam', 'Desk_Webcam', 'New_Webcam'
DEVICES = 'null', 'zero', 'full', 'urandom', 'random'
NODES = {FRONT: ('video0', 'null'), DESK: ('video2', 'zero'), NEW: ('video4', 'full')}


def plug(*cameras):
    os.makedirs('/dev/v4l/by-id', exist_ok=True)
    for camera in cameras:
        node, target = NODES[camera]
        os.symlink(target, f'/dev/{node}')
        os.symlink(f'../../{node}', BY_ID.format(camera))


def unplug(*cameras):
    for camera in cameras:
        os.remove(BY_ID.format(camera))
        os.remove(f'/dev/{NODES[camera][0]}')


def make_dev(folder):
    """A /dev with what programs need, and no camera."""
    os.makedirs(folder + '/shm')
    for name in DEVICES:
        open(f'{folder}/{name}', 'w').close()
        subprocess.run(['mount', '--bind', f'/dev/{name}', f'{folder}/{name}'], check=True)
    os.symlink('/proc/self/fd', folder + '/fd')
    subprocess.run(['mount', '--rbind', folder, '/dev'], check=True)


class Window(Driven):
    patience = 20

    def __init__(self, folder):
        super().__init__(folder, ARTEFACTS)

    def start(self, *args):
        self.launch(tempfile.mktemp(dir=self.folder), [PROGRAM, *args], LD_PRELOAD=DRIVER)

    def state(self):
        return self.states()

    def quit(self):
        self.press('q')
        assert self.program.wait(30) == 0, self.log()

    def click(self, x, y):
        self.xdotool('mousemove', x, y, 'sleep', '.2', 'click', 1)

    def drag(self, x0, x1, y):
        self.xdotool('mousemove', x0, y, 'sleep', '.2', 'mousedown', 1, 'sleep', '.2', 'mousemove',
                     (x0 + x1) // 2, y, 'sleep', '.2', 'mousemove', x1, y, 'sleep', '.2', 'mouseup', 1)

    def states(self):
        return [(e['state'], e['detail'].split(',')[0]) for e in self.events('camera')]

    def wait_listed(self, *cameras):
        want = [{'name': c.replace('_', ' '), 'spec': BY_ID.format(c)} for c in cameras]
        self.wait(f'the list of {cameras}', lambda: self.events('cameras') and
                  self.events('cameras')[-1]['cameras'] == want)
        time.sleep(.5)  # it is drawn

    def told(self, camera, control):
        """The values that the camera's driver was given, in their order."""
        start = f'fake: {camera.replace("_", " ")} {control} '
        return [int(line[len(start):]) for line in self.log().splitlines() if line.startswith(start)]

    def wait_camera(self, state, name):
        name = name.replace('_', ' ')
        self.wait(f'{name} {state}', lambda: self.states() and self.states()[-1] == (state, name))

    def wait_told(self, camera, control, least, most):
        self.wait(f'{control} of {least} to {most}',
                  lambda: least <= (self.told(camera, control) or [-1])[-1] <= most)

    def devices_open(self):
        folder = f'/proc/{self.program.pid}/fd'
        return sum('timerfd' in os.readlink(f'{folder}/{fd}') for fd in os.listdir(folder))


# Places at 1280x800, with two cameras and the demo.
NAME_OF_CAMERA = 714, 525
ROW = [(597, 109), (597, 153), (597, 197)]
MIRROR, EXPOSURE_AUTO, EXPOSURE, GAIN, POWER_LINE, RESET = range(263, 434, 34)
PAUSE = 1092, 41
LEFT = 507  # of the switches, "off" and the button


def choose_by_mouse(w):
    plug(FRONT, DESK)
    w.start()
    w.wait_camera('opened', FRONT)
    w.click(*NAME_OF_CAMERA)
    w.wait_listed(FRONT, DESK)
    w.shot('camera-1-page')
    w.click(*ROW[1])
    w.wait_camera('opened', DESK)
    w.wait('the choice to be kept', lambda: w.settings().get('camera') == BY_ID.format(DESK))
    w.click(*ROW[2])
    w.wait_camera('opened', 'Demo camera')  # and is not kept: a device is
    w.wait('the choice to be given up', lambda: w.settings().get('camera') == '')


def choose_by_keys(w):
    w.press('Up', 'Up', 'Return')
    w.wait_camera('opened', FRONT)
    w.press('Down', 'Return')
    w.wait_camera('opened', DESK)
    w.wait('the choice to be kept', lambda: w.settings().get('camera') == BY_ID.format(DESK))


def set_by_mouse(w):
    time.sleep(.5)
    w.shot('camera-2-automatic')
    w.click(LEFT, EXPOSURE_AUTO)
    w.wait_told(DESK, 'exposure_auto', 1, 1)  # V4L2_EXPOSURE_MANUAL
    time.sleep(.3)
    w.drag(557, 627, EXPOSURE)
    w.wait('a drag', lambda: len(w.told(DESK, 'exposure')) >= 2)
    assert 3 < w.told(DESK, 'exposure')[-1] < 2047
    w.drag(537, 743, GAIN)
    w.wait_told(DESK, 'gain', 220, 240)
    w.click(LEFT, POWER_LINE)
    w.wait_told(DESK, 'power_line', 0, 0)
    w.click(LEFT, MIRROR)
    w.wait('the mirror', lambda: w.settings().get('mirror') is False)
    w.shot('camera-3-set')


def set_by_keys(w):
    for _ in range(8):
        w.press('Up')
    w.press(*['Down'] * 5)  # two cameras, the demo, mirror, automatic: then the time
    before = w.told(DESK, 'exposure')[-1]
    w.press('shift+Left')
    w.wait_told(DESK, 'exposure', 3, before - 1)
    gain = w.told(DESK, 'gain')[-1]
    w.press('Down', 'Left', 'Left', 'Left')
    w.wait_told(DESK, 'gain', gain - 20, gain - 14)
    w.press('Down', 'Right', 'Right')
    w.wait_told(DESK, 'power_line', 2, 2)
    w.shot('camera-4-keys')
    w.wait('settings', lambda: w.settings().get('power_line') == '60 Hz')
    kept = w.settings()['cameras'][BY_ID.format(DESK)]
    assert kept == {'exposure_auto': 0, 'exposure': w.told(DESK, 'exposure')[-1],
                    'gain': w.told(DESK, 'gain')[-1]}, kept
    return kept


def pause(w):
    assert w.devices_open() == 1
    w.press('space')
    w.wait_camera('paused', DESK)
    assert w.devices_open() == 0  # the light is out
    time.sleep(.5)
    w.shot('camera-5-paused')
    w.click(*PAUSE)
    w.wait_camera('opened', DESK)
    w.press('space')
    w.wait_camera('paused', DESK)
    w.click(*ROW[0])  # a choice ends it
    w.wait_camera('opened', FRONT)
    w.click(*ROW[1])
    w.wait_camera('opened', DESK)


def plug_and_unplug(w):
    plug(NEW)
    w.wait_listed(FRONT, DESK, NEW)
    w.shot('camera-6-plugged')
    w.click(*ROW[2])
    w.wait_camera('opened', NEW)
    w.press('Up', 'Return')
    w.wait_camera('opened', DESK)
    unplug(NEW)
    w.wait_listed(FRONT, DESK)
    w.click(*ROW[2])
    w.wait_camera('opened', 'Demo camera')
    w.click(*ROW[1])
    w.wait_camera('opened', DESK)


def start_again(w, kept):
    w.quit()
    w.start()
    w.wait_camera('opened', DESK)
    w.wait_told(DESK, 'exposure', kept['exposure'], kept['exposure'])
    w.wait_told(DESK, 'gain', kept['gain'], kept['gain'])
    w.wait_told(DESK, 'power_line', 2, 2)
    w.press('3')
    w.wait_listed(FRONT, DESK)
    w.click(LEFT, RESET)
    w.wait_told(DESK, 'exposure_auto', 3, 3)
    w.wait_told(DESK, 'gain', 64, 64)
    w.wait('settings', lambda: BY_ID.format(DESK) not in w.settings()['cameras'])
    w.xdotool('windowsize', '--sync', w.window, 640, 480)
    w.press('l')
    w.press(*['Down'] * 8)
    time.sleep(.5)
    w.shot('camera-7-small')
    w.quit()


def without_the_one_of_last_time(w):
    unplug(DESK)
    w.start()
    w.wait_camera('opened', FRONT)
    assert 'another one serves' in w.log()
    assert w.settings()['camera'] == BY_ID.format(DESK)  # it may come back
    w.quit()
    w.start('--camera', 'demo')  # the command line wins
    w.wait_camera('opened', 'Demo camera')
    w.quit()


def main(folder):
    make_dev(os.path.join(folder, 'dev'))
    w = Window(folder)
    try:
        choose_by_mouse(w)
        choose_by_keys(w)
        set_by_mouse(w)
        kept = set_by_keys(w)
        pause(w)
        plug_and_unplug(w)
        start_again(w, kept)
        without_the_one_of_last_time(w)
    finally:
        w.end()


if __name__ == '__main__':
    if not os.environ.get('VISAVIS_NAMESPACE'):
        missing = [tool for tool in ('Xvfb', 'xdotool', 'import') if not shutil.which(tool)]
        if missing or subprocess.run([*NAMESPACE, 'true'], capture_output=True, check=False).returncode:
            print(f'skipped: {", ".join(missing) or "mount namespaces"}: not there')
            sys.exit(77)
        os.environ['VISAVIS_NAMESPACE'] = '1'
        os.execvp(NAMESPACE[0], [*NAMESPACE, sys.executable, *sys.argv])
    with tempfile.TemporaryDirectory(prefix='visavis-test-') as temp:
        try:
            main(temp)
        finally:
            subprocess.run(['umount', '-R', '/dev'], check=False)
            for device in DEVICES:
                subprocess.run(['umount', f'{temp}/dev/{device}'], check=False)
