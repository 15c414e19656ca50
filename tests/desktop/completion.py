#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What bash, zsh and fish offer, and what the man page lists, is what --help says: each command,
each option of each command, and nothing else.

usage: completion.py PROGRAM SOURCE     a shell that is not installed is skipped
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, SOURCE = map(os.path.abspath, sys.argv[1:3])
ASSETS = os.path.join(SOURCE, 'assets')
SHELLS = {'bash': ['bash'], 'fish': ['fish', '--no-config'], 'zsh': ['zsh', '-f']}


def help_of(verb=''):
    return subprocess.run([PROGRAM, *filter(None, [verb]), '--help'], check=True,
                          capture_output=True, text=True).stdout


def options_of(verb):
    """{'--data': '', '--camera': '-d', ...}: long names and letters."""
    return {name: letter.strip(' ,') for letter, name in
            re.findall(r'^  (-.,|   ) (--[a-z-]+) ', help_of(verb), re.M)}


VERBS = re.findall(r'^  visavis ([a-z]+)', help_of(), re.M)
OPTIONS = {verb: options_of(verb) for verb in ['', *VERBS]}


class Completion:
    """Of one shell; what is completed is the last word of a line."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which(SHELLS[cls.shell][0]):
            raise unittest.SkipTest(f'{cls.shell} is not installed')
        cls.temp = tempfile.TemporaryDirectory(prefix='visavis-test-')
        cls.addClassCleanup(cls.temp.cleanup)
        os.makedirs(os.path.join(cls.temp.name, 'bin'))
        os.makedirs(os.path.join(cls.temp.name, 'some pictures'))
        os.symlink(PROGRAM, os.path.join(cls.temp.name, 'bin/visavis'))
        with open(os.path.join(cls.temp.name, 'some.jpg'), 'w'):
            pass

    def offered(self, *lines):
        """A set of words for each of the lines."""
        env = dict(os.environ, PATH=f'{self.temp.name}/bin:' + os.environ['PATH'],
                   HOME=self.temp.name)
        script = os.path.join(SOURCE, 'tests/desktop/complete.' + self.shell)
        r = subprocess.run([*SHELLS[self.shell], script,
                            os.path.join(ASSETS, 'completion.' + self.shell), *lines],
                           cwd=self.temp.name, env=env, capture_output=True, text=True, timeout=60)
        if r.returncode == 77:
            self.skipTest('the package bash-completion is not installed')
        self.assertEqual((r.returncode, r.stderr), (0, ''))
        found = [set(words.split('\n')) - {''}
                 for words in re.findall(r'((?:(?!\.$).*\n)*)\.\n', r.stdout, re.M)]
        self.assertEqual(len(found), len(lines), r.stdout)
        return found

    def check(self, wanted, found_of):
        """{line behind "visavis ": words}, against found_of(word) of each word that is offered."""
        lines = ['visavis ' + line for line in wanted]
        for (line, words), found in zip(wanted.items(), self.offered(*lines)):
            self.assertEqual({found_of(word) for word in found}, set(words), line)

    @staticmethod
    def plain(word):
        return word.replace('\\', '').rstrip('/')

    def test_commands(self):
        # A command is the first word.
        self.check({'': VERBS, 'do': ['doctor'], '--json do': []}, str)

    def test_options(self):
        self.check({f'{verb} --'.lstrip(): options for verb, options in OPTIONS.items()}, str)

    def test_values(self):
        """Folders where a folder is meant, files and folders for a file, names for a name."""
        folders, files = ['some pictures', 'bin'], ['some pictures', 'bin', 'some.jpg']
        self.check({'train --data ': folders, 'train --people ': folders, 'oneshot ': folders,
                    'train --people bin ': folders, 'verify --model ': files, 'verify ': files,
                    '--keys ': files, 'verify --threshold ': [],
                    'bench ': ['embed', 'step', 'train', 'live', 'window'],
                    'train --recipe ': ['visavis', 'koch', 'omniglot'], '--camera de': ['demo'],
                    '-d de': ['demo']}, self.plain)

    def test_parts(self):
        """Behind --name= and replay: the rest of the word is completed; shells differ in whether
        they give the whole word."""
        self.check({'train --data=so': ['some pictures'], '--keys=some.': ['some.jpg'],
                    '--camera replay:some.': ['some.jpg'], '--camera=replay:some.': ['some.jpg'],
                    '--recipe=k': ['koch']}, lambda word: re.split('[=:]', self.plain(word))[-1])

    def test_recipes_are_known(self):
        for recipe in self.offered('visavis train --recipe ')[0]:
            r = subprocess.run([PROGRAM, 'train', '--recipe', recipe, '--data', '/dev/null'],
                               capture_output=True, text=True, timeout=60)
            self.assertNotIn('recipe', r.stderr)


class Bash(Completion, unittest.TestCase):
    shell = 'bash'


class Fish(Completion, unittest.TestCase):
    shell = 'fish'


class Zsh(Completion, unittest.TestCase):
    shell = 'zsh'


class ManPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(ASSETS, 'visavis.1'), encoding='utf-8') as f:
            text = f.read()
        cls.title = re.search(r'^\.TH (.*)', text, re.M)[1]
        text = re.sub(r'\\f[A-Z]|\\&', '', text.replace(r'\-', '-'))
        cls.sections = dict(re.findall(r'^\.SH (.*)\n((?:(?!\.SH ).*\n)*)', text, re.M))

    def test_commands(self):
        named = set(re.findall(r'^visavis ([a-z]+)', self.sections['SYNOPSIS'], re.M))
        self.assertEqual(named, set(VERBS))

    def test_synopsis_names_the_options_of_each_command(self):
        named = {verb: set() for verb in OPTIONS}
        for verb, rest in re.findall(r'^visavis(?: ([a-z]+))?(.*\n(?: .*\n)*)',
                                     self.sections['SYNOPSIS'], re.M):
            named[verb].update(re.findall(r'--[a-z-]+', rest))
        common = set.intersection(*map(set, OPTIONS.values()))
        self.assertEqual(named, {verb: set(OPTIONS[verb]) - common for verb in OPTIONS})

    def test_script_words(self):
        """Each word in SCRIPTS can be played, and each that can be played is there."""
        tags = re.findall(r'^\.TP\n\.[BIR]+ (.*)', self.sections['SCRIPTS'], re.M)
        lines = [line for tag in tags for line in re.split(', (?:or )?', ''.join(shlex.split(tag)))]
        with open(os.path.join(SOURCE, 'app/keys.c'), encoding='utf-8') as f:
            source = f.read()
        for pattern in (r"\{'(.)', UI_", r'strn?cmp\(line, "([a-z]+) ?"', r'what, "([a-z]+) ?"'):
            played = set(re.findall(pattern, source))
            self.assertTrue(played)
            self.assertLessEqual(played, {word for line in lines for word in line.split()})
        lines.remove('q')
        with tempfile.TemporaryDirectory(prefix='visavis-test-') as temp:
            script = '\n'.join([*lines, 'o', 'q'])
            for word, value in {'PATH': temp, 'SPEC': 'demo:1@0', 'N': '1', 'TEXT': 'N',
                                'FILE.png': os.path.join(temp, 'shot.png')}.items():
                script = re.sub(rf'(?<= ){word}$', value, script, flags=re.M)
            r = subprocess.run([PROGRAM, '--headless', '--camera', 'demo@0', '--data', temp,
                                '--keys', '-'], input=script, capture_output=True, text=True,
                               timeout=120, env=dict(os.environ, XDG_CONFIG_HOME=temp))
        self.assertEqual(re.findall('"(.*)" is no key', r.stderr), ['o'])

    def test_options(self):
        tags = ' '.join(re.findall(r'^\.TP\n\.[BIR]+ (.*)', self.sections['OPTIONS'], re.M))
        letters = {name: letter for options in OPTIONS.values()
                   for name, letter in options.items()}
        self.assertEqual(set(re.findall(r'--[a-z-]+', tags)), set(letters))
        self.assertEqual(set(re.findall(r'(?<!-)(-[a-zA-Z])\b[", ]+(--[a-z-]+)', tags)),
                         {(letter, name) for name, letter in letters.items() if letter})

    def test_exit_codes(self):
        told = re.search(r'^Exit codes: (.*)', help_of(), re.M)[1]
        self.assertEqual(re.findall(r'\b\d\b', told),
                         re.findall(r'^\.TP\n\.B (\d)$', self.sections['EXIT STATUS'], re.M))

    def test_version(self):
        version = subprocess.run([PROGRAM, '--version'], check=True, capture_output=True,
                                 text=True).stdout.split()[1]
        self.assertIn(f'"visavis {version}"', self.title)

    def test_is_well_formed(self):
        page = os.path.join(ASSETS, 'visavis.1')
        if not shutil.which('man'):
            self.skipTest('man is not installed')
        r = subprocess.run(['man', '--warnings', '-l', page], capture_output=True, text=True,
                           timeout=60, env=dict(os.environ, LC_ALL='C.UTF-8', MANWIDTH='80'))
        self.assertEqual((r.returncode, r.stderr), (0, ''))


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1], verbosity=2)
