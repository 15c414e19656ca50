# SPDX-License-Identifier: MIT
"""An independent reader and writer of safetensors files for the tests: standard library alone."""
import array
import json
import struct


def shapes(channels=3):
    """The net's tensors, as PyTorch shapes them."""
    ci, out = channels, {}
    for layer, (k, co) in enumerate(((10, 64), (7, 128), (4, 128), (4, 256)), 1):
        out[f'embedding.conv{layer}.weight'] = [co, ci, k, k]
        out[f'embedding.conv{layer}.bias'] = [co]
        ci = co
    out['embedding.fc.weight'] = [4096, 9216]
    out['embedding.fc.bias'] = [4096]
    out['head.weight'] = [1, 4096]
    out['head.bias'] = [1]
    return out


def count(shape):
    n = 1
    for s in shape:
        n *= s
    return n


def read(path):
    """-> metadata, {name: (dtype, shape, array of floats)}; raises on anything that isn't right."""
    with open(path, 'rb') as f:
        size, = struct.unpack('<Q', f.read(8))
        header = json.loads(f.read(size))
        data = memoryview(f.read())
    metadata, tensors, end = header.pop('__metadata__', {}), {}, 0
    for name, t in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
        begin, stop = t['data_offsets']
        assert begin == end, f'{name}: gap or overlap at {begin}'
        assert t['dtype'] == 'F32' and stop - begin == 4 * count(t['shape']), name
        values = array.array('f')
        values.frombytes(data[begin:stop])
        tensors[name] = (t['dtype'], t['shape'], values)
        end = stop
    assert end == len(data), 'data after the last tensor'
    return metadata, tensors


def write(path, values, metadata=None, channels=3):
    """Writes a whole net: values(name, n) gives n floats for each tensor."""
    header, offset = {}, 0
    for name, shape in shapes(channels).items():
        header[name] = {'dtype': 'F32', 'shape': shape,
                        'data_offsets': [offset, offset + 4 * count(shape)]}
        offset += 4 * count(shape)
    if metadata:
        header['__metadata__'] = metadata
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(path, 'wb') as f:
        f.write(struct.pack('<Q', len(text)) + text)
        for name, shape in shapes(channels).items():
            f.write(values(name, count(shape)).tobytes())
