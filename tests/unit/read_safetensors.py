#!/usr/bin/env python3
"""Reads a safetensors file with the standard library alone and prints what is in it, a line each:
metadata as "meta KEY VALUE", tensors as "tensor NAME DTYPE SHAPE SUM", in the order of the file."""
import array
import json
import struct
import sys


def main(path):
    with open(path, 'rb') as f:
        size, = struct.unpack('<Q', f.read(8))
        header = json.loads(f.read(size))
        data = f.read()
    assert size % 8 == 0, 'data is not aligned'
    for key, value in header.pop('__metadata__', {}).items():
        assert isinstance(value, str), key
        print('meta', key, value)
    end = 0
    for name, t in sorted(header.items(), key=lambda item: item[1]['data_offsets']):
        begin, end_of_this = t['data_offsets']
        assert begin == end, 'gap before ' + name
        end = end_of_this
        values = array.array('f', data[begin:end])
        if sys.byteorder == 'big':
            values.byteswap()
        total = 0.0
        for v in values:
            total += v
        shape = 'x'.join(map(str, t['shape']))
        print('tensor', name, t['dtype'], shape, '%.17g' % total)
    assert end == len(data), 'bytes left over'


main(sys.argv[1])
