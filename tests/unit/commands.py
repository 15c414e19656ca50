#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands as a script sees them: exit codes, one-line errors, JSON keys.

usage: commands.py PROGRAM
"""
import array
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
import safetensors

PROGRAM = os.path.abspath(sys.argv[1])
USAGE, CAMERA, DATA, MODEL = 2, 3, 4, 5
# Folders in the trash, that go when they are empty.
FORGOTTEN_BINS = {f'data/trash/20260101-000000-{below}' for below in (
    '000', '000/000001', '000/000001/anchor',
    '001.old', '001.old/000002', '001.old/000002/positive', '001.old/000002/positive/deep')}


def png(path, seed, w=120, h=110):
    """A PNG of soft random blotches."""
    rng = random.Random(seed)
    cells = [[[rng.randrange(256) for _ in range(3)] for _ in range(5)] for _ in range(5)]
    rows = b''.join(b'\0' + bytes(v for x in range(w) for v in cells[5 * y // h][5 * x // w])
                    for y in range(h))
    chunk = lambda kind, data: (struct.pack('>I', len(data)) + kind + data +
                                struct.pack('>I', zlib.crc32(kind + data)))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as f:
        f.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', w, h, 8, 2, 0, 0, 0)) +
                chunk(b'IDAT', zlib.compress(rows, 1)) + chunk(b'IEND', b''))
    return path


def slurp(path):
    with open(path, 'rb') as f:
        return f.read()


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temp = tempfile.TemporaryDirectory(prefix='visavis-test-')
        cls.dir = cls.temp.name
        os.environ['XDG_CONFIG_HOME'] = cls.path('config')
        rng = random.Random(1)
        some = array.array('f', (rng.uniform(-.02, .02) for _ in range(9973)))
        cls.model = cls.path('m.safetensors')
        safetensors.write(cls.model, lambda name, n: (some * (n // len(some) + 1))[:n])
        for i in range(3):
            png(cls.path(f'me/{i}.png'), i)
            png(cls.path(f'also me/{i}.png'), 100 + i)
            png(cls.path(f'others/a/{i}.png'), 200 + i)
        os.makedirs(cls.path('empty'))
        with open(cls.path('page.jpg'), 'w') as f:
            f.write('<html>no picture</html>')

    @classmethod
    def tearDownClass(cls):
        cls.temp.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.dir, name)

    def run_it(self, *args):
        return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, cwd=self.dir)

    def refused(self, code, mention, *args):
        """Exit code `code`, nothing on standard output, one line that mentions the thing."""
        r = self.run_it(*args)
        self.assertEqual(r.returncode, code, r.stderr)
        self.assertEqual(r.stdout, '')
        self.assertEqual(len(r.stderr.splitlines()), 1, r.stderr)
        self.assertIn(mention, r.stderr)

    def test_help_and_version(self):
        for verb in ('', 'train', 'eval', 'verify', 'pairs', 'oneshot', 'embed', 'bench',
                     'doctor', 'forget'):
            r = self.run_it(*filter(None, [verb, '--help']))
            self.assertEqual((r.returncode, r.stderr), (0, ''))
            self.assertIn('usage: visavis', r.stdout)
            self.assertLess(max(map(len, r.stdout.splitlines())), 101)
        self.assertRegex(self.run_it('--version').stdout, r'^visavis \d+\.\d+\.\d+ \(')

    def test_name_of_the_process(self):
        """Is its own, also where it has started itself again for another BLAS kernel."""
        with subprocess.Popen([PROGRAM, '--headless', '--quiet', '--camera', 'demo', '--data',
                               self.path('named'), '--keys', '-', '--events', '-'], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              env=dict(os.environ, OPENBLAS_CORETYPE='Prescott')) as program:
            program.stdout.readline()
            with open(f'/proc/{program.pid}/comm', encoding='utf-8') as f:
                name = f.read()
            program.communicate('q\n', timeout=60)
        self.assertEqual((name, program.returncode), ('visavis\n', 0))

    def test_usage(self):
        self.refused(USAGE, 'frobnicate', 'frobnicate')
        self.refused(USAGE, '--frobnicate', '--frobnicate')
        self.refused(USAGE, '--epochs', 'train', '--epochs', 'many')
        self.refused(USAGE, '--epochs', 'train', '--epochs')
        self.refused(USAGE, '--model', 'verify', 'a', 'b')
        self.refused(USAGE, 'foo', 'doctor', 'foo')
        self.refused(USAGE, 'foo', '--headless', 'foo')
        self.refused(USAGE, 'c', 'verify', '--model', self.model, 'a', 'b', 'c')
        self.refused(USAGE, 'one of them', 'embed', '--model', self.model, '--raw', 'x', 'a', '--out', 'e')
        self.refused(USAGE, '--threads', 'doctor', '--threads', '257')
        self.refused(USAGE, 'two pictures', 'verify', '--model', self.model, 'a')
        self.refused(USAGE, 'one folder', 'oneshot', '--model', self.model)
        self.refused(USAGE, 'more', 'oneshot', '--model', self.model, 'runs', 'more')
        self.refused(USAGE, '--model', 'oneshot', 'runs')
        self.refused(USAGE, '--strangers', 'eval', '--model', self.model, '--anchors', 'me',
                     '--genuine', 'me')
        self.refused(USAGE, 'recipe', 'train', '--data', self.dir, '--recipe', 'soup')
        self.refused(USAGE, 'bench', 'bench', 'lunch')
        self.refused(USAGE, '--seconds', 'bench', 'live', '--seconds', '0')
        self.refused(USAGE, 'recipe', 'bench', 'train', '--data', self.dir, '--recipe', 'soup')
        self.refused(USAGE, 'replay:', '--headless', '--data', self.path('s'), '--camera', 'replay:')

    def test_camera_errors(self):
        for spec in ('/dev/video99', '99', '/dev/null', 'replay:' + self.path('empty'),
                     'replay:' + self.path('none')):
            self.refused(CAMERA, spec.split(':')[-1], '--headless', '--data', self.path('s'), '--camera', spec)

    def test_data_errors(self):
        self.refused(DATA, 'none', 'train', '--data', self.path('none'))
        self.refused(DATA, 'anchor', 'train', '--data', self.path('empty'))
        self.refused(DATA, 'none', 'eval', '--model', self.model, '--anchors', 'none', '--genuine',
                     'me', '--strangers', 'others')
        self.refused(DATA, 'empty', 'eval', '--model', self.model, '--anchors', 'empty',
                     '--genuine', 'me', '--strangers', 'others')
        self.refused(DATA, 'none.png', 'verify', '--model', self.model, 'me/0.png', 'none.png')
        self.refused(DATA, '<htm', 'verify', '--model', self.model, 'me/0.png', 'page.jpg')
        self.refused(DATA, 'none.tsv', 'pairs', '--model', self.model, '--root', '.', 'none.tsv')

    def test_no_negatives(self):
        for kind in ('anchor', 'positive'):
            for i in range(4):
                png(self.path(f'lonely/{kind}/{i}.png'), 10 * len(kind) + i)
        self.refused(DATA, 'negative', 'train', '--data', self.path('lonely'))
        self.refused(DATA, 'none', 'train', '--data', self.path('lonely'), '--negatives', 'none')

    def test_model_errors(self):
        whole = slurp(self.model)
        pair = ('me/0.png', 'me/1.png')
        self.refused(MODEL, 'none', 'verify', '--model', 'none', *pair)
        for name, data in (('short', whole[:100000]), ('shorter', whole[:5]), ('nothing', b''),
                           ('page', b'<html>' * 100), ('longer', whole + b'0'),
                           ('shapes', whole[:8] + whole[8:].replace(b'[64, 3, 10, 10]',
                                                                    b'[64, 3, 20, 5 ]', 1))):
            with open(self.path(name), 'wb') as f:
                f.write(data)
            self.refused(MODEL, name, 'verify', '--model', name, *pair)
            os.remove(self.path(name))

    def test_verify(self):
        r = self.run_it('verify', '--model', self.model, '--json', 'me/0.png', 'me/0.png')
        answer = json.loads(r.stdout)
        self.assertEqual(answer['match'], answer['score'] >= answer['threshold'])
        self.assertEqual(r.returncode, 0 if answer['match'] else 1)
        low = self.run_it('verify', '--model', self.model, '--threshold', '0', 'me/0.png', 'me/1.png')
        high = self.run_it('verify', '--model', self.model, '--threshold', '1', 'me/0.png', 'me/1.png')
        self.assertEqual((low.returncode, high.returncode), (0, 1))
        self.assertEqual(low.stdout, '')
        self.assertIn('no match', high.stderr)

    def test_eval(self):
        r = self.run_it('eval', '--model', self.model, '--anchors', 'me', '--genuine', 'also me',
                        '--strangers', 'others', 'me', '--json')
        self.assertEqual(r.returncode, 0, r.stderr)
        report = json.loads(r.stdout)
        for key in ('far', 'frr', 'eer', 'auc', 'threshold', 'precision', 'recall'):
            self.assertGreaterEqual(report[key], 0)
            self.assertLessEqual(report[key], 1)
        self.assertEqual((report['n_genuine'], report['n_impostor']), (3, 6))
        self.assertEqual([(s['dir'], s['n']) for s in report['strangers']],
                         [('others', 3), ('me', 3)])
        self.assertEqual(report['far'], sum(s['accepted'] for s in report['strangers']) / 6)
        self.assertAlmostEqual(report['recall'], report['genuine_accepted'] / 3, 6)

    def test_pairs(self):
        with open(self.path('list.tsv'), 'w') as f:
            f.write('me/0.png\tme/1.png\t1\nme/0.png\tothers/a/0.png\t0\nme/1.png\tme/0.png\t1\n')
        r = self.run_it('pairs', '--model', self.model, '--root', self.dir, 'list.tsv', '--json')
        self.assertEqual(r.returncode, 0, r.stderr)
        for key in ('accuracy', 'eer', 'auc'):
            self.assertIn(key, json.loads(r.stdout))

    def one_shot_run(self, base, run, labels):
        """Two classes; each test is a copy of the first one's picture."""
        for name, seed in (('training/class01', 1), ('training/class02', 2), ('test/item01', 1),
                           ('test/item02', 1)):
            png(self.path(f'{base}/{run}/{name}.png'), seed)
        with open(self.path(f'{base}/{run}/class_labels.txt'), 'w') as f:
            f.write(''.join(f'{run}/test/item{t} {run}/training/class{c}\n' for t, c in labels))

    def test_oneshot(self):
        """One of two equal tests is right, where their labels differ."""
        both = (('01.png', '01.png'), ('02.png', '02.png'))
        self.one_shot_run('runs', 'run01', both)
        self.one_shot_run('runs', 'run02', both)
        r = self.run_it('oneshot', '--model', self.model, '--threads', '1', '--json', 'runs')
        self.assertEqual(r.returncode, 0, r.stderr)
        result = json.loads(r.stdout)
        low, high = result.pop('accuracy_low'), result.pop('accuracy_high')
        self.assertEqual(result, {'accuracy': .5, 'n': 4, 'right': 2, 'ways': 2, 'runs': 2,
                                  'chance': .5, 'per_run': [.5, .5]})
        self.assertTrue(0 < low < .5 < high < 1)
        text = self.run_it('oneshot', '--model', self.model, 'runs/run02')
        self.assertEqual((text.returncode, text.stdout), (0, ''))
        self.assertIn('1 of 2', text.stderr)

    def test_oneshot_errors(self):
        oneshot = ('oneshot', '--model', self.model)
        self.refused(DATA, 'none', *oneshot, 'none')
        self.refused(DATA, 'no run', *oneshot, 'empty')
        self.refused(MODEL, 'page.jpg', 'oneshot', '--model', 'page.jpg', 'empty')
        self.one_shot_run('odd', 'run01', [('01.png', '01.png'), ('02.png', '02.png 3')])
        self.refused(DATA, 'odd/run01/class_labels.txt:2', *oneshot, 'odd')
        self.one_shot_run('odd', 'run01', [('01.png', '01.png'), ('03.png', '02.png')])
        self.refused(DATA, 'odd/run01/test/item03.png', *oneshot, 'odd')
        shutil.copy(self.path('page.jpg'), self.path('odd/run01/test/item03.png'))
        self.refused(DATA, 'odd/run01/test/item03.png', *oneshot, 'odd')

    def test_embed(self):
        r = self.run_it('embed', '--model', self.model, 'me/0.png', 'me/1.png', '--out', 'e.f32')
        self.assertEqual(r.returncode, 0, r.stderr)
        self.assertEqual(os.path.getsize(self.path('e.f32')), 2 * 4096 * 4)
        e = array.array('f')
        e.frombytes(slurp(self.path('e.f32')))
        self.assertTrue(all(0 <= v <= 1 for v in e))
        self.assertNotEqual(e[:4096], e[4096:])
        with open(self.path('x.f32'), 'wb') as f:
            f.write(bytes(4 * 3 * 105 * 105))
        self.assertEqual(self.run_it('embed', '--model', self.model, '--raw', 'x.f32', '--out',
                                     'e.f32').returncode, 0)
        self.assertEqual(os.path.getsize(self.path('e.f32')), 4096 * 4)
        self.refused(DATA, 'page.jpg', 'embed', '--raw', 'page.jpg', '--model', self.model, '--out', 'e')
        self.refused(DATA, '<htm', 'embed', 'me/0.png', 'page.jpg', '--model', self.model, '--out', 'e')
        self.assertFalse(os.path.exists(self.path('e')))

    def test_odd_names(self):
        """Newlines, control characters and bytes that are no text in names: each line stays one."""
        odd = os.path.join(os.fsencode(self.dir), b'odd\nname\x1b[2J\xff')
        name = lambda *parts: os.path.join(odd, *parts)
        for n, kind in enumerate((b'anchor', b'positive', b'negative/a\nb\xfe')):
            for i in range(4):
                png(name(kind, b'%d\n\xc3.png' % i), 10 * n + i)
        with open(name(b'anchor', b'no\npicture\xff.jpg'), 'wb') as f:
            f.write(b'<html>')
        def run(*args, keys=None, code=0):
            r = subprocess.run([PROGRAM, *args], capture_output=True, timeout=300, cwd=self.dir,
                               input=keys if keys else b'')
            self.assertEqual(r.returncode, code, r.stderr)
            for line in r.stderr.splitlines():
                self.assertTrue(line.startswith(b'visavis: ') or b'similarity' in line, r.stderr)
                self.assertNotIn(b'\x1b', line)
            return r
        r = run('train', '--data', odd, '--recipe', 'koch', '--epochs', '1')
        self.assertIn(b'no?picture', r.stderr)
        model = name(b'model.safetensors')
        run('verify', '--model', model, '--threshold', '0', name(b'anchor', b'0\n\xc3.png'),
            name(b'positive', b'1\n\xc3.png'))
        r = run('eval', '--model', model, '--anchors', name(b'anchor'), '--genuine', name(b'positive'),
                '--strangers', name(b'negative', b'a\nb\xfe'), '--json')
        self.assertEqual(json.loads(r.stdout)['n_impostor'], 4)
        r = run('--headless', '--data', odd, '--camera', b'replay:' + name(b'positive'), '--keys', '-',
                '--events', '-', keys=b'v\nwait score 3\nq\n')
        events = [json.loads(line) for line in r.stdout.splitlines()]
        self.assertGreaterEqual([e['event'] for e in events].count('score'), 3)
        r = run('forget', '--data', odd, '--yes')
        removed = r.stdout.splitlines()
        self.assertIn(b'%d removed' % len(removed), r.stderr)
        self.assertTrue(all(line.startswith(b'/') for line in removed), removed)
        self.assertEqual(sum(line.endswith(b'.png') for line in removed), 8)
        left = [f for _, _, files in os.walk(odd) for f in files]
        self.assertEqual(sorted(left), [b'%d\n\xc3.png' % i for i in range(4)])

    def test_doctor(self):
        report = json.loads(self.run_it('doctor', '--data', self.path('s'), '--json').stdout)
        self.assertIn('GFLOP/s', report['blas']['speed'])
        self.assertIn('kernel', report['blas'])
        self.assertIn('processor', report['machine'])
        text = self.run_it('doctor', '--data', self.path('s'))
        self.assertEqual(text.returncode, 0)
        self.assertIn('GFLOP/s', text.stdout)

    def forget(self, *args, **more):
        """Forgets in a folder made anew; returns the result and what is left there."""
        folder = tempfile.mkdtemp(dir=self.dir)
        data, cache, config = (os.path.join(folder, name) for name in ('data', 'cache', 'config'))
        key = '0123456789abcdef'
        ours = ['data/anchor/a.jpg', 'data/anchor/deep/b.PNG', 'data/anchor/.c.jpg.1a2b3c',
                'data/positive/d.jpeg', 'data/negative/negative-20260101-000000-000-b001-0001.jpg',
                'data/negative/anchor-20260101-000000-000-b001-0001.jpg',
                'data/trash/20260101-000000-000/000001/anchor/e.jpg',
                'data/trash/20260101-000000-001.old/000002/positive/deep/f.png',
                'data/model.safetensors', 'data/model.safetensors.checkpoint',
                'data/.model.safetensors.abcdef', 'data/folders.json', 'data/left-out.json', 'data/coach.json',
                'data/looked-through.json',
                'data/folders.json.broken', 'data/left-out.json.broken', f'data/people/{key}.faces',
                f'cache/visavis/people/{key}.safetensors', f'cache/visavis/people/{key}.faces',
                'config/visavis/settings.json', 'config/visavis/settings.json.broken']
        theirs = ['data/anchor/notes.txt', 'data/negative/celebrity.jpg', 'data/negative/negative-mood.jpg',
                  'data/negative/someone/1.jpg', 'data/trash/mine/2.jpg', 'data/model.txt', 'elsewhere/me.jpg',
                  'data/positive/.hidden', 'cache/visavis/other', 'data/llama.safetensors',
                  'data/.model.safetensors.back-u', 'cache/visavis/people/k.faces',
                  'config/settings.json']
        for name in ours + theirs:
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
                f.write('12345')
        os.symlink(os.path.join(folder, 'elsewhere/me.jpg'), data + '/anchor/link.jpg')
        os.symlink(os.path.join(folder, 'elsewhere'), data + '/anchor/folder')
        before = set(ours + theirs + ['data/anchor/link.jpg', 'data/anchor/folder/me.jpg'])
        r = subprocess.run([PROGRAM, 'forget', '--data', data, *args], capture_output=True,
                           text=True, cwd=self.dir, **more,
                           env=dict(os.environ, XDG_CACHE_HOME=cache, XDG_CONFIG_HOME=config))
        left = {os.path.relpath(os.path.join(top, name), folder)
                for top, _, names in os.walk(folder, followlinks=True) for name in names}
        gone = {name for name in before if name not in left}
        self.assertEqual(left - before, set())
        return r, gone, set(ours + ['data/anchor/link.jpg']), folder

    def test_forget(self):
        r, gone, ours, folder = self.forget('--yes')
        self.assertEqual((r.returncode, gone), (0, ours))
        told = {os.path.relpath(line, folder) for line in r.stdout.splitlines()}
        self.assertEqual(told, ours | {
            'data/anchor/deep', 'data/people', 'config/visavis', *FORGOTTEN_BINS})
        r, gone, ours, folder = self.forget('--yes', '--json')
        self.assertEqual((r.returncode, gone), (0, ours))
        report = json.loads(r.stdout)
        self.assertEqual(report['bytes'], 5 * (len(ours) - 1))
        self.assertEqual(len(report['removed']), len(ours) + 3 + len(FORGOTTEN_BINS))
        r, gone, _, _ = self.forget(stdin=subprocess.DEVNULL)
        self.assertEqual((r.returncode, gone), (USAGE, set()))
        self.assertIn('--yes', r.stderr)
        empty = tempfile.mkdtemp(dir=self.dir)
        r = subprocess.run([PROGRAM, 'forget', '--data', empty], capture_output=True, text=True,
                           env=dict(os.environ, XDG_CACHE_HOME=empty), check=False)
        self.assertEqual(r.returncode, 0)
        self.assertIn('nothing to forget', r.stderr)
        self.assertTrue(os.path.isdir(empty))
        self.refused(USAGE, '--data', 'forget', '--yes', '--data', '')

    def test_forget_asks(self):
        for answer, code in ((b'n\n', 1), (b'\n', 1), (b'Y\n', 0)):
            main, terminal = os.openpty()
            os.write(main, answer)
            r, gone, ours, _ = self.forget(stdin=terminal)
            self.assertEqual((r.returncode, gone), (code, ours if code == 0 else set()))
            self.assertIn('5 pictures of you', r.stderr)
            self.assertIn('[y/N]', r.stderr)
            os.close(main)
            os.close(terminal)

    def start_bench(self, *args):
        """Starts a benchmark with a temporary folder of its own, which must be empty in the end, and
        a data folder that must stay as it is."""
        data = tempfile.mkdtemp(dir=self.dir)
        for n, kind in enumerate(('anchor', 'positive', 'negative/a', 'negative/b')):
            for i in range(4):
                png(os.path.join(data, kind, f'{i}.png'), 300 + 10 * n + i)
        temp = tempfile.mkdtemp(dir=self.dir)
        args = [data if arg == 'DATA' else arg for arg in args]
        before = self.listing(data)
        bench = subprocess.Popen([PROGRAM, 'bench', *args], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True, cwd=self.dir,
                                 env=dict(os.environ, TMPDIR=temp, XDG_DATA_HOME=temp))
        bench.has_begun = lambda: os.listdir(temp)
        return bench, lambda: (os.listdir(temp), self.listing(data)) == ([], before)

    @staticmethod
    def listing(folder):
        return sorted((path, os.stat(path).st_mtime_ns, *sorted(names))
                      for path, _, names in os.walk(folder))

    def run_bench(self, *args):
        bench, left_clean = self.start_bench(*args)
        out, log = bench.communicate(timeout=120)
        self.assertEqual(bench.returncode, 0, log)
        self.assertTrue(left_clean())
        result = json.loads(out)
        self.assertGreater(result['rss_mb'], 100)
        self.assertGreaterEqual(result['threads'], 1)
        self.assertTrue(result['blas_kernel'] and result['simd'])
        return result

    def test_bench_embed(self):
        """By random weights, by a model of a name, by that of a data folder."""
        folder = tempfile.mkdtemp(dir=self.dir)
        shutil.copy(self.model, os.path.join(folder, 'model.safetensors'))
        for args in ((), ('--model', self.model), ('--data', folder), ('--data', 'DATA')):
            r = self.run_bench('embed', *args)
            self.assertTrue(0 < r['embed_ms']['min'] <= r['embed_ms']['median'], r)
            self.assertEqual(r['fc_bits'], 16)
            self.assertNotIn('step_ms', r)
        with open(os.path.join(folder, 'model.safetensors'), 'w') as f:
            f.write('broken')
        self.refused(MODEL, 'model.safetensors', 'bench', 'embed', '--data', folder)
        self.refused(MODEL, 'none', 'bench', 'embed', '--model', 'none')
        self.refused(DATA, 'none', 'bench', 'embed', '--data', 'none')

    def test_bench_train(self):
        r = self.run_bench('train', '--data', 'DATA', '--epochs', '1')
        self.assertEqual((r['n_anchor'], r['n_positive'], r['n_negative']), (4, 4, 8))
        self.assertEqual(r['epochs'], 1)
        self.assertGreater(r['steps'], 0)
        # 4 + 4 + 8 pictures, of which at least 2 + 2 + 4 are trained on.
        self.assertGreater(r['seconds'], 0)
        self.assertGreater(r['load_seconds'], 0)
        self.assertLess(r['seconds'] + r['load_seconds'], r['all_seconds'])
        for key in ('precision', 'recall', 'auc', 'far', 'frr'):
            self.assertTrue(0 <= r['heldout'][key] <= 1, r['heldout'])
        self.assertGreater(r['heldout']['n_genuine'], 0)

    def test_bench_train_stopped(self):
        """A signal ends it in order, its folder removed: while it draws, and while it trains."""
        for args, sign, seconds in ((['train'], '', .5),
                                    (['train', '--data', 'DATA'], 'anchors', 1.5)):
            bench, left_clean = self.start_bench(*args)
            if sign:
                self.assertIn(sign, bench.stderr.readline())
            while not bench.has_begun():
                time.sleep(.01)
            time.sleep(seconds)
            bench.terminate()
            out, log = bench.communicate(timeout=120)
            self.assertEqual((bench.returncode, out), (128 + signal.SIGTERM, ''), log)
            self.assertTrue(left_clean())

    def check_live(self, r, seconds):
        self.assertTrue(0 < r['scored'] <= r['frames'] <= 25 * seconds + 1, r)
        self.assertAlmostEqual(r['fps_scored'], r['scored'] / seconds, 4)
        self.assertAlmostEqual(r['fps_captured'], r['frames'] / seconds, 4)
        ms = r['latency_ms']
        self.assertTrue(0 < ms['p50'] <= ms['p95'] <= ms['p99'], ms)
        self.assertTrue(0 <= r['within_33_ms'] <= r['within_60_ms'] <= 1, r)
        # Shares of the captured frames; percentiles of the scored ones.
        within_60, within_33 = (r[key] * r['frames'] for key in ('within_60_ms', 'within_33_ms'))
        for within in (within_60, within_33):
            self.assertAlmostEqual(within, round(within), 3)
            self.assertLessEqual(round(within), r['scored'])
        self.assertEqual(round(within_60) >= .95 * r['scored'], ms['p95'] <= 60)
        self.assertEqual(round(within_33) >= .5 * r['scored'], ms['p50'] <= 33)
        self.assertGreaterEqual(r['rss_peak_mb'], r['rss_mb'])

    def test_bench_live(self):
        r = self.run_bench('live', '--seconds', '2', '--no-training')
        self.check_live(r, 2)
        self.assertEqual((r['anchors'], r['training']), (20, False))
        self.assertEqual((r['steps_done'], r['epochs_done']), (0, 0))

    @unittest.skipIf('SANITIZED' in os.environ, 'a training step beside scores takes a minute')
    def test_bench_live_training(self):
        """The data folder's pictures and a model by name."""
        for seconds in (1, 20, 60):  # longer where a step takes longer
            r = self.run_bench('live', '--seconds', str(seconds), '--data', 'DATA', '--model',
                               self.model, '--camera', 'replay:me@25')
            self.check_live(r, seconds)
            if r['steps_done'] > 0:
                break
        self.assertEqual((r['anchors'], r['training']), (4, True))
        self.assertGreater(r['steps_done'], 0)
        # An epoch has 15 steps, and its end is counted a moment after the last of them.
        self.assertIn(r['epochs_done'] - r['steps_done'] // 15, (-1, 0, 1), r)

    def test_bench_errors(self):
        live = ('bench', 'live', '--no-training', '--quiet')
        self.refused(DATA, 'none', *live, '--data', 'none')
        self.refused(MODEL, 'none', *live, '--model', 'none')
        self.refused(MODEL, 'model.safetensors', *live, '--model', 'page.jpg')
        self.refused(CAMERA, '/dev/video99', *live, '--camera', '/dev/video99')
        self.refused(DATA, 'anchor', 'bench', 'train', '--data', 'empty')

    def test_output_that_cannot_be_written(self):
        with open('/dev/full', 'w') as full:
            r = subprocess.run([PROGRAM, 'doctor', '--json'], stdout=full, stderr=subprocess.PIPE,
                               text=True, env=dict(os.environ, XDG_DATA_HOME=self.dir))
        self.assertEqual(r.returncode, DATA)
        self.assertIn('standard output', r.stderr)

    def test_scripts_do_not_hang(self):
        for keys, code in (('wait score 5', USAGE), ('v\nwait score 5', MODEL), ('dance', USAGE),
                           ('a 4x', USAGE), ('wait trained', USAGE), ('t\nwait trained', DATA),
                           ('camera /dev/video99', CAMERA), ('wait frames 2', 0),
                           ('space\nspace\nwait frames 2\nspace\ncamera demo:1@0\nwait frames 2', 0)):
            data = tempfile.mkdtemp(dir=self.dir)
            r = subprocess.run([PROGRAM, '--headless', '--data', data, '--camera', 'demo@0',
                                '--keys', '-'], input=keys, text=True, capture_output=True,
                               timeout=60)
            self.assertEqual(r.returncode, code, f'{keys}: {r.stderr}')

    def test_settings(self):
        """What is chosen in one session holds in the next; a broken file is told, and no failure."""
        config = tempfile.mkdtemp(dir=self.dir)
        path = os.path.join(config, 'visavis/settings.json')
        session = lambda keys: subprocess.run(
            [PROGRAM, '--headless', '--data', self.path('s'), '--camera', 'demo@0', '--keys', '-'],
            input=keys, text=True, capture_output=True, timeout=60, check=True,
            env=dict(os.environ, XDG_CONFIG_HOME=config))
        session('q')
        self.assertFalse(os.path.exists(path))
        session('l\nm\n')
        self.assertEqual(json.loads(slurp(path)), {'theme': 'light', 'mirror': False})
        session('l\n')
        self.assertEqual(json.loads(slurp(path)), {'theme': 'dark', 'mirror': False})
        with open(path, 'w', encoding='utf-8') as f:
            f.write('{"theme": ')
        r = session('m\n')
        self.assertEqual(r.stderr.count('settings.json.broken'), 1)
        self.assertEqual(json.loads(slurp(path)), {'mirror': False})
        self.assertEqual(slurp(path + '.broken'), b'{"theme": ')
        told = json.loads(subprocess.run([PROGRAM, 'doctor', '--json'], capture_output=True, check=True,
                                         env=dict(os.environ, XDG_CONFIG_HOME=config)).stdout)
        self.assertEqual(told['settings'], {'file': path})

    def test_broken_lists(self):
        """Of the data folder: they are told and set aside, and no failure of a session; a training
        says so and ends."""
        data = tempfile.mkdtemp(dir=self.dir)
        lists = [os.path.join(data, name) for name in ('folders.json', 'left-out.json')]
        def damage():
            for path in lists:
                with open(path, 'w', encoding='utf-8') as f:
                    f.write('{"negatives": "none", ')
        damage()
        self.refused(DATA, 'folders.json', 'train', '--data', data)
        r = subprocess.run([PROGRAM, '--headless', '--data', data, '--camera', 'demo@0', '--keys', '-',
                            '--events', '-'], input='a 1\ndrop .\n', text=True, capture_output=True,
                           timeout=60, check=True, cwd=self.dir)
        told = [json.loads(line) for line in r.stdout.splitlines()]
        self.assertEqual([e['text'].count('.broken') for e in told if e['event'] == 'error'], [1, 1])
        for path in lists:
            self.assertEqual(slurp(path + '.broken'), b'{"negatives": "none", ')
        self.assertEqual(json.loads(slurp(lists[0])), {'negatives': [os.path.realpath(self.dir)]})
        self.assertFalse(os.path.exists(lists[1]))

    def test_hooks(self):
        """By a net that knows nobody, every face is the user from threshold 0 on, and none from 1 on."""
        data = tempfile.mkdtemp(dir=self.dir)
        shutil.copy(self.model, os.path.join(data, 'model.safetensors'))
        ran = os.path.join(data, 'ran')
        for threshold, event in (('0', 'accept'), ('1', 'reject')):
            r = subprocess.run(
                [PROGRAM, '--headless', '--data', data, '--camera', 'demo@25', '--keys', '-', '--events', '-',
                 '--threshold', threshold, '--on-accept', f'echo $VISAVIS_EVENT $VISAVIS_SCORE >> {ran}',
                 '--on-reject', f'echo $VISAVIS_EVENT >> {ran}; echo spoken; exit 7', '--on-leave', 'false'],
                input='a 2\nv\nwait score 70\n', text=True, capture_output=True, timeout=120)
            events = [json.loads(line) for line in r.stdout.splitlines()]
            hooks = [e for e in events if e['event'] == 'hook']
            self.assertEqual([e['hook'] for e in hooks], [event], r.stderr)
            with open(ran, encoding='utf-8') as f:
                self.assertEqual(f.read().split()[0], event)
            os.remove(ran)
            failed = [e['text'] for e in events if e['event'] == 'error']
            self.assertEqual(len(failed), event == 'reject')
            self.assertEqual(r.returncode, DATA if failed else 0)
        self.assertIn('--on-reject: ended with exit code 7', failed[0])
        self.assertIn('spoken', r.stderr)
        self.refused(USAGE, '--hook-pause', '--headless', '--hook-pause', '0')

    def test_blas_kernel_is_the_processors(self):
        """Whatever OpenBLAS would choose, or was told, the kernel is one for the widest SIMD."""
        for told in (None, 'Prescott', 'Haswell'):
            env = {k: v for k, v in os.environ.items()
                   if k not in ('OPENBLAS_CORETYPE', 'VISAVIS_BLAS_AS_IS')}
            if told:
                env['OPENBLAS_CORETYPE'] = told
            text = subprocess.run([PROGRAM, '--version'], capture_output=True, text=True, env=env).stdout
            if 'avx512' in text:
                self.assertRegex(text, r'(?i)skylakex|cooperlake|sapphirerapids')
            elif 'avx2' in text:
                self.assertNotRegex(text, r'(?i)prescott|core2|nehalem|generic')
        if 'avx2' not in text and 'avx512' not in text:
            return
        env = dict(os.environ, OPENBLAS_CORETYPE='Nehalem', VISAVIS_BLAS_AS_IS='1')
        text = subprocess.run([PROGRAM, '--version'], capture_output=True, text=True, env=env).stdout
        self.assertRegex(text, '(?i)nehalem')


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
