#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the seeds of the fuzz targets: small files of every kind, drawn here. Needs Python's Pillow.

usage: seeds.py [FOLDER]        default: seeds/ beside this file
"""
import json
import os
import struct
import sys

from PIL import Image

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'seeds')


def drawn(mode, w=24, h=16):
    img = Image.new('RGB', (w, h))
    img.putdata([(10 * x % 256, 15 * y % 256, x * y % 256) for y in range(h) for x in range(w)])
    return img.convert(mode)


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = 'Drawn'
    return tags.tobytes()


def tiff(order, layout, *entry):
    """An EXIF block with one entry."""
    start = b'II*\0' if order == '<' else b'MM\0*'
    return start + struct.pack(f'{order}IH{layout}I', 8, 1, *entry, 0)


def exifs(put):
    put('named.exif', lambda f: f.write(exif(3)))
    put('little.exif', lambda f: f.write(tiff('<', 'HHIHxx', 0x0112, 3, 1, 6)))
    put('big.exif', lambda f: f.write(b'Exif\0\0' + tiff('>', 'HHIHxx', 0x0112, 3, 1, 8)))
    put('beyond.exif', lambda f: f.write(tiff('<', 'HHII', 0x010F, 2, 40, 0xFFFFFFF0)))


def pictures(put):
    for name, mode, options in (('rgb', 'RGB', {}), ('grey', 'L', {}), ('cmyk', 'CMYK', {}),
                                ('progressive', 'RGB', {'progressive': True}),
                                ('turned', 'RGB', {'exif': exif(6)})):
        put(f'{name}.jpg', lambda f, m=mode, o=options: drawn(m).save(f, 'JPEG', **o))
    for name, mode in (('rgb', 'RGB'), ('rgba', 'RGBA'), ('palette', 'P'), ('grey', 'L'),
                       ('bits', '1'), ('deep', 'I')):
        put(f'{name}.png', lambda f, m=mode: drawn(m).save(f, 'PNG'))
    put('turned.png', lambda f: drawn('RGB').save(f, 'PNG', exif=exif(8)))
    put('lossy.webp', lambda f: drawn('RGB').save(f, 'WEBP', exif=exif(3)))
    put('lossless.webp', lambda f: drawn('RGBA').save(f, 'WEBP', lossless=True))
    put('moving.webp', lambda f: drawn('RGB').save(
        f, 'WEBP', save_all=True, append_images=[drawn('RGB').rotate(180)]))
    put('one.png', lambda f: drawn('RGB', 1, 1).save(f, 'PNG'))


def streams(put):
    def frames(f, n, between=b''):
        for i in range(n):
            drawn('RGB', 16 + 8 * i, 16).save(f, 'JPEG', exif=exif(1))
            f.write(between)
    put('three.mjpg', lambda f: frames(f, 3))
    put('apart.mjpg', lambda f: frames(f, 3, b'--boundary\r\n\r\n'))
    put('one.mjpg', lambda f: frames(f, 1))


NET = {'embedding.conv1.weight': [1, 1, 10, 10], 'embedding.conv1.bias': [1],
       'embedding.conv2.weight': [1, 1, 7, 7], 'embedding.conv2.bias': [1],
       'embedding.conv3.weight': [1, 1, 4, 4], 'embedding.conv3.bias': [1],
       'embedding.conv4.weight': [1, 1, 4, 4], 'embedding.conv4.bias': [1],
       'embedding.fc.weight': [2, 36], 'embedding.fc.bias': [2],
       'head.weight': [1, 2], 'head.bias': [1]}


def count(shape):
    n = 1
    for side in shape:
        n *= side
    return n


def safetensors(f, shapes, metadata=None, dtype='F32'):
    width = 4 if dtype == 'F32' else 2
    header, at = {}, 0
    for name, shape in shapes.items():
        end = at + width * count(shape)
        header[name] = {'dtype': dtype, 'shape': shape, 'data_offsets': [at, end]}
        at = end
    if metadata is not None:
        zeros = '0' * 16
        header['__metadata__'] = {'format': '1', 'header_checksum': zeros, 'data_checksum': zeros,
                                  **metadata}
    text = json.dumps(header, separators=(',', ':')).encode()
    text += b' ' * (-len(text) % 8)
    f.write(struct.pack('<Q', len(text)) + text)
    f.write(struct.pack('<f', 0.125) * (at // 4) if width == 4 else b'\0\x30' * (at // 2))


def models(put):
    card = {'version': '0.1.0', 'recipe': 'visavis', 'created': '2026-03-14T15:09:26Z', 'seed': '1',
            'epochs': '10', 'seconds': '0x1.9p+5', 'n_anchor': '20', 'n_positive': '20',
            'n_negative': '300', 'n_people': '40', 'threshold': '0x1p-1', 'anchors_needed': '1',
            'far': '0x1p-7', 'frr': '0x1p-4', 'n_genuine': '10', 'n_impostor': '100',
            'heldout': 'bursts', 'input': 'whole'}
    put('ours.safetensors', lambda f: safetensors(f, NET, card))
    put('plain.safetensors', lambda f: safetensors(f, NET))
    put('half.safetensors', lambda f: safetensors(f, NET, None, 'F16'))
    put('brain.safetensors', lambda f: safetensors(f, NET, None, 'BF16'))


def checkpoints(put):
    n = sum(count(shape) for shape in NET.values())
    state = {'version': '0.1.0', 'recipe': 'koch', 'seed': '42', 'data_hash': '0' * 15 + '1',
             'config_hash': '0' * 15 + '2', 'kernels': 'avx2', 'blas_kernel': 'Haswell',
             'epochs': '50', 'epoch': '3', 'step_in_epoch': '4', 'adam_t': '64',
             'epoch_loss': '0x1.8p+0', 'seconds': '0x1.4p+3'}
    put('ours.checkpoint',
        lambda f: safetensors(f, {**NET, 'adam.m': [n], 'adam.v': [n]}, state))


def texts(put, files):
    for name, text in files.items():
        put(name, lambda f, t=text: f.write(t))


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else FOLDER

    def into(target):
        def put(name, write):
            path = os.path.join(folder, target, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as f:
                write(f)
        return put

    pictures(into('picture'))
    exifs(into('exif'))
    streams(into('stream'))
    models(into('model'))
    checkpoints(into('checkpoint'))
    texts(into('pairs'), {
        'two.tsv': b'a/1.jpg\ta/2.jpg\t1\nb/1.jpg\ta/1.jpg\t0\n',
        'windows.tsv': b'\xef\xbb\xbfa b.jpg\tc.jpg\t1\r\n\r\nc.jpg\t\xff\xfe.jpg\t0\r\n',
        'wrong.tsv': b'a\tb\n'})
    texts(into('settings'), {
        'two.json': b'{"negatives":["/nonexistent/a","/nonexistent/\\u00e4 \\ud83d\\ude00"]}',
        'none.json': b'{"negatives":[]}',
        'window.json': b'{"theme":"light","mirror":false,"camera":"/dev/v4l/by-id/a",'
                       b'"cameras":{"/dev/v4l/by-id/a":{"exposure_auto":0,"gain":3.5}}}',
        'other.json': b'{"negatives":{"a":[1,2e9,null,true]}}'})
    texts(into('options'), {
        'session': b'--data\0/tmp/x\0--camera\0demo:3@25\0--headless\0--keys\0-\0--scale\x001.5',
        'train': b'train\0--data=/tmp/x\0--epochs\x0012\0--seed=7\0--recipe\0koch\0--json\0-q',
        'verify': b'verify\0--model\0m\0--threshold\x000.5\0a.jpg\0--\0-b.jpg',
        'replay': b'-d\0replay:/tmp/a@b@29.97\0--size\x00640x480\0--negatives\0a\0--negatives\0b',
        'number': b'-d\x0012\0--threads\x003\0--cache\x0099\0-V\0-h'})


if __name__ == '__main__':
    main()
