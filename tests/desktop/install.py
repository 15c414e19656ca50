#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Installs into a folder of its own, looks at what a desktop would find there, and starts it.

usage: install.py BUILD SOURCE APP_ID       exit code 77 where meson is not in the PATH
"""
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree
import zlib

BUILD, SOURCE = map(os.path.abspath, sys.argv[1:3])
APP_ID = sys.argv[3]


def slurp(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def needs(tool):
    return unittest.skipUnless(shutil.which(tool), f'{tool} is not installed')


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temp = tempfile.TemporaryDirectory(prefix='visavis-test-')
        cls.addClassCleanup(temp.cleanup)
        cls.root = os.path.join(temp.name, 'root')
        cls.home = os.path.join(temp.name, 'home')
        os.mkdir(cls.home)
        options = json.loads(cls.output('meson', 'introspect', '--buildoptions', BUILD))
        options = {o['name']: o['value'] for o in options}
        place = lambda name: cls.root + os.path.join(options['prefix'], options[name])
        cls.bin, cls.data, cls.man = place('bindir'), place('datadir'), place('mandir')
        cls.coverage = options['b_coverage']  # is written to where the program was built
        cls.output('meson', 'install', '-C', BUILD, '--no-rebuild', '--strip', '--destdir',
                   cls.root)
        cls.program = os.path.join(cls.bin, 'visavis')
        cls.entry = os.path.join(cls.data, 'applications', APP_ID + '.desktop')
        cls.metainfo = os.path.join(cls.data, 'metainfo', APP_ID + '.metainfo.xml')

    @classmethod
    def output(cls, *command, **more):
        r = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                           timeout=300, check=False, **more)
        assert r.returncode == 0, f'{command}: {r.returncode}\n{r.stdout}'
        return r.stdout

    def installed(self):
        return {os.path.join(folder, name)
                for folder, _, names in os.walk(self.root) for name in names}

    def test_places(self):
        """Where the freedesktop specifications and the shells look, and nothing anywhere else."""
        icons = os.path.join(self.data, 'icons/hicolor')
        doc = os.path.join(self.data, 'doc/visavis')
        self.assertEqual(self.installed(), {
            self.program, self.entry, self.metainfo,
            f'{icons}/scalable/apps/{APP_ID}.svg',
            f'{icons}/symbolic/apps/{APP_ID}-symbolic.svg',
            f'{self.man}/man1/visavis.1',
            f'{self.data}/bash-completion/completions/visavis',
            f'{self.data}/zsh/site-functions/_visavis',
            f'{self.data}/fish/vendor_completions.d/visavis.fish',
            f'{doc}/README.md', f'{doc}/LICENSE', f'{doc}/assets/HACKING.md',
            f'{doc}/assets/how-it-works.svg', f'{doc}/assets/live.png', f'{doc}/assets/pictures.png'})

    def test_modes(self):
        for path in self.installed():
            mode = stat.S_IMODE(os.stat(path).st_mode)
            self.assertEqual(mode, 0o755 if path == self.program else 0o644, path)

    def test_links_lead_somewhere(self):
        pages = [path for path in self.installed() if path.endswith('.md')]
        for page in pages:
            for link in re.findall(r'\]\(([^)#:]+)(?:#[^)]*)?\)', slurp(page)):
                self.assertTrue(os.path.exists(os.path.join(os.path.dirname(page), link)),
                                f'{page}: {link}')
        self.assertEqual(len(pages), 2)

    @needs('desktop-file-validate')
    def test_desktop_entry_is_valid(self):
        self.assertEqual(self.output('desktop-file-validate', self.entry), '')

    def test_desktop_entry_leads_to_what_is_installed(self):
        text = slurp(self.entry)
        for command in re.findall('^(?:Try)?Exec=(.*)', text, re.M):
            program, *arguments = command.split()
            self.assertTrue(os.access(os.path.join(self.bin, program), os.X_OK), command)
            self.output(self.program, *arguments, '--help')
        icon = re.search('^Icon=(.*)', text, re.M)[1]
        self.assertTrue(os.path.exists(f'{self.data}/icons/hicolor/scalable/apps/{icon}.svg'))

    @needs('appstreamcli')
    def test_metainfo_is_valid(self):
        self.output('appstreamcli', 'validate', '--no-net', '--pedantic', self.metainfo)

    def test_metainfo_belongs_to_the_desktop_entry(self):
        root = xml.etree.ElementTree.parse(self.metainfo).getroot()
        self.assertEqual(root.findtext('id'), APP_ID)
        self.assertEqual(root.findtext('launchable'), os.path.basename(self.entry))
        self.assertEqual(root.findtext('provides/binary'), os.path.basename(self.program))

    def test_newest_version_is_that_of_the_program(self):
        version = self.output(self.program, '--version').split()[1]
        releases = xml.etree.ElementTree.parse(self.metainfo).getroot().find('releases')
        self.assertEqual(releases[0].get('version'), version)
        changelog = slurp(os.path.join(SOURCE, 'debian/changelog'))
        self.assertEqual(re.match(r'visavis \((\S+)\) ', changelog)[1], version)

    @needs('rsvg-convert')
    def test_icons_can_be_drawn(self):
        for path in filter(lambda path: path.endswith('.svg'), self.installed()):
            picture = os.path.join(self.home, 'icon.png')
            self.output('rsvg-convert', '-w', '64', '-h', '64', '-o', picture, path)
            with open(picture, 'rb') as f:
                png = f.read()
            size = png.index(b'IHDR') + 4
            self.assertEqual(png[size:size + 8], b'\0\0\0@' * 2, path)
            pixels = zlib.decompressobj().decompress(png[png.index(b'IDAT') + 4:])
            self.assertGreater(len(set(pixels)), 20, f'{path} is blank')

    def test_nothing_tells_where_it_was_built(self):
        for path in self.installed():
            if path == self.program and self.coverage:
                continue
            with open(path, 'rb') as f:
                content = f.read()
            for folder in (BUILD, SOURCE, self.root):
                self.assertNotIn(os.fsencode(folder), content, path)

    @needs('readelf')
    def test_libraries_are_the_systems(self):
        dynamic = self.output('readelf', '--dynamic', '--wide', self.program)
        self.assertIn('(NEEDED)', dynamic)
        self.assertNotRegex(dynamic, r'\((RPATH|RUNPATH)\)')

    def test_starts(self):
        """Collects a few pictures from the drawn camera, knowing nothing but its own place."""
        shot = os.path.join(self.home, 'window.png')
        said = self.output(
            self.program, '--headless', '--camera', 'demo', '--keys', '-', '--events', '-',
            input=f'a 3\nwait frames 20\np 3\nshot {shot}\nq\n', cwd=self.home,
            env={'HOME': self.home, 'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8'})
        saved = [json.loads(line)['kind'] for line in said.split('\n') if '"saved"' in line]
        self.assertIn('anchor', saved)
        self.assertIn('positive', saved)
        self.assertTrue(os.path.getsize(shot))
        self.assertEqual(os.listdir(os.path.join(self.home, '.local/share')), ['visavis'])


if __name__ == '__main__':
    if not shutil.which('meson'):
        print('skipped: meson is not in the PATH')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1], verbosity=2)
