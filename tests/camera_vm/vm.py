#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots Debian's kernel in QEMU, loads its virtual camera (vivid) and runs tests there.

usage: vm.py VISAVIS FILTER TEST...

VISAVIS  the program, for sessions in the machine
FILTER   the plugin for libv4l2 (filter.c)
TEST     programs that are run in it, one after the other

The machine has no disk: all is in its initial file system, the programs with the libraries that they
are linked with. The kernel is the newest that is installed with the driver, else Debian's package,
downloaded and unpacked beside the tests. Exits with 77 and the reason where that cannot be had.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.path.join(HERE, '..', '..', '..', 'shared', 'data')
PLUGINS = 'libv4l/plugins'
LIMIT = 1200  # seconds for everything in the machine


def skip(reason):
    print(f'skipped: {reason}', file=sys.stderr)
    sys.exit(77)


def output(*args):
    return subprocess.run(args, check=True, stdout=subprocess.PIPE, text=True).stdout


def have_vivid(root):
    """Kernels below `root` that have the driver: their versions, the newest last."""
    found = glob.glob(f'{root}/lib/modules/*/kernel/drivers/media/test-drivers/vivid/vivid.ko')
    versions = [path.split('/lib/modules/')[1].split('/')[0] for path in found]
    return sorted((v for v in versions if os.access(f'{root}/boot/vmlinuz-{v}', os.R_OK)),
                  key=lambda v: [int(n) for n in re.findall(r'\d+', v)])


def download_kernel(cache):
    depends = output('apt-cache', 'depends', 'linux-image-amd64')
    package = re.search(r'Depends: (linux-image-\d\S+)', depends).group(1)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['apt-get', 'download', '-qq', package], check=True, cwd=folder,
                       stderr=subprocess.DEVNULL)
        partial = cache + '.partial'
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run(['dpkg', '-x', *glob.glob(folder + '/*.deb'), partial], check=True)
        os.rename(partial, cache)


def find_kernel(cache):
    """A folder with boot/ and lib/modules/, and the version in it."""
    for root in ('', cache):
        if have_vivid(root):
            return root, have_vivid(root)[-1]
    try:
        download_kernel(cache)
        return cache, have_vivid(cache)[-1]
    except (OSError, subprocess.CalledProcessError, AttributeError, IndexError) as e:
        return skip(f'no kernel with the driver vivid is here or to be downloaded ({e})')


def place(tree, source, target):
    """A copy of a file at a path below `tree`."""
    path = tree + target
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path):
        shutil.copy(source, path)


def place_program(tree, source, target):
    place(tree, source, target)
    for library in re.findall(r'(/\S+) \(0x', output('ldd', source)):
        place(tree, library, library)


def place_modules(tree, root, version):
    modules = f'/lib/modules/{version}'
    base = ['-b', root] if root else []
    listing = f'{root}{modules}/modules.dep'
    if not os.path.exists(listing):
        subprocess.run(['depmod', *base, version], check=True, stderr=subprocess.DEVNULL)
    with open(listing, encoding='utf-8') as f:
        needs = dict(line.strip().split(':', 1) for line in f)
    vivid = next(name for name in needs if name.endswith('/vivid.ko'))
    for name in [vivid, *needs[vivid].split()]:
        place(tree, f'{root}{modules}/{name}', f'{modules}/{name}')
    place(tree, listing, f'{modules}/modules.dep')


def plugin_folder():
    found = glob.glob(f'/usr/lib/*/{PLUGINS}') or glob.glob(f'/usr/lib/{PLUGINS}')
    return found[0] if found else skip(f'libv4l2 has no folder {PLUGINS}')


def make_tree(tree, root, version, visavis, plugin, tests):
    for folder in ('bin', 'dev', 'proc', 'sys', 'tmp', 'root', 'etc'):
        os.makedirs(f'{tree}/{folder}')
    place(tree, shutil.which('busybox'), '/bin/busybox')
    place(tree, HERE + '/init', '/init')
    with open(tree + '/etc/passwd', 'w', encoding='utf-8') as f:
        f.write('root:x:0:0::/root:/bin/sh\nsomeone:x:1000:1000::/:/bin/sh\n')
    with open(tree + '/etc/group', 'w', encoding='utf-8') as f:
        f.write('root:x:0:\nvideo:x:44:\nsomeone:x:1000:\n')
    place_program(tree, visavis, '/bin/visavis')
    place_program(tree, plugin, f'{plugin_folder()}/{os.path.basename(plugin)}')
    for test in tests:
        place_program(tree, test, '/tests/' + os.path.basename(test))
    for name in sorted(glob.glob(f'{SHARED}/camera/talking-head/*.jpg'))[:50:10]:
        place(tree, name, '/pictures/' + os.path.basename(name))
    place_modules(tree, root, version)


def pack(tree, target):
    names = output('find', tree, '-mindepth', '1', '-printf', '%P\\n')
    with open(target, 'wb') as f:
        subprocess.run(['cpio', '--quiet', '-o', '-H', 'newc', '-R', '0:0'], check=True, cwd=tree,
                       input=names.encode(), stdout=f)


def boot(kernel, initrd):
    """Runs the machine, prints what it says, and returns its last word."""
    args = ['qemu-system-x86_64', '-accel', 'tcg,thread=multi', '-smp', '2', '-m', '1500',
            '-cpu', 'qemu64', '-kernel', kernel, '-initrd', initrd, '-nographic', '-no-reboot',
            '-nic', 'none', '-monitor', 'none', '-serial', 'stdio', '-append',
            'console=ttyS0 quiet panic=-1']
    start, status = time.monotonic(), None
    # Other tests should not hold it up: its clock goes on. Only root may ask for that.
    first = ['nice', '-n', '-10'] if os.geteuid() == 0 else []
    with subprocess.Popen([*first, 'timeout', str(LIMIT), *args], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, errors='replace') as machine:
        for line in machine.stdout:
            print(line.rstrip(), flush=True)
            word = re.match(r'guest: exit (\d+)', line)
            status = int(word.group(1)) if word else status
    print(f'the machine ran for {time.monotonic() - start:.0f} s')
    return status


def main():
    visavis, plugin, *tests = (os.path.abspath(path) for path in sys.argv[1:])
    os.environ['PATH'] += ':/sbin:/usr/sbin'
    for tool in ('qemu-system-x86_64', 'busybox', 'cpio', 'depmod'):
        if not shutil.which(tool):
            skip(f'{tool} is missing')
    root, version = find_kernel(os.path.join(os.path.dirname(tests[0]), 'camera_vm_kernel'))
    with tempfile.TemporaryDirectory() as folder:
        make_tree(folder + '/tree', root, version, visavis, plugin, tests)
        pack(folder + '/tree', folder + '/initrd')
        status = boot(f'{root}/boot/vmlinuz-{version}', folder + '/initrd')
    if status is None:
        print('the machine did not reach its end', file=sys.stderr)
    return 1 if status is None else status


if __name__ == '__main__':
    sys.exit(main())
